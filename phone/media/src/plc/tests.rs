//! What a loss sounds like: as loud as before for a moment, silent soon, and never a click.

use super::*;
use crate::measure;

/// What is heard when `lost` of each ten steps are lost, from the tenth step on.
fn hear(sent: &[i16], rate: u32, lost: impl Fn(usize) -> bool) -> Vec<i16> {
    let mut concealer = Concealer::new(rate);
    let mut heard = sent.to_vec();
    for (number, step) in heard.chunks_exact_mut(rate as usize / 100).enumerate() {
        if lost(number) { concealer.lost(step) } else { concealer.received(step) }
    }
    heard
}

#[test]
fn what_is_not_lost_is_not_changed() {
    let sent = measure::vowel(120.0, 8000, 8000);
    assert_eq!(hear(&sent, 8000, |_| false), sent);
}

#[test]
fn a_steady_voice_goes_on_through_a_loss() {
    for rate in [8000, 16_000] {
        for pitch in [80.0, 110.0, 173.0, 240.0, 310.0] {
            let sent = measure::vowel(pitch, rate, rate as usize);
            let heard = hear(&sent, rate, |step| step % 20 == 19);
            let error = measure::difference(&sent, &heard) - measure::level(&sent);
            // One step of twenty is lost: silence in its place would be an error of -13 dB.
            assert!(error < -20.0, "{pitch} Hz at {rate}: {error:.1} dB");
        }
    }
}

#[test]
fn losses_do_not_click() {
    for rate in [8000, 16_000] {
        for pitch in [97.0, 145.0, 213.0] {
            let sent = measure::vowel(pitch, rate, 2 * rate as usize);
            let most = measure::steepest(&sent);
            for length in 1..9 {
                let heard = hear(&sent, rate, |step| step > 10 && step % 23 < length);
                let steepest = measure::steepest(&heard);
                assert!(steepest < most * 5 / 4, "{pitch} Hz at {rate}, {length} lost: {steepest} after {most}");
            }
        }
    }
}

#[test]
fn a_long_loss_fades_to_silence() {
    let sent = measure::vowel(120.0, 8000, 8000);
    let heard = hear(&sent, 8000, |step| step >= 50);
    let level = |step: usize| measure::level(&heard[step * 80..step * 80 + 80]);
    assert!((level(50) - level(49)).abs() < 1.0);
    assert!((51..56).all(|step| level(step) < level(step - 1)));
    assert!(heard[56 * 80..].iter().all(|&sample| sample == 0));
}

#[test]
fn noise_and_extremes_are_survived() {
    let mut state = 1_u32;
    let sent: Vec<i16> = (0..16_000)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            if state >> 31 == 0 { i16::MIN } else { i16::MAX }
        })
        .collect();
    let heard = hear(&sent, 8000, |step| step % 3 != 0);
    assert_eq!(heard.len(), sent.len());
}

#[test]
fn samples_come_in_any_number() {
    let mut concealer = Concealer::new(16_000);
    for length in [1, 3, 159, 161, 1000, 0] {
        concealer.received(&mut vec![5; length]);
        concealer.lost(&mut vec![0; length]);
    }
    let mut after = [100; 400];
    concealer.received(&mut after);
    assert_eq!(after[399], 100);
}
