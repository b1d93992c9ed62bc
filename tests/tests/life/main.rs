//! The life of a phone as a process: it configures itself, stays in step, updates its firmware, and outlives faults.

mod display;
mod faults;
mod firmware;
mod log;
mod pre_provisioning;
mod stage;
mod time;
mod unit;
