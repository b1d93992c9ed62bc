//! Finding settings by words, by place and by whether they were changed.

use offhook_params::{CATEGORIES, Category, GROUPS, Group, ParamId};
use offhook_settings::Layers;

use crate::language::Words;
use crate::transfer::hidden;
use crate::view;

/// What to look for; the default finds everything.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Filter<'a> {
    /// Words that all have to occur: in the name, on the page, in the help text, or in the value.
    pub(crate) words: &'a str,
    /// Identifier of a category: `network`.
    pub(crate) category: Option<&'a str>,
    /// Identifier of a group: `timers`.
    pub(crate) group: Option<&'a str>,
    /// Whether the value that counts differs from the factory's.
    pub(crate) changed: Option<bool>,
}

/// The settings that the filter lets through, the ones whose names fit best first, else in the order of the spec.
pub(crate) fn find(layers: &Layers, filter: &Filter<'_>) -> Vec<ParamId> {
    let words: Vec<String> = filter.words.split_whitespace().map(str::to_lowercase).collect();
    let placed = |id: &ParamId| {
        let (category, group) = place(*id);
        filter.category.is_none_or(|c| c == category.id) && filter.group.is_none_or(|g| g == group.id)
    };
    let changed = |id: ParamId| layers.effective(id).value != id.default();
    let fits =
        |id: &ParamId| filter.changed.is_none_or(|wanted| wanted == changed(*id)) && spoken_of(layers, *id, &words);
    let mut found: Vec<ParamId> = ParamId::all().filter(placed).filter(fits).collect();
    found.sort_by_key(|id| {
        let name = id.name().to_lowercase();
        let is_name = matches!(&words[..], [word] if *word == name);
        (!is_name, !words.iter().all(|word| name.contains(word.as_str())))
    });
    found
}

/// Where the spec declares the setting.
pub(crate) fn place(id: ParamId) -> (&'static Category, &'static Group) {
    let group = &GROUPS[usize::from(id.family().group)];
    (&CATEGORIES[usize::from(group.category)], group)
}

/// Whether all words occur in what is said of the setting. Values that are hidden cannot be found: else they could be
/// guessed letter by letter.
fn spoken_of(layers: &Layers, id: ParamId, words: &[String]) -> bool {
    if words.is_empty() {
        return true;
    }
    let value = Some(layers.effective(id).value).filter(|value| !hidden(id, value)).unwrap_or_default();
    let page = view::home(id).map(|home| home.title(Words::english()).into_owned()).unwrap_or_default();
    let group = place(id).1.title;
    let text = [id.name(), &view::full_label(id, Words::english()), &page, group, id.family().doc, value]
        .join("\n")
        .to_lowercase();
    words.iter().all(|word| text.contains(word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(filter: &Filter<'_>) -> Vec<&'static str> {
        find(&Layers::factory(), filter).into_iter().map(ParamId::name).collect()
    }

    #[test]
    fn words_find_names_first() {
        let words = |words| names(&Filter { words, ..Filter::default() });
        assert_eq!(words("sip_timer_t1_3"), ["SIP_TIMER_T1_3"]);
        assert_eq!(words("t1 TIMER 3")[0], "SIP_TIMER_T1_3");
        assert_eq!(words("rtp_port_min")[0], "RTP_PORT_MIN");
        assert_eq!(words("no such words"), [""; 0]);
        assert_eq!(words("").len(), ParamId::COUNT);
    }

    #[test]
    fn hidden_values_are_not_found() {
        assert!(!names(&Filter { words: "adminpass", ..Filter::default() }).contains(&"ADMIN_PASS"));
    }

    #[test]
    fn places_and_changes_narrow() {
        let timers = names(&Filter { category: Some("line"), group: Some("timers"), ..Filter::default() });
        assert!(timers.contains(&"SIP_TIMER_T1_6") && !timers.contains(&"RTP_PORT_MIN"));
        assert_eq!(names(&Filter { category: Some("system"), group: Some("timers"), ..Filter::default() }), [""; 0]);
        assert_eq!(names(&Filter { changed: Some(true), ..Filter::default() }), [""; 0]);
        assert_eq!(names(&Filter { changed: Some(false), ..Filter::default() }).len(), ParamId::COUNT);
    }
}
