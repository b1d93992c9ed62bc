//! One of the six lines: its signalling, if it is in service, and what the phone knows of it.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use offhook_dialplan::DialPlan;
use offhook_media::sdp::Policy;
use offhook_params::Settings;
use offhook_params::types::Macros;
use offhook_sip::Tokens;
use offhook_sip::call::Calls;
use offhook_sip::line::{Addresses, Config, Line, Output};

use super::watch::Watch;
use crate::state::Messages;

#[derive(Debug)]
pub(super) struct Slot {
    number: usize,
    pub(super) line: Option<Line>,
    /// The settings want it off, and it is leaving its registrar.
    leaving: bool,
    /// It has left. The end of a call is still told, until the other end has heard it.
    left: bool,
    started: bool,
    pub(super) plan: Arc<DialPlan>,
    pub(super) policy: Policy,
    /// The server that it is registered at.
    pub(super) server: Option<String>,
    /// Why the last attempt to register failed; none if it did not.
    pub(super) problem: Option<String>,
    pub(super) messages: Messages,
    pub(super) watch: Watch,
}

impl Slot {
    pub(super) fn new(number: usize, settings: &Settings, macros: &Macros<'_>, own: Addresses, tokens: Tokens) -> Self {
        let config = Config::of_line(settings, number, macros);
        Slot {
            number,
            line: config.map(|config| Line::new(config, own, tokens)),
            leaving: false,
            left: false,
            started: false,
            plan: plan(settings, number),
            policy: Policy::of_line(settings, &settings.lines[number]),
            server: None,
            problem: None,
            messages: Messages::default(),
            watch: Watch::default(),
        }
    }

    pub(super) fn start(&mut self, now: Duration) {
        self.started = true;
        if let Some(line) = &mut self.line {
            line.start(now);
        }
    }

    pub(super) fn close(&mut self, now: Duration) {
        self.started = false;
        self.leaving = true;
        if let Some(line) = &mut self.line {
            line.close(now);
        }
    }

    /// The line has left its registrar.
    pub(super) fn closed(&mut self) {
        self.left = self.leaving;
    }

    /// Lets go of a line that has left, and whose calls are over at the other end too.
    pub(super) fn tidy(&mut self, now: Duration) {
        if self.left && self.calls(now, |calls| calls.load().calls == 0).unwrap_or(true) {
            self.line = None;
            self.leaving = false;
            self.left = false;
            self.server = None;
            self.problem = None;
            self.messages = Messages::default();
            self.watch = Watch::default();
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.line.is_none()
    }

    /// Whether calls can be made.
    pub(super) fn is_in_service(&self) -> bool {
        self.line.is_some() && !self.leaving
    }

    pub(super) fn configure(
        &mut self,
        now: Duration,
        settings: &Settings,
        macros: &Macros<'_>,
        own: Addresses,
        tokens: &mut Tokens,
    ) {
        self.plan = plan(settings, self.number);
        self.policy = Policy::of_line(settings, &settings.lines[self.number]);
        match (&mut self.line, Config::of_line(settings, self.number, macros)) {
            (Some(line), Some(config)) => {
                let comes_back = std::mem::take(&mut self.leaving);
                self.left = false;
                line.configure(now, config);
                // One that stayed is registered, or was refused, and knows itself what the change means for that.
                if self.started && comes_back {
                    line.start(now);
                }
            }
            (Some(line), None) => {
                self.leaving = true;
                line.close(now);
            }
            (None, Some(config)) => {
                let line = self.line.insert(Line::new(config, own, tokens.fork()));
                if self.started {
                    line.start(now);
                }
            }
            (None, None) => {}
        }
    }

    pub(super) fn set_addresses(&mut self, now: Duration, own: Addresses) {
        if let Some(line) = &mut self.line {
            line.set_addresses(now, own);
        }
    }

    pub(super) fn timeout(&mut self, now: Duration) {
        if let Some(line) = &mut self.line {
            line.timeout(now);
        }
    }

    pub(super) fn next_timeout(&self) -> Option<Duration> {
        self.line.as_ref()?.next_timeout()
    }

    pub(super) fn poll(&mut self) -> Option<Output> {
        self.line.as_mut()?.poll()
    }

    /// Lets the calls of the line do something. None if the line is not in service.
    pub(super) fn calls<T>(&mut self, now: Duration, act: impl FnOnce(&mut Calls) -> T) -> Option<T> {
        Some(self.line.as_mut()?.calls(now, act))
    }

    /// Where the other side shall send voice: the address that SIP gives too, or the router's.
    pub(super) fn address(&self) -> IpAddr {
        let host = self.line.as_ref().map(|line| line.contact().host).unwrap_or_default();
        self.policy.advertised(host.trim_matches(['[', ']']).parse().unwrap_or(Ipv4Addr::UNSPECIFIED.into()))
    }
}

/// The dial plan of a line. The store lets no plan in that cannot be read; one that came in otherwise has no branches.
fn plan(settings: &Settings, line: usize) -> Arc<DialPlan> {
    Arc::new(DialPlan::parse(&settings.lines[line].calling.dial_plan).unwrap_or_default())
}
