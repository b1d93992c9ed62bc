//! A device that says what it hears.

use super::{Device, FRAME, Play, State};

/// What is played is recorded 10 ms later.
#[derive(Debug, Clone)]
pub struct Loopback {
    last: [i16; FRAME],
}

impl Default for Loopback {
    fn default() -> Self {
        Self::new()
    }
}

impl Loopback {
    /// One that has heard nothing.
    pub fn new() -> Self {
        Loopback { last: [0; FRAME] }
    }
}

impl Device for Loopback {
    fn exchange(&mut self, play: Play<'_>, record: &mut [i16; FRAME]) -> State {
        *record = self.last;
        self.last = play.together();
        State::Running
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_heard_is_said() {
        let mut device = Loopback::new();
        let mut record = [1; FRAME];
        let play = Play { path: None, voice: &[30_000; FRAME], speaker: &[5000; FRAME] };
        device.exchange(play, &mut record);
        assert_eq!(record, [0; FRAME]);
        device.exchange(play, &mut record);
        assert_eq!(record, [i16::MAX; FRAME]);
    }
}
