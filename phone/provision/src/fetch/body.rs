//! The file as it arrives: counted, and looked at for what it should not be.

use std::io;

use super::server;
use crate::error::Error;
use crate::location::Location;

/// How much of a file is looked at.
const HEAD: usize = 128;

/// A file on its way into a sink.
pub(super) struct Body<'a> {
    location: &'a Location,
    limit: u64,
    sink: &'a mut (dyn io::Write + Send),
    written: u64,
    head: Vec<u8>,
}

impl<'a> Body<'a> {
    pub(super) fn new(location: &'a Location, limit: u64, sink: &'a mut (dyn io::Write + Send)) -> Self {
        Self { location, limit, sink, written: 0, head: Vec::new() }
    }

    /// Bytes so far.
    pub(super) const fn len(&self) -> u64 {
        self.written
    }

    /// Refuses a size that was announced, before anything of it comes.
    pub(super) const fn announce(&self, size: u64) -> Result<(), Error> {
        if size > self.limit { Err(Error::TooLarge { limit: self.limit }) } else { Ok(()) }
    }

    /// Takes the next piece.
    pub(super) fn push(&mut self, piece: &[u8]) -> Result<(), Error> {
        self.announce(self.written.saturating_add(piece.len() as u64))?;
        self.head.extend(piece.iter().take(HEAD - self.head.len()));
        self.sink.write_all(piece).map_err(Error::Keep)?;
        self.written += piece.len() as u64;
        Ok(())
    }

    /// That was the end of it.
    pub(super) fn finish(&self) -> Result<(), Error> {
        if is_web_page(&self.head) { Err(Error::WebPage { server: server(self.location) }) } else { Ok(()) }
    }
}

fn is_web_page(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start().to_ascii_lowercase();
    [&b"<!doctype html"[..], b"<html"].iter().any(|start| head.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_pages_are_told_from_files() {
        for (head, is) in [
            (&b"<!DOCTYPE html>\n<html>"[..], true),
            (b"\xef\xbb\xbf \r\n<HTML lang=en>", true),
            (b"<?xml version=\"1.0\"?>", false),
            (b"# Panasonic SIP Phone", false),
            (b"", false),
        ] {
            assert_eq!(is_web_page(head), is);
        }
    }
}
