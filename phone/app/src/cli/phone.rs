//! Commands that drive a running phone, as a person's fingers would.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// What a running phone is told.
#[derive(Subcommand)]
pub(crate) enum PhoneCommand {
    /// Show the lines of the running phone: numbers, registration, messages, forwards
    Lines(PhoneArgs),
    /// Show the calls of the running phone, with the numbers that other commands know them by
    Calls(PhoneArgs),
    Call(CallArgs),
    Dial(DialArgs),
    /// Take a call that rings
    Answer(OneCallArgs),
    /// Turn a call away that rings
    Reject(OneCallArgs),
    /// End a call
    HangUp(OneCallArgs),
    /// Put a call on hold
    Hold(OneCallArgs),
    /// Take a call back from hold
    Resume(OneCallArgs),
    Transfer(TransferArgs),
    Conference(ConferenceArgs),
    Dtmf(DtmfArgs),
    /// Show the flexible buttons that have a function, and what their lights tell
    Buttons(PhoneArgs),
    Press(PressArgs),
    Log(LogArgs),
    Contacts(ContactsArgs),
    /// Show what happens on the running phone, as it happens
    Events(PhoneArgs),
    Tell(TellArgs),
}

/// The phone that is meant.
#[derive(Args)]
pub(crate) struct PhoneArgs {
    /// State folder of the running phone, as given to `offhook run`
    #[arg(long, value_name = "DIR", env = "OFFHOOK_STATE")]
    pub(crate) state: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// A call of the phone.
#[derive(Args)]
pub(crate) struct OneCallArgs {
    /// Number of the call, as `offhook calls` shows it; the obvious one if it is left out: for answering the one that has
    /// rung longest, for resuming the one that was held last, else the one that you are with
    pub(crate) call: Option<u16>,
    #[command(flatten)]
    pub(crate) phone: PhoneArgs,
}

/// Call a number at once
///
/// The dial plan of the line decides what becomes of it. The call's number is printed at once; with --wait the command goes
/// on to tell how it goes, until somebody has answered, or with code 1 until it has failed.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  offhook call --state ~/.offhook 2002\n  offhook call --state ~/.offhook --line 2 \
    sip:bob@example.com"
)]
pub(crate) struct CallArgs {
    /// Digits, `user@host`, or a SIP URI
    pub(crate) number: String,
    /// Line to call by, 1 to 6; the default line if it is left out
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=6))]
    pub(crate) line: Option<u8>,
    /// Hide who calls
    #[arg(long)]
    pub(crate) hide: bool,
    /// Wait until somebody has answered or the call has failed, and tell how it goes
    #[arg(long)]
    pub(crate) wait: bool,
    #[command(flatten)]
    pub(crate) phone: PhoneArgs,
}

/// Press digits, one after the other, as on the keypad
///
/// Picks up first if nobody did. The line's dial plan and its timers then decide when the call is made, unless --now ends
/// the number. During a call the digits go to the other side.
#[derive(Args)]
#[command(after_help = "Examples:\n  offhook dial --state ~/.offhook 20\n  offhook dial --state ~/.offhook 02 --now")]
pub(crate) struct DialArgs {
    /// Of 0 to 9, *, # and +
    pub(crate) digits: String,
    /// Line to pick up, 1 to 6; the default line if it is left out
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=6))]
    pub(crate) line: Option<u8>,
    /// Call at once after the last digit
    #[arg(long)]
    pub(crate) now: bool,
    #[command(flatten)]
    pub(crate) phone: PhoneArgs,
}

/// Transfer a call: blind to a number, or to the party of another call
///
/// With a number the call is transferred at once. With --to the two parties are joined, and the phone leaves. With neither
/// the call is held, and a dial tone asks for a number to consult: `offhook dial` it, then transfer with --to.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  offhook transfer --state ~/.offhook 2003\n  offhook transfer --state ~/.offhook --call 1 \
    --to 2"
)]
pub(crate) struct TransferArgs {
    /// Number that the call goes to
    #[arg(conflicts_with = "to")]
    pub(crate) number: Option<String>,
    /// Call that is transferred; the one that you are with if it is left out
    #[arg(long, value_name = "CALL")]
    pub(crate) call: Option<u16>,
    /// Other call, whose party it goes to
    #[arg(long, value_name = "CALL")]
    pub(crate) to: Option<u16>,
    #[command(flatten)]
    pub(crate) phone: PhoneArgs,
}

/// Join two calls, so that all three hear each other
#[derive(Args)]
pub(crate) struct ConferenceArgs {
    /// Call that joins; the one that was held last if it is left out
    #[arg(long, value_name = "CALL")]
    pub(crate) with: Option<u16>,
    #[command(flatten)]
    pub(crate) phone: PhoneArgs,
}

/// Send digits to the other side of a call
#[derive(Args)]
pub(crate) struct DtmfArgs {
    /// Of 0 to 9, *, #, A to D
    pub(crate) digits: String,
    /// Call; the one that you are with if it is left out
    #[arg(long, value_name = "CALL")]
    pub(crate) call: Option<u16>,
    #[command(flatten)]
    pub(crate) phone: PhoneArgs,
}

/// Press a flexible button
#[derive(Args)]
pub(crate) struct PressArgs {
    /// Which, 1 to 24; `offhook buttons` shows what they are for
    #[arg(value_parser = clap::value_parser!(u8).range(1..=24))]
    pub(crate) button: u8,
    #[command(flatten)]
    pub(crate) phone: PhoneArgs,
}

/// Show a call log, the newest call first
#[derive(Args)]
pub(crate) struct LogArgs {
    /// Which
    #[arg(value_enum, default_value_t = LogKind::Missed)]
    pub(crate) kind: LogKind,
    #[command(flatten)]
    pub(crate) phone: PhoneArgs,
}

/// A call log.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum LogKind {
    /// Calls that came in and were not answered here
    Missed,
    /// Calls that came in and were answered or turned away by a person
    Received,
    /// Calls that went out
    Dialled,
}

/// Show the phone book, fill it from vCards, or write it as vCards
#[derive(Args)]
#[command(after_help = "Examples:\n  offhook contacts smith --state ~/.offhook\n  \
    offhook contacts --import colleagues.vcf --state ~/.offhook\n  offhook contacts --export --state ~/.offhook > all.vcf")]
pub(crate) struct ContactsArgs {
    /// Those with this in name, company or number; all if it is left out
    #[arg(default_value = "", hide_default_value = true)]
    pub(crate) search: String,
    /// Add the contacts of a file of vCards, version 3 or 4
    #[arg(long, value_name = "FILE", conflicts_with_all = ["search", "export"])]
    pub(crate) import: Option<PathBuf>,
    /// Print all contacts as vCards of version 4
    #[arg(long, conflicts_with = "search")]
    pub(crate) export: bool,
    #[command(flatten)]
    pub(crate) phone: PhoneArgs,
}

/// Send the phone a command of its control socket about lines and calls, written as JSON
///
/// The answer is printed as JSON.
#[derive(Args)]
#[command(after_help = "Examples:\n  offhook tell --state ~/.offhook '{\"command\": \"redial\"}'\n  \
    offhook tell --state ~/.offhook '{\"command\": \"do-not-disturb\", \"line\": 1, \"on\": true}'")]
pub(crate) struct TellArgs {
    /// A command, as JSON
    pub(crate) command: String,
    /// State folder of the running phone, as given to `offhook run`
    #[arg(long, value_name = "DIR", env = "OFFHOOK_STATE")]
    pub(crate) state: PathBuf,
}
