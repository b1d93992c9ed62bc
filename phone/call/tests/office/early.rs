//! Voice of parties that have not answered yet, and the ringback tone where there is none.

use offhook_media::engine::{Command as Media, Event, Feed};
use offhook_media::tone::Signal;
use offhook_sip::message::{Message, Method, Name, Response};

use crate::calls::{feeds, started};
use crate::pbx::udp;
use crate::world::World;

/// A phone that calls a number which only the test answers for.
fn calling() -> World {
    let mut world = World::new(&[&[]]);
    for user in ["2002", "2003"] {
        world.pbx.users.insert(user.into(), udp("192.0.2.200:5060".parse().unwrap()));
    }
    world.call(0, "2002");
    world.media(0);
    world
}

/// A party with this tag responds to the last INVITE, and says whether voice comes from it.
fn respond(world: &mut World, status: u16, tag: &str, voice: bool) {
    let mut response = Response::to(world.last(0, Method::Invite), status, tag);
    let contact = if status == 302 { "<sip:2003@example.com>" } else { "<sip:2002@192.0.2.200>" };
    response.headers.push(Name::Contact, contact);
    if voice {
        // Each sends from a port of its own.
        let port = 4000 + 2 * u16::from(tag.as_bytes()[0]);
        response.headers.push(Name::ContentType, "application/sdp");
        response.body = format!(
            "v=0\r\no=- 1 1 IN IP4 192.0.2.200\r\ns=-\r\nc=IN IP4 192.0.2.200\r\nt=0 0\r\nm=audio {port} RTP/AVP 8\r\n"
        )
        .into_bytes();
    }
    world.send_all(vec![(udp("192.0.2.11:5060".parse().unwrap()), Message::Response(response))]);
    world.settle();
}

#[test]
fn after_early_voice_of_one_party_the_next_one_rings() {
    // The first party sends the caller on, or the next one rings in its place.
    for redirects in [true, false] {
        let mut world = calling();
        respond(&mut world, 183, "a", true);
        assert_eq!(feeds(&world.media(0)), [Feed::Person]);
        if redirects {
            respond(&mut world, 302, "a", false);
            assert_eq!(world.count(0, Method::Invite), 2);
            assert_eq!(feeds(&world.media(0)), [Feed::Silence]);
        }
        respond(&mut world, 180, "b", false);
        let media = world.media(0);
        assert_eq!(started(&media), [Signal::Ringback], "{redirects} {media:?}");
        respond(&mut world, 200, "b", true);
        let media = world.media(0);
        assert!(media.contains(&Media::Stop(Signal::Ringback)), "{media:?}");
        assert_eq!(feeds(&media), [Feed::Person]);
    }
}

/// Packets come from where the last party said that it is.
fn packets(world: &mut World) {
    let (now, unit) = (world.now, &mut world.units[0]);
    let channel = unit.ports[0].channel;
    unit.phone.heard(now, &Event::Heard(channel));
    world.settle();
}

#[test]
fn a_description_without_packets_does_not_end_the_ringback_tone() {
    let mut world = calling();
    respond(&mut world, 180, "a", true);
    let media = world.media(0);
    assert_eq!((started(&media), feeds(&media)), (vec![Signal::Ringback], vec![Feed::Person]), "what comes is heard");
    world.seconds(10);
    assert_eq!(world.media(0), []);
    // The same party says that again, and another one takes its place.
    respond(&mut world, 183, "a", true);
    assert_eq!(world.media(0), []);
    packets(&mut world);
    assert_eq!(world.media(0), [Media::Stop(Signal::Ringback)]);
    respond(&mut world, 180, "a", true);
    assert_eq!(world.media(0), []);
    respond(&mut world, 180, "b", true);
    assert_eq!(started(&world.media(0)), [Signal::Ringback]);
}

#[test]
fn packets_of_a_party_that_rings_end_the_ringback_tone() {
    let mut world = calling();
    respond(&mut world, 180, "a", false);
    assert_eq!(started(&world.media(0)), [Signal::Ringback]);
    respond(&mut world, 183, "a", true);
    let media = world.media(0);
    assert_eq!(feeds(&media), [Feed::Person]);
    assert!(!media.contains(&Media::Stop(Signal::Ringback)), "{media:?}");
    packets(&mut world);
    assert_eq!(world.media(0), [Media::Stop(Signal::Ringback)]);
    // Where voice came first, nothing rings besides.
    let mut world = calling();
    respond(&mut world, 183, "a", true);
    packets(&mut world);
    respond(&mut world, 180, "a", false);
    assert_eq!(started(&world.media(0)), []);
}
