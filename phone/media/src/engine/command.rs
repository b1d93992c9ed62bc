//! What the engine is told, and what it tells: plain data that crosses from calls to the audio thread and back.

use std::time::Duration;

use super::report::Report;
use crate::audio::Path;
use crate::sdp::Agreed;
use crate::tone::Signal;

/// A channel of the engine: the voice of one call. The caller chooses the number; it is free again after
/// [`Event::Closed`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChannelId(pub u16);

/// What a channel carries. [`Command::Change`] replaces all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stream {
    /// What offer and answer came to. While it is `closed`, or without an address, nothing is sent.
    pub agreed: Agreed,
    /// Whether digits go as tones in the voice, even where telephone events are agreed on.
    pub digits_inband: bool,
    /// How long voice may wait for late packets.
    pub delays: Delays,
    /// How often RTCP reports are sent, if they are.
    pub reports: Option<Duration>,
}

/// The bounds of the jitter buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delays {
    /// The shortest delay that it may shrink to.
    pub minimum: Duration,
    /// The delay to begin with.
    pub initial: Duration,
    /// The longest delay that it may grow to.
    pub maximum: Duration,
}

/// What a channel sends, and with it whether the person hears the channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Feed {
    /// Silence; the person does not hear the channel.
    #[default]
    Silence,
    /// The person, who hears the channel.
    Person,
    /// The person and everybody else in the conference, all of whom hear each other.
    Conference,
    /// Hold music, or the hold tone where no music is set; the person does not hear the channel.
    Hold,
    /// What comes is sent back; the person does not hear the channel.
    Echo,
}

/// Whether the person's devices are in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Listening {
    /// On hook: only the ringer sounds.
    #[default]
    Off,
    /// Off hook by this path.
    On(Path),
}

/// A tone to the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tone {
    /// Which.
    pub signal: Signal,
    /// How long it lasts, if not until it is stopped.
    pub length: Option<Duration>,
}

/// Digits to the other side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digits {
    /// Of `0` to `9`, `*`, `#`, `A` to `D`; others are left out.
    pub digits: String,
    /// Length of each.
    pub length: Duration,
    /// Pause after each.
    pub pause: Duration,
}

/// What the engine shall do. All commands are carried out in order, at the next tick; one that names a channel that is not
/// open does nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Command {
    /// Opens a channel, silent both ways until [`Command::Feed`]. An open channel of this number is closed first.
    Open {
        /// Which.
        channel: ChannelId,
        /// What it carries.
        stream: Stream,
    },
    /// Changes what an open channel carries, without a gap where codec and address stay.
    Change {
        /// Which.
        channel: ChannelId,
        /// What it carries from now on.
        stream: Stream,
    },
    /// Closes a channel.
    Close(ChannelId),
    /// Sets what a channel sends and whether it is heard.
    Feed(ChannelId, Feed),
    /// Sends digits, by event or tone as the channel has it, after those that are still being sent. They are dropped where the
    /// agreement lets nothing be sent.
    Send(ChannelId, Digits),
    /// Picks up, changes the path, or hangs up.
    Listen(Listening),
    /// Sends silence instead of the person.
    Mute(bool),
    /// Starts a tone. Dial, busy, failure, disconnect and ringback tones replace each other; hold alarm and call waiting tone
    /// sound over whatever is heard.
    Start(Tone),
    /// Stops a tone, if it sounds.
    Stop(Signal),
    /// Something on the display was chosen.
    Tap,
    /// A key goes down: its tone sounds until [`Command::KeyUp`], but for at least 60 ms.
    KeyDown(char),
    /// The key goes up.
    KeyUp,
    /// Rings with this ringer, 1 to 32, until [`Command::StopRinging`].
    Ring(u8),
    /// Stops ringing.
    StopRinging,
}

/// What happened in the engine.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// The other side sent a digit: it ended, or was told of in full.
    Digit {
        /// On which channel.
        channel: ChannelId,
        /// `0` to `9`, `*`, `#`, `A` to `D`.
        digit: char,
        /// How long it was.
        length: Duration,
    },
    /// The first packet of voice has come: since the channel was opened, or was changed to hear somebody elsewhere.
    Heard(ChannelId),
    /// All digits of a channel have been sent, or dropped since nothing may be sent any more.
    DigitsSent(ChannelId),
    /// A tone with a length has ended by itself.
    ToneEnded(Signal),
    /// How a channel fares; told every second.
    Report(ChannelId, Report),
    /// A channel is closed, and its number free. None if it could not be opened, because too many are.
    Closed(ChannelId, Option<Report>),
    /// The audio device went away; calls go on, silent on this side.
    DeviceLost,
    /// The audio device is back.
    DeviceBack,
}
