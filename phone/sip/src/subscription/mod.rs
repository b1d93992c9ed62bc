//! Subscriptions of one line: asks servers to tell what happens elsewhere, and keeps asking (RFC 6665).
//!
//! [`Subscriptions`] says which SUBSCRIBE to send and answers the NOTIFYs; sending, and finding the server, is the caller's
//! business. What the settings ask for:
//!
//! | setting | effect |
//! |---|---|
//! | `SIP_SUBS_EXPIRE` | asked for in Expires; what the server grants counts |
//! | `SUB_INTERVAL_RATE` | renews within the dialog after that part of the granted time (guide rule 271) |
//! | `SUB_RTX_INTVL` | tries again after silence or an error, but not after 403 (guide rule 201) |

mod machine;
mod one;
mod outcome;
mod request;
mod wish;

use std::time::Duration;

use crate::event::Content;
use crate::event::lamps::Lamp;
use crate::exchange::Demand;
use crate::message::Response;
use crate::transaction::ServerId;

pub use machine::Subscriptions;
pub use wish::{Terms, Wish};

/// One subscription, from the wish for it until it has ended. Never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SubscriptionId(pub(crate) u64);

/// What the caller has to do or to know.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Output {
    /// Send this request, and give its outcome to [`Subscriptions::answered`].
    Send(Demand),
    /// Send this response to a NOTIFY.
    Respond {
        /// The NOTIFY's transaction.
        server: ServerId,
        /// The response.
        response: Response,
    },
    /// Something happened.
    Event {
        /// The subscription.
        id: SubscriptionId,
        /// What.
        event: Event,
    },
}

/// What happened to a subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The server takes it, newly or again.
    Active {
        /// How long it lasts without a renewal.
        granted: Duration,
    },
    /// The server told something. Dialogs and lists of them come as [`Event::Lamps`].
    Told(Content),
    /// These lamps have changed.
    Lamps(Vec<Lamp>),
    /// It could not be made or renewed. While an earlier grant lasts, the server still tells.
    Failed {
        /// The status code; none if there was no answer.
        status: Option<u16>,
        /// When it is tried again; never after 403.
        retry: Option<Duration>,
    },
    /// The server tells nothing any more, until the subscription is made anew.
    Lapsed {
        /// The server's word for why: `noresource`, `rejected`; none if time ran out.
        reason: Option<String>,
        /// When it is made anew; none if the server does not want it.
        retry: Option<Duration>,
    },
    /// It was given up. Nothing more is told of it.
    Ended,
}
