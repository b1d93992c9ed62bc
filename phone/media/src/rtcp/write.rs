//! Writes compound packets: a report, the canonical name, and perhaps a goodbye.

use super::read::SenderInfo;
use super::{DESCRIPTION, GOODBYE, RECEIVER_REPORT, SENDER_REPORT};
use crate::rtp::Reception;

/// Octets of a name that fit into its field.
const MAX_NAME: usize = 255;

/// Writes into a buffer of the caller.
pub(crate) struct Writer<'a> {
    out: &'a mut [u8],
    length: usize,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(out: &'a mut [u8]) -> Self {
        Writer { out, length: 0 }
    }

    /// How long the packet is.
    pub(crate) fn length(&self) -> usize {
        self.length
    }

    /// A report: with what was sent, if anything was; about one source, if there is one.
    pub(crate) fn report(
        &mut self,
        ssrc: u32,
        sent: Option<SenderInfo>,
        reception: Option<(Reception, u32, u32)>,
    ) -> Option<()> {
        let words = 1 + if sent.is_some() { 5 } else { 0 } + if reception.is_some() { 6 } else { 0 };
        let kind = if sent.is_some() { SENDER_REPORT } else { RECEIVER_REPORT };
        self.head(u8::from(reception.is_some()), kind, words)?;
        self.word(ssrc)?;
        if let Some(sent) = sent {
            self.put(&sent.ntp.to_be_bytes())?;
            self.word(sent.timestamp)?;
            self.word(sent.packets)?;
            self.word(sent.octets)?;
        }
        if let Some((reception, last_report, delay)) = reception {
            self.word(reception.ssrc)?;
            self.word(u32::from(reception.fraction_lost) << 24 | reception.lost as u32 & 0xff_ffff)?;
            self.word(reception.highest)?;
            self.word(reception.jitter)?;
            self.word(last_report)?;
            self.word(delay)?;
        }
        Some(())
    }

    /// The canonical name of this side (RFC 3550, section 6.5.1).
    pub(crate) fn name(&mut self, ssrc: u32, name: &str) -> Option<()> {
        let name = &name.as_bytes()[..name.len().min(MAX_NAME)];
        // The item ends with one zero at least, and with a whole word.
        let padded = (2 + name.len()) / 4 * 4 + 4;
        self.head(1, DESCRIPTION, 1 + padded / 4)?;
        self.word(ssrc)?;
        self.put(&[1, name.len() as u8])?;
        self.put(name)?;
        self.put(&[0; 4][..padded - 2 - name.len()])
    }

    /// This side leaves.
    pub(crate) fn goodbye(&mut self, ssrc: u32) -> Option<()> {
        self.head(1, GOODBYE, 1)?;
        self.word(ssrc)
    }

    fn head(&mut self, count: u8, kind: u8, words: usize) -> Option<()> {
        self.put(&[0x80 | count, kind])?;
        self.put(&(words as u16).to_be_bytes())
    }

    fn word(&mut self, word: u32) -> Option<()> {
        self.put(&word.to_be_bytes())
    }

    fn put(&mut self, bytes: &[u8]) -> Option<()> {
        self.out.get_mut(self.length..self.length + bytes.len())?.copy_from_slice(bytes);
        self.length += bytes.len();
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::read::{Block, Item, read};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_written_is_read() {
        for name in ["", "a", "ab", "abc", "user@192.0.2.31"] {
            let mut out = [0xff; 128];
            let mut writer = Writer::new(&mut out);
            let info = SenderInfo { ntp: 0x1234_5678_9abc_def0, timestamp: 160, packets: 7, octets: 1120 };
            let reception = Reception { ssrc: 5, fraction_lost: 64, lost: -2, highest: 65540, jitter: 80 };
            writer.report(9, Some(info), Some((reception, 3, 4))).unwrap();
            writer.name(9, name).unwrap();
            writer.goodbye(9).unwrap();
            let length = writer.length();
            let items: Vec<_> = read(&out[..length]).unwrap().collect();
            assert_eq!(items.len(), 3, "{name:?}");
            let Item::Sender { ssrc: 9, info: got, blocks: [block] } = &items[0] else { panic!("{items:?}") };
            assert_eq!(*got, info);
            let expected =
                Block { ssrc: 5, fraction_lost: 64, lost: -2, highest: 65540, jitter: 80, last_report: 3, delay: 4 };
            assert_eq!(Block::read(block), expected);
            let Item::Goodbye(goodbye) = &items[2] else { panic!("{items:?}") };
            assert!(goodbye.name(9) && !goodbye.name(8));
            assert!(length.is_multiple_of(4));
            for short in 0..length {
                assert!(Writer::new(&mut out[..short]).report(9, Some(info), None).is_none() || short >= 28);
            }
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(mut bytes in proptest::collection::vec(any::<u8>(), 0..120), kind in 198u8..207) {
            if let [first, second, ..] = &mut bytes[..] {
                (*first, *second) = (*first & 0x3f | 0x80, kind);
            }
            if let [_, _, high, low, ..] = &mut bytes[..] {
                (*high, *low) = (0, *low & 0x1f);
            }
            if let Ok(items) = read(&bytes) {
                prop_assert!(items.count() > 0);
            }
        }
    }
}
