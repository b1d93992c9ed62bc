//! The secret that each page carries, so that only a form of ours can post to it (guide rule 133).

use std::collections::BTreeMap;

use subtle::ConstantTimeEq;

use crate::view::View;

/// A token for each page, drawn when the server starts.
pub(crate) struct Tokens(BTreeMap<String, String>);

impl Tokens {
    /// Fresh tokens.
    pub(crate) fn random() -> std::io::Result<Self> {
        let token = |view: View| Ok((view.path(), hex()?));
        View::all().map(token).collect::<Result<_, getrandom::Error>>().map(Self).map_err(Into::into)
    }

    /// The token of the page.
    pub(crate) fn of(&self, view: View) -> &str {
        self.0.get(&view.path()).expect("every page has a token")
    }

    /// Whether `token` is the page's, in a time that does not tell how much of it is right.
    pub(crate) fn fits(&self, view: View, token: &str) -> bool {
        self.of(view).as_bytes().ct_eq(token.as_bytes()).into()
    }
}

/// 256 random bits.
fn hex() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().map(|b| format!("{b:02x}")).collect())
}
