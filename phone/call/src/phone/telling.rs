//! What screens and programs are told: the states of now, and events where they differ from those told before.

use std::collections::BTreeMap;

use offhook_params::choices::IncomingDisplay;
use offhook_sip::registration::Status;

use super::Phone;
use super::call::{Call, Progress};
use crate::command::CallId;
use crate::output::{Event, Output};
use crate::policy::{Forward, destination};
use crate::state::{ButtonState, CallState, Dialling, Forwards, LineState, Registration, Stage, State};

/// What was told last.
#[derive(Debug, Default)]
pub(super) struct Told {
    calls: BTreeMap<CallId, CallState>,
    lines: Vec<LineState>,
    buttons: Vec<ButtonState>,
    dialling: Option<Dialling>,
}

impl Phone {
    /// All that is going on.
    pub fn state(&self) -> State {
        State {
            lines: (0..super::LINES).map(|line| self.line_state(line)).collect(),
            calls: self.calls.values().map(|call| self.call_state(call)).collect(),
            dialling: self.desk.dialling.as_ref().map(|session| session.state()),
            path: self.desk.path,
            muted: self.desk.muted,
            device_lost: self.desk.device_lost,
            pace: self.desk.pace,
            missed: self.records.logs.unseen(),
            buttons: self.button_states(),
        }
    }

    /// Puts out events for all that is other than before.
    pub(super) fn tell(&mut self) {
        let mut now = self.state();
        now.calls.iter_mut().for_each(|call| call.voice = None);
        let told = &mut self.told;
        let mut events = Vec::new();
        let news = |line: &&LineState| told.lines.get(usize::from(line.line) - 1) != Some(*line);
        events.extend(now.lines.iter().filter(news).cloned().map(Event::Line));
        if told.dialling != now.dialling {
            events.push(Event::Dialling { dialling: now.dialling.clone() });
        }
        events.extend(
            now.calls.iter().filter(|call| told.calls.get(&call.call) != Some(*call)).cloned().map(Event::Call),
        );
        let pressed = |button: &&ButtonState| told.buttons.get(usize::from(button.button) - 1) != Some(*button);
        events.extend(now.buttons.iter().filter(pressed).cloned().map(Event::Button));
        *told = Told {
            calls: now.calls.into_iter().map(|call| (call.call, call)).collect(),
            lines: now.lines,
            buttons: now.buttons,
            dialling: now.dialling,
        };
        self.outputs.extend(events.into_iter().map(Output::Event));
    }

    fn line_state(&self, line: usize) -> LineState {
        let (slot, own) = (&self.slots[line], &self.settings.lines[line]);
        let forward = |why| destination(own, why).map(str::to_owned);
        LineState {
            line: line as u8 + 1,
            number: self.own_number(line),
            registration: match slot.line.as_ref().map(|line| line.status()) {
                None | Some(Status::Off) => Registration::Off,
                Some(Status::Registering) => Registration::Registering,
                Some(Status::Registered) => Registration::Registered,
                Some(Status::Refused) => Registration::Refused,
            },
            server: slot.server.clone(),
            problem: slot.problem.clone(),
            messages: slot.messages,
            do_not_disturb: own.call_features.do_not_disturb,
            forwards: Forwards {
                always: forward(Forward::Always),
                busy: forward(Forward::Busy),
                no_answer: forward(Forward::NoAnswer),
            },
        }
    }

    fn call_state(&self, call: &Call) -> CallState {
        let (name, group) = self.shown(call);
        let agreed = call.voice.negotiator.agreed();
        CallState {
            call: call.id,
            line: call.line as u8 + 1,
            incoming: call.incoming,
            stage: match call.progress {
                Progress::Calling => Stage::Calling,
                Progress::RingingThere => Stage::RingingThere,
                Progress::Ringing if self.desk.focus.is_some() => Stage::Waiting,
                Progress::Ringing => Stage::Ringing,
                Progress::Up if call.held => Stage::Held,
                Progress::Up => Stage::Talking,
            },
            number: call.party.number.as_deref().map(|number| match call.incoming {
                true => self.records.codes.shown(number),
                false => number.to_owned(),
            }),
            name,
            group,
            active: self.desk.focus == Some(call.id),
            conference: self.desk.conference.contains(&call.id),
            held_there: call.held_there,
            recall: call.recall,
            transfer: call.transfer,
            since: call.answered.and_then(|at| self.unix_at(at)),
            codec: agreed.map(|agreed| agreed.codec.name().to_owned()),
            encrypted: agreed.is_some_and(|agreed| agreed.keys.is_some()),
            voice: call.voice.figures,
        }
    }

    /// Name of the caller and of the group that was called, as the settings want them shown.
    fn shown(&self, call: &Call) -> (String, Option<String>) {
        let (name, group) = (self.name_of(&call.party), call.group.clone());
        match self.settings.call_control.incoming_display {
            IncomingDisplay::CallerOnly => (name, None),
            IncomingDisplay::CallerFirst if name.is_empty() => (name, group),
            IncomingDisplay::CallerFirst => (name, None),
            IncomingDisplay::GroupFirst if group.is_some() => (String::new(), group),
            IncomingDisplay::GroupFirst => (name, None),
            IncomingDisplay::GroupOnly => (String::new(), group),
        }
    }
}
