//! Every ringer is heard, is bearable, and is not another one.

use std::collections::HashSet;

use super::*;
use crate::measure;

const RATE: u32 = 16_000;

fn play(ringer: &'static Ringer, seconds: usize) -> Vec<i32> {
    let mut mix = vec![0; seconds * RATE as usize];
    let mut player = Player::new(ringer, RATE);
    mix.chunks_mut(160).for_each(|part| player.add(part, 1.0));
    mix
}

/// Loudness above -50 dBm0 of 20 bands in each of 20 parts of the first two seconds.
fn picture(ringer: &'static Ringer) -> Vec<f64> {
    let samples: Vec<i16> = play(ringer, 2).into_iter().map(|sample| sample as i16).collect();
    let bands = (0..20).map(|band| 220.0 * 2_f64.powf(f64::from(band) / 4.0));
    let parts = samples.chunks(RATE as usize / 10);
    bands
        .flat_map(|band| parts.clone().map(move |part| (measure::tone_level(part, band, RATE) + 50.0).max(0.0)))
        .collect()
}

#[test]
fn all_are_heard_and_none_clips() {
    assert_eq!(RINGERS.len(), 32);
    for (number, ringer) in (1..=32).zip(&RINGERS) {
        let mix = play(Ringer::numbered(number), 6);
        let peak = mix.iter().map(|sample| sample.abs()).max().unwrap_or(0);
        assert!((6000..32_767).contains(&peak), "{number} {}: peak {peak}", ringer.name);
        let samples: Vec<i16> = mix.into_iter().map(|sample| sample as i16).collect();
        let loud = samples.chunks(1600).filter(|part| measure::level(part) > -25.0).count();
        // It rings, and it pauses.
        assert!((6..58).contains(&loud), "{number} {}: {loud} tenths of 6 s", ringer.name);
    }
}

#[test]
fn no_two_sound_alike() {
    let pictures: Vec<_> = RINGERS.iter().map(picture).collect();
    for one in 0..32 {
        for other in one + 1..32 {
            let pairs = || pictures[one].iter().zip(&pictures[other]);
            let apart = pairs().map(|(a, b)| (a - b).abs()).sum::<f64>() / pairs().map(|(a, b)| a + b).sum::<f64>();
            assert!(apart > 0.15, "{} and {}: {apart:.2}", RINGERS[one].name, RINGERS[other].name);
        }
    }
    assert_eq!(RINGERS.iter().map(|ringer| ringer.name).collect::<HashSet<_>>().len(), 32);
}

#[test]
fn a_ringer_dies_away_without_a_click() {
    for ringer in &RINGERS {
        let steepest = |mix: &[i32]| mix.windows(2).map(|pair| (pair[1] - pair[0]).abs()).max().unwrap_or(0);
        let whole = steepest(&play(ringer, 3));
        let mut player = Player::new(ringer, RATE);
        let mut mix = vec![0; 16_000];
        player.add(&mut mix[..4321], 1.0);
        player.stop();
        player.add(&mut mix[4321..], 1.0);
        assert!(player.is_over());
        assert!(steepest(&mix) <= whole + whole / 10 + 50, "{}", ringer.name);
        assert!(mix[4321 + 16 * 14..].iter().all(|&sample| sample == 0));
    }
}

#[test]
fn any_number_rings() {
    for number in [0, 33, 255] {
        assert_eq!(Ringer::numbered(number).name, RINGERS[0].name);
    }
}
