//! FTP (RFC 959), in passive mode.

use std::time::Duration;

use suppaftp::tokio::AsyncFtpStream;
use suppaftp::types::{FileType, Response};
use suppaftp::{FtpError, Mode, Status};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

use super::body::Body;
use super::{Fetched, Limits, Validator, addresses, server, within};
use crate::error::Error;
use crate::location::Location;

/// Who logs in where the URL names nobody (RFC 1635).
const ANONYMOUS: (&str, &str) = ("anonymous", "anonymous@");

pub(super) async fn fetch(location: &Location, limits: &Limits, body: &mut Body<'_>) -> Result<Fetched, Error> {
    let path = location.remote_path()?;
    let mut ftp = connect(location, limits).await?;
    let (user, password) = location.credentials().map_or(ANONYMOUS, |c| (&c.user, &c.password));
    let session = Session { location, idle: limits.idle };
    session.wait("log the unit in", ftp.login(user, password)).await?;
    session.wait("switch to binary transfer", ftp.transfer_type(FileType::Binary)).await?;
    let mut stream = session.wait("begin to send the file", ftp.retr_as_stream(&path)).await?;
    let mut piece = [0; 4096];
    loop {
        let read = within(limits.idle, location, "send more of the file", stream.read(&mut piece)).await?;
        match read.map_err(|error| cut_off(location, error.to_string()))? {
            0 => break,
            count => body.push(&piece[..count])?,
        }
    }
    // Only the reply tells a whole file from one whose connection was lost.
    match session.wait("end the file", stream.finish()).await {
        Err(Error::Refused { answer, .. }) => return Err(cut_off(location, answer)),
        other => other?,
    }
    body.finish()?;
    // The file is here: a server that does not part politely is left alone.
    let _ = tokio::time::timeout(Duration::from_secs(1), ftp.quit()).await;
    Ok(Fetched::File { version: Validator::default(), from: Box::new(location.clone()) })
}

async fn connect(location: &Location, limits: &Limits) -> Result<AsyncFtpStream, Error> {
    let mut last = String::new();
    for address in addresses(location, limits).await? {
        match within(limits.connect, location, "accept a connection", TcpStream::connect(address)).await? {
            Ok(stream) => {
                let session = Session { location, idle: limits.idle };
                let greeting = AsyncFtpStream::connect_with_stream(stream);
                let mut ftp = session.wait("greet", greeting).await?;
                ftp.set_mode(if address.is_ipv6() { Mode::ExtendedPassive } else { Mode::Passive });
                // The file comes from the server itself: what address it tells, a router on the way may have spoilt.
                ftp.set_passive_nat_workaround(true);
                return Ok(ftp);
            }
            Err(error) => last = error.to_string(),
        }
    }
    Err(Error::Connect { server: server(location), reason: last })
}

struct Session<'a> {
    location: &'a Location,
    idle: Duration,
}

impl Session<'_> {
    async fn wait<T>(&self, what: &'static str, work: impl Future<Output = Result<T, FtpError>>) -> Result<T, Error> {
        within(self.idle, self.location, what, work).await?.map_err(|error| self.explain(error))
    }

    fn explain(&self, error: FtpError) -> Error {
        let server = server(self.location);
        match error {
            FtpError::ConnectionError(error) => Error::CutOff { server, reason: error.to_string() },
            FtpError::UnexpectedResponse(response) => self.refusal(&response),
            other => Error::Protocol { server, protocol: "FTP", reason: other.to_string() },
        }
    }

    fn refusal(&self, response: &Response) -> Error {
        let server = server(self.location);
        let answer = text(response);
        match response.status {
            Status::FileUnavailable => Error::NotFound { server, answer },
            Status::NotLoggedIn => {
                let whom = if self.location.credentials().is_some() { "the URL's login" } else { "anonymous logins" };
                Error::Denied { server, reason: format!("it does not accept {whom} ({answer})") }
            }
            _ => Error::Refused { server, answer },
        }
    }
}

/// What a server said, without control characters and cut to a bearable length.
fn text(response: &Response) -> String {
    let text = String::from_utf8_lossy(&response.body);
    text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect()
}

fn cut_off(location: &Location, reason: String) -> Error {
    Error::CutOff { server: server(location), reason }
}
