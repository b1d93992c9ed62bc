//! What people and programs want of the phone, and what they get in return.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::contacts::{self, Contact};
use crate::log::{Entry, Kind};
use crate::state::State;

/// Digits that [`Command::Dtmf`] takes at once: whatever sends them has room for as many.
pub const MOST_DIGITS: usize = 32;

/// A call of the phone, on whichever line. Numbers are not used again before 65535 other calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CallId(pub u16);

impl std::fmt::Display for CallId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// By which device a person talks and listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Path {
    /// The handset.
    Handset,
    /// Speaker and microphone of the unit.
    #[default]
    HandsFree,
    /// The headset.
    Headset,
}

/// When calls are sent on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForwardWhen {
    /// Always.
    Always,
    /// While the line is in use.
    Busy,
    /// If nobody answers.
    NoAnswer,
}

/// A command. Lines count from 1 to 6, buttons from 1 to 24. Where a call may be left out, the one is meant that the person is
/// with or, for answering, the one that has rung longest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Command {
    /// Calls a number or SIP address at once, by the line's dial plan (guide rule 218).
    Call {
        /// Digits with or without marks between them, `user@host`, or a SIP URI.
        number: String,
        /// The line; the default line if none is given.
        #[serde(default)]
        line: Option<u8>,
        /// Hides the caller, or shows it whatever is set.
        #[serde(default)]
        hide: Option<bool>,
    },
    /// Calls the number of an entry of a log (guide rule 268).
    CallEntry {
        /// The entry.
        entry: u64,
    },
    /// Calls a contact.
    CallContact {
        /// The contact.
        contact: u32,
        /// Which of its numbers, from 0.
        #[serde(default)]
        number: usize,
        /// The line; the default line if none is given.
        #[serde(default)]
        line: Option<u8>,
    },
    /// Calls the voice mail of a line (guide rule 279).
    CallVoiceMail {
        /// The line; the default line if none is given.
        #[serde(default)]
        line: Option<u8>,
    },
    /// Calls the number again that was called last, or tells the log of dialled calls, as is set.
    Redial,
    /// Picks up: answers what rings, dials what was typed before, or gives a dial tone.
    OffHook {
        /// By what.
        #[serde(default)]
        path: Option<Path>,
        /// The line; the default line if none is given.
        #[serde(default)]
        line: Option<u8>,
    },
    /// Hangs up the handset, or ends hands-free talking: completes a transfer where that is set (guide rule 195).
    OnHook,
    /// Presses a key: a digit of a number, or during a call a digit for the other side.
    Key {
        /// `0` to `9`, `*`, `#`, `+`.
        key: char,
    },
    /// Ends dialling, and calls.
    Dial,
    /// Takes a call that rings.
    Answer {
        /// Which.
        #[serde(default)]
        call: Option<CallId>,
    },
    /// Turns a call away that rings.
    Reject {
        /// Which.
        #[serde(default)]
        call: Option<CallId>,
    },
    /// Sends a call on that rings.
    Deflect {
        /// Which.
        #[serde(default)]
        call: Option<CallId>,
        /// Where to.
        number: String,
    },
    /// Ends a call, or all of a conference.
    HangUp {
        /// Which.
        #[serde(default)]
        call: Option<CallId>,
    },
    /// Puts a call on hold.
    Hold {
        /// Which.
        #[serde(default)]
        call: Option<CallId>,
    },
    /// Takes a call back from hold. The one that the person is with is held meanwhile.
    Resume {
        /// Which; the one that was held last if none is given.
        #[serde(default)]
        call: Option<CallId>,
    },
    /// Transfers a call.
    Transfer {
        /// Which.
        #[serde(default)]
        call: Option<CallId>,
        /// To this number, without asking there: a blind transfer.
        #[serde(default)]
        number: Option<String>,
        /// To the party of this other call: an attended transfer. With neither, the call is held and a dial tone asks for a
        /// number to consult.
        #[serde(default)]
        to: Option<CallId>,
    },
    /// Lets the parties of two calls hear each other: on the unit, or on the conference server if one is set.
    Conference {
        /// Which other call joins; the one that was held last if none is given.
        #[serde(default)]
        with: Option<CallId>,
    },
    /// Ends a conference on the unit, and holds its calls.
    Split,
    /// Sends digits to the other side.
    Dtmf {
        /// To which.
        #[serde(default)]
        call: Option<CallId>,
        /// Of `0` to `9`, `*`, `#`, `A` to `D`.
        digits: String,
    },
    /// The flash/recall key: ends the call or sends a flash hook (guide rule 269).
    Flash,
    /// Picks up a call that rings at an extension, by the feature number for that.
    PickUp {
        /// The extension.
        number: String,
    },
    /// Presses a flexible button.
    Press {
        /// Which, 1 to 24.
        button: u8,
    },
    /// Sends silence instead of the person.
    Mute {
        /// Or the person again.
        on: bool,
    },
    /// Talks by another device.
    Path {
        /// Which.
        path: Path,
    },
    /// Turns calls away, or no longer.
    DoNotDisturb {
        /// The line; all lines if none is given.
        #[serde(default)]
        line: Option<u8>,
        /// Away.
        on: bool,
    },
    /// Sends calls on, or no longer.
    Forward {
        /// The line; all lines if none is given.
        #[serde(default)]
        line: Option<u8>,
        /// When.
        when: ForwardWhen,
        /// On.
        on: bool,
        /// Where to; the number that is set if none is given.
        #[serde(default)]
        number: Option<String>,
        /// After how many rings: 0, or 2 to 20.
        #[serde(default)]
        rings: Option<u8>,
    },
    /// Silences the ringer, where people may (`RINGING_OFF_SETTING_ENABLE`).
    RingingOff {
        /// Silent.
        on: bool,
    },
    /// Takes calls without anybody's doing.
    AutoAnswer {
        /// So.
        on: bool,
    },
    /// Asks for all that is going on.
    Status,
    /// Asks for a log.
    Log {
        /// Which.
        kind: Kind,
    },
    /// Somebody has seen the missed calls.
    SeeMissed,
    /// Removes an entry of a log.
    RemoveEntry {
        /// Which.
        entry: u64,
    },
    /// Empties a log.
    ClearLog {
        /// Which.
        kind: Kind,
    },
    /// Asks for contacts.
    Contacts {
        /// Those with this in name, company or number; all if it is empty.
        #[serde(default)]
        search: String,
    },
    /// Adds a contact.
    AddContact {
        /// The contact.
        contact: Contact,
    },
    /// Changes a contact.
    ChangeContact {
        /// Which.
        id: u32,
        /// What it is from now on.
        contact: Contact,
    },
    /// Removes a contact.
    RemoveContact {
        /// Which.
        id: u32,
    },
    /// Adds the contacts of vCards.
    ImportContacts {
        /// Version 3 or 4.
        cards: String,
    },
    /// Asks for all contacts as vCards of version 4.
    ExportContacts,
}

/// What a command has led to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Reply {
    /// Done.
    Done,
    /// This call is being made, or was meant.
    Call(CallId),
    /// All that is going on.
    Status(Box<State>),
    /// The entries of a log, the newest first.
    Log(Vec<Entry>),
    /// Contacts by name.
    Contacts(Vec<Listed>),
    /// The new contact has this id.
    Contact(u32),
    /// vCards.
    Cards(String),
    /// What became of imported cards.
    Imported {
        /// New contacts.
        added: usize,
        /// Cards of contacts that were there already.
        known: usize,
        /// Why cards were left out, each with the line that it begins at.
        skipped: Vec<(usize, String)>,
    },
}

/// A contact with its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// The id.
    pub id: u32,
    /// The contact.
    #[serde(flatten)]
    pub contact: Contact,
}

/// Why a command was not carried out. Nothing has changed then.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Not 1 to 6, or not in service.
    #[error("line {0} is not in service")]
    Line(u8),
    /// Not 1 to 24.
    #[error("there is no button {0}")]
    Button(u8),
    /// No such call.
    #[error("there is no call {0}")]
    Call(CallId),
    /// No call that was meant.
    #[error("there is no call for this")]
    NoCall,
    /// The call is in another state.
    #[error("the call is in no state for this")]
    State,
    /// The number cannot be called.
    #[error("{0:?} is neither a number nor a SIP address")]
    Number(String),
    /// The dial plan refuses the number.
    #[error("the dial plan refuses the number: {0}")]
    DialPlan(offhook_dialplan::Refusal),
    /// All channels are in use.
    #[error("there are too many calls")]
    TooMany,
    /// No number to call: nobody was called yet, none is set.
    #[error("there is no number for this")]
    NoNumber,
    /// People may not, by the settings.
    #[error("the settings do not allow this")]
    Forbidden,
    /// No digit.
    #[error("{0:?} is not a key of the phone")]
    Key(char),
    /// More digits than [`MOST_DIGITS`], or those before them are not sent yet.
    #[error("at most {MOST_DIGITS} digits can be sent at once, and those before them have to be out")]
    Digits,
    /// No entry.
    #[error("the logs have no entry {0}")]
    Entry(u64),
    /// About contacts.
    #[error("{0}")]
    Contact(#[from] contacts::Refusal),
    /// A value of a setting that cannot be.
    #[error("{0}")]
    Value(String),
}
