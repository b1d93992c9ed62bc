//! The ear of a channel: from packets to frames of voice.

use std::time::Duration;

use super::{Event, NARROW, WIDE};
use crate::codec::{Codec, Decoder, in_tick};
use crate::dtmf::inband::Detector;
use crate::engine::command::{ChannelId, Delays};
use crate::event;
use crate::jitter::{Buffer, Figures, Frame, Pace, Scaler};
use crate::resample::{Doubler, Halver};
use crate::rtp::Packet;
use crate::sdp::Agreed;

/// Most samples of a packet: 120 ms at 16 kHz.
const MOST_SAMPLES: usize = 1920;

/// Most ticks of a packet.
const MOST_TICKS: u32 = 960;

/// Samples over which a step between different sounds is spread.
const SEAM: i32 = 48;

/// Samples at 8 kHz in which narrow voice dies away where wide voice takes its place, and those that a filter then holds.
const FADE: usize = 24;
const FLUSH: usize = 14;

/// What is received.
pub(super) struct Inlet {
    clock: Clock,
    buffer: Buffer,
    scaler: Scaler,
    /// Payload types and what decodes them.
    decoders: Vec<(u8, Decoder)>,
    /// The place of the one in use.
    current: usize,
    /// Whether any voice came.
    heard: bool,
    /// Whether another stream begins with what comes next.
    restarted: bool,
    /// Payload types and clocks of telephone events.
    event_types: Vec<(u8, u32)>,
    events: event::Receiver,
    /// Where no events are agreed on.
    tones: Option<Tones>,
    /// From the rate of the codec to that of the queue, once they differ.
    doubler: Doubler,
    queue: Queue,
    decoded: [i16; MOST_SAMPLES],
    scaled: [i16; 2 * MOST_SAMPLES],
}

/// Timestamps of any clock as ticks of 8000 hertz.
struct Clock {
    rate: u32,
    /// The last packet, and how long it was in ticks.
    last: u32,
    sequence: u16,
    duration: u32,
    /// Samples of the clock so far.
    passed: i64,
}

/// Listens for tones in voice of any rate.
struct Tones {
    detector: Detector,
    halver: Halver,
    /// What was heard last.
    heard: Option<(char, Duration)>,
}

/// Decoded samples that wait for the next frame.
struct Queue {
    samples: [i16; 2 * MOST_SAMPLES + WIDE],
    length: usize,
    rate: u32,
    /// The last sample that went out.
    last: i16,
    silent: bool,
    /// Whether the last voice was narrower than the queue.
    narrow: bool,
}

impl Inlet {
    pub(super) fn new(agreed: &Agreed, delays: Delays) -> Self {
        let codecs = agreed.accepts.iter().copied();
        let decoders: Vec<_> = codecs.map(|(number, codec)| (number, Decoder::new(codec))).collect();
        let current = decoders.iter().position(|(number, _)| *number == agreed.payload_type).unwrap_or(0);
        Inlet {
            clock: Clock::new(agreed.codec.clock_rate()),
            buffer: Buffer::new(delays),
            scaler: Scaler::new(),
            current,
            heard: false,
            restarted: false,
            event_types: agreed.events.as_ref().map_or(Vec::new(), |events| events.receive.clone()),
            events: event::Receiver::new(),
            tones: agreed.events.is_none().then(Tones::new),
            doubler: Doubler::new(),
            queue: Queue::new(decoders.get(current).map_or(8000, |(_, decoder)| decoder.codec().sample_rate())),
            decoders,
            decoded: [0; MOST_SAMPLES],
            scaled: [0; 2 * MOST_SAMPLES],
        }
    }

    /// Counts on where another one ends, lets its last sound die away, and hears the digit out that it heard begin.
    pub(super) fn take_over(&mut self, old: &mut Inlet) {
        self.buffer.count_on(&old.buffer);
        (self.queue.last, self.queue.silent) = (old.queue.last, old.queue.silent);
        std::mem::swap(&mut self.events, &mut old.events);
    }

    /// The clock of a payload type of voice, whose timestamps tell when it was sent.
    pub(super) fn clock_of(&self, payload_type: u8) -> Option<u32> {
        self.accepted(payload_type).map(Codec::clock_rate)
    }

    fn accepted(&self, payload_type: u8) -> Option<Codec> {
        self.decoders.iter().find(|(number, _)| *number == payload_type).map(|(_, decoder)| decoder.codec())
    }

    /// Takes a packet.
    pub(super) fn put(&mut self, now: Duration, packet: &Packet<'_>, restarted: bool) {
        if restarted {
            self.buffer.restart();
            self.events.restart();
            self.restarted = true;
        }
        let event = self.event_types.iter().find(|(number, _)| *number == packet.payload_type);
        if let Some((_, clock_rate)) = event {
            self.buffer.pass(packet.sequence);
            self.events.receive(now, *clock_rate, packet.timestamp, packet.marker, packet.payload);
        } else if let Some(codec) = self.accepted(packet.payload_type) {
            let duration = codec.duration(packet.payload);
            let timestamp = self.clock.ticks(codec.clock_rate(), packet, duration);
            let timed = Packet { timestamp, ..*packet };
            let duration = if duration > MOST_TICKS { 0 } else { duration };
            self.buffer.put(now, &timed, duration, codec.quiet_after(packet.payload));
        } else {
            self.buffer.pass(packet.sequence);
        }
    }

    /// The next frame of 10 ms, and its rate.
    pub(super) fn hear(&mut self, now: Duration, frame: &mut [i32; WIDE]) -> u32 {
        while self.queue.length < self.queue.frame() {
            self.fill(now);
        }
        self.queue.take(frame);
        self.events.timeout(now);
        self.queue.rate
    }

    /// The next digit that was heard.
    pub(super) fn digit(&mut self, channel: ChannelId) -> Option<Event> {
        let tone = self.tones.as_mut().and_then(|tones| tones.heard.take());
        let (digit, length) = tone.or_else(|| self.events.poll().map(|heard| (heard.digit, heard.length)))?;
        Some(Event::Digit { channel, digit, length })
    }

    /// The codec of the last voice.
    pub(super) fn codec(&self) -> Option<Codec> {
        self.decoders.get(self.current).filter(|_| self.heard).map(|(_, decoder)| decoder.codec())
    }

    pub(super) fn figures(&self) -> Figures {
        self.buffer.figures()
    }

    fn fill(&mut self, now: Duration) {
        let queued = Duration::from_micros(self.queue.length as u64 * 1_000_000 / u64::from(self.queue.rate));
        let (frame, pace) = self.buffer.next(now, queued);
        let (length, rate, pace) = match frame {
            Frame::Packet { payload_type, payload, duration } => {
                let place = self.decoders.iter().position(|(number, _)| *number == payload_type);
                let before = self.current;
                self.current = place.unwrap_or(before);
                let Some((_, decoder)) = self.decoders.get_mut(self.current) else { return self.queue.pass() };
                if std::mem::take(&mut self.restarted) || self.current != before {
                    // A sender that changes its codec, or another sender, begins with an encoder that knows nothing.
                    decoder.reset();
                }
                self.heard = true;
                let length = match decoder.decode(payload, &mut self.decoded) {
                    0 => conceal(decoder, &mut self.decoded, duration, None),
                    length => length,
                };
                (length, decoder.codec().sample_rate(), pace)
            }
            Frame::Lost { duration, next } => {
                let Some((number, decoder)) = self.decoders.get_mut(self.current) else { return self.queue.pass() };
                // The packet behind is of use to a decoder that has heard what was before.
                let next = next.filter(|(payload_type, _)| payload_type == number && !self.restarted);
                let next = next.map(|(_, payload)| payload);
                (conceal(decoder, &mut self.decoded, duration, next), decoder.codec().sample_rate(), Pace::Normal)
            }
            Frame::Silence { duration } => {
                let length = samples(duration, self.queue.rate);
                self.decoded[..length].fill(0);
                return self.queue.push(&self.decoded[..length], true);
            }
        };
        if let Some(tones) = &mut self.tones {
            tones.listen(&self.decoded[..length], rate);
        }
        let length = self.scaler.scale(&self.decoded[..length], rate, pace, &mut self.scaled);
        if rate > self.queue.rate {
            self.queue.widen(&mut self.doubler);
        }
        if rate < self.queue.rate {
            self.queue.push_doubled(&self.scaled[..length], &mut self.doubler);
        } else {
            self.queue.push(&self.scaled[..length], false);
        }
    }
}

impl Tones {
    fn new() -> Self {
        Tones { detector: Detector::new(), halver: Halver::new(), heard: None }
    }

    fn listen(&mut self, samples: &[i16], rate: u32) {
        let Tones { detector, halver, heard } = self;
        let mut hear = |samples: &[i16]| {
            detector.listen(samples, |digit, length| *heard = Some((digit.key(), length)));
        };
        if rate == 8000 {
            return hear(samples);
        }
        for samples in samples.chunks(WIDE) {
            let (mut wide, mut half) = ([0; WIDE], [0; NARROW]);
            wide.iter_mut().zip(samples).for_each(|(to, from)| *to = i32::from(*from));
            halver.convert(&wide[..samples.len()], &mut half);
            let half = half.map(|sample| sample.clamp(-32_768, 32_767) as i16);
            hear(&half[..samples.len() / 2]);
        }
    }
}

fn conceal(decoder: &mut Decoder, decoded: &mut [i16; MOST_SAMPLES], duration: u32, next: Option<&[u8]>) -> usize {
    let length = samples(duration, decoder.codec().sample_rate());
    decoded[..length].fill(0);
    decoder.conceal(&mut decoded[..length], next);
    length
}

/// Samples of so many ticks, at most those of a packet.
fn samples(ticks: u32, rate: u32) -> usize {
    (ticks as usize * (rate as usize / 8000)).clamp(1, MOST_SAMPLES)
}

impl Clock {
    fn new(rate: u32) -> Self {
        Clock { rate, last: 0, sequence: 0, duration: 0, passed: 0 }
    }

    /// When voice was sent. Where its clock is another one from now on, it goes on from the packet before.
    fn ticks(&mut self, rate: u32, packet: &Packet<'_>, duration: u32) -> u32 {
        let scale = |rate: u32| i64::from(in_tick(rate));
        if rate == self.rate {
            // Later or earlier than the last one, whichever is nearer.
            self.passed += i64::from(packet.timestamp.wrapping_sub(self.last).cast_signed());
        } else {
            let packets = i64::from(packet.sequence.wrapping_sub(self.sequence).cast_signed());
            let ticks = self.passed.div_euclid(scale(self.rate)) + packets * i64::from(self.duration);
            (self.rate, self.passed) = (rate, ticks * scale(rate));
        }
        (self.last, self.sequence, self.duration) = (packet.timestamp, packet.sequence, duration);
        self.passed.div_euclid(scale(rate)) as u32
    }
}

impl Queue {
    fn new(rate: u32) -> Self {
        Queue { samples: [0; 2 * MOST_SAMPLES + WIDE], length: 0, rate, last: 0, silent: true, narrow: false }
    }

    /// Samples of a frame.
    fn frame(&self) -> usize {
        self.rate as usize / 100
    }

    /// Wide voice came: everything is wide from now on. What waits, less than a frame, is doubled, and dies away in 3 ms; what
    /// the sum of narrow voices still holds of this one ends as that begins, so nothing is missing and nothing heard twice.
    fn widen(&mut self, doubler: &mut Doubler) {
        let mut narrow = [0; NARROW + FADE + FLUSH];
        let length = self.length.min(NARROW);
        narrow[..length].copy_from_slice(&self.samples[..length]);
        let last = i32::from(if length > 0 { narrow[length - 1] } else { self.last });
        for (left, sample) in (0..FADE as i32).rev().zip(&mut narrow[length..]) {
            *sample = (last * left / FADE as i32) as i16;
        }
        (self.rate, self.length, self.narrow) = (16_000, 0, true);
        *doubler = Doubler::new();
        let silent = std::mem::replace(&mut self.silent, false);
        self.push_doubled(&narrow[..length + FADE + FLUSH], doubler);
        self.silent = silent;
    }

    /// Appends narrow samples to wide ones.
    fn push_doubled(&mut self, samples: &[i16], doubler: &mut Doubler) {
        let passed_over = !std::mem::replace(&mut self.narrow, true);
        if passed_over {
            *doubler = Doubler::new();
        }
        for samples in samples.chunks(NARROW) {
            let (mut narrow, mut wide) = ([0; NARROW], [0; WIDE]);
            narrow.iter_mut().zip(samples).for_each(|(to, from)| *to = i32::from(*from));
            doubler.convert(&narrow[..samples.len()], &mut wide[..2 * samples.len()]);
            let wide = wide.map(|sample| sample.clamp(-32_768, 32_767) as i16);
            self.append(&wide[..2 * samples.len()], false, passed_over);
        }
    }

    /// Appends samples of the queue's rate.
    fn push(&mut self, samples: &[i16], silent: bool) {
        let passed_over = !silent && std::mem::take(&mut self.narrow);
        self.append(samples, silent, passed_over);
    }

    /// Lets a frame pass without sound.
    fn pass(&mut self) {
        self.append(&[0; WIDE][..self.frame()], true, false);
    }

    /// Where sound passes over to silence and back, or to another codec, the step is spread.
    fn append(&mut self, samples: &[i16], silent: bool, passed_over: bool) {
        let last = if self.length > 0 { self.samples[self.length - 1] } else { self.last };
        let length = samples.len().min(self.samples.len() - self.length);
        let added = &mut self.samples[self.length..self.length + length];
        added.copy_from_slice(&samples[..length]);
        if passed_over || self.silent != silent {
            for (at, sample) in (1..SEAM).zip(added) {
                *sample = ((i32::from(*sample) * at + i32::from(last) * (SEAM - at)) / SEAM) as i16;
            }
        }
        self.silent = silent;
        self.length += length;
    }

    fn take(&mut self, frame: &mut [i32; WIDE]) {
        let length = self.frame();
        for (to, from) in frame.iter_mut().zip(&self.samples[..length]) {
            *to = i32::from(*from);
        }
        self.last = self.samples[length - 1];
        self.samples.copy_within(length..self.length, 0);
        self.length -= length;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_faster_clock_goes_on_where_it_begins_anew_and_where_another_one_ends() {
        let mut clock = Clock::new(48_000);
        let mut ticks = |rate, sequence, timestamp| {
            let packet = Packet { marker: false, payload_type: 0, sequence, timestamp, ssrc: 1, payload: &[] };
            clock.ticks(rate, &packet, 160)
        };
        let begin = ticks(48_000, 1, u32::MAX - 479);
        for (sequence, timestamp, wanted) in [(2, 480, 160), (4, 2400, 480), (3, 1440, 320), (5, 3360, 640)] {
            assert_eq!(ticks(48_000, sequence, timestamp).wrapping_sub(begin), wanted);
        }
        for (rate, sequence, timestamp, wanted) in
            [(8000, 6, 77, 800), (8000, 7, 237, 960), (48_000, 9, 5, 1280), (48_000, 10, 965, 1440)]
        {
            assert_eq!(ticks(rate, sequence, timestamp).wrapping_sub(begin), wanted, "packet {sequence}");
        }
    }
}
