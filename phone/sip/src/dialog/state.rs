//! The state of one dialog: sequence numbers, the way, and the other party's address (RFC 3261, section 12.2).

use super::DialogId;
use crate::message::{Headers, Known, Method, Name, Request, Response, Uri};

/// Sequence numbers stay below 2^31 (RFC 3261, section 8.1.1.5).
const MOST: u32 = (1 << 31) - 1;

/// Hops that requests may take at first (RFC 3261, section 8.1.1.6).
const MAX_FORWARDS: u8 = 70;

/// A request came after a later one: to be answered with 500 (RFC 3261, section 12.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfOrder;

/// One dialog, from the moment that a response with a tag was sent or came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialog {
    id: DialogId,
    /// Made by a provisional response, and by no final one yet.
    early: bool,
    /// This end sent the request that made it.
    caller: bool,
    secure: bool,
    /// The value of From in our requests, with its tag.
    local: String,
    /// The value of To in our requests.
    remote: String,
    /// Where the other party is: the Request-URI of our requests.
    target: String,
    /// Values of Route, the nearest hop first.
    routes: Vec<String>,
    local_number: u32,
    remote_number: Option<u32>,
}

impl Dialog {
    /// The dialog that a response to our request makes (section 12.1.2). None if the messages do not belong together.
    ///
    /// A response without Contact, which should have one, leaves the Request-URI as the target.
    pub fn of_caller(request: &Request, response: &Response) -> Option<Self> {
        let number = request.headers.cseq().ok()?.number;
        let mut routes = values(&response.headers, Known::RecordRoute);
        routes.reverse();
        Some(Dialog {
            id: DialogId::of_response(response)?,
            early: response.is_provisional(),
            caller: true,
            secure: is_secure(&request.uri),
            local: request.headers.get(Name::From)?.to_owned(),
            remote: response.headers.get(Name::To)?.to_owned(),
            target: contact(&response.headers).unwrap_or_else(|| request.uri.clone()),
            routes,
            local_number: number,
            remote_number: None,
        })
    }

    /// The dialog that our response to a request makes (section 12.1.1); `tag` is our tag in that response. It is early
    /// until [`Dialog::confirm`]. None if the request has no usable Contact.
    pub fn of_callee(request: &Request, tag: &str) -> Option<Self> {
        let headers = &request.headers;
        let from = headers.from().ok()?;
        let local_tag = headers.to().ok()?.tag().unwrap_or(tag).to_owned();
        let to = headers.get(Name::To)?;
        Some(Dialog {
            id: DialogId {
                call_id: headers.call_id().ok()?.to_owned(),
                remote_tag: from.tag().unwrap_or_default().to_owned(),
                local_tag,
            },
            early: true,
            caller: false,
            secure: is_secure(&request.uri),
            local: if headers.to().ok()?.tag().is_some() { to.to_owned() } else { format!("{to};tag={tag}") },
            remote: headers.get(Name::From)?.to_owned(),
            target: contact(headers)?,
            routes: values(headers, Known::RecordRoute),
            local_number: 0,
            remote_number: Some(headers.cseq().ok()?.number),
        })
    }

    /// The dialog that a NOTIFY makes which comes before, or in place of, the response to our SUBSCRIBE
    /// (RFC 6665, section 4.4.1).
    pub fn of_subscriber(subscribe: &Request, notify: &Request) -> Option<Self> {
        let local_tag = subscribe.headers.from().ok()?.tag()?.to_owned();
        let mut dialog = Dialog::of_callee(notify, &local_tag)?;
        if dialog.id.local_tag != local_tag || dialog.id.call_id != subscribe.headers.call_id().ok()? {
            return None;
        }
        dialog.early = false;
        dialog.caller = true;
        dialog.local_number = subscribe.headers.cseq().ok()?.number;
        Some(dialog)
    }

    /// Its name.
    pub fn id(&self) -> &DialogId {
        &self.id
    }

    /// Whether no final response has confirmed it yet.
    pub fn is_early(&self) -> bool {
        self.early
    }

    /// Whether this end sent the request that made it, and so chose its Call-ID.
    pub fn is_caller(&self) -> bool {
        self.caller
    }

    /// The other party's address as in To, with display name and tag.
    pub fn remote(&self) -> &str {
        &self.remote
    }

    /// Our own address as in From, with display name and tag.
    pub fn local(&self) -> &str {
        &self.local
    }

    /// Where the other party is.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The URI of the place that requests are sent to: the first proxy that asked to stay in the way, else the target.
    pub fn next_hop(&self) -> String {
        match self.routes.first().and_then(|route| crate::message::Address::parse(route)) {
            Some(route) => route.uri_text.to_owned(),
            None => self.target.clone(),
        }
    }

    /// Becomes what the 2xx says: with its target, and for the caller with its route, which may differ from the provisional
    /// response's (section 13.2.2.4).
    pub fn confirm(&mut self, success: &Response) {
        if self.early && self.caller {
            self.routes = values(&success.headers, Known::RecordRoute);
            self.routes.reverse();
        }
        self.early = false;
        if self.caller {
            self.refresh_target(&success.headers);
        }
    }

    /// Confirmed by our own 2xx.
    pub fn confirm_as_callee(&mut self) {
        self.early = false;
    }

    /// Takes the other party's new Contact, from a request or response that may change it: INVITE, UPDATE, SUBSCRIBE,
    /// NOTIFY (section 12.2).
    pub fn refresh_target(&mut self, headers: &Headers) {
        if let Some(target) = contact(headers) {
            self.target = target;
        }
    }

    /// The next request of this end, with everything that belongs to the dialog, and nothing else.
    pub fn request(&mut self, method: Method) -> Request {
        let number = self.next_number();
        self.write(method, number)
    }

    /// The ACK for a 2xx to the INVITE with this number (section 13.2.2.4).
    pub fn acknowledge(&self, number: u32) -> Request {
        self.write(Method::Ack, number)
    }

    /// The sequence number of the next request of this end.
    pub fn next_number(&mut self) -> u32 {
        self.local_number = if self.local_number >= MOST { 1 } else { self.local_number + 1 };
        self.local_number
    }

    /// Takes the sequence number of a request that came in; not for ACK and CANCEL, which have that of their INVITE.
    ///
    /// # Errors
    /// A later request was here before.
    pub fn receive(&mut self, request: &Request) -> Result<(), OutOfOrder> {
        let number = request.headers.cseq().map_err(|_| OutOfOrder)?.number;
        if self.remote_number.is_some_and(|last| number <= last) {
            return Err(OutOfOrder);
        }
        self.remote_number = Some(number);
        Ok(())
    }

    fn write(&self, method: Method, number: u32) -> Request {
        let first = self.routes.first().and_then(|route| crate::message::Address::parse(route));
        // A strict router wants its own address in the first line, and the target behind all others (section 12.2.1.1).
        let strict = first.filter(|route| route.uri.sip().is_some_and(|uri| !uri.is_loose())).map(|route| {
            let uri = route.uri_text;
            uri.split_once('?').map_or(uri, |(uri, _)| uri).to_owned()
        });
        let mut request = Request::new(method, strict.as_deref().unwrap_or(&self.target));
        let headers = &mut request.headers;
        self.routes.iter().skip(usize::from(strict.is_some())).for_each(|route| headers.push(Name::Route, route));
        if strict.is_some() {
            headers.push(Name::Route, format_args!("<{}>", self.target));
        }
        headers.push(Name::MaxForwards, MAX_FORWARDS);
        headers.push(Name::From, &self.local);
        headers.push(Name::To, &self.remote);
        headers.push(Name::CallId, &self.id.call_id);
        headers.push(Name::CSeq, format_args!("{number} {}", request.method));
        request
    }

    /// Whether the dialog was asked for as `sips:`.
    pub fn is_secure(&self) -> bool {
        self.secure
    }
}

/// The first Contact that requests can be sent to.
fn contact(headers: &Headers) -> Option<String> {
    let address = headers.contact()?;
    // Header fields have no place in a Request-URI (section 19.1.1).
    let text = address.uri_text.split_once('?').map_or(address.uri_text, |(uri, _)| uri);
    matches!(address.uri, Uri::Sip(_) | Uri::Tel(_)).then(|| text.to_owned())
}

fn values(headers: &Headers, name: Known) -> Vec<String> {
    headers.values(Name::Known(name)).map(str::to_owned).collect()
}

fn is_secure(uri: &str) -> bool {
    matches!(Uri::parse(uri), Some(Uri::Sip(uri)) if uri.secure)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{DialogName, Message, datagram};

    fn request(text: &str) -> Request {
        match datagram(text.replace('\n', "\r\n").as_bytes()) {
            Ok(Message::Request(request)) => request,
            other => panic!("{other:?}"),
        }
    }

    fn invite(record_route: &str) -> Request {
        request(&format!(
            "INVITE sip:bob@biloxi.example SIP/2.0\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\nFrom: A <sip:a@x>;tag=1\n\
             To: <sip:b@y>\nCall-ID: c\nCSeq: 7 INVITE\nContact: <sip:a@192.0.2.1:5070>\n{record_route}\n"
        ))
    }

    fn response(request: &Request, status: u16, fields: &[(Name<'_>, &str)]) -> Response {
        let mut response = Response::to(request, status, "2");
        fields.iter().for_each(|(name, value)| response.headers.push(*name, value));
        response
    }

    /// The Request-URI and the values of Route.
    #[track_caller]
    fn goes(request: &Request, uri: &str, routes: &[&str]) {
        assert_eq!(request.uri, uri);
        assert_eq!(request.headers.values(Name::Route).collect::<Vec<_>>(), routes);
    }

    const ROUTES: (Name<'_>, &str) = (Name::RecordRoute, "<sip:p1;lr>, <sip:p2;lr>");
    const CONTACT: (Name<'_>, &str) = (Name::Contact, "<sip:b@192.0.2.2;x=y?Subject=z>;q=1");

    #[test]
    fn both_ends_mean_the_same_dialog() {
        let invite = invite("Record-Route: <sip:p1;lr>, <sip:p2;lr>\n");
        let ringing = response(&invite, 180, &[ROUTES, CONTACT]);
        let mut caller = Dialog::of_caller(&invite, &ringing).unwrap();
        let mut callee = Dialog::of_callee(&invite, "2").unwrap();
        assert!(caller.is_early() && callee.is_early() && caller.is_caller() && !callee.is_caller());

        let bye = caller.request(Method::Bye);
        goes(&bye, "sip:b@192.0.2.2;x=y", &["<sip:p2;lr>", "<sip:p1;lr>"]);
        assert_eq!(bye.headers.cseq().unwrap().number, 8);
        assert_eq!(DialogId::of_request(&bye).as_ref(), Some(callee.id()));
        assert_eq!(caller.next_hop(), "sip:p2;lr");
        assert_eq!(callee.receive(&bye), Ok(()));
        assert_eq!(callee.receive(&bye), Err(OutOfOrder));

        let info = callee.request(Method::Info);
        goes(&info, "sip:a@192.0.2.1:5070", &["<sip:p1;lr>", "<sip:p2;lr>"]);
        assert_eq!(DialogId::of_request(&info).as_ref(), Some(caller.id()));
        assert_eq!(caller.receive(&info), Ok(()));

        let replaces = caller.id().replaces();
        assert!(callee.id().is_named(&DialogName::parse(&replaces).unwrap()), "{replaces}");
        assert!(!caller.id().is_named(&DialogName::parse(&replaces).unwrap()));
    }

    #[test]
    fn the_final_response_decides_on_the_route() {
        let invite = invite("");
        let mut dialog = Dialog::of_caller(&invite, &response(&invite, 180, &[ROUTES, CONTACT])).unwrap();
        let contact = (Name::Contact, "<sip:b@192.0.2.3>");
        dialog.confirm(&response(&invite, 200, &[(Name::RecordRoute, "<sip:p3;lr>"), contact]));
        assert!(!dialog.is_early());
        let ack = dialog.acknowledge(7);
        goes(&ack, "sip:b@192.0.2.3", &["<sip:p3;lr>"]);
        assert_eq!(ack.headers.get(Name::CSeq), Some("7 ACK"));
        // The answer to a later INVITE changes the target, but not the route.
        dialog.confirm(&response(&invite, 200, &[(Name::RecordRoute, "<sip:p4;lr>"), CONTACT]));
        goes(&dialog.request(Method::Bye), "sip:b@192.0.2.2;x=y", &["<sip:p3;lr>"]);
    }

    #[test]
    fn strict_routers_stand_in_the_first_line() {
        let invite = invite("");
        let routes = (Name::RecordRoute, "<sip:p1;lr>, <sip:p2;x=y>");
        let mut dialog = Dialog::of_caller(&invite, &response(&invite, 200, &[routes, CONTACT])).unwrap();
        goes(&dialog.request(Method::Bye), "sip:p2;x=y", &["<sip:p1;lr>", "<sip:b@192.0.2.2;x=y>"]);
        assert_eq!(dialog.next_hop(), "sip:p2;x=y");
    }

    #[test]
    fn what_makes_no_dialog() {
        let no_contact = request(
            "INVITE sip:b@y SIP/2.0\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\nFrom: <sip:a@x>;tag=1\nTo: <sip:b@y>\n\
             Call-ID: c\nCSeq: 7 INVITE\n\n",
        );
        assert_eq!(Dialog::of_callee(&no_contact, "2"), None);
        assert_eq!(DialogId::of_request(&no_contact), None);
        let web = request(
            "INVITE sip:b@y SIP/2.0\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\nFrom: <sip:a@x>;tag=1\nTo: <sip:b@y>\n\
             Call-ID: c\nCSeq: 7 INVITE\nContact: <http://x>\n\n",
        );
        assert_eq!(Dialog::of_callee(&web, "2"), None);
    }

    #[test]
    fn tags_that_old_implementations_do_not_give() {
        let old = request(
            "INVITE sip:b@y SIP/2.0\nVia: SIP/2.0/UDP h;branch=1\nFrom: <sip:a@x>\nTo: <sip:b@y>\nCall-ID: c\n\
             CSeq: 1 INVITE\nContact: <sip:a@h>\n\n",
        );
        let mut dialog = Dialog::of_callee(&old, "2").unwrap();
        assert_eq!(dialog.id().remote_tag, "");
        let bye = dialog.request(Method::Bye);
        assert_eq!(bye.headers.get(Name::To), Some("<sip:a@x>"));
        assert_eq!(dialog.id().replaces(), "c;to-tag=0;from-tag=2");
    }

    #[test]
    fn a_notification_makes_a_subscription() {
        let mut subscribe = Request::new(Method::Subscribe, "sip:b@y");
        subscribe.headers.push(Name::From, "<sip:a@x>;tag=1");
        subscribe.headers.push(Name::CallId, "c");
        subscribe.headers.push(Name::CSeq, "3 SUBSCRIBE");
        let notify = |tag: &str| {
            request(&format!(
                "NOTIFY sip:a@h SIP/2.0\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\nFrom: <sip:b@y>;tag=2\n\
                 To: <sip:a@x>;tag={tag}\nCall-ID: c\nCSeq: 9 NOTIFY\nContact: <sip:b@192.0.2.2>\n\
                 Record-Route: <sip:p;lr>\n\n"
            ))
        };
        let mut dialog = Dialog::of_subscriber(&subscribe, &notify("1")).unwrap();
        assert!(!dialog.is_early() && dialog.is_caller());
        let refresh = dialog.request(Method::Subscribe);
        goes(&refresh, "sip:b@192.0.2.2", &["<sip:p;lr>"]);
        assert_eq!(refresh.headers.get(Name::CSeq), Some("4 SUBSCRIBE"));
        assert_eq!(dialog.receive(&notify("1")), Err(OutOfOrder));
        assert_eq!(Dialog::of_subscriber(&subscribe, &notify("5")), None);
    }
}
