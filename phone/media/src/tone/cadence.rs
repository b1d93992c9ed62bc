//! When a tone sounds and when it is silent.

use std::time::Duration;

/// Most times that a setting may list: those of the stutter dial tone.
const MOST: usize = 22;

/// Times of sound and silence by turns, which start over at their end. A time of 0 never ends (guide rule 199).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cadence {
    /// Milliseconds.
    times: [u16; MOST],
    length: u8,
    sounds_first: bool,
}

impl Cadence {
    /// Sound without end.
    pub const STEADY: Cadence = Cadence { times: [0; MOST], length: 1, sounds_first: true };

    /// One that is silent first, as nearly all lists of the settings are (guide rule 200).
    pub fn silent_first(times: &[Duration]) -> Self {
        Self::new(times, false)
    }

    /// One that sounds first, as those of the hold alarm and of call waiting tone 1 (guide rule 200).
    pub fn sounding_first(times: &[Duration]) -> Self {
        Self::new(times, true)
    }

    fn new(times: &[Duration], sounds_first: bool) -> Self {
        let mut cadence = Cadence { times: [0; MOST], length: times.len().clamp(1, MOST) as u8, sounds_first };
        for (to, from) in cadence.times.iter_mut().zip(times) {
            *to = from.as_millis().min(u128::from(u16::MAX)) as u16;
        }
        cadence
    }

    /// Whether the tone sounds in the time of this number, counted from 0 and starting over at the end, and how long that time
    /// is; none is without end.
    pub(super) fn time(&self, number: usize) -> (bool, Option<Duration>) {
        let number = number % usize::from(self.length);
        let sounds = number.is_multiple_of(2) == self.sounds_first;
        let length = self.times[number];
        (sounds, (length > 0).then(|| Duration::from_millis(u64::from(length))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_odd_number_of_times_starts_over_with_its_first_kind() {
        let ms = Duration::from_millis;
        let busy = Cadence::silent_first(&[60, 500, 440].map(ms));
        let times: Vec<_> = (0..4).map(|number| busy.time(number)).collect();
        assert_eq!(
            times,
            [(false, Some(ms(60))), (true, Some(ms(500))), (false, Some(ms(440))), (false, Some(ms(60)))]
        );
    }

    #[test]
    fn nothing_listed_is_silence() {
        assert_eq!(Cadence::silent_first(&[]).time(0), (false, None));
        assert_eq!(Cadence::STEADY.time(5), (true, None));
    }
}
