//! The packets that wait, each at the place of its sequence number.

use crate::rtp::{HEADER_LENGTH, MAX_PACKET};

/// Octets of payload that a packet may have: what is left of the longest packet that is read.
pub const MAX_PAYLOAD: usize = MAX_PACKET - HEADER_LENGTH;

/// Packets that can wait; half a second of packets of 10 ms, and some.
pub(super) const SLOTS: u16 = 64;

/// Octets of payload that can wait: four seconds of G.711, or half a second of Opus at its best.
const ROOM: usize = 32 * 1024;

/// A packet that waits.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Slot {
    pub(super) sequence: u16,
    pub(super) timestamp: i64,
    pub(super) duration: u32,
    /// Ticks for which its sender may send nothing after it.
    pub(super) quiet: u32,
    pub(super) payload_type: u8,
    /// Where its payload is; [`Slots::put`] chooses that.
    pub(super) start: usize,
    pub(super) length: usize,
    pub(super) used: bool,
}

#[derive(Debug)]
pub(super) struct Slots {
    slots: [Slot; SLOTS as usize],
    /// The payloads, one behind the other, and from the beginning again.
    payloads: Box<[u8]>,
    /// Behind the last payload that came.
    end: usize,
    count: usize,
}

/// Why a packet cannot wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoPlace {
    Doubled,
    TooLong,
    /// Too much waits already.
    Full,
}

impl Slots {
    pub(super) fn new() -> Self {
        Slots { slots: [Slot::default(); SLOTS as usize], payloads: vec![0; ROOM].into(), end: 0, count: 0 }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub(super) fn get(&self, sequence: u16) -> Option<&Slot> {
        Some(&self.slots[place(sequence)]).filter(|slot| slot.used && slot.sequence == sequence)
    }

    /// The first packet that waits, from this number on.
    pub(super) fn first_from(&self, sequence: u16) -> Option<&Slot> {
        (0..SLOTS).find_map(|ahead| self.get(sequence.wrapping_add(ahead)))
    }

    pub(super) fn put(&mut self, packet: Slot, payload: &[u8]) -> Result<(), NoPlace> {
        let sequence = packet.sequence;
        if self.get(sequence).is_some() {
            return Err(NoPlace::Doubled);
        }
        let length = payload.len();
        if length > MAX_PAYLOAD {
            return Err(NoPlace::TooLong);
        }
        // The place may be that of a packet that nobody will ask for any more.
        self.count -= usize::from(std::mem::take(&mut self.slots[place(sequence)].used));
        let start = self.room(length).ok_or(NoPlace::Full)?;
        self.payloads[start..start + length].copy_from_slice(payload);
        self.end = start + length;
        self.slots[place(sequence)] = Slot { start, length, used: true, ..packet };
        self.count += 1;
        Ok(())
    }

    /// Where a payload of this length has room: behind the last one, or else behind others that wait.
    fn room(&self, length: usize) -> Option<usize> {
        let mut start = self.end;
        for _ in 0..2 * SLOTS {
            if start + length > ROOM {
                start = 0;
            }
            let overlaps = |slot: &&Slot| slot.used && slot.start < start + length && start < slot.start + slot.length;
            match self.slots.iter().find(overlaps) {
                Some(slot) => start = slot.start + slot.length,
                None => return Some(start),
            }
        }
        None
    }

    /// Frees the place of a packet. What it held stays readable until the next one comes: see [`Slots::payload`].
    pub(super) fn take(&mut self, sequence: u16) -> Slot {
        let slot = &mut self.slots[place(sequence)];
        if slot.used && slot.sequence == sequence {
            slot.used = false;
            self.count -= 1;
        }
        *slot
    }

    /// The payload of a packet that waits or was taken last from its place.
    pub(super) fn payload(&self, slot: &Slot) -> &[u8] {
        &self.payloads[slot.start..][..slot.length]
    }

    pub(super) fn clear(&mut self) {
        self.slots.iter_mut().for_each(|slot| slot.used = false);
        self.count = 0;
    }
}

fn place(sequence: u16) -> usize {
    usize::from(sequence % SLOTS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(sequence: u16) -> Slot {
        Slot { sequence, duration: 160, ..Slot::default() }
    }

    #[test]
    fn payloads_stay_as_they_came_while_others_come_and_go() {
        let mut slots = Slots::new();
        // One that nobody asks for stays in the way of all others.
        slots.put(slot(63), &[63; 500]).expect("room");
        for sequence in (64..5000u16).filter(|sequence| sequence % SLOTS != 63) {
            let payload = vec![sequence as u8; 1 + usize::from(sequence) % MAX_PAYLOAD];
            slots.put(slot(sequence), &payload).expect("room");
            assert!(slots.put(slot(sequence), &payload).is_err(), "it is there");
            let old = sequence - 5;
            if old % SLOTS == 63 {
                continue;
            }
            let taken = slots.take(old);
            assert!(slots.payload(&taken).iter().all(|octet| *octet == taken.sequence as u8));
        }
        let taken = slots.take(63);
        assert_eq!(slots.payload(&taken), [63; 500]);
        let all = (0..SLOTS).take_while(|sequence| slots.put(slot(*sequence), &[0; MAX_PAYLOAD]).is_ok()).count();
        assert!((15..=22).contains(&all), "{all} of the largest");
        slots.clear();
        assert_eq!(slots.put(slot(0), &[0; MAX_PAYLOAD]), Ok(()));
        assert_eq!(slots.put(slot(0), &[0; MAX_PAYLOAD + 1]), Err(NoPlace::Doubled));
        assert_eq!(slots.put(slot(1), &[0; MAX_PAYLOAD + 1]), Err(NoPlace::TooLong));
    }
}
