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
            decoder.conceal(heard, None);
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

#[cfg(feature = "opus")]
#[test]
fn opus_is_as_the_other_side_wants_it() {
    let said = measure::vowel(130.0, 16_000, 32_000);
    let octets = |tuning: Tuning| {
        let mut encoder = Encoder::new(Codec::Opus);
        encoder.tune(tuning);
        said.chunks_exact(320).map(|samples| encoder.encode(samples, &mut [0; 400])).sum::<usize>()
    };
    let at_most = |bits: u32| octets(Tuning { most_bits: Some(bits), ..Tuning::default() });
    let usual = octets(Tuning::default());
    assert!(at_most(16_000) < usual * 2 / 3, "{} of {usual}", at_most(16_000));
    assert_eq!(at_most(1), at_most(6000), "not less than it can");
    assert_eq!(at_most(u32::MAX), usual, "nor more than it does");
}

#[cfg(feature = "opus")]
#[test]
fn what_opus_repeats_stands_in_for_what_is_lost() {
    // Another vowel begins with every fifth packet: what was before says little of it.
    let vowels = [130.0, 210.0].map(|pitch| measure::vowel(pitch, 16_000, 32_000));
    // How far what is heard in place of these packets is from what they said.
    let far = |repeats: bool| {
        let (mut encoder, mut whole, mut decoder) =
            (Encoder::new(Codec::Opus), Decoder::new(Codec::Opus), Decoder::new(Codec::Opus));
        encoder.tune(Tuning { repeats, ..Tuning::default() });
        let packet = |number: usize| {
            let from = number * 320;
            let mut octets = vec![0; 400];
            let length = encoder.encode(&vowels[(number + 1) / 5 % 2][from..from + 320], &mut octets);
            octets.truncate(length);
            octets
        };
        let packets: Vec<_> = (0..100).map(packet).collect();
        let (mut wanted, mut instead) = (Vec::new(), Vec::new());
        for (number, octets) in packets.iter().enumerate() {
            let (mut right, mut heard) = ([0; 320], [0; 320]);
            whole.decode(octets, &mut right);
            if number % 5 == 4 {
                decoder.conceal(&mut heard, packets.get(number + 1).map(Vec::as_slice));
                wanted.extend(right);
                instead.extend(heard);
            } else {
                decoder.decode(octets, &mut heard);
            }
        }
        measure::difference(&wanted, &instead)
    };
    let (with, without) = (far(true), far(false));
    assert!(with < without - 2.0, "{with:.1} and {without:.1} dBm0");
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
    let said =
        [measure::vowel(120.0, 8000, 8000), measure::noise(measure::ROOM, 24_000), measure::vowel(120.0, 8000, 8000)]
            .concat();
    let (mut quiet, mut spoken) = (0, 0);
    for (frame, samples) in said.chunks_exact(80).enumerate() {
        let mut octets = [0; 10];
        let length = encoder.encode_to_buffer(samples, &mut octets).expect("a whole frame");
        let (mut heard, mut wanted) = ([0; 80], [0; 80]);
        other.decode_to_buffer(&octets[..length], &mut wanted).expect("a frame");
        if length == 0 {
            decoder.conceal(&mut heard, None);
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
