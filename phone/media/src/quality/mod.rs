//! How good a call is, as people would say: the E-model of ITU-T G.107 and the opinion score that follows from it.

use std::time::Duration;

use crate::codec::Codec;

/// R without any impairment but the default ones of G.107.
const BEST: f64 = 93.2;

/// What happened to the voice that one side hears.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Path {
    /// What encodes it.
    pub codec: Codec,
    /// Share of voice that did not come in time and was made up, 0 to 1.
    pub loss: f64,
    /// How much longer gaps are than chance would have them: 1 for single losses, more for bursts (G.107, BurstR).
    pub burst: f64,
    /// From the other mouth to this ear.
    pub delay: Duration,
}

/// What people would say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quality {
    /// The transmission rating R, 0 to 93.2.
    pub rating: f64,
    /// The mean opinion score, 1 (bad) to 4.4.
    pub opinion: f64,
}

impl Path {
    /// Judges by G.107.
    pub fn quality(&self) -> Quality {
        let rating = (BEST - delay_impairment(self.delay) - self.equipment_impairment()).clamp(0.0, BEST);
        Quality { rating, opinion: opinion(rating) }
    }

    /// Ie-eff: what codec and losses take away (G.107, equation 7-29).
    fn equipment_impairment(&self) -> f64 {
        let (impairment, robustness) = codec_factors(self.codec);
        let percent = self.loss.clamp(0.0, 1.0) * 100.0;
        let burst = self.burst.max(1.0);
        impairment + (95.0 - impairment) * percent / (percent / burst + robustness)
    }
}

/// How much longer runs of lost packets are than chance would have them: the mean run, over that of independent losses with
/// the same share (G.107, section 7.5).
pub fn burst_ratio(lost: u64, runs: u64, all: u64) -> f64 {
    if runs == 0 || lost >= all {
        return 1.0;
    }
    let share = lost as f64 / all as f64;
    (lost as f64 / runs as f64 * (1.0 - share)).max(1.0)
}

/// Ie and Bpl of ITU-T G.113, appendix I, with concealment. G.722 is not on the scale for narrow bands: clear wide-band voice
/// is not worse than G.711, and gaps are filled here in the same way. Of Opus it has no figures: it is taken for no worse.
fn codec_factors(codec: Codec) -> (f64, f64) {
    match codec {
        Codec::Pcma | Codec::Pcmu | Codec::G722 | Codec::Opus => (0.0, 25.1),
        Codec::G729 => (11.0, 19.0),
    }
}

/// Id: what delay takes away by talker echo (Idte, for the default TELR of 65 dB) and as such (Idd); G.107, section 7.4.
fn delay_impairment(delay: Duration) -> f64 {
    let time = delay.as_secs_f64() * 1000.0;
    let echo = if time < 1.0 {
        0.0
    } else {
        let loudness =
            65.0 - 40.0 * ((1.0 + time / 10.0) / (1.0 + time / 150.0)).log10() + 6.0 * (-0.3 * time * time).exp();
        let (without, with) = (94.77, 80.0 + 2.5 * (loudness - 14.0));
        let half = (without - with) / 2.0;
        (half + (half * half + 100.0).sqrt() - 1.0) * (1.0 - (-time).exp())
    };
    let absolute = if time <= 100.0 {
        0.0
    } else {
        let x = (time / 100.0).log2();
        25.0 * ((1.0 + x.powi(6)).powf(1.0 / 6.0) - 3.0 * (1.0 + (x / 3.0).powi(6)).powf(1.0 / 6.0) + 2.0)
    };
    echo + absolute
}

/// The score for a rating (G.107, annex B).
fn opinion(rating: f64) -> f64 {
    if rating <= 0.0 {
        return 1.0;
    }
    (1.0 + 0.035 * rating + rating * (rating - 60.0) * (100.0 - rating) * 7e-6).clamp(1.0, 4.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(codec: Codec, loss: f64, burst: f64, delay: u64) -> Quality {
        Path { codec, loss, burst, delay: Duration::from_millis(delay) }.quality()
    }

    #[test]
    fn known_points_of_the_model_are_met() {
        let close = |got: f64, expected: f64, within: f64| {
            assert!((got - expected).abs() <= within, "{got} is not {expected}");
        };
        close(judge(Codec::Pcmu, 0.0, 1.0, 0).rating, 93.2, 0.01);
        close(judge(Codec::Pcmu, 0.0, 1.0, 0).opinion, 4.41, 0.01);
        close(judge(Codec::G729, 0.0, 1.0, 0).rating, 82.2, 0.01);
        // The figure of G.114: toll quality up to 150 ms, and from 400 ms on people complain.
        close(judge(Codec::Pcmu, 0.0, 1.0, 150).rating, 89.5, 1.5);
        close(judge(Codec::Pcmu, 0.0, 1.0, 400).rating, 62.0, 3.0);
        // G.113, appendix I: G.711 with concealment at 3 % random loss.
        close(judge(Codec::Pcmu, 0.03, 1.0, 0).rating, 93.2 - 10.1, 0.1);
    }

    #[test]
    fn worse_is_never_better() {
        let mut before = 5.0;
        for loss in 0..=100 {
            let now = judge(Codec::Pcma, f64::from(loss) / 100.0, 1.0, 50).opinion;
            assert!(now <= before && now >= 1.0);
            before = now;
        }
        let mut before = 100.0;
        for delay in 0..1000 {
            let now = judge(Codec::Pcma, 0.0, 1.0, delay).rating;
            assert!(now <= before + 1e-6, "{delay} ms");
            before = now;
        }
        assert!(judge(Codec::G729, 0.05, 3.0, 50).rating < judge(Codec::G729, 0.05, 1.0, 50).rating);
    }

    #[test]
    fn bursts_are_measured() {
        assert_eq!(burst_ratio(0, 0, 100), 1.0);
        assert_eq!(burst_ratio(10, 10, 1000), 1.0);
        assert!((burst_ratio(100, 20, 1000) - 4.5).abs() < 1e-9);
        assert_eq!(burst_ratio(5, 1, 5), 1.0);
    }
}
