//! What the engine tells about its calls and about itself.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::codec::Codec;
use crate::jitter::Figures;
use crate::quality::{Path, Quality, burst_ratio};
use crate::rtp::Statistics;

/// How a channel fares.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Report {
    /// What it sends with.
    pub sends: Codec,
    /// What came last; none if nothing came yet.
    pub receives: Option<Codec>,
    /// Packets both ways.
    pub statistics: Statistics,
    /// Voice that waited, and voice that was made up.
    pub voice: Figures,
    /// How good the other side sounds here; none if nothing came yet.
    pub quality: Option<Quality>,
}

impl Report {
    pub(super) fn new(sends: Codec, receives: Option<Codec>, statistics: Statistics, voice: Figures) -> Self {
        // Frames of 10 ms are recorded before they are sent, and as long ones are played.
        const ENDS: Duration = Duration::from_millis(20);
        let quality = receives.filter(|_| voice.played > 0).map(|codec| {
            let loss = voice.concealed as f64 / voice.played as f64;
            let burst = burst_ratio(voice.concealed / 160, voice.gaps, voice.played / 160);
            let delay = voice.delay + statistics.round_trip.unwrap_or_default() / 2 + ENDS;
            Path { codec, loss, burst, delay }.quality()
        });
        Report { sends, receives, statistics, voice, quality }
    }
}

/// How well the audio thread keeps up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Load {
    /// Frames of 10 ms that were made.
    pub frames: u64,
    /// Frames that were made more than 10 ms late.
    pub missed: u64,
    /// How late the latest was.
    pub worst: Duration,
    /// Events that nobody fetched in time.
    pub unheard: u64,
}

/// The same, where both ends see it.
#[derive(Debug, Default)]
pub(super) struct Counters {
    frames: AtomicU64,
    missed: AtomicU64,
    worst_us: AtomicU64,
    unheard: AtomicU64,
}

impl Counters {
    pub(super) fn frame(&self, late: Duration) {
        self.frames.fetch_add(1, Ordering::Relaxed);
        if late > super::FRAME_TIME {
            self.missed.fetch_add(1, Ordering::Relaxed);
        }
        self.worst_us.fetch_max(late.as_micros() as u64, Ordering::Relaxed);
    }

    pub(super) fn skipped(&self, frames: u64) {
        self.missed.fetch_add(frames, Ordering::Relaxed);
    }

    pub(super) fn unheard(&self) {
        self.unheard.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn load(&self) -> Load {
        Load {
            frames: self.frames.load(Ordering::Relaxed),
            missed: self.missed.load(Ordering::Relaxed),
            worst: Duration::from_micros(self.worst_us.load(Ordering::Relaxed)),
            unheard: self.unheard.load(Ordering::Relaxed),
        }
    }
}
