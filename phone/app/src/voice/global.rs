//! The global address: what a STUN server sees of each line's port, looked up again and again (guide rule 167).

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::Duration;

use offhook_params::Settings;
use offhook_params::choices::GlobalAddressMethod;

use crate::net::stun::Transaction;

/// The first wait for an answer; each further wait doubles it (RFC 8489, section 6.2.1).
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// How often a server is asked for one answer.
const TRIES: u32 = 5;

/// How long the name of a server may take.
const NAME: Duration = Duration::from_secs(20);

/// Asks for what the settings want, in rounds.
#[derive(Debug, Default)]
pub(super) struct Global {
    plan: Option<Plan>,
    /// When the next round begins.
    next: Duration,
    round: Option<Round>,
}

/// What the settings want.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Plan {
    interval: Duration,
    /// The servers, in the order in which they are asked: host and port.
    servers: Vec<(String, u16)>,
}

/// All lines once.
#[derive(Debug)]
struct Round {
    /// Which of the servers is asked.
    server: usize,
    /// Its address, once that is known.
    address: Option<SocketAddrV4>,
    tries: u32,
    due: Duration,
    /// Lines without an answer.
    open: BTreeMap<usize, Transaction>,
}

/// What has to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Task {
    /// Look this name up, and tell [`Global::resolved`].
    Resolve(String),
    /// Ask the server by the line's socket.
    Ask(usize, SocketAddrV4, Transaction),
}

impl Global {
    /// Takes settings. True if they are others: what was seen before does not count any more.
    pub(super) fn configure(&mut self, now: Duration, settings: &Settings) -> bool {
        let plan = Plan::of(settings);
        let changed = plan != self.plan;
        if changed {
            *self = Global { plan, next: now, round: None };
        }
        changed
    }

    /// When [`Global::timeout`] has something to do.
    pub(super) fn next_timeout(&self) -> Option<Duration> {
        self.plan.as_ref()?;
        Some(self.round.as_ref().map_or(self.next, |round| round.due))
    }

    /// Time has passed. `lines` are those that are asked for, and `random` makes transactions.
    pub(super) fn timeout(
        &mut self,
        now: Duration,
        lines: impl Iterator<Item = usize>,
        random: impl Fn() -> Transaction,
    ) -> Vec<Task> {
        let Some(plan) = &self.plan else { return Vec::new() };
        match &mut self.round {
            None if self.next <= now => {
                let open = lines.map(|line| (line, random())).collect();
                self.round = Some(Round { server: 0, address: None, tries: 0, due: now, open });
                self.ask(now)
            }
            Some(round) if round.due <= now => {
                // A name that is not found is as good as a server that is silent.
                if round.address.is_none() || round.tries >= TRIES {
                    *round = Round { server: round.server + 1, address: None, tries: 0, ..std::mem::take(round) };
                }
                if round.open.is_empty() || round.server >= plan.servers.len() {
                    self.finish(now);
                    return Vec::new();
                }
                self.ask(now)
            }
            None | Some(_) => Vec::new(),
        }
    }

    /// The name of the server has this address, or none.
    pub(super) fn resolved(&mut self, now: Duration, address: Option<Ipv4Addr>) -> Vec<Task> {
        let (Some(plan), Some(round)) = (&self.plan, &mut self.round) else { return Vec::new() };
        let Some((_, port)) = plan.servers.get(round.server) else { return Vec::new() };
        round.address = address.map(|address| SocketAddrV4::new(address, *port));
        round.due = now;
        if round.address.is_some() { self.ask(now) } else { Vec::new() }
    }

    /// An answer has come for a line. True if it was asked for.
    pub(super) fn seen(&mut self, now: Duration, line: usize, from: SocketAddrV4, transaction: Transaction) -> bool {
        let Some(round) = &mut self.round else { return false };
        let awaited = round.address == Some(from) && round.open.get(&line) == Some(&transaction);
        if awaited {
            round.open.remove(&line);
            if round.open.is_empty() {
                self.finish(now);
            }
        }
        awaited
    }

    fn ask(&mut self, now: Duration) -> Vec<Task> {
        let (Some(plan), Some(round)) = (&self.plan, &mut self.round) else { return Vec::new() };
        let Some((host, port)) = plan.servers.get(round.server) else { return Vec::new() };
        let known = round.address.or_else(|| Some(SocketAddrV4::new(host.parse().ok()?, *port)));
        let Some(address) = known else {
            round.due = now + NAME;
            return vec![Task::Resolve(host.clone())];
        };
        round.address = Some(address);
        round.due = now + FIRST_WAIT * 2_u32.pow(round.tries);
        round.tries += 1;
        round.open.iter().map(|(line, transaction)| Task::Ask(*line, address, *transaction)).collect()
    }

    fn finish(&mut self, now: Duration) {
        self.round = None;
        self.next = now + self.plan.as_ref().map_or(Duration::MAX, |plan| plan.interval);
    }
}

impl Default for Round {
    fn default() -> Self {
        Round { server: 0, address: None, tries: 0, due: Duration::ZERO, open: BTreeMap::new() }
    }
}

impl Plan {
    fn of(settings: &Settings) -> Option<Self> {
        let stun = &settings.stun;
        let interval =
            stun.global_address_interval.filter(|_| stun.global_address_method == GlobalAddressMethod::Stun)?;
        let first = stun.stun_address.as_ref()?;
        let mut servers = vec![(first.0.clone(), stun.stun_port.0)];
        // The second one counts only beside an address (guide rule 184).
        let second = stun.stun_address_2.filter(|_| first.address().is_some());
        servers.extend(second.map(|second| (second.to_string(), stun.stun_port_2.0)));
        Some(Plan { interval, servers })
    }
}

#[cfg(test)]
mod tests {
    use offhook_params::ParamId;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const ID: Transaction = [7; 12];

    fn global(values: &[(&str, &'static str)]) -> Global {
        let all = [&[("GLOBAL_ADDRESS_INTERVAL", "60"), ("STUN_SERV_ADDR", "192.0.2.1")], values].concat();
        let find = |id: ParamId| all.iter().rev().find(|(name, _)| *name == id.name()).map(|(_, value)| *value);
        let settings = Settings::from_values(&|id: ParamId| find(id).unwrap_or(id.default()));
        let mut global = Global::default();
        global.configure(Duration::ZERO, &settings);
        assert!(!global.configure(SECOND, &settings), "nothing has changed");
        global
    }

    fn tick(global: &mut Global) -> (Duration, Vec<Task>) {
        let now = global.next_timeout().expect("it goes on");
        (now, global.timeout(now, [0, 2].into_iter(), || ID))
    }

    fn server(text: &str) -> SocketAddrV4 {
        text.parse().expect("an address")
    }

    #[test]
    fn each_line_is_asked_for_until_it_is_answered() {
        let mut global = global(&[]);
        let at = server("192.0.2.1:3478");
        assert_eq!(tick(&mut global), (Duration::ZERO, vec![Task::Ask(0, at, ID), Task::Ask(2, at, ID)]));
        assert!(!global.seen(SECOND, 1, at, ID), "nobody asked for that line");
        assert!(!global.seen(SECOND, 0, server("192.0.2.9:3478"), ID), "a stranger");
        assert!(!global.seen(SECOND, 0, at, [8; 12]), "another question");
        assert!(global.seen(SECOND, 0, at, ID));
        assert!(!global.seen(SECOND, 0, at, ID), "once");
        assert_eq!(tick(&mut global), (FIRST_WAIT, vec![Task::Ask(2, at, ID)]));
        assert!(global.seen(SECOND, 2, at, ID));
        assert_eq!(tick(&mut global).0, 61 * SECOND, "the next round");
    }

    #[test]
    fn the_second_server_is_asked_when_the_first_is_silent() {
        let mut global = global(&[("STUN_2NDSERV_ADDR", "192.0.2.2"), ("STUN_2NDSERV_PORT", "3479")]);
        let asked: Vec<_> = (0..10)
            .flat_map(|_| tick(&mut global).1)
            .filter_map(|task| match task {
                Task::Ask(0, at, _) => Some(at.to_string()),
                _ => None,
            })
            .collect();
        assert_eq!(asked, [["192.0.2.1:3478"; 5], ["192.0.2.2:3479"; 5]].concat());
        assert_eq!(tick(&mut global).1, [], "nobody answers");
        assert_eq!(tick(&mut global).1.len(), 2, "until the next round");
    }

    #[test]
    fn a_name_is_looked_up_first() {
        let mut global = global(&[("STUN_SERV_ADDR", "stun.example.com"), ("STUN_2NDSERV_ADDR", "192.0.2.2")]);
        assert_eq!(tick(&mut global).1, [Task::Resolve("stun.example.com".to_owned())]);
        let asked = global.resolved(SECOND, Some(Ipv4Addr::new(192, 0, 2, 7)));
        assert_eq!(asked[0], Task::Ask(0, server("192.0.2.7:3478"), ID));
        let mut silent = self::global(&[("STUN_SERV_ADDR", "stun.example.com")]);
        tick(&mut silent);
        assert_eq!(silent.resolved(SECOND, None), []);
        assert_eq!(tick(&mut silent), (SECOND, Vec::new()));
        assert_eq!(tick(&mut silent).0, 61 * SECOND, "the next round");
    }

    #[test]
    fn nothing_is_asked_that_is_not_wanted() {
        for values in [("GLOBAL_ADDRESS_INTERVAL", "0"), ("GLOBAL_ADDRESS_METHOD", "SIP"), ("STUN_SERV_ADDR", "")] {
            assert_eq!(global(&[values]).next_timeout(), None, "{values:?}");
        }
    }
}
