//! The thread that cleans the microphone: what does it allocates, which the audio thread may not.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, Thread};

use rtrb::{Consumer, Producer, RingBuffer};

use super::processor::Processor;
use crate::audio::FRAME;

/// How many frames can wait for the thread.
const ROOM: usize = 8;

/// Frames after which next to nothing is left of what was before them.
const RINSE: usize = 4;

/// What was played and recorded in the same 10 ms.
type Pair = ([i16; FRAME], [i16; FRAME]);

/// The audio thread's end. What it gets back is a frame older than what it gives, so that there is a whole frame of time to
/// clean it in.
#[derive(Debug)]
pub struct Canceller {
    give: Producer<Pair>,
    take: Consumer<[i16; FRAME]>,
    worker: Option<Thread>,
    done: Arc<AtomicBool>,
    /// How many frames are with the thread, and how many of them nobody wants any more.
    there: usize,
    stale: usize,
}

impl Default for Canceller {
    fn default() -> Self {
        Self::new()
    }
}

impl Canceller {
    /// One that does not know the room yet. It takes a second or two of sound to learn it.
    ///
    /// Where no thread can be had, the microphone is taken as it is.
    pub fn new() -> Self {
        let (give, pairs) = RingBuffer::new(ROOM);
        // One may be left from before the thread fell behind.
        let (cleaned, take) = RingBuffer::new(ROOM + 2);
        let done = Arc::new(AtomicBool::new(false));
        let until = done.clone();
        let thread = thread::Builder::new().name("echo".to_owned()).spawn(move || work(pairs, cleaned, &until));
        let worker = thread.ok().map(|thread| thread.thread().clone());
        Canceller { give, take, worker, done, there: 0, stale: 0 }
    }

    /// Gives a frame of the microphone and what the speaker plays meanwhile, and gets the frame before it, cleaned.
    ///
    /// If that is not done in time, the frame is taken as it is: a short echo is heard less than a gap.
    pub fn clean(&mut self, played: &[i16; FRAME], recorded: &mut [i16; FRAME]) {
        let Some(worker) = &self.worker else { return };
        if self.give.push((*played, *recorded)).is_err() {
            return;
        }
        worker.unpark();
        self.there += 1;
        // After a delay there is more than one.
        while self.there > 1 {
            let Ok(cleaned) = self.take.pop() else { return };
            self.there -= 1;
            match self.stale {
                0 => *recorded = cleaned,
                _ => self.stale -= 1,
            }
        }
    }

    /// What was given so far is not to be had any more: the talk is over, or goes on elsewhere.
    pub fn rest(&mut self) {
        let Some(worker) = &self.worker else { return };
        // Silence takes the place of what its filters still hold.
        let rinsed = (0..RINSE).take_while(|_| self.give.push(([0; FRAME], [0; FRAME])).is_ok()).count();
        worker.unpark();
        self.there += rinsed;
        self.stale = self.there;
    }
}

impl Drop for Canceller {
    fn drop(&mut self) {
        self.done.store(true, Ordering::Release);
        if let Some(worker) = &self.worker {
            worker.unpark();
        }
    }
}

/// Cleans what comes, and sleeps while nothing does.
fn work(mut pairs: Consumer<Pair>, mut cleaned: Producer<[i16; FRAME]>, done: &AtomicBool) {
    // Made here, for it takes memory, which a unit that nobody uses hands-free need not have.
    let mut processor = None;
    while !done.load(Ordering::Acquire) {
        match pairs.pop() {
            Ok((played, mut recorded)) => {
                processor.get_or_insert_with(Processor::new).clean(&played, &mut recorded);
                // There is room for as many as can be on the way.
                let _ = cleaned.push(recorded);
            }
            Err(_) => thread::park(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    /// What comes for a frame once the frame before is cleaned, as it is in ten milliseconds.
    fn say(canceller: &mut Canceller, mut recorded: [i16; FRAME]) -> [i16; FRAME] {
        let end = Instant::now() + Duration::from_secs(20);
        while canceller.take.slots() < canceller.there && Instant::now() < end {
            thread::sleep(Duration::from_millis(1));
        }
        canceller.clean(&[0; FRAME], &mut recorded);
        recorded
    }

    #[test]
    fn the_next_talk_hears_nothing_of_the_one_before() {
        let mut canceller = Canceller::new();
        // Of 1 kHz.
        let loud = std::array::from_fn(|at| if at / 8 % 2 == 0 { 20_000 } else { -20_000 });
        for _ in 0..5 {
            say(&mut canceller, loud);
        }
        canceller.rest();
        let heard: Vec<_> = (0..5).flat_map(|_| say(&mut canceller, [0; FRAME])).collect();
        assert!(heard.iter().all(|sample| sample.abs() < 200), "{:?}", heard.iter().max());
    }

    #[test]
    fn what_comes_back_is_a_frame_older() {
        let mut canceller = Canceller::new();
        let silence = [0; FRAME];
        let heard: Vec<_> = (1..=20).map(|number| say(&mut canceller, [number * 1000; FRAME])).collect();
        assert_eq!(heard[0], [1000; FRAME]);
        let mut processor = Processor::new();
        for (before, heard) in (1..).zip(&heard[1..]) {
            let mut expected = [before * 1000; FRAME];
            processor.clean(&silence, &mut expected);
            assert_eq!(heard, &expected, "frame {before}");
        }
    }
}
