//! What a line may say in descriptions, as its settings have it.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use offhook_params::Settings;
use offhook_params::choices::{SipTransport, Srtp};
use offhook_params::settings::Line;

use crate::codec::Codec;

/// Whether voice is encrypted by SRTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Security {
    /// Never.
    #[default]
    Off,
    /// If the other side can.
    Preferred,
    /// Always, or there is no call.
    Required,
}

/// The settings of a line that its descriptions depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// What is offered, best first; never empty.
    pub codecs: Vec<Codec>,
    /// Whether G.729 is described with `annexb=no`.
    pub annex_b_refused: bool,
    /// How much voice a packet holds.
    pub packet_time: Duration,
    /// Payload type of telephone events in offers; none if digits do not go that way.
    pub telephone_event: Option<u8>,
    /// The user in `o=`.
    pub user: String,
    /// Holds by the address 0.0.0.0.
    pub hold_by_zero_address: bool,
    /// Closes the ports of a call on hold.
    pub closed_on_hold: bool,
    /// Sends reports by RTCP.
    pub rtcp: bool,
    /// Sends reports to where `a=rtcp` says.
    pub rtcp_by_sdp: bool,
    /// Encryption.
    pub security: Security,
    /// The router's address that stands for the unit's own (guide rule 168).
    pub global_address: Option<Ipv4Addr>,
}

impl Policy {
    /// The policy of a line.
    pub fn of_line(settings: &Settings, line: &Line) -> Self {
        let digits_by_event = line.dtmf.dtmf_by_event && !line.dtmf.dtmf_by_info;
        Policy {
            codecs: codecs(settings, line),
            annex_b_refused: settings.codecs.g729_annex_b_refused,
            packet_time: settings.rtp.packet_time,
            telephone_event: digits_by_event.then_some(settings.dtmf.telephone_event_payload_type),
            user: match line.headers.sdp_user_name.as_str() {
                "" => "-".to_owned(),
                user => user.to_owned(),
            },
            hold_by_zero_address: line.rtp.hold_by_zero_address,
            closed_on_hold: line.rtp.rtp_closed_on_hold,
            rtcp: line.rtp.rtcp,
            rtcp_by_sdp: line.rtp.rtcp_by_sdp,
            security: security(line),
            global_address: settings.napt.global_address.filter(|_| line.napt.static_napt),
        }
    }

    /// The address to tell the other side, where the unit's own is `own`.
    pub fn advertised(&self, own: IpAddr) -> IpAddr {
        self.global_address.map_or(own, IpAddr::V4)
    }

    /// How much voice the packets of a codec hold, where the other side wishes for `wished` milliseconds and takes at most
    /// `most`.
    pub(super) fn packet_time(&self, codec: Codec, wished: Option<u32>, most: Option<u32>) -> Duration {
        let own = u32::try_from(self.packet_time.as_millis()).unwrap_or(20);
        let fits = |time: u32| {
            matches!(time, 20 | 30 | 40)
                && (time != 30 || !matches!(codec, Codec::G722 | Codec::Opus))
                && most.is_none_or(|most| time <= most || most < 20)
        };
        let time = wished.into_iter().chain([own, 20]).find(|time| fits(*time)).unwrap_or(20);
        Duration::from_millis(time.into())
    }
}

/// Keys in SDP are worth something only if nobody else reads it: without TLS there is no encryption, whatever is set.
fn security(line: &Line) -> Security {
    match line.rtp.srtp {
        _ if line.transport.sip_transport != SipTransport::Tls => Security::Off,
        Srtp::Off => Security::Off,
        Srtp::Preferred => Security::Preferred,
        Srtp::Required => Security::Required,
    }
}

/// The enabled codecs by priority, those of equal priority by their own numbers (guide rule 190), which Opus comes before:
/// who enables it wants it.
fn codecs(settings: &Settings, line: &Line) -> Vec<Codec> {
    let odd_time = settings.rtp.packet_time == Duration::from_millis(30);
    let mut enabled: Vec<_> = (line.codecs.iter().zip(Codec::ALL))
        .filter(|(settings, codec)| settings.codecs.codec_offered && !(odd_time && *codec == Codec::G722))
        .map(|(settings, codec)| (settings.codecs.codec_priority, codec))
        .collect();
    if line.rtp.opus_offered && Codec::ALL.contains(&Codec::Opus) && !odd_time {
        enabled.push((line.rtp.opus_priority, Codec::Opus));
    }
    enabled.sort_unstable_by_key(|(priority, codec)| (*priority, *codec != Codec::Opus, *codec));
    let mut codecs: Vec<_> = enabled.into_iter().map(|(_, codec)| codec).collect();
    if codecs.is_empty() || (settings.codecs.pcmu_always && !codecs.contains(&Codec::Pcmu)) {
        codecs.push(Codec::Pcmu);
    }
    codecs
}
