//! G.711: eight bits for a sample, by mu-law or A-law.

/// What each mu-law octet stands for.
static FROM_ULAW: [i16; 256] = {
    let mut table = [0; 256];
    let mut octet = 0;
    while octet < 256 {
        table[octet] = ulaw_to_linear(octet as u8);
        octet += 1;
    }
    table
};

/// What each A-law octet stands for.
static FROM_ALAW: [i16; 256] = {
    let mut table = [0; 256];
    let mut octet = 0;
    while octet < 256 {
        table[octet] = alaw_to_linear(octet as u8);
        octet += 1;
    }
    table
};

/// The mu-law octet of silence.
pub const ULAW_SILENCE: u8 = 0xff;

/// The A-law octet of silence.
pub const ALAW_SILENCE: u8 = 0xd5;

/// Distance of the decision levels of mu-law from powers of two, in 14-bit samples.
const BIAS: i32 = 33;

/// Encodes by mu-law: as many octets as there are samples, up to the shorter of the two.
pub fn encode_ulaw(samples: &[i16], octets: &mut [u8]) {
    for (octet, &sample) in octets.iter_mut().zip(samples) {
        *octet = ulaw(sample);
    }
}

/// Encodes by A-law: as many octets as there are samples, up to the shorter of the two.
pub fn encode_alaw(samples: &[i16], octets: &mut [u8]) {
    for (octet, &sample) in octets.iter_mut().zip(samples) {
        *octet = alaw(sample);
    }
}

/// Decodes mu-law: as many samples as there are octets, up to the shorter of the two.
pub fn decode_ulaw(octets: &[u8], samples: &mut [i16]) {
    for (sample, &octet) in samples.iter_mut().zip(octets) {
        *sample = FROM_ULAW[usize::from(octet)];
    }
}

/// Decodes A-law: as many samples as there are octets, up to the shorter of the two.
pub fn decode_alaw(octets: &[u8], samples: &mut [i16]) {
    for (sample, &octet) in samples.iter_mut().zip(octets) {
        *sample = FROM_ALAW[usize::from(octet)];
    }
}

/// The octet of a sample (G.711, table 2a): sign, segment, step, all bits inverted.
fn ulaw(sample: i16) -> u8 {
    let sign = if sample < 0 { 0x00 } else { 0x80 };
    // One's complement for the negative half keeps both halves alike.
    let magnitude = i32::from(if sample < 0 { !sample } else { sample } >> 2);
    let biased = (magnitude + BIAS).min(0x1fff);
    let segment = 26 - biased.leading_zeros() as i32;
    let step = biased >> (segment + 1) & 0x0f;
    sign | (0x7f - (segment << 4 | step)) as u8
}

/// The octet of a sample (G.711, table 1a): sign, segment, step, every other bit inverted.
fn alaw(sample: i16) -> u8 {
    let sign = if sample < 0 { 0x00 } else { 0x80 };
    let magnitude = i32::from(if sample < 0 { !sample } else { sample } >> 4);
    let segment = (28 - magnitude.leading_zeros() as i32).max(0);
    let step = magnitude >> (segment - 1).max(0) & 0x0f;
    (sign | segment << 4 | step) as u8 ^ 0x55
}

const fn ulaw_to_linear(octet: u8) -> i16 {
    let inverted = !octet as i32;
    let segment = inverted >> 4 & 7;
    let magnitude = ((((inverted & 0x0f) << 1) + BIAS) << segment) - BIAS;
    let magnitude = (magnitude << 2) as i16;
    if octet & 0x80 == 0 { -magnitude } else { magnitude }
}

const fn alaw_to_linear(octet: u8) -> i16 {
    let even = (octet ^ 0x55) as i32;
    let segment = even >> 4 & 7;
    let step = (even & 0x0f) << 1 | 1;
    let magnitude = if segment == 0 { step } else { (step + 32) << (segment - 1) };
    let magnitude = (magnitude << 3) as i16;
    if octet & 0x80 == 0 { -magnitude } else { magnitude }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_octets_stand_for_known_samples() {
        // G.711, tables 1 and 2: the largest, the smallest and zero of each law, as 16-bit samples.
        for (octet, sample) in [(0x80, 32124), (0x00, -32124), (0xff, 0), (0x7f, 0), (0xfe, 8), (0xef, 132)] {
            assert_eq!(ulaw_to_linear(octet), sample, "{octet:#x}");
        }
        for (octet, sample) in [(0xaa, 32256), (0x2a, -32256), (0xd5, 8), (0x55, -8), (0xd4, 24), (0xc5, 264)] {
            assert_eq!(alaw_to_linear(octet), sample, "{octet:#x}");
        }
    }

    #[test]
    fn every_octet_survives_decoding_and_encoding() {
        for octet in 0..=255 {
            let back = ulaw(FROM_ULAW[usize::from(octet)]);
            // Mu-law has two zeros; the negative one becomes the positive one.
            assert_eq!(back, if octet == 0x7f { 0xff } else { octet });
            assert_eq!(alaw(FROM_ALAW[usize::from(octet)]), octet);
        }
    }

    #[test]
    fn every_sample_becomes_the_nearest_of_its_segment() {
        for sample in i16::MIN..=i16::MAX {
            let magnitude = f64::from(sample).abs();
            let by_ulaw = f64::from(FROM_ULAW[usize::from(ulaw(sample))]) - f64::from(sample);
            assert!(by_ulaw.abs() <= (magnitude + 132.0) / 32.0 + 4.0 || magnitude > 32124.0, "mu-law {sample}");
            let by_alaw = f64::from(FROM_ALAW[usize::from(alaw(sample))]) - f64::from(sample);
            assert!(by_alaw.abs() <= (magnitude / 32.0).max(8.0) + 8.0, "A-law {sample}");
        }
    }

    #[test]
    fn silence_is_silent() {
        assert_eq!(ulaw(0), ULAW_SILENCE);
        assert_eq!(alaw(0), ALAW_SILENCE);
    }
}
