//! The side of the control socket that asks: one command after the other, or events as they come.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use offhook_call::command::{Command, Reply};
use serde::Serialize;
use serde_json::Value;

use super::{Answer, Own, place};
use crate::unit::{Deed, Status};

/// A connection to a running phone.
#[derive(Debug)]
pub(crate) struct Client {
    reader: BufReader<UnixStream>,
    /// Events that came while an answer was awaited.
    events: VecDeque<Value>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unanswered {
    /// Nobody listens.
    #[error("no phone runs with the state folder {0}; start it with `offhook run --state {0}`")]
    NotRunning(PathBuf),
    /// Another user's phone.
    #[error("the phone with the state folder {0} belongs to another user")]
    NotYours(PathBuf),
    /// The connection broke.
    #[error("the phone does not answer: {0}")]
    Broken(#[from] io::Error),
    /// The phone is of another version.
    #[error("the phone gave an answer that this version of offhook does not know: {0}")]
    Unknown(#[from] serde_json::Error),
    /// The phone says no.
    #[error("{0}")]
    Refused(String),
}

impl Client {
    /// Connects to the phone that runs with a state folder.
    ///
    /// # Errors
    /// None does.
    pub(crate) fn connect(state: &Path) -> Result<Self, Unanswered> {
        match UnixStream::connect(place(state)) {
            Ok(stream) => Ok(Self { reader: BufReader::new(stream), events: VecDeque::new() }),
            Err(error) => Err(match error.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => Unanswered::NotRunning(state.to_owned()),
                io::ErrorKind::PermissionDenied => Unanswered::NotYours(state.to_owned()),
                _ => error.into(),
            }),
        }
    }

    /// Has a command carried out.
    ///
    /// # Errors
    /// The phone refuses it, or is gone.
    pub(crate) fn ask(&mut self, command: &Command) -> Result<Reply, Unanswered> {
        self.send(command)
    }

    /// How the unit is.
    ///
    /// # Errors
    /// The phone is gone.
    pub(crate) fn unit_status(&mut self) -> Result<Status, Unanswered> {
        match self.exchange(&Own::UnitStatus)? {
            Answer::Unit(status) => Ok(*status),
            answer => Err(unexpected(answer)),
        }
    }

    /// Has something done to the unit as a whole; what was done, in words.
    ///
    /// # Errors
    /// The phone refuses it, or is gone.
    pub(crate) fn perform(&mut self, deed: &Deed) -> Result<String, Unanswered> {
        match self.exchange(deed)? {
            Answer::Told(told) => Ok(told),
            answer => Err(unexpected(answer)),
        }
    }

    /// Has events sent from now on: see [`Client::next_event`].
    ///
    /// # Errors
    /// The phone is gone.
    pub(crate) fn subscribe(&mut self) -> Result<(), Unanswered> {
        self.send(&Own::Subscribe).map(|_| ())
    }

    /// The next event, after [`Client::subscribe`]; none when the phone goes down.
    ///
    /// # Errors
    /// The connection breaks.
    pub(crate) fn next_event(&mut self) -> Result<Option<Value>, Unanswered> {
        if let Some(event) = self.events.pop_front() {
            return Ok(Some(event));
        }
        let line = self.line()?;
        if line.is_empty() { Ok(None) } else { Ok(Some(serde_json::from_str(&line)?)) }
    }

    fn send(&mut self, what: &impl Serialize) -> Result<Reply, Unanswered> {
        match self.exchange(what)? {
            Answer::Ok(reply) => Ok(reply),
            answer => Err(unexpected(answer)),
        }
    }

    fn exchange(&mut self, what: &impl Serialize) -> Result<Answer, Unanswered> {
        let mut line = serde_json::to_vec(what)?;
        line.push(b'\n');
        self.reader.get_mut().write_all(&line)?;
        loop {
            let line = self.line()?;
            if line.is_empty() {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
            }
            let value: Value = serde_json::from_str(&line)?;
            if value.get("event").is_none() {
                return Ok(serde_json::from_value(value)?);
            }
            self.events.push_back(value);
        }
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        self.reader.read_line(&mut line)?;
        Ok(line)
    }
}

/// What came in place of an answer.
fn unexpected(answer: Answer) -> Unanswered {
    match answer {
        Answer::Error(why) => Unanswered::Refused(why),
        _ => io::Error::from(io::ErrorKind::InvalidData).into(),
    }
}
