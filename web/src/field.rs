//! A field: control, label, name in files, help, messages, origin, and the way back to the inherited value.

use maud::{Markup, html};
use offhook_params::ParamId;
use offhook_params::rules::has_effect;
use offhook_settings::{Layer, Layers};

use crate::control::{Control, is_group, is_password_change};
use crate::save::Entered;
use crate::{view, words};

/// The fields of a page: what counts, and what was entered.
pub(crate) struct Fields<'a> {
    pub(crate) layers: &'a Layers,
    pub(crate) entered: &'a Entered,
}

impl Fields<'_> {
    /// The markup of one field; `shared` is the help text that stands above several fields, if this is one of them.
    pub(crate) fn render(&self, id: ParamId, shared: Option<&str>) -> Markup {
        let family = id.family();
        let name = id.name();
        let effective = self.layers.effective(id);
        let errors = self.entered.errors(id);
        let help = shared.map_or_else(|| format!("{name}-help"), str::to_owned);
        let mut described = help.clone();
        if family.secret && !is_password_change(&family) {
            described += &format!(" {name}-stored");
        }
        if !errors.is_empty() {
            described = format!("{name}-error {described}");
        }
        let control = Control {
            id,
            stored: effective.value,
            entered: self.entered.value(id),
            described: &described,
            invalid: !errors.is_empty(),
        };
        let inner = html! {
            div.control {
                div.entryline {
                    (control.render())
                    @if let Some(unit) = family.unit.map(|u| u.as_str()).filter(|u| !u.is_empty()) {
                        span.unit { (unit) }
                    }
                }
                @if !errors.is_empty() {
                    div.error id={ (name) "-error" } {
                        @for error in errors { p { (error) } }
                    }
                }
                @if shared.is_none() { (help_text(id, &help)) }
                (self.note(id))
                @if !family.secret { input type="hidden" name={ "was." (name) } value=(effective.value); }
            }
            (self.origin(id))
        };
        let class = if errors.is_empty() { "field" } else { "field wrong" };
        html! {
            @if is_group(&family) {
                fieldset class=(class) id={ (name) "-field" } aria-describedby=(described) {
                    @let password = is_password_change(&family);
                    legend.name {
                        span { @if password { "Password" } @else { (view::label(id)) } }
                        " " code { (name) }
                    }
                    (inner)
                }
            } @else {
                div class=(class) id={ (name) "-field" } {
                    div.name { label for=(name) { (view::label(id)) } " " code { (name) } }
                    (inner)
                }
            }
        }
    }

    /// Where the value comes from, and the way back.
    fn origin(&self, id: ParamId) -> Markup {
        let name = id.name();
        let set = self.layers.layer(Layer::User).get(id).is_some();
        let inherited = self.layers.inherited(id, Layer::User);
        html! {
            div.origin {
                p { (words::origin(&self.layers.effective(id))) }
                @if set {
                    @if let Some(above) = self.layers.overrides_user(id) {
                        p { "Set here too, but this counts: " (words::origin(&above)) }
                    }
                    span.choice {
                        input type="checkbox" id={ (name) "-inherit" } name="inherit" value=(name)
                            checked[self.entered.inherits(id)];
                        label for={ (name) "-inherit" } {
                            "Back to inherited: "
                            b { (words::shown(id, inherited.value)) }
                            " (" (words::origin(&inherited)) ")"
                        }
                    }
                }
            }
        }
    }

    /// That the setting has no effect as things stand.
    fn note(&self, id: ParamId) -> Markup {
        html! {
            @if let (Some(false), Some((condition, _))) = (has_effect(id, self.layers), id.family().when) {
                p.note { "Has no effect now; it counts while " code { (condition) } }
            }
        }
    }
}

/// What the setting does and which values it takes.
pub(crate) fn help_text(id: ParamId, place: &str) -> Markup {
    let family = id.family();
    html! {
        div.help id=(place) {
            @if let Some(hint) = words::hint(family) { p.hint { (hint) } }
            p { (family.doc) }
        }
    }
}
