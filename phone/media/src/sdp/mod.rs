//! Session descriptions: what to offer, what to answer, and what was agreed (RFC 3264 over RFC 8866). Text in, text out.
//!
//! A [`Negotiator`] goes with one dialog. Whoever carries the bodies asks it for an offer or an answer, gives it what the
//! other side says, and takes from it an [`Agreed`]: where to send which packets.
//!
//! # Decisions
//!
//! - Answers list all common codecs in the order of the offer, as RFC 3264, section 6.1, asks for. The priorities of the
//!   settings order the offers.
//! - PCMU that is there only because the settings always want it (guide rule 189) comes last: it is the codec to fall back on.
//!   Without any enabled codec it is the only one, since there are no calls without a codec.
//! - Digits by telephone-event are offered and answered where the line sends them so (guide rules 179, 180).
//! - Packets are sent in the length that the other side asks for, if it is one of 20, 30 and 40 ms and the codec goes with it
//!   (guide rule 177); otherwise in the length of the settings.
//! - SRTP that is not required is offered as `RTP/AVP` with keys beside it, so that a peer without SRTP can answer. RFC 4568
//!   knows no such offer, but servers and phones do.

mod agreed;
mod answer;
mod attribute;
mod crypto;
mod description;
mod direction;
mod fault;
mod negotiator;
mod policy;
mod read;
mod write;

pub use agreed::{Agreed, Events, Keys};
pub use description::{Address, Description, Format, Media};
pub use direction::Direction;
pub use fault::{Fault, Problem};
pub use negotiator::{Local, Negotiator, Stance};
pub use policy::{Policy, Security};
pub use read::{MAX_LENGTH, read};
