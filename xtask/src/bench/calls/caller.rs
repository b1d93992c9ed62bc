//! The other end of both phones: a registrar that takes everybody, and a caller.

use std::collections::BTreeMap;
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// One socket for everything.
pub(super) struct Caller {
    socket: UdpSocket,
    port: u16,
    /// The contact of each line by its number, as URI and address.
    contacts: BTreeMap<String, (String, SocketAddr)>,
    count: u32,
}

/// A call that stands.
pub(super) struct Call {
    id: String,
    /// To with the tag of the phone.
    to: String,
    target: String,
    address: SocketAddr,
    /// Where the phone wants voice.
    pub(super) voice: SocketAddr,
}

impl Caller {
    pub(super) fn new() -> anyhow::Result<Self> {
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        socket.set_read_timeout(Some(Duration::from_millis(500)))?;
        let port = socket.local_addr()?.port();
        Ok(Self { socket, port, contacts: BTreeMap::new(), count: 0 })
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Takes registrations until so many lines are registered.
    pub(super) fn register(&mut self, lines: u16) -> anyhow::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while self.contacts.len() < usize::from(lines) {
            if Instant::now() > deadline {
                bail!("{} of {lines} lines are registered", self.contacts.len());
            }
            if let Some((text, from)) = self.receive()? {
                self.serve(&text, from)?;
            }
        }
        Ok(())
    }

    /// Answers what comes, as long as somebody wants it.
    pub(super) fn serve_while(&mut self, mut wanted: impl FnMut() -> anyhow::Result<bool>) -> anyhow::Result<()> {
        while wanted()? {
            if let Some((text, from)) = self.receive()? {
                self.serve(&text, from)?;
            }
        }
        Ok(())
    }

    /// Calls the first line, and ends the call as soon as it stands.
    pub(super) fn call_and_end(&mut self) -> anyhow::Result<()> {
        let call = self.call("0 8", 40_000)?;
        self.end(&call)
    }

    /// Calls the first line, with these payload types, and voice at a port of this machine.
    pub(super) fn call(&mut self, types: &str, voice: u16) -> anyhow::Result<Call> {
        let (target, address) = self.contacts.values().next().context("nobody is registered")?.clone();
        self.count += 1;
        let id = format!("bench-{}-{}", self.port, self.count);
        let body = format!(
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {voice} RTP/AVP {types}\r\n\
             a=ptime:20\r\n"
        );
        let to = format!("<{target}>");
        self.send("INVITE", "i", 1, &id, &to, &target, address, &body)?;
        let answer = self.response(&id, "INVITE")?;
        if !answer.starts_with("SIP/2.0 200") {
            bail!("the call is refused: {}", answer.lines().next().unwrap_or_default());
        }
        let to = field(&answer, "To").context("an answer without To")?.to_owned();
        let contact = field(&answer, "Contact").map_or(target, |contact| uri(contact).to_owned());
        self.send("ACK", "a", 1, &id, &to, &contact, address, "")?;
        let media = answer.lines().find_map(|line| line.strip_prefix("m=audio ")).context("an answer without voice")?;
        let media = media.split(' ').next().unwrap_or_default().parse()?;
        Ok(Call { id, to, target: contact, address, voice: SocketAddr::from(([127, 0, 0, 1], media)) })
    }

    /// Ends a call.
    pub(super) fn end(&mut self, call: &Call) -> anyhow::Result<()> {
        self.send("BYE", "b", 2, &call.id, &call.to, &call.target, call.address, "")?;
        self.response(&call.id, "BYE").map(|_| ())
    }

    /// The final response to a request of a call.
    fn response(&mut self, id: &str, method: &str) -> anyhow::Result<String> {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            let Some((text, from)) = self.receive()? else { continue };
            if !text.starts_with("SIP/2.0 ") {
                self.serve(&text, from)?;
                continue;
            }
            let ours = field(&text, "Call-ID") == Some(id) && field(&text, "CSeq").is_some_and(|c| c.ends_with(method));
            if ours && !text.starts_with("SIP/2.0 1") {
                return Ok(text);
            }
        }
        bail!("{method} gets no answer")
    }

    /// Answers a request with 200, and remembers who registers.
    fn serve(&mut self, text: &str, from: SocketAddr) -> anyhow::Result<()> {
        if text.starts_with("ACK") || text.starts_with("SIP/2.0") {
            return Ok(());
        }
        let mut answer = String::from("SIP/2.0 200 OK\r\n");
        for line in text.lines().skip(1).take_while(|line| !line.is_empty()) {
            let name = line.split(':').next().unwrap_or_default().trim();
            if ["Via", "From", "Call-ID", "CSeq", "Contact"].iter().any(|kept| name.eq_ignore_ascii_case(kept)) {
                answer.push_str(line);
                answer.push_str("\r\n");
            }
            if name.eq_ignore_ascii_case("To") {
                answer.push_str(line);
                answer.push_str(if line.contains(";tag=") { "\r\n" } else { ";tag=bench\r\n" });
            }
        }
        answer.push_str("Expires: 3600\r\nContent-Length: 0\r\n\r\n");
        self.socket.send_to(answer.as_bytes(), from)?;
        if text.starts_with("REGISTER") {
            let number = field(text, "To").map_or("", uri).to_owned();
            let contact = uri(field(text, "Contact").unwrap_or_default()).to_owned();
            self.contacts.insert(number, (contact, from));
        }
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "a request has so many parts")]
    fn send(
        &self,
        method: &str,
        branch: &str,
        cseq: u32,
        id: &str,
        to: &str,
        target: &str,
        address: SocketAddr,
        body: &str,
    ) -> anyhow::Result<()> {
        let port = self.port;
        let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        let text = format!(
            "{method} {target} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK{branch}{id}\r\n\
             Max-Forwards: 70\r\nFrom: <sip:caller@127.0.0.1:{port}>;tag=caller\r\nTo: {to}\r\nCall-ID: {id}\r\n\
             CSeq: {cseq} {method}\r\nContact: <sip:caller@127.0.0.1:{port}>\r\n{kind}Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.socket.send_to(text.as_bytes(), address)?;
        Ok(())
    }

    fn receive(&self) -> anyhow::Result<Option<(String, SocketAddr)>> {
        let mut buffer = [0; 4096];
        match self.socket.recv_from(&mut buffer) {
            Ok((length, from)) => Ok(Some((String::from_utf8_lossy(&buffer[..length]).into_owned(), from))),
            Err(error) if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) => {
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// The value of a header field.
fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines().take_while(|line| !line.is_empty()).find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.trim().eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// The URI in angle brackets.
fn uri(value: &str) -> &str {
    value.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or(value, |(uri, _)| uri)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found() {
        let text = "SIP/2.0 200 OK\r\nTo: \"A\" <sip:a@b;x=y>;tag=1\r\ncall-id : z\r\n\r\nCSeq: body\r\n";
        assert_eq!(field(text, "Call-ID"), Some("z"));
        assert_eq!(field(text, "CSeq"), None);
        assert_eq!(uri(field(text, "To").expect("it is there")), "sip:a@b;x=y");
    }
}
