//! From tones to digits, by the algorithm of Goertzel over blocks of 12.75 ms (ITU-T Q.24).

use std::f32::consts::TAU;
use std::time::Duration;

use crate::dtmf::Digit;
use crate::dtmf::digit::{COLUMNS, ROWS};

/// Samples of a block at 8 kHz: narrow enough in frequency to refuse tones that are 3.5 % off, short enough to find a digit of
/// 40 ms.
const BLOCK: usize = 102;

/// The softest tone that counts: an amplitude of about -29 dBm0.
const SOFTEST: f32 = 800.0;

/// Most that the higher tone may be louder, and the lower tone (ITU-T Q.24 lists 4 to 10 dB and 8 to 16 dB): as powers.
const TWIST: f32 = 6.3;
const REVERSE_TWIST: f32 = 6.3;

/// How far a tone has to stand out of those of its group, as powers.
const STANDS_OUT: f32 = 6.3;

/// The part of all power that both tones have to have: voice has more beside them.
const PART: f32 = 0.70;

/// Blocks that have to agree before a digit counts, and blocks without it that end it.
const AGREE: u32 = 2;
const GONE: u32 = 2;

/// A detector for samples at 8 kHz.
#[derive(Debug, Clone)]
pub struct Detector {
    block: [f32; BLOCK],
    filled: usize,
    /// What the last blocks held, and how many of them.
    seen: Option<Digit>,
    times: u32,
    /// The digit that sounds, the blocks since it began, and those since it was last there.
    sounding: Option<(Digit, u32, u32)>,
}

impl Default for Detector {
    fn default() -> Self {
        Self::new()
    }
}

impl Detector {
    /// One that has heard nothing.
    pub const fn new() -> Self {
        Detector { block: [0.0; BLOCK], filled: 0, seen: None, times: 0, sounding: None }
    }

    /// Takes samples and tells of digits that ended among them, with their lengths to about 13 ms.
    pub fn listen(&mut self, samples: &[i16], mut ended: impl FnMut(Digit, Duration)) {
        for &sample in samples {
            self.block[self.filled] = f32::from(sample);
            self.filled += 1;
            if self.filled == BLOCK {
                self.filled = 0;
                let found = find(&self.block);
                self.follow(found, &mut ended);
            }
        }
    }

    fn follow(&mut self, found: Option<Digit>, ended: &mut impl FnMut(Digit, Duration)) {
        self.times = if found == self.seen { self.times + 1 } else { 1 };
        self.seen = found;
        if let Some((digit, blocks, without)) = &mut self.sounding {
            *blocks += 1;
            *without = if found == Some(*digit) { 0 } else { *without + 1 };
            if *without == GONE {
                let samples = u64::from(*blocks - GONE) * BLOCK as u64;
                ended(*digit, Duration::from_micros(samples * 125));
                self.sounding = None;
            }
        }
        if self.sounding.is_none()
            && self.times >= AGREE
            && let Some(digit) = found
        {
            self.sounding = Some((digit, self.times, 0));
        }
    }
}

/// The digit in a block.
fn find(block: &[f32; BLOCK]) -> Option<Digit> {
    let (row, row_power) = loudest(block, &ROWS)?;
    let (column, column_power) = loudest(block, &COLUMNS)?;
    let energy = block.iter().map(|sample| sample * sample).sum::<f32>() / BLOCK as f32;
    let likely = column_power < row_power * TWIST
        && row_power < column_power * REVERSE_TWIST
        && row_power + column_power > energy * PART;
    likely.then(|| Digit::at(row, column))
}

/// The loudest tone of a group with its power, if it stands out of the group.
fn loudest(block: &[f32; BLOCK], tones: &[u16; 4]) -> Option<(usize, f32)> {
    let powers = tones.map(|tone| power(block, f32::from(tone)));
    let loudest = (0..4).max_by(|&one, &other| powers[one].total_cmp(&powers[other]))?;
    let stands_out = (0..4).all(|other| other == loudest || powers[other] * STANDS_OUT < powers[loudest]);
    (stands_out && powers[loudest] > SOFTEST * SOFTEST / 2.0).then_some((loudest, powers[loudest]))
}

/// The power of one tone in a block.
fn power(block: &[f32; BLOCK], frequency: f32) -> f32 {
    let turn = 2.0 * (TAU * frequency / 8000.0).cos();
    let (mut last, mut before) = (0.0, 0.0);
    for sample in block {
        (last, before) = (sample + turn * last - before, last);
    }
    2.0 * (last * last + before * before - turn * last * before) / (BLOCK * BLOCK) as f32
}
