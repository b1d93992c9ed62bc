//! The sixteen digits of a telephone, with their tones.

/// Tones of the rows and columns in hertz (ITU-T Q.23).
pub(super) const ROWS: [u16; 4] = [697, 770, 852, 941];
/// Tones of the columns in hertz.
pub(super) const COLUMNS: [u16; 4] = [1209, 1336, 1477, 1633];

/// The keys, row by row.
const KEYS: [char; 16] = ['1', '2', '3', 'A', '4', '5', '6', 'B', '7', '8', '9', 'C', '*', '0', '#', 'D'];

/// A digit: `0` to `9`, `*`, `#`, `A` to `D`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digit(char);

impl Digit {
    /// All of them, row by row.
    pub fn all() -> impl Iterator<Item = Digit> {
        KEYS.into_iter().map(Digit)
    }

    /// The digit of this key; small letters count as capitals.
    pub fn new(key: char) -> Option<Self> {
        let key = key.to_ascii_uppercase();
        KEYS.contains(&key).then_some(Digit(key))
    }

    /// The digit where this row and column cross.
    pub(crate) fn at(row: usize, column: usize) -> Self {
        Digit(KEYS[row % 4 * 4 + column % 4])
    }

    /// The key.
    pub fn key(self) -> char {
        self.0
    }

    /// Both tones in hertz: the row's, then the column's.
    pub fn tones(self) -> [u16; 2] {
        let place = KEYS.iter().position(|key| *key == self.0).expect("a digit is one of the keys");
        [ROWS[place / 4], COLUMNS[place % 4]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_have_their_tones() {
        let digit = |key| Digit::new(key).expect("it is a digit");
        assert_eq!(digit('5').tones(), [770, 1336]);
        assert_eq!(digit('#').tones(), [941, 1477]);
        assert_eq!(digit('d').tones(), [941, 1633]);
        assert_eq!(Digit::new('x'), None);
        for digit in Digit::all() {
            assert_eq!(Digit::new(digit.key()), Some(digit));
        }
    }
}
