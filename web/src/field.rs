//! A field: control, label, name in files, help, messages, origin, and the way back to the inherited value.

use std::borrow::Cow;

use maud::{Markup, html};
use offhook_params::rules::{Context, has_effect};
use offhook_params::{Kind, ParamId, credentials, in_words};
use offhook_settings::{Layer, Layers};

use crate::control::{Control, is_group, is_password_change};
use crate::language::{Words, own};
use crate::save::Entered;
use crate::tools;
use crate::visit::Visit;

/// The fields of a page: who looks at them, what counts, and what was entered.
pub(crate) struct Fields<'a> {
    pub(crate) visit: Visit,
    pub(crate) layers: &'a Layers,
    pub(crate) entered: &'a Entered,
}

impl Fields<'_> {
    /// The markup of one field; `shared` is the help text that stands above several fields, if this is one of them.
    pub(crate) fn render(&self, id: ParamId, shared: Option<&str>) -> Markup {
        let words = self.visit.words;
        let family = id.family();
        let name = id.name();
        let effective = self.layers.effective(id);
        let stored = shown_in_field(id, effective.value);
        let errors = self.entered.errors(id);
        let locked = !self.visit.may_change(family);
        let idle = has_effect(id, self.layers) == Some(false);
        let help = shared.map_or_else(|| format!("{name}-help"), str::to_owned);
        let mut described = help.clone();
        if family.secret && !is_password_change(&family) {
            described += &format!(" {name}-stored");
        }
        if locked || idle {
            described += &format!(" {name}-note");
        }
        let about_password = self.about_password(id, &stored);
        if about_password.is_some() {
            described += &format!(" {name}-password");
        }
        if !errors.is_empty() {
            described = format!("{name}-error {described}");
        }
        let control = Control {
            id,
            words,
            stored: &stored,
            entered: self.entered.value(id),
            described: &described,
            invalid: !errors.is_empty(),
            locked,
        };
        let inner = html! {
            div.control {
                div.entryline {
                    (control.render())
                    @let unit = words.unit(family);
                    @if !unit.is_empty() { span.unit { (unit) } }
                    @if let Some(link) = tools::dial_plan_link(self.visit, id) { (link) }
                }
                @if !errors.is_empty() {
                    div.error id={ (name) "-error" } {
                        @for error in errors { p { (error) } }
                    }
                }
                @if shared.is_none() { (help_text(id, &help, words)) }
                @if locked || idle { (self.note(id, locked, idle)) }
                @if let Some(text) = about_password { p.note id={ (name) "-password" } { (text) } }
                @if !family.secret && !locked { input type="hidden" name={ "was." (name) } value=(stored); }
            }
            (self.origin(id, locked))
        };
        let class = match () {
            () if !errors.is_empty() => "field wrong",
            () if locked || idle => "field idle",
            () => "field",
        };
        html! {
            @if is_group(&family) {
                fieldset class=(class) id={ (name) "-field" } aria-describedby=(described) {
                    legend.name { span { (words.label(id)) } " " code { (name) } }
                    (inner)
                }
            } @else {
                div class=(class) id={ (name) "-field" } {
                    div.name { label for=(name) { (words.label(id)) } " " code { (name) } }
                    (inner)
                }
            }
        }
    }

    /// Where the value comes from, and the way back.
    fn origin(&self, id: ParamId, locked: bool) -> Markup {
        let words = self.visit.words;
        let name = id.name();
        let set = self.layers.layer(Layer::User).get(id).is_some() && !locked;
        let inherited = self.layers.inherited(id, Layer::User);
        html! {
            div.origin {
                p { (words.origin(&self.layers.effective(id))) }
                @if set {
                    @if let Some(above) = self.layers.overrides_user(id) {
                        p { (words.text(own::FIELD_SHADOWED)) " " (words.origin(&above)) }
                    }
                    span.choice {
                        input type="checkbox" id={ (name) "-inherit" } name="inherit" value=(name)
                            checked[self.entered.inherits(id)];
                        label for={ (name) "-inherit" } {
                            (words.text(own::FIELD_INHERIT)) " "
                            b { (words.shown(id, inherited.value)) }
                            " (" (words.origin(&inherited)) ")"
                        }
                    }
                }
            }
        }
    }

    /// What is to be known of the password in a URL; only the administrator has such fields.
    fn about_password(&self, id: ParamId, stored: &str) -> Option<&'static str> {
        match () {
            () if self.entered.lacks_password(id) => {
                Some("The password that you entered in it is not shown again: enter it once more before you save.")
            }
            () if matches!(id.family().kind, Kind::Url { .. }) && credentials::has_password(stored) => {
                Some("*** stands for the password in it, which is kept as long as user and server stay the same.")
            }
            () => None,
        }
    }

    /// Why the field is grey: it is locked, or without effect as things stand. The latter can be changed all the same,
    /// since one form has both sides of most conditions.
    fn note(&self, id: ParamId, locked: bool, idle: bool) -> Markup {
        let words = self.visit.words;
        html! {
            div.note id={ (id.name()) "-note" } {
                @if locked { p { (words.text(own::FIELD_LOCKED)) } }
                @if idle {
                    p {
                        (words.text(own::FIELD_NO_EFFECT))
                        // The names of settings are the administrator's language.
                        @if let Some((_, condition)) = id.family().when.filter(|_| self.visit.is_administrator()) {
                            " It counts while " (in_words(condition, Context::of(id))) "."
                        }
                    }
                }
            }
        }
    }
}

/// A value as its field has it: of a URL, everything but the password.
fn shown_in_field(id: ParamId, value: &str) -> Cow<'_, str> {
    match id.family().kind {
        Kind::Url { .. } => credentials::blotted(value),
        _ => Cow::Borrowed(value),
    }
}

/// What the setting does and which values it takes.
pub(crate) fn help_text(id: ParamId, place: &str, words: &Words) -> Markup {
    let family = id.family();
    html! {
        div.help id=(place) {
            @if let Some(hint) = words.hint(family) { p.hint { (hint) } }
            p { (words.help(family)) }
        }
    }
}
