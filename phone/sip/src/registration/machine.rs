//! The state machine: which REGISTER is due, and what its answer means.

use std::collections::VecDeque;
use std::mem;
use std::time::Duration;

use super::account::{Account, Contact};
use super::register::{self, Purpose, Series};
use crate::digest::{Authenticator, Verdict};
use crate::message::{Known, Name, Request, Response};
use crate::token::Tokens;

/// Longest wait that a server may ask for with Retry-After.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(3600);

/// Shortest time between two registrations, whatever was granted.
const SHORTEST_REFRESH: Duration = Duration::from_secs(1);

/// How the line stands, for the status page (guide rule 154).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Not started, or closed.
    Off,
    /// Trying, or waiting to try again.
    Registering,
    /// The registrar knows where the line is.
    Registered,
    /// The registrar does not want it: 403, or a wrong password.
    Refused,
}

/// Why a registration failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// No answer, or the network did not reach the registrar: another server may.
    Silence,
    /// This status code.
    Status(u16),
    /// User name or password is wrong.
    Password,
    /// The registrar asks for something that this phone cannot give: an unknown scheme or hash.
    Challenge,
    /// A 2xx that does not name our contact, or for no time at all.
    NotTaken,
}

/// What the caller has to do or to know.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Output {
    /// Send this REGISTER in a transaction of its own, and give its outcome to [`Registration::answered`] or
    /// [`Registration::failed`]. There is one at a time.
    Send(Request),
    /// The line is registered, newly or again, for so long.
    Registered {
        /// How long the registrar keeps it.
        granted: Duration,
    },
    /// An attempt failed. While an earlier registration lasts, the line is still registered.
    Failed {
        /// Why.
        failure: Failure,
        /// When it is tried again; never after 403.
        retry: Option<Duration>,
    },
    /// The registration has run out, and no attempt to renew it succeeded.
    Expired,
    /// The registrar sees the line at this address; Contact and SDP should say so from now on.
    AddressChanged(Contact),
    /// Everything is done after [`Registration::close`].
    Closed,
}

/// The registration of one line.
///
/// After each call, fetch outputs until there are none, and call [`Registration::timeout`] at the moment that
/// [`Registration::next_timeout`] names.
#[derive(Debug)]
pub struct Registration {
    account: Account,
    contact: Contact,
    authenticator: Authenticator,
    tokens: Tokens,
    series: Series,
    /// What to ask for: the setting, or what the registrar asks for at least.
    expires: Duration,
    wanted: bool,
    /// All contacts have to be removed before the first registration.
    remove_first: bool,
    /// A contact that was registered before the address changed.
    old: Option<Contact>,
    pending: Option<(Purpose, Request)>,
    /// Something changed while a request was pending: register again.
    again: bool,
    refused: bool,
    /// When to send the next request.
    next: Option<Duration>,
    /// How long the contact is registered.
    until: Option<Duration>,
    service_route: Vec<String>,
    outputs: VecDeque<Output>,
}

impl Registration {
    /// One that does nothing until it is started. `contact` is where the line can be reached, as far as it is known.
    pub fn new(account: Account, contact: Contact, mut tokens: Tokens) -> Self {
        let series = Series { call_id: tokens.token(), tag: tokens.token(), number: 0 };
        Registration {
            authenticator: Authenticator::new(account.credentials.clone()),
            expires: account.expires,
            remove_first: account.unregister_first,
            account,
            contact,
            tokens,
            series,
            wanted: false,
            old: None,
            pending: None,
            again: false,
            refused: false,
            next: None,
            until: None,
            service_route: Vec::new(),
            outputs: VecDeque::new(),
        }
    }

    /// Registers, also after a refusal.
    pub fn start(&mut self, now: Duration) {
        self.wanted = true;
        self.register_now(now);
    }

    /// Registers at once: another server was chosen, or somebody asks for it. Nothing happens unless it was started.
    pub fn register_now(&mut self, now: Duration) {
        if !self.wanted {
            return;
        }
        self.refused = false;
        self.again = self.pending.is_some();
        if !self.again {
            self.send_next(now);
        }
    }

    /// Registers at this time at the latest. Nothing happens unless it was started.
    pub fn register_by(&mut self, at: Duration) {
        if self.wanted {
            self.next = Some(self.next.map_or(at, |next| next.min(at)));
        }
    }

    /// Ends the registration: removes the contact from the registrar if the settings want that, else just stops. Then
    /// [`Output::Closed`] comes, at once if nothing is to be done.
    pub fn close(&mut self, now: Duration) {
        self.wanted = false;
        self.again = false;
        if self.pending.is_none() {
            self.finish_closing(now);
        }
    }

    /// The line can be reached elsewhere from now on: registers there, and removes the old contact afterwards.
    pub fn set_contact(&mut self, now: Duration, contact: Contact) {
        if contact != self.contact {
            let old = mem::replace(&mut self.contact, contact);
            if self.until.take().is_some_and(|until| until > now) {
                self.old = Some(old);
            }
            self.register_now(now);
        }
    }

    /// Takes a response to the pending REGISTER.
    pub fn answered(&mut self, now: Duration, response: &Response) {
        if response.is_provisional() {
            return;
        }
        let Some((purpose, request)) = self.pending.take() else { return };
        if matches!(response.status, 401 | 407) {
            return self.challenged(now, purpose, &request, response);
        }
        self.authenticator.accepted(response);
        match response.status {
            200..300 => self.granted(now, purpose, response),
            423 if self.takes_minimum(response) => self.send(purpose),
            status => self.fail(now, &purpose, Failure::Status(status), response.headers.seconds(Known::RetryAfter)),
        }
        self.settle(now);
    }

    /// The pending REGISTER got no answer, or could not be sent.
    pub fn failed(&mut self, now: Duration) {
        if let Some((purpose, _)) = self.pending.take() {
            self.fail(now, &purpose, Failure::Silence, None);
            self.settle(now);
        }
    }

    /// Time has passed.
    pub fn timeout(&mut self, now: Duration) {
        if self.until.is_some_and(|until| until <= now) {
            self.until = None;
            self.outputs.push_back(Output::Expired);
        }
        if self.next.is_some_and(|next| next <= now) && self.pending.is_none() {
            self.send_next(now);
        }
    }

    /// When [`Registration::timeout`] has something to do.
    pub fn next_timeout(&self) -> Option<Duration> {
        let next = self.next.filter(|_| self.pending.is_none());
        next.into_iter().chain(self.until).min()
    }

    /// The next thing to do or to know.
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// How the line stands.
    pub fn status(&self) -> Status {
        if self.until.is_some() {
            Status::Registered
        } else if !self.wanted {
            Status::Off
        } else if self.refused {
            Status::Refused
        } else {
            Status::Registering
        }
    }

    /// Where the line can be reached, as it was registered last or shall be next.
    pub fn contact(&self) -> &Contact {
        &self.contact
    }

    /// The route that the registrar wants requests of this line to take (RFC 3608): values for Route, in order.
    pub fn service_route(&self) -> &[String] {
        &self.service_route
    }

    /// What answers challenges to the line's other requests.
    pub fn authenticator(&mut self) -> &mut Authenticator {
        &mut self.authenticator
    }

    /// Sends what is due: first the removal, then the registration.
    fn send_next(&mut self, now: Duration) {
        self.next = None;
        if !self.wanted {
            return self.finish_closing(now);
        }
        self.send(if self.remove_first { Purpose::RemoveAll } else { Purpose::Register });
    }

    fn send(&mut self, purpose: Purpose) {
        self.series.number += 1;
        let mut request = register::write(&self.account, &self.contact, &purpose, self.expires, &self.series);
        self.authenticator.authorize(&mut request);
        self.outputs.push_back(Output::Send(request.clone()));
        self.pending = Some((purpose, request));
    }

    fn challenged(&mut self, now: Duration, purpose: Purpose, request: &Request, response: &Response) {
        match self.authenticator.challenged(request, response, &mut self.tokens) {
            Verdict::Retry => self.send(purpose),
            Verdict::Refused => self.fail(now, &purpose, Failure::Password, None),
            Verdict::Unsupported => self.fail(now, &purpose, Failure::Challenge, None),
        }
        self.settle(now);
    }

    /// A 2xx came.
    fn granted(&mut self, now: Duration, purpose: Purpose, response: &Response) {
        match purpose {
            Purpose::RemoveAll => {
                self.remove_first = false;
                self.until = None;
                self.next = Some(now);
            }
            Purpose::Remove(contact) if contact == self.contact => self.until = None,
            Purpose::Remove(_) => {}
            Purpose::Register => self.registered(now, response),
        }
    }

    fn registered(&mut self, now: Duration, response: &Response) {
        let uri = self.account.contact_uri(&self.contact);
        let granted = register::granted(response, &uri, self.expires).filter(|granted| !granted.is_zero());
        let Some(granted) = granted else {
            return self.fail(now, &Purpose::Register, Failure::NotTaken, None);
        };
        self.refused = false;
        self.until = Some(now + granted);
        let part = granted.mul_f64(f64::from(self.account.refresh_percent.clamp(1, 100)) / 100.0);
        self.next = Some(now + part.max(SHORTEST_REFRESH));
        self.service_route = response.headers.values(Name::ServiceRoute).map(str::to_owned).collect();
        self.outputs.push_back(Output::Registered { granted });
        let seen = register::seen_elsewhere(&response.headers, &self.contact).filter(|_| self.account.follow_address);
        if let Some(seen) = seen {
            // What a router maps back and forth is not followed without end: the next answer has to differ again.
            self.old = Some(mem::replace(&mut self.contact, seen.clone()));
            self.again = true;
            self.outputs.push_back(Output::AddressChanged(seen));
        } else if let Some(old) = self.old.take() {
            self.send(Purpose::Remove(old));
        }
    }

    fn fail(&mut self, now: Duration, purpose: &Purpose, failure: Failure, retry_after: Option<Duration>) {
        if let Purpose::Remove(_) = purpose {
            // Its time runs out by itself.
            return;
        }
        if *purpose == Purpose::RemoveAll
            && matches!(failure, Failure::Status(status) if !matches!(status, 403 | 408 | 500..))
        {
            // Some registrars do not know `*`; registering is what matters.
            self.remove_first = false;
            self.next = Some(now);
            return;
        }
        self.refused = matches!(failure, Failure::Status(403) | Failure::Password | Failure::Challenge);
        let wait = retry_after.unwrap_or_default().min(LONGEST_RETRY_AFTER).max(self.account.retry);
        let retry = (failure != Failure::Status(403) && self.wanted).then(|| now + wait.max(SHORTEST_REFRESH));
        self.next = retry;
        self.outputs.push_back(Output::Failed { failure, retry });
    }

    /// Takes the shortest time that the registrar allows, if it is longer than what was asked for (section 10.2.8).
    fn takes_minimum(&mut self, response: &Response) -> bool {
        match response.headers.seconds(Known::MinExpires) {
            Some(minimum) if minimum > self.expires => {
                self.expires = minimum;
                true
            }
            _ => false,
        }
    }

    /// After an outcome: does what was put off meanwhile.
    fn settle(&mut self, now: Duration) {
        if self.pending.is_some() {
            return;
        }
        if !self.wanted {
            self.finish_closing(now);
        } else if mem::take(&mut self.again) || self.next.is_some_and(|next| next <= now) {
            self.send_next(now);
        }
    }

    /// Removes the contact once, if there is one and the settings want that; then all is done.
    fn finish_closing(&mut self, now: Duration) {
        self.next = None;
        let registered = self.until.take().is_some_and(|until| until > now);
        if registered && self.account.unregister_last {
            self.send(Purpose::Remove(self.contact.clone()));
        } else {
            self.outputs.push_back(Output::Closed);
        }
    }
}
