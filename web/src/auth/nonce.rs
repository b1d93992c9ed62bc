//! Nonces: made without memory, remembered once used.
//!
//! A nonce says when and in which order it was issued and to which session, and carries a MAC, so that requests without
//! a password allocate nothing. From its first right answer on it is remembered with the counts that it was used with.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;

use super::key::Key;

/// How long a nonce may be used; browsers renew an old one without asking anybody.
pub(super) const LIFE: Duration = Duration::from_secs(5 * 60);

/// Counts below the highest one that may still arrive: browsers send over several connections at once.
pub(super) const WINDOW: u32 = 64;

/// Used nonces that are remembered; when there are more, the oldest stop working.
const REMEMBERED: usize = 64;

const HEAD: usize = 24;
const TAG: usize = 16;

pub(super) struct Nonces {
    key: Key,
    /// Serial number of the latest nonce; the first has 1.
    latest: u64,
    used: Vec<Used>,
    /// Serial numbers up to this one are used up unless they are remembered.
    forgotten: u64,
}

/// A nonce that was issued here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Nonce {
    pub(super) serial: u64,
    /// The session that it was issued to; 0 is none.
    pub(super) session: u64,
    at: Duration,
}

struct Used {
    nonce: Nonce,
    top: u32,
    /// Bit `i` stands for the count `top - i`.
    seen: u64,
}

/// Whether a count may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spent {
    Good,
    /// Used before, or too far below the highest count to know.
    Again,
    /// The nonce is too old.
    Old,
}

impl Nonces {
    pub(super) fn new(key: Key) -> Self {
        Self { key, latest: 0, used: Vec::new(), forgotten: 0 }
    }

    /// The serial number of the latest nonce, 0 before the first.
    pub(super) fn latest(&self) -> u64 {
        self.latest
    }

    pub(super) fn issue(&mut self, session: u64, now: Duration) -> String {
        self.latest += 1;
        let at = now.as_millis() as u64;
        let mut bytes = Vec::with_capacity(HEAD + TAG);
        for number in [self.latest, session, at] {
            bytes.extend(number.to_be_bytes());
        }
        let tag = self.tag(&bytes);
        bytes.extend(tag);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// `None`: not issued here since the start.
    pub(super) fn read(&self, text: &[u8]) -> Option<Nonce> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (head, tag) = bytes.split_at_checked(HEAD)?;
        if !bool::from(self.tag(head).ct_eq(tag)) {
            return None;
        }
        let (numbers, _) = head.as_chunks::<8>();
        let [serial, session, at] = [0, 1, 2].map(|i| u64::from_be_bytes(numbers[i]));
        Some(Nonce { serial, session, at: Duration::from_millis(at) })
    }

    /// Uses the nonce with a count. The password has been checked, so that only its owners fill the memory.
    pub(super) fn spend(&mut self, nonce: Nonce, count: u32, now: Duration) -> Spent {
        let old = |nonce: &Nonce| now.saturating_sub(nonce.at) > LIFE;
        self.used.retain(|used| !old(&used.nonce));
        if old(&nonce) {
            return Spent::Old;
        }
        if let Some(used) = self.used.iter_mut().find(|used| used.nonce.serial == nonce.serial) {
            return used.spend(count);
        }
        if nonce.serial <= self.forgotten {
            return Spent::Old;
        }
        self.used.push(Used { nonce, top: count, seen: 1 });
        if self.used.len() > REMEMBERED {
            let oldest = (0..self.used.len()).min_by_key(|i| self.used[*i].nonce.serial).unwrap_or(0);
            self.forgotten = self.forgotten.max(self.used.swap_remove(oldest).nonce.serial);
        }
        Spent::Good
    }

    fn tag(&self, head: &[u8]) -> [u8; TAG] {
        let mac = self.key.mac("nonce", &[head]);
        *mac.first_chunk().expect("a MAC is longer than a tag")
    }
}

impl Used {
    fn spend(&mut self, count: u32) -> Spent {
        if count > self.top {
            let by = count - self.top;
            self.seen = self.seen.checked_shl(by).unwrap_or(0) | 1;
            self.top = count;
            return Spent::Good;
        }
        let behind = self.top - count;
        if behind >= WINDOW || self.seen >> behind & 1 == 1 {
            return Spent::Again;
        }
        self.seen |= 1 << behind;
        Spent::Good
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Duration = Duration::from_secs(1000);

    fn nonces() -> Nonces {
        Nonces::new(Key::new([1; 32]))
    }

    fn fresh(nonces: &mut Nonces, now: Duration) -> Nonce {
        let text = nonces.issue(0, now);
        nonces.read(text.as_bytes()).expect("just issued")
    }

    #[test]
    fn issued_ones_are_known() {
        let mut nonces = nonces();
        let a = nonces.issue(0, START);
        let b = nonces.issue(7, START);
        assert_ne!(a, b);
        assert_eq!(nonces.read(a.as_bytes()), Some(Nonce { serial: 1, session: 0, at: START }));
        assert_eq!(nonces.read(b.as_bytes()), Some(Nonce { serial: 2, session: 7, at: START }));
        for i in 0..b.len() {
            let mut changed = b.clone().into_bytes();
            changed[i] = if changed[i] == b'A' { b'B' } else { b'A' };
            assert_eq!(nonces.read(&changed), None, "byte {i}");
        }
        for foreign in ["", "A", "AAAA", &a[1..], &format!("{a}A"), &format!("{a}="), &b.replace(|_| true, "A")] {
            assert_eq!(nonces.read(foreign.as_bytes()), None, "{foreign}");
        }
        assert_eq!(Nonces::new(Key::new([2; 32])).read(a.as_bytes()), None);
    }

    #[test]
    fn counts() {
        use Spent::{Again, Good};
        for (name, steps) in [
            ("in order", &[(1, Good), (2, Good), (3, Good)][..]),
            ("replayed", &[(1, Good), (1, Again), (2, Good), (1, Again), (2, Again)]),
            ("out of order", &[(3, Good), (1, Good), (2, Good), (1, Again), (2, Again), (3, Again), (4, Good)]),
            ("with gaps", &[(1, Good), (60, Good), (2, Good), (60, Again), (59, Good), (59, Again)]),
            ("end of the window", &[(1, Good), (65, Good), (2, Good), (1, Again), (66, Good), (2, Again), (3, Good)]),
            ("beyond the window", &[(1, Good), (1000, Good), (936, Again), (937, Good), (937, Again)]),
            ("by a whole window", &[(1, Good), (65, Good), (129, Good), (66, Good), (65, Again)]),
            ("to the end", &[(1, Good), (u32::MAX, Good), (u32::MAX, Again), (u32::MAX - 1, Good), (2, Again)]),
        ] {
            let mut nonces = nonces();
            let nonce = fresh(&mut nonces, START);
            let other = fresh(&mut nonces, START);
            for (count, want) in steps {
                assert_eq!(nonces.spend(nonce, *count, START), *want, "{name}: {count}");
            }
            assert_eq!(nonces.spend(other, 1, START), Good, "{name}: another nonce has counts of its own");
        }
    }

    #[test]
    fn old_ones() {
        let mut nonces = nonces();
        let nonce = fresh(&mut nonces, START);
        assert_eq!(nonces.spend(nonce, 1, START + LIFE), Spent::Good);
        let late = START + LIFE + Duration::from_millis(1);
        assert_eq!(nonces.spend(nonce, 2, late), Spent::Old);
        assert!(nonces.used.is_empty());
    }

    #[test]
    fn memory_is_bounded_and_forgets_safely() {
        let mut nonces = nonces();
        let all: Vec<Nonce> = (0..REMEMBERED as u64 + 3).map(|_| fresh(&mut nonces, START)).collect();
        let unused = fresh(&mut nonces, START);
        for nonce in &all[2..] {
            assert_eq!(nonces.spend(*nonce, 1, START), Spent::Good);
        }
        assert_eq!(nonces.used.len(), REMEMBERED);
        for (i, nonce) in all.iter().enumerate() {
            let want = if i <= 2 { Spent::Old } else { Spent::Again };
            assert_eq!(nonces.spend(*nonce, 1, START), want, "{i}");
        }
        assert_eq!(nonces.spend(unused, 1, START), Spent::Good);
    }
}
