//! Catalogues that do not fit the spec, and what is said of them, word for word.

use std::collections::BTreeMap;

use offhook_codegen::{Sources, Spec};

const INDEX: &str = r#"
[dimension.line]
numbers = [1, 2]
suffix  = "_{}"
plural  = "lines"
title   = "Line"

[category.system]
title  = "System"
groups = ["web"]
"#;

const PAGES: &str = r#"
[tab.system]
title = "System"

[tab.system.page.web]
title    = "Web Page [Line {line}]"
doc      = "The web page, for everybody."
per      = "line"
sections = ["Language"]

[tab.system.page.secret]
title    = "Secret"
doc      = "For administrators only."
sections = ["Secret"]
"#;

const GROUP: &str = r#"
[group]
title = "Web page"
doc   = "The web page."

[WEB_LANGUAGE]
per     = "line"
field   = "web_language"
default = "en-US"
file    = false
web     = { page = "system/web", section = "Language", label = "Language", access = "user" }
doc     = "Language of the page; see also RING_TIME."

[WEB_LANGUAGE.type]
choice = [
  { value = "en-US", variant = "EnglishUs", label = "English (US)" },
  { value = "en-GB", variant = "EnglishUk", label = "English (UK)" },
  { value = "de", variant = "German", label = "Deutsch" },
]

[RING_TIME]
field   = "ring_time"
type    = { integer = { range = "1..9" } }
default = 5
file    = false
web     = { page = "system/secret", section = "Secret", label = "Ring Time" }
doc     = "How long it rings."
"#;

const AMERICAN: &str = "button-save = Save\nerror-range = { $found } is not { $range }.\n";

const GERMAN: &str = "\
tab-system = System
page-system-web = Webseite [Leitung { $line }]
about-system-web = Die Webseite, für alle.
dimension-line = Leitung { $number }
section-system-web-language = Sprache
label-WEB_LANGUAGE = Sprache
help-WEB_LANGUAGE =
    Sprache der Seite;
    siehe auch RING_TIME.

# Eigene Worte
button-save = Speichern
error-range = { $found } ist nicht { $range }.
";

fn sources() -> Sources {
    let files = [
        ("index.toml", INDEX),
        ("pages.toml", PAGES),
        ("rules.toml", ""),
        ("status.toml", "[row]\n"),
        ("system/web.toml", GROUP),
        ("words/en-US.ftl", AMERICAN),
        ("words/en-GB.ftl", "help-WEB_LANGUAGE = Language of the page, favourite included; see also RING_TIME.\n"),
        ("words/de.ftl", GERMAN),
    ];
    let owned = |(path, text): (&str, &str)| (path.to_owned(), text.to_owned());
    Sources { files: files.into_iter().map(owned).collect::<BTreeMap<_, _>>() }
}

/// Replaces a part of a file, and compares what is reported.
fn check(path: &str, replace: &str, with: &str, expected: &[&str]) {
    let mut sources = sources();
    let text = sources.files.get_mut(path).expect("a file of the spec");
    assert!(text.contains(replace), "{path} has no {replace:?}");
    *text = text.replacen(replace, with, 1);
    let errors = Spec::load(&sources).err().unwrap_or_default();
    let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(errors, expected, "{path}: {replace:?} -> {with:?}");
}

#[test]
fn complete_catalogues_are_good() {
    let spec = Spec::load(&sources()).unwrap_or_else(|errors| panic!("{errors:#?}"));
    let tags: Vec<_> = spec.words.languages.iter().map(|l| (l.tag.as_str(), l.overlay)).collect();
    assert_eq!(tags, [("en-US", false), ("en-GB", true), ("de", false)]);
    let ids: Vec<_> = spec.words.needed.iter().map(|n| n.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "tab-system",
            "page-system-web",
            "about-system-web",
            "dimension-line",
            "section-system-web-language",
            "label-WEB_LANGUAGE",
            "help-WEB_LANGUAGE",
        ]
    );
    let own: Vec<_> = spec.words.own.iter().map(|o| (o.id.as_str(), o.args.len())).collect();
    assert_eq!(own, [("button-save", 0), ("error-range", 2)]);
}

#[test]
fn missing_messages() {
    check(
        "words/de.ftl",
        "about-system-web = Die Webseite, für alle.\n",
        "",
        &[concat!(
            "spec/words/de.ftl:3:1: \"about-system-web\" is missing, which spec/pages.toml asks for\n",
            "  hint: add here: about-system-web = … (in English: The web page, for everybody.)",
        )],
    );
    // Behind a message of several lines, and at the end.
    check(
        "words/de.ftl",
        "button-save = Speichern\n",
        "",
        &[concat!(
            "spec/words/de.ftl:10:1: \"button-save\" is missing, which spec/words/en-US.ftl asks for\n",
            "  hint: add here: button-save = … (in English: Save)",
        )],
    );
    check(
        "words/de.ftl",
        "error-range = { $found } ist nicht { $range }.\n",
        "",
        &[concat!(
            "spec/words/de.ftl:13:1: \"error-range\" is missing, which spec/words/en-US.ftl asks for\n",
            "  hint: add here: error-range = … (in English: {found} is not {range}.)",
        )],
    );
}

#[test]
fn what_the_user_may_see_needs_words() {
    let path = "system/web.toml";
    check(
        path,
        "label = \"Ring Time\"",
        "label = \"Ring Time\", access = \"user\"",
        &[
            concat!(
                "spec/words/de.ftl:6:1: \"page-system-secret\" is missing, which spec/pages.toml asks for\n",
                "  hint: add here: page-system-secret = … (in English: Secret)",
            ),
            concat!(
                "spec/words/de.ftl:6:1: \"about-system-secret\" is missing, which spec/pages.toml asks for\n",
                "  hint: add here: about-system-secret = … (in English: For administrators only.)",
            ),
            concat!(
                "spec/words/de.ftl:6:1: \"section-system-secret-secret\" is missing, which spec/pages.toml asks for\n",
                "  hint: add here: section-system-secret-secret = … (in English: Secret)",
            ),
            concat!(
                "spec/words/de.ftl:10:1: \"label-RING_TIME\" is missing, which spec/system/web.toml asks for\n",
                "  hint: add here: label-RING_TIME = … (in English: Ring Time)",
            ),
            concat!(
                "spec/words/de.ftl:10:1: \"help-RING_TIME\" is missing, which spec/system/web.toml asks for\n",
                "  hint: add here: help-RING_TIME = … (in English: How long it rings.)",
            ),
        ],
    );
}

#[test]
fn stale_messages() {
    check(
        "words/de.ftl",
        "button-save =",
        "button-load = Laden\nbutton-save =",
        &[concat!(
            "spec/words/de.ftl:12:1: nothing shows \"button-load\"\n",
            "  hint: remove it; where something was renamed, rename it here too",
        )],
    );
    check(
        "words/en-US.ftl",
        "button-save =",
        "label-RING_TIME = Ring Time\nbutton-save =",
        &[concat!(
            "spec/words/en-US.ftl:1:1: \"label-RING_TIME\" looks like a text of the spec, but the spec has none for users ",
            "there\n  hint: remove it, or give it another first word",
        )],
    );
}

#[test]
fn a_text_of_the_spec_stands_once() {
    check(
        "words/en-US.ftl",
        "button-save =",
        "label-WEB_LANGUAGE = Language\nbutton-save =",
        &[concat!(
            "spec/words/en-US.ftl:1:1: the text of \"label-WEB_LANGUAGE\" stands in the spec already\n",
            "  hint: remove it here; spec/system/web.toml says \"Language\"",
        )],
    );
    check(
        "words/en-GB.ftl",
        "help-WEB_LANGUAGE",
        "button-save = Save\nhelp-WEB_LANGUAGE",
        &[concat!(
            "spec/words/en-GB.ftl:1:1: \"button-save\" is the same as in en-US\n",
            "  hint: remove it: this catalogue has only what differs",
        )],
    );
    check(
        "words/de.ftl",
        "button-save = Speichern",
        "button-save = Speichern\nbutton-save = Sichern",
        &["spec/words/de.ftl:13:1: \"button-save\" is there twice"],
    );
}

#[test]
fn messages_that_do_not_fit_their_english() {
    check(
        "words/de.ftl",
        "[Leitung { $line }]",
        "[Leitung { $linie }]",
        &[concat!(
            "spec/words/de.ftl:2:1: \"page-system-web\" has $linie, in English it has $line\n",
            "  hint: in English: Web Page [Line {line}]",
        )],
    );
    check(
        "words/de.ftl",
        "{ $found } ist",
        "Das ist",
        &[concat!(
            "spec/words/de.ftl:13:1: \"error-range\" has $range, in English it has $found, $range\n",
            "  hint: in English: {found} is not {range}.",
        )],
    );
    check(
        "words/de.ftl",
        "siehe auch RING_TIME",
        "siehe auch RING_TIMER",
        &[concat!(
            "spec/words/de.ftl:7:1: \"help-WEB_LANGUAGE\" names the settings RING_TIMER, in English it names RING_TIME\n",
            "  hint: in English: Language of the page; see also RING_TIME.",
        )],
    );
    check(
        "words/de.ftl",
        "label-WEB_LANGUAGE = Sprache",
        "label-WEB_LANGUAGE = Sprache, in der die Webseite mit Ihnen sprechen soll",
        &["spec/words/de.ftl:6:1: \"label-WEB_LANGUAGE\" has 52 characters, a label has room for 45"],
    );
    // Variants count as one: the longest is what needs the room, and their argument is an argument.
    check(
        "words/de.ftl",
        "dimension-line = Leitung { $number }",
        "dimension-line = { $number ->\n    [1] Hauptleitung\n   *[other] Leitung { $number }\n}",
        &[],
    );
}

#[test]
fn what_is_no_catalogue() {
    check(
        "words/de.ftl",
        "button-save = Speichern",
        "button-save = { $",
        &[
            "spec/words/de.ftl:12:18: Expected one of \"a-zA-Z\"",
            concat!(
                "spec/words/de.ftl:10:1: \"button-save\" is missing, which spec/words/en-US.ftl asks for\n",
                "  hint: add here: button-save = … (in English: Save)",
            ),
        ],
    );
    check(
        "words/de.ftl",
        "button-save = Speichern",
        "-brand = Offhook\nbutton-save = { -brand }",
        &[
            "spec/words/de.ftl:12:2: terms are not used: a text stands in one piece",
            "spec/words/de.ftl:13:1: braces hold an argument, variants or a literal; nothing else is used",
        ],
    );
    check(
        "system/web.toml",
        "\"German\", label = \"Deutsch\" },",
        "\"German\", label = \"Deutsch\" },\n  { value = \"fr\", variant = \"French\", label = \"Français\" },",
        &[concat!(
            "spec/words/fr.ftl:1:1: the file is missing\n",
            "  hint: WEB_LANGUAGE offers \"fr\", so it needs a catalogue",
        )],
    );
    check(
        "system/web.toml",
        "  { value = \"de\", variant = \"German\", label = \"Deutsch\" },\n",
        "",
        &[concat!(
            "spec/words/de.ftl:1:1: \"de\" is no value of WEB_LANGUAGE\n",
            "  hint: add the language there, or remove the catalogue",
        )],
    );
}
