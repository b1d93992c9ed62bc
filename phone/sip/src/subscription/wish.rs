//! What is subscribed to, and on which terms.

use std::time::Duration;

use offhook_params::settings::Line;

use crate::event::appearance::{self, LINE_SEIZE};
use crate::event::feature;
use crate::exchange::Toward;
use crate::message::Name;

/// How long a shared line is kept for dialling, as BroadWorks has it.
const SEIZED: Duration = Duration::from_secs(15);

/// What the settings say of all subscriptions of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// How long a subscription shall last; whole seconds.
    pub time: Duration,
    /// After how much of the granted time to renew it, in per cent.
    pub refresh_percent: u8,
    /// How long to wait after a failure.
    pub retry: Duration,
}

impl Terms {
    /// The terms of a line.
    pub fn of_line(line: &Line) -> Self {
        Terms {
            time: line.subscription.subscription_time,
            refresh_percent: line.subscription.subscription_refresh.0,
            retry: line.subscription.subscription_retry,
        }
    }
}

/// What to subscribe to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// The event package.
    pub package: String,
    /// Whose state: the Request-URI.
    pub target: String,
    /// What the server may send, for Accept; nothing leaves it out.
    pub accept: Vec<&'static str>,
    /// Whether the target is a list of people (RFC 4662).
    pub list: bool,
    /// Further fields of each SUBSCRIBE.
    pub fields: Vec<(Name<'static>, String)>,
    /// How long it shall last, if not as long as the settings say.
    pub time: Option<Duration>,
    /// Whether it is neither renewed nor made anew: it serves its purpose at once, or not at all.
    pub once: bool,
}

impl Wish {
    fn new(package: &str, target: &str, accept: &[&'static str]) -> Self {
        Wish {
            package: package.to_owned(),
            target: target.to_owned(),
            accept: accept.to_vec(),
            list: false,
            fields: Vec::new(),
            time: None,
            once: false,
        }
    }

    /// Messages that wait for the owner of an address (RFC 3842).
    pub fn messages(target: &str) -> Self {
        Wish::new("message-summary", target, &["application/simple-message-summary"])
    }

    /// Somebody's calls (RFC 4235).
    pub fn dialogs(target: &str) -> Self {
        Wish::new("dialog", target, &["application/dialog-info+xml"])
    }

    /// The calls of several people who are in a list (RFC 4662).
    pub fn dialog_list(target: &str) -> Self {
        let accept = ["application/dialog-info+xml", "application/rlmi+xml", "multipart/related"];
        Wish { list: true, ..Wish::new("dialog", target, &accept) }
    }

    /// Do-not-disturb and forwards on the server.
    pub fn features(target: &str) -> Self {
        Wish::new(feature::PACKAGE, target, &[feature::TYPE, "multipart/mixed"])
    }

    /// All calls of a shared line.
    pub fn shared_line(target: &str) -> Self {
        Wish::new(appearance::CALL_INFO, target, &[])
    }

    /// A place of a shared line, to dial in it. [`super::Event::Active`] says that it is ours.
    pub fn seize(target: &str, domain: &str, index: u32) -> Self {
        Wish {
            fields: vec![(Name::CallInfo, appearance::call_info(domain, index))],
            time: Some(SEIZED),
            once: true,
            ..Wish::new(LINE_SEIZE, target, &[])
        }
    }

    /// Which server knows: of other people the presence server, of the line's own matters the proxy.
    pub(super) fn toward(&self) -> Toward {
        if self.package == "dialog" { Toward::Presence } else { Toward::Proxy }
    }
}
