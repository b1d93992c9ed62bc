//! What two descriptions have in common.

use std::net::SocketAddr;

use super::agreed::{Agreed, Events, Keys};
use super::crypto::Crypto;
use super::description::{Address, Format, Media};
use super::fault::Fault;
use super::negotiator::Stance;
use super::policy::{Policy, Security};
use super::write::Voice;
use crate::codec::{Codec, TICKS_PER_SECOND, Tuning};

/// Who made the offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// This side.
    Offerer,
    /// The other side.
    Answerer,
}

/// What of an offered stream this side takes, in the order and with the payload types of the offer.
#[derive(Debug, Clone, Default)]
pub(super) struct Chosen {
    pub(super) codecs: Vec<(u8, Codec)>,
    pub(super) telephone_events: Vec<(u8, u32)>,
    /// G.729 was offered without Annex B, so the answer must not want it (RFC 7261, section 3).
    pub(super) annex_b_refused: bool,
    pub(super) crypto: Option<Crypto>,
}

pub(super) fn choose(policy: &Policy, media: &Media) -> Result<Chosen, Fault> {
    let crypto = media.crypto.first().filter(|_| policy.security != Security::Off).cloned();
    if crypto.is_none() && (media.is_secure_profile() || policy.security == Security::Required) {
        return Err(Fault::NoEncryption);
    }
    let mut codecs: Vec<(u8, Codec)> = Vec::new();
    for format in &media.formats {
        let codec = format.codec().filter(|codec| policy.codecs.contains(codec));
        if let Some(codec) = codec.filter(|codec| codecs.iter().all(|(_, taken)| taken != codec)) {
            codecs.push((format.payload_type, codec));
        }
    }
    if codecs.is_empty() {
        return Err(Fault::NoCodec);
    }
    let annex_b_refused =
        media.formats.iter().any(|format| format.codec() == Some(Codec::G729) && format.refuses_annex_b());
    let fits = |clock_rate: u32| {
        clock_rate == TICKS_PER_SECOND || codecs.iter().any(|(_, codec)| codec.clock_rate() == clock_rate)
    };
    let events = policy.telephone_event.map(|_| events(media).filter(|(_, clock_rate)| fits(*clock_rate)).collect());
    Ok(Chosen { telephone_events: events.unwrap_or_default(), codecs, annex_b_refused, crypto })
}

/// What comes of this side's stream and the other side's.
pub(super) fn agree(
    policy: &Policy,
    security: Security,
    side: Side,
    ours: &Voice,
    theirs: &Media,
    stance: Stance,
) -> Result<Agreed, Fault> {
    let keys = keys(ours, theirs);
    let secure = theirs.is_secure_profile() || security == Security::Required;
    // Keys in the answer that were not asked for would be used all the same.
    let mistaken = side == Side::Offerer && !theirs.crypto.is_empty() && !ours.crypto.is_empty();
    if keys.is_none() && (secure || mistaken) && theirs.port != 0 {
        return Err(Fault::NoEncryption);
    }
    let sent = match side {
        // What stands first in the answer is what the other side likes best (RFC 3264, section 7).
        Side::Offerer => first_sent(ours, theirs),
        Side::Answerer => ours.codecs.first().copied(),
    };
    let (payload_type, codec) = sent.ok_or(Fault::NoCodec)?;
    let ended = theirs.port == 0;
    let direction = match ended {
        true => super::Direction::Inactive,
        false => ours.direction.meet(theirs.effective_direction()),
    };
    let remote = destination(theirs.address.as_ref(), theirs.port);
    let held_here = stance == Stance::Hold;
    Ok(Agreed {
        remote,
        remote_rtcp: remote.and_then(|remote| rtcp_destination(policy, remote, theirs)),
        direction,
        held_here,
        held_there: !theirs.effective_direction().receives() || ended,
        closed: policy.closed_on_hold && (held_here || direction == super::Direction::Inactive),
        codec,
        payload_type,
        tuning: theirs
            .formats
            .iter()
            .find(|format| format.codec() == Some(codec))
            .map_or_else(Tuning::default, Format::tuning),
        packet_time: policy.packet_time(codec, theirs.packet_time, theirs.max_packet_time),
        accepts: accepted(ours, theirs),
        events: common_events(codec, ours, theirs),
        keys,
    })
}

/// The codec of the answer that this side sends with, and the answer's number for it.
fn first_sent(ours: &Voice, answer: &Media) -> Option<(u8, Codec)> {
    answer.formats.iter().find_map(|format| Some((format.payload_type, meaning(ours, format)?)))
}

/// The offered codec that a format of the answer means. A number without a name means what the offer gave it.
fn meaning(ours: &Voice, format: &Format) -> Option<Codec> {
    let named = format.codec().filter(|codec| ours.codecs.iter().any(|(_, offered)| offered == codec));
    let numbered = || ours.codecs.iter().find(|(number, _)| *number == format.payload_type).map(|(_, codec)| *codec);
    named.or_else(|| if format.encoding.is_empty() { numbered() } else { None })
}

/// What may come: the own numbers, and those of the other side where it sends with them against the rules.
fn accepted(ours: &Voice, theirs: &Media) -> Vec<(u8, Codec)> {
    let mut accepts = ours.codecs.clone();
    for format in &theirs.formats {
        let taken = accepts.iter().any(|(number, _)| *number == format.payload_type)
            || ours.telephone_events.iter().any(|(number, _)| *number == format.payload_type);
        if let Some(codec) = meaning(ours, format).filter(|_| !taken) {
            accepts.push((format.payload_type, codec));
        }
    }
    accepts
}

fn events(media: &Media) -> impl Iterator<Item = (u8, u32)> {
    media.formats.iter().filter_map(|format| Some((format.payload_type, format.telephone_event()?)))
}

/// Events by the clock of the codec that they interrupt, since both are one source's (RFC 4733, section 2.3.4). Many know those
/// of 8000 hertz alone.
fn common_events(codec: Codec, ours: &Voice, theirs: &Media) -> Option<Events> {
    let known = |clock_rate: u32| ours.telephone_events.iter().any(|(_, known)| *known == clock_rate);
    let common: Vec<_> = events(theirs).filter(|(_, clock_rate)| known(*clock_rate)).collect();
    let of = |wanted: u32| common.iter().find(|(_, clock_rate)| *clock_rate == wanted).copied();
    let send = of(codec.clock_rate()).or_else(|| of(TICKS_PER_SECOND));
    (!common.is_empty()).then(|| Events { send, receive: ours.telephone_events.clone() })
}

fn keys(ours: &Voice, theirs: &Media) -> Option<Keys> {
    theirs.crypto.iter().find_map(|theirs| {
        let ours = ours.crypto.iter().find(|ours| ours.tag == theirs.tag && ours.suite == theirs.suite)?;
        Some(Keys { suite: ours.suite, send: ours.master, receive: theirs.master })
    })
}

fn destination(address: Option<&Address>, port: u16) -> Option<SocketAddr> {
    let ip = address?.ip().filter(|ip| !ip.is_unspecified() && !ip.is_multicast())?;
    (port != 0).then_some(SocketAddr::new(ip, port))
}

/// To where `a=rtcp` says, if the settings follow it; otherwise to the port above, if they want reports at all.
fn rtcp_destination(policy: &Policy, remote: SocketAddr, theirs: &Media) -> Option<SocketAddr> {
    match &theirs.rtcp {
        Some((port, address)) if policy.rtcp_by_sdp => match address {
            Some(address) => destination(Some(address), *port),
            None => Some(SocketAddr::new(remote.ip(), *port)),
        },
        _ if policy.rtcp => Some(SocketAddr::new(remote.ip(), remote.port().checked_add(1)?)),
        _ => None,
    }
}
