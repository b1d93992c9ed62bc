//! `cargo xtask bench`: the speeds and ratios that the project promises, measured in one run beside a peer.
//!
//! Programs are measured from the outside, by the CPU time that the kernel counts for them. What a program does once,
//! however many files it gets, is taken out by measuring it with few files and with many.

pub(crate) mod calls;
mod measure;
mod pages;
mod rebuild;
mod samples;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

use self::measure::{Used, measure};
use self::samples::{Filling, Samples};
use crate::steps::{cargo, program};

/// What is measured and what is wanted of it.
struct Figure {
    name: &'static str,
    measured: f64,
    unit: &'static str,
    wanted: Wanted,
}

#[derive(Clone, Copy)]
enum Wanted {
    AtLeast(f64),
    AtMost(f64),
    /// Shown beside the others; nothing is promised.
    Nothing,
}

impl Figure {
    fn met(&self) -> bool {
        match self.wanted {
            Wanted::AtLeast(limit) => self.measured >= limit,
            Wanted::AtMost(limit) => self.measured <= limit,
            Wanted::Nothing => true,
        }
    }
}

/// Measures everything and prints a table, or JSON. `incremental` adds a build from scratch in a copy of the tree and
/// a second one after a changed default, which takes minutes; with `calls`, lines and calls alone are measured.
///
/// # Errors
/// When something cannot be built or started, and when a figure is not met.
pub(crate) fn run(root: &Path, json: bool, incremental: bool, calls: bool) -> anyhow::Result<()> {
    let offhook = executable(root)?;
    let mut figures = Vec::new();
    if !calls {
        let bench = Bench { root, offhook: offhook.clone(), samples: Samples::new(root)? };
        figures.extend(bench.readers()?);
        figures.extend(bench.fleet()?);
        figures.push(bench.generator()?);
        figures.push(pages::renders(root)?);
    }
    figures.extend(calls::figures(&offhook, &root.join("target/bench"))?);
    if incremental {
        figures.push(rebuild::after_a_changed_default(root)?);
    }
    print!("{}", if json { as_json(&figures)? } else { as_table(&figures) });
    match figures.iter().filter(|f| !f.met()).map(|f| f.name).collect::<Vec<_>>().as_slice() {
        [] => Ok(()),
        missed => bail!("not met: {}", missed.join(", ")),
    }
}

/// The executable: built for release, or the one that the variable `OFFHOOK` names, as for tests.
pub(crate) fn executable(root: &Path) -> anyhow::Result<PathBuf> {
    if let Some(given) = std::env::var_os("OFFHOOK") {
        return Ok(given.into());
    }
    eprintln!("building `offhook` for release");
    let built = cargo(root).args(["build", "--quiet", "--release", "--package", "offhook-app"]).status()?;
    if !built.success() {
        bail!("the build failed");
    }
    Ok(crate::target(root).join("release/offhook"))
}

struct Bench<'a> {
    root: &'a Path,
    offhook: PathBuf,
    samples: Samples,
}

impl Bench<'_> {
    /// MB/s of both readers on one core, and the CPU time of xmllint over ours on the same files.
    fn readers(&self) -> anyhow::Result<Vec<Figure>> {
        const FEW: usize = 10;
        const MANY: usize = 400;
        let mut figures = Vec::new();
        let at_least = |padded: bool, limit: f64| if padded { Wanted::AtLeast(limit) } else { Wanted::Nothing };
        for (padded, name) in [(true, "plain text, 120 KB, one core"), (false, "plain text, no comments, one core")] {
            eprintln!("measuring {name}");
            let text = self.samples.plain(padded);
            let (few, many) = (self.samples.copies("cfg", text, FEW)?, self.samples.copies("cfg", text, MANY)?);
            let ours = self.check(&many, true)?.cpu_beyond(&self.check(&few, true)?);
            let rate = megabytes(text.len() * (MANY - FEW)) / ours;
            figures.push(Figure { name, measured: rate, unit: "MB/s", wanted: at_least(padded, 150.0) });
        }
        for (filling, rate_name, ratio_name) in [
            (Filling::Padded, "XML, 240 KB, one core", "XML, 240 KB: CPU of xmllint over ours"),
            (Filling::Dense, "XML, no comments, one core", "XML, no comments: CPU of xmllint over ours"),
            (Filling::Long, "XML, long values, one core", "XML, long values: CPU of xmllint over ours"),
        ] {
            eprintln!("measuring {rate_name}");
            let text = self.samples.xml(filling);
            let padded = filling == Filling::Padded;
            let (few, many) = (self.samples.copies("xml", text, FEW)?, self.samples.copies("xml", text, MANY)?);
            let ours = self.check(&many, true)?.cpu_beyond(&self.check(&few, true)?);
            let rate = megabytes(text.len() * (MANY - FEW)) / ours;
            figures.push(Figure { name: rate_name, measured: rate, unit: "MB/s", wanted: at_least(padded, 80.0) });
            // xmllint is slow enough to tell from fewer files.
            let (less, enough) = (self.samples.copies("xml", text, 1)?, self.samples.copies("xml", text, MANY / 8)?);
            let theirs = self.xmllint(&enough)?.cpu_beyond(&self.xmllint(&less)?);
            let ratio = (theirs / (MANY / 8 - 1) as f64) / (ours / (MANY - FEW) as f64);
            figures.push(Figure { name: ratio_name, measured: ratio, unit: "times", wanted: at_least(padded, 10.0) });
        }
        Ok(figures)
    }

    /// 10,000 files of 20 KB: CPU time, how busy the cores are, and the memory that each further file costs.
    fn fleet(&self) -> anyhow::Result<Vec<Figure>> {
        const FEW: usize = 100;
        const MANY: usize = 10_000;
        eprintln!("measuring a fleet of {MANY} files");
        let (few, many) = (self.samples.fleet(FEW)?, self.samples.fleet(MANY)?);
        let small = self.check(&few, false)?;
        let large = self.check(&many, false)?;
        let cores = measure::cores();
        let grown = large.peak_memory.saturating_sub(small.peak_memory) as f64 / (MANY - FEW) as f64;
        let busy = large.cpu.as_secs_f64() / large.wall.as_secs_f64() / cores;
        fs::remove_dir_all(&many).context("removing the fleet")?;
        Ok(vec![
            Figure {
                name: "10,000 files of 20 KB: CPU time",
                measured: large.cpu.as_secs_f64(),
                unit: "s",
                wanted: Wanted::AtMost(3.0),
            },
            Figure {
                name: "10,000 files of 20 KB: time",
                measured: large.wall.as_secs_f64(),
                unit: "s",
                wanted: Wanted::Nothing,
            },
            Figure {
                name: "10,000 files of 20 KB: share of free cores",
                measured: 100.0 * busy,
                unit: "%",
                wanted: Wanted::AtLeast(75.0),
            },
            Figure {
                name: "10,000 files of 20 KB: files a second",
                measured: MANY as f64 / large.wall.as_secs_f64(),
                unit: "1/s",
                wanted: Wanted::Nothing,
            },
            Figure {
                name: "peak memory of 100 files",
                measured: megabytes(small.peak_memory),
                unit: "MB",
                wanted: Wanted::Nothing,
            },
            Figure {
                name: "peak memory of 10,000 files",
                measured: megabytes(large.peak_memory),
                unit: "MB",
                wanted: Wanted::Nothing,
            },
            // Flat: what stays of a file (its numbers, for the search for twins) is less than a tenth of it.
            Figure {
                name: "memory that a further file costs",
                measured: grown,
                unit: "bytes",
                wanted: Wanted::AtMost(2000.0),
            },
        ])
    }

    /// All generated files made and compared, by this very program.
    fn generator(&self) -> anyhow::Result<Figure> {
        eprintln!("measuring the generator");
        let mut command = Command::new(std::env::current_exe()?);
        let used = measure(command.args(["gen", "--check"]).current_dir(self.root))?;
        let measured = used.wall.as_secs_f64();
        Ok(Figure { name: "cargo xtask gen", measured, unit: "s", wanted: Wanted::AtMost(1.0) })
    }

    fn check(&self, folder: &Path, one_core: bool) -> anyhow::Result<Used> {
        let mut command = Command::new(&self.offhook);
        command.args(["check", "--quiet"]).arg(folder);
        if one_core {
            command.env("RAYON_NUM_THREADS", "1");
        }
        let used = measure(&mut command)?;
        if !used.success {
            bail!("`offhook check` finds errors in {}", folder.display());
        }
        Ok(used)
    }

    fn xmllint(&self, folder: &Path) -> anyhow::Result<Used> {
        let xmllint = program("xmllint").context("xmllint is the peer; `cargo xtask setup` installs it")?;
        let mut command = Command::new(xmllint);
        command.args(["--noout", "--schema"]).arg(self.root.join("docs/schema/UT670_config.xsd"));
        for entry in fs::read_dir(folder)? {
            command.arg(entry?.path());
        }
        let used = measure(&mut command)?;
        if !used.success {
            bail!("xmllint finds errors in {}", folder.display());
        }
        Ok(used)
    }
}

fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}

fn as_table(figures: &[Figure]) -> String {
    let mut text = format!("{:<46} {:>10}        {:>12}\n", "", "measured", "wanted");
    for figure in figures {
        let wanted = match figure.wanted {
            Wanted::AtLeast(limit) => format!(">= {limit}"),
            Wanted::AtMost(limit) => format!("<= {limit}"),
            Wanted::Nothing => String::new(),
        };
        let verdict = if figure.met() { "" } else { "  NOT MET" };
        let _ =
            writeln!(text, "{:<46} {:>10.2} {:<6} {wanted:>12}{verdict}", figure.name, figure.measured, figure.unit);
    }
    text
}

fn as_json(figures: &[Figure]) -> anyhow::Result<String> {
    let figures: Vec<_> = figures
        .iter()
        .map(|figure| {
            let (at_least, at_most) = match figure.wanted {
                Wanted::AtLeast(limit) => (Some(limit), None),
                Wanted::AtMost(limit) => (None, Some(limit)),
                Wanted::Nothing => (None, None),
            };
            serde_json::json!({
                "name": figure.name, "measured": figure.measured, "unit": figure.unit,
                "at_least": at_least, "at_most": at_most, "met": figure.met(),
            })
        })
        .collect();
    Ok(serde_json::to_string_pretty(&figures)? + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_shows_what_is_not_met() {
        let figure = |name, measured, wanted| Figure { name, measured, unit: "s", wanted };
        let figures = [figure("fast", 0.5, Wanted::AtMost(1.0)), figure("slow", 2.0, Wanted::AtMost(1.0))];
        let table = as_table(&figures);
        assert!(!table.lines().any(|line| line.starts_with("fast") && line.ends_with("NOT MET")), "{table}");
        assert!(table.lines().any(|line| line.starts_with("slow") && line.ends_with("NOT MET")), "{table}");
        let json: serde_json::Value = serde_json::from_str(&as_json(&figures).expect("plain figures")).expect("JSON");
        assert_eq!(json[1]["met"], false);
        assert_eq!(json[1]["at_most"], 1.0);
    }
}
