//! The phone book: people with their numbers, found by name or by a caller's number, kept as a journal of changes.

mod contact;
mod vcard;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::journal;
use crate::number::Matching;

pub use contact::{Contact, ContactNumber, Fault, NumberKind};
pub use vcard::{Imported, Skipped};

/// Most contacts of a phone book.
pub const CAPACITY: usize = 1000;

/// Why the phone book did not take a contact.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Something about the contact itself.
    #[error("{0}")]
    Contact(#[from] Fault),
    /// [`CAPACITY`] contacts are there.
    #[error("the phone book is full: it holds {CAPACITY} contacts")]
    Full,
    /// Nobody has this id.
    #[error("the phone book has no contact {0}")]
    Unknown(u32),
}

/// A change of the phone book, as it is written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Change {
    /// A contact is new or other than before.
    Put {
        /// Names it.
        id: u32,
        /// What it is now.
        contact: Contact,
    },
    /// A contact is gone.
    Remove {
        /// Its id.
        id: u32,
    },
    /// All contacts are gone.
    Clear,
}

/// The phone book.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Contacts {
    contacts: BTreeMap<u32, Contact>,
    next: u32,
}

impl Contacts {
    /// A phone book as a file tells of it; what cannot be read of it is passed over, and counted in the second part.
    pub fn read(bytes: &[u8]) -> (Self, usize) {
        let replay = journal::read(bytes);
        let mut contacts = Contacts::default();
        replay.changes.iter().for_each(|change| contacts.apply(change));
        (contacts, replay.damaged)
    }

    /// The file that tells of this phone book with the fewest lines.
    pub fn to_file(&self) -> Vec<u8> {
        let put = |(&id, contact): (&u32, &Contact)| Change::Put { id, contact: contact.clone() };
        journal::file(&self.contacts.iter().map(put).collect::<Vec<_>>())
    }

    /// Makes a change that is known from a file or was returned by another method.
    pub fn apply(&mut self, change: &Change) {
        match change {
            Change::Put { id, contact } => {
                let known = self.contacts.contains_key(id);
                if (known || self.contacts.len() < CAPACITY) && contact.check().is_ok() {
                    self.next = self.next.max(id.saturating_add(1));
                    self.contacts.insert(*id, contact.clone());
                }
            }
            Change::Remove { id } => drop(self.contacts.remove(id)),
            Change::Clear => self.contacts.clear(),
        }
    }

    /// Adds a contact and chooses its id.
    ///
    /// # Errors
    /// When the contact has a fault, or the phone book is full.
    pub fn add(&mut self, contact: Contact) -> Result<(u32, Change), Refusal> {
        contact.check()?;
        if self.contacts.len() >= CAPACITY {
            return Err(Refusal::Full);
        }
        let id = self.next;
        let change = Change::Put { id, contact };
        self.apply(&change);
        Ok((id, change))
    }

    /// Changes a contact.
    ///
    /// # Errors
    /// When the contact has a fault, or nobody has this id.
    pub fn replace(&mut self, id: u32, contact: Contact) -> Result<Change, Refusal> {
        contact.check()?;
        if !self.contacts.contains_key(&id) {
            return Err(Refusal::Unknown(id));
        }
        let change = Change::Put { id, contact };
        self.apply(&change);
        Ok(change)
    }

    /// Removes a contact.
    ///
    /// # Errors
    /// When nobody has this id.
    pub fn remove(&mut self, id: u32) -> Result<Change, Refusal> {
        let change = Change::Remove { id };
        self.contacts.get(&id).ok_or(Refusal::Unknown(id))?;
        self.apply(&change);
        Ok(change)
    }

    /// Removes all contacts.
    pub fn clear(&mut self) -> Change {
        self.apply(&Change::Clear);
        Change::Clear
    }

    /// Adds the contacts of vCards of version 3 or 4 (RFC 2426, RFC 6350). A card that says the same as a contact changes
    /// nothing, so that a file may be imported twice.
    pub fn import(&mut self, text: &str) -> (Imported, Vec<Change>) {
        let mut changes = Vec::new();
        let mut imported = Imported::default();
        for (line, card) in vcard::read(text) {
            let contact = match card {
                Ok(contact) => contact,
                Err(skipped) => {
                    imported.skipped.push((line, skipped));
                    continue;
                }
            };
            if self.contacts.values().any(|known| *known == contact) {
                imported.known += 1;
                continue;
            }
            match self.add(contact) {
                Ok((_, change)) => {
                    imported.added += 1;
                    changes.push(change);
                }
                Err(refusal) => imported.skipped.push((line, Skipped::Refused(refusal))),
            }
        }
        (imported, changes)
    }

    /// All contacts as vCards of version 4 (RFC 6350).
    pub fn export(&self) -> String {
        self.contacts.values().map(vcard::write).collect()
    }

    /// The contact that a number belongs to. Of several, the one wins whose number is the longest that matches, then the
    /// one that came first.
    pub fn find(&self, number: &str, matching: Matching) -> Option<(u32, &Contact)> {
        let length = |contact: &Contact| {
            let numbers = contact.numbers.iter().filter(|known| matching.same(number, &known.number));
            numbers.map(|known| (crate::number::equal(number, &known.number), known.number.len())).max()
        };
        let found = self.contacts.iter().filter_map(|(&id, contact)| Some((length(contact)?, id, contact)));
        found.max_by_key(|&(length, id, _)| (length, std::cmp::Reverse(id))).map(|(_, id, contact)| (id, contact))
    }

    /// Contacts whose name, company or number has `text` in it, by name.
    pub fn search(&self, text: &str) -> Vec<(u32, &Contact)> {
        let text = text.trim().to_lowercase();
        let has = |field: &str| field.to_lowercase().contains(&text);
        let fits = |contact: &Contact| {
            has(&contact.name) || has(&contact.company) || contact.numbers.iter().any(|number| has(&number.number))
        };
        let mut found: Vec<_> =
            self.contacts.iter().filter(|(_, contact)| fits(contact)).map(|(&id, contact)| (id, contact)).collect();
        found.sort_by_cached_key(|(id, contact)| (contact.name.to_lowercase(), *id));
        found
    }

    /// One contact.
    pub fn get(&self, id: u32) -> Option<&Contact> {
        self.contacts.get(&id)
    }

    /// How many contacts there are.
    pub fn len(&self) -> usize {
        self.contacts.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.contacts.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(name: &str, number: &str) -> Contact {
        let number = ContactNumber { kind: NumberKind::Work, number: number.to_owned() };
        Contact { name: name.to_owned(), company: String::new(), numbers: vec![number] }
    }

    const MATCHING: Matching = Matching { fewest: 7, most: 10 };

    #[test]
    fn callers_have_the_name_of_the_best_match() {
        let mut contacts = Contacts::default();
        for (name, number) in
            [("Long", "004930123456"), ("Same", "030123456"), ("Later", "030123456"), ("Office", "20")]
        {
            contacts.add(contact(name, number)).expect("taken");
        }
        let name = |number| contacts.find(number, MATCHING).map(|(_, contact)| contact.name.as_str());
        assert_eq!(name("+4930123456"), Some("Long"));
        assert_eq!(name("030123456"), Some("Same"));
        assert_eq!(name("20"), Some("Office"));
        assert_eq!(name("120"), None);
        assert_eq!(name("030999999"), None);
    }

    #[test]
    fn contacts_are_found_by_any_part() {
        let mut contacts = Contacts::default();
        for (name, number) in [("Zoë Brown", "201"), ("adam Smith", "030123")] {
            contacts.add(contact(name, number)).expect("taken");
        }
        let names = |text| contacts.search(text).into_iter().map(|(_, c)| c.name.as_str()).collect::<Vec<_>>();
        assert_eq!(names(""), ["adam Smith", "Zoë Brown"]);
        assert_eq!(names("ZOË"), ["Zoë Brown"]);
        assert_eq!(names("0123"), ["adam Smith"]);
        assert_eq!(names("x"), [""; 0]);
    }

    #[test]
    fn a_full_phone_book_takes_changes_and_no_more() {
        let mut contacts = Contacts::default();
        for number in 0..CAPACITY {
            contacts.add(contact("A", &number.to_string())).expect("room");
        }
        assert_eq!(contacts.add(contact("B", "1")), Err(Refusal::Full));
        contacts.replace(7, contact("C", "2")).expect("a change needs no room");
        assert_eq!(contacts.replace(5000, contact("C", "2")), Err(Refusal::Unknown(5000)));
        assert_eq!(contacts.remove(5000), Err(Refusal::Unknown(5000)));
        contacts.remove(0).expect("there");
        let (id, _) = contacts.add(contact("B", "1")).expect("room again");
        assert_eq!(id as usize, CAPACITY, "ids are not used again");
        assert_eq!(contacts.len(), CAPACITY);
    }

    #[test]
    fn a_file_tells_all_changes_and_the_short_one_the_same() {
        let mut contacts = Contacts::default();
        let mut file = contacts.to_file();
        for round in 0..60u32 {
            let (id, change) = contacts.add(contact(&round.to_string(), "1")).expect("room");
            file.extend(journal::line(&change));
            let change = match round % 4 {
                1 => contacts.remove(id - 1).expect("there"),
                2 => contacts.replace(id, contact("new", "2")).expect("there"),
                3 if round == 31 => contacts.clear(),
                _ => continue,
            };
            file.extend(journal::line(&change));
        }
        assert_eq!(Contacts::read(&file), (contacts.clone(), 0));
        assert_eq!(Contacts::read(&contacts.to_file()), (contacts, 0));
    }

    #[test]
    fn importing_twice_adds_nobody_twice() {
        let mut contacts = Contacts::default();
        contacts.add(contact("Zoë", "201")).expect("taken");
        contacts.add(contact("Adam", "202")).expect("taken");
        let cards = contacts.export();
        let (imported, changes) = contacts.import(&cards);
        assert_eq!((imported.added, imported.known, changes.len()), (0, 2, 0));
        let mut empty = Contacts::default();
        let (imported, changes) = empty.import(&cards);
        assert_eq!((imported.added, imported.known, changes.len()), (2, 0, 2));
        assert_eq!(empty, contacts);
    }
}
