//! Digits that are sent as tones, one after the other.

use std::time::Duration;

use super::Generator;
use crate::dtmf::Digit;

/// Digits that may wait; more of them are not taken.
const MOST: usize = crate::event::MAX_QUEUED;

/// Samples a second until voice says it.
const NARROW_RATE: u32 = 8000;

/// Digits in a queue, each a tone and a pause. While there are any, they are all that is heard.
#[derive(Debug, Clone)]
pub struct Dialer {
    queue: [Option<(Digit, Duration, Duration)>; MOST],
    count: usize,
    tone: Option<(Digit, Generator)>,
    /// Samples of the pause.
    pause: u32,
    /// Samples a second.
    rate: u32,
}

impl Default for Dialer {
    fn default() -> Self {
        Self::new()
    }
}

impl Dialer {
    /// One with nothing to send.
    pub fn new() -> Self {
        Dialer { queue: [None; MOST], count: 0, tone: None, pause: 0, rate: NARROW_RATE }
    }

    /// Appends digits, each of this length and with this pause behind it. Other characters are left out, and so is what does
    /// not fit the queue. Says how many digits were taken.
    pub fn send(&mut self, digits: &str, length: Duration, pause: Duration) -> usize {
        let before = self.count;
        for digit in digits.chars().filter_map(Digit::new).take(MOST - self.count) {
            self.queue[self.count] = Some((digit, length, pause));
            self.count += 1;
        }
        self.count - before
    }

    /// Whether nothing sounds, waits or pauses.
    pub fn is_idle(&self) -> bool {
        self.count == 0 && self.tone.is_none() && self.pause == 0
    }

    /// Puts tones and pauses in the place of voice, at samples a second.
    pub fn play(&mut self, voice: &mut [i32], rate: u32) {
        if rate != self.rate {
            self.go_on_at(rate);
        }
        let mut rest = voice;
        while !rest.is_empty() && !self.is_idle() {
            let done = match &mut self.tone {
                Some((_, tone)) => {
                    let length = rest.len().min(tone.left() as usize);
                    rest[..length].fill(0);
                    tone.add(&mut rest[..length]);
                    if tone.left() == 0 {
                        self.tone = None;
                    }
                    length
                }
                None if self.pause > 0 => {
                    let length = rest.len().min(self.pause as usize);
                    rest[..length].fill(0);
                    self.pause -= length as u32;
                    length
                }
                None => {
                    self.next();
                    0
                }
            };
            rest = &mut rest[done..];
        }
    }

    fn next(&mut self) {
        let Some((digit, length, pause)) = self.queue[0].take() else { return };
        self.queue.rotate_left(1);
        self.count -= 1;
        self.tone = Some((digit, Generator::new(digit, length, self.rate, 0.0)));
        self.pause = (pause.as_millis() as u64 * u64::from(self.rate) / 1000).min(u64::from(u32::MAX)) as u32;
    }

    /// The codec has changed: what is left of tone and pause lasts as long as before.
    fn go_on_at(&mut self, rate: u32) {
        if let Some((digit, tone)) = &mut self.tone {
            let left = Duration::from_micros(u64::from(tone.left()) * 1_000_000 / u64::from(self.rate));
            *tone = Generator::new(*digit, left, rate, 0.0);
        }
        self.pause = (u64::from(self.pause) * u64::from(rate) / u64::from(self.rate)).min(u64::from(u32::MAX)) as u32;
        self.rate = rate;
    }
}
