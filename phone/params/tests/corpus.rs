//! Runs the corpus of valid and invalid values through the checks of every setting.

use offhook_params::FAMILIES;
use serde_json::Value;

#[test]
fn every_verdict_of_the_corpus_is_ours() {
    let corpus: Value = serde_json::from_str(include_str!("../corpus/values.json")).expect("the corpus is JSON");
    let list = |value: &Value| value.as_array().cloned().expect("a list");
    let text = |value: &Value| value.as_str().map(str::to_owned).expect("a text");
    let (mut wrong, mut families) = (Vec::new(), 0);
    for set in list(&corpus["sets"]) {
        for name in list(&set["families"]).iter().map(text) {
            let family = FAMILIES.iter().find(|f| f.name == name).expect("a family of the corpus");
            families += 1;
            for row in list(&set["rows"]) {
                let (value, why) = (text(&row["value"]), text(&row["why"]));
                let verdict = family.check(&value);
                if Some(verdict.is_ok()) != row["valid"].as_bool() {
                    wrong.push(format!("{name}={value:?} ({why}): {verdict:?}"));
                }
            }
        }
    }
    assert_eq!(families, FAMILIES.len(), "the corpus covers every family");
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong[..wrong.len().min(50)].join("\n"));
}
