//! The types of the typed settings: units live here, raw text ends here.
//!
//! The readers at the end turn a checked value into its type. A value that was not checked before is a defect of the
//! caller: debug builds stop, release builds use the type's zero.

use std::fmt;
use std::net::Ipv4Addr;
use std::time::Duration;

/// A UDP or TCP port, 0 to 65535.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Port(pub u16);

/// A differentiated services code point, 0 to 63 (RFC 2474).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Dscp(pub u8);

/// A VLAN identifier, 0 to 4094 (IEEE 802.1Q).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct VlanId(pub u16);

/// Hundredths, 1 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Percent(pub u8);

/// A gain in decibels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Decibels(pub i8);

/// A frequency in hertz; 0 is silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Hertz(pub u16);

/// A host name or an IPv4 address.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Host(pub String);

impl Host {
    /// The address, if it is written as one.
    pub fn address(&self) -> Option<Ipv4Addr> {
        crate::check::octets(&self.0).map(Ipv4Addr::from)
    }
}

/// A SIP URI as configured: `sip:user@host`, where scheme and host may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct SipAddress(pub String);

impl SipAddress {
    /// The user part.
    pub fn user(&self) -> &str {
        let rest = self.0.strip_prefix("sip:").unwrap_or(&self.0);
        rest.split_once('@').map_or(rest, |(user, _)| user)
    }

    /// The host part, if there is one.
    pub fn host(&self) -> Option<&str> {
        self.0.split_once('@').map(|(_, host)| host)
    }
}

/// A text or URL with macros: `{mac}`, `{MAC}`, `{MODEL}`, `{fwver}` (guide rule 84). Unknown ones stay.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Template(pub String);

/// What macros stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Macros<'a> {
    /// The unit's MAC address.
    pub mac: [u8; 6],
    /// The model name: `KX-UT670`.
    pub model: &'a str,
    /// The version that `{fwver}` stands for.
    pub firmware: &'a str,
}

impl Template {
    /// The text with its macros replaced; they are case-sensitive.
    pub fn expand(&self, macros: &Macros<'_>) -> String {
        let mut out = String::with_capacity(self.0.len() + 16);
        let mut rest = self.0.as_str();
        while let Some(open) = rest.find('{') {
            out.push_str(&rest[..open]);
            rest = &rest[open..];
            let Some(close) = rest.find('}') else { break };
            // The innermost brace opens the macro: `{/{fwver}` keeps its first two characters.
            let start = rest[..close].rfind('{').unwrap_or(0);
            out.push_str(&rest[..start]);
            match &rest[start + 1..close] {
                "mac" => macros.mac.iter().for_each(|b| out.push_str(&format!("{b:02x}"))),
                "MAC" => macros.mac.iter().for_each(|b| out.push_str(&format!("{b:02X}"))),
                "MODEL" => out.push_str(macros.model),
                "fwver" => out.push_str(macros.firmware),
                _ => out.push_str(&rest[start..=close]),
            }
            rest = &rest[close + 1..];
        }
        out + rest
    }
}

/// A time of day in the unit's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct TimeOfDay {
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
}

/// A firmware version, 00.000 to 15.999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct FirmwareVersion {
    /// Before the dot, 0 to 15.
    pub major: u8,
    /// Behind the dot, 0 to 999.
    pub minor: u16,
}

impl fmt::Display for FirmwareVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}.{:03}", self.major, self.minor)
    }
}

/// Checked text to typed value, for the generated constructor.
pub(crate) mod read {
    use super::*;

    fn number<T: std::str::FromStr + Default>(value: &str) -> T {
        let parsed = value.parse();
        debug_assert!(parsed.is_ok(), "{value:?} was not checked");
        parsed.unwrap_or_default()
    }

    pub(crate) fn boolean(value: &str, on: &str) -> bool {
        value == on
    }
    pub(crate) fn u8(value: &str) -> u8 {
        number(value)
    }
    pub(crate) fn u16(value: &str) -> u16 {
        number(value)
    }
    pub(crate) fn i64(value: &str) -> i64 {
        number(value)
    }
    pub(crate) fn ms(value: &str) -> Duration {
        Duration::from_millis(number(value))
    }
    pub(crate) fn ten_ms(value: &str) -> Duration {
        Duration::from_millis(10 * number::<u64>(value))
    }
    pub(crate) fn s(value: &str) -> Duration {
        Duration::from_secs(number(value))
    }
    pub(crate) fn min(value: &str) -> Duration {
        Duration::from_secs(60 * number::<u64>(value))
    }
    pub(crate) fn port(value: &str) -> Port {
        Port(number(value))
    }
    pub(crate) fn dscp(value: &str) -> Dscp {
        Dscp(number(value))
    }
    pub(crate) fn vlan_id(value: &str) -> VlanId {
        VlanId(number(value))
    }
    pub(crate) fn percent(value: &str) -> Percent {
        Percent(number(value))
    }
    pub(crate) fn decibels(value: &str) -> Decibels {
        Decibels(number(value))
    }
    pub(crate) fn hertz(value: &str) -> Hertz {
        Hertz(number(value))
    }
    pub(crate) fn list<T>(value: &str, one: fn(&str) -> T) -> Vec<T> {
        value.split(',').map(one).collect()
    }
    pub(crate) fn text(value: &str) -> String {
        value.to_owned()
    }
    pub(crate) fn template(value: &str) -> Template {
        Template(value.to_owned())
    }
    pub(crate) fn host(value: &str) -> Host {
        Host(value.to_owned())
    }
    pub(crate) fn ipv4(value: &str) -> Ipv4Addr {
        let octets = crate::check::octets(value);
        debug_assert!(octets.is_some(), "{value:?} was not checked");
        octets.map_or(Ipv4Addr::UNSPECIFIED, Ipv4Addr::from)
    }
    pub(crate) fn sip_address(value: &str) -> SipAddress {
        SipAddress(value.to_owned())
    }
    pub(crate) fn time_of_day(value: &str) -> TimeOfDay {
        let (hour, minute) = value.split_once(':').unwrap_or(("0", "0"));
        TimeOfDay { hour: number(hour), minute: number(minute) }
    }
    pub(crate) fn firmware_version(value: &str) -> FirmwareVersion {
        let (major, minor) = value.split_once('.').unwrap_or(("0", "0"));
        FirmwareVersion { major: number(major), minor: number(minor) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn macros_are_case_sensitive_and_unknown_ones_stay() {
        let macros = Macros { mac: [0, 0x80, 0xf0, 0xab, 0xcd, 0xef], model: "KX-UT670", firmware: "01.221" };
        for (template, expanded) in [
            ("Panasonic_{MODEL}/{fwver} ({mac})", "Panasonic_KX-UT670/01.221 (0080f0abcdef)"),
            ("Panasonic_{MODEL}/{/{fwver} ({mac})", "Panasonic_KX-UT670/{/01.221 (0080f0abcdef)"),
            ("http://h/{MAC}.cfg", "http://h/0080F0ABCDEF.cfg"),
            ("{Mac}{}{mac", "{Mac}{}{mac"),
        ] {
            assert_eq!(Template(template.into()).expand(&macros), expanded);
        }
    }

    #[test]
    fn parts_of_a_sip_address() {
        let full = SipAddress("sip:alice@example.com".into());
        assert_eq!((full.user(), full.host()), ("alice", Some("example.com")));
        let bare = SipAddress("1001".into());
        assert_eq!((bare.user(), bare.host()), ("1001", None));
    }
}
