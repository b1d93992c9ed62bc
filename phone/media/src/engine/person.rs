//! The person: what is heard besides other people, how loud, and by which path.

use std::time::Duration;

use super::command::{Event, Listening, Tone};
use super::sounds::Sounds;
use super::{FRAME_TIME, WIDE};
use crate::audio::{Path, Play, RATE};
use crate::dtmf::Digit;
use crate::dtmf::inband::Generator;
use crate::echo::Canceller;
use crate::mixer::{Fader, Limiter};
use crate::ringer::{self, Ringer};
use crate::tone::{Player, Signal};

/// Gain of key tones, which sound at the ear, in dB over those that are sent.
const KEY_GAIN: f32 = -12.0;

/// The shortest key tone, and one that nobody ends.
const SHORT: Duration = Duration::from_millis(60);
const LONG: Duration = Duration::from_secs(10);

/// What answers a tap on the display: a short high tone, unlike those of keys.
const TAP: ([f32; 2], f32, Duration) = ([1800.0, 0.0], -24.0, Duration::from_millis(30));

/// Ears and mouth of the unit.
pub(super) struct Person {
    pub(super) sounds: Box<Sounds>,
    listening: Listening,
    muted: bool,
    mouth: Fader,
    /// The tone of the progress of a call, one that dies away, and one that breaks in.
    progress: Option<Sounding>,
    fading: Option<Player>,
    over: Option<Sounding>,
    key: Option<Generator>,
    tap: Option<Tap>,
    ringer: Option<ringer::Player>,
    /// The volume that the last frame ended with.
    volume: f32,
    ear: Limiter,
    speaker: Limiter,
    voice_out: [i16; WIDE],
    speaker_out: [i16; WIDE],
    /// Made with the unit, for it takes memory.
    canceller: Box<Canceller>,
}

/// A tone that sounds.
#[derive(Debug, Clone, Copy)]
struct Sounding {
    signal: Signal,
    player: Player,
    left: Option<Duration>,
}

/// The answer to a tap, and how long it lasts yet.
#[derive(Debug, Clone, Copy)]
struct Tap {
    player: Player,
    left: Duration,
}

impl Sounding {
    /// What is left of it when it ends softly.
    fn ending(self) -> Player {
        let mut player = self.player;
        player.stop();
        player
    }
}

impl Person {
    pub(super) fn new(sounds: Box<Sounds>) -> Self {
        Person {
            sounds,
            listening: Listening::Off,
            muted: false,
            mouth: Fader::default(),
            progress: None,
            fading: None,
            over: None,
            key: None,
            tap: None,
            ringer: None,
            volume: 0.0,
            ear: Limiter::new(),
            speaker: Limiter::new(),
            voice_out: [0; WIDE],
            speaker_out: [0; WIDE],
            canceller: Box::new(Canceller::new()),
        }
    }

    /// The path in use.
    pub(super) fn path(&self) -> Option<Path> {
        match self.listening {
            Listening::Off => None,
            Listening::On(path) => Some(path),
        }
    }

    pub(super) fn listen(&mut self, listening: Listening) {
        if self.path() == Some(Path::HandsFree) && listening != self.listening {
            self.canceller.rest();
        }
        self.listening = listening;
        if listening == Listening::Off {
            (self.progress, self.over) = (None, None);
        }
        self.open_mouth();
    }

    pub(super) fn mute(&mut self, muted: bool) {
        self.muted = muted;
        self.open_mouth();
    }

    pub(super) fn start(&mut self, tone: Tone) {
        let player = Player::new(self.sounds.tones.get(tone.signal), RATE);
        let sounding = Some(Sounding { signal: tone.signal, player, left: tone.length });
        if tone.signal.breaks_in() {
            self.fading = self.over.take().map(Sounding::ending).or(self.fading);
            self.over = sounding;
        } else {
            self.fade();
            self.progress = sounding;
        }
    }

    pub(super) fn stop(&mut self, signal: Signal) {
        if self.progress.is_some_and(|sounding| sounding.signal == signal) {
            self.fade();
        }
        if let Some(over) = self.over.as_mut().filter(|sounding| sounding.signal == signal) {
            over.player.stop();
        }
    }

    pub(super) fn key_down(&mut self, digit: Digit) {
        if self.sounds.key_tones {
            self.key = Some(Generator::new(digit, LONG, RATE, KEY_GAIN));
        }
    }

    pub(super) fn key_up(&mut self) {
        if let Some(key) = &mut self.key {
            key.end(SHORT);
        }
    }

    pub(super) fn tap(&mut self) {
        if self.sounds.selection_tones {
            let (frequencies, level, left) = TAP;
            self.tap = Some(Tap { player: Player::new(crate::tone::Tone::steady(frequencies, level), RATE), left });
        }
    }

    pub(super) fn ring(&mut self, number: u8) {
        self.ringer = Some(ringer::Player::new(Ringer::numbered(number), RATE));
    }

    pub(super) fn stop_ringing(&mut self) {
        if let Some(ringer) = &mut self.ringer {
            ringer.stop();
        }
    }

    /// Adds tones to the voices, at the volume of the path, and gives what the device shall play.
    pub(super) fn hear(&mut self, voices: &mut [i32; WIDE], mut tell: impl FnMut(Event)) -> Play<'_> {
        let mut speaker = [0; WIDE];
        self.tones(voices, &mut tell);
        if self.listening == Listening::Off {
            self.keys(&mut speaker);
            let volume = self.sounds.volume(Path::HandsFree);
            speaker.iter_mut().for_each(|sample| *sample = (*sample as f32 * volume) as i32);
        } else {
            self.keys(voices);
        }
        if let Some(ringer) = &mut self.ringer {
            ringer.add(&mut speaker, self.sounds.ringer);
        }
        if self.ringer.as_ref().is_some_and(ringer::Player::is_over) {
            self.ringer = None;
        }
        let path = self.path();
        let target = path.map_or(0.0, |path| self.sounds.volume(path));
        let step = (target - self.volume) / WIDE as f32;
        if self.volume != 1.0 || target != 1.0 {
            for (at, voice) in voices.iter_mut().enumerate() {
                *voice = (*voice as f32 * (self.volume + step * (at + 1) as f32)) as i32;
            }
        }
        self.volume = target;
        self.ear.limit(voices, &mut self.voice_out);
        self.speaker.limit(&speaker, &mut self.speaker_out);
        Play { path, voice: &self.voice_out, speaker: &self.speaker_out }
    }

    /// What the person says, as it is sent. Where the speaker is heard by the microphone, that is taken out first.
    pub(super) fn say(&mut self, mut recorded: [i16; WIDE], said: &mut [i32; WIDE]) {
        if self.path() == Some(Path::HandsFree) {
            let play = Play { path: self.path(), voice: &self.voice_out, speaker: &self.speaker_out };
            self.canceller.clean(&play.together(), &mut recorded);
        }
        said.fill(0);
        self.mouth.add(said, &recorded.map(i32::from));
    }

    fn tones(&mut self, voices: &mut [i32; WIDE], tell: &mut impl FnMut(Event)) {
        if let Some(fading) = &mut self.fading {
            fading.add(voices);
        }
        self.fading = self.fading.filter(|fading| !fading.is_over());
        for slot in [&mut self.progress, &mut self.over] {
            let Some(sounding) = slot else { continue };
            sounding.player.add(voices);
            if let Some(left) = &mut sounding.left {
                *left = left.saturating_sub(FRAME_TIME);
                if left.is_zero() {
                    sounding.left = None;
                    sounding.player.stop();
                    tell(Event::ToneEnded(sounding.signal));
                }
            }
            if sounding.player.is_over() {
                *slot = None;
            }
        }
    }

    /// What answers keys and taps.
    fn keys(&mut self, mix: &mut [i32; WIDE]) {
        if let Some(key) = &mut self.key {
            key.add(mix);
        }
        self.key = self.key.filter(|key| key.left() > 0);
        if let Some(tap) = &mut self.tap {
            tap.player.add(mix);
            tap.left = tap.left.saturating_sub(FRAME_TIME);
            if tap.left.is_zero() {
                tap.player.stop();
            }
        }
        self.tap = self.tap.filter(|tap| !tap.player.is_over());
    }

    /// The tone in progress dies away.
    fn fade(&mut self) {
        self.fading = self.progress.take().map(Sounding::ending);
    }

    fn open_mouth(&mut self) {
        let open = self.listening != Listening::Off && !self.muted;
        self.mouth.set(if open { 1.0 } else { 0.0 });
    }
}

#[cfg(test)]
mod tests {
    use offhook_params::{ParamId, Settings, lookup};

    use super::*;
    use crate::measure;

    fn with(changes: &[(&str, &'static str)]) -> Person {
        let value = |id: ParamId| {
            let change = changes.iter().find(|(name, _)| lookup(name).expect("a setting").id == id);
            change.map_or(id.default(), |(_, value)| value)
        };
        Person::new(Box::new(Sounds::new(&Settings::from_values(&value))))
    }

    #[test]
    fn key_tones_are_as_loud_as_what_they_are_heard_by() {
        let paths = [
            ("SPEAKER_VOLUME", Listening::Off),
            ("SPEAKER_VOLUME", Listening::On(Path::HandsFree)),
            ("HANDSET_VOLUME", Listening::On(Path::Handset)),
            ("HEADSET_VOLUME", Listening::On(Path::Headset)),
        ];
        for (name, listening) in paths {
            let level = |volume: &'static str| {
                let mut person = with(&[(name, volume)]);
                person.listen(listening);
                person.key_down(Digit::new('1').expect("it is a digit"));
                let heard = |person: &mut Person| {
                    let play = person.hear(&mut [0; WIDE], |_| ());
                    if listening == Listening::Off { play.speaker.to_vec() } else { play.voice.to_vec() }
                };
                let heard: Vec<i16> = (0..10).flat_map(|_| heard(&mut person)).collect();
                measure::level(&heard[5 * WIDE..])
            };
            let [soft, usual, loud] = ["1", "4", "8"].map(level);
            assert!((-20.0..-15.0).contains(&usual), "{name}: {usual:.1} dBm0");
            assert!(soft < usual - 6.0 && loud > usual + 6.0, "{name}: {soft:.1}, {usual:.1}, {loud:.1} dBm0");
        }
    }

    #[test]
    fn a_tone_over_voice_gives_way_to_another_without_a_click() {
        // Each at other places of its wave.
        for before in 5..12 {
            let mut person = with(&[]);
            person.listen(Listening::On(Path::Handset));
            let mut heard = Vec::new();
            for (signal, frames) in [(Signal::CallWaiting, before), (Signal::HoldAlarm, 12)] {
                person.start(Tone { signal, length: None });
                (0..frames).for_each(|_| heard.extend_from_slice(person.hear(&mut [0; WIDE], |_| ()).voice));
            }
            let at = before * WIDE;
            let (smooth, seam) = (measure::steepest(&heard[WIDE..at]), measure::steepest(&heard[at - WIDE..]));
            assert!(seam < smooth * 5 / 4, "{before}: {seam} of {smooth}");
        }
    }

    #[test]
    fn taps_sound_as_set() {
        for (changes, sounds) in [
            (vec![], true),
            (vec![("KEY_PAD_TONE", "N")], false),
            (vec![("KEY_PAD_TONE", "N"), ("SELECTION_TONES", "On")], true),
            (vec![("SELECTION_TONES", "Off")], false),
        ] {
            let mut person = with(&changes);
            person.tap();
            let heard: Vec<i16> = (0..10).flat_map(|_| person.hear(&mut [0; WIDE], |_| ()).speaker.to_vec()).collect();
            assert_eq!(measure::tone_level(&heard[..3 * WIDE], 1800.0, RATE) > -30.0, sounds, "{changes:?}");
            assert!(heard[5 * WIDE..].iter().all(|&sample| sample == 0), "{changes:?}");
        }
    }
}
