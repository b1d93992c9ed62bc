//! The tones of the settings, by what they tell.

use offhook_params::Settings;
use offhook_params::choices::FailureTone;

use super::{Cadence, Tone};

/// What a tone tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Signal {
    /// Dial tone 1: a number may be dialed.
    Dial,
    /// Dial tone 2: another number may be dialed during a call.
    DialInCall,
    /// Dial tone 4: as [`Signal::Dial`], and voice mail is waiting.
    Stutter,
    /// The other side is busy.
    Busy,
    /// Dialing failed; reorder or busy tone, as set.
    Failure,
    /// The other side has hung up: as [`Signal::Failure`], for as long as is set for the path.
    Disconnect,
    /// It rings at the other side.
    Ringback,
    /// A call is still held.
    HoldAlarm,
    /// Another call comes in.
    CallWaiting,
    /// This call is held: for the one who is, where no music is set.
    Hold,
}

impl Signal {
    /// Whether it sounds over what is heard, instead of in its place.
    pub fn breaks_in(self) -> bool {
        matches!(self, Signal::HoldAlarm | Signal::CallWaiting)
    }
}

/// All tones of the settings.
#[derive(Debug, Clone, PartialEq)]
pub struct Tones {
    dial: Tone,
    dial_in_call: Tone,
    stutter: Tone,
    busy: Tone,
    failure: Tone,
    ringback: Tone,
    hold_alarm: Tone,
    call_waiting: Tone,
    hold: Tone,
}

impl Tones {
    /// The tones as they are set.
    pub fn new(settings: &Settings) -> Self {
        let (tones, calls) = (&settings.tones, &settings.call_control);
        let off_on = Cadence::silent_first;
        let on_off = Cadence::sounding_first;
        let busy = Tone::new(&tones.busy_tone_frequencies, tones.busy_tone_gain, off_on(&tones.busy_tone_timing));
        let reorder =
            Tone::new(&tones.reorder_tone_frequencies, tones.reorder_tone_gain, off_on(&tones.reorder_tone_timing));
        Tones {
            dial: Tone::new(&tones.dial_tone1_frequencies, tones.dial_tone1_gain, off_on(&tones.dial_tone1_timing)),
            dial_in_call: Tone::new(
                &tones.dial_tone2_frequencies,
                tones.dial_tone2_gain,
                off_on(&tones.dial_tone2_timing),
            ),
            stutter: Tone::new(
                &tones.stutter_tone_frequencies,
                tones.stutter_tone_gain,
                off_on(&tones.stutter_tone_timing),
            ),
            busy,
            failure: match calls.failure_tone {
                FailureTone::ReorderTone => reorder,
                FailureTone::BusyTone => busy,
            },
            ringback: Tone::new(
                &tones.ringback_tone_frequencies,
                tones.ringback_tone_gain,
                off_on(&tones.ringback_tone_timing),
            ),
            hold_alarm: Tone::new(
                &tones.hold_alarm_frequencies,
                tones.hold_alarm_gain,
                on_off(&tones.hold_alarm_timing),
            ),
            call_waiting: Tone::new(
                &tones.call_waiting_tone_frequencies,
                tones.call_waiting_tone_gain,
                on_off(&tones.call_waiting_tone_timing),
            ),
            hold: Tone::new(&tones.hold_tone_frequencies, tones.hold_tone_gain, off_on(&tones.hold_tone_timing)),
        }
    }

    /// The tone that tells it.
    pub fn get(&self, signal: Signal) -> Tone {
        match signal {
            Signal::Dial => self.dial,
            Signal::DialInCall => self.dial_in_call,
            Signal::Stutter => self.stutter,
            Signal::Busy => self.busy,
            Signal::Failure | Signal::Disconnect => self.failure,
            Signal::Ringback => self.ringback,
            Signal::HoldAlarm => self.hold_alarm,
            Signal::CallWaiting => self.call_waiting,
            Signal::Hold => self.hold,
        }
    }
}
