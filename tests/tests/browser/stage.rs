//! What a test plays on: a driver for browsers, the browsers, and the clearing up after them.

use std::cell::RefCell;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::process::{Child, Command, Stdio};
use std::task::Poll;

use offhook_tests::root;
use serde_json::json;
use tempfile::TempDir;
use thirtyfour::error::WebDriverResult;
use thirtyfour::{Capabilities, WebDriver};

use crate::browser::Browser;

/// The line that installs what is missing; `cargo xtask setup` does the same.
const INSTALL: &str = "sudo apt-get install --yes chromium chromium-driver fonts-noto-cjk";

/// A browser that asks nobody but the test's phone: no updates, no first questions, no other protocols.
const FLAGS: [&str; 13] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-proxy-server",
    // They would take room from pictures.
    "--hide-scrollbars",
    "--window-size=1280,900",
];

/// A driver and the browsers that were opened with it.
pub(crate) struct Stage {
    driver: Chromedriver,
    chromium: PathBuf,
    open: RefCell<Vec<WebDriver>>,
    folder: TempDir,
}

/// Runs a test with browsers, which are closed whatever comes of it. Without Chromium it says how to get it, and fails
/// in CI.
pub(crate) fn play(test: impl AsyncFnOnce(&Stage)) {
    let (Some(chromium), Some(driver)) = (program("chromium"), program("chromedriver")) else {
        missing(&format!("Chromium is missing; install it with: {INSTALL}"));
        return;
    };
    let folder = root().join("target/browser");
    fs::create_dir_all(&folder).expect("target is ours");
    let folder = tempfile::tempdir_in(folder).expect("target is ours");
    let driver = Chromedriver::start(&driver, folder.path());
    let stage = Stage { driver, chromium, open: RefCell::default(), folder };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let result = runtime.block_on(async {
        let result = {
            let mut test = pin!(test(&stage));
            std::future::poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| test.as_mut().poll(context))) {
                Ok(Poll::Pending) => Poll::Pending,
                Ok(Poll::Ready(())) => Poll::Ready(Ok(())),
                Err(panic) => Poll::Ready(Err(panic)),
            })
            .await
        };
        for browser in stage.open.take() {
            // A browser that is gone already cannot be closed, which is all the same.
            let _ = browser.quit().await;
        }
        result
    });
    if let Err(panic) = result {
        resume_unwind(panic);
    }
}

/// Says that a test is left out; in CI that is a failure.
pub(crate) fn missing(advice: &str) {
    assert!(std::env::var_os("CI").is_none(), "{advice}");
    eprintln!("skipped: {advice}");
}

impl Stage {
    /// A browser that has never been anywhere. On a busy machine Chromium may not come up within the minute that its
    /// driver waits; how it starts is not what is tested, so it gets a second chance.
    pub(crate) async fn browser(&self) -> Browser {
        // Built with the whole workspace, the client has no provider of its own; a second installation changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let driver = match self.start().await {
            Ok(driver) => driver,
            Err(error) => {
                eprintln!("Chromium does not start, once more: {error}");
                self.start().await.expect("Chromium starts")
            }
        };
        self.open.borrow_mut().push(driver.clone());
        Browser::new(driver)
    }

    async fn start(&self) -> WebDriverResult<WebDriver> {
        let profile = tempfile::tempdir_in(&self.folder).expect("the folder is ours").keep();
        let mut args: Vec<String> = FLAGS.iter().map(|flag| (*flag).to_owned()).collect();
        args.push(format!("--user-data-dir={}", profile.display()));
        let mut capabilities = Capabilities::new();
        for (name, value) in [
            ("browserName", json!("chrome")),
            ("goog:chromeOptions", json!({ "binary": self.chromium, "args": args })),
            ("goog:loggingPrefs", json!({ "browser": "ALL", "performance": "ALL" })),
        ] {
            capabilities.set(name, value).expect("JSON");
        }
        WebDriver::new(&self.driver.url, capabilities).await
    }
}

/// The driver's process. It is ended by its id; its browsers have been closed before.
struct Chromedriver {
    child: Child,
    url: String,
}

impl Chromedriver {
    /// Starts it on a free port, with a home folder of its own. Another one may take the port that it found free.
    fn start(program: &Path, home: &Path) -> Self {
        let driver = (0..3).find_map(|_| Self::try_to_start(program, home));
        driver.expect("chromedriver says its port")
    }

    fn try_to_start(program: &Path, home: &Path) -> Option<Self> {
        let mut command = Command::new(program);
        command.arg("--port=0").env("HOME", home).env("XDG_CONFIG_HOME", home).env("XDG_CACHE_HOME", home);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("chromedriver starts");
        let out = child.stdout.take().expect("its output is ours");
        let mut driver = Self { child, url: String::new() };
        let mut lines = BufReader::new(out).lines().map_while(Result::ok);
        let port = lines.find_map(|line| {
            let port = line.split_once("successfully on port ")?.1;
            Some(port.trim_end_matches('.').to_owned())
        })?;
        driver.url = format!("http://127.0.0.1:{port}");
        Some(driver)
    }
}

impl Drop for Chromedriver {
    fn drop(&mut self) {
        // One that has ended already cannot be ended again, which is all the same.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A program on the path.
fn program(name: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| path.is_file())
}
