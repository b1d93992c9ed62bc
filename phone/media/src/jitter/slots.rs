//! The packets that wait, each at the place of its sequence number.

/// Octets of payload that a packet may have: 120 ms of G.711.
pub const MAX_PAYLOAD: usize = 960;

/// Packets that can wait; half a second of packets of 10 ms, and some.
pub(super) const SLOTS: u16 = 64;

/// A packet that waits.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Slot {
    pub(super) sequence: u16,
    pub(super) timestamp: i64,
    pub(super) duration: u32,
    pub(super) payload_type: u8,
    length: usize,
    used: bool,
}

#[derive(Debug)]
pub(super) struct Slots {
    slots: [Slot; SLOTS as usize],
    /// The payloads, all in one: memory that no packet has touched costs nothing.
    payloads: Box<[u8]>,
    count: usize,
}

/// Why a packet cannot wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoPlace {
    Doubled,
    TooLong,
}

impl Slots {
    pub(super) fn new() -> Self {
        let payloads = vec![0; usize::from(SLOTS) * MAX_PAYLOAD].into_boxed_slice();
        Slots { slots: [Slot::default(); SLOTS as usize], payloads, count: 0 }
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

    pub(super) fn put(
        &mut self,
        sequence: u16,
        timestamp: i64,
        duration: u32,
        payload_type: u8,
        payload: &[u8],
    ) -> Result<(), NoPlace> {
        let slot = &mut self.slots[place(sequence)];
        if slot.used && slot.sequence == sequence {
            return Err(NoPlace::Doubled);
        }
        let room = &mut self.payloads[place(sequence) * MAX_PAYLOAD..][..MAX_PAYLOAD];
        room.get_mut(..payload.len()).ok_or(NoPlace::TooLong)?.copy_from_slice(payload);
        self.count += usize::from(!slot.used);
        (slot.sequence, slot.timestamp, slot.duration) = (sequence, timestamp, duration);
        (slot.payload_type, slot.length, slot.used) = (payload_type, payload.len(), true);
        Ok(())
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
        &self.payloads[place(slot.sequence) * MAX_PAYLOAD..][..slot.length]
    }

    pub(super) fn clear(&mut self) {
        self.slots.iter_mut().for_each(|slot| slot.used = false);
        self.count = 0;
    }
}

fn place(sequence: u16) -> usize {
    usize::from(sequence % SLOTS)
}
