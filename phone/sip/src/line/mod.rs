//! One line: registration, servers, calls and subscriptions, over the transactions that it alone holds.
//!
//! [`Line`] is a state machine without input and output: messages, answers of DNS and the present moment go in; messages,
//! questions for DNS and events come out of [`Line::poll`]. What the settings ask for:
//!
//! | setting | effect |
//! |---|---|
//! | `SIP_SRC_PORT`, `SIP_ADD_RPORT` | stand in Via, the port in Contact too |
//! | `PORT_PUNCH_INTVL` | two line ends to each server of the line, so often (guide rule 182) |
//! | `SIP_DETECT_SSAF` | messages from elsewhere are not heard (guide rule 202) |
//! | `NAPT_GLOBAL_ADDRESS`, STUN | the address that Via and Contact give in place of the unit's own |
//! | `CFG_RESYNC_FROM_SIP` | a NOTIFY outside of subscriptions, from the line's own servers alone, becomes an event |
//!
//! The parts know nothing of each other; see [`crate::exchange`] for how they have requests sent.

mod change;
mod config;
mod flight;
mod incoming;
mod joints;
mod machine;
mod outgoing;
mod place;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::time::Duration;

use crate::call;
use crate::registration::{Contact, Failure};
use crate::server::Query;
use crate::subscription::{self, SubscriptionId};
use crate::transaction::{Peer, Transmit};

pub use config::Config;
pub use machine::Line;
pub use place::Addresses;

/// What the caller has to do or to know.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Output {
    /// Send these bytes: a message, or a keep-alive. What cannot be sent is told to [`Line::unreachable`].
    Transmit(Transmit),
    /// Ask DNS, and give the answer to [`Line::resolved`].
    Resolve(Query),
    /// Something happened.
    Event(Event),
}

/// What happened on a line.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The line is registered, newly or again.
    Registered {
        /// How long the registrar keeps it.
        granted: Duration,
        /// The server that said so.
        server: SocketAddr,
    },
    /// An attempt to register failed; while an earlier registration lasts, the line is still registered.
    RegistrationFailed {
        /// Why.
        failure: Failure,
        /// When it is tried again; never after 403 (guide rule 201).
        retry: Option<Duration>,
    },
    /// The registration has run out, and no attempt to renew it succeeded.
    RegistrationExpired,
    /// Others reach the line here from now on: SDP should name this host too.
    Address(Contact),
    /// Something happened to a call.
    Call(call::Event),
    /// Something happened to a subscription.
    Subscription {
        /// The subscription.
        id: SubscriptionId,
        /// What.
        event: subscription::Event,
    },
    /// A server told something without being asked: `check-sync`, `message-summary`.
    Notified(Box<Notification>),
    /// Other settings count from now on; the socket has to have their port.
    Configured,
    /// Everything is done after [`Line::close`].
    Closed,
}

/// A NOTIFY outside of subscriptions. It came from one of the line's own servers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// The package, without parameters: `check-sync`.
    pub event: String,
    /// What stood behind it: `;reboot=true`.
    pub params: String,
    /// The type of the body, in small letters and without parameters; empty if there is none.
    pub content_type: String,
    /// The body.
    pub body: Vec<u8>,
    /// Who sent it.
    pub from: Peer,
}
