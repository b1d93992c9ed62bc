//! The calls of one line, whose peers are written by hand: for what two phones of ours would never do to each other.

use std::collections::VecDeque;
use std::time::Duration;

use offhook_sip::Tokens;
use offhook_sip::call::{Body, CallId, Calls, Dial, Event, Failure, Hop, Key, Output, Sender};
use offhook_sip::digest::{Authenticator, Credentials};
use offhook_sip::message::{Message, Method, Name, Request, Response, datagram};
use offhook_sip::registration::Contact;
use offhook_sip::transaction::{self, Local, Peer, ServerId, Transactions, Transport};

use crate::phone::profile;

pub(crate) type Fields<'a> = &'a [(Name<'a>, &'a str)];

/// A request of ours, and what its outcome is told under.
pub(crate) type Sent = (Key, Request);

pub(crate) struct Line {
    pub(crate) calls: Calls,
    pub(crate) now: Duration,
    outputs: VecDeque<Output>,
    authenticator: Authenticator,
    /// Gives names to transactions.
    transactions: Transactions,
    requests: u32,
    /// Who the other party is.
    pub(crate) sender: Sender,
}

/// What the other party offers and answers.
pub(crate) const OFFER: &str = "v=0 their offer";
pub(crate) const ANSWER: &str = "v=0 their answer";
/// What we do.
pub(crate) const OURS: &str = "v=0 ours";

/// What a server asks for before it serves.
pub(crate) const CHALLENGE: (Name<'_>, &str) =
    (Name::ProxyAuthenticate, "Digest realm=\"r\", nonce=\"n\", qop=\"auth\", algorithm=SHA-256");

pub(crate) fn tag_of(response: &Response) -> String {
    response.headers.to().unwrap().tag().unwrap().to_owned()
}

pub(crate) fn sdp(text: &str) -> Body {
    Body::sdp(text)
}

fn put(headers: &mut offhook_sip::message::Headers, fields: Fields<'_>) {
    fields.iter().for_each(|(name, value)| headers.push(*name, value));
}

impl Line {
    pub(crate) fn new(changes: &[(&str, &'static str)]) -> Self {
        let profile = profile("2000", changes);
        let local = Local { host: "192.0.2.1".into(), port: 5060, rport: true };
        Line {
            transactions: Transactions::new(profile.timers, local, Tokens::new([1; 32])),
            calls: Calls::new(profile, Contact { host: "192.0.2.1".into(), port: 5060 }, Tokens::new([2; 32])),
            now: Duration::from_secs(5000),
            outputs: VecDeque::new(),
            authenticator: Authenticator::new(Credentials { user: "bob".into(), password: "zanzibar".into() }),
            requests: 0,
            sender: Sender::Server,
        }
    }

    pub(crate) fn dial(&mut self, target: &str) -> CallId {
        self.calls
            .dial(self.now, Dial { target: target.into(), offer: Some(sdp(OURS)), hide: None, place: None })
            .unwrap()
    }

    fn poll(&mut self) -> Option<Output> {
        while let Some(output) = self.calls.poll(&mut self.authenticator) {
            self.outputs.push_back(output);
        }
        self.outputs.pop_front()
    }

    /// The next output, which is a request of this method.
    #[track_caller]
    pub(crate) fn sent(&mut self, method: Method) -> Sent {
        match self.poll() {
            Some(Output::Send { key, request, .. }) if request.method == method => (key, request),
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    pub(crate) fn sent_to(&mut self, method: Method) -> (Request, Hop) {
        match self.poll() {
            Some(Output::Send { request, hop, .. }) if request.method == method => (request, hop),
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    pub(crate) fn ack(&mut self) -> Request {
        match self.poll() {
            Some(Output::Acknowledge { request, .. }) => request,
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    pub(crate) fn cancel(&mut self) -> Key {
        match self.poll() {
            Some(Output::Cancel { key }) => key,
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    pub(crate) fn response(&mut self, status: u16) -> Response {
        match self.poll() {
            Some(Output::Respond { response, .. }) if response.status == status => response,
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    pub(crate) fn event(&mut self) -> Event {
        match self.poll() {
            Some(Output::Event(event)) => event,
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    pub(crate) fn nothing(&mut self) {
        assert_eq!(self.poll(), None);
    }

    /// All that is left to see, in short.
    pub(crate) fn rest(&mut self) -> Vec<String> {
        let short = |output| match output {
            Output::Send { request, .. } => request.method.to_string(),
            Output::Acknowledge { .. } => "ACK".to_owned(),
            Output::Cancel { .. } => "CANCEL".to_owned(),
            Output::Respond { response, .. } => response.status.to_string(),
            Output::Event(event) => format!("{event:?}").split([' ', '(', '{']).next().unwrap_or_default().to_owned(),
            other => format!("{other:?}"),
        };
        std::iter::from_fn(|| self.poll()).map(short).collect()
    }

    /// The other party, whose tag is given, answers a request of ours.
    pub(crate) fn answer(&mut self, (key, request): &Sent, status: u16, tag: &str, fields: Fields<'_>, body: &str) {
        let mut response = Response::to(request, status, tag);
        let contact = format!("<sip:{tag}@192.0.2.9>");
        if !fields.iter().any(|(name, _)| *name == Name::Contact) {
            response.headers.push(Name::Contact, contact);
        }
        put(&mut response.headers, fields);
        if !body.is_empty() {
            response.headers.push(Name::ContentType, "application/sdp");
            response.body = body.into();
        }
        let Ok(Message::Response(response)) = datagram(&with_via(Message::Response(response)).to_bytes()) else {
            panic!("not a response")
        };
        self.calls.answered(self.now, *key, &response, &mut self.authenticator);
    }

    pub(crate) fn fail(&mut self, key: Key, failure: Failure) {
        self.calls.failed(self.now, key, failure);
    }

    /// A call of ours that the other party, `b`, has answered.
    #[track_caller]
    pub(crate) fn up(&mut self) -> (CallId, Request) {
        let call = self.dial("2001");
        let invite = self.sent(Method::Invite);
        self.answer(&invite, 200, "b", &[(Name::Allow, "INVITE, UPDATE")], ANSWER);
        self.ack();
        let answered = Event::Answered { call, local: Some(sdp(OURS)), session: Some(sdp(ANSWER)) };
        assert_eq!(self.event(), answered);
        self.nothing();
        (call, invite.1)
    }

    /// Something comes in: gives what names its transaction.
    pub(crate) fn receive(&mut self, request: Request) -> ServerId {
        self.requests += 1;
        let branch = format!("SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK{}", self.requests);
        let mut request = request;
        request.headers.push_front(Name::Via, branch);
        let message = datagram(&request.to_bytes()).unwrap();
        let from = Peer { transport: Transport::Udp, address: ([192, 0, 2, 9], 5060).into() };
        self.transactions.receive(self.now, message, from);
        match self.transactions.poll_event() {
            Some(transaction::Event::Request { id, request, .. }) => {
                self.calls.receive(self.now, id, &request, self.sender);
                id
            }
            other => panic!("{other:?}"),
        }
    }

    /// A request of the other party within the call that our INVITE made with it, or that its INVITE made with us.
    pub(crate) fn within(
        &self,
        method: Method,
        ours: &str,
        theirs: &str,
        number: u32,
        fields: Fields<'_>,
        body: &str,
    ) -> Request {
        let mut request = Request::new(method, "sip:2000@192.0.2.1:5060");
        let headers = &mut request.headers;
        headers.push(Name::From, format_args!("<sip:2001@example.com>;tag={theirs}"));
        headers.push(Name::To, format_args!("<sip:2000@example.com>;tag={ours}"));
        headers.push(Name::CSeq, format_args!("{number} {}", request.method));
        headers.push(Name::Contact, format_args!("<sip:{theirs}@192.0.2.9>"));
        put(headers, fields);
        if !body.is_empty() && !headers.has(Name::ContentType) {
            headers.push(Name::ContentType, "application/sdp");
        }
        request.body = body.into();
        request
    }

    /// As [`Line::within`], for the call of [`Line::up`].
    pub(crate) fn of_call(
        &self,
        invite: &Request,
        method: Method,
        number: u32,
        fields: Fields<'_>,
        body: &str,
    ) -> Request {
        let ours = invite.headers.from().unwrap().tag().unwrap().to_owned();
        let mut request = self.within(method, &ours, "b", number, fields, body);
        request.headers.push(Name::CallId, invite.headers.call_id().unwrap());
        request
    }

    /// As [`Line::within`], for the call of [`Line::called`], whose tag of ours a response has told.
    pub(crate) fn of_their_call(
        &self,
        ours: &str,
        method: Method,
        number: u32,
        fields: Fields<'_>,
        body: &str,
    ) -> Request {
        let mut request = self.within(method, ours, "a", number, fields, body);
        request.headers.push(Name::CallId, "their-call");
        request
    }

    /// An INVITE of somebody.
    pub(crate) fn invite(&self, fields: Fields<'_>, body: &str) -> Request {
        let mut request = Request::new(Method::Invite, "sip:2000@192.0.2.1:5060");
        let headers = &mut request.headers;
        for (name, value) in [
            (Name::From, "\"Alice\" <sip:2001@example.com>;tag=a"),
            (Name::To, "<sip:2000@example.com>"),
            (Name::CallId, "their call"),
            (Name::CSeq, "1 INVITE"),
            (Name::Contact, "<sip:a@192.0.2.9>"),
        ] {
            if !fields.iter().any(|(given, _)| *given == name) {
                headers.push(name, value.replace(' ', if name == Name::CallId { "-" } else { " " }));
            }
        }
        put(headers, fields);
        if !body.is_empty() {
            headers.push(Name::ContentType, "application/sdp");
            request.body = body.into();
        }
        request
    }

    /// Somebody calls.
    #[track_caller]
    pub(crate) fn called(&mut self, fields: Fields<'_>, body: &str) -> CallId {
        let invite = self.invite(fields, body);
        self.receive(invite);
        match self.event() {
            Event::Incoming(invitation) => invitation.call,
            other => panic!("{other:?}"),
        }
    }

    /// Time passes, at most so long; until something is due.
    pub(crate) fn wait(&mut self, longest: Duration) -> Duration {
        let start = self.now;
        let end = start + longest;
        if let Some(next) = self.calls.next_timeout().filter(|next| *next <= end) {
            self.now = next.max(start);
            self.calls.timeout(self.now);
        } else {
            self.now = end;
        }
        self.now - start
    }

    /// Time passes until there is something to see, at most so long.
    pub(crate) fn wait_for_output(&mut self, longest: Duration) -> Duration {
        let start = self.now;
        while self.now < start + longest && self.outputs.is_empty() {
            self.wait(start + longest - self.now);
            if let Some(output) = self.poll() {
                self.outputs.push_front(output);
            }
        }
        self.now - start
    }

    #[track_caller]
    pub(crate) fn is_empty(&mut self) {
        assert_eq!(self.calls.load().calls, 0);
        // The 2xx of an INVITE may be repeated for a while.
        self.now += Duration::from_secs(100);
        self.calls.timeout(self.now);
        assert_eq!(self.calls.load().requests, 0);
        assert_eq!(self.calls.next_timeout(), None);
    }
}

/// Responses travel with the Via of their requests.
fn with_via(message: Message) -> Message {
    let Message::Response(mut response) = message else { return message };
    if !response.headers.has(Name::Via) {
        response.headers.push_front(Name::Via, "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK0");
    }
    Message::Response(response)
}
