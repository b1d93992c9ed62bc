//! Keys of SRTP in descriptions (RFC 4568).

use std::fmt::{self, Display};

use base64::Engine;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::{GeneralPurposeConfig, PAD};
use base64::{alphabet, engine::DecodePaddingMode};

use crate::srtp::{Master, Suite};

/// Whatever padding the other side leaves out, its key can be read.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// One `a=crypto` line: the key that its speaker sends with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crypto {
    /// By which the answer refers to it.
    pub tag: u32,
    /// How to encrypt and authenticate.
    pub suite: Suite,
    /// The speaker's key.
    pub master: Master,
}

impl Crypto {
    /// Reads the value of the attribute; none if this phone cannot do what it wants: another suite, several keys, a key
    /// identifier in each packet, session parameters that change the packets.
    pub(super) fn read(value: &str) -> Option<Self> {
        let mut words = value.split_ascii_whitespace();
        let tag = words.next()?.parse().ok()?;
        let suite = words.next()?;
        let suite = Suite::ALL.into_iter().find(|known| known.name().eq_ignore_ascii_case(suite))?;
        let mut parts = words.next()?.split('|');
        let key = parts.next()?.strip_prefix("inline:")?;
        // A lifetime may follow. With a colon it is an identifier, which would stand in each packet.
        if parts.any(|part| part.contains(':')) || words.any(|parameter| !harmless(parameter)) {
            return None;
        }
        let master = BASE64.decode(key).ok()?.try_into().ok().map(Master)?;
        Some(Crypto { tag, suite, master })
    }
}

impl Display for Crypto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} inline:{}", self.tag, self.suite.name(), PAD_ENGINE.encode(self.master.0))
    }
}

const PAD_ENGINE: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, PAD);

/// Session parameters that need nothing of this side: a hint on the replay window, no renewal of keys, and what may be
/// ignored by definition (RFC 4568, section 6.3).
fn harmless(parameter: &str) -> bool {
    parameter.starts_with("WSH=") || parameter == "KDR=0" || parameter.starts_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_rfc_4568_writes_them() {
        let key = "d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj";
        let line = format!("1 AES_CM_128_HMAC_SHA1_80 inline:{key}");
        let crypto = Crypto::read(&line).unwrap();
        assert_eq!(crypto.to_string(), line);
        assert_eq!(format!("{crypto:?}").matches("..").count(), 1, "keys are not shown");
        assert_eq!(Crypto::read(&format!("{line}|2^20 WSH=64")), Some(crypto.clone()));
        assert_eq!(Crypto::read(&format!("1 aes_cm_128_hmac_sha1_80 inline:{key} -X=1")), Some(crypto));
        for refused in [
            format!("{line}|2^20|1:4"),
            format!("{line}|1:4"),
            format!("{line};inline:{key}"),
            format!("{line} UNENCRYPTED_SRTP"),
            format!("{line} KDR=1"),
            line.replace("_80", "_81"),
            line.replace("inline:d0", "inline:"),
            line.replace("inline:", ""),
            "1 AES_CM_128_HMAC_SHA1_80".to_owned(),
            String::new(),
        ] {
            assert_eq!(Crypto::read(&refused), None, "{refused}");
        }
    }
}
