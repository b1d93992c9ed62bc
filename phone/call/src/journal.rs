//! How logs and contacts are written down: one change a line, behind what is already there.
//!
//! A file opens with a line that names its format, and each line after it is eight hexadecimal digits, a blank and a
//! change in JSON. The digits are the CRC-32 of the JSON. So a change is kept by adding a line, what a lost process left
//! of a line is seen and passed over, and a person can read the file.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The first line of a file; the number goes up when older programs could not read the file any more.
const HEADER: &str = "# Offhook journal 1";

/// What a file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay<T> {
    /// The changes, oldest first.
    pub changes: Vec<T>,
    /// Lines that were passed over: torn, altered, or of another format.
    pub damaged: usize,
}

impl<T> Replay<T> {
    /// Whether new lines may follow what is there. If not, the file is to be written anew: a line behind a torn one would
    /// be lost with it.
    pub fn is_sound(&self) -> bool {
        self.damaged == 0
    }
}

/// Reads a file, however damaged; an empty one holds nothing.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Replay<T> {
    let mut replay = Replay { changes: Vec::new(), damaged: 0 };
    let mut rest = bytes;
    let mut first = true;
    while let Some(end) = rest.iter().position(|&b| b == b'\n') {
        let line = &rest[..end];
        rest = &rest[end + 1..];
        let header = std::mem::take(&mut first) && line == HEADER.as_bytes();
        if !header {
            match change(line) {
                Some(change) => replay.changes.push(change),
                None => replay.damaged += 1,
            }
        }
    }
    replay.damaged += usize::from(!rest.is_empty());
    replay
}

/// The line that adds a change to a file.
pub fn line<T: Serialize>(change: &T) -> Vec<u8> {
    let json = serde_json::to_string(change).expect("changes are plain data, which JSON can always say");
    format!("{:08x} {json}\n", crc32(json.as_bytes())).into_bytes()
}

/// A whole file of these changes.
pub fn file<'a, T: Serialize + 'a>(changes: impl IntoIterator<Item = &'a T>) -> Vec<u8> {
    let mut out = format!("{HEADER}\n").into_bytes();
    changes.into_iter().for_each(|change| out.extend(line(change)));
    out
}

fn change<T: DeserializeOwned>(line: &[u8]) -> Option<T> {
    let (sum, json) = line.split_at_checked(9)?;
    let sum = u32::from_str_radix(std::str::from_utf8(sum).ok()?.strip_suffix(' ')?, 16).ok()?;
    (crc32(json) == sum).then(|| serde_json::from_slice(json).ok())?
}

/// The CRC-32 of IEEE 802.3, bit by bit: lines are short and few.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
    !bytes.iter().fold(!0u32, |crc, &byte| (0..8).fold(crc ^ u32::from(byte), step))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes() -> Vec<String> {
        ["one", "two\nlines", "Zoë \u{1f4de}"].map(str::to_owned).to_vec()
    }

    #[test]
    fn the_sum_is_the_usual_one() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn what_is_written_is_read() {
        let mut bytes = file(&changes()[..2]);
        bytes.extend(line(&changes()[2]));
        let replay = read::<String>(&bytes);
        assert_eq!(replay, Replay { changes: changes(), damaged: 0 });
        assert!(replay.is_sound());
        assert_eq!(read::<String>(b""), Replay { changes: vec![], damaged: 0 });
    }

    #[test]
    fn a_file_cut_anywhere_keeps_all_its_whole_lines() {
        let bytes = file(&changes());
        for end in 0..bytes.len() {
            let replay = read::<String>(&bytes[..end]);
            let whole = bytes[..end].iter().filter(|&&b| b == b'\n').count().saturating_sub(1);
            assert_eq!(replay.changes, changes()[..whole]);
            assert_eq!(replay.is_sound(), end == 0 || bytes[end - 1] == b'\n');
        }
    }

    #[test]
    fn altered_lines_are_passed_over() {
        let bytes = file(&changes());
        for place in HEADER.len() + 1..bytes.len() {
            let mut altered = bytes.clone();
            altered[place] ^= 0x04;
            let replay = read::<String>(&altered);
            assert!(replay.damaged > 0, "byte {place}");
            assert!(replay.changes.iter().all(|change| changes().contains(change)), "byte {place}");
        }
    }
}
