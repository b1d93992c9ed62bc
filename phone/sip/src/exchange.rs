//! How the parts of a line have requests sent: what they ask for, and what became of it.
//!
//! Registration, subscriptions and calls hold no transactions. Each puts requests out under a key of its own, and takes the
//! outcome back under that key. The line finds the server, turns to the next one if it is silent, adds Via, and keeps the
//! transaction. Subscriptions leave credentials to the line too: they put out a [`Demand`] and take an [`Outcome`].

use crate::message::{Request, Response};

/// Names a request among those of one part. The part chooses it, and never gives it twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(pub u64);

/// Where a request goes. An outbound proxy takes them all.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Toward {
    /// REGISTER.
    Registrar,
    /// Whatever begins outside of a dialog and is for somebody else: INVITE, REFER, MESSAGE.
    Proxy,
    /// SUBSCRIBE outside of a dialog.
    Presence,
    /// To where this URI leads (RFC 3263): within a dialog, the first proxy that asked to stay in the way, else the target.
    Uri(String),
}

/// A request that a part of the line wants to have sent.
///
/// It is complete but for Via and credentials. Not for CANCEL, nor for ACK, which have demands of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demand {
    /// What the outcome comes back under.
    pub key: Key,
    /// Where it goes.
    pub toward: Toward,
    /// The request.
    pub request: Request,
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// A response: any number of provisional ones, then a final one; to INVITE, further 2xx may follow.
    ///
    /// 401 and 407 come as [`Outcome::Challenged`] first, if the line has an answer to them.
    Response(Response),
    /// A server asked who is there, and the line will answer: send the same request once more, with the next CSeq number,
    /// under a new key. The credentials are put in by the line.
    Challenged,
    /// No server answered, or none could be reached: as good as 408 (RFC 3261, section 8.1.3.1).
    Silence,
}
