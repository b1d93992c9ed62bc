//! How the voice of a call fares, and the audio thread, as screens and programs see it.

use std::time::Duration;

use offhook_media::engine::{Load, Report};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Packets and marks of a call's voice, as they were a second ago at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Figures {
    /// Packets that were sent.
    pub sent: u32,
    /// Packets that came.
    pub received: u32,
    /// Packets that never came.
    pub lost: u32,
    /// Packets that came too late to be heard, or once more.
    pub discarded: u64,
    /// Share of the voice that had to be made up, in thousandths.
    pub made_up_permille: u16,
    /// How unevenly packets come (RFC 3550, section 6.4.1), in microseconds.
    pub jitter_us: u32,
    /// How long voice waits to be played, in microseconds.
    pub wait_us: u32,
    /// There and back, in microseconds, once the other side has reported (RTCP).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round_trip_us: Option<u32>,
    /// What the other side reports of the packets from here (RTCP).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub far: Option<FarEnd>,
    /// How good the other side sounds here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mos: Option<Mos>,
}

/// What the other side reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FarEnd {
    /// Share of packets lost between its last two reports, in thousandths.
    pub lost_permille: u16,
    /// How unevenly they come there, in microseconds.
    pub jitter_us: u32,
}

/// A mean opinion score by the E-model (ITU-T G.107), in hundredths: 100 is bad, 441 the best that there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Mos(pub u16);

impl Mos {
    /// The score, 1 to 5.
    pub fn score(self) -> f64 {
        f64::from(self.0) / 100.0
    }
}

impl Serialize for Mos {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.score())
    }
}

impl<'de> Deserialize<'de> for Mos {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        f64::deserialize(deserializer).map(|score| Mos((score * 100.0).round() as u16))
    }
}

impl From<&Report> for Figures {
    fn from(report: &Report) -> Self {
        let Report { statistics, voice, .. } = report;
        let us = |time: Duration| u32::try_from(time.as_micros()).unwrap_or(u32::MAX);
        let permille = |part: u64, whole: u64| (part.min(whole) * 1000).checked_div(whole).unwrap_or(0) as u16;
        Figures {
            sent: statistics.sent,
            received: statistics.received,
            lost: statistics.lost,
            discarded: voice.late + voice.discarded + u64::from(statistics.doubled),
            made_up_permille: permille(voice.concealed, voice.played),
            jitter_us: us(statistics.jitter),
            wait_us: us(voice.delay),
            round_trip_us: statistics.round_trip.map(us),
            far: statistics.reported.map(|far| FarEnd {
                lost_permille: permille(far.fraction_lost.into(), 256),
                jitter_us: us(far.jitter),
            }),
            mos: report.quality.map(|quality| Mos((quality.opinion * 100.0).round() as u16)),
        }
    }
}

/// How well the audio thread keeps its pace, since the phone was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Pace {
    /// Frames of 10 ms that were made.
    pub frames: u64,
    /// Frames that came later than their own length, or not at all.
    pub late: u64,
    /// How late the latest was, in microseconds.
    pub worst_us: u32,
}

impl From<Load> for Pace {
    fn from(Load { frames, missed, worst, .. }: Load) -> Self {
        Pace { frames, late: missed, worst_us: u32::try_from(worst.as_micros()).unwrap_or(u32::MAX) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use offhook_media::Codec;
    use offhook_media::jitter;
    use offhook_media::quality::Quality;
    use offhook_media::rtp::{Reported, Statistics};

    #[test]
    fn the_pace_is_that_of_the_audio_thread() {
        let load = Load { frames: 700, missed: 3, worst: Duration::from_micros(12_500), unheard: 1 };
        let written = serde_json::json!({ "frames": 700, "late": 3, "worst_us": 12_500 });
        assert_eq!(serde_json::to_value(Pace::from(load)).unwrap(), written);
    }

    #[test]
    fn figures_are_those_of_the_engine() {
        let report = Report {
            sends: Codec::Pcmu,
            receives: Some(Codec::Pcmu),
            statistics: Statistics {
                sent: 500,
                received: 490,
                lost: 10,
                doubled: 1,
                jitter: Duration::from_micros(1250),
                round_trip: Some(Duration::from_millis(40)),
                reported: Some(Reported { fraction_lost: 64, lost: 3, jitter: Duration::from_millis(2) }),
                ..Statistics::default()
            },
            voice: jitter::Figures {
                played: 80_000,
                concealed: 1600,
                late: 2,
                delay: Duration::from_millis(20),
                ..jitter::Figures::default()
            },
            quality: Some(Quality { rating: 90.0, opinion: 4.338 }),
        };
        let figures = Figures::from(&report);
        let written = serde_json::json!({
            "sent": 500, "received": 490, "lost": 10, "discarded": 3, "made_up_permille": 20, "jitter_us": 1250,
            "wait_us": 20_000, "round_trip_us": 40_000, "far": { "lost_permille": 250, "jitter_us": 2000 }, "mos": 4.34
        });
        assert_eq!(serde_json::to_value(figures).unwrap(), written);
        assert_eq!(serde_json::from_value::<Figures>(written).unwrap(), figures);
        let silent = Report { statistics: Statistics::default(), voice: jitter::Figures::default(), ..report };
        assert_eq!(Figures::from(&silent).made_up_permille, 0);
    }
}
