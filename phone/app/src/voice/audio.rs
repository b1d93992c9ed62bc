//! The audio thread: drives the engine every 10 ms while anything sounds, and sleeps while nothing does.
//!
//! It keeps its pace by absolute moments of the kernel's clock, so that delays do not add up. It allocates nothing, and takes
//! no lock: commands, sockets and events cross in queues that lock nothing.

use std::collections::BTreeSet;
use std::io::{self, IoSliceMut};
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::{AsFd, AsRawFd};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::Context;
use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use nix::sys::socket::{ControlMessageOwned, MsgFlags, SockaddrStorage, recvmsg};
use nix::sys::time::TimeSpec;
use nix::time::{ClockId, ClockNanosleepFlags, clock_gettime, clock_nanosleep};
use offhook_call::output::OpenPorts;
use offhook_media::audio::{Choice, Device, Tell};
use offhook_media::engine::{self, ChannelId, Command, Engine, Event, Handle, Listening, Music, Port};
use offhook_params::Settings;
use offhook_system::Clock;
use offhook_web::Level;
use rtrb::{Consumer, Producer, RingBuffer};

use crate::net::{canonical, mapped, mark_voice, voice_socket};
use crate::unit::Journal;

/// How often events of the engine are looked for while it runs.
const LOOK: Duration = Duration::from_millis(20);

/// How often the journal is told that sound comes late.
const TELL: Duration = Duration::from_secs(10);

/// How long the engine goes on after everything has ended, so that it ends softly.
const TAIL: Duration = Duration::from_millis(500);

/// What the thread has to do is little, and must not wait for what others have: -20 comes first, 19 last.
const NICE: i32 = -15;

/// Sockets that may wait to be taken or closed.
const ORDERS: usize = 128;

/// The longest packet of voice that anybody sends, and more.
const PACKET: usize = 2048;

/// Packets from before a call that are thrown away: more than fit into the kernel's buffer.
const OLD: usize = 1024;

/// Packets that one socket may bring in one turn: of voice, one comes, or what a network in trouble has held back. A flood
/// beyond it is left to the kernel to drop, and takes no time from others.
const BATCH: usize = 64;

/// Packets are fetched every 10 ms; what seems to be much older comes from a clock that was set.
const LONG_AGO: Duration = Duration::from_millis(100);

/// 1900 to 1970, between the epoch of NTP and that of Unix (RFC 5905, section 6).
const NTP: Duration = Duration::from_secs(2_208_988_800);

/// The end of the audio thread that the event loop holds. The thread ends with it.
pub(super) struct Audio {
    handle: Handle,
    sockets: Producer<Order>,
    /// Open for the next call.
    ahead: Option<Arc<Pair>>,
    /// What the thread has, or has not come to lay down yet. A call that is taken back from hold at once gets its sockets
    /// from here, and nobody waits for its ports.
    open: Vec<Open>,
    shared: Arc<Shared>,
    activity: Activity,
    thread: Option<JoinHandle<()>>,
    /// What was told last about frames that came late, and when.
    told: (engine::Load, Duration),
}

#[derive(Debug, Default)]
struct Shared {
    /// The thread drives the engine; otherwise it sleeps until it is woken.
    awake: AtomicBool,
    ends: AtomicBool,
}

/// Sockets that were given to the thread.
struct Open {
    /// Whose they are; nobody's once they are to be closed.
    channel: Option<ChannelId>,
    pair: Arc<Pair>,
}

/// Sockets for the audio thread.
enum Order {
    Open(Sockets),
    Close(ChannelId),
}

struct Sockets {
    channel: ChannelId,
    pair: Arc<Pair>,
}

/// Bound sockets for RTP, at this port, and for RTCP, at the next one.
struct Pair {
    port: u16,
    rtp: UdpSocket,
    rtcp: UdpSocket,
    is_v6: bool,
}

impl Pair {
    fn bind(port: u16) -> io::Result<Self> {
        let (rtp, is_v6) = voice_socket(port)?;
        let (rtcp, _) = voice_socket(port + 1)?;
        Ok(Pair { port, rtp, rtcp, is_v6 })
    }
}

impl Audio {
    /// Starts the thread, asleep. Moments count from `base`.
    ///
    /// # Errors
    /// The device cannot be opened, or the system refuses.
    pub(super) fn start(
        base: Instant,
        device: &Choice,
        tell: &Tell,
        settings: &Settings,
        clock: &Clock,
    ) -> anyhow::Result<Self> {
        let device = device.open(tell).with_context(|| format!("opening the sound device {device}"))?;
        let mut seed = [0; 16];
        getrandom::fill(&mut seed).map_err(|error| anyhow::anyhow!("the system gives no random bits: {error}"))?;
        let (first, second) = seed.split_at(8);
        let number = |bytes: &[u8]| bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
        let unix = clock.now().map_or(Duration::ZERO, |now| Duration::try_from(now.as_duration()).unwrap_or_default());
        let config = engine::Config {
            seed: number(first),
            // Who calls is told by signalling, to whom it should be; RFC 7022 has reports name nobody.
            name: format!("{:016x}", number(second)),
            epoch: (NTP + unix).saturating_sub(base.elapsed()),
        };
        let (engine, handle) = engine::new(config, settings);
        let (sockets, orders) = RingBuffer::new(ORDERS);
        let shared = Arc::new(Shared::default());
        let driver = Driver::new(engine, device, orders, Arc::clone(&shared), base).context("the audio thread")?;
        let thread = thread::Builder::new().name("audio".to_owned()).spawn(move || driver.run())?;
        let (activity, told) = (Activity::default(), (engine::Load::default(), Duration::ZERO));
        Ok(Audio { handle, sockets, ahead: None, open: Vec::new(), shared, activity, thread: Some(thread), told })
    }

    /// Plays this file to those who are on hold.
    ///
    /// # Errors
    /// It cannot be read, or holds no sound.
    pub(super) fn play_on_hold(&mut self, file: &Path) -> anyhow::Result<()> {
        let music = Music::read(file).context("reading the music on hold")?;
        Ok(self.handle.set_music(Some(music))?)
    }

    /// Opens the ports of the next call ahead, before anybody is told of them.
    ///
    /// # Errors
    /// Other programs have them.
    pub(super) fn prepare(&mut self, port: u16) -> io::Result<()> {
        if self.ahead.as_ref().is_none_or(|pair| pair.port != port) {
            self.open.extend(self.ahead.take().map(|pair| Open { channel: None, pair }));
            self.tidy();
            self.ahead = Some(self.take(port)?);
        }
        Ok(())
    }

    /// Hands the sockets of a channel to the thread.
    ///
    /// # Errors
    /// Other programs have the ports.
    pub(super) fn open(&mut self, ports: &OpenPorts) -> io::Result<()> {
        let pair = match self.ahead.take_if(|pair| pair.port == ports.port) {
            Some(pair) => pair,
            None => self.take(ports.port)?,
        };
        // What came before the call is not for it.
        let mut old = [0; 1];
        (0..OLD).take_while(|_| pair.rtp.recv(&mut old).is_ok()).count();
        mark_voice(&pair.rtp, pair.is_v6, ports.rtp)?;
        mark_voice(&pair.rtcp, pair.is_v6, ports.rtcp)?;
        self.order(Order::Open(Sockets { channel: ports.channel, pair: Arc::clone(&pair) }))?;
        self.open.push(Open { channel: Some(ports.channel), pair });
        Ok(())
    }

    /// Closes them, as soon as the thread has laid them down.
    pub(super) fn close(&mut self, channel: ChannelId) {
        // A thread that takes no orders any more has other troubles.
        let _ = self.order(Order::Close(channel));
        self.open.iter_mut().filter(|open| open.channel == Some(channel)).for_each(|open| open.channel = None);
    }

    /// Sockets at a port, those that were there a moment ago before others.
    fn take(&mut self, port: u16) -> io::Result<Arc<Pair>> {
        match self.open.iter().position(|open| open.channel.is_none() && open.pair.port == port) {
            Some(at) => Ok(self.open.swap_remove(at).pair),
            None => Ok(Arc::new(Pair::bind(port)?)),
        }
    }

    /// Closes what the thread has laid down.
    fn tidy(&mut self) {
        self.open.retain(|open| open.channel.is_some() || Arc::strong_count(&open.pair) > 1);
    }

    /// Tells the engine.
    pub(super) fn send(&mut self, now: Duration, command: Command, journal: &Journal) {
        self.activity.sent(now, &command);
        if let Err(error) = self.handle.send(now, command) {
            journal.tell(Level::Error, error);
        }
        self.wake();
    }

    /// Gives the engine changed settings.
    pub(super) fn set(&mut self, now: Duration, settings: &Settings, journal: &Journal) {
        self.activity.touch(now);
        if let Err(error) = self.handle.set(settings) {
            journal.tell(Level::Error, error);
        }
        self.wake();
    }

    /// What happened in the engine; puts the thread to sleep once nothing sounds.
    pub(super) fn poll(&mut self, now: Duration) -> Option<Event> {
        self.tidy();
        let event = self.handle.poll();
        match &event {
            Some(event) => self.activity.heard(event),
            None if self.activity.is_over(now) && self.open.iter().all(|open| open.channel.is_some()) => {
                self.shared.awake.store(false, Ordering::Release)
            }
            None => {}
        }
        event
    }

    /// How well the thread keeps its pace. Tells the journal if it did not since that was told last.
    pub(super) fn load(&mut self, now: Duration, journal: &Journal) -> engine::Load {
        let (load, (before, at)) = (self.handle.load(), self.told);
        let missed = load.missed - before.missed;
        if missed == 0 || now < at + TELL {
            return load;
        }
        self.told = (load, now);
        let frames = load.frames - before.frames;
        let worst = load.worst.as_millis();
        journal.tell(
            Level::Warning,
            format_args!("sound: {missed} of {frames} frames were late, the latest ever by {worst} ms"),
        );
        load
    }

    /// When to look for events again; never while the thread sleeps.
    pub(super) fn next_look(&self, now: Duration) -> Option<Duration> {
        self.shared.awake.load(Ordering::Acquire).then(|| now + LOOK)
    }

    fn order(&mut self, order: Order) -> io::Result<()> {
        let given = self.sockets.push(order).map_err(|_| io::Error::other("the audio thread takes no sockets"));
        self.wake();
        given
    }

    fn wake(&mut self) {
        self.shared.awake.store(true, Ordering::Release);
        if let Some(thread) = &self.thread {
            thread.thread().unpark();
        }
    }
}

impl Drop for Audio {
    fn drop(&mut self) {
        self.shared.ends.store(true, Ordering::Release);
        self.wake();
        if let Some(thread) = self.thread.take() {
            // One that has panicked has said so.
            let _ = thread.join();
        }
    }
}

/// What goes on in the engine, as far as it can be told from outside.
#[derive(Debug, Default)]
struct Activity {
    channels: BTreeSet<ChannelId>,
    listens: bool,
    rings: bool,
    last: Duration,
}

impl Activity {
    fn sent(&mut self, now: Duration, command: &Command) {
        self.touch(now);
        match command {
            Command::Open { channel, .. } => {
                self.channels.insert(*channel);
            }
            Command::Listen(listening) => self.listens = *listening != Listening::Off,
            Command::Ring(_) => self.rings = true,
            Command::StopRinging => self.rings = false,
            // Tones and keys are heard by those who listen, and by the speaker for a moment.
            _ => {}
        }
    }

    fn heard(&mut self, event: &Event) {
        if let Event::Closed(channel, ..) = event {
            self.channels.remove(channel);
        }
    }

    fn touch(&mut self, now: Duration) {
        self.last = now;
    }

    fn is_over(&self, now: Duration) -> bool {
        self.channels.is_empty() && !self.listens && !self.rings && now >= self.last + TAIL
    }
}

/// What the thread owns.
struct Driver {
    engine: Engine,
    device: Box<dyn Device>,
    orders: Consumer<Order>,
    shared: Arc<Shared>,
    base: Instant,
    /// The moment zero, by the clock of the kernel.
    zero: Duration,
    sockets: Outlets,
    ready: Epoll,
    /// Where the kernel writes when a packet came.
    stamp: Vec<u8>,
}

/// Where packets leave: the sockets of all channels.
struct Outlets(Vec<Sockets>);

impl Driver {
    fn new(
        engine: Engine,
        device: Box<dyn Device>,
        orders: Consumer<Order>,
        shared: Arc<Shared>,
        base: Instant,
    ) -> io::Result<Self> {
        let kernel = Duration::from(clock_gettime(ClockId::CLOCK_MONOTONIC)?);
        let zero = kernel.saturating_sub(base.elapsed());
        let ready = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        let sockets = Outlets(Vec::with_capacity(engine::MOST_CHANNELS));
        let stamp = nix::cmsg_space!(TimeSpec);
        Ok(Driver { engine, device, orders, shared, base, zero, sockets, ready, stamp })
    }

    fn run(mut self) {
        // For this thread alone, on Linux. Whoever may not have that has it as far as the machine is idle.
        let _ = rustix::process::setpriority_process(None, NICE);
        let mut packet = [0; PACKET];
        while !self.shared.ends.load(Ordering::Acquire) {
            self.take_orders();
            if self.shared.awake.load(Ordering::Acquire) {
                self.turn(&mut packet);
            } else {
                self.engine.rest();
                thread::park();
            }
        }
    }

    /// Hears, makes sound, speaks, and waits for the next frame.
    fn turn(&mut self, packet: &mut [u8; PACKET]) {
        self.receive(packet);
        self.engine.tick(self.base.elapsed(), self.device.as_mut(), &mut self.sockets);
        let next = TimeSpec::from(self.zero + self.engine.next_frame());
        // A signal wakes it early; the engine then waits for the next turn.
        let _ = clock_nanosleep(ClockId::CLOCK_MONOTONIC, ClockNanosleepFlags::TIMER_ABSTIME, &next);
    }

    fn take_orders(&mut self) {
        while let Ok(order) = self.orders.pop() {
            match order {
                Order::Open(sockets) => {
                    let key = u64::from(sockets.channel.0) << 1;
                    let Pair { rtp, rtcp, .. } = &*sockets.pair;
                    // A channel whose sockets nobody reads is silent, and its call ends.
                    let _ = self.ready.add(rtp.as_fd(), EpollEvent::new(EpollFlags::EPOLLIN, key));
                    let _ = self.ready.add(rtcp.as_fd(), EpollEvent::new(EpollFlags::EPOLLIN, key | 1));
                    self.sockets.0.push(sockets);
                }
                // The event loop holds them too, and closes them.
                Order::Close(channel) => {
                    for Sockets { pair, .. } in self.sockets.0.iter().filter(|sockets| sockets.channel == channel) {
                        // Those that could not be added are not there.
                        let _ = self.ready.delete(pair.rtp.as_fd());
                        let _ = self.ready.delete(pair.rtcp.as_fd());
                    }
                    self.sockets.0.retain(|sockets| sockets.channel != channel);
                }
            }
        }
    }

    /// Gives the engine what has come.
    fn receive(&mut self, packet: &mut [u8; PACKET]) {
        let mut events = [EpollEvent::empty(); 2 * engine::MOST_CHANNELS];
        let Ok(count) = self.ready.wait(&mut events, EpollTimeout::ZERO) else { return };
        let now = self.base.elapsed();
        let clock = clock_gettime(ClockId::CLOCK_REALTIME).map_or(Duration::ZERO, Duration::from);
        for event in &events[..count] {
            let channel = ChannelId((event.data() >> 1) as u16);
            let port = if event.data() & 1 == 0 { Port::Rtp } else { Port::Rtcp };
            let Some(socket) = self.sockets.get(channel, port) else { continue };
            for _ in 0..BATCH {
                match receive_from(socket, packet, &mut self.stamp) {
                    Ok((length, from, stamp)) => {
                        // A clock that was set meanwhile says nothing.
                        let age = stamp.and_then(|stamp| clock.checked_sub(stamp)).unwrap_or_default().min(LONG_AGO);
                        let at = now.saturating_sub(age);
                        self.engine.receive(at, channel, port, canonical(from), &mut packet[..length]);
                    }
                    Err(Errno::EAGAIN) => break,
                    // The other side has closed its port, which signalling tells better.
                    Err(_) => {}
                }
            }
        }
    }
}

/// A datagram's length, whom it is from, and when the kernel got it, by the clock of the day.
fn receive_from(
    socket: &UdpSocket,
    packet: &mut [u8; PACKET],
    stamp: &mut [u8],
) -> nix::Result<(usize, SocketAddr, Option<Duration>)> {
    let mut parts = [IoSliceMut::new(packet)];
    let message = recvmsg::<SockaddrStorage>(socket.as_raw_fd(), &mut parts, Some(stamp), MsgFlags::empty())?;
    let address = message.address.as_ref();
    let v4 = address.and_then(SockaddrStorage::as_sockaddr_in).map(|v4| SocketAddr::V4((*v4).into()));
    let v6 = || address.and_then(SockaddrStorage::as_sockaddr_in6).map(|v6| SocketAddr::V6((*v6).into()));
    let from = v4.or_else(v6).ok_or(Errno::EAFNOSUPPORT)?;
    let stamp = message.cmsgs()?.find_map(|part| match part {
        ControlMessageOwned::ScmTimestampns(time) => Some(Duration::from(time)),
        _ => None,
    });
    Ok((message.bytes, from, stamp))
}

impl Outlets {
    fn get(&self, channel: ChannelId, port: Port) -> Option<&UdpSocket> {
        let sockets = self.0.iter().find(|sockets| sockets.channel == channel)?;
        Some(match port {
            Port::Rtp => &sockets.pair.rtp,
            Port::Rtcp => &sockets.pair.rtcp,
        })
    }
}

impl engine::Network for Outlets {
    fn send(&mut self, channel: ChannelId, port: Port, to: SocketAddr, packet: &[u8]) {
        let Some(is_v6) = self.0.iter().find(|sockets| sockets.channel == channel).map(|sockets| sockets.pair.is_v6)
        else {
            return;
        };
        if let Some(socket) = self.get(channel, port) {
            // What the kernel does not take is lost, as on the way.
            let _ = socket.send_to(packet, if is_v6 { mapped(to) } else { to });
        }
    }
}

#[cfg(test)]
mod tests {
    use nix::sys::socket::{getsockopt, sockopt};
    use offhook_media::Codec;
    use offhook_media::codec::Tuning;
    use offhook_media::engine::{Delays, Feed, Stream};
    use offhook_media::sdp::{Agreed, Direction};
    use offhook_params::ParamId;
    use offhook_params::types::Dscp;
    use offhook_system::Linux;

    use super::*;

    fn untold() -> Tell {
        Arc::new(|_| {})
    }

    /// A driver with so many channels, the end of its engine that others hold, and the sockets of its channels.
    fn driver(device: &Choice, sockets: usize) -> (Driver, Handle, Vec<Arc<Pair>>) {
        let settings = Settings::from_values(&|id: ParamId| id.default());
        let config = engine::Config { seed: 1, name: String::new(), epoch: Duration::ZERO };
        let (engine, handle) = engine::new(config, &settings);
        let (mut orders, taken) = RingBuffer::new(ORDERS);
        let device = device.open(&untold()).expect("it can be had");
        let mut driver =
            Driver::new(engine, device, taken, Arc::default(), Instant::now()).expect("the system has room");
        let bound = (20_000..60_000).step_by(2).filter_map(|port| Pair::bind(port).ok());
        let pairs: Vec<_> = bound.take(sockets).map(Arc::new).collect();
        for (channel, pair) in pairs.iter().enumerate() {
            let sockets = Sockets { channel: ChannelId(channel as u16), pair: Arc::clone(pair) };
            orders.push(Order::Open(sockets)).expect("there is room");
        }
        driver.take_orders();
        (driver, handle, pairs)
    }

    #[cfg(target_env = "gnu")]
    #[test]
    fn neither_sockets_nor_devices_without_hardware_use_the_heap() {
        let folder = tempfile::tempdir().expect("there is room");
        let [first, second] = ["first.wav", "second.wav"].map(|name| Some(folder.path().join(name)));
        let writes = Choice::Wav { input: None, output: first.clone() };
        let reads = Choice::Wav { input: first, output: second };
        for device in [Choice::Null, Choice::Loopback, writes, reads] {
            let (mut driver, mut handle, pairs) = driver(&device, 2);
            let remotes = [1, 0].map(|other: usize| SocketAddr::from(([127, 0, 0, 1], pairs[other].port)));
            for (channel, remote) in (0..).map(ChannelId).zip(remotes) {
                let agreed = Agreed {
                    remote: Some(remote),
                    remote_rtcp: Some(SocketAddr::new(remote.ip(), remote.port() + 1)),
                    direction: Direction::SendReceive,
                    held_here: false,
                    held_there: false,
                    closed: false,
                    codec: Codec::G722,
                    payload_type: 9,
                    tuning: Tuning::default(),
                    packet_time: Duration::from_millis(20),
                    accepts: vec![(9, Codec::G722)],
                    events: None,
                    keys: None,
                };
                let [minimum, maximum] = [20, 200].map(Duration::from_millis);
                let delays = Delays { minimum, initial: minimum, maximum };
                let reports = Some(Duration::from_secs(1));
                let stream = Stream { agreed, digits_inband: false, delays, reports };
                handle.send(Duration::ZERO, Command::Open { channel, stream }).expect("it is driven");
                handle.send(Duration::ZERO, Command::Feed(channel, Feed::Person)).expect("it is driven");
            }
            handle.send(Duration::ZERO, Command::Listen(Listening::On(engine::Path::Handset))).expect("it is driven");
            let (mut packet, mut heard) = ([0; PACKET], 0);
            while heard == 0 {
                let uses = super::super::heap::uses(|| driver.turn(&mut packet));
                assert_eq!(uses, 0, "{device}, after {:?}", driver.base.elapsed());
                assert!(driver.base.elapsed() < Duration::from_secs(30), "{device}: nothing is heard");
                while let Some(event) = handle.poll() {
                    if let Event::Report(_, report) = event {
                        heard = report.statistics.received;
                    }
                }
            }
        }
    }

    #[test]
    fn a_port_is_had_again_at_once_and_left_at_last() {
        let settings = Settings::from_values(&|id: ParamId| id.default());
        let clock = Clock::new(Arc::new(Linux::new()));
        let mut audio = Audio::start(Instant::now(), &Choice::Null, &untold(), &settings, &clock).expect("it starts");
        let port = (20_000..60_000).step_by(2).find(|port| audio.prepare(*port).is_ok()).expect("some port is free");
        let [rtp, rtcp] = [Dscp(46), Dscp(26)];
        for channel in (0..20).map(ChannelId) {
            audio.open(&OpenPorts { channel, port, rtp, rtcp }).expect("nobody else has it");
            let pair = &audio.open.last().expect("it is open").pair;
            for (socket, Dscp(mark)) in [(&pair.rtp, rtp), (&pair.rtcp, rtcp)] {
                let marks = (getsockopt(socket, sockopt::Ipv4Tos), getsockopt(socket, sockopt::Ipv6TClass));
                let mark = i32::from(mark) << 2;
                assert_eq!(marks, (Ok(mark), if pair.is_v6 { Ok(mark) } else { marks.1 }));
            }
            audio.close(channel);
        }
        audio.prepare(port).expect("it is the phone's own");
        let held = Arc::downgrade(audio.ahead.as_ref().expect("it was opened ahead"));
        (port + 2..60_000).step_by(2).find(|other| audio.prepare(*other).is_ok()).expect("another one is free");
        while !audio.open.is_empty() {
            thread::yield_now();
            assert!(audio.poll(Duration::from_secs(1)).is_none());
            assert!(
                audio.open.is_empty() || audio.next_look(Duration::ZERO).is_some(),
                "it looks until they are closed"
            );
        }
        assert_eq!(held.strong_count(), 0, "others may have the port");
    }

    #[test]
    fn a_flood_at_one_port_takes_no_turn_from_another() {
        let (mut driver, _handle, pairs) = driver(&Choice::Null, 2);
        let sender = UdpSocket::bind("127.0.0.1:0").expect("a port is free");
        let send = |pair: &Pair| sender.send_to(&[0], ("127.0.0.1", pair.port)).expect("it is sent");
        (0..=BATCH).for_each(|_| {
            send(&pairs[0]);
        });
        send(&pairs[1]);
        driver.receive(&mut [0; PACKET]);
        let left = |pair: &Pair| pair.rtp.recv(&mut [0]).is_ok();
        assert!(!left(&pairs[1]), "it has had its turn");
        assert!(left(&pairs[0]), "the flood has had its share");
        assert!(!left(&pairs[0]), "and no less");
    }

    #[test]
    fn packets_are_stamped_when_they_come() {
        for family in ["127.0.0.1", "::1"] {
            let pair = (20_000..60_000).step_by(2).find_map(|port| Pair::bind(port).ok()).expect("a port is free");
            let sender = UdpSocket::bind((family, 0)).expect("a port is free");
            let (mut packet, mut stamp) = ([0; PACKET], nix::cmsg_space!(TimeSpec));
            assert_eq!(receive_from(&pair.rtp, &mut packet, &mut stamp), Err(Errno::EAGAIN));
            sender.send_to(b"voice", (family, pair.port)).expect("it is sent");
            let wait = Duration::from_millis(30);
            thread::sleep(wait);
            let (length, from, came) = receive_from(&pair.rtp, &mut packet, &mut stamp).expect("it has come");
            assert_eq!(
                (&packet[..length], canonical(from)),
                (b"voice".as_slice(), sender.local_addr().expect("bound"))
            );
            let clock = Duration::from(clock_gettime(ClockId::CLOCK_REALTIME).expect("there is one"));
            let age = clock - came.expect("the kernel stamps it");
            assert!((wait..wait * 100).contains(&age), "{age:?}");
        }
    }

    #[test]
    fn the_thread_sleeps_when_nothing_sounds() {
        let second = Duration::from_secs(1);
        let mut activity = Activity::default();
        activity.sent(second, &Command::Ring(1));
        assert!(!activity.is_over(10 * second));
        activity.sent(10 * second, &Command::StopRinging);
        assert!(!activity.is_over(10 * second), "it dies away");
        assert!(activity.is_over(11 * second));
        activity.sent(12 * second, &Command::Listen(Listening::On(engine::Path::Handset)));
        assert!(!activity.is_over(20 * second));
        activity.sent(20 * second, &Command::Listen(Listening::Off));
        assert!(activity.is_over(21 * second));
    }
}
