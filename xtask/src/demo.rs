//! `cargo xtask demo`: the main job from end to end, told step by step.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, BufRead as _, BufReader, IsTerminal as _, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, bail};

/// Shows the phone: builds it, checks a file, provisions a phone with it, opens the web page, restarts it.
pub(crate) fn run(root: &Path) -> anyhow::Result<()> {
    step("Build the executable `offhook`");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo).args(["build", "--package", "offhook-app"]).current_dir(root).status()?;
    if !built.success() {
        bail!("the build failed");
    }
    let folder = Folder::new(root)?;
    let demo =
        Demo { offhook: crate::target(root).join("debug/offhook"), file: root.join("xtask/demo/office.cfg"), folder };

    step("Check a provisioning file of a small office");
    demo.offhook([OsStr::new("check"), demo.file.as_os_str()])?;
    step("The same as XML, and back: nothing is lost");
    let (xml, back) = (demo.folder.0.join("office.xml"), demo.folder.0.join("office.cfg"));
    demo.offhook([OsStr::new("convert"), demo.file.as_os_str(), xml.as_os_str()])?;
    demo.offhook([OsStr::new("convert"), xml.as_os_str(), back.as_os_str()])?;
    demo.offhook([OsStr::new("diff"), back.as_os_str(), OsStr::new("--against"), demo.file.as_os_str()])?;
    step("What its dial plan does");
    let plan = "[2-8]xxx|<0:+49>x.T|1[01]xS1|9!";
    demo.offhook(["dialplan", plan, "2001", "0301234567", "112", "9"].map(OsStr::new))?;

    step("Start the phone with that file");
    let mut phone = demo.start()?;
    step("What the phone knows, and from where");
    let state = demo.state();
    demo.offhook([OsStr::new("explain"), OsStr::new("PHONE_NUMBER_1"), OsStr::new("--state"), state.as_os_str()])?;
    println!("\nThe web page is open at {}", phone.url);
    println!("Log in as the administrator: ID admin, password adminpass.");
    println!("Calls are not part of this version yet: signalling and sound come next (see CHANGELOG.md).");
    if io::stdin().is_terminal() && std::env::var_os("CI").is_none() {
        print!("Press Enter to stop the phone. ");
        io::stdout().flush()?;
        io::stdin().read_line(&mut String::new())?;
    }
    phone.stop()?;
    step("The phone is off; its state folder still knows");
    demo.offhook([OsStr::new("explain"), OsStr::new("DISPLAY_NAME_1"), OsStr::new("--state"), state.as_os_str()])?;
    Ok(())
}

fn step(text: &str) {
    println!("\n\x1b[1m== {text}\x1b[0m");
}

/// A folder below `target/` that goes away with the demonstration.
struct Folder(PathBuf);

impl Folder {
    fn new(root: &Path) -> anyhow::Result<Self> {
        let path = root.join(format!("target/demo-{}", std::process::id()));
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What stays behind lies below target/, which is nobody's work.
        let _ = fs::remove_dir_all(&self.0);
    }
}

struct Demo {
    offhook: PathBuf,
    file: PathBuf,
    folder: Folder,
}

impl Demo {
    fn state(&self) -> PathBuf {
        self.folder.0.join("state")
    }

    /// Runs a command of `offhook`, shown as one would type it.
    fn offhook<'a>(&self, args: impl IntoIterator<Item = &'a OsStr>) -> anyhow::Result<()> {
        let args: Vec<_> = args.into_iter().collect();
        let words: Vec<_> = args.iter().map(|a| quoted(&a.to_string_lossy())).collect();
        println!("$ offhook {}", words.join(" "));
        let status = Command::new(&self.offhook).args(&args).status().context("starting offhook")?;
        if !status.success() {
            bail!("offhook {} ended with {status}", words.join(" "));
        }
        Ok(())
    }

    fn start(&self) -> anyhow::Result<Phone> {
        let (file, state) = (self.file.display(), self.state());
        println!("$ offhook run --state {} --standard {file} --web-port 0 --no-provision", state.display());
        let mut child = Command::new(&self.offhook)
            .arg("run")
            .arg("--state")
            .arg(&state)
            .arg("--standard")
            .arg(&self.file)
            .args(["--web-port", "0", "--no-provision"])
            .stdout(Stdio::piped())
            .spawn()
            .context("starting the phone")?;
        let stdout = child.stdout.take().context("the phone has a standard output")?;
        let mut phone = Phone { child, url: String::new() };
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        print!("{line}");
        let url = line.split_whitespace().find(|word| word.starts_with("http://"));
        phone.url = url.context("the phone did not say where its web page is")?.to_owned();
        phone.answers()?;
        Ok(phone)
    }
}

fn quoted(word: &str) -> String {
    if word.contains(['[', '<', '|', ' ']) { format!("'{word}'") } else { word.to_owned() }
}

/// A running phone; it ends with this value.
struct Phone {
    child: Child,
    url: String,
}

impl Phone {
    /// Asks the web page for its first page.
    fn answers(&self) -> anyhow::Result<()> {
        let host = self.url.trim_start_matches("http://").trim_end_matches('/');
        let mut stream = TcpStream::connect(host)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        write!(stream, "GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.take(64 * 1024).read_to_string(&mut answer)?;
        let status = answer.lines().next().unwrap_or_default();
        println!("The web page asks for a login: {status}");
        match status.starts_with("HTTP/1.1 401 ") {
            true => Ok(()),
            false => bail!("it should ask for a login"),
        }
    }

    /// Ends the phone as a service manager would.
    fn stop(&mut self) -> anyhow::Result<()> {
        let ended = Command::new("kill").arg(self.child.id().to_string()).status()?;
        if !ended.success() {
            bail!("the phone had ended already");
        }
        let status = self.child.wait()?;
        println!("The phone ended: {status}");
        Ok(())
    }
}

impl Drop for Phone {
    fn drop(&mut self) {
        // After `stop` there is nothing left to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
