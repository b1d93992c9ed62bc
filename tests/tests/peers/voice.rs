//! Sound files: tones for phones to say, and whether one is in what they heard.

use std::f64::consts::TAU;
use std::fs;
use std::path::Path;

/// Samples a second of the files that phones say.
const RATE: u32 = 16_000;

/// Writes a second of a tone that goes on without a seam, for whole Hz.
pub(crate) fn tone(path: &Path, pitch: u32) {
    write(path, (0..RATE).map(|at| sample(8000.0, pitch, at)));
}

/// Writes a second that begins with a digit of these pitches.
pub(crate) fn digit(path: &Path, pitches: [u32; 2]) {
    let sample = |at| if at < RATE / 10 { pitches.map(|pitch| sample(4000.0, pitch, at)).iter().sum() } else { 0 };
    write(path, (0..RATE).map(sample));
}

/// Writes a second that begins with a word, of this pitch, and goes on with silence.
pub(crate) fn word(path: &Path, pitch: u32) {
    write(path, (0..RATE).map(|at| if at < RATE / 4 { sample(8000.0, pitch, at) } else { 0 }));
}

fn sample(amplitude: f64, pitch: u32, at: u32) -> i16 {
    (amplitude * (TAU * f64::from(pitch * at % RATE) / f64::from(RATE)).sin()) as i16
}

fn write(path: &Path, samples: impl Iterator<Item = i16>) {
    let data: Vec<u8> = samples.flat_map(i16::to_le_bytes).collect();
    let mut file = b"RIFF".to_vec();
    file.extend((36 + data.len() as u32).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend(RATE.to_le_bytes());
    file.extend((2 * RATE).to_le_bytes());
    file.extend(b"\x02\0\x10\0data");
    file.extend((data.len() as u32).to_le_bytes());
    file.extend(data);
    fs::write(path, file).expect("a file");
}

/// Whether a tenth of a second of a file of 16 bits is for the most part a tone of this pitch, or of two.
pub(crate) fn has_pitch(path: &Path, pitch: u32) -> bool {
    shares(path, pitch).into_iter().any(|share| share > 0.3)
}

/// Whether a tenth of a second of such a file is for the most part two tones of these pitches together, as a digit is.
pub(crate) fn has_pair(path: &Path, [one, other]: [u32; 2]) -> bool {
    shares(path, one).into_iter().zip(shares(path, other)).any(|(one, other)| one > 0.3 && other > 0.3)
}

/// Whether the last second of such a file is a tone of this pitch, without a gap.
pub(crate) fn keeps_pitch(path: &Path, pitch: u32) -> bool {
    let shares = shares(path, pitch);
    shares.len() >= 10 && shares.into_iter().rev().take(10).all(|share| share > 0.5)
}

/// The share of a pitch in the power of each tenth of a second.
fn shares(path: &Path, pitch: u32) -> Vec<f64> {
    let (samples, rate) = samples(path);
    samples.chunks_exact(rate as usize / 10).map(|part| share(part, pitch, rate)).collect()
}

/// Octets before the samples.
const HEADER: usize = 44;

/// What is in the first channel of such a file, and how many samples a second has.
pub(crate) fn samples(path: &Path) -> (Vec<f64>, u32) {
    let file = fs::read(path).expect("a file");
    if file.len() < HEADER || file.starts_with(&[0]) {
        // Somebody has just made it, or writes its header at the end.
        return (Vec::new(), RATE);
    }
    let word = |at: usize| u32::from_le_bytes([file[at], file[at + 1], file[at + 2], file[at + 3]]);
    assert_eq!((&file[..4], file[34]), (b"RIFF".as_slice(), 16), "{}", path.display());
    let frame = 2 * usize::from(file[22]).max(1);
    let rate = word(24);
    (file[HEADER..].chunks_exact(frame).map(|pair| f64::from(i16::from_le_bytes([pair[0], pair[1]]))).collect(), rate)
}

/// The share of a pitch in the power of a piece of sound; none of silence.
fn share(part: &[f64], pitch: u32, rate: u32) -> f64 {
    let power: f64 = part.iter().map(|sample| sample * sample).sum();
    let turn = TAU * f64::from(pitch) / f64::from(rate);
    let (mut real, mut imaginary) = (0.0, 0.0);
    for (at, sample) in part.iter().enumerate() {
        let (sin, cos) = (turn * at as f64).sin_cos();
        real += sample * cos;
        imaginary += sample * sin;
    }
    // A tone of this pitch alone has a share of 1. Whispers count for nothing.
    let floor = 100.0 * part.len() as f64;
    if power < floor { 0.0 } else { 2.0 * (real * real + imaginary * imaginary) / (part.len() as f64 * power) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_is_found_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("tone.wav");
        tone(&path, 700);
        assert!(has_pitch(&path, 700) && !has_pitch(&path, 800) && !has_pitch(&path, 350));
        assert!(keeps_pitch(&path, 700));
        tone(&path, 710);
        assert!(!keeps_pitch(&path, 700));
    }
}
