//! Offers and answers of one dialog, one after the other (RFC 3264).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::ops::Range;

use super::agreed::Agreed;
use super::answer::{Chosen, Side, agree, choose};
use super::crypto::Crypto;
use super::description::{Format, Media};
use super::direction::Direction;
use super::fault::Fault;
use super::policy::{Policy, Security};
use super::read::read;
use super::write::{Draft, Origin, Slot, Voice};
use crate::codec::{Codec, TICKS_PER_SECOND};
use crate::srtp::{Master, Suite};

/// Where this side receives, as the other side reaches it, and the key that it sends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Local {
    /// Address and port of RTP; RTCP takes the port above.
    pub address: SocketAddr,
    /// Random octets that no other call has.
    pub master: Master,
}

/// What the person wants of the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Stance {
    /// Speaking and hearing.
    #[default]
    Talk,
    /// The other side waits.
    Hold,
}

impl Stance {
    fn direction(self) -> Direction {
        match self {
            Stance::Talk => Direction::SendReceive,
            Stance::Hold => Direction::SendOnly,
        }
    }
}

/// The descriptions of one dialog: what was said last on either side, and what is agreed.
///
/// Whoever carries the bodies knows when an offer may be made; this knows what it says. A clone serves another dialog of the
/// same INVITE, since each branch of a fork answers on its own.
#[derive(Debug, Clone)]
pub struct Negotiator {
    policy: Policy,
    local: Local,
    stance: Stance,
    session: u64,
    /// The address in `o=`, which is a part of the session's name and stays (RFC 3264, section 8).
    origin: Option<IpAddr>,
    /// The version in the last `o=` line, and what it described.
    version: u64,
    said: Option<Draft>,
    /// An offer of this side that has no answer yet.
    pending: Option<Pending>,
    numbers: Numbers,
    agreed: Option<Agreed>,
}

#[derive(Debug, Clone)]
struct Pending {
    voice: Voice,
    stance: Stance,
}

/// Payload types that a dialog has given a meaning, which stays (RFC 3264, section 8.3.2): last what this side has said.
#[derive(Debug, Clone, Default)]
struct Numbers(Vec<(u8, Meaning)>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Codec(Codec),
    /// Telephone events of this clock.
    Events(u32),
    /// What this phone does not know.
    Other,
}

impl Numbers {
    /// The other side has said what its numbers mean.
    fn heard(&mut self, formats: &[Format]) {
        // A codec that is spelled otherwise than usual is no reason to give up its number.
        let spelled = |format: &Format| {
            let of_codec = Codec::ALL.into_iter().any(|codec| codec.payload_type() == format.payload_type);
            of_codec && format.payload_type < DYNAMIC.start && format.codec().is_none()
        };
        for format in formats.iter().filter(|format| !spelled(format)) {
            if self.0.iter().all(|(known, _)| *known != format.payload_type) {
                let codec = || format.codec().map(Meaning::Codec);
                let meaning = format.telephone_event().map(Meaning::Events).or_else(codec).unwrap_or(Meaning::Other);
                self.0.insert(0, (format.payload_type, meaning));
            }
        }
    }

    fn said(&mut self, voice: &Voice) {
        let codecs = voice.codecs.iter().map(|(number, codec)| (*number, Meaning::Codec(*codec)));
        let events = voice.telephone_events.iter().map(|(number, clock_rate)| (*number, Meaning::Events(*clock_rate)));
        for (number, meaning) in codecs.chain(events) {
            self.0.retain(|(known, _)| *known != number);
            self.0.push((number, meaning));
        }
    }

    /// The number of a meaning in an offer that has `offered` others already: the one from before, else the usual one, else any
    /// that means nothing yet.
    fn of(&self, meaning: Meaning, usual: u8, offered: &[u8]) -> Option<u8> {
        let before = self.0.iter().rev().find(|(_, known)| *known == meaning).map(|(number, _)| *number);
        let is_free = |number: &u8| self.0.iter().all(|(known, _)| known != number) && !offered.contains(number);
        before.or_else(|| [usual].into_iter().chain(DYNAMIC.rev()).find(is_free))
    }
}

/// Payload types that have no meaning of their own (RFC 3551, section 6). Most begin with the lowest: those that this phone
/// chooses are the last, so that they are not those of somebody who answers by his own.
const DYNAMIC: Range<u8> = 96..128;

impl Negotiator {
    /// One that has said nothing yet. `session` tells this session from others of the unit: the time of day in seconds, or a
    /// random number.
    pub fn new(policy: Policy, local: Local, session: u64) -> Self {
        Negotiator {
            policy,
            local,
            stance: Stance::Talk,
            // Some servers read it as a signed number of 64 bits.
            session: session & (u64::MAX >> 2),
            origin: None,
            version: session & (u64::MAX >> 2),
            said: None,
            pending: None,
            numbers: Numbers::default(),
            agreed: None,
        }
    }

    /// What is agreed now.
    pub fn agreed(&self) -> Option<&Agreed> {
        self.agreed.as_ref()
    }

    /// Whether an offer of this side waits for its answer.
    pub fn is_pending(&self) -> bool {
        self.pending.is_some()
    }

    /// What the person wants of the call, as it was last offered or answered with success.
    pub fn stance(&self) -> Stance {
        self.stance
    }

    /// Where this side receives, as the next description says it.
    pub fn local(&self) -> Local {
        self.local
    }

    /// This side can be reached elsewhere from the next description on.
    pub fn set_local(&mut self, local: Local) {
        self.local = local;
    }

    /// The settings have changed; they count from the next description on.
    pub fn set_policy(&mut self, policy: Policy) {
        self.policy = policy;
    }

    /// An offer, the first one or another. Streams that were refused before stay refused.
    pub fn offer(&mut self, stance: Stance) -> String {
        let voice = self.offered_voice(stance);
        let zero_address = stance == Stance::Hold && self.policy.hold_by_zero_address;
        let mut slots = match &self.said {
            Some(said) => said.slots.clone(),
            None => Vec::new(),
        };
        match slots.iter_mut().find(|slot| matches!(slot, Slot::Voice(_))) {
            Some(slot) => *slot = Slot::Voice(voice.clone()),
            None => slots.push(Slot::Voice(voice.clone())),
        }
        self.numbers.said(&voice);
        self.pending = Some(Pending { voice, stance });
        self.say(Draft { address: if zero_address { self.zero() } else { self.local.address.ip() }, slots })
    }

    /// Takes the answer to the pending offer.
    ///
    /// # Errors
    /// What is wrong with it. Then the session is as it was before the offer.
    pub fn answered(&mut self, answer: &[u8]) -> Result<&Agreed, Fault> {
        let Pending { voice, stance } = self.pending.take().ok_or(Fault::Unexpected)?;
        let answer = read(answer)?;
        let slots = self.said.as_ref().map_or(&[][..], |said| &said.slots);
        let index = slots.iter().position(|slot| matches!(slot, Slot::Voice(_))).unwrap_or(0);
        let media = answer.media.get(index).ok_or(Fault::NoAudio)?;
        if media.port == 0 {
            return Err(Fault::Refused);
        }
        if !media.is_voice() {
            return Err(Fault::NoAudio);
        }
        let agreed = agree(&self.policy, self.security_of_answers(), Side::Offerer, &voice, media, stance)?;
        self.numbers.heard(&media.formats);
        self.stance = stance;
        Ok(self.agreed.insert(agreed))
    }

    /// The pending offer was refused, or its request failed: the session is as it was before.
    pub fn withdrawn(&mut self) {
        self.pending = None;
    }

    /// Answers an offer.
    ///
    /// # Errors
    /// Why it cannot be answered, with [`Fault::status`] for the response; the session is as it was before.
    pub fn answer(&mut self, offer: &[u8], stance: Stance) -> Result<String, Fault> {
        let offer = read(offer)?;
        let before = self.said.as_ref().map_or(&[][..], |said| &said.slots);
        let before = before.iter().position(|slot| matches!(slot, Slot::Voice(_)));
        let index = self.voice_of(&offer.media, before)?;
        let media = &offer.media[index];
        let voice = self.answered_voice(media, stance)?;
        let agreed = agree(&self.policy, self.policy.security, Side::Answerer, &voice, media, stance)?;
        let slots = offer.media.iter().enumerate().map(|(at, media)| match at == index {
            true => Slot::Voice(voice.clone()),
            false => Slot::Refused {
                kind: media.kind.clone(),
                protocol: media.protocol.clone(),
                formats: media.format_list.clone(),
            },
        });
        let draft = Draft { address: self.local.address.ip(), slots: slots.collect() };
        self.numbers.heard(&media.formats);
        self.numbers.said(&voice);
        self.agreed = Some(agreed);
        self.stance = stance;
        Ok(self.say(draft))
    }

    /// Which stream of an offer to take: the one from before if it is still there, else the first that goes. A stream that
    /// ends, with all others, ends with its answer (RFC 3264, section 8.2).
    fn voice_of(&self, media: &[Media], before: Option<usize>) -> Result<usize, Fault> {
        let open = |at: &usize| media.get(*at).is_some_and(|media| media.is_voice() && media.port != 0);
        let fits = |at: &usize| open(at) && choose(&self.policy, &media[*at]).is_ok();
        let mut order = before.into_iter().chain(0..media.len());
        let first_fault = || (0..media.len()).find(open).and_then(|at| choose(&self.policy, &media[at]).err());
        let ended = || {
            let all = media.iter().all(|media| media.port == 0);
            before.filter(|at| all && media.get(*at).is_some_and(Media::is_voice))
        };
        order.find(fits).or_else(ended).ok_or_else(|| first_fault().unwrap_or(Fault::NoAudio))
    }

    /// What an answer has to keep to. What is encrypted stays so when this side changes something. An offer of the other side may
    /// end it where encryption is preferred only: its server may have moved the call to a phone without.
    fn security_of_answers(&self) -> Security {
        match self.policy.security {
            Security::Preferred if self.has_keys() => Security::Required,
            security => security,
        }
    }

    fn has_keys(&self) -> bool {
        self.agreed.as_ref().is_some_and(|agreed| agreed.keys.is_some())
    }

    /// The profile of an offer: the one that the keys were agreed on by, since the other side may know no other.
    fn profile(&self) -> &str {
        let voice = self.said.iter().flat_map(|said| &said.slots).find_map(|slot| match slot {
            Slot::Voice(voice) => Some(voice),
            Slot::Refused { .. } => None,
        });
        match (self.policy.security, voice) {
            (Security::Preferred | Security::Required, Some(voice)) if self.has_keys() => &voice.protocol,
            (Security::Required, _) => "RTP/SAVP",
            _ => "RTP/AVP",
        }
    }

    fn offered_voice(&self, stance: Stance) -> Voice {
        let policy = &self.policy;
        let mut taken = Vec::new();
        let mut number = |meaning: Meaning, usual: u8| {
            let number = self.numbers.of(meaning, usual, &taken)?;
            taken.push(number);
            Some(number)
        };
        let mut telephone_events = Vec::new();
        // The number of the settings goes before those that only this phone chooses.
        if let Some(usual) = policy.telephone_event {
            let number = number(Meaning::Events(TICKS_PER_SECOND), usual);
            telephone_events.extend(number.map(|number| (number, TICKS_PER_SECOND)));
        }
        let mut codecs = Vec::new();
        for codec in policy.codecs.iter().copied() {
            let usual = codec.payload_type();
            codecs.push((number(Meaning::Codec(codec), usual).unwrap_or(usual), codec));
        }
        // Beside voice of another clock, events need one that is like it.
        let other_clock = policy.codecs.iter().map(|codec| codec.clock_rate()).find(|rate| *rate != TICKS_PER_SECOND);
        if let Some(clock_rate) = other_clock.filter(|_| policy.telephone_event.is_some()) {
            let number = number(Meaning::Events(clock_rate), DYNAMIC.end - 1);
            telephone_events.extend(number.map(|number| (number, clock_rate)));
        }
        let secure = policy.security != Security::Off;
        Voice {
            port: self.local.address.port(),
            protocol: self.profile().to_owned(),
            telephone_events,
            codecs,
            annex_b_refused: policy.annex_b_refused,
            packet_time: policy.packet_time.as_millis(),
            direction: stance.direction(),
            rtcp_port: self.rtcp_port(),
            crypto: (Suite::ALL.into_iter().zip(1..).filter(|_| secure))
                .map(|(suite, tag)| Crypto { tag, suite, master: self.local.master })
                .collect(),
        }
    }

    fn answered_voice(&self, media: &Media, stance: Stance) -> Result<Voice, Fault> {
        let ended = media.port == 0;
        let chosen = match choose(&self.policy, media) {
            // The line has to name a format, which means nothing (RFC 3264, section 6).
            Err(_) if ended => Chosen { codecs: vec![(Codec::Pcmu.payload_type(), Codec::Pcmu)], ..Chosen::default() },
            chosen => chosen?,
        };
        Ok(Voice {
            port: if ended { 0 } else { self.local.address.port() },
            protocol: media.protocol.clone(),
            codecs: chosen.codecs,
            telephone_events: chosen.telephone_events,
            annex_b_refused: self.policy.annex_b_refused || chosen.annex_b_refused,
            packet_time: self.policy.packet_time.as_millis(),
            direction: stance.direction().meet(media.effective_direction()),
            rtcp_port: self.rtcp_port(),
            crypto: (chosen.crypto.into_iter()).map(|theirs| Crypto { master: self.local.master, ..theirs }).collect(),
        })
    }

    fn rtcp_port(&self) -> Option<u16> {
        self.policy.rtcp_by_sdp.then(|| self.local.address.port().checked_add(1)).flatten()
    }

    fn zero(&self) -> IpAddr {
        match self.local.address {
            SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
            SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
        }
    }

    /// The text of a description. Its version is another one only if it says something else (RFC 3264, section 8).
    fn say(&mut self, draft: Draft) -> String {
        if self.said.as_ref().is_some_and(|said| *said != draft) {
            self.version += 1;
        }
        let address = *self.origin.get_or_insert(self.local.address.ip());
        let origin = Origin { user: &self.policy.user, session: self.session, version: self.version, address };
        let text = draft.text(origin);
        self.said = Some(draft);
        text
    }
}
