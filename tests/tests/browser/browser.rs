//! A browser in the hands of a person: opens addresses, types, chooses, presses buttons, reads.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use thirtyfour::common::command::{Command, ExtensionCommand};
use thirtyfour::{By, WebDriver, WebElement};

use crate::phone::Phone;

/// How long a page may take to come.
const PATIENCE: Duration = Duration::from_secs(20);

/// The names and values of a form's controls, as a person sees them.
const VALUES: &str = r#"
    const out = {};
    for (const control of document.querySelectorAll("form.settings [name]")) {
        if (["hidden", "checkbox"].includes(control.type)) continue;
        if (control.type === "radio" && !control.checked) continue;
        out[control.name] = control.value;
    }
    return out;"#;

/// The kind of each control by its name: `text`, `password`, `radio`, `select-one`, `textarea`; locked ones are left out.
const KINDS: &str = r#"
    const out = {};
    for (const control of document.querySelectorAll("form.settings [name]")) {
        if (["hidden", "checkbox"].includes(control.type) || control.disabled) continue;
        out[control.name] = control.type;
    }
    return out;"#;

/// The messages beside the fields, by the name of the field.
const ERRORS: &str = r#"
    const out = {};
    for (const error of document.querySelectorAll(".error[id$='-error']"))
        out[error.id.slice(0, -6)] = [...error.querySelectorAll("p")].map(p => p.textContent).join("\n");
    return out;"#;

/// A browser with one window.
pub(crate) struct Browser {
    driver: WebDriver,
}

/// A look at the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Screen {
    pub(crate) name: &'static str,
    pub(crate) width: u32,
    pub(crate) dark: bool,
}

impl Browser {
    pub(crate) fn new(driver: WebDriver) -> Self {
        Self { driver }
    }

    /// Opens an address.
    pub(crate) async fn open(&self, url: &str) {
        self.driver.goto(url).await.unwrap_or_else(|error| panic!("{url}: {error}"));
    }

    /// Opens an address that cannot be reached.
    pub(crate) async fn is_refused(&self, url: &str) -> bool {
        let opened = self.driver.goto(url).await;
        opened.is_err_and(|error| error.to_string().contains("ERR_CONNECTION_REFUSED"))
    }

    /// Opens the page with a login, then once more without it in the address.
    pub(crate) async fn log_in(&self, phone: &Phone, id: &str, password: &str) {
        self.open(&format!("{}/", phone.origin_for(id, password))).await;
        self.open(&format!("{}/", phone.origin())).await;
    }

    /// The administrator with the factory's password.
    pub(crate) async fn administer(&self, phone: &Phone) {
        self.log_in(phone, "admin", "adminpass").await;
        assert_eq!(self.heading().await, "Version Information");
    }

    /// What a script returns.
    pub(crate) async fn run(&self, script: &str, args: &[Value]) -> Value {
        let done = self.driver.execute(script, args).await;
        done.unwrap_or_else(|error| panic!("{script}: {error}")).json().clone()
    }

    /// What a script hands to its last argument, a function.
    pub(crate) async fn wait_for(&self, script: &str, args: &[Value]) -> Value {
        let done = self.driver.execute_async(script, args).await;
        done.unwrap_or_else(|error| panic!("{error}")).json().clone()
    }

    /// A command of the DevTools protocol.
    pub(crate) async fn devtools(&self, command: &str, params: Value) -> Value {
        let command = Devtools(json!({ "cmd": command, "params": params }));
        let answer = self.driver.cmd(Command::ExtensionCommand(Box::new(command))).await;
        answer.expect("a command of the protocol").value().expect("JSON")
    }

    /// A window of this width, in light or dark colours.
    pub(crate) async fn show_on(&self, screen: Screen) {
        self.size(screen, 900).await;
        let scheme = if screen.dark { "dark" } else { "light" };
        // Colours that are on their way from one scheme to the other are not to be judged.
        let features = [("prefers-color-scheme", scheme), ("prefers-reduced-motion", "reduce")];
        let features = features.map(|(name, value)| json!({ "name": name, "value": value }));
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": features })).await;
    }

    async fn size(&self, screen: Screen, height: u64) {
        let metrics = json!({ "width": screen.width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// What the console said since it was last asked that a developer would not want to read.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        let entries = self.driver.get_log("browser").await.expect("a log");
        let loud = entries.into_iter().filter(|entry| ["SEVERE", "WARNING"].contains(&entry.level.as_str()));
        loud.map(|entry| entry.message).collect()
    }

    /// Waits until the console complains of something.
    pub(crate) async fn hear(&self, complaint: &str) {
        let start = Instant::now();
        let mut heard = String::new();
        while !heard.contains(complaint) {
            assert!(start.elapsed() < PATIENCE, "no word of {complaint}, but: {heard}");
            heard += &self.complaints().await.concat();
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The events of the network since they were last asked for: method and parameters.
    pub(crate) async fn network(&self) -> Vec<(String, Value)> {
        let entries = self.driver.get_log("performance").await.expect("a log");
        let events = entries.into_iter().map(|entry| {
            let mut message: Value = serde_json::from_str(&entry.message).expect("JSON");
            let event = message["message"].take();
            (event["method"].as_str().unwrap_or_default().to_owned(), event["params"].clone())
        });
        events.filter(|(method, _)| method.starts_with("Network.")).collect()
    }

    /// The path of the address.
    pub(crate) async fn path(&self) -> String {
        self.driver.current_url().await.expect("an address").path().to_owned()
    }

    /// The title of the window.
    pub(crate) async fn title(&self) -> String {
        self.driver.title().await.expect("a title")
    }

    /// The text of the first heading; empty if there is none.
    pub(crate) async fn heading(&self) -> String {
        self.text("h1").await
    }

    /// The text of all elements that fit, a line for each.
    pub(crate) async fn text(&self, selector: &str) -> String {
        let script = "return [...document.querySelectorAll(arguments[0])].map(e => e.innerText).join('\\n')";
        let text = self.run(script, &[json!(selector)]).await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// How many elements fit.
    pub(crate) async fn count(&self, selector: &str) -> u64 {
        let count = self.run("return document.querySelectorAll(arguments[0]).length", &[json!(selector)]).await;
        count.as_u64().unwrap_or_default()
    }

    /// An element that is there.
    pub(crate) async fn find(&self, selector: &str) -> WebElement {
        self.driver.find(By::Css(selector)).await.unwrap_or_else(|error| panic!("{selector}: {error}"))
    }

    /// Waits until something of the page can be seen: Chromium loses keys and clicks that come before.
    async fn see(&self) {
        self.until("a painted page", "return performance.getEntriesByType('paint').length > 0").await;
    }

    /// Presses a button or follows a link, scrolled to where nothing covers it.
    pub(crate) async fn click(&self, selector: &str) {
        self.see().await;
        let script = "document.querySelector(arguments[0])?.scrollIntoView({ block: 'center' })";
        self.run(script, &[json!(selector)]).await;
        self.find(selector).await.click().await.unwrap_or_else(|error| panic!("{selector}: {error}"));
    }

    /// Types into whatever has the focus.
    pub(crate) async fn press(&self, keys: impl AsRef<str>) {
        self.see().await;
        self.driver.action_chain().send_keys(keys.as_ref()).perform().await.expect("keys are pressed");
    }

    /// Says OK to a question of the browser.
    pub(crate) async fn accept(&self) {
        self.driver.accept_alert().await.expect("a question");
    }

    /// The values of the form.
    pub(crate) async fn values(&self) -> BTreeMap<String, String> {
        texts(self.run(VALUES, &[]).await)
    }

    /// The controls of the form that can be changed, and their kinds.
    pub(crate) async fn controls(&self) -> BTreeMap<String, String> {
        texts(self.run(KINDS, &[]).await)
    }

    /// The messages beside the fields.
    pub(crate) async fn errors(&self) -> BTreeMap<String, String> {
        texts(self.run(ERRORS, &[]).await)
    }

    /// Enters a value as a person does: types it, or chooses it.
    pub(crate) async fn enter(&self, name: &str, kind: &str, value: &str) {
        match kind {
            "radio" => {
                // A remark on the field before, which comes a moment late, can move the button away from under the
                // pointer. Who sees that presses again.
                let button = format!("input[name='{name}'][value='{value}']");
                for _ in 0..3 {
                    self.click(&button).await;
                    if self.count(&format!("{button}:checked")).await == 1 {
                        return;
                    }
                }
                panic!("{name} does not take {value}");
            }
            "select-one" => self.click(&format!("select[name='{name}'] > option[value='{value}']")).await,
            _ => {
                self.see().await;
                let field = self.find(&format!("[id='{name}']")).await;
                field.clear().await.unwrap_or_else(|error| panic!("{name}: {error}"));
                field.send_keys(value).await.unwrap_or_else(|error| panic!("{name}: {error}"));
            }
        }
    }

    /// Presses a button or follows a link that leads to another page, and waits for it.
    pub(crate) async fn go(&self, selector: &str) {
        self.mark().await;
        self.click(selector).await;
        self.arrive().await;
    }

    /// Presses the main button of the page's form, says OK to the question if there is one, and waits for the answer.
    pub(crate) async fn save(&self) {
        self.go_after_asking("main form[method=post] button.primary").await;
    }

    /// Cancels what was entered, says OK to the question if there is one, and waits for the form as it was. Who leaves a
    /// changed form for another address is asked as well, but the driver's answer to that is lost at times.
    pub(crate) async fn cancel(&self) {
        self.go_after_asking("form.settings a[data-confirm]").await;
    }

    async fn go_after_asking(&self, selector: &str) {
        self.mark().await;
        self.click(selector).await;
        if self.driver.get_alert_text().await.is_ok() {
            self.accept().await;
        }
        self.arrive().await;
    }

    /// Marks the page, so that the next one can be told from it.
    pub(crate) async fn mark(&self) {
        self.run("window.before = true", &[]).await;
    }

    /// Waits for a page without the mark.
    pub(crate) async fn arrive(&self) {
        self.until("the next page", "return window.before !== true && document.readyState === 'complete'").await;
    }

    /// Waits until a script returns true.
    pub(crate) async fn until(&self, what: &str, script: &str) {
        let start = Instant::now();
        // Between two pages a script has no place to run.
        while !self.driver.execute(script, []).await.is_ok_and(|done| done.json() == &json!(true)) {
            assert!(start.elapsed() < PATIENCE, "{what} does not come");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The message of the last save.
    pub(crate) async fn result(&self) -> String {
        self.text(".result .message").await
    }

    /// A picture of the whole page, in PNG: of a window that is as high as the page, so that what sticks to the bottom of
    /// the window is at the bottom of the page.
    pub(crate) async fn picture(&self, screen: Screen) -> Vec<u8> {
        use base64::Engine as _;
        let height = self.run("return document.documentElement.scrollHeight", &[]).await;
        self.size(screen, height.as_u64().unwrap_or_default().max(900)).await;
        let picture = self.devtools("Page.captureScreenshot", json!({})).await;
        self.size(screen, 900).await;
        let data = picture["data"].as_str().expect("a picture");
        base64::engine::general_purpose::STANDARD.decode(data).expect("base64")
    }

    /// The driver, for what is not here.
    pub(crate) fn driver(&self) -> &WebDriver {
        &self.driver
    }
}

/// A command of Chromium's own protocol through the driver.
#[derive(Debug)]
struct Devtools(Value);

impl ExtensionCommand for Devtools {
    fn parameters_json(&self) -> Option<Value> {
        Some(self.0.clone())
    }

    fn method(&self) -> http::Method {
        http::Method::POST
    }

    fn endpoint(&self) -> Arc<str> {
        "/goog/cdp/execute".into()
    }
}

fn texts(object: Value) -> BTreeMap<String, String> {
    let object = object.as_object().cloned().unwrap_or_default();
    object.into_iter().map(|(name, value)| (name, value.as_str().unwrap_or_default().to_owned())).collect()
}
