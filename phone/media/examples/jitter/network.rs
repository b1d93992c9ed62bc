//! Networks that lose and delay packets, and an ear at their end: with the phone's jitter buffer, or with a fixed wait.

use std::time::Duration;

use offhook_media::engine::Delays;
use offhook_media::jitter::{Buffer, Figures, Frame, Pace};
use offhook_media::rtp::Packet;

/// Milliseconds of voice in a packet.
pub(crate) const PACKET: f64 = 20.0;

/// Samples that a change of pace adds or takes, in ticks: a period of a voice of 160 Hz.
const PERIOD: u32 = 50;

/// The factory settings.
pub(crate) const DELAYS: Delays = Delays {
    minimum: Duration::from_millis(20),
    initial: Duration::from_millis(20),
    maximum: Duration::from_millis(200),
};

/// A packet on its way, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trip {
    /// When it was sent, by the clock of the receiver.
    pub(crate) sent: f64,
    /// When it came, if it did.
    pub(crate) came: Option<f64>,
}

/// A network, by name, and what it does to two minutes of packets.
pub(crate) struct Network {
    pub(crate) name: &'static str,
    pub(crate) trips: Vec<Trip>,
}

/// What the ear gets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Heard {
    /// Mean wait of what was played, beyond the fastest way through the network, in milliseconds.
    pub(crate) delay: f64,
    /// Share of voice that had to be made up, 0 to 1.
    pub(crate) concealed: f64,
}

/// All networks of the plot.
pub(crate) fn networks() -> Vec<Network> {
    let make = |name, seed, trip: fn(&mut Random, f64) -> Option<f64>| network(name, seed, 0.0, trip);
    vec![
        make("office: little jitter", 1, |random, _| Some(random.exponential(1.5))),
        make("DSL with uploads: jitter of 15 ms", 2, |random, _| Some(random.exponential(15.0))),
        bursts(),
        wireless(),
        mobile(),
        network("clock 200 ppm fast, jitter of 5 ms", 6, 200.0, |random, _| Some(random.exponential(5.0))),
        network("clock 200 ppm slow, jitter of 5 ms", 7, -200.0, |random, _| Some(random.exponential(5.0))),
        make("satellite with reordering", 8, |random, _| {
            Some(random.exponential(4.0) + if random.chance(0.05) { 35.0 } else { 0.0 })
        }),
    ]
}

/// Packets of two minutes, each delayed or lost on its own.
fn network(name: &'static str, seed: u64, ppm: f64, trip: fn(&mut Random, f64) -> Option<f64>) -> Network {
    let mut random = Random(seed);
    let trips = (0..6000).map(|number| {
        let sent = f64::from(number) * PACKET * (1.0 - ppm / 1e6);
        Trip { sent, came: trip(&mut random, sent).map(|delay| sent + delay) }
    });
    Network { name, trips: trips.collect() }
}

/// Losses of a Gilbert-Elliott channel: 2 % in all, in bursts of four on the mean; some jitter.
fn bursts() -> Network {
    let mut random = Random(3);
    let mut bad = false;
    let trips = (0..6000).map(|number| {
        let sent = f64::from(number) * PACKET;
        bad = if bad { !random.chance(0.25) } else { random.chance(0.0051) };
        Trip { sent, came: (!bad).then(|| sent + random.exponential(5.0)) }
    });
    Network { name: "Gilbert-Elliott: 2 % loss in bursts of 4", trips: trips.collect() }
}

/// As in traces of busy wireless networks: now and then nothing gets through for 40 to 120 ms, and then all at once.
fn wireless() -> Network {
    let mut random = Random(4);
    let mut blocked_until = 0.0;
    let trips = (0..6000).map(|number| {
        let sent = f64::from(number) * PACKET;
        if random.chance(0.008) {
            blocked_until = sent + 40.0 + random.even() * 80.0;
        }
        let came = (sent + random.exponential(3.0)).max(blocked_until + random.even());
        Trip { sent, came: (!random.chance(0.002)).then_some(came) }
    });
    Network { name: "wireless: stalls of 40 to 120 ms", trips: trips.collect() }
}

/// As in traces of mobile networks: a delay that wanders over seconds, and a step when the cell changes.
fn mobile() -> Network {
    let mut random = Random(5);
    let mut load: f64 = 10.0;
    let trips = (0..6000).map(|number| {
        let sent = f64::from(number) * PACKET;
        load = (load + random.normal() * 1.5).clamp(0.0, 60.0);
        let step = if sent > 60_000.0 { 30.0 } else { 0.0 };
        let lost = random.chance(0.005);
        Trip { sent, came: (!lost).then(|| sent + step + load + random.exponential(4.0)) }
    });
    Network { name: "mobile: wandering delay, a step of 30 ms", trips: trips.collect() }
}

/// With the phone's jitter buffer. The device takes 10 ms of sound at a time.
pub(crate) fn adaptive(network: &Network, delays: Delays) -> (Heard, Figures) {
    let mut arrivals: Vec<_> =
        (0u32..).zip(&network.trips).filter_map(|(number, trip)| Some((trip.came?, number))).collect();
    arrivals.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut arrivals = arrivals.into_iter().peekable();
    let mut buffer = Buffer::new(delays);
    let (mut queued, mut waits, mut now) = (0u32, Vec::new(), 0.0);
    while arrivals.peek().is_some() || now < network.trips[network.trips.len() - 1].sent {
        now += 10.0;
        while let Some((came, number)) = arrivals.next_if(|(came, _)| *came <= now) {
            let payload = number.to_be_bytes();
            let packet = Packet {
                marker: false,
                payload_type: 0,
                sequence: number as u16,
                timestamp: number * 160,
                ssrc: 1,
                payload: &payload,
            };
            buffer.put(ms(came), &packet, 160, 0);
        }
        while queued < 80 {
            let heard_at = now + f64::from(queued) / 8.0;
            let (frame, pace) = buffer.next(ms(now), ms(f64::from(queued) / 8.0));
            let mut duration = match frame {
                Frame::Packet { payload, duration, .. } => {
                    let number = u32::from_be_bytes(payload.try_into().unwrap_or_default());
                    waits.push(heard_at - network.trips[number as usize].sent);
                    duration
                }
                Frame::Lost { duration, .. } | Frame::Silence { duration } => duration,
            };
            match pace {
                Pace::Normal => {}
                Pace::Faster => duration -= PERIOD,
                Pace::Slower => duration += PERIOD,
            }
            queued += duration;
        }
        queued -= 80;
    }
    let figures = buffer.figures();
    let delay = waits.iter().sum::<f64>() / waits.len() as f64 - fastest(network);
    (Heard { delay, concealed: figures.concealed as f64 / figures.played as f64 }, figures)
}

/// With a wait of so many milliseconds from the first packet on.
pub(crate) fn fixed(network: &Network, wait: f64) -> Heard {
    let first = network.trips.iter().find_map(|trip| Some(trip.came? - trip.sent)).unwrap_or(0.0);
    let start = network.trips[0].sent + first + wait;
    let (mut waits, mut concealed) = (Vec::new(), 0usize);
    for (number, trip) in network.trips.iter().enumerate() {
        // The ear counts by its own clock, whatever that of the sender does.
        let played = start + number as f64 * PACKET;
        match trip.came.filter(|came| *came <= played) {
            Some(_) => waits.push(played - trip.sent),
            None => concealed += 1,
        }
    }
    let delay = waits.iter().sum::<f64>() / waits.len().max(1) as f64 - fastest(network);
    Heard { delay, concealed: concealed as f64 / network.trips.len() as f64 }
}

/// Share of packets that the network lost.
pub(crate) fn lost(network: &Network) -> f64 {
    network.trips.iter().filter(|trip| trip.came.is_none()).count() as f64 / network.trips.len() as f64
}

fn fastest(network: &Network) -> f64 {
    network.trips.iter().filter_map(|trip| Some(trip.came? - trip.sent)).fold(f64::INFINITY, f64::min)
}

fn ms(milliseconds: f64) -> Duration {
    Duration::from_secs_f64(milliseconds / 1000.0)
}

/// The same numbers in each run.
struct Random(u64);

impl Random {
    fn even(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn chance(&mut self, share: f64) -> bool {
        self.even() < share
    }

    fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.even()).ln()
    }

    /// Of twelve even ones.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.even()).sum::<f64>() - 6.0
    }
}
