//! Rows of hosts, addresses, masks, URLs and SIP URIs.

use super::Rows;
use crate::model::{Ipv4Role, Url};

/// What is no IPv4 address, and no host name either, since only digits and dots are in it.
const NO_ADDRESSES: [(&str, &str); 14] = [
    ("192.0.2", "three numbers"),
    ("192.0.2.1.1", "five numbers"),
    ("192.0.2.256", "a number above 255"),
    ("256.0.2.1", "the first number above 255"),
    ("192.0.2.999", "a number far above 255"),
    ("192.0.02.1", "a leading zero"),
    ("192.0.2.00", "two zeros"),
    ("192.0..1", "a number missing"),
    (".192.0.2.1", "a dot in front"),
    ("192.0.2.1.", "a dot behind"),
    ("3221225985", "an address as one number"),
    ("1", "a number alone"),
    (".", "a dot alone"),
    ("192.0.2.0000000001", "a long number"),
];

/// Characters that hosts do not have.
const NO_HOSTS: [(&str, &str); 16] = [
    ("host name", "a blank inside"),
    ("host:5060", "a port"),
    ("192.0.2.1:5060", "an address with a port"),
    ("sip:example.com", "a scheme"),
    ("http://example.com", "a URL"),
    ("example.com/", "a path"),
    ("user@example.com", "a user"),
    ("[2001:db8::1]", "an IPv6 address"),
    ("2001:db8::1", "an IPv6 address"),
    ("example..com", "two dots in a row"),
    (".example.com", "a dot in front"),
    ("example.com..", "two dots behind"),
    ("example.1", "a name that ends in a number"),
    ("example.1.", "a name that ends in a number and a dot"),
    ("ex\u{e4}mple.com", "an accented letter"),
    ("\u{4f8b}\u{3048}.jp", "Japanese characters"),
];

pub(super) fn ipv4(rows: &mut Rows, role: Ipv4Role) {
    for ones in 0..=32_u32 {
        let mask = u32::MAX.checked_shl(32 - ones).unwrap_or(0);
        let text = std::net::Ipv4Addr::from(mask).to_string();
        let valid = match role {
            Ipv4Role::Mask => (1..32).contains(&ones),
            _ => ones != 0 && ones != 32,
        };
        rows.push(text, valid, format!("{ones} ones, then zeros"));
    }
    let plain = role != Ipv4Role::Mask;
    for (value, why) in [
        ("192.0.2.1", "an address"),
        ("0.0.0.1", "one above all zeros"),
        ("0.1.0.0", "zeros in front"),
        ("1.0.0.0", "zeros behind"),
        ("255.255.255.254", "one below all ones"),
        ("255.255.255.253", "a one behind a zero"),
        ("255.254.255.255", "a zero inside"),
        ("254.255.255.255", "the first number below 255"),
        ("255.0.255.0", "ones, zeros and ones"),
        ("127.0.0.2", "a neighbour of the loopback address"),
        ("127.0.1.1", "another neighbour of the loopback address"),
        ("127.1.0.1", "another neighbour of the loopback address"),
        ("126.0.0.1", "below the loopback network"),
        ("128.0.0.1", "above the loopback network"),
        ("10.200.19.100", "numbers of two and three digits"),
        ("249.250.99.9", "numbers beside 250"),
    ] {
        rows.push(value, plain, why);
    }
    rows.push("127.0.0.1", role == Ipv4Role::Server, "the loopback address");
    for (value, why) in NO_ADDRESSES.into_iter().chain(NO_HOSTS) {
        rows.bad(value, why);
    }
    for (value, why) in [
        ("example.com", "a host name"),
        ("192.0.2.1/24", "a prefix length"),
        ("/24", "a prefix length alone"),
        ("0xc0.0.2.1", "a hexadecimal number"),
        ("192.0.2.-1", "a sign"),
        ("192.0.2.+1", "a plus sign"),
        ("192,0,2,1", "commas"),
        ("192.0.2.\u{661}", "an Arabic digit"),
    ] {
        rows.bad(value, why);
    }
    rows.surroundings(if plain { "192.0.2.1" } else { "255.255.255.0" });
}

pub(super) fn host(rows: &mut Rows, max: usize) {
    for (value, why) in [
        ("192.0.2.1", "an address"),
        ("127.0.0.1", "the loopback address"),
        ("0.0.0.1", "one above all zeros"),
        ("255.255.255.254", "one below all ones"),
        ("localhost", "a name without a dot"),
        ("a", "one letter"),
        ("Example.COM", "capital letters"),
        ("3cx", "a digit in front"),
        ("1.2.3.4a", "digits, but a letter at the end"),
        ("1.example", "a label of digits"),
        ("a-b_c.example", "a hyphen and an underscore"),
        ("-", "a hyphen alone"),
        ("example.com.", "a name with its root"),
    ] {
        rows.good(value, why);
    }
    for n in [max - 1, max] {
        rows.good("h".repeat(n), format!("a name of {n} characters"));
    }
    rows.bad("h".repeat(max + 1), "one character too many");
    rows.bad(format!("{}.", "h".repeat(max)), "one character too many, a dot behind");
    rows.good("h.".chars().cycle().take(max).collect::<String>(), "the most characters, in labels of one");
    for (value, why) in [("0.0.0.0", "all zeros"), ("255.255.255.255", "all ones")] {
        rows.bad(value, why);
    }
    for (value, why) in NO_ADDRESSES.into_iter().chain(NO_HOSTS) {
        rows.bad(value, why);
    }
    for c in (' '..='~').filter(|c| !c.is_ascii_alphanumeric() && !"-_.".contains(*c)) {
        rows.bad(format!("ho{c}st"), format!("the character {c} inside"));
    }
    rows.surroundings("example.com");
}

pub(super) fn url(rows: &mut Rows, url: &Url) {
    let all = ["http", "https", "ftp", "tftp", "gopher", "sip", "file", "httpx", "htt"];
    for scheme in all {
        let known = url.schemes.iter().any(|s| s == scheme);
        rows.push(format!("{scheme}://example.com/a.cfg"), known, format!("the scheme {scheme}"));
        rows.push(format!("{}://example.com/a.cfg", scheme.to_uppercase()), known, "the scheme in capital letters");
    }
    for scheme in &url.schemes {
        let s = format!("{scheme}://");
        for (rest, why) in [
            ("h", "a host of one letter"),
            ("example.com", "no path"),
            ("example.com/", "an empty path"),
            ("example.com:8080/a/b.cfg", "a port"),
            ("user:password@example.com/a", "user and password"),
            ("user@example.com/a", "a user alone"),
            (":pass@example.com/a", "a password alone"),
            ("@example.com/a", "an empty user"),
            ("u:p:w@example.com/a", "a colon in the password"),
            ("192.0.2.1/a", "an address"),
            ("[2001:db8::1]:80/a", "an IPv6 address"),
            ("example.com/a@b", "an at sign in the path"),
            ("example.com//a", "two slashes in the path"),
            ("example.com/?q=1&r='2'#x", "a query and a fragment"),
            ("example.com/{mac}-{MAC}/{MODEL}_{fwver}.cfg", "macros"),
            ("example.com/%22", "an escaped quote"),
            ("ex!ample,com;a/~*()", "other characters"),
            ("example.com/x://y", "the sign of a scheme in the path"),
        ] {
            rows.good(format!("{s}{rest}"), why);
        }
        for (rest, why) in [
            ("", "nothing behind the scheme"),
            ("/a", "no host"),
            (":80/a", "a port without a host"),
            ("user@/a", "a user without a host"),
            ("user:p@:80/a", "a user and a port without a host"),
            ("a@b@example.com/a", "two at signs in front of the host"),
            ("example.com/a b", "a blank in the path"),
            ("example.com/\"", "a double quote"),
            ("example.com/<a", "a less-than sign"),
            ("example.com/a>", "a greater-than sign"),
            ("ex\u{e4}mple.com/", "an accented letter"),
            ("example.com/\u{65e5}", "a Japanese character"),
            ("example.com/\u{7f}", "a delete"),
        ] {
            rows.bad(format!("{s}{rest}"), why);
        }
        // The limits: user and password below 128, the rest below 245, 500 in all.
        let (u127, u128) = ("u".repeat(127), "u".repeat(128));
        rows.good(format!("{s}{u127}@h/"), "a user of 127 characters");
        rows.bad(format!("{s}{u128}@h/"), "a user of 128 characters");
        rows.good(format!("{s}u:{u127}@h/"), "a password of 127 characters");
        rows.bad(format!("{s}u:{u128}@h/"), "a password of 128 characters");
        rows.good(format!("{s}:{u127}@h/"), "a password of 127 characters without a user");
        rows.bad(format!("{s}u::{u127}@h/"), "a password of 128 characters, a colon the first");
        let path = |rest: usize| format!("h/{}", "p".repeat(rest - s.len() - 2));
        let host = |rest: usize| "h".repeat(rest - s.len());
        rows.good(format!("{s}{}", path(244)), "244 characters");
        rows.bad(format!("{s}{}", path(245)), "245 characters");
        rows.good(format!("{s}{}", host(244)), "244 characters, all host");
        rows.bad(format!("{s}{}", host(245)), "245 characters, all host");
        rows.good(format!("{s}u:p@{}", path(244)), "244 characters without user and password");
        rows.bad(format!("{s}u:p@{}", path(245)), "245 characters without user and password");
        rows.good(format!("{s}{u127}:{u127}@{}", path(244)), "500 characters: everything as long as it may be");
        rows.bad(format!("{s}{u127}:{u127}@{}", path(245)), "501 characters");
        let at_in_path = format!("h/@{}", "p".repeat(245 - s.len() - 3));
        rows.bad(format!("{s}{at_in_path}"), "245 characters, an at sign in the path");
        for prefix in &url.prefixes {
            rows.good(format!("{prefix}{s}example.com/a.png"), "a prefix");
            rows.good(format!("{prefix}{s}{}", path(244)), "a prefix and 244 characters");
            rows.bad(format!("{prefix}{s}{}", path(245)), "a prefix and 245 characters");
            rows.bad(format!("{prefix}{s}{u127}:{u127}@{}", path(244)), "502 characters with the prefix");
            rows.bad(format!("{prefix}{prefix}{s}example.com"), "a prefix twice");
            rows.bad(format!("{}{s}example.com", prefix.to_uppercase()), "a prefix in capital letters");
        }
    }
    let first = &url.schemes[0];
    for (value, why) in [
        ("example.com/a.cfg".to_owned(), "no scheme"),
        ("://example.com".to_owned(), "an empty scheme"),
        ("//example.com/a".to_owned(), "a reference without scheme"),
        (format!("{first}:/example.com"), "one slash"),
        (format!("{first}:example.com"), "no slashes"),
        (format!("{first};//example.com"), "a semicolon in place of the colon"),
        (format!("x,{first}://example.com"), "an unknown prefix"),
        (format!(",{first}://example.com"), "a comma in front"),
        (format!("{first}{first}://example.com"), "the scheme twice"),
        ("a".to_owned(), "a letter"),
    ] {
        rows.bad(value, why);
    }
    let good = format!("{first}://example.com/a");
    rows.bad(format!(" {good}"), "a blank in front");
    rows.bad(format!("{good} "), "a blank behind");
    rows.bad(format!("\"{good}\""), "double quotes of its own");
    rows.bad(format!("'{good}'"), "single quotes");
    rows.bad(format!("<{good}>"), "angle brackets");
    rows.bad(format!("{good}\n"), "a line end behind");
    rows.bad(format!("{good}\t"), "a tab behind");
}

pub(super) fn sip_uri(rows: &mut Rows) {
    for (value, why) in [
        ("sip:1001@example.com", "a URI"),
        ("1001@example.com", "no scheme"),
        ("sip:1001", "no host"),
        ("1001", "a user alone"),
        ("sip", "a user with the name of the scheme"),
        ("sip:sip@sip", "the word three times"),
        ("sip:a.b-c_d!e~f*g(h)@x", "marks of RFC 3261"),
        ("sip:100%20@x", "an escape"),
        ("sip:+49,5=6?7/8$9@192.0.2.1", "other characters"),
        ("sip://1001@example.com", "slashes, which the guide does not exclude"),
    ] {
        rows.good(value, why);
    }
    for (value, why) in [
        ("sip:", "the scheme alone"),
        ("sip:@example.com", "no user"),
        ("@example.com", "no user and no scheme"),
        ("sip:1001@", "an empty host"),
        ("1001@", "an empty host, no scheme"),
        ("@", "an at sign alone"),
        ("sip:a@b@c", "two at signs"),
        ("sip:1001@example.com:5060", "a port"),
        ("sip:1001@example.com;transport=tcp", "a parameter"),
        ("sip:user:password@example.com", "a password"),
        ("sips:1001@example.com", "the scheme sips"),
        ("SIP:1001@example.com", "the scheme in capital letters"),
        ("tel:+4955512345", "the scheme tel"),
        ("sip:sip:1001@example.com", "the scheme twice"),
        ("<sip:1001@example.com>", "angle brackets"),
        ("sip:10 01@example.com", "a blank inside"),
        ("sip:J\u{fc}rgen@example.com", "an accented letter"),
        ("sip:1001@[2001:db8::1]", "an IPv6 address, which has colons"),
    ] {
        rows.bad(value, why);
    }
    for scheme in ["sip:", ""] {
        let (u63, h127) = ("u".repeat(63), "h".repeat(127));
        rows.good(format!("{scheme}{u63}@h"), "a user of 63 characters");
        rows.bad(format!("{scheme}{u63}u@h"), "a user of 64 characters");
        rows.good(format!("{scheme}{u63}"), "63 characters without a host");
        rows.bad(format!("{scheme}{u63}u"), "64 characters without a host");
        rows.good(format!("{scheme}u@{h127}"), "a host of 127 characters");
        rows.bad(format!("{scheme}u@{h127}h"), "a host of 128 characters");
        rows.good(format!("{scheme}{u63}@{h127}"), "user and host as long as they may be");
    }
    for c in "\"&':;<>@ ".chars() {
        rows.bad(format!("sip:1{c}@1"), format!("the character {c} in the user"));
        rows.bad(format!("sip:1@1{c}"), format!("the character {c} in the host"));
    }
    rows.surroundings("sip:1001@example.com");
}
