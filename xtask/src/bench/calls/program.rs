//! The two phones as processes, and what the kernel says of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Context, bail};

use super::{LINES, Stage};
use crate::steps::program;

/// Where Debian keeps the modules of baresip.
const MODULES: &str = "/usr/lib/baresip/modules";

/// Which phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Ours, without a page.
    Bare,
    /// Ours, with its page.
    WithPage,
    /// The peer.
    Baresip,
}

/// A phone that runs; it ends with this value.
pub(super) struct Program {
    child: Child,
    folder: PathBuf,
}

impl Program {
    /// Starts a phone that takes every call, with six lines at the registrar on a port of this machine. Nothing of its
    /// folder is there yet. With a rate, it says what is in a file of that many samples a second.
    pub(super) fn start(kind: Kind, stage: &Stage<'_>, registrar: u16, rate: Option<u32>) -> anyhow::Result<Self> {
        static STARTED: AtomicU32 = AtomicU32::new(0);
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let folder = stage.folder.join(format!("phone-{}-{number}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let speech = match rate {
            None => None,
            Some(rate) => {
                let file = folder.join("speech.wav");
                fs::write(&file, noise(rate))?;
                Some(file)
            }
        };
        let mut command = match kind {
            Kind::Bare | Kind::WithPage => ours(kind, stage, &folder, registrar, speech.as_deref())?,
            Kind::Baresip => theirs(&folder, registrar, speech.as_deref())?,
        };
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let child = child.with_context(|| format!("starting {}", command.get_program().display()))?;
        Ok(Self { child, folder })
    }

    /// Asks the phone to end.
    pub(super) fn ask_to_end(&self) -> anyhow::Result<()> {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status()?;
        if asked.success() { Ok(()) } else { bail!("`kill` ended with {asked}") }
    }

    /// Whether the phone has ended.
    ///
    /// # Errors
    /// When it has ended as it should not.
    pub(super) fn has_ended(&mut self) -> anyhow::Result<bool> {
        match self.child.try_wait()? {
            None => Ok(false),
            Some(status) if status.success() => Ok(true),
            Some(status) => bail!("the phone ended with {status}"),
        }
    }

    /// CPU time of all threads so far.
    pub(super) fn cpu(&self) -> anyhow::Result<Duration> {
        let times = self.of_threads("schedstat", |text| text.split_whitespace().next()?.parse().ok())?;
        Ok(Duration::from_nanos(times))
    }

    /// How often a thread was given a core so far.
    pub(super) fn wakes(&self) -> anyhow::Result<u64> {
        self.of_threads("schedstat", |text| text.split_whitespace().nth(2)?.parse().ok())
    }

    /// Memory in KiB, what it shares with others by its part.
    pub(super) fn memory(&self) -> anyhow::Result<u64> {
        let text = fs::read_to_string(format!("/proc/{}/smaps_rollup", self.child.id()))?;
        let line = text.lines().find_map(|line| line.strip_prefix("Pss:")).context("the kernel tells no PSS")?;
        Ok(line.trim().trim_end_matches("kB").trim().parse()?)
    }

    fn of_threads(&self, file: &str, read: impl Fn(&str) -> Option<u64>) -> anyhow::Result<u64> {
        let mut sum = 0;
        for thread in fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            // One that has just ended says nothing any more.
            let text = fs::read_to_string(thread?.path().join(file)).unwrap_or_default();
            sum += read(&text).unwrap_or_default();
        }
        if sum == 0 { bail!("the kernel does not tell what the phone costs") } else { Ok(sum) }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // One that has ended already cannot be ended again, which is all the same.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn ours(
    kind: Kind,
    stage: &Stage<'_>,
    folder: &Path,
    registrar: u16,
    speech: Option<&Path>,
) -> anyhow::Result<Command> {
    let mut file = String::from("# Panasonic SIP Phone Standard Format File # DO NOT CHANGE THIS LINE!\r\n");
    let port = free_ports()?;
    for line in 1..=LINES {
        let number = 2000 + line;
        let source = port + line;
        file.push_str(&format!(
            "PROFILE_ENABLE{line}=\"Enabled\"\r\nLINE_ENABLE_{line}=\"Enabled\"\r\nPHONE_NUMBER_{line}=\"{number}\"\r\n\
             SIP_AUTHID_{line}=\"{number}\"\r\nSIP_PASS_{line}=\"secret\"\r\nSIP_RGSTR_ADDR_{line}=\"127.0.0.1\"\r\n\
             SIP_RGSTR_PORT_{line}=\"{registrar}\"\r\nSIP_PRXY_ADDR_{line}=\"127.0.0.1\"\r\n\
             SIP_PRXY_PORT_{line}=\"{registrar}\"\r\nSIP_SRC_PORT_{line}=\"{source}\"\r\n",
        ));
    }
    file.push_str("\r\n");
    let config = folder.join("phone.cfg");
    fs::write(&config, file)?;
    let mut command = match stage.under.split_first() {
        Some((watcher, words)) => {
            let mut command = Command::new(watcher);
            command.args(words).arg(stage.offhook);
            command
        }
        None => Command::new(stage.offhook),
    };
    command.arg("run").arg("--state").arg(folder.join("state")).arg("--standard").arg(config);
    command.args(["--no-provision", "--auto-answer", "--address", "127.0.0.1"]);
    if let Some(speech) = speech {
        command.arg("--audio").arg(format!("wav:{},", speech.display()));
    }
    match kind {
        Kind::WithPage => command.args(["--web-port", "0"]),
        _ => command.arg("--no-web"),
    };
    Ok(command)
}

fn theirs(folder: &Path, registrar: u16, speech: Option<&Path>) -> anyhow::Result<Command> {
    let baresip = program("baresip").context("baresip is the peer; `cargo xtask setup` installs it")?;
    let port = free_ports()?;
    // The bridge has one end for each of both directions, which is enough for a call at a time.
    let source = speech.map_or_else(|| "aubridge,a".to_owned(), |speech| format!("aufile,{}", speech.display()));
    let config = format!(
        "sip_listen 127.0.0.1:{port}\ncall_max_calls 30\ncall_hold_other_calls no\nrtp_ports 30000-31000\n\
         audio_player aubridge,a\naudio_source {source}\naudio_alert aubridge,a\nmodule_path {MODULES}\n\
         module g711.so\nmodule g722.so\nmodule aubridge.so\nmodule aufile.so\nmodule_app account.so\n"
    );
    fs::write(folder.join("config"), config)?;
    let account = |line: u16| {
        let number = 2000 + line;
        format!("<sip:{number}@127.0.0.1:{registrar}>;auth_pass=secret;answermode=auto;regint=3600;ptime=20\n")
    };
    fs::write(folder.join("accounts"), (1..=LINES).map(account).collect::<String>())?;
    let mut command = Command::new(baresip);
    command.arg("-f").arg(folder);
    Ok(command)
}

/// A minute of noise, which no codec can save anything on, as a WAV file with one channel of 16 bits.
fn noise(rate: u32) -> Vec<u8> {
    let length = rate * 2 * 60;
    let mut file = b"RIFF".to_vec();
    file.extend((36 + length).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend([16, 0, 0, 0, 1, 0, 1, 0]);
    file.extend(rate.to_le_bytes());
    file.extend((rate * 2).to_le_bytes());
    file.extend([2, 0, 16, 0]);
    file.extend(b"data");
    file.extend(length.to_le_bytes());
    let mut state: u32 = 1;
    file.extend((0..length).map(|_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    }));
    file
}

/// A port with free ones behind it, as far as that can be known, within what `SIP_SRC_PORT` takes.
fn free_ports() -> anyhow::Result<u16> {
    let base = 20_000 + (std::process::id() % 1000) as u16 * 8;
    let is_free = |port: u16| std::net::UdpSocket::bind(("127.0.0.1", port)).is_ok();
    let found = (0..500).map(|step| base + step * 8).find(|base| (0..=LINES).all(|line| is_free(base + line)));
    found.context("there are no free ports")
}
