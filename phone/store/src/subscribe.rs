//! Who is told of changes: in order, outside of every lock, so that a listener may edit in turn.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use offhook_settings::{ChangeSet, Layers};

/// A change that has been made.
#[derive(Debug, Clone)]
pub struct Changed {
    /// What differs in effect; never empty.
    pub changes: ChangeSet,
    /// The layers after it.
    pub layers: Arc<Layers>,
}

type Listener = Arc<dyn Fn(&Changed) + Send + Sync>;

#[derive(Default)]
pub(crate) struct Hub(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    listeners: Vec<(u64, Listener)>,
    next: u64,
    queue: VecDeque<Changed>,
    /// Somebody delivers already; whoever adds to the queue meanwhile leaves it to them, which keeps the order.
    delivering: bool,
}

impl Hub {
    pub(crate) fn subscribe(self: &Arc<Self>, listener: Listener) -> Subscription {
        let mut inner = self.lock();
        let key = inner.next;
        inner.next += 1;
        inner.listeners.push((key, listener));
        Subscription { hub: Arc::downgrade(self), key }
    }

    /// Queues a change; called in the order of changes, that is under the lock of the writer.
    pub(crate) fn push(&self, changed: Changed) {
        if !changed.changes.is_empty() {
            self.lock().queue.push_back(changed);
        }
    }

    /// Tells the listeners what is queued, unless that is being done.
    pub(crate) fn deliver(&self) {
        if std::mem::replace(&mut self.lock().delivering, true) {
            return;
        }
        let mut turn = Turn { hub: self, over: false };
        while let Some((changed, listeners)) = turn.next() {
            for listener in &listeners {
                listener(&changed);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The turn of one thread to deliver; it ends with the queue, or with a listener that panics.
struct Turn<'a> {
    hub: &'a Hub,
    over: bool,
}

impl Turn<'_> {
    fn next(&mut self) -> Option<(Changed, Vec<Listener>)> {
        let mut inner = self.hub.lock();
        let Some(changed) = inner.queue.pop_front() else {
            // Under the same lock as the look at the queue, so that no change slips in between.
            inner.delivering = false;
            self.over = true;
            return None;
        };
        Some((changed, inner.listeners.iter().map(|(_, listener)| Arc::clone(listener)).collect()))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if !self.over {
            self.hub.lock().delivering = false;
        }
    }
}

/// A listener's place; it is told of changes until this is dropped.
#[must_use = "a dropped subscription ends at once"]
pub struct Subscription {
    hub: Weak<Hub>,
    key: u64,
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some(hub) = self.hub.upgrade() {
            let mut inner = hub.lock();
            let place = inner.listeners.iter().position(|(key, _)| *key == self.key);
            let listener = place.map(|place| inner.listeners.remove(place));
            // What the listener owns is dropped without the lock: it may own subscriptions.
            drop(inner);
            drop(listener);
        }
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription").field("key", &self.key).finish_non_exhaustive()
    }
}
