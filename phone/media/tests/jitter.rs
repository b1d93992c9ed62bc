//! The jitter buffer: order, loss, pauses, and how it does against a fixed wait.

#![expect(clippy::unwrap_used, reason = "a test may stop")]

use std::time::Duration;

use offhook_media::engine::Delays;
use offhook_media::jitter::{Buffer, Frame, MAX_PAYLOAD, Pace, Put};
use offhook_media::rtp::Packet;
use proptest::prelude::*;

#[path = "../examples/jitter/network.rs"]
mod network;
#[path = "../examples/jitter/plot.rs"]
mod plot;

use network::{DELAYS, adaptive, fixed, lost, networks};

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// A buffer whose packets hold their number, and an ear that takes 20 ms at a time.
struct Line {
    buffer: Buffer,
    first: u16,
}

impl Line {
    fn new(first: u16) -> Self {
        Line { buffer: Buffer::new(DELAYS), first }
    }

    fn put(&mut self, now: u64, number: u32) -> Put {
        self.put_voice(now, number, number, 0)
    }

    /// A packet that is stamped as the one of another number.
    fn put_voice(&mut self, now: u64, number: u32, stamp: u32, quiet: u32) -> Put {
        let payload = number.to_be_bytes();
        let packet = Packet {
            marker: false,
            payload_type: 0,
            sequence: self.first.wrapping_add(number as u16),
            timestamp: (u32::MAX - 1000).wrapping_add(stamp * 160),
            ssrc: 1,
            payload: &payload,
        };
        self.buffer.put(ms(now), &packet, 160, quiet)
    }

    /// `5` is packet 5, `-` is made up, `.` is silence.
    fn next(&mut self, now: u64) -> String {
        match self.buffer.next(ms(now), Duration::ZERO).0 {
            Frame::Packet { payload, .. } => u32::from_be_bytes(payload.try_into().unwrap()).to_string(),
            Frame::Lost { .. } => "-".to_owned(),
            Frame::Silence { .. } => ".".to_owned(),
        }
    }

    /// What is heard if these packets come in these steps of 20 ms.
    fn hear(&mut self, steps: &[&[u32]]) -> String {
        let play = |(step, numbers): (usize, &&[u32])| {
            let now = step as u64 * 20;
            numbers.iter().for_each(|number| {
                self.put(now, *number);
            });
            self.next(now)
        };
        steps.iter().enumerate().map(play).collect::<Vec<_>>().join(" ")
    }
}

#[test]
fn packets_are_played_in_order() {
    // The numbers begin anew in the middle, and the times as well.
    assert_eq!(Line::new(65533).hear(&[&[0], &[1], &[2], &[3], &[4], &[5]]), ". 0 1 2 3 4");
    assert_eq!(Line::new(0).hear(&[&[0], &[2, 1], &[], &[4, 3], &[]]), ". 0 1 2 3");
    assert_eq!(Line::new(9).hear(&[&[0, 0], &[1, 1, 0], &[1]]), ". 0 1");
}

#[test]
fn what_is_lost_is_stood_in_for_and_what_is_late_is_played_if_nothing_waits() {
    assert_eq!(Line::new(0).hear(&[&[0], &[1], &[3], &[4], &[5]]), ". 0 1 - 3");
    // Nothing came: packet 2 is late, but nothing else waits, so that it is heard.
    assert_eq!(Line::new(0).hear(&[&[0], &[1], &[], &[], &[2], &[3], &[4]]), ". 0 1 - 2 3 4");
    // Packet 2 comes after its time, together with the next.
    assert_eq!(Line::new(0).hear(&[&[0], &[1], &[3], &[2, 4], &[5]]), ". 0 1 2 3");
    let mut line = Line::new(0);
    assert_eq!(line.hear(&[&[0], &[1], &[3], &[4], &[5]]), ". 0 1 - 3");
    assert_eq!(line.put(100, 2), Put::Late);
    assert_eq!(line.buffer.figures().late, 1);
    assert_eq!((line.buffer.figures().concealed, line.buffer.figures().gaps), (160, 1));
}

#[test]
fn a_pause_is_silent_and_ends_with_another_wait() {
    let mut line = Line::new(0);
    let mut steps: Vec<&[u32]> = vec![&[0], &[1]];
    steps.extend([&[][..]; 20]);
    let heard = line.hear(&steps);
    assert!(heard.starts_with(". 0 1 - -") && heard.ends_with("- . . . . . . ."), "{heard}");
    assert_eq!((line.buffer.figures().concealed, line.buffer.figures().gaps), (0, 0), "a pause is no loss");
    // It goes on two seconds later, with the next number.
    let payload = [0; 4];
    let packet = Packet { marker: true, payload_type: 0, sequence: 2, timestamp: 15_680, ssrc: 1, payload: &payload };
    line.buffer.put(ms(2000), &packet, 160, 0);
    assert_eq!(line.next(2000), ".");
    assert_ne!(line.next(2040), ".");
    assert_eq!(line.buffer.figures().concealed, 0);
    // Where numbers are missing then, it was a loss.
    let mut line = Line::new(0);
    line.hear(&steps);
    line.put(2000, 100);
    assert_eq!(line.next(2040), "100");
    assert_eq!((line.buffer.figures().concealed, line.buffer.figures().gaps), (1920, 1));
    // A key of the other side is no loss.
    let mut line = Line::new(0);
    line.hear(&[&[0], &[1], &[2]]);
    line.next(60);
    line.buffer.pass(3);
    line.buffer.pass(4);
    assert_eq!([line.next(80), line.next(100)], [".", "."]);
    line.put(110, 5);
    assert_eq!(line.next(140), "5");
    assert_eq!(line.buffer.figures().concealed, 0);
}

#[test]
fn a_clock_that_stood_still_over_a_pause_is_followed() {
    // As a codec with another clock goes on, and some senders after silence: as if no time had passed.
    let ways = [100, 300, 700, 3000, 60_000].map(|pause| (pause, 0)).into_iter();
    // The same, where the last packet before has said that nothing follows.
    for (pause, quiet) in ways.chain([100, 300, 700, 900].map(|pause| (pause, 8000))) {
        let mut line = Line::new(0);
        for step in 0..50 + pause / 20 {
            if step < 50 {
                line.put_voice(step * 20, step as u32, step as u32, if step == 49 { quiet } else { 0 });
            }
            line.next(step * 20);
        }
        // After a real pause the network may as well hand on two packets at a time.
        let at_a_time = if pause < 300 { 1 } else { 2 };
        let step = |step: u32| {
            let now = 1000 + pause + u64::from(step) * 20;
            if (step + 1).is_multiple_of(at_a_time) {
                for before in (0..at_a_time).rev() {
                    line.put(now, 50 + step - before);
                }
            }
            line.next(now)
        };
        let heard: Vec<_> = (0..60).map(step).collect();
        let silent = heard.iter().filter(|heard| heard.parse::<u32>().is_err()).count();
        assert!(silent <= 5, "{pause} ms, {quiet}: {}", heard.join(" "));
        assert!(line.buffer.figures().discarded < 3, "{pause} ms, {quiet}");
    }
}

#[test]
fn losses_stay_losses_after_a_long_quiet() {
    for quiet in [8000, 80_000] {
        let mut line = Line::new(0);
        assert_eq!(line.hear(&[&[0], &[1], &[], &[], &[4], &[5], &[6]]), ". 0 1 - - 4 5");
        let before = line.buffer.figures();
        assert!(before.concealed > 0 && before.gaps == 1, "{before:?}");
        line.put_voice(140, 7, 7, quiet);
        let heard: Vec<_> = (7..120).map(|step| line.next(step * 20)).collect();
        let figures = line.buffer.figures();
        assert_eq!((figures.concealed, figures.gaps), (before.concealed, 1), "{}", heard.join(" "));
        assert!(figures.played > before.played);
    }
}

#[test]
fn a_word_whose_beginning_is_lost_is_known_to_be_and_the_packet_behind_is_asked() {
    let mut line = Line::new(0);
    line.hear(&[&[0], &[1]]);
    line.put_voice(40, 2, 2, 8000);
    line.next(40);
    line.next(60);
    // Nothing for 200 ms; of the words then, the first is lost.
    let (mut asked, mut heard) = (0, Vec::new());
    for step in 8..40u32 {
        let now = u64::from(step) * 10;
        // Noise takes 10 ms at a time, and voice 20.
        if step >= 30 {
            if !step.is_multiple_of(2) {
                continue;
            }
            let number = 4 + (step - 30) / 2;
            line.put_voice(now, number, 11 + number, 0);
        }
        match line.buffer.next(ms(now), Duration::ZERO).0 {
            Frame::Lost { next: Some((_, payload)), .. } => {
                assert_eq!(payload, 4u32.to_be_bytes());
                asked += 1;
            }
            Frame::Packet { payload, .. } => heard.push(u32::from_be_bytes(payload.try_into().unwrap())),
            Frame::Lost { .. } | Frame::Silence { .. } => {}
        }
    }
    assert_eq!((asked, heard[0]), (1, 4), "{heard:?}");
    let figures = line.buffer.figures();
    assert_eq!((figures.concealed, figures.gaps), (160, 1));
}

#[test]
fn a_key_of_the_other_side_is_no_loss_though_voice_waits_before_it() {
    // The digit begins with the call, or later.
    for first in [1, 3, 50] {
        let (mut line, mut queued) = (Line::new(0), 0);
        for step in 0..200u32 {
            let now = u64::from(step) * 10;
            let number = step / 2;
            // Six packets in the place of voice.
            match (first..first + 6).contains(&number) {
                _ if step % 2 == 1 => {}
                true => line.buffer.pass(number as u16),
                false => drop(line.put(now, number)),
            }
            while queued < 10 {
                let (Frame::Packet { duration, .. } | Frame::Lost { duration, .. } | Frame::Silence { duration }) =
                    line.buffer.next(ms(now), ms(queued)).0;
                queued += u64::from(duration) / 8;
            }
            queued -= 10;
        }
        let figures = line.buffer.figures();
        assert_eq!((figures.concealed, figures.gaps), (0, 0), "{first}");
        assert!(figures.delay <= ms(40), "{first}: {figures:?}");
    }
}

#[test]
fn losses_beside_a_key_of_the_other_side_are_counted_and_no_more() {
    // What is lost: nothing, packets before the key, or one behind it; and how much voice lies between them and the key.
    for (lost, before) in [(&[][..], 1), (&[10], 0), (&[10, 11], 0), (&[10], 1), (&[10], 3), (&[18], 1)] {
        let mut line = Line::new(65_520);
        let first = 10 + lost.iter().filter(|lost| **lost < 18).count() as u32 + before;
        let key = first..first + 6;
        let behind = lost.iter().map(|lost| if *lost == 18 { key.end + 1 } else { *lost }).collect::<Vec<_>>();
        let mut heard = String::new();
        for number in 0..60 {
            match number {
                // Of the key, a packet is lost, too.
                _ if key.start + 3 == number => {}
                _ if key.contains(&number) => line.buffer.pass(65_520u16.wrapping_add(number as u16)),
                _ if behind.contains(&number) => {}
                _ => drop(line.put(u64::from(number) * 20, number)),
            }
            heard += &line.next(u64::from(number) * 20);
            heard.push(' ');
        }
        let figures = line.buffer.figures();
        let gaps = u64::from(!lost.is_empty());
        assert_eq!((figures.concealed, figures.gaps), (160 * lost.len() as u64, gaps), "{lost:?} {before}: {heard}");
        assert!(figures.delay <= ms(60), "{lost:?} {before}: {figures:?}");
    }
}

#[test]
fn keys_that_were_past_when_somebody_listens_hide_no_loss() {
    let mut line = Line::new(0);
    let maximum = DELAYS.maximum.as_millis() as u64;
    for number in 0..100u32 {
        let now = u64::from(number) * 20;
        match number {
            1..7 => line.buffer.pass(number as u16),
            _ if number >= 50 && number.is_multiple_of(10) => {}
            _ => drop(line.put(now, number)),
        }
        // By then the first word is too old.
        if now > maximum {
            line.next(now);
        }
    }
    let figures = line.buffer.figures();
    assert_eq!((figures.discarded, figures.gaps), (1, 5), "{figures:?}");
}

#[test]
fn a_clock_that_stood_still_over_a_key_is_followed() {
    let mut line = Line::new(0);
    let mut heard = Vec::new();
    for step in 0..200u32 {
        let now = u64::from(step) * 20;
        match step {
            0..50 => drop(line.put(now, step)),
            50..100 => line.buffer.pass(step as u16),
            // The network hands on two packets at a time.
            _ if step % 2 == 1 => {
                line.put_voice(now, step - 1, step - 51, 0);
                line.put_voice(now, step, step - 50, 0);
            }
            _ => {}
        }
        heard.push(line.next(now));
    }
    let silent = heard[105..].iter().filter(|heard| heard.parse::<u32>().is_err()).count();
    assert!(silent <= 5, "{}", heard.join(" "));
    assert!(line.buffer.figures().discarded < 3, "{}", heard.join(" "));
}

#[test]
fn voice_is_heard_though_an_event_overtakes_it_after_a_pause() {
    let mut line = Line::new(0);
    line.hear(&[&[0], &[1]]);
    (2..40).for_each(|step| drop(line.next(step * 20)));
    line.buffer.pass(3);
    assert_eq!(line.put(800, 2), Put::Waits);
}

#[test]
fn voice_is_heard_after_any_number_of_packets_without_any() {
    let mut line = Line::new(0);
    line.hear(&[&[0], &[1], &[2]]);
    for number in 3..100_000u32 {
        line.buffer.pass(number as u16);
        line.next(u64::from(number) * 20);
    }
    let heard: Vec<_> = (100_000..100_010u32)
        .map(|number| {
            line.put(u64::from(number) * 20, number);
            line.next(u64::from(number) * 20)
        })
        .collect();
    assert!(heard.ends_with(&["100008".to_owned()]) || heard.ends_with(&["100009".to_owned()]), "{heard:?}");
    assert_eq!(line.buffer.figures().concealed, 0);
}

#[test]
fn who_has_nothing_to_say_leaves_noise_and_no_loss() {
    let mut line = Line::new(0);
    // Voice, then a packet every 400 ms, then voice again; each packet has a number of its own.
    let (mut heard, mut number, mut queued) = (String::new(), 0, 0);
    for step in 0..400u32 {
        let now = u64::from(step) * 10;
        let quiet = (100..300).contains(&step);
        if step % if quiet { 40 } else { 2 } == 20 * u32::from(quiet) {
            line.put_voice(now, number, step / 2, u32::from(quiet) * 8000);
            number += 1;
        }
        while queued < 10 {
            let next = line.buffer.next(ms(now), ms(queued)).0;
            let (sound, duration) = match next {
                Frame::Packet { duration, .. } => ('v', duration),
                Frame::Lost { duration, .. } => ('~', duration),
                Frame::Silence { duration } => ('.', duration),
            };
            heard.push(sound);
            queued += u64::from(duration) / 8;
        }
        queued -= 10;
    }
    let voice = heard.trim_start_matches('.');
    assert!(heard.len() - voice.len() <= 4 && !voice.contains('.'), "noise goes on until there is voice: {heard}");
    assert!(voice.matches('~').count() > 170, "{heard}");
    let figures = line.buffer.figures();
    assert_eq!((figures.concealed, figures.gaps, figures.late, figures.discarded), (0, 0, 0, 0), "{heard}");
    // One that falls silent for good.
    line.put_voice(4000, number, 200, 8000);
    let heard: Vec<_> = (0..150).map(|step| line.next(4000 + step * 10)).collect();
    assert_eq!(heard.last().map(String::as_str), Some("."), "{}", heard.join(" "));
}

#[test]
fn a_clock_that_jumps_is_followed() {
    for jump in [1_000_000u32, 1_000_000u32.wrapping_neg(), 5000u32.wrapping_neg()] {
        let mut line = Line::new(0);
        let mut heard = Vec::new();
        for number in 0..100u32 {
            let now = u64::from(number) * 20;
            let payload = number.to_be_bytes();
            let timestamp = (number * 160).wrapping_add(if number < 50 { 0 } else { jump });
            let packet = Packet {
                marker: false,
                payload_type: 0,
                sequence: number as u16,
                timestamp,
                ssrc: 1,
                payload: &payload,
            };
            line.buffer.put(ms(now), &packet, 160, 0);
            heard.push(line.next(now));
        }
        let made_up = heard.iter().filter(|heard| heard.parse::<u32>().is_err()).count();
        assert!(made_up <= 4, "{jump}: {}", heard.join(" "));
    }
}

#[test]
fn what_is_over_stays_over_after_a_pause() {
    let mut line = Line::new(0);
    let mut steps: Vec<&[u32]> = vec![&[0], &[1], &[3], &[4], &[5]];
    steps.extend([&[][..]; 20]);
    assert!(line.hear(&steps).ends_with(" ."));
    assert_eq!(line.put(600, 2), Put::Late);
    assert_eq!(line.put(600, 6), Put::Waits);
}

#[test]
fn what_cannot_be_played_is_refused() {
    let mut line = Line::new(0);
    let payload = [0; MAX_PAYLOAD + 1];
    let packet = Packet { marker: false, payload_type: 0, sequence: 0, timestamp: 0, ssrc: 1, payload: &payload };
    assert_eq!(line.buffer.put(ms(0), &packet, 7688, 0), Put::Unusable);
    assert_eq!(line.buffer.put(ms(0), &Packet { payload: &[], ..packet }, 0, 0), Put::Unusable);
    // A flood of old voice: only what fits into the longest wait is heard.
    for number in 0..1000 {
        line.put(0, number);
    }
    let first: u32 = loop {
        let heard = line.next(20);
        if let Ok(number) = heard.parse() {
            break number;
        }
    };
    assert!(first >= 930, "{first}");
}

/// Each network, with the factory settings: about as good as the best fixed wait, without knowing the network.
#[test]
fn it_does_better_than_fixed_waits() {
    for network in networks() {
        let (heard, figures) = adaptive(&network, DELAYS);
        let own = heard.concealed - lost(&network);
        assert!(own < 0.02, "{}: {heard:?}", network.name);
        // A fixed wait with as little to make up takes longer, but for a few milliseconds.
        let shortest =
            (1..60).map(|step| fixed(&network, f64::from(step) * 5.0)).find(|f| f.concealed <= heard.concealed);
        let shortest = shortest.map_or(f64::INFINITY, |fixed| fixed.delay);
        assert!(heard.delay < shortest + 15.0, "{}: {heard:?}, fixed {shortest}", network.name);
        assert!(heard.delay < 200.0, "{}: {heard:?}", network.name);
        assert!(figures.discarded + figures.late < 120, "{}: {figures:?}", network.name);
    }
}

#[test]
fn the_plot_in_the_docs_is_of_this_buffer() {
    let docs = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/src/images/jitter.svg");
    let drawn = std::fs::read_to_string(docs).unwrap();
    let command = "cargo run -p offhook-media --example jitter docs/src/images/jitter.svg";
    assert!(drawn == plot::svg(&networks()), "it was drawn of another one; draw it again: {command}");
}

#[test]
fn the_settings_bound_the_wait() {
    for network in networks() {
        let bounds = Delays { minimum: ms(10), initial: ms(20), maximum: ms(60) };
        let (heard, _) = adaptive(&network, bounds);
        // One network takes 30 ms longer from the middle on.
        assert!(heard.delay < 60.0 + 20.0 + 15.0, "{}: {heard:?}", network.name);
        // The least that the settings allow: a quiet network needs no more.
        let bounds = Delays { minimum: ms(10), initial: ms(10), maximum: ms(30) };
        let (heard, figures) = adaptive(&network, bounds);
        if network.name.starts_with("office") {
            assert!(heard.concealed < 0.01 && heard.delay < 20.0, "{heard:?}, {figures:?}");
        }
    }
    // On a network that does nothing, the first word waits as long as it shall at first.
    for initial in [20, 70, 150] {
        let mut line =
            Line { buffer: Buffer::new(Delays { minimum: ms(20), initial: ms(initial), maximum: ms(500) }), first: 0 };
        let began = (0..100).find(|step| {
            if step % 2 == 0 {
                line.put(step * 10, *step as u32 / 2);
            }
            line.next(step * 10) != "."
        });
        let began = began.expect("it begins") * 10;
        assert!(began.abs_diff(initial) <= 10, "{began} of {initial} ms");
    }
    // However late packets come, no more than the longest wait is aimed at.
    for maximum in [60, 300] {
        let mut line =
            Line { buffer: Buffer::new(Delays { minimum: ms(20), initial: ms(20), maximum: ms(maximum) }), first: 0 };
        for step in 0..1000u32 {
            // A tenth of the packets are 100 ms late.
            if let Some(number) = step.checked_sub(5).filter(|number| number % 10 == 9) {
                line.put(u64::from(step) * 20, number);
            }
            if step % 10 != 9 {
                line.put(u64::from(step) * 20, step);
            }
            line.next(u64::from(step) * 20);
        }
        let target = line.buffer.figures().target;
        assert_eq!(target <= ms(60), maximum == 60, "{target:?} of {maximum} ms");
    }
}

proptest! {
    /// Whatever comes, nothing panics, packets are heard in order and once, and sound never stops.
    #[test]
    fn any_order_is_played_in_order(
        events in proptest::collection::vec((0u32..400, 0u64..60, 0u64..100, 0u32..9), 1..300),
    ) {
        let mut line = Line::new(65_400);
        let (mut now, mut last) = (0, None);
        for (number, wait, queued, quiet) in events {
            now += wait;
            // One of a few says that nothing follows.
            line.put_voice(now, number, number, quiet.saturating_sub(6) * 4000);
            let (frame, _) = line.buffer.next(ms(now), ms(queued));
            match frame {
                Frame::Packet { payload, duration, .. } => {
                    let number = u32::from_be_bytes(payload.try_into().unwrap());
                    prop_assert!(last.is_none_or(|last| number > last), "{number} after {last:?}");
                    prop_assert_eq!(duration, 160);
                    last = Some(number);
                }
                Frame::Lost { duration, .. } | Frame::Silence { duration } => prop_assert!(duration > 0),
            }
        }
    }

    #[test]
    fn no_packets_make_it_panic(packets in proptest::collection::vec(
        (any::<u16>(), any::<u32>(), 0u32..2000, 0usize..1000, 0u64..50, 0u64..200, 0u32..1_000_000), 0..200,
    )) {
        let mut buffer = Buffer::new(DELAYS);
        let payload = [0; 1000];
        let mut now = 0;
        for (sequence, timestamp, duration, length, wait, queued, quiet) in packets {
            now += wait;
            let packet =
                Packet { marker: false, payload_type: 0, sequence, timestamp, ssrc: 1, payload: &payload[..length] };
            buffer.put(ms(now), &packet, duration, quiet);
            buffer.pass(sequence.wrapping_add(1));
            let (_, pace) = buffer.next(ms(now), ms(queued));
            prop_assert!(matches!(pace, Pace::Normal | Pace::Faster | Pace::Slower));
            let _ = buffer.figures();
        }
    }
}
