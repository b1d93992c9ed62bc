//! Names of header fields: long, compact, in any case.

use std::fmt;

/// The name of a header field. Two names are equal if they mean the same field: case and compact forms do not count.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Name<'a> {
    /// A field that this crate knows.
    Known(Known),
    /// Any other.
    Other(&'a str),
}

macro_rules! known {
    ($($variant:ident $text:literal $($compact:literal)?),* $(,)?) => {
        /// Header fields that this crate knows by name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u8)]
        #[non_exhaustive]
        pub enum Known {
            $(#[doc = concat!("`", $text, "`")] $variant,)*
        }

        impl Known {
            /// The canonical spelling.
            pub fn as_str(self) -> &'static str {
                NAMES[self as usize]
            }
        }

        const NAMES: &[&str] = &[$($text),*];

        const ALL: &[Known] = &[$(Known::$variant),*];

        /// Every spelling of one byte, with what it stands for.
        const COMPACT: &[(u8, Known)] = &[$($(($compact, Known::$variant),)?)*];

        impl Name<'static> {
            $(#[doc = concat!("`", $text, "`")]
            #[expect(non_upper_case_globals, reason = "they read like the variants of an enum")]
            pub const $variant: Name<'static> = Name::Known(Known::$variant);)*
        }
    };
}

known! {
    Accept "Accept",
    AcceptContact "Accept-Contact" b'a',
    AcceptEncoding "Accept-Encoding",
    AcceptLanguage "Accept-Language",
    AlertInfo "Alert-Info",
    Allow "Allow",
    AllowEvents "Allow-Events" b'u',
    AuthenticationInfo "Authentication-Info",
    Authorization "Authorization",
    CallId "Call-ID" b'i',
    CallInfo "Call-Info",
    Contact "Contact" b'm',
    ContentDisposition "Content-Disposition",
    ContentEncoding "Content-Encoding" b'e',
    ContentLanguage "Content-Language",
    ContentLength "Content-Length" b'l',
    ContentType "Content-Type" b'c',
    CSeq "CSeq",
    Date "Date",
    Diversion "Diversion",
    ErrorInfo "Error-Info",
    Event "Event" b'o',
    Expires "Expires",
    From "From" b'f',
    HistoryInfo "History-Info",
    Identity "Identity" b'y',
    InfoPackage "Info-Package",
    InReplyTo "In-Reply-To",
    Join "Join",
    MaxForwards "Max-Forwards",
    MimeVersion "MIME-Version",
    MinExpires "Min-Expires",
    MinSe "Min-SE",
    Organization "Organization",
    PAssertedIdentity "P-Asserted-Identity",
    PAssociatedUri "P-Associated-URI",
    PCalledPartyId "P-Called-Party-ID",
    PPreferredIdentity "P-Preferred-Identity",
    Path "Path",
    Priority "Priority",
    Privacy "Privacy",
    ProxyAuthenticate "Proxy-Authenticate",
    ProxyAuthenticationInfo "Proxy-Authentication-Info",
    ProxyAuthorization "Proxy-Authorization",
    ProxyRequire "Proxy-Require",
    RAck "RAck",
    Reason "Reason",
    RecordRoute "Record-Route",
    RecvInfo "Recv-Info",
    ReferSub "Refer-Sub",
    ReferTo "Refer-To" b'r',
    ReferredBy "Referred-By" b'b',
    RejectContact "Reject-Contact" b'j',
    RemotePartyId "Remote-Party-ID",
    Replaces "Replaces",
    ReplyTo "Reply-To",
    RequestDisposition "Request-Disposition" b'd',
    Require "Require",
    RetryAfter "Retry-After",
    Route "Route",
    RSeq "RSeq",
    Server "Server",
    ServiceRoute "Service-Route",
    SessionExpires "Session-Expires" b'x',
    SipETag "SIP-ETag",
    SipIfMatch "SIP-If-Match",
    Subject "Subject" b's',
    SubscriptionState "Subscription-State",
    Supported "Supported" b'k',
    TargetDialog "Target-Dialog",
    Timestamp "Timestamp",
    To "To" b't',
    Unsupported "Unsupported",
    UserAgent "User-Agent",
    Via "Via" b'v',
    Warning "Warning",
    WwwAuthenticate "WWW-Authenticate",
}

impl<'a> Name<'a> {
    /// Finds the name of a field. Any token is one.
    pub fn parse(text: &'a str) -> Self {
        Known::parse(text).map_or(Name::Other(text), Name::Known)
    }

    /// The canonical spelling; as written where there is none.
    pub fn as_str(&self) -> &'a str {
        match self {
            Name::Known(known) => known.as_str(),
            Name::Other(text) => text,
        }
    }
}

impl Known {
    fn parse(text: &str) -> Option<Self> {
        if let [letter] = text.as_bytes() {
            let letter = letter.to_ascii_lowercase();
            return COMPACT.iter().find(|(compact, _)| *compact == letter).map(|(_, known)| *known);
        }
        let mut slot = hash(text.as_bytes());
        loop {
            let index = usize::from(SLOTS[usize::from(slot)]);
            let name = *NAMES.get(index)?;
            if name.len() == text.len() && (name == text || name.eq_ignore_ascii_case(text)) {
                return Some(ALL[index]);
            }
            slot = slot.wrapping_add(1);
        }
    }

    /// Its number, below 128.
    pub(crate) const fn index(self) -> u8 {
        self as u8
    }

    /// The field of a number.
    pub(crate) fn at(index: u8) -> Option<Self> {
        ALL.get(usize::from(index)).copied()
    }
}

/// Marks a free slot.
const FREE: u8 = u8::MAX;

/// Open addressing over [`hash`], so that a name is found with one comparison or two.
static SLOTS: [u8; 256] = slots();

const fn slots() -> [u8; 256] {
    let mut slots = [FREE; 256];
    let mut i = 0;
    while i < ALL.len() {
        let mut slot = hash(NAMES[i].as_bytes());
        while slots[slot as usize] != FREE {
            slot = slot.wrapping_add(1);
        }
        slots[slot as usize] = i as u8;
        i += 1;
    }
    slots
}

/// Of length, first, middle and last letter, whatever their case.
const fn hash(text: &[u8]) -> u8 {
    let Some(last) = text.len().checked_sub(1) else { return 0 };
    let [first, middle, last] =
        [text[0].to_ascii_lowercase(), text[text.len() / 2].to_ascii_lowercase(), text[last].to_ascii_lowercase()];
    (text.len() as u8)
        .wrapping_mul(37)
        .wrapping_add(first.wrapping_mul(59))
        .wrapping_add(middle.wrapping_mul(17))
        .wrapping_add(last.wrapping_mul(101))
}

impl PartialEq for Name<'_> {
    fn eq(&self, other: &Name<'_>) -> bool {
        match (self, other) {
            (Name::Known(a), Name::Known(b)) => a == b,
            (Name::Other(a), Name::Other(b)) => a.eq_ignore_ascii_case(b),
            _ => false,
        }
    }
}

impl Eq for Name<'_> {}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_in_any_case() {
        assert!(ALL.len() < 128);
        for known in ALL {
            for text in [known.as_str().to_owned(), known.as_str().to_lowercase(), known.as_str().to_uppercase()] {
                assert_eq!(Name::parse(&text), Name::Known(*known));
            }
            assert_eq!(Known::at(known.index()), Some(*known));
        }
    }

    #[test]
    fn compact_forms_and_others() {
        for (text, name) in
            [("v", Name::Via), ("V", Name::Via), ("L", Name::ContentLength), ("x", Name::SessionExpires)]
        {
            assert_eq!(Name::parse(text), name);
        }
        assert_eq!(Name::parse("X-Any"), Name::Other("x-any"));
        assert_eq!(Name::parse("C%6Fntact"), Name::Other("C%6Fntact"));
        assert_ne!(Name::parse("Vi"), Name::Via);
        assert_eq!(Name::parse(""), Name::Other(""));
    }
}
