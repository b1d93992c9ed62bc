//! What a user agent refuses before it looks at what a request wants (RFC 3261, section 8.2).

use crate::event::multipart::{self, MAX_DEPTH};
use crate::message::{MediaType, Method, Name, Request, Response, Uri};

/// What this user agent can do, for requests that come in.
#[derive(Debug, Clone)]
pub struct Abilities {
    /// Methods that it takes.
    pub methods: Vec<Method>,
    /// Option tags that it understands: `100rel`, `replaces`, `timer`.
    pub extensions: Vec<&'static str>,
    /// Types of bodies that it reads: `application/sdp`. Bodies in parts are read by their parts.
    pub bodies: Vec<&'static str>,
    /// Types of bodies that it sends in answers to INVITE; the request has to accept one of them.
    pub answers: Vec<&'static str>,
}

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The status code.
    pub status: u16,
    /// Header fields that say what would have been right.
    pub fields: Vec<(Name<'static>, String)>,
}

impl Refusal {
    fn new(status: u16) -> Self {
        Refusal { status, fields: Vec::new() }
    }

    fn with(mut self, name: Name<'static>, value: impl Into<String>) -> Self {
        self.fields.push((name, value.into()));
        self
    }

    /// The answer to the request, with `tag` as our tag in To.
    pub fn answer(&self, request: &Request, tag: &str) -> Response {
        let mut response = Response::to(request, self.status, tag);
        for (name, value) in &self.fields {
            response.headers.push(*name, value);
        }
        response
    }
}

impl Abilities {
    /// Looks at method, Request-URI, Require, body and Accept, in the order of RFC 3261, section 8.2.
    ///
    /// # Errors
    /// The answer that the request gets: 501 or 405, 416, 420, 415, 406. ACK is never refused for what it requires, nor is
    /// CANCEL (section 8.2.2.3), and there is no answer to ACK at all.
    pub fn screen(&self, request: &Request) -> Result<(), Refusal> {
        self.method(request)?;
        if !matches!(request.parsed_uri(), Some(Uri::Sip(_) | Uri::Tel(_))) {
            return Err(Refusal::new(416));
        }
        if !matches!(request.method, Method::Ack | Method::Cancel) {
            self.extensions(request)?;
        }
        self.body(request)?;
        self.answer(request)
    }

    /// The value of Allow: the methods that this user agent takes.
    pub fn allow(&self) -> String {
        self.methods.iter().map(Method::as_str).collect::<Vec<_>>().join(", ")
    }

    fn method(&self, request: &Request) -> Result<(), Refusal> {
        if self.methods.contains(&request.method) {
            return Ok(());
        }
        // One that nobody here has heard of is not implemented; one that is known is not allowed.
        let status = if matches!(request.method, Method::Other(_)) { 501 } else { 405 };
        Err(Refusal::new(status).with(Name::Allow, self.allow()))
    }

    fn extensions(&self, request: &Request) -> Result<(), Refusal> {
        let unknown: Vec<_> = request
            .headers
            .values(Name::Require)
            .filter(|tag| !self.extensions.iter().any(|known| known.eq_ignore_ascii_case(tag)))
            .collect();
        if unknown.is_empty() { Ok(()) } else { Err(Refusal::new(420).with(Name::Unsupported, unknown.join(", "))) }
    }

    fn body(&self, request: &Request) -> Result<(), Refusal> {
        // What a notification or an INFO may carry depends on its package, and is judged there.
        let by_package = matches!(request.method, Method::Notify | Method::Info);
        let disposition = request.headers.get(Name::ContentDisposition);
        if request.body.is_empty() || by_package || disposition.is_some_and(multipart::is_optional) {
            return Ok(());
        }
        let refusal = || Refusal::new(415).with(Name::Accept, self.bodies.join(", "));
        if request.headers.values(Name::ContentEncoding).any(|encoding| !encoding.eq_ignore_ascii_case("identity")) {
            return Err(refusal().with(Name::AcceptEncoding, "identity"));
        }
        match request.headers.content_type() {
            Ok(Some(media)) if !self.reads(&media, &request.body, MAX_DEPTH)? => Err(refusal()),
            // A body without a type is read as what it looks like (RFC 3261, section 20.15, says its sender is wrong).
            Ok(_) => Ok(()),
            Err(_) => Err(refusal()),
        }
    }

    /// Whether all of a body can be read that its sender insists on (RFC 5621, section 8).
    fn reads(&self, media: &MediaType<'_>, body: &[u8], depth: usize) -> Result<bool, Refusal> {
        if self.bodies.iter().any(|known| is(known, media)) {
            return Ok(true);
        }
        let Some(depth) = depth.checked_sub(1).filter(|_| multipart::is_in_parts(media)) else { return Ok(false) };
        let one_will_do = media.subtype.eq_ignore_ascii_case("alternative");
        for part in multipart::parts(media, body).map_err(|fault| Refusal::new(fault.status()))? {
            let reads = match part.media() {
                Some(media) => self.reads(&media, part.body, depth)?,
                None => false,
            };
            if reads == one_will_do && !part.is_optional() {
                return Ok(one_will_do);
            }
        }
        Ok(!one_will_do)
    }

    fn answer(&self, request: &Request) -> Result<(), Refusal> {
        if request.method != Method::Invite || !request.headers.has(Name::Accept) {
            return Ok(());
        }
        let accepted: Vec<_> = request.headers.values(Name::Accept).filter_map(MediaType::parse).collect();
        let fits = |ours: &&str| {
            ours.split_once('/').is_some_and(|(kind, subtype)| accepted.iter().any(|media| media.covers(kind, subtype)))
        };
        if self.answers.iter().any(fits) { Ok(()) } else { Err(Refusal::new(406)) }
    }
}

fn is(known: &str, media: &MediaType<'_>) -> bool {
    known.split_once('/').is_some_and(|(kind, subtype)| {
        media.kind.eq_ignore_ascii_case(kind) && media.subtype.eq_ignore_ascii_case(subtype)
    })
}
