//! What the phone is doing, as screens and programs see it.

use serde::{Deserialize, Serialize};

use crate::button::Function;
use crate::command::{CallId, Path};
use crate::figures::{Figures, Pace};

/// All that is going on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct State {
    /// The six lines.
    pub lines: Vec<LineState>,
    /// The calls, the oldest first.
    pub calls: Vec<CallState>,
    /// A number that is being dialled.
    pub dialling: Option<Dialling>,
    /// By which device somebody talks and listens; none while the phone is on hook.
    pub path: Option<Path>,
    /// The microphone is off.
    pub muted: bool,
    /// The sound device in use does not answer: calls go on, without sound on this side.
    #[serde(default)]
    pub device_lost: bool,
    /// How well sound keeps its pace.
    #[serde(default)]
    pub pace: Pace,
    /// Missed calls that nobody has looked at.
    pub missed: usize,
    /// The 24 flexible buttons.
    pub buttons: Vec<ButtonState>,
}

/// What a line is doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineState {
    /// 1 to 6.
    pub line: u8,
    /// Its number, or the user part of its address.
    pub number: String,
    /// How it stands with its registrar.
    pub registration: Registration,
    /// The server that it is registered at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// Why it could not be registered last; none while all is well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// Voice mail.
    pub messages: Messages,
    /// Turns calls away.
    pub do_not_disturb: bool,
    /// Where calls are sent on to, always, when busy, when nobody answers.
    pub forwards: Forwards,
}

/// How a line stands with its registrar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Registration {
    /// The line is not in service.
    #[default]
    Off,
    /// It tries.
    Registering,
    /// It is registered.
    Registered,
    /// The registrar does not want it.
    Refused,
}

/// Voice mail of a line (RFC 3842).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Messages {
    /// Some are waiting.
    pub waiting: bool,
    /// How many are new, as far as the server tells.
    pub new: u32,
    /// How many are old.
    pub old: u32,
}

/// Where a line sends its calls.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Forwards {
    /// Every call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub always: Option<String>,
    /// Calls while the line is in use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub busy: Option<String>,
    /// Calls that nobody answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_answer: Option<String>,
}

/// A call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallState {
    /// Which.
    pub call: CallId,
    /// Its line, 1 to 6.
    pub line: u8,
    /// Somebody called us.
    pub incoming: bool,
    /// How far it is.
    pub stage: Stage,
    /// The other party's number as it is shown; none if it is hidden.
    pub number: Option<String>,
    /// The other party's name; empty if unknown.
    pub name: String,
    /// The name or number of the group that was called, where the settings show it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The person is with it.
    pub active: bool,
    /// It is part of a conference on the unit.
    pub conference: bool,
    /// The other side holds it.
    pub held_there: bool,
    /// It has been on hold for long.
    pub recall: bool,
    /// A transfer of it is under way.
    pub transfer: bool,
    /// When it was answered, in seconds since 1970 UTC; none before that, or if the clock is not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<u64>,
    /// What carries the voice, once that is agreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codec: Option<String>,
    /// The voice is encrypted.
    #[serde(default)]
    pub encrypted: bool,
    /// How the voice fares, from its first second on; not in events, which would come every second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice: Option<Figures>,
}

/// How far a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Ours, on its way.
    Calling,
    /// Ours, and it rings there.
    RingingThere,
    /// Theirs, and it rings here.
    Ringing,
    /// Theirs, and it is told of while the person talks to somebody else.
    Waiting,
    /// Both sides talk.
    Talking,
    /// On hold by us.
    Held,
}

/// A number that is being dialled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dialling {
    /// The line, 1 to 6.
    pub line: u8,
    /// The keys so far.
    pub digits: String,
    /// Typed with the phone on hook.
    pub on_hook: bool,
    /// For the transfer of this call, or a conference with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consults_for: Option<CallId>,
}

/// A flexible button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ButtonState {
    /// 1 to 24.
    pub button: u8,
    /// Its label.
    pub label: String,
    /// What it is for.
    #[serde(flatten)]
    pub function: Function,
    /// What its light tells.
    pub light: Light,
}

/// What the light of a button tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Light {
    /// Nothing: the function has no state, or the state is not known.
    #[default]
    Off,
    /// Line or extension is free.
    Free,
    /// It rings: a call on the line, or at the extension.
    Ringing,
    /// In use: by a call here, or by the extension.
    InUse,
    /// A call is on hold here, or at another phone of a shared line.
    Held,
    /// Another phone of a shared line uses it.
    Elsewhere,
    /// Switched on: the headset.
    On,
    /// The line is not registered.
    OutOfService,
}
