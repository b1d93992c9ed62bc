//! The codec against another implementation, and against what a line must keep of a voice.

use super::{DELAY, Decoder, Encoder, PRIMING};
use crate::measure;

/// Noise that swells over a saw-tooth that slides: every code of both bands occurs.
fn lively(length: i64) -> Vec<i16> {
    let mut random = 1_i64;
    (0..length)
        .map(|i| {
            random = (random * 1_103_515_245 + 12_345) & 0x7fff_ffff;
            let noise = ((random >> 16) & 0x7fff) - 16_384;
            let swell = ((i % 4000) - 2000).abs();
            let saw = ((i * (37 + i / 800)) % 512 - 256) * 40;
            ((noise * swell).div_euclid(4000) + saw).clamp(-32_768, 32_767) as i16
        })
        .collect()
}

fn fnv(bytes: impl IntoIterator<Item = u8>) -> u64 {
    bytes.into_iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

fn encode(samples: &[i16]) -> Vec<u8> {
    let mut octets = vec![0; samples.len() / 2];
    Encoder::new().encode(samples, &mut octets);
    octets
}

fn decode(octets: &[u8]) -> Vec<i16> {
    let mut samples = vec![0; octets.len() * 2];
    Decoder::new().decode(octets, &mut samples);
    samples
}

/// What libg722 (of the sippy project) makes of the same signal, bit by bit.
#[test]
fn another_implementation_makes_the_same_bits() {
    let octets = encode(&lively(16_000));
    assert_eq!(fnv(octets.iter().copied()), 0xbdaf_d84a_b2ac_ab4c);
    let samples = decode(&octets);
    assert_eq!(fnv(samples.iter().flat_map(|sample| sample.to_le_bytes())), 0xc82e_99fb_166b_c39c);
}

#[test]
fn all_octets_decode() {
    let octets: Vec<u8> = (0..=255).cycle().take(20_000).collect();
    assert_eq!(decode(&octets).len(), 40_000);
}

#[test]
fn both_bands_keep_their_tones() {
    for (frequency, least) in [(300.0, 25.0), (1000.0, 25.0), (3300.0, 20.0), (5000.0, 14.0), (6500.0, 14.0)] {
        let sent = measure::sine(frequency, 8000.0, 16_000, 16_000);
        let heard = decode(&encode(&sent));
        let ratio = measure::tone_to_rest(&heard[4000..], frequency, 16_000);
        assert!(ratio > least, "{frequency} Hz: {ratio:.1} dB");
        let gain = measure::level(&heard[4000..]) - measure::level(&sent[4000..]);
        assert!(gain.abs() < 0.5, "{frequency} Hz: {gain:.2} dB");
    }
}

#[test]
fn following_a_substitute_ends_a_loss_softly() {
    let sent = measure::sine(440.0, 8000.0, 16_000, 16_000);
    let octets = encode(&sent);
    let mut decoder = Decoder::new();
    let mut heard = vec![0; 8000];
    decoder.decode(&octets[..4000], &mut heard);
    // 20 ms are lost, but the tone went on meanwhile.
    decoder.follow(&sent[8000 - PRIMING..8320]);
    let mut after = vec![0; 7680];
    decoder.decode(&octets[4160..], &mut after);
    let error = measure::difference(&after[..320], &sent[8320 - DELAY..8640 - DELAY]);
    assert!(error < measure::level(&sent) - 18.0, "{error:.1} dBm0");
}
