//! Where a request goes: the servers of the settings, their names in DNS, and which of them is alive (RFC 3263).
//!
//! | setting | effect |
//! |---|---|
//! | `SIP_OUTPROXY_ADDR` | takes every request of the line |
//! | `SIP_RGSTR_ADDR`, `SIP_PRXY_ADDR`, `SIP_PRSNC_ADDR` | take registrations, calls, subscriptions; one that is empty is stood in for by the others |
//! | `SIP_2NDRGSTR_ADDR` and its kin | come second while the first one is an address (guide rule 184) |
//! | `SIP_DNSSRV_ENA`, the two prefixes | SRV records are asked for first (guide rule 181) |
//! | `SIP_FOVR_NORSP`, `SIP_FOVR_MAX` | how many servers are tried for one request (guide rule 270) |
//!
//! [`Locator`] asks no resolver itself: it puts out a [`Query`] and takes an [`Answer`]. A server that was silent comes last
//! until it gives a sign of life; the order is otherwise kept, so that a line stays with its server.

mod cache;
mod choice;
mod locator;
mod plan;

use std::net::IpAddr;
use std::time::Duration;

use crate::transaction::Peer;

pub use choice::order;
pub use locator::{Locator, Ticket};
pub use plan::{Plan, Site};

/// Names a query until its answer comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct QueryId(pub(crate) u64);

/// What DNS is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Records {
    /// SRV records (RFC 2782).
    Srv,
    /// A and AAAA records.
    Addresses,
}

/// A question for DNS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// What the answer has to name.
    pub id: QueryId,
    /// The whole domain name.
    pub name: String,
    /// What is asked for.
    pub records: Records,
}

/// One SRV record (RFC 2782).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Srv {
    /// The lower ones are tried first.
    pub priority: u16,
    /// How often it is the first among those of its priority.
    pub weight: u16,
    /// The port of the service.
    pub port: u16,
    /// The host's name; `.` says that there is no such service.
    pub target: String,
}

/// What DNS says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// SRV records; none if the name is not there or has none.
    Srv {
        /// In any order.
        records: Vec<Srv>,
        /// How long they hold.
        ttl: Duration,
    },
    /// Addresses of both versions; none if the name is not there or has none.
    Addresses {
        /// In any order.
        addresses: Vec<IpAddr>,
        /// How long they hold.
        ttl: Duration,
    },
    /// DNS did not answer, or said that it cannot.
    Failed,
}

/// What the caller has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Ask DNS, and give the answer to [`Locator::answered`].
    Resolve(Query),
    /// Where the request of this ticket goes: servers in the order in which they shall be tried. None if nobody knows any.
    Located {
        /// As given to [`Locator::locate`].
        ticket: Ticket,
        /// At most as many as the settings allow.
        peers: Vec<Peer>,
    },
    /// Look whether this server is back, with an OPTIONS to it; any answer is a sign of life.
    Probe(Peer),
}
