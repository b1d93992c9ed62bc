//! Texts of the spec: titles, labels, help, words for values, status rows, rules.

use std::borrow::Cow;

use offhook_params::pages::{Page, Section, StatusRow, Tab};
use offhook_params::rules::Values;
use offhook_params::{DIMENSIONS, Dimensions, FamilyId, Kind, PAGES, ParamId, RULES, TABS};

use super::Words;
use super::generated::{DIMENSIONS as DIMENSION_WORDS, FAMILIES, PAGES as PAGE_WORDS, RULES as RULE_WORDS, STATUS};
use super::generated::{TABS as TAB_WORDS, own};
use super::tables::{FamilyWords, PageWords, StatusWords, find};

impl Words {
    /// Title of a tab.
    pub fn tab(&self, tab: &'static Tab) -> Cow<'_, str> {
        self.spec_text(find(TAB_WORDS, tab.id), tab.title, &[])
    }

    /// Title of a page, the number filled in where each line has a page: `Call Control [Line 2]`.
    pub fn page_title(&self, page: &'static Page, number: Option<u16>) -> Cow<'_, str> {
        let number = page.per.zip(number);
        let args: Vec<_> = number.into_iter().map(|(dimension, number)| argument(dimension, number)).collect();
        self.spec_text(page_words(page).and_then(|words| words.title), page.title, &args)
    }

    /// What a page is for. A button that the text speaks of stands in brackets.
    pub fn page_about(&self, page: &'static Page) -> Cow<'_, str> {
        self.spec_text(page_words(page).and_then(|words| words.about), page.doc, &[])
    }

    /// Title of a section.
    pub fn section(&self, page: &'static Page, section: &'static Section) -> Cow<'_, str> {
        let message = page_words(page).and_then(|words| find(words.sections, section.title));
        self.spec_text(message, section.title, &[])
    }

    /// One of a dimension: `Line 2`. `dimension` is an index into [`DIMENSIONS`].
    pub fn numbered(&self, dimension: u8, number: u16) -> String {
        let title = DIMENSIONS[usize::from(dimension)].title;
        let number = word(dimension, number);
        let id = find(DIMENSION_WORDS, DIMENSIONS[usize::from(dimension)].id);
        let args = [("number", number)];
        match self.spec_text(id, "", &args) {
            text if text.is_empty() => format!("{title} {}", args[0].1),
            text => text.into_owned(),
        }
    }

    /// Label of a field, numbers filled in.
    pub fn label(&self, id: ParamId) -> Cow<'_, str> {
        let family = id.family();
        let english = family.web.as_ref().map_or(id.name(), |web| web.label);
        self.spec_text(family_words(family).and_then(|words| words.label), english, &arguments(id))
    }

    /// The heading that a field shares with others, numbers filled in.
    pub fn heading(&self, id: ParamId) -> Option<Cow<'_, str>> {
        let family = id.family();
        let web = family.web.as_ref()?;
        let row = web.row?;
        let page = &PAGES[usize::from(web.page)];
        let section = page.sections[usize::from(web.section)].title;
        let rows = page_words(page).map_or(&[][..], |words| words.rows);
        let message = rows.iter().find(|(s, r, _)| *s == section && *r == row).map(|(_, _, message)| *message);
        Some(self.spec_text(message, row, &arguments(id)))
    }

    /// What a setting does.
    pub fn help(&self, family: FamilyId) -> Cow<'_, str> {
        self.spec_text(family_words(family).and_then(|words| words.help), family_of(family).doc, &[])
    }

    /// The unit behind a number; empty where there is none, or where the label says it.
    pub fn unit(&self, family: FamilyId) -> Cow<'_, str> {
        let english = family.unit.map_or("", |unit| unit.as_str());
        self.spec_text(family_words(family).and_then(|words| words.unit), english, &[])
    }

    /// The values of a switch or choice with their words; `None` for other kinds.
    pub fn options(&self, family: FamilyId) -> Option<Vec<(&'static str, Cow<'_, str>)>> {
        let family_table = family_of(family);
        let own_words = family_table.web.as_ref().map_or(&[][..], |web| web.labels);
        let messages = family_words(family).map_or(&[][..], |words| words.values);
        let word = |value: &'static str, kinds_own: Cow<'static, str>| {
            let english = own_words.iter().find(|(v, _)| *v == value).map(|(_, word)| *word);
            let text = match (english, kinds_own) {
                (Some(english), _) | (None, Cow::Borrowed(english)) => {
                    self.spec_text(find(messages, value), english, &[])
                }
                (None, text) => text,
            };
            (value, text)
        };
        let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        let switch = |on, off| vec![word(on, owned(self.text(own::YES))), word(off, owned(self.text(own::NO)))];
        match &family_table.kind {
            Kind::Boolean => Some(switch("Y", "N")),
            Kind::Switch { on, off } => Some(switch(on, off)),
            Kind::Choice(choices) => Some(choices.iter().map(|c| word(c.value, Cow::Borrowed(c.label))).collect()),
            _ => None,
        }
    }

    /// What a special number of a setting means.
    pub(super) fn meaning(&self, family: FamilyId, number: i64, english: &'static str) -> Cow<'_, str> {
        let meanings = family_words(family).map_or(&[][..], |words| words.meanings);
        let message = meanings.iter().find(|(n, _)| *n == number).map(|(_, message)| *message);
        self.spec_text(message, english, &[])
    }

    /// Label of a status row.
    pub fn status_label(&self, row: &'static StatusRow) -> Cow<'_, str> {
        self.spec_text(status_words(row).and_then(|words| words.label), row.label, &[])
    }

    /// What a status row tells.
    pub fn status_help(&self, row: &'static StatusRow) -> Cow<'_, str> {
        self.spec_text(status_words(row).and_then(|words| words.help), row.doc, &[])
    }

    /// What a status row shows: the spec's words for it are translated, anything else stays.
    pub fn status_value<'a>(&'a self, row: &'static StatusRow, value: &'a str) -> Cow<'a, str> {
        let message = status_words(row).and_then(|words| find(words.values, value));
        message.and_then(|id| self.message(id, None)).unwrap_or(Cow::Borrowed(value))
    }

    /// The message of the rule with this identifier, broken by `params`; `values` are what they have.
    pub fn rule(&self, id: &str, params: &[ParamId], values: &impl Values) -> String {
        let Some(rule) = RULES.iter().find(|rule| rule.id == id) else {
            return self.text(own::ERROR_OTHER).into_owned();
        };
        let mut args: Vec<(&'static str, String)> = Vec::new();
        if let Some((dimension, number)) = rule.per.and_then(|d| Some((d, params.iter().find_map(|p| number(*p, d))?)))
        {
            args.push(argument(dimension, number));
        }
        for param in params {
            let family = param.family();
            let value = if family.secret { "***" } else { values.value(*param) };
            args.push((family_of(family).name, value.to_owned()));
        }
        self.spec_text(find(RULE_WORDS, id), rule.message, &args).into_owned()
    }
}

fn family_of(family: FamilyId) -> &'static offhook_params::Family {
    &offhook_params::FAMILIES[usize::from(family.0)]
}

fn family_words(family: FamilyId) -> Option<&'static FamilyWords> {
    FAMILIES.binary_search_by_key(&family.0, |(index, _)| *index).ok().map(|at| &FAMILIES[at].1)
}

fn page_words(page: &Page) -> Option<&'static PageWords> {
    let tab = TABS[usize::from(page.tab)].id;
    PAGE_WORDS.iter().find(|words| words.page == page.id && words.tab == tab)
}

fn status_words(row: &StatusRow) -> Option<&'static StatusWords> {
    STATUS.iter().find(|words| words.row == row.id)
}

fn number(id: ParamId, dimension: u8) -> Option<u16> {
    id.number(DIMENSIONS[usize::from(dimension)].id)
}

fn arguments(id: ParamId) -> Vec<(&'static str, String)> {
    let dimensions: Dimensions = id.family().per;
    dimensions.iter().zip(id.instance().0).map(|(&dimension, number)| argument(dimension, number)).collect()
}

fn argument(dimension: u8, number: u16) -> (&'static str, String) {
    (DIMENSIONS[usize::from(dimension)].id, word(dimension, number))
}

/// What a number is called: its title, or the number itself.
fn word(dimension: u8, number: u16) -> String {
    let dimension = &DIMENSIONS[usize::from(dimension)];
    let place = dimension.numbers.iter().position(|n| *n == number);
    place.and_then(|place| dimension.titles.get(place)).map_or_else(|| number.to_string(), |title| (*title).to_owned())
}

#[cfg(test)]
mod tests {
    use offhook_params::choices::WebLanguage;
    use offhook_params::{STATUS_ROWS, lookup};

    use super::*;

    fn id(name: &str) -> ParamId {
        lookup(name).expect("a setting").id
    }

    #[test]
    fn numbers_are_filled_in() {
        let page = PAGES.iter().find(|p| p.id == "call-control-line").expect("the page of the spec");
        for (language, title, line) in [
            (WebLanguage::EnglishUs, "Call Control [Line 2]", "Line 2"),
            (WebLanguage::German, "Anrufsteuerung [Leitung 2]", "Leitung 2"),
            (WebLanguage::Japanese, "呼制御［回線2］", "回線2"),
        ] {
            let words = Words::of(language);
            assert_eq!(words.page_title(page, Some(2)), title);
            assert_eq!(words.numbered(0, 2), line);
            assert_eq!(words.label(id("REJECTED_NUMBER_7")), "7");
        }
        assert_eq!(Words::english().numbered(1, 0), "Codec G722");
    }

    #[test]
    fn fields_speak_the_language() {
        let german = Words::of(WebLanguage::German);
        let rings = id("FORWARD_NO_ANSWER_RINGS_3");
        assert_eq!(german.label(rings), "Anzahl der Rufsignale");
        assert_eq!(german.heading(rings).as_deref(), Some("Bei Nichtmelden"));
        assert_eq!(german.unit(rings.family()), "Rufsignale");
        assert!(german.help(rings.family()).contains("umgeleitet"));
        assert_eq!(Words::english().unit(rings.family()), "rings");
    }

    #[test]
    fn values_speak_the_language() {
        let texts = |name: &str, language| -> Vec<String> {
            let options = Words::of(language).options(id(name).family()).expect("a choice or switch");
            options.into_iter().map(|(_, text)| text.into_owned()).collect()
        };
        assert_eq!(texts("DND_ENABLE_1", WebLanguage::French), ["Oui", "Non"]);
        assert_eq!(texts("DND_ENABLE_1", WebLanguage::EnglishUs), ["Yes", "No"]);
        assert_eq!(texts("NET_CONNECTION_MODE", WebLanguage::Spanish), ["DHCP", "Estática"]);
        // The page asks the opposite of what the file says, in the administrator's language.
        assert_eq!(texts("DIAL_PLAN_NOT_MATCH_ENABLE_1", WebLanguage::EnglishUs), ["No", "Yes"]);
        for language in [WebLanguage::EnglishUs, WebLanguage::Japanese] {
            let names = texts("WEB_LANGUAGE", language);
            assert_eq!((names.len(), names[2].as_str(), names[7].as_str()), (8, "Deutsch", "日本語"));
        }
    }

    #[test]
    fn status_words_are_translated_and_other_texts_stay() {
        let row = |id: &str| STATUS_ROWS.iter().find(|row| row.id == id).expect("a row of the spec");
        let italian = Words::of(WebLanguage::Italian);
        assert_eq!(italian.status_value(row("pc-port-link"), "Not Connected"), "Non connesso");
        assert_eq!(italian.status_value(row("line-status"), "Registering"), "Registrazione in corso");
        assert_eq!(italian.status_value(row("model"), "Static"), "Static");
        assert_eq!(italian.status_value(row("line-status"), ""), "");
        assert_eq!(italian.status_label(row("mac-address")), "Indirizzo MAC");
    }

    #[test]
    fn rules_name_their_line() {
        let params = [id("FORWARD_BUSY_ENABLE_4"), id("FORWARD_BUSY_NUMBER_4")];
        let values = |id: ParamId| id.default();
        let rule = |language| Words::of(language).rule("forward-busy-destination", &params, &values);
        assert!(rule(WebLanguage::EnglishUs).starts_with("line 4: "));
        assert!(rule(WebLanguage::Russian).starts_with("линия 4: "));
        // A rule that only administrators can break is told in English.
        let range = [id("RTP_PORT_MIN"), id("RTP_PORT_MAX")];
        assert!(Words::of(WebLanguage::German).rule("rtp-port-range", &range, &values).contains("16000"));
    }
}
