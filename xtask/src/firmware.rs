//! `cargo xtask firmware`: the executable, built for release, as a signed image.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::bail;

use crate::steps::cargo;

/// What to make.
pub(crate) struct Options<'a> {
    /// The private key.
    pub(crate) key: &'a Path,
    /// The image; `target/offhook.fw` unless given.
    pub(crate) out: Option<&'a Path>,
    /// Make the key first.
    pub(crate) new_key: bool,
}

/// Builds, signs, packs, and checks the image with the public key that lies beside the private one.
pub(crate) fn run(root: &Path, options: &Options<'_>) -> anyhow::Result<()> {
    let mut build = cargo(root);
    build.args(["build", "--release", "--locked", "--package", "offhook-app", "--features", "handset"]);
    done(&mut build)?;
    let program = crate::target(root).join("release/offhook");
    let offhook = || {
        let mut command = Command::new(&program);
        command.arg("firmware");
        command
    };
    if options.new_key {
        done(offhook().arg("new-key").arg(options.key))?;
    }
    let out = options.out.map_or_else(|| crate::target(root).join("offhook.fw"), PathBuf::from);
    done(offhook().args(["pack", "--key"]).arg(options.key).arg(&program).arg(&out))?;
    let mut public = options.key.as_os_str().to_owned();
    public.push(".pub");
    if Path::new(&public).exists() {
        done(offhook().args(["verify", "--keys"]).arg(&public).arg(&out))?;
    }
    println!("{}", out.display());
    Ok(())
}

fn done(command: &mut Command) -> anyhow::Result<()> {
    let status = command.status()?;
    if !status.success() {
        bail!("{command:?} ended with {status}");
    }
    Ok(())
}
