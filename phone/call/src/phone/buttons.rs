//! The flexible buttons: what their lights tell, and what pressing them does.

use offhook_params::lookup;
use offhook_params::settings::Button;
use offhook_sip::event::appearance::State as Place;
use offhook_sip::event::lamps::Light as Lamp;
use offhook_sip::registration::Status;

use super::Phone;
use super::dialling::Keys;
use crate::button::Function;
use crate::command::{Path, Refusal, Reply};
use crate::output::Output;
use crate::state::{ButtonState, Light};

impl Phone {
    /// Presses a button, 1 to 24.
    pub(super) fn press(&mut self, button: u8) -> Result<Reply, Refusal> {
        let at = usize::from(button).checked_sub(1).and_then(|at| self.functions.get(at));
        match at.ok_or(Refusal::Button(button))?.clone() {
            Function::Unused => Err(Refusal::Forbidden),
            Function::Line { line, .. } => self.press_line(line),
            Function::Headset => self.press_headset(),
            Function::Lamp { number } => self.press_lamp(&number),
            Function::OneTouch { number } => self.call_or_enter(&number),
        }
    }

    /// A line's button takes its call: one that rings, else one that is held, here or at another phone of a shared line.
    /// Without any it gives a dial tone. The call at
    /// hand on another line is held or ended first, as is set.
    fn press_line(&mut self, number: u8) -> Result<Reply, Refusal> {
        let line = self.usable(Some(number))?;
        let here = |call: &&super::Call| call.line == line;
        let focus = self.desk.focus.and_then(|id| self.call(id));
        let rings = self.calls.values().filter(here).find(|call| call.rings()).map(|call| call.id);
        let held = self.calls.values().filter(here).filter(|call| call.held && call.is_up());
        let held = held.max_by_key(|call| call.held_since).map(|call| call.id);
        if focus.is_some_and(|call| call.line == line) && rings.is_none() {
            return Ok(Reply::Done);
        }
        if let Some(call) = self.desk.focus.filter(|_| !self.settings.call_control.auto_hold) {
            self.drop_call(call);
        }
        if let Some(call) = rings {
            return self.answer(call).map(|()| Reply::Call(call));
        }
        if let Some(call) = held {
            return self.resume(call).map(|()| Reply::Call(call));
        }
        if self.retrieve(line)? {
            return Ok(self.desk.focus.map_or(Reply::Done, Reply::Call));
        }
        self.step_aside();
        self.desk.path = Some(self.desk.path.unwrap_or(self.usual_path()));
        self.dial_tone(line, None);
        Ok(Reply::Done)
    }

    /// The headset's button: talking goes to the headset and back, and later calls use it, or no longer.
    fn press_headset(&mut self) -> Result<Reply, Refusal> {
        let on = !self.settings.sounds.headset_mode;
        if self.desk.path.is_some_and(|path| path != Path::Handset) {
            self.desk.path = Some(if on { Path::Headset } else { Path::HandsFree });
        }
        let setting = lookup("HEADSET_MODE").expect("a setting of the spec").id;
        self.output(Output::Set(vec![(setting, if on { "Y" } else { "N" }.to_owned())]));
        Ok(Reply::Done)
    }

    /// A busy lamp picks up what rings there, if there is a feature number for that. During a call it asks there, so that
    /// hanging up transfers. Otherwise it calls.
    fn press_lamp(&mut self, number: &str) -> Result<Reply, Refusal> {
        if self.lamp(number) == Lamp::Ringing
            && let Some(pickup) = self.records.codes.pickup(number)
        {
            let line = self.usable(None)?;
            return self.call_number(line, &pickup, None, None).map(Reply::Call);
        }
        let focus = self.desk.focus.filter(|call| self.call(*call).is_some_and(|call| call.is_up()));
        match focus {
            Some(call) if self.desk.conference.is_empty() => {
                let line = self.call(call).map_or(0, |call| call.line);
                // A number that cannot be called leaves the call at hand alone.
                self.target(line, number)?;
                self.put_on_hold(call);
                self.call_number(line, number, None, Some(call)).map(Reply::Call)
            }
            _ => self.call_or_enter(number),
        }
    }

    /// Calls a number, or enters it where a dial tone asks for one.
    fn call_or_enter(&mut self, number: &str) -> Result<Reply, Refusal> {
        let session = self.desk.dialling.as_ref();
        let (line, consults_for) = match session {
            Some(session) if !matches!(session.keys, Keys::Typed(_)) => (session.line, session.consults_for),
            _ => (self.usable(None)?, None),
        };
        self.call_number(line, number, None, consults_for).map(Reply::Call)
    }

    /// What all buttons show.
    pub(super) fn button_states(&self) -> Vec<ButtonState> {
        let state = |(button, (own, function)): (u8, (&Button, &Function))| {
            let (label, light) = (own.flexible_buttons.button_label.clone(), self.light(function));
            ButtonState { button, label, function: function.clone(), light }
        };
        (1..).zip(self.settings.buttons.iter().zip(&self.functions)).map(state).collect()
    }

    fn light(&self, function: &Function) -> Light {
        match function {
            Function::Unused | Function::OneTouch { .. } => Light::Off,
            Function::Headset => {
                if self.settings.sounds.headset_mode {
                    Light::On
                } else {
                    Light::Off
                }
            }
            Function::Line { line, .. } => self.line_light(usize::from(*line) - 1),
            Function::Lamp { number } => match self.lamp(number) {
                Lamp::Unknown => Light::Off,
                Lamp::Idle => Light::Free,
                Lamp::Ringing => Light::Ringing,
                Lamp::Calling | Lamp::Busy => Light::InUse,
                Lamp::Held => Light::Held,
            },
        }
    }

    fn line_light(&self, line: usize) -> Light {
        let slot = &self.slots[line];
        let calls = || self.calls.values().filter(|call| call.line == line);
        let dialling = self.desk.dialling.as_ref().is_some_and(|session| session.line == line && !session.is_on_hook());
        let elsewhere = |states: &[Place]| slot.watch.places.values().any(|place| states.contains(place));
        if calls().any(|call| call.rings()) {
            Light::Ringing
        } else if dialling || calls().any(|call| !call.held) {
            Light::InUse
        } else if calls().next().is_some() || elsewhere(&[Place::Held, Place::BridgeHeld]) {
            Light::Held
        } else if elsewhere(&[
            Place::Active,
            Place::BridgeActive,
            Place::Progressing,
            Place::Seized,
            Place::HeldPrivate,
        ]) {
            Light::Elsewhere
        } else if slot.line.as_ref().is_some_and(|line| line.status() == Status::Registered) {
            Light::Free
        } else {
            Light::OutOfService
        }
    }
}
