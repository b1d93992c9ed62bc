//! Draws how the jitter buffer does against fixed waits: `cargo run -p offhook-media --example jitter [FILE.svg]`.

mod network;
mod plot;

use network::{DELAYS, adaptive, fixed, lost, networks};

fn main() -> std::io::Result<()> {
    let path = std::env::args().nth(1).unwrap_or_else(|| "target/jitter.svg".to_owned());
    let networks = networks();
    println!("{:44} {:>6} {:>9} {:>9}  a fixed wait that makes up as little", "network", "lost", "made up", "wait");
    for network in &networks {
        let (heard, _) = adaptive(network, DELAYS);
        let alike = (1..100).map(|step| fixed(network, f64::from(step) * 5.0));
        let alike = alike.into_iter().find(|fixed| fixed.concealed <= heard.concealed);
        let alike = alike.map_or("none".to_owned(), |fixed| format!("{:.0} ms", fixed.delay));
        let share = |share: f64| format!("{:.2} %", share * 100.0);
        println!(
            "{:44} {:>6} {:>9} {:>6.0} ms  {alike}",
            network.name,
            share(lost(network)),
            share(heard.concealed),
            heard.delay
        );
    }
    std::fs::write(&path, plot::svg(&networks))?;
    println!("drawn to {path}");
    Ok(())
}
