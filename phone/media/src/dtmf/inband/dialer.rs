//! Digits that are sent as tones, one after the other.

use std::time::Duration;

use super::Generator;
use crate::dtmf::Digit;

/// Digits that may wait; more of them are not taken.
const MOST: usize = crate::event::MAX_QUEUED;

/// Digits in a queue, each a tone and a pause. While there are any, they are all that is heard.
#[derive(Debug, Clone)]
pub struct Dialer {
    queue: [Option<(Digit, Duration, Duration)>; MOST],
    count: usize,
    tone: Option<Generator>,
    /// Samples of the pause.
    pause: u32,
}

impl Default for Dialer {
    fn default() -> Self {
        Self::new()
    }
}

impl Dialer {
    /// One with nothing to send.
    pub fn new() -> Self {
        Dialer { queue: [None; MOST], count: 0, tone: None, pause: 0 }
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
        let mut rest = voice;
        while !rest.is_empty() && !self.is_idle() {
            let done = match &mut self.tone {
                Some(tone) => {
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
                    self.next(rate);
                    0
                }
            };
            rest = &mut rest[done..];
        }
    }

    fn next(&mut self, rate: u32) {
        let Some((digit, length, pause)) = self.queue[0].take() else { return };
        self.queue.rotate_left(1);
        self.count -= 1;
        self.tone = Some(Generator::new(digit, length, rate, 0.0));
        self.pause = (pause.as_millis() as u64 * u64::from(rate) / 1000).min(u64::from(u32::MAX)) as u32;
    }
}
