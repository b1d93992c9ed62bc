//! One call, as the phone knows it.

use std::time::Duration;

use offhook_media::engine::ChannelId;
use offhook_media::sdp::Negotiator;
use offhook_sip::call as sip;

use crate::command::CallId;
use crate::figures::Figures;
use crate::log::Kind;

/// How long whoever has transferred us may take to hang up, on a bad network.
const GOODBYE: Duration = Duration::from_secs(10);

/// A call from its first ring or digit to its end.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) id: CallId,
    /// Counted from 0.
    pub(super) line: usize,
    /// What the line calls it.
    pub(super) sip: sip::CallId,
    pub(super) incoming: bool,
    pub(super) progress: Progress,
    /// The person wants it on hold.
    pub(super) held: bool,
    /// Since when.
    pub(super) held_since: Option<Duration>,
    /// The other side holds it.
    pub(super) held_there: bool,
    pub(super) party: Party,
    /// The group that was called: an incoming call's To, where it names somebody else than the line.
    pub(super) group: Option<String>,
    pub(super) voice: Voice,
    /// The party that rings there has said where its voice comes from. Of several, the one that was heard of last.
    pub(super) early: bool,
    /// A change of the session is on its way.
    pub(super) changing: bool,
    /// What to do as soon as the call is on hold.
    pub(super) then: Option<Then>,
    /// When it is taken without anybody's doing.
    pub(super) auto_answer: Option<Duration>,
    /// When it is sent on, and where to.
    pub(super) forward: Option<(Duration, String)>,
    /// When the person is reminded of it.
    pub(super) recall_at: Option<Duration>,
    pub(super) recall: bool,
    /// A transfer of it is under way.
    pub(super) transfer: bool,
    /// The person asks here before transferring that call, or taking it into a conference.
    pub(super) consults_for: Option<CallId>,
    /// The other party of that call has asked us to make this one in its place.
    pub(super) asked_by: Option<CallId>,
    /// This call is to a conference server, and the parties of these calls are to join.
    pub(super) joins: Vec<CallId>,
    /// One of them is being invited.
    pub(super) joining: bool,
    /// When it was answered.
    pub(super) answered: Option<Duration>,
    /// When it began, in seconds since 1970 UTC.
    pub(super) began: Option<u64>,
    /// The log that it will stand in; none if it stands in none.
    pub(super) log: Option<Kind>,
    /// It was sent on, so that its end is no loss.
    pub(super) forwarded: bool,
}

/// How far a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// Ours, on its way.
    Calling,
    /// Ours, and it rings there.
    RingingThere,
    /// Theirs, and it rings here.
    Ringing,
    /// Answered.
    Up,
}

/// The other party.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Party {
    /// As the network gave it, or as it was dialled; none if it is hidden.
    pub(super) number: Option<String>,
    /// As the network gave it; empty if it did not.
    pub(super) name: String,
}

/// What carries the voice.
#[derive(Debug)]
pub(super) struct Voice {
    pub(super) channel: ChannelId,
    pub(super) port: u16,
    pub(super) negotiator: Negotiator,
    /// The negotiator as it was after our first offer: each branch of a fork answers that.
    pub(super) offered: Option<Negotiator>,
    /// An offer that the other side has made since, before it answered the call, and the negotiator as it was after our answer.
    pub(super) offered_early: Option<(Vec<u8>, Negotiator)>,
    /// The caller's offer, until the call is answered.
    pub(super) offer: Option<Vec<u8>>,
    /// The other side has not been told yet where voice is to go to now.
    pub(super) moved: bool,
    /// What the engine was told last; none while the channel is closed.
    pub(super) told: Option<offhook_media::engine::Stream>,
    /// Packets have come from where the other side says that it is.
    pub(super) heard: bool,
    /// When the digits that the engine was given are out, at the latest.
    pub(super) digits_until: Duration,
    /// Digits that were pressed while the call was being taken back.
    pub(super) digits_early: String,
    /// What the engine told last.
    pub(super) figures: Option<Figures>,
}

/// What waits for a call to be on hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Then {
    /// The other party shall call this number.
    Refer(String),
    /// The other party shall take the place of us in that call.
    ReferTo(CallId),
}

impl Voice {
    /// What the next descriptions come from.
    pub(super) fn negotiators(&mut self) -> impl Iterator<Item = &mut Negotiator> {
        let early = self.offered_early.as_mut().map(|(_, negotiator)| negotiator);
        [&mut self.negotiator].into_iter().chain(&mut self.offered).chain(early)
    }
}

impl Call {
    pub(super) fn new(
        id: CallId,
        line: usize,
        sip: sip::CallId,
        progress: Progress,
        party: Party,
        voice: Voice,
    ) -> Self {
        let incoming = progress == Progress::Ringing;
        Call {
            id,
            line,
            sip,
            incoming,
            progress,
            held: false,
            held_since: None,
            held_there: false,
            party,
            group: None,
            voice,
            early: false,
            changing: false,
            then: None,
            auto_answer: None,
            forward: None,
            recall_at: None,
            recall: false,
            transfer: false,
            consults_for: None,
            asked_by: None,
            joins: Vec::new(),
            joining: false,
            answered: None,
            began: None,
            log: Some(if incoming { Kind::Missed } else { Kind::Dialled }),
            forwarded: false,
        }
    }

    /// Whether the parties can talk, on hold or not.
    pub(super) fn is_up(&self) -> bool {
        self.progress == Progress::Up
    }

    /// Whether somebody calls and waits for an answer.
    pub(super) fn rings(&self) -> bool {
        self.progress == Progress::Ringing
    }

    /// Whether voice of the other side may be heard before it has answered.
    pub(super) fn has_early_voice(&self) -> bool {
        !self.is_up() && self.early && self.voice.told.as_ref().is_some_and(|s| s.agreed.direction.receives())
    }

    /// Whether the person waits for voice or an answer: a description alone is no sound (RFC 3960, section 3.2).
    pub(super) fn wants_ringback(&self) -> bool {
        self.progress == Progress::RingingThere && !(self.has_early_voice() && self.voice.heard)
    }

    pub(super) fn next_timeout(&self) -> Option<Duration> {
        let forward = self.forward.as_ref().map(|(at, _)| *at);
        [self.auto_answer, forward, self.recall_at, self.settled_at()].into_iter().flatten().min()
    }

    /// Of a call that somebody has asked for: when it has been answered for so long that whoever has asked and is still there
    /// means to stay.
    pub(super) fn settled_at(&self) -> Option<Duration> {
        self.asked_by.and(self.answered).map(|answered| answered + GOODBYE)
    }
}
