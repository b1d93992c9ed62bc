//! The mouth of a channel: from frames of voice to packets.

use super::{Digits, NARROW, WIDE};
use crate::codec::{Codec, Encoder};
use crate::dtmf::inband::Dialer;
use crate::event;
use crate::rtp::Outgoing;
use crate::sdp::Agreed;

/// Octets of the longest packet: 40 ms.
const MOST_OCTETS: usize = 4 * NARROW;

/// Ticks of a frame.
const TICKS: u32 = NARROW as u32;

/// What is sent.
pub(super) struct Outlet {
    encoder: Encoder,
    payload_type: u8,
    event_type: Option<u8>,
    /// Frames of a packet.
    frames: usize,
    packet: [u8; MOST_OCTETS],
    /// Frames that the packet has.
    filled: usize,
    /// The time of the packet's first sample, in ticks.
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
        Outlet {
            encoder: Encoder::new(agreed.codec),
            payload_type: agreed.payload_type,
            event_type: agreed.events.map(|events| events.send).filter(|_| !digits_inband),
            frames: frames(agreed),
            packet: [0; MOST_OCTETS],
            filled: 0,
            time: 0,
            marker: true,
            events: event::Sender::new(),
            tones: Dialer::new(),
            digits: false,
            fresh: true,
        }
    }

    /// Goes on where another one was. The encoder stays where the codec does.
    pub(super) fn take_over(&mut self, old: &mut Outlet) {
        self.time = old.time.wrapping_add(old.filled as u32 * TICKS);
        std::mem::swap(&mut self.events, &mut old.events);
        std::mem::swap(&mut self.tones, &mut old.tones);
        self.digits = old.digits;
        if self.codec() == old.codec() {
            std::mem::swap(&mut self.encoder, &mut old.encoder);
            self.fresh = old.fresh;
            self.marker = old.marker;
            if self.frames == old.frames {
                self.packet = old.packet;
                self.filled = old.filled;
                self.time = old.time;
            }
        }
    }

    pub(super) fn codec(&self) -> Codec {
        self.encoder.codec()
    }

    /// Whether an encoded recording may go out as it is.
    pub(super) fn takes_encoded(&self) -> bool {
        let depends_on_past = matches!(self.codec(), Codec::G722 | Codec::G729);
        self.tones.is_idle() && (self.fresh || !depends_on_past)
    }

    /// Whether the codec makes the same octets of the same samples for everybody, and no tones are mixed in.
    pub(super) fn can_share(&self) -> bool {
        self.tones.is_idle() && matches!(self.codec(), Codec::Pcmu | Codec::Pcma)
    }

    pub(super) fn send(&mut self, digits: &Digits) {
        self.digits = true;
        if self.event_type.is_some() {
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
        let length = self.codec().octets_per_ten_ms();
        let from = self.filled * length;
        self.encoder.encode(samples, &mut self.packet[from..from + length]);
        self.add(send);
    }

    /// Takes a frame that is encoded already.
    pub(super) fn speak_encoded(&mut self, octets: &[u8], send: impl FnMut(Outgoing<'_>)) {
        let length = self.codec().octets_per_ten_ms();
        let from = self.filled * length;
        self.packet[from..from + length].copy_from_slice(octets);
        self.add(send);
    }

    /// Lets a frame pass in which nothing is sent.
    pub(super) fn pass(&mut self) {
        self.marker = true;
        self.filled = 0;
        self.time = self.time.wrapping_add(TICKS);
    }

    fn add(&mut self, mut send: impl FnMut(Outgoing<'_>)) {
        self.filled += 1;
        if self.filled < self.frames {
            return;
        }
        let step = self.frames as u32 * TICKS;
        if let Some(payload_type) = self.event_type {
            while let Some(note) = self.events.poll(self.time, step) {
                send(Outgoing { payload_type, marker: note.marker, time: note.time, payload: &note.payload });
            }
        }
        if self.events.is_sending() {
            self.marker = true;
        } else {
            let payload = &self.packet[..self.filled * self.encoder.codec().octets_per_ten_ms()];
            send(Outgoing { payload_type: self.payload_type, marker: self.marker, time: self.time, payload });
            self.marker = false;
        }
        self.filled = 0;
        self.time = self.time.wrapping_add(step);
    }
}

fn frames(agreed: &Agreed) -> usize {
    (agreed.packet_time.as_millis() / 10).clamp(1, 4) as usize
}
