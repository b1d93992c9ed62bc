//! The call logs: missed, received and dialled calls, the newest first.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::journal;

/// Entries that each log holds; the oldest gives way.
pub const CAPACITY: usize = 100;

/// One of the three logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Calls that came in and were not answered here.
    Missed,
    /// Calls that came in and were answered, or were forwarded or turned away by a person.
    Received,
    /// Calls that went out.
    Dialled,
}

impl Kind {
    /// All logs.
    pub const ALL: [Kind; 3] = [Kind::Missed, Kind::Received, Kind::Dialled];
}

/// A call that was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Names the entry; newer entries have greater ones.
    pub id: u64,
    /// The log that it stands in.
    pub kind: Kind,
    /// Line, 1 to 6.
    pub line: u8,
    /// The other party's number as the network gave it, or as it was dialled; none if the caller hides it.
    pub number: Option<String>,
    /// The other party's name, empty if unknown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// When it began, in seconds since 1970 UTC; none if the clock was not set.
    pub time: Option<u64>,
    /// How long the parties spoke, in seconds; 0 for a call without an answer.
    #[serde(default)]
    pub seconds: u64,
    /// A missed call that somebody has looked at.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub seen: bool,
}

/// A change of the logs, as it is written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Change {
    /// A call has ended. An entry with the same id gives way.
    Add(Entry),
    /// One entry is gone.
    Remove {
        /// Its id.
        id: u64,
    },
    /// A log is emptied.
    Clear {
        /// Which one.
        kind: Kind,
    },
    /// Somebody looked at the missed calls.
    Seen {
        /// The newest of them.
        id: u64,
    },
}

/// The three logs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Logs {
    logs: [VecDeque<Entry>; 3],
    next: u64,
}

impl Logs {
    /// Logs as a file tells of them; what cannot be read of it is passed over, and counted in the second part.
    pub fn read(bytes: &[u8]) -> (Self, usize) {
        let replay = journal::read(bytes);
        let mut logs = Logs::default();
        replay.changes.iter().for_each(|change| logs.apply(change));
        (logs, replay.damaged)
    }

    /// The file that tells of these logs with the fewest lines.
    pub fn to_file(&self) -> Vec<u8> {
        let entries = self.logs.iter().flat_map(|log| log.iter().rev());
        journal::file(&entries.map(|entry| Change::Add(entry.clone())).collect::<Vec<_>>())
    }

    /// Makes a change that is known from a file or was returned by another method.
    pub fn apply(&mut self, change: &Change) {
        match change {
            Change::Add(entry) => {
                self.next = self.next.max(entry.id.saturating_add(1));
                let log = self.log(entry.kind);
                log.retain(|other| other.id != entry.id);
                let place = log.iter().position(|other| other.id < entry.id).unwrap_or(log.len());
                log.insert(place, entry.clone());
                log.truncate(CAPACITY);
            }
            Change::Remove { id } => self.logs.iter_mut().for_each(|log| log.retain(|entry| entry.id != *id)),
            Change::Clear { kind } => self.log(*kind).clear(),
            Change::Seen { id } => {
                self.log(Kind::Missed).iter_mut().filter(|e| e.id <= *id).for_each(|entry| entry.seen = true);
            }
        }
    }

    /// Adds a call; its id is chosen here.
    pub fn add(&mut self, entry: Entry) -> Change {
        let change = Change::Add(Entry { id: self.next, ..entry });
        self.apply(&change);
        change
    }

    /// Removes an entry, if there is one of this id.
    pub fn remove(&mut self, id: u64) -> Option<Change> {
        self.get(id)?;
        let change = Change::Remove { id };
        self.apply(&change);
        Some(change)
    }

    /// Empties a log.
    pub fn clear(&mut self, kind: Kind) -> Change {
        let change = Change::Clear { kind };
        self.apply(&change);
        change
    }

    /// Somebody looked at the missed calls; nothing changes if there are no new ones.
    pub fn see(&mut self) -> Option<Change> {
        let newest = self.entries(Kind::Missed).find(|entry| !entry.seen)?;
        let change = Change::Seen { id: newest.id };
        self.apply(&change);
        Some(change)
    }

    /// The entries of a log, the newest first.
    pub fn entries(&self, kind: Kind) -> impl ExactSizeIterator<Item = &Entry> {
        self.logs[kind as usize].iter()
    }

    /// One entry.
    pub fn get(&self, id: u64) -> Option<&Entry> {
        self.logs.iter().flatten().find(|entry| entry.id == id)
    }

    /// How many missed calls nobody has looked at.
    pub fn unseen(&self) -> usize {
        self.entries(Kind::Missed).filter(|entry| !entry.seen).count()
    }

    /// How many entries there are in all logs.
    pub fn len(&self) -> usize {
        self.logs.iter().map(VecDeque::len).sum()
    }

    /// Whether no log has an entry.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn log(&mut self, kind: Kind) -> &mut VecDeque<Entry> {
        &mut self.logs[kind as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(kind: Kind, number: &str) -> Entry {
        let number = Some(number.to_owned());
        Entry { id: 0, kind, line: 1, number, name: String::new(), time: Some(1), seconds: 0, seen: false }
    }

    fn numbers(logs: &Logs, kind: Kind) -> Vec<&str> {
        logs.entries(kind).filter_map(|entry| entry.number.as_deref()).collect()
    }

    #[test]
    fn the_newest_stands_first_and_the_oldest_gives_way() {
        let mut logs = Logs::default();
        for number in 0..CAPACITY + 5 {
            logs.add(entry(Kind::Missed, &number.to_string()));
            logs.add(entry(Kind::Dialled, "9"));
        }
        assert_eq!(logs.entries(Kind::Missed).len(), CAPACITY);
        assert_eq!(numbers(&logs, Kind::Missed)[0], (CAPACITY + 4).to_string());
        assert_eq!(numbers(&logs, Kind::Missed)[CAPACITY - 1], "5");
        assert_eq!(logs.entries(Kind::Received).len(), 0);
    }

    #[test]
    fn looking_at_missed_calls_leaves_later_ones_new() {
        let mut logs = Logs::default();
        logs.add(entry(Kind::Missed, "1"));
        assert_eq!(logs.unseen(), 1);
        assert!(logs.see().is_some());
        assert_eq!(logs.see(), None);
        logs.add(entry(Kind::Missed, "2"));
        assert_eq!(logs.unseen(), 1);
    }

    #[test]
    fn a_file_tells_all_changes_and_the_short_one_the_same() {
        let mut logs = Logs::default();
        let mut file = logs.to_file();
        for round in 0..150 {
            file.extend(journal::line(&logs.add(entry(Kind::ALL[round % 3], &round.to_string()))));
            let change = match round % 10 {
                3 => logs.remove(round as u64 / 2),
                7 => logs.see(),
                9 if round == 59 => Some(logs.clear(Kind::Received)),
                _ => None,
            };
            file.extend(change.iter().flat_map(journal::line));
        }
        assert_eq!(Logs::read(&file), (logs.clone(), 0));
        let short = logs.to_file();
        assert!(short.len() < file.len());
        assert_eq!(Logs::read(&short), (logs.clone(), 0));
        // Ids go on behind the newest, so that a removed entry's change never meets a later entry.
        let mut again = Logs::read(&short).0;
        assert_eq!(again.add(entry(Kind::Missed, "x")), logs.add(entry(Kind::Missed, "x")));
    }
}
