//! One call, and each dialog of it: the state that the modules beside this one act on.

use std::collections::VecDeque;
use std::time::Duration;

use super::acknowledge::Unacknowledged;
use super::change::{Change, Waiting};
use super::core::{Core, Deed, Purpose};
use super::event::{End, Event};
use super::incoming::Ringing;
use super::info;
use super::offers::Offers;
use super::outgoing::Calling;
use super::party;
use super::referral::Referral;
use super::session::Timer;
use super::transfer::Transferring;
use super::types::{CallId, Failure, Key, Party};
use crate::dialog::{Dialog, DialogId};
use crate::message::{Headers, Method, Name, Request, Response};

/// One call.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) id: CallId,
    /// We call, and there is no final response yet.
    pub(super) calling: Option<Box<Calling>>,
    /// We are called, and have not answered yet.
    pub(super) ringing: Option<Box<Ringing>>,
    /// Its dialogs: several while a call of ours rings at several places, later one.
    pub(super) legs: Vec<Leg>,
    /// It was told that the call has ended; what is left are acknowledgements and farewells.
    pub(super) over: bool,
    /// We hold it.
    pub(super) held: bool,
    /// Who the other party is, as told last.
    pub(super) party: Option<Party>,
    /// The call whose other party asked for this one.
    pub(super) asked_in: Option<CallId>,
}

/// One dialog of a call.
#[derive(Debug)]
pub(super) struct Leg {
    pub(super) dialog: Dialog,
    pub(super) offers: Offers,
    /// The other party takes UPDATE.
    pub(super) updates: bool,
    /// The number of the last reliable provisional response that came.
    pub(super) rseq: Option<u32>,
    /// Our 2xx, until its ACK comes.
    pub(super) unacknowledged: Option<Unacknowledged>,
    /// Their change, or offer, that we have not answered yet.
    pub(super) waiting: Option<Waiting>,
    /// Our change, and the one after it.
    pub(super) change: Option<Change>,
    pub(super) next_change: Option<Change>,
    pub(super) timer: Option<Timer>,
    /// Digits and flashes that wait for the one before them.
    pub(super) infos: VecDeque<info::Queued>,
    pub(super) info: Option<Key>,
    /// When the next one may be sent.
    pub(super) next_info: Duration,
    /// We have asked the other party to call somebody else.
    pub(super) transferring: Option<Transferring>,
    /// The other party has asked us.
    pub(super) referral: Option<Referral>,
    /// We hang up as soon as we may.
    pub(super) hanging_up: bool,
    /// Our BYE is on its way. What overtook it would have a higher CSeq number, and the BYE be refused as late (RFC 3261,
    /// section 12.2.2): then the other party would not hear that the call is over.
    pub(super) leaving: bool,
}

/// How a request ended.
#[derive(Debug, Clone, Copy)]
pub(super) enum Outcome<'a> {
    Response(&'a Response),
    Failure(Failure),
    /// The server does not like our password, or asks for what we cannot give.
    Password,
}

impl Outcome<'_> {
    /// The status code; what a missing response counts as (RFC 3261, section 8.1.3.1).
    pub(super) fn status(&self) -> u16 {
        match self {
            Outcome::Response(response) => response.status,
            Outcome::Failure(Failure::Silence) => 408,
            Outcome::Failure(Failure::Unreachable) => 503,
            Outcome::Password => 403,
        }
    }

    pub(super) fn end(&self) -> End {
        match self {
            Outcome::Response(response) => End::Refused { status: response.status, reason: response.reason.clone() },
            Outcome::Failure(_) => End::Silence,
            Outcome::Password => End::Password,
        }
    }
}

impl Leg {
    pub(super) fn new(dialog: Dialog) -> Self {
        Leg {
            dialog,
            offers: Offers::default(),
            updates: false,
            rseq: None,
            unacknowledged: None,
            waiting: None,
            change: None,
            next_change: None,
            timer: None,
            infos: VecDeque::new(),
            info: None,
            next_info: Duration::ZERO,
            transferring: None,
            referral: None,
            hanging_up: false,
            leaving: false,
        }
    }

    /// Learns what the other party takes.
    pub(super) fn learn(&mut self, headers: &Headers) {
        if headers.has(Name::Allow) {
            self.updates = headers.lists(Name::Allow, Method::Update.as_str());
        }
    }

    /// Whether a transfer that the other party asked for is still to be reported to it.
    fn is_reporting(&self) -> bool {
        self.referral.as_ref().is_some_and(Referral::is_open)
    }

    fn next_timeout(&self) -> Option<Duration> {
        let moments = [
            self.unacknowledged.as_ref().map(Unacknowledged::next_timeout),
            self.change.as_ref().and_then(|change| change.retry_at),
            self.timer.as_ref().map(Timer::next_timeout),
            self.transferring.as_ref().map(|transferring| transferring.until),
            self.referral.as_ref().filter(|referral| referral.is_open()).map(|referral| referral.until),
            (!self.infos.is_empty() && self.info.is_none()).then_some(self.next_info),
        ];
        moments.into_iter().flatten().min()
    }
}

impl Call {
    pub(super) fn new(id: CallId) -> Self {
        Call {
            id,
            calling: None,
            ringing: None,
            legs: Vec::new(),
            over: false,
            held: false,
            party: None,
            asked_in: None,
        }
    }

    /// Whether the call was answered and has not ended.
    pub(super) fn is_up(&self) -> bool {
        !self.over && self.calling.is_none() && self.ringing.is_none()
    }

    /// The dialog of a call that is up, or rings here.
    pub(super) fn leg(&mut self) -> Option<&mut Leg> {
        self.legs.first_mut()
    }

    pub(super) fn leg_of(&mut self, id: &DialogId) -> Option<&mut Leg> {
        self.legs.iter_mut().find(|leg| leg.dialog.id() == id)
    }

    /// Whether nothing more can come of it.
    pub(super) fn is_done(&self, core: &Core) -> bool {
        let leg_is_done = |leg: &Leg| leg.unacknowledged.is_none() && !leg.is_reporting();
        self.over && !core.waits(self.id) && self.legs.iter().all(leg_is_done)
    }

    /// The number under which a request is sent again.
    pub(super) fn next_number(&mut self, request: &Request) -> u32 {
        let number = request.headers.cseq().map_or(1, |cseq| cseq.number);
        if let Some(calling) = self.calling.as_mut().filter(|_| request.headers.to().is_ok_and(|to| to.tag().is_none()))
        {
            calling.number = number + 1;
            return calling.number;
        }
        let tags = |leg: &&mut Leg| {
            let id = leg.dialog.id();
            request.headers.to().is_ok_and(|to| to.tag().unwrap_or_default() == id.remote_tag)
        };
        self.legs.iter_mut().find(tags).map_or(number + 1, |leg| leg.dialog.next_number())
    }

    /// A request was sent again and has another key now.
    pub(super) fn rename(&mut self, old: Key, new: Key, number: u32) {
        if let Some(calling) = self.calling.as_mut().filter(|calling| calling.key == old) {
            calling.key = new;
        }
        for leg in &mut self.legs {
            if let Some(change) = leg.change.as_mut().filter(|change| change.key == Some(old)) {
                change.key = Some(new);
            }
            if let Some(transferring) = leg.transferring.as_mut().filter(|t| t.key == old) {
                transferring.key = new;
                transferring.number = number;
            }
            if leg.info == Some(old) {
                leg.info = Some(new);
            }
        }
    }

    /// Tells who the other party is, if a message says that it is another one.
    pub(super) fn identify(&mut self, headers: &Headers, core: &mut Core) {
        if core.strangers.contains(&self.id) {
            return;
        }
        let Some(party) = party::asserted(headers) else { return };
        if !self.over && self.party.as_ref() != Some(&party) {
            self.party = Some(party.clone());
            core.tell(Event::Identity { call: self.id, party });
        }
    }

    /// The call is over for its user. What the network has to hear is up to the caller.
    pub(super) fn end(&mut self, why: End, core: &mut Core) {
        if self.over {
            return;
        }
        self.over = true;
        if let Some(asked_in) = self.asked_in.take() {
            let (status, reason) = match &why {
                End::Refused { status, reason } => (*status, reason.clone()),
                End::Silence | End::Expired => (408, crate::message::reason(408).to_owned()),
                _ => (487, crate::message::reason(487).to_owned()),
            };
            core.deeds.push_back(Deed::Report { asked_in, status, reason });
        }
        core.tell(Event::Ended { call: self.id, why });
    }

    /// Ends the call from our side, whatever its state.
    pub(super) fn hang_up(&mut self, why: End, core: &mut Core) {
        if self.over {
            return;
        }
        self.end(why, core);
        if let Some(calling) = &mut self.calling {
            calling.cancel(core);
        } else if self.ringing.is_some() {
            self.turn_away(487, core);
        } else {
            self.say_goodbye(core);
        }
    }

    /// Sends BYE, or waits for the ACK of our 2xx first (RFC 3261, section 15).
    pub(super) fn say_goodbye(&mut self, core: &mut Core) {
        let id = self.id;
        for leg in &mut self.legs {
            leg.finish(core);
            if leg.unacknowledged.is_some() {
                leg.hanging_up = true;
            } else {
                leg.bye(id, core);
            }
        }
    }

    /// The moment that [`Call::timeout`] has something to do.
    pub(super) fn next_timeout(&self) -> Option<Duration> {
        let calling = self.calling.as_ref().and_then(|calling| calling.next_timeout());
        let ringing = self.ringing.as_ref().and_then(|ringing| ringing.next_timeout());
        let legs = self.legs.iter().filter_map(Leg::next_timeout);
        legs.chain(calling).chain(ringing).min()
    }

    pub(super) fn timeout(&mut self, now: Duration, core: &mut Core) {
        self.calling_timeout(now, core);
        self.ringing_timeout(now, core);
        self.acknowledgement_timeout(now, core);
        self.change_timeout(now, core);
        self.session_timeout(now, core);
        self.transfer_timeout(now, core);
        self.send_info(now, core);
    }

    /// Takes what came of a request; not the 2xx of an INVITE.
    pub(super) fn finished(
        &mut self,
        now: Duration,
        key: Key,
        purpose: Purpose,
        outcome: Outcome<'_>,
        core: &mut Core,
    ) {
        match purpose {
            Purpose::Invite => self.invite_refused(key, outcome, core),
            Purpose::Change => self.change_finished(now, key, outcome, core),
            Purpose::Refer => self.refer_finished(key, outcome, core),
            Purpose::Notify => self.notify_finished(outcome, core),
            Purpose::Info => self.info_finished(now, key, outcome, core),
            Purpose::Bye => self.bye_finished(core),
            Purpose::Prack => {}
        }
    }
}

impl Call {
    /// The other party has heard that the call is over, or never will.
    fn bye_finished(&mut self, core: &mut Core) {
        self.legs.iter_mut().for_each(|leg| leg.leaving = false);
        self.report_next(core);
    }
}

impl Leg {
    /// Ends what is open when the call ends: requests that wait for our word get their answer.
    pub(super) fn finish(&mut self, core: &mut Core) {
        self.next_change = None;
        self.timer = None;
        self.infos.clear();
        self.transferring = None;
        if let Some(change) = &mut self.change {
            change.retry_at = None;
        }
        if let Some(waiting) = self.waiting.take() {
            waiting.refuse(487, core);
        }
        if let Some(referral) = self.referral.as_mut() {
            referral.refuse_if_unanswered(603, core);
        }
    }

    pub(super) fn bye(&mut self, call: CallId, core: &mut Core) {
        self.hanging_up = false;
        self.leaving = true;
        let request = core.request_within(&mut self.dialog, Method::Bye);
        core.send_within(call, Purpose::Bye, &self.dialog, request);
    }
}
