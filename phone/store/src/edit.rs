//! Edits of the user layer: applied to a copy, checked together, and refused with every reason at once.

use std::collections::BTreeSet;
use std::fmt;

use offhook_params::rules::{Breach, breaches};
use offhook_params::{Fault, ParamId};
use offhook_settings::{ChangeSet, Layer, LayerValues, Layers, Method, Origin};

/// One step of an edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Give the parameter this value; the empty string is one where the parameter allows it.
    Set(ParamId, String),
    /// Back to what the layers below give.
    Inherit(ParamId),
}

impl Edit {
    /// The parameter that it is about.
    pub const fn id(&self) -> ParamId {
        match self {
            Self::Set(id, _) | Self::Inherit(id) => *id,
        }
    }
}

/// One reason why an edit was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The parameters to point at.
    pub params: Vec<ParamId>,
    /// What kind of reason it is.
    pub reason: Reason,
    /// In words, to be read next to the parameter's name.
    pub message: String,
}

/// What kind of reason speaks against an edit.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The parameter does not allow the value.
    Value(Fault),
    /// The parameter cannot be changed this way.
    Method(Method),
    /// The rule with this identifier would no longer hold.
    Rule(&'static str),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.reason, self.params.first()) {
            (Reason::Value(_) | Reason::Method(_), Some(id)) => write!(f, "{id} {}", self.message),
            _ => f.write_str(&self.message),
        }
    }
}

/// The layers after an edit that nothing speaks against.
#[derive(Debug)]
pub(crate) struct Edited {
    pub(crate) layers: Layers,
    pub(crate) changes: ChangeSet,
}

/// What `edits` make of `layers`; of several edits of one parameter the last counts.
pub(crate) fn apply(layers: &Layers, edits: &[Edit], method: Method) -> Result<Edited, Vec<Refusal>> {
    let mut user = layers.layer(Layer::User).clone();
    let refusals: Vec<_> = edits.iter().filter_map(|edit| apply_one(&mut user, edit, method).err()).collect();
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let mut after = layers.clone();
    let changes = after.replace(Layer::User, user);
    match new_breaches(layers, &after) {
        refusals if refusals.is_empty() => Ok(Edited { layers: after, changes }),
        refusals => Err(refusals),
    }
}

fn apply_one(user: &mut LayerValues, edit: &Edit, method: Method) -> Result<(), Refusal> {
    let id = edit.id();
    if !allows(id, method) && !takes_back(user, edit, method) {
        let message = match method {
            Method::Web => "cannot be changed on the web page",
            Method::Phone => "cannot be changed on the phone",
            Method::File => "cannot be set by a configuration file",
            Method::Factory => "has its factory value for good",
        };
        return Err(Refusal { params: vec![id], reason: Reason::Method(method), message: message.to_owned() });
    }
    match edit {
        Edit::Inherit(_) => {
            user.remove(id);
            Ok(())
        }
        // An unchanged value keeps its origin, so that a form that is sent whole claims only what it changes.
        Edit::Set(_, value) if user.get(id).is_some_and(|(old, _)| old == value) => Ok(()),
        Edit::Set(_, value) => user.set(id, value.as_str(), Origin::by(method)).map_err(|fault| Refusal {
            params: vec![id],
            message: fault.to_string(),
            reason: Reason::Value(fault),
        }),
    }
}

/// Whether the spec gives the parameter a place where `method` changes it.
fn allows(id: ParamId, method: Method) -> bool {
    let family = id.family();
    match method {
        Method::Web => family.web.is_some(),
        Method::Phone => family.phone.is_some(),
        Method::File => family.file,
        Method::Factory => false,
    }
}

/// Whether the edit takes a value back that came in a file, which the page may import and nothing else would undo.
fn takes_back(user: &LayerValues, edit: &Edit, method: Method) -> bool {
    let from_file = |id| user.get(id).is_none_or(|(_, origin)| origin.method == Method::File);
    method == Method::Web && matches!(edit, Edit::Inherit(id) if from_file(*id))
}

/// Errors that `after` has and `before` had not: what was wrong already does not keep people from other work.
fn new_breaches(before: &Layers, after: &Layers) -> Vec<Refusal> {
    let key = |breach: &Breach| (breach.rule.id, breach.params());
    let old: BTreeSet<_> = breaches(before).iter().map(key).collect();
    let new = breaches(after).into_iter().filter(|breach| breach.rule.error && !old.contains(&key(breach)));
    new.map(|breach| Refusal {
        params: breach.params(),
        reason: Reason::Rule(breach.rule.id),
        message: breach.message(after),
    })
    .collect()
}
