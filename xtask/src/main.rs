//! Everything the project does to itself: `cargo xtask --help` lists it.

mod bench;
mod check;
mod consumers;
mod demo;
mod firmware;
mod fleet;
mod generate;
mod order;
mod picture;
mod plot;
mod setup;
mod steps;
mod test;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use self::consumers::Consumers;
use self::steps::Steps;

/// The project's own tasks.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Measures the promised speeds and ratios, beside xmllint and baresip as peers
    Bench {
        /// Prints JSON
        #[arg(long)]
        json: bool,
        /// Also measures generation and build after a changed default, in a copy of the tree (takes minutes)
        #[arg(long)]
        incremental: bool,
        /// Measures lines and calls alone, beside baresip
        #[arg(long)]
        calls: bool,
    },
    /// Runs every lint and gate: format, clippy, generated files, documentation, licences and sources of dependencies
    Check {
        /// Leaves out what takes long
        #[arg(long)]
        quick: bool,
        /// Asks the database of known faults in dependencies too, over the network
        #[arg(long)]
        advisories: bool,
    },
    /// Shows the phone: checks a file, provisions a phone with it, opens the web page, starts it again
    Demo,
    /// Builds the firmware for release, and signs and packs it as an image that phones accept
    Firmware {
        /// Private key, made by --new-key or `openssl genpkey -algorithm ed25519`
        #[arg(long, value_name = "KEYFILE")]
        key: PathBuf,
        /// The image to write; target/offhook.fw unless given
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Makes the key first; the public one goes beside it, to KEYFILE.pub
        #[arg(long)]
        new_key: bool,
    },
    /// Powers a fleet of light phones up at a real nginx, and draws the requests of each second
    Fleet {
        /// How many phones
        #[arg(default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..=100_000))]
        phones: u64,
        /// The chart to write; that of the documentation unless given
        #[arg(long, value_name = "FILE")]
        chart: Option<PathBuf>,
    },
    /// Writes every generated file from `spec/`
    Gen {
        /// Writes nothing; fails with the differences if a generated file is not what the spec says
        #[arg(long)]
        check: bool,
    },
    /// Lists who reads each setting, and the settings that nobody reads yet
    ///
    /// Exit code: 0 every setting is read, 1 some are open, 2 could not run.
    Consumers {
        /// Only this group or category: id or heading, such as timers, "SIP timers", line or VoIP
        #[arg(long, value_name = "NAME")]
        group: Option<String>,
        /// Leaves the open settings out of the list (not out of the count)
        #[arg(long)]
        read: bool,
    },
    /// Finds out which functions a phone runs, and has release builds lay them side by side (takes minutes)
    ///
    /// Writes phone/app/order.ld. What is out of date there costs memory, and nothing else.
    Order,
    /// Draws a recording: the wave as FILE.wave.svg, its frequencies as FILE.spectrum.png
    Picture {
        /// A WAV file of 16 bits
        file: PathBuf,
    },
    /// Installs what checks and tests need, or says how
    Setup,
    /// Sets up, checks, and runs every test
    Test {
        /// Leaves out what takes long
        #[arg(long)]
        quick: bool,
    },
}

fn main() -> ExitCode {
    match run(&Cli::parse().task) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: &Task) -> anyhow::Result<ExitCode> {
    let done = |()| ExitCode::SUCCESS;
    match task {
        Task::Bench { json, incremental, calls } => bench::run(&root(), *json, *incremental, *calls).map(done),
        Task::Check { quick, advisories } => {
            let mut steps = Steps::default();
            check::run(&root(), check::Options { quick: *quick, advisories: *advisories }, &mut steps);
            println!("\n{}", steps.summary());
            steps.finish().map(done)
        }
        Task::Demo => demo::run(&root()).map(done),
        Task::Firmware { key, out, new_key } => {
            let options = firmware::Options { key, out: out.as_deref(), new_key: *new_key };
            firmware::run(&root(), &options).map(done)
        }
        Task::Fleet { phones, chart } => fleet::run(&root(), *phones, chart.as_deref()).map(done),
        Task::Gen { check } => generate::run(&root(), *check).map(done),
        Task::Consumers { group, read } => list_consumers(group.as_deref(), *read),
        Task::Order => order::run(&root()).map(done),
        Task::Picture { file } => picture::run(file).map(done),
        Task::Setup => setup::run(&root()).map(done),
        Task::Test { quick } => test::run(&root(), *quick).map(done),
    }
}

fn list_consumers(group: Option<&str>, read: bool) -> anyhow::Result<ExitCode> {
    const COULD_NOT_RUN: u8 = 2;
    let report = Consumers::find(&root()).map_err(|e| format!("{e:#}")).and_then(|c| c.report(group, read));
    match report {
        Ok((text, open)) => {
            print!("{text}");
            Ok(if open == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Err(message) => {
            eprintln!("error: {message}");
            Ok(ExitCode::from(COULD_NOT_RUN))
        }
    }
}

/// The root of the repository.
fn root() -> PathBuf {
    let manifest =
        std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    manifest.parent().map_or_else(|| manifest.clone(), Path::to_path_buf)
}

/// Where Cargo builds to when it is started in the root of the repository.
fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |folder| root.join(folder))
}
