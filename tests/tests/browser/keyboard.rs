//! Without a mouse, and without script.

use serde_json::json;

use crate::browser::{Browser, Screen};
use crate::phone::Phone;
use crate::stage::play;

/// Tab and Enter, as the driver writes them.
const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";

/// The screen of a phone.
const NARROW: Screen = Screen { name: "narrow", width: 390, dark: false };

/// Most tab stops before the field of a test.
const MOST_STOPS: usize = 150;

async fn focused(browser: &Browser) -> String {
    let id = browser.run("return document.activeElement.id || document.activeElement.textContent", &[]).await;
    id.as_str().unwrap_or_default().to_owned()
}

/// Walks with Tab to the control; each stop on the way has to be seen.
async fn tab_to(browser: &Browser, id: &str) {
    for _ in 0..MOST_STOPS {
        browser.press(TAB).await;
        let seen = browser.run(
            "const e = document.activeElement, box = e.getBoundingClientRect();
             const outline = getComputedStyle(e).outlineStyle;
             const at = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height / 2, 20));
             return outline !== 'none' && (e.contains(at) || at?.contains(e)) ? '' : e.outerHTML.slice(0, 200) + outline + at?.outerHTML.slice(0, 200);",
            &[],
        );
        assert_eq!(seen.await, "", "the focus cannot be seen");
        if focused(browser).await == id {
            return;
        }
    }
    panic!("{MOST_STOPS} tab stops do not lead to {id}");
}

#[test]
fn a_field_is_reached_filled_and_saved_by_keys_alone() {
    play(async |stage| {
        let phone = Phone::start();
        let browser = stage.browser().await;
        browser.administer(&phone).await;
        browser.open(&format!("{}/telephone/call-control", phone.origin())).await;
        browser.press(TAB).await;
        assert_eq!(focused(&browser).await, "Skip to the content");
        tab_to(&browser, "INTDIGIT_TIM").await;
        browser.mark().await;
        browser.press(format!("12{ENTER}")).await;
        browser.arrive().await;
        assert_eq!(browser.result().await, "Complete");
        assert_eq!(browser.values().await["INTDIGIT_TIM"], "12");
    });
}

#[test]
fn a_slash_leads_to_the_search_and_from_there_to_the_field() {
    play(async |stage| {
        let phone = Phone::start();
        let browser = stage.browser().await;
        browser.administer(&phone).await;
        browser.press("/").await;
        assert_eq!(focused(&browser).await, "search");
        browser.mark().await;
        browser.press(format!("t1 timer/2{ENTER}")).await;
        browser.arrive().await;
        assert!(browser.heading().await.contains("t1 timer/2"), "a slash in a field is a slash");
        browser.open(&format!("{}/tools/search?q=SIP_TIMER_T1_2", phone.origin())).await;
        browser.go("main .found a").await;
        assert_eq!(browser.heading().await, "SIP Settings [Line 2]");
        let top = browser.run("return document.querySelector(':target').getBoundingClientRect().top", &[]).await;
        assert!(top.as_f64().is_some_and(|top| (0.0..800.0).contains(&top)), "the field is in sight: {top}");
    });
}

#[test]
fn a_fault_is_told_as_soon_as_the_field_is_left() {
    play(async |stage| {
        let phone = Phone::start();
        let browser = stage.browser().await;
        browser.administer(&phone).await;
        browser.open(&format!("{}/telephone/call-control", phone.origin())).await;
        for (value, message) in [("16", "is 16, allowed is 1 to 15"), ("12", "")] {
            browser.enter("INTDIGIT_TIM", "text", value).await;
            browser.press(TAB).await;
            let told = format!(
                "return (document.getElementById('INTDIGIT_TIM-now')?.textContent ?? 'nothing') === {}",
                json!(message)
            );
            browser.until(message, &told).await;
        }
        assert_eq!(phone.stored("INTDIGIT_TIM"), None);
    });
}

#[test]
fn everything_works_without_script() {
    play(async |stage| {
        let phone = Phone::start();
        let browser = stage.browser().await;
        browser.administer(&phone).await;
        browser.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
        let url = format!("{}/telephone/call-control", phone.origin());
        for (value, result) in [("16", "Failed (Parameter Error)"), ("12", "Complete")] {
            browser.open(&url).await;
            browser.enter("INTDIGIT_TIM", "text", value).await;
            browser.go("form.settings button.primary").await;
            assert_eq!(browser.result().await, result);
            assert_eq!(browser.values().await["INTDIGIT_TIM"], value);
            assert_eq!(browser.errors().await.len(), usize::from(value == "16"));
        }
        browser.show_on(NARROW).await;
        browser.open(&format!("{}/maintenance/restart", phone.origin())).await;
        let place = "return document.querySelector('.tabs [aria-current]').getBoundingClientRect().right <= innerWidth";
        assert_eq!(browser.run(place, &[]).await, true, "the tab is in sight");
        browser.go("form.settings button.primary").await;
        assert!(browser.text(".question").await.starts_with("Restart the unit now"));
        browser.open(&format!("{}/network/basic", phone.origin())).await;
        assert_eq!(browser.run("return document.scripts[0].src.includes('page')", &[]).await, true);
    });
}
