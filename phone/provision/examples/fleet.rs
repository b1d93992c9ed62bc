//! A fleet that powers up: many light phones in one process, each with its own address, state folder and schedule.
//!
//! `cargo xtask fleet` starts it beside a web server and shows what that server saw. A light phone is the real
//! provisioning code over the real store, without screen, signalling and sound. It was pre-provisioned with the places of its
//! files, asks for them as its schedule says, and is done when the number of its line is in force.

#![expect(clippy::unwrap_used, reason = "a simulation may stop")]

use std::io::BufRead as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Parser;
use jiff::Timestamp;
use offhook_provision::schedule::{Event, Now, Schedule, Spread};
use offhook_provision::{Provisioner, Unit};
use offhook_settings::Layer;
use offhook_store::Store;
use tokio::sync::Barrier;

/// Powers a fleet up, and says when each phone had its number, in milliseconds as a JSON array.
///
/// It says `flashed` when all phones are ready, and waits for a line of input: the end of the power cut, which several
/// processes can have at the same moment.
#[derive(Parser)]
struct Args {
    /// The number of the first phone, from which its address and its line's number are made
    #[arg(long, default_value_t = 0)]
    first: u64,
    /// How many phones
    #[arg(long)]
    phones: u64,
    /// The pre-provisioning file that every phone starts with
    #[arg(long)]
    pre_provisioning: PathBuf,
    /// Where the phones keep their state, a folder each
    #[arg(long)]
    state: PathBuf,
    /// All phones ask at the same moment, as they would without the spread that is made from their addresses
    #[arg(long)]
    at_once: bool,
    /// After how many seconds a phone without its number is lost
    #[arg(long, default_value_t = 300)]
    patience: u64,
}

fn main() {
    let args = Args::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(power_up(&args));
}

async fn power_up(args: &Args) {
    let file = std::fs::read(&args.pre_provisioning).unwrap();
    let phones = (args.first..args.first + args.phones).map(|index| Phone::flash(index, &args.state, &file));
    let phones: Vec<_> = phones.collect();
    let power = Arc::new(Barrier::new(phones.len() + 1));
    let patience = Duration::from_secs(args.patience);
    let tasks: Vec<_> = phones
        .into_iter()
        .map(|phone| {
            let power = Arc::clone(&power);
            let spread = if args.at_once { Spread::NONE } else { Spread::of_unit(phone.unit.mac) };
            tokio::spawn(async move {
                power.wait().await;
                let ready = tokio::time::timeout(patience, phone.live(spread)).await.ok();
                ready.map(|after| u64::try_from(after.as_millis()).unwrap())
            })
        })
        .collect();
    println!("flashed");
    std::io::stdin().lock().lines().next();
    power.wait().await;
    let mut times = Vec::new();
    for task in tasks {
        times.push(task.await.unwrap());
    }
    println!("{}", serde_json::to_string(&times).unwrap());
}

struct Phone {
    unit: Unit,
    number: String,
    store: Store,
    folder: PathBuf,
}

impl Phone {
    fn flash(index: u64, state: &Path, file: &[u8]) -> Self {
        let [.., a, b, c] = index.to_be_bytes();
        let unit = Unit { mac: [0, 0x80, 0xf0, a, b, c], model: "KX-UT670".to_owned(), firmware: "00.010".to_owned() };
        let folder = state.join(index.to_string());
        let (store, _) = Store::open(&folder).unwrap();
        store.replace(Layer::PreProvisioning, file, "the factory").unwrap();
        Self { unit, number: (100_000 + index).to_string(), store, folder }
    }

    /// Follows the schedule until the number is in force, and says how long that took.
    async fn live(self, spread: Spread) -> Duration {
        let begin = Instant::now();
        let now = || Now { up: begin.elapsed(), clock: Some(Timestamp::now()) };
        let mut provisioner = Provisioner::new(self.unit, self.store.clone(), &self.folder);
        let mut schedule = Schedule::new(spread, provisioner.plan());
        let mut event = Event::StartUp(Vec::new());
        loop {
            let step = schedule.handle(now(), event);
            let Some(action) = step.action else {
                let wake = step.wake.expect("a unit that has an interval always has something to wait for");
                tokio::time::sleep(wake.saturating_sub(begin.elapsed())).await;
                event = Event::Time;
                continue;
            };
            let outcome = provisioner.run(&action, now().clock).await;
            if self.store.snapshot().typed().lines[0].account.phone_number == self.number {
                return begin.elapsed();
            }
            schedule.handle(now(), Event::Settings(provisioner.plan()));
            event = Event::Finished(outcome);
        }
    }
}
