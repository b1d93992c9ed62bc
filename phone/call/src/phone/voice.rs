//! What the two sides of a call agree on: descriptions go to and come from signalling, streams go to the engine.

use std::net::SocketAddr;
use std::time::Duration;

use offhook_media::engine::{ChannelId, Command, Delays, Digits, Stream};
use offhook_media::event::MAX_QUEUED;
use offhook_media::sdp::{Local, Negotiator, Stance};
use offhook_media::srtp::{MASTER_LENGTH, Master};
use offhook_media::tone::Signal;
use offhook_sip::call::Body;

use super::Phone;
use super::call::{Then, Voice};
use crate::command::{CallId, MOST_DIGITS, Refusal};
use crate::output::{OpenPorts, Output};

/// A digit may begin so much later, with the next packet.
const LONGEST_PACKET: Duration = Duration::from_millis(40);

impl Phone {
    /// A channel and a port for a call on a line; none if all are in use.
    pub(super) fn take_voice(&mut self, line: usize) -> Option<Voice> {
        if self.calls.len() >= super::MOST_CALLS {
            return None;
        }
        let port = self.ports.take()?;
        let used = |channel: &ChannelId| {
            self.closing.contains(channel) || self.calls.values().any(|call| call.voice.channel == *channel)
        };
        // The next one, so that the search is short.
        let mut others = (1..=u16::MAX).map(|step| ChannelId(self.last_channel.wrapping_add(step)));
        let channel = others.find(|channel| !used(channel))?;
        self.last_channel = channel.0;
        let slot = &self.slots[line];
        let address = SocketAddr::new(slot.address(), port);
        let master = Master(self.tokens.octets()[..MASTER_LENGTH].try_into().expect("32 octets are more than 30"));
        let [.., a, b, c, d, e, f] = self.tokens.octets();
        let session = u64::from_be_bytes([0, 0, a, b, c, d, e, f]);
        let negotiator = Negotiator::new(slot.policy.clone(), Local { address, master }, session);
        let rtp = &self.settings.lines[line].rtp;
        self.outputs.push_back(Output::OpenPorts(OpenPorts { channel, port, rtp: rtp.rtp_dscp, rtcp: rtp.rtcp_dscp }));
        Some(Voice {
            channel,
            port,
            negotiator,
            offered: None,
            offered_early: None,
            offer: None,
            moved: false,
            told: None,
            heard: false,
            digits_until: Duration::ZERO,
            digits_early: String::new(),
            figures: None,
        })
    }

    /// Gives channel and port of a call back.
    pub(super) fn end_voice(&mut self, voice: &Voice) {
        if voice.told.is_some() {
            self.output(Output::Media(Command::Close(voice.channel)));
            self.closing.insert(voice.channel);
        }
        self.output(Output::ClosePorts(voice.channel));
        self.ports.give_back(voice.port);
    }

    /// Tells the engine what a call carries, if that is agreed and other than before.
    pub(super) fn carry(&mut self, id: CallId) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let Some(agreed) = call.voice.negotiator.agreed().cloned() else { return };
        call.held_there = agreed.held_there;
        let line = &self.settings.lines[call.line];
        let (buffer, dtmf) = (&line.jitter_buffer, &line.dtmf);
        // A line may send them only where the other side asks for them.
        let reports = agreed.remote_rtcp.map(|_| line.rtp.rtcp_interval);
        let stream = Stream {
            agreed,
            digits_inband: !dtmf.dtmf_by_event && !dtmf.dtmf_by_info,
            delays: Delays {
                minimum: buffer.jitter_min_delay,
                initial: buffer.jitter_initial_delay,
                maximum: buffer.jitter_max_delay,
            },
            reports,
        };
        let (channel, port) = (call.voice.channel, call.voice.port);
        let command = match &call.voice.told {
            Some(told) if *told == stream => return,
            Some(_) => Command::Change { channel, stream: stream.clone() },
            None => Command::Open { channel, stream: stream.clone() },
        };
        let elsewhere = |told: &Stream| told.agreed.remote != stream.agreed.remote;
        call.voice.heard &= !call.voice.told.as_ref().is_some_and(elsewhere);
        if !sends(&stream) {
            // Those that wait are dropped.
            call.voice.digits_until = self.now;
        }
        // The number stays the call's own while its ports are closed.
        let closes = stream.agreed.closed;
        let was_closed = call.voice.told.replace(stream).is_some_and(|told| told.agreed.closed);
        let ports = OpenPorts { channel, port, rtp: line.rtp.rtp_dscp, rtcp: line.rtp.rtcp_dscp };
        if was_closed && !closes {
            self.output(Output::OpenPorts(ports));
        }
        self.output(Output::Media(command));
        if closes && !was_closed {
            self.output(Output::ClosePorts(channel));
        }
    }

    /// Digits that were pressed while the call was being taken back are sent now that it is, or never: the other side may have
    /// put it on hold meanwhile.
    fn send_early_digits(&mut self, id: CallId) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let digits = std::mem::take(&mut call.voice.digits_early);
        if !digits.is_empty() {
            // Where nobody would hear them they are refused.
            let _ = self.send_digits(id, &digits);
        }
    }

    /// A line has another address: what the other sides of its calls know leads nowhere any more.
    pub(super) fn moved(&mut self, line: usize) {
        let address = self.slots[line].address();
        // Without a network there is nothing to tell, and nobody who would hear it.
        if address.is_unspecified() {
            return;
        }
        let mut moved = Vec::new();
        for call in self.calls.values_mut().filter(|call| call.line == line) {
            let mut local = call.voice.negotiator.local();
            if local.address.ip() != address {
                local.address.set_ip(address);
                call.voice.negotiators().for_each(|negotiator| negotiator.set_local(local));
                // A call that rings here has not been told anything yet.
                call.voice.moved = !call.rings();
                moved.push(call.id);
            }
        }
        moved.into_iter().for_each(|call| self.negotiate(call));
    }

    /// Brings the session to where the person wants it, on hold or not, and tells where it is. One change is on its way at a time.
    pub(super) fn negotiate(&mut self, id: CallId) {
        let Some(call) = self.calls.get_mut(&id).filter(|call| call.is_up() && !call.changing) else { return };
        let wanted = if call.held { Stance::Hold } else { Stance::Talk };
        if call.voice.negotiator.stance() == wanted && !call.voice.moved {
            return self.go_on(id);
        }
        let offer = Body::sdp(call.voice.negotiator.offer(wanted));
        let (line, sip, now) = (call.line, call.sip, self.now);
        let sent = self.slots[line].calls(now, |calls| match wanted {
            Stance::Hold => calls.hold(now, sip, offer),
            Stance::Talk => calls.resume(now, sip, offer),
        });
        let Some(call) = self.calls.get_mut(&id) else { return };
        call.changing = matches!(sent, Some(Ok(())));
        call.voice.moved &= !call.changing;
        if !call.changing {
            call.voice.negotiator.withdrawn();
        }
    }

    /// The other side has answered our change.
    pub(super) fn changed(&mut self, id: CallId, answer: &[u8]) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        call.changing = false;
        // An answer that makes no sense leaves the session as it was.
        let agreed = call.voice.negotiator.answered(answer).is_ok();
        self.carry(id);
        self.send_early_digits(id);
        match agreed {
            true => self.negotiate(id),
            false => self.not_agreed(id),
        }
    }

    /// The other side did not take our change. A hold is not asked for again: what the person hears is up to this side anyway.
    pub(super) fn unchanged(&mut self, id: CallId, status: u16) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        call.changing = false;
        call.voice.negotiator.withdrawn();
        match status {
            // Their change came first: our answer to it, which is due now, says what the person wants.
            491 => self.go_on(id),
            _ => self.not_agreed(id),
        }
    }

    /// A change has come to nothing. A call that was to be taken back is on hold still, where it can be taken back again; one
    /// that never had any voice ends.
    fn not_agreed(&mut self, id: CallId) {
        let Some(call) = self.call(id) else { return };
        if call.is_up() && call.voice.negotiator.agreed().is_none() {
            self.after_tone_of(id, Signal::Failure);
            return self.drop_call(id);
        }
        if !call.is_up() || call.held || call.voice.negotiator.stance() != Stance::Hold {
            return self.go_on(id);
        }
        self.after_tone_of(id, Signal::Failure);
        if self.desk.conference.remove(&id) {
            let left = std::mem::take(&mut self.desk.conference).into_iter().next();
            self.desk.focus = if self.desk.focus == Some(id) { left } else { self.desk.focus };
        }
        self.put_on_hold(id);
    }

    /// The other side changes the session, or wants to know what we would like.
    pub(super) fn offered(&mut self, id: CallId, offer: Option<&[u8]>) {
        let now = self.now;
        let Some(call) = self.calls.get_mut(&id) else { return };
        let stance = if call.held { Stance::Hold } else { Stance::Talk };
        let (line, sip) = (call.line, call.sip);
        call.voice.moved = false;
        let said = match offer {
            Some(offer) => call.voice.negotiator.answer(offer, stance).map_err(|fault| fault.status()),
            None => {
                call.changing = true;
                Ok(call.voice.negotiator.offer(stance))
            }
        };
        if let (Some(offer), false, Ok(_)) = (offer, call.is_up(), &said) {
            call.voice.offered_early = Some((offer.to_vec(), call.voice.negotiator.clone()));
        }
        let refused = said.is_err() && !call.changing;
        let _ = self.slots[line].calls(now, |calls| match said {
            Ok(text) => calls.accept(now, sip, Body::sdp(text)),
            Err(status) => calls.refuse(now, sip, status),
        });
        self.carry(id);
        self.send_early_digits(id);
        if refused {
            self.not_agreed(id);
        }
    }

    /// Sends digits to the other side: by INFO, by event or in the voice (guide rules 179, 180).
    pub(super) fn send_digits(&mut self, id: CallId, digits: &str) -> Result<(), Refusal> {
        let call = self.call(id).ok_or(Refusal::Call(id))?;
        let is_digit = |c: char| c.is_ascii_digit() || matches!(c, '*' | '#' | 'A'..='D');
        if let Some(other) = digits.chars().find(|c| !is_digit(*c)) {
            return Err(Refusal::Key(other));
        }
        if digits.len() > MOST_DIGITS {
            return Err(Refusal::Digits);
        }
        // Before the answer there may be a voice that asks for digits.
        if call.voice.told.is_none() || call.rings() {
            return Err(Refusal::State);
        }
        // Digits would not be heard now, nor may they wait: when there is voice again, somebody else may hear it.
        let is_heard = call.voice.told.as_ref().is_some_and(sends);
        let is_coming_back = !is_heard && call.changing && !call.held;
        let (line, sip, channel, now) = (call.line, call.sip, call.voice.channel, self.now);
        let dtmf = &self.settings.dtmf;
        let (length, pause) = (dtmf.dtmf_length, dtmf.dtmf_pause);
        if self.settings.lines[line].dtmf.dtmf_by_info {
            let sent = self.slots[line].calls(now, |calls| calls.send_digits(now, sip, digits, length, pause));
            if !matches!(sent, Some(Ok(()))) {
                return Err(Refusal::State);
            }
        } else if is_coming_back {
            let Some(call) = self.calls.get_mut(&id) else { return Err(Refusal::Call(id)) };
            if call.voice.digits_early.len() + digits.len() > MOST_DIGITS {
                return Err(Refusal::Digits);
            }
            call.voice.digits_early.push_str(digits);
        } else if !is_heard {
            return Err(Refusal::State);
        } else {
            let Some(call) = self.calls.get_mut(&id) else { return Err(Refusal::Call(id)) };
            // The engine tells only when none is left, which takes for ever while somebody types: time tells how many wait.
            let each = length + pause + LONGEST_PACKET;
            let from = call.voice.digits_until.max(now);
            let waiting = (from - now).as_millis().div_ceil(each.as_millis());
            if waiting + digits.len() as u128 > MAX_QUEUED as u128 {
                return Err(Refusal::Digits);
            }
            call.voice.digits_until = from + each * digits.len() as u32;
            let digits = Digits { digits: digits.to_owned(), length, pause };
            self.output(Output::Media(Command::Send(channel, digits)));
        }
        Ok(())
    }

    /// Does what waited for the session of a call to be as the person wants it.
    fn go_on(&mut self, id: CallId) {
        let Some(then) = self.calls.get_mut(&id).and_then(|call| call.then.take()) else { return };
        let now = self.now;
        let Some(call) = self.call(id) else { return };
        let (line, sip) = (call.line, call.sip);
        let started = match then {
            Then::Refer(target) => self.slots[line].calls(now, |calls| calls.transfer(now, sip, &target)),
            Then::ReferTo(other) => self
                .call(other)
                .map(|other| other.sip)
                .and_then(|other| self.slots[line].calls(now, |calls| calls.transfer_to(now, sip, other))),
        };
        if !matches!(started, Some(Ok(()))) {
            self.transfer_failed(id);
        }
    }
}

/// Whether the other side gets anything by what is agreed.
fn sends(stream: &Stream) -> bool {
    stream.agreed.direction.sends() && !stream.agreed.closed
}
