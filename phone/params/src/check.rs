//! Whether a value is allowed: one function over the table, for every reader of values.

use crate::fault::{Allowed, Fault};
use crate::table::{Family, Kind, Range, Role, Unicode};

/// Most characters of any value (guide rule 13).
pub const MAX_VALUE_CHARS: usize = 500;

/// A value that is accepted, but not as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advice {
    /// A SIP URI without `sip:`.
    SipUriWithoutScheme,
    /// A SIP URI without a host: the service domain is used.
    SipUriWithoutHost,
    /// A macro that does not exist, which is sent as it stands.
    UnknownMacro,
    /// A number with leading zeros.
    LeadingZeros,
}

impl std::fmt::Display for Advice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::SipUriWithoutScheme => "has no \"sip:\" in front; it is read as if it had",
            Self::SipUriWithoutHost => "has no host; the line's service domain is used",
            Self::UnknownMacro => "has braces that are no macro of this setting; they are sent as they stand",
            Self::LeadingZeros => "has leading zeros; it is read as a decimal number",
        })
    }
}

impl Family {
    /// Whether `value` is allowed for the parameters of this family, by itself.
    ///
    /// # Errors
    /// The first fault, in words for people.
    pub fn check(&self, value: &str) -> Result<(), Fault> {
        if value.is_empty() {
            return if self.empty { Ok(()) } else { Err(Fault::Empty) };
        }
        check(&self.kind, value)
    }

    /// What to tell the author of an accepted value.
    pub fn advice(&self, value: &str) -> Option<Advice> {
        match &self.kind {
            _ if value.is_empty() => None,
            Kind::SipUri if !value.starts_with("sip:") => {
                Some(if value.contains('@') { Advice::SipUriWithoutScheme } else { Advice::SipUriWithoutHost })
            }
            Kind::SipUri if !value.contains('@') => Some(Advice::SipUriWithoutHost),
            Kind::Integer { .. } => leading_zeros(value).then_some(Advice::LeadingZeros),
            Kind::Integers { .. } => value.split(',').any(leading_zeros).then_some(Advice::LeadingZeros),
            Kind::Text { .. } | Kind::Url { .. } if !self.macros.is_empty() && value.contains('{') => {
                has_unknown_macro(value, self.macros).then_some(Advice::UnknownMacro)
            }
            _ => None,
        }
    }
}

fn leading_zeros(number: &str) -> bool {
    let digits = number.strip_prefix('-').unwrap_or(number);
    digits.len() > 1 && digits.starts_with('0')
}

fn has_unknown_macro(value: &str, known: &[&str]) -> bool {
    let mut rest = value;
    while let Some(open) = rest.find('{') {
        rest = &rest[open + 1..];
        let Some(m) = known.iter().find(|m| rest.strip_prefix(**m).is_some_and(|r| r.starts_with('}'))) else {
            return true;
        };
        rest = &rest[m.len() + 1..];
    }
    false
}

fn check(kind: &Kind, value: &str) -> Result<(), Fault> {
    match kind {
        Kind::Boolean => switch(value, "Y", "N"),
        Kind::Switch { on, off } => switch(value, on, off),
        Kind::Integer { ranges, step, .. } => integer(value, ranges, *step),
        Kind::Integers { ranges, length, .. } => {
            let found = value.split(',').count();
            if found < usize::from(length.0) || found > usize::from(length.1) {
                return Err(Fault::Count { found, length: *length });
            }
            value.split(',').try_for_each(|n| integer(n, ranges, 1))?;
            within(value, MAX_VALUE_CHARS)
        }
        Kind::Choice(choices) => match choices.iter().any(|c| c.value == value) {
            true => Ok(()),
            false => Err(Fault::Choice { allowed: choices.iter().map(|c| c.value).collect(), found: value.to_owned() }),
        },
        Kind::Text { min, max, allowed, allowed_text, unicode } => {
            let characters = match unicode {
                _ if !allowed_text.is_empty() => Allowed::Set(allowed_text),
                Unicode::None => Allowed::Ascii,
                Unicode::Bmp => Allowed::Bmp,
                Unicode::All => Allowed::Unicode,
            };
            let (found, min, max) = (text(value, allowed, *unicode, characters)?, *min as usize, *max as usize);
            if found < min {
                return Err(Fault::TooShort { found, min });
            }
            if found > max {
                return Err(Fault::TooLong { found, max });
            }
            Ok(())
        }
        Kind::Host { max } => host(value, *max as usize),
        Kind::Ipv4(role) => ipv4(value, *role),
        Kind::Url { schemes, prefixes, .. } => url(value, schemes, prefixes),
        Kind::SipUri => sip_uri(value),
        Kind::TimeOfDay => match value.as_bytes() {
            [h @ b'0'..=b'2', i @ b'0'..=b'9', b':', b'0'..=b'5', b'0'..=b'9'] if *h < b'2' || *i < b'4' => Ok(()),
            _ => Err(Fault::NotTime),
        },
        Kind::FirmwareVersion => match value.as_bytes() {
            [a @ b'0'..=b'1', b @ b'0'..=b'9', b'.', rest @ ..]
                if rest.len() == 3 && rest.iter().all(u8::is_ascii_digit) && (*a == b'0' || *b < b'6') =>
            {
                Ok(())
            }
            _ => Err(Fault::NotVersion),
        },
        Kind::DialPlan => {
            const SET: &str = "0-9 [ ] - < > : * # ! S s T t X x . | +";
            if let Some((i, c)) = value.chars().enumerate().find(|(_, c)| {
                !matches!(
                    c,
                    '0'..='9'
                        | '['
                        | ']'
                        | '-'
                        | '<'
                        | '>'
                        | ':'
                        | '*'
                        | '#'
                        | '!'
                        | 'S'
                        | 's'
                        | 'T'
                        | 't'
                        | 'X'
                        | 'x'
                        | '.'
                        | '|'
                        | '+'
                )
            }) {
                return Err(Fault::Character { character: c, at: i + 1, allowed: Allowed::Set(SET) });
            }
            within(value, MAX_VALUE_CHARS)
        }
    }
}

fn within(value: &str, max: usize) -> Result<(), Fault> {
    // Bytes bound characters from above, so short values need no count.
    if value.len() <= max {
        return Ok(());
    }
    match value.chars().count() {
        found if found > max => Err(Fault::TooLong { found, max }),
        _ => Ok(()),
    }
}

fn switch(value: &str, on: &'static str, off: &'static str) -> Result<(), Fault> {
    match value == on || value == off {
        true => Ok(()),
        false => Err(Fault::Switch { on, off, found: value.to_owned() }),
    }
}

fn integer(value: &str, ranges: &'static [Range], step: u32) -> Result<(), Fault> {
    let (negative, digits) = match value.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, value),
    };
    let mut number = Some(0_i64);
    for b in digits.bytes() {
        if !b.is_ascii_digit() {
            return Err(Fault::NotInteger { ranges, step });
        }
        number = number.and_then(|n| n.checked_mul(10)?.checked_add(i64::from(b - b'0')));
    }
    if digits.is_empty() || (negative && number == Some(0)) {
        return Err(Fault::NotInteger { ranges, step });
    }
    within(value, MAX_VALUE_CHARS)?;
    let number = number.map(|n| if negative { -n } else { n });
    let found = number.and_then(|n| Some((n, ranges.iter().find(|r| (r.start..=r.end).contains(&n))?)));
    let Some((found, range)) = found else {
        return Err(Fault::OutOfRange { found: value.to_owned(), ranges, step });
    };
    match (found - range.start) % i64::from(step.max(1)) {
        0 => Ok(()),
        _ => Err(Fault::OffStep { found, ranges, step }),
    }
}

/// How many characters a text has, if all of them are allowed.
fn text(value: &str, allowed: &[u64; 2], unicode: Unicode, words: Allowed) -> Result<usize, Fault> {
    let fits = |b: u8| allowed[usize::from(b >> 6)] & (1 << (b & 63)) != 0;
    if value.bytes().all(|b| b < 128 && fits(b)) {
        return Ok(value.len());
    }
    let wrong = value.chars().enumerate().find(|&(_, c)| {
        // XML 1.0 cannot carry U+FFFE and U+FFFF, so no value may have them.
        let character = !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}');
        let beyond = match unicode {
            Unicode::None => false,
            Unicode::Bmp => c.len_utf8() <= 3 && character,
            Unicode::All => character,
        };
        !(if c.is_ascii() { fits(c as u8) } else { beyond })
    });
    match wrong {
        Some((i, character)) => Err(Fault::Character { character, at: i + 1, allowed: words }),
        None => Ok(value.chars().count()),
    }
}

/// The four numbers of a dotted-decimal address; leading zeros are refused, since some readers take them as octal.
pub(crate) fn octets(value: &str) -> Option<[u8; 4]> {
    let mut out = [0; 4];
    let mut parts = value.split('.');
    for octet in &mut out {
        let part = parts.next()?;
        let plain = part.bytes().all(|b| b.is_ascii_digit()) && (part == "0" || !part.starts_with('0'));
        *octet = if plain { part.parse().ok()? } else { return None };
    }
    parts.next().is_none().then_some(out)
}

fn ipv4(value: &str, role: Role) -> Result<(), Fault> {
    let octets = octets(value).ok_or(match role {
        Role::Mask => Fault::NotMask,
        _ => Fault::NotIpv4,
    })?;
    let bits = u32::from_be_bytes(octets);
    match role {
        Role::Mask if bits.leading_ones() + bits.trailing_zeros() == 32 && bits != 0 && bits != u32::MAX => Ok(()),
        Role::Mask => Err(Fault::NotMask),
        Role::Server | Role::Unit if bits == 0 || bits == u32::MAX => Err(Fault::ReservedIpv4(value.to_owned())),
        Role::Unit if octets == [127, 0, 0, 1] => Err(Fault::ReservedIpv4(value.to_owned())),
        _ => Ok(()),
    }
}

fn host(value: &str, max: usize) -> Result<(), Fault> {
    if value.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return ipv4(value, Role::Server);
    }
    if let Some((i, character)) =
        value.chars().enumerate().find(|(_, c)| !matches!(c, 'A'..='Z' | 'a'..='z' | '0'..='9' | '-' | '_' | '.'))
    {
        if character == ':' {
            return Err(Fault::NotHost(" without scheme and port (the port has a setting of its own)"));
        }
        let allowed = Allowed::Set("letters, digits, \"-\", \"_\" and \".\"");
        return Err(Fault::Character { character, at: i + 1, allowed });
    }
    let name = value.strip_suffix('.').unwrap_or(value);
    let last = name.rsplit('.').next().unwrap_or(name);
    if name.split('.').any(str::is_empty) {
        return Err(Fault::NotHost("; two dots in a row or a dot in front is neither"));
    }
    if last.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Fault::NotHost("; a name does not end in a number"));
    }
    within(value, max)
}

/// RFC 1738 with the guide's limits (rules 82, 83): user and password below 128 characters, the rest below 245.
fn url(value: &str, schemes: &'static [&'static str], prefixes: &[&str]) -> Result<(), Fault> {
    let fault = |reason| Fault::NotUrl { schemes, reason };
    within(value, MAX_VALUE_CHARS)?;
    if let Some((i, character)) =
        value.chars().enumerate().find(|(_, c)| !c.is_ascii_graphic() || matches!(c, '"' | '<' | '>'))
    {
        let allowed = Allowed::Set("printable ASCII characters except blank, \", < and >");
        return Err(Fault::Character { character, at: i + 1, allowed });
    }
    let value = prefixes.iter().find_map(|p| value.strip_prefix(p)).unwrap_or(value);
    let (scheme, rest) = value.split_once("://").ok_or_else(|| fault("it has no \"://\""))?;
    if !schemes.iter().any(|s| s.eq_ignore_ascii_case(scheme)) {
        return Err(fault("its scheme is not one of these"));
    }
    let authority_end = rest.find('/').unwrap_or(rest.len());
    let rest = match rest[..authority_end].find('@') {
        None => rest,
        Some(at) => {
            let (user, password) = rest[..at].split_once(':').unwrap_or((&rest[..at], ""));
            if user.len() > 127 {
                return Err(fault("its user has more than 127 characters"));
            }
            if password.len() > 127 {
                return Err(fault("its password has more than 127 characters"));
            }
            &rest[at + 1..]
        }
    };
    let host = rest.split('/').next().unwrap_or(rest);
    if host.is_empty() || host.starts_with(':') {
        return Err(fault("its host is missing"));
    }
    if host.contains('@') {
        return Err(fault("it has more than one \"@\" before the host; write %40 in a user or password"));
    }
    match scheme.len() + 3 + rest.len() {
        0..=244 => Ok(()),
        _ => Err(fault("without user and password it has more than 244 characters")),
    }
}

/// `sip:` + user (up to 63) + `@` + host (up to 127), 195 in all (guide rule 186); scheme and host may be missing.
fn sip_uri(value: &str) -> Result<(), Fault> {
    let rest = value.strip_prefix("sip:").unwrap_or(value);
    if let Some((_, character)) = rest
        .chars()
        .enumerate()
        .find(|(_, c)| !c.is_ascii_graphic() || matches!(c, '"' | '&' | '\'' | ':' | ';' | '<' | '>'))
    {
        let at = value.len() - rest.len() + rest.chars().take_while(|c| *c != character).count() + 1;
        let allowed = Allowed::Set("printable ASCII characters except blank and \" & ' : ; < >");
        return Err(Fault::Character { character, at, allowed });
    }
    let (user, host) = match rest.split_once('@') {
        None => (rest, None),
        Some((user, host)) => (user, Some(host)),
    };
    match (user.len(), host.map(str::len)) {
        (0, _) => Err(Fault::NotSipUri("its user is missing")),
        (64.., _) => Err(Fault::NotSipUri("its user has more than 63 characters")),
        (_, Some(0)) => Err(Fault::NotSipUri("its host is missing")),
        (_, Some(128..)) => Err(Fault::NotSipUri("its host has more than 127 characters")),
        _ if host.is_some_and(|h| h.contains('@')) => Err(Fault::NotSipUri("it has more than one \"@\"")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ok(name: &str, value: &str) {
        let family = crate::lookup(name).expect("a setting").id.family();
        assert_eq!(family.check(value), Ok(()), "{name}={value:?}");
    }

    fn bad(name: &str, value: &str, message: &str) {
        let family = crate::lookup(name).expect("a setting").id.family();
        let fault = family.check(value).expect_err(value);
        assert!(fault.to_string().contains(message), "{name}={value:?}: {fault}");
    }

    #[test]
    fn numbers() {
        ok("FIRSTDIGIT_TIM", "600");
        ok("FIRSTDIGIT_TIM", "0030");
        bad("FIRSTDIGIT_TIM", "601", "is 601, allowed is 1 to 600");
        bad("FIRSTDIGIT_TIM", "-0", "whole number");
        bad("FIRSTDIGIT_TIM", "+5", "whole number");
        bad("FIRSTDIGIT_TIM", "99999999999999999999", "allowed is");
        ok("PORT_PUNCH_INTVL_1", "0");
        bad("PORT_PUNCH_INTVL_1", "9", "allowed is 0, 10 to 300");
        bad("RTP_PORT_MIN", "16001", "even numbers only");
        bad("DTMF_SIGNAL_LEN", "61", "in steps of 5");
        ok("DIAL_TONE1_GAIN", "-24");
        ok("DIAL_TONE1_FRQ", "0");
        bad("DIAL_TONE1_FRQ", "350,440,480", "has 3 numbers");
        bad("DIAL_TONE1_TIMING", "500/500", "whole number");
    }

    #[test]
    fn words() {
        bad("CFG_CYCLIC", "y", "write \"Y\"");
        bad("LINE_ENABLE_1", "enabled", "write \"Enabled\"");
        bad("TIME_ZONE_COUNTRY", "3", "must be one of");
        ok("FLEX_BUTTON_FACILITY_ACT1", "");
    }

    #[test]
    fn texts() {
        ok("FLEX_BUTTON_LABEL1", "\u{65e5}\u{672c}\u{8a9e}\u{65e5}\u{672c}\u{8a9e}\u{65e5}\u{672c}\u{8a9e}\u{65e5}");
        bad("FLEX_BUTTON_LABEL1", "12345678901", "at most 10");
        bad("FLEX_BUTTON_LABEL1", "\u{1f600}", "four bytes");
        ok("DISPLAY_NAME_1", "\u{1f600}");
        bad("DISPLAY_NAME_1", "a\tb", "control character");
        bad("SIP_AUTHID_1", "a b", "a blank at character 2");
        bad("ADMIN_PASS", "12345", "at least 6");
        bad("COUNTRY_CALLING_CODE", "+81", "allowed are");
    }

    #[test]
    fn addresses() {
        ok("SIP_PRXY_ADDR_1", "127.0.0.1");
        ok("SIP_PRXY_ADDR_1", "3cx");
        bad("SIP_PRXY_ADDR_1", "0.0.0.0", "not the address of a host");
        bad("SIP_PRXY_ADDR_1", "300.1.1.1", "four numbers");
        bad("SIP_PRXY_ADDR_1", "proxy:5060", "port has a setting");
        bad("SIP_PRXY_ADDR_1", "a..b", "two dots");
        bad("SIP_PRXY_ADDR_1", "a.1", "does not end in a number");
        ok("SIP_URI_1", "sip:1001@example.com");
        ok("SIP_URI_1", "1001");
        bad("SIP_URI_1", "sip:1001@example.com:5060", "except blank");
        bad("SIP_URI_1", "sip:@example.com", "user is missing");
        ok("CFG_STANDARD_FILE_PATH", "https://user:pw@[::1]:8443/{mac}.cfg");
        bad("CFG_STANDARD_FILE_PATH", "gopher://host/", "scheme");
        bad("CFG_STANDARD_FILE_PATH", "http:///path", "host is missing");
        bad("FIRM_FILE_PATH", "tftp://host/fw", "scheme");
        ok("WALLPAPER_URI_PHONE", "b,http://host/a.png");
    }

    #[test]
    fn advice_is_given_once_a_value_is_accepted() {
        let advice = |name: &str, value: &str| crate::lookup(name).expect("a setting").id.family().advice(value);
        assert_eq!(advice("SIP_URI_1", "1001"), Some(Advice::SipUriWithoutHost));
        assert_eq!(advice("SIP_URI_1", "1001@h"), Some(Advice::SipUriWithoutScheme));
        assert_eq!(advice("HTTP_USER_AGENT", "Panasonic_{MODEL}/{/{fwver} ({mac})"), Some(Advice::UnknownMacro));
        assert_eq!(advice("HTTP_USER_AGENT", "Panasonic_{MODEL}/{fwver} ({mac})"), None);
        assert_eq!(advice("FIRSTDIGIT_TIM", "030"), Some(Advice::LeadingZeros));
    }
}
