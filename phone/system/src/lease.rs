//! What the DHCP server said: the DHCP client is a program of its own, and tells it by way of a file.
//!
//! The file has one `NAME=value` on a line. It is what `offhook dhcp-event` writes from the variables that udhcpc hands
//! to its script, and equally the file that systemd-networkd keeps of a lease.

use std::fmt;
use std::io::{self, Write as _};
use std::net::Ipv4Addr;
use std::path::Path;

use atomic_write_file::AtomicWriteFile;

/// Most bytes of the file: all options of a DHCP answer, many times over.
const LARGEST: u64 = 64 << 10;

/// The parts of a DHCP answer that the unit has a use for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lease {
    /// The interface that it is for.
    pub interface: Option<String>,
    /// The address that the unit got.
    pub address: Option<Ipv4Addr>,
    /// Option 66: the name of a TFTP server (RFC 2132 section 9.4), as it was sent.
    pub option66: Option<Vec<u8>>,
    /// Option 159, a URL by custom, as it was sent.
    pub option159: Option<Vec<u8>>,
    /// Option 160, a URL by custom, as it was sent.
    pub option160: Option<Vec<u8>>,
}

/// Why there is no lease to go by.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LeaseError {
    /// The file cannot be read, or not be written.
    #[error("the file of the DHCP lease: {0}")]
    Io(#[from] io::Error),
}

impl Lease {
    /// What udhcpc tells its script: `variable` looks a variable up.
    ///
    /// It decodes the options that it knows, and gives others in hexadecimal digits when it was told to ask for them
    /// (`-O 159 -O 160`).
    pub fn of_udhcpc(variable: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            interface: variable("interface"),
            address: variable("ip").and_then(|text| text.parse().ok()),
            option66: variable("tftp").map(String::into_bytes),
            option159: variable("opt159").and_then(|text| unhex(&text)),
            option160: variable("opt160").and_then(|text| unhex(&text)),
        }
    }

    /// Reads the lines of a file; those of other names do not matter.
    pub fn parse(text: &str) -> Self {
        let lines: Vec<(&str, &str)> =
            text.lines().filter_map(|line| line.trim().split_once('=')).map(|(n, v)| (n, v.trim())).collect();
        let value = |name: &str| lines.iter().find(|(n, _)| *n == name).map(|(_, value)| *value);
        Self {
            interface: value("INTERFACE").map(str::to_owned),
            address: value("ADDRESS").and_then(|text| text.parse().ok()),
            option66: value("OPTION_66").and_then(unhex),
            option159: value("OPTION_159").and_then(unhex),
            option160: value("OPTION_160").and_then(unhex),
        }
    }

    /// The lease that a file tells of; nothing where there is no file yet.
    ///
    /// # Errors
    /// The system refuses.
    pub fn read(path: &Path) -> Result<Option<Self>, LeaseError> {
        let mut bytes = Vec::new();
        match std::fs::File::open(path) {
            Ok(file) => io::Read::read_to_end(&mut io::Read::take(file, LARGEST), &mut bytes)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        Ok(Some(Self::parse(&String::from_utf8_lossy(&bytes))))
    }

    /// Writes the file in place of another, so that whoever waits for it finds it whole.
    ///
    /// # Errors
    /// The system refuses.
    pub fn write(&self, path: &Path) -> Result<(), LeaseError> {
        let mut file = AtomicWriteFile::open(path)?;
        file.write_all(self.to_string().as_bytes())?;
        Ok(file.commit()?)
    }
}

/// As [`Lease::parse`] reads it.
impl fmt::Display for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(interface) = &self.interface {
            let plain = |c: &char| !c.is_control();
            writeln!(f, "INTERFACE={}", interface.chars().filter(plain).collect::<String>())?;
        }
        if let Some(address) = self.address {
            writeln!(f, "ADDRESS={address}")?;
        }
        for (number, option) in [(66, &self.option66), (159, &self.option159), (160, &self.option160)] {
            if let Some(bytes) = option {
                writeln!(f, "OPTION_{number}={}", hex(bytes))?;
            }
        }
        Ok(())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    let digit = |byte: u8| char::from(byte).to_digit(16);
    if digits.is_empty() || !digits.len().is_multiple_of(2) {
        return None;
    }
    digits.chunks(2).map(|pair| u8::try_from(digit(pair[0])? << 4 | digit(pair[1])?).ok()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_udhcpc_says_outlives_its_way_through_the_file() {
        let variables = [
            ("interface", "eth0"),
            ("ip", "192.0.2.17"),
            ("tftp", "192.0.2.1"),
            ("opt160", "687474703a2f2f3139322e302e322e312f78"),
            ("opt159", "6874747"),
            ("router", "192.0.2.1"),
        ];
        let lease = Lease::of_udhcpc(|name| variables.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()));
        assert_eq!(lease.option160.as_deref(), Some(b"http://192.0.2.1/x".as_slice()));
        assert_eq!(lease.option159, None, "an odd number of digits");
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("lease");
        assert_eq!(Lease::read(&path).expect("no file is no error"), None);
        lease.write(&path).expect("written");
        assert_eq!(Lease::read(&path).expect("read"), Some(lease));
    }

    #[test]
    fn a_file_of_networkd_is_understood() {
        let text = "# This is private data. Do not parse.\nADDRESS=192.0.2.30\nNETMASK=255.255.255.0\n\
                    ROUTER=192.0.2.1\nDNS=192.0.2.53 192.0.2.54\nOPTION_160=616263\n";
        let lease = Lease::parse(text);
        assert_eq!(lease.address, Some(Ipv4Addr::new(192, 0, 2, 30)));
        assert_eq!(lease.option160.as_deref(), Some(b"abc".as_slice()));
    }

    proptest! {
        #[test]
        fn options_of_any_bytes_come_back(option in prop::collection::vec(any::<u8>(), 1..300), noise in ".{0,200}") {
            let lease = Lease { option66: Some(option), ..Lease::default() };
            prop_assert_eq!(&Lease::parse(&lease.to_string()), &lease);
            Lease::parse(&noise);
        }
    }
}
