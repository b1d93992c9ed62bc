//! Which UDP ports calls use for their voice: even ones of the settings' range, or those that a router forwards.

use std::collections::BTreeSet;

use offhook_params::settings::Settings;

/// The ports that calls may use, and those in use.
///
/// A port comes back into use as late as possible, so that a late packet of one call does not reach the next.
#[derive(Debug, Clone)]
pub struct Ports {
    /// In the order in which they are given out.
    ports: Vec<u16>,
    next: usize,
    used: BTreeSet<u16>,
}

impl Ports {
    /// The ports of the settings: the 25 that are forwarded for the channels, if all are set (guide rules 169, 175), else
    /// the even ones from `RTP_PORT_MIN` to `RTP_PORT_MAX` (rules 173, 174).
    pub fn of(settings: &Settings) -> Self {
        let forwarded: Option<Vec<u16>> =
            settings.channels.iter().map(|channel| channel.napt.external_rtp_port.map(|port| port.0)).collect();
        let ports = forwarded.unwrap_or_else(|| {
            let (first, last) = (settings.rtp.rtp_port_min.0, settings.rtp.rtp_port_max.0);
            (first..=last).filter(|port| port % 2 == 0).collect()
        });
        Ports { ports, next: 0, used: BTreeSet::new() }
    }

    /// Takes the settings' ports from now on; those in use stay in use.
    pub fn change(&mut self, settings: &Settings) {
        let fresh = Ports::of(settings);
        if fresh.ports != self.ports {
            self.ports = fresh.ports;
            self.next = 0;
        }
    }

    /// A port that no call uses, for RTP; the next one is for RTCP. None if all are in use.
    pub fn take(&mut self) -> Option<u16> {
        let place = self.place()?;
        self.next = (place + 1) % self.ports.len();
        self.used.insert(self.ports[place]);
        Some(self.ports[place])
    }

    /// The port that [`Ports::take`] would give.
    pub fn peek(&self) -> Option<u16> {
        Some(self.ports[self.place()?])
    }

    /// Another program has the port that would be next: its turn comes again after all others.
    pub fn pass_over(&mut self) {
        if let Some(place) = self.place() {
            self.next = (place + 1) % self.ports.len();
        }
    }

    fn place(&self) -> Option<usize> {
        let count = self.ports.len();
        (0..count).map(|step| (self.next + step) % count).find(|&at| !self.used.contains(&self.ports[at]))
    }

    /// A call does not use its port any more.
    pub fn give_back(&mut self, port: u16) {
        self.used.remove(&port);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::settings;

    #[test]
    fn ports_are_even_and_go_round() {
        let mut ports = Ports::of(&settings(&[("RTP_PORT_MIN", "20000"), ("RTP_PORT_MAX", "20400")]));
        let all: Vec<_> = std::iter::from_fn(|| ports.take()).collect();
        assert_eq!(all, (0..=200).map(|n| 20000 + 2 * n).collect::<Vec<u16>>());
        ports.give_back(20010);
        ports.give_back(20004);
        assert_eq!(ports.take(), Some(20004));
        ports.give_back(20004);
        assert_eq!(ports.take(), Some(20010), "the one that was free for longer");
    }

    #[test]
    fn a_port_that_another_program_has_comes_last() {
        let mut ports = Ports::of(&settings(&[("RTP_PORT_MIN", "20000"), ("RTP_PORT_MAX", "20400")]));
        assert_eq!(ports.peek(), Some(20000));
        ports.pass_over();
        assert_eq!((ports.peek(), ports.take(), ports.take()), (Some(20002), Some(20002), Some(20004)));
        assert_eq!(std::iter::from_fn(|| ports.take()).last(), Some(20000));
        ports.pass_over();
        assert_eq!(ports.peek(), None);
    }

    #[test]
    fn forwarded_ports_take_the_place_of_the_range() {
        let names: Vec<_> = (1..=25).map(|n| format!("NAPT_CHANNEL_PORT_{n}")).collect();
        let values: Vec<_> = (1..=25u16).map(|n| (30000 + 2 * n).to_string()).collect();
        let mut changes: Vec<_> = names.iter().map(String::as_str).zip(values.iter().map(String::as_str)).collect();
        assert_eq!(Ports::of(&settings(&changes)).take(), Some(30002));
        assert_eq!(
            std::iter::from_fn({
                let mut p = Ports::of(&settings(&changes));
                move || p.take()
            })
            .count(),
            25
        );
        // One channel without a port: the range counts.
        changes.pop();
        assert_eq!(Ports::of(&settings(&changes)).take(), Some(16000));
    }

    #[test]
    fn a_change_leaves_ports_in_use_alone() {
        let mut ports = Ports::of(&settings(&[]));
        assert_eq!(ports.take(), Some(16000));
        ports.change(&settings(&[("RTP_PORT_MIN", "16002")]));
        assert_eq!(ports.take(), Some(16002));
        ports.change(&settings(&[]));
        assert_eq!(ports.take(), Some(16004), "16000 and 16002 are in use");
    }
}
