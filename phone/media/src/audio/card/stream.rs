//! The streams of a card, as cpal has them.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{
    BufferSize, ErrorKind, FromSample, Sample, SampleFormat, SizedSample, Stream, StreamConfig, SupportedBufferSize,
    SupportedStreamConfig,
};
use rtrb::{Consumer, Producer};

use super::bridge::{FromCard, from_card, to_card};
use super::device::{End, Pipes};

/// Opens a stream of the samples that a card has; none where they are of another kind.
macro_rules! for_samples {
    ($format:expr, $open:ident($($argument:expr),*)) => {
        match $format {
            SampleFormat::F32 => $open::<f32>($($argument),*),
            SampleFormat::I16 => $open::<i16>($($argument),*),
            SampleFormat::I24 => $open::<cpal::I24>($($argument),*),
            SampleFormat::I32 => $open::<i32>($($argument),*),
            SampleFormat::U8 => $open::<u8>($($argument),*),
            _ => None,
        }
    };
}

/// What keeps the card open. There are units without a microphone, and some whose microphone comes later.
pub(super) struct Streams {
    _output: Stream,
    input: Option<Stream>,
}

/// Opens the card of this name, or the one that the system prefers; none if there is none that works.
pub(super) fn open(name: Option<&str>) -> Option<(Streams, Pipes)> {
    keep_quiet();
    let host = cpal::default_host();
    let device = name.map_or_else(|| host.default_output_device(), |name| find(&host, name))?;
    let supported = device.default_output_config().ok()?;
    let (format, config) = (supported.sample_format(), quick(&supported));
    let (play, samples) = to_card(config.sample_rate)?;
    let end = Arc::new(End::default());
    let output = for_samples!(format, output(&device, config, samples, end.clone()))?;
    output.play().ok()?;
    let mut streams = Streams { _output: output, input: None };
    let record = streams.open_microphone(name, &end);
    Some((streams, Pipes { play: Some(play), record, end }))
}

impl Streams {
    pub(super) fn is_mute(&self) -> bool {
        self.input.is_none()
    }

    /// Opens the microphone, if there is one that works.
    pub(super) fn open_microphone(&mut self, name: Option<&str>, end: &Arc<End>) -> Option<FromCard> {
        keep_quiet();
        let host = cpal::default_host();
        let device = name.map_or_else(|| host.default_input_device(), |name| find(&host, name))?;
        let supported = device.default_input_config().ok()?;
        let (format, config) = (supported.sample_format(), quick(&supported));
        let (samples, record) = from_card(config.sample_rate)?;
        let input = for_samples!(format, input(&device, config, samples, end.clone()))?;
        input.play().ok()?;
        self.input = Some(input);
        Some(record)
    }
}

/// The names of the cards that there are.
pub(super) fn names() -> Vec<String> {
    let devices = cpal::default_host().devices().ok().into_iter().flatten();
    devices.filter_map(|device| Some(device.id().ok()?.id().to_owned())).collect()
}

/// ALSA writes a dozen lines to standard error whenever a card is not there. What came before is forgotten.
fn keep_quiet() {
    #[cfg(target_os = "linux")]
    drop(alsa::Output::local_error_handler());
}

fn find(host: &cpal::Host, name: &str) -> Option<cpal::Device> {
    host.device_by_id(&format!("{}:{name}", host.id()).parse().ok()?)
}

/// How a card shall be driven: in portions of a frame, since what it prefers by itself may be seconds.
fn quick(supported: &SupportedStreamConfig) -> StreamConfig {
    let portion = supported.sample_rate() / 100;
    let portion = match supported.buffer_size() {
        SupportedBufferSize::Range { min, max } => portion.max(*min).min(*max),
        SupportedBufferSize::Unknown => portion,
    };
    StreamConfig { buffer_size: BufferSize::Fixed(portion), ..supported.config() }
}

fn output<T: SizedSample + FromSample<f32>>(
    device: &cpal::Device,
    config: StreamConfig,
    mut samples: Consumer<f32>,
    end: Arc<End>,
) -> Option<Stream> {
    let channels = usize::from(config.channels.max(1));
    let play = move |out: &mut [T], _: &cpal::OutputCallbackInfo| {
        for frame in out.chunks_mut(channels) {
            let sample = samples.pop().unwrap_or(0.0);
            frame.fill(T::from_sample(sample));
        }
    };
    device.build_output_stream(config, play, move |error| note(&error, &end), None).ok()
}

fn input<T: SizedSample>(
    device: &cpal::Device,
    config: StreamConfig,
    mut samples: Producer<f32>,
    end: Arc<End>,
) -> Option<Stream>
where
    f32: FromSample<T>,
{
    let channels = usize::from(config.channels.max(1));
    let record = move |taken: &[T], _: &cpal::InputCallbackInfo| {
        for frame in taken.chunks(channels) {
            let sum: f32 = frame.iter().map(|sample| f32::from_sample(*sample)).sum();
            // What finds no room is lost: nobody listens.
            let _ = samples.push(sum / frame.len() as f32);
        }
    };
    device.build_input_stream(config, record, move |error| note(&error, &end), None).ok()
}

/// A stream that lives on after an error is left alone; all others are opened anew.
fn note(error: &cpal::Error, end: &End) {
    if !matches!(error.kind(), ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied | ErrorKind::Xrun) {
        end.broken.store(true, Ordering::Relaxed);
    }
}
