//! Do-not-disturb and forwards: as people switch them at the phone, and in step with a server that carries them out.

use offhook_params::{ParamId, Settings, lookup};
use offhook_sip::event::feature::{Feature, Kind};

use super::watch::{Topic, is_same};
use super::{LINES, Phone};
use crate::command::{ForwardWhen, Refusal};
use crate::number;
use crate::output::Output;
use crate::policy;

impl Phone {
    /// Takes over what the server does (guide rule 277): the settings say the same from now on.
    pub(super) fn adopt(&mut self, line: usize, told: &[Feature]) {
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
                    let number_setting = setting(&format!("FORWARD_{name}_NUMBER"), line);
                    if number_setting.family().check(&number_told).is_err() {
                        // A destination that no setting can hold is the server's alone.
                        continue;
                    }
                    let on = *active && !(number_told.is_empty() && number.is_empty());
                    if !number_told.is_empty() {
                        set(&format!("FORWARD_{name}_NUMBER"), number, &number_told);
                    }
                    set(&format!("FORWARD_{name}_ENABLE"), yes(is_on), yes(on));
                    if let Some(rings) = rings.filter(|rings| check_rings(*rings).is_ok()) {
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
        rings.map_or(Ok(()), check_rings)?;
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
            let carried_out = &self.slots[line].watch.carried_out;
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
        let id = slot.watch.topics.get(&Topic::Features).copied().filter(|_| slot.watch.synchronized);
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

/// Whether the settings allow that number of rings (guide rule 192).
fn check_rings(rings: u8) -> Result<(), Refusal> {
    let checked = setting("FORWARD_NO_ANSWER_RINGS", 0).family().check(&rings.to_string());
    checked.map(drop).map_err(|fault| Refusal::Value(fault.to_string()))
}

/// The number in what a server gives as destination: `sip:2002@example.com` or `tel:2002`.
fn plain_number(target: &str) -> String {
    let rest = ["sip:", "sips:", "tel:"].iter().find_map(|scheme| target.strip_prefix(scheme)).unwrap_or(target);
    rest.split(['@', ';']).next().unwrap_or_default().to_owned()
}
