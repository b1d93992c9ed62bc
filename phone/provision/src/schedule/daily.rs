//! A time of day in a zone, as one moment for each date.

use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use offhook_params::types::TimeOfDay;

/// A time of day in a zone.
///
/// Each date has exactly one such moment, also where the clock is changed: a time that the clock passes twice counts when
/// it is passed first, one that it leaps over counts as late after the leap as the time is after its start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Daily {
    pub(crate) time: TimeOfDay,
    pub(crate) zone: TimeZone,
}

impl Daily {
    /// The first moment behind `done`, each being late by `delay`.
    pub(crate) fn next_after(&self, done: Timestamp, delay: Duration) -> Option<Timestamp> {
        let mut date = done.to_zoned(self.zone.clone()).date().checked_sub(1.day()).ok()?;
        // Yesterday's may be late into today; a zone that skips a whole date gives two dates the same moment.
        for _ in 0..4 {
            match self.moment(date, delay)? {
                moment if moment > done => return Some(moment),
                _ => date = date.tomorrow().ok()?,
            }
        }
        None
    }

    fn moment(&self, date: Date, delay: Duration) -> Option<Timestamp> {
        let time = date.at(self.time.hour.try_into().ok()?, self.time.minute.try_into().ok()?, 0, 0);
        let moment = time.to_zoned(self.zone.clone()).ok()?.timestamp();
        moment.checked_add(SignedDuration::try_from(delay).ok()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(zone: &str, time: &str, done: &str, expected: &[&str]) {
        let (hour, minute) = time.split_once(':').expect("hh:mm");
        let time = TimeOfDay { hour: hour.parse().expect("a number"), minute: minute.parse().expect("a number") };
        let daily = Daily { time, zone: TimeZone::get(zone).expect("a zone") };
        let mut done: Timestamp = done.parse().expect("a time");
        for expected in expected {
            done = daily.next_after(done, Duration::ZERO).expect("a moment");
            assert_eq!(done.to_string(), *expected, "{zone} {hour}:{minute}");
        }
    }

    #[test]
    fn once_a_date_also_where_the_clock_is_changed() {
        // From 02:00 to 03:00 on the 31st, so 02:30 falls on 03:30 summer time.
        check(
            "Europe/Berlin",
            "02:30",
            "2024-03-29T12:00:00Z",
            &["2024-03-30T01:30:00Z", "2024-03-31T01:30:00Z", "2024-04-01T00:30:00Z"],
        );
        // From 03:00 back to 02:00 on the 27th: the first 02:30 counts.
        check("Europe/Berlin", "02:30", "2024-10-26T12:00:00Z", &["2024-10-27T00:30:00Z", "2024-10-28T01:30:00Z"]);
        // From 00:01 back to 23:01 on the 29th: a date of which one minute comes before the rest of the day before.
        check("America/St_Johns", "00:00", "2006-10-28T12:00:00Z", &["2006-10-29T02:30:00Z", "2006-10-30T03:30:00Z"]);
        // Samoa had no 30 December 2011.
        check("Pacific/Apia", "12:00", "2011-12-29T21:00:00Z", &["2011-12-29T22:00:00Z", "2011-12-30T22:00:00Z"]);
        check("Asia/Tokyo", "00:00", "2024-02-28T15:00:00Z", &["2024-02-29T15:00:00Z"]);
    }

    #[test]
    fn a_late_moment_belongs_to_its_date() {
        let daily = Daily { time: TimeOfDay { hour: 23, minute: 59 }, zone: TimeZone::UTC };
        let late = |done: &str| {
            let done = done.parse().expect("a time");
            daily.next_after(done, Duration::from_millis(59_999)).expect("a moment").to_string()
        };
        assert_eq!(late("2024-01-01T23:59:30Z"), "2024-01-01T23:59:59.999Z");
        assert_eq!(late("2024-01-01T23:59:59.999Z"), "2024-01-02T23:59:59.999Z");
    }
}
