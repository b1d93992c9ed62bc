//! Which call the person is with: answering, holding, taking back, hanging up, and what is left afterwards.

use std::time::Duration;

use offhook_media::sdp::Stance;
use offhook_media::tone::Signal;
use offhook_sip::call::{Body, CallId as SipCall, Rejection};

use super::Phone;
use super::call::{Call, Progress};
use crate::command::{CallId, Path, Refusal};
use crate::log::Kind;

/// How long a tone tells, hands-free, that a call failed. In the handset it sounds until that is put down.
const FAILURE: Duration = Duration::from_secs(10);
/// As good as for ever.
const UNTIL_HUNG_UP: Duration = Duration::from_secs(24 * 3600);

impl Phone {
    /// Takes a call that rings, and holds the one that the person is with.
    pub(super) fn answer(&mut self, id: CallId) -> Result<(), Refusal> {
        self.accept(id, Stance::Talk)?;
        if self.every_call.is_some() {
            return Ok(());
        }
        self.step_aside_for(id);
        self.desk.dialling = None;
        self.be_with(id);
        Ok(())
    }

    /// Takes a call that rings, and holds it.
    pub(super) fn answer_aside(&mut self, id: CallId) -> Result<(), Refusal> {
        self.accept(id, Stance::Talk)?;
        self.put_on_hold(id);
        Ok(())
    }

    /// Takes a call that rings in the place of a member of the conference.
    pub(super) fn answer_in_conference(&mut self, id: CallId, member: CallId) -> Result<(), Refusal> {
        self.accept(id, Stance::Talk)?;
        self.desk.conference.remove(&member);
        self.desk.conference.insert(id);
        if self.desk.focus == Some(member) {
            self.desk.focus = Some(id);
        }
        Ok(())
    }

    fn accept(&mut self, id: CallId, stance: Stance) -> Result<(), Refusal> {
        let now = self.now;
        let call = self.calls.get_mut(&id).ok_or(Refusal::Call(id))?;
        if !call.rings() {
            return Err(Refusal::State);
        }
        let (line, sip) = (call.line, call.sip);
        let said = match call.voice.offer.take() {
            Some(offer) => call.voice.negotiator.answer(&offer, stance),
            None => {
                call.changing = true;
                Ok(call.voice.negotiator.offer(stance))
            }
        };
        let answered = match said {
            Ok(text) => self.slots[line].calls(now, |calls| calls.answer(now, sip, Body::sdp(text))),
            Err(fault) => {
                self.slots[line].calls(now, |calls| calls.reject(sip, Rejection::Status(fault.status())));
                None
            }
        };
        if !matches!(answered, Some(Ok(()))) {
            return Err(Refusal::State);
        }
        if let Some(call) = self.calls.get_mut(&id) {
            call.progress = Progress::Up;
            call.answered = Some(now);
            call.auto_answer = None;
            call.forward = None;
            call.log = call.log.map(|_| Kind::Received);
        }
        self.carry(id);
        Ok(())
    }

    /// The call that the person is with makes room for another one.
    pub(super) fn step_aside_for(&mut self, id: CallId) {
        if self.desk.focus != Some(id) {
            self.step_aside();
        }
    }

    /// The person is with nobody: calls are held, and those that nobody has answered yet end.
    pub(super) fn step_aside(&mut self) {
        let conference = std::mem::take(&mut self.desk.conference);
        let others: Vec<_> = conference.into_iter().chain(self.desk.focus.take()).collect();
        for other in others {
            match self.call(other).map(|call| call.progress) {
                Some(Progress::Up) => self.put_on_hold(other),
                // A call that nobody has answered yet cannot be held.
                Some(Progress::Calling | Progress::RingingThere) => self.drop_call(other),
                _ => {}
            }
        }
    }

    /// The person is with this call from now on.
    pub(super) fn be_with(&mut self, id: CallId) {
        self.desk.focus = Some(id);
        self.desk.after = None;
        self.desk.path = Some(self.desk.path.unwrap_or(self.usual_path()));
    }

    /// Where the person talks if nothing was picked up.
    pub(super) fn usual_path(&self) -> Path {
        if self.settings.sounds.headset_mode { Path::Headset } else { Path::HandsFree }
    }

    /// Puts a call on hold.
    pub(super) fn hold(&mut self, id: CallId) -> Result<(), Refusal> {
        let call = self.call(id).ok_or(Refusal::Call(id))?;
        if !call.is_up() || call.held {
            return Err(Refusal::State);
        }
        let members: Vec<_> = std::mem::take(&mut self.desk.conference).into_iter().collect();
        // A conference is held as a whole.
        members.into_iter().filter(|member| *member != id).for_each(|member| self.put_on_hold(member));
        self.put_on_hold(id);
        Ok(())
    }

    pub(super) fn put_on_hold(&mut self, id: CallId) {
        let recall = self.settings.call_control.hold_recall;
        let now = self.now;
        let Some(call) = self.calls.get_mut(&id) else { return };
        if !call.held {
            call.held = true;
            call.held_since = Some(now);
            call.recall_at = recall.map(|after| now + after);
            call.voice.digits_early.clear();
        }
        self.desk.focus = self.desk.focus.filter(|focus| *focus != id);
        self.negotiate(id);
    }

    /// Takes a call back from hold, and holds the one that the person is with.
    pub(super) fn resume(&mut self, id: CallId) -> Result<(), Refusal> {
        let call = self.call(id).ok_or(Refusal::Call(id))?;
        if !call.is_up() || !call.held {
            return Err(Refusal::State);
        }
        self.step_aside_for(id);
        self.desk.dialling = None;
        self.take_back(id);
        self.be_with(id);
        Ok(())
    }

    /// Ends the hold of a call.
    pub(super) fn take_back(&mut self, id: CallId) {
        if let Some(call) = self.calls.get_mut(&id) {
            call.held = false;
            call.recall = false;
            call.recall_at = None;
            // A transfer that has not been asked for yet is off.
            call.transfer &= call.then.take().is_none();
        }
        self.negotiate(id);
    }

    /// Ends a call, or a conference with all its calls.
    pub(super) fn hang_up(&mut self, id: CallId) -> Result<(), Refusal> {
        self.call(id).ok_or(Refusal::Call(id))?;
        self.drop_call(id);
        Ok(())
    }

    /// Ends a call in whatever state it is.
    pub(super) fn drop_call(&mut self, id: CallId) {
        let now = self.now;
        let Some(call) = self.calls.get_mut(&id) else { return };
        if call.rings() {
            call.log = call.log.map(|_| Kind::Received);
        }
        let (line, sip) = (call.line, call.sip);
        let known = self.slots[line].calls(now, |calls| calls.hang_up(sip));
        if !matches!(known, Some(Ok(()))) {
            // The line has none of it any more, so nobody will tell of its end.
            self.forget(id);
        }
    }

    /// Ends all calls of a line, which goes out of service.
    pub(super) fn vacate(&mut self, line: usize) {
        let calls: Vec<_> = self.calls.values().filter(|call| call.line == line).map(|call| call.id).collect();
        calls.into_iter().for_each(|call| self.drop_call(call));
        self.desk.dialling.take_if(|session| session.line == line);
        self.pump();
    }

    /// A call is over: channel and port are free, and the person is with nobody, or with who is left of a conference.
    pub(super) fn forget(&mut self, id: CallId) -> Option<Call> {
        let call = self.calls.remove(&id)?;
        self.end_voice(&call.voice);
        self.log_call(&call);
        if self.desk.conference.remove(&id) {
            let left = std::mem::take(&mut self.desk.conference).into_iter().next();
            if self.desk.focus == Some(id) {
                self.desk.focus = left;
            }
        }
        self.desk.focus = self.desk.focus.filter(|focus| *focus != id);
        for other in self.calls.values_mut() {
            other.consults_for = other.consults_for.filter(|of| *of != id);
            other.asked_by = other.asked_by.filter(|by| *by != id);
            other.joins.retain(|joining| *joining != id);
        }
        if let Some(session) = &mut self.desk.dialling {
            session.consults_for = session.consults_for.filter(|of| *of != id);
        }
        Some(call)
    }

    /// A tone tells how things have ended, and after it the phone is on hook again, unless the handset is off.
    pub(super) fn after_tone(&mut self, signal: Signal) {
        let control = &self.settings.call_control;
        let by_handset = self.desk.path == Some(Path::Handset);
        let length = match signal {
            Signal::Disconnect if by_handset => control.handset_disconnect_tone,
            Signal::Disconnect => control.handsfree_disconnect_tone,
            _ if by_handset => UNTIL_HUNG_UP,
            _ => FAILURE,
        };
        if self.desk.path.is_some() {
            self.desk.after = Some((signal, self.now + length));
        }
    }

    /// The same, if the person is with this call.
    pub(super) fn after_tone_of(&mut self, id: CallId, signal: Signal) {
        if self.desk.focus == Some(id) {
            self.after_tone(signal);
        }
    }

    /// Hangs up the handset, or ends hands-free talking.
    pub(super) fn on_hook(&mut self) {
        let consults = self.desk.dialling.take().and_then(|session| session.consults_for);
        self.desk.after = None;
        if let Some(call) = consults.and_then(|call| self.calls.get_mut(&call)) {
            // Put down before anybody was asked: the held call asks for attention.
            call.recall = true;
        }
        // Whoever has asked for the call that the person is with comes back when that ends, unless it ends too.
        let asking = self.desk.focus.and_then(|focus| self.call(focus)?.asked_by);
        let asking = asking.filter(|asking| self.call(*asking).is_some_and(|asking| !asking.held));
        let calls: Vec<_> = self.desk.conference.iter().copied().chain(self.desk.focus).chain(asking).collect();
        let consultation = self.desk.focus.filter(|focus| self.completes_transfer(*focus));
        match consultation {
            Some(call) => self.complete_transfer(call),
            None => calls.into_iter().for_each(|call| self.drop_call(call)),
        }
        self.desk.path = None;
        self.desk.muted = false;
    }

    /// After each input: calls that the person is not with are on hold, and a phone that nobody talks or listens at goes on
    /// hook, unless the handset is off.
    pub(super) fn settle_desk(&mut self) {
        self.hold_others();
        if self.desk.after.is_some_and(|(_, until)| until <= self.now) {
            self.desk.after = None;
        }
        let dialling = self.desk.dialling.as_ref().is_some_and(|session| !session.is_on_hook());
        if self.desk.focus.is_none() && !dialling {
            if self.desk.path != Some(Path::Handset) && self.desk.after.is_none() {
                self.desk.path = None;
                self.desk.muted = false;
            }
        } else {
            self.desk.after = None;
        }
        for line in 0..super::LINES {
            let dialling = self.desk.dialling.as_ref().is_some_and(|s| s.line == line && !s.is_on_hook());
            let calling = |call: &Call| call.line == line && call.progress == Progress::Calling;
            if !dialling && !self.calls.values().any(calling) {
                self.release(line);
            }
        }
    }

    /// Nobody is left in silence, however the person came to leave a call: a call in silence can be neither heard nor taken
    /// back.
    fn hold_others(&mut self) {
        if self.every_call.is_some() {
            return;
        }
        // Whoever leaves one party of a conference leaves the conference.
        let with_all = self.desk.focus.is_some_and(|focus| self.desk.conference.contains(&focus))
            && !self.desk.conference.iter().any(|member| self.call(*member).is_some_and(|call| call.held));
        let members = if with_all { Default::default() } else { std::mem::take(&mut self.desk.conference) };
        let dialling = self.desk.dialling.as_ref().is_some_and(|session| !session.is_on_hook());
        let idle = self.desk.focus.is_none() && !dialling;
        let left: Vec<_> = self.calls.keys().copied().filter(|id| self.is_left_alone(*id)).collect();
        for id in left {
            self.put_on_hold(id);
            if let Some(call) = self.calls.get_mut(&id) {
                // The person may not know of a call that came by a transfer.
                call.recall = idle && !members.contains(&id);
            }
        }
    }

    /// Whether a call is up, and neither held nor with the person, nor about to end with a transfer.
    fn is_left_alone(&self, id: CallId) -> bool {
        let Some(call) = self.call(id).filter(|call| call.is_up() && !call.held) else { return false };
        let with_person = self.desk.focus == Some(id) || self.desk.conference.contains(&id);
        let asks = self.calls.values().any(|other| other.asked_by == Some(id));
        let takes_over = call.consults_for.and_then(|of| self.call(of)).is_some_and(|of| of.transfer);
        !with_person && !asks && !takes_over
    }

    /// The call that is meant: this one, or else the one that has rung longest.
    pub(super) fn ringing(&self, call: Option<CallId>) -> Option<CallId> {
        match call {
            Some(call) => Some(call),
            None => self.calls.values().filter(|call| call.rings()).map(|call| call.id).min(),
        }
    }

    /// The call that is meant: this one, or else the one that the person is with, or else the only one.
    pub(super) fn meant(&self, call: Option<CallId>) -> Result<CallId, Refusal> {
        let only = || match self.calls.len() {
            1 => self.calls.keys().next().copied(),
            _ => None,
        };
        match call {
            Some(call) => self.call(call).map(|call| call.id).ok_or(Refusal::Call(call)),
            None => self.desk.focus.or_else(only).ok_or(Refusal::NoCall),
        }
    }

    /// The call that was held last.
    pub(super) fn held(&self) -> Option<CallId> {
        let held = self.calls.values().filter(|call| call.held && call.is_up());
        held.max_by_key(|call| (call.held_since, call.id)).map(|call| call.id)
    }

    /// The phone's name for a call of a line.
    pub(super) fn find(&self, line: usize, sip: SipCall) -> Option<CallId> {
        self.calls.values().find(|call| call.line == line && call.sip == sip).map(|call| call.id)
    }
}
