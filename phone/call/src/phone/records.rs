//! Call logs and contacts: what is added to them, and when their files are written anew.

use std::collections::VecDeque;

use serde::Serialize;

use super::Phone;
use super::call::{Call, Party};
use crate::contacts::{self, Contact, Contacts};
use crate::journal;
use crate::log::{self, Entry, Kind, Logs};
use crate::number::{Codes, Matching};
use crate::output::{Event, Kept, Output};

/// Lines of a file beyond the fewest that would do, before it is written anew.
const SPARE_LINES: usize = 1000;

/// Characters of a name or number that the logs keep. Networks may send far more, and the file has to hold all entries.
const LONGEST: usize = 255;

/// What the phone remembers.
#[derive(Debug, Default)]
pub(super) struct Records {
    pub(super) logs: Logs,
    pub(super) contacts: Contacts,
    pub(super) codes: Codes,
    /// Line and number that were called last, for redialling.
    pub(super) last: Option<(usize, String)>,
    /// Lines that the files have.
    log_lines: usize,
    contact_lines: usize,
}

impl Records {
    /// What files tell. One that is empty or damaged is to be written anew.
    pub(super) fn read(log_file: &[u8], contact_file: &[u8]) -> (Self, VecDeque<Output>) {
        let (logs, log_damage) = Logs::read(log_file);
        let (contacts, contact_damage) = Contacts::read(contact_file);
        let lines = |file: &[u8]| file.iter().filter(|&&b| b == b'\n').count();
        let last = logs.entries(Kind::Dialled).next();
        let last = last.and_then(|entry| Some((usize::from(entry.line.max(1)) - 1, entry.number.clone()?)));
        let (log_lines, contact_lines) = (lines(log_file), lines(contact_file));
        let records = Records { logs, contacts, codes: Codes::default(), last, log_lines, contact_lines };
        let mut outputs = VecDeque::new();
        for (kept, file, damage) in [(Kept::Logs, log_file, log_damage), (Kept::Contacts, contact_file, contact_damage)]
        {
            if file.is_empty() || damage > 0 {
                outputs.push_back(Output::Replace(kept, records.file(kept)));
            }
        }
        (records, outputs)
    }

    /// The whole file, with the fewest lines.
    pub(super) fn file(&self, kept: Kept) -> Vec<u8> {
        match kept {
            Kept::Logs => self.logs.to_file(),
            Kept::Contacts => self.contacts.to_file(),
        }
    }

    /// A number was called.
    pub(super) fn dialled(&mut self, line: usize, number: &str) {
        self.last = Some((line, number.to_owned()));
    }

    /// How a change is to be kept: as a line more, or with all others in a new file.
    fn keep(&mut self, kept: Kept, change: &impl Serialize) -> Output {
        let (lines, fewest) = match kept {
            Kept::Logs => (&mut self.log_lines, self.logs.len()),
            Kept::Contacts => (&mut self.contact_lines, self.contacts.len()),
        };
        *lines += 1;
        if *lines > fewest + SPARE_LINES {
            *lines = fewest + 1;
            return Output::Replace(kept, self.file(kept));
        }
        Output::Append(kept, journal::line(change))
    }
}

impl Phone {
    /// A call is over, or was never taken.
    pub(super) fn log_call(&mut self, call: &Call) {
        let Some(kind) = call.log else { return };
        let seconds = call.answered.map_or(0, |answered| self.now.saturating_sub(answered).as_secs());
        self.log(kind, call.line, &call.party, call.began, seconds);
    }

    /// A call was turned away without ringing.
    pub(super) fn log_unseen(&mut self, line: usize, party: &Party) {
        let now = self.unix();
        self.log(Kind::Missed, line, party, now, 0);
    }

    fn log(&mut self, kind: Kind, line: usize, party: &Party, time: Option<u64>, seconds: u64) {
        let short = |text: &str| text.chars().take(LONGEST).collect();
        let entry = Entry {
            id: 0,
            kind,
            line: line as u8 + 1,
            number: party.number.as_deref().map(short),
            name: short(&self.name_of(party)),
            time,
            seconds,
            seen: false,
        };
        let change = self.records.logs.add(entry);
        self.keep_log(&change, kind);
    }

    /// A change of the logs.
    pub(super) fn keep_log(&mut self, change: &log::Change, kind: Kind) {
        let output = self.records.keep(Kept::Logs, change);
        self.output(output);
        let missed = self.records.logs.unseen();
        self.output(Output::Event(Event::Log { kind, missed }));
    }

    /// Changes of the phone book.
    pub(super) fn keep_contacts(&mut self, changes: &[contacts::Change]) {
        for change in changes {
            let output = self.records.keep(Kept::Contacts, change);
            self.output(output);
        }
        if !changes.is_empty() {
            self.output(Output::Event(Event::Contacts));
        }
    }

    /// The name that is shown for somebody: that of the phone book, where the settings want it, or the network's.
    pub(super) fn name_of(&self, party: &Party) -> String {
        let display = &self.settings.display;
        let known = |number: &str| {
            let found = self.records.contacts.find(number, Matching::of(display));
            found.map(|(_, Contact { name, .. })| name.clone())
        };
        let known = party.number.as_deref().and_then(known);
        match known {
            Some(name) if display.phonebook_name_shown || party.name.is_empty() => name,
            _ => party.name.clone(),
        }
    }
}
