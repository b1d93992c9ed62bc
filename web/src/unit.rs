//! What the unit tells of itself beyond the rows of the spec: plain data, which whoever runs the pages fills in.
//!
//! It stands in the interface for programs as it is here, so the names are part of that interface.

use std::time::Duration;

use jiff::Timestamp;
use offhook_config::Severity;
use offhook_settings::Layer;
use serde::{Serialize, Serializer};

/// How the unit comes by its configuration files.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Provisioning {
    /// Files are being fetched.
    pub busy: bool,
    /// The next fetch, where one is planned.
    pub next: Option<NextFetch>,
    /// What came of the last fetch, also of one before the unit was started.
    pub last: Option<Round>,
    /// The last update of the firmware, or why there was none.
    pub firmware: Option<FirmwareUpdate>,
}

/// An update of the firmware.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FirmwareUpdate {
    /// When, if the unit knew the time.
    pub at: Option<Timestamp>,
    /// The version that was asked for: nn.nnn.
    pub version: String,
    /// Where the image is, without the password.
    pub url: String,
    /// Why it was not installed; nothing where it was.
    pub fault: Option<String>,
}

/// A fetch that is planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NextFetch {
    /// How long it is until then.
    #[serde(serialize_with = "seconds")]
    pub after: Duration,
    /// What it is made for, in a word: `interval`, `daily`, `retry`.
    pub cause: String,
}

/// One round of fetching and applying files.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Round {
    /// When it ended, if the unit knew the time.
    pub at: Option<Timestamp>,
    /// What it was made for, in a word: `start-up`, `interval`.
    pub cause: String,
    /// The files, in the order in which they were fetched.
    pub files: Vec<FetchedFile>,
    /// Rules between settings that do not hold since.
    pub rules: Vec<String>,
}

/// One file of a round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FetchedFile {
    /// The layer that it fills.
    #[serde(serialize_with = "layer")]
    pub layer: Layer,
    /// Where it is, without the password.
    pub url: String,
    /// What came of it.
    pub result: FileResult,
    /// The same in words, with the reason.
    pub told: String,
    /// What its reader had to say, the worst first; not more than a page can show.
    pub findings: Vec<Finding>,
    /// How much the reader had to say in all.
    pub found: usize,
}

/// What came of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileResult {
    /// It is in force.
    InForce,
    /// The server says that it is the one that is in force.
    Unchanged,
    /// It came, and is refused as a whole.
    Refused,
    /// It did not come.
    NotFetched,
    /// It is good, but could not be kept.
    NotKept,
}

impl FileResult {
    /// Whether the layer is what the server has.
    pub const fn is_good(self) -> bool {
        matches!(self, Self::InForce | Self::Unchanged)
    }
}

/// What the reader had to say about a place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    #[serde(serialize_with = "severity")]
    pub severity: Severity,
    /// What kind it is, for machines.
    pub code: String,
    /// Line, from 1.
    pub line: u32,
    /// Characters into the line, from 1.
    pub column: u32,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub remedy: Option<String>,
}

/// The lines and their calls at this moment.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Calls {
    /// Every line that is switched on, in order.
    pub lines: Vec<Line>,
    /// Every call, in the order in which they began.
    pub calls: Vec<Call>,
    /// How well sound keeps its pace.
    pub pace: Pace,
}

/// How well the thread that makes sound keeps its pace, since the unit was started.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Pace {
    /// Frames of 10 ms that were made.
    pub frames: u64,
    /// Frames that came later than their own length, or not at all.
    pub late: u64,
    /// How late the latest was, in milliseconds.
    #[serde(rename = "worst_ms", serialize_with = "milliseconds")]
    pub worst: Duration,
}

/// A line and its server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// 1 to 6.
    pub number: u16,
    /// Its phone number; empty while it has none.
    pub phone_number: String,
    /// How it stands with its registrar.
    pub registration: Registration,
    /// The server that it uses, once it has found one.
    pub server: Option<String>,
    /// Why it is not registered, where the server or the network gave a reason: `403 Forbidden`.
    pub reason: Option<String>,
}

/// How a line stands with its registrar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Registration {
    /// It has no account.
    Off,
    /// It asks.
    Registering,
    /// It can be called.
    Registered,
    /// It was refused, or nobody answers.
    Failed,
}

/// One call.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Call {
    /// Tells it from the others while the unit runs.
    pub id: u64,
    /// The number of its line, from 1.
    pub line: u16,
    /// Who began it.
    pub direction: Direction,
    /// How far it is.
    pub state: CallState,
    /// The number or address of the other side.
    pub peer: String,
    /// The name of the other side; empty where it gave none.
    pub name: String,
    /// Since it began, or since it was answered.
    #[serde(serialize_with = "seconds")]
    pub lasts: Duration,
    /// Its sound, once there is any.
    pub media: Option<Media>,
}

/// Who began a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// The other side.
    Incoming,
    /// This unit.
    Outgoing,
}

/// How far a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallState {
    /// Nobody has answered yet.
    Calling,
    /// It rings here.
    Ringing,
    /// Both sides talk.
    Connected,
    /// This side holds it.
    OnHold,
    /// The other side holds it.
    Held,
    /// Both sides and a third one talk.
    Conference,
}

/// The sound of a call, as RTP counts it (RFC 3550).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Media {
    /// What the sound is coded in: `PCMU`.
    pub codec: String,
    /// Whether it is encrypted (RFC 3711).
    pub encrypted: bool,
    /// Packets that were sent.
    pub sent: u64,
    /// Packets that came.
    pub received: u64,
    /// Packets that never came.
    pub lost: u64,
    /// Packets that came too late to be heard, or twice.
    pub discarded: u64,
    /// How unevenly packets come (RFC 3550 section 6.4.1), in milliseconds.
    #[serde(rename = "jitter_ms", serialize_with = "milliseconds")]
    pub jitter: Duration,
    /// How long a sound waits here to be played, in milliseconds.
    #[serde(rename = "buffer_ms", serialize_with = "milliseconds")]
    pub buffer: Duration,
    /// There and back, in milliseconds, once the other side has reported (RTCP).
    #[serde(rename = "round_trip_ms", serialize_with = "some_milliseconds")]
    pub round_trip: Option<Duration>,
    /// What the other side reports of the packets from here (RTCP).
    pub far: Option<FarEnd>,
    /// How the call is judged by the E-model (ITU-T G.107), 1 to 5.
    pub mos: Option<f32>,
}

/// What the other side reports of the packets that were sent to it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FarEnd {
    /// The share that was lost of late, 0 to 1.
    pub loss: f32,
    /// How unevenly they came, in milliseconds.
    #[serde(rename = "jitter_ms", serialize_with = "milliseconds")]
    pub jitter: Duration,
}

impl Media {
    /// The share of packets that never came, 0 to 1.
    pub fn loss(&self) -> f64 {
        match self.received + self.lost {
            0 => 0.0,
            expected => self.lost as f64 / expected as f64,
        }
    }
}

fn seconds<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(time.as_secs())
}

fn milliseconds<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(time.as_secs_f64() * 1000.0)
}

fn some_milliseconds<S: Serializer>(time: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => milliseconds(time, serializer),
        None => serializer.serialize_none(),
    }
}

fn layer<S: Serializer>(layer: &Layer, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(layer.as_str())
}

fn severity<S: Serializer>(severity: &Severity, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(severity.as_str())
}
