//! `cargo xtask demo`: the main job from end to end, told step by step.

mod office;

use std::ffi::OsStr;
use std::fs;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use anyhow::{Context, bail};

use self::office::{ECHO, Office};
use crate::picture::{self, Sound};
use crate::setup;

/// How long the demonstration talks, for the whole speech to come back.
const TALK: Duration = Duration::from_secs(10);

/// What is not as loud as this is no speech.
const AUDIBLE: u16 = 1000;

/// Shows the phone: builds it, checks a file, provisions a phone with it, opens the web page, calls, restarts it.
pub(crate) fn run(root: &Path) -> anyhow::Result<()> {
    step("What the demonstration needs: a SIP server, and somebody who speaks");
    setup::need(&["kamailio", "espeak-ng"])?;
    step("Build the executable `offhook`");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo).args(["build", "--package", "offhook-app"]).current_dir(root).status()?;
    if !built.success() {
        bail!("the build failed");
    }
    let folder = fresh_folder(root)?;
    let demo =
        Demo { offhook: crate::target(root).join("debug/offhook"), file: root.join("xtask/demo/office.cfg"), folder };
    demo.files()?;
    step("Open the office: a SIP server, and a phone in the workshop that sends back what it hears");
    let office = Office::open(&demo.folder, &demo.offhook)?;
    let quiet = ["--no-provision", "--no-web"];
    let _echo = office.start("echo", &office.echo()?, &[&quiet[..], &["--auto-answer=echo"]].concat())?;
    step("Start the phone of the reception with the file; it plays speech and records what it hears");
    let (said, heard) = (office.speech()?, demo.folder.join("heard.wav"));
    let audio = format!("wav:{},{}", said.display(), heard.display());
    let file = office.localise(&demo.file)?;
    let mut phone = office.start("phone", &file, &["--web-port", "0", "--no-provision", "--audio", &audio])?;
    phone.asks_for_login()?;
    let on_phone = |words: &[&str]| {
        demo.offhook(words.iter().map(OsStr::new).chain(["--state".as_ref(), phone.state.as_os_str()]))
    };
    step("What the phone knows, and from where");
    on_phone(&["explain", "PHONE_NUMBER_1"])?;
    on_phone(&["lines"])?;
    step("Call the workshop, and talk");
    on_phone(&["call", ECHO])?;
    office.wait_for("the call", || {
        phone
            .ask("calls")
            .is_ok_and(|calls| calls.pointer("/0/stage").and_then(|stage| stage.as_str()) == Some("talking"))
    })?;
    thread::sleep(TALK);
    on_phone(&["calls"])?;
    on_phone(&["hang-up"])?;
    if let Some(url) = &phone.url {
        println!("\nThe web page is open at {url}");
        println!("Log in as the administrator: ID admin, password adminpass.");
    }
    if io::stdin().is_terminal() && std::env::var_os("CI").is_none() {
        print!("Press Enter to stop the phone. ");
        io::stdout().flush()?;
        io::stdin().read_line(&mut String::new())?;
    }
    phone.stop()?;
    let sound = Sound::read(&fs::read(&heard)?).context("the phone's recording is no WAV file")?;
    if sound.samples.iter().all(|sample| sample.unsigned_abs() < AUDIBLE) {
        bail!("nothing came back from the workshop: {} is silent", heard.display());
    }
    step("The phone is off; its state folder still knows");
    demo.offhook(["explain", "DISPLAY_NAME_1", "--state"].iter().map(OsStr::new).chain([phone.state.as_os_str()]))?;
    step("What was said, and what came back from the workshop");
    for sound in [&said, &heard] {
        println!("{}", sound.display());
        for picture in picture::draw(sound)? {
            println!("{}", picture.display());
        }
    }
    Ok(())
}

fn step(text: &str) {
    println!("\n\x1b[1m== {text}\x1b[0m");
}

/// The folder of the demonstration, whose recordings and pictures stay until the next one.
fn fresh_folder(root: &Path) -> anyhow::Result<PathBuf> {
    let path = crate::target(root).join("demo");
    if path.exists() {
        fs::remove_dir_all(&path)?;
    }
    fs::create_dir_all(&path)?;
    Ok(path)
}

struct Demo {
    offhook: PathBuf,
    file: PathBuf,
    folder: PathBuf,
}

impl Demo {
    /// What an administrator does before there is a phone.
    fn files(&self) -> anyhow::Result<()> {
        step("Check a provisioning file of a small office");
        self.offhook([OsStr::new("check"), self.file.as_os_str()])?;
        step("The same as XML, and back: nothing is lost");
        let (xml, back) = (self.folder.join("office.xml"), self.folder.join("office.cfg"));
        self.offhook([OsStr::new("convert"), self.file.as_os_str(), xml.as_os_str()])?;
        self.offhook([OsStr::new("convert"), xml.as_os_str(), back.as_os_str()])?;
        self.offhook([OsStr::new("diff"), back.as_os_str(), OsStr::new("--against"), self.file.as_os_str()])?;
        step("What its dial plan does");
        let plan = "[2-8]xxx|<0:+49>x.T|1[01]xS1|9!";
        self.offhook(["dialplan", plan, "2001", "0301234567", "112", "9"].map(OsStr::new))
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
}

fn quoted(word: &str) -> String {
    if word.contains(['[', '<', '|', ' ']) { format!("'{word}'") } else { word.to_owned() }
}
