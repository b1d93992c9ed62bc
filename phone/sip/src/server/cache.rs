//! What DNS said, for as long as it holds, and for longer when DNS is silent.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use super::{Answer, Query, QueryId, Records, Srv, choice};
use crate::token::Tokens;

/// How long an answer holds at least and at most, whatever it says.
const SHORTEST: Duration = Duration::from_secs(10);
const LONGEST: Duration = Duration::from_secs(24 * 3600);
/// After how long without an answer it counts as failed.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a failure is believed.
const FAILURE: Duration = Duration::from_secs(30);
/// Names that are kept; more means that somebody makes the line ask.
const MOST_NAMES: usize = 256;
/// Records of one answer that are looked at.
const MOST_RECORDS: usize = 32;

/// Records of one name, in the order in which they are used.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Found {
    Srv(Vec<Srv>),
    Addresses(Vec<IpAddr>),
}

#[derive(Debug, Clone, Default)]
struct Entry {
    found: Option<Found>,
    /// How long it holds.
    until: Duration,
    /// The question that is open, and when it counts as failed.
    asked: Option<(QueryId, Duration)>,
}

type Name = (Records, String);

/// Answers by name, and questions that are open.
#[derive(Debug, Default)]
pub(super) struct Cache {
    entries: HashMap<Name, Entry>,
    last_id: u64,
    pub(super) queries: Vec<Query>,
}

/// What is known of a name.
pub(super) enum Lookup<'a, T> {
    /// This; nothing if there is nothing.
    Known(&'a [T]),
    /// It is being asked for.
    Asked,
}

impl Cache {
    /// SRV records, the first one first; asks for them if they are not known.
    pub(super) fn srv(&mut self, now: Duration, name: &str) -> Lookup<'_, Srv> {
        match self.get(now, Records::Srv, name) {
            Lookup::Known([Found::Srv(records)]) => Lookup::Known(records),
            Lookup::Known(_) => Lookup::Known(&[]),
            Lookup::Asked => Lookup::Asked,
        }
    }

    /// Addresses, the first one first; asks for them if they are not known.
    pub(super) fn addresses(&mut self, now: Duration, name: &str) -> Lookup<'_, IpAddr> {
        match self.get(now, Records::Addresses, name) {
            Lookup::Known([Found::Addresses(addresses)]) => Lookup::Known(addresses),
            Lookup::Known(_) => Lookup::Known(&[]),
            Lookup::Asked => Lookup::Asked,
        }
    }

    /// What is known of the addresses of a name, however old, without a question.
    pub(super) fn remembered_addresses(&self, name: &str) -> &[IpAddr] {
        match self.remembered(Records::Addresses, name) {
            Some(Found::Addresses(addresses)) => addresses,
            _ => &[],
        }
    }

    /// What is known of the SRV records of a name, however old, without a question.
    pub(super) fn remembered_srv(&self, name: &str) -> &[Srv] {
        match self.remembered(Records::Srv, name) {
            Some(Found::Srv(records)) => records,
            _ => &[],
        }
    }

    /// Takes an answer. False if it was not waited for.
    pub(super) fn answered(&mut self, now: Duration, id: QueryId, answer: Answer, tokens: &mut Tokens) -> bool {
        let waits = |entry: &Entry| entry.asked.is_some_and(|(asked, _)| asked == id);
        let Some(((records, _), entry)) = self.entries.iter_mut().find(|(_, entry)| waits(entry)) else { return false };
        entry.asked = None;
        let (found, ttl) = match (records, answer) {
            (Records::Srv, Answer::Srv { mut records, ttl }) => {
                records.truncate(MOST_RECORDS);
                (Found::Srv(choice::order(records, |limit| tokens.number(limit))), ttl)
            }
            (Records::Addresses, Answer::Addresses { mut addresses, ttl }) => {
                addresses.truncate(MOST_RECORDS);
                // Servers rotate them; the line stays with its server. Version 4 is what the settings know.
                addresses.sort_by_key(IpAddr::is_ipv6);
                (Found::Addresses(addresses), ttl)
            }
            _ => {
                entry.until = now + FAILURE;
                return true;
            }
        };
        entry.until = now + ttl.clamp(SHORTEST, LONGEST);
        if !entry.found.as_ref().is_some_and(|old| old.is_same(&found)) {
            entry.found = Some(found);
        }
        true
    }

    /// Time has passed. True if a question failed for it.
    pub(super) fn timeout(&mut self, now: Duration) -> bool {
        let mut failed = false;
        for entry in self.entries.values_mut() {
            if entry.asked.is_some_and(|(_, deadline)| deadline <= now) {
                entry.asked = None;
                entry.until = now + FAILURE;
                failed = true;
            }
        }
        failed
    }

    /// When [`Cache::timeout`] has something to do.
    pub(super) fn next_timeout(&self) -> Option<Duration> {
        self.entries.values().filter_map(|entry| entry.asked).map(|(_, deadline)| deadline).min()
    }

    fn remembered(&self, records: Records, name: &str) -> Option<&Found> {
        self.entries.get(&(records, name.to_ascii_lowercase()))?.found.as_ref()
    }

    fn get(&mut self, now: Duration, records: Records, name: &str) -> Lookup<'_, Found> {
        let key = (records, name.to_ascii_lowercase());
        if self.entries.len() >= MOST_NAMES && !self.entries.contains_key(&key) {
            self.entries.retain(|_, entry| entry.until > now || entry.asked.is_some());
            if self.entries.len() >= MOST_NAMES {
                return Lookup::Known(&[]);
            }
        }
        let entry = self.entries.entry(key).or_default();
        if entry.asked.is_none() && entry.until <= now {
            self.last_id += 1;
            let id = QueryId(self.last_id);
            entry.asked = Some((id, now + PATIENCE));
            self.queries.push(Query { id, name: name.to_owned(), records });
        }
        match (&entry.asked, &entry.found) {
            (Some(_), _) => Lookup::Asked,
            (None, Some(found)) => Lookup::Known(std::slice::from_ref(found)),
            (None, None) => Lookup::Known(&[]),
        }
    }
}

impl Found {
    /// Whether both say the same, in whatever order.
    fn is_same(&self, other: &Found) -> bool {
        fn same<T: Ord + Clone>(a: &[T], b: &[T]) -> bool {
            let sorted = |list: &[T]| {
                let mut list = list.to_vec();
                list.sort();
                list
            };
            sorted(a) == sorted(b)
        }
        match (self, other) {
            (Found::Srv(a), Found::Srv(b)) => same(a, b),
            (Found::Addresses(a), Found::Addresses(b)) => same(a, b),
            _ => false,
        }
    }
}
