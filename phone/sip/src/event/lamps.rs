//! Busy lamps: what the documents of one subscription come to, in whatever order they arrive (RFC 4235, section 4).

use std::collections::{BTreeMap, BTreeSet};

use super::dialogs::{Dialog, Direction, Document, MAX_DIALOGS, State};
use super::list::List;

/// Most people of one subscription.
const MAX_LAMPS: usize = 2000;

/// How somebody's lamp shines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Light {
    /// Nothing is known: the subscription of this person has ended, or not begun.
    Unknown,
    /// No call.
    Idle,
    /// Somebody calls the person: a call to pick up.
    Ringing,
    /// The person calls somebody.
    Calling,
    /// The person talks.
    Busy,
    /// All calls of the person are on hold.
    Held,
}

/// One person's lamp.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lamp {
    /// The person: the entity of its documents, or the resource of a list.
    pub uri: String,
    /// How it shines.
    pub light: Light,
    /// The person's calls that are not over.
    pub dialogs: Vec<Dialog>,
}

/// What a document was good for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Change {
    /// Lamps that have changed.
    pub lamps: Vec<Lamp>,
    /// Something was lost: ask for the whole state.
    pub incomplete: bool,
}

/// The lamps of one subscription.
#[derive(Debug, Clone, Default)]
pub struct Lamps {
    people: BTreeMap<String, Person>,
    list_version: Option<u32>,
}

#[derive(Debug, Clone, Default)]
struct Person {
    version: Option<u32>,
    dialogs: Vec<Dialog>,
    known: bool,
}

impl Lamps {
    /// Forgets versions: a new subscription counts anew. What was known stays until it is replaced.
    pub fn restart(&mut self) {
        self.list_version = None;
        self.people.values_mut().for_each(|person| person.version = None);
    }

    /// Takes a document about one person.
    pub fn apply(&mut self, document: Document) -> Change {
        let uri = document.entity.clone();
        self.apply_to(uri, document)
    }

    /// Takes a list. An older one than the last changes nothing; a partial one that does not follow the last is taken as far
    /// as it goes (RFC 4662, section 5.2).
    pub fn apply_list(&mut self, list: List) -> Change {
        let follows = self.list_version.map_or(list.full, |last| list.full || list.version == last.saturating_add(1));
        if self.list_version.is_some_and(|last| list.version < last || (list.version == last && !list.full)) {
            return Change::default();
        }
        self.list_version = Some(list.version);
        let mut change = Change { lamps: Vec::new(), incomplete: !follows };
        if list.full {
            let named: BTreeSet<_> = list.resources.iter().map(|resource| resource.uri.as_str()).collect();
            let gone: Vec<_> = self.people.keys().filter(|uri| !named.contains(uri.as_str())).cloned().collect();
            for uri in gone {
                self.people.remove(&uri);
                change.lamps.push(Lamp { uri, light: Light::Unknown, dialogs: Vec::new() });
            }
        }
        for resource in list.resources {
            let document = match resource.document {
                Some(document) => document,
                None if resource.active => continue,
                None => {
                    if self.people.remove(&resource.uri).is_some_and(|person| person.known) {
                        change.lamps.push(Lamp { uri: resource.uri, light: Light::Unknown, dialogs: Vec::new() });
                    }
                    continue;
                }
            };
            let part = self.apply_to(resource.uri, document);
            change.lamps.extend(part.lamps);
            change.incomplete |= part.incomplete;
        }
        change
    }

    /// All lamps as they are.
    pub fn all(&self) -> impl Iterator<Item = Lamp> {
        self.people.iter().map(|(uri, person)| person.lamp(uri))
    }

    fn apply_to(&mut self, uri: String, document: Document) -> Change {
        if self.people.len() >= MAX_LAMPS && !self.people.contains_key(&uri) {
            return Change { lamps: Vec::new(), incomplete: true };
        }
        let person = self.people.entry(uri.clone()).or_default();
        let before = person.known.then(|| person.lamp(&uri));
        let follows = person.version.map_or(document.full, |last| {
            // A server that does not count says the same version again; what is whole may be taken then.
            (document.full && document.version >= last) || document.version == last.saturating_add(1)
        });
        if person.version.is_some_and(|last| document.version < last || (document.version == last && !document.full)) {
            return Change::default();
        }
        person.version = Some(document.version);
        person.take(document);
        let after = person.lamp(&uri);
        let lamps = if before.as_ref() == Some(&after) { Vec::new() } else { vec![after] };
        Change { lamps, incomplete: !follows }
    }
}

impl Person {
    fn take(&mut self, document: Document) {
        self.known = true;
        if document.full {
            self.dialogs.clear();
        }
        for dialog in document.dialogs {
            self.dialogs.retain(|old| old.id != dialog.id);
            if dialog.state != State::Terminated && self.dialogs.len() < MAX_DIALOGS {
                self.dialogs.push(dialog);
            }
        }
    }

    fn lamp(&self, uri: &str) -> Lamp {
        Lamp { uri: uri.to_owned(), light: self.light(), dialogs: self.dialogs.clone() }
    }

    /// What rings counts most: it can be picked up. Then what is talked, then the rest.
    fn light(&self) -> Light {
        let has = |state: State| self.dialogs.iter().any(|dialog| dialog.state == state);
        let rings = |dialog: &Dialog| {
            matches!(dialog.state, State::Early | State::Trying | State::Proceeding)
                && dialog.direction == Some(Direction::Recipient)
        };
        if !self.known {
            Light::Unknown
        } else if self.dialogs.iter().any(rings) {
            Light::Ringing
        } else if self.dialogs.iter().any(|dialog| dialog.state == State::Confirmed && !dialog.held) {
            Light::Busy
        } else if has(State::Confirmed) {
            Light::Held
        } else if self.dialogs.iter().any(|dialog| dialog.direction == Some(Direction::Initiator)) {
            Light::Calling
        } else if has(State::Early) {
            // Servers that do not tell the direction tell of calls that ring at the person.
            Light::Ringing
        } else if self.dialogs.is_empty() {
            Light::Idle
        } else {
            Light::Calling
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::list::Resource;
    use super::*;

    /// `id state direction`, with commas; `held` in place of a direction for what is on hold.
    fn document(version: u32, full: bool, dialogs: &str) -> Document {
        let dialog = |text: &str| {
            let mut parts = text.split(' ');
            let id = parts.next().unwrap().to_owned();
            let state = match parts.next().unwrap() {
                "early" => State::Early,
                "trying" => State::Trying,
                "confirmed" => State::Confirmed,
                _ => State::Terminated,
            };
            let rest = parts.next().unwrap_or_default();
            let direction = match rest {
                "in" => Some(Direction::Recipient),
                "out" => Some(Direction::Initiator),
                _ => None,
            };
            Dialog {
                id,
                state,
                direction,
                call_id: None,
                local_tag: None,
                remote_tag: None,
                local: None,
                remote: None,
                held: rest == "held",
            }
        };
        let dialogs = dialogs.split(',').filter(|text| !text.is_empty()).map(dialog).collect();
        Document { version, full, entity: "sip:bob@x".into(), dialogs }
    }

    fn light(lamps: &Lamps) -> Light {
        lamps.all().next().unwrap().light
    }

    #[test]
    fn lights() {
        let check = |dialogs: &str, expected: Light| {
            let mut lamps = Lamps::default();
            lamps.apply(document(0, true, dialogs));
            assert_eq!(light(&lamps), expected, "{dialogs}");
        };
        check("", Light::Idle);
        check("1 terminated", Light::Idle);
        check("1 early in", Light::Ringing);
        check("1 early", Light::Ringing);
        check("1 early out", Light::Calling);
        check("1 trying", Light::Calling);
        check("1 confirmed", Light::Busy);
        check("1 confirmed,2 early in", Light::Ringing);
        check("1 confirmed,2 confirmed held", Light::Busy);
        check("1 confirmed held", Light::Held);
    }

    #[test]
    fn partial_documents_change_what_they_name() {
        let mut lamps = Lamps::default();
        let steps = [
            (0, true, "1 early in,2 confirmed", Light::Ringing, 1, false),
            (1, false, "1 terminated", Light::Busy, 1, false),
            // The same again, and an older one, change nothing.
            (1, false, "2 terminated", Light::Busy, 0, false),
            (0, true, "", Light::Busy, 0, false),
            (2, false, "3 early in", Light::Ringing, 1, false),
            // One was lost.
            (4, false, "3 confirmed", Light::Busy, 1, true),
            (5, false, "9 terminated", Light::Busy, 0, false),
            (9, true, "", Light::Idle, 1, false),
            (9, true, "4 early in", Light::Ringing, 1, false),
        ];
        for (version, full, dialogs, expected, changed, incomplete) in steps {
            let change = lamps.apply(document(version, full, dialogs));
            assert_eq!(
                (light(&lamps), change.lamps.len(), change.incomplete),
                (expected, changed, incomplete),
                "{version}"
            );
        }
        // A new subscription begins anew, and what it says is not compared with the old one.
        lamps.restart();
        assert_eq!(
            lamps.apply(document(0, false, "7 confirmed")),
            Change { lamps: lamps.all().collect(), incomplete: true }
        );
        assert_eq!(lamps.apply(document(1, true, "")).lamps.len(), 1);
        assert_eq!(lamps.apply(document(u32::MAX, true, "")), Change::default());
        assert_eq!(lamps.apply(document(u32::MAX, false, "1 early")), Change::default());
    }

    fn list(version: u32, full: bool, resources: &[(&str, Option<&str>)]) -> List {
        let resource = |(uri, dialogs): &(&str, Option<&str>)| Resource {
            uri: (*uri).into(),
            name: None,
            active: dialogs.is_some(),
            document: dialogs.filter(|dialogs| *dialogs != "later").map(|dialogs| document(version, true, dialogs)),
        };
        List { uri: "sip:list@x".into(), version, full, resources: resources.iter().map(resource).collect() }
    }

    #[test]
    fn lists() {
        let mut lamps = Lamps::default();
        let all = |lamps: &Lamps| lamps.all().map(|lamp| format!("{} {:?}", lamp.uri, lamp.light)).collect::<Vec<_>>();
        let change =
            lamps.apply_list(list(0, true, &[("a", Some("")), ("b", Some("1 early in")), ("c", Some("later"))]));
        assert!(!change.incomplete);
        assert_eq!(all(&lamps), ["a Idle", "b Ringing"]);
        let change = lamps.apply_list(list(1, false, &[("c", Some("1 confirmed")), ("a", None)]));
        let lights: Vec<_> = change.lamps.iter().map(|lamp| (lamp.uri.as_str(), lamp.light)).collect();
        assert_eq!((lights, change.incomplete), (vec![("c", Light::Busy), ("a", Light::Unknown)], false));
        assert_eq!(lamps.apply_list(list(0, true, &[])), Change::default());
        assert!(lamps.apply_list(list(5, false, &[("b", Some("1 confirmed"))])).incomplete);
        assert_eq!(all(&lamps), ["b Busy", "c Busy"]);
        // Whoever is not in a full list has left it.
        let change = lamps.apply_list(list(6, true, &[("b", Some("1 confirmed"))]));
        assert_eq!(change.lamps, [Lamp { uri: "c".into(), light: Light::Unknown, dialogs: Vec::new() }]);
    }

    #[test]
    fn people_without_end() {
        let mut lamps = Lamps::default();
        for number in 0..3000 {
            lamps.apply(Document { entity: number.to_string(), ..document(0, true, "1 confirmed") });
        }
        assert_eq!(lamps.all().count(), MAX_LAMPS);
        for number in 0..3000 {
            lamps.apply(Document { entity: "1".into(), ..document(number + 1, false, &format!("{number} confirmed")) });
        }
        assert!(lamps.all().all(|lamp| lamp.dialogs.len() <= MAX_DIALOGS));
    }
}
