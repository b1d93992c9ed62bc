//! The port that closes, the one login, and the buttons that act on the unit as a whole.

use crate::phone::Phone;
use crate::stage::play;

#[test]
fn three_failed_logins_close_the_port_until_the_phone_opens_it() {
    play(async |stage| {
        let mut phone = Phone::with(&[]);
        let browser = stage.browser().await;
        for (attempt, (id, password)) in
            [("admin", "wrong"), ("user", "wrong"), ("nobody", "adminpass")].iter().enumerate()
        {
            browser.open(&format!("{}/", phone.origin_for(id, password))).await;
            let text = browser.text("body").await;
            assert_eq!(text.contains("the web port is closed now"), attempt == 2, "{text}");
        }
        assert!(browser.is_refused(&format!("{}/", phone.origin())).await, "nobody listens");
        phone.switch_on_the_port();
        browser.administer(&phone).await;
    });
}

#[test]
fn web_port_close_asks_and_then_nobody_listens() {
    play(async |stage| {
        let phone = Phone::with(&[]);
        let browser = stage.browser().await;
        browser.administer(&phone).await;
        browser.go(".tools a[href='/web-port-close']").await;
        assert_eq!(browser.heading().await, "Web Port Close");
        browser.go("form.settings a.button").await;
        assert_eq!(browser.heading().await, "Version Information", "Cancel leads back");
        browser.go(".tools a[href='/web-port-close']").await;
        browser.save().await;
        assert_eq!(browser.result().await, "Complete");
        assert!(browser.is_refused(&format!("{}/", phone.origin())).await, "nobody listens");
    });
}

#[test]
fn web_port_close_only_logs_out_where_the_port_is_always_open() {
    play(async |stage| {
        let phone = Phone::start();
        let browser = stage.browser().await;
        browser.administer(&phone).await;
        browser.open(&format!("{}/web-port-close", phone.origin())).await;
        browser.save().await;
        assert_eq!(browser.result().await, "Complete");
        assert!(phone.ask("GET / HTTP/1.1").starts_with("HTTP/1.1 401 "), "the next one is asked for a password");
        stage.browser().await.administer(&phone).await;
    });
}

#[test]
fn restart_and_reset_ask_before_they_do_it() {
    play(async |stage| {
        let mut phone = Phone::start();
        let browser = stage.browser().await;
        browser.administer(&phone).await;
        let timer = format!("{}/telephone/call-control", phone.origin());
        browser.open(&timer).await;
        browser.enter("INTDIGIT_TIM", "text", "12").await;
        browser.save().await;
        assert_eq!(browser.result().await, "Complete");

        for (page, question, after) in [
            ("restart", "Restart the unit now, even during a call?", "12"),
            ("reset", "Reset everything that was set on these pages", "5"),
        ] {
            let url = format!("{}/maintenance/{page}", phone.origin());
            browser.open(&url).await;
            browser.save().await;
            assert!(browser.text(".question").await.starts_with(question), "{page}");
            browser.go("form.settings a.button").await;
            assert_eq!(browser.count(".question").await, 0, "Cancel leads back");
            assert!(!phone.has_restarted() && phone.stored("INTDIGIT_TIM").is_some(), "nothing happened yet");
            browser.save().await;
            browser.save().await;
            assert_eq!(browser.result().await, "Complete", "{page}");
            phone.restarted();
            browser.administer(&phone).await;
            browser.open(&format!("{}/telephone/call-control", phone.origin())).await;
            assert_eq!(browser.values().await["INTDIGIT_TIM"], after, "{page}");
        }
        assert_eq!(phone.stored("INTDIGIT_TIM"), None);
    });
}

#[test]
fn a_second_browser_is_refused_while_the_first_is_logged_in() {
    play(async |stage| {
        let phone = Phone::start();
        let first = stage.browser().await;
        first.administer(&phone).await;
        let second = stage.browser().await;
        for (id, password) in [("admin", "adminpass"), ("user", ""), ("admin", "wrong")] {
            second.open(&format!("{}/", phone.origin_for(id, password))).await;
            let text = second.text("body").await;
            assert!(text.contains("Somebody is logged in"), "{text}");
            assert_eq!(second.count(".tabs a").await, 0);
        }
        first.open(&format!("{}/voip/sip", phone.origin())).await;
        assert_eq!(first.heading().await, "SIP Settings", "the first one works on");
        first.open(&format!("{}/web-port-close", phone.origin())).await;
        first.save().await;
        second.administer(&phone).await;
    });
}
