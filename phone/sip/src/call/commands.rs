//! What people and programs want of calls.

use std::time::Duration;

use super::change::Change;
use super::core::Core;
use super::event::{End, Forward};
use super::info;
use super::machine::{Calls, MOST_CALLS};
use super::outgoing::Plan;
use super::state::Call;
use super::types::{Body, CallFault, CallId, Dial, Rejection};
use crate::message::Name;

impl Calls {
    /// Calls somebody.
    ///
    /// # Errors
    /// The target is nobody, or there are too many calls.
    pub fn dial(&mut self, now: Duration, dial: Dial) -> Result<CallId, CallFault> {
        let profile = &self.core.profile;
        let target = profile.target(&dial.target, true).ok_or(CallFault::Target)?;
        let to = profile.target(&dial.target, false).ok_or(CallFault::Target)?;
        let hide = dial.hide.unwrap_or(profile.hide);
        let extra = dial.place.map(|place| (Name::CallInfo, place)).into_iter().collect();
        self.start(now, Plan { target, to, offer: dial.offer, hide, extra }, None)
    }

    /// Tells the caller of an incoming call that it rings (180), is queued (182) or what else happens (183), perhaps with our
    /// answer, so that there is voice already: 101 to 199.
    ///
    /// # Errors
    /// The call does not ring here, or the status is no provisional one.
    pub fn ring(&mut self, now: Duration, call: CallId, status: u16, session: Option<Body>) -> Result<(), CallFault> {
        if !(101..200).contains(&status) {
            return Err(CallFault::State);
        }
        self.with(call, |call, core| call.ring(now, status, session, core))
    }

    /// Answers an incoming call: with our answer, or with our offer if the caller made none.
    ///
    /// # Errors
    /// The call does not ring here.
    pub fn answer(&mut self, now: Duration, call: CallId, session: Body) -> Result<(), CallFault> {
        self.with(call, |call, core| call.answer(now, session, core))
    }

    /// Does not take an incoming call.
    ///
    /// # Errors
    /// The call does not ring here, or the status refuses nothing.
    pub fn reject(&mut self, call: CallId, why: Rejection) -> Result<(), CallFault> {
        let status = match why {
            Rejection::Busy => 486,
            Rejection::DoNotDisturb => self.core.profile.dnd_status,
            Rejection::Declined => self.core.profile.rejection_status,
            Rejection::Status(status) => status,
        };
        if !(400..700).contains(&status) {
            return Err(CallFault::State);
        }
        self.with(call, |call, core| {
            let rings = call.turn_away(status, core);
            if rings {
                call.end(End::Local, core);
            }
            rings
        })
    }

    /// Sends an incoming call on to a number or URI.
    ///
    /// # Errors
    /// The call does not ring here, or the target is nobody.
    pub fn redirect(&mut self, call: CallId, target: &str, why: Forward) -> Result<(), CallFault> {
        let target = self.core.profile.target(target, false).ok_or(CallFault::Target)?;
        self.with(call, |call, core| {
            let rings = call.redirect(&target, why, core);
            if rings {
                call.end(End::Local, core);
            }
            rings
        })
    }

    /// Ends a call, whatever its state: CANCEL, BYE, or the answer to callers that are turned away.
    ///
    /// # Errors
    /// There is no such call.
    pub fn hang_up(&mut self, call: CallId) -> Result<(), CallFault> {
        let declined = self.core.profile.rejection_status;
        self.with(call, |call, core| {
            if call.turn_away(declined, core) {
                call.end(End::Local, core);
            } else {
                call.hang_up(End::Local, core);
            }
            true
        })
    }

    /// Changes the session by an offer: by re-INVITE, or by UPDATE before the call is answered. It waits for what is in its
    /// way, and comes again by itself after glare.
    ///
    /// [`Event::Answer`] or [`Event::Unchanged`] tells what came of it. Another change takes the place of one that waits.
    ///
    /// # Errors
    /// There is no such call, or it is in no state for this.
    ///
    /// [`Event::Answer`]: super::Event::Answer
    /// [`Event::Unchanged`]: super::Event::Unchanged
    pub fn modify(&mut self, now: Duration, call: CallId, offer: Body) -> Result<(), CallFault> {
        self.change(now, call, Change::new(offer, None))
    }

    /// Puts the call on hold by an offer that says so.
    ///
    /// # Errors
    /// As [`Calls::modify`].
    pub fn hold(&mut self, now: Duration, call: CallId, offer: Body) -> Result<(), CallFault> {
        self.change(now, call, Change::new(offer, Some(true)))
    }

    /// Takes the call back by an offer that says so.
    ///
    /// # Errors
    /// As [`Calls::modify`].
    pub fn resume(&mut self, now: Duration, call: CallId, offer: Body) -> Result<(), CallFault> {
        self.change(now, call, Change::new(offer, Some(false)))
    }

    /// Answers the offer of an [`Event::Offer`], or makes the offer that it asks for.
    ///
    /// # Errors
    /// No offer waits.
    ///
    /// [`Event::Offer`]: super::Event::Offer
    pub fn accept(&mut self, now: Duration, call: CallId, session: Body) -> Result<(), CallFault> {
        self.with(call, |call, core| call.accept(now, session, core))
    }

    /// Refuses the offer of an [`Event::Offer`], most often with 488. Where an offer cannot be refused, the call ends.
    ///
    /// # Errors
    /// No offer waits, or the status refuses nothing.
    ///
    /// [`Event::Offer`]: super::Event::Offer
    pub fn refuse(&mut self, now: Duration, call: CallId, status: u16) -> Result<(), CallFault> {
        if !(400..700).contains(&status) {
            return Err(CallFault::State);
        }
        self.with(call, |call, core| call.refuse(now, status, core))
    }

    /// Asks the other party to call a number or URI in our place: a blind transfer. It should be on hold.
    ///
    /// # Errors
    /// The call is not up, another transfer of it is under way, or the target is nobody.
    pub fn transfer(&mut self, now: Duration, call: CallId, target: &str) -> Result<(), CallFault> {
        let target = self.core.profile.target(target, false).ok_or(CallFault::Target)?;
        self.with(call, |call, core| call.refer(now, &target, (None, None), false, core))
    }

    /// Brings the other parties of two calls together, and leaves both: an attended transfer.
    ///
    /// # Errors
    /// One of the calls is not up, or another transfer is under way.
    pub fn transfer_to(&mut self, now: Duration, call: CallId, other: CallId) -> Result<(), CallFault> {
        self.refer(now, call, other, false)
    }

    /// Brings the other party of a call into the conference that another call is to: the server calls it in its place. The
    /// conference is made by [`Calls::dial`] with the server's URI (`CONFERENCE_SERVER_URI`).
    ///
    /// # Errors
    /// One of the calls is not up, or another such invitation is under way.
    pub fn join(&mut self, now: Duration, conference: CallId, other: CallId) -> Result<(), CallFault> {
        self.refer(now, conference, other, true)
    }

    /// Calls whom the other party asks us to call, with our offer. The new call is told like any other, and the other party
    /// is told how it goes; it will hang up when it is content.
    ///
    /// # Errors
    /// The other party asked for nothing, or there are too many calls.
    pub fn accept_transfer(&mut self, now: Duration, call: CallId, offer: Body) -> Result<CallId, CallFault> {
        if self.calls.len() >= MOST_CALLS {
            return Err(CallFault::TooMany);
        }
        let asked = self.calls.get_mut(&call).ok_or(CallFault::Unknown)?;
        let plan = asked.accept_referral(Some(offer), &mut self.core).ok_or(CallFault::State)?;
        self.start(now, plan, Some(call))
    }

    /// Does not call whom the other party asks us to call, most often with 603.
    ///
    /// # Errors
    /// The other party asked for nothing, or the status refuses nothing.
    pub fn refuse_transfer(&mut self, call: CallId, status: u16) -> Result<(), CallFault> {
        if !(400..700).contains(&status) {
            return Err(CallFault::State);
        }
        self.with(call, |call, core| call.refuse_referral(status, core))
    }

    /// Sends digits by INFO, after those before them (`DTMF_RELAY`): each with its length, and the next one when that and the
    /// pause behind it are over.
    ///
    /// # Errors
    /// The call is not up, one is no digit, or too many wait already; none is sent then.
    pub fn send_digits(
        &mut self,
        now: Duration,
        call: CallId,
        digits: &str,
        length: Duration,
        pause: Duration,
    ) -> Result<(), CallFault> {
        let infos: Option<Vec<_>> = digits.chars().map(|digit| info::digit(digit, length, pause)).collect();
        let infos = infos.ok_or(CallFault::State)?;
        self.with(call, |call, core| call.inform(now, infos, core))
    }

    /// Sends a flash hook by INFO (`FLASHHOOK_CONTENT_TYPE`).
    ///
    /// # Errors
    /// The call is not up.
    pub fn send_flash(&mut self, now: Duration, call: CallId) -> Result<(), CallFault> {
        let info = info::flash(self.core.profile.flash);
        self.with(call, |call, core| call.inform(now, vec![info], core))
    }

    fn start(&mut self, now: Duration, plan: Plan, asked_in: Option<CallId>) -> Result<CallId, CallFault> {
        if self.calls.len() >= MOST_CALLS {
            return Err(CallFault::TooMany);
        }
        let id = self.next_id();
        let mut call = Call::dial(now, id, plan, &mut self.core);
        call.asked_in = asked_in;
        self.calls.insert(id, call);
        Ok(id)
    }

    /// Lets a call do something that it may not be in a state for.
    fn with(&mut self, id: CallId, act: impl FnOnce(&mut Call, &mut Core) -> bool) -> Result<(), CallFault> {
        let call = self.calls.get_mut(&id).filter(|call| !call.over).ok_or(CallFault::Unknown)?;
        let done = act(call, &mut self.core);
        self.settle();
        if done { Ok(()) } else { Err(CallFault::State) }
    }

    fn change(&mut self, now: Duration, id: CallId, change: Change) -> Result<(), CallFault> {
        self.with(id, |call, core| {
            let leg = if call.is_up() {
                (!call.legs.is_empty()).then_some(0)
            } else {
                call.legs.iter().rposition(|leg| leg.updates && leg.offers.is_agreed())
            };
            leg.map(|leg| call.change(now, leg, change, core)).is_some()
        })
    }

    fn refer(&mut self, now: Duration, call: CallId, other: CallId, conference: bool) -> Result<(), CallFault> {
        let (target, replaces) =
            self.calls.get(&other).filter(|_| call != other).and_then(Call::reachable).ok_or(CallFault::State)?;
        self.with(call, |call, core| call.refer(now, &target, (Some(other), Some(replaces)), conference, core))
    }
}
