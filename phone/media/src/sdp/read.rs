//! Reads descriptions as they come: odd line ends, missing and unknown lines, lines out of order.

use super::attribute;
use super::description::{Address, Description, Format, Media};
use super::direction::Direction;
use super::fault::{Fault, Problem};
use crate::codec::Codec;

/// Octets of a description that are read.
pub const MAX_LENGTH: usize = 64 * 1024;

/// Streams of a description that are read.
pub(super) const MAX_MEDIA: usize = 32;

/// Formats of a stream that are looked at; more of them are ignored.
const MAX_FORMATS: usize = 64;

/// Reads a description. What a call does without is not asked for; what is needed and broken is told with its line.
///
/// # Errors
/// [`Fault::TooLarge`], [`Fault::NotSdp`] and [`Fault::Line`].
pub fn read(bytes: &[u8]) -> Result<Description, Fault> {
    if bytes.len() > MAX_LENGTH {
        return Err(Fault::TooLarge);
    }
    let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
    let mut reader = Reader::default();
    for (number, line) in text.split(['\r', '\n']).enumerate() {
        reader.line(line.trim()).map_err(|problem| Fault::Line { line: number + 1, problem })?;
    }
    reader.finish()
}

#[derive(Default)]
struct Reader {
    description: Description,
    /// What the session level says about all streams.
    address: Option<Address>,
    direction: Direction,
    is_sdp: bool,
}

impl Reader {
    fn line(&mut self, line: &str) -> Result<(), Problem> {
        let Some((kind, value)) = line.split_once('=') else { return Ok(()) };
        let value = value.trim();
        match kind.trim() {
            "v" => {
                self.is_sdp = true;
                if value != "0" {
                    return Err(Problem::Version);
                }
            }
            "o" if self.description.origin.is_empty() => value.clone_into(&mut self.description.origin),
            "c" => {
                let address = connection(value).ok_or(Problem::Connection)?;
                match self.description.media.last_mut() {
                    Some(media) => media.address.get_or_insert(address),
                    None => self.address.get_or_insert(address),
                };
            }
            "m" => self.media(value)?,
            "a" => self.attribute(value),
            _ => {}
        }
        Ok(())
    }

    fn media(&mut self, value: &str) -> Result<(), Problem> {
        self.is_sdp = true;
        if self.description.media.len() == MAX_MEDIA {
            return Err(Problem::TooManyMedia);
        }
        let mut words = value.split_ascii_whitespace();
        let (Some(kind), Some(port), Some(protocol)) = (words.next(), words.next(), words.next()) else {
            return Err(Problem::Media);
        };
        // Behind a slash may stand how many ports there are; the first one is enough.
        let port = port.split('/').next().unwrap_or_default().parse().map_err(|_| Problem::Port)?;
        let formats: Vec<_> = words.collect();
        if formats.is_empty() {
            return Err(Problem::Media);
        }
        self.description.media.push(Media {
            kind: kind.to_owned(),
            port,
            protocol: protocol.to_owned(),
            format_list: formats.join(" "),
            formats: formats.iter().filter_map(|format| known(format)).take(MAX_FORMATS).collect(),
            direction: self.direction,
            ..Media::default()
        });
        Ok(())
    }

    fn attribute(&mut self, value: &str) {
        match self.description.media.last_mut() {
            Some(media) => attribute::read(media, value),
            None => self.direction = Direction::named(value).unwrap_or(self.direction),
        }
    }

    fn finish(mut self) -> Result<Description, Fault> {
        if !self.is_sdp {
            return Err(Fault::NotSdp);
        }
        for media in &mut self.description.media {
            if media.address.is_none() {
                media.address.clone_from(&self.address);
            }
        }
        Ok(self.description)
    }
}

/// `IN IP4 192.0.2.1`, also with a time to live behind the address.
pub(super) fn connection(value: &str) -> Option<Address> {
    let mut words = value.split_ascii_whitespace();
    let (network, kind, address) = (words.next()?, words.next()?, words.next()?);
    let known = ["IP4", "IP6"].iter().any(|known| kind.eq_ignore_ascii_case(known));
    if !network.eq_ignore_ascii_case("IN") || !known {
        return None;
    }
    let address = address.split('/').next().filter(|address| !address.is_empty())?;
    Some(match address.trim_start_matches('[').trim_end_matches(']').parse() {
        Ok(ip) => Address::Ip(ip),
        Err(_) => Address::Name(address.to_owned()),
    })
}

/// A payload type with the meaning that RFC 3551 gives it.
fn known(format: &str) -> Option<Format> {
    let payload_type: u8 = format.parse().ok().filter(|payload_type| *payload_type < 128)?;
    let codec = Codec::ALL.into_iter().find(|codec| codec.is_static() && codec.payload_type() == payload_type);
    Some(Format {
        payload_type,
        encoding: codec.map_or(String::new(), |codec| codec.name().to_owned()),
        clock_rate: codec.map_or(0, Codec::clock_rate),
        channels: 1,
        parameters: String::new(),
    })
}
