//! Generator and detector against each other, and against what is not a digit.

use std::time::Duration;

use super::*;
use crate::codec::{Codec, Decoder, Encoder};
use crate::dtmf::Digit;
use crate::measure;

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn tone(digit: Digit, length: Duration, rate: u32) -> Vec<i16> {
    let mut generator = Generator::new(digit, length, rate, 0.0);
    let mut mix = vec![0; generator.left() as usize];
    mix.chunks_mut(80).for_each(|part| generator.add(part));
    mix.into_iter().map(|sample| sample as i16).collect()
}

/// Digits with pauses.
fn dial(digits: &str, length: Duration, pause: Duration) -> Vec<i16> {
    let mut samples = vec![0; 333];
    for digit in digits.chars().filter_map(Digit::new) {
        samples.extend(tone(digit, length, 8000));
        samples.extend(vec![0; pause.as_millis() as usize * 8]);
    }
    samples.extend([0; 800]);
    samples
}

fn detect(samples: &[i16]) -> (String, Vec<Duration>) {
    let mut detector = Detector::new();
    let (mut digits, mut lengths) = (String::new(), Vec::new());
    for part in samples.chunks(80) {
        detector.listen(part, |digit, length| {
            digits.push(digit.key());
            lengths.push(length);
        });
    }
    (digits, lengths)
}

#[test]
fn levels_and_twist_are_right() {
    for digit in Digit::all() {
        let samples = tone(digit, ms(200), 8000);
        let [row, column] = digit.tones().map(|tone| measure::tone_level(&samples[80..1520], f64::from(tone), 8000));
        assert!((row - f64::from(ROW_LEVEL)).abs() < 0.2, "{digit:?}: {row:.2}");
        assert!((column - f64::from(COLUMN_LEVEL)).abs() < 0.2, "{digit:?}: {column:.2}");
    }
}

#[test]
fn digits_last_as_long_though_the_codec_changes() {
    let five = Digit::new('5').expect("it is a digit");
    for (rate, then) in [(8000, 16_000), (16_000, 8000)] {
        let mut dialer = Dialer::new();
        dialer.send("5", ms(200), ms(100));
        let play = |dialer: &mut Dialer, rate: u32, frames: usize| {
            let mut heard = vec![0; frames * rate as usize / 100];
            heard.chunks_mut(rate as usize / 100).for_each(|frame| dialer.play(frame, rate));
            heard.into_iter().map(|sample| sample as i16).collect::<Vec<_>>()
        };
        play(&mut dialer, rate, 10);
        let rest = play(&mut dialer, then, 10);
        for tone in five.tones() {
            assert!(measure::tone_level(&rest, f64::from(tone), then) > -11.0, "{rate} Hz, then {then}");
        }
        play(&mut dialer, rate, 9);
        assert!(!dialer.is_idle());
        play(&mut dialer, then, 2);
        assert!(dialer.is_idle());
    }
}

#[test]
fn all_digits_are_heard_at_all_lengths_of_the_settings() {
    let all = "123A456B789C*0#D";
    for length in (60..=200).step_by(5) {
        let (digits, lengths) = detect(&dial(all, ms(length), ms(60)));
        assert_eq!(digits, all, "{length} ms");
        for heard in lengths {
            let off = heard.as_millis().abs_diff(u128::from(length));
            assert!(off <= 26, "{heard:?} instead of {length} ms");
        }
    }
}

#[test]
fn the_shortest_digits_of_q24_are_heard() {
    assert_eq!(detect(&dial("0123456789", ms(40), ms(40))).0, "0123456789");
}

#[test]
fn digits_survive_the_codecs_that_carry_tones() {
    for codec in [Codec::Pcmu, Codec::Pcma] {
        let sent = dial("*31#0A", ms(80), ms(80));
        let mut octets = vec![0; sent.len() / 80 * 80];
        Encoder::new(codec).encode(&sent, &mut octets);
        let mut heard = vec![0; octets.len()];
        Decoder::new(codec).decode(&octets, &mut heard);
        assert_eq!(detect(&heard).0, "*31#0A");
    }
}

#[test]
fn soft_digits_and_digits_in_noise_are_heard() {
    let mut noise = 1_u32;
    let sent: Vec<i16> = dial("0987", ms(100), ms(100))
        .into_iter()
        .map(|sample| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            sample / 6 + ((noise >> 16) as i16 >> 7)
        })
        .collect();
    assert_eq!(detect(&sent).0, "0987");
}

#[test]
fn voices_and_single_tones_are_not_digits() {
    for pitch in [90.0, 116.3, 174.2, 230.0, 348.0] {
        assert_eq!(detect(&measure::vowel(pitch, 8000, 16_000)).0, "");
    }
    for frequency in [697.0, 941.0, 1336.0, 440.0] {
        assert_eq!(detect(&measure::sine(frequency, 12_000.0, 8000, 8000)).0, "");
    }
    assert_eq!(detect(&[0; 8000]).0, "");
}

#[test]
fn tones_of_a_line_are_taken_though_one_is_softer_and_others_are_not() {
    // The higher tone against the lower one, in dB (ITU-T Q.24 has administrations accept 4 to 10).
    for (twist, heard) in [(-12.0, ""), (-6.0, "8"), (0.0, "8"), (2.0, "8"), (6.0, "8"), (12.0, "")] {
        let amplitude = |twist: f64| 6000.0 * 10f64.powf(twist / 40.0);
        let row = measure::sine(852.0, amplitude(-twist), 8000, 1600);
        let column = measure::sine(1336.0, amplitude(twist), 8000, 1600);
        let both: Vec<i16> = row.iter().zip(column).map(|(row, column)| row + column).chain([0; 400]).collect();
        assert_eq!(detect(&both).0, heard, "{twist} dB");
    }
}

#[test]
fn tones_that_are_far_off_are_refused() {
    let off = |row: f64, column: f64| -> Vec<i16> {
        let (row, column) = (measure::sine(row, 8000.0, 8000, 1600), measure::sine(column, 8000.0, 8000, 1600));
        row.iter().zip(column).map(|(row, column)| row + column).chain([0; 400]).collect()
    };
    assert_eq!(detect(&off(770.0 * 1.015, 1336.0 * 0.985)).0, "5");
    assert_eq!(detect(&off(770.0 * 1.06, 1336.0)).0, "");
}

#[test]
fn a_digit_can_be_cut_short_but_not_too_short() {
    let mut generator = Generator::new(Digit::new('7').expect("it is a digit"), Duration::from_secs(3600), 16_000, 0.0);
    let mut mix = [0; 160];
    generator.add(&mut mix);
    generator.end(ms(60));
    assert_eq!(generator.left(), 800);
    (0..6).for_each(|_| generator.add(&mut mix));
    generator.end(ms(60));
    assert_eq!(generator.left(), 0);
}
