//! Hands-free talking: takes the speaker's sound out of the microphone's, the noise of the room too, and evens out how loud
//! people are.
//!
//! The work is done by sonora, a port of what browsers use. It is much code, so it is built by the feature `echo` alone;
//! without it the microphone is taken as it is.

#[cfg(feature = "echo")]
mod canceller;
#[cfg(not(feature = "echo"))]
mod none;
#[cfg(feature = "echo")]
mod processor;

#[cfg(feature = "echo")]
pub use canceller::Canceller;
#[cfg(not(feature = "echo"))]
pub use none::Canceller;
