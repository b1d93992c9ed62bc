//! A voice that comes and goes without a click.

/// The loudness of one voice in one mix; a change takes one portion of samples.
#[derive(Debug, Clone, Copy, Default)]
pub struct Fader {
    loudness: f32,
    target: f32,
}

impl Fader {
    /// One that has this loudness already, as a factor.
    pub const fn at(loudness: f32) -> Self {
        Fader { loudness, target: loudness }
    }

    /// Sets the loudness that the next portion ends with, as a factor.
    pub fn set(&mut self, target: f32) {
        self.target = target;
    }

    /// Whether the voice is and stays silent.
    pub fn is_silent(&self) -> bool {
        self.loudness == 0.0 && self.target == 0.0
    }

    /// Whether the voice is and stays as it is.
    pub fn is_open(&self) -> bool {
        self.loudness == 1.0 && self.target == 1.0
    }

    /// Adds a portion of the voice to a mix.
    pub fn add(&mut self, mix: &mut [i32], voice: &[i32]) {
        let portion = mix.len().min(voice.len());
        if self.is_open() {
            super::add(mix, voice);
        } else if !self.is_silent() && portion > 0 {
            let step = (self.target - self.loudness) / portion as f32;
            for (at, (mix, voice)) in mix.iter_mut().zip(voice).enumerate() {
                *mix += (*voice as f32 * (self.loudness + step * (at + 1) as f32)) as i32;
            }
        }
        self.loudness = self.target;
    }

    /// Lets a portion pass without a voice.
    pub fn pass(&mut self) {
        self.loudness = self.target;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_voice_fades_within_a_portion() {
        let mut fader = Fader::default();
        let mut mix = [0; 160];
        fader.add(&mut mix, &[1000; 160]);
        assert_eq!(mix, [0; 160]);
        fader.set(1.0);
        fader.add(&mut mix, &[1600; 160]);
        assert!(mix.windows(2).all(|pair| (0..=11).contains(&(pair[1] - pair[0]))));
        assert_eq!(mix[159], 1600);
        assert!(fader.is_open());
        fader.set(0.0);
        let mut mix = [0; 160];
        fader.add(&mut mix, &[1600; 160]);
        assert_eq!(mix[159], 0);
        assert!(fader.is_silent());
    }
}
