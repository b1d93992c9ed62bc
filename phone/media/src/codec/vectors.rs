//! The test sequences of the ITU, in a folder that `OFFHOOK_ITU_VECTORS` names: they may not be given away with the program.
//!
//! Wanted are those of G.729 Annex A (`*.IN`, `*.BIT`, `*.PST`) and the binary ones of G.722 Appendix II (`BT1C1.XMT`,
//! `BT2R1.COD`, `BT3L1.RC1`, `BT3H1.RC0` and so on), in any subfolders and in small or capital letters.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

use super::{g722, g729};

/// Files by their names in small letters.
type Files = BTreeMap<String, PathBuf>;

fn vectors() -> Option<Files> {
    let folder = env::var_os("OFFHOOK_ITU_VECTORS");
    if folder.is_none() {
        eprintln!("OFFHOOK_ITU_VECTORS names no folder: the sequences of the ITU are not tried");
    }
    folder.map(|folder| {
        let files = files(Path::new(&folder));
        let known = files.keys().any(|name| name.ends_with(".bit") || name.starts_with("bt"));
        assert!(known, "{} holds no sequence of the ITU", folder.display());
        files
    })
}

fn files(folder: &Path) -> Files {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the folder can be read").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.insert(entry.file_name().to_string_lossy().to_lowercase(), path);
            }
        }
    }
    files
}

fn words(path: &Path) -> Vec<u16> {
    let bytes = fs::read(path).expect("the file can be read");
    bytes.as_chunks::<2>().0.iter().map(|word| u16::from_le_bytes(*word)).collect()
}

/// Frames of a file of bits: one is erased if its words are neither of a one nor of a zero.
fn frames(words: &[u16]) -> Vec<Option<[u8; 10]>> {
    let frame = |words: &[u16]| {
        let mut octets = [0; 10];
        for (bit, word) in words[2..].iter().enumerate() {
            match word {
                0x7f => {}
                0x81 => octets[bit / 8] |= 0x80 >> (bit % 8),
                _ => return None,
            }
        }
        Some(octets)
    };
    words.chunks_exact(82).map(frame).collect()
}

/// Says how many sequences were tried.
fn try_g729(files: &Files) -> usize {
    let mut tried = 0;
    for (name, bits) in files.iter().filter(|(name, _)| name.ends_with(".bit")) {
        let bits = frames(&words(bits));
        let stem = name.trim_end_matches("bit");
        if let Some(samples) = files.get(&format!("{stem}in")) {
            let samples: Vec<i16> = words(samples).into_iter().map(|word| word as i16).collect();
            let mut encoder = g729::Encoder::new();
            for (number, (frame, bits)) in samples.chunks_exact(g729::FRAME).zip(&bits).enumerate() {
                let mut octets = [0; 10];
                encoder.encode(frame, &mut octets);
                assert_eq!(Some(octets), *bits, "{stem}bit, frame {number}");
            }
            tried += 1;
        }
        if let Some(samples) = files.get(&format!("{stem}pst")) {
            let samples: Vec<i16> = words(samples).into_iter().map(|word| word as i16).collect();
            let mut decoder = g729::Decoder::new();
            for (number, (bits, expected)) in bits.iter().zip(samples.chunks_exact(g729::FRAME)).enumerate() {
                let mut frame = [0; g729::FRAME];
                match bits {
                    Some(octets) => drop(decoder.decode(octets, &mut frame)),
                    None => decoder.conceal(&mut frame),
                }
                assert_eq!(frame, expected, "{stem}pst, frame {number}");
            }
            tried += 1;
        }
    }
    tried
}

#[test]
fn g729_is_exact() {
    if let Some(files) = vectors() {
        eprintln!("{} sequences of G.729 tried", try_g729(&files));
    }
}

/// A sequence made here, with an erased frame, shows that the files are read as they are meant.
#[test]
fn sequences_in_the_form_of_the_itu_are_tried() {
    let folder = tempfile::tempdir().expect("there is room");
    let samples = crate::measure::vowel(140.0, 8000, 800);
    let (mut encoder, mut decoder) = (g729::Encoder::new(), g729::Decoder::new());
    let (mut bits, mut decoded) = (Vec::new(), Vec::new());
    for (number, frame) in samples.chunks_exact(g729::FRAME).enumerate() {
        let (mut octets, mut heard) = ([0; 10], [0; g729::FRAME]);
        encoder.encode(frame, &mut octets);
        bits.extend([0x6b21, 80]);
        if number == 9 {
            bits.extend([0; 80]);
            decoder.conceal(&mut heard);
        } else {
            let bit = |bit: usize| if octets[bit / 8] & 0x80 >> (bit % 8) == 0 { 0x7f } else { 0x81 };
            bits.extend((0..80).map(bit));
            decoder.decode(&octets, &mut heard);
        }
        decoded.extend(heard);
    }
    let save = |name: &str, words: Vec<u16>| {
        let bytes: Vec<u8> = words.into_iter().flat_map(u16::to_le_bytes).collect();
        fs::write(folder.path().join(name), bytes).expect("there is room");
    };
    save("OWN.BIT", bits);
    save("OWN.PST", decoded.into_iter().map(|sample| sample as u16).collect());
    assert_eq!(try_g729(&files(folder.path())), 1);
}

/// The lowest bit of each word holds the codec in its beginning.
fn running(words: &[u16]) -> impl Iterator<Item = u16> {
    words.iter().copied().skip_while(|word| word & 1 == 1).take_while(|word| word & 1 == 0)
}

#[test]
fn g722_is_exact() {
    let Some(files) = vectors() else { return };
    let mut tried = 0;
    for number in 1..=2 {
        let [Some(samples), Some(codes)] =
            [format!("bt1c{number}.xmt"), format!("bt2r{number}.cod")].map(|name| files.get(&name))
        else {
            continue;
        };
        let (samples, codes) = (words(samples), words(codes));
        let mut encoder = g722::Encoder::new();
        for (at, (sample, code)) in running(&samples).zip(running(&codes)).enumerate() {
            let sample = i32::from(sample as i16) >> 1;
            assert_eq!(encoder.encode_bands(sample, sample), (code >> 8) as u8, "bt2r{number}.cod, word {at}");
        }
        tried += 1;
    }
    for number in 1..=3 {
        let names = [format!("bt2r{number}.cod"), format!("bt3l{number}.rc1"), format!("bt3h{number}.rc0")];
        let [Some(codes), Some(low), Some(high)] = names.map(|name| files.get(&name)) else { continue };
        let (codes, low, high) = (words(codes), words(low), words(high));
        let mut decoder = g722::Decoder::new();
        let expected = running(&low).zip(running(&high));
        for (at, (code, (low, high))) in running(&codes).zip(expected).enumerate() {
            let bands = decoder.decode_bands((code >> 8) as u8);
            let expected = (i32::from(low as i16) >> 1, i32::from(high as i16) >> 1);
            assert_eq!(bands, expected, "bt3l{number}.rc1, word {at}");
        }
        tried += 1;
    }
    eprintln!("{tried} sequences of G.722 tried");
}
