//! Which of the next numbers are those of packets without voice.

use super::slots::SLOTS;

/// A mark for each of as many numbers in a row as there are places.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Marks(u64);

const _: () = assert!(SLOTS as u32 == u64::BITS);

impl Marks {
    pub(super) fn any(self) -> bool {
        self.0 != 0
    }

    pub(super) fn set(&mut self, number: u16) {
        self.0 |= 1 << (number % SLOTS);
    }

    /// Takes away the marks of the numbers from one to before another.
    pub(super) fn clear(&mut self, from: u16, to: u16) {
        self.0 &= !low(to.wrapping_sub(from)).rotate_left((from % SLOTS).into());
    }

    /// Whether there are marks on numbers from one to before another, and how many numbers before and behind them have none. Holes
    /// between marks are most likely of the same kind. Without the other, those up to the last mark count.
    pub(super) fn between(self, from: u16, to: Option<u16>) -> (bool, u32) {
        let marks = self.0.rotate_right((from % SLOTS).into());
        let end = u64::BITS - marks.leading_zeros();
        let count = to.map_or(end, |to| u32::from(to.wrapping_sub(from).min(SLOTS)));
        let marks = marks & low(count as u16);
        match marks {
            0 => (false, count),
            _ => (true, marks.trailing_zeros() + count - (u64::BITS - marks.leading_zeros())),
        }
    }
}

/// So many bits.
fn low(count: u16) -> u64 {
    1_u64.checked_shl(count.into()).map_or(u64::MAX, |next| next - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_apart_where_they_begin_anew() {
        for from in [0, 5, 63, 65_500, 65_535_u16] {
            let mut marks = Marks::default();
            [1, 2, 5, 63].into_iter().for_each(|ahead| marks.set(from.wrapping_add(ahead)));
            let between =
                |marks: Marks, ahead: Option<u16>| marks.between(from, ahead.map(|ahead| from.wrapping_add(ahead)));
            assert_eq!(between(marks, Some(0)), (false, 0));
            assert_eq!(between(marks, Some(1)), (false, 1));
            assert_eq!(between(marks, Some(6)), (true, 1));
            assert_eq!(between(marks, Some(9)), (true, 4));
            assert_eq!(between(marks, None), (true, 1));
            marks.clear(from, from.wrapping_add(3));
            assert_eq!(between(marks, Some(6)), (true, 5));
            assert_eq!(marks.between(from.wrapping_add(3), None), (true, 2));
            marks.clear(from, from.wrapping_add(SLOTS));
            assert!(!marks.any());
            assert_eq!(between(marks, None), (false, 0));
        }
    }
}
