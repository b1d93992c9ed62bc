//! Frequencies, levels and times of the tones, as they are heard.

use offhook_params::{ParamId, Settings, lookup};

use super::*;
use crate::measure;

const RATE: u32 = 16_000;

fn settings(changes: &[(&str, &'static str)]) -> Settings {
    let changes: Vec<_> =
        changes.iter().map(|(name, value)| (lookup(name).expect("the parameter exists").id, *value)).collect();
    Settings::from_values(&|id: ParamId| {
        changes.iter().find(|(changed, _)| *changed == id).map_or(id.default(), |(_, value)| value)
    })
}

fn play(tone: Tone, seconds: f64) -> Vec<i16> {
    let mut mix = vec![0; (seconds * f64::from(RATE)) as usize];
    let mut player = Player::new(tone, RATE);
    // Any portions will do.
    mix.chunks_mut(137).for_each(|part| player.add(part));
    mix.into_iter().map(|sample| sample as i16).collect()
}

/// When the sound starts and stops, in ms, to the half amplitude of its edges.
fn changes(samples: &[i16]) -> Vec<u64> {
    let window = RATE as usize / 1000;
    let loud = samples.iter().map(|sample| sample.unsigned_abs()).max().unwrap_or(0) / 2;
    let mut sounding = false;
    let mut out = Vec::new();
    for (ms, _) in samples.chunks(window).enumerate() {
        // 10 ms hold a crest of any tone and any beat.
        let from = (ms * window).saturating_sub(window * 5);
        let part = &samples[from..(ms * window + window * 5).min(samples.len())];
        let now = part.iter().any(|sample| sample.unsigned_abs() > loud / 4);
        if now != sounding {
            // The window sees a beginning 5 ms early and an end 5 ms late; the edges are 4 ms long.
            out.push(if now { if ms == 0 { 0 } else { ms as u64 + 4 } } else { ms as u64 - 8 });
            sounding = now;
        }
    }
    out
}

#[track_caller]
fn check(signal: Signal, settings: &Settings, frequencies: &[f64], level: f64, times: &[u64]) {
    let heard = play(Tones::new(settings).get(signal), 9.0);
    let changes = changes(&heard);
    for (change, time) in changes.iter().zip(times) {
        assert!(change.abs_diff(*time) <= 3, "{signal:?}: {changes:?}, not {times:?}");
    }
    assert!(changes.len() >= times.len(), "{signal:?}: {changes:?}, not {times:?}");
    let until = changes.get(1).copied().unwrap_or(9000);
    let from = (changes[0] + 20) as usize * 16;
    let sounding = &heard[from..(until as usize - 20) * 16];
    for &frequency in frequencies {
        let heard = measure::tone_level(sounding, frequency, RATE);
        assert!((heard - level).abs() < 0.5, "{signal:?} at {frequency} Hz: {heard:.1} dBm0");
    }
}

#[test]
fn factory_tones_are_those_of_north_america() {
    let factory = settings(&[]);
    check(Signal::Dial, &factory, &[350.0, 440.0], -13.0, &[60]);
    check(Signal::DialInCall, &factory, &[350.0, 440.0], -13.0, &[60]);
    check(Signal::Busy, &factory, &[480.0, 620.0], -13.0, &[60, 560, 1060, 1560]);
    check(Signal::Failure, &factory, &[480.0, 620.0], -13.0, &[60, 310, 560, 810]);
    check(Signal::Disconnect, &factory, &[480.0, 620.0], -13.0, &[60, 310, 560, 810]);
    check(Signal::Ringback, &factory, &[440.0, 480.0], -13.0, &[60, 2060, 6060, 8060]);
    check(Signal::Hold, &factory, &[425.0], -13.0, &[500, 690, 880, 1070, 4460, 4650]);
}

#[test]
fn hold_alarm_and_call_waiting_tone_sound_at_once() {
    let factory = settings(&[]);
    check(Signal::HoldAlarm, &factory, &[425.0], -13.0, &[0, 120]);
    check(Signal::CallWaiting, &factory, &[425.0], -13.0, &[0, 120, 240, 360, 480, 600]);
}

#[test]
fn the_stutter_dial_tone_stutters_ten_times_and_goes_on() {
    let mut times = vec![560];
    (0..20).for_each(|i| times.push(560 + 100 * (i + 1)));
    check(Signal::Stutter, &settings(&[]), &[350.0, 440.0], -13.0, &times);
    let changes = changes(&play(Tones::new(&settings(&[])).get(Signal::Stutter), 9.0));
    assert_eq!(changes.len(), 21);
}

#[test]
fn settings_change_the_tones() {
    let set = settings(&[
        ("DIAL_TONE1_FRQ", "400,0"),
        ("DIAL_TONE1_GAIN", "-6"),
        ("DIAL_TONE1_TIMING", "100,100,100,0"),
        ("DISCONNECTION_MODE", "2"),
        ("CW_TONE1_GAIN", "6"),
    ]);
    check(Signal::Dial, &set, &[400.0], -19.0, &[100, 200, 300]);
    check(Signal::Failure, &set, &[480.0, 620.0], -13.0, &[60, 560, 1060, 1560]);
    check(Signal::CallWaiting, &set, &[425.0], -7.0, &[0, 120]);
}

#[test]
fn each_setting_changes_its_own_tone_and_no_other() {
    let factory = Tones::new(&settings(&[]));
    let all = [
        ("DIAL_TONE1", Signal::Dial),
        ("DIAL_TONE2", Signal::DialInCall),
        ("DIAL_TONE4", Signal::Stutter),
        ("BUSY_TONE", Signal::Busy),
        ("REORDER_TONE", Signal::Failure),
        ("RINGBACK_TONE", Signal::Ringback),
        ("HOLD_ALARM", Signal::HoldAlarm),
        ("CW_TONE1", Signal::CallWaiting),
        ("HOLD_TONE", Signal::Hold),
    ];
    for (tone, changed) in all {
        for (part, value) in [("FRQ", "700,900"), ("GAIN", "-13"), ("TIMING", "70,50")] {
            let name = format!("{tone}_{part}");
            let set = Tones::new(&settings(&[(&name, value)]));
            for (_, signal) in all {
                assert_eq!(set.get(signal) != factory.get(signal), signal == changed, "{name}: {signal:?}");
            }
            assert_ne!(play(set.get(changed), 1.0), play(factory.get(changed), 1.0), "{name} is not heard");
        }
    }
}

#[test]
fn a_tone_of_0_hz_is_silent() {
    let set = settings(&[("DIAL_TONE1_FRQ", "0"), ("BUSY_TONE_TIMING", "0")]);
    for signal in [Signal::Dial, Signal::Busy] {
        assert!(play(Tones::new(&set).get(signal), 1.0).iter().all(|&sample| sample == 0));
    }
}

#[test]
fn tones_begin_and_end_without_a_click() {
    let tone = Tone::steady([440.0, 480.0], LEVEL);
    let steady = measure::steepest(&play(tone, 1.0)[1600..]);
    let mut player = Player::new(tone, RATE);
    let mut mix = vec![0; 4000];
    player.add(&mut mix[..2001]);
    player.stop();
    player.add(&mut mix[2001..]);
    assert!(player.is_over());
    let heard: Vec<i16> = mix.into_iter().map(|sample| sample as i16).collect();
    assert!(measure::steepest(&heard) <= steady + 4);
    assert!(heard[2001 + 80..].iter().all(|&sample| sample == 0));
}
