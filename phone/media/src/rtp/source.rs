//! The packets of one sender: their order, what is missing, and how unevenly they come (RFC 3550, appendix A).

use std::time::Duration;

/// A step ahead of up to so many packets is loss (appendix A.1).
const MAX_DROPOUT: u16 = 3000;

/// A step back of less than this is a late packet.
const MAX_MISORDER: u16 = 100;

/// What a sequence number is among those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Behind all others, perhaps after a gap.
    Ahead,
    /// Before others that came earlier.
    Late,
    /// It came before.
    Doubled,
    /// Far away from the others: the sender restarted if the next one follows.
    Jump,
    /// The second one after a jump: the sender restarted.
    Restarted,
}

/// A sender.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) ssrc: u32,
    highest: u16,
    /// Sequence numbers that went by in whole rounds.
    cycles: u32,
    base: u16,
    /// The number that confirms a restart.
    after_jump: Option<u16>,
    /// Which of the last 128 numbers came: bit 0 is the highest.
    seen: u128,
    received: u32,
    expected_before: u32,
    received_before: u32,
    /// Ticks of the stream's clock a second, by what came last.
    pub(super) clock_rate: u32,
    /// Difference of arrival and timestamp of the packet before.
    transit: Option<u32>,
    /// In sixteenths of a clock tick.
    jitter: u32,
    /// Packets before the last restart that did not come.
    lost_before: u32,
    pub(super) late: u32,
    pub(super) doubled: u32,
}

/// What a report says about a source (RFC 3550, section 6.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Reception {
    pub(crate) ssrc: u32,
    /// In 256ths, since the report before.
    pub(crate) fraction_lost: u8,
    /// Since the beginning; may be negative if packets are doubled.
    pub(crate) lost: i32,
    pub(crate) highest: u32,
    /// In clock ticks.
    pub(crate) jitter: u32,
}

impl Source {
    /// A sender whose first packet has this number.
    pub(super) fn new(ssrc: u32, sequence: u16, clock_rate: u32) -> Self {
        Source {
            ssrc,
            clock_rate,
            highest: sequence,
            cycles: 0,
            base: sequence,
            after_jump: None,
            seen: 1,
            received: 1,
            expected_before: 0,
            received_before: 0,
            transit: None,
            jitter: 0,
            lost_before: 0,
            late: 0,
            doubled: 0,
        }
    }

    /// Counts a further packet.
    pub(super) fn place(&mut self, sequence: u16) -> Place {
        let ahead = sequence.wrapping_sub(self.highest);
        if ahead > 0 && ahead < MAX_DROPOUT {
            if sequence < self.highest {
                self.cycles = self.cycles.wrapping_add(1 << 16);
            }
            self.highest = sequence;
            self.seen = self.seen.checked_shl(ahead.into()).unwrap_or(0) | 1;
            self.after_jump = None;
            self.received = self.received.wrapping_add(1);
            return Place::Ahead;
        }
        let back = self.highest.wrapping_sub(sequence);
        if back < MAX_MISORDER {
            if self.seen >> back & 1 == 1 {
                self.doubled = self.doubled.wrapping_add(1);
                return Place::Doubled;
            }
            self.seen |= 1 << back;
            self.late = self.late.wrapping_add(1);
            self.received = self.received.wrapping_add(1);
            return Place::Late;
        }
        if self.after_jump == Some(sequence) {
            let (ssrc, lost_before) = (self.ssrc, self.lost().max(0) as u32);
            let (late, doubled, jitter) = (self.late, self.doubled, self.jitter);
            *self = Source { lost_before, late, doubled, jitter, ..Source::new(ssrc, sequence, self.clock_rate) };
            return Place::Restarted;
        }
        self.after_jump = Some(sequence.wrapping_add(1));
        Place::Jump
    }

    /// Measures how much later or earlier than its timestamp says a packet comes (appendix A.8).
    pub(super) fn arrived(&mut self, now: Duration, timestamp: u32, clock_rate: u32) {
        if clock_rate != self.clock_rate {
            // What was measured stays as long as it was; the first packet by another clock is like the first of all.
            self.jitter = (u64::from(self.jitter) * u64::from(clock_rate) / u64::from(self.clock_rate.max(1))) as u32;
            (self.clock_rate, self.transit) = (clock_rate, None);
        }
        let transit = ticks(now, clock_rate).wrapping_sub(timestamp);
        if let Some(before) = self.transit.replace(transit) {
            // A clock that jumps says nothing about the network.
            let difference = (transit.wrapping_sub(before) as i32).unsigned_abs();
            if difference < clock_rate * 10 {
                self.jitter = self.jitter.saturating_add(difference).saturating_sub((self.jitter + 8) >> 4);
            }
        }
    }

    /// Packets that did not come since the beginning (appendix A.3).
    pub(super) fn lost(&self) -> i32 {
        let lost = i64::from(self.expected()) - i64::from(self.received) + i64::from(self.lost_before);
        lost.clamp(-0x80_0000, 0x7f_ffff) as i32
    }

    /// How unevenly packets come, in clock ticks.
    pub(super) fn jitter(&self) -> u32 {
        self.jitter >> 4
    }

    /// What the next report says; the fraction is counted from here on anew.
    pub(super) fn report(&mut self) -> Reception {
        let (expected, received) = (self.expected(), self.received);
        let expected_now = expected.wrapping_sub(self.expected_before);
        let lost_now = i64::from(expected_now) - i64::from(received.wrapping_sub(self.received_before));
        (self.expected_before, self.received_before) = (expected, received);
        let fraction = if expected_now == 0 { 0 } else { (lost_now.max(0) << 8) / i64::from(expected_now) };
        Reception {
            ssrc: self.ssrc,
            fraction_lost: fraction.min(255) as u8,
            lost: self.lost(),
            highest: self.cycles | u32::from(self.highest),
            jitter: self.jitter(),
        }
    }

    fn expected(&self) -> u32 {
        (self.cycles | u32::from(self.highest)).wrapping_sub(self.base.into()).wrapping_add(1)
    }
}

/// A moment on a clock of RTP.
pub(super) fn ticks(now: Duration, clock_rate: u32) -> u32 {
    (now.as_nanos() * u128::from(clock_rate) / 1_000_000_000) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_their_places() {
        let mut source = Source::new(1, 65533, 8000);
        let table = [
            (65534, Place::Ahead),
            (1, Place::Ahead),
            (65535, Place::Late),
            (65535, Place::Doubled),
            (1, Place::Doubled),
            (0, Place::Late),
            (20000, Place::Jump),
            (2, Place::Ahead),
            (20001, Place::Jump),
            (20002, Place::Restarted),
            (20003, Place::Ahead),
        ];
        for (sequence, place) in table {
            assert_eq!(source.place(sequence), place, "{sequence}");
        }
        assert_eq!((source.lost(), source.late, source.doubled), (0, 2, 2));
    }

    #[test]
    fn loss_is_counted_over_the_wrap_and_from_report_to_report() {
        let mut source = Source::new(1, 65500, 8000);
        for sequence in (65501..=65535u16).chain(0..=64) {
            if sequence % 4 != 0 {
                source.place(sequence);
            }
        }
        let report = source.report();
        assert_eq!((report.lost, report.highest), (24, 65536 + 63));
        assert_eq!(report.fraction_lost, 61, "24 of 100");
        source.place(65);
        source.place(66);
        assert_eq!(source.report().fraction_lost, 85, "one of three");
        assert_eq!(source.report().fraction_lost, 0);
    }

    #[test]
    fn jitter_is_the_mean_deviation() {
        let mut source = Source::new(1, 0, 8000);
        for packet in 0..2000u64 {
            // Every second packet comes 10 ms late.
            let now = Duration::from_millis(packet * 20 + packet % 2 * 10);
            source.arrived(now, packet as u32 * 160, 8000);
        }
        assert!((75..=85).contains(&source.jitter()), "10 ms are 80 ticks: {}", source.jitter());
        // The same by another clock, whose timestamps have nothing to do with those before.
        source.arrived(Duration::from_secs(40), 40 * 48_000 - 240_000, 48_000);
        assert!((450..=510).contains(&source.jitter()), "10 ms are 480 ticks: {}", source.jitter());
    }
}
