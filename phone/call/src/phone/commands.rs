//! Carrying out commands.

use std::time::Duration;

use offhook_media::engine;
use offhook_params::lookup;
use offhook_sip::call::{self as sip, Rejection};

use super::Phone;
use crate::command::{CallId, Command, Listed, Refusal, Reply};
use crate::log::Kind;
use crate::output::{Event, Output};

impl Phone {
    /// Carries out a command.
    ///
    /// # Errors
    /// Why it was not carried out. Nothing has changed then.
    pub fn command(&mut self, now: Duration, command: Command) -> Result<Reply, Refusal> {
        self.enter(now);
        let reply = self.obey(command);
        self.leave();
        reply
    }

    fn obey(&mut self, command: Command) -> Result<Reply, Refusal> {
        let done = |()| Reply::Done;
        match command {
            Command::Call { number, line, hide } => {
                let line = self.usable(line)?;
                self.call_number(line, &number, hide, self.consultation()).map(Reply::Call)
            }
            Command::CallEntry { entry } => self.call_entry(entry).map(Reply::Call),
            Command::CallContact { contact, number, line } => {
                let line = self.usable(line)?;
                let known = self.contacts().get(contact).ok_or(crate::contacts::Refusal::Unknown(contact))?;
                let number = known.numbers.get(number).ok_or(Refusal::NoNumber)?.number.clone();
                self.call_number(line, &number, None, self.consultation()).map(Reply::Call)
            }
            Command::CallVoiceMail { line } => {
                let line = self.usable(line)?;
                let number = self.settings.lines[line].calling.voice_mail_number.clone();
                if number.is_empty() {
                    return Err(Refusal::NoNumber);
                }
                self.call_number(line, &number, None, None).map(Reply::Call)
            }
            Command::Redial => self.redial(),
            Command::OffHook { path, line } => self.off_hook(path, line),
            Command::OnHook => {
                self.on_hook();
                Ok(Reply::Done)
            }
            Command::Key { key } => self.key(key),
            Command::Dial => self.end_dialling(),
            Command::Answer { call } => {
                let call = self.ringing(call).ok_or(Refusal::NoCall)?;
                self.answer(call).map(|()| Reply::Call(call))
            }
            Command::Reject { call } => self.reject(call).map(done),
            Command::Deflect { call, number } => self.deflect(call, &number).map(done),
            Command::HangUp { call } => self.hang_up_meant(call).map(done),
            Command::Hold { call } => self.meant(call).and_then(|call| self.hold(call)).map(done),
            Command::Resume { call } => {
                let call = call.or_else(|| self.held()).ok_or(Refusal::NoCall)?;
                self.resume(call).map(|()| Reply::Call(call))
            }
            Command::Transfer { call, number: Some(number), to: None } => {
                self.meant(call).and_then(|call| self.transfer_blindly(call, &number)).map(done)
            }
            Command::Transfer { call, number: None, to: Some(to) } => {
                self.meant(call).and_then(|call| self.transfer_to(call, to)).map(done)
            }
            Command::Transfer { call, number: None, to: None } => self.transfer_key(call).map(done),
            Command::Transfer { .. } => Err(Refusal::State),
            Command::Conference { with } => self.confer(with).map(Reply::Call),
            Command::Split => self.split().map(done),
            Command::Dtmf { call, digits } => {
                self.meant(call).and_then(|call| self.send_digits(call, &digits)).map(done)
            }
            Command::Flash => self.flash().map(done),
            Command::PickUp { number } => {
                let pickup = self.records.codes.pickup(&number).ok_or(Refusal::Forbidden)?;
                let line = self.usable(None)?;
                self.call_number(line, &pickup, None, None).map(Reply::Call)
            }
            Command::Press { button } => {
                let reply = self.press(button)?;
                // The buttons are on the display; the engine knows whether taps are to be heard.
                self.output(Output::Media(engine::Command::Tap));
                Ok(reply)
            }
            Command::Mute { on } => {
                self.desk.path.ok_or(Refusal::NoCall)?;
                self.desk.muted = on;
                Ok(Reply::Done)
            }
            Command::Path { path } => {
                self.desk.path.ok_or(Refusal::NoCall)?;
                self.desk.path = Some(path);
                Ok(Reply::Done)
            }
            Command::DoNotDisturb { line, on } => self.do_not_disturb(line, on).map(done),
            Command::Forward { line, when, on, number, rings } => {
                self.forward(line, when, on, number.as_deref(), rings).map(done)
            }
            Command::RingingOff { on } if on && !self.settings.call_control.ringing_off_allowed => {
                Err(Refusal::Forbidden)
            }
            Command::RingingOff { on } => Ok(self.switch("RINGING_OFF", on)),
            Command::AutoAnswer { on } => Ok(self.switch("AUTO_ANSWER", on)),
            Command::Status => Ok(Reply::Status(Box::new(self.state()))),
            command => self.obey_records(command),
        }
    }

    /// Commands about logs and contacts.
    fn obey_records(&mut self, command: Command) -> Result<Reply, Refusal> {
        match command {
            Command::Log { kind } => return Ok(Reply::Log(self.logs().entries(kind).cloned().collect())),
            Command::SeeMissed => {
                if let Some(change) = self.records.logs.see() {
                    self.keep_log(&change, Kind::Missed);
                }
            }
            Command::RemoveEntry { entry } => {
                let kind = self.logs().get(entry).ok_or(Refusal::Entry(entry))?.kind;
                if let Some(change) = self.records.logs.remove(entry) {
                    self.keep_log(&change, kind);
                }
            }
            Command::ClearLog { kind } => {
                let change = self.records.logs.clear(kind);
                self.keep_log(&change, kind);
            }
            Command::Contacts { search } => {
                let found = self.contacts().search(&search).into_iter();
                let listed = found.map(|(id, contact)| Listed { id, contact: contact.clone() }).collect();
                return Ok(Reply::Contacts(listed));
            }
            Command::AddContact { contact } => {
                let (id, change) = self.records.contacts.add(contact)?;
                self.keep_contacts(&[change]);
                return Ok(Reply::Contact(id));
            }
            Command::ChangeContact { id, contact } => {
                let change = self.records.contacts.replace(id, contact)?;
                self.keep_contacts(&[change]);
            }
            Command::RemoveContact { id } => {
                let change = self.records.contacts.remove(id)?;
                self.keep_contacts(&[change]);
            }
            Command::ImportContacts { cards } => {
                let (imported, changes) = self.records.contacts.import(&cards);
                self.keep_contacts(&changes);
                let skipped = imported.skipped.into_iter().map(|(line, why)| (line, why.to_string())).collect();
                return Ok(Reply::Imported { added: imported.added, known: imported.known, skipped });
            }
            Command::ExportContacts => return Ok(Reply::Cards(self.contacts().export())),
            _ => return Err(Refusal::State),
        }
        Ok(Reply::Done)
    }

    /// The call that a number is asked for, by the dial tone that the person hears.
    fn consultation(&self) -> Option<CallId> {
        self.desk.dialling.as_ref()?.consults_for
    }

    fn call_entry(&mut self, entry: u64) -> Result<CallId, Refusal> {
        let entry = self.logs().get(entry).ok_or(Refusal::Entry(entry))?;
        let number = entry.number.clone().ok_or(Refusal::NoNumber)?;
        let number = match entry.kind {
            Kind::Dialled => number,
            Kind::Missed | Kind::Received => self.records.codes.dialled_from_log(&number),
        };
        // The line that the call was on, while it is in service.
        let line = self.usable(Some(entry.line)).or_else(|_| self.usable(None))?;
        self.call_number(line, &number, None, self.consultation())
    }

    fn redial(&mut self) -> Result<Reply, Refusal> {
        if self.desk.path.is_none() && self.settings.call_control.redial_shows_log {
            self.output(Output::Event(Event::ShowLog { kind: Kind::Dialled }));
            return Ok(Reply::Done);
        }
        let (line, number) = self.records.last.clone().ok_or(Refusal::NoNumber)?;
        let line = self.usable(Some(line as u8 + 1)).or_else(|_| self.usable(None))?;
        self.call_number(line, &number, None, self.consultation()).map(Reply::Call)
    }

    fn reject(&mut self, call: Option<CallId>) -> Result<(), Refusal> {
        let id = self.ringing(call).ok_or(Refusal::NoCall)?;
        let now = self.now;
        let call = self.calls.get_mut(&id).ok_or(Refusal::Call(id))?;
        if !call.rings() {
            return Err(Refusal::State);
        }
        call.log = call.log.map(|_| Kind::Received);
        let (line, sip) = (call.line, call.sip);
        let status = self.settings.call_features.rejection_response;
        self.slots[line].calls(now, |calls| calls.reject(sip, Rejection::Status(status)));
        Ok(())
    }

    fn deflect(&mut self, call: Option<CallId>, number: &str) -> Result<(), Refusal> {
        let id = self.ringing(call).ok_or(Refusal::NoCall)?;
        let now = self.now;
        let call = self.call(id).filter(|call| call.rings()).ok_or(Refusal::State)?;
        let (line, sip) = (call.line, call.sip);
        let target = self.target(line, number)?;
        let sent = self.slots[line].calls(now, |calls| calls.redirect(sip, &target, sip::Forward::Deflection));
        if !matches!(sent, Some(Ok(()))) {
            return Err(Refusal::Number(number.to_owned()));
        }
        if let Some(call) = self.calls.get_mut(&id) {
            call.forwarded = true;
            call.log = call.log.map(|_| Kind::Received);
        }
        Ok(())
    }

    /// Ends a call, or what else the person is at.
    fn hang_up_meant(&mut self, call: Option<CallId>) -> Result<(), Refusal> {
        if call.is_none() && (self.desk.dialling.is_some() || self.desk.after.is_some()) {
            self.desk.dialling = None;
            self.desk.after = None;
            return Ok(());
        }
        if call.is_none() && !self.desk.conference.is_empty() {
            let calls: Vec<_> = self.desk.conference.iter().copied().collect();
            calls.into_iter().for_each(|call| self.drop_call(call));
            return Ok(());
        }
        let call = self.meant(call)?;
        self.hang_up(call)
    }

    /// The transfer key: asks for a number, or brings those together whom it was pressed for.
    fn transfer_key(&mut self, call: Option<CallId>) -> Result<(), Refusal> {
        let id = self.meant(call)?;
        let consults_for = self.call(id).and_then(|call| call.consults_for);
        match consults_for {
            Some(held) if self.call(id).is_some_and(|call| call.is_up()) => self.transfer_to(held, id),
            Some(_) => {
                self.complete_transfer(id);
                Ok(())
            }
            None => self.consult(id),
        }
    }

    /// The flash key (guide rule 269): a new dial tone in place of the call, or a sign to the phone system.
    fn flash(&mut self) -> Result<(), Refusal> {
        let id = self.desk.focus.ok_or(Refusal::NoCall)?;
        let call = self.call(id).ok_or(Refusal::Call(id))?;
        let (line, sip, is_up, now) = (call.line, call.sip, call.is_up(), self.now);
        if self.settings.call_control.flash_terminates {
            self.drop_call(id);
            self.desk.focus = None;
            self.dial_tone(line, None);
            return Ok(());
        }
        if !is_up {
            return Err(Refusal::State);
        }
        match self.slots[line].calls(now, |calls| calls.send_flash(now, sip)) {
            Some(Ok(())) => Ok(()),
            _ => Err(Refusal::State),
        }
    }

    fn switch(&mut self, name: &str, on: bool) -> Reply {
        let id = lookup(name).expect("a setting of the spec").id;
        self.keep(vec![(id, if on { "Y" } else { "N" }.to_owned())]);
        Reply::Done
    }
}
