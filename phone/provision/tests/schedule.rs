//! The scheduler in virtual time: single days, years, and laws over random lives.

use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use offhook_params::rules::Values;
use offhook_params::types::Macros;
use offhook_params::{Kind, lookup};
use offhook_provision::Location;
use offhook_provision::schedule::{Action, Cause, Event, Now, Outcome, Plan, Schedule, Spread, Step};
use offhook_settings::{Layer, LayerValues, Layers, Method, Origin};
use proptest::prelude::*;

const UNIT: Macros<'_> = Macros { mac: [0, 0x80, 0xf0, 1, 2, 3], model: "KX-UT670", firmware: "01.000" };
const MINUTE: Duration = Duration::from_secs(60);

/// Settings over the factory values, as a standard file would make them.
fn plan(settings: &[(&str, &str)]) -> Plan {
    Plan::new(&layers(Layer::Standard, settings), &UNIT)
}

fn layers(layer: Layer, settings: &[(&str, &str)]) -> Layers {
    let mut values = LayerValues::new();
    for (name, value) in settings {
        let id = lookup(name).expect("a setting").id;
        values.set(id, *value, Origin::by(Method::File)).expect("a value");
    }
    Layers::stacked([(layer, values)])
}

/// A unit in virtual time.
struct Unit {
    schedule: Schedule,
    up: Duration,
    /// The clock at the start; it runs on from there.
    started: Option<Timestamp>,
    wake: Option<Duration>,
}

impl Unit {
    fn new(settings: &[(&str, &str)], clock: Option<&str>) -> Self {
        let started = clock.map(|text| text.parse().expect("a time"));
        Self { schedule: Schedule::new(Spread::NONE, plan(settings)), up: Duration::ZERO, started, wake: None }
    }

    fn now(&self) -> Now {
        let clock = self.started.and_then(|t| t.checked_add(SignedDuration::try_from(self.up).expect("short")).ok());
        Now { up: self.up, clock }
    }

    fn at(&mut self, up: Duration, event: Event) -> Option<Action> {
        self.up = up;
        let Step { action, wake } = self.schedule.handle(self.now(), event);
        self.wake = wake;
        action
    }

    fn handle(&mut self, event: Event) -> Option<Action> {
        self.at(self.up, event)
    }

    /// Starts, and ends the start-up fetch so.
    fn started(mut self, outcome: Outcome) -> Self {
        let action = self.handle(Event::StartUp(Vec::new()));
        assert_eq!(cause(&action), Some(Cause::StartUp));
        assert_eq!(self.handle(Event::Finished(outcome)), None);
        self
    }

    /// Sleeps until the time-out, and takes what is due there.
    fn next(&mut self) -> Option<Action> {
        let wake = self.wake?;
        self.at(wake, Event::Time)
    }
}

fn cause(action: &Option<Action>) -> Option<Cause> {
    match action {
        Some(Action::Fetch(cause, _)) => Some(*cause),
        _ => None,
    }
}

const DONE: Outcome = Outcome { changed: false, access_error: false };
const CHANGED: Outcome = Outcome { changed: true, access_error: false };
const FAILED: Outcome = Outcome { changed: false, access_error: true };

#[test]
fn start_up_fetches_all_files_in_their_order() {
    let urls = [
        ("CFG_STANDARD_FILE_PATH", "http://s/{mac}.cfg"),
        ("CFG_MASTER_FILE_PATH", "http://m/"),
        ("CFG_PRODUCT_FILE_PATH", "tftp://p/"),
    ];
    let mut unit = Unit::new(&urls, None);
    let Some(Action::Fetch(Cause::StartUp, files)) = unit.handle(Event::StartUp(Vec::new())) else { panic!() };
    let shown: Vec<_> = files.iter().map(|f| format!("{} {}", f.layer, f.location.as_ref().expect("a URL"))).collect();
    assert_eq!(
        shown,
        ["master http://m/sip.cfg", "product tftp://p/KX-UT670.cfg", "standard http://s/0080f0010203.cfg"]
    );
    assert_eq!(unit.wake, None, "nothing is due while files are fetched");
    assert_eq!(unit.handle(Event::Finished(FAILED)), None);
    assert_eq!(unit.wake, None, "without CFG_CYCLIC there is no retry");
}

#[test]
fn start_up_waits_for_the_units_own_delay() {
    let spread = Spread::of_unit(UNIT.mac);
    let mut schedule = Schedule::new(spread, plan(&[]));
    let now = |up| Now { up, clock: None };
    let step = schedule.handle(now(10 * MINUTE), Event::StartUp(Vec::new()));
    assert_eq!(step, Step { action: None, wake: Some(10 * MINUTE + spread.start()) });
    let early = step.wake.expect("a time-out") - Duration::from_nanos(1);
    assert_eq!(schedule.handle(now(early), Event::Time), step);
    assert_eq!(cause(&schedule.handle(now(10 * MINUTE + spread.start()), Event::Time).action), Some(Cause::StartUp));
}

#[test]
fn intervals_and_retries() {
    let cyclic = [("CFG_CYCLIC", "Y"), ("CFG_CYCLIC_INTVL", "60"), ("CFG_RTRY_INTVL", "5")];
    let mut unit = Unit::new(&cyclic, None).started(DONE);
    for (outcome, wait, why) in [
        (DONE, 60, Cause::Interval),
        (FAILED, 60, Cause::Interval),
        (FAILED, 5, Cause::Retry),
        (CHANGED, 5, Cause::Retry),
        (DONE, 60, Cause::Interval),
    ] {
        let before = unit.up;
        assert_eq!(unit.wake, Some(before + wait * MINUTE));
        assert_eq!(cause(&unit.next()), Some(why));
        assert_eq!(unit.at(unit.up + MINUTE, Event::Finished(outcome)), None);
    }
    // The earlier one counts where the retry interval is the longer.
    let mut unit = Unit::new(&[("CFG_CYCLIC", "Y"), ("CFG_CYCLIC_INTVL", "10")], None).started(FAILED);
    assert_eq!(unit.wake, Some(10 * MINUTE));
    assert_eq!(cause(&unit.next()), Some(Cause::Interval));
}

#[test]
fn a_time_of_day_switches_intervals_off_even_without_a_clock() {
    let settings = [("CFG_CYCLIC", "Y"), ("CFG_CYCLIC_INTVL", "1"), ("CFG_RESYNC_TIME", "03:30")];
    let mut unit = Unit::new(&settings, None).started(FAILED);
    assert_eq!(unit.wake, None);
    assert_eq!(unit.at(1000 * MINUTE, Event::Time), None);
    // The clock is set at last: what has passed by then does not count.
    unit.started = Some("2024-01-01T00:00:00Z".parse().expect("a time"));
    assert_eq!(unit.handle(Event::Time), None);
    assert!(unit.wake.is_some());
    assert_eq!(cause(&unit.next()), Some(Cause::Daily));
}

#[test]
fn switched_off_means_never() {
    let settings = [("PROVISION_ENABLE", "N"), ("CFG_CYCLIC", "Y"), ("CFG_CYCLIC_INTVL", "1")];
    for more in [&[][..], &[("CFG_RESYNC_TIME", "03:30")]] {
        let mut unit = Unit::new(&[&settings[..], more].concat(), Some("2024-01-01T00:00:00Z"));
        let place = vec![Location::parse("tftp://h/f").expect("a URL")];
        for (minutes, event) in [(0, Event::StartUp(place)), (1, Event::Time), (2, Event::Notify), (5000, Event::Time)]
        {
            assert_eq!(unit.at(minutes * MINUTE, event), None);
            assert_eq!(unit.wake, None);
        }
        // A NOTIFY from that time is not made up for.
        let on = plan(&[("CFG_CYCLIC", "Y"), ("CFG_CYCLIC_INTVL", "40320")]);
        assert_eq!(unit.handle(Event::Settings(on)), None);
    }
}

#[test]
fn the_event_type_alone_asks_for_a_fetch() {
    let (factory, own) = (plan(&[]), plan(&[("CFG_RESYNC_FROM_SIP", "resync")]));
    for (header, by_factory, by_own) in [
        ("check-sync", true, false),
        ("check-sync;reboot=true", true, false),
        (" Check-Sync ; reboot=false", true, false),
        ("resync", false, true),
        ("check-sync-not", false, false),
        ("", false, false),
    ] {
        assert_eq!((factory.is_resync(header), own.is_resync(header)), (by_factory, by_own), "{header}");
    }
}

#[test]
fn a_notify_fetches_and_restarts() {
    for (outcome, restarts) in
        [(DONE, true), (CHANGED, true), (FAILED, false), (Outcome { changed: true, access_error: true }, true)]
    {
        let mut unit = Unit::new(&[], None).started(DONE);
        assert_eq!(cause(&unit.handle(Event::Notify)), Some(Cause::Notify));
        let action = unit.handle(Event::Finished(outcome));
        assert_eq!(action == Some(Action::Restart), restarts);
        assert_eq!(unit.wake, None);
    }
    let mut unit = Unit::new(&[], None);
    assert_eq!(cause(&unit.handle(Event::StartUp(Vec::new()))), Some(Cause::StartUp));
    assert_eq!(unit.handle(Event::Notify), None, "one fetch at a time");
    assert_eq!(cause(&unit.handle(Event::Finished(DONE))), Some(Cause::Notify));
}

#[test]
fn who_asks_gets_a_fetch_at_once_and_no_restart() {
    let mut unit = Unit::new(&[("CFG_CYCLIC", "Y"), ("CFG_CYCLIC_INTVL", "60")], None).started(DONE);
    assert_eq!(unit.schedule.next(unit.now()), Some((60 * MINUTE, Cause::Interval)));
    assert_eq!(cause(&unit.at(MINUTE, Event::Asked)), Some(Cause::Asked));
    assert_eq!(unit.schedule.next(unit.now()), None);
    assert_eq!(unit.handle(Event::Asked), None, "one fetch at a time");
    assert_eq!(cause(&unit.handle(Event::Finished(CHANGED))), Some(Cause::Asked));
    assert_eq!(unit.at(2 * MINUTE, Event::Finished(FAILED)), None);
    assert_eq!(unit.schedule.next(unit.now()), Some((32 * MINUTE, Cause::Retry)));
    // Who is to wait for its share of the start-up does not have to.
    let mut unit = Unit { schedule: Schedule::new(Spread::of_unit(UNIT.mac), plan(&[])), ..Unit::new(&[], None) };
    assert_eq!(unit.handle(Event::StartUp(Vec::new())), None);
    assert_eq!(cause(&unit.handle(Event::Asked)), Some(Cause::StartUp));
    let mut unit = Unit::new(&[("PROVISION_ENABLE", "N")], None);
    assert_eq!(unit.handle(Event::Asked), None, "switched off means never");
    assert_eq!(unit.handle(Event::Settings(plan(&[]))), None);
}

#[test]
fn files_that_move_the_files_are_followed_but_not_in_circles() {
    let at = |host: &str| plan(&[("CFG_STANDARD_FILE_PATH", &format!("http://{host}/f"))]);
    let mut unit = Unit::new(&[("CFG_STANDARD_FILE_PATH", "http://a/f")], None);
    assert_eq!(cause(&unit.handle(Event::StartUp(Vec::new()))), Some(Cause::StartUp));
    assert_eq!(unit.handle(Event::Settings(at("b"))), None);
    let action = unit.handle(Event::Finished(CHANGED));
    assert_eq!(cause(&action), Some(Cause::Moved));
    assert!(format!("{action:?}").contains("http://b/f"));
    assert_eq!(unit.handle(Event::Settings(at("a"))), None);
    assert_eq!(unit.handle(Event::Finished(CHANGED)), None, "a was asked already");
    // Files without end.
    assert_eq!(cause(&unit.handle(Event::Notify)), Some(Cause::Notify));
    let mut unit = Unit::new(&[], None);
    unit.handle(Event::StartUp(Vec::new()));
    let moves = (0..100).take_while(|n| {
        unit.handle(Event::Settings(at(&format!("h{n}"))));
        unit.handle(Event::Finished(CHANGED)).is_some()
    });
    assert_eq!(moves.count(), 4);
}

#[test]
fn pre_provisioning_comes_first_until_a_configuration_was_applied() {
    let places = || vec![Location::parse("tftp://10.0.0.1/KX-UT670.cfg").expect("a URL")];
    let first = |plan: Plan, places: Vec<Location>| {
        let mut schedule = Schedule::new(Spread::NONE, plan);
        let now = Now { up: Duration::ZERO, clock: None };
        (schedule.handle(now, Event::StartUp(places)).action, schedule)
    };
    let new = || Plan::new(&Layers::factory(), &UNIT);
    let now = Now { up: MINUTE, clock: None };

    let (action, mut schedule) = first(new(), places());
    assert_eq!(action, Some(Action::PreProvision(places())));
    // It was stored, so the unit restarts, and then it is configured.
    assert_eq!(schedule.handle(now, Event::Finished(CHANGED)).action, Some(Action::Restart));
    let stored = layers(Layer::PreProvisioning, &[("CFG_STANDARD_FILE_PATH", "http://h/{MAC}.cfg")]);
    assert_eq!(cause(&first(Plan::new(&stored, &UNIT), places()).0), Some(Cause::StartUp));

    // Without the file, or with one that says nothing, the start-up goes on.
    for outcome in [FAILED, DONE] {
        let (_, mut schedule) = first(new(), places());
        assert_eq!(cause(&schedule.handle(now, Event::Finished(outcome)).action), Some(Cause::StartUp));
    }

    // A factory reset arms it again.
    let mut schedule = Schedule::new(Spread::NONE, Plan::new(&stored, &UNIT));
    schedule.handle(now, Event::StartUp(places()));
    schedule.handle(now, Event::Reset(new()));
    let action = schedule.handle(now, Event::StartUp(places())).action;
    assert_eq!(action, Some(Action::PreProvision(places())));

    assert_eq!(cause(&first(new(), Vec::new()).0), Some(Cause::StartUp), "no option");
    for (name, value) in [("OPTION66_ENABLE", "N"), ("NET_CONNECTION_MODE", "Static")] {
        let mut values = LayerValues::new();
        values.set(lookup(name).expect("a setting").id, value, Origin::by(Method::Web)).expect("a value");
        let plan = Plan::new(&Layers::stacked([(Layer::User, values)]), &UNIT);
        assert_eq!(cause(&first(plan, places()).0), Some(Cause::StartUp), "{name}");
    }
}

/// Lives through this many days, every fetch taking a minute, and gives the moments of the daily ones.
fn days(zone: &str, time: &str, start: &str, days: u32) -> Vec<Timestamp> {
    let settings = [("CFG_RESYNC_TIME", time), ("TIME_ZONE_COUNTRY", zone)];
    let mut unit = Unit::new(&settings, Some(start)).started(DONE);
    let mut moments = Vec::new();
    while unit.wake.is_some_and(|wake| wake < days * 24 * 60 * MINUTE) {
        let action = unit.next();
        assert_eq!(cause(&action), Some(Cause::Daily));
        moments.push(unit.now().clock.expect("a clock"));
        assert_eq!(unit.at(unit.up + MINUTE, Event::Finished(DONE)), None);
    }
    moments
}

#[test]
fn every_date_of_twenty_years_has_one_daily_fetch_in_every_zone() {
    let id = lookup("TIME_ZONE_COUNTRY").expect("a setting").id;
    let Kind::Choice(zones) = &id.family().kind else { panic!("a choice") };
    for (n, zone) in zones.iter().enumerate() {
        let layers = layers(Layer::Standard, &[("TIME_ZONE_COUNTRY", zone.value)]);
        let tz = TimeZone::get(layers.typed().time_zone.time_zone.zone()).expect("a zone");
        let time = ["02:30", "00:00", "23:59", "01:00", "03:00", "02:00", "00:30"][n % 7];
        let moments = days(zone.value, time, "2005-01-01T12:00:00Z", 20 * 365);
        let dates: Vec<_> = moments.iter().map(|m| m.to_zoned(tz.clone()).date()).collect();
        assert!(dates.windows(2).all(|d| d[0].tomorrow().ok() == Some(d[1])), "{}: {time}", zone.value);
        assert!(moments.len() >= 20 * 365 - 1);
    }
}

#[test]
fn the_clock_may_be_corrected() {
    let start = |settings: &[(&str, &str)]| Unit::new(settings, Some("2024-06-01T12:00:00Z")).started(DONE);
    let settings = [("CFG_RESYNC_TIME", "13:00"), ("TIME_ZONE_COUNTRY", "1")];
    let shift = |unit: &mut Unit, seconds: i64| {
        unit.started = unit.started.map(|t| t.checked_add(SignedDuration::from_secs(seconds)).expect("in range"));
    };

    // Set back over a fetch that was made: not again.
    let mut unit = start(&settings);
    assert_eq!(cause(&unit.next()), Some(Cause::Daily));
    let made = unit.up;
    shift(&mut unit, -20);
    assert_eq!(unit.handle(Event::Finished(DONE)), None);
    assert_eq!(unit.wake, Some(made + 24 * 60 * MINUTE + Duration::from_secs(20)));

    // Set forward over one: made up for, once, however many were passed.
    let mut unit = start(&settings);
    shift(&mut unit, 5 * 86_400);
    assert_eq!(cause(&unit.handle(Event::Time)), Some(Cause::Daily));
    assert_eq!(unit.handle(Event::Finished(DONE)), None);

    // It was a year ahead by mistake: the days until then are not lost.
    shift(&mut unit, -365 * 86_400);
    assert_eq!(unit.handle(Event::Time), None);
    assert!(unit.wake.is_some_and(|wake| wake - unit.up <= 24 * 60 * MINUTE));
}

/// What may happen to a unit.
#[derive(Debug, Clone)]
enum Happening {
    Pass(u64),
    TimeOut,
    Notify,
    Finish(bool, bool),
    Settings(usize),
    StepClock(i64),
    LoseClock,
}

fn happenings() -> impl Strategy<Value = Vec<Happening>> {
    let one = prop_oneof![
        3 => (0u64..100_000).prop_map(Happening::Pass),
        6 => Just(Happening::TimeOut),
        1 => Just(Happening::Notify),
        5 => any::<(bool, bool)>().prop_map(|(changed, failed)| Happening::Finish(changed, failed)),
        1 => (0usize..6).prop_map(Happening::Settings),
        1 => (-200_000i64..200_000).prop_map(Happening::StepClock),
        1 => Just(Happening::LoseClock),
    ];
    prop::collection::vec(one, 1..200)
}

fn some_plan(n: usize) -> Plan {
    let all: [&[(&str, &str)]; 6] = [
        &[],
        &[("CFG_CYCLIC", "Y"), ("CFG_CYCLIC_INTVL", "60"), ("CFG_RTRY_INTVL", "7")],
        &[("CFG_RESYNC_TIME", "02:30"), ("TIME_ZONE_COUNTRY", "10001")],
        &[("CFG_CYCLIC", "Y"), ("PROVISION_ENABLE", "N")],
        &[("CFG_STANDARD_FILE_PATH", ""), ("CFG_CYCLIC", "Y"), ("CFG_CYCLIC_INTVL", "1")],
        &[("CFG_MASTER_FILE_PATH", "http://m/"), ("CFG_CYCLIC", "Y"), ("CFG_CYCLIC_INTVL", "1440")],
    ];
    plan(all[n])
}

proptest! {
    #[test]
    fn laws_of_every_life(first in 0usize..6, life in happenings(), mac in any::<[u8; 6]>()) {
        let mut schedule = Schedule::new(Spread::of_unit(mac), some_plan(first));
        let mut offset: Option<SignedDuration> = None;
        let mut up = Duration::ZERO;
        let (mut busy, mut enabled, mut ended) = (false, first != 3, false);
        let mut wake = None;
        let mut last_end: Option<Duration> = None;
        for happening in std::iter::once(None).chain(life.into_iter().map(Some)) {
            let event = match happening {
                None => Event::StartUp(Vec::new()),
                Some(Happening::Pass(seconds)) => { up += Duration::from_secs(seconds); Event::Time }
                Some(Happening::TimeOut) => { up = up.max(wake.unwrap_or(up)); Event::Time }
                Some(Happening::Notify) => Event::Notify,
                Some(Happening::Finish(changed, access_error)) => {
                    if busy { last_end = Some(up); }
                    busy = false;
                    Event::Finished(Outcome { changed, access_error })
                }
                Some(Happening::Settings(n)) => { enabled = n != 3; Event::Settings(some_plan(n)) }
                Some(Happening::StepClock(seconds)) => {
                    let base = offset.unwrap_or(SignedDuration::from_secs(1_700_000_000));
                    offset = Some(base + SignedDuration::from_secs(seconds));
                    Event::Time
                }
                Some(Happening::LoseClock) => { offset = None; Event::Time }
            };
            let clock = offset.map(|o| Timestamp::UNIX_EPOCH + o + SignedDuration::try_from(up).expect("short"));
            let quiet = matches!(event, Event::Time);
            let step = schedule.handle(Now { up, clock }, event);
            match &step.action {
                Some(Action::Fetch(cause, files)) => {
                    prop_assert!(enabled && !busy && !ended, "one fetch at a time, none while switched off");
                    prop_assert!(!files.is_empty());
                    if *cause == Cause::Retry {
                        prop_assert!(last_end.is_some_and(|end| up >= end + 7 * MINUTE));
                    }
                    if quiet && *cause == Cause::Interval {
                        prop_assert!(last_end.is_none_or(|end| up >= end + MINUTE));
                    }
                    busy = true;
                }
                Some(Action::Restart) => { prop_assert!(!busy); ended = true }
                Some(Action::PreProvision(_)) => prop_assert!(false, "no place was named"),
                None => {}
            }
            prop_assert_eq!(schedule.is_busy(), busy);
            if busy || ended || !enabled {
                prop_assert_eq!(step.wake, None);
            }
            // A time-out lies ahead: nothing spins.
            prop_assert!(step.wake.is_none_or(|wake| wake > up), "{:?} at {up:?}", step.wake);
            wake = step.wake;
        }
    }

    /// Asking earlier or more often than at the time-outs changes nothing.
    #[test]
    fn idle_looks_do_not_matter(n in 0usize..6, looks in prop::collection::vec(1u64..50_000, 0..60), mac in any::<[u8; 6]>()) {
        let start: Timestamp = "2024-03-25T00:00:00Z".parse().expect("a time");
        let fetches = |looks: &[u64]| {
            let mut schedule = Schedule::new(Spread::of_unit(mac), some_plan(n));
            let mut made = Vec::new();
            let mut up = Duration::ZERO;
            let mut looks: Vec<_> = looks.iter().scan(0, |sum, l| { *sum += l; Some(Duration::from_secs(*sum)) }).collect();
            looks.reverse();
            let mut event = Event::StartUp(Vec::new());
            while up < 14 * 24 * 60 * MINUTE && made.len() < 500 {
                let now = Now { up, clock: Some(start + SignedDuration::try_from(up).expect("short")) };
                let step = schedule.handle(now, event);
                if let Some(Action::Fetch(cause, _)) = step.action {
                    made.push((cause, up));
                    event = Event::Finished(DONE);
                    continue;
                }
                event = Event::Time;
                while looks.last().is_some_and(|look| *look <= up) { looks.pop(); }
                let Some(next) = step.wake.into_iter().chain(looks.last().copied()).min() else { break };
                up = next;
            }
            made
        };
        prop_assert_eq!(fetches(&looks), fetches(&[]));
    }
}

#[test]
fn factory_settings_name_the_redirection_service() {
    let id = lookup("CFG_STANDARD_FILE_PATH").expect("a setting").id;
    let layers = Layers::factory();
    let mut schedule = Schedule::new(Spread::NONE, Plan::new(&layers, &UNIT));
    let action = schedule.handle(Now { up: Duration::ZERO, clock: None }, Event::StartUp(Vec::new())).action;
    let Some(Action::Fetch(_, files)) = action else { panic!("a fetch") };
    let shown = files[0].location.as_ref().expect("a URL").to_string();
    assert_eq!(shown, layers.value(id).replace("{mac}", "0080f0010203"));
}
