//! What a program uses while it runs, as the kernel counts it.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;
use wait4::Wait4;

/// What one run used.
pub(super) struct Used {
    /// Time on all cores together, in the program and in the kernel for it.
    pub(super) cpu: Duration,
    /// Time that passed.
    pub(super) wall: Duration,
    /// Largest resident set, in bytes.
    pub(super) peak_memory: usize,
    /// Whether it ended with 0.
    pub(super) success: bool,
}

impl Used {
    /// Seconds of CPU time beyond those of a smaller run.
    pub(super) fn cpu_beyond(&self, smaller: &Self) -> f64 {
        // A microsecond keeps ratios finite where the clock is coarse.
        self.cpu.saturating_sub(smaller.cpu).as_secs_f64().max(1e-6)
    }
}

/// Runs a program twice, without its output, and takes the faster run: the first one may have waited for the disk.
pub(super) fn measure(command: &mut Command) -> anyhow::Result<Used> {
    let first = once(command)?;
    let second = once(command)?;
    Ok(if second.cpu < first.cpu { second } else { first })
}

fn once(command: &mut Command) -> anyhow::Result<Used> {
    let begin = Instant::now();
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let child = child.with_context(|| format!("starting {}", command.get_program().display()))?;
    let result = child.wait4()?;
    Ok(Used {
        cpu: result.rusage.utime + result.rusage.stime,
        wall: begin.elapsed(),
        peak_memory: usize::try_from(result.rusage.maxrss)?,
        success: result.status.success(),
    })
}
