//! What happens to calls.

use std::time::Duration;

use super::types::{Body, CallId, Diverted, Party};

/// What happened to a call.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// Somebody calls. To be answered with [`Calls::ring`], [`Calls::answer`], [`Calls::reject`] or [`Calls::redirect`].
    ///
    /// [`Calls::ring`]: super::Calls::ring
    /// [`Calls::answer`]: super::Calls::answer
    /// [`Calls::reject`]: super::Calls::reject
    /// [`Calls::redirect`]: super::Calls::redirect
    Incoming(Box<Invitation>),
    /// A call of ours makes progress: 180 rings, 181 is forwarded, 182 is queued, 183 is anything else.
    Progress {
        /// The call.
        call: CallId,
        /// The status code.
        status: u16,
        /// The answer to our offer, if one has come with this or an earlier response of the same party: there may be voice
        /// already. Another party's answer replaces it, as forks ring one after the other.
        session: Option<Body>,
    },
    /// A call of ours was answered.
    Answered {
        /// The call.
        call: CallId,
        /// Our offer that holds now.
        local: Option<Body>,
        /// The answer to our offer, also if it came before. None if we offered nothing: then an [`Event::Offer`] follows.
        session: Option<Body>,
    },
    /// The caller has heard that we answered: its ACK came.
    Confirmed {
        /// The call.
        call: CallId,
    },
    /// Who the other party is has changed, or is told for the first time by somebody who knows (RFC 3325).
    Identity {
        /// The call.
        call: CallId,
        /// The other party.
        party: Party,
    },
    /// The call goes on to another address (3xx).
    Redirected {
        /// The call.
        call: CallId,
        /// The URI.
        target: String,
    },
    /// The other party changes the session. To be answered with [`Calls::accept`] or [`Calls::refuse`].
    ///
    /// [`Calls::accept`]: super::Calls::accept
    /// [`Calls::refuse`]: super::Calls::refuse
    Offer {
        /// The call.
        call: CallId,
        /// Its offer; none if it wants ours.
        session: Option<Body>,
    },
    /// The other party has answered our offer.
    Answer {
        /// The call.
        call: CallId,
        /// The offer: of several changes, those that had to wait may have been overtaken.
        local: Body,
        /// Its answer.
        session: Body,
    },
    /// The other party did not take our change of the session; everything is as before.
    Unchanged {
        /// The call.
        call: CallId,
        /// Why; 491 if a change of theirs has come in its place.
        status: u16,
    },
    /// A digit came by INFO.
    Digit {
        /// The call.
        call: CallId,
        /// `0` to `9`, `*`, `#`, `A` to `D`.
        digit: char,
        /// How long it was pressed, as far as it is told.
        duration: Option<Duration>,
    },
    /// A flash hook came by INFO.
    Flash {
        /// The call.
        call: CallId,
    },
    /// The server wants the call answered, or taken back from hold (event package `talk`).
    Talk {
        /// The call.
        call: CallId,
    },
    /// The server wants the call held (event package `hold`).
    Hold {
        /// The call.
        call: CallId,
    },
    /// The other party asks us to call somebody else in its place. To be answered with [`Calls::accept_transfer`] or
    /// [`Calls::refuse_transfer`].
    ///
    /// [`Calls::accept_transfer`]: super::Calls::accept_transfer
    /// [`Calls::refuse_transfer`]: super::Calls::refuse_transfer
    TransferAsked {
        /// The call.
        call: CallId,
        /// Whom to call.
        target: Party,
        /// Whether the target waits for it: an attended transfer.
        attended: bool,
        /// Who asks, if it is told (RFC 3892).
        referred_by: Option<Party>,
    },
    /// How our transfer of this call, or our invitation of somebody to this conference, goes.
    Transfer {
        /// The call that the REFER was sent in.
        call: CallId,
        /// How it goes.
        progress: Transfer,
    },
    /// The call is over. Nothing more is told of it.
    Ended {
        /// The call.
        call: CallId,
        /// Why.
        why: End,
    },
}

/// How a transfer goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transfer {
    /// The other party will try.
    Accepted,
    /// It has this provisional response of the target.
    Progress(u16),
    /// The target has answered.
    Done,
    /// It did not work; 408 if nothing more was heard.
    Failed(u16),
}

/// Why a call is over.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum End {
    /// We hung up, or did not take it.
    Local,
    /// The other party hung up.
    Remote,
    /// The caller gave up before we answered.
    Cancelled {
        /// Another phone has answered it (RFC 3326): the call was not missed.
        elsewhere: bool,
    },
    /// The called party or a server refused.
    Refused {
        /// The status code.
        status: u16,
        /// Its reason phrase.
        reason: String,
    },
    /// User name or password is wrong.
    Password,
    /// No answer from the network, or the network does not reach anybody.
    Silence,
    /// Nobody answered in the time that the invitation was good for.
    Expired,
    /// Another call took its place (RFC 3891).
    Replaced {
        /// That call.
        by: CallId,
    },
    /// It was transferred, or taken into a conference by the server.
    Transferred,
    /// The other end is gone: the session was not refreshed (RFC 4028), our answer not acknowledged, or a request within
    /// the call not known there.
    Lost,
    /// What the other end sent makes no sense, such as no answer to our offer.
    Broken,
}

/// An INVITE that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The call.
    pub call: CallId,
    /// Who calls, by the best source: P-Asserted-Identity, Remote-Party-ID, From.
    pub caller: Party,
    /// Whether the caller hides who it is (RFC 3323, RFC 3325).
    pub anonymous: bool,
    /// Whom the caller meant: To.
    pub called: Party,
    /// The Request-URI.
    pub target: String,
    /// What the caller offers; none if it waits for our offer.
    pub offer: Option<Body>,
    /// The call that this one takes the place of: answer it at once (RFC 3891).
    pub replaces: Option<CallId>,
    /// Who has transferred the caller to us (RFC 3892).
    pub referred_by: Option<Party>,
    /// Which addresses have forwarded the call, the last one first: Diversion (RFC 5806), or else History-Info (RFC 7044).
    pub diverted: Vec<Diverted>,
    /// The server wants it answered without anybody's doing after so long: `answer-after` of Call-Info, or Alert-Info.
    pub auto_answer: Option<Duration>,
    /// URI or name of the ring tone that the server wishes: Alert-Info.
    pub alert: Option<String>,
}

/// Why a call is sent on to another address (RFC 5806, section 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forward {
    /// Every call is.
    Always,
    /// The line is in use.
    Busy,
    /// Nobody answers.
    NoAnswer,
    /// Somebody decided so when it rang.
    Deflection,
}

impl Forward {
    /// As in Diversion.
    pub fn as_str(self) -> &'static str {
        match self {
            Forward::Always => "unconditional",
            Forward::Busy => "user-busy",
            Forward::NoAnswer => "no-answer",
            Forward::Deflection => "deflection",
        }
    }
}
