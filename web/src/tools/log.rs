//! The log: what has happened of late, in a ring of bounded size, and the page that shows it.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::SystemTime;

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use maud::html;
use offhook_settings::{ChangeSet, Layer, Method};
use offhook_store::{Changed, Store, Subscription};

use super::{Administrator, page, query, value};
use crate::shared::Shared;

pub(super) const PATH: &str = "/tools/log";

/// Most events; a new one takes the place of the oldest.
const MAX_EVENTS: usize = 500;

/// Most characters of an event.
const MAX_TEXT: usize = 300;

/// Most settings that an event names.
const MAX_NAMES: usize = 8;

/// How much an event matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// As it should be.
    Info,
    /// Somebody changed something.
    Notice,
    /// Somebody should have a look.
    Warning,
    /// Something did not work.
    Error,
}

impl Level {
    const ALL: [Self; 4] = [Self::Info, Self::Notice, Self::Warning, Self::Error];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// What has happened of late: the page's log view. Copies are the same log; it can be filled from every thread.
///
/// Whoever fills it keeps secrets out.
#[derive(Clone)]
pub struct Log(Arc<Inner>);

struct Inner {
    events: Mutex<VecDeque<Event>>,
    subscription: OnceLock<Subscription>,
    listener: OnceLock<Listener>,
}

type Listener = Box<dyn Fn(Level, &str) + Send + Sync>;

#[derive(Debug, Clone)]
struct Event {
    time: SystemTime,
    level: Level,
    text: String,
}

impl Log {
    /// An empty log that from now on tells of each change of settings: their names, not their values.
    pub fn of(store: &Store) -> Self {
        let log = Self(Arc::new(Inner {
            events: Mutex::default(),
            subscription: OnceLock::new(),
            listener: OnceLock::new(),
        }));
        let weak = Arc::downgrade(&log.0);
        let subscription = store.subscribe(move |changed| {
            if let Some(inner) = weak.upgrade() {
                let (level, text) = told(changed);
                Self(inner).push(level, text);
            }
        });
        // It is the first and only one.
        let _ = log.0.subscription.set(subscription);
        log
    }

    /// Tells `listener` of every event from now on, as a whole: a log server, say. There is one; a further one is not told.
    pub fn forward(&self, listener: impl Fn(Level, &str) + Send + Sync + 'static) {
        // Said above.
        let _ = self.0.listener.set(Box::new(listener));
    }

    /// Adds an event. Control characters become blanks, and what is too long is cut.
    pub fn push(&self, level: Level, text: impl fmt::Display) {
        let text = text.to_string();
        if let Some(listener) = self.0.listener.get() {
            listener(level, &text);
        }
        let line = text.chars().take(MAX_TEXT).map(|c| if c.is_control() { ' ' } else { c });
        let event = Event { time: SystemTime::now(), level, text: line.collect() };
        let mut events = self.0.events.lock().unwrap_or_else(PoisonError::into_inner);
        if events.len() == MAX_EVENTS {
            events.pop_front();
        }
        events.push_back(event);
    }

    /// Those that `wanted` lets through, the latest first.
    fn find(&self, wanted: impl Fn(&Event) -> bool) -> Vec<Event> {
        let events = self.0.events.lock().unwrap_or_else(PoisonError::into_inner);
        events.iter().rev().filter(|event| wanted(event)).cloned().collect()
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Log").finish_non_exhaustive()
    }
}

/// `settings changed on the page: A, B`
fn told(changed: &Changed) -> (Level, String) {
    // All settings of one change came the same way, unless some went back to what other layers say.
    let user = changed.layers.layer(Layer::User);
    let method = changed.changes.params().find_map(|id| user.get(id).map(|(_, origin)| origin.method));
    let by = match method {
        Some(Method::Web) => " on the page",
        Some(Method::Phone) => " on the phone",
        _ => "",
    };
    (Level::Notice, format!("settings changed{by}: {}", names(&changed.changes)))
}

/// The names of the settings, and of many only some.
pub(super) fn names(changes: &ChangeSet) -> String {
    let mut names: Vec<String> = changes.params().take(MAX_NAMES).map(|id| id.name().to_owned()).collect();
    if changes.len() > MAX_NAMES {
        names.push(format!("and {} more", changes.len() - MAX_NAMES));
    }
    names.join(", ")
}

pub(super) async fn show(State(app): State<Shared>, Administrator(visit): Administrator, uri: Uri) -> Response {
    let query = query(&uri);
    let words: String = value(&query, "q").unwrap_or_default().chars().take(super::search::MAX_WORDS).collect();
    let lowest = value(&query, "level").and_then(|level| Level::ALL.into_iter().find(|l| l.as_str() == level));
    let lowest = lowest.unwrap_or(Level::Info);
    let wanted = words.trim().to_lowercase();
    let events = app.tools.log.find(|event| event.level >= lowest && event.text.to_lowercase().contains(&wanted));
    let main = html! {
        p.about { "The latest " (MAX_EVENTS) " events since the unit was switched on, the newest first." }
        form.query method="get" action=(PATH) {
            div.entryline {
                span.pair {
                    label.name for="level" { "From level" }
                    select id="level" name="level" {
                        @for level in Level::ALL {
                            option value=(level.as_str()) selected[level == lowest] { (level.as_str()) }
                        }
                    }
                }
                span.pair {
                    label.name for="q" { "Text" }
                    input.text type="text" id="q" name="q" value=(words) maxlength=(super::search::MAX_WORDS)
                        spellcheck="false";
                }
                button.primary type="submit" { "Refresh" }
            }
        }
        @if events.is_empty() {
            p role="status" { "No event fits." }
        } @else {
            section {
                table.status.log {
                    thead { tr { th scope="col" { "Time (UTC)" } th scope="col" { "Level" } th scope="col" { "Event" } } }
                    tbody {
                        @for event in &events {
                            tr class={ "is-" (event.level.as_str()) } {
                                @let time = time(event.time);
                                @let (day, hour) = time.split_once(' ').unwrap_or((&time, ""));
                                td { span { (day) } " " span { (hour) } }
                                td { span.severity { (event.level.as_str()) } }
                                td { (event.text) }
                            }
                        }
                    }
                }
            }
        }
    };
    page(&app, visit, StatusCode::OK, PATH, "Log", &main)
}

/// `2026-11-21 06:00:40`
pub(super) fn time(time: SystemTime) -> String {
    let time = jiff::Timestamp::try_from(time);
    time.map_or_else(|_| String::new(), |time| time.strftime("%Y-%m-%d %H:%M:%S").to_string())
}
