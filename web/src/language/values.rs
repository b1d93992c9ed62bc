//! Values, what fields take, what is wrong with a value, and where it comes from.

use std::borrow::Cow;

use offhook_params::rules::Values;
use offhook_params::{FamilyId, Fault, Kind, ParamId, Range, Role, Unicode, credentials};
use offhook_settings::{Effective, Layer, Method};
use offhook_store::{Reason, Refusal};

use super::Words;
use super::generated::own;

impl Words {
    /// A value as the page shows it outside of controls; secrets only tell whether there is one, and URLs no password.
    pub fn shown<'a>(&'a self, id: ParamId, value: &'a str) -> Cow<'a, str> {
        if id.family().secret {
            return self.text(if value.is_empty() { own::SHOWN_NOT_SET } else { own::SHOWN_SET });
        }
        let options = self.options(id.family()).unwrap_or_default();
        match options.into_iter().find(|(v, _)| *v == value) {
            Some((_, word)) => word,
            None if value.is_empty() => self.text(own::SHOWN_EMPTY),
            None if matches!(id.family().kind, Kind::Url { .. }) => credentials::blotted(value),
            None => Cow::Borrowed(value),
        }
    }

    /// Where a value comes from. Credentials within the address of a file are left out.
    pub fn origin(&self, value: &Effective<'_>) -> String {
        let file = match (value.layer, value.origin.method) {
            (Layer::Factory, _) => return self.text(own::ORIGIN_FACTORY).into_owned(),
            (Layer::User, Method::Phone) => return self.text(own::ORIGIN_PHONE).into_owned(),
            (Layer::User, _) => return self.text(own::ORIGIN_WEB).into_owned(),
            (Layer::PreProvisioning, _) => self.text(own::ORIGIN_FILE_PRE_PROVISIONING),
            (Layer::Master, _) => self.text(own::ORIGIN_FILE_MASTER),
            (Layer::Product, _) => self.text(own::ORIGIN_FILE_PRODUCT),
            (Layer::Standard, _) => self.text(own::ORIGIN_FILE_STANDARD),
        };
        match (&value.origin.source, value.origin.line) {
            (Some(source), Some(line)) => {
                self.with(own::ORIGIN_FILE, [file.into(), line.into(), credentials::blotted(source).into()])
            }
            _ => file.into_owned(),
        }
    }

    /// What a field takes, in a few words; `None` where its control shows it.
    pub fn hint(&self, family: FamilyId) -> Option<String> {
        let table = &offhook_params::FAMILIES[usize::from(family.0)];
        let with_unit = |numbers: String| match self.unit(family) {
            unit if unit.is_empty() => numbers,
            unit => format!("{numbers} {unit}"),
        };
        let mut parts =
            match &table.kind {
                Kind::Boolean | Kind::Switch { .. } | Kind::Choice(_) => return None,
                Kind::Integer { ranges, step, .. } => vec![with_unit(self.ranges(ranges, *step))],
                Kind::Integers { ranges, length, .. } => {
                    vec![self.with(
                        own::HINT_INTEGERS,
                        [self.count(*length).into(), with_unit(self.ranges(ranges, 1)).into()],
                    )]
                }
                Kind::Text { min, max, allowed, allowed_text, unicode } => {
                    let length = match (*min, *max) {
                        (min, max) if min == max => self.with(own::HINT_TEXT_EXACT, [max.into()]),
                        (0 | 1, max) => self.with(own::HINT_TEXT, [max.into()]),
                        (min, max) => self.with(own::HINT_TEXT_BETWEEN, [max.into(), min.into()]),
                    };
                    let any = (*unicode != Unicode::None).then(|| self.text(own::HINT_ANY_SCRIPT).into_owned());
                    let set = (!allowed_text.is_empty()).then(|| self.characters(allowed));
                    [Some(length), any, set].into_iter().flatten().collect()
                }
                Kind::Host { max } => vec![self.with(own::HINT_HOST, [(*max).into()])],
                Kind::Ipv4(Role::Mask) => vec![self.text(own::HINT_MASK).into_owned()],
                Kind::Ipv4(_) => vec![self.text(own::HINT_IPV4).into_owned()],
                Kind::Url { schemes, .. } => vec![self.with(own::HINT_URL, [with_slashes(schemes).into()])],
                Kind::SipUri => vec![self.text(own::HINT_SIP_URI).into_owned()],
                Kind::TimeOfDay => vec![self.text(own::HINT_TIME).into_owned()],
                Kind::FirmwareVersion => vec![self.text(own::HINT_VERSION).into_owned()],
                Kind::DialPlan => {
                    vec![self.with(own::HINT_DIAL_PLAN, [(offhook_params::MAX_VALUE_CHARS as u64).into()])]
                }
            };
        if let Kind::Integer { meaning, .. } | Kind::Integers { meaning, .. } = &table.kind {
            parts.extend(meaning.iter().map(|(n, english)| format!("{n}: {}", self.meaning(family, *n, english))));
        }
        if table.empty {
            parts.push(self.text(own::HINT_EMPTY).into_owned());
        }
        if !table.macros.is_empty() {
            let macros: Vec<_> = table.macros.iter().map(|name| format!("{{{name}}}")).collect();
            parts.push(self.with(own::HINT_MACROS, [macros.join(" ").into()]));
        }
        let join = |first: String, second: String| self.with(own::HINT_JOIN, [first.into(), second.into()]);
        parts.into_iter().reduce(join).map(|text| capital(&text))
    }

    /// What is wrong with a value, and what to enter.
    pub fn fault(&self, fault: &Fault) -> String {
        let size = |n: usize| (n as u64).into();
        match fault {
            Fault::Empty => self.text(own::ERROR_EMPTY).into_owned(),
            Fault::TooLong { found, max } => self.with(own::ERROR_TOO_LONG, [size(*found), size(*max)]),
            Fault::TooShort { found, min } => self.with(own::ERROR_TOO_SHORT, [size(*found), size(*min)]),
            Fault::Character { character, at, .. } => {
                self.with(own::ERROR_CHARACTER, [size(*at), self.character(*character).into()])
            }
            Fault::Switch { .. } | Fault::Choice { .. } => self.text(own::ERROR_CHOICE).into_owned(),
            Fault::NotInteger { ranges, step } => self.with(own::ERROR_NUMBER, [self.ranges(ranges, *step).into()]),
            Fault::OutOfRange { found, ranges, step } => {
                self.with(own::ERROR_RANGE, [found.as_str().into(), self.ranges(ranges, *step).into()])
            }
            Fault::OffStep { found, ranges, step } => {
                self.with(own::ERROR_RANGE, [found.to_string().into(), self.ranges(ranges, *step).into()])
            }
            Fault::Count { found, length } => self.with(own::ERROR_COUNT, [self.count(*length).into(), size(*found)]),
            Fault::NotIpv4 => self.text(own::ERROR_IPV4).into_owned(),
            Fault::ReservedIpv4(found) => self.with(own::ERROR_IPV4_RESERVED, [found.as_str().into()]),
            Fault::NotMask => self.text(own::ERROR_MASK).into_owned(),
            Fault::NotHost(_) => self.text(own::ERROR_HOST).into_owned(),
            Fault::NotUrl { schemes, .. } => self.with(own::ERROR_URL, [with_slashes(schemes).into()]),
            Fault::NotSipUri(_) => self.text(own::ERROR_SIP_URI).into_owned(),
            Fault::NotTime => self.text(own::ERROR_TIME).into_owned(),
            Fault::NotVersion => self.text(own::ERROR_VERSION).into_owned(),
            _ => self.text(own::ERROR_OTHER).into_owned(),
        }
    }

    /// Why an edit was refused; `values` are those that a rule speaks of.
    pub fn refusal(&self, refusal: &Refusal, values: &impl Values) -> String {
        match &refusal.reason {
            Reason::Value(fault) => self.fault(fault),
            Reason::Method(_) => self.text(own::ERROR_METHOD).into_owned(),
            Reason::Rule(id) => self.rule(id, &refusal.params, values),
            _ => self.text(own::ERROR_OTHER).into_owned(),
        }
    }

    /// Allowed numbers: `0, 10 to 300`.
    fn ranges(&self, ranges: &[Range], step: u32) -> String {
        let range = |r: &Range| match r {
            r if r.start == r.end => r.start.to_string(),
            r => self.with(own::RANGE, [r.start.to_string().into(), r.end.to_string().into()]),
        };
        let list = ranges.iter().map(range).collect::<Vec<_>>().join(", ");
        match step {
            0 | 1 => list,
            2 => self.with(own::RANGE_EVEN, [list.into()]),
            step => self.with(own::RANGE_STEP, [list.into(), step.into()]),
        }
    }

    fn count(&self, (fewest, most): (u8, u8)) -> String {
        self.ranges(&[Range { start: fewest.into(), end: most.into() }], 1)
    }

    /// The smaller of the two: the printable characters that are allowed, or those that are not.
    fn characters(&self, allowed: &[u64; 2]) -> String {
        let fits = |c: &char| allowed[*c as usize >> 6] & (1 << (*c as usize & 63)) != 0;
        let (these, others): (Vec<char>, Vec<char>) = (' '..='~').partition(fits);
        match these.len() <= others.len() {
            true => self.with(own::HINT_ONLY, [self.list(&these).into()]),
            false => self.with(own::HINT_EXCEPT, [self.list(&others).into()]),
        }
    }

    /// Characters with blanks between them: `0-9 * #`.
    fn list(&self, characters: &[char]) -> String {
        let follows = |a: &char, b: &char| *a as u32 + 1 == *b as u32 && a.is_ascii_alphanumeric();
        let run = |run: &[char]| match run {
            [first, .., last] if run.len() > 2 => format!("{first}-{last}"),
            run => {
                let word = |c: &char| if *c == ' ' { self.text(own::CHARACTER_BLANK) } else { c.to_string().into() };
                run.iter().map(word).collect::<Vec<_>>().join(" ")
            }
        };
        characters.chunk_by(follows).map(run).collect::<Vec<_>>().join(" ")
    }

    fn character(&self, c: char) -> String {
        match c {
            ' ' => self.text(own::CHARACTER_BLANK).into_owned(),
            c if c.is_control() => self.with(own::CHARACTER_CONTROL, [format!("U+{:04X}", c as u32).into()]),
            c => c.to_string(),
        }
    }
}

/// `http://, ftp://`
fn with_slashes(schemes: &[&str]) -> String {
    schemes.iter().map(|scheme| format!("{scheme}://")).collect::<Vec<_>>().join(", ")
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect()
}

#[cfg(test)]
mod tests {
    use offhook_params::choices::WebLanguage;
    use offhook_params::lookup;
    use offhook_settings::Origin;

    use super::*;

    fn id(name: &str) -> ParamId {
        lookup(name).expect("a setting").id
    }

    #[test]
    fn hints() {
        for (name, language, hint) in [
            ("FORWARD_NO_ANSWER_RINGS_1", WebLanguage::EnglishUs, "0, 2 to 20 rings; 0: no ring"),
            ("FORWARD_NO_ANSWER_RINGS_1", WebLanguage::German, "0, 2 bis 20 Rufsignale; 0: ohne Klingeln"),
            ("FORWARD_NO_ANSWER_RINGS_1", WebLanguage::Japanese, "0, 2～20 回、0: 呼び出しなし"),
            ("USER_PASS", WebLanguage::EnglishUs, "6 to 16 characters; except blank \" & ' : < >; may be empty"),
            ("DISPLAY_NAME_1", WebLanguage::Italian, "Al massimo 24 caratteri; qualsiasi scrittura; può essere vuoto"),
            (
                "NET_SUBNET_MASK",
                WebLanguage::Spanish,
                "Máscara de subred, por ejemplo 255.255.255.0; puede estar vacío",
            ),
            ("NATIONAL_ACCESS_CODE", WebLanguage::EnglishUs, "At most 8 characters; only # * 0-9; may be empty"),
        ] {
            assert_eq!(Words::of(language).hint(id(name).family()).as_deref(), Some(hint), "{name}");
        }
        for param in ParamId::all() {
            let hint = Words::english().hint(param.family());
            assert_eq!(hint.is_none(), Words::english().options(param.family()).is_some(), "{param}");
        }
    }

    #[test]
    fn faults() {
        for (name, value, language, text) in [
            ("DEFAULT_LINE_SELECT", "9", WebLanguage::French, "9 n’est pas admis. Saisissez un nombre\u{a0}: 1 à 6."),
            ("DEFAULT_LINE_SELECT", "x", WebLanguage::EnglishUs, "Enter a whole number: 1 to 6."),
            ("DEFAULT_LINE_SELECT", "", WebLanguage::Russian, "Введите значение."),
            ("USER_PASS", "ab", WebLanguage::German, "Geben Sie mindestens 6 Zeichen ein; es sind 2."),
            ("USER_PASS", "abc:def", WebLanguage::Spanish, ": en la posición 4 no está permitido."),
            ("USER_PASS", "abc def", WebLanguage::Italian, "spazio in posizione 4 non è ammesso."),
            ("NET_GATEWAY", "127.0.0.1", WebLanguage::EnglishUk, "127.0.0.1 is not the address of a host."),
            ("NET_CONNECTION_MODE", "PPPoE", WebLanguage::Japanese, "選択肢から選んでください。"),
        ] {
            let fault = id(name).family().check(value).expect_err(value);
            assert_eq!(Words::of(language).fault(&fault), text, "{name}={value:?}");
        }
    }

    #[test]
    fn origins() {
        let file = Origin::file("http://joe:secret@prov.example.com/a@b.cfg".into(), 1024);
        let value = Effective { value: "1", layer: Layer::Standard, origin: &file };
        let german = Words::of(WebLanguage::German);
        assert_eq!(german.origin(&value), "Standarddatei: http://joe:***@prov.example.com/a@b.cfg, Zeile 1024");
        let value = Effective { value: "1", layer: Layer::Factory, origin: &Origin::FACTORY };
        assert_eq!(german.origin(&value), "Werkseinstellung");
    }

    #[test]
    fn shown_values() {
        let german = Words::of(WebLanguage::German);
        assert_eq!(german.shown(id("DND_ENABLE_1"), "Y"), "Ja");
        assert_eq!(german.shown(id("DISPLAY_NAME_1"), ""), "leer");
        assert_eq!(german.shown(id("USER_PASS"), "geheim"), "festgelegt");
        assert_eq!(german.shown(id("DISPLAY_NAME_1"), "Zoë"), "Zoë");
        assert_eq!(german.shown(id("FIRM_FILE_PATH"), "http://u:p@h/f.img"), "http://u:***@h/f.img");
    }
}
