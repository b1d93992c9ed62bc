//! The two accounts and what is kept of their passwords.

use subtle::{Choice, ConstantTimeEq};

use super::digest::{self, Algorithm};
use super::header::{Basic, Digest};
use super::key::Key;

/// Who may log in (guide rule 109).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Account {
    /// All six tabs.
    Administrator,
    /// Four tabs.
    User,
}

/// ID and password of an account, as configured. It does not print.
#[derive(Clone, Copy)]
pub struct Login<'a> {
    /// Without colon.
    pub id: &'a str,
    /// May be empty for the user before the first login; an administrator without password cannot log in.
    pub password: &'a str,
}

/// The logins of both accounts.
#[derive(Clone, Copy)]
pub struct Logins<'a> {
    /// `ADMIN_ID` and `ADMIN_PASS`.
    pub administrator: Login<'a>,
    /// `USER_ID` and `USER_PASS`.
    pub user: Login<'a>,
}

/// What tells whether somebody knows a password: the hashes that Digest needs, and a salted one for Basic.
///
/// There is no way back to the password, and nothing of it prints.
pub(super) struct Verifier {
    pub(super) account: Account,
    id: String,
    ha1: [(Algorithm, String); 2],
    basic: [u8; 32],
    blank: bool,
}

impl Verifier {
    pub(super) fn new(account: Account, login: Login<'_>, realm: &str, key: &Key) -> Self {
        let (id, password) = (login.id.as_bytes(), login.password.as_bytes());
        let ha1 = Algorithm::ALL.map(|a| (a, a.hash(&[id, realm.as_bytes(), password])));
        let basic = salted(key, id, password);
        Self { account, id: login.id.to_owned(), ha1, basic, blank: password.is_empty() }
    }

    /// Whether the first login has to choose a password (guide rule 121).
    pub(super) fn must_change(&self) -> bool {
        self.blank
    }

    pub(super) fn is_called(&self, id: &[u8]) -> bool {
        self.id.as_bytes().ct_eq(id).into()
    }

    pub(super) fn digest(&self, method: &str, claim: &Digest) -> bool {
        let ha1 = self.ha1.iter().find(|(a, _)| *a == claim.algorithm).map_or("", |(_, ha1)| ha1);
        let right = digest::response(ha1, method, claim);
        (self.id.as_bytes().ct_eq(&claim.username) & right.as_bytes().ct_eq(claim.response.as_bytes()) & self.usable())
            .into()
    }

    /// `given` is [`salted`].
    pub(super) fn basic(&self, given: &[u8; 32]) -> bool {
        (self.basic.ct_eq(given) & self.usable()).into()
    }

    /// Whether ID and password are those of `other`.
    pub(super) fn same(&self, other: &Self) -> bool {
        self.basic.ct_eq(&other.basic).into()
    }

    fn usable(&self) -> Choice {
        Choice::from(u8::from(!self.blank || self.account == Account::User))
    }
}

/// The hash of what a Basic header claims, for [`Verifier::basic`].
pub(super) fn claimed(key: &Key, claim: &Basic) -> [u8; 32] {
    salted(key, &claim.user, &claim.password)
}

fn salted(key: &Key, id: &[u8], password: &[u8]) -> [u8; 32] {
    key.mac("basic", &[id, password])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verifier(account: Account, id: &str, password: &str) -> Verifier {
        Verifier::new(account, Login { id, password }, "r", &Key::new([3; 32]))
    }

    #[test]
    fn basic_pairs() {
        let key = Key::new([3; 32]);
        let admin = verifier(Account::Administrator, "admin", "adminpass");
        let user = verifier(Account::User, "user", "");
        let nobody = verifier(Account::Administrator, "admin", "");
        let fits = |verifier: &Verifier, user: &str, password: &str| {
            verifier.basic(&claimed(&key, &Basic { user: user.into(), password: password.into() }))
        };
        assert!(fits(&admin, "admin", "adminpass"));
        for (id, password) in [
            ("admin", "adminpas"),
            ("admin", "adminpasss"),
            ("Admin", "adminpass"),
            ("admin", "Adminpass"),
            ("admin", ""),
            ("", ""),
        ] {
            assert!(!fits(&admin, id, password), "{id}:{password}");
        }
        assert!(fits(&user, "user", ""));
        assert!(!fits(&user, "user", "x"));
        assert!(!fits(&nobody, "admin", ""), "an administrator needs a password");
        assert!(user.must_change() && !admin.must_change());
    }

    #[test]
    fn changes() {
        let admin = |id, password| verifier(Account::Administrator, id, password);
        assert!(admin("a", "b").same(&admin("a", "b")));
        assert!(!admin("a", "b").same(&admin("a", "c")));
        assert!(!admin("a", "b").same(&admin("c", "b")));
        assert!(!admin("a", "bc").same(&admin("ab", "c")));
    }
}
