//! `cargo xtask setup`: installs what the checks and tests need, or says how.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

use crate::steps::{cargo, in_ci, program};

/// What the checks and tests start: program, Debian package, what for.
const PROGRAMS: &[(&str, &str, &str)] = &[
    ("c++", "g++", "builds the runtime of the fuzz targets"),
    ("xmllint", "libxml2-utils", "judges XML files by our schema, as the peer of our own reader"),
    ("openssl", "openssl", "encrypts and decrypts configuration files, as the peer of our own commands"),
    ("nginx", "nginx-light", "serves configuration files over HTTP and HTTPS to the fetcher"),
    ("lighttpd", "lighttpd", "asks the fetcher for Digest logins, which nginx cannot"),
    ("vsftpd", "vsftpd", "serves configuration files over FTP to the fetcher"),
    ("in.tftpd", "tftpd-hpa", "serves configuration files over TFTP to the fetcher"),
    ("dnsmasq", "dnsmasq-base", "is the TFTP server that DHCP servers bring along, and a DHCP server"),
    ("udhcpc", "udhcpc", "asks a DHCP server on behalf of the phone"),
    ("ip", "iproute2", "connects networks that tests have for themselves"),
    (KAMAILIO_TLS, "kamailio-tls-modules", "lets kamailio speak TLS"),
    (KAMAILIO_PRESENCE, "kamailio-presence-modules", "lets kamailio tell of messages and busy extensions"),
    ("sipp", "sip-tester", "plays the other side of calls by scenarios of our own"),
    ("chromium", "chromium", "shows the web page to its tests as people see it"),
    ("chromedriver", "chromium-driver", "lets tests press the keys of Chromium"),
    ("kamailio", "kamailio", "is the registrar and proxy of an office, in tests and in the demonstration"),
    ("baresip", "baresip-core", "is the peer that lines and calls are measured beside"),
    ("linphonec", "linphone-cli", "is the peer of calls by G.729, which baresip lacks"),
    (CJK, "fonts-noto-cjk", "has the characters of Japanese pages, which pictures of them need"),
    ("espeak-ng", "espeak-ng", "speaks the sentences by which codecs and losses are judged"),
    ("pkg-config", "pkg-config", "tells the build where the libraries of the system are"),
    (ALSA, "libasound2-dev", "is what the handset's image reaches sound cards by"),
    ("pulseaudio", "pulseaudio", "is the sound card of tests, and can go away and come back"),
    ("parec", "pulseaudio-utils", "records what that card plays"),
    (ALSA_PULSE, "libasound2-plugins", "leads from ALSA to PulseAudio"),
    ("cmake", "cmake", "builds the library of Opus for the handset's image"),
    ("npm", "npm", "fetches axe-core, which judges whether pages are for everybody"),
    ("python3", "python3-venv", "runs schemathesis and pesq, which judge the interface for programs and speech"),
    (PYTHON_H, "python3-dev", "lets pesq be built"),
];

/// Parts of the Rust toolchain that a minimal installation lacks.
const COMPONENTS: [(&str, &str); 2] = [("fmt", "rustfmt"), ("clippy", "clippy")];

/// A font is no program: it is here if its file is.
const CJK: &str = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc";

/// A header, at a place that Python knows.
const PYTHON_H: &str = "Python.h";

/// Libraries and modules, in a folder named after the machine.
const ALSA: &str = "pkgconfig/alsa.pc";
const ALSA_PULSE: &str = "alsa-lib/libasound_module_pcm_pulse.so";
const KAMAILIO_TLS: &str = "kamailio/modules/tls.so";
const KAMAILIO_PRESENCE: &str = "kamailio/modules/presence.so";

/// The version of cargo-deny whose verdicts we share. It is built here, since Debian has no package of it.
const CARGO_DENY: &str = "0.20.2";

/// A tool in Python that Debian has no package of.
struct PythonTool {
    name: &'static str,
    version: &'static str,
    purpose: &'static str,
    /// What it needs and does not say.
    beside: &'static [&'static str],
}

const PYTHON_TOOLS: [PythonTool; 2] = [
    PythonTool { name: "schemathesis", version: "4.32.5", purpose: "tests the interface for programs", beside: &[] },
    PythonTool {
        name: "pesq",
        version: "0.0.4",
        purpose: "says how well people would understand speech (ITU-T P.862)",
        beside: &["numpy>=2,<3"],
    },
];

/// The version of axe-core that judges the web page. Its licence is Mozilla's, and so it stays out of the repository.
const AXE: &str = "4.14.1";

/// Installs what is missing. What is there already costs nothing and needs no network.
///
/// # Errors
/// In CI, when something is still missing. Elsewhere that is said, and the checks that need it are left out.
pub(crate) fn run(root: &Path) -> anyhow::Result<()> {
    let mut missing = Vec::new();
    let mut note = |result: anyhow::Result<()>| {
        if let Err(error) = result {
            println!("    {error:#}");
            missing.push(error.to_string());
        }
    };
    note(packages(root));
    note(components(root));
    note(cargo_deny(root));
    for tool in &PYTHON_TOOLS {
        note(python_tool(root, tool));
    }
    note(axe(root));
    if !missing.is_empty() && in_ci() {
        bail!("the machine lacks what the checks need");
    }
    Ok(())
}

/// cargo-deny in the version that we share, if it is installed.
pub(crate) fn installed_cargo_deny(root: &Path) -> Option<PathBuf> {
    let ours = root.join("target/tools/bin/cargo-deny");
    let candidates = [Some(ours), program("cargo-deny")];
    candidates.into_iter().flatten().find(|path| {
        let version = Command::new(path).arg("--version").output();
        version.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).trim().ends_with(CARGO_DENY))
    })
}

fn packages(root: &Path) -> anyhow::Result<()> {
    let fuzz = !crate::test::fuzz_crates(root).is_empty();
    install(&PROGRAMS.iter().filter(|(name, ..)| fuzz || *name != "c++").collect::<Vec<_>>())
}

/// Installs some of the programs, if they are missing: those that one task needs.
///
/// # Errors
/// Names the line to run where they cannot be installed.
pub(crate) fn need(names: &[&str]) -> anyhow::Result<()> {
    install(&PROGRAMS.iter().filter(|(name, ..)| names.contains(name)).collect::<Vec<_>>())
}

fn install(needed: &[&(&str, &str, &str)]) -> anyhow::Result<()> {
    let missing: Vec<_> = needed.iter().filter(|(name, ..)| !is_here(name)).collect();
    if missing.is_empty() {
        println!("    {} are here", needed.iter().map(|(name, ..)| *name).collect::<Vec<_>>().join(", "));
        return Ok(());
    }
    for (name, package, purpose) in &missing {
        println!("    {name} (package {package}) {purpose}");
    }
    let names: Vec<_> = missing.iter().map(|(_, package, _)| *package).collect();
    let by_hand = format!("sudo apt-get install --yes {}", names.join(" "));
    let Some(apt) = apt_get() else { bail!("run this line, then try again: {by_hand}") };
    let install = |refresh: bool| -> anyhow::Result<bool> {
        if refresh {
            run_quietly(&apt, &["update"])?;
        }
        run_quietly(&apt, &[&["install", "--yes", "--no-install-recommends"], names.as_slice()].concat())
    };
    // The lists of packages may be old or absent.
    if install(false)? || install(true)? { Ok(()) } else { bail!("apt-get failed; run this line: {by_hand}") }
}

/// Whether a program can do what we need of it. Debian splits the making of environments off Python.
fn is_here(name: &str) -> bool {
    match name {
        CJK => Path::new(CJK).is_file(),
        ALSA | ALSA_PULSE | KAMAILIO_TLS | KAMAILIO_PRESENCE => {
            let folders = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten();
            folders.into_iter().any(|folder| folder.path().join(name).is_file())
        }
        PYTHON_H => {
            let test = "import os, sysconfig; assert os.path.exists(sysconfig.get_path('include') + '/Python.h')";
            succeeds(Command::new("python3").args(["-c", test]))
        }
        "python3" => succeeds(Command::new(name).args(["-c", "import ensurepip, venv"])),
        name => program(name).is_some(),
    }
}

fn succeeds(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// The words that start apt-get with the rights to install, if we have them.
fn apt_get() -> Option<Vec<&'static str>> {
    program("apt-get")?;
    let output = |words: &[&str]| {
        let output = Command::new(words[0]).args(&words[1..]).stdin(Stdio::null()).stderr(Stdio::null()).output();
        output.ok().filter(|output| output.status.success()).map(|output| output.stdout)
    };
    if output(&["id", "-u"]).is_some_and(|id| id.trim_ascii() == b"0") {
        return Some(vec!["apt-get"]);
    }
    output(&["sudo", "-n", "true"]).map(|_| vec!["sudo", "-n", "apt-get"])
}

fn run_quietly(words: &[&str], more: &[&str]) -> anyhow::Result<bool> {
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).args(more).arg("--quiet=2").env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null());
    Ok(command.status().context("starting apt-get")?.success())
}

fn components(root: &Path) -> anyhow::Result<()> {
    for (command, component) in COMPONENTS {
        let here = cargo(root).args([command, "--version"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
        if here.is_ok_and(|status| status.success()) {
            continue;
        }
        let added = Command::new("rustup").args(["component", "add", component]).status();
        if !added.is_ok_and(|status| status.success()) {
            bail!("{component} is missing; run this line: rustup component add {component}");
        }
    }
    Ok(())
}

fn cargo_deny(root: &Path) -> anyhow::Result<()> {
    if installed_cargo_deny(root).is_some() {
        println!("    cargo-deny is here");
        return Ok(());
    }
    println!(
        "    cargo-deny (built once into target/tools, about a minute) checks licences and sources of dependencies"
    );
    let tools = root.join("target/tools");
    let build = tools.join("build");
    // Unoptimised it is built in a quarter of the time, and fast enough.
    let status = cargo(root)
        .args(["install", "cargo-deny", "--quiet", "--locked", "--profile", "dev", "--version", CARGO_DENY, "--root"])
        .arg(&tools)
        .env("CARGO_TARGET_DIR", &build)
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_INSTALL_ROOT", &tools)
        .status()?;
    // Half a gigabyte that nobody needs again; what cannot be removed does no harm.
    let _ = std::fs::remove_dir_all(&build);
    if !status.success() {
        bail!("cargo-deny could not be built; run this line: cargo install cargo-deny --locked --version {CARGO_DENY}");
    }
    Ok(())
}

/// Installed into an environment of its own below `target/`, from the Python Package Index.
fn python_tool(root: &Path, tool: &PythonTool) -> anyhow::Result<()> {
    let PythonTool { name, version, purpose, beside } = tool;
    let place = root.join("target/tools").join(name);
    let test = format!("import importlib.metadata as here; assert here.version('{name}') == '{version}'");
    if succeeds(Command::new(place.join("bin/python")).args(["-c", &test])) {
        println!("    {name} is here");
        return Ok(());
    }
    println!("    {name} (installed once into target/tools) {purpose}");
    let package = format!("{name}=={version}");
    let packages = [&[package.as_str()], *beside].concat();
    let made = succeeds(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&place));
    let quiet = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    if !made || !succeeds(Command::new(place.join("bin/python")).args(quiet).args(&packages)) {
        bail!(
            "{name} could not be installed; run these lines: python3 -m venv target/tools/{name}; target/tools/{name}/bin/pip install {}",
            packages.join(" ")
        );
    }
    Ok(())
}

/// Fetched from the registry of npm, with nothing of it run here.
fn axe(root: &Path) -> anyhow::Result<()> {
    let place = root.join("target/tools/axe");
    let manifest = std::fs::read_to_string(place.join("node_modules/axe-core/package.json")).unwrap_or_default();
    if manifest.contains(&format!("\"version\": \"{AXE}\"")) {
        println!("    axe-core is here");
        return Ok(());
    }
    println!("    axe-core (installed once into target/tools) judges whether the web page is for everybody");
    let package = format!("axe-core@{AXE}");
    std::fs::create_dir_all(&place)?;
    let quiet = ["install", "--silent", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"];
    if !succeeds(Command::new("npm").args(quiet).arg(&place).arg(&package)) {
        bail!(
            "axe-core could not be fetched; run this line: npm install --no-save --ignore-scripts --prefix target/tools/axe {package}"
        );
    }
    Ok(())
}
