//! The files of call logs and contacts. A thread of its own writes them: a slow disk holds up no call.

use std::iter;
use std::path::Path;
use std::sync::mpsc::{self as std_mpsc, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::Context;
use offhook_call::output::Kept;
use offhook_store::{JournalFile, StoreError};
use offhook_web::Level;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::unit::Journal;

/// How long lines may gather before the disk has to have them, so that many calls in a row are one effort. Until then they
/// outlive the phone, but not a loss of power.
const GATHER: Duration = Duration::from_millis(250);

/// How long the disk gets before what it has refused is tried again.
const RETRY: Duration = Duration::from_secs(30);

/// Writes what it is given, in order. All of it is written when this value has been dropped.
pub(super) struct Records {
    work: Option<std_mpsc::Sender<Work>>,
    failures: mpsc::UnboundedReceiver<(Kept, StoreError)>,
    /// A file that lacks something, and when it is written anew.
    retry: Option<(Kept, Instant)>,
    writer: Option<JoinHandle<()>>,
}

#[derive(Debug, PartialEq, Eq)]
enum Work {
    Append(Kept, Vec<u8>),
    Replace(Kept, Vec<u8>),
}

impl Work {
    const fn kept(&self) -> Kept {
        let (Self::Append(kept, _) | Self::Replace(kept, _)) = self;
        *kept
    }

    /// What waits for one file, with more for the same: written at once, so that the disk keeps up with whoever calls.
    fn join(waiting: &mut Option<Self>, more: Self) {
        match (waiting, more) {
            (Some(Self::Append(_, bytes) | Self::Replace(_, bytes)), Self::Append(_, more)) => bytes.extend(more),
            (waiting, more) => *waiting = Some(more),
        }
    }
}

impl Records {
    /// Opens the files, and gives what is in them: logs, contacts. One that cannot be opened is told, and not kept.
    ///
    /// # Errors
    /// There is no thread to be had.
    pub(super) fn open(folder: &Path, journal: &Journal) -> anyhow::Result<(Self, Vec<u8>, Vec<u8>)> {
        let open = |kept| {
            let path = folder.join(name(kept));
            match JournalFile::open(&path) {
                Ok((file, bytes)) => (Some(file), bytes),
                Err(error) => {
                    journal.tell(Level::Error, format_args!("{} is not kept: {error}", path.display()));
                    (None, Vec::new())
                }
            }
        };
        let ((logs, logged), (contacts, known)) = (open(Kept::Logs), open(Kept::Contacts));
        let (work, to_do) = std_mpsc::channel();
        let (failed, failures) = mpsc::unbounded_channel();
        let writer = Writer { logs, contacts, failed, due: None };
        let run = move || writer.run(&to_do);
        let writer = thread::Builder::new().name("records".to_owned()).spawn(run).context("starting a thread")?;
        Ok((Records { work: Some(work), failures, retry: None, writer: Some(writer) }, logged, known))
    }

    /// Adds to a file.
    pub(super) fn append(&self, kept: Kept, bytes: Vec<u8>) {
        self.give(Work::Append(kept, bytes));
    }

    /// Writes a file anew.
    pub(super) fn replace(&self, kept: Kept, bytes: Vec<u8>) {
        self.give(Work::Replace(kept, bytes));
    }

    /// The next file that has to be written anew, since the disk has refused a part of it a while ago. May be dropped and
    /// called again.
    pub(super) async fn torn(&mut self, journal: &Journal) -> Kept {
        loop {
            if let Some((kept, at)) = self.retry {
                tokio::time::sleep_until(at).await;
                self.retry = None;
                return kept;
            }
            let Some((kept, error)) = self.failures.recv().await else { return std::future::pending().await };
            let text = format_args!("{} could not be written, and is tried again: {error}", name(kept));
            journal.tell(Level::Error, text);
            self.retry = Some((kept, Instant::now() + RETRY));
        }
    }

    fn give(&self, work: Work) {
        if let Some(queue) = &self.work {
            // The writer ends with this value.
            let _ = queue.send(work);
        }
    }
}

impl Drop for Records {
    fn drop(&mut self) {
        self.work = None;
        if let Some(writer) = self.writer.take() {
            // One that has panicked has written what it could.
            let _ = writer.join();
        }
    }
}

fn name(kept: Kept) -> &'static str {
    match kept {
        Kept::Logs => "calls.journal",
        Kept::Contacts => "contacts.journal",
    }
}

/// The writer's end of both files.
struct Writer {
    logs: Option<JournalFile>,
    contacts: Option<JournalFile>,
    failed: mpsc::UnboundedSender<(Kept, StoreError)>,
    /// When the disk has to have what was added.
    due: Option<Instant>,
}

impl Writer {
    fn run(mut self, to_do: &std_mpsc::Receiver<Work>) {
        loop {
            let next = match self.due {
                None => to_do.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(due) => to_do.recv_timeout(due.saturating_duration_since(Instant::now())),
            };
            match next {
                Ok(first) => self.write(iter::once(first).chain(to_do.try_iter())),
                Err(RecvTimeoutError::Timeout) => self.sync(),
                Err(RecvTimeoutError::Disconnected) => return self.sync(),
            }
        }
    }

    fn write(&mut self, all: impl Iterator<Item = Work>) {
        let (mut for_logs, mut for_contacts) = (None, None);
        for work in all {
            match work.kept() {
                Kept::Logs => Work::join(&mut for_logs, work),
                Kept::Contacts => Work::join(&mut for_contacts, work),
            }
        }
        for (file, work) in [(&mut self.logs, for_logs), (&mut self.contacts, for_contacts)] {
            let (Some(file), Some(work)) = (file, work) else { continue };
            let written = match &work {
                Work::Append(_, bytes) => file.append(bytes),
                Work::Replace(_, bytes) => file.replace(bytes),
            };
            self.due.get_or_insert_with(|| Instant::now() + GATHER);
            if let Err(error) = written {
                // Whoever is told ends after this thread.
                let _ = self.failed.send((work.kept(), error));
            }
        }
    }

    fn sync(&mut self) {
        if self.due.take().is_none() {
            return;
        }
        for (kept, file) in [(Kept::Logs, &self.logs), (Kept::Contacts, &self.contacts)] {
            if let Some(Err(error)) = file.as_ref().map(JournalFile::sync) {
                let _ = self.failed.send((kept, error));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_written_at_once_and_in_order() {
        let (append, replace) =
            (|text: &str| Work::Append(Kept::Logs, text.into()), |text: &str| Work::Replace(Kept::Logs, text.into()));
        let joined = |all: Vec<Work>| {
            let mut waiting = None;
            all.into_iter().for_each(|work| Work::join(&mut waiting, work));
            waiting
        };
        assert_eq!(joined(vec![append("1"), append("2")]), Some(append("12")));
        assert_eq!(
            joined(vec![append("1"), replace("2"), append("3")]),
            Some(replace("23")),
            "what was before is in it"
        );
        assert_eq!(joined(vec![replace("1"), replace("2")]), Some(replace("2")));
    }
}
