//! Every field of every page with a value that is allowed and one that is not, as a person enters them.

use std::collections::BTreeMap;

use offhook_params::ParamId;
use serde_json::json;

use crate::browser::Browser;
use crate::phone::{Phone, checked, plain};
use crate::settings::{Corpus, Entered, View, forms, is_password_change, is_shown, setting};
use crate::stage::play;

/// What closes the page on the test: a minute is allowed, but the test may pause.
const CLOSE_TIMER: &str = "WEB_PORT_CLOSE_TIMER";

/// Families of which every member has to be set at once: the 25 ports are all given or all zero.
const TOGETHER: [&str; 1] = ["NAPT_CHANNEL_PORT"];

/// One excludes the other.
const EITHER: [&str; 2] = ["FWD_DND_SYNCHRO_ENABLE", "SHARED_CALL_ENABLE"];

/// A page of settings in a browser.
struct Form<'a> {
    browser: &'a Browser,
    url: String,
    view: View,
}

impl<'a> Form<'a> {
    async fn open(browser: &'a Browser, phone: &Phone, view: View) -> Self {
        let form = Self { browser, url: format!("{}{}", phone.origin(), view.path), view };
        form.reload().await;
        form
    }

    async fn reload(&self) {
        self.browser.open(&self.url).await;
        assert_eq!(self.browser.heading().await, self.view.title);
    }

    /// The settings on the page, the kinds of their controls, and how many characters they take.
    async fn fields(&self) -> Vec<(ParamId, String, Option<usize>)> {
        let lengths = self.browser.run(
            "const out = {}; for (const c of document.querySelectorAll('form.settings [maxlength]')) out[c.name] = c.maxLength; return out;",
            &[],
        );
        let lengths = lengths.await;
        let controls = self.browser.controls().await.into_iter();
        let known = controls.filter_map(|(name, kind)| Some((setting(&name)?, kind)));
        let known = known.filter(|(id, _)| !is_password_change(*id));
        known.map(|(id, kind)| (id, kind, lengths[id.name()].as_u64().map(|n| n as usize))).collect()
    }
}

/// A good value for each field, as far as rules between settings allow one; and the families without one.
fn choose<'c>(
    mut fields: Vec<(ParamId, String, Option<usize>)>,
    corpus: &'c Corpus,
    entered: &mut Entered,
) -> (Vec<(ParamId, String, &'c str)>, Vec<&'static str>) {
    let mut values = Vec::new();
    // Some values are good only beside those of fields further down.
    loop {
        let before = fields.len();
        fields.retain(|(id, kind, _)| {
            let good = corpus.good(*id);
            let chosen = match id.family().name {
                name if TOGETHER.contains(&name) => None,
                CLOSE_TIMER => entered.add(*id, good.filter(|value| *value == "1440")),
                _ => entered.add(*id, good),
            };
            values.extend(chosen.map(|value| (*id, kind.clone(), value)));
            chosen.is_none()
        });
        if fields.len() == before {
            return (values, fields.iter().map(|(id, ..)| id.family().name).collect());
        }
    }
}

/// Saves the values, each one entered by hand, and compares what is kept.
async fn keeps(form: &Form<'_>, values: &[(ParamId, String, &str)]) {
    let browser = form.browser;
    for (id, kind, value) in values {
        browser.enter(id.name(), kind, value).await;
    }
    browser.save().await;
    confirm_preview(browser).await;
    assert_eq!(browser.result().await, "Complete", "{}: {}", form.view.path, browser.text(".result").await);
    assert_eq!(browser.errors().await, BTreeMap::new());
}

/// Some changes are shown once more before they are saved.
async fn confirm_preview(browser: &Browser) {
    if browser.count("button[name='step'][value='save']").await == 1 {
        browser.go("button[name='step'][value='save']").await;
    }
}

/// After a restart, if there was one: logs in anew, and keeps what is on trial.
async fn comes_back(browser: &Browser, phone: &mut Phone) {
    if browser.text(".result").await.contains("restarts now") {
        phone.restarted();
        browser.administer(phone).await;
        browser.open(&format!("{}/tools/trial", phone.origin())).await;
        if browser.count("button[value='keep']").await == 1 {
            browser.go("button[value='keep']").await;
            assert_eq!(browser.result().await, "Complete");
        }
    }
}

#[test]
fn every_field_takes_a_value_that_is_allowed() {
    play(async |stage| {
        let mut phone = Phone::start();
        let browser = stage.browser().await;
        browser.administer(&phone).await;
        let corpus = Corpus::read();
        let mut entered = Entered::default();
        let (mut set, mut left) = (0, Vec::new());
        for view in forms() {
            let form = Form::open(&browser, &phone, view.clone()).await;
            let (values, not) = choose(form.fields().await, &corpus, &mut entered);
            left.extend(not);
            if values.is_empty() {
                continue;
            }
            keeps(&form, &values).await;
            comes_back(&browser, &mut phone).await;
            let form = Form::open(&browser, &phone, view).await;
            let shown = browser.values().await;
            for (id, _, value) in &values {
                let kept = if is_shown(*id) { Some(shown[id.name()].clone()) } else { phone.stored(id.name()) };
                assert_eq!(kept.as_deref(), Some(*value), "{id} on {}", form.view.path);
            }
            set += values.len();
        }
        left.dedup();
        assert_eq!(left, [TOGETHER[0], EITHER[1]], "a rule between settings allows no single value");
        let form = Form::open(
            &browser,
            &phone,
            forms().into_iter().find(|v| v.path == "/telephone/call-control-line/1").expect("a page"),
        )
        .await;
        let [first, second] = EITHER.map(|name| setting(&format!("{name}_1")).expect("a setting"));
        keeps(&form, &[(first, "radio".to_owned(), "N"), (second, "radio".to_owned(), "Y")]).await;
        assert!(set > 150, "{set} fields were set");
    });
}

#[test]
fn the_ports_of_all_channels_are_set_together() {
    play(async |stage| {
        let phone = Phone::start();
        let browser = stage.browser().await;
        browser.administer(&phone).await;
        let view = forms().into_iter().find(|view| view.path == "/network/napt").expect("a page");
        let form = Form::open(&browser, &phone, view.clone()).await;
        let ports: Vec<_> =
            form.fields().await.into_iter().filter(|(id, ..)| TOGETHER.contains(&id.family().name)).collect();
        assert_eq!(ports.len(), 25);
        let numbers: Vec<String> = (0..ports.len()).map(|i| (20_000 + 2 * i).to_string()).collect();
        let values: Vec<_> =
            ports.iter().zip(&numbers).map(|((id, kind, _), n)| (*id, kind.clone(), n.as_str())).collect();
        let one = &values[..1];
        browser.enter(one[0].0.name(), &one[0].1, one[0].2).await;
        browser.save().await;
        assert_eq!(browser.result().await, "Failed (Parameter Error)");
        assert!(browser.errors().await.contains_key(one[0].0.name()));
        form.reload().await;
        browser.enter("NAPT_GLOBAL_ADDRESS", "text", "203.0.113.10").await;
        keeps(&form, &values).await;
        form.reload().await;
        let shown = browser.values().await;
        assert!(values.iter().all(|(id, _, value)| shown[id.name()] == *value), "{shown:?}");
    });
}

#[test]
fn a_value_that_is_not_allowed_is_refused_in_the_words_of_the_check() {
    play(async |stage| {
        let phone = Phone::start();
        let browser = stage.browser().await;
        browser.administer(&phone).await;
        let corpus = Corpus::read();
        let mut refused = 0;
        for view in forms() {
            let form = Form::open(&browser, &phone, view).await;
            let before = browser.values().await;
            let fields = form.fields().await;
            let mut values = Vec::new();
            for (id, kind, most) in &fields {
                let Some(value) = corpus.bad(*id, *most) else { continue };
                values.push((*id, value));
                if matches!(kind.as_str(), "radio" | "select-one")
                    || most.is_some_and(|most| value.encode_utf16().count() > most)
                {
                    // No hand can do that: somebody has tampered with the page.
                    forge(&browser, *id, value).await;
                }
                browser.enter(id.name(), kind, value).await;
            }
            if values.is_empty() {
                continue;
            }
            browser.save().await;
            let path = &form.view.path;
            assert_eq!(browser.result().await, "Failed (Parameter Error)", "{path}");
            assert_eq!(browser.errors().await, expected(&phone, &values), "{path}");
            assert!(browser.title().await.starts_with("Error"), "{path}: {}", browser.title().await);
            form.reload().await;
            assert_eq!(browser.values().await, before, "{path}");
            refused += values.len();
        }
        assert!(refused > 150, "{refused} fields were refused");
    });
}

/// Lets a control take a value that it does not offer.
async fn forge(browser: &Browser, id: ParamId, value: &str) {
    let script = "const all = [...document.getElementsByName(arguments[0])];
        const control = all.find(c => !c.checked) ?? all[0];
        control.removeAttribute('maxlength');
        if (control.options) [...control.options].find(o => !o.selected).value = arguments[1];
        else if (control.type === 'radio') control.value = arguments[1];";
    browser.run(script, &[json!(id.name()), json!(value)]).await;
}

/// The messages of the check: of the command line where a file may have the setting, else of the table.
fn expected(phone: &Phone, values: &[(ParamId, &str)]) -> BTreeMap<String, String> {
    let in_files: Vec<_> = values.iter().filter(|(id, _)| id.family().file).collect();
    let lines: Vec<_> = in_files.iter().map(|(id, value)| (id.name(), *value)).collect();
    let file = phone.file("checked.cfg");
    std::fs::write(&file, plain(&lines)).expect("the folder takes it");
    let said: BTreeMap<_, _> = checked(&file).into_iter().collect();
    let message = |(id, value): &(ParamId, &str)| {
        let name = id.name();
        let message = match id.family().file {
            true => {
                said.get(name).and_then(|text| text.strip_prefix(&format!("the value of {name} "))).map(str::to_owned)
            }
            false => id.family().check(value).err().map(|fault| fault.to_string()),
        };
        (name.to_owned(), message.unwrap_or_else(|| panic!("nothing speaks against {name}={value:?}: {said:?}")))
    };
    values.iter().map(message).collect()
}

#[test]
fn the_administrators_password_is_changed_by_who_knows_it() {
    play(async |stage| {
        let phone = Phone::start();
        let browser = stage.browser().await;
        browser.administer(&phone).await;
        let url = format!("{}/system/admin-password", phone.origin());
        for (current, new, again, message) in [
            ("wrong-one", "new-pass", "new-pass", "The current password is not right."),
            ("adminpass", "new-pass", "new-pasS", "The new password and its confirmation differ."),
            ("adminpass", "short", "short", "has 5 characters, at least 6 are needed"),
        ] {
            browser.open(&url).await;
            change_password(&browser, "ADMIN_PASS", current, new, again).await;
            assert_eq!(browser.result().await, "Failed (Parameter Error)");
            assert_eq!(browser.errors().await["ADMIN_PASS"], message);
        }
        browser.open(&url).await;
        change_password(&browser, "ADMIN_PASS", "adminpass", "n3w-Linden", "n3w-Linden").await;
        assert_eq!(browser.result().await, "Complete");
        assert_eq!(phone.stored("ADMIN_PASS").as_deref(), Some("n3w-Linden"));
        let other = stage.browser().await;
        other.log_in(&phone, "admin", "n3w-Linden").await;
        assert_eq!(other.heading().await, "Version Information");
    });
}

/// Fills the three fields of a change of password, and saves.
pub(crate) async fn change_password(browser: &Browser, name: &str, current: &str, new: &str, again: &str) {
    for (field, text) in
        [(format!("{name}.current"), current), (name.to_owned(), new), (format!("{name}.confirm"), again)]
    {
        if !text.is_empty() {
            browser.enter(&field, "password", text).await;
        }
    }
    browser.save().await;
}
