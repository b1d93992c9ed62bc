//! What a registration is made of: identity, registrar, and wishes of the settings.

use std::time::Duration;

use offhook_params::choices::{GlobalAddressMethod, SipTransport};
use offhook_params::settings::{Headers, Line, Stun};
use offhook_params::types::Macros;

use crate::digest::Credentials;
use crate::message::escape_user;

/// Everything that a line's registration needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Who registers: the URI of From and To.
    pub identity: String,
    /// The user part of Contact, escaped.
    pub user: String,
    /// The Request-URI.
    pub registrar: String,
    /// What goes behind the URI of Contact: `;transport=tcp`, or nothing.
    pub contact_params: &'static str,
    /// User name and password.
    pub credentials: Credentials,
    /// How long a registration shall last; whole seconds.
    pub expires: Duration,
    /// Whether Expires says so too.
    pub expires_header: bool,
    /// After how much of the granted time to register again, in per cent.
    pub refresh_percent: u8,
    /// How long to wait after a failure.
    pub retry: Duration,
    /// Removes all contacts before the first registration.
    pub unregister_first: bool,
    /// Removes the own contact at the end.
    pub unregister_last: bool,
    /// Registers anew when the registrar sees another address than Contact has.
    pub follow_address: bool,
    /// The value of User-Agent.
    pub user_agent: String,
    /// The value of Allow: what the registrar may send.
    pub allow: String,
    /// The value of Allow-Events: what the registrar may tell; nothing leaves it out (guide rule 276).
    pub allow_events: String,
}

/// Where the line can be reached, as it is told to others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Host name or address, in brackets if it is of version 6.
    pub host: String,
    /// The port.
    pub port: u16,
}

impl Account {
    /// The account of a line; none if the line is not in service or lacks a number or a registrar (guide rule 185).
    ///
    /// The Request-URI names the service domain, as RFC 3261, section 10.2, asks for; without one, the registrar. An identity
    /// without a host takes the service domain too.
    pub fn of_line(line: &Line, headers: &Headers, stun: &Stun, macros: &Macros<'_>, allow: &str) -> Option<Self> {
        let account = &line.account;
        let servers = &line.servers;
        if !account.line_enabled || !account.profile_enabled {
            return None;
        }
        let registrar = &servers.registrar_address.as_ref().or(servers.sip_proxy_address.as_ref())?.0;
        let domain = if account.service_domain.is_empty() { registrar } else { &account.service_domain };
        let (user, host) = match &account.sip_uri {
            Some(uri) => (uri.user(), uri.host().unwrap_or(domain)),
            None => (account.phone_number.as_str(), domain.as_str()),
        };
        if user.is_empty() {
            return None;
        }
        let user = escape_user(user);
        let phone = if line.headers.user_phone_parameter { ";user=phone" } else { "" };
        let port = if line.headers.request_uri_port { format!(":{}", servers.registrar_port.0) } else { String::new() };
        let registration = &line.registration;
        Some(Account {
            identity: format!("sip:{user}@{host}{phone}"),
            registrar: format!("sip:{domain}{port}"),
            contact_params: match line.transport.sip_transport {
                SipTransport::Udp if line.headers.transport_udp_parameter => ";transport=udp",
                SipTransport::Udp => "",
                SipTransport::Tcp => ";transport=tcp",
                SipTransport::Tls => ";transport=tls",
            },
            user,
            credentials: Credentials { user: account.sip_auth_id.clone(), password: account.sip_auth_password.clone() },
            expires: registration.registration_time,
            expires_header: registration.registration_expires_header,
            refresh_percent: registration.registration_refresh.0,
            retry: registration.registration_retry,
            unregister_first: registration.unregister_first,
            unregister_last: registration.unregister_last,
            follow_address: stun.global_address_method == GlobalAddressMethod::Sip
                && stun.global_address_interval.is_some(),
            user_agent: headers.sip_user_agent.expand(macros),
            allow: allow.to_owned(),
            allow_events: String::new(),
        })
    }

    /// The URI of Contact.
    pub fn contact_uri(&self, contact: &Contact) -> String {
        format!("sip:{}@{}:{}{}", self.user, contact.host, contact.port, self.contact_params)
    }
}
