//! The sixteen digits of a telephone, with their tones and event codes.

/// Tones of the rows and columns in hertz (ITU-T Q.23).
pub(super) const ROWS: [u16; 4] = [697, 770, 852, 941];
/// Tones of the columns in hertz.
pub(super) const COLUMNS: [u16; 4] = [1209, 1336, 1477, 1633];

/// The keys, row by row.
const KEYS: [char; 16] = ['1', '2', '3', 'A', '4', '5', '6', 'B', '7', '8', '9', 'C', '*', '0', '#', 'D'];

/// The keys, by their event codes (RFC 4733, section 3.2).
const EVENTS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#', 'A', 'B', 'C', 'D'];

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

    /// The digit of an event code (RFC 4733, section 3.2).
    pub fn of_event(event: u8) -> Option<Self> {
        EVENTS.get(usize::from(event)).map(|&key| Digit(key))
    }

    /// The digit where this row and column cross.
    pub(crate) fn at(row: usize, column: usize) -> Self {
        Digit(KEYS[row % 4 * 4 + column % 4])
    }

    /// The key.
    pub fn key(self) -> char {
        self.0
    }

    /// The event code.
    pub fn event(self) -> u8 {
        place(&EVENTS, self.0) as u8
    }

    /// Both tones in hertz: the row's, then the column's.
    pub fn tones(self) -> [u16; 2] {
        let place = place(&KEYS, self.0);
        [ROWS[place / 4], COLUMNS[place % 4]]
    }
}

fn place(keys: &[char; 16], key: char) -> usize {
    keys.iter().position(|&other| other == key).expect("a digit is one of the keys")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_have_their_tones_and_codes() {
        let digit = |key| Digit::new(key).expect("it is a digit");
        assert_eq!(digit('5').tones(), [770, 1336]);
        assert_eq!(digit('#').tones(), [941, 1477]);
        assert_eq!(digit('d').tones(), [941, 1633]);
        assert_eq!(digit('*').event(), 10);
        assert_eq!(Digit::new('x'), None);
        assert_eq!(Digit::of_event(16), None);
        for digit in Digit::all() {
            assert_eq!(Digit::of_event(digit.event()), Some(digit));
            assert_eq!(Digit::new(digit.key()), Some(digit));
        }
    }
}
