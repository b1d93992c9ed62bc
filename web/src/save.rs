//! From a posted form to edits: only what differs from what the form showed becomes a value of its own.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use offhook_params::rules::Values;
use offhook_params::{Kind, ParamId, credentials, lookup};
use offhook_settings::{Layer, Layers};
use offhook_store::{Edit, Refusal};
use subtle::ConstantTimeEq;

use crate::control::is_password_change;
use crate::language::own;
use crate::view::View;
use crate::visit::Visit;

/// What a form said, in the terms of its page.
#[derive(Default)]
pub(crate) struct Posted {
    /// The page's token.
    pub(crate) token: String,
    /// Whether the person said OK.
    pub(crate) confirmed: bool,
    values: BTreeMap<ParamId, String>,
    /// What the form showed, where it said so.
    was: BTreeMap<ParamId, String>,
    /// Back to inherited.
    inherit: BTreeSet<ParamId>,
    /// Secrets to be emptied.
    clear: BTreeSet<ParamId>,
    current: BTreeMap<ParamId, String>,
    confirm: BTreeMap<ParamId, String>,
}

/// Why a form is none of the page's.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Foreign {
    #[error("the page has no field {0}")]
    Unknown(String),
    #[error("the form has the field {0} twice")]
    Twice(String),
    #[error("{0} cannot be changed with this account")]
    Forbidden(&'static str),
}

/// What was entered and what is wrong with it: a page that was not saved shows it again.
#[derive(Default)]
pub(crate) struct Entered {
    values: BTreeMap<ParamId, String>,
    inherit: BTreeSet<ParamId>,
    /// URLs whose password was entered and does not go back.
    cut: BTreeSet<ParamId>,
    errors: BTreeMap<ParamId, Vec<String>>,
    /// Errors of settings on other pages.
    elsewhere: Vec<(Vec<ParamId>, String)>,
}

impl Posted {
    /// Sorts the names and values of a form. What the visitor may not change makes the whole form a forgery, since no
    /// page of theirs sends it.
    pub(crate) fn read(view: View, visit: Visit, pairs: Vec<(String, String)>) -> Result<Self, Foreign> {
        let field = |name: &str| {
            let found = lookup(name).filter(|found| !found.alias && view.holds(found.id));
            let id = found.map(|found| found.id).ok_or_else(|| Foreign::Unknown(name.to_owned()))?;
            match visit.may_change(id.family()) {
                true => Ok(id),
                false => Err(Foreign::Forbidden(id.name())),
            }
        };
        let mut posted = Self::default();
        for (name, value) in pairs {
            let twice = match name.as_str() {
                "token" => !std::mem::replace(&mut posted.token, value).is_empty(),
                "confirm" => std::mem::replace(&mut posted.confirmed, value == "yes"),
                "inherit" => !posted.inherit.insert(field(&value)?),
                "clear" => !posted.clear.insert(field(&value)?),
                _ => {
                    let (map, id) = match name.split_once('.') {
                        None => (&mut posted.values, field(&name)?),
                        Some(("was", name)) => (&mut posted.was, field(name)?),
                        Some((name, "current")) => (&mut posted.current, field(name)?),
                        Some((name, "confirm")) => (&mut posted.confirm, field(name)?),
                        Some(_) => return Err(Foreign::Unknown(name)),
                    };
                    map.insert(id, value).is_some()
                }
            };
            if twice {
                return Err(Foreign::Twice(name));
            }
        }
        Ok(posted)
    }

    /// The edits that the form asks for, and what was entered, with the faults that only the form can have.
    pub(crate) fn judge(self, view: View, visit: Visit, layers: &Layers) -> (Vec<Edit>, Entered) {
        let mut edits = Vec::new();
        let mut entered = Entered::default();
        for id in view.params(visit) {
            let value = match is_password_change(&id.family()) {
                true => self.password_change(id, visit, layers, &mut entered).map(Cow::Borrowed),
                false => self.value(id, layers, &mut entered),
            };
            // Only a value of the user layer can be taken back; the box of one that is gone means nothing.
            let inherit = self.inherit.contains(&id) && layers.layer(Layer::User).get(id).is_some();
            if inherit {
                entered.inherit.insert(id);
            }
            if let Some(value) = value.as_deref().filter(|_| !id.family().secret) {
                entered.show(id, self.values.get(&id).map_or(value, String::as_str));
            }
            match value {
                Some(_) if inherit => {
                    entered.fault(id, &visit.words.text(own::ERROR_INHERIT));
                }
                Some(value) => edits.push(Edit::Set(id, value.into_owned())),
                None if inherit => edits.push(Edit::Inherit(id)),
                None => {}
            }
        }
        (edits, entered)
    }

    /// The new value, if one was entered: one that differs from what the form showed, and from what counts now.
    fn value(&self, id: ParamId, layers: &Layers, entered: &mut Entered) -> Option<Cow<'_, str>> {
        let now = layers.effective(id).value;
        let value = self.values.get(&id)?.as_str();
        if id.family().secret {
            return match value {
                "" => (self.clear.contains(&id) && !now.is_empty()).then_some(Cow::Borrowed("")),
                value => Some(Cow::Borrowed(value)),
            };
        }
        if self.was.get(&id).is_some_and(|shown| shown == value) {
            return None;
        }
        let meant = match id.family().kind {
            Kind::Url { .. } => credentials::restored(value, now),
            _ => Ok(Cow::Borrowed(value)),
        };
        let meant = meant.unwrap_or_else(|unknown| {
            entered.fault(id, &capital(&format!("{unknown}.")));
            Cow::Borrowed(value)
        });
        (meant != now).then_some(meant)
    }

    /// The new password, if one was entered; the current one and the repetition have to be right.
    fn password_change<'a>(
        &'a self,
        id: ParamId,
        visit: Visit,
        layers: &Layers,
        entered: &mut Entered,
    ) -> Option<&'a str> {
        let inherit = self.inherit.contains(&id);
        let of = |map: &'a BTreeMap<ParamId, String>| map.get(&id).map_or("", String::as_str);
        let (current, new, confirm) = (of(&self.current), of(&self.values), of(&self.confirm));
        if !inherit && [current, new, confirm].iter().all(|text| text.is_empty()) {
            return None;
        }
        let right: bool = current.as_bytes().ct_eq(layers.effective(id).value.as_bytes()).into();
        if !right {
            entered.fault(id, &visit.words.text(own::ERROR_PASSWORD_CURRENT));
        }
        if inherit && new.is_empty() {
            return None;
        }
        if new != confirm {
            entered.fault(id, &visit.words.text(own::ERROR_PASSWORD_CONFIRM));
        }
        // An account may have no password, but nobody takes one away by leaving a field empty.
        if new.is_empty() && id.family().empty {
            entered.fault(id, &visit.words.text(own::ERROR_EMPTY));
        }
        Some(new)
    }
}

impl Entered {
    /// What was entered for the field, if that differs from what counts; never a secret.
    pub(crate) fn value(&self, id: ParamId) -> Option<&str> {
        self.values.get(&id).map(String::as_str)
    }

    /// Keeps what was entered for the field to be shown again; a password in it goes to no browser.
    fn show(&mut self, id: ParamId, value: &str) {
        let is_url = matches!(id.family().kind, Kind::Url { .. });
        let shown = match is_url && credentials::blotted(value) != value {
            true => credentials::without_password(value),
            false => Cow::Borrowed(value),
        };
        if shown != value {
            self.cut.insert(id);
        }
        self.values.insert(id, shown.into_owned());
    }

    /// Whether a password was entered as part of the field, which is not shown again.
    pub(crate) fn lacks_password(&self, id: ParamId) -> bool {
        self.cut.contains(&id)
    }

    /// Whether the field is to go back to inherited.
    pub(crate) fn inherits(&self, id: ParamId) -> bool {
        self.inherit.contains(&id)
    }

    /// What is wrong with the field.
    pub(crate) fn errors(&self, id: ParamId) -> &[String] {
        self.errors.get(&id).map_or(&[], Vec::as_slice)
    }

    /// Whether something is wrong.
    pub(crate) fn is_faulty(&self) -> bool {
        !self.errors.is_empty() || !self.elsewhere.is_empty()
    }

    /// All that is wrong with fields of the page.
    pub(crate) fn faults(&self) -> impl Iterator<Item = (ParamId, &str)> {
        self.errors.iter().flat_map(|(id, errors)| errors.iter().map(|e| (*id, e.as_str())))
    }

    /// All that is wrong between settings of which none is on the page.
    pub(crate) fn elsewhere(&self) -> &[(Vec<ParamId>, String)] {
        &self.elsewhere
    }

    /// Puts what the store says of the edits next to the fields that it speaks of.
    pub(crate) fn refused(
        &mut self,
        view: View,
        visit: Visit,
        layers: &Layers,
        edits: &[Edit],
        refusals: Vec<Refusal>,
    ) {
        let fields: BTreeSet<ParamId> = view.params(visit).collect();
        for refusal in refusals {
            // The administrator reads the very words of the check and of the command line.
            let message = match visit.is_administrator() {
                true => refusal.message.clone(),
                false => visit.words.refusal(&refusal, &Proposed { layers, edits }),
            };
            let mut here: Vec<ParamId> = refusal.params.iter().copied().filter(|id| fields.contains(id)).collect();
            // A rule over many settings is shown at those that were touched, if any were.
            let touched = |id: &ParamId| self.values.contains_key(id) || self.inherit.contains(id);
            if here.iter().any(touched) {
                here.retain(touched);
            }
            if here.is_empty() {
                self.elsewhere.push((refusal.params, message));
                continue;
            }
            for id in here {
                self.fault(id, &message);
            }
        }
    }

    fn fault(&mut self, id: ParamId, message: &str) {
        self.errors.entry(id).or_default().push(message.to_owned());
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect()
}

/// The values as they would be after the edits.
struct Proposed<'a> {
    layers: &'a Layers,
    edits: &'a [Edit],
}

impl Values for Proposed<'_> {
    fn value(&self, id: ParamId) -> &str {
        match self.edits.iter().rfind(|edit| edit.id() == id) {
            None => self.layers.effective(id).value,
            Some(Edit::Set(_, value)) => value,
            Some(Edit::Inherit(_)) => self.layers.inherited(id, Layer::User).value,
        }
    }
}
