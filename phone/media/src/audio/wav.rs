//! A device made of two files, and the reading of sounds from files.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use hound::{SampleFormat, WavReader, WavSpec, WavWriter};
use rtrb::{Consumer, Producer, RingBuffer};

use super::{Device, FRAME, Fault, Play, RATE, State};
use crate::resample;

/// What may wait to be written: 4 s.
const WAITING: usize = 4 * RATE as usize;

/// How often what waits is written.
const PAUSE: Duration = Duration::from_millis(100);

/// Speaks one file over and over, and writes what it hears to another.
#[derive(Debug)]
pub struct Wav {
    /// What is spoken; nothing is silence.
    spoken: Vec<i16>,
    position: usize,
    heard: Option<Writing>,
}

/// A file that a thread of its own writes.
#[derive(Debug)]
struct Writing {
    samples: Producer<i16>,
    done: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Wav {
    /// Opens the files. The first may have any rate and number of channels; the second gets one channel at 16 kHz.
    ///
    /// # Errors
    /// The first cannot be read, or the second not be made.
    pub fn open(input: Option<&Path>, output: Option<&Path>) -> Result<Self, Fault> {
        let spoken = input.map(read).transpose()?.unwrap_or_default();
        Ok(Wav { spoken, position: 0, heard: output.map(Writing::begin).transpose()? })
    }
}

impl Device for Wav {
    fn exchange(&mut self, play: Play<'_>, record: &mut [i16; FRAME]) -> State {
        for sample in record {
            *sample = self.spoken.get(self.position).copied().unwrap_or_default();
            self.position += 1;
            if self.position >= self.spoken.len() {
                self.position = 0;
            }
        }
        if let Some(heard) = &mut self.heard {
            // A disk that stands still for seconds costs what it could not take.
            let _ = heard.samples.push_entire_slice(&play.together());
        }
        State::Running
    }
}

impl Writing {
    fn begin(path: &Path) -> Result<Self, Fault> {
        let spec = WavSpec { channels: 1, sample_rate: RATE, bits_per_sample: 16, sample_format: SampleFormat::Int };
        let file = WavWriter::create(path, spec).map_err(|fault| fault_of(path, &fault))?;
        let (samples, waiting) = RingBuffer::new(WAITING);
        let done = Arc::new(AtomicBool::new(false));
        let until = done.clone();
        let thread = thread::Builder::new()
            .name("wav".to_owned())
            .spawn(move || write(file, waiting, &until))
            .map_err(Fault::Thread)?;
        Ok(Writing { samples, done, thread: Some(thread) })
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        self.done.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            // The file is whole when this returns; a thread that panicked has nothing to say here.
            let _ = thread.join();
        }
    }
}

/// Writes what waits, and keeps the file whole, in case that it is the last time.
fn write(mut file: WavWriter<BufWriter<File>>, mut waiting: Consumer<i16>, done: &AtomicBool) {
    loop {
        let last = done.load(Ordering::Acquire);
        let mut written = true;
        while let Ok(sample) = waiting.pop() {
            written &= file.write_sample(sample).is_ok();
        }
        if last || !written || file.flush().is_err() {
            // What cannot be written is lost; a call is not ended for it.
            let _ = file.finalize();
            return;
        }
        thread::park_timeout(PAUSE);
    }
}

/// Reads a sound: all channels together, at 16 kHz.
///
/// # Errors
/// The file cannot be read, is no WAV file, or holds nothing.
pub fn read(path: &Path) -> Result<Vec<i16>, Fault> {
    let mut reader = WavReader::open(path).map_err(|fault| fault_of(path, &fault))?;
    let spec = reader.spec();
    let samples: Result<Vec<f32>, hound::Error> = match spec.sample_format {
        SampleFormat::Float => reader.samples::<f32>().collect(),
        SampleFormat::Int => {
            let full = (1_i64 << spec.bits_per_sample.clamp(1, 32).saturating_sub(1)) as f32;
            reader.samples::<i32>().map(|sample| sample.map(|sample| sample as f32 / full)).collect()
        }
    };
    let samples = samples.map_err(|fault| fault_of(path, &fault))?;
    let channels = usize::from(spec.channels.max(1));
    let mono = samples.chunks(channels).map(|frame| frame.iter().sum::<f32>() / channels as f32).collect();
    let sound = resample::recording(mono, spec.sample_rate, RATE);
    if sound.is_empty() {
        return Err(Fault::Empty(path.to_owned()));
    }
    Ok(sound.into_iter().map(|sample| (sample * 32_768.0).clamp(-32_768.0, 32_767.0) as i16).collect())
}

fn fault_of(path: &Path, fault: &hound::Error) -> Fault {
    Fault::File { path: PathBuf::from(path), reason: fault.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure;

    fn save(path: &Path, rate: u32, channels: u16, samples: &[i16]) {
        let spec = WavSpec { channels, sample_rate: rate, bits_per_sample: 16, sample_format: SampleFormat::Int };
        let mut file = WavWriter::create(path, spec).expect("the folder is there");
        samples.iter().for_each(|sample| file.write_sample(*sample).expect("there is room"));
        file.finalize().expect("there is room");
    }

    #[test]
    fn one_file_is_spoken_over_and_over_and_the_other_is_written() {
        let folder = tempfile::tempdir().expect("there is room");
        let [input, output] = ["in.wav", "out.wav"].map(|name| folder.path().join(name));
        let tone = measure::sine(400.0, 8000.0, 48_000, 48_000);
        let both: Vec<i16> = tone.iter().flat_map(|sample| [*sample, *sample]).collect();
        save(&input, 48_000, 2, &both);
        let mut device = Wav::open(Some(&input), Some(&output)).expect("the input is there");
        let mut spoken = Vec::new();
        let mut record = [0; FRAME];
        for _ in 0..250 {
            device.exchange(Play { path: None, voice: &record.clone(), speaker: &[0; FRAME] }, &mut record);
            spoken.extend(record);
        }
        drop(device);
        assert!(measure::tone_to_rest(&spoken, 400.0, RATE) > 40.0);
        let heard = read(&output).expect("it was written");
        assert_eq!(heard.len(), 250 * FRAME);
        assert_eq!(heard[FRAME..], spoken[..249 * FRAME]);
    }

    #[test]
    fn files_that_are_no_sounds_are_faults() {
        let folder = tempfile::tempdir().expect("there is room");
        let path = folder.path().join("x.wav");
        std::fs::write(&path, b"RIFF....WAVEfmt ").expect("there is room");
        assert!(matches!(read(&path), Err(Fault::File { .. })));
        save(&path, 8000, 1, &[]);
        assert!(matches!(read(&path), Err(Fault::Empty(_))));
    }
}
