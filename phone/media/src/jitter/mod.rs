//! Voice that comes unevenly, played evenly: a buffer that waits as long as the network needs and no longer.
//!
//! [`Buffer`] takes packets as they come. Whenever the ear needs sound, it says what to play next, a [`Frame`], and at which
//! [`Pace`]: a little faster if voice waits longer than needed, a little slower if it should wait longer. A [`Scaler`] does
//! that to the decoded samples, by whole periods of the voice, so that nothing clicks.
//!
//! How long voice waits follows from how late packets come: a histogram that forgets, of which nearly all has to fit into the
//! wait. A packet that is not there when it is needed is stood in for; if it comes after all and nothing else waits, it is
//! played, and the wait has grown by that. A sender's clock that runs fast or slow shows as a wait that grows or shrinks, and
//! is evened out in the same way.
//!
//! Times of voice are ticks, 8000 a second whatever the clock of the stream. Nothing is allocated after the buffer is made.

mod buffer;
mod delay;
mod marks;
mod scaler;
mod slots;

pub use buffer::{Buffer, Figures, Frame, Pace, Put};
pub use scaler::Scaler;
pub use slots::MAX_PAYLOAD;
