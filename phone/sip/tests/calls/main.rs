//! Calls: flows between phones that are played here, and storms of them over a simulated network.

#![expect(clippy::unwrap_used, reason = "a test may stop")]

mod incoming;
mod line;
mod outgoing;
mod phone;
mod storms;
mod strangers;
mod weather;
mod within;
