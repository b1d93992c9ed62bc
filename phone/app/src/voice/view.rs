//! What pages and programs see of lines and calls, between the events of the phone.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use offhook_call::command::CallId;
use offhook_call::figures::Pace;
use offhook_call::state::{CallState, Registration, Stage, State};
use offhook_web::unit;

/// The last state of the phone. Copies show the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct View(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    state: State,
    /// Since when calls are at their stage.
    since: BTreeMap<CallId, (Stage, Instant)>,
}

impl View {
    /// The phone is like this now.
    pub(super) fn set(&self, state: State) {
        let mut inner = self.inner();
        let Inner { since, .. } = &mut *inner;
        since.retain(|call, _| state.calls.iter().any(|other| other.call == *call));
        for call in &state.calls {
            let (stage, at) = since.entry(call.call).or_insert_with(|| (call.stage, Instant::now()));
            // A call that is held goes on; one that is answered begins.
            if is_answered(call.stage) && !is_answered(*stage) {
                *at = Instant::now();
            }
            *stage = call.stage;
        }
        inner.state = state;
    }

    /// How a line stands, in the words of the status page (guide rule 154).
    pub(crate) fn status(&self, line: u16) -> &'static str {
        let registration = self.inner().state.lines.iter().find(|l| u16::from(l.line) == line).map(|l| l.registration);
        match registration {
            Some(Registration::Registered) => "Registered",
            Some(Registration::Registering) => "Registering",
            Some(Registration::Refused | Registration::Off) | None => "",
        }
    }

    /// How a line stands, the server that it uses, and why it could not be registered last.
    pub(crate) fn line(&self, line: u16) -> (unit::Registration, Option<String>, Option<String>) {
        let inner = self.inner();
        let Some(found) = inner.state.lines.iter().find(|l| u16::from(l.line) == line) else {
            return (unit::Registration::Off, None, None);
        };
        let registration = match found.registration {
            Registration::Off => unit::Registration::Off,
            Registration::Registering => unit::Registration::Registering,
            Registration::Registered => unit::Registration::Registered,
            Registration::Refused => unit::Registration::Failed,
        };
        (registration, found.server.clone(), found.problem.clone())
    }

    /// The calls, the oldest first.
    pub(crate) fn calls(&self) -> Vec<unit::Call> {
        let inner = self.inner();
        let call = |call: &CallState| unit::Call {
            id: call.call.0.into(),
            line: call.line.into(),
            direction: if call.incoming { unit::Direction::Incoming } else { unit::Direction::Outgoing },
            state: state(call),
            peer: call.number.clone().unwrap_or_default(),
            name: call.name.clone(),
            lasts: inner.since.get(&call.call).map_or_else(Default::default, |(_, at)| at.elapsed()),
            media: media(call),
        };
        inner.state.calls.iter().map(call).collect()
    }

    /// How well sound keeps its pace.
    pub(crate) fn pace(&self) -> unit::Pace {
        let Pace { frames, late, worst_us } = self.inner().state.pace;
        unit::Pace { frames, late, worst: Duration::from_micros(worst_us.into()) }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the page shows of the voice, once there is any.
fn media(call: &CallState) -> Option<unit::Media> {
    let (codec, voice) = (call.codec.clone()?, call.voice?);
    let time = |us: u32| Duration::from_micros(us.into());
    Some(unit::Media {
        codec,
        encrypted: call.encrypted,
        sent: voice.sent.into(),
        received: voice.received.into(),
        lost: voice.lost.into(),
        discarded: voice.discarded,
        jitter: time(voice.jitter_us),
        buffer: time(voice.wait_us),
        round_trip: voice.round_trip_us.map(time),
        far: voice
            .far
            .map(|far| unit::FarEnd { loss: f32::from(far.lost_permille) / 1000.0, jitter: time(far.jitter_us) }),
        mos: voice.mos.map(|mos| mos.score() as f32),
    })
}

fn is_answered(stage: Stage) -> bool {
    matches!(stage, Stage::Talking | Stage::Held)
}

fn state(call: &CallState) -> unit::CallState {
    match call.stage {
        Stage::Calling | Stage::RingingThere => unit::CallState::Calling,
        Stage::Ringing | Stage::Waiting => unit::CallState::Ringing,
        Stage::Held => unit::CallState::OnHold,
        Stage::Talking if call.conference => unit::CallState::Conference,
        Stage::Talking if call.held_there => unit::CallState::Held,
        Stage::Talking => unit::CallState::Connected,
    }
}
