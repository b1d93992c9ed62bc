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

/// After so long without any sound the card is closed: an idle phone wakes nobody up, and its microphone is off.
const REST: Duration = Duration::from_secs(10);

/// How long the thread is waited for. Servers of sound may keep whoever asks them for good.
const PATIENCE: Duration = Duration::from_secs(1);

/// A sound card that is there or will come.
pub(super) struct Card {
    pipes: Option<Box<Pipes>>,
    fresh: Consumer<Box<Pipes>>,
    worn: Producer<Box<Pipes>>,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// What leads to a card that is open, and from it.
pub(super) struct Pipes {
    /// None where only the microphone is new.
    pub(super) play: Option<ToCard>,
    /// None as long as there is no microphone.
    pub(super) record: Option<FromCard>,
    pub(super) end: Arc<End>,
}

/// How it ended.
#[derive(Debug, Default)]
pub(super) struct End {
    /// The card went away.
    pub(super) broken: AtomicBool,
    /// Nobody needed it.
    closed: AtomicBool,
}

/// What the two threads say to each other.
#[derive(Debug, Default)]
struct Shared {
    done: AtomicBool,
    /// Sound goes in and out.
    used: AtomicBool,
    /// The thread waits for that.
    rests: AtomicBool,
    /// The card cannot be opened.
    missing: AtomicBool,
}

impl Card {
    /// The card of this name, or the one that the system prefers.
    ///
    /// # Errors
    /// No thread can be started. A card that is not there is no error.
    pub(super) fn open(name: Option<String>, tell: Tell) -> Result<Self, Fault> {
        let (give, fresh) = RingBuffer::new(2);
        let (worn, take) = RingBuffer::new(4);
        let shared = Arc::new(Shared::default());
        let keeper =
            Keeper { name, tell, give, take, kept: None, shared: Arc::clone(&shared), last_used: Instant::now() };
        let thread =
            thread::Builder::new().name("sound card".to_owned()).spawn(move || keeper.run()).map_err(Fault::Thread)?;
        Ok(Card { pipes: None, fresh, worn, shared, thread: Some(thread) })
    }

    /// Plays a frame, and records one.
    pub(super) fn exchange(&mut self, play: &[i16; FRAME], record: &mut [i16; FRAME]) -> State {
        self.shared.used.store(true, Ordering::SeqCst);
        if self.shared.rests.swap(false, Ordering::SeqCst)
            && let Some(thread) = &self.thread
        {
            thread.thread().unpark();
        }
        if let Ok(fresh) = self.fresh.pop() {
            self.take(fresh);
        }
        record.fill(0);
        let Some(pipes) = self.pipes.as_mut().filter(|pipes| !pipes.end.closed.load(Ordering::Relaxed)) else {
            // It is being opened, unless that has failed.
            return if self.shared.missing.load(Ordering::Relaxed) { State::Lost } else { State::Running };
        };
        if pipes.end.broken.load(Ordering::Relaxed) {
            return State::Lost;
        }
        if let Some(end) = &mut pipes.play {
            end.push(play);
        }
        if let Some(end) = &mut pipes.record {
            end.pull(record);
        }
        State::Running
    }

    fn take(&mut self, mut fresh: Box<Pipes>) {
        let old = match &mut self.pipes {
            Some(pipes) if fresh.play.is_none() => {
                mem::swap(&mut pipes.record, &mut fresh.record);
                Some(fresh)
            }
            pipes => pipes.replace(fresh),
        };
        if let Some(old) = old {
            // The thread fetches them long before there could be five; else they are dropped here.
            drop(self.worn.push(old));
        }
    }
}

impl Drop for Card {
    fn drop(&mut self) {
        self.shared.done.store(true, Ordering::Release);
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

/// Keeps a card open while it is used, and opens it again when it broke.
struct Keeper {
    name: Option<String>,
    tell: Tell,
    give: Producer<Box<Pipes>>,
    take: Consumer<Box<Pipes>>,
    /// What the audio thread has no room for, since it sleeps while nothing sounds.
    kept: Option<Box<Pipes>>,
    shared: Arc<Shared>,
    last_used: Instant,
}

impl Keeper {
    fn run(mut self) {
        // Whether there is no microphone, as was told.
        let mut mute = false;
        while !self.is_done() {
            let Some((mut streams, pipes)) = stream::open(self.name.as_deref()) else {
                if !self.shared.missing.swap(true, Ordering::Relaxed) {
                    self.tell(News::Missing { others: stream::names() });
                }
                if self.look(AGAIN) {
                    self.rest();
                }
                continue;
            };
            if self.shared.missing.swap(false, Ordering::Relaxed) {
                self.tell(News::Found);
            }
            let end = Arc::clone(&pipes.end);
            self.kept = Some(Box::new(pipes));
            let mut tried = Instant::now();
            let mut is_needed = true;
            while is_needed && !end.broken.load(Ordering::Relaxed) && !self.is_done() {
                self.offer();
                if mute != streams.is_mute() {
                    mute = streams.is_mute();
                    self.tell(if mute { News::Mute } else { News::Speaks });
                }
                if mute && self.kept.is_none() && tried.elapsed() >= AGAIN {
                    let record = streams.open_microphone(self.name.as_deref(), &end);
                    let pipes = |record| Pipes { play: None, record: Some(record), end: Arc::clone(&end) };
                    self.kept = record.map(|record| Box::new(pipes(record)));
                    tried = Instant::now();
                }
                is_needed = !self.look(LOOK);
            }
            end.closed.store(!is_needed, Ordering::Relaxed);
            drop(streams);
            if !is_needed {
                self.rest();
            }
        }
    }

    /// Waits a while. Says whether there has been no sound for long.
    fn look(&mut self, wait: Duration) -> bool {
        thread::park_timeout(wait);
        if self.shared.used.swap(false, Ordering::SeqCst) {
            self.last_used = Instant::now();
        }
        self.last_used.elapsed() >= REST
    }

    /// Waits until there is sound.
    fn rest(&mut self) {
        self.shared.rests.store(true, Ordering::SeqCst);
        while !self.shared.used.load(Ordering::SeqCst) && !self.is_done() {
            thread::park();
        }
        self.shared.rests.store(false, Ordering::SeqCst);
        self.last_used = Instant::now();
    }

    fn is_done(&self) -> bool {
        self.shared.done.load(Ordering::Acquire)
    }

    /// Hands pipes over, as soon as there is room.
    fn offer(&mut self) {
        while let Ok(worn) = self.take.pop() {
            drop(worn);
        }
        if let Some(pipes) = self.kept.take()
            && let Err(PushError::Full(pipes)) = self.give.push(pipes)
        {
            self.kept = Some(pipes);
        }
    }

    fn tell(&self, news: News) {
        (self.tell)(&Notice { card: self.name.clone(), news });
    }
}
