//! Dialogs: what two user agents know of each other between the first request and the last (RFC 3261, section 12).
//!
//! A [`Dialog`] writes the requests within it and judges those that come; what they are for is the business of its users:
//! calls and subscriptions.

mod id;
mod state;

pub use id::DialogId;
pub use state::{Dialog, OutOfOrder};
