//! Bringing parties together: transfers, and conferences on the unit or on a server.

use offhook_sip::call::{CallFault, CallId as SipCall, Transfer};

use super::Phone;
use super::call::{Progress, Then};
use crate::command::{CallId, Refusal};

impl Phone {
    /// Holds a call and asks for a number to consult.
    pub(super) fn consult(&mut self, id: CallId) -> Result<(), Refusal> {
        let call = self.call(id).ok_or(Refusal::Call(id))?;
        if !call.is_up() || call.transfer {
            return Err(Refusal::State);
        }
        let line = call.line;
        self.put_on_hold(id);
        self.desk.path = Some(self.desk.path.unwrap_or(self.usual_path()));
        self.dial_tone(line, Some(id));
        Ok(())
    }

    /// Transfers a call to a number without asking there.
    pub(super) fn transfer_blindly(&mut self, id: CallId, number: &str) -> Result<(), Refusal> {
        let call = self.call(id).ok_or(Refusal::Call(id))?;
        if !call.is_up() || call.transfer {
            return Err(Refusal::State);
        }
        let target = self.target(call.line, number)?;
        self.refer(id, Then::Refer(target));
        Ok(())
    }

    /// Brings the parties of two calls of one line together, and leaves both.
    pub(super) fn transfer_to(&mut self, id: CallId, other: CallId) -> Result<(), Refusal> {
        let (call, consulted) =
            (self.call(id).ok_or(Refusal::Call(id))?, self.call(other).ok_or(Refusal::Call(other))?);
        let ready = call.is_up() && consulted.is_up() && !call.transfer && id != other && call.line == consulted.line;
        if !ready {
            return Err(Refusal::State);
        }
        self.refer(id, Then::ReferTo(other));
        Ok(())
    }

    fn refer(&mut self, id: CallId, then: Then) {
        let taken_over = match then {
            Then::Refer(_) => None,
            Then::ReferTo(other) => Some(other),
        };
        for other in self.calls.values_mut().filter(|other| Some(other.id) != taken_over) {
            other.consults_for.take_if(|of| *of == id);
        }
        if let Some(call) = self.calls.get_mut(&id) {
            call.transfer = true;
            call.then = Some(then);
        }
        self.put_on_hold(id);
    }

    /// Whether hanging up while the person is with this call completes a transfer (guide rule 195).
    pub(super) fn completes_transfer(&self, id: CallId) -> bool {
        let allowed = self.settings.call_control.on_hook_transfer && !self.settings.unit.accessibility_mode;
        let ready = |call: &super::Call| {
            call.consults_for.is_some() && matches!(call.progress, Progress::Up | Progress::RingingThere)
        };
        allowed && self.call(id).is_some_and(ready)
    }

    /// The person has put the handset down while asking: the held call goes to whom was asked.
    pub(super) fn complete_transfer(&mut self, consultation: CallId) {
        let Some(call) = self.call(consultation) else { return };
        let (Some(held), is_up, number) = (call.consults_for, call.is_up(), call.party.number.clone()) else { return };
        let done = match is_up {
            true => self.transfer_to(held, consultation),
            false => {
                self.drop_call(consultation);
                self.transfer_blindly(held, &number.unwrap_or_default())
            }
        };
        match done {
            Ok(()) => self.desk.focus = None,
            Err(_) => {
                self.drop_call(consultation);
                self.transfer_failed(held);
            }
        }
    }

    /// How a transfer, or an invitation to a conference, goes.
    pub(super) fn transferring(&mut self, id: CallId, progress: Transfer) {
        match progress {
            Transfer::Done | Transfer::Failed(_) if self.call(id).is_some_and(|call| call.joining) => {
                if let Some(call) = self.calls.get_mut(&id) {
                    call.joining = false;
                }
                self.invite_to_conference(id);
            }
            Transfer::Failed(_) => self.transfer_failed(id),
            _ => {}
        }
    }

    /// The call is still here, on hold; if nobody is with any other, it asks for attention.
    pub(super) fn transfer_failed(&mut self, id: CallId) {
        let idle = self.desk.focus.is_none();
        let mut consulted = None;
        for call in self.calls.values_mut() {
            if call.id == id {
                call.transfer = false;
                call.recall |= idle && call.held;
            } else if call.consults_for == Some(id) && call.is_up() && idle {
                consulted = Some(call.id);
            }
        }
        if let Some(consulted) = consulted {
            self.put_on_hold(consulted);
        }
    }

    /// Lets the parties of the call at hand and of another one hear each other.
    pub(super) fn confer(&mut self, with: Option<CallId>) -> Result<CallId, Refusal> {
        let first = self.desk.focus.ok_or(Refusal::NoCall)?;
        let second = with.or_else(|| self.held()).ok_or(Refusal::NoCall)?;
        let up = |id: CallId| self.call(id).is_some_and(|call| call.is_up());
        if first == second || !up(first) || !up(second) || !self.desk.conference.is_empty() {
            return Err(Refusal::State);
        }
        if let Some(uri) = self.settings.call_control.conference_server_uri.clone() {
            let line = self.call(first).map_or(0, |call| call.line);
            let conference = self.place_call(line, &uri.0, uri.user(), None, None)?;
            let joins = [second, first].into_iter().filter(|id| self.call(*id).is_some_and(|call| call.line == line));
            let joins = joins.collect();
            if let Some(call) = self.calls.get_mut(&conference) {
                call.joins = joins;
                call.log = None;
            }
            return Ok(conference);
        }
        // Hanging up ends a conference, also one that a consultation has become.
        for id in [first, second] {
            self.calls.get_mut(&id).into_iter().for_each(|call| call.consults_for = None);
        }
        self.desk.conference = [first, second].into();
        self.take_back(second);
        Ok(first)
    }

    /// Ends a conference on the unit; its calls are held.
    pub(super) fn split(&mut self) -> Result<(), Refusal> {
        let calls = std::mem::take(&mut self.desk.conference);
        if calls.is_empty() {
            return Err(Refusal::NoCall);
        }
        calls.into_iter().for_each(|call| self.put_on_hold(call));
        Ok(())
    }

    /// Brings the next party into a conference on the server.
    pub(super) fn invite_to_conference(&mut self, id: CallId) {
        let now = self.now;
        while let Some(call) = self.calls.get_mut(&id).filter(|call| !call.joining && !call.joins.is_empty()) {
            let next = call.joins.remove(0);
            let (line, conference) = (call.line, call.sip);
            let Some(joining) = self.call(next).map(|next| next.sip) else { continue };
            let sent = self.slots[line].calls(now, |calls| calls.join(now, conference, joining));
            if let (Some(Ok(())), Some(call)) = (sent, self.calls.get_mut(&id)) {
                call.joining = true;
            }
        }
    }

    /// The other party wants us to call somebody else in its place.
    pub(super) fn asked_to_transfer(&mut self, id: CallId, target: &str) {
        let now = self.now;
        let Some(call) = self.call(id) else { return };
        let (line, sip, focused) = (call.line, call.sip, self.desk.focus == Some(id));
        let number = target.to_owned();
        match self.take_voice(line) {
            Some(voice) => self.follow(line, sip, id, voice, number, focused),
            None => drop(self.slots[line].calls(now, |calls| calls.refuse_transfer(sip, 486))),
        }
    }

    fn follow(
        &mut self,
        line: usize,
        sip: SipCall,
        from: CallId,
        mut voice: super::call::Voice,
        number: String,
        focused: bool,
    ) {
        let now = self.now;
        let offer = offhook_sip::call::Body::sdp(voice.negotiator.offer(Default::default()));
        voice.offered = Some(voice.negotiator.clone());
        let accepted: Option<Result<SipCall, CallFault>> =
            self.slots[line].calls(now, |calls| calls.accept_transfer(now, sip, offer));
        let Some(Ok(sip)) = accepted else {
            let _ = self.slots[line].calls(now, |calls| calls.refuse_transfer(sip, 486));
            return self.end_voice(&voice);
        };
        let id = self.outgoing(line, sip, voice, &number, None);
        // The party that has asked is as good as gone: its call ends when it is content, or comes back if this fails.
        if focused {
            self.be_with(id);
        }
        if let Some(call) = self.calls.get_mut(&id) {
            call.asked_by = Some(from);
        }
        if let Some(call) = self.calls.get_mut(&from) {
            call.transfer = true;
        }
    }

    /// The transfer that a party has asked for is over. Gives that party if it is still there and not held.
    pub(super) fn transfer_over(&mut self, asking: Option<CallId>) -> Option<CallId> {
        let call = self.calls.get_mut(&asking?)?;
        call.transfer = false;
        (!call.held).then_some(call.id)
    }
}
