//! Speech through the whole path, with packets lost by chance.

mod common;

use std::path::{Path, PathBuf};
use std::process::Command as Program;
use std::time::Duration;

use common::World;
use hound::{SampleFormat, WavSpec, WavWriter};
use offhook_media::audio::read_wav;
use offhook_media::{Codec, measure};

/// Samples of a packet of 20 ms.
const PACKET: usize = 320;

const TEXT: &str = "The birch canoe slid on the smooth planks. Glue the sheet to the dark blue background. \
    It is easy to tell the depth of a well. These days a chicken leg is a rare dish.";

/// Speech at 16 kHz, or none if espeak-ng is missing.
fn speech() -> Option<Vec<i16>> {
    let folder = tempfile::tempdir().expect("there is room");
    let file = folder.path().join("speech.wav");
    let spoken = Program::new("espeak-ng").args(["-v", "en-us", "-s", "165", "-w"]).arg(&file).arg(TEXT).status();
    if !spoken.is_ok_and(|status| status.success()) {
        let advice =
            "espeak-ng is missing (Debian: apt install espeak-ng): nothing says how speech sounds after losses";
        assert!(std::env::var_os("CI").is_none(), "{advice}");
        eprintln!("{advice}");
        return None;
    }
    Some(read_wav(Path::new(&file)).expect("espeak-ng writes WAV files").into_iter().map(|sample| sample / 2).collect())
}

/// What the other side hears from the beginning of speech on, and which of its packets were lost.
fn hear(codec: Codec, speech: &[i16], percent: u64) -> (Vec<i16>, Vec<bool>) {
    let mut world = World::call(codec);
    world.run(Duration::from_millis(500));
    let before = world.sides[1].ear.hears.len();
    world.sides[0].ear.says.extend(speech);
    let (sender, mut random) = (world.count % 2, 9_u64);
    let arrives = std::rc::Rc::new(std::cell::RefCell::new(Vec::new()));
    let log = arrives.clone();
    world.arrives = Box::new(move |number| {
        if number % 2 != sender {
            return true;
        }
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let lost = (random >> 33) % 100 < percent;
        log.borrow_mut().push(lost);
        !lost
    });
    world.run(Duration::from_millis(speech.len() as u64 / 16 + 300));
    (world.sides[1].ear.hears[before..].to_vec(), arrives.take())
}

/// How much later speech is heard than it is said; losses do not change that.
fn delay(speech: &[i16], heard: &[i16]) -> usize {
    measure::delay(&speech[..speech.len().min(16_000)], heard, 960)
}

/// The same at the rate at which the codec can be compared: what it cannot carry is no fault of the way.
fn narrowed(codec: Codec, samples: &[i16]) -> Vec<i16> {
    if codec.sample_rate() == 16_000 {
        return samples.to_vec();
    }
    let wide: Vec<i32> = samples.iter().map(|sample| i32::from(*sample)).collect();
    let mut narrow = vec![0; wide.len() / 2];
    offhook_media::resample::Halver::new().convert(&wide, &mut narrow);
    narrow.into_iter().map(|sample| sample as i16).collect()
}

/// Asks the measure of speech of ITU-T P.862 for the mark that people would give (MOS, 1 to 4.6), and prints it.
const ASK: &str = "\
import sys, wave, numpy, pesq
def read(name):
    with wave.open(name) as file:
        return file.getframerate(), numpy.frombuffer(file.readframes(file.getnframes()), dtype='<i2')
(rate, said), (_, heard) = read(sys.argv[1]), read(sys.argv[2])
print(pesq.pesq(rate, said, heard, 'wb' if rate == 16000 else 'nb'))
";

/// Where the measure is, if `cargo xtask setup` has installed it.
fn judge() -> Option<PathBuf> {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools/pesq/bin/python");
    if place.is_file() {
        return Some(place);
    }
    let advice = "pesq is missing (`cargo xtask setup`): nothing says how well speech is understood";
    assert!(std::env::var_os("CI").is_none(), "{advice}");
    eprintln!("{advice}");
    None
}

/// The mark of what is heard against what was said.
fn mark(judge: &Path, said: &[i16], heard: &[i16], rate: u32) -> f64 {
    let folder = tempfile::tempdir().expect("there is room");
    let spec = WavSpec { channels: 1, sample_rate: rate, bits_per_sample: 16, sample_format: SampleFormat::Int };
    let files = [("said.wav", said), ("heard.wav", heard)].map(|(name, samples)| {
        let file = folder.path().join(name);
        let mut writer = WavWriter::create(&file, spec).expect("there is room");
        samples.iter().for_each(|sample| writer.write_sample(*sample).expect("there is room"));
        writer.finalize().expect("there is room");
        file
    });
    let output = Program::new(judge).args(["-c", ASK]).args(&files).output().expect("it starts");
    let said = String::from_utf8_lossy(&output.stdout);
    said.trim().parse().unwrap_or_else(|_| panic!("{said}{}", String::from_utf8_lossy(&output.stderr)))
}

/// Marks of speech through the whole way, against what was said, without losses and with 1, 5 and 10 %.
#[test]
fn speech_gets_its_marks() {
    let (Some(speech), Some(judge)) = (speech(), judge()) else { return };
    println!("marks by ITU-T P.862 without losses, and at 1, 5 and 10 %");
    let marked = [
        (Codec::Pcmu, [3.8, 3.6, 3.1, 2.4]),
        (Codec::G722, [2.9, 2.6, 2.1, 1.5]),
        (Codec::G729, [2.3, 2.1, 2.0, 1.7]),
        (Codec::Opus, [3.3, 3.2, 3.0, 2.7]),
    ];
    for (codec, least) in marked.into_iter().filter(|(codec, _)| Codec::ALL.contains(codec)) {
        let marks = [0, 1, 5, 10].map(|percent| {
            let heard = hear(codec, &speech, percent).0;
            let heard = &heard[delay(&speech, &heard)..];
            let length = speech.len().min(heard.len());
            let [said, heard] = [&speech[..length], &heard[..length]].map(|samples| narrowed(codec, samples));
            mark(&judge, &said, &heard, codec.sample_rate())
        });
        println!("{codec:?}: {marks:.2?}");
        assert!(marks.iter().zip(least).all(|(mark, least)| *mark > least), "{codec:?}: {marks:.2?}");
        assert!(marks.is_sorted_by(|less, more| less >= more), "{codec:?}: more loss cannot be better: {marks:.2?}");
    }
}

#[test]
fn speech_is_understood_through_losses() {
    let Some(speech) = speech() else { return };
    println!(
        "segmental SNR and spectral distance in dB against the same call without losses; in brackets the distance"
    );
    println!("with silence in the place of what is lost");
    for codec in Codec::ALL {
        let rate = codec.sample_rate();
        let clean = hear(codec, &speech, 0).0;
        let delay = delay(&speech, &clean);
        let clean = &clean[delay..];
        let mut last = f64::INFINITY;
        for percent in [1, 5, 10] {
            let (heard, lost) = hear(codec, &speech, percent);
            let heard = &heard[delay..];
            let mut silenced = clean.to_vec();
            for (packet, _) in lost.iter().enumerate().filter(|(_, lost)| **lost) {
                let range = packet * PACKET..((packet + 1) * PACKET).min(silenced.len());
                silenced.get_mut(range).unwrap_or_default().fill(0);
            }
            let length = clean.len().min(heard.len());
            let [reference, heard, silenced] =
                [&clean[..length], &heard[..length], &silenced[..length]].map(|samples| narrowed(codec, samples));
            let ratio = measure::segmental_snr(&reference, &heard, rate);
            let distance = measure::spectral_distance(&reference, &heard, rate);
            let without = measure::spectral_distance(&reference, &silenced, rate);
            println!("{codec:?} {percent:2} %: {ratio:5.1}, {distance:4.2} ({without:4.2})");
            assert!(ratio < last, "{codec:?}: more loss cannot be better");
            // G.711 has nothing to remember, the other decoders remember a loss for a while.
            let worse = if matches!(codec, Codec::Pcma | Codec::Pcmu) { 0.6 } else { 1.3 };
            let least = match (codec, percent) {
                (Codec::Pcma | Codec::Pcmu, 1) => 33.0,
                (Codec::Pcma | Codec::Pcmu, 5) => 31.0,
                (Codec::Pcma | Codec::Pcmu, _) => 27.0,
                (_, 1) => 31.0,
                (_, 5) => 24.0,
                _ => 17.0,
            };
            assert!(ratio > least, "{codec:?} at {percent} %: {ratio:.1} dB");
            // One lost packet in a hundred says too little.
            assert!(
                percent < 5 || distance < without * worse,
                "{codec:?} at {percent} %: {distance:.2} instead of {without:.2} dB"
            );
            last = ratio;
        }
    }
}

#[test]
fn without_losses_codecs_keep_speech() {
    let Some(speech) = speech() else { return };
    for (codec, least) in [(Codec::Pcmu, 25.0), (Codec::Pcma, 25.0), (Codec::G722, 15.0), (Codec::G729, 2.0)] {
        let (heard, _) = hear(codec, &speech, 0);
        let heard = &heard[delay(&speech, &heard)..];
        let length = speech.len().min(heard.len());
        let [said, heard] = [&speech[..length], &heard[..length]].map(|samples| narrowed(codec, samples));
        let ratio = measure::segmental_snr(&said, &heard, codec.sample_rate());
        println!("{codec:?}: {ratio:.1} dB");
        assert!(ratio > least, "{codec:?}: {ratio:.1} dB");
    }
}
