//! What people read, in the languages of the web page: the spec's texts and the page's own words.
//!
//! The user's pages are in the language of `WEB_LANGUAGE`, the administrator's in English (US) (guide rules 156 and
//! 157). English (US) is what the spec says; the catalogues beside it have the rest. That they are complete is checked
//! when the table is generated, so a look-up here has always something to show.

#[rustfmt::skip]
mod generated;
mod spec;
mod tables;
mod values;

use std::borrow::Cow;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use offhook_params::choices::WebLanguage;

pub use fluent_bundle::FluentValue as Value;
pub use generated::own;

use tables::Catalogue;

/// One of the page's own words, which takes `N` values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message<const N: usize> {
    id: &'static str,
    /// The names of the values, in the order of the alphabet.
    args: [&'static str; N],
}

/// Everything that is said in one language.
pub struct Words {
    language: WebLanguage,
    tag: &'static str,
    bundle: FluentBundle<FluentResource>,
}

static ALL: LazyLock<Vec<Words>> = LazyLock::new(|| generated::CATALOGUES.iter().map(Words::new).collect());

impl Words {
    /// The words of a language.
    pub fn of(language: WebLanguage) -> &'static Self {
        ALL.iter().find(|words| words.language == language).unwrap_or_else(|| Self::english())
    }

    /// English (US): the words of the administrator's pages.
    pub fn english() -> &'static Self {
        &ALL[0]
    }

    /// The language.
    pub fn language(&self) -> WebLanguage {
        self.language
    }

    /// Its tag, for the `lang` attribute of a document: `en-GB`.
    pub fn tag(&self) -> &'static str {
        self.tag
    }

    /// One of the page's own words.
    pub fn text(&self, message: Message<0>) -> Cow<'_, str> {
        self.message(message.id, None).unwrap_or(Cow::Borrowed(message.id))
    }

    /// One of the page's own words with its values, in the order of their names in the alphabet.
    pub fn with<const N: usize>(&self, message: Message<N>, values: [Value<'_>; N]) -> String {
        let args: FluentArgs<'_> = message.args.into_iter().zip(values).collect();
        self.message(message.id, Some(&args)).map_or_else(|| message.id.to_owned(), Cow::into_owned)
    }

    fn new(catalogue: &Catalogue) -> Self {
        // A tag that is none would only lose the rules of plurals.
        let tag = catalogue.tag.parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        // All eight are written from left to right, and marks between would show up in titles and attributes.
        bundle.set_use_isolating(false);
        for text in catalogue.texts {
            let resource = FluentResource::try_new((*text).to_owned()).unwrap_or_else(|(resource, _)| resource);
            bundle.add_resource_overriding(resource);
        }
        Self { language: catalogue.language, tag: catalogue.tag, bundle }
    }

    /// A message, if the catalogue has it.
    fn message(&self, id: &str, args: Option<&FluentArgs<'_>>) -> Option<Cow<'_, str>> {
        let pattern = self.bundle.get_message(id)?.value()?;
        // A value that is missing would show as its name; generation and tests make sure that none is.
        Some(self.bundle.format_pattern(pattern, args, &mut Vec::new()))
    }

    /// A text of the spec, its arguments filled in.
    fn spec_text(&self, id: Option<&str>, english: &'static str, args: &[(&'static str, String)]) -> Cow<'_, str> {
        let named: Option<FluentArgs<'_>> =
            (!args.is_empty()).then(|| args.iter().map(|(name, value)| (*name, Value::from(value.as_str()))).collect());
        if let Some(text) = id.and_then(|id| self.message(id, named.as_ref())) {
            return text;
        }
        let fill = |text: Cow<'static, str>, (name, value): &(&str, String)| {
            Cow::Owned(text.replace(&format!("{{{name}}}"), value))
        };
        args.iter().fold(Cow::Borrowed(english), fill)
    }
}

#[cfg(test)]
mod tests {
    use offhook_params::{FAMILIES, FamilyId};

    use super::*;

    /// Every message in every language that has it, formatted with some text for each argument.
    fn each(mut judge: impl FnMut(&Words, &str, &str)) {
        for words in ALL.iter() {
            for (id, names) in generated::ALL {
                let Some(pattern) = words.bundle.get_message(id).and_then(|message| message.value()) else { continue };
                let args: FluentArgs<'_> = names.iter().map(|name| (*name, Value::from(3))).collect();
                let mut errors = Vec::new();
                let text = words.bundle.format_pattern(pattern, Some(&args), &mut errors);
                assert!(errors.is_empty(), "{} {id}: {errors:?}", words.tag);
                judge(words, id, &text);
            }
        }
    }

    #[test]
    fn every_message_formats() {
        let mut count = 0;
        each(|words, id, text| {
            assert!(!text.trim().is_empty(), "{} {id}", words.tag);
            assert!(!text.contains(['\u{2068}', '\u{2069}']), "{} {id}: {text}", words.tag);
            count += 1;
        });
        assert!(count > 6 * generated::ALL.len(), "{count} messages");
    }

    #[test]
    fn every_language_but_english_has_every_message() {
        assert_eq!(ALL.len(), 8);
        for words in ALL.iter().filter(|words| !words.tag.starts_with("en")) {
            for (id, _) in generated::ALL {
                assert!(words.bundle.has_message(id), "{} {id}", words.tag);
            }
        }
    }

    #[test]
    fn labels_are_short() {
        let label = ["tab-", "page-", "section-", "row-", "label-", "choice-", "unit-", "button-"];
        each(|words, id, text| {
            if label.iter().any(|first| id.starts_with(first)) {
                assert!(text.chars().count() <= 45, "{} {id}: {text}", words.tag);
            }
        });
    }

    #[test]
    fn catalogues_parse_without_fault() {
        for text in generated::CATALOGUES.iter().flat_map(|c| c.texts) {
            assert!(FluentResource::try_new((*text).to_owned()).is_ok());
        }
    }

    #[test]
    fn result_messages_are_the_guides() {
        let english = Words::english();
        for (message, text) in [
            (own::RESULT_COMPLETE, "Complete"),
            (own::RESULT_PARAMETER_ERROR, "Failed (Parameter Error)"),
            (own::RESULT_MEMORY_ACCESS_FAILURE, "Failed (Memory Access Failure)"),
            (own::RESULT_TRANSFER_FAILURE, "Failed (Transfer Failure)"),
            (own::RESULT_BUSY, "Failed (Busy)"),
        ] {
            assert_eq!(english.text(message), text);
        }
    }

    #[test]
    fn the_overlay_falls_back() {
        let british = Words::of(WebLanguage::EnglishUk);
        assert_eq!(british.tag(), "en-GB");
        assert_eq!(british.text(own::BUTTON_SAVE), "Save");
        let page = offhook_params::PAGES.iter().find(|p| p.id == "call-control").expect("the page of the spec");
        assert!(british.page_about(page).starts_with("Dialling"));
        assert!(Words::english().page_about(page).starts_with("Dialing"));
    }

    #[test]
    fn english_is_what_the_spec_says() {
        for (i, family) in FAMILIES.iter().enumerate() {
            let id = FamilyId(i as u16);
            assert_eq!(Words::english().help(id), family.doc);
            assert!(!Words::of(WebLanguage::Russian).help(id).is_empty());
        }
    }

    #[test]
    fn plurals_follow_the_language() {
        let russian = Words::of(WebLanguage::Russian);
        assert_eq!(russian.with(own::HINT_TEXT, [21.into()]), "не более 21 символа");
        assert_eq!(russian.with(own::HINT_TEXT, [32.into()]), "не более 32 символов");
    }
}
