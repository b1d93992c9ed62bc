//! The mouth of a channel: from frames of voice to packets.

use super::{Digits, NARROW, WIDE};
use crate::codec::{Codec, Encoder, TICKS_PER_SECOND, Tuning, in_tick};
use crate::dtmf::inband::Dialer;
use crate::event;
use crate::rtp::Outgoing;
use crate::sdp::Agreed;

/// Frames of the longest packet, 40 ms, and its octets.
const MOST_FRAMES: usize = 4;
const MOST_OCTETS: usize = MOST_FRAMES * NARROW;

/// Ticks of a frame.
const TICKS: u32 = NARROW as u32;

/// What is sent.
pub(super) struct Outlet {
    encoder: Encoder,
    tuning: Tuning,
    payload_type: u8,
    /// Payload type and clock of telephone events.
    event: Option<(u8, u32)>,
    /// Frames of a packet.
    frames: usize,
    packet: [u8; MOST_OCTETS],
    /// Octets that the packet has.
    length: usize,
    /// Frames of it whose codec takes a packet as a whole.
    samples: [i16; MOST_FRAMES * WIDE],
    /// Frames that the packet has.
    filled: usize,
    /// The time of the packet's first sample, in ticks of 8000 hertz.
    time: u32,
    /// Whether the next packet begins a talk.
    marker: bool,
    events: event::Sender,
    tones: Dialer,
    /// Whether digits were sent that nobody was told of yet.
    digits: bool,
    /// Whether nothing was encoded yet, so that a decoder is where an encoded recording begins.
    fresh: bool,
}

impl Outlet {
    pub(super) fn new(agreed: &Agreed, digits_inband: bool) -> Self {
        let event = agreed.events.as_ref().and_then(|events| events.send).filter(|_| !digits_inband);
        let mut encoder = Encoder::new(agreed.codec);
        encoder.tune(agreed.tuning);
        Outlet {
            encoder,
            tuning: agreed.tuning,
            payload_type: agreed.payload_type,
            event,
            frames: frames(agreed),
            packet: [0; MOST_OCTETS],
            length: 0,
            samples: [0; MOST_FRAMES * WIDE],
            filled: 0,
            time: 0,
            marker: true,
            events: event::Sender::new(event.map_or(TICKS_PER_SECOND, |(_, clock_rate)| clock_rate)),
            tones: Dialer::new(),
            digits: false,
            fresh: true,
        }
    }

    /// Goes on where another one was. The encoder stays where the codec does.
    pub(super) fn take_over(&mut self, old: &mut Outlet) {
        self.time = old.time.wrapping_add(old.filled as u32 * TICKS);
        std::mem::swap(&mut self.tones, &mut old.tones);
        self.digits = old.digits;
        if let (Some((_, clock_rate)), Some((_, old_rate))) = (self.event, old.event) {
            std::mem::swap(&mut self.events, &mut old.events);
            if clock_rate != old_rate {
                self.events.go_on_elsewhere(self.time, clock_rate);
            }
        } else {
            while let Some((digit, length, pause)) = old.events.take_back() {
                self.tones.send(digit.encode_utf8(&mut [0; 4]), length, pause);
            }
        }
        if self.codec() == old.codec() {
            std::mem::swap(&mut self.encoder, &mut old.encoder);
            self.encoder.tune(self.tuning);
            self.fresh = old.fresh;
            self.marker = old.marker;
            if self.frames == old.frames {
                (self.packet, self.length, self.samples) = (old.packet, old.length, old.samples);
                self.filled = old.filled;
                self.time = old.time;
            }
        }
    }

    /// What is sent from now on is another source's, in which a digit that sounds cannot go on.
    pub(super) fn become_another(&mut self) {
        self.marker = true;
        if let Some((_, clock_rate)) = self.event {
            self.events.go_on_elsewhere(self.time, clock_rate);
        }
    }

    pub(super) fn codec(&self) -> Codec {
        self.encoder.codec()
    }

    /// Whether an encoded recording may go out as it is.
    pub(super) fn takes_encoded(&self) -> bool {
        let fits = match self.codec() {
            Codec::Pcmu | Codec::Pcma => true,
            // What they make of a sound depends on what was before.
            Codec::G722 | Codec::G729 => self.fresh,
            // Its packets are encoded as a whole: there are no recordings of frames.
            Codec::Opus => false,
        };
        fits && self.tones.is_idle()
    }

    /// Whether the codec makes the same octets of the same samples for everybody, and no tones are mixed in.
    pub(super) fn can_share(&self) -> bool {
        self.tones.is_idle() && matches!(self.codec(), Codec::Pcmu | Codec::Pcma)
    }

    pub(super) fn send(&mut self, digits: &Digits) {
        self.digits = true;
        // Those that still sound as tones come first.
        if self.event.is_some() && self.tones.is_idle() {
            self.events.send(&digits.digits, digits.length, digits.pause);
        } else {
            self.tones.send(&digits.digits, digits.length, digits.pause);
        }
    }

    /// Whether all digits have just been sent.
    pub(super) fn digits_done(&mut self) -> bool {
        let done = self.digits && self.events.is_idle() && self.tones.is_idle();
        self.digits &= !done;
        done
    }

    /// Digits that are not sent yet never are: when there is voice again, somebody else may hear it.
    pub(super) fn drop_digits(&mut self) {
        if self.digits {
            self.events = event::Sender::new(self.event.map_or(TICKS_PER_SECOND, |(_, clock_rate)| clock_rate));
            self.tones = Dialer::new();
        }
    }

    /// Takes a frame of voice at the codec's rate, and gives packets that are full.
    pub(super) fn speak(
        &mut self,
        frame: &mut [i32],
        limit: impl FnOnce(&[i32], &mut [i16]),
        send: impl FnMut(Outgoing<'_>),
    ) {
        self.tones.play(frame, self.codec().sample_rate());
        let mut samples = [0; WIDE];
        let samples = &mut samples[..frame.len()];
        limit(frame, samples);
        self.fresh = false;
        if self.codec().octets_per_ten_ms().is_some() {
            self.length += self.encoder.encode(samples, &mut self.packet[self.length..]);
        } else {
            let from = self.filled * WIDE;
            self.samples[from..from + samples.len()].copy_from_slice(samples);
            if self.filled + 1 >= self.frames {
                self.length = self.encoder.encode(&self.samples[..from + samples.len()], &mut self.packet);
            }
        }
        self.add(send);
    }

    /// Takes a frame that is encoded already.
    pub(super) fn speak_encoded(&mut self, octets: &[u8], send: impl FnMut(Outgoing<'_>)) {
        self.packet[self.length..self.length + octets.len()].copy_from_slice(octets);
        self.length += octets.len();
        self.add(send);
    }

    /// Lets so many frames pass in which nothing is sent.
    pub(super) fn pass(&mut self, frames: u32) {
        self.marker = true;
        self.time = self.time.wrapping_add(frames.wrapping_add(self.filled as u32).wrapping_mul(TICKS));
        (self.filled, self.length) = (0, 0);
    }

    fn add(&mut self, mut send: impl FnMut(Outgoing<'_>)) {
        self.filled += 1;
        if self.filled < self.frames {
            return;
        }
        let step = self.frames as u32 * TICKS;
        let scale = in_tick(self.codec().clock_rate());
        // Events too are timed by the clock of the voice that they interrupt: both are one source's.
        let in_clock = |time: u32| time.wrapping_mul(scale);
        if let Some((payload_type, _)) = self.event {
            while let Some(note) = self.events.poll(self.time, step) {
                let [time, since] = [note.time, self.time.wrapping_sub(note.time)].map(in_clock);
                send(Outgoing { payload_type, marker: note.marker, time, since, payload: &note.payload });
            }
        }
        if self.events.is_sending() {
            self.marker = true;
        } else {
            let payload = &self.packet[..self.length];
            let time = in_clock(self.time);
            send(Outgoing { payload_type: self.payload_type, marker: self.marker, time, since: 0, payload });
            self.marker = false;
        }
        (self.filled, self.length) = (0, 0);
        self.time = self.time.wrapping_add(step);
    }
}

fn frames(agreed: &Agreed) -> usize {
    (agreed.packet_time.as_millis() / 10).clamp(1, 4) as usize
}
