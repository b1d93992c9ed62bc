//! Echo cancellation, noise suppression and gain control.

use sonora::config::{AdaptiveDigital, EchoCanceller, GainController2, NoiseSuppression};
use sonora::{AudioProcessing, Config, StreamConfig};

use crate::audio::{FRAME, RATE};

/// The least and the most that a soft voice is made louder, in dB: a person at the desk, and one at the window.
const INITIAL_GAIN: f32 = 6.0;
const MOST_GAIN: f32 = 24.0;

/// What cleans the microphone of one unit.
pub(super) struct Processor(AudioProcessing);

impl Processor {
    /// One that does not know the room yet. It takes a second or two of sound to learn it.
    pub(super) fn new() -> Self {
        let gain =
            AdaptiveDigital { initial_gain_db: INITIAL_GAIN, max_gain_db: MOST_GAIN, ..AdaptiveDigital::default() };
        let config = Config {
            echo_canceller: Some(EchoCanceller::default()),
            noise_suppression: Some(NoiseSuppression::default()),
            gain_controller2: Some(GainController2 { adaptive_digital: Some(gain), ..GainController2::default() }),
            ..Config::default()
        };
        let stream = StreamConfig::new(RATE, 1);
        Processor(AudioProcessing::builder().config(config).capture_config(stream).render_config(stream).build())
    }

    /// Cleans a frame of the microphone, by what the speaker plays meanwhile.
    pub(super) fn clean(&mut self, played: &[i16; FRAME], recorded: &mut [i16; FRAME]) {
        let mut out = [0; FRAME];
        // Rates and lengths are what they were made for; otherwise the microphone is taken as it is.
        if self.0.process_render_i16(played, &mut out).is_ok()
            && self.0.process_capture_i16(&*recorded, &mut out).is_ok()
        {
            *recorded = out;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure;

    /// What is left of the microphone: an echo of the far voice, 60 ms late and 12 dB softer, and the near voice.
    fn clean(far: &[i16], near: &[i16]) -> Vec<i16> {
        let mut processor = Processor::new();
        let mut out = Vec::new();
        for at in (0..far.len()).step_by(FRAME) {
            let mut played = [0; FRAME];
            played.copy_from_slice(&far[at..at + FRAME]);
            let mut recorded = [0; FRAME];
            for (number, sample) in recorded.iter_mut().enumerate() {
                let echo = (at + number).checked_sub(960).map_or(0, |before| far[before] / 4);
                *sample = echo.saturating_add(near.get(at + number).copied().unwrap_or(0));
            }
            processor.clean(&played, &mut recorded);
            out.extend(recorded);
        }
        out
    }

    #[test]
    fn echoes_go_and_voices_stay() {
        let far = measure::voice(110.0, RATE, 12 * RATE as usize);
        let echo = measure::level(&far) - 12.0;
        let left = clean(&far, &[]);
        let last = &left[left.len() - 4 * RATE as usize..];
        assert!(measure::level(last) < echo - 25.0, "{:.1} of {echo:.1} dBm0", measure::level(last));
        let silence = vec![0; far.len()];
        let near = measure::voice(190.0, RATE, far.len());
        let kept = clean(&silence, &near);
        let level = measure::level(&kept[kept.len() - 4 * RATE as usize..]);
        assert!(level > measure::level(&near) - 6.0, "{level:.1} of {:.1} dBm0", measure::level(&near));
    }
}
