//! A session: one stream out, one stream in, and reports on both.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::latch::{Latch, Verdict};
use super::packet::Packet;
use super::random::Random;
use super::source::{Place, Source, ticks};
use super::statistics::{Reported, Statistics};
use crate::rtcp::{self, Block, Item, SenderInfo, Writer, middle, ntp, span};
use crate::sdp::Keys;
use crate::srtp::{Inbound, Outbound, Refusal};

/// Octets of a packet that are read: what a buffer for one has to hold.
pub const MAX_PACKET: usize = 1500;

/// How a session begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// From the system's random source, and another one each time.
    pub seed: u64,
    /// Where the description of the other side says that it is.
    pub remote: Option<SocketAddr>,
    /// Where its reports go; none if it gets none.
    pub remote_rtcp: Option<SocketAddr>,
    /// Ticks a second of the clock of what is sent.
    pub clock_rate: u32,
    /// From one report to the next; at least a second.
    pub report_interval: Duration,
    /// The canonical name of this side in reports: `user@host`, or a random one.
    pub name: String,
    /// Keys, if packets are protected.
    pub keys: Option<Keys>,
    /// The time since the year 1900 at the moment zero; any, if the unit does not know what time it is.
    pub epoch: Duration,
}

/// A packet to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outgoing<'a> {
    /// 0 to 127.
    pub payload_type: u8,
    /// Whether speech or an event begins here.
    pub marker: bool,
    /// The moment of the payload's first sample, in ticks since the stream began.
    pub time: u32,
    /// Ticks that have passed since then: of an event that goes on.
    pub since: u32,
    /// What is sent.
    pub payload: &'a [u8],
}

/// A packet that came and is to be listened to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received<'a> {
    /// The packet, with its protection taken off.
    pub packet: Packet<'a>,
    /// Its numbers and times have nothing to do with those before: another stream begins.
    pub restarted: bool,
}

/// Why a packet is not listened to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// The bytes are not what they should be.
    #[error("not an RTP or RTCP packet")]
    Malformed,
    /// Its sender is not the one that is heard.
    #[error("a stranger's packet")]
    Stranger,
    /// It may be the first of another stream; more have to come.
    #[error("not enough packets in sequence yet")]
    Probation,
    /// It came before.
    #[error("the packet came before")]
    Doubled,
    /// It has this side's source; this side has taken another one.
    #[error("a packet of this side")]
    Loop,
    /// Its protection is not right.
    #[error("not authentic")]
    NotAuthentic,
}

/// The stream of one call, both ways.
#[derive(Debug)]
pub struct Session {
    config: Config,
    random: Random,
    // What goes out.
    ssrc: u32,
    sequence: u16,
    timestamp: u32,
    last_sent: Option<(Duration, u32)>,
    /// Packets and octets that went out by a source of this side that was left.
    sent_before: (u32, u32),
    outbound: Option<Outbound>,
    // What comes in.
    latch: Latch,
    source: Option<Source>,
    /// It outlives a time without keys: those before may come back.
    inbound: Option<Inbound>,
    /// The host from which packets with this side's own source came.
    conflict: Option<IpAddr>,
    /// A source of this side that has to be taken leave of.
    left: Option<u32>,
    // Reports.
    next_report: Option<Duration>,
    sent_since_report: bool,
    has_reported: bool,
    /// Middle of the time in the other side's last report, and when it came.
    last_report: Option<(u32, Duration)>,
    remote_rtcp: Option<SocketAddr>,
    gone: bool,
    statistics: Statistics,
}

impl Session {
    /// A session that begins now. The first report goes out within one interval.
    pub fn new(now: Duration, config: Config) -> Self {
        // Seeds may follow each other: what comes of them must not.
        let mut random = Random(Random(config.seed).next());
        let (ssrc, timestamp) = (random.word(), random.word());
        // SRTP counts rounds of the sequence number: a packet lost near the border must not make them ambiguous.
        let sequence = random.word() as u16 & 0x7fff;
        let keys = config.keys;
        let mut session = Session {
            random,
            ssrc,
            sequence,
            timestamp,
            last_sent: None,
            sent_before: (0, 0),
            outbound: keys.map(|keys| Outbound::new(keys.suite, &keys.send)),
            latch: Latch::new(config.remote),
            source: None,
            inbound: keys.map(|keys| Inbound::new(keys.suite, &keys.receive)),
            conflict: None,
            left: None,
            next_report: None,
            sent_since_report: false,
            has_reported: false,
            last_report: None,
            remote_rtcp: config.remote_rtcp,
            gone: false,
            statistics: Statistics::default(),
            config,
        };
        session.plan_first_report(now);
        session
    }

    /// Another offer and answer: where the other side is, the clock of what is sent, and the keys. What stays the same goes on
    /// without a gap. By another clock (RFC 7160, section 4.1), by another key, and to somebody else who could not know how often
    /// the numbers of SRTP have begun anew, another source sends, whose time begins anew.
    pub fn change(
        &mut self,
        now: Duration,
        remote: Option<SocketAddr>,
        remote_rtcp: Option<SocketAddr>,
        clock_rate: u32,
        keys: Option<Keys>,
    ) {
        let moved = remote != self.latch.named();
        if moved {
            self.latch.go_to(remote);
        }
        self.latch.expect_another(now);
        if remote_rtcp != self.config.remote_rtcp {
            self.remote_rtcp = remote_rtcp;
        }
        let another_key = self.exchange_keys(keys);
        let unknown = moved && self.outbound.as_ref().is_some_and(Outbound::has_rolled_over);
        (self.config.remote, self.config.remote_rtcp, self.config.keys) = (remote, remote_rtcp, keys);
        if clock_rate != self.config.clock_rate || another_key || unknown {
            self.config.clock_rate = clock_rate;
            self.become_another();
        }
        self.gone = false;
        if remote_rtcp.is_none() {
            self.next_report = None;
        } else if self.next_report.is_none() {
            self.plan_first_report(now);
        }
    }

    /// How often it reports, from the next report on.
    pub fn report_every(&mut self, interval: Duration) {
        self.config.report_interval = interval;
    }

    /// Takes new keys. Says whether what goes out had another one: a key must not serve again for the same numbers.
    fn exchange_keys(&mut self, keys: Option<Keys>) -> bool {
        let send = |keys: Keys| (keys.suite, keys.send);
        let another = keys.map(send) != self.config.keys.map(send);
        if another {
            self.outbound = keys.map(|keys| Outbound::new(keys.suite, &keys.send));
        }
        if let Some(keys) = keys {
            self.inbound = Some(match self.inbound.take() {
                Some(old) => old.with_key(keys.suite, &keys.receive),
                None => Inbound::new(keys.suite, &keys.receive),
            });
        }
        another && keys.is_some()
    }

    /// Where RTP goes.
    pub fn remote(&self) -> Option<SocketAddr> {
        self.latch.remote()
    }

    /// Where RTCP goes; none if there are no reports.
    pub fn remote_rtcp(&self) -> Option<SocketAddr> {
        self.remote_rtcp
    }

    /// The source of what this side sends.
    pub fn ssrc(&self) -> u32 {
        self.ssrc
    }

    /// Whether the other side said goodbye and has sent nothing since.
    pub fn is_left(&self) -> bool {
        self.gone
    }

    /// Writes the next packet to the start of a buffer, and says how long it is; it goes to [`Session::remote`].
    ///
    /// None if the buffer is too short: it takes the payload and 26 octets.
    pub fn send(&mut self, now: Duration, outgoing: Outgoing<'_>, out: &mut [u8]) -> Option<usize> {
        let timestamp = self.timestamp.wrapping_add(outgoing.time);
        let packet = Packet {
            marker: outgoing.marker,
            payload_type: outgoing.payload_type,
            sequence: self.sequence,
            timestamp,
            ssrc: self.ssrc,
            payload: outgoing.payload,
        };
        let mut length = packet.write(out)?;
        if let Some(outbound) = &mut self.outbound {
            length = outbound.protect(out, length)?;
        }
        self.sequence = self.sequence.wrapping_add(1);
        self.last_sent = Some((now, timestamp.wrapping_add(outgoing.since)));
        self.sent_since_report = true;
        self.statistics.sent = self.statistics.sent.wrapping_add(1);
        self.statistics.octets_sent = self.statistics.octets_sent.wrapping_add(outgoing.payload.len() as u32);
        Some(length)
    }

    /// Takes a packet of the RTP port. `clock_of` says the clock of a payload type whose timestamps tell when it was sent:
    /// those of events do not (RFC 4733).
    ///
    /// # Errors
    /// Why it is not listened to.
    pub fn receive<'a>(
        &mut self,
        now: Duration,
        from: SocketAddr,
        bytes: &'a mut [u8],
        clock_of: impl FnOnce(u8) -> Option<u32>,
    ) -> Result<Received<'a>, Refused> {
        let judged = self.judge(now, from, bytes);
        if judged.is_err_and(|refused| refused != Refused::Doubled) {
            self.statistics.refused = self.statistics.refused.wrapping_add(1);
        }
        let (length, restarted) = judged?;
        let packet = Packet::read(&bytes[..length]).map_err(|_| Refused::Malformed)?;
        if let Some(source) = &mut self.source
            && let Some(clock_rate) = clock_of(packet.payload_type)
        {
            source.arrived(now, packet.timestamp, clock_rate);
        }
        self.gone = false;
        self.statistics.received = self.statistics.received.wrapping_add(1);
        self.statistics.octets_received = self.statistics.octets_received.wrapping_add(packet.payload.len() as u32);
        Ok(Received { packet, restarted })
    }

    /// Takes a packet of the RTCP port.
    ///
    /// # Errors
    /// Why it is not listened to.
    pub fn receive_rtcp(&mut self, now: Duration, from: SocketAddr, bytes: &mut [u8]) -> Result<(), Refused> {
        let taken = self.judge_rtcp(now, from, bytes);
        if taken.is_err() {
            self.statistics.refused = self.statistics.refused.wrapping_add(1);
        }
        taken
    }

    /// When [`Session::report`] has something to say.
    pub fn next_timeout(&self) -> Option<Duration> {
        self.next_report
    }

    /// Writes a report to the start of a buffer if one is due, and says how long it is; it goes to
    /// [`Session::remote_rtcp`]. The buffer should hold 400 octets.
    pub fn report(&mut self, now: Duration, out: &mut [u8]) -> Option<usize> {
        if self.next_report.is_none_or(|next| next > now) {
            return None;
        }
        self.next_report = Some(now + self.interval());
        self.compound(now, out, false)
    }

    /// Writes the last report, with a goodbye. None if there are no reports, or if nobody has heard of this side yet (RFC 3550,
    /// section 6.3.7).
    pub fn goodbye(&mut self, now: Duration, out: &mut [u8]) -> Option<usize> {
        self.next_report.take().filter(|_| self.is_heard_of() || self.left.is_some())?;
        self.compound(now, out, true)
    }

    /// What the packets went through.
    pub fn statistics(&self) -> Statistics {
        let jitter = self.source.as_ref().map_or(Duration::ZERO, |source| time(source.jitter(), source.clock_rate));
        Statistics { jitter, ..self.counts() }
    }

    /// The length of a packet that is listened to, and whether another stream begins with it.
    fn judge(&mut self, now: Duration, from: SocketAddr, bytes: &mut [u8]) -> Result<(usize, bool), Refused> {
        let Packet { ssrc, sequence, .. } = header(bytes)?;
        let proven = self.config.keys.is_some();
        let length = match self.inbound.as_mut().filter(|_| proven) {
            Some(inbound) => inbound.unprotect(bytes).map_err(|refusal| match refusal {
                Refusal::Replay => {
                    self.statistics.doubled = self.statistics.doubled.wrapping_add(1);
                    Refused::Doubled
                }
                Refusal::Malformed => Refused::Malformed,
                Refusal::Authentication => Refused::NotAuthentic,
            })?,
            None => bytes.len(),
        };
        Packet::read(&bytes[..length]).map_err(|_| Refused::Malformed)?;
        // Anybody can write this side's source into a packet: only who may be the peer drives this side out of it.
        if ssrc == self.ssrc && (proven || self.is_host_of_peer(from)) && self.collided(from) {
            return Err(Refused::Loop);
        }
        match self.latch.judge(now, from, ssrc, sequence, proven) {
            Verdict::Stranger => return Err(Refused::Stranger),
            Verdict::Wait => return Err(Refused::Probation),
            Verdict::New => {
                self.moved(from);
                self.begin(ssrc, sequence);
                return Ok((length, true));
            }
            Verdict::Moved => self.moved(from),
            Verdict::Known => {}
        }
        let Some(source) = &mut self.source else {
            self.begin(ssrc, sequence);
            return Ok((length, true));
        };
        match source.place(sequence) {
            Place::Ahead | Place::Late => Ok((length, false)),
            Place::Restarted => Ok((length, true)),
            Place::Doubled => Err(Refused::Doubled),
            Place::Jump => Err(Refused::Probation),
        }
    }

    /// Another sender is heard from now on; what befell the packets of the one before stays counted.
    fn begin(&mut self, ssrc: u32, sequence: u16) {
        self.statistics = self.counts();
        let clock_rate = self.source.as_ref().map_or(self.config.clock_rate, |source| source.clock_rate);
        self.source = Some(Source::new(ssrc, sequence, clock_rate));
        // The last report was one on the sender before.
        self.last_report = None;
    }

    /// The counts of all senders so far.
    fn counts(&self) -> Statistics {
        let Some(source) = &self.source else { return self.statistics };
        let all = self.statistics;
        Statistics {
            lost: all.lost.saturating_add(source.lost().max(0) as u32),
            late: all.late.saturating_add(source.late),
            doubled: all.doubled.saturating_add(source.doubled),
            ..all
        }
    }

    /// Packets come from another address than the description says: reports go there too, to the port above.
    fn moved(&mut self, from: SocketAddr) {
        if Some(from) != self.config.remote
            && let Some(remote) = self.config.remote_rtcp
        {
            let above = from.port().checked_add(1).map(|port| SocketAddr::new(from.ip(), port));
            self.remote_rtcp = Some(above.unwrap_or(remote));
        } else {
            self.remote_rtcp = self.config.remote_rtcp;
        }
    }

    /// Somebody else has the same source (RFC 3550, section 8.2): this side takes another one. False if that did not help, since
    /// this side hears itself: whoever sends back what it gets, as a test of the line, wants just that.
    fn collided(&mut self, from: SocketAddr) -> bool {
        let first = self.conflict.replace(from.ip()) != Some(from.ip());
        if first {
            self.become_another();
        }
        first
    }

    /// Whether the other side may know the source of this one.
    fn is_heard_of(&self) -> bool {
        self.has_reported || self.statistics.sent != self.sent_before.0
    }

    /// What is sent from now on is another source's, with numbers and times of its own.
    fn become_another(&mut self) {
        self.left = Some(self.ssrc).filter(|_| self.is_heard_of()).or(self.left);
        self.has_reported = false;
        self.ssrc = self.random.word();
        self.sequence = self.random.word() as u16 & 0x7fff;
        self.timestamp = self.random.word();
        (self.last_sent, self.sent_since_report) = (None, false);
        self.sent_before = (self.statistics.sent, self.statistics.octets_sent);
        if let Some(outbound) = &mut self.outbound {
            outbound.restart();
        }
        // Those who hear this side learn it at once.
        self.next_report = self.next_report.map(|_| Duration::ZERO);
    }

    /// Whether an address is of the host that is heard, or of one that the description names.
    fn is_host_of_peer(&self, from: SocketAddr) -> bool {
        let known = [self.latch.remote(), self.config.remote, self.config.remote_rtcp];
        known.into_iter().flatten().any(|known| known.ip() == from.ip())
    }

    fn judge_rtcp(&mut self, now: Duration, from: SocketAddr, bytes: &mut [u8]) -> Result<(), Refused> {
        let proven = self.config.keys.is_some();
        let length = match self.inbound.as_mut().filter(|_| proven) {
            Some(inbound) => inbound.unprotect_rtcp(bytes).map_err(|_| Refused::NotAuthentic)?,
            None => bytes.len(),
        };
        if !proven && !self.is_host_of_peer(from) {
            return Err(Refused::Stranger);
        }
        let items = rtcp::read(&bytes[..length]).map_err(|_| Refused::Malformed)?;
        for item in items {
            if let Item::Sender { ssrc, .. } | Item::Receiver { ssrc, .. } = item
                && ssrc == self.ssrc
                && self.collided(from)
            {
                return Err(Refused::Loop);
            }
            match item {
                Item::Sender { ssrc, info, blocks } => {
                    if self.is_source(ssrc) {
                        self.last_report = Some((middle(info.ntp), now));
                    }
                    self.reported(now, ssrc, blocks);
                }
                Item::Receiver { ssrc, blocks } => self.reported(now, ssrc, blocks),
                Item::Goodbye(goodbye) => {
                    self.gone |= self.source.as_ref().is_some_and(|source| goodbye.name(source.ssrc));
                }
                Item::Other(_) => {}
            }
        }
        Ok(())
    }

    /// Takes what the other side says about this side's packets. One that sends nothing has no known source; then it has to
    /// know this side's.
    fn reported(&mut self, now: Duration, ssrc: u32, blocks: &[[u8; 24]]) {
        if self.source.is_some() && !self.is_source(ssrc) {
            return;
        }
        let Some(block) = blocks.iter().map(Block::read).find(|block| block.ssrc == self.ssrc) else { return };
        let jitter = time(block.jitter, self.config.clock_rate);
        self.statistics.reported = Some(Reported { fraction_lost: block.fraction_lost, lost: block.lost, jitter });
        if block.last_report != 0 {
            let passed = middle(self.ntp(now)).wrapping_sub(block.last_report).wrapping_sub(block.delay);
            self.statistics.round_trip = span(passed).or(self.statistics.round_trip);
        }
    }

    fn is_source(&self, ssrc: u32) -> bool {
        self.source.as_ref().is_some_and(|source| source.ssrc == ssrc)
    }

    fn compound(&mut self, now: Duration, out: &mut [u8], goodbye: bool) -> Option<usize> {
        self.has_reported = true;
        let sent = self.sender_info(now);
        let reception = self.source.as_mut().map(|source| {
            let (last, delay) = match self.last_report {
                // The delay has 16 bits of seconds.
                Some((last, came)) => (last, middle(ntp(now.saturating_sub(came)))),
                None => (0, 0),
            };
            (source.report(), last, delay)
        });
        let mut writer = Writer::new(out);
        writer.report(self.ssrc, sent, reception)?;
        writer.name(self.ssrc, &self.config.name)?;
        if let Some(left) = self.left.take() {
            writer.goodbye(left)?;
        }
        if goodbye {
            writer.goodbye(self.ssrc)?;
        }
        let length = writer.length();
        match &mut self.outbound {
            Some(outbound) => outbound.protect_rtcp(out, length),
            None => Some(length),
        }
    }

    /// What was sent, if anything was since the last report (RFC 3550, section 6.4).
    fn sender_info(&mut self, now: Duration) -> Option<SenderInfo> {
        let (then, timestamp) = self.last_sent.filter(|_| self.sent_since_report)?;
        self.sent_since_report = false;
        Some(SenderInfo {
            ntp: self.ntp(now),
            timestamp: timestamp.wrapping_add(ticks(now.saturating_sub(then), self.config.clock_rate)),
            packets: self.statistics.sent.wrapping_sub(self.sent_before.0),
            octets: self.statistics.octets_sent.wrapping_sub(self.sent_before.1),
        })
    }

    /// Sessions that begin together do not all report together.
    fn plan_first_report(&mut self, now: Duration) {
        let part = f64::from(self.random.word()) / f64::from(u32::MAX);
        self.next_report = self.remote_rtcp.map(|_| now + self.interval().mul_f64(0.2 + 0.8 * part));
    }

    fn interval(&self) -> Duration {
        self.config.report_interval.max(Duration::from_secs(1))
    }

    fn ntp(&self, now: Duration) -> u64 {
        ntp(self.config.epoch.saturating_add(now))
    }
}

/// So many ticks of a clock.
fn time(ticks: u32, clock_rate: u32) -> Duration {
    Duration::from_nanos(u64::from(ticks) * 1_000_000_000 / u64::from(clock_rate.max(1)))
}

/// The fixed part of the header, which SRTP leaves readable.
fn header(bytes: &[u8]) -> Result<Packet<'_>, Refused> {
    let bare = bytes.get(..12).filter(|bytes| bytes[0] >> 6 == 2).ok_or(Refused::Malformed)?;
    Ok(Packet {
        marker: false,
        payload_type: bare[1] & 0x7f,
        sequence: u16::from_be_bytes([bare[2], bare[3]]),
        timestamp: 0,
        ssrc: u32::from_be_bytes([bare[8], bare[9], bare[10], bare[11]]),
        payload: &[],
    })
}
