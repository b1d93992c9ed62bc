//! What all calls of a line share: the requests on their way, the outputs, and how messages of the line are written.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use super::event::{End, Event};
use super::profile::Profile;
use super::types::{Body, CallId, Hop, Key, Output, Sender};
use crate::dialog::Dialog;
use crate::digest::Authenticator;
use crate::event::multipart::{self, MAX_DEPTH};
use crate::message::{Headers, Method, Name, Request, Response};
use crate::registration::Contact;
use crate::token::Tokens;
use crate::transaction::ServerId;

/// Longest wait that another party may ask for with Retry-After before a request is sent again.
pub(super) const LONGEST_RETRY: Duration = Duration::from_secs(32);

/// Parties that may answer one INVITE; more are not heard.
const MOST_ANSWERS: usize = 16;

/// What a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Makes the call.
    Invite,
    /// Changes or refreshes the session.
    Change,
    /// Acknowledges a provisional response.
    Prack,
    Bye,
    /// Transfers.
    Refer,
    /// Tells how a transfer goes that the other party asked for.
    Notify,
    Info,
}

/// A request on its way.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) call: CallId,
    pub(super) purpose: Purpose,
    /// As it was sent, with credentials.
    pub(super) request: Request,
    hop: Hop,
    /// INVITE: it got a 2xx.
    pub(super) accepted: Option<Accepted>,
}

/// The 2xx of an INVITE may come again, and those of other forks may follow (RFC 3261, section 13.2.2.4).
#[derive(Debug, Default)]
pub(super) struct Accepted {
    until: Duration,
    /// The ACK for each 2xx by its tag; none where it waits for an answer to be put in.
    acks: HashMap<String, Option<(Request, Hop)>>,
}

/// What one call does to another, or to itself once the present step is over.
#[derive(Debug)]
pub(super) enum Deed {
    /// It is over: end it if it is not yet.
    End { call: CallId, why: End },
    /// The call that was made for a transfer has come so far; tell who asked for it.
    Report { asked_in: CallId, status: u16, reason: String },
}

#[derive(Debug)]
enum Queued {
    Send(Key),
    Output(Output),
}

#[derive(Debug)]
pub(super) struct Core {
    pub(super) profile: Profile,
    pub(super) contact: Contact,
    /// Values of Route for requests outside of dialogs (RFC 3608).
    pub(super) route: Vec<String>,
    pub(super) tokens: Tokens,
    pub(super) pending: HashMap<Key, Pending>,
    /// Who sent the request that is being taken.
    pub(super) sender: Sender,
    /// Calls that strangers began. They get no credentials, and no rights of a server.
    pub(super) strangers: HashSet<CallId>,
    pub(super) deeds: VecDeque<Deed>,
    queue: VecDeque<Queued>,
    last_key: u64,
}

impl Core {
    pub(super) fn new(profile: Profile, contact: Contact, tokens: Tokens) -> Self {
        Core {
            profile,
            contact,
            route: Vec::new(),
            tokens,
            pending: HashMap::new(),
            sender: Sender::Stranger,
            strangers: HashSet::new(),
            deeds: VecDeque::new(),
            queue: VecDeque::new(),
            last_key: 0,
        }
    }

    /// Puts a request out.
    pub(super) fn send(&mut self, call: CallId, purpose: Purpose, request: Request, hop: Hop) -> Key {
        self.last_key += 1;
        let key = Key(self.last_key);
        self.pending.insert(key, Pending { call, purpose, request, hop, accepted: None });
        self.queue.push_back(Queued::Send(key));
        key
    }

    /// Puts a request out that belongs to a dialog.
    pub(super) fn send_within(&mut self, call: CallId, purpose: Purpose, dialog: &Dialog, request: Request) -> Key {
        self.send(call, purpose, request, Hop::Uri(dialog.next_hop()))
    }

    /// Sends a request again, under another number: with credentials, or changed.
    pub(super) fn again(&mut self, pending: Pending, number: u32) -> Key {
        let Pending { call, purpose, mut request, hop, .. } = pending;
        request.headers.set(Name::CSeq, format_args!("{number} {}", request.method));
        self.send(call, purpose, request, hop)
    }

    pub(super) fn respond(&mut self, server: ServerId, response: Response) {
        self.queue.push_back(Queued::Output(Output::Respond { server, response }));
    }

    /// Whether a response is said again after this wait. To a stranger it is but twice, as a small forged invitation would
    /// draw all of them to its victim.
    pub(super) fn repeats_to(&self, call: CallId, wait: Duration) -> bool {
        wait <= self.profile.timers.t1 * 2 || !self.strangers.contains(&call)
    }

    pub(super) fn cancel(&mut self, key: Key) {
        self.queue.push_back(Queued::Output(Output::Cancel { key }));
    }

    pub(super) fn tell(&mut self, event: Event) {
        self.queue.push_back(Queued::Output(Output::Event(event)));
    }

    /// The next output. Credentials are put in last, as they cover the whole request.
    pub(super) fn poll(&mut self, authenticator: &mut Authenticator) -> Option<Output> {
        loop {
            match self.queue.pop_front()? {
                Queued::Output(output) => return Some(output),
                Queued::Send(key) => {
                    if let Some(pending) = self.pending.get_mut(&key) {
                        if !self.strangers.contains(&pending.call) {
                            authenticator.authorize(&mut pending.request);
                        }
                        let (request, hop) = (pending.request.clone(), pending.hop.clone());
                        return Some(Output::Send { key, request, hop });
                    }
                }
            }
        }
    }

    /// Notes a 2xx to an INVITE. Gives whether its tag is new; if it is not, its ACK goes out again.
    pub(super) fn accepted(&mut self, now: Duration, key: Key, tag: &str) -> bool {
        let longest = self.profile.timers.longest();
        let Some(pending) = self.pending.get_mut(&key) else { return false };
        let accepted = pending.accepted.get_or_insert_with(|| Accepted { until: now + longest, acks: HashMap::new() });
        match accepted.acks.get(tag) {
            Some(Some((ack, hop))) => {
                let output = Output::Acknowledge { request: ack.clone(), hop: hop.clone() };
                self.queue.push_back(Queued::Output(output));
                false
            }
            Some(None) => false,
            // Whoever invents further parties shall not make us write to each of them.
            None if accepted.acks.len() >= MOST_ANSWERS => false,
            None => {
                accepted.acks.insert(tag.to_owned(), None);
                true
            }
        }
    }

    /// Acknowledges a 2xx to the INVITE of this key, with our answer if the 2xx had the offer.
    pub(super) fn acknowledge(&mut self, key: Key, dialog: &Dialog, answer: Option<&Body>) {
        let Some(invite) = self.pending.get(&key).map(|pending| &pending.request) else { return };
        let number = invite.headers.cseq().map_or(1, |cseq| cseq.number);
        let mut ack = dialog.acknowledge(number);
        // The server wants to know again who asks (RFC 3261, section 22.1).
        ack.headers.copy(&invite.headers, Name::Authorization);
        ack.headers.copy(&invite.headers, Name::ProxyAuthorization);
        if self.profile.contact_on_ack {
            ack.headers.push(Name::Contact, self.contact_value());
        }
        self.write_agent(&mut ack.headers);
        put_body(&mut ack.headers, &mut ack.body, answer);
        let hop = Hop::Uri(dialog.next_hop());
        if let Some(accepted) = self.pending.get_mut(&key).and_then(|pending| pending.accepted.as_mut()) {
            accepted.acks.insert(dialog.id().remote_tag.clone(), Some((ack.clone(), hop.clone())));
        }
        self.queue.push_back(Queued::Output(Output::Acknowledge { request: ack, hop }));
    }

    /// Forgets INVITEs whose 2xx cannot come again.
    pub(super) fn timeout(&mut self, now: Duration) {
        self.pending.retain(|_, pending| pending.accepted.as_ref().is_none_or(|accepted| accepted.until > now));
    }

    pub(super) fn next_timeout(&self) -> Option<Duration> {
        self.pending.values().filter_map(|pending| pending.accepted.as_ref()).map(|accepted| accepted.until).min()
    }

    /// Whether a call waits for an outcome.
    pub(super) fn waits(&self, call: CallId) -> bool {
        self.pending.values().any(|pending| pending.call == call && pending.accepted.is_none())
    }

    /// A random time below a limit.
    pub(super) fn random(&mut self, limit: Duration) -> Duration {
        let token = self.tokens.token();
        let number = u64::from_str_radix(&token[..15], 16).unwrap_or_default();
        let steps = (limit.as_millis() as u64 / 10).max(1);
        Duration::from_millis(number % steps * 10)
    }

    /// The value of Contact.
    pub(super) fn contact_value(&self) -> String {
        format!("<{}>", self.profile.account.contact_uri(&self.contact))
    }

    pub(super) fn write_agent(&self, headers: &mut Headers) {
        if !self.profile.account.user_agent.is_empty() {
            headers.push(Name::UserAgent, &self.profile.account.user_agent);
        }
    }

    /// What both requests and responses say that make or change a session.
    pub(super) fn write_session(&self, headers: &mut Headers) {
        headers.push(Name::Contact, self.contact_value());
        headers.push(Name::Allow, self.profile.abilities().allow());
        headers.push(Name::Supported, self.profile.supported());
        headers.push(Name::AllowEvents, self.profile.allow_events());
    }

    /// The next request of a dialog: with Contact where it refreshes the target, and who we are.
    pub(super) fn request_within(&self, dialog: &mut Dialog, method: Method) -> Request {
        let mut request = dialog.request(method);
        match request.method {
            Method::Invite | Method::Update => self.write_session(&mut request.headers),
            Method::Refer | Method::Notify => request.headers.push(Name::Contact, self.contact_value()),
            _ => {}
        }
        self.write_agent(&mut request.headers);
        request
    }

    /// A response within a dialog, or to an INVITE that makes one.
    pub(super) fn response(&self, request: &Request, status: u16, tag: &str) -> Response {
        let mut response = Response::to(request, status, tag);
        let session = matches!(request.method, Method::Invite | Method::Update);
        if request.method == Method::Invite && (101..300).contains(&status) {
            response.headers.copy(&request.headers, Name::RecordRoute);
        }
        if session && (101..300).contains(&status) {
            self.write_session(&mut response.headers);
        }
        response
    }

    /// Answers a request with nothing but a status.
    pub(super) fn refuse(&mut self, server: ServerId, request: &Request, status: u16) {
        let tag = self.tokens.token();
        self.respond(server, Response::to(request, status, &tag));
    }

    /// Answers a request that may be tried again after so long.
    pub(super) fn refuse_for_now(&mut self, server: ServerId, request: &Request, status: u16, wait: Duration) {
        let tag = self.tokens.token();
        let mut response = Response::to(request, status, &tag);
        response.headers.push(Name::RetryAfter, wait.as_secs());
        self.respond(server, response);
    }
}

/// Puts a body and its type into a message.
pub(super) fn put_body(headers: &mut Headers, to: &mut Vec<u8>, body: Option<&Body>) {
    if let Some(body) = body {
        headers.set(Name::ContentType, &body.kind);
        to.clone_from(&body.bytes);
    }
}

/// The session description of a message, if it has one. A body without a type is taken for one.
pub(super) fn session(headers: &Headers, body: &[u8]) -> Option<Body> {
    if body.is_empty() {
        return None;
    }
    match headers.content_type() {
        Ok(Some(media)) => multipart::session(&media, body, MAX_DEPTH).map(Body::sdp),
        Ok(None) => Some(Body::sdp(body)),
        _ => None,
    }
}
