//! Who is connected: a bound for each address and for all, where whoever has been idle longest gives way.
//!
//! A request that is being answered is never given up for a new connection. One that is only open, half a request of a
//! slow client included, is: so nobody keeps others out by holding connections.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::{AbortHandle, Id};
use tokio::time::Instant;

/// Most connections at once.
const MOST: usize = 64;

/// Most connections of one address: a browser has six to a server, and some people have two browsers.
const MOST_OF_ONE: usize = 16;

/// The connections.
#[derive(Default)]
pub(super) struct Guests(HashMap<Id, Guest>);

struct Guest {
    address: IpAddr,
    idle: Idle,
    task: AbortHandle,
}

/// Since when nothing is asked on a connection; nothing while a request is being answered.
#[derive(Clone)]
pub(super) struct Idle(Arc<Mutex<Option<Instant>>>);

/// A request is being answered.
pub(super) struct Busy(Idle);

impl Guests {
    /// Whether a connection from this address is taken; another one may have ended for it.
    pub(super) fn make_room(&mut self, address: IpAddr) -> bool {
        let address = source(address);
        let mut counts: HashMap<IpAddr, usize> = HashMap::new();
        self.0.values().for_each(|guest| *counts.entry(guest.address).or_default() += 1);
        if counts.get(&address).is_some_and(|count| *count >= MOST_OF_ONE) {
            return self.end_one(|guest| guest.address == address);
        }
        if self.0.len() < MOST {
            return true;
        }
        // Those who have most give way first.
        let mut counts: Vec<(IpAddr, usize)> = counts.into_iter().collect();
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        counts.into_iter().any(|(address, _)| self.end_one(|guest| guest.address == address))
    }

    /// A connection has begun.
    pub(super) fn enter(&mut self, address: IpAddr, idle: Idle, task: AbortHandle) {
        self.0.insert(task.id(), Guest { address: source(address), idle, task });
    }

    /// A connection has ended.
    pub(super) fn leave(&mut self, id: Id) {
        self.0.remove(&id);
    }

    /// Ends the connection that has been idle longest of those that `which` names, if one is.
    fn end_one(&mut self, which: impl Fn(&Guest) -> bool) -> bool {
        let idle = self.0.iter().filter(|(_, guest)| which(guest));
        let longest = idle.filter_map(|(id, guest)| Some((guest.idle.since()?, *id))).min_by_key(|(since, _)| *since);
        let guest = longest.and_then(|(_, id)| self.0.remove(&id));
        guest.inspect(|guest| guest.task.abort()).is_some()
    }
}

impl Idle {
    /// A connection on which nothing has been asked yet.
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(Some(Instant::now()))))
    }

    /// A request has come; it is answered when the value is dropped.
    pub(super) fn busy(&self) -> Busy {
        self.set(None);
        Busy(self.clone())
    }

    fn since(&self) -> Option<Instant> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, since: Option<Instant>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = since;
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.set(Some(Instant::now()));
    }
}

/// What counts as one address: of IPv6 the network, since a host has as many addresses there as it likes.
fn source(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(n: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, n])
    }

    /// Lets a connection in that lasts; `None` if there is no room.
    fn enter(guests: &mut Guests, address: IpAddr) -> Option<(Idle, tokio::task::JoinHandle<()>)> {
        guests.make_room(address).then(|| {
            let (idle, task) = (Idle::new(), tokio::spawn(std::future::pending()));
            guests.enter(address, idle.clone(), task.abort_handle());
            (idle, task)
        })
    }

    #[tokio::test(start_paused = true)]
    async fn the_longest_idle_of_an_address_gives_way() {
        let mut guests = Guests::default();
        let mut all = Vec::new();
        for _ in 0..MOST_OF_ONE {
            all.push(enter(&mut guests, address(1)).expect("room"));
            tokio::time::advance(std::time::Duration::from_secs(1)).await;
        }
        let other = enter(&mut guests, address(2)).expect("room for another address");
        let first = all[0].0.busy();
        let newest = enter(&mut guests, address(1)).expect("one gives way");
        assert!((&mut all[1].1).await.is_err_and(|error| error.is_cancelled()), "the first one is busy");
        assert!(!all[0].1.is_finished() && !newest.1.is_finished() && !other.1.is_finished());
        drop(first);
        assert_eq!(guests.0.len(), MOST_OF_ONE + 1);
        let busy: Vec<_> = guests.0.values().map(|guest| guest.idle.busy()).collect();
        assert!(enter(&mut guests, address(1)).is_none(), "nobody is interrupted");
        assert!(enter(&mut guests, address(3)).is_some());
        drop(busy);
    }

    #[tokio::test(start_paused = true)]
    async fn who_has_most_gives_way_when_all_is_full() {
        let mut guests = Guests::default();
        let few = enter(&mut guests, address(0)).expect("room");
        let mut n = 0;
        while guests.0.len() < MOST {
            n += 1;
            for _ in 0..MOST_OF_ONE.min(MOST - guests.0.len()) {
                enter(&mut guests, address(n)).expect("room");
            }
        }
        assert!(enter(&mut guests, address(99)).is_some());
        tokio::task::yield_now().await;
        assert_eq!(guests.0.len(), MOST);
        assert!(!few.1.is_finished(), "the one of few stays, though it is the longest idle");
    }

    #[test]
    fn a_network_of_ipv6_counts_as_one() {
        let parse = |text: &str| source(text.parse().expect("an address"));
        assert_eq!(parse("2001:db8:1:2:3::4"), parse("2001:db8:1:2:ffff::1"));
        assert_ne!(parse("2001:db8:1:2::1"), parse("2001:db8:1:3::1"));
        assert_eq!(parse("::ffff:192.0.2.1"), address(1));
    }
}
