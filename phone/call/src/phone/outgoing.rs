//! Calls that go out, until they are answered.

use offhook_media::sdp::Stance;
use offhook_media::tone::Signal;
use offhook_sip::call::{Body, CallFault, CallId as SipCall, Dial};

use super::Phone;
use super::call::{Call, Party, Progress, Voice};
use crate::command::{CallId, Refusal};

impl Phone {
    /// Calls `target` on a line. `typed` is what the person gave, for the log.
    pub(super) fn place_call(
        &mut self,
        line: usize,
        target: &str,
        typed: &str,
        hide: Option<bool>,
        consults_for: Option<CallId>,
    ) -> Result<CallId, Refusal> {
        if !self.slots[line].is_in_service() {
            return Err(Refusal::Line(line as u8 + 1));
        }
        let hide = hide.or(Some(self.settings.lines[line].call_features.hide_caller_id));
        let mut voice = self.take_voice(line).ok_or(Refusal::TooMany)?;
        let offer = Some(Body::sdp(voice.negotiator.offer(Stance::Talk)));
        voice.offered = Some(voice.negotiator.clone());
        let place = self.seize(line);
        let now = self.now;
        let dial = Dial { target: target.to_owned(), offer, hide, place };
        let dialled = self.slots[line].calls(now, |calls| calls.dial(now, dial));
        let sip = match dialled {
            Some(Ok(sip)) => sip,
            fault => {
                self.end_voice(&voice);
                return Err(match fault {
                    Some(Err(CallFault::Target)) => Refusal::Number(typed.to_owned()),
                    Some(Err(CallFault::TooMany)) => Refusal::TooMany,
                    _ => Refusal::State,
                });
            }
        };
        let id = self.outgoing(line, sip, voice, typed, consults_for);
        self.records.dialled(line, typed);
        self.step_aside_for(id);
        self.desk.dialling = None;
        self.be_with(id);
        Ok(id)
    }

    /// Takes a call of ours on that a line has just begun.
    pub(super) fn outgoing(
        &mut self,
        line: usize,
        sip: SipCall,
        voice: Voice,
        typed: &str,
        consults_for: Option<CallId>,
    ) -> CallId {
        let id = self.next_call();
        let party = Party { number: Some(typed.to_owned()), name: String::new() };
        let began = self.unix();
        let call = Call { consults_for, began, ..Call::new(id, line, sip, Progress::Calling, party, voice) };
        self.calls.insert(id, call);
        id
    }

    /// A call of ours makes progress.
    pub(super) fn progressed(&mut self, id: CallId, status: u16, session: Option<Body>) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        if status == 180 && call.progress == Progress::Calling {
            call.progress = Progress::RingingThere;
        }
        // Where another party rings than before, nothing comes from the one before any more.
        let early = session.is_some_and(|session| self.take_answer(id, &session.bytes));
        if let Some(call) = self.calls.get_mut(&id).filter(|_| matches!(status, 180..=189)) {
            call.early = early;
        }
    }

    /// A call of ours goes on to another party.
    pub(super) fn redirected(&mut self, id: CallId) {
        if let Some(call) = self.calls.get_mut(&id) {
            call.early = false;
        }
    }

    /// A call of ours was answered.
    pub(super) fn answered_there(&mut self, id: CallId, session: Option<Body>) {
        let now = self.now;
        let Some(call) = self.calls.get_mut(&id) else { return };
        call.progress = Progress::Up;
        call.answered = Some(now);
        if let Some(session) = session
            && !self.take_answer(id, &session.bytes)
        {
            // There is no voice to be had: the other side did not understand the offer.
            self.after_tone_of(id, Signal::Failure);
            return self.drop_call(id);
        }
        self.invite_to_conference(id);
        self.negotiate(id);
    }

    /// Takes the answer of one branch to our first offer. Each branch answers for itself, and the last one counts. Where a
    /// branch has made an offer since, that is what it said last, and it has our answer.
    fn take_answer(&mut self, id: CallId, answer: &[u8]) -> bool {
        let Some(call) = self.calls.get_mut(&id) else { return false };
        let Some(offered) = &call.voice.offered else { return false };
        let mut negotiator = offered.clone();
        let agreed = match &call.voice.offered_early {
            Some((offer, after)) if offer == answer => {
                negotiator = after.clone();
                true
            }
            _ => negotiator.answered(answer).is_ok(),
        };
        if agreed {
            call.voice.negotiator = negotiator;
            self.carry(id);
        }
        agreed
    }

    /// A number for a new call.
    pub(super) fn next_call(&mut self) -> CallId {
        loop {
            self.last_call = self.last_call.checked_add(1).unwrap_or(1);
            let id = CallId(self.last_call);
            if !self.calls.contains_key(&id) {
                return id;
            }
        }
    }
}
