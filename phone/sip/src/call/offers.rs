//! Offers and answers of one dialog: whose turn it is (RFC 3264, section 4).

use super::types::Body;

/// Where the exchange stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
enum Turn {
    /// Nothing is open.
    #[default]
    Stable,
    /// We have offered, and they owe an answer.
    Theirs(Body),
    /// They have offered, and we owe an answer.
    Ours(Body),
    /// They wait for our offer: their INVITE had none.
    Wanted,
}

/// The exchange of one dialog. There is one open offer at a time, whoever made it.
#[derive(Debug, Clone, Default)]
pub(super) struct Offers {
    turn: Turn,
    /// What we said last in an exchange that was completed.
    local: Option<Body>,
    /// What they said last.
    remote: Option<Body>,
    /// An answer that may still change: it came, or went, in a response that need not arrive.
    preview: Option<Body>,
}

impl Offers {
    /// We send an offer. It replaces none: ask [`Offers::is_stable`] or [`Offers::is_wanted`] before.
    pub(super) fn offer(&mut self, body: Body) {
        self.turn = Turn::Theirs(body);
    }

    /// Their offer has come.
    pub(super) fn offered(&mut self, body: Body) {
        self.turn = Turn::Ours(body);
    }

    /// They want our offer.
    pub(super) fn want(&mut self) {
        self.turn = Turn::Wanted;
    }

    /// Their answer has come: gives what we had offered. None if no answer is due.
    pub(super) fn answered(&mut self, body: Body) -> Option<Body> {
        match std::mem::take(&mut self.turn) {
            Turn::Theirs(offer) => {
                self.local = Some(offer.clone());
                self.remote = Some(body);
                self.preview = None;
                Some(offer)
            }
            other => {
                self.turn = other;
                None
            }
        }
    }

    /// We answer. False if none is due.
    pub(super) fn answer(&mut self, body: Body) -> bool {
        match std::mem::take(&mut self.turn) {
            Turn::Ours(offer) => {
                self.remote = Some(offer);
                self.local = Some(body);
                self.preview = None;
                true
            }
            other => {
                self.turn = other;
                false
            }
        }
    }

    /// The open offer is void: refused, or taken back. What was agreed before holds.
    pub(super) fn abandon(&mut self) {
        self.turn = Turn::Stable;
        self.preview = None;
    }

    /// An answer that came, or was sent, in a response that may get lost.
    pub(super) fn preview(&mut self, body: Body) {
        self.preview = Some(body);
    }

    /// That answer.
    pub(super) fn previewed(&self) -> Option<&Body> {
        self.preview.as_ref()
    }

    /// What they said last: agreed, or to be expected.
    pub(super) fn remote(&self) -> Option<&Body> {
        self.preview.as_ref().or(self.remote.as_ref())
    }

    /// What we said last in a completed exchange.
    pub(super) fn local(&self) -> Option<&Body> {
        self.local.as_ref()
    }

    /// Whether nothing is open.
    pub(super) fn is_stable(&self) -> bool {
        self.turn == Turn::Stable
    }

    /// Whether an exchange was completed, and none is open.
    pub(super) fn is_agreed(&self) -> bool {
        self.is_stable() && self.remote.is_some()
    }

    /// Whether they owe an answer.
    pub(super) fn is_theirs(&self) -> bool {
        matches!(self.turn, Turn::Theirs(_))
    }

    /// Whether we owe an answer.
    pub(super) fn is_ours(&self) -> bool {
        matches!(self.turn, Turn::Ours(_))
    }

    /// Whether they wait for our offer.
    pub(super) fn is_wanted(&self) -> bool {
        self.turn == Turn::Wanted
    }

    /// Whether they said just this last in a completed exchange.
    pub(super) fn has_heard(&self, body: &Body) -> bool {
        self.remote.as_ref() == Some(body)
    }

    /// Whether an offer says what they said last: it refreshes the session and changes nothing (RFC 4028, section 7.4).
    pub(super) fn repeats(&self, body: &Body) -> bool {
        self.is_agreed() && self.has_heard(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What one of two ends does with what has arrived so far.
    #[derive(Debug, Clone, Copy)]
    enum Step {
        Offer,
        Answer,
        Refuse,
    }

    proptest! {
        /// Two ends that follow the turns agree on both descriptions after each exchange, and only they answer who were asked.
        #[test]
        fn both_ends_agree(steps in prop::collection::vec((0..2_usize, prop_oneof![
            Just(Step::Offer), Just(Step::Answer), Just(Step::Refuse)
        ]), 0..60)) {
            let mut ends = [Offers::default(), Offers::default()];
            for (count, (who, step)) in steps.into_iter().enumerate() {
                let body = Body::sdp(count.to_string());
                match step {
                    Step::Offer if ends[who].is_stable() => {
                        ends[who].offer(body.clone());
                        ends[1 - who].offered(body);
                    }
                    Step::Answer => {
                        let due = ends[who].is_ours();
                        prop_assert_eq!(ends[who].answer(body.clone()), due);
                        prop_assert_eq!(ends[1 - who].answered(body).is_some(), due);
                    }
                    Step::Refuse if ends[who].is_ours() => ends.iter_mut().for_each(Offers::abandon),
                    _ => {}
                }
                prop_assert_eq!(ends[0].local(), ends[1].remote());
                prop_assert_eq!(ends[1].local(), ends[0].remote());
                prop_assert_eq!(ends[0].is_stable(), ends[1].is_stable());
                prop_assert_eq!(ends[0].is_ours(), ends[1].is_theirs());
            }
        }
    }
}
