//! What waits for its OK between a preview and its application.
//!
//! It waits here and not in the page, so that entered passwords do not go back to the browser, and so that what is
//! applied is what was shown. One login is possible at a time, so one place is enough: a later preview takes it.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use offhook_settings::ChangeSet;
use tokio::time::Instant;

use crate::view::View;

/// How long it waits.
const KEPT: Duration = Duration::from_secs(20 * 60);

/// What was previewed.
pub(super) enum Draft {
    /// The fields of a page's form.
    Form { view: View, pairs: Vec<(String, String)>, changes: ChangeSet },
    /// A configuration file.
    File { bytes: Vec<u8>, changes: ChangeSet },
}

#[derive(Default)]
pub(super) struct Drafts(Mutex<Option<(String, Instant, Draft)>>);

impl Drafts {
    /// Keeps a draft in place of the one before, and says by which name it can be had.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub(super) fn put(&self, draft: Draft) -> Result<String, getrandom::Error> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)?;
        let name: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
        *self.lock() = Some((name.clone(), Instant::now(), draft));
        Ok(name)
    }

    /// The draft of this name, which is then no longer here.
    pub(super) fn take(&self, name: &str) -> Option<Draft> {
        let mut place = self.lock();
        place.take_if(|(_, since, _)| since.elapsed() > KEPT);
        place.take_if(|(kept, ..)| kept == name).map(|(.., draft)| draft)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<(String, Instant, Draft)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
