//! What the lines and the clock tell, and what follows from it.

use offhook_media::tone::Signal;
use offhook_sip::call::{self as sip, End};
use offhook_sip::event::summary::{self, Summary};
use offhook_sip::line;
use offhook_sip::message::reason;
use offhook_sip::registration::Failure;

use super::Phone;
use super::call::Party;
use crate::command::CallId;
use crate::log::Kind;
use crate::output::{Event, Output, Reason};
use crate::state::Messages;

impl Phone {
    /// A line wants something to be done.
    pub(super) fn on_line(&mut self, line: usize, output: line::Output) {
        match output {
            line::Output::Transmit(transmit) => self.output(Output::Transmit(line, transmit)),
            line::Output::Resolve(query) => self.output(Output::Resolve(line, query)),
            line::Output::Event(event) => self.on_line_event(line, event),
            _ => {}
        }
    }

    fn on_line_event(&mut self, line: usize, event: line::Event) {
        match event {
            line::Event::Registered { server, .. } => {
                self.slots[line].server = Some(server.to_string());
                self.slots[line].problem = None;
                self.subscribe(line);
            }
            line::Event::Address(_) => self.moved(line),
            line::Event::RegistrationExpired => self.slots[line].server = None,
            line::Event::RegistrationFailed { failure, .. } => self.slots[line].problem = Some(problem(failure)),
            line::Event::Configured => {
                self.output(Output::Rebind(line));
                self.subscribe(line);
            }
            line::Event::Closed => {
                // Calls that began while the line was leaving go with it.
                let calls: Vec<_> = self.calls.values().filter(|call| call.line == line).map(|call| call.id).collect();
                calls.into_iter().for_each(|call| drop(self.forget(call)));
                self.slots[line].closed();
            }
            line::Event::Call(event) => self.on_call(line, event),
            line::Event::Notified(notification) => self.notified(line, &notification),
            line::Event::Subscription { id, event } => self.on_subscription(line, id, event),
            _ => {}
        }
    }

    fn on_call(&mut self, line: usize, event: sip::Event) {
        let find = |phone: &Self, call| phone.find(line, call);
        match event {
            sip::Event::Incoming(invitation) => self.invited(line, &invitation),
            sip::Event::Progress { call, status, session } => {
                if let Some(call) = find(self, call) {
                    self.progressed(call, status, session);
                }
            }
            sip::Event::Redirected { call, .. } => {
                if let Some(call) = find(self, call) {
                    self.redirected(call);
                }
            }
            sip::Event::Answered { call, session, .. } => {
                if let Some(call) = find(self, call) {
                    self.answered_there(call, session);
                }
            }
            sip::Event::Identity { call, party } => {
                let call = find(self, call).and_then(|call| self.calls.get_mut(&call));
                // Of a call of ours, the number that was dialled stays in the log.
                if let Some(call) = call {
                    let number = Some(party.user).filter(|user| !user.is_empty() && call.incoming);
                    let number = number.or(call.party.number.take());
                    call.party = Party { number, name: party.name.unwrap_or_default() };
                }
            }
            sip::Event::Offer { call, session } => {
                if let Some(call) = find(self, call) {
                    self.offered(call, session.as_ref().map(|body| body.bytes.as_slice()));
                }
            }
            sip::Event::Answer { call, session, .. } => {
                if let Some(call) = find(self, call) {
                    self.changed(call, &session.bytes);
                }
            }
            sip::Event::Unchanged { call, status } => {
                if let Some(call) = find(self, call) {
                    self.unchanged(call, status);
                }
            }
            sip::Event::Digit { call, digit, .. } => {
                if let Some(call) = find(self, call) {
                    self.output(Output::Event(Event::Digit { call, digit }));
                }
            }
            sip::Event::Talk { call } => {
                if let Some(call) = find(self, call) {
                    let rings = self.call(call).is_some_and(|call| call.rings());
                    // A call that is talking already needs nothing.
                    let _ = if rings { self.answer(call) } else { self.resume(call) };
                }
            }
            sip::Event::Hold { call } => {
                if let Some(call) = find(self, call) {
                    let _ = self.hold(call);
                }
            }
            sip::Event::TransferAsked { call, target, .. } => {
                if let Some(call) = find(self, call) {
                    self.asked_to_transfer(call, &target.user);
                }
            }
            sip::Event::Transfer { call, progress } => {
                if let Some(call) = find(self, call) {
                    self.transferring(call, progress);
                }
            }
            sip::Event::Ended { call, why } => {
                if let Some(call) = find(self, call) {
                    self.ended(call, why);
                }
            }
            _ => {}
        }
    }

    fn ended(&mut self, id: CallId, why: End) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let was_up = call.is_up();
        let (reason, status) = match why {
            End::Local if call.forwarded => (Reason::Forwarded, None),
            End::Local => (Reason::Local, None),
            End::Remote => (Reason::Remote, None),
            End::Cancelled { elsewhere: true } => (Reason::Elsewhere, None),
            End::Cancelled { elsewhere: false } => (Reason::Missed, None),
            End::Refused { status: status @ (486 | 600), .. } => (Reason::Busy, Some(status)),
            End::Refused { status: status @ (408 | 480 | 487), .. } => (Reason::NoAnswer, Some(status)),
            End::Refused { status, .. } => (Reason::Refused, Some(status)),
            End::Expired => (Reason::NoAnswer, None),
            End::Replaced { .. } => (Reason::Replaced, None),
            End::Transferred => (Reason::Transferred, None),
            _ => (Reason::Failed, None),
        };
        if reason == Reason::Elsewhere {
            // Somebody has talked to the caller: nobody needs to call back.
            call.log = call.log.map(|_| Kind::Received);
        }
        let (line, in_conference) = (call.line, self.desk.conference.contains(&id));
        let signal = match reason {
            Reason::Remote => Some(Signal::Disconnect),
            Reason::Busy => Some(Signal::Busy),
            Reason::Refused | Reason::NoAnswer | Reason::Failed if !was_up => Some(Signal::Failure),
            Reason::Failed => Some(Signal::Disconnect),
            _ => None,
        };
        let focused = self.desk.focus == Some(id);
        let asked_by = call.asked_by;
        self.forget(id);
        // The party that has asked for the call may still be there; nobody listens to it after a hang-up.
        let listens = focused && !was_up && self.desk.path.is_some();
        if let Some(asking) = self.transfer_over(asked_by).filter(|_| listens) {
            self.be_with(asking);
        } else if let Some(signal) = signal.filter(|_| focused && !in_conference) {
            self.after_tone(signal);
        }
        self.output(Output::Event(Event::Ended { call: id, line: line as u8 + 1, reason, status }));
    }

    /// A server tells something that nobody asked for.
    fn notified(&mut self, line: usize, notification: &line::Notification) {
        if notification.event == self.settings.provisioning.resync_event {
            let reboot = notification.params.split(';').find_map(|param| {
                let (name, value) = param.split_once('=')?;
                name.trim().eq_ignore_ascii_case("reboot").then(|| value.trim().eq_ignore_ascii_case("true"))
            });
            return self.output(Output::Resync { reboot });
        }
        if notification.event == "message-summary"
            && let Ok(summary) = summary::read(&notification.body)
        {
            self.summarized(line, &summary);
        }
    }

    /// Voice mail of a line (guide rule 266).
    pub(super) fn summarized(&mut self, line: usize, summary: &Summary) {
        let voice = summary.voice.unwrap_or_default();
        let counted = summary.voice.is_some() || !self.settings.call_control.voice_message_line_required;
        self.slots[line].messages = Messages { waiting: summary.waiting && counted, new: voice.new, old: voice.old };
    }

    /// Whatever is due is done.
    pub(super) fn on_time(&mut self) {
        let now = self.now;
        self.dialling_timeout();
        let due = |at: Option<std::time::Duration>| at.is_some_and(|at| at <= now);
        let calls: Vec<_> = self.calls.keys().copied().collect();
        for id in calls {
            let Some(call) = self.calls.get_mut(&id) else { continue };
            let settled_at = call.settled_at();
            if due(call.recall_at) {
                call.recall_at = None;
                call.recall = true;
            }
            let asking = call.asked_by.take_if(|_| due(settled_at));
            if due(call.auto_answer) {
                call.auto_answer = None;
                // Another call may have been taken meanwhile: nobody's call is cut off by itself.
                if self.desk.focus.is_none() {
                    let _ = self.answer(id);
                }
            } else if due(call.forward.as_ref().map(|(at, _)| *at)) {
                self.unanswered(id);
            }
            self.transfer_over(asking);
        }
    }
}

/// Why a registration failed, for people.
fn problem(failure: Failure) -> String {
    match failure {
        Failure::Silence => "no server answers".to_owned(),
        Failure::Status(status) => format!("the server answered {status} {}", reason(status)),
        Failure::Password => "user name or password is wrong".to_owned(),
        Failure::Challenge => "the server asks for a login that the phone does not know".to_owned(),
        _ => "the server did not take the registration".to_owned(),
    }
}
