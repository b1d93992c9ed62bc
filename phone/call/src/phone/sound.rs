//! What the person should hear, worked out anew after each input and compared with what the engine was told last.

use std::collections::BTreeMap;

use offhook_media::engine::{self, ChannelId, Command, Event, Feed, Listening, Tone};
use offhook_media::tone::Signal;
use offhook_params::choices::TouchTones;

use super::call::Call;
use super::{EveryCall, Phone};
use crate::button::Function;
use crate::command::Path;
use crate::output::Output;

/// What the engine does for the person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Sound {
    listening: Listening,
    muted: bool,
    /// The ringtone that sounds.
    ringing: Option<u8>,
    /// The tone that sounds in place of voice.
    tone: Option<Signal>,
    call_waiting: bool,
    hold_alarm: bool,
    feeds: BTreeMap<ChannelId, Feed>,
}

impl Phone {
    /// Tells the engine what is other than before.
    pub(super) fn settle_sound(&mut self) {
        let wanted = self.wanted_sound();
        let had = std::mem::replace(&mut self.sound, wanted.clone());
        let mut commands = Vec::new();
        if had.ringing.is_some() && had.ringing != wanted.ringing {
            commands.push(Command::StopRinging);
        }
        if let Some(tone) = had.tone.filter(|_| had.tone != wanted.tone) {
            commands.push(Command::Stop(tone));
        }
        for (channel, feed) in &wanted.feeds {
            if had.feeds.get(channel).copied().unwrap_or_default() != *feed {
                commands.push(Command::Feed(*channel, *feed));
            }
        }
        if had.listening != wanted.listening {
            commands.push(Command::Listen(wanted.listening));
        }
        if had.muted != wanted.muted {
            commands.push(Command::Mute(wanted.muted));
        }
        if let Some(signal) = wanted.tone.filter(|_| had.tone != wanted.tone) {
            let until = self.desk.after.filter(|(after, _)| *after == signal && *after == Signal::Disconnect);
            let length = until.map(|(_, until)| until.saturating_sub(self.now));
            commands.push(Command::Start(Tone { signal, length }));
        }
        let over = [
            (Signal::CallWaiting, had.call_waiting, wanted.call_waiting),
            (Signal::HoldAlarm, had.hold_alarm, wanted.hold_alarm),
        ];
        for (signal, had, wanted) in over {
            match (had, wanted) {
                (false, true) => commands.push(Command::Start(Tone { signal, length: None })),
                (true, false) => commands.push(Command::Stop(signal)),
                _ => {}
            }
        }
        if let Some(ringtone) = wanted.ringing.filter(|_| had.ringing != wanted.ringing) {
            commands.push(Command::Ring(ringtone));
        }
        self.outputs.extend(commands.into_iter().map(Output::Media));
    }

    fn wanted_sound(&self) -> Sound {
        let listens = self.desk.path.is_some();
        let ringing = self.calls.values().filter(|call| call.rings()).min_by_key(|call| call.id);
        let recalls = self.calls.values().find(|call| call.recall);
        // Data connections are not disturbed by tones.
        let breaks_in = listens && !self.settings.call_control.data_line;
        let ringer = ringing.or(recalls).filter(|_| !listens && !self.is_silenced());
        Sound {
            listening: self.desk.path.map_or(Listening::Off, |path| {
                Listening::On(match path {
                    Path::Handset => engine::Path::Handset,
                    Path::HandsFree => engine::Path::HandsFree,
                    Path::Headset => engine::Path::Headset,
                })
            }),
            muted: listens && self.desk.muted,
            ringing: ringer.map(|call| self.ringtone(call.line)),
            tone: self.wanted_tone().filter(|_| listens),
            call_waiting: breaks_in && ringing.is_some(),
            hold_alarm: breaks_in && ringing.is_none() && recalls.is_some(),
            feeds: self
                .calls
                .values()
                .filter(|call| call.voice.told.is_some())
                .map(|call| (call.voice.channel, self.feed(call)))
                .collect(),
        }
    }

    /// The tone in place of voice, if there is to be one.
    fn wanted_tone(&self) -> Option<Signal> {
        if let Some((signal, _)) = self.desk.after {
            return Some(signal);
        }
        if let Some(session) = &self.desk.dialling {
            let first = !session.is_on_hook() && session.digits().is_empty();
            return first.then(|| match session.consults_for {
                Some(_) => Signal::DialInCall,
                None if self.slots[session.line].messages.waiting => Signal::Stutter,
                None => Signal::Dial,
            });
        }
        let call = self.call(self.desk.focus?)?;
        call.wants_ringback().then_some(Signal::Ringback)
    }

    fn feed(&self, call: &Call) -> Feed {
        match self.every_call {
            Some(EveryCall::Echoed) => return Feed::Echo,
            Some(EveryCall::Heard) => return Feed::Person,
            None => {}
        }
        if call.is_up() && call.held {
            Feed::Hold
        } else if self.desk.conference.contains(&call.id) {
            Feed::Conference
        } else if self.desk.focus == Some(call.id) && (call.is_up() || call.has_early_voice()) {
            Feed::Person
        } else {
            Feed::Silence
        }
    }

    /// Whether the ringer is to be silent, where people may silence it.
    fn is_silenced(&self) -> bool {
        let sounds = &self.settings.sounds;
        self.settings.call_control.ringing_off_allowed && (sounds.ringing_off || sounds.ringer_volume.is_none())
    }

    /// The ringtone of a line: that of its first button, or else the phone's.
    fn ringtone(&self, line: usize) -> u8 {
        let own = self.functions.iter().find_map(|function| match *function {
            Function::Line { line: number, ringtone } if usize::from(number) == line + 1 => Some(ringtone),
            _ => None,
        });
        own.unwrap_or(self.settings.sounds.ringtone)
    }

    /// The tone of a key, if keys have tones (guide rule 48).
    pub(super) fn key_tone(&mut self, key: char) {
        let on = match self.settings.sounds.touch_tones {
            TouchTones::Provisioned => self.settings.call_control.key_tones,
            TouchTones::On => true,
            TouchTones::Off => false,
        };
        if on {
            self.outputs.extend([Command::KeyDown(key), Command::KeyUp].map(Output::Media));
        }
    }

    /// The engine tells something.
    pub(super) fn on_engine(&mut self, event: &Event) {
        match event {
            Event::Closed(channel, _) => drop(self.closing.remove(channel)),
            Event::Digit { channel, digit, .. } => {
                if let Some(call) = self.call_of(*channel) {
                    self.output(Output::Event(crate::output::Event::Digit { call, digit: *digit }));
                }
            }
            Event::Heard(channel) => {
                if let Some(call) = self.call_of(*channel).and_then(|call| self.calls.get_mut(&call)) {
                    call.voice.heard = true;
                }
            }
            Event::Report(channel, report) => {
                if let Some(call) = self.call_of(*channel).and_then(|call| self.calls.get_mut(&call)) {
                    call.voice.figures = Some(report.into());
                }
            }
            Event::DeviceLost | Event::DeviceBack => {
                self.desk.device_lost = matches!(event, Event::DeviceLost);
                self.output(Output::Event(crate::output::Event::Device { lost: self.desk.device_lost }));
            }
            _ => {}
        }
    }
}
