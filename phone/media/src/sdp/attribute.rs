//! The attributes of a stream that matter to a phone. A malformed one counts as missing.

use super::crypto::Crypto;
use super::description::{Format, Media};
use super::direction::Direction;
use super::read::connection;

/// Keys of a stream that are kept; more of them are ignored.
const MAX_CRYPTO: usize = 16;

/// Takes the value of an `a=` line into the stream that it stands below.
pub(super) fn read(media: &mut Media, value: &str) {
    let (name, value) = value.split_once(':').unwrap_or((value, ""));
    let value = value.trim();
    match name.trim().to_ascii_lowercase().as_str() {
        "rtpmap" => map(media, value).unwrap_or_default(),
        "fmtp" => parameters(media, value).unwrap_or_default(),
        "ptime" => media.packet_time = milliseconds(value),
        "maxptime" => media.max_packet_time = milliseconds(value),
        "rtcp" => media.rtcp = rtcp(value),
        "crypto" if media.crypto.len() < MAX_CRYPTO => media.crypto.extend(Crypto::read(value)),
        name => media.direction = Direction::named(name).unwrap_or(media.direction),
    }
}

/// `97 G722/8000/1`.
fn map(media: &mut Media, value: &str) -> Option<()> {
    let (number, encoding) = value.split_once(char::is_whitespace)?;
    let mut parts = encoding.trim().split('/');
    let (encoding, clock_rate) = (parts.next()?, parts.next()?.trim().parse().ok()?);
    let channels = parts.next().map_or(Some(1), |channels| channels.trim().parse().ok())?;
    let format = format(media, number)?;
    encoding.clone_into(&mut format.encoding);
    (format.clock_rate, format.channels) = (clock_rate, channels);
    Some(())
}

/// `18 annexb=no`.
fn parameters(media: &mut Media, value: &str) -> Option<()> {
    let (number, parameters) = value.split_once(char::is_whitespace)?;
    parameters.trim().clone_into(&mut format(media, number)?.parameters);
    Some(())
}

fn format<'a>(media: &'a mut Media, number: &str) -> Option<&'a mut Format> {
    let number: u8 = number.parse().ok()?;
    media.formats.iter_mut().find(|format| format.payload_type == number)
}

/// Whole milliseconds; some write `20.0`.
fn milliseconds(value: &str) -> Option<u32> {
    value.split('.').next()?.parse().ok().filter(|milliseconds| *milliseconds > 0)
}

/// `53020`, or `53020 IN IP4 192.0.2.1` (RFC 3605, section 2.1).
fn rtcp(value: &str) -> Option<(u16, Option<super::Address>)> {
    let (port, rest) = value.split_once(char::is_whitespace).unwrap_or((value, ""));
    let port = port.parse().ok().filter(|port| *port > 0)?;
    Some((port, if rest.is_empty() { None } else { Some(connection(rest)?) }))
}
