//! Date and time as the display shows them: by `DISPLAY_DATE_PATTERN`, `DISPLAY_TIME_PATTERN` and the habits of `DEFAULT_LANGUAGE`.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use offhook_params::Settings;
use offhook_params::choices::{DatePattern, Language, TimePattern};

/// What the display says of the moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Face {
    /// Day and month: `26/11`.
    pub date: String,
    /// Hour and minute: `13:05`, `1:05 PM`.
    pub time: String,
}

impl Face {
    /// The moment in the zone of the unit.
    pub fn new(settings: &Settings, now: Timestamp) -> Self {
        let display = &settings.display;
        // A zone that neither database has would be a defect of the spec, which a test would find.
        let zone = TimeZone::get(settings.time_zone.time_zone.zone()).unwrap_or(TimeZone::UTC);
        let (now, habits) = (now.to_zoned(zone), Habits::of(display.language));
        let day_first = match display.date_pattern {
            DatePattern::Unspecified => habits.day_first,
            DatePattern::DayMonth => true,
            DatePattern::MonthDay => false,
        };
        let (first, second) = if day_first { (now.day(), now.month()) } else { (now.month(), now.day()) };
        let date = format!("{first:02}{}{second:02}{}", habits.separator, habits.end);
        let twelve_hours = match display.time_pattern {
            TimePattern::Unspecified => habits.twelve_hours,
            TimePattern::Hours12 => true,
            TimePattern::Hours24 => false,
        };
        let (hour, minute) = (now.hour(), now.minute());
        let time = if twelve_hours {
            let half = habits.halves[usize::from(hour >= 12)];
            let hour = (hour + 11) % 12 + 1;
            if habits.half_first { format!("{half}{hour}:{minute:02}") } else { format!("{hour}:{minute:02} {half}") }
        } else {
            format!("{hour:02}:{minute:02}")
        };
        Face { date, time }
    }
}

/// How people who speak a language write dates and times, as the Unicode CLDR has it.
struct Habits {
    day_first: bool,
    separator: char,
    /// Behind the date.
    end: &'static str,
    twelve_hours: bool,
    /// Before and after noon.
    halves: [&'static str; 2],
    half_first: bool,
}

impl Habits {
    const fn of(language: Language) -> Self {
        let usual = Habits {
            day_first: true,
            separator: '/',
            end: "",
            twelve_hours: false,
            halves: ["AM", "PM"],
            half_first: false,
        };
        let short = ["a.m.", "p.m."];
        match language {
            Language::EnglishUs => Habits { day_first: false, twelve_hours: true, ..usual },
            Language::EnglishUk => Habits { halves: ["am", "pm"], ..usual },
            Language::German => Habits { separator: '.', end: ".", ..usual },
            Language::French | Language::Italian => usual,
            Language::FrenchCanadian => Habits { day_first: false, separator: '-', halves: short, ..usual },
            Language::Spanish => Habits { halves: ["a. m.", "p. m."], ..usual },
            Language::Dutch => Habits { separator: '-', halves: short, ..usual },
            Language::Russian => Habits { separator: '.', ..usual },
            Language::Japanese => Habits { day_first: false, halves: ["午前", "午後"], half_first: true, ..usual },
        }
    }
}

#[cfg(test)]
mod tests {
    use offhook_params::{ParamId, lookup};

    use super::*;

    #[track_caller]
    fn check(changes: &[(&str, &'static str)], now: &str, date: &str, time: &str) {
        let value = |id: ParamId| {
            let change = changes.iter().find(|(name, _)| lookup(name).expect("a setting").id == id);
            change.map_or(id.default(), |(_, value)| value)
        };
        let face = Face::new(&Settings::from_values(&value), now.parse().expect("a time"));
        assert_eq!((face.date.as_str(), face.time.as_str()), (date, time), "{changes:?} {now}");
    }

    /// London, which keeps UTC in winter, and Berlin.
    const LONDON: (&str, &str) = ("TIME_ZONE_COUNTRY", "2");
    const BERLIN: (&str, &str) = ("TIME_ZONE_COUNTRY", "10001");

    #[test]
    fn each_language_has_its_habits() {
        for (language, date, time) in [
            ("en-US", "11/26", "1:05 PM"),
            ("en-GB", "26/11", "13:05"),
            ("de", "26.11.", "13:05"),
            ("fr", "26/11", "13:05"),
            ("fr-CA", "11-26", "13:05"),
            ("it", "26/11", "13:05"),
            ("es", "26/11", "13:05"),
            ("nl", "26-11", "13:05"),
            ("ru", "26.11", "13:05"),
            ("ja", "11/26", "13:05"),
        ] {
            check(&[LONDON, ("DEFAULT_LANGUAGE", language)], "2026-11-26T13:05:59Z", date, time);
        }
    }

    #[test]
    fn patterns_go_before_habits() {
        let with = |language: &'static str, date: &'static str, time: &'static str| {
            [LONDON, ("DEFAULT_LANGUAGE", language), ("DISPLAY_DATE_PATTERN", date), ("DISPLAY_TIME_PATTERN", time)]
        };
        check(&with("en-US", "1", "2"), "2026-01-02T00:00:00Z", "02/01", "00:00");
        check(&with("de", "2", "1"), "2026-01-02T00:00:00Z", "01.02.", "12:00 AM");
        check(&with("ja", "1", "1"), "2026-01-02T12:30:00Z", "02/01", "午後12:30");
        check(&with("nl", "0", "1"), "2026-01-02T23:59:59Z", "02-01", "11:59 p.m.");
    }

    #[test]
    fn the_zone_of_the_unit_counts_with_its_summer() {
        check(&[BERLIN, ("DEFAULT_LANGUAGE", "de")], "2026-07-01T22:30:00Z", "02.07.", "00:30");
        check(&[BERLIN, ("DEFAULT_LANGUAGE", "de")], "2026-12-31T23:30:00Z", "01.01.", "00:30");
    }
}
