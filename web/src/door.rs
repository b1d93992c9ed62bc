//! The gate at work: it stands in front of every route, follows the settings, and says when the port is open.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use axum::extract::{OriginalUri, Request, State};
use axum::http::header::{AUTHORIZATION, COOKIE, HeaderName, HeaderValue};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use offhook_params::{ParamId, Settings};
use offhook_settings::{Layers, Method};
use offhook_store::{Edit, Store, Subscription};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::api::{self, Problem};
use crate::assets;
use crate::auth::{self, Account, Gate, Login, Logins, Policy, Purpose, Refusal, Verdict, Why};
use crate::layout::bare;
use crate::shared::Shared;
use crate::tools::{self, Level};
use crate::visit::{Terms, Visit};

/// How long a request may take, the body of a slow client included.
const PATIENCE: Duration = Duration::from_secs(30);

/// The gate, with a clock and the settings that it follows.
pub(crate) struct Door {
    inside: Mutex<Inside>,
    store: Store,
    start: Instant,
    /// Told when the port opens or closes, and when its timer may end earlier than before.
    moved: watch::Sender<()>,
    _subscription: Subscription,
}

struct Inside {
    gate: Gate,
    terms: Terms,
    /// `EMBEDDED_WEB` (guide rule 115).
    switch: bool,
}

impl Door {
    /// A door whose port is as the settings say: always open, switched on at the phone, or closed.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub(crate) fn new(store: Store) -> std::io::Result<Arc<Self>> {
        let seed = auth::seed()?;
        let door = Arc::new_cyclic(|door: &Weak<Self>| {
            let door = door.clone();
            let subscription = store.subscribe(move |changed| {
                if let Some(door) = door.upgrade() {
                    door.follow(&changed.layers);
                }
            });
            let settings = store.snapshot().typed();
            let gate = Gate::new(policy(&settings), &logins(&settings), seed);
            let inside = Inside { gate, terms: Terms::of(&settings), switch: false };
            Self {
                inside: Mutex::new(inside),
                store,
                start: Instant::now(),
                moved: watch::Sender::new(()),
                _subscription: subscription,
            }
        });
        // Whatever changed while the door was made, and the switch.
        door.follow(&door.store.snapshot());
        Ok(door)
    }

    /// Takes over changed settings.
    fn follow(&self, layers: &Layers) {
        let settings = layers.typed();
        self.with(|inside, now| {
            inside.terms = Terms::of(&settings);
            inside.gate.set_policy(policy(&settings), now);
            inside.gate.set_logins(&logins(&settings));
            let switch = settings.unit.embedded_web;
            if std::mem::replace(&mut inside.switch, switch) != switch {
                match switch {
                    true => inside.gate.open(now),
                    false => inside.gate.close(),
                }
            }
        });
        self.moved.send_replace(());
    }

    pub(crate) fn is_open(&self) -> bool {
        self.with(|inside, now| {
            inside.gate.advance(now);
            inside.gate.is_open()
        })
    }

    /// Opens the port, or starts its timer anew.
    pub(crate) fn open(&self) {
        self.with(|inside, now| inside.gate.open(now));
    }

    /// Web Port Close: logs out, and closes the port unless it is always open (guide rule 116). Whether it is closed.
    pub(crate) fn close(&self) -> bool {
        self.with(|inside, _| {
            inside.gate.close();
            !inside.gate.is_open()
        })
    }

    /// Ready when the port is open.
    pub(crate) async fn opened(&self) {
        let mut moved = self.moved.subscribe();
        while !self.is_open() {
            // The sender lives as long as the door.
            let _ = moved.changed().await;
        }
    }

    /// Ready when the port is closed. Until then it ends what runs out; then it switches `EMBEDDED_WEB` off, so that the
    /// phone shows how it is, and the port does not open by itself when the unit starts.
    pub(crate) async fn closed(&self) {
        let mut moved = self.moved.subscribe();
        let next = |inside: &mut Inside, now| {
            inside.gate.advance(now);
            inside.gate.is_open().then(|| inside.gate.next_timeout())
        };
        while let Some(timeout) = self.with(next) {
            let timeout = async {
                match timeout {
                    Some(at) => tokio::time::sleep_until(self.start + at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = timeout => {}
                _ = moved.changed() => {}
            }
        }
        if self.with(|inside, _| inside.switch) {
            let store = self.store.clone();
            // Where it cannot be kept, the switch stays on until somebody turns it.
            let _ = tokio::task::spawn_blocking(move || store.edit(&[Edit::Inherit(switch())], Method::Phone)).await;
        }
    }

    /// The visit of an account as the settings are now.
    pub(crate) fn visit(&self, account: Account, must_change_password: bool) -> Visit {
        let mut visit = Visit::of(account, must_change_password, self.with(|inside, _| inside.terms));
        visit.trial = self.store.deadline().filter(|_| visit.is_administrator());
        visit
    }

    /// What the gate says, and whether the port is open after it.
    fn admit(&self, method: &str, uri: &Uri, headers: &HeaderMap) -> (Verdict, bool) {
        let values = |name| headers.get_all(name).iter().map(HeaderValue::as_bytes).collect::<Vec<_>>();
        let request = auth::Request {
            method,
            target: uri.path_and_query().map_or("/", |target| target.as_str()),
            authorization: &values(AUTHORIZATION),
            cookies: &values(COOKIE),
            purpose: purpose(uri),
        };
        self.with(|inside, now| (inside.gate.admit(&request, now), inside.gate.is_open()))
    }

    fn with<T>(&self, act: impl FnOnce(&mut Inside, Duration) -> T) -> T {
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        let was_open = inside.gate.is_open();
        // Read under the lock, so that the gate's time never goes back.
        let result = act(&mut inside, self.start.elapsed());
        if inside.gate.is_open() != was_open {
            self.moved.send_replace(());
        }
        result
    }
}

/// Lets a request in, or says why not; what it may do then is in its [`Visit`].
pub(crate) async fn pass(State(app): State<Shared>, mut request: Request, next: Next) -> Response {
    // A router around ours takes prefixes off, but clients compute their answer over what they sent.
    let original = request.extensions().get::<OriginalUri>().map(|original| original.0.clone());
    let uri = original.unwrap_or_else(|| request.uri().clone());
    let (verdict, open) = app.door.admit(request.method().as_str(), &uri, request.headers());
    let mut answer = match &verdict {
        Verdict::Admitted(admission) => {
            let visit = app.door.visit(admission.account, admission.must_change_password);
            if purpose(&uri) == Purpose::Call && !visit.is_administrator() {
                // It gives out all settings and takes any.
                refusal(&uri, StatusCode::FORBIDDEN, "The interface is the administrator's.")
            } else {
                request.extensions_mut().insert(visit);
                let served = tokio::time::timeout(PATIENCE, next.run(request)).await;
                served.unwrap_or_else(|_| refusal(&uri, StatusCode::REQUEST_TIMEOUT, "The request took too long."))
            }
        }
        refused => {
            if let Some(text) = worth_telling(refused, open) {
                app.tools.log.push(Level::Warning, text);
            }
            if is_live(&uri) && !is_stale(refused) {
                // A question would bring up a dialogue out of the blue, on a page that somebody only looks at.
                return refusal(&uri, StatusCode::FORBIDDEN, &explained(refused, open));
            }
            let status = refused.status().and_then(|s| StatusCode::from_u16(s).ok()).unwrap_or(StatusCode::FORBIDDEN);
            refusal(&uri, status, &explained(refused, open))
        }
    };
    for (name, value) in verdict.headers() {
        // What the gate makes is ASCII.
        if let Ok(value) = HeaderValue::from_str(&value) {
            answer.headers_mut().append(HeaderName::from_static(name), value);
        }
    }
    answer
}

/// An answer without a page, in the form that who asked understands.
pub(crate) fn refusal(uri: &Uri, status: StatusCode, why: &str) -> Response {
    match api::covers(uri) {
        true => Problem::new(status, why).into_response(),
        false => bare(status, why),
    }
}

fn purpose(uri: &Uri) -> Purpose {
    match () {
        () if api::covers(uri) => Purpose::Call,
        () if assets::covers(uri) || uri.path() == tools::CHECK || is_live(uri) => Purpose::Background,
        () => Purpose::Action,
    }
}

/// Whether the script of a page that follows the unit asks for it again.
fn is_live(uri: &Uri) -> bool {
    let follows = uri.path().starts_with("/status/") || tools::LIVE.contains(&uri.path());
    follows && uri.query() == Some("live")
}

/// Whether the browser repeats the request without asking anybody.
fn is_stale(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Unauthorized(ask) if ask.why == Why::Stale)
}

/// What the log tells of a login that was refused.
fn worth_telling(verdict: &Verdict, open: bool) -> Option<String> {
    let Verdict::Unauthorized(ask) = verdict else { return None };
    match ask.why {
        Why::Wrong { failures } => Some(format!("a login was refused: ID or password were wrong, failure {failures}")),
        Why::LastWrong { failures } => {
            let then = if open { "nobody can log in for a while" } else { "the web port is closed" };
            Some(format!("a login was refused: ID or password were wrong, failure {failures}; {then}"))
        }
        _ => None,
    }
}

/// Why a request is not served, in plain words. Nobody knows who reads them, so they are in English.
fn explained(verdict: &Verdict, open: bool) -> String {
    let text = match verdict {
        Verdict::Unauthorized(ask) => match ask.why {
            Why::LastWrong { .. } if !open => {
                "ID or password were wrong too often, and the web port is closed now. It is opened on the phone: \
                 Settings, Network, Embedded web."
            }
            Why::LastWrong { .. } => "ID or password were wrong too often. Open the page again to try once more.",
            _ => "These pages are for people who have an ID and a password.",
        },
        Verdict::Refused(Refusal::Busy) => {
            "Somebody is logged in, and only one login is possible at a time. Try again when they have logged out; who \
             does nothing for a while is logged out too."
        }
        Verdict::Refused(Refusal::CrossSite) => {
            "The request did not come from a page of this unit. Nothing was changed."
        }
        Verdict::Refused(Refusal::Locked { remaining }) => {
            let seconds = remaining.as_millis().div_ceil(1000);
            return format!("ID or password were wrong too often. Nobody can log in for the next {seconds} seconds.");
        }
        Verdict::Refused(Refusal::Malformed(malformed)) => return format!("{malformed}."),
        Verdict::Refused(Refusal::Closed) => "The web port is closed.",
        Verdict::Admitted(_) => "",
    };
    text.to_owned()
}

fn policy(settings: &Settings) -> Policy {
    Policy { always_open: settings.access.web_port_always_open, close_after: settings.web_server.web_port_close_timer }
}

fn logins(settings: &Settings) -> Logins<'_> {
    let accounts = &settings.accounts;
    Logins {
        administrator: Login { id: &accounts.admin_id, password: &accounts.admin_password },
        user: Login { id: &accounts.user_id, password: &accounts.user_password },
    }
}

/// \[Settings\] > \[Network\] > \[Embedded web\] of the phone.
fn switch() -> ParamId {
    offhook_params::lookup("EMBEDDED_WEB").expect("a setting of the spec").id
}
