//! The control of a field, chosen by the kind of its values.

use std::borrow::Cow;

use maud::{Markup, html};
use offhook_params::{Family, Kind, ParamId, Unicode, Widget};

use crate::language::{Words, own};

/// A value of a switch or choice, and its word.
type Choice<'a> = (&'static str, Cow<'a, str>);

/// Whether the field is a row of radio buttons: every switch is, and a choice where the spec wants it so.
pub(crate) fn is_radio(family: &Family) -> bool {
    let wanted = family.web.as_ref().is_some_and(|web| web.widget == Some(Widget::Radio));
    match family.kind {
        Kind::Boolean | Kind::Switch { .. } => true,
        Kind::Choice(_) => wanted,
        _ => false,
    }
}

/// Whether the field asks for the current and twice for a new password.
pub(crate) fn is_password_change(family: &Family) -> bool {
    family.web.as_ref().is_some_and(|web| web.widget == Some(Widget::PasswordChange))
}

/// Whether the field consists of several controls, so that a legend names it in place of a label.
pub(crate) fn is_group(family: &Family) -> bool {
    is_radio(family) || is_password_change(family)
}

/// What a control needs to know of its field.
pub(crate) struct Control<'a> {
    pub(crate) id: ParamId,
    pub(crate) words: &'a Words,
    /// The value that counts.
    pub(crate) stored: &'a str,
    /// What was entered, if that is to be shown in place of it.
    pub(crate) entered: Option<&'a str>,
    /// Identifiers of the elements that describe it.
    pub(crate) described: &'a str,
    pub(crate) invalid: bool,
    /// Shown, but not to be changed.
    pub(crate) locked: bool,
}

impl Control<'_> {
    /// The markup, without label, help and messages.
    pub(crate) fn render(&self) -> Markup {
        let family = self.id.family();
        match (&family.kind, self.options()) {
            _ if is_password_change(&family) => self.password_change(),
            _ if family.secret => self.password(),
            (_, Some(options)) if is_radio(&family) => self.radios(&options),
            (_, Some(options)) => self.list(&options),
            (Kind::DialPlan, _) => self.area(),
            _ if family.web.as_ref().is_some_and(|web| web.widget == Some(Widget::Area)) => self.area(),
            _ => self.line(),
        }
    }

    /// Yes comes first even where the page asks the opposite question of the file.
    fn options(&self) -> Option<Vec<Choice<'_>>> {
        let mut options = self.words.options(self.id.family())?;
        if let [no, yes] = &options[..]
            && (&no.1, &yes.1) == (&self.words.text(own::NO), &self.words.text(own::YES))
        {
            options.swap(0, 1);
        }
        Some(options)
    }

    fn value(&self) -> &str {
        self.entered.unwrap_or(self.stored)
    }

    /// The option that is chosen: what was entered if it is one, so that nothing else is chosen by accident.
    fn chosen<'b>(&'b self, options: &[Choice<'_>]) -> &'b str {
        self.entered.filter(|e| options.iter().any(|(value, _)| value == e)).unwrap_or(self.stored)
    }

    fn radios(&self, options: &[Choice<'_>]) -> Markup {
        let name = self.id.name();
        let chosen = self.chosen(options);
        html! {
            span.choices {
                @for (i, (value, word)) in options.iter().enumerate() {
                    @let place = if i == 0 { name.to_owned() } else { format!("{name}-{i}") };
                    span.choice {
                        input type="radio" id=(place) name=(name) value=(value) checked[*value == chosen]
                            disabled[self.locked];
                        label for=(place) { (word) }
                    }
                }
            }
        }
    }

    fn list(&self, options: &[Choice<'_>]) -> Markup {
        let name = self.id.name();
        let chosen = self.chosen(options);
        html! {
            select id=(name) name=(name) aria-describedby=(self.described) aria-invalid=[self.aria_invalid()]
                disabled[self.locked] {
                @for (value, word) in options {
                    option value=(value) selected[*value == chosen] { (word) }
                }
            }
        }
    }

    /// Numbers stand in a text field too: a number field of a browser forgets what it does not understand.
    fn line(&self) -> Markup {
        let name = self.id.name();
        let family = self.id.family();
        let (size, mode, most) = match &family.kind {
            Kind::Integer { ranges, .. } if ranges.iter().all(|r| r.start >= 0) => ("number", Some("numeric"), None),
            Kind::Integer { .. } => ("number", None, None),
            Kind::Text { max, unicode, .. } => ("text", None, Some(units(*max, *unicode))),
            Kind::Host { max } => ("text", None, Some(*max)),
            Kind::Ipv4(_) => ("address", Some("decimal"), None),
            Kind::TimeOfDay | Kind::FirmwareVersion => ("number", None, None),
            Kind::Url { .. } | Kind::SipUri | Kind::Integers { .. } => ("text", None, Some(500)),
            _ => ("text", None, None),
        };
        html! {
            input class=(size) type="text" id=(name) name=(name) value=(self.value()) inputmode=[mode] maxlength=[most]
                spellcheck="false" autocapitalize="off" aria-describedby=(self.described)
                aria-invalid=[self.aria_invalid()] disabled[self.locked];
        }
    }

    fn area(&self) -> Markup {
        let name = self.id.name();
        html! {
            textarea id=(name) name=(name) rows="4" maxlength="500" spellcheck="false" autocapitalize="off"
                aria-describedby=(self.described) aria-invalid=[self.aria_invalid()]
                disabled[self.locked] { (self.value()) }
        }
    }

    /// A stored secret is never sent to the browser; an empty field keeps it.
    fn password(&self) -> Markup {
        let name = self.id.name();
        let set = !self.stored.is_empty();
        html! {
            (self.masked(name, "new-password"))
            @if set && self.id.family().empty && !self.locked {
                span.choice {
                    input type="checkbox" id={ (name) "-clear" } name="clear" value=(name);
                    label for={ (name) "-clear" } { (self.words.text(own::FIELD_SECRET_CLEAR)) }
                }
            }
            p.hint id={ (name) "-stored" } {
                (self.words.text(if set { own::FIELD_SECRET_STORED } else { own::FIELD_SECRET_MISSING }))
            }
        }
    }

    fn password_change(&self) -> Markup {
        let name = self.id.name();
        let entry = |suffix: &str, label: &str, complete: &str| {
            let place = format!("{name}{suffix}");
            html! {
                div.entry {
                    label for=(place) { (label) }
                    (self.masked(&place, complete))
                }
            }
        };
        html! {
            (entry(".current", &self.words.text(own::PASSWORD_CURRENT), "current-password"))
            (entry("", &self.words.label(self.id), "new-password"))
            (entry(".confirm", &self.words.text(own::PASSWORD_CONFIRM), "new-password"))
        }
    }

    fn masked(&self, place: &str, complete: &str) -> Markup {
        let most = match self.id.family().kind {
            Kind::Text { max, unicode, .. } => Some(units(max, unicode)),
            _ => None,
        };
        html! {
            input.text type="password" id=(place) name=(place) autocomplete=(complete) maxlength=[most]
                aria-describedby=(self.described) aria-invalid=[self.aria_invalid()] disabled[self.locked];
        }
    }

    fn aria_invalid(&self) -> Option<&'static str> {
        self.invalid.then_some("true")
    }
}

/// Browsers count the UTF-16 units of a text, of which a character has up to two.
fn units(characters: u32, unicode: Unicode) -> u32 {
    match unicode {
        Unicode::All => characters * 2,
        Unicode::None | Unicode::Bmp => characters,
    }
}
