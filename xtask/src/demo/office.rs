//! The small office of the demonstration: its server, its phones, and what is said in it, all on this machine.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::Value;

/// How long anything in the office may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// The number of the echo service: the workshop's, which a button of the phone has.
pub(super) const ECHO: &str = "1010";

/// What is said into the phone.
const SPEECH: &str = "Good morning. This is the reception. We are trying our new telephones. \
                      Whatever I say comes back to me from the workshop.";

/// First line of every configuration file.
const HEADER: &str = "# Panasonic SIP Phone Standard Format File # DO NOT CHANGE THIS LINE!";

/// The office: a folder, free ports, a running server.
pub(super) struct Office {
    folder: PathBuf,
    offhook: PathBuf,
    server: u16,
    _kamailio: Running,
}

impl Office {
    /// Starts the server, whose phones register without a password.
    pub(super) fn open(folder: &Path, offhook: &Path) -> anyhow::Result<Self> {
        let (server, own) = (free_port()?, folder.join("kamailio"));
        fs::create_dir_all(&own)?;
        let file = own.join("kamailio.cfg");
        fs::write(&file, format!("listen=udp:127.0.0.1:{server}\n{SERVER}"))?;
        let mut command = Command::new("kamailio");
        command
            .arg("-f")
            .arg(&file)
            .args(["-DD", "-E", "-Y"])
            .arg(&own)
            .arg("-w")
            .arg(&own)
            .arg("-P")
            .arg(own.join("pid"));
        let log = fs::File::create(own.join("log"))?;
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let kamailio = Running(command.spawn().context("starting kamailio")?);
        let office = Self { folder: folder.to_owned(), offhook: offhook.to_owned(), server, _kamailio: kamailio };
        office.wait_for("the SIP server", || office.answers())?;
        println!("kamailio listens at 127.0.0.1:{server}");
        Ok(office)
    }

    /// The phone's file with the servers of this machine in place of the example's, and ports that are free here.
    pub(super) fn localise(&self, file: &Path) -> anyhow::Result<PathBuf> {
        let mut text = fs::read_to_string(file)?;
        // There is no time server here; the phone goes by the clock of the machine.
        for (example, here) in [("sip.office.example.com", "127.0.0.1"), ("ntp.example.com", "")] {
            text = text.replace(example, here);
        }
        let place = self.folder.join("phone.cfg");
        fs::write(&place, text + &dos(&self.ports(&[1, 2])?))?;
        Ok(place)
    }

    /// The file of a phone that has the number of the echo service.
    pub(super) fn echo(&self) -> anyhow::Result<PathBuf> {
        let place = self.folder.join("echo.cfg");
        let account = "SIP_RGSTR_ADDR_1=\"127.0.0.1\"\nSIP_PRXY_ADDR_1=\"127.0.0.1\"\n";
        let text = format!("{HEADER}\nPHONE_NUMBER_1=\"{ECHO}\"\n{account}{}", self.ports(&[1])?);
        fs::write(&place, dos(&text))?;
        Ok(place)
    }

    fn ports(&self, lines: &[u8]) -> anyhow::Result<String> {
        let mut text = String::new();
        for line in lines {
            let (server, own) = (self.server, free_port()?);
            text += &format!("SIP_RGSTR_PORT_{line}=\"{server}\"\nSIP_PRXY_PORT_{line}=\"{server}\"\n");
            text += &format!("SIP_SRC_PORT_{line}=\"{own}\"\n");
        }
        Ok(text + "\n")
    }

    /// Speech, as a WAV file.
    pub(super) fn speech(&self) -> anyhow::Result<PathBuf> {
        let place = self.folder.join("said.wav");
        let spoken = Command::new("espeak-ng").args(["-s", "150", "-w"]).arg(&place).arg(SPEECH).status();
        if !spoken.context("starting espeak-ng")?.success() {
            bail!("espeak-ng did not speak");
        }
        Ok(place)
    }

    /// Starts a phone, and waits until the server knows its first line.
    pub(super) fn start(&self, name: &str, file: &Path, more: &[&str]) -> anyhow::Result<Phone> {
        let state = self.folder.join(name);
        let (shown, shown_state) = (file.display(), state.display());
        println!("$ offhook run --state {shown_state} --standard {shown} {}", more.join(" "));
        let mut command = Command::new(&self.offhook);
        command.arg("run").arg("--state").arg(&state).arg("--standard").arg(file).args(more).stdout(Stdio::piped());
        let mut running = Running(command.spawn().context("starting the phone")?);
        let stdout = running.0.stdout.take().context("the phone has a standard output")?;
        let mut line = String::new();
        let mut out = BufReader::new(stdout);
        out.read_line(&mut line)?;
        print!("{line}");
        // The phone goes on talking, to nobody.
        thread::spawn(move || std::io::copy(&mut out, &mut std::io::sink()));
        let url = line.split_whitespace().find(|word| word.starts_with("http://")).map(str::to_owned);
        let phone = Phone { running, state, offhook: self.offhook.clone(), url };
        self.wait_for("registering", || {
            phone
                .ask("lines")
                .is_ok_and(|told| told.pointer("/0/registration").and_then(Value::as_str) == Some("registered"))
        })?;
        Ok(phone)
    }

    /// Waits until something is so.
    pub(super) fn wait_for(&self, what: &str, is_so: impl Fn() -> bool) -> anyhow::Result<()> {
        let end = Instant::now() + PATIENCE;
        while !is_so() {
            if Instant::now() > end {
                bail!("{what} takes longer than {} s; see {}", PATIENCE.as_secs(), self.folder.display());
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// Whether the server answers OPTIONS.
    fn answers(&self) -> bool {
        let ask = || -> std::io::Result<usize> {
            let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
            socket.set_read_timeout(Some(Duration::from_millis(200)))?;
            let own = socket.local_addr()?;
            let text = format!(
                "OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP {own};branch=z9hG4bK{0}\r\nMax-Forwards: 7\r\n\
                 From: <sip:demo@127.0.0.1>;tag={0}\r\nTo: <sip:127.0.0.1>\r\nCall-ID: {0}\r\nCSeq: 1 OPTIONS\r\n\
                 Content-Length: 0\r\n\r\n",
                own.port()
            );
            socket.send_to(text.as_bytes(), (Ipv4Addr::LOCALHOST, self.server))?;
            socket.recv(&mut [0; 2000])
        };
        ask().is_ok()
    }
}

/// A text with the line ends that configuration files have.
fn dos(text: &str) -> String {
    text.replace('\n', "\r\n")
}

/// A registrar that knows no passwords, and a proxy for those that it knows.
const SERVER: &str = r#"#!KAMAILIO
children=1
disable_tcp=yes
log_stderror=yes
auto_aliases=no
loadmodule "sl.so"
loadmodule "tm.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "textops.so"
loadmodule "siputils.so"
request_route {
    if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
    if (has_totag()) {
        if (!loose_route() && is_method("ACK") && !t_check_trans()) exit;
        t_relay();
        exit;
    }
    if (is_method("OPTIONS")) { sl_send_reply("200", "OK"); exit; }
    if (is_method("REGISTER")) { if (!save("location")) sl_reply_error(); exit; }
    if (is_method("INVITE")) record_route();
    if (!lookup("location")) { sl_send_reply("404", "Not Here"); exit; }
    t_relay();
}
"#;

/// A running phone; it ends with this value.
pub(super) struct Phone {
    running: Running,
    pub(super) state: PathBuf,
    offhook: PathBuf,
    /// Where its web page is, if it has one.
    pub(super) url: Option<String>,
}

impl Phone {
    /// What a command of `offhook` tells of it, as JSON.
    pub(super) fn ask(&self, command: &str) -> anyhow::Result<Value> {
        let output = Command::new(&self.offhook).args([command, "--json", "--state"]).arg(&self.state).output()?;
        if !output.status.success() {
            bail!("offhook {command} ended with {}", output.status);
        }
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    /// Asks the web page for its first page.
    pub(super) fn asks_for_login(&self) -> anyhow::Result<()> {
        let url = self.url.as_deref().context("the phone did not say where its web page is")?;
        let host = url.trim_start_matches("http://").trim_end_matches('/');
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
    pub(super) fn stop(&mut self) -> anyhow::Result<()> {
        let child = &mut self.running.0;
        let ended = Command::new("kill").arg(child.id().to_string()).status()?;
        if !ended.success() {
            bail!("the phone had ended already");
        }
        let status = child.wait()?;
        println!("The phone ended: {status}");
        Ok(())
    }
}

/// A child that is asked to end with this value, and ended if it does not.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself. A server tells its own children to end when it is asked to.
        let _ = Command::new("kill").arg(self.0.id().to_string()).stderr(Stdio::null()).status();
        let end = Instant::now() + Duration::from_secs(3);
        while Instant::now() < end && matches!(self.0.try_wait(), Ok(None)) {
            thread::sleep(Duration::from_millis(20));
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A UDP port that was free a moment ago, another one each time, in the range that settings take.
fn free_port() -> anyhow::Result<u16> {
    static NEXT: AtomicU16 = AtomicU16::new(20_000);
    loop {
        let port = NEXT.fetch_add(1, Ordering::Relaxed);
        if port >= 30_000 {
            bail!("no port is free from 20000 to 29999");
        }
        if UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok(port);
        }
    }
}
