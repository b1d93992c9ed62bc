//! Which packets came already, so that nobody can send them once more (RFC 3711, section 3.3.2).

/// The last 128 indices.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Window {
    /// The highest index, counted from 1; 0 means none.
    highest: u64,
    /// Bit 0 is the highest.
    seen: u128,
}

impl Window {
    /// Whether an index is new and not too old.
    pub(super) fn allows(&self, index: u64) -> bool {
        let index = index + 1;
        index > self.highest || self.highest - index < 128 && self.seen >> (self.highest - index) & 1 == 0
    }

    /// Remembers an index whose packet proved authentic.
    pub(super) fn note(&mut self, index: u64) {
        let index = index + 1;
        if index > self.highest {
            let ahead = u32::try_from(index - self.highest).unwrap_or(u32::MAX);
            self.seen = self.seen.checked_shl(ahead).unwrap_or(0) | 1;
            self.highest = index;
        } else if self.highest - index < 128 {
            self.seen |= 1 << (self.highest - index);
        }
    }
}
