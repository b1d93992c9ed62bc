//! Provisioning: which files to fetch and when, how they are fetched, and how they become settings.

mod error;
pub mod fetch;
mod location;
pub mod schedule;

pub use error::Error;
pub use location::{Credentials, Lease, Location, Scheme};
