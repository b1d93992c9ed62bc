//! G.722 at 64 kbit/s: two bands, each with adaptive differences (ITU-T G.722, sub-band ADPCM).
//!
//! The names of the blocks in comments are those of the Recommendation's flow charts. Encoder and decoder keep the same
//! state in each band, because both adapt by what the coarsest mode can decode.

mod band;
mod decoder;
mod encoder;
mod filter;
#[cfg(test)]
mod tests;

pub use decoder::{DELAY, Decoder, PRIMING};
pub use encoder::Encoder;

use band::Band;

/// Both bands of one direction.
#[derive(Debug, Clone)]
struct Bands {
    low: Band,
    high: Band,
}

impl Bands {
    const fn new() -> Self {
        Bands { low: Band::new(32), high: Band::new(8) }
    }
}
