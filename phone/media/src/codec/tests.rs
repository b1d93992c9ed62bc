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

/// Noise of about -45 dBm0, as there is in a room.
fn room(samples: usize) -> Vec<i16> {
    let mut random = 1u32;
    let next = || {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (random >> 16) as i16 / 200
    };
    std::iter::repeat_with(next).take(samples).collect()
}

/// What a sender says in 4 s of room, 20 ms a packet; empty where it sends nothing.
fn said_of_room(codec: Codec, mut encode: impl FnMut(&[i16], &mut [u8]) -> usize) -> Vec<Vec<u8>> {
    let rate = codec.sample_rate() as usize;
    let mut packet = |samples: &[i16]| {
        let mut octets = [0; 400];
        let length = encode(samples, &mut octets);
        octets[..length].to_vec()
    };
    room(4 * rate).chunks(rate / 50).map(&mut packet).collect()
}

/// Who hears a sender that sends less where there is nothing to say hears the room all the same.
fn check_room(codec: Codec, packets: &[Vec<u8>]) {
    let (mut decoder, mut silent) = (Decoder::new(codec), 0);
    let packet = codec.sample_rate() as usize / 50;
    let mut heard = Vec::new();
    for octets in packets {
        let mut samples = vec![0; packet];
        let length = decoder.decode(octets, &mut samples);
        silent += usize::from(codec.is_quiet_after(octets) || octets.is_empty());
        decoder.conceal(&mut samples[length..]);
        heard.extend(samples);
    }
    assert!(silent > packets.len() / 4, "{codec:?}: only {silent} of {} packets are silent", packets.len());
    let said = measure::level(&room(packet * 10));
    for part in heard[heard.len() / 2..].chunks_exact(packet * 20) {
        let level = measure::level(part);
        assert!((level - said).abs() < 9.0, "{codec:?}: {level:.1} of {said:.1} dBm0");
    }
}

#[test]
fn a_room_does_not_fall_silent_with_its_voice() {
    use codec_core::types::{AudioCodecExt, CodecConfig};
    let mut encoder = codec_core::codecs::g729::G729Codec::new(CodecConfig::g729ba()).expect("it is there");
    let g729 = said_of_room(Codec::G729, |samples, octets| {
        let mut length = 0;
        for samples in samples.chunks(80) {
            length += encoder.encode_to_buffer(samples, &mut octets[length..]).expect("whole frames");
        }
        length
    });
    check_room(Codec::G729, &g729);
    #[cfg(feature = "opus")]
    {
        let mut encoder =
            ::opus::Encoder::new(16_000, ::opus::Channels::Mono, ::opus::Application::Voip).expect("it is there");
        encoder.set_dtx(true).expect("it can");
        encoder.set_bitrate(::opus::Bitrate::Bits(16_000)).expect("it can");
        encoder.set_complexity(5).expect("it can");
        let opus = said_of_room(Codec::Opus, |samples, octets| encoder.encode(samples, octets).expect("it fits"));
        check_room(Codec::Opus, &opus);
    }
}

#[test]
fn g729_takes_comfort_noise() {
    let mut decoder = Decoder::new(Codec::G729);
    let mut samples = [0; 240];
    assert_eq!(decoder.decode(&[0x55; 22], &mut samples), 240);
    assert_eq!(decoder.decode(&[0x12, 0x34], &mut samples), 80);
    assert_eq!(decoder.decode(&[], &mut samples), 0);
}
