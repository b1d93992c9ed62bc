//! Calls that come in, until they are answered, sent on or gone.

use std::time::Duration;

use offhook_sip::call::{self as sip, Invitation};

use super::Phone;
use super::call::{Call, Party, Progress};
use crate::command::CallId;
use crate::log::Kind;
use crate::number;
use crate::output::{Event, Output};
use crate::policy::{self, Arrival, Circumstances, Decision, Forward, Occupied, Rejection, Ring};

impl Phone {
    /// Somebody calls a line.
    pub(super) fn invited(&mut self, line: usize, invitation: &Invitation) {
        let party = Party {
            number: caller(invitation),
            name: invitation.caller.name.clone().filter(|_| !invitation.anonymous).unwrap_or_default(),
        };
        let forwarded_by: Vec<_> = invitation.diverted.iter().map(|diverted| diverted.party.user.clone()).collect();
        let arrival = Arrival {
            caller: party.number.as_deref(),
            anonymous: invitation.anonymous,
            forwarded_by: &forwarded_by,
            expected: invitation.replaces.is_some(),
            auto_answer: invitation.auto_answer,
        };
        let now = Circumstances {
            line: self.occupied(line),
            talking: self.is_occupied(),
            takes_every_call: self.every_call.is_some(),
            server_decides: self.slots[line].watch.decides(),
        };
        match policy::decide(&self.settings, line, &arrival, &now) {
            Decision::Reject { status, why } => self.turn_away(line, invitation.call, &party, status, why),
            Decision::Forward { number, why } => self.send_on(line, invitation.call, &party, &number, why),
            Decision::Ring(ring) => self.ring(line, invitation, party, ring),
        }
    }

    fn ring(&mut self, line: usize, invitation: &Invitation, party: Party, ring: Ring) {
        let now = self.now;
        let sip = invitation.call;
        let offer = invitation.offer.as_ref().map(|offer| offer.bytes.clone());
        let Some(mut voice) = self.take_voice(line) else {
            return self.turn_away(line, sip, &party, 486, Rejection::Busy);
        };
        // Whether there can be voice at all is said before it rings.
        let fault = offer.as_ref().and_then(|offer| voice.negotiator.clone().answer(offer, Default::default()).err());
        if let Some(fault) = fault {
            self.end_voice(&voice);
            self.slots[line].calls(now, |calls| calls.reject(sip, sip::Rejection::Status(fault.status())));
            return;
        }
        voice.offer = offer;
        let id = self.next_call();
        let group = self.group(line, invitation);
        let forward = ring.unanswered.map(|(after, number)| (now + after, number));
        let replaced = invitation.replaces.and_then(|replaced| self.find(line, replaced));
        let call = Call {
            group,
            forward,
            auto_answer: ring.auto_answer.map(|after| now + after),
            began: self.unix(),
            // A call that takes the place of another one is no new call to the person.
            log: replaced.is_none().then_some(Kind::Missed),
            ..Call::new(id, line, sip, Progress::Ringing, party, voice)
        };
        self.calls.insert(id, call);
        if ring.auto_answer == Some(Duration::ZERO) {
            let with_person = replaced.is_none() || replaced == self.desk.focus || self.every_call.is_some();
            // An answer that cannot be given has been refused already.
            let _ = match replaced.filter(|replaced| self.desk.conference.contains(replaced)) {
                Some(member) => self.answer_in_conference(id, member),
                None if with_person => self.answer(id),
                // The person is with somebody else: the call takes the held one's place and is held like it.
                None => self.answer_aside(id),
            };
            return;
        }
        self.slots[line].calls(now, |calls| calls.ring(now, sip, 180, None));
    }

    /// Nobody answers: the call goes on to another number.
    pub(super) fn unanswered(&mut self, id: CallId) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let Some((_, number)) = call.forward.take() else { return };
        call.forwarded = true;
        let (line, sip, party) = (call.line, call.sip, call.party.clone());
        self.send_on(line, sip, &party, &number, Forward::NoAnswer);
    }

    fn turn_away(&mut self, line: usize, sip: sip::CallId, party: &Party, status: u16, why: Rejection) {
        let now = self.now;
        self.slots[line].calls(now, |calls| calls.reject(sip, sip::Rejection::Status(status)));
        if matches!(why, Rejection::Busy | Rejection::DoNotDisturb) {
            self.log_unseen(line, party);
        }
        let number = party.number.as_deref().map(|number| self.records.codes.shown(number));
        self.output(Output::Event(Event::TurnedAway { line: line as u8 + 1, number, status, forwarded: None }));
    }

    fn send_on(&mut self, line: usize, sip: sip::CallId, party: &Party, number: &str, why: Forward) {
        let now = self.now;
        let target = self.target(line, number).unwrap_or_else(|_| number.to_owned());
        let why = match why {
            Forward::Always => sip::Forward::Always,
            Forward::Busy => sip::Forward::Busy,
            Forward::NoAnswer => sip::Forward::NoAnswer,
        };
        let sent = self.slots[line].calls(now, |calls| calls.redirect(sip, &target, why));
        if !matches!(sent, Some(Ok(()))) {
            return self.turn_away(line, sip, party, 480, Rejection::Busy);
        }
        let caller = party.number.as_deref().map(|number| self.records.codes.shown(number));
        let forwarded = Some(number.to_owned());
        self.output(Output::Event(Event::TurnedAway { line: line as u8 + 1, number: caller, status: 302, forwarded }));
    }

    /// What a line is doing.
    fn occupied(&self, line: usize) -> Occupied {
        if self.calls.len() >= super::MOST_CALLS {
            return Occupied::Full;
        }
        let dialling = self.desk.dialling.as_ref().is_some_and(|session| session.line == line && !session.is_on_hook());
        let calls = self.calls.values().filter(|call| call.line == line);
        let (all, ringing) = calls.fold((0, 0), |(all, ringing), call| (all + 1, ringing + usize::from(call.rings())));
        match (all + usize::from(dialling), ringing) {
            (0, _) => Occupied::Free,
            (1, _) | (_, 0) => Occupied::InUse,
            _ => Occupied::Full,
        }
    }

    /// Whether the person has a call, or is about to.
    fn is_occupied(&self) -> bool {
        self.desk.path.is_some() && (self.desk.focus.is_some() || self.desk.dialling.is_some())
            || self.calls.values().any(|call| !call.rings())
    }

    /// The group that a call was for, if its To or Request-URI names somebody else than the line.
    fn group(&self, line: usize, invitation: &Invitation) -> Option<String> {
        let own = self.own_number(line);
        let called = &invitation.called;
        if called.user.is_empty() || number::equal(&called.user, &own) {
            return None;
        }
        Some(called.name.clone().unwrap_or_else(|| called.user.clone()))
    }

    /// Number of a line, or the user part of its address.
    pub(super) fn own_number(&self, line: usize) -> String {
        let account = &self.settings.lines[line].account;
        match &account.sip_uri {
            Some(uri) => uri.user().to_owned(),
            None => account.phone_number.clone(),
        }
    }
}

/// The caller's number or user name; none if it hides.
fn caller(invitation: &Invitation) -> Option<String> {
    let user = &invitation.caller.user;
    (!invitation.anonymous && !user.is_empty()).then(|| user.clone())
}
