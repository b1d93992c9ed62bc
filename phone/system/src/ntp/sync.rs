//! When the time server is asked: pure, with the time passed in.

use std::time::Duration;

use offhook_params::Settings;
use offhook_params::choices::ClockSource;

/// What the settings say about the time server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The server; nothing where the clock is not synchronized.
    pub server: Option<String>,
    /// From one answer to the next question.
    pub interval: Duration,
    /// From a question without an answer to the next one.
    pub retry: Duration,
}

impl Plan {
    /// By the settings: what was entered on the phone takes the place of what files say (guide rule 49).
    pub fn new(settings: &Settings) -> Self {
        let (server, interval) = match settings.unit.clock_source {
            ClockSource::Provisioned => (&settings.time_server.ntp_address, settings.time_server.ntp_interval),
            ClockSource::Phone => (&settings.unit.phone_ntp_address, settings.unit.phone_ntp_interval),
            ClockSource::Manual => (&None, settings.time_server.ntp_interval),
        };
        let server = server.as_ref().map(|host| host.0.clone());
        Self { server, interval, retry: settings.time_server.ntp_retry_interval }
    }
}

/// When a time server is asked. Whoever asks it says how that ended.
#[derive(Debug, Clone)]
pub struct Sync {
    plan: Plan,
    /// When the next question is due, by the time since the start; nothing while one is under way.
    due: Option<Duration>,
}

/// What is to be done now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Ask this server, and come back with [`Sync::answered`].
    Ask(String),
    /// Come back at this time since the start.
    Wait(Duration),
    /// Nothing, until the settings change.
    Rest,
}

impl Sync {
    /// A unit that has just started: its first question is due.
    pub fn new(now: Duration, plan: Plan) -> Self {
        Self { plan, due: Some(now) }
    }

    /// What to do at `now`, the time since the start.
    pub fn step(&mut self, now: Duration) -> Step {
        match (&self.plan.server, self.due) {
            (None, _) | (_, None) => Step::Rest,
            (Some(_), Some(due)) if now < due => Step::Wait(due),
            (Some(server), Some(_)) => {
                self.due = None;
                Step::Ask(server.clone())
            }
        }
    }

    /// The question has ended, with an answer or without.
    pub fn answered(&mut self, now: Duration, good: bool) {
        self.due = Some(now.saturating_add(if good { self.plan.interval } else { self.plan.retry }));
    }

    /// The settings say something else: another server is asked at once, other intervals count from now.
    pub fn settings(&mut self, now: Duration, plan: Plan) {
        if plan == self.plan {
            return;
        }
        self.due = match plan.server == self.plan.server {
            false => Some(now),
            true => self.due.map(|_| now.saturating_add(plan.interval)),
        };
        self.plan = plan;
    }

    /// Whether there is a server to ask.
    pub const fn has_server(&self) -> bool {
        self.plan.server.is_some()
    }
}

#[cfg(test)]
mod tests {
    use offhook_params::ParamId;
    use offhook_params::rules::Values;
    use offhook_params::types::Host;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    struct Factory;

    impl Values for Factory {
        fn value(&self, id: ParamId) -> &str {
            id.default()
        }
    }

    fn plan(server: &str) -> Plan {
        let server = (!server.is_empty()).then(|| server.to_owned());
        Plan { server, interval: 43_200 * SECOND, retry: 60 * SECOND }
    }

    #[test]
    fn a_year_of_a_server_that_is_away_every_third_time() {
        let mut sync = Sync::new(Duration::ZERO, plan("h"));
        let (mut now, mut questions, mut gaps) = (Duration::ZERO, 0, Vec::new());
        while now < 365 * 86_400 * SECOND {
            match sync.step(now) {
                Step::Ask(server) => {
                    assert_eq!(server, "h");
                    assert_eq!(sync.step(now), Step::Rest, "one question at a time");
                    sync.answered(now, questions % 3 != 0);
                    questions += 1;
                }
                Step::Wait(until) => {
                    assert!(until > now);
                    gaps.push(until - now);
                    now = until;
                }
                Step::Rest => unreachable!("there is a server"),
            }
        }
        assert!(gaps.iter().all(|gap| [60 * SECOND, 43_200 * SECOND].contains(gap)));
        // Two of three questions are answered, and each answer lasts for half a day.
        assert!((1_090..1_100).contains(&questions), "{questions}");
    }

    #[test]
    fn another_server_is_asked_at_once_and_none_never() {
        let mut sync = Sync::new(Duration::ZERO, plan(""));
        assert_eq!(sync.step(SECOND), Step::Rest);
        sync.settings(2 * SECOND, plan("a"));
        assert_eq!(sync.step(2 * SECOND), Step::Ask("a".to_owned()));
        sync.answered(3 * SECOND, true);
        assert_eq!(sync.step(4 * SECOND), Step::Wait(43_203 * SECOND));
        sync.settings(5 * SECOND, plan("a"));
        assert_eq!(sync.step(5 * SECOND), Step::Wait(43_203 * SECOND), "nothing has changed");
        sync.settings(6 * SECOND, Plan { interval: 10 * SECOND, ..plan("a") });
        assert_eq!(sync.step(6 * SECOND), Step::Wait(16 * SECOND));
        sync.settings(7 * SECOND, plan("b"));
        assert_eq!(sync.step(7 * SECOND), Step::Ask("b".to_owned()));
        sync.settings(8 * SECOND, plan(""));
        sync.answered(9 * SECOND, true);
        assert_eq!(sync.step(9 * SECOND), Step::Rest);
    }

    #[test]
    fn what_is_entered_on_the_phone_takes_the_place_of_files() {
        let mut settings = Settings::from_values(&Factory);
        settings.time_server.ntp_address = Some(Host("file".to_owned()));
        settings.unit.phone_ntp_address = Some(Host("phone".to_owned()));
        settings.unit.phone_ntp_interval = 10 * SECOND;
        let server = |settings: &Settings| Plan::new(settings).server;
        assert_eq!(server(&settings).as_deref(), Some("file"));
        settings.unit.clock_source = ClockSource::Phone;
        assert_eq!((server(&settings).as_deref(), Plan::new(&settings).interval), (Some("phone"), 10 * SECOND));
        settings.unit.clock_source = ClockSource::Manual;
        assert_eq!(server(&settings), None);
    }
}
