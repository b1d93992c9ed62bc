//! What servers tell of a line besides its calls: subscriptions to voice mail, busy lamps, shared lines and features.

use std::collections::BTreeMap;

use offhook_sip::event::appearance::{Appearance, State as Place, call_info};
use offhook_sip::event::feature::Feature;
use offhook_sip::event::lamps::Light;
use offhook_sip::event::{Content, lamps::Lamp};
use offhook_sip::subscription::{self, SubscriptionId, Wish};

use super::Phone;
use crate::button::Function;
use crate::command::Refusal;
use crate::number;

/// Places of a shared line that are remembered. Phone systems have a few dozen at most.
const MOST_PLACES: usize = 128;

/// What a line subscribes to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Topic {
    /// Voice mail.
    Messages,
    /// Do-not-disturb and forwards on the server.
    Features,
    /// The calls of a shared line.
    Shared,
    /// A place of the shared line, for a call of ours.
    Seized,
    /// The busy lamps of a list.
    List(String),
    /// One busy lamp.
    Lamp(String),
}

/// What the servers of a line have told.
#[derive(Debug, Default)]
pub(super) struct Watch {
    pub(super) topics: BTreeMap<Topic, SubscriptionId>,
    /// The server carries out do-not-disturb and forwards: it has told their state.
    pub(super) synchronized: bool,
    /// Busy lamps by number or user.
    pub(super) lamps: BTreeMap<String, Light>,
    /// Places of a shared line.
    pub(super) places: BTreeMap<u32, Place>,
    /// The one that was taken for a call of ours.
    seized: Option<u32>,
    /// What the server carries out, as it has told last.
    pub(super) carried_out: Vec<Feature>,
}

impl Watch {
    /// Whether the server carries out do-not-disturb and forwards (guide rule 277).
    pub(super) fn decides(&self) -> bool {
        self.synchronized
    }
}

impl Phone {
    /// Subscribes to what the settings want of a line, and gives up what they do not want any more. Called whenever the line
    /// has registered, or has other settings.
    pub(super) fn subscribe(&mut self, line: usize) {
        let now = self.now;
        let wanted = self.topics(line);
        self.give_up(line, |topic| *topic != Topic::Seized && !wanted.contains_key(topic));
        let slot = &mut self.slots[line];
        for (topic, wish) in wanted {
            if let (false, Some(line)) = (slot.watch.topics.contains_key(&topic), &mut slot.line) {
                let id = line.subscribe(now, wish);
                slot.watch.topics.insert(topic, id);
            }
        }
    }

    /// Gives all subscriptions of a line up.
    pub(super) fn unsubscribe(&mut self, line: usize) {
        self.give_up(line, |_| true);
    }

    fn give_up(&mut self, line: usize, which: impl Fn(&Topic) -> bool) {
        let now = self.now;
        let topics: Vec<_> = self.slots[line].watch.topics.keys().filter(|topic| which(topic)).cloned().collect();
        for topic in topics {
            let slot = &mut self.slots[line];
            if let (Some(id), Some(line)) = (slot.watch.topics.remove(&topic), &mut slot.line) {
                line.unsubscribe(now, id);
            }
            self.lapsed(line, &topic);
        }
    }

    /// What the settings want a line to subscribe to.
    fn topics(&self, line: usize) -> BTreeMap<Topic, Wish> {
        let mut topics = BTreeMap::new();
        let slot = &self.slots[line];
        let Some(own) = slot.line.as_ref().filter(|_| slot.is_in_service()) else { return topics };
        let identity = own.config().account.identity.as_str();
        let calling = &self.settings.lines[line].calling;
        if self.settings.call_control.voice_mail_subscription {
            topics.insert(Topic::Messages, Wish::messages(identity));
        }
        if calling.feature_synchronization {
            topics.insert(Topic::Features, Wish::features(identity));
        }
        if calling.shared_call {
            topics.insert(Topic::Shared, Wish::shared_line(identity));
        }
        if let Some(list) = &calling.resource_list_uri {
            topics.insert(Topic::List(list.0.clone()), Wish::dialog_list(&list.0));
        } else if self.usable(None) == Ok(line) {
            let domain = self.domain(line);
            for number in self.lamp_numbers() {
                let wish = Wish::dialogs(&format!("sip:{number}@{domain}"));
                topics.insert(Topic::Lamp(number), wish);
            }
        }
        topics
    }

    /// The numbers of all busy lamps.
    fn lamp_numbers(&self) -> Vec<String> {
        let number = |function: &Function| match function {
            Function::Lamp { number } => Some(number.clone()),
            _ => None,
        };
        self.functions.iter().filter_map(number).collect()
    }

    /// The domain of the numbers of a line.
    fn domain(&self, line: usize) -> String {
        let line = &self.settings.lines[line];
        let servers = &line.servers;
        match line.account.service_domain.as_str() {
            "" => servers.sip_proxy_address.as_ref().or(servers.registrar_address.as_ref()),
            domain => return domain.to_owned(),
        }
        .map(|host| host.0.clone())
        .unwrap_or_default()
    }

    /// Takes a free place of a shared line before a call is made on it, and says how the call has to name it. None if the
    /// line is not shared.
    pub(super) fn seize(&mut self, line: usize) -> Option<String> {
        let places = &self.slots[line].watch.places;
        let free = (1..).find(|index| places.get(index).is_none_or(|place| *place == Place::Idle)).unwrap_or(1);
        self.seize_place(line, self.slots[line].watch.seized.unwrap_or(free))
    }

    fn seize_place(&mut self, line: usize, index: u32) -> Option<String> {
        if !self.settings.lines[line].calling.shared_call {
            return None;
        }
        let (now, domain) = (self.now, self.domain(line));
        let slot = &mut self.slots[line];
        if let (false, Some(line)) = (slot.watch.topics.contains_key(&Topic::Seized), &mut slot.line) {
            let target = line.config().account.identity.clone();
            let id = line.subscribe(now, Wish::seize(&target, &domain, index));
            slot.watch.topics.insert(Topic::Seized, id);
            slot.watch.seized = Some(index);
        }
        Some(call_info(&domain, index))
    }

    /// Takes over a call of a shared line that another phone holds; false if there is none.
    pub(super) fn retrieve(&mut self, line: usize) -> Result<bool, Refusal> {
        let held = |place: &Place| matches!(place, Place::Held | Place::BridgeHeld);
        let index = self.slots[line].watch.places.iter().find(|(_, place)| held(place)).map(|(index, _)| *index);
        let Some(index) = index else { return Ok(false) };
        self.release(line);
        self.seize_place(line, index);
        let own = self.own_number(line);
        self.place_call(line, &own, &own, None, None).map(|_| true)
    }

    /// Gives the place back that was taken for a call.
    pub(super) fn release(&mut self, line: usize) {
        let now = self.now;
        let slot = &mut self.slots[line];
        slot.watch.seized = None;
        if let (Some(id), Some(line)) = (slot.watch.topics.remove(&Topic::Seized), &mut slot.line) {
            line.unsubscribe(now, id);
        }
    }

    /// A server tells what was subscribed to.
    pub(super) fn on_subscription(&mut self, line: usize, id: SubscriptionId, event: subscription::Event) {
        let topics = &self.slots[line].watch.topics;
        let topic = topics.iter().find(|(_, known)| **known == id).map(|(topic, _)| topic.clone());
        match (event, topic) {
            (subscription::Event::Told(Content::Summary(summary)), _) => self.summarized(line, &summary),
            (subscription::Event::Told(Content::Features(told)), Some(Topic::Features)) => {
                let watch = &mut self.slots[line].watch;
                watch.synchronized = true;
                for feature in &told {
                    watch.carried_out.retain(|known| !is_same(known, feature));
                    watch.carried_out.push(feature.clone());
                }
                self.adopt(line, &told);
            }
            (subscription::Event::Told(Content::Appearances(told)), _) => self.places_told(line, &told),
            (subscription::Event::Lamps(lamps), _) => self.lamps_told(line, &lamps),
            (subscription::Event::Lapsed { .. }, Some(topic)) => self.lapsed(line, &topic),
            (subscription::Event::Ended, Some(topic)) => {
                self.slots[line].watch.topics.remove(&topic);
                self.lapsed(line, &topic);
            }
            _ => {}
        }
    }

    /// What nobody tells any more is not known.
    fn lapsed(&mut self, line: usize, topic: &Topic) {
        let watch = &mut self.slots[line].watch;
        match topic {
            Topic::Features => {
                watch.synchronized = false;
                watch.carried_out.clear();
            }
            Topic::Shared => watch.places.clear(),
            Topic::List(_) => watch.lamps.clear(),
            Topic::Lamp(number) => drop(watch.lamps.remove(number)),
            Topic::Seized => watch.seized = None,
            // What waits still waits, whether anybody tells or not.
            Topic::Messages => {}
        }
    }

    fn lamps_told(&mut self, line: usize, lamps: &[Lamp]) {
        for lamp in lamps {
            let address = offhook_sip::message::Uri::parse(&lamp.uri);
            let user = address.and_then(|uri| uri.user().map(|user| user.into_owned()));
            let lamps = &mut self.slots[line].watch.lamps;
            match (user, lamp.light) {
                (None, _) => {}
                // People who have left a list leave nothing behind.
                (Some(user), Light::Unknown) => drop(lamps.remove(&user)),
                (Some(user), light) => drop(lamps.insert(user, light)),
            }
        }
    }

    fn places_told(&mut self, line: usize, told: &[Appearance]) {
        let places = &mut self.slots[line].watch.places;
        for Appearance { index, state, .. } in told {
            match index {
                Some(index) if places.len() >= MOST_PLACES && !places.contains_key(index) => {}
                Some(index) => drop(places.insert(*index, *state)),
                None => {
                    let named = |index: &u32| told.iter().any(|other| other.index == Some(*index));
                    places.iter_mut().filter(|(index, _)| !named(index)).for_each(|(_, place)| *place = *state);
                }
            }
        }
    }

    /// What a busy lamp tells, from whichever line knows.
    pub(super) fn lamp(&self, number: &str) -> Light {
        let known = self.slots.iter().flat_map(|slot| &slot.watch.lamps);
        known.filter(|(user, _)| number::equal(user, number)).map(|(_, light)| *light).next().unwrap_or(Light::Unknown)
    }
}

/// Whether two states are of one feature.
pub(super) fn is_same(a: &Feature, b: &Feature) -> bool {
    match (a, b) {
        (Feature::DoNotDisturb(_), Feature::DoNotDisturb(_)) => true,
        (Feature::Forward { kind: a, .. }, Feature::Forward { kind: b, .. }) => a == b,
        _ => false,
    }
}
