//! Every codec from end to end.

use super::*;
use crate::measure;

/// Sends samples through a codec, 20 ms a packet; packets for which `lost` says so do not arrive.
fn through(codec: Codec, samples: &[i16], lost: impl Fn(usize) -> bool) -> Vec<i16> {
    let (mut encoder, mut decoder) = (Encoder::new(codec), Decoder::new(codec));
    let packet = codec.sample_rate() as usize / 50;
    let mut octets = [0; 320];
    let mut heard = vec![0; samples.len()];
    for (number, (samples, heard)) in samples.chunks_exact(packet).zip(heard.chunks_exact_mut(packet)).enumerate() {
        let octets = match codec.octets_per_ten_ms() {
            Some(each) => &mut octets[..2 * each],
            None => &mut octets[..],
        };
        let length = encoder.encode(samples, octets);
        let octets = &octets[..length];
        assert_eq!(codec.duration(octets), 160);
        if lost(number) {
            decoder.conceal(heard);
        } else {
            assert_eq!(decoder.decode(octets, heard), packet);
        }
    }
    heard
}

#[test]
fn tones_come_through() {
    for (codec, least) in [(Codec::Pcmu, 36.0), (Codec::Pcma, 36.0), (Codec::G722, 28.0), (Codec::G729, 8.0)] {
        let rate = codec.sample_rate();
        let sent = measure::sine(420.0, 8000.0, rate, rate as usize);
        let heard = through(codec, &sent, |_| false);
        let from = rate as usize / 4;
        let ratio = measure::tone_to_rest(&heard[from..], 420.0, rate);
        assert!(ratio > least, "{codec:?}: {ratio:.1} dB");
        let gain = measure::level(&heard[from..]) - measure::level(&sent[from..]);
        assert!(gain.abs() < 1.0, "{codec:?}: {gain:.2} dB");
    }
}

#[test]
fn losses_leave_the_loudness_and_no_click() {
    for codec in Codec::ALL {
        let rate = codec.sample_rate();
        let sent = measure::vowel(130.0, rate, 2 * rate as usize);
        let heard = through(codec, &sent, |packet| packet > 9 && packet % 10 == 0);
        // The phase may differ from loss to loss, so the tone's level is not taken over all of them.
        let level = measure::level(&heard[rate as usize / 2..]);
        let sent_level = measure::level(&sent);
        assert!(
            (level - sent_level).abs() < if codec == Codec::G729 { 4.0 } else { 1.5 },
            "{codec:?}: {level:.1} of {sent_level:.1} dBm0"
        );
        let (steepest, most) = (measure::steepest(&heard[rate as usize / 8..]), measure::steepest(&sent));
        // A codec that models the voice may draw its pulses steeper than they were.
        let times = if codec == Codec::Opus { 3 } else { 2 };
        assert!(steepest < most * times, "{codec:?}: {steepest} after {most}");
    }
}

#[test]
fn any_payload_is_decoded_or_left_out() {
    for codec in Codec::ALL {
        let mut decoder = Decoder::new(codec);
        let mut samples = [0; 640];
        for length in [0, 1, 2, 3, 9, 10, 12, 19, 20, 22, 79, 80, 161, 700, 1500] {
            let payload: Vec<u8> = (0..length).map(|i| (i * 37 % 256) as u8).collect();
            assert!(decoder.decode(&payload, &mut samples) <= samples.len(), "{codec:?}");
            assert!(decoder.decode(&payload, &mut samples[..17]) <= 17);
        }
    }
}

#[test]
fn g729_takes_up_voice_after_noise_as_if_nothing_had_been_played_between() {
    use codec_core::codecs::g729::G729Codec;
    use codec_core::types::{AudioCodecExt, CodecConfig};
    let codec = || G729Codec::new(CodecConfig::g729ba()).expect("it is there");
    let (mut encoder, mut other, mut decoder) = (codec(), codec(), Decoder::new(Codec::G729));
    let said = [measure::vowel(120.0, 8000, 8000), measure::noise(24_000), measure::vowel(120.0, 8000, 8000)].concat();
    let (mut quiet, mut spoken) = (0, 0);
    for (frame, samples) in said.chunks_exact(80).enumerate() {
        let mut octets = [0; 10];
        let length = encoder.encode_to_buffer(samples, &mut octets).expect("a whole frame");
        let (mut heard, mut wanted) = ([0; 80], [0; 80]);
        other.decode_to_buffer(&octets[..length], &mut wanted).expect("a frame");
        if length == 0 {
            decoder.conceal(&mut heard);
            quiet += 1;
            assert!(measure::level(&heard) > -60.0, "frame {frame}");
        } else {
            decoder.decode(&octets[..length], &mut heard);
            spoken += usize::from(quiet > 0 && length == 10);
            assert_eq!(heard, wanted, "frame {frame}");
        }
    }
    assert!(quiet > 50 && spoken > 50, "{quiet} frames were not sent, {spoken} came after them");
}

#[test]
fn g729_takes_comfort_noise() {
    let mut decoder = Decoder::new(Codec::G729);
    let mut samples = [0; 240];
    assert_eq!(decoder.decode(&[0x55; 22], &mut samples), 240);
    assert_eq!(decoder.decode(&[0x12, 0x34], &mut samples), 80);
    assert_eq!(decoder.decode(&[], &mut samples), 0);
}
