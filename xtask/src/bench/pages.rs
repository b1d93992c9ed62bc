//! How fast the web page is rendered.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

use super::measure::measure;
use super::{Figure, Wanted};
use crate::steps::cargo;

/// Renders of the largest page a second, on one core: request, login and answer, without a socket.
pub(super) fn renders(root: &Path) -> anyhow::Result<Figure> {
    const FEW: u32 = 200;
    const MANY: u32 = 4_200;
    eprintln!("building the bench of the web page for release");
    let program = built(root)?;
    eprintln!("measuring the web page");
    let render = |count: u32| {
        let used = measure(Command::new(&program).args(["--renders", &count.to_string()]))?;
        if !used.success {
            bail!("the bench of the web page failed");
        }
        Ok(used)
    };
    let seconds = render(MANY)?.cpu_beyond(&render(FEW)?);
    Ok(Figure {
        name: "largest web page, one core: renders",
        measured: f64::from(MANY - FEW) / seconds,
        unit: "1/s",
        wanted: Wanted::AtLeast(2000.0),
    })
}

/// Builds the bench, and says where it is.
fn built(root: &Path) -> anyhow::Result<PathBuf> {
    let mut command = cargo(root);
    command.args(["bench", "--quiet", "--no-run", "--package", "offhook-web", "--bench", "pages"]);
    let output = command.args(["--message-format", "json"]).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        bail!("the build failed");
    }
    let messages = String::from_utf8(output.stdout)?;
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let executables = messages.filter(|message| message["target"]["name"] == "pages");
    let path = executables.filter_map(|message| message["executable"].as_str().map(PathBuf::from)).next_back();
    path.context("cargo does not say where the bench is")
}
