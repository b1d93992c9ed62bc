//! `cargo xtask fleet`: a fleet powers up against a real nginx, and a chart shows what the server saw.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};

use crate::plot::{Chart, Line};
use crate::steps::{cargo, program};

/// Phones in one process: each holds its state folder's lock and a connection, and processes may have 20,000 files.
const MOST_IN_PROCESS: u64 = 4_000;

/// First line of every configuration file.
const HEADER: &str = "# Panasonic SIP Phone Standard Format File # DO NOT CHANGE THIS LINE!\r\n";

/// The chart, for the page about fleets.
const CHART: &str = "docs/src/images/fleet.svg";

/// Powers the fleet up twice, all at once and spread as phones do it, and draws the requests of each second.
///
/// # Errors
/// When a program is missing, and when a phone of the spread fleet does not get its number.
pub(crate) fn run(root: &Path, phones: u64, chart: Option<&Path>) -> anyhow::Result<()> {
    println!("building the light phone for release");
    let mut build = cargo(root);
    build.args(["build", "--quiet", "--release", "--package", "offhook-provision", "--example", "fleet"]);
    ensure!(build.status()?.success(), "the build failed");
    let program = crate::target(root).join("release/examples/fleet");
    let mut runs = Vec::new();
    for (name, at_once) in [("spread by the phones", false), ("all at once", true)] {
        println!("\n{phones} phones power up, {name}");
        let seen = power_up(root, &program, phones, at_once)?;
        println!("{}", seen.summary());
        if !at_once {
            ensure!(seen.lost() == 0, "{} phones did not get their numbers", seen.lost());
        }
        runs.push((name, seen));
    }
    let lines: Vec<_> = runs.iter().map(|(name, seen)| Line { name, points: seen.rate() }).collect();
    let title = format!("{phones} phones power up at one nginx");
    let svg = Chart { title: &title, x: "seconds since the power came", y: "requests a second", lines: &lines }.svg();
    let path = chart.map_or_else(|| root.join(CHART), Path::to_path_buf);
    fs::create_dir_all(path.parent().context("a chart is in a folder")?)?;
    fs::write(&path, svg).with_context(|| format!("writing {}", path.display()))?;
    println!("\nThe requests of each second are drawn in {}", path.display());
    Ok(())
}

/// What the server and the phones tell of one power-up.
struct Seen {
    /// Requests by second.
    seconds: BTreeMap<u64, u64>,
    /// Requests by status.
    statuses: BTreeMap<u16, u64>,
    /// When phones had their numbers, in milliseconds; `None` for those that never did.
    ready: Vec<Option<u64>>,
}

impl Seen {
    fn lost(&self) -> usize {
        self.ready.iter().filter(|ready| ready.is_none()).count()
    }

    fn rate(&self) -> Vec<(f64, f64)> {
        let last = self.seconds.keys().next_back().copied().unwrap_or_default();
        (0..=last + 1).map(|s| (s as f64, self.seconds.get(&s).copied().unwrap_or_default() as f64)).collect()
    }

    fn summary(&self) -> String {
        let mut times: Vec<_> = self.ready.iter().flatten().copied().collect();
        times.sort_unstable();
        let at = |percent: usize| times.get((times.len() * percent / 100).min(times.len().saturating_sub(1)));
        let seconds = |percent| at(percent).map_or(f64::NAN, |ms| *ms as f64 / 1000.0);
        let busiest = self.seconds.values().max().copied().unwrap_or_default();
        let mut text = format!(
            "  {} have their numbers, {} are lost; half after {:.1} s, 99 % after {:.1} s, the last after {:.1} s\n  \
             busiest second {busiest} requests;",
            times.len(),
            self.lost(),
            seconds(50),
            seconds(99),
            seconds(100),
        );
        for (status, count) in &self.statuses {
            let _ = write!(text, " {count} answers {status}");
        }
        text
    }
}

fn power_up(root: &Path, program: &Path, phones: u64, at_once: bool) -> anyhow::Result<Seen> {
    let folder = Folder::new(root)?;
    let nginx = Nginx::start(&folder.0, phones)?;
    let first = folder.0.join("pre-provisioning.cfg");
    let url = format!("http://127.0.0.1:{}", nginx.port);
    fs::write(
        &first,
        format!(
            "{HEADER}CFG_MASTER_FILE_PATH=\"{url}/\"\r\nCFG_STANDARD_FILE_PATH=\"{url}/\"\r\n\
             CFG_CYCLIC=\"Y\"\r\nCFG_RTRY_INTVL=\"1\"\r\n\r\n"
        ),
    )?;
    let mut groups = Vec::new();
    for start in (0..phones).step_by(usize::try_from(MOST_IN_PROCESS)?) {
        let mut command = Command::new(program);
        command.arg("--first").arg(start.to_string());
        command.arg("--phones").arg(MOST_IN_PROCESS.min(phones - start).to_string());
        command.arg("--pre-provisioning").arg(&first).arg("--state").arg(folder.0.join("state"));
        command.args(at_once.then_some("--at-once"));
        groups.push(Group::start(&mut command)?);
    }
    for group in &mut groups {
        ensure!(group.line()? == "flashed", "the light phones do not start");
    }
    let begin = nginx.now()?;
    for group in &mut groups {
        group.power()?;
    }
    let mut ready = Vec::new();
    for group in &mut groups {
        let line = group.line()?;
        let times: Vec<Option<u64>> = serde_json::from_str(&line).with_context(|| format!("reading {line:?}"))?;
        ready.extend(times);
    }
    nginx.stop()?;
    let (mut seconds, mut statuses) = (BTreeMap::new(), BTreeMap::new());
    for line in fs::read_to_string(folder.0.join("requests.log"))?.lines() {
        let (moment, status) = line.split_once(' ').context("nginx writes its log as it is told")?;
        let after = moment.parse::<f64>()? - begin;
        *seconds.entry(after.max(0.0) as u64).or_insert(0) += 1;
        *statuses.entry(status.parse()?).or_insert(0) += 1;
    }
    Ok(Seen { seconds, statuses, ready })
}

/// A process of light phones; it ends with this value.
struct Group {
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Group {
    fn start(command: &mut Command) -> anyhow::Result<Self> {
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("starting light phones")?;
        let out = child.stdout.take().context("they have an output")?;
        Ok(Self { child, out: BufReader::new(out) })
    }

    fn line(&mut self) -> anyhow::Result<String> {
        let mut line = String::new();
        self.out.read_line(&mut line)?;
        Ok(line.trim_end().to_owned())
    }

    /// The power cut is over.
    fn power(&mut self) -> anyhow::Result<()> {
        Ok(self.child.stdin.take().context("power comes once")?.write_all(b"\n")?)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A folder in memory where there is one, as each phone has a disk of its own; it goes away with the run.
struct Folder(PathBuf);

impl Folder {
    fn new(root: &Path) -> anyhow::Result<Self> {
        let memory = Path::new("/dev/shm");
        let parent = if memory.is_dir() { memory.to_path_buf() } else { crate::target(root) };
        let path = parent.join(format!("offhook-fleet-{}", std::process::id()));
        fs::create_dir_all(path.join("files"))?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What stays behind is no work of anybody.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The real server, with the files of the whole fleet; it ends with this value.
struct Nginx {
    child: Child,
    port: u16,
}

impl Nginx {
    fn start(folder: &Path, phones: u64) -> anyhow::Result<Self> {
        let nginx = program("nginx").or_else(|| Some(PathBuf::from("/usr/sbin/nginx")).filter(|path| path.is_file()));
        let nginx = nginx.context("nginx is missing; run this line: sudo apt-get install --yes nginx-light")?;
        let files = folder.join("files");
        fs::write(files.join("sip.cfg"), format!("{HEADER}SIP_RGSTR_ADDR_1=\"registrar.example.com\"\r\n\r\n"))?;
        for phone in 0..phones {
            // Address and number are made as the light phones make theirs.
            let name = format!("Config0080f0{phone:06x}.cfg");
            fs::write(files.join(name), format!("{HEADER}PHONE_NUMBER_1=\"{}\"\r\n\r\n", 100_000 + phone))?;
        }
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let place = folder.display();
        let conf = folder.join("nginx.conf");
        fs::write(
            &conf,
            format!(
                "daemon off; pid {place}/pid; error_log {place}/errors.log error; worker_processes 2;\n\
                 worker_rlimit_nofile 20000; events {{ worker_connections 8192; }}\n\
                 http {{ log_format times '$msec $status'; access_log {place}/requests.log times;\n\
                 client_body_temp_path {place}/t1; proxy_temp_path {place}/t2; fastcgi_temp_path {place}/t3;\n\
                 uwsgi_temp_path {place}/t4; scgi_temp_path {place}/t5;\n\
                 server {{ listen 127.0.0.1:{port} backlog=4096; root {place}/files; }} }}\n"
            ),
        )?;
        // Its workers run under another account where we are root.
        for path in [folder, &files] {
            fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
        }
        let child = Command::new(nginx).arg("-e").arg(folder.join("errors.log")).arg("-c").arg(&conf).spawn();
        let mut server = Self { child: child.context("starting nginx")?, port };
        let end = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if server.child.try_wait()?.is_some() || Instant::now() > end {
                bail!("nginx does not come up: {}", fs::read_to_string(folder.join("errors.log")).unwrap_or_default());
            }
            thread::sleep(Duration::from_millis(10));
        }
        Ok(server)
    }

    /// Seconds of the clock that the server's log is written by.
    fn now(&self) -> anyhow::Result<f64> {
        Ok(std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs_f64())
    }

    /// Ends it so that its log is complete.
    fn stop(mut self) -> anyhow::Result<()> {
        let asked = Command::new("kill").args(["-QUIT", &self.child.id().to_string()]).status()?;
        ensure!(asked.success(), "nginx had ended already");
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // After `stop` there is nothing left to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
