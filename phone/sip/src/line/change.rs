//! How a line begins and ends, and what happens when settings or addresses change.

use std::net::SocketAddrV4;
use std::time::Duration;

use super::flight::Owner;
use super::machine::{FIRST, Line, State};
use super::{Addresses, Config, Event};
use crate::exchange::Toward;
use crate::registration::Registration;

/// How long closing may take, and a change of settings may wait for the old registrar.
const PARTING: Duration = Duration::from_secs(4);

impl Line {
    /// Finds the servers and registers, also after a refusal.
    pub fn start(&mut self, now: Duration) {
        match self.state {
            State::Off => {
                self.state = State::Starting;
                self.locator.learn(now);
                self.locator.locate(now, FIRST, &Toward::Registrar);
            }
            State::Starting => {}
            State::On => self.registration.start(now),
            State::Changing => {}
            // It was not meant so: back, with the settings of now.
            State::Closing => {
                self.state = State::Changing;
                self.next_config.get_or_insert_with(|| self.config.clone());
            }
        }
        self.pump(now);
    }

    /// Gives subscriptions up, and leaves the registrar if the settings want that. [`Event::Closed`] follows, after a few
    /// seconds at the latest. Calls are left as they are: hang them up before.
    pub fn close(&mut self, now: Duration) {
        if self.state != State::Off {
            self.state = State::Closing;
            self.subscriptions.close(now);
            self.part(now);
        }
        self.pump(now);
    }

    /// Takes other settings: at once if they change nothing between the line and its servers, else after the line has left
    /// the old registrar, with [`Event::Configured`], and then registers anew.
    pub fn configure(&mut self, now: Duration, config: Config) {
        let restarts = self.state != State::Off && self.config.needs_restart(&config);
        if matches!(self.state, State::Closing | State::Changing) {
            self.next_config = Some(config);
        } else if restarts {
            self.next_config = Some(config);
            self.state = State::Changing;
            self.part(now);
        } else if self.config.needs_restart(&config) {
            self.apply(now, config);
        } else {
            if self.config.keep_alive != config.keep_alive {
                self.keep_alive = None;
            }
            self.calls.set_profile(config.profile.clone());
            self.subscriptions.set_terms(config.terms);
            self.abilities = config.abilities();
            self.config = config;
            self.plan_keep_alive(now);
        }
        self.pump(now);
    }

    /// The unit has other addresses: registers where it can be reached now.
    pub fn set_addresses(&mut self, now: Duration, own: Addresses) {
        if self.place.set_own(own) {
            self.set_versions();
            self.moved(now);
        }
        self.pump(now);
    }

    /// What a STUN server sees of the line's port; none if nothing is known. Registers anew if it changed (guide rule 167).
    pub fn set_public_address(&mut self, now: Duration, seen: Option<SocketAddrV4>) {
        self.place.set_seen(seen);
        self.moved(now);
        self.pump(now);
    }

    pub(super) fn set_versions(&mut self) {
        let Addresses { v4, v6 } = self.place.own;
        self.locator.set_versions(v4.is_some(), v6.is_some());
    }

    /// The line may be reachable elsewhere.
    pub(super) fn moved(&mut self, now: Duration) {
        let contact = self.place.contact();
        if contact != *self.registration.contact() {
            self.registration.set_contact(now, contact.clone());
            self.tell_contact(contact);
        }
    }

    /// Leaves the registrar.
    pub(super) fn part(&mut self, now: Duration) {
        self.left = false;
        self.deadline = Some(now + PARTING);
        self.registration.close(now);
    }

    /// The registrar knows, or does not answer in time.
    pub(super) fn parted(&mut self, now: Duration) {
        self.deadline = None;
        self.left = false;
        self.keep_alive = None;
        match (self.state, self.next_config.take()) {
            (State::Closing, next) => {
                self.state = State::Off;
                self.apply(now, next.unwrap_or_else(|| self.config.clone()));
                self.tell(Event::Closed);
            }
            (State::Changing, Some(config)) => {
                self.apply(now, config);
                self.tell(Event::Configured);
                self.state = State::Off;
                self.start(now);
            }
            _ => {}
        }
    }

    /// Replaces the settings; nothing is registered at this time.
    pub(super) fn apply(&mut self, now: Duration, config: Config) {
        self.locator.set_plan(config.plan.clone());
        self.transactions.set_timers(config.timers);
        self.place.configure(&config);
        self.registration = Registration::new(config.account.clone(), self.place.contact(), self.tokens.fork());
        self.flights.forget(Owner::Registration);
        let contact = self.place.contact();
        self.calls.set_profile(config.profile.clone());
        self.calls.set_contact(contact.clone());
        self.calls.set_route(Vec::new());
        self.subscriptions.restart(now, config.account.clone(), contact, config.terms);
        self.abilities = config.abilities();
        self.registered = None;
        self.homes = [None; 3];
        self.config = config;
    }
}
