//! Two ends over a simulated network with virtual time: it loses, delays, doubles and reorders, and afterwards nothing is left.

#![expect(clippy::unwrap_used, reason = "a test may stop")]

#[path = "calls/weather.rs"]
mod weather;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use offhook_sip::Tokens;
use offhook_sip::message::{Method, Name, Request, Response, datagram};
use offhook_sip::transaction::{ClientId, Event, Load, Local, Peer, ServerId, Timers, Transactions, Transport};
use weather::{FAIR, Random, Weather};

/// What still happens.
enum Task {
    Arrive { at: usize, bytes: Arc<[u8]> },
    Request { method: Method, call: u64 },
    Cancel { id: ClientId },
    Answer { id: ServerId, request: Box<Request>, status: u16 },
    Repeat { id: ServerId, response: Box<Response>, wait: Duration },
}

/// How a request ended for its sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Open,
    Final(u16),
    TimedOut,
}

struct World {
    weather: Weather,
    random: Random,
    now: Duration,
    ends: [Transactions; 2],
    tasks: BTreeMap<(Duration, u64), Task>,
    last_task: u64,
    outcomes: HashMap<ClientId, (Outcome, u64)>,
    /// Calls that the second end knows of, with how often.
    heard: HashMap<u64, u32>,
    /// 2xx that wait for their ACK, by call.
    unacknowledged: HashMap<u64, bool>,
    sent: u64,
}

fn peer(weather: Weather, end: usize) -> Peer {
    Peer { transport: weather.transport, address: ([192, 0, 2, 1 + end as u8], 5060).into() }
}

impl World {
    fn new(seed: u64, weather: Weather) -> Self {
        let ms = Duration::from_millis;
        let timers = Timers {
            t1: ms(500),
            t2: ms(4000),
            t4: ms(5000),
            b: ms(32_000),
            d: ms(32_000),
            f: ms(32_000),
            h: ms(32_000),
            j: ms(32_000),
        };
        let ends = [0, 1].map(|end| {
            let local = Local { host: format!("192.0.2.{}", 1 + end), port: 5060, rport: end == 0 };
            Transactions::new(timers, local, Tokens::new([end as u8; 32]))
        });
        World {
            weather,
            random: Random(seed),
            now: Duration::ZERO,
            ends,
            tasks: BTreeMap::new(),
            last_task: 0,
            outcomes: HashMap::new(),
            heard: HashMap::new(),
            unacknowledged: HashMap::new(),
            sent: 0,
        }
    }

    fn plan(&mut self, after: u64, task: Task) {
        self.last_task += 1;
        self.tasks.insert((self.now + Duration::from_millis(after), self.last_task), task);
    }

    /// Runs until nothing happens any more.
    fn run(&mut self) {
        loop {
            self.carry();
            let task = self.tasks.keys().next().map(|(at, _)| *at);
            let timer = self.ends.iter().filter_map(Transactions::next_timeout).min();
            let Some(next) = task.into_iter().chain(timer).min() else { break };
            assert!(next >= self.now, "time runs backwards");
            self.now = next;
            self.ends.iter_mut().for_each(|end| end.timeout(next));
            while let Some(entry) = self.tasks.first_entry().filter(|entry| entry.key().0 <= next) {
                let task = entry.remove();
                self.act(task);
                self.carry();
            }
        }
    }

    /// Takes messages and events out of both ends.
    fn carry(&mut self) {
        for end in 0..2 {
            while let Some(transmit) = self.ends[end].poll_transmit() {
                assert_eq!(transmit.to, peer(self.weather, 1 - end));
                self.sent += 1;
                for delay in self.weather.copies(&mut self.random, self.now) {
                    self.plan(delay, Task::Arrive { at: 1 - end, bytes: Arc::clone(&transmit.bytes) });
                }
            }
            while let Some(event) = self.ends[end].poll_event() {
                self.event(end, event);
            }
        }
    }

    fn act(&mut self, task: Task) {
        match task {
            Task::Arrive { at, bytes } => {
                let message = datagram(&bytes).unwrap();
                self.ends[at].receive(self.now, message, peer(self.weather, 1 - at));
            }
            Task::Request { method, call } => self.request(method, call),
            Task::Cancel { id } => self.ends[0].cancel(self.now, id),
            Task::Answer { id, request, status } => self.answer(id, &request, status),
            Task::Repeat { id, response, wait } => {
                if self.unacknowledged.get(&call_of(&response.headers)) == Some(&true)
                    && self.ends[1].respond(self.now, id, &response)
                {
                    let next = (wait * 2).min(Duration::from_secs(4));
                    self.plan(wait.as_millis() as u64, Task::Repeat { id, response, wait: next });
                }
            }
        }
    }

    fn request(&mut self, method: Method, call: u64) {
        let mut request = Request::new(method, "sip:bob@192.0.2.2");
        let headers = &mut request.headers;
        headers.push(Name::MaxForwards, 70);
        headers.push(Name::From, format_args!("<sip:alice@example.com>;tag=a{call}"));
        headers.push(Name::To, "<sip:bob@example.com>");
        headers.push(Name::CallId, call);
        headers.push(Name::CSeq, format_args!("1 {}", request.method));
        let is_invite = request.method == Method::Invite;
        let id = self.ends[0].request(self.now, request, peer(self.weather, 1));
        self.outcomes.insert(id, (Outcome::Open, call));
        if is_invite {
            // Some hang up soon; nobody waits for ever.
            let after = if self.random.chance(30) { self.random.below(20_000) } else { 90_000 };
            self.plan(after, Task::Cancel { id });
        }
    }

    fn answer(&mut self, id: ServerId, request: &Request, status: u16) {
        let call = call_of(&request.headers);
        let response = Response::to(request, status, &format!("b{call}"));
        if !self.ends[1].respond(self.now, id, &response) || request.method != Method::Invite {
            return;
        }
        match status {
            200 => {
                self.unacknowledged.insert(call, true);
                self.plan(500, Task::Repeat { id, response: response.into(), wait: Duration::from_secs(1) });
            }
            100..200 => self.plan_answer(id, request),
            _ => {}
        }
    }

    fn plan_answer(&mut self, id: ServerId, request: &Request) {
        let status = [180, 183, 200, 200, 302, 404, 486, 603][self.random.below(8) as usize];
        let limit = if request.method == Method::Invite { 30_000 } else { 3_000 };
        let after = self.random.below(limit);
        let status = if request.method == Method::Invite { status } else { status.max(200) };
        self.plan(after, Task::Answer { id, request: request.clone().into(), status });
    }

    fn event(&mut self, end: usize, event: Event) {
        match (end, event) {
            (0, Event::Response { id, response, .. }) => {
                let (outcome, call) = self.outcomes.get_mut(&id).unwrap();
                let is_invite = response.headers.cseq().unwrap().method == Method::Invite;
                match *outcome {
                    Outcome::Open if response.is_provisional() => {}
                    Outcome::Open => *outcome = Outcome::Final(response.status),
                    // Only the 2xx of INVITE may come again.
                    Outcome::Final(200) if is_invite => assert_eq!(response.status, 200),
                    ended => panic!("{} after {ended:?}", response.status),
                }
                if is_invite && response.is_success() {
                    let call = *call;
                    self.acknowledge(&response, call);
                }
            }
            (0, Event::TimedOut { id }) => {
                let (outcome, _) = self.outcomes.get_mut(&id).unwrap();
                assert_eq!(*outcome, Outcome::Open);
                *outcome = Outcome::TimedOut;
            }
            (1, Event::Request { id, request, .. }) => {
                *self.heard.entry(call_of(&request.headers)).or_default() += 1;
                self.plan_answer(id, &request);
            }
            (1, Event::Cancelled { id, cancel }) => {
                let mut request = cancel;
                request.method = Method::Invite;
                request.headers.set(Name::CSeq, "1 INVITE");
                self.plan(0, Task::Answer { id, request: request.into(), status: 487 });
            }
            (1, Event::Ack { request, .. }) => {
                self.unacknowledged.insert(call_of(&request.headers), false);
            }
            (1, Event::Lost { .. }) => {}
            (end, event) => panic!("end {end}: {event:?}"),
        }
    }

    fn acknowledge(&mut self, response: &Response, call: u64) {
        let mut ack = Request::new(Method::Ack, "sip:bob@192.0.2.2");
        ack.headers.copy(&response.headers, Name::From);
        ack.headers.copy(&response.headers, Name::To);
        ack.headers.push(Name::CallId, call);
        ack.headers.push(Name::CSeq, "1 ACK");
        self.ends[0].acknowledge(ack, peer(self.weather, 1));
    }
}

fn call_of(headers: &offhook_sip::message::Headers) -> u64 {
    headers.call_id().unwrap().parse().unwrap()
}

/// Sends some requests at random moments, and checks what is left and what became of them. Gives how many succeeded.
fn check(seed: u64, requests: u64, weather: Weather) -> u64 {
    let mut world = World::new(seed, weather);
    for call in 0..requests {
        let method = match world.random.below(3) {
            0 => Method::Invite,
            1 => Method::Options,
            _ => Method::Other("NEWMETHOD".into()),
        };
        let at = world.random.below(10_000);
        world.plan(at, Task::Request { method, call });
    }
    world.run();
    for (end, transactions) in world.ends.iter().enumerate() {
        assert_eq!(transactions.load(), Load { clients: 0, servers: 0 }, "seed {seed}, end {end}: a leak");
    }
    assert_eq!(world.outcomes.len() as u64, requests);
    for (outcome, call) in world.outcomes.values() {
        assert_ne!(*outcome, Outcome::Open, "seed {seed}: call {call} did not end");
    }
    assert!(world.heard.values().all(|times| *times == 1), "seed {seed}: a request was heard twice");
    world.outcomes.values().filter(|(outcome, _)| matches!(outcome, Outcome::Final(_))).count() as u64
}

/// Delays as long as the state machines allow: the last copy of a request leaves half a second before its sender gives up,
/// and whoever answered at once forgets it then.
const LATE: Weather = Weather { delay: 500, ..FAIR };

#[test]
fn in_fair_weather_everything_ends_well() {
    for seed in 0..40 {
        assert_eq!(check(seed, 50, FAIR), 50, "seed {seed}");
    }
}

#[test]
fn copies_and_detours_change_nothing() {
    for seed in 100..140 {
        let weather = Weather { doubled: 40, delay: 3000, ..FAIR };
        assert_eq!(check(seed, 50, weather), 50, "seed {seed}");
    }
}

#[test]
fn losses_are_made_up_for() {
    let mut good = 0;
    for seed in 200..260 {
        good += check(seed, 50, Weather { lost: 20, doubled: 10, ..LATE });
    }
    // What times out is an INVITE whose last ringing or refusal was lost after its sender had given it up.
    assert!(good > 2900, "{good} of 3000");
}

#[test]
fn a_storm_leaves_nothing_behind() {
    for seed in 300..340 {
        check(seed, 50, Weather { lost: 70, doubled: 30, ..LATE });
    }
}

#[test]
fn a_cut_line_leaves_nothing_behind() {
    for seed in 400..420 {
        check(seed, 50, Weather { cut: Some((4000, 60_000)), ..FAIR });
    }
    assert_eq!(check(420, 50, Weather { cut: Some((0, u64::MAX)), ..FAIR }), 0);
}

#[test]
fn connections_need_no_copies() {
    for seed in 500..520 {
        let mut world = World::new(seed, Weather { transport: Transport::Tcp, delay: 1, ..FAIR });
        for call in 0..20 {
            world.plan(call, Task::Request { method: Method::Options, call });
        }
        world.run();
        assert_eq!(world.sent, 40, "seed {seed}: one message each way");
    }
}
