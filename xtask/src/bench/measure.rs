//! What a program uses while it runs, as the kernel counts it.

use std::process::{Command, Stdio};
use std::thread;
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

/// How many cores the machine gives to a program that would take all, beside what else it does now.
pub(super) fn cores() -> f64 {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let alone = spin();
    let together: u64 = thread::scope(|scope| {
        let spinning: Vec<_> = (0..threads).map(|_| scope.spawn(spin)).collect();
        spinning.into_iter().map(|thread| thread.join().unwrap_or_default()).sum()
    });
    (together as f64 / alone.max(1) as f64).clamp(1.0, threads as f64)
}

/// The work that one thread gets done in a while.
fn spin() -> u64 {
    const WHILE: Duration = Duration::from_millis(300);
    let begin = Instant::now();
    let mut rounds = 0;
    while begin.elapsed() < WHILE {
        (0..1000_u64).for_each(|i| {
            std::hint::black_box(i * i);
        });
        rounds += 1;
    }
    rounds
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
