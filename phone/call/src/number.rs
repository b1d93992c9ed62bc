//! Numbers as people, logs and the network write them: what is shown, what is dialled, which contact a caller is.

use offhook_params::settings::{CallControl, Display};

/// The codes of a country and of the phone system, by which a number with a plus sign becomes one that can be dialled.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Codes {
    /// Takes the place of the first plus sign (guide rule 267).
    pub international: String,
    /// The country that the phone is in (guide rule 268).
    pub country: String,
    /// Takes the place of the plus sign and the own country's code (guide rule 268).
    pub national: String,
    /// Stands before the number of an extension whose call is picked up.
    pub pickup: String,
}

impl Codes {
    /// The codes of the settings.
    pub fn of(settings: &CallControl) -> Self {
        Codes {
            international: settings.international_access_code.clone(),
            country: settings.country_calling_code.clone(),
            national: settings.national_access_code.clone(),
            pickup: settings.directed_pickup_code.clone(),
        }
    }

    /// A caller's number as it is shown: the first plus sign becomes the international access code, or goes if there is
    /// none (guide rule 267).
    pub fn shown(&self, number: &str) -> String {
        number.replacen('+', &self.international, 1)
    }

    /// A number of the incoming call log as it is dialled: a number of the own country gets the national access code in
    /// place of plus sign and country code, any other is dialled as it is shown (guide rules 267, 268).
    pub fn dialled_from_log(&self, number: &str) -> String {
        let own_country = number.strip_prefix('+').filter(|_| !self.country.is_empty());
        match own_country.and_then(|rest| rest.strip_prefix(self.country.as_str())) {
            Some(rest) => format!("{}{rest}", self.national),
            None => self.shown(number),
        }
    }

    /// What is dialled to pick up a call that rings at the extension `number`: the feature number and the extension's own.
    /// Without a feature number there is no such call.
    pub fn pickup(&self, number: &str) -> Option<String> {
        (!self.pickup.is_empty()).then(|| format!("{}{number}", self.pickup))
    }
}

/// How many digits, counted from the end, decide whether a caller is a contact (guide rule 187).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Matching {
    /// Fewer than these do not match.
    pub fewest: usize,
    /// More than these are not compared. What is below `fewest` counts as `fewest`, since the guide asks for no order of
    /// the two (rule 188).
    pub most: usize,
}

impl Matching {
    /// The digits of the settings.
    pub fn of(settings: &Display) -> Self {
        Matching { fewest: settings.number_match_min_digits.into(), most: settings.number_match_max_digits.into() }
    }

    /// Whether a caller's number and the number of a contact are the same.
    ///
    /// Equal numbers always are, so that an extension of three digits has a name too. Others are if their last digits
    /// are, as many as both have and [`Matching::most`] allows, and at least [`Matching::fewest`]. With both 0 only equal
    /// numbers are.
    pub fn same(self, caller: &str, contact: &str) -> bool {
        let (caller, contact) = (digits(caller), digits(contact));
        if caller.is_empty() || contact.is_empty() {
            return false;
        }
        if caller == contact {
            return true;
        }
        if self.fewest == 0 && self.most == 0 {
            return false;
        }
        let plain = |number: &str| number.trim_start_matches('+').to_owned();
        let (caller, contact) = (plain(&caller), plain(&contact));
        let compared = caller.len().min(contact.len()).min(self.most.max(self.fewest));
        let end = |number: &str| number[number.len() - compared..].to_owned();
        compared > 0 && compared >= self.fewest && end(&caller) == end(&contact)
    }
}

/// The digits of a number, `0`-`9` `*` `#` and a leading plus sign, without the marks that people write between them.
///
/// Empty for what is no number: anything with letters.
pub fn digits(number: &str) -> String {
    let mut out = String::with_capacity(number.len());
    for c in number.chars() {
        match c {
            '0'..='9' | '*' | '#' => out.push(c),
            '+' if out.is_empty() => out.push(c),
            ' ' | '-' | '.' | '/' | '(' | ')' | '\u{a0}' => {}
            _ => return String::new(),
        }
    }
    out
}

/// Whether two numbers are written for the same party: the same digits or, for names and addresses, the same letters.
pub fn equal(a: &str, b: &str) -> bool {
    let (digits_a, digits_b) = (digits(a), digits(b));
    match digits_a.is_empty() && digits_b.is_empty() {
        true => !a.trim().is_empty() && a.trim().eq_ignore_ascii_case(b.trim()),
        false => digits_a == digits_b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes() -> Codes {
        Codes { international: "00".into(), country: "49".into(), national: "0".into(), pickup: "*41".into() }
    }

    #[test]
    fn plus_signs_are_shown_and_dialled_as_the_codes_say() {
        let none = Codes::default();
        for (codes, number, shown, dialled) in [
            (codes(), "+4930123", "004930123", "030123"),
            (codes(), "+33123", "0033123", "0033123"),
            (codes(), "030123", "030123", "030123"),
            (codes(), "49123", "49123", "49123"),
            (codes(), "+1+2", "001+2", "001+2"),
            (none.clone(), "+4930123", "4930123", "4930123"),
            // Without a country of its own nothing is national.
            (Codes { country: String::new(), ..codes() }, "+4930123", "004930123", "004930123"),
            (Codes { national: String::new(), ..codes() }, "+4930123", "004930123", "30123"),
        ] {
            assert_eq!(codes.shown(number), shown, "{number} shown");
            assert_eq!(codes.dialled_from_log(number), dialled, "{number} dialled");
        }
    }

    #[test]
    fn pickup_needs_its_feature_number() {
        assert_eq!(codes().pickup("201"), Some("*41201".to_owned()));
        assert_eq!(Codes::default().pickup("201"), None);
    }

    #[test]
    fn callers_match_by_their_last_digits() {
        let matches = |fewest, most, caller, contact| Matching { fewest, most }.same(caller, contact);
        for (fewest, most, caller, contact, same) in [
            (7, 10, "+4930123456", "4930123456", true),
            (7, 10, "004930123456", "+49 30 123456", true),
            (7, 10, "030123456", "+49 (30) 123456", false),
            (7, 8, "030123456", "+49 (30) 123456", true),
            (7, 10, "123456", "030123456", false),
            (6, 10, "123456", "030123456", true),
            // Whole numbers that are equal need no least length.
            (7, 10, "201", "201", true),
            (7, 10, "201", "1201", false),
            (0, 0, "030123456", "030-123456", true),
            (0, 0, "+4930123456", "4930123456", false),
            (0, 4, "99993456", "11113456", true),
            (0, 5, "99993456", "11113456", false),
            // No order of the two limits is asked for.
            (7, 4, "123456789", "003456789", true),
            (7, 10, "", "201", false),
            (7, 10, "alice", "alice", false),
        ] {
            assert_eq!(matches(fewest, most, caller, contact), same, "{fewest}-{most}: {caller} and {contact}");
            assert_eq!(matches(fewest, most, contact, caller), same, "{fewest}-{most}: {contact} and {caller}");
        }
    }

    #[test]
    fn equal_numbers_may_be_written_in_two_ways() {
        assert!(equal("+49 30 1", "+49301"));
        assert!(equal("Alice", "alice"));
        assert!(!equal("49301", "+49301"));
        assert!(!equal("", ""));
    }
}
