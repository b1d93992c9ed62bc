//! What tells one dialog from another (RFC 3261, section 12).

use crate::message::{DialogName, Headers, Request, Response};

/// The name of a dialog, as this end sees it.
///
/// A tag that the other party does not give is empty, as RFC 2543 knew none (section 12.1.1).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DialogId {
    /// Call-ID. Case counts.
    pub call_id: String,
    /// The tag that this end gave itself.
    pub local_tag: String,
    /// The tag of the other party.
    pub remote_tag: String,
}

impl DialogId {
    /// The dialog that a request that came in belongs to; none if it is outside of any.
    pub fn of_request(request: &Request) -> Option<Self> {
        let (call_id, from, to) = parts(&request.headers)?;
        Some(DialogId { call_id, local_tag: to.filter(|tag| !tag.is_empty())?, remote_tag: from.unwrap_or_default() })
    }

    /// The dialog that a response that came in belongs to, or makes.
    pub fn of_response(response: &Response) -> Option<Self> {
        let (call_id, from, to) = parts(&response.headers)?;
        Some(DialogId { call_id, local_tag: from?, remote_tag: to.unwrap_or_default() })
    }

    /// Whether a Replaces of somebody else means this dialog (RFC 3891, section 3).
    ///
    /// The tag `0` stands for none.
    pub fn is_named(&self, name: &DialogName<'_>) -> bool {
        let same = |ours: &str, theirs: &str| ours == theirs || (ours.is_empty() && theirs == "0");
        self.call_id == name.call_id && same(&self.local_tag, name.to_tag) && same(&self.remote_tag, name.from_tag)
    }

    /// The value of Replaces that the other party will understand as this dialog: to it, its own tag is the one in To.
    pub fn replaces(&self) -> String {
        let tag = |tag: &str| if tag.is_empty() { "0".to_owned() } else { tag.to_owned() };
        format!("{};to-tag={};from-tag={}", self.call_id, tag(&self.remote_tag), tag(&self.local_tag))
    }
}

/// Call-ID and the tags of From and To.
fn parts(headers: &Headers) -> Option<(String, Option<String>, Option<String>)> {
    let tag = |address: crate::message::Address<'_>| address.tag().map(str::to_owned);
    Some((headers.call_id().ok()?.to_owned(), tag(headers.from().ok()?), tag(headers.to().ok()?)))
}
