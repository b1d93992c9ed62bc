//! Pictures of sounds: how loud a recording is over time, and which frequencies it holds.

mod png;
mod sound;
mod spectrogram;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

pub(crate) use sound::Sound;

/// Width of both pictures, and height of the wave, in pixels.
const WIDTH: usize = 1000;
const HEIGHT: usize = 200;

/// Writes both pictures beside a WAV file: its name with `.wave.svg` and with `.spectrum.png`.
///
/// # Errors
/// The file holds no sound of 16 bits, or a picture cannot be written.
pub(crate) fn run(file: &Path) -> anyhow::Result<()> {
    for picture in draw(file)? {
        println!("{}", picture.display());
    }
    Ok(())
}

/// Draws both pictures, and says where they are.
///
/// # Errors
/// The file holds no sound of 16 bits, or a picture cannot be written.
pub(crate) fn draw(file: &Path) -> anyhow::Result<[PathBuf; 2]> {
    let bytes = fs::read(file).with_context(|| file.display().to_string())?;
    let sound = Sound::read(&bytes).with_context(|| format!("{}: no WAV file of 16 bits", file.display()))?;
    let (wave, spectrum) = (file.with_extension("wave.svg"), file.with_extension("spectrum.png"));
    let title = file.file_name().unwrap_or_default().to_string_lossy();
    fs::write(&wave, waveform(&sound, &title)).with_context(|| wave.display().to_string())?;
    fs::write(&spectrum, spectrogram::png(&sound, WIDTH)).with_context(|| spectrum.display().to_string())?;
    Ok([wave, spectrum])
}

/// The wave as an SVG document: for each pixel, from the lowest to the highest sample.
fn waveform(sound: &Sound, title: &str) -> String {
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {}\" font-family=\"sans-serif\" font-size=\"12\" \
         fill=\"#333\">\n<rect width=\"{WIDTH}\" height=\"{}\" fill=\"#fff\"/>\n<text x=\"8\" y=\"16\">{}, {:.1} s, peak {:.0} % \
         </text>\n<path d=\"M0 {middle}H{WIDTH}\" stroke=\"#ddd\"/>\n<path stroke=\"#0072b2\" fill=\"none\" d=\"",
        HEIGHT + 24,
        HEIGHT + 24,
        title.replace('&', "&amp;").replace('<', "&lt;"),
        sound.samples.len() as f64 / f64::from(sound.rate),
        sound.samples.iter().map(|sample| sample.unsigned_abs()).max().unwrap_or(0) as f64 / 327.68,
        middle = 24 + HEIGHT / 2,
    );
    let y = |sample: i16| 24.0 + HEIGHT as f64 / 2.0 * (1.0 - f64::from(sample) / 32_768.0);
    for (x, part) in columns(&sound.samples, WIDTH) {
        let (low, high) = part.iter().fold((i16::MAX, i16::MIN), |(low, high), &s| (low.min(s), high.max(s)));
        // A line of no length is not drawn.
        let _ = write!(svg, "M{x}.5 {:.1}V{:.1}", y(low) + 0.5, y(high) - 0.5);
    }
    svg + "\"/>\n</svg>\n"
}

/// The samples of each column of pixels that has any.
fn columns(samples: &[i16], width: usize) -> impl Iterator<Item = (usize, &[i16])> {
    let edge = move |x: usize| x * samples.len() / width;
    (0..width).map(move |x| (x, &samples[edge(x)..edge(x + 1)])).filter(|(_, part)| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wave_reaches_from_its_lowest_to_its_highest_sample() {
        let sound = Sound { rate: 8000, samples: vec![-32_768, 32_767, 0, 0] };
        let svg = waveform(&sound, "a<b");
        assert!(svg.contains("a&lt;b, 0.0 s, peak 100 %"), "{svg}");
        assert_eq!(columns(&sound.samples, 2).map(|(_, part)| part.len()).collect::<Vec<_>>(), [2, 2]);
        assert_eq!(svg.matches('V').count(), 4);
    }

    #[test]
    fn both_pictures_are_written_beside_the_sound() {
        let folder = std::env::temp_dir().join(format!("picture-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("there is room");
        let file = folder.join("tone.wav");
        let samples = (0..16_000).map(|i| ((f64::from(i) * 0.3).sin() * 9000.0) as i16).collect();
        fs::write(&file, Sound { rate: 16_000, samples }.write()).expect("there is room");
        let [wave, spectrum] = draw(&file).expect("it is a sound");
        assert!(fs::read_to_string(&wave).expect("it is there").ends_with("</svg>\n"));
        assert!(fs::read(&spectrum).expect("it is there").starts_with(b"\x89PNG\r\n\x1a\n"));
        fs::write(&file, b"RIFF").expect("there is room");
        assert!(draw(&file).is_err());
        fs::remove_dir_all(&folder).expect("it is there");
    }
}
