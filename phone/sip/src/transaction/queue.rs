//! What goes out, and when the next timer ends.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use super::{Event, Peer, Transmit};

/// Messages and events that wait to be fetched.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    pub(super) transmits: VecDeque<Transmit>,
    pub(super) events: VecDeque<Event>,
}

impl Outbox {
    pub(super) fn send(&mut self, to: Peer, bytes: &Arc<[u8]>) {
        self.transmits.push_back(Transmit { to, bytes: Arc::clone(bytes) });
    }

    pub(super) fn tell(&mut self, event: Event) {
        self.events.push_back(event);
    }
}

/// Who waits for a timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Waiter {
    Client(u64),
    Server(u64),
}

/// One moment for each transaction that has a timer.
#[derive(Debug, Default)]
pub(super) struct Clock {
    moments: BTreeSet<(Duration, Waiter)>,
}

impl Clock {
    /// Replaces the moment of a transaction.
    pub(super) fn set(&mut self, waiter: Waiter, before: Option<Duration>, after: Option<Duration>) {
        if let Some(moment) = before {
            self.moments.remove(&(moment, waiter));
        }
        if let Some(moment) = after {
            self.moments.insert((moment, waiter));
        }
    }

    pub(super) fn next(&self) -> Option<Duration> {
        self.moments.first().map(|(moment, _)| *moment)
    }

    /// Takes the first transaction whose moment has come.
    pub(super) fn due(&mut self, now: Duration) -> Option<Waiter> {
        let first = *self.moments.first()?;
        (first.0 <= now).then(|| {
            self.moments.remove(&first);
            first.1
        })
    }
}

/// The earlier of two moments.
pub(super) fn earlier(a: Option<Duration>, b: Option<Duration>) -> Option<Duration> {
    a.into_iter().chain(b).min()
}
