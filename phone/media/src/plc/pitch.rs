//! The pitch period of a voice: where it is most like itself.

/// Range of periods in samples at 4 kHz: 66 to 200 Hz. A higher voice is found by a multiple of its period.
const SHORTEST: usize = 20;
const LONGEST: usize = 60;

/// Samples that are compared, at 4 kHz: 20 ms.
const COMPARED: usize = 80;

/// Samples of the thinned signal: what is compared, and what it is compared with.
const THIN: usize = COMPARED + LONGEST;

/// The period in samples that the end of `heard` repeats best; `step` are the samples in 10 ms. There have to be 48.75 ms.
pub(super) fn period(heard: &[i16], step: usize) -> usize {
    let factor = step / 40;
    let mut thin = [0.0_f32; THIN];
    let from = heard.len() - THIN * factor;
    for (thin, samples) in thin.iter_mut().zip(heard[from..].chunks_exact(factor)) {
        *thin = samples.iter().map(|&sample| f32::from(sample)).sum();
    }
    let rough = best(SHORTEST..=LONGEST, |lag| likeness(&thin[LONGEST..], &thin[LONGEST - lag..THIN - lag]));
    let compared = COMPARED * factor;
    let end = heard.len();
    let shortest = (rough * factor - factor + 1).max(SHORTEST * factor);
    let longest = (rough * factor + factor - 1).min(LONGEST * factor);
    best(shortest..=longest, |lag| {
        let mut sums = Sums::default();
        for (&now, &then) in heard[end - compared..].iter().zip(&heard[end - compared - lag..end - lag]) {
            sums.add(f32::from(now), f32::from(then));
        }
        sums.likeness()
    })
}

fn best(lags: std::ops::RangeInclusive<usize>, likeness: impl Fn(usize) -> f32) -> usize {
    let mut best = (f32::NEG_INFINITY, *lags.end());
    for lag in lags {
        let likeness = likeness(lag);
        if likeness > best.0 {
            best = (likeness, lag);
        }
    }
    best.1
}

fn likeness(now: &[f32], then: &[f32]) -> f32 {
    let mut sums = Sums::default();
    for (&now, &then) in now.iter().zip(then) {
        sums.add(now, then);
    }
    sums.likeness()
}

/// Sums of a correlation.
#[derive(Default)]
struct Sums {
    product: f32,
    energy: f32,
}

impl Sums {
    fn add(&mut self, now: f32, then: f32) {
        self.product += now * then;
        self.energy += then * then;
    }

    /// The correlation by the root of the energy of the earlier part, which is what differs from lag to lag.
    fn likeness(&self) -> f32 {
        self.product / self.energy.max(1.0).sqrt()
    }
}
