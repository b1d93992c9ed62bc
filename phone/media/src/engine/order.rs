//! What goes through the queues: commands with all that they need already made, and what is to be dropped.

use std::sync::Arc;

use super::channel::{Channel, Renewal};
use super::command::{ChannelId, Event, Feed, Listening, Tone};
use super::music::Music;
use super::sounds::Sounds;
use super::{Digits, Signal};
use crate::dtmf::Digit;

/// To the engine.
pub(super) enum Order {
    Open(Box<Channel>),
    Change(ChannelId, Box<Renewal>),
    Close(ChannelId),
    Feed(ChannelId, Feed),
    Send(ChannelId, Box<Digits>),
    Listen(Listening),
    Mute(bool),
    Start(Tone),
    Stop(Signal),
    Tap,
    KeyDown(Digit),
    KeyUp,
    Ring(u8),
    StopRinging,
    Sounds(Box<Sounds>),
    Music(Option<Arc<Music>>),
}

/// From the engine.
pub(super) enum Answer {
    Event(Event),
    Garbage(Garbage),
}

/// What the engine needs no more: to be dropped where that may take time.
#[expect(dead_code, reason = "it is only made to be dropped")]
pub(super) enum Garbage {
    Channel(Box<Channel>),
    Renewal(Box<Renewal>),
    Digits(Box<Digits>),
    Sounds(Box<Sounds>),
    Music(Arc<Music>),
}
