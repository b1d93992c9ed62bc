//! From a name to its parameter: a hash table that the compiler fills.

use crate::generated::{ALIASES, NAMES};
use crate::id::{Found, ParamId};

/// Four times as many as there are names, so that nearly all names stand where their hash says.
const SLOTS: usize = 4096;
/// What an empty slot has.
const EMPTY: u16 = u16::MAX;

/// Open addressing: a name stands in the first slot, from that of its hash on, that was free. A slot has an index into
/// [`NAMES`], or behind that one into [`ALIASES`].
pub(crate) struct Index([u16; SLOTS]);

/// The index of all names and aliases.
pub(crate) const fn index() -> Index {
    let count = NAMES.len() + ALIASES.len();
    assert!(count * 2 < SLOTS, "the table of names is too full");
    let mut slots = [EMPTY; SLOTS];
    let mut code = 0;
    while code < count {
        let mut slot = slot(named(code).as_bytes());
        while slots[slot] != EMPTY {
            slot = (slot + 1) % SLOTS;
        }
        slots[slot] = code as u16;
        code += 1;
    }
    Index(slots)
}

impl Index {
    #[inline]
    pub(crate) fn find(&self, name: &str) -> Option<Found> {
        let mut slot = slot(name.as_bytes());
        loop {
            let code = match self.0[slot] {
                EMPTY => return None,
                code => usize::from(code),
            };
            if named(code) == name {
                return Some(match code.checked_sub(NAMES.len()) {
                    None => Found { id: ParamId::new(code as u16), alias: false },
                    Some(alias) => Found { id: ALIASES[alias].1, alias: true },
                });
            }
            slot = (slot + 1) % SLOTS;
        }
    }
}

const fn named(code: usize) -> &'static str {
    if code < NAMES.len() { NAMES[code].name } else { ALIASES[code - NAMES.len()].0 }
}

/// The slot of a name's hash: its length and words of eight bytes, multiplied together as FxHash does. Names come from
/// files of administrators against a fixed table, so nobody gains by collisions.
const fn slot(name: &[u8]) -> usize {
    const ODD: u64 = 0xf135_7aea_2e62_a9c5;
    let mut hash = name.len() as u64;
    let mut rest = name;
    while let Some((word, behind)) = rest.split_first_chunk::<8>() {
        hash = (hash ^ u64::from_le_bytes(*word)).wrapping_mul(ODD).rotate_left(26);
        rest = behind;
    }
    // The last word overlaps the one before it, which is cheaper than single bytes.
    if let Some(word) = name.last_chunk::<8>() {
        hash = (hash ^ u64::from_le_bytes(*word)).wrapping_mul(ODD);
    } else {
        while let Some((byte, behind)) = rest.split_first() {
            hash = (hash ^ *byte as u64).wrapping_mul(ODD);
            rest = behind;
        }
    }
    (hash >> 52) as usize % SLOTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_a_name_is_short() {
        let Index(slots) = index();
        let steps = |code: usize| {
            let start = slot(named(code).as_bytes());
            (0..SLOTS).position(|i| usize::from(slots[(start + i) % SLOTS]) == code).expect("a slot")
        };
        let all: Vec<_> = (0..NAMES.len() + ALIASES.len()).map(steps).collect();
        let (longest, sum) = (all.iter().max(), all.iter().sum::<usize>());
        assert!(longest <= Some(&8) && sum * 4 < all.len(), "{longest:?} at most, {sum} of {} in all", all.len());
    }

    #[test]
    fn names_of_any_length_are_looked_up() {
        let index = index();
        for length in 0..80 {
            assert_eq!(index.find(&"A".repeat(length)), None);
        }
    }
}
