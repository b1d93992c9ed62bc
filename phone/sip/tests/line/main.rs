//! One line against servers and callers that are played here, over a simulated network with virtual time.

#![expect(clippy::unwrap_used, reason = "a test may stop")]

mod dialling;
mod hostile;
mod lines;
mod storms;
mod subscriptions;
mod world;
