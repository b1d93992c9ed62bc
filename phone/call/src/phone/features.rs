//! What servers tell of a line besides its calls: voice mail, busy lamps, shared lines, do-not-disturb and forwards. And how
//! a person changes the latter.

use std::collections::BTreeMap;

use offhook_params::{ParamId, Settings, lookup};
use offhook_sip::event::appearance::{Appearance, State as Place, call_info};
use offhook_sip::event::feature::{Feature, Kind};
use offhook_sip::event::lamps::Light;
use offhook_sip::event::{Content, lamps::Lamp};
use offhook_sip::subscription::{self, SubscriptionId, Wish};

use super::{LINES, Phone};
use crate::button::Function;
use crate::command::{ForwardWhen, Refusal};
use crate::number;
use crate::output::Output;
use crate::policy;

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
pub(super) struct Features {
    topics: BTreeMap<Topic, SubscriptionId>,
    /// The server carries out do-not-disturb and forwards: it has told their state.
    synchronized: bool,
    /// Busy lamps by number or user.
    pub(super) lamps: BTreeMap<String, Light>,
    /// Places of a shared line.
    pub(super) places: BTreeMap<u32, Place>,
    /// The one that was taken for a call of ours.
    seized: Option<u32>,
    /// What the server carries out, as it has told last.
    carried_out: Vec<Feature>,
}

impl Features {
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
        let slot = &mut self.slots[line];
        let known: Vec<_> = slot.features.topics.keys().cloned().collect();
        for topic in known.into_iter().filter(|topic| *topic != Topic::Seized && !wanted.contains_key(topic)) {
            if let (Some(id), Some(line)) = (slot.features.topics.remove(&topic), &mut slot.line) {
                line.unsubscribe(now, id);
            }
        }
        for (topic, wish) in wanted {
            if let (false, Some(line)) = (slot.features.topics.contains_key(&topic), &mut slot.line) {
                let id = line.subscribe(now, wish);
                slot.features.topics.insert(topic, id);
            }
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
        let number = |function| match function {
            Function::Lamp { number } => Some(number),
            _ => None,
        };
        self.settings.buttons.iter().map(Function::of).filter_map(number).collect()
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
        let places = &self.slots[line].features.places;
        let free = (1..).find(|index| places.get(index).is_none_or(|place| *place == Place::Idle)).unwrap_or(1);
        self.seize_place(line, self.slots[line].features.seized.unwrap_or(free))
    }

    fn seize_place(&mut self, line: usize, index: u32) -> Option<String> {
        if !self.settings.lines[line].calling.shared_call {
            return None;
        }
        let (now, domain) = (self.now, self.domain(line));
        let slot = &mut self.slots[line];
        if let (false, Some(line)) = (slot.features.topics.contains_key(&Topic::Seized), &mut slot.line) {
            let target = line.config().account.identity.clone();
            let id = line.subscribe(now, Wish::seize(&target, &domain, index));
            slot.features.topics.insert(Topic::Seized, id);
            slot.features.seized = Some(index);
        }
        Some(call_info(&domain, index))
    }

    /// Takes over a call of a shared line that another phone holds; false if there is none.
    pub(super) fn retrieve(&mut self, line: usize) -> Result<bool, Refusal> {
        let held = |place: &Place| matches!(place, Place::Held | Place::BridgeHeld);
        let index = self.slots[line].features.places.iter().find(|(_, place)| held(place)).map(|(index, _)| *index);
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
        slot.features.seized = None;
        if let (Some(id), Some(line)) = (slot.features.topics.remove(&Topic::Seized), &mut slot.line) {
            line.unsubscribe(now, id);
        }
    }

    /// A server tells what was subscribed to.
    pub(super) fn on_subscription(&mut self, line: usize, id: SubscriptionId, event: subscription::Event) {
        let topics = &self.slots[line].features.topics;
        let topic = topics.iter().find(|(_, known)| **known == id).map(|(topic, _)| topic.clone());
        match (event, topic) {
            (subscription::Event::Told(Content::Summary(summary)), _) => self.summarized(line, &summary),
            (subscription::Event::Told(Content::Features(told)), Some(Topic::Features)) => {
                let features = &mut self.slots[line].features;
                features.synchronized = true;
                for feature in &told {
                    features.carried_out.retain(|known| !is_same(known, feature));
                    features.carried_out.push(feature.clone());
                }
                self.adopt(line, &told);
            }
            (subscription::Event::Told(Content::Appearances(told)), _) => self.places_told(line, &told),
            (subscription::Event::Lamps(lamps), _) => self.lamps_told(line, &lamps),
            (subscription::Event::Lapsed { .. }, Some(topic)) => self.lapsed(line, &topic),
            (subscription::Event::Ended, Some(topic)) => {
                self.slots[line].features.topics.remove(&topic);
                self.lapsed(line, &topic);
            }
            _ => {}
        }
    }

    /// What nobody tells any more is not known.
    fn lapsed(&mut self, line: usize, topic: &Topic) {
        let features = &mut self.slots[line].features;
        match topic {
            Topic::Features => {
                features.synchronized = false;
                features.carried_out.clear();
            }
            Topic::Shared => features.places.clear(),
            Topic::List(_) => features.lamps.clear(),
            Topic::Lamp(number) => drop(features.lamps.remove(number)),
            Topic::Messages | Topic::Seized => {}
        }
    }

    fn lamps_told(&mut self, line: usize, lamps: &[Lamp]) {
        for lamp in lamps {
            let address = offhook_sip::message::Uri::parse(&lamp.uri);
            let user = address.and_then(|uri| uri.user().map(|user| user.into_owned()));
            if let Some(user) = user {
                self.slots[line].features.lamps.insert(user, lamp.light);
            }
        }
    }

    fn places_told(&mut self, line: usize, told: &[Appearance]) {
        let places = &mut self.slots[line].features.places;
        for Appearance { index, state, .. } in told {
            match index {
                Some(index) => drop(places.insert(*index, *state)),
                None => places.values_mut().for_each(|place| *place = *state),
            }
        }
    }

    /// What a busy lamp tells, from whichever line knows.
    pub(super) fn lamp(&self, number: &str) -> Light {
        let known = self.slots.iter().flat_map(|slot| &slot.features.lamps);
        known.filter(|(user, _)| number::equal(user, number)).map(|(_, light)| *light).next().unwrap_or(Light::Unknown)
    }

    /// Takes over what the server does (guide rule 277): the settings say the same from now on.
    fn adopt(&mut self, line: usize, told: &[Feature]) {
        let own = &self.settings.lines[line];
        let mut changes = Vec::new();
        let mut set = |name: &str, is: &str, shall: &str| {
            if is != shall {
                changes.push((setting(name, line), shall.to_owned()));
            }
        };
        let yes = |on: bool| if on { "Y" } else { "N" };
        for feature in told {
            match feature {
                Feature::DoNotDisturb(on) => set("DND_ENABLE", yes(own.call_features.do_not_disturb), yes(*on)),
                Feature::Forward { kind, active, target, rings } => {
                    let forward = &own.call_forward;
                    let (name, is_on, number) = match kind {
                        Kind::Always => ("ALWAYS", forward.forward_always, &forward.forward_always_number),
                        Kind::Busy => ("BUSY", forward.forward_busy, &forward.forward_busy_number),
                        Kind::NoAnswer => ("NO_ANSWER", forward.forward_no_answer, &forward.forward_no_answer_number),
                    };
                    // A destination may not be empty while its switch is on (guide rule 191); the server's word stands.
                    let number_told = plain_number(target);
                    let on = *active && !(number_told.is_empty() && number.is_empty());
                    if !number_told.is_empty() {
                        set(&format!("FORWARD_{name}_NUMBER"), number, &number_told);
                    }
                    set(&format!("FORWARD_{name}_ENABLE"), yes(is_on), yes(on));
                    if let Some(rings) = rings.filter(|rings| is_ring_count(*rings)) {
                        let is = forward.forward_no_answer_rings.to_string();
                        set("FORWARD_NO_ANSWER_RINGS", &is, &rings.to_string());
                    }
                }
            }
        }
        if !changes.is_empty() {
            self.output(Output::Set(changes));
        }
    }

    /// A person switches do-not-disturb.
    pub(super) fn do_not_disturb(&mut self, line: Option<u8>, on: bool) -> Result<(), Refusal> {
        let mut changes = Vec::new();
        for line in lines(line)? {
            if !self.ask_server(line, &Feature::DoNotDisturb(on)) {
                changes.push((setting("DND_ENABLE", line), if on { "Y" } else { "N" }.to_owned()));
            }
        }
        self.keep(changes);
        Ok(())
    }

    /// A person switches a forward.
    pub(super) fn forward(
        &mut self,
        line: Option<u8>,
        when: ForwardWhen,
        on: bool,
        number: Option<&str>,
        rings: Option<u8>,
    ) -> Result<(), Refusal> {
        if let Some(rings) = rings.filter(|rings| !is_ring_count(*rings)) {
            return Err(Refusal::Value(format!("{rings} is no ring count: 0, or 2 to 20")));
        }
        let (name, why, kind) = match when {
            ForwardWhen::Always => ("ALWAYS", policy::Forward::Always, Kind::Always),
            ForwardWhen::Busy => ("BUSY", policy::Forward::Busy, Kind::Busy),
            ForwardWhen::NoAnswer => ("NO_ANSWER", policy::Forward::NoAnswer, Kind::NoAnswer),
        };
        let mut changes = Vec::new();
        let chosen = lines(line)?;
        for &line in &chosen {
            let known = policy::number_of(&self.settings.lines[line], why).to_owned();
            let number = number.map_or(known, |number| number.trim().to_owned());
            if on && number.is_empty() {
                return Err(Refusal::NoNumber);
            }
            let number_setting = setting(&format!("FORWARD_{name}_NUMBER"), line);
            number_setting.family().check(&number).map_err(|fault| Refusal::Value(fault.to_string()))?;
            changes.push((line, number_setting, number));
        }
        let mut kept = Vec::new();
        for (line, number_setting, number) in changes {
            let target = number.clone();
            if self.ask_server(line, &Feature::Forward { kind, active: on, target, rings }) {
                continue;
            }
            kept.push((number_setting, number));
            kept.push((setting(&format!("FORWARD_{name}_ENABLE"), line), if on { "Y" } else { "N" }.to_owned()));
            if let Some(rings) = rings.filter(|_| when == ForwardWhen::NoAnswer) {
                kept.push((setting("FORWARD_NO_ANSWER_RINGS", line), rings.to_string()));
            }
        }
        self.keep(kept);
        Ok(())
    }

    /// Settings of synchronised lines that were changed otherwise, by the web page: the server is asked to do the same (guide
    /// rule 151). What the server has told itself needs no asking.
    pub(super) fn synchronize(&mut self, before: &Settings) {
        for line in 0..LINES {
            let (old, new) = (features_of(before, line), features_of(&self.settings, line));
            let carried_out = &self.slots[line].features.carried_out;
            let other = |(old, new): &(Feature, Feature)| {
                old != new && carried_out.iter().any(|known| is_same(known, new) && !agrees(known, new))
            };
            let changed: Vec<_> = old.into_iter().zip(new).filter(other).map(|(_, new)| new).collect();
            for feature in &changed {
                self.ask_server(line, feature);
            }
        }
    }

    /// Asks the server of a synchronised line to change a feature; what it then tells becomes the setting. False if the
    /// phone itself decides.
    fn ask_server(&mut self, line: usize, feature: &Feature) -> bool {
        let now = self.now;
        let slot = &mut self.slots[line];
        let id = slot.features.topics.get(&Topic::Features).copied().filter(|_| slot.features.synchronized);
        let (Some(id), Some(line)) = (id, &mut slot.line) else { return false };
        line.set_feature(now, id, feature);
        true
    }

    /// A person has changed settings.
    pub(super) fn keep(&mut self, changes: Vec<(ParamId, String)>) {
        if !changes.is_empty() {
            self.output(Output::Set(changes));
        }
    }
}

/// Do-not-disturb and forwards, as the settings of a line have them.
fn features_of(settings: &Settings, line: usize) -> Vec<Feature> {
    let line = &settings.lines[line];
    let forward = |kind, why| {
        let number = policy::number_of(line, why);
        let rings = (kind == Kind::NoAnswer).then_some(line.call_forward.forward_no_answer_rings);
        let active = policy::destination(line, why).is_some();
        Feature::Forward { kind, active, target: number.to_owned(), rings }
    };
    vec![
        Feature::DoNotDisturb(line.call_features.do_not_disturb),
        forward(Kind::Always, policy::Forward::Always),
        forward(Kind::Busy, policy::Forward::Busy),
        forward(Kind::NoAnswer, policy::Forward::NoAnswer),
    ]
}

/// Whether two states are of one feature.
fn is_same(a: &Feature, b: &Feature) -> bool {
    match (a, b) {
        (Feature::DoNotDisturb(_), Feature::DoNotDisturb(_)) => true,
        (Feature::Forward { kind: a, .. }, Feature::Forward { kind: b, .. }) => a == b,
        _ => false,
    }
}

/// Whether the server carries out what a setting says, as far as it has told.
fn agrees(told: &Feature, set: &Feature) -> bool {
    match (told, set) {
        (
            Feature::Forward { active: on, target: to, rings: after, .. },
            Feature::Forward { active, target, rings, .. },
        ) => on == active && (!on || number::equal(&plain_number(to), target)) && (after.is_none() || after == rings),
        _ => told == set,
    }
}

/// The setting of a line.
fn setting(family: &str, line: usize) -> ParamId {
    lookup(&format!("{family}_{}", line + 1)).expect("the spec has this setting for each line").id
}

/// The lines that a command means, counted from 0.
fn lines(line: Option<u8>) -> Result<Vec<usize>, Refusal> {
    match line {
        None => Ok((0..LINES).collect()),
        Some(line) if (1..=LINES as u8).contains(&line) => Ok(vec![usize::from(line) - 1]),
        Some(line) => Err(Refusal::Line(line)),
    }
}

/// What the settings allow (guide rule 192).
fn is_ring_count(rings: u8) -> bool {
    rings == 0 || (2..=20).contains(&rings)
}

/// The number in what a server gives as destination: `sip:2002@example.com` or `tel:2002`.
fn plain_number(target: &str) -> String {
    let rest = ["sip:", "sips:", "tel:"].iter().find_map(|scheme| target.strip_prefix(scheme)).unwrap_or(target);
    rest.split(['@', ';']).next().unwrap_or_default().to_owned()
}
