//! WAV files of 16 bits, as far as pictures need them.

/// A sound of one channel.
pub(crate) struct Sound {
    /// Samples a second.
    pub(crate) rate: u32,
    pub(crate) samples: Vec<i16>,
}

impl Sound {
    /// Reads a WAV file; of several channels, the first counts. None if it is something else.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes.strip_prefix(b"RIFF")?.get(4..)?.strip_prefix(b"WAVE")?;
        let (mut rate, mut channels) = (None, 1);
        loop {
            let (name, length) = (rest.get(..4)?, number(rest.get(4..8)?) as usize);
            // A recorder that was stopped in the middle leaves a length that is too long, or zero.
            let body = rest.get(8..)?;
            let chunk = &body[..length.min(body.len())];
            match (name, rate) {
                (b"fmt ", _) => {
                    channels = usize::from(u16::from_le_bytes([*chunk.get(2)?, *chunk.get(3)?])).max(1);
                    rate = Some(number(chunk.get(4..8)?)).filter(|rate| *rate > 0);
                    (chunk.get(14..16)? == [16, 0]).then_some(())?;
                }
                (b"data", Some(rate)) => {
                    let samples = chunk.as_chunks::<2>().0.iter().step_by(channels);
                    return Some(Sound { rate, samples: samples.map(|octets| i16::from_le_bytes(*octets)).collect() });
                }
                _ => {}
            }
            rest = body.get(length + length % 2..)?;
        }
    }

    /// The sound as a WAV file.
    #[cfg(test)]
    pub(crate) fn write(&self) -> Vec<u8> {
        let length = self.samples.len() as u32 * 2;
        let mut out = b"RIFF".to_vec();
        out.extend((length + 36).to_le_bytes());
        out.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
        out.extend(self.rate.to_le_bytes());
        out.extend((self.rate * 2).to_le_bytes());
        out.extend(b"\x02\0\x10\0data");
        out.extend(length.to_le_bytes());
        out.extend(self.samples.iter().flat_map(|sample| sample.to_le_bytes()));
        out
    }
}

fn number(octets: &[u8]) -> u32 {
    octets.iter().rev().fold(0, |number, octet| number << 8 | u32::from(*octet))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let bytes = Sound { rate: 16_000, samples: vec![1, -2, 300] }.write();
        let sound = Sound::read(&bytes).expect("it is a sound");
        assert_eq!((sound.rate, sound.samples), (16_000, vec![1, -2, 300]));
        for length in 0..43 {
            assert!(Sound::read(&bytes[..length]).is_none_or(|sound| sound.samples.is_empty()), "{length}");
        }
    }
}
