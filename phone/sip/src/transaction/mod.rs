//! Transactions: a request and its responses over a network that loses, repeats and reorders (RFC 3261, section 17).
//!
//! [`Transactions`] runs the four state machines with the corrections of RFC 6026. It finds the transaction that a message
//! belongs to, repeats what may be lost, absorbs what was repeated, acknowledges refused INVITEs, and answers CANCEL. What is
//! new comes out as an [`Event`].
//!
//! What it leaves to others: ACK for 2xx and the repetition of 2xx (the dialog's business, RFC 3261, section 13), an INVITE
//! that rings for ever (the caller's patience), and which server a request goes to.

mod client;
mod key;
mod layer;
mod queue;
mod server;
mod via;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use offhook_params::settings::LineTimers;

use crate::message::{Request, Response};

pub use layer::{Load, Transactions};

/// The timers of RFC 3261, section 17, as far as they can be set for a line.
///
/// Timers A and E begin with T1; G too. I and K are T4. L and M (RFC 6026) are 64 times T1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timers {
    /// First wait before a request is repeated; each further wait doubles it.
    pub t1: Duration,
    /// Longest wait before a request other than INVITE, or a final answer, is repeated.
    pub t2: Duration,
    /// How long late copies may come: timers I and K.
    pub t4: Duration,
    /// How long an INVITE waits for any answer.
    pub b: Duration,
    /// How long a refused INVITE is kept to acknowledge repeated answers.
    pub d: Duration,
    /// How long another request waits for its final answer.
    pub f: Duration,
    /// How long a refusal of an INVITE is repeated while its ACK is missing.
    pub h: Duration,
    /// How long the answer to another request is kept, for when the request is repeated.
    pub j: Duration,
}

impl From<&LineTimers> for Timers {
    fn from(line: &LineTimers) -> Self {
        Timers {
            t1: line.timer_t1,
            t2: line.timer_t2,
            t4: line.timer_t4,
            b: line.timer_b,
            d: line.timer_d,
            f: line.timer_f,
            h: line.timer_h,
            j: line.timer_j,
        }
    }
}

impl Timers {
    /// 64 times T1: how long anything that was sent may still matter.
    pub fn longest(&self) -> Duration {
        self.t1 * 64
    }
}

/// What carries messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transport {
    /// Datagrams: the state machines repeat what may be lost.
    Udp,
    /// A connection.
    Tcp,
    /// A connection with TLS.
    Tls,
}

impl Transport {
    /// Whether what is sent arrives, so that nothing is repeated.
    pub fn is_reliable(self) -> bool {
        self != Transport::Udp
    }

    /// As in Via.
    pub fn as_str(self) -> &'static str {
        match self {
            Transport::Udp => "UDP",
            Transport::Tcp => "TCP",
            Transport::Tls => "TLS",
        }
    }

    /// The port where none is written: 5060, with TLS 5061.
    pub fn default_port(self) -> u16 {
        if self == Transport::Tls { 5061 } else { 5060 }
    }
}

/// Where messages go to and come from. With TCP and TLS, it stands for the connection with that address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Peer {
    /// How.
    pub transport: Transport,
    /// Where.
    pub address: SocketAddr,
}

/// What this end writes into Via.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Local {
    /// Host name or address, in brackets if it is of version 6.
    pub host: String,
    /// The port that answers shall come to.
    pub port: u16,
    /// Asks the server to answer to the port that it saw (`SIP_ADD_RPORT`; RFC 3581).
    pub rport: bool,
}

/// A request that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClientId(pub(crate) u64);

/// A request that came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ServerId(pub(crate) u64);

/// Bytes for the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transmit {
    /// Where to.
    pub to: Peer,
    /// One message.
    pub bytes: Arc<[u8]>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A new request, to be answered with [`Transactions::respond`]. Never ACK or CANCEL.
    Request {
        /// Its transaction.
        id: ServerId,
        /// The request; `received` and `rport` are noted in its Via.
        request: Request,
        /// Where it came from.
        from: Peer,
    },
    /// A CANCEL for an INVITE that has no final response yet. It was answered; the INVITE wants 487 now.
    Cancelled {
        /// The INVITE's transaction.
        id: ServerId,
        /// The CANCEL, which may say why (RFC 3326).
        cancel: Request,
    },
    /// An ACK for a 2xx, or for nothing that is known here.
    Ack {
        /// The ACK.
        request: Request,
        /// Where it came from.
        from: Peer,
    },
    /// A response: any number of provisional ones, then one final; to INVITE several 2xx may come, as forks answer and as
    /// they are repeated.
    Response {
        /// The request's transaction.
        id: ClientId,
        /// The response.
        response: Response,
        /// Where it came from.
        from: Peer,
    },
    /// No response in time (timers B and F), or none to a CANCEL's INVITE: as good as 408 (RFC 3261, section 8.1.3.1).
    TimedOut {
        /// The request's transaction.
        id: ClientId,
    },
    /// The network refuses: as good as 503 (RFC 3261, section 8.1.3.1).
    Unreachable {
        /// The request's transaction.
        id: ClientId,
    },
    /// The ACK for a refused INVITE did not come (timer H), or the answer could not be sent.
    Lost {
        /// The INVITE's transaction.
        id: ServerId,
    },
}

#[cfg(test)]
mod tests {
    use offhook_params::{ParamId, Settings, lookup};

    use super::*;

    #[test]
    fn each_setting_is_a_timer_of_its_own_line() {
        type Named = (&'static str, fn(&Timers) -> Duration);
        let all: [Named; 8] = [
            ("T1", |timers| timers.t1),
            ("T2", |timers| timers.t2),
            ("T4", |timers| timers.t4),
            ("B", |timers| timers.b),
            ("D", |timers| timers.d),
            ("F", |timers| timers.f),
            ("H", |timers| timers.h),
            ("J", |timers| timers.j),
        ];
        let of = |line: usize, changed: Option<ParamId>, value: &'static str| {
            let settings = Settings::from_values(&|id: ParamId| if Some(id) == changed { value } else { id.default() });
            Timers::from(&settings.lines[line].timers)
        };
        let factory = of(1, None, "");
        for (name, _) in all {
            let id = lookup(&format!("SIP_TIMER_{name}_2")).expect("a setting").id;
            // T1 and T2 are set in milliseconds and seconds, the others in seconds.
            let value = if name == "T1" {
                "250"
            } else if name == "T2" {
                "8"
            } else {
                "3"
            };
            for (other, timer) in all {
                assert_eq!(timer(&of(1, Some(id), value)) != timer(&factory), other == name, "{name}: {other}");
                assert_eq!(timer(&of(0, Some(id), value)), timer(&factory), "{name}: another line");
            }
        }
    }
}
