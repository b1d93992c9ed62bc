//! Who looks at a page: what they see of it, what they may change, and in which language they read.
//!
//! The administrator sees and changes everything, in English. The user has the settings that the spec gives to users,
//! in the language of `WEB_LANGUAGE`; a page without any of them is not there (guide rules 129, 156). Of these settings
//! the dealer can take some, the network's: with `CUSTOM_WEB_PAGE` they are gone (guide rule 134), and without
//! `NW_SETTING_ENABLE` they are shown but cannot be changed (guide rule 135). Both are for the user alone: the guide's
//! footnote stands at the user's column, and whoever can change the configuration files can change the network anyway.

use std::time::Instant;

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use offhook_params::choices::WebLanguage;
use offhook_params::pages::{Page, Tab};

use offhook_params::{Access, FamilyId, Settings, TABS};

use crate::auth::Account;
use crate::control::is_password_change;
use crate::language::Words;
use crate::view::View;

/// One look at the pages by an account.
#[derive(Clone, Copy)]
pub(crate) struct Visit {
    pub(crate) account: Account,
    pub(crate) words: &'static Words,
    /// Nothing but Change User Password is served (guide rule 121).
    pub(crate) must_change_password: bool,
    /// Until when settings are on trial, for the administrator to keep.
    pub(crate) trial: Option<Instant>,
    terms: Terms,
}

/// What the settings say of visits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    language: WebLanguage,
    /// `CUSTOM_WEB_PAGE` (guide rule 134).
    network_hidden: bool,
    /// `NW_SETTING_ENABLE` (guide rule 135).
    network_locked: bool,
}

impl Terms {
    pub(crate) fn of(settings: &Settings) -> Self {
        Self {
            language: settings.web_server.web_language,
            network_hidden: settings.access.network_page_hidden,
            network_locked: !settings.access.network_settings_unlocked,
        }
    }
}

impl Visit {
    pub(crate) fn of(account: Account, must_change_password: bool, terms: Terms) -> Self {
        let words = match account {
            Account::Administrator => Words::english(),
            Account::User => Words::of(terms.language),
        };
        Self { account, words, must_change_password, trial: None, terms }
    }

    pub(crate) fn is_administrator(self) -> bool {
        self.account == Account::Administrator
    }

    /// Whether the setting stands on a page of this account.
    pub(crate) fn sees(self, family: FamilyId) -> bool {
        match family.web.as_ref().map(|web| web.access) {
            None => false,
            Some(_) if self.is_administrator() => true,
            Some(Access::User) => !self.must_change_password || is_password_change(&family),
            Some(Access::UserUnlessLocked) => !self.terms.network_hidden && !self.must_change_password,
            Some(Access::Admin) => false,
        }
    }

    /// Whether the account may change a setting that it sees.
    pub(crate) fn may_change(self, family: FamilyId) -> bool {
        let lockable = family.web.as_ref().is_some_and(|web| web.access == Access::UserUnlessLocked);
        self.sees(family) && (self.is_administrator() || !(lockable && self.terms.network_locked))
    }

    /// Whether the setting is the password of this account.
    pub(crate) fn logs_in_with(self, family: FamilyId) -> bool {
        let administrators = family.web.as_ref().is_some_and(|web| web.access == Access::Admin);
        is_password_change(&family) && administrators == self.is_administrator()
    }

    /// Whether the page is one of this account's.
    pub(crate) fn opens(self, page: &Page) -> bool {
        let sees = |page: &Page| page.sections.iter().flat_map(|s| s.fields).any(|family| self.sees(*family));
        let shows_state = page.sections.iter().any(|s| !s.status.is_empty());
        self.is_administrator() || sees(page) || (shows_state && !self.must_change_password)
    }

    /// Its tabs (guide rule 129).
    pub(crate) fn tabs(self) -> impl Iterator<Item = &'static Tab> {
        TABS.iter().filter(move |tab| self.views(tab).next().is_some())
    }

    /// Its pages of a tab, in the order of the menu.
    pub(crate) fn views(self, tab: &'static Tab) -> impl Iterator<Item = View> {
        View::of_tab(tab).filter(move |view| self.opens(view.page))
    }

    /// The first of its pages.
    pub(crate) fn first(self) -> Option<View> {
        TABS.iter().flat_map(|tab| self.views(tab)).next()
    }
}

/// The visit that the door let in.
impl<S: Sync> FromRequestParts<S> for Visit {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        // Only a route outside of the door lacks it.
        parts.extensions.get().copied().ok_or(StatusCode::FORBIDDEN)
    }
}
