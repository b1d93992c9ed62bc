//! Between the time of the engine and that of a card.
//!
//! Both count 10 ms differently: crystals differ by some hundredths of a per cent, and cards have other rates. Samples wait in a
//! queue between the two; if more and more or less and less wait, they are stretched or squeezed by a few parts in a thousand,
//! which nobody hears. What counts is how little waits at the worst moment of a while: cards take and give portions of any size.
//! Where far too much waits, as after a card that was slow to start, some of it is left out at once.

use rtrb::{Consumer, Producer, RingBuffer};
use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Adjustable, Async, FixedAsync, Resampler, SincInterpolationParameters, WindowFunction};

use crate::audio::{FRAME, RATE};

/// What shall wait at the least before the engine gives or takes a frame, in frames: towards the card, and from it.
const TO_CARD: usize = 1;
const FROM_CARD: usize = 2;

/// So much more is too much.
const SURPLUS: f64 = 3.0;

/// For how long the least is looked for, in frames.
const WHILE: usize = 50;

/// What can wait, in frames.
const ROOM: usize = 20;

/// The most that sound is stretched or squeezed.
const MOST: f64 = 0.005;

/// How fast what waits is believed to have changed, per frame.
const SLOWNESS: f64 = 0.02;

/// How strongly it is answered: a frame too much squeezes by this part.
const STRENGTH: f64 = 0.002;

/// Towards the card: the engine's end.
pub(crate) struct ToCard {
    resampler: Async<f32>,
    samples: Producer<f32>,
    converted: Vec<f32>,
    balance: Balance,
}

/// From the card: the engine's end.
pub(crate) struct FromCard {
    resampler: Async<f32>,
    samples: Consumer<f32>,
    taken: Vec<f32>,
    balance: Balance,
    /// Whether enough waits; after a gap it has to, first.
    flowing: bool,
}

/// How much waits, evened out, against how much should.
struct Balance {
    /// Samples of a frame at the card's rate.
    frame: usize,
    /// How many frames should wait at the least.
    wanted: usize,
    /// The least in this while so far, in the one before, and how long this one has been.
    least: usize,
    before: usize,
    length: usize,
    evened: f64,
}

/// What to do about it.
struct Step {
    /// The ratio of output to input by which what waits comes to be what should.
    ratio: f64,
    /// How many frames to leave out.
    surplus: usize,
}

/// A pipe to a card of this rate, and the card's end of it. None if the rate makes no sense.
pub(crate) fn to_card(rate: u32) -> Option<(ToCard, Consumer<f32>)> {
    let frame = frame(rate)?;
    let resampler = resampler(f64::from(rate) / f64::from(RATE), FixedAsync::Input)?;
    let (samples, end) = RingBuffer::new(ROOM * frame);
    let converted = vec![0.0; resampler.output_frames_max()];
    Some((ToCard { resampler, samples, converted, balance: Balance::new(frame, TO_CARD) }, end))
}

/// A pipe from a card of this rate, and the card's end of it. None if the rate makes no sense.
pub(crate) fn from_card(rate: u32) -> Option<(Producer<f32>, FromCard)> {
    let frame = frame(rate)?;
    let resampler = resampler(f64::from(RATE) / f64::from(rate), FixedAsync::Output)?;
    let (end, samples) = RingBuffer::new(ROOM * frame);
    let taken = vec![0.0; resampler.input_frames_max()];
    Some((end, FromCard { resampler, samples, taken, balance: Balance::new(frame, FROM_CARD), flowing: false }))
}

impl ToCard {
    /// Plays a frame.
    pub(crate) fn push(&mut self, frame: &[i16; FRAME]) {
        let mut waiting = self.samples.buffer().capacity() - self.samples.slots();
        if waiting == 0 {
            // The card has begun, or has played all while nothing sounded.
            while waiting < 2 * self.balance.wanted * self.balance.frame {
                // There is room.
                let _ = self.samples.push(0.0);
                waiting += 1;
            }
        }
        // Too much waits: fewer samples are made of each frame, and the other way round.
        let Step { ratio, surplus } = self.balance.step(waiting, 1);
        if surplus > 0 {
            return;
        }
        // The ratio is within its bounds; else the last one stays.
        let _ = self.resampler.set_resample_ratio_relative(ratio, true);
        let samples = frame.map(|sample| f32::from(sample) / 32_768.0);
        let length = convert(&mut self.resampler, &samples, &mut self.converted);
        // What finds no room is lost; the card has stopped to play then.
        let _ = self.samples.push_partial_slice(&self.converted[..length]);
    }
}

impl FromCard {
    /// Records a frame: silence if nothing came.
    pub(crate) fn pull(&mut self, frame: &mut [i16; FRAME]) {
        let mut waiting = self.samples.slots();
        if waiting == self.samples.buffer().capacity() {
            // Nobody has listened for long: what waits is old.
            if let Ok(old) = self.samples.read_chunk(waiting) {
                old.commit_all();
            }
            self.resampler.reset();
            (self.balance, self.flowing, waiting) = (Balance::new(self.balance.frame, FROM_CARD), false, 0);
        }
        let needed = self.resampler.input_frames_next();
        let wanted = if self.flowing { needed } else { needed + self.balance.frame };
        if waiting < wanted {
            self.flowing = false;
            return frame.fill(0);
        }
        self.flowing = true;
        // Too much waits: more of it goes into each frame.
        let Step { ratio, surplus } = self.balance.step(waiting, ROOM);
        if let Ok(left_out) = self.samples.read_chunk(surplus * self.balance.frame) {
            left_out.commit_all();
        }
        let needed = match self.resampler.set_resample_ratio_relative(ratio, true) {
            Ok(()) => self.resampler.input_frames_next(),
            Err(_) => needed,
        };
        let Some(taken) = self.taken.get_mut(..needed) else { return frame.fill(0) };
        if self.samples.pop_entire_slice(taken).is_err() {
            return frame.fill(0);
        }
        let mut converted = [0.0; FRAME];
        convert(&mut self.resampler, taken, &mut converted);
        for (to, from) in frame.iter_mut().zip(converted) {
            *to = (from * 32_768.0).clamp(-32_768.0, 32_767.0) as i16;
        }
    }
}

impl Balance {
    fn new(frame: usize, wanted: usize) -> Self {
        let least = wanted * frame;
        Balance { frame, wanted, least, before: least, length: 0, evened: least as f64 }
    }

    /// Notes how much waits, and leaves out so many frames at most.
    fn step(&mut self, waiting: usize, most: usize) -> Step {
        self.least = self.least.min(waiting);
        let mut least = self.least.min(self.before);
        self.length += 1;
        if self.length == WHILE {
            (self.before, self.least, self.length) = (self.least, waiting, 0);
        }
        let excess = |samples: f64| samples / self.frame as f64 - self.wanted as f64;
        let surplus = if excess(least as f64) > SURPLUS { (excess(least as f64) as usize).min(most) } else { 0 };
        if surplus > 0 {
            let samples = surplus * self.frame;
            least -= samples;
            self.evened = least as f64;
            (self.least, self.before) = (self.least.saturating_sub(samples), self.before.saturating_sub(samples));
        }
        self.evened += (least as f64 - self.evened) * SLOWNESS;
        Step { ratio: 1.0 - (excess(self.evened) * STRENGTH).clamp(-MOST, MOST), surplus }
    }
}

fn resampler(ratio: f64, fixed: FixedAsync) -> Option<Async<f32>> {
    let parameters = SincInterpolationParameters::new(64, WindowFunction::BlackmanHarris2);
    Async::new_sinc(ratio, 1.0 + 2.0 * MOST, &parameters, FRAME, 1, fixed).ok()
}

fn convert(resampler: &mut Async<f32>, samples: &[f32], out: &mut [f32]) -> usize {
    let length = out.len();
    let (Ok(samples), Ok(mut out)) =
        (InterleavedSlice::new(samples, 1, samples.len()), InterleavedSlice::new_mut(out, 1, length))
    else {
        return 0;
    };
    resampler.process_into_buffer(&samples, &mut out, None).map_or(0, |(_, made)| made)
}

/// Samples of a frame.
fn frame(rate: u32) -> Option<usize> {
    (8000..=384_000).contains(&rate).then_some(rate as usize / 100)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure;

    /// A card whose clock is `parts` millionths fast takes what is played and gives it back, in portions of 256 samples.
    fn through(rate: u32, parts: f64, seconds: usize) -> Vec<i16> {
        let (mut to, mut played) = to_card(rate).expect("the rate makes sense");
        let (mut recorded, mut from) = from_card(rate).expect("the rate makes sense");
        let said = measure::sine(500.0, 8000.0, RATE, seconds * RATE as usize);
        let mut heard = Vec::new();
        let mut due = 0.0;
        for frame in said.chunks_exact(FRAME) {
            let mut copy = [0; FRAME];
            copy.copy_from_slice(frame);
            to.push(&copy);
            due += f64::from(rate) / 100.0 * (1.0 + parts / 1e6);
            while due >= 256.0 {
                due -= 256.0;
                for _ in 0..256 {
                    let sample = played.pop().unwrap_or(0.0);
                    let _ = recorded.push(sample);
                }
            }
            from.pull(&mut copy);
            heard.extend(copy);
        }
        heard
    }

    #[test]
    fn clocks_that_differ_are_not_heard() {
        for rate in [48_000, 44_100, 16_000] {
            for parts in [0.0, 200.0, -200.0] {
                let heard = through(rate, parts, 20);
                let last = &heard[heard.len() - 2 * RATE as usize..];
                let level = measure::level(last) - measure::level(&measure::sine(500.0, 8000.0, RATE, 16_000));
                assert!(level.abs() < 0.5, "{rate} Hz, {parts} ppm: {level:.2} dB");
                let clean = measure::steepest(&measure::sine(500.0, 8000.0, RATE, 16_000));
                assert!(measure::steepest(last) < clean * 11 / 10, "{rate} Hz, {parts} ppm: a click");
            }
        }
    }

    #[test]
    fn a_card_that_is_slow_to_start_plays_no_later_for_it() {
        // Portions of 10 and 50 ms, after the queue has filled.
        for portion in [480, 2400] {
            let (mut to, mut played) = to_card(48_000).expect("the rate makes sense");
            (0..ROOM).for_each(|_| to.push(&[1000; FRAME]));
            for at in 1..=200 {
                to.push(&[1000; FRAME]);
                if at * 480 % portion == 0 {
                    (0..portion).for_each(|_| _ = played.pop());
                }
            }
            assert!(played.slots() < 5 * 480 + portion, "{} samples wait", played.slots());
        }
    }

    #[test]
    fn after_a_rest_nothing_old_is_heard_and_nothing_is_missing() {
        let (mut to, mut played) = to_card(48_000).expect("the rate makes sense");
        let (mut recorded, mut from) = from_card(48_000).expect("the rate makes sense");
        let mut frame = [0; FRAME];
        // The card goes on for two seconds while the engine sleeps.
        for at in 0..300 {
            let engine_sleeps = (50..250).contains(&at);
            let said = if at < 200 { 0.25 } else { 0.5 };
            if !engine_sleeps {
                to.push(&[1000; FRAME]);
                from.pull(&mut frame);
                let old = frame.iter().any(|sample| (7000..9000).contains(sample));
                assert!(at < 250 || !old, "something old in frame {at}");
            }
            for _ in 0..480 {
                assert!(played.pop().is_ok() || engine_sleeps, "nothing to play in frame {at}");
                let _ = recorded.push(said);
            }
        }
        assert!(frame.iter().all(|sample| (15_000..18_000).contains(sample)));
    }

    #[cfg(target_env = "gnu")]
    #[test]
    fn neither_end_of_the_engine_uses_the_heap() {
        for rate in [44_100, 48_000] {
            let (mut to, mut played) = to_card(rate).expect("the rate makes sense");
            let (mut recorded, mut from) = from_card(rate).expect("the rate makes sense");
            let mut frame = [0; FRAME];
            // The card stands still, is in a hurry, and goes on alone, as does the engine.
            for portion in [1, 0, 3, 1, 0, 1] {
                for step in 0..60 {
                    let uses = super::super::heap::uses(|| {
                        to.push(&frame);
                        if portion != 3 || step % 3 == 0 {
                            from.pull(&mut frame);
                        }
                    });
                    assert_eq!(uses, 0, "{rate} Hz, {portion} portions, step {step}");
                    for _ in 0..portion * rate / 100 {
                        let _ = (played.pop(), recorded.push(0.1));
                    }
                }
            }
        }
    }

    #[test]
    fn a_card_that_stands_still_is_survived() {
        let (mut to, played) = to_card(48_000).expect("the rate makes sense");
        (0..100).for_each(|_| to.push(&[1000; FRAME]));
        assert_eq!(played.slots(), ROOM * 480);
        let (recorded, mut from) = from_card(48_000).expect("the rate makes sense");
        let mut frame = [1; FRAME];
        from.pull(&mut frame);
        assert_eq!(frame, [0; FRAME]);
        drop(recorded);
        assert!(to_card(0).is_none() && from_card(1_000_000).is_none());
    }
}
