//! The card as the audio thread sees it, and the thread that holds it.

use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rtrb::{Consumer, Producer, PushError, RingBuffer};

use super::bridge::{FromCard, ToCard};
use super::stream;
use crate::audio::{FRAME, Fault, News, Notice, State, Tell};

/// How often the thread looks after the card, and how long it waits before it tries again.
const LOOK: Duration = Duration::from_millis(200);
const AGAIN: Duration = Duration::from_secs(1);

/// How long it is waited for. Servers of sound may keep whoever asks them for good.
const PATIENCE: Duration = Duration::from_secs(1);

/// A sound card that is there or will come.
pub(super) struct Card {
    pipes: Option<Box<Pipes>>,
    fresh: Consumer<Box<Pipes>>,
    worn: Producer<Box<Pipes>>,
    done: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// What leads to a card that is open, and from it.
pub(super) struct Pipes {
    pub(super) play: ToCard,
    pub(super) record: FromCard,
    pub(super) broken: Arc<AtomicBool>,
}

impl Card {
    /// The card of this name, or the one that the system prefers.
    ///
    /// # Errors
    /// No thread can be started. A card that is not there is no error.
    pub(super) fn open(name: Option<String>, tell: Tell) -> Result<Self, Fault> {
        let (give, fresh) = RingBuffer::new(2);
        let (worn, take) = RingBuffer::new(4);
        let done = Arc::new(AtomicBool::new(false));
        let until = done.clone();
        let thread = thread::Builder::new()
            .name("sound card".to_owned())
            .spawn(move || hold(name.as_deref(), &tell, give, take, &until))
            .map_err(Fault::Thread)?;
        Ok(Card { pipes: None, fresh, worn, done, thread: Some(thread) })
    }

    /// Plays a frame, and records one.
    pub(super) fn exchange(&mut self, play: &[i16; FRAME], record: &mut [i16; FRAME]) -> State {
        if let Ok(fresh) = self.fresh.pop()
            && let Some(old) = self.pipes.replace(fresh)
        {
            // The thread fetches them long before there could be five; else they are dropped here.
            drop(self.worn.push(old));
        }
        match &mut self.pipes {
            Some(pipes) if !pipes.broken.load(Ordering::Relaxed) => {
                pipes.play.push(play);
                pipes.record.pull(record);
                State::Running
            }
            _ => {
                record.fill(0);
                State::Lost
            }
        }
    }
}

impl Drop for Card {
    fn drop(&mut self) {
        self.done.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            let end = Instant::now() + PATIENCE;
            while !thread.is_finished() && Instant::now() < end {
                thread::sleep(Duration::from_millis(5));
            }
            // Its streams end with it; one that panicked has nothing to say here, and one that the system holds is left behind.
            let _ = thread.is_finished().then(|| thread.join());
        }
    }
}

/// Keeps a card open, and opens it again when it broke.
fn hold(
    name: Option<&str>,
    tell: &Tell,
    mut give: Producer<Box<Pipes>>,
    mut take: Consumer<Box<Pipes>>,
    done: &AtomicBool,
) {
    let tell = |news| tell(&Notice { card: name.map(str::to_owned), news });
    let mut missing = false;
    let mut open: Option<(stream::Streams, Arc<AtomicBool>)> = None;
    // What the audio thread has no room for, since it sleeps while nothing sounds.
    let mut kept: Option<Box<Pipes>> = None;
    while !done.load(Ordering::Acquire) {
        while let Ok(worn) = take.pop() {
            drop(worn);
        }
        if open.as_ref().is_some_and(|(_, broken)| !broken.load(Ordering::Relaxed)) {
            if let Some(pipes) = kept.take() {
                kept = offer(&mut give, pipes);
            }
            thread::park_timeout(LOOK);
            continue;
        }
        // The old streams are closed before new ones are opened: many cards can be open once only.
        drop(open.take());
        match stream::open(name) {
            Some((streams, pipes)) => {
                open = Some((streams, pipes.broken.clone()));
                kept = offer(&mut give, Box::new(pipes));
                if mem::take(&mut missing) {
                    tell(News::Found);
                }
            }
            None => {
                if !mem::replace(&mut missing, true) {
                    tell(News::Missing { others: stream::names() });
                }
                thread::park_timeout(AGAIN);
            }
        }
    }
}

/// Hands pipes over, or gives them back where there is no room.
fn offer(give: &mut Producer<Box<Pipes>>, pipes: Box<Pipes>) -> Option<Box<Pipes>> {
    match give.push(pipes) {
        Ok(()) => None,
        Err(PushError::Full(pipes)) => Some(pipes),
    }
}
