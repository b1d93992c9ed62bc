//! Our 2xx, which is said again until its ACK comes (RFC 3261, section 13.3.1.4).

use std::time::Duration;

use super::core::{Core, session};
use super::event::{End, Event};
use super::state::Call;
use crate::dialog::DialogId;
use crate::message::{Request, Response};
use crate::transaction::ServerId;

/// A 2xx of ours without its ACK.
#[derive(Debug)]
pub(super) struct Unacknowledged {
    server: ServerId,
    response: Response,
    number: u32,
    /// It is the answer to the call itself.
    first: bool,
    next: Duration,
    wait: Duration,
    until: Duration,
}

impl Unacknowledged {
    /// Begins to repeat. The caller sends the response for the first time.
    pub(super) fn new(
        now: Duration,
        server: ServerId,
        request: &Request,
        response: Response,
        core: &Core,
    ) -> Option<Self> {
        let timers = &core.profile.timers;
        Some(Unacknowledged {
            server,
            response,
            number: request.headers.cseq().ok()?.number,
            first: request.headers.to().ok()?.tag().is_none(),
            next: now + timers.t1,
            wait: timers.t1,
            until: now + timers.longest(),
        })
    }

    pub(super) fn next_timeout(&self) -> Duration {
        self.next.min(self.until)
    }
}

impl Call {
    /// An ACK has come.
    pub(super) fn acknowledged(&mut self, ack: &Request, dialog: &DialogId, core: &mut Core) {
        let (id, over) = (self.id, self.over);
        let Ok(cseq) = ack.headers.cseq() else { return };
        let Some(leg) = self.leg_of(dialog) else { return };
        let Some(done) = leg.unacknowledged.take_if(|ours| ours.number == cseq.number) else { return };
        if leg.hanging_up {
            return leg.bye(id, core);
        }
        if over {
            return;
        }
        if done.first {
            core.tell(Event::Confirmed { call: id });
        }
        if leg.offers.is_theirs() {
            match session(&ack.headers, &ack.body) {
                Some(answer) => {
                    let local = leg.offers.answered(answer.clone());
                    local
                        .into_iter()
                        .for_each(|local| core.tell(Event::Answer { call: id, local, session: answer.clone() }));
                }
                None => return self.hang_up(End::Broken, core),
            }
        }
        self.go_on(core);
    }

    /// Repeats our 2xx; after 64 times T1 without an ACK, the call is lost.
    pub(super) fn acknowledgement_timeout(&mut self, now: Duration, core: &mut Core) {
        let (id, over) = (self.id, self.over);
        let t2 = core.profile.timers.t2;
        let mut lost = false;
        for leg in &mut self.legs {
            let Some(ours) = &mut leg.unacknowledged else { continue };
            if ours.until <= now {
                leg.unacknowledged = None;
                if leg.hanging_up {
                    leg.bye(id, core);
                } else {
                    lost = !over;
                }
            } else if ours.next <= now {
                if core.repeats_to(id, ours.wait) {
                    core.respond(ours.server, ours.response.clone());
                }
                ours.wait = (ours.wait * 2).min(t2).max(Duration::from_millis(1));
                ours.next = now + ours.wait;
            }
        }
        if lost {
            self.hang_up(End::Lost, core);
        }
    }
}
