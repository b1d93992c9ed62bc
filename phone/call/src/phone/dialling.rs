//! Dialling: a number is typed key by key, off hook or on hook, and called by the line's dial plan.

use std::sync::Arc;
use std::time::Duration;

use offhook_dialplan::{Decision, Dialer, Digit, Output as Dialled, Policy, Timing};
use offhook_media::tone::Signal;
use offhook_params::Settings;

use super::Phone;
use crate::command::{CallId, Path, Refusal, Reply};
use crate::output::{Event, Output};
use crate::{number, state};

/// A number that is being dialled.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) line: usize,
    pub(super) keys: Keys,
    /// For the transfer of that call, or a conference with it.
    pub(super) consults_for: Option<CallId>,
}

#[derive(Debug)]
pub(super) enum Keys {
    /// On hook: nothing happens before the person picks up or presses the dial key.
    Typed(String),
    /// Off hook, with the timers running.
    Dialled(Dialer),
}

impl Session {
    pub(super) fn digits(&self) -> &str {
        match &self.keys {
            Keys::Typed(digits) => digits,
            Keys::Dialled(dialer) => dialer.dialled(),
        }
    }

    pub(super) fn is_on_hook(&self) -> bool {
        matches!(self.keys, Keys::Typed(_))
    }

    pub(super) fn next_timeout(&self) -> Option<Duration> {
        match &self.keys {
            Keys::Typed(_) => None,
            Keys::Dialled(dialer) => dialer.next_timeout(),
        }
    }

    pub(super) fn state(&self) -> state::Dialling {
        state::Dialling {
            line: self.line as u8 + 1,
            digits: self.digits().to_owned(),
            on_hook: self.is_on_hook(),
            consults_for: self.consults_for,
        }
    }
}

/// The settings of dialling on a line.
fn timing(settings: &Settings, line: usize) -> Timing {
    let control = &settings.call_control;
    Timing {
        first_digit: control.first_digit_timeout,
        inter_digit: control.inter_digit_timeout,
        macro_digit: control.dial_plan_timer,
        pound_ends: settings.display.pound_key_dials,
        filter: settings.lines[line].calling.dial_plan_filter,
    }
}

impl Phone {
    /// Gives a dial tone on a line.
    pub(super) fn dial_tone(&mut self, line: usize, consults_for: Option<CallId>) {
        let dialer = Dialer::new(Arc::clone(&self.slots[line].plan), timing(&self.settings, line), self.now);
        self.seize(line);
        self.desk.after = None;
        self.desk.dialling = Some(Session { line, keys: Keys::Dialled(dialer), consults_for });
    }

    /// Picks up: answers what rings, calls what was typed, or gives a dial tone.
    pub(super) fn off_hook(&mut self, path: Option<Path>, line: Option<u8>) -> Result<Reply, Refusal> {
        let was = self.desk.path;
        self.desk.path = Some(path.unwrap_or_else(|| was.unwrap_or(self.usual_path())));
        if self.desk.focus.is_some() {
            return Ok(Reply::Done);
        }
        if let Some(call) = self.ringing(None) {
            return self.answer(call).map(|()| Reply::Call(call));
        }
        if let Some(session) = self.desk.dialling.take_if(|session| session.is_on_hook()) {
            let result = self.call_number(session.line, session.digits(), None, session.consults_for);
            if result.is_err() {
                self.not_dialled(Signal::Failure, session.digits().to_owned());
            }
            return result.map(Reply::Call);
        }
        if self.desk.dialling.is_none() {
            let line = match self.usable(line) {
                Ok(line) => line,
                Err(refusal) => {
                    self.desk.path = was;
                    return Err(refusal);
                }
            };
            self.dial_tone(line, None);
        }
        Ok(Reply::Done)
    }

    /// A key goes to the number that is dialled, to the other side, or begins a number on hook.
    pub(super) fn key(&mut self, key: char) -> Result<Reply, Refusal> {
        let Some(digit) = Digit::new(key) else { return Err(Refusal::Key(key)) };
        if self.desk.dialling.is_none()
            && let Some(call) = self.desk.focus
        {
            self.send_digits(call, &key.to_string())?;
            self.key_tone(key);
            return Ok(Reply::Done);
        }
        if self.desk.dialling.is_none() {
            let line = self.usable(None)?;
            self.desk.dialling = Some(Session { line, keys: Keys::Typed(String::new()), consults_for: None });
        }
        self.key_tone(key);
        let now = self.now;
        let session = self.desk.dialling.as_mut().expect("it was begun above");
        let output = match &mut session.keys {
            Keys::Typed(digits) if digits.len() < offhook_dialplan::MAX_DIGITS => {
                digits.push(key);
                None
            }
            Keys::Typed(_) => None,
            Keys::Dialled(dialer) => dialer.key(now, digit),
        };
        match output {
            Some(output) => self.dialled(output),
            None => Ok(Reply::Done),
        }
    }

    /// The dial key.
    pub(super) fn end_dialling(&mut self) -> Result<Reply, Refusal> {
        let now = self.now;
        match self.desk.dialling.as_mut().map(|session| &mut session.keys) {
            None => self.off_hook(None, None),
            Some(Keys::Typed(_)) => self.off_hook(None, None),
            Some(Keys::Dialled(dialer)) => match dialer.end(now) {
                Some(output) => self.dialled(output),
                None => Ok(Reply::Done),
            },
        }
    }

    /// A dialling timer may have run out.
    pub(super) fn dialling_timeout(&mut self) {
        let now = self.now;
        if let Some(Session { keys: Keys::Dialled(dialer), .. }) = &mut self.desk.dialling
            && let Some(output) = dialer.timeout(now)
        {
            // Nobody waits for a reply; the tone tells the person.
            let _ = self.dialled(output);
        }
    }

    fn dialled(&mut self, output: Dialled) -> Result<Reply, Refusal> {
        let Some(session) = self.desk.dialling.take() else { return Ok(Reply::Done) };
        let digits = session.digits().to_owned();
        let result = match output {
            Dialled::Dial { number, .. } => {
                self.place_call(session.line, &number, &digits, None, session.consults_for).map(Reply::Call)
            }
            Dialled::Refuse(reason) => Err(Refusal::DialPlan(reason)),
            _ => {
                self.not_dialled(Signal::Busy, digits);
                return Ok(Reply::Done);
            }
        };
        if result.is_err() {
            self.not_dialled(Signal::Failure, digits);
        }
        result
    }

    /// A tone tells the person that nothing comes of what was dialled.
    fn not_dialled(&mut self, signal: Signal, digits: String) {
        self.after_tone(signal);
        self.output(Output::Event(Event::NotDialled { digits }));
    }

    /// Calls a number by the dial plan of a line, or a SIP address as it is.
    pub(super) fn call_number(
        &mut self,
        line: usize,
        text: &str,
        hide: Option<bool>,
        consults_for: Option<CallId>,
    ) -> Result<CallId, Refusal> {
        let target = self.target(line, text)?;
        let typed = text.trim();
        let digits = number::digits(typed);
        let typed = if digits.is_empty() { typed.to_owned() } else { digits };
        self.place_call(line, &target, &typed, hide, consults_for)
    }

    /// What is called for a number that somebody gave as a whole: it ends with its last digit (guide rules 218-220).
    pub(super) fn target(&self, line: usize, text: &str) -> Result<String, Refusal> {
        let text = text.trim();
        let digits = number::digits(text);
        if digits.is_empty() {
            let letters = !text.is_empty() && !text.contains([' ', '<', '>', '"']) && !text.contains(char::is_control);
            return if letters { Ok(text.to_owned()) } else { Err(Refusal::Number(text.to_owned())) };
        }
        let filter = self.settings.lines[line].calling.dial_plan_filter;
        match self.slots[line].plan.decide(&digits, Policy { filter }) {
            Decision::Dial { number, .. } => Ok(number),
            Decision::Refuse(reason) => Err(Refusal::DialPlan(reason)),
        }
    }

    /// The line that was asked for, or the default line, or else the first one in service.
    pub(super) fn usable(&self, line: Option<u8>) -> Result<usize, Refusal> {
        let in_service = |line: u8| {
            let line = usize::from(line.checked_sub(1)?);
            self.slots.get(line).filter(|slot| slot.is_in_service()).map(|_| line)
        };
        match line {
            Some(line) => in_service(line).ok_or(Refusal::Line(line)),
            None => {
                let default = self.settings.call_control.default_line;
                let any = std::iter::once(default).chain(1..=6).find_map(in_service);
                any.ok_or(Refusal::Line(default))
            }
        }
    }
}
