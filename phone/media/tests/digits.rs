//! Digits from one phone to the other, by events and by tones.

mod common;

use common::{World, and_opus, hears, ms, sine, stream};
use offhook_media::Codec;
use offhook_media::audio::Path;
use offhook_media::engine::{ChannelId, Command, Digits, Event, Feed, Listening};
use offhook_media::sdp::{Agreed, Direction, Keys};
use offhook_media::srtp::{MASTER_LENGTH, Master, Suite};

/// The digits that a side heard, and how long they were in milliseconds.
fn digits_at(world: &World, side: usize) -> Vec<(char, u128)> {
    let digit = |event: &Event| match event {
        Event::Digit { digit, length, .. } => Some((*digit, length.as_millis())),
        _ => None,
    };
    world.sides[side].events.iter().filter_map(digit).collect()
}

#[test]
fn digits_go_by_event_and_by_tone() {
    let ways = [(false, Codec::G729), (true, Codec::Pcmu), (true, Codec::G722)];
    for (inband, codec) in and_opus(&and_opus(&ways, |opus| (false, opus)), |opus| (true, opus)) {
        let mut world = World::new(2);
        for side in 0..2 {
            let mut stream = stream(codec, world.sides[1 - side].address(0));
            stream.digits_inband = inband;
            stream.agreed.events = stream.agreed.events.filter(|_| !inband);
            world.send(side, Command::Open { channel: ChannelId(0), stream });
            world.send(side, Command::Listen(Listening::On(Path::Handset)));
            world.send(side, Command::Feed(ChannelId(0), Feed::Person));
        }
        world.run(ms(500));
        let digits = Digits { digits: "159D*#".to_owned(), length: ms(180), pause: ms(90) };
        world.send(0, Command::Send(ChannelId(0), digits));
        world.run(ms(2500));
        let heard = digits_at(&world, 1);
        assert_eq!(heard.iter().map(|(digit, _)| *digit).collect::<String>(), "159D*#", "{codec:?}, inband: {inband}");
        assert!(heard.iter().all(|(_, length)| length.abs_diff(180) <= 26), "{codec:?}, inband: {inband}: {heard:?}");
        assert!(world.sides[0].events.contains(&Event::DigitsSent(ChannelId(0))));
    }
}

#[test]
fn a_long_digit_is_as_long_as_it_was_whatever_the_clock() {
    // Opus tells no more than 1.4 s in one packet.
    for codec in and_opus(&[Codec::Pcmu], |opus| opus) {
        let mut world = World::call(codec);
        world.run(ms(500));
        let digits = Digits { digits: "7".to_owned(), length: ms(5000), pause: ms(90) };
        world.send(0, Command::Send(ChannelId(0), digits));
        world.run(ms(6000));
        assert_eq!(digits_at(&world, 1), [('7', 5000)], "{codec:?}");
    }
}

#[test]
fn a_digit_in_whose_midst_another_source_begins_is_heard_once() {
    let mut world = World::call(Codec::Pcmu);
    let secured = |world: &mut World, key: u8| {
        for side in 0..2 {
            let mut stream = stream(Codec::Pcmu, world.sides[1 - side].address(0));
            let keys = [[key; MASTER_LENGTH], [key + 100; MASTER_LENGTH]].map(Master);
            let (send, receive) = (keys[side], keys[1 - side]);
            stream.agreed.keys = Some(Keys { suite: Suite::AesCm128HmacSha1_80, send, receive });
            world.send(side, Command::Change { channel: ChannelId(0), stream });
        }
    };
    secured(&mut world, 1);
    world.run(ms(500));
    let pressed = Digits { digits: "123".to_owned(), length: ms(300), pause: ms(90) };
    world.send(0, Command::Send(ChannelId(0), pressed));
    world.run(ms(150));
    secured(&mut world, 2);
    world.run(ms(3000));
    let heard: String = digits_at(&world, 1).iter().map(|(digit, _)| *digit).collect();
    assert_eq!(heard, "123");
}

#[test]
fn voice_goes_on_where_the_way_of_digits_changes_in_the_midst_of_one() {
    // From events to tones, to another codec by the same events, to another number, and to another clock.
    let inband = |agreed: &mut Agreed| agreed.events = None;
    type Change = (Codec, fn(&mut Agreed));
    let changes: [Change; 3] = [
        (Codec::Pcmu, inband),
        (Codec::Pcma, |_| ()),
        (Codec::Pcma, |agreed| agreed.events.iter_mut().for_each(|events| events.send = Some((97, 8000)))),
    ];
    for (codec, change) in and_opus(&changes, |opus| (opus, |_| ())) {
        let mut world = World::call(Codec::Pcmu);
        world.sides[0].ear.says.extend(sine(440.0, 9));
        world.run(ms(500));
        let pressed = Digits { digits: "123".to_owned(), length: ms(300), pause: ms(90) };
        world.send(0, Command::Send(ChannelId(0), pressed));
        world.run(ms(150));
        for side in 0..2 {
            let mut stream = stream(codec, world.sides[1 - side].address(0));
            stream.agreed.events.iter_mut().for_each(|events| events.receive.push((97, 8000)));
            change(&mut stream.agreed);
            world.send(side, Command::Change { channel: ChannelId(0), stream });
        }
        world.run(ms(3000));
        let heard: String = digits_at(&world, 1).iter().map(|(digit, _)| *digit).collect();
        // Whose end was not told may have been heard or not; the others are heard, each once.
        assert!(["123", "23"].contains(&heard.as_str()), "{codec:?}: {heard}");
        assert!(world.sides[0].events.contains(&Event::DigitsSent(ChannelId(0))), "{codec:?}");
        assert!(hears(&world, 1, 440.0) > -11.0, "{codec:?}: {:.1}", hears(&world, 1, 440.0));
    }
}

#[test]
fn digits_do_not_wait_until_there_is_voice_again() {
    let (receive_only, both) = (Direction::ReceiveOnly, Direction::SendReceive);
    for (inband, direction, closed) in [(false, receive_only, false), (true, receive_only, false), (false, both, true)]
    {
        let mut world = World::call(Codec::Pcmu);
        let change = |world: &mut World, direction: Direction, closed: bool| {
            for side in 0..2 {
                let mut stream = stream(Codec::Pcmu, world.sides[1 - side].address(0));
                stream.digits_inband = inband;
                stream.agreed.events = stream.agreed.events.filter(|_| !inband);
                if side == 0 {
                    (stream.agreed.direction, stream.agreed.closed) = (direction, closed);
                }
                world.send(side, Command::Change { channel: ChannelId(0), stream });
            }
        };
        let pressed = |digits: &str| Digits { digits: digits.to_owned(), length: ms(180), pause: ms(90) };
        change(&mut world, both, false);
        world.run(ms(500));
        // Two are still to come, and others are pressed too late.
        world.send(0, Command::Send(ChannelId(0), pressed("123")));
        world.run(ms(300));
        change(&mut world, direction, closed);
        world.run(ms(100));
        world.send(0, Command::Send(ChannelId(0), pressed("456")));
        world.run(ms(100));
        assert!(world.sides[0].events.contains(&Event::DigitsSent(ChannelId(0))));
        change(&mut world, both, false);
        world.run(ms(100));
        world.send(0, Command::Send(ChannelId(0), pressed("7")));
        world.run(ms(1500));
        let heard: String = digits_at(&world, 1).iter().map(|(digit, _)| *digit).collect();
        // The one in whose midst the voice ended may have been heard or not.
        assert!(["17", "127"].contains(&heard.as_str()), "{inband}, {closed}: {heard}");
    }
}

#[test]
fn digits_that_sound_as_tones_end_before_others_go_as_events() {
    let mut world = World::new(2);
    for side in 0..2 {
        let mut stream = stream(Codec::Pcmu, world.sides[1 - side].address(0));
        stream.agreed.events = None;
        world.send(side, Command::Open { channel: ChannelId(0), stream });
    }
    let pressed = |digits: &str| Digits { digits: digits.to_owned(), length: ms(100), pause: ms(100) };
    world.run(ms(200));
    world.send(0, Command::Send(ChannelId(0), pressed("123")));
    world.run(ms(150));
    // Only one side changes, so that the other hears tones all along.
    let stream = stream(Codec::Pcmu, world.sides[1].address(0));
    world.send(0, Command::Change { channel: ChannelId(0), stream });
    world.send(0, Command::Send(ChannelId(0), pressed("4")));
    world.run(ms(1500));
    assert_eq!(digits_at(&world, 1).iter().map(|(digit, _)| *digit).collect::<String>(), "1234");
}
