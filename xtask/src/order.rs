//! `cargo xtask order`: which functions a phone runs, for the linker to lay side by side.
//!
//! valgrind's callgrind names every function that was called. Its names lose what differs from one compiler or machine to
//! the next, so that the script of the linker stands in the repository and serves every release build.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, bail};

use crate::bench::{self, calls};
use crate::steps::program;

/// Names are told apart by so many characters; types of parameters follow at the end, for lines on end.
const LONGEST: usize = 100;

/// Fewer functions than a phone that does anything runs.
const FEWEST: usize = 300;

/// Watches a phone that is left alone and one in a call, and writes the script.
///
/// # Errors
/// When valgrind is missing, or the phone does not do what it should.
pub(crate) fn run(root: &Path) -> anyhow::Result<()> {
    let valgrind = program("valgrind").context("valgrind is missing: install Debian's package valgrind")?;
    let offhook = bench::executable(root)?;
    let folder = crate::target(root).join("order");
    fs::create_dir_all(&folder)?;
    let watch = |in_a_call: bool| -> anyhow::Result<BTreeSet<String>> {
        let found = folder.join(if in_a_call { "call.callgrind" } else { "idle.callgrind" });
        let mut out = OsString::from("--callgrind-out-file=");
        out.push(&found);
        let words = ["--quiet", "--tool=callgrind", "--compress-strings=no", "--demangle=no"].map(OsString::from);
        let under: Vec<OsString> = [valgrind.clone().into_os_string()].into_iter().chain(words).chain([out]).collect();
        calls::watch(&offhook, &folder, &under, in_a_call)?;
        let text = fs::read(&found).with_context(|| format!("reading {}", found.display()))?;
        let patterns = patterns(&String::from_utf8_lossy(&text), &offhook.to_string_lossy());
        match patterns.len() {
            FEWEST.. => Ok(patterns),
            few => bail!("only {few} functions of {} ran: it may be stripped", offhook.display()),
        }
    };
    eprintln!("watching a phone that nobody uses");
    let idle = watch(false)?;
    eprintln!("watching a phone in a call");
    let call = &watch(true)? - &idle;
    fs::write(root.join("phone/app/order.ld"), script(&idle, &call))?;
    println!("{} functions of every phone, {} more of a call; build anew to see it", idle.len(), call.len());
    Ok(())
}

/// The functions of an executable that a callgrind file names, as patterns. What lies outside `.text` is of no object to
/// callgrind: that is where an earlier script has put functions.
fn patterns(text: &str, executable: &str) -> BTreeSet<String> {
    let mut object = "";
    let mut found = BTreeSet::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("ob=") {
            object = name;
        } else if let Some(name) = line.strip_prefix("fn=")
            && (object == executable || object == "???")
        {
            found.extend(pattern(name));
        }
    }
    found
}

/// A pattern for a mangled name, without what differs between builds: the hash of the older scheme, the crates' hashes of the
/// newer one. What is no name of Rust has no section of its own, and none here.
fn pattern(name: &str) -> Option<String> {
    // The depth of a recursion follows behind an apostrophe.
    let name = name.split('\'').next().unwrap_or_default();
    let mut pattern = if let Some(at) = name.rfind("17h").filter(|_| name.starts_with("_ZN")) {
        name[..at].to_owned()
    } else if let Some(rest) = name.strip_prefix("_R") {
        let mut parts = rest.split("Cs");
        let mut pattern = format!("_R{}", parts.next().unwrap_or_default());
        for part in parts {
            pattern.push_str("Cs");
            pattern.push_str(&part.split_once('_').map_or_else(|| part.to_owned(), |(_, rest)| format!("*_{rest}")));
        }
        pattern
    } else {
        return None;
    };
    let end = pattern.char_indices().nth(LONGEST).map_or(pattern.len(), |(at, _)| at);
    pattern.truncate(end);
    Some(pattern + "*")
}

/// The script: an output section for each set.
fn script(idle: &BTreeSet<String>, call: &BTreeSet<String>) -> String {
    let mut text = String::from(
        "/* Functions that a phone runs, side by side: the first part on every phone, the second one in calls.\n   \
         Made by `cargo xtask order`; phone/app/build.rs tells the linker. */\n\nSECTIONS\n{\n",
    );
    for (section, patterns) in [(".text.idle", idle), (".text.call", call)] {
        let _ = writeln!(text, "  {section} :\n  {{\n    *(");
        for pattern in patterns {
            // What its author or the compiler calls cold runs here all the same.
            let _ = writeln!(text, "      .text.{pattern}\n      .text.unlikely.{pattern}");
        }
        text.push_str("    )\n  }\n");
    }
    text + "}\nINSERT BEFORE .text;\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_what_differs_between_builds() {
        for (name, wanted) in [
            ("_ZN7offhook5voice5Voice4open17h71874e2a2e50ce83E", Some("_ZN7offhook5voice5Voice4open*")),
            ("_ZN3std4read17h71874e2a2e50ce83E.llvm.123'2", Some("_ZN3std4read*")),
            ("_RNvMs_NtCsjpo8xBDtRY_4core3fmtNtB4_9Formatter3pad", Some("_RNvMs_NtCs*_4core3fmtNtB4_9Formatter3pad*")),
            ("_RNvNtCs1_3abc3Csr", Some("_RNvNtCs*_3abc3Csr*")),
            ("0x0000000000001050", None),
            ("(below main)", None),
            ("memcpy", None),
        ] {
            assert_eq!(pattern(name).as_deref(), wanted, "{name}");
        }
        assert_eq!(pattern(&format!("_ZN{}17h0000E", "x".repeat(300))).map(|p| p.len()), Some(LONGEST + 1));
    }

    #[test]
    fn functions_of_libraries_are_left_out() {
        let text = "ob=/lib/libc.so\nfn=_ZN1a17h00E\nob=/bin/offhook\nfl=???\nfn=_ZN1b17h00E\nob=???\nfn=_ZN1c17h00E\n";
        let found = patterns(text, "/bin/offhook");
        assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), ["_ZN1b*", "_ZN1c*"]);
        let script = script(&found, &BTreeSet::new());
        assert!(
            script.contains("  .text.idle :\n  {\n    *(\n      .text._ZN1b*\n      .text.unlikely._ZN1b*\n"),
            "{script}"
        );
    }
}
