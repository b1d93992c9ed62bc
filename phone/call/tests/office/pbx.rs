//! A small phone system: registrar, proxy, and a notifier that tells what a test wants told.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use offhook_sip::message::{Message, Method, Name, Request, Response, Uri, Via};
use offhook_sip::transaction::{Peer, Transport};

/// Where it is.
pub(crate) const ADDRESS: &str = "192.0.2.1:5060";

/// A subscription that it has granted.
#[derive(Debug, Clone)]
pub(crate) struct Subscribed {
    /// The package.
    pub(crate) event: String,
    /// User that was subscribed to.
    pub(crate) user: String,
    /// The SUBSCRIBE.
    pub(crate) request: Request,
    /// Who asked.
    pub(crate) from: Peer,
}

/// The phone system.
#[derive(Debug, Default)]
pub(crate) struct Pbx {
    /// Registered users.
    pub(crate) users: BTreeMap<String, Peer>,
    /// What was subscribed to, one for each package and user.
    pub(crate) subscribed: Vec<Subscribed>,
    /// Grants SUBSCRIBE; otherwise it answers 489.
    pub(crate) grants: bool,
    /// Numbers that a conference server or voice mail answers with this status.
    pub(crate) refused: BTreeMap<String, u16>,
    /// All requests that it has seen, oldest first.
    pub(crate) seen: Vec<Request>,
    pub(crate) cseq: u32,
}

impl Pbx {
    /// Takes a message, and says what is to be sent to whom.
    pub(crate) fn receive(&mut self, message: Message, from: Peer) -> Vec<(Peer, Message)> {
        match message {
            Message::Request(request) => self.request(request, from),
            Message::Response(mut response) => {
                let vias: Vec<_> = response.headers.values(Name::Via).map(str::to_owned).collect();
                response.headers.remove(Name::Via);
                vias[1..].iter().for_each(|via| response.headers.push(Name::Via, via));
                match vias.get(1).and_then(|via| via_address(via)) {
                    Some(to) => vec![(to, Message::Response(response))],
                    None => vec![],
                }
            }
        }
    }

    fn request(&mut self, request: Request, from: Peer) -> Vec<(Peer, Message)> {
        self.seen.push(request.clone());
        match request.method {
            Method::Register => {
                let user = request.headers.to().unwrap().uri.user().unwrap().into_owned();
                self.users.insert(user, from);
                let mut response = Response::to(&request, 200, "pbx");
                response.headers.copy(&request.headers, Name::Contact);
                response.headers.push(Name::Expires, 3600);
                vec![(from, Message::Response(response))]
            }
            Method::Subscribe => self.subscribe(request, from),
            Method::Options => vec![(from, Message::Response(Response::to(&request, 200, "pbx")))],
            _ => self.forward(request, from),
        }
    }

    fn subscribe(&mut self, request: Request, from: Peer) -> Vec<(Peer, Message)> {
        if !self.grants {
            return vec![(from, Message::Response(Response::to(&request, 489, "pbx")))];
        }
        let event = request.headers.event().unwrap().unwrap().package.to_owned();
        let user = request.headers.to().unwrap().uri.user().unwrap_or_default().into_owned();
        let mut response = Response::to(&request, 200, "pbx");
        response.headers.copy(&request.headers, Name::Expires);
        response.headers.push(Name::Contact, format_args!("<sip:{ADDRESS}>"));
        let call_id = request.headers.call_id().unwrap().to_owned();
        self.subscribed.retain(|known| known.request.headers.call_id().unwrap() != call_id);
        if request.headers.get(Name::Expires) != Some("0") {
            self.subscribed.push(Subscribed { event, user, request, from });
        }
        vec![(from, Message::Response(response))]
    }

    /// A NOTIFY for whoever has subscribed to this.
    pub(crate) fn notify(&mut self, event: &str, user: &str, kind: &str, body: &str) -> Vec<(Peer, Message)> {
        let known: Vec<_> =
            self.subscribed.iter().filter(|known| known.event == event && known.user == user).cloned().collect();
        assert!(!known.is_empty(), "nobody has subscribed to {event} of {user}: {:?}", self.subscribed);
        known.into_iter().map(|known| (known.from, self.notification(&known, kind, body))).collect()
    }

    fn notification(&mut self, known: &Subscribed, kind: &str, body: &str) -> Message {
        self.cseq += 1;
        let headers = &known.request.headers;
        let contact = headers.contact().unwrap().uri_text.to_owned();
        let mut notify = Request::new(Method::Notify, contact);
        notify.headers.push(Name::Via, self.via());
        notify.headers.push(Name::MaxForwards, 70);
        notify.headers.push(
            Name::From,
            format_args!("{};tag=pbx", headers.get(Name::To).unwrap().split(";tag=").next().unwrap()),
        );
        notify.headers.push(Name::To, headers.get(Name::From).unwrap());
        notify.headers.copy(headers, Name::CallId);
        notify.headers.push(Name::CSeq, format_args!("{} NOTIFY", self.cseq));
        notify.headers.push(Name::Contact, format_args!("<sip:{ADDRESS}>"));
        notify.headers.push(Name::Event, headers.get(Name::Event).unwrap());
        notify.headers.push(Name::SubscriptionState, "active;expires=3600");
        if kind == "call-info" {
            notify.headers.push(Name::CallInfo, body);
            return Message::Request(notify);
        }
        notify.headers.push(Name::ContentType, kind);
        notify.body = body.as_bytes().to_vec();
        Message::Request(notify)
    }

    /// A NOTIFY that nobody has asked for.
    pub(crate) fn unasked(&mut self, user: &str, event: &str, kind: &str, body: &str) -> (Peer, Message) {
        self.cseq += 1;
        let to = self.users[user];
        let mut notify = Request::new(Method::Notify, format!("sip:{user}@{}", to.address));
        notify.headers.push(Name::Via, self.via());
        notify.headers.push(Name::MaxForwards, 70);
        notify.headers.push(Name::From, format_args!("<sip:{ADDRESS}>;tag=pbx"));
        notify.headers.push(Name::To, format_args!("<sip:{user}@example.com>"));
        notify.headers.push(Name::CallId, format_args!("unasked-{}", self.cseq));
        notify.headers.push(Name::CSeq, format_args!("{} NOTIFY", self.cseq));
        notify.headers.push(Name::Contact, format_args!("<sip:{ADDRESS}>"));
        notify.headers.push(Name::Event, event);
        notify.headers.push(Name::SubscriptionState, "terminated");
        if !body.is_empty() {
            notify.headers.push(Name::ContentType, kind);
            notify.body = body.as_bytes().to_vec();
        }
        (to, Message::Request(notify))
    }

    /// A NOTIFY within the call of this INVITE, to the phone that was called.
    pub(crate) fn within(&mut self, invite: &Request, answer: &Response, to: &str, event: &str) -> (Peer, Message) {
        self.cseq += 1;
        let to = self.users[to];
        let mut notify = Request::new(Method::Notify, format!("sip:{}", to.address));
        notify.headers.push(Name::Via, self.via());
        notify.headers.push(Name::MaxForwards, 70);
        notify.headers.copy(&invite.headers, Name::From);
        notify.headers.copy(&answer.headers, Name::To);
        notify.headers.copy(&invite.headers, Name::CallId);
        notify.headers.push(Name::CSeq, format_args!("{} NOTIFY", 1000 + self.cseq));
        notify.headers.push(Name::Contact, format_args!("<sip:{ADDRESS}>"));
        notify.headers.push(Name::Event, event);
        notify.headers.push(Name::SubscriptionState, "terminated");
        (to, Message::Request(notify))
    }

    fn via(&self) -> String {
        format!("SIP/2.0/UDP {ADDRESS};branch=z9hG4bKpbx-{}", self.cseq)
    }

    /// Sends a request on to its user, or to where its URI says.
    fn forward(&mut self, mut request: Request, from: Peer) -> Vec<(Peer, Message)> {
        let uri = Uri::parse(&request.uri).unwrap();
        let user = uri.user().unwrap_or_default().into_owned();
        let ours = uri.sip().is_some_and(|uri| uri.host.to_string() == "example.com");
        if let (Some(status), true) = (self.refused.get(&user), request.method == Method::Invite) {
            return vec![(from, Message::Response(Response::to(&request, *status, "pbx")))];
        }
        let to = match ours {
            true => self.users.get(&user).copied(),
            false => {
                uri.sip().and_then(|uri| Some(udp(SocketAddr::new(uri.host.address()?, uri.port.unwrap_or(5060)))))
            }
        };
        let Some(to) = to else {
            return match request.method {
                Method::Ack => vec![],
                _ => vec![(from, Message::Response(Response::to(&request, 404, "pbx")))],
            };
        };
        if ours {
            request.uri = format!("sip:{user}@{}", to.address);
        }
        request.headers.remove(Name::Route);
        let branch = request.headers.via().unwrap().branch().unwrap_or_default().to_owned();
        request.headers.push_front(Name::Via, format_args!("SIP/2.0/UDP {ADDRESS};branch={branch}-pbx"));
        vec![(to, Message::Request(request))]
    }
}

pub(crate) fn udp(address: SocketAddr) -> Peer {
    Peer { transport: Transport::Udp, address }
}

fn via_address(via: &str) -> Option<Peer> {
    let via = Via::parse(via)?;
    Some(udp(SocketAddr::new(via.host.address()?, via.port.unwrap_or(5060))))
}
