//! Secrets in messages, replaced by asterisks of the same number, so that lengths stay true.

use std::iter;
use std::ops::Range;

/// Fields whose digest, or whatever else proves who sent them, is masked.
const PROOFS: [&str; 4] = ["authorization", "proxy-authorization", "authentication-info", "proxy-authentication-info"];

/// The parameters of those fields from which a password could be found by trying.
const DIGESTS: [&str; 2] = ["response", "rspauth"];

/// Bodies that hold keys, which may be those of a PIN.
const KEYS: [&[u8]; 2] = [b"application/dtmf", b"application/dtmf-relay"];

/// The message with its secrets masked: digests of passwords, credentials of other schemes, keys of SRTP, keys that a person
/// presses.
pub(super) fn masked(message: &[u8]) -> Vec<u8> {
    let mut out = message.to_vec();
    let mut begin = 0;
    let (mut has_keys, mut in_body) = (false, false);
    while let Some(length) = next_line(&message[begin..], has_keys && in_body) {
        let line = &message[begin..begin + length];
        let content = line.trim_ascii_end();
        in_body |= content.is_empty();
        // A part of a body says of itself what it is.
        if let Some(kind) = content_type(content) {
            (has_keys, in_body) = (KEYS.iter().any(|keys| keys.eq_ignore_ascii_case(kind)), false);
        }
        let found = if has_keys && in_body { pressed(content) } else { secrets(line) };
        for secret in found {
            let secret = &mut out[begin + secret.start..begin + secret.end];
            secret.iter_mut().filter(|byte| !byte.is_ascii_whitespace()).for_each(|byte| *byte = b'*');
        }
        begin += length;
    }
    out
}

/// The length of the next line with the lines that continue it, unless it stands `alone`; none at the end. An empty line is
/// the end of a header, and nothing continues it.
fn next_line(rest: &[u8], alone: bool) -> Option<usize> {
    let mut length = 0;
    loop {
        let line = rest[length..].iter().position(|&b| b == b'\n').map_or(rest.len() - length, |at| at + 1);
        let alone = alone || rest[length..length + line].trim_ascii().is_empty();
        length += line;
        if alone || !matches!(rest.get(length), Some(b' ' | b'\t')) {
            return Some(length).filter(|length| *length > 0);
        }
    }
}

/// Where the secrets of a line are.
fn secrets(line: &[u8]) -> Vec<Range<usize>> {
    let line = &line[..line.trim_ascii_end().len()];
    let after = |prefix: &[u8]| line.get(..prefix.len()).filter(|start| start.eq_ignore_ascii_case(prefix));
    if after(b"k=").is_some() {
        // The key of RFC 4566, section 5.12, which nobody should use any more.
        return iter::once(2..line.len()).collect();
    }
    if after(b"a=crypto:").is_some() {
        return keys(line);
    }
    let Some(colon) = line.iter().position(|&b| b == b':') else { return Vec::new() };
    let name = String::from_utf8_lossy(&line[..colon]).trim().to_ascii_lowercase();
    if !PROOFS.contains(&name.as_str()) {
        return Vec::new();
    }
    let value = colon + 1..line.len();
    let scheme = line[value.clone()].trim_ascii_start();
    let has_scheme = name.ends_with("authorization");
    if has_scheme && !scheme.get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"digest")) {
        // Of other schemes, everything behind the name may be the password itself.
        let start = line.len() - scheme.len();
        let end = scheme.iter().position(|b| b.is_ascii_whitespace()).map_or(line.len(), |at| start + at + 1);
        return iter::once(end..line.len()).collect();
    }
    digests(line, value.start)
}

/// The media type that a line names, without its parameters.
fn content_type(line: &[u8]) -> Option<&[u8]> {
    let colon = line.iter().position(|&b| b == b':')?;
    let name = line[..colon].trim_ascii();
    let names_it = name.eq_ignore_ascii_case(b"content-type") || name.eq_ignore_ascii_case(b"c");
    let value = &line[colon + 1..];
    names_it.then(|| value[..until(value, 0, |b| b == b';')].trim_ascii())
}

/// The keys in a line of a body: the value of `Signal`, or all of a line that has no name. The rest tells nothing.
fn pressed(line: &[u8]) -> Vec<Range<usize>> {
    let start = match line.iter().position(|&b| b == b'=') {
        None => 0,
        Some(equals) if line[..equals].trim_ascii().eq_ignore_ascii_case(b"signal") => equals + 1,
        Some(_) => return Vec::new(),
    };
    iter::once(start..line.len()).collect()
}

/// The keys of `a=crypto` (RFC 4568, section 6.1): all that follows `inline:`, up to a blank.
fn keys(line: &[u8]) -> Vec<Range<usize>> {
    const MARK: &[u8] = b"inline:";
    let marks =
        (0..line.len()).filter(|&at| line[at..].get(..MARK.len()).is_some_and(|m| m.eq_ignore_ascii_case(MARK)));
    marks
        .map(|at| at + MARK.len())
        .map(|start| start..until(line, start, |b| b.is_ascii_whitespace() || b == b';'))
        .collect()
}

/// The values of the parameters that are digests.
fn digests(line: &[u8], from: usize) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for name in DIGESTS {
        let mut at = from;
        while let Some(start) = find(&line[at..], name.as_bytes()).map(|start| at + start) {
            at = start + name.len();
            let is_whole = line[start - 1].is_ascii_whitespace() || matches!(line[start - 1], b',' | b':');
            let blanks = |from: usize| until(line, from, |b| !b.is_ascii_whitespace());
            let equals = blanks(at);
            if !is_whole || line.get(equals) != Some(&b'=') {
                continue;
            }
            let value = blanks(equals + 1);
            found.push(match line.get(value) {
                Some(b'"') => value + 1..until(line, value + 1, |b| b == b'"'),
                _ => value..until(line, value, |b| b.is_ascii_whitespace() || b == b','),
            });
        }
    }
    found
}

/// Where the first byte stands that is wanted, or the end.
fn until(line: &[u8], from: usize, wanted: impl Fn(u8) -> bool) -> usize {
    line[from..].iter().position(|&b| wanted(b)).map_or(line.len(), |at| from + at)
}

fn find(line: &[u8], word: &[u8]) -> Option<usize> {
    line.windows(word.len()).position(|window| window.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(message: &str, wanted: &str) {
        let shown = masked(message.as_bytes());
        assert_eq!(String::from_utf8_lossy(&shown), wanted);
        assert_eq!(shown.len(), message.len());
    }

    #[test]
    fn digests_are_masked_and_the_rest_is_shown() {
        check(
            "REGISTER sip:a SIP/2.0\r\nAuthorization: Digest username=\"response\", response=\"0a1b\", uri=\"sip:a\"\r\nl: 0\r\n\r\n",
            "REGISTER sip:a SIP/2.0\r\nAuthorization: Digest username=\"response\", response=\"****\", uri=\"sip:a\"\r\nl: 0\r\n\r\n",
        );
        check("proxy-authorization :Digest response = ab\r\n\r\n", "proxy-authorization :Digest response = **\r\n\r\n");
        check(
            "Authorization: Digest a=b,\r\n response=\"0a\"\r\nX: response=\"0a\"\r\n",
            "Authorization: Digest a=b,\r\n response=\"**\"\r\nX: response=\"0a\"\r\n",
        );
        check("Authentication-Info: qop=auth, rspauth=\"ab\"\r\n", "Authentication-Info: qop=auth, rspauth=\"**\"\r\n");
    }

    #[test]
    fn other_schemes_are_masked_whole() {
        check("Authorization: Basic dTpw\r\n", "Authorization: Basic ****\r\n");
        check("Authorization: Bearer\r\n x.y\r\n", "Authorization: Bearer\r\n ***\r\n");
    }

    #[test]
    fn keys_of_media_are_masked() {
        check(
            "\r\nv=0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0|2^20|1:4;inline:eA== FEC_KEY\r\nk=clear:x\r\n",
            "\r\nv=0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:*****************;inline:**** FEC_KEY\r\nk=*******\r\n",
        );
    }

    #[test]
    fn keys_that_a_person_presses_are_masked() {
        check(
            "INFO sip:a SIP/2.0\r\nContent-Type: application/dtmf-relay\r\nl: 22\r\n\r\nSignal=5\r\nDuration=160\r\n",
            "INFO sip:a SIP/2.0\r\nContent-Type: application/dtmf-relay\r\nl: 22\r\n\r\nSignal=*\r\nDuration=160\r\n",
        );
        check("c: Application/DTMF;x=y\r\nl: 2\r\n\r\n 10", "c: Application/DTMF;x=y\r\nl: 2\r\n\r\n **");
        check("Content-Type :\r\n application/dtmf\n\n5\n", "Content-Type :\r\n application/dtmf\n\n*\n");
        check(
            "c: application/dtmf-relay\n\nDuration=1\n Signal=5\n",
            "c: application/dtmf-relay\n\nDuration=1\n Signal=*\n",
        );
        check("c: application/dtmf-relay\n\nsignal = 11\n", "c: application/dtmf-relay\n\nsignal = **\n");
        check(
            "c: multipart/mixed;boundary=b\n\n--b\nContent-Type: application/dtmf\n\n5\n--b\nContent-Type: text/plain\n\n5\n",
            "c: multipart/mixed;boundary=b\n\n--b\nContent-Type: application/dtmf\n\n*\n***\nContent-Type: text/plain\n\n5\n",
        );
        check("c: text/plain\n\nSignal=5\n5\n", "c: text/plain\n\nSignal=5\n5\n");
    }

    #[test]
    fn whatever_comes_is_shown() {
        for message in
            ["", "\r\n", ":", "Authorization:", "Authorization: Digest", "authorization: digest response=", "k="]
        {
            check(message, message);
        }
        assert_eq!(masked(&[0xff, b'\n', 0]), [0xff, b'\n', 0]);
    }
}
