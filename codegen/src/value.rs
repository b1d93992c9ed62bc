//! Whether a value fits a type: for the spec's own checks, and as an oracle that is independent of the phone's checks.

use crate::model::{Choice, Ipv4Role, Text, Type, Unicode};

/// Most characters of any value (guide rule 13).
pub const MAX_VALUE: usize = 500;

/// Whole numbers from the first to the second, both included.
pub type Range = (i64, i64);

/// Reads `0, 10..300`.
///
/// # Errors
/// What is wrong with the text.
pub fn ranges(text: &str) -> Result<Vec<Range>, String> {
    let number = |n: &str| n.trim().parse::<i64>().map_err(|_| format!("\"{}\" is not a whole number", n.trim()));
    let out = text
        .split(',')
        .map(|part| match part.split_once("..") {
            None => number(part).map(|n| (n, n)),
            Some((a, b)) => Ok((number(a)?, number(b)?)),
        })
        .collect::<Result<Vec<_>, String>>()?;
    if let Some((a, b)) = out.iter().find(|(a, b)| a > b) {
        return Err(format!("{a}..{b} runs backwards"));
    }
    if let Some(pair) = out.windows(2).find(|p| p[0].1 >= p[1].0) {
        return Err(format!("{}..{} and {}..{} are not in rising order", pair[0].0, pair[0].1, pair[1].0, pair[1].1));
    }
    Ok(out)
}

/// The value of a choice as written in a file.
pub fn choice_value(choice: &Choice) -> String {
    match choice {
        Choice::Number(n) => n.to_string(),
        Choice::Named(named) => named.value.clone(),
    }
}

/// The ASCII characters that a text takes.
pub fn allowed_ascii(text: &Text) -> Vec<char> {
    let printable = (' '..='~').filter(|c| *c != '"');
    match &text.allow {
        Some(allow) => {
            let set = char_set(allow);
            printable.filter(|c| set.contains(c)).collect()
        }
        None => printable.filter(|c| !text.forbid.contains(*c)).collect(),
    }
}

/// Reads `0-9*#`: spans and single characters; a `-` in front or at the end is itself.
pub fn char_set(text: &str) -> Vec<char> {
    let chars: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        if i + 2 < chars.len() && chars[i + 1] == '-' {
            out.extend(chars[i]..=chars[i + 2]);
            i += 3;
        } else {
            out.push(chars[i]);
            i += 1;
        }
    }
    out
}

/// Whether `value`, not empty, fits the type.
pub fn fits(ty: &Type, value: &str) -> bool {
    let chars = value.chars().count();
    if chars > MAX_VALUE {
        return false;
    }
    match ty {
        Type::Boolean => value == "Y" || value == "N",
        Type::Switch(s) => value == s.on || value == s.off,
        Type::Integer(i) => integer(value).is_some_and(|n| {
            ranges(&i.range).is_ok_and(|rs| {
                rs.iter().any(|&(a, b)| n >= a && n <= b && (n - a) % i64::from(i.step.unwrap_or(1).max(1)) == 0)
            })
        }),
        Type::Integers(i) => {
            let parts: Vec<_> = value.split(',').collect();
            let count = |n: i64| ranges(&i.length).is_ok_and(|rs| rs.iter().any(|&(a, b)| n >= a && n <= b));
            let within = |n: i64| ranges(&i.range).is_ok_and(|rs| rs.iter().any(|&(a, b)| n >= a && n <= b));
            count(parts.len() as i64) && parts.iter().all(|p| integer(p).is_some_and(within))
        }
        Type::Choice(choices) => choices.iter().any(|c| choice_value(c) == value),
        Type::Text(t) => {
            let ascii = allowed_ascii(t);
            (t.min as usize..=t.max as usize).contains(&chars)
                && value.chars().all(|c| match t.unicode {
                    _ if c.is_ascii() => ascii.contains(&c),
                    Unicode::None => false,
                    // XML 1.0 cannot carry the last two code points of the BMP.
                    Unicode::Bmp => !c.is_control() && (c as u32) < 0xfffe,
                    Unicode::All => !c.is_control() && !('\u{fffe}'..='\u{ffff}').contains(&c),
                })
        }
        Type::Host(h) => chars <= h.max as usize && host(value),
        Type::Ipv4(i) => ipv4(value, i.role),
        Type::Url(u) => url(value, &u.schemes, &u.prefixes),
        Type::SipUri => sip_uri(value),
        Type::TimeOfDay => {
            let b = value.as_bytes();
            b.len() == 5
                && b[2] == b':'
                && [0, 1, 3, 4].iter().all(|i| b[*i].is_ascii_digit())
                && &value[..2] < "24"
                && &value[3..] < "60"
        }
        Type::FirmwareVersion => {
            let b = value.as_bytes();
            b.len() == 6
                && b[2] == b'.'
                && [0, 1, 3, 4, 5].iter().all(|i| b[*i].is_ascii_digit())
                && &value[..2] <= "15"
        }
        Type::DialPlan => value.chars().all(|c| "0123456789[]-<>:*#!SsTtXx.|+".contains(c)),
    }
}

fn integer(value: &str) -> Option<i64> {
    let digits = value.strip_prefix('-').unwrap_or(value);
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    let minus_zero = value.starts_with('-') && digits.trim_start_matches('0').is_empty();
    if plain && !minus_zero { value.parse().ok() } else { None }
}

fn ipv4(value: &str, role: Ipv4Role) -> bool {
    // The standard library refuses leading zeros, as we do.
    let Ok(address) = value.parse::<std::net::Ipv4Addr>() else { return false };
    let bits = u32::from(address);
    match role {
        Ipv4Role::Server => bits != 0 && bits != u32::MAX,
        Ipv4Role::Unit => bits != 0 && bits != u32::MAX && value != "127.0.0.1",
        Ipv4Role::Mask => (1..32).any(|ones| bits == u32::MAX << (32 - ones)),
    }
}

fn host(value: &str) -> bool {
    if value.chars().all(|c| c.is_ascii_digit() || c == '.') {
        return ipv4(value, Ipv4Role::Server);
    }
    let name = value.strip_suffix('.').unwrap_or(value);
    let labels: Vec<_> = name.split('.').collect();
    labels.iter().all(|l| !l.is_empty() && l.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'))
        && labels.last().is_some_and(|l| !l.chars().all(|c| c.is_ascii_digit()))
}

fn url(value: &str, schemes: &[String], prefixes: &[String]) -> bool {
    if !value.chars().all(|c| c.is_ascii_graphic() && !"\"<>".contains(c)) {
        return false;
    }
    let value = prefixes.iter().find_map(|p| value.strip_prefix(p.as_str())).unwrap_or(value);
    let Some((scheme, rest)) = value.split_once("://") else { return false };
    if !schemes.iter().any(|s| s.eq_ignore_ascii_case(scheme)) {
        return false;
    }
    let authority = rest.split('/').next().unwrap_or_default();
    let (userinfo, host) = authority.split_once('@').map_or((None, authority), |(u, h)| (Some(u), h));
    if let Some(userinfo) = userinfo {
        let (user, password) = userinfo.split_once(':').unwrap_or((userinfo, ""));
        if user.len() > 127 || password.len() > 127 {
            return false;
        }
    }
    let credentials = userinfo.map_or(0, |u| u.len() + 1);
    !host.is_empty()
        && !host.starts_with(':')
        && !host.contains('@')
        && scheme.len() + 3 + rest.len() - credentials < 245
}

fn sip_uri(value: &str) -> bool {
    let rest = value.strip_prefix("sip:").unwrap_or(value);
    let clean = |s: &str| s.chars().all(|c| c.is_ascii_graphic() && !"\"&':;<>@".contains(c));
    let (user, host) = rest.split_once('@').unwrap_or((rest, "host"));
    clean(user) && clean(host) && (1..64).contains(&user.len()) && (1..128).contains(&host.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_read() {
        assert_eq!(ranges("0, 10..300"), Ok(vec![(0, 0), (10, 300)]));
        assert_eq!(ranges("-24..6"), Ok(vec![(-24, 6)]));
        assert!(ranges("5..1").is_err());
        assert!(ranges("1..5, 5").is_err());
        assert!(ranges("one").is_err());
    }

    #[test]
    fn sets_read() {
        assert_eq!(char_set("0-2*-"), vec!['0', '1', '2', '*', '-']);
    }
}
