//! What lines and calls cost, beside baresip in the same run: a start with six registrations, calls set up and torn down,
//! voice of twenty calls at once, and a phone that nobody uses.
//!
//! A registrar and caller of our own stands at the other end of both. CPU time is what the scheduler counts, in nanoseconds.

mod caller;
mod program;
mod voice;

use std::ffi::OsString;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use self::caller::Caller;
use self::program::{Kind, Program};
use self::voice::Codec;
use super::{Figure, Wanted};

/// Lines that register.
const LINES: u16 = 6;

/// Calls in a row.
const CALLS: u32 = 200;

/// Calls at once.
const AT_ONCE: usize = 20;

/// How long a phone is left alone before it is looked at, and while.
const SETTLE: Duration = Duration::from_secs(10);
const IDLE: Duration = Duration::from_secs(20);

/// What is aimed at, as a share of what baresip takes in the same run: CPU of PCMU and G.722, and how late packets come. When
/// baresip took 2.6 ms, 4.2 ms and 3.7 ms, the best of its kind took this.
const BEST_PCMU: f64 = 1.5 / 2.6;
const BEST_G722: f64 = 2.8 / 4.2;
const BEST_SPACING: f64 = 0.9 / 3.7;

/// Starts of each program, the cheapest of which counts.
const STARTS: usize = 3;

/// Everything about calls; `offhook` is the executable.
pub(super) fn figures(offhook: &Path, folder: &Path) -> anyhow::Result<Vec<Figure>> {
    let stage = Stage { offhook, folder, under: &[] };
    let mut figures = stage.starts()?;
    figures.extend(stage.idle()?);
    figures.extend(stage.calls()?);
    figures.extend(stage.voice()?);
    Ok(figures)
}

/// What a phone does all day, for a program that watches it: it starts, registers and is left alone; `in_a_call`, it talks
/// too. `under` is the watcher with its words, which ends when the phone ends.
///
/// # Errors
/// When the phone does not do so, and when it does not end as it should.
pub(crate) fn watch(offhook: &Path, folder: &Path, under: &[OsString], in_a_call: bool) -> anyhow::Result<()> {
    let stage = Stage { offhook, folder, under };
    let (mut program, mut caller) = stage.speaking(Kind::WithPage, in_a_call.then_some(Codec::Pcmu.rate()))?;
    if in_a_call {
        for codec in [Codec::Pcmu, Codec::G722] {
            voice::measure(&program, &mut caller, codec, 1)?;
        }
    } else {
        let until = Instant::now() + SETTLE + IDLE;
        caller.serve_while(|| Ok(Instant::now() < until))?;
    }
    program.ask_to_end()?;
    let patience = Instant::now() + Duration::from_secs(60);
    caller.serve_while(|| match program.has_ended()? {
        false if Instant::now() > patience => bail!("the phone does not end"),
        ended => Ok(!ended),
    })
}

struct Stage<'a> {
    offhook: &'a Path,
    folder: &'a Path,
    /// The program that runs the phone with its words; none runs it as it is.
    under: &'a [OsString],
}

impl Stage<'_> {
    /// A program whose lines are registered, and the registrar that they are registered at.
    fn registered(&self, kind: Kind) -> anyhow::Result<(Program, Caller)> {
        self.speaking(kind, None)
    }

    /// The same, with something to say.
    fn speaking(&self, kind: Kind, rate: Option<u32>) -> anyhow::Result<(Program, Caller)> {
        let mut caller = Caller::new()?;
        let program = Program::start(kind, self, caller.port(), rate)?;
        caller.register(LINES).with_context(|| format!("{kind:?} does not register"))?;
        Ok((program, caller))
    }

    fn starts(&self) -> anyhow::Result<Vec<Figure>> {
        eprintln!("measuring starts with {LINES} registrations");
        let cpu = |kind| -> anyhow::Result<f64> {
            let mut best = f64::INFINITY;
            for _ in 0..STARTS {
                let (program, _) = self.registered(kind)?;
                best = best.min(program.cpu()?.as_secs_f64() * 1000.0);
            }
            Ok(best)
        };
        let (bare, page, theirs) = (cpu(Kind::Bare)?, cpu(Kind::WithPage)?, cpu(Kind::Baresip)?);
        Ok(vec![
            figure("start, six registrations: CPU without page", bare, "ms", Wanted::AtMost(theirs)),
            figure("start, six registrations: CPU with page", page, "ms", Wanted::Nothing),
            figure("start, six registrations: CPU of baresip", theirs, "ms", Wanted::Nothing),
        ])
    }

    /// Each program left alone, one after the other: two of ours would share their text, as no desk does.
    fn idle(&self) -> anyhow::Result<Vec<Figure>> {
        eprintln!("measuring three idle phones for {} s each", (SETTLE + IDLE).as_secs());
        let mut wakes = Vec::new();
        let mut memory = Vec::new();
        for kind in [Kind::Bare, Kind::WithPage, Kind::Baresip] {
            let (program, _caller) = self.registered(kind)?;
            thread::sleep(SETTLE);
            let before = program.wakes()?;
            thread::sleep(IDLE);
            wakes.push((program.wakes()? - before) as f64 / IDLE.as_secs_f64());
            memory.push(program.memory()? as f64 / 1024.0);
        }
        // Once in the time of looking is as rarely as can be told.
        let rarely = wakes[2].max(1.0 / IDLE.as_secs_f64());
        Ok(vec![
            figure("idle: wake-ups without page", wakes[0], "1/s", Wanted::AtMost(rarely)),
            figure("idle: wake-ups with page", wakes[1], "1/s", Wanted::AtMost(rarely)),
            figure("idle: wake-ups of baresip", wakes[2], "1/s", Wanted::Nothing),
            figure("30 s after the start: memory without page", memory[0], "MiB", Wanted::AtMost(memory[2])),
            figure("30 s after the start: memory with page", memory[1], "MiB", Wanted::Nothing),
            figure("30 s after the start: memory of baresip", memory[2], "MiB", Wanted::Nothing),
        ])
    }

    fn calls(&self) -> anyhow::Result<Vec<Figure>> {
        eprintln!("measuring {CALLS} calls in a row");
        let cpu = |kind| -> anyhow::Result<f64> {
            let (program, mut caller) = self.registered(kind)?;
            // The first ones load what all need.
            for _ in 0..10 {
                caller.call_and_end()?;
            }
            let before = program.cpu()?;
            for _ in 0..CALLS {
                caller.call_and_end()?;
            }
            Ok((program.cpu()? - before).as_secs_f64() * 1000.0 / f64::from(CALLS))
        };
        let (ours, theirs) = (cpu(Kind::Bare)?, cpu(Kind::Baresip)?);
        Ok(vec![
            figure("a call set up and torn down: CPU", ours, "ms", Wanted::AtMost(theirs)),
            figure("a call set up and torn down: CPU of baresip", theirs, "ms", Wanted::Nothing),
        ])
    }

    fn voice(&self) -> anyhow::Result<Vec<Figure>> {
        let mut figures = Vec::new();
        for (codec, best, names) in [
            (Codec::Pcmu, BEST_PCMU, ["PCMU: CPU of a call-second", "PCMU: CPU of a call-second of baresip"]),
            (Codec::G722, BEST_G722, ["G.722: CPU of a call-second", "G.722: CPU of a call-second of baresip"]),
        ] {
            eprintln!("measuring {AT_ONCE} calls at once, {codec:?}");
            let mut heard = Vec::new();
            for kind in [Kind::Bare, Kind::Baresip] {
                let (program, mut caller) = self.speaking(kind, Some(codec.rate()))?;
                heard.push(voice::measure(&program, &mut caller, codec, AT_ONCE)?);
            }
            let (ours, theirs) = (heard[0], heard[1]);
            figures.push(figure(names[0], ours.cpu, "ms", Wanted::AtMost(theirs.cpu * best)));
            figures.push(figure(names[1], theirs.cpu, "ms", Wanted::Nothing));
            if codec == Codec::Pcmu {
                figures.extend([
                    figure(
                        "packets: p99 of spacing beyond 20 ms",
                        ours.late,
                        "ms",
                        Wanted::AtMost(theirs.late * BEST_SPACING),
                    ),
                    figure("packets: p99 of spacing of baresip", theirs.late, "ms", Wanted::Nothing),
                    figure("packets: deviation of spacing", ours.deviation, "ms", Wanted::AtMost(theirs.deviation)),
                    figure("packets: deviation of spacing of baresip", theirs.deviation, "ms", Wanted::Nothing),
                ]);
            }
        }
        // baresip has no G.729.
        eprintln!("measuring {AT_ONCE} calls at once, {:?}", Codec::G729);
        let (program, mut caller) = self.speaking(Kind::Bare, Some(Codec::G729.rate()))?;
        let ours = voice::measure(&program, &mut caller, Codec::G729, AT_ONCE)?;
        figures.push(figure("G.729A: CPU of a call-second", ours.cpu, "ms", Wanted::Nothing));
        Ok(figures)
    }
}

fn figure(name: &'static str, measured: f64, unit: &'static str, wanted: Wanted) -> Figure {
    Figure { name, measured, unit, wanted }
}
