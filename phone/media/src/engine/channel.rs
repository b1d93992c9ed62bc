//! A channel: the voice of one call, both ways.

use std::net::SocketAddr;
use std::time::Duration;

use super::command::{ChannelId, Digits, Event, Feed, Stream};
use super::core::{Network, Port};
use super::inlet::Inlet;
use super::outlet::Outlet;
use super::report::Report;
use super::{NARROW, WIDE};
use crate::codec::Codec;
use crate::demux::{self, Kind};
use crate::mixer::{Fader, Limiter};
use crate::resample::{Doubler, Halver};
use crate::rtp::{MAX_PACKET, Outgoing, Session};
use crate::sdp::Agreed;

/// What a channel may send, beside silence.
pub(super) struct Sources<'a> {
    /// The person, at both rates; the narrow one is only there if some channel needs it.
    pub(super) person: Rates<'a>,
    /// Everybody in the conference but the person.
    pub(super) conference: Rates<'a>,
    /// Whether the person's voice may be encoded once for all.
    pub(super) shared: &'a mut [Option<[u8; NARROW]>; 2],
    /// A frame of hold music or hold tone, by number, and the same encoded.
    pub(super) hold: &'a dyn Fn(usize, u32, &mut [i32]),
    pub(super) encoded: &'a dyn Fn(usize, Codec) -> Option<&'a [u8]>,
}

/// A frame at both rates.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rates<'a> {
    pub(super) narrow: &'a [i32; NARROW],
    pub(super) wide: &'a [i32; WIDE],
}

impl Rates<'_> {
    fn at(&self, rate: u32) -> &[i32] {
        if rate == 8000 { self.narrow } else { self.wide }
    }
}

/// What a changed agreement needs, made before the engine gets it.
pub(super) struct Renewal {
    pub(super) stream: Stream,
    pub(super) inlet: Inlet,
    pub(super) outlet: Outlet,
}

impl Renewal {
    pub(super) fn new(stream: Stream) -> Self {
        let inlet = Inlet::new(&stream.agreed, stream.delays);
        let outlet = Outlet::new(&stream.agreed, stream.digits_inband);
        Renewal { stream, inlet, outlet }
    }
}

/// An open channel.
pub(super) struct Channel {
    pub(super) id: ChannelId,
    stream: Stream,
    session: Session,
    inlet: Inlet,
    outlet: Outlet,
    feed: Feed,
    /// What was heard last, and its rate.
    heard: [i32; WIDE],
    pub(super) rate: u32,
    /// How loud the channel is for the person, and in the conference.
    pub(super) to_person: Fader,
    pub(super) to_conference: Fader,
    /// What it added to the conference, and that at the rate that it sends with.
    added: [i32; WIDE],
    own: [i32; WIDE],
    own_converter: Converter,
    echo_converter: Converter,
    /// How loud each source is for the other side.
    person: Fader,
    conference: Fader,
    hold: Fader,
    echo: Fader,
    /// Whether packets were passed over that nobody was to hear.
    passed_over: bool,
    begun: Begun,
    /// The number of the next frame of hold music.
    hold_frame: usize,
    limiter: Limiter,
    last_report: Duration,
    packet: [u8; MAX_PACKET],
}

impl Channel {
    pub(super) fn new(now: Duration, id: ChannelId, session: Session, renewal: Renewal) -> Self {
        Channel {
            id,
            rate: renewal.outlet.codec().sample_rate(),
            stream: renewal.stream,
            session,
            inlet: renewal.inlet,
            outlet: renewal.outlet,
            feed: Feed::Silence,
            heard: [0; WIDE],
            to_person: Fader::default(),
            to_conference: Fader::default(),
            added: [0; WIDE],
            own: [0; WIDE],
            own_converter: Converter::new(),
            echo_converter: Converter::new(),
            person: Fader::default(),
            conference: Fader::default(),
            hold: Fader::default(),
            echo: Fader::default(),
            passed_over: false,
            begun: Begun::Awaited,
            hold_frame: 0,
            limiter: Limiter::new(),
            last_report: now,
            packet: [0; MAX_PACKET],
        }
    }

    /// Takes a changed agreement. What stays the same goes on without a gap; the rest is left in the renewal, to be dropped.
    pub(super) fn change(&mut self, now: Duration, renewal: &mut Renewal) {
        let (old, new) = (&self.stream.agreed, &renewal.stream.agreed);
        let [old_events, new_events] = [old, new].map(|agreed| agreed.events.as_ref().map(|events| &events.receive));
        let accepts = |one: &Agreed, other: &Agreed| one.accepts.iter().all(|codec| other.accepts.contains(codec));
        let same_codecs = accepts(old, new) && accepts(new, old);
        let same_voice = same_codecs && old_events == new_events && self.stream.delays == renewal.stream.delays;
        if old.remote != new.remote {
            self.begun = Begun::Awaited;
        }
        let reports_to = new.remote_rtcp.filter(|_| renewal.stream.reports.is_some());
        let source = self.session.ssrc();
        if let Some(interval) = renewal.stream.reports {
            self.session.report_every(interval);
        }
        self.session.change(now, new.remote, reports_to, new.codec.clock_rate(), new.keys);
        renewal.outlet.take_over(&mut self.outlet);
        if self.session.ssrc() != source {
            renewal.outlet.become_another();
        }
        std::mem::swap(&mut self.outlet, &mut renewal.outlet);
        if !same_voice {
            renewal.inlet.take_over(&mut self.inlet);
            std::mem::swap(&mut self.inlet, &mut renewal.inlet);
        }
        std::mem::swap(&mut self.stream, &mut renewal.stream);
    }

    pub(super) fn feed(&mut self, feed: Feed) {
        self.feed = feed;
        let on = |on: bool| if on { 1.0 } else { 0.0 };
        self.to_person.set(on(matches!(feed, Feed::Person | Feed::Conference)));
        self.to_conference.set(on(feed == Feed::Conference));
        self.person.set(on(matches!(feed, Feed::Person | Feed::Conference)));
        self.conference.set(on(feed == Feed::Conference));
        self.echo.set(on(feed == Feed::Echo));
        if feed == Feed::Hold && self.hold.is_silent() {
            self.hold_frame = 0;
            if self.outlet.takes_encoded() && self.person.is_silent() && self.echo.is_silent() {
                self.hold = Fader::at(1.0);
            }
        }
        self.hold.set(on(feed == Feed::Hold));
    }

    pub(super) fn send(&mut self, digits: &Digits) {
        self.outlet.send(digits);
    }

    pub(super) fn codec(&self) -> Codec {
        self.outlet.codec()
    }

    /// Takes a datagram. Says whether it was one of RTP or RTCP.
    pub(super) fn receive(
        &mut self,
        (at, heard): (Duration, Duration),
        port: Port,
        from: SocketAddr,
        bytes: &mut [u8],
    ) -> bool {
        let source = self.session.ssrc();
        match (demux::kind(bytes), port) {
            (Kind::Rtp, Port::Rtp) => {
                let inlet = &self.inlet;
                let received = self.session.receive(at, from, bytes, |payload_type| inlet.clock_of(payload_type));
                if let Ok(received) = received {
                    if self.stream.agreed.direction.receives() {
                        let restarted = received.restarted | std::mem::take(&mut self.passed_over);
                        self.inlet.put(heard, &received.packet, restarted);
                        // Many keep a way through a router open by packets that are no voice (RFC 6263).
                        let is_voice = self.inlet.clock_of(received.packet.payload_type).is_some();
                        if is_voice && self.begun == Begun::Awaited {
                            self.begun = Begun::Came;
                        }
                    } else {
                        self.passed_over = true;
                    }
                }
            }
            // What is wrong with it is counted by the session.
            (Kind::Rtcp, _) => drop(self.session.receive_rtcp(at, from, bytes)),
            _ => return false,
        }
        if self.session.ssrc() != source {
            self.outlet.become_another();
        }
        true
    }

    /// Decodes the next frame.
    pub(super) fn hear(&mut self, now: Duration, mut tell: impl FnMut(Event)) {
        self.rate = self.inlet.hear(now, &mut self.heard);
        while let Some(event) = self.inlet.digit(self.id) {
            tell(event);
        }
        if self.begun == Begun::Came {
            self.begun = Begun::Told;
            tell(Event::Heard(self.id));
        }
        if self.outlet.digits_done() {
            tell(Event::DigitsSent(self.id));
        }
    }

    /// What was heard.
    pub(super) fn heard(&self) -> &[i32] {
        if self.rate == 8000 { &self.heard[..NARROW] } else { &self.heard }
    }

    /// Adds what was heard to the conference of its rate, and remembers it.
    pub(super) fn join(&mut self, narrow: &mut [i32; NARROW], wide: &mut [i32; WIDE]) {
        let rate = self.codec().sample_rate();
        self.added.fill(0);
        let (length, mix) = if self.rate == 8000 { (NARROW, &mut narrow[..]) } else { (WIDE, &mut wide[..]) };
        self.to_conference.add(&mut self.added[..length], &self.heard[..length]);
        crate::mixer::add(mix, &self.added[..length]);
        self.own_converter.convert(&self.added[..length], self.rate, &mut self.own, rate);
    }

    /// Makes the next frame and sends what is due.
    pub(super) fn speak(&mut self, now: Duration, sources: &mut Sources<'_>, network: &mut dyn Network) {
        let agreed = &self.stream.agreed;
        let sends = agreed.direction.sends() && !agreed.closed;
        if !sends {
            self.outlet.drop_digits();
        }
        let (Some(remote), true) = (self.session.remote(), sends) else {
            self.outlet.pass(1);
            return self.pass_faders();
        };
        let (session, packet, id) = (&mut self.session, &mut self.packet, self.id);
        let send = |outgoing: Outgoing<'_>| {
            if let Some(length) = session.send(now, outgoing, packet) {
                network.send(id, Port::Rtp, remote, &packet[..length]);
            }
        };
        let codec = self.outlet.codec();
        let silent = |fader: &Fader| fader.is_silent();
        let only_hold = self.hold.is_open() && silent(&self.person) && silent(&self.conference) && silent(&self.echo);
        if only_hold
            && self.outlet.takes_encoded()
            && let Some(octets) = (sources.encoded)(self.hold_frame, codec)
        {
            self.hold_frame += 1;
            return self.outlet.speak_encoded(octets, send);
        }
        let only_person = self.person.is_open() && silent(&self.conference) && silent(&self.hold) && silent(&self.echo);
        if only_person && self.outlet.can_share() {
            let octets = shared(sources, codec, &mut self.limiter);
            return self.outlet.speak_encoded(&octets, send);
        }
        let rate = codec.sample_rate();
        let mut mix = [0; WIDE];
        let mix = &mut mix[..rate as usize / 100];
        self.person.add(mix, sources.person.at(rate));
        if !self.conference.is_silent() {
            // Everybody but this one. The sums went through the same filters as its own part did.
            let mut others = [0; WIDE];
            let others = &mut others[..mix.len()];
            others.copy_from_slice(sources.conference.at(rate));
            crate::mixer::subtract(others, &self.own);
            self.conference.add(mix, others);
        }
        if !self.hold.is_silent() {
            let mut frame = [0; WIDE];
            let frame = &mut frame[..mix.len()];
            (sources.hold)(self.hold_frame, rate, frame);
            self.hold_frame += 1;
            self.hold.add(mix, frame);
        }
        if !self.echo.is_silent() {
            let mut heard = [0; WIDE];
            self.echo_converter.convert(&self.heard, self.rate, &mut heard, rate);
            self.echo.add(mix, &heard);
        }
        let limiter = &mut self.limiter;
        self.outlet.speak(mix, |mix, samples| limiter.limit(mix, samples), send);
    }

    /// Sends a report that is due, and tells how the channel fares every second.
    pub(super) fn report(&mut self, now: Duration, network: &mut dyn Network, mut tell: impl FnMut(Event)) {
        if self.session.next_timeout().is_some_and(|due| due <= now)
            && let Some(length) = self.session.report(now, &mut self.packet)
            && let Some(remote) = self.session.remote_rtcp()
        {
            network.send(self.id, Port::Rtcp, remote, &self.packet[..length]);
        }
        if now.saturating_sub(self.last_report) >= Duration::from_secs(1) {
            self.last_report = now;
            tell(Event::Report(self.id, self.figures()));
        }
    }

    /// The last report goes out.
    pub(super) fn close(&mut self, now: Duration, network: &mut dyn Network) -> Report {
        if let Some(length) = self.session.goodbye(now, &mut self.packet)
            && let Some(remote) = self.session.remote_rtcp()
        {
            network.send(self.id, Port::Rtcp, remote, &self.packet[..length]);
        }
        self.figures()
    }

    fn figures(&self) -> Report {
        Report::new(self.codec(), self.inlet.codec(), self.session.statistics(), self.inlet.figures())
    }

    /// So many frames were left out after a delay.
    pub(super) fn skip(&mut self, frames: u32) {
        self.outlet.pass(frames);
    }

    fn pass_faders(&mut self) {
        for fader in [&mut self.person, &mut self.conference, &mut self.hold, &mut self.echo] {
            fader.pass();
        }
    }
}

/// Whether voice of the other side has begun to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Begun {
    Awaited,
    Came,
    Told,
}

/// From the rate that is heard to the rate that is sent, where they differ.
struct Converter {
    up: Doubler,
    down: Halver,
}

impl Converter {
    fn new() -> Self {
        Converter { up: Doubler::new(), down: Halver::new() }
    }

    fn convert(&mut self, samples: &[i32], from: u32, out: &mut [i32; WIDE], to: u32) {
        let samples = &samples[..from as usize / 100];
        match (from, to) {
            (8000, 16_000) => self.up.convert(samples, out),
            (16_000, 8000) => self.down.convert(samples, out),
            _ => out[..samples.len()].copy_from_slice(samples),
        }
    }
}

/// The person's voice by a law of G.711, encoded once for all channels.
fn shared(sources: &mut Sources<'_>, codec: Codec, limiter: &mut Limiter) -> [u8; NARROW] {
    let place = usize::from(codec == Codec::Pcma);
    *sources.shared[place].get_or_insert_with(|| {
        let mut samples = [0; NARROW];
        limiter.limit(sources.person.narrow, &mut samples);
        let mut octets = [0; NARROW];
        match codec {
            Codec::Pcma => crate::codec::g711::encode_alaw(&samples, &mut octets),
            _ => crate::codec::g711::encode_ulaw(&samples, &mut octets),
        }
        octets
    })
}
