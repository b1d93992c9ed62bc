//! What the settings say about the calls of a line.

use std::time::Duration;

use offhook_params::Settings;
use offhook_params::choices::{
    AnonymousDisplayName, AnonymousUserName, Diversion, FlashHookEvent, SessionRefreshMethod, SessionRefresher,
};

use crate::message::{Method, Uri, escape_user, quote};
use crate::registration::Account;
use crate::screen::Abilities;
use crate::transaction::Timers;

/// The shortest session timer that anybody may ask for, in seconds (RFC 4028, section 5).
const SHORTEST_SESSION: Duration = Duration::from_secs(90);

/// Everything that a line's calls need to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Who calls.
    pub account: Account,
    /// The name that others see (`DISPLAY_NAME`); empty for none.
    pub display_name: String,
    /// The host of the numbers that are dialled.
    pub domain: String,
    /// What follows that host in a Request-URI: `:5060`, or nothing (`SIP_REQURI_PORT`).
    pub port: String,
    /// Marks dialled numbers as such (`ADD_USER_PHONE`).
    pub user_phone: bool,
    /// Hides who calls (`CALLER_ID_BLOCK`).
    pub hide: bool,
    /// The name in From of a hidden call (`SIP_ANM_DISPNAME`).
    pub anonymous_display_name: AnonymousDisplayName,
    /// The user in From of a hidden call (`SIP_ANM_USERNAME`).
    pub anonymous_user_name: AnonymousUserName,
    /// Whether the host in From of a hidden call is `anonymous.invalid` (`SIP_ANM_HOSTNAME`).
    pub anonymous_host: bool,
    /// Sends P-Preferred-Identity (`SIP_P_PREFERRED_ID`).
    pub preferred_identity: bool,
    /// Sends Privacy (`SIP_PRIVACY`).
    pub privacy: bool,
    /// Sends Contact in ACK (`SIP_CONTACT_ON_ACK`).
    pub contact_on_ack: bool,
    /// What Diversion of a forwarded call says (`SIP_ADD_DIVERSION`).
    pub diversion: Diversion,
    /// Looks at the user in To (`SIP_RCV_DET_HEADER`).
    pub check_to: bool,
    /// Makes provisional responses reliable (`SIP_100REL_ENABLE`).
    pub reliable: bool,
    /// How often ringing is told again (`SIP_18X_RTX_INTVL`).
    pub ringing_repeat: Option<Duration>,
    /// How long a session lives without a refresh (`SIP_SESSION_TIME`).
    pub session_time: Option<Duration>,
    /// How it is refreshed (`SIP_SESSION_METHOD`).
    pub refresh_method: SessionRefreshMethod,
    /// Who shall refresh it (`SIP_REFRESHER`).
    pub refresher: SessionRefresher,
    /// Takes changes of a call that we hold (`SIP_HOLD_HOLDRECEIVE`).
    pub changes_while_held: bool,
    /// How long an invitation is good for (`SIP_INVITE_EXPIRE`).
    pub invite_expiry: Option<Duration>,
    /// The answer to calls while do-not-disturb is on (`SIP_RESPONSE_CODE_DND`).
    pub dnd_status: u16,
    /// The answer to callers who are turned away (`SIP_RESPONSE_CODE_CALL_REJECT`).
    pub rejection_status: u16,
    /// How a flash hook is named (`FLASHHOOK_CONTENT_TYPE`).
    pub flash: FlashHookEvent,
    /// Takes `talk` (`TALK_PACKAGE`).
    pub talk: bool,
    /// Takes `hold` (`HOLD_PACKAGE`).
    pub hold: bool,
    /// T1, T2 and 64 times T1, by which responses are repeated.
    pub timers: Timers,
}

impl Profile {
    /// The profile of a line, 0 to 5, whose account this is. Without a service domain, numbers belong to the proxy.
    pub fn of_line(account: Account, settings: &Settings, line: usize) -> Option<Self> {
        let line = settings.lines.get(line)?;
        let servers = &line.servers;
        let session = &line.session;
        let headers = &line.headers;
        let domain = &line.account.service_domain;
        let proxy = servers.sip_proxy_address.as_ref().or(servers.registrar_address.as_ref());
        let domain = if domain.is_empty() { &proxy?.0 } else { domain };
        Some(Profile {
            account,
            display_name: line.calling.display_name.clone(),
            domain: domain.clone(),
            port: if headers.request_uri_port { format!(":{}", servers.sip_proxy_port.0) } else { String::new() },
            user_phone: headers.user_phone_parameter,
            hide: line.call_features.hide_caller_id,
            anonymous_display_name: headers.anonymous_display_name,
            anonymous_user_name: headers.anonymous_user_name,
            anonymous_host: headers.anonymous_host_name,
            preferred_identity: headers.preferred_identity,
            privacy: headers.privacy_header,
            contact_on_ack: headers.contact_on_ack,
            diversion: headers.diversion,
            check_to: headers.check_to_user_name,
            reliable: session.reliable_provisional,
            ringing_repeat: session.ringing_repeat,
            session_time: session.session_time,
            refresh_method: session.session_refresh_method,
            refresher: session.session_refresher,
            changes_while_held: session.reinvite_while_held,
            invite_expiry: line.timers.invite_expiry,
            dnd_status: settings.call_features.dnd_response,
            rejection_status: settings.call_features.rejection_response,
            flash: settings.call_control.flash_hook_event,
            talk: settings.call_control.talk_package,
            hold: settings.call_control.hold_package,
            timers: Timers::from(&line.timers),
        })
    }

    /// What requests of calls may be and need. NOTIFY stands in it for those within a call.
    pub fn abilities(&self) -> Abilities {
        let mut methods = vec![
            Method::Invite,
            Method::Ack,
            Method::Cancel,
            Method::Bye,
            Method::Update,
            Method::Refer,
            Method::Notify,
            Method::Info,
            Method::Options,
        ];
        if self.reliable {
            methods.push(Method::Prack);
        }
        Abilities {
            methods,
            extensions: self.extensions(),
            bodies: vec![
                "application/sdp",
                "message/sipfrag",
                "application/dtmf-relay",
                "application/dtmf",
                "application/hook-flash",
                "application/broadsoft",
            ],
            answers: vec!["application/sdp"],
        }
    }

    /// The option tags that this line understands.
    fn extensions(&self) -> Vec<&'static str> {
        let mut tags = vec!["replaces", "norefersub"];
        if self.reliable {
            tags.push("100rel");
        }
        if self.session_time.is_some() {
            tags.push("timer");
        }
        tags
    }

    /// The value of Supported.
    pub(super) fn supported(&self) -> String {
        self.extensions().join(", ")
    }

    /// The value of Allow-Events (guide rule 276).
    pub(super) fn allow_events(&self) -> String {
        let mut events = vec!["refer"];
        if self.talk {
            events.push("talk");
        }
        if self.hold {
            events.push("hold");
        }
        events.join(", ")
    }

    /// The shortest session timer that we accept.
    pub(super) fn shortest_session(&self) -> Duration {
        self.session_time.map_or(SHORTEST_SESSION, |time| time.min(SHORTEST_SESSION))
    }

    /// The value of From without its tag.
    pub(super) fn from(&self, hide: bool) -> String {
        let name = match self.anonymous_display_name {
            AnonymousDisplayName::Anonymous if hide => "Anonymous",
            AnonymousDisplayName::Omitted if hide => "",
            _ => &self.display_name,
        };
        let uri = if hide { self.anonymous_uri() } else { self.account.identity.clone() };
        named(name, &uri)
    }

    /// The value of P-Preferred-Identity: who really calls, for the proxy to assert (RFC 3325, section 9.2).
    pub(super) fn identity(&self) -> String {
        named(&self.display_name, &self.account.identity)
    }

    fn anonymous_uri(&self) -> String {
        let own = match Uri::parse(&self.account.identity) {
            Some(Uri::Sip(uri)) => uri.host.to_string(),
            _ => self.domain.clone(),
        };
        let host = if self.anonymous_host { "anonymous.invalid" } else { own.as_str() };
        let phone = if self.user_phone { ";user=phone" } else { "" };
        match self.anonymous_user_name {
            AnonymousUserName::Normal => format!("sip:{}@{host}{phone}", self.account.user),
            AnonymousUserName::Anonymous => format!("sip:anonymous@{host}"),
            AnonymousUserName::Omitted => format!("sip:{host}"),
        }
    }

    /// The URI that a person means by a number, a user, `user@host` or a URI; with the port of the line's server if it is to
    /// be a Request-URI. None if it can be none.
    pub(super) fn target(&self, text: &str, with_port: bool) -> Option<String> {
        let text = text.trim();
        if let Some(Uri::Sip(_) | Uri::Tel(_)) = Uri::parse(text) {
            return Some(text.to_owned());
        }
        let uri = match text.rsplit_once('@') {
            Some((user, host)) => format!("sip:{}@{host}", escape_user(user)),
            None if text.is_empty() || text.contains(':') => return None,
            None => {
                let port = if with_port { self.port.as_str() } else { "" };
                let is_number = text.bytes().all(|b| b.is_ascii_digit() || b"*#+".contains(&b));
                let phone = if self.user_phone && is_number { ";user=phone" } else { "" };
                format!("sip:{}@{}{port}{phone}", escape_user(text), self.domain)
            }
        };
        Uri::parse(&uri).is_some().then_some(uri)
    }
}

/// An address with a display name, if there is one.
pub(super) fn named(name: &str, uri: &str) -> String {
    if name.is_empty() { format!("<{uri}>") } else { format!("{} <{uri}>", quote(name)) }
}
