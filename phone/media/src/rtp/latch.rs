//! Whose packets are heard: the rule of the module, and what it has to remember.

use std::net::SocketAddr;
use std::time::Duration;

/// Silence after which a stream may go on from another address.
const SILENCE: Duration = Duration::from_secs(2);

/// Packets in sequence that a known address needs to change its stream (RFC 3550, appendix A.1).
const FEW: u8 = 2;

/// Packets in sequence that a new address needs on the host that was named, and on another one.
const SAME_HOST: u8 = 3;
const OTHER_HOST: u8 = 5;

/// Packets of a new address that come faster one after the other than voice does are of no voice.
const PACE: Duration = Duration::from_millis(9);

/// Addresses that are watched at a time.
const CANDIDATES: usize = 8;

/// What to do with a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It belongs to the stream that is heard.
    Known,
    /// It begins another stream, which is heard from now on.
    New,
    /// The same stream goes on, from another address.
    Moved,
    /// Perhaps later.
    Wait,
    /// No.
    Stranger,
}

#[derive(Debug, Clone)]
pub(super) struct Latch {
    /// Where the description says that the peer is.
    named: Option<SocketAddr>,
    current: Option<Current>,
    /// The source before.
    left: Option<u32>,
    candidates: [Option<Candidate>; CANDIDATES],
}

#[derive(Debug, Clone, Copy)]
struct Current {
    address: SocketAddr,
    ssrc: u32,
    heard: Duration,
    /// Until when it may become another source at once.
    may_change_until: Duration,
}

#[derive(Debug, Clone, Copy)]
struct Candidate {
    address: SocketAddr,
    ssrc: u32,
    next: u16,
    count: u8,
    /// When the first of these packets came, and the last.
    since: Duration,
    heard: Duration,
}

impl Latch {
    pub(super) fn new(named: Option<SocketAddr>) -> Self {
        Latch { named, current: None, left: None, candidates: [None; CANDIDATES] }
    }

    /// Another description says where the peer is. Packets of the source before may still be on their way: if it is the same, its
    /// second packet is believed, not its first.
    pub(super) fn go_to(&mut self, named: Option<SocketAddr>) {
        let left = self.current.map(|current| current.ssrc).or(self.left);
        *self = Latch { left, ..Latch::new(named) };
    }

    /// Where to send: to who is heard, else to where the description says.
    pub(super) fn remote(&self) -> Option<SocketAddr> {
        self.current.map(|current| current.address).or(self.named)
    }

    /// Where the description says that the peer is.
    pub(super) fn named(&self) -> Option<SocketAddr> {
        self.named
    }

    /// Another offer and answer: who is heard may go on as another source from one packet to the next, soon. The first packet of
    /// an encoder is the one that its decoder needs most.
    pub(super) fn expect_another(&mut self, now: Duration) {
        if let Some(current) = &mut self.current {
            current.may_change_until = now + SILENCE;
        }
    }

    /// Judges a packet. `proven` says that SRTP has shown it to be the peer's.
    pub(super) fn judge(&mut self, now: Duration, from: SocketAddr, ssrc: u32, sequence: u16, proven: bool) -> Verdict {
        let Some(current) = &mut self.current else {
            let needed = match self.named {
                Some(named) if named == from => 1,
                _ if proven && self.left == Some(ssrc) => FEW,
                _ if proven => 1,
                Some(named) if named.ip() != from.ip() => OTHER_HOST,
                _ => SAME_HOST,
            };
            return self.probation(now, from, ssrc, sequence, needed, Verdict::New);
        };
        if current.address == from && current.ssrc == ssrc {
            current.heard = now;
            return Verdict::Known;
        }
        let silent = now.saturating_sub(current.heard) >= SILENCE;
        let same_host = current.address.ip() == from.ip() || self.named.is_some_and(|named| named.ip() == from.ip());
        let (needed, verdict) = match ssrc == current.ssrc {
            _ if proven && ssrc == current.ssrc => (1, Verdict::Moved),
            _ if (proven || current.address == from) && now < current.may_change_until && self.left != Some(ssrc) => {
                (1, Verdict::New)
            }
            _ if proven || current.address == from => (FEW, Verdict::New),
            same if self.named == Some(from) => (FEW, if same { Verdict::Moved } else { Verdict::New }),
            _ if !silent => return Verdict::Stranger,
            true => (SAME_HOST, Verdict::Moved),
            false if same_host => (SAME_HOST, Verdict::New),
            false => return Verdict::Stranger,
        };
        self.probation(now, from, ssrc, sequence, needed, verdict)
    }

    fn probation(
        &mut self,
        now: Duration,
        from: SocketAddr,
        ssrc: u32,
        sequence: u16,
        needed: u8,
        verdict: Verdict,
    ) -> Verdict {
        let slot = self.slot(now, from);
        let known = self.candidates[slot].filter(|known| known.address == from && known.ssrc == ssrc);
        let (mut count, mut since) = match known {
            Some(known) if known.next == sequence => (known.count + 1, known.since),
            _ => (1, now),
        };
        // A few may come together: the network held them back, or an event is told beside voice. More of them are faster than
        // any voice: a flood that counts its packets.
        let together = needed.div_ceil(2);
        if needed >= SAME_HOST && now.saturating_sub(since) < PACE * count.saturating_sub(together).into() {
            (count, since) = (1, now);
        }
        if count < needed {
            let next = sequence.wrapping_add(1);
            self.candidates[slot] = Some(Candidate { address: from, ssrc, next, count, since, heard: now });
            return Verdict::Wait;
        }
        self.candidates = [None; CANDIDATES];
        self.left = self.current.map(|current| current.ssrc).filter(|left| *left != ssrc).or(self.left);
        self.current = Some(Current { address: from, ssrc, heard: now, may_change_until: Duration::ZERO });
        verdict
    }

    /// The place of an address: its own, a free one, or that of the one that is furthest from being believed.
    fn slot(&self, now: Duration, from: SocketAddr) -> usize {
        let own = self.candidates.iter().position(|c| c.is_some_and(|c| c.address == from));
        let weight = |candidate: &Option<Candidate>| match candidate {
            None => (0, Duration::ZERO),
            Some(c) if now.saturating_sub(c.heard) > SILENCE => (0, c.heard),
            // The host that was named is not pushed out by others.
            Some(c) if self.named.is_some_and(|named| named.ip() == c.address.ip()) => (u8::MAX, c.heard),
            Some(c) => (c.count, c.heard),
        };
        let least = || (0..CANDIDATES).min_by_key(|slot| weight(&self.candidates[*slot])).unwrap_or(0);
        own.unwrap_or_else(least)
    }
}

#[cfg(test)]
mod tests {
    use super::Verdict::{Known, Moved, New, Stranger, Wait};
    use super::*;

    const PEER: &str = "198.51.100.7:4000";
    const ROUTER: &str = "203.0.113.9:61234";

    /// A latch, and packets at voice pace.
    struct Line {
        latch: Latch,
        now: u64,
    }

    impl Line {
        fn new(named: Option<&str>) -> Self {
            Line { latch: Latch::new(named.map(|named| named.parse().unwrap())), now: 0 }
        }

        fn send(&mut self, from: &str, ssrc: u32, sequence: u16) -> Verdict {
            self.now += 20;
            self.latch.judge(Duration::from_millis(self.now), from.parse().unwrap(), ssrc, sequence, false)
        }

        /// The last of several packets in sequence.
        fn stream(&mut self, from: &str, ssrc: u32, count: u16) -> Vec<Verdict> {
            (0..count).map(|sequence| self.send(from, ssrc, sequence)).collect()
        }
    }

    #[test]
    fn the_named_address_is_believed_at_once() {
        let mut line = Line::new(Some(PEER));
        assert_eq!(line.stream(PEER, 1, 3), [New, Known, Known]);
        assert_eq!(line.stream(ROUTER, 1, 3), [Stranger; 3]);
        assert_eq!(line.stream(PEER, 2, 2), [Wait, New], "another stream of the same sender");
    }

    #[test]
    fn after_another_agreement_another_source_is_believed_at_once_and_the_one_that_was_left_is_not() {
        let mut line = Line::new(Some(PEER));
        line.stream(PEER, 1, 3);
        line.latch.expect_another(Duration::from_millis(line.now));
        assert_eq!(line.stream(ROUTER, 2, 3), [Stranger; 3]);
        assert_eq!(line.stream(PEER, 2, 2), [New, Known]);
        assert_eq!(line.stream(PEER, 3, 2), [Wait, New], "once");
        // The new source was there before the answer; what comes late of the old one changes nothing.
        line.latch.expect_another(Duration::from_millis(line.now));
        assert_eq!(line.stream(PEER, 2, 1), [Wait]);
        line.now += 2500;
        assert_eq!(line.stream(PEER, 4, 2), [Wait, New], "long after");
    }

    #[test]
    fn a_router_between_is_learned_and_the_named_address_wins() {
        let mut line = Line::new(Some(PEER));
        assert_eq!(line.stream(ROUTER, 1, 6), [Wait, Wait, Wait, Wait, New, Known]);
        assert_eq!(line.latch.remote(), Some(ROUTER.parse().unwrap()));
        assert_eq!(line.stream(PEER, 2, 2), [Wait, New]);
        assert_eq!(line.stream(ROUTER, 1, 6), [Stranger; 6]);
        let mut line = Line::new(Some(PEER));
        assert_eq!(line.stream("198.51.100.7:5000", 1, 3), [Wait, Wait, New], "another port of the host");
        let mut line = Line::new(None);
        assert_eq!(line.stream(ROUTER, 1, 3), [Wait, Wait, New]);
    }

    #[test]
    fn after_silence_the_same_stream_may_move() {
        let mut line = Line::new(Some(PEER));
        line.stream(PEER, 1, 3);
        line.now += 2500;
        assert_eq!(line.stream(ROUTER, 9, 5), [Stranger; 5]);
        assert_eq!(line.stream(ROUTER, 1, 3), [Wait, Wait, Moved]);
        line.now += 2500;
        assert_eq!(line.stream("203.0.113.9:61235", 9, 3), [Wait, Wait, New], "the router took another port");
    }

    #[test]
    fn packets_that_come_two_at_a_time_are_of_a_voice_and_those_of_a_millisecond_are_not() {
        for (named, least) in [(Some(PEER), 5), (None, 3)] {
            let mut line = Line::new(named);
            // An event and voice every 20 ms, as unevenly as a busy machine sends them.
            let times = [0, 0, 16, 16, 40, 40, 56, 56];
            let judge = |line: &mut Line, at: u64, sequence: u16| {
                line.latch.judge(Duration::from_millis(at), ROUTER.parse().unwrap(), 1, sequence, false)
            };
            let verdicts: Vec<_> = (0..).zip(times).map(|(sequence, at)| judge(&mut line, at, sequence)).collect();
            assert_eq!(verdicts.iter().position(|verdict| *verdict == New), Some(least - 1), "{verdicts:?}");
            let mut line = Line::new(named);
            assert!((0..10_000u16).all(|sequence| judge(&mut line, sequence.into(), sequence) == Wait));
        }
    }

    #[test]
    fn floods_do_not_get_in_nor_keep_the_peer_out() {
        let mut line = Line::new(Some(PEER));
        let mut heard = 0;
        for packet in 0..20_000u32 {
            let from = format!("192.0.2.{}:{}", packet % 7, 1000 + packet % 5);
            let verdict = line.latch.judge(
                Duration::from_micros(u64::from(packet) * 50),
                from.parse().unwrap(),
                packet.wrapping_mul(2_654_435_761),
                packet as u16,
                false,
            );
            assert_eq!(verdict, Wait, "{packet}");
            // The peer is another port of the named host; it comes every 20 ms.
            if packet % 400 == 0 {
                let now = Duration::from_micros(u64::from(packet) * 50 + 1);
                let verdict = line.latch.judge(now, "198.51.100.7:5000".parse().unwrap(), 1, heard, false);
                heard += 1;
                if verdict == New {
                    break;
                }
            }
        }
        assert_eq!(heard, 3);
        // One that counts its packets, but sends them faster than voice.
        let mut line = Line::new(Some(PEER));
        for sequence in 0..5000u16 {
            let now = Duration::from_micros(u64::from(sequence) * 200);
            assert_eq!(line.latch.judge(now, ROUTER.parse().unwrap(), 5, sequence, false), Wait);
        }
    }

    #[test]
    fn what_is_proven_is_believed() {
        let mut latch = Latch::new(Some(PEER.parse().unwrap()));
        assert_eq!(latch.judge(Duration::ZERO, PEER.parse().unwrap(), 1, 1, true), New);
        assert_eq!(latch.judge(Duration::ZERO, ROUTER.parse().unwrap(), 1, 2, true), Moved);
        assert_eq!(latch.remote(), Some(ROUTER.parse().unwrap()));
    }
}
