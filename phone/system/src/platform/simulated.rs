//! A machine whose time passes when it is told so.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use super::{Network, Platform};

/// A machine for tests and simulated fleets. It is switched on in 1970, with no network.
#[derive(Debug)]
pub struct Simulated(Mutex<State>);

#[derive(Debug)]
struct State {
    system_time: SystemTime,
    up: Duration,
    network: Network,
}

impl Simulated {
    /// Lets time pass.
    pub fn pass(&self, time: Duration) {
        let mut state = self.lock();
        state.up += time;
        state.system_time += time;
    }

    /// Sets the machine's clock.
    pub fn set_system_time(&self, time: SystemTime) {
        self.lock().system_time = time;
    }

    /// Puts it into a network.
    pub fn set_network(&self, network: Network) {
        self.lock().network = network;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Simulated {
    fn default() -> Self {
        let network = Network::default();
        Self(Mutex::new(State { system_time: SystemTime::UNIX_EPOCH, up: Duration::ZERO, network }))
    }
}

impl Platform for Simulated {
    fn system_time(&self) -> SystemTime {
        self.lock().system_time
    }

    fn up(&self) -> Duration {
        self.lock().up
    }

    fn network(&self) -> Network {
        self.lock().network.clone()
    }

    fn os_version(&self) -> String {
        "Simulated".to_owned()
    }
}
