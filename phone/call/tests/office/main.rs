//! Small offices: phones that call each other over a phone system, with virtual time.

#![expect(clippy::unwrap_used, reason = "a test may stop")]

mod buttons;
mod calls;
mod dialling;
mod early;
mod features;
mod forwards;
mod pbx;
mod records;
mod servers;
mod settings;
mod storms;
mod transfers;
mod voice;
mod world;
