//! Concealment of lost packets, for codecs that have none of their own (in the manner of G.711 Appendix I).
//!
//! A lost stretch repeats the last pitch period of what was heard, after 10 ms two and after 20 ms three of them, so that it
//! does not buzz; it fades out from 10 to 60 ms. Unlike the Appendix, this delays nothing: where the repeated wave begins,
//! the step to it is spread over a quarter of a period instead of being blended in the past. The first samples that come
//! after a loss are blended with what the substitute would have been.

mod pitch;
#[cfg(test)]
mod tests;

/// Samples of 10 ms at the highest rate.
const MOST_STEP: usize = 160;

/// Heard samples that are kept: 48.75 ms at the highest rate, three periods of the lowest pitch and a quarter.
const MOST_HISTORY: usize = 780;

/// How long a substitute keeps its loudness, and when it has faded out, in steps of 10 ms.
const LOUD_STEPS: usize = 1;
const ALL_STEPS: usize = 6;

/// Most periods that are repeated.
const MOST_PERIODS: usize = 3;

/// The concealment of one stream.
#[derive(Debug, Clone)]
pub struct Concealer {
    /// Samples in 10 ms.
    step: usize,
    history: [i16; MOST_HISTORY],
    /// Samples of the history in use.
    length: usize,
    loss: Option<Loss>,
}

/// A loss that lasts.
#[derive(Debug, Clone)]
struct Loss {
    /// What was heard before, the oldest first.
    heard: [i16; MOST_HISTORY],
    /// Samples of a pitch period.
    period: usize,
    /// Where the substitute is, and where it comes from while it passes over to more periods.
    walk: Walk,
    before: Option<Walk>,
    /// Samples until the passage is done.
    passage: usize,
    /// The step from the last heard sample to the first of the wave, which dies away over a quarter of a period.
    offset: f32,
    /// Samples since the loss began.
    elapsed: usize,
}

/// A place in the wave that repeats the last periods.
#[derive(Debug, Clone, Copy)]
struct Walk {
    periods: usize,
    position: usize,
}

impl Concealer {
    /// For a stream at 8000 or 16000 samples a second.
    pub fn new(rate: u32) -> Self {
        let step = (rate as usize / 100).min(MOST_STEP);
        Concealer { step, history: [0; MOST_HISTORY], length: step * 39 / 8, loss: None }
    }

    /// Takes samples that were received. The first ones after a loss are changed, to follow the substitute without a click.
    pub fn received(&mut self, samples: &mut [i16]) {
        if let Some(loss) = self.loss.take() {
            self.blend(loss, samples);
        }
        self.remember(samples);
    }

    /// Fills in for samples that are lost.
    pub fn lost(&mut self, samples: &mut [i16]) {
        let mut loss = self.loss.take().unwrap_or_else(|| self.begin());
        for sample in samples.iter_mut() {
            *sample = loss.next(self.step) as i16;
        }
        self.loss = Some(loss);
        self.remember(samples);
    }

    /// What was heard last, and for its last `ahead` samples what the substitute would go on with in a loss.
    pub fn around(&self, samples: &mut [i16], ahead: usize) {
        let (heard, coming) = samples.split_at_mut(samples.len() - ahead);
        heard.copy_from_slice(&self.history[MOST_HISTORY - heard.len()..]);
        match self.loss.clone() {
            Some(mut loss) => coming.iter_mut().for_each(|sample| *sample = loss.next(self.step) as i16),
            None => coming.fill(0),
        }
    }

    fn begin(&self) -> Loss {
        let period = pitch::period(&self.history[MOST_HISTORY - self.length..], self.step);
        let last = MOST_HISTORY - 1;
        Loss {
            heard: self.history,
            period,
            walk: Walk { periods: 1, position: 0 },
            before: None,
            passage: 0,
            offset: f32::from(self.history[last]) - f32::from(self.history[last - period]),
            elapsed: 0,
        }
    }

    /// Fades from what the substitute would be to what came: over 4 ms, and 4 ms more for each further step that was lost,
    /// but at most 10 ms.
    fn blend(&self, mut loss: Loss, samples: &mut [i16]) {
        let steps = loss.elapsed / self.step;
        let length = (self.step * 2 / 5 * steps.max(1)).min(self.step).min(samples.len());
        for (i, sample) in samples[..length].iter_mut().enumerate() {
            let part = (i + 1) as f32 / (length + 1) as f32;
            *sample = (f32::from(*sample) * part + loss.next(self.step) * (1.0 - part)) as i16;
        }
    }

    fn remember(&mut self, samples: &[i16]) {
        let kept = &samples[samples.len().saturating_sub(MOST_HISTORY)..];
        self.history.copy_within(kept.len().., 0);
        self.history[MOST_HISTORY - kept.len()..].copy_from_slice(kept);
    }
}

impl Loss {
    /// The next sample of the substitute.
    fn next(&mut self, step: usize) -> f32 {
        let steps = self.elapsed / step;
        if self.elapsed.is_multiple_of(step) && (1..MOST_PERIODS).contains(&steps) {
            let position = self.walk.position % self.period;
            self.before = Some(self.walk);
            self.walk = Walk { periods: steps + 1, position };
            self.passage = self.quarter();
        }
        let mut sample = self.sample(self.walk);
        if let Some(before) = self.before.filter(|_| self.passage > 0) {
            let part = self.passage as f32 / (self.quarter() + 1) as f32;
            sample += (self.sample(before) - sample) * part;
            self.before = Some(self.after(before));
            self.passage -= 1;
        }
        self.walk = self.after(self.walk);
        let settling = 1.0 - self.elapsed as f32 / self.quarter() as f32;
        let fading = self.elapsed as f32 - (LOUD_STEPS * step) as f32;
        let loudness = 1.0 - fading / ((ALL_STEPS - LOUD_STEPS) * step) as f32;
        self.elapsed += 1;
        let sample = (sample + self.offset * settling.max(0.0)) * loudness.clamp(0.0, 1.0);
        sample.clamp(-32_768.0, 32_767.0)
    }

    /// The wave at a place. Its last quarter of a period passes over to what came before its beginning, so that it repeats
    /// without a step.
    fn sample(&self, walk: Walk) -> f32 {
        let length = walk.periods * self.period;
        let at = MOST_HISTORY - length + walk.position;
        let sample = f32::from(self.heard[at]);
        let Some(into) = (walk.position + self.quarter()).checked_sub(length) else { return sample };
        let part = (into + 1) as f32 / (self.quarter() + 1) as f32;
        sample + (f32::from(self.heard[at - length]) - sample) * part
    }

    fn after(&self, walk: Walk) -> Walk {
        Walk { position: (walk.position + 1) % (walk.periods * self.period), ..walk }
    }

    fn quarter(&self) -> usize {
        self.period / 4
    }
}
