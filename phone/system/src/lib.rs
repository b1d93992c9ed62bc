//! The unit around the phone: time, network addresses, DHCP answers and syslog, behind one trait.
//!
//! | module | is |
//! |---|---|
//! | [`Platform`] | what the machine knows of itself: [`Linux`], and [`Simulated`] for tests and fleets |
//! | [`Clock`] | date and time, which a unit may not know yet |
//! | [`Face`] | date and time as the display shows them |
//! | [`ntp`] | when the time server is asked (pure, time passed in), and the question itself |
//! | [`Lease`] | what the DHCP server said, by way of a file that the DHCP client writes |
//! | [`syslog`] | messages by RFC 5424 and their way to a server |

mod clock;
mod face;
mod lease;
pub mod ntp;
mod platform;
pub mod syslog;

pub use clock::Clock;
pub use face::Face;
pub use lease::{Lease, LeaseError};
pub use platform::{Linux, Network, Platform, Simulated};
