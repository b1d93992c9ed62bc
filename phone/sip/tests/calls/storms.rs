//! Thousands of random calls over a network of every mood: both ends end in the same state, and nothing is left behind.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use offhook_sip::call::{Body, CallId, CallLoad, Dial, Event, Forward, Rejection};
use offhook_sip::message::datagram;
use offhook_sip::transaction::{Load, Transport};

use crate::phone::{NUMBERS, Phone};
use crate::weather::{FAIR, Random, Weather};

/// Settings that change how calls run; each phone of a world takes some.
const SETTINGS: [(&str, &str); 12] = [
    ("SIP_100REL_ENABLE_1", "Y"),
    ("SIP_18X_RTX_INTVL_1", "3"),
    ("SIP_SESSION_TIME_1", "60"),
    ("SIP_SESSION_TIME_1", "90"),
    ("SIP_SESSION_METHOD_1", "1"),
    ("SIP_SESSION_METHOD_1", "2"),
    ("SIP_REFRESHER_1", "1"),
    ("SIP_REFRESHER_1", "2"),
    ("SIP_INVITE_EXPIRE_1", "60"),
    ("SIP_CONTACT_ON_ACK_1", "Y"),
    ("SIP_HOLD_HOLDRECEIVE_1", "N"),
    ("TALK_PACKAGE", "Y"),
];

enum Task {
    Arrive {
        at: usize,
        from: usize,
        bytes: Arc<[u8]>,
        spoilt: bool,
    },
    Dial {
        from: usize,
        to: usize,
    },
    /// The user of a phone does something with one of its calls.
    Act {
        at: usize,
    },
    Decide {
        at: usize,
        call: CallId,
        offer: Option<Body>,
    },
    Answer {
        at: usize,
        call: CallId,
        offer: Option<Body>,
    },
}

struct World {
    weather: Weather,
    random: Random,
    now: Duration,
    phones: Vec<Phone>,
    tasks: BTreeMap<(Duration, u64), Task>,
    last_task: u64,
    /// Of a hundred messages, so many arrive changed.
    spoilt: u64,
    /// Phones that are switched off, from then on.
    dead: Option<(usize, Duration)>,
    seen: Seen,
}

/// What has happened, so that a test can tell that it tests something.
#[derive(Debug, Default, Clone, Copy)]
struct Seen {
    answered: u64,
    changed: u64,
    unchanged: u64,
    transferred: u64,
    lost: u64,
    /// Messages that arrived changed and could be read nevertheless.
    misread: u64,
}

impl World {
    fn new(seed: u64, weather: Weather, timers: bool) -> Self {
        let mut random = Random(seed);
        let phones = (0..NUMBERS.len())
            .map(|index| {
                let always = timers.then_some(("SIP_SESSION_TIME_1", "60"));
                let changes: Vec<_> = SETTINGS.into_iter().filter(|_| random.chance(30)).chain(always).collect();
                Phone::new(index, seed as u8, weather.transport, &changes)
            })
            .collect();
        World {
            weather,
            random,
            now: Duration::from_secs(1000),
            phones,
            tasks: BTreeMap::new(),
            last_task: 0,
            spoilt: 0,
            dead: None,
            seen: Seen::default(),
        }
    }

    fn plan(&mut self, after: u64, task: Task) {
        self.last_task += 1;
        self.tasks.insert((self.now + Duration::from_millis(after), self.last_task), task);
    }

    /// Runs until nothing happens any more, or the time has come.
    fn run(&mut self, until: Duration) {
        loop {
            self.carry();
            let task = self.tasks.keys().next().map(|(at, _)| *at);
            let timer = self.phones.iter().filter_map(Phone::next_timeout).min();
            let Some(next) = task.into_iter().chain(timer).min().filter(|next| *next <= until) else { break };
            assert!(next >= self.now, "time runs backwards");
            self.now = next;
            self.phones.iter_mut().for_each(|phone| phone.timeout(next));
            while let Some(entry) = self.tasks.first_entry().filter(|entry| entry.key().0 <= next) {
                let task = entry.remove();
                self.act(task);
                self.carry();
            }
        }
        self.now = self.now.max(until.min(self.now + Duration::from_secs(3600)));
    }

    fn is_dead(&self, index: usize) -> bool {
        self.dead.is_some_and(|(dead, from)| dead == index && from <= self.now)
    }

    fn carry(&mut self) {
        for at in 0..self.phones.len() {
            while let Some(transmit) = self.phones[at].poll_transmit() {
                let std::net::IpAddr::V4(address) = transmit.to.address.ip() else { panic!("{transmit:?}") };
                let to = usize::from(address.octets()[3]) - 1;
                if self.is_dead(at) || self.is_dead(to) {
                    continue;
                }
                for delay in self.weather.copies(&mut self.random, self.now) {
                    let spoilt = self.random.chance(self.spoilt);
                    let bytes = if spoilt {
                        spoil(&transmit.bytes, &mut self.random).into()
                    } else {
                        Arc::clone(&transmit.bytes)
                    };
                    self.plan(delay, Task::Arrive { at: to, from: at, bytes, spoilt });
                }
            }
            while let Some(event) = self.phones[at].events.pop_front() {
                self.event(at, event);
            }
        }
    }

    fn act(&mut self, task: Task) {
        let now = self.now;
        match task {
            Task::Arrive { at, from, bytes, spoilt } => match datagram(&bytes) {
                Ok(message) => {
                    self.seen.misread += u64::from(spoilt);
                    self.phones[at].receive(now, message, from);
                }
                Err(malformed) => assert!(self.spoilt > 0, "{malformed}"),
            },
            Task::Dial { from, to } => {
                let phone = &mut self.phones[from];
                let offer = (!self.random.chance(15)).then(|| phone.body());
                let call =
                    phone.calls.dial(now, Dial { target: NUMBERS[to].into(), offer, hide: None, place: None }).unwrap();
                phone.dialled(now, call);
            }
            Task::Act { at } => self.do_something(at),
            Task::Decide { at, call, offer } => self.decide(at, call, offer),
            Task::Answer { at, call, offer } => {
                let body = self.phones[at].body();
                let phone = &mut self.phones[at];
                let body = phone.views[&call].early.clone().unwrap_or(body);
                if phone.calls.answer(now, call, body.clone()).is_ok() {
                    self.seen.answered += 1;
                    let view = phone.views.get_mut(&call).unwrap();
                    view.up = true;
                    if let (Some(offer), None) = (offer, &view.remote) {
                        (view.local, view.remote) = (Some(body), Some(offer));
                    }
                }
                phone.drain(now);
            }
        }
    }

    /// Somebody's phone rings: what does he do?
    fn decide(&mut self, at: usize, call: CallId, offer: Option<Body>) {
        let now = self.now;
        let wait = self.random.below(8000);
        let choice = self.random.below(20);
        let early = self.random.chance(30).then(|| self.phones[at].body());
        let target = NUMBERS[self.random.below(3) as usize];
        let phone = &mut self.phones[at];
        let _ = match choice {
            0 => phone.calls.reject(call, Rejection::Busy),
            1 => phone.calls.reject(call, Rejection::Declined),
            2 => phone.calls.redirect(call, target, Forward::Busy),
            3 => Ok(()),
            _ => {
                phone.views.get_mut(&call).unwrap().early.clone_from(&early);
                let done = phone.calls.ring(now, call, if early.is_some() { 183 } else { 180 }, early);
                self.plan(wait, Task::Answer { at, call, offer });
                done
            }
        };
        self.phones[at].drain(now);
    }

    fn do_something(&mut self, at: usize) {
        let now = self.now;
        let (choice, target) = (self.random.below(12), NUMBERS[self.random.below(3) as usize]);
        let calls = self.phones[at].live(choice > 2);
        if calls.is_empty() {
            return;
        }
        let call = calls[self.random.below(calls.len() as u64) as usize];
        let other = calls[self.random.below(calls.len() as u64) as usize];
        let phone = &mut self.phones[at];
        let body = phone.body();
        // Some of it is not possible in the state of the call, which has to be said and to change nothing.
        let _ = match choice {
            0 | 1 => phone.calls.hang_up(call),
            2..=4 => phone.calls.hold(now, call, body),
            5 | 6 => phone.calls.resume(now, call, body),
            7 => phone.calls.modify(now, call, body),
            8 => phone.calls.transfer(now, call, target),
            9 => phone.calls.transfer_to(now, call, other),
            10 => phone.calls.send_digits(now, call, "5", Duration::from_millis(100), Duration::from_millis(60)),
            _ => phone.calls.send_flash(now, call),
        };
        phone.drain(now);
    }

    fn event(&mut self, at: usize, event: Event) {
        let now = self.now;
        match event {
            Event::Incoming(invitation) => {
                let (call, offer) = (invitation.call, invitation.offer);
                if invitation.replaces.is_some() {
                    self.plan(0, Task::Answer { at, call, offer });
                } else {
                    let wait = self.random.below(500);
                    self.plan(wait, Task::Decide { at, call, offer });
                }
            }
            Event::Offer { call, session } => {
                let refuse = self.random.chance(10);
                let body = self.phones[at].body();
                let phone = &mut self.phones[at];
                if refuse {
                    phone.calls.refuse(now, call, 488).unwrap();
                } else {
                    phone.calls.accept(now, call, body.clone()).unwrap();
                    if let Some(session) = session {
                        let view = phone.views.get_mut(&call).unwrap();
                        (view.local, view.remote) = (Some(body), Some(session));
                    }
                }
                phone.drain(now);
            }
            Event::TransferAsked { call, .. } => {
                let refuse = self.random.chance(20);
                let phone = &mut self.phones[at];
                if refuse {
                    phone.calls.refuse_transfer(call, 603).unwrap();
                    phone.drain(now);
                } else {
                    let offer = phone.body();
                    let new = phone.calls.accept_transfer(now, call, offer).unwrap();
                    phone.dialled(now, new);
                }
            }
            Event::Transfer { progress: offhook_sip::call::Transfer::Done, .. } => self.seen.transferred += 1,
            Event::Answer { .. } => self.seen.changed += 1,
            Event::Unchanged { .. } => self.seen.unchanged += 1,
            Event::Ended { why: offhook_sip::call::End::Lost, .. } => self.seen.lost += 1,
            _ => {}
        }
    }

    /// Whether both ends of each call see the same.
    fn compare(&self, seed: u64) {
        let mut ends: BTreeMap<&str, Vec<_>> = BTreeMap::new();
        for phone in self.phones.iter().filter(|phone| !self.is_dead(phone.index)) {
            for (id, view) in phone.views.iter().filter(|(_, view)| view.ended.is_none() && view.up) {
                let text = |body: &Option<Body>| {
                    body.as_ref().map(|body| String::from_utf8_lossy(&body.bytes).into_owned()).unwrap_or_default()
                };
                let end = (phone.index, id, text(&view.local), text(&view.remote));
                ends.entry(&view.name).or_default().push(end);
            }
        }
        for (name, ends) in ends {
            let [(_, _, local, remote), (_, _, theirs, ours)] = &ends[..] else {
                panic!("seed {seed}: call {name} has not two ends but {ends:?}");
            };
            assert_eq!((local, remote), (ours, theirs), "seed {seed}: {ends:?}");
        }
    }
}

/// A message with some changes: what attackers and faulty servers send.
fn spoil(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    const PIECES: [&str; 14] = [
        ",",
        ";",
        "\"",
        "<",
        ">",
        "\r\n",
        "0",
        "9",
        "99999999999",
        "tag=",
        "sip:",
        "%",
        "\u{e9}",
        "Require: 100rel\r\nRSeq: 7\r\n",
    ];
    let mut lines: Vec<Vec<u8>> = bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    for _ in 0..1 + random.below(4) {
        let at = random.below(lines.len() as u64) as usize;
        match random.below(6) {
            0 if lines.len() > 1 => drop(lines.remove(at)),
            1 => lines.insert(at, lines[at].clone()),
            2 => {
                let other = random.below(lines.len() as u64) as usize;
                lines.swap(at, other);
            }
            _ => {
                let line = &mut lines[at];
                let start = random.below(line.len() as u64 + 1) as usize;
                let end = (start + random.below(5) as usize).min(line.len());
                line.splice(start..end, PIECES[random.below(14) as usize].bytes());
            }
        }
    }
    lines.concat()
}

/// Some calls at random moments with random events in them; then peace; then everybody hangs up.
fn check(seed: u64, weather: Weather) -> Seen {
    // Without session timers, nobody notices a goodbye that nobody hears.
    storm(seed, World::new(seed, weather, weather.cut.is_some()))
}

fn storm(seed: u64, mut world: World) -> Seen {
    let (start, calls) = (world.now, 5);
    for _ in 0..calls {
        let (at, from) = (world.random.below(20_000), world.random.below(3) as usize);
        let to = (from + 1 + world.random.below(2) as usize) % 3;
        world.plan(at, Task::Dial { from, to });
    }
    for _ in 0..calls * 6 {
        let (after, at) = (world.random.below(40_000), world.random.below(3) as usize);
        world.plan(after, Task::Act { at });
    }
    // Whatever still waits for the other end has given up then.
    world.run(start + Duration::from_secs(400));
    if world.spoilt == 0 {
        world.compare(seed);
    }
    for at in 0..3 {
        for call in world.phones[at].live(false) {
            world.phones[at].calls.hang_up(call).unwrap();
        }
        world.phones[at].drain(world.now);
    }
    world.run(start + Duration::from_secs(3000));
    for phone in &world.phones {
        let empty = (CallLoad { calls: 0, requests: 0 }, Load { clients: 0, servers: 0 });
        assert_eq!(phone.load(), empty, "seed {seed}, phone {}: a leak", phone.index);
        assert_eq!(phone.next_timeout(), None, "seed {seed}");
        for (call, view) in &phone.views {
            assert!(view.ended.is_some(), "seed {seed}, phone {}: {call:?} did not end", phone.index);
        }
    }
    world.seen
}

/// Runs many storms, and gives what happened in all.
fn many(seeds: std::ops::Range<u64>, weather: impl Fn(u64) -> Weather) -> Seen {
    seeds.fold(Seen::default(), |sum, seed| {
        let seen = check(seed, weather(seed));
        Seen {
            answered: sum.answered + seen.answered,
            changed: sum.changed + seen.changed,
            unchanged: sum.unchanged + seen.unchanged,
            transferred: sum.transferred + seen.transferred,
            lost: sum.lost + seen.lost,
            misread: sum.misread + seen.misread,
        }
    })
}

#[test]
fn fair_weather() {
    let seen = many(0..200, |_| FAIR);
    assert!(seen.answered > 400 && seen.changed > 200 && seen.unchanged > 20 && seen.transferred > 20, "{seen:?}");
    // A request that crosses a goodbye finds no call any more.
    assert!(seen.lost < 20, "{seen:?}");
}

#[test]
fn copies_and_detours() {
    let seen = many(1000..1080, |_| Weather { doubled: 30, delay: 1500, ..FAIR });
    assert!(seen.answered > 200 && seen.changed > 100, "{seen:?}");
}

#[test]
fn rain() {
    let seen = many(2000..2150, |_| Weather { lost: 15, doubled: 10, delay: 300, ..FAIR });
    assert!(seen.answered > 300 && seen.changed > 100, "{seen:?}");
}

#[test]
fn connections() {
    let seen = many(3000..3100, |_| Weather { transport: Transport::Tcp, delay: 1, ..FAIR });
    assert!(seen.answered > 200, "{seen:?}");
}

#[test]
fn a_cut_line() {
    for seed in 4000..4100 {
        let from = seed % 40;
        check(seed, Weather { cut: Some((1_000_000 + from * 1000, 1_100_000)), ..FAIR });
    }
}

#[test]
fn a_phone_that_dies() {
    for seed in 5000..5050 {
        let mut world = World::new(seed, FAIR, true);
        world.dead = Some(((seed % 3) as usize, world.now + Duration::from_secs(seed % 30)));
        storm(seed, world);
    }
}

#[test]
fn messages_that_are_spoilt() {
    let mut misread = 0;
    for seed in 6000..6400 {
        let mut world = World::new(seed, Weather { doubled: 10, ..FAIR }, true);
        world.spoilt = 40;
        misread += storm(seed, world).misread;
    }
    assert!(misread > 5000, "{misread}");
}
