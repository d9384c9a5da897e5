//! When something usually happens: hours of a day, in UTC, and days of the week. Hours may go over
//! midnight; what is after it belongs to the day on which they began.
//! Refuses hours that are a whole day: they say nothing.

use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, fmt};
use time::{OffsetDateTime, UtcOffset, Weekday};

/// Hours of a day, in UTC: `06:00-20:00`, or `22:00-04:30` over midnight. The minute it ends with is not
/// one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hours {
    /// Minutes after midnight.
    from: u16,
    until: u16,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Day {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

impl Day {
    const fn of(weekday: Weekday) -> Self {
        match weekday {
            Weekday::Monday => Self::Mon,
            Weekday::Tuesday => Self::Tue,
            Weekday::Wednesday => Self::Wed,
            Weekday::Thursday => Self::Thu,
            Weekday::Friday => Self::Fri,
            Weekday::Saturday => Self::Sat,
            Weekday::Sunday => Self::Sun,
        }
    }
}

/// Whether the moment is in these hours, or any where there are none, of one of `days`, or of any.
pub fn is_in(hours: Option<Hours>, days: &BTreeSet<Day>, at: OffsetDateTime) -> bool {
    match hours {
        Some(hours) => hours.hold(at, days),
        None => is_one(days, at.to_offset(UtcOffset::UTC).weekday()),
    }
}

impl Hours {
    fn hold(self, at: OffsetDateTime, days: &BTreeSet<Day>) -> bool {
        let at = at.to_offset(UtcOffset::UTC);
        let minute = u16::from(at.hour()) * 60 + u16::from(at.minute());
        let today = is_one(days, at.weekday());
        let yesterday = is_one(days, at.weekday().previous());
        if self.from < self.until {
            return today && (self.from..self.until).contains(&minute);
        }
        (today && minute >= self.from) || (yesterday && minute < self.until)
    }
}

/// Whether it is one of `days`; no days: any is.
fn is_one(days: &BTreeSet<Day>, weekday: Weekday) -> bool {
    days.is_empty() || days.contains(&Day::of(weekday))
}

impl TryFrom<String> for Hours {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let hours = text.split_once('-').and_then(|(from, until)| {
            let (from, until) = (minute(from)?, minute(until)?);
            (from != until).then_some(Self { from, until })
        });
        hours.ok_or_else(|| {
            format!("`{text}`: expected hours of a day in UTC, such as `06:00-20:00`")
        })
    }
}

/// Minutes after midnight of `HH:MM`; none where there is no such time.
fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let number = |digits: &str, most: u16| {
        let plain = digits.len() == 2 && digits.bytes().all(|digit| digit.is_ascii_digit());
        digits.parse::<u16>().ok().filter(|number| plain && *number <= most)
    };
    Some(number(hour, 23)? * 60 + number(minute, 59)?)
}

impl From<Hours> for String {
    fn from(hours: Hours) -> Self {
        hours.to_string()
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, until } = self;
        write!(f, "{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, until / 60, until % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    fn hours(text: &str) -> Hours {
        Hours::try_from(text.to_owned()).unwrap()
    }

    #[test]
    fn hours_hold_what_is_in_them_to_the_minute_whatever_the_offset() {
        let day = hours("06:00-20:00");
        let any = BTreeSet::new();
        for (at, want) in [
            (datetime!(2026-11-27 05:59:59 UTC), false),
            (datetime!(2026-11-27 06:00 UTC), true),
            (datetime!(2026-11-27 19:59:59 UTC), true),
            (datetime!(2026-11-27 20:00 UTC), false),
            (datetime!(2026-11-27 05:30 -1), true),
            (datetime!(2026-11-27 21:30 +2), true),
        ] {
            assert_eq!(day.hold(at, &any), want, "{at}");
        }
    }

    #[test]
    fn hours_over_midnight_belong_to_the_day_on_which_they_begin() {
        let night = hours("22:00-04:00");
        // 2026-11-27 is a Friday.
        let friday = BTreeSet::from([Day::Fri]);
        for (at, want) in [
            (datetime!(2026-11-27 23:00 UTC), true),
            (datetime!(2026-11-28 03:59 UTC), true),
            (datetime!(2026-11-28 04:00 UTC), false),
            (datetime!(2026-11-28 23:00 UTC), false),
            (datetime!(2026-11-27 03:00 UTC), false),
            (datetime!(2026-11-27 12:00 UTC), false),
        ] {
            assert_eq!(night.hold(at, &friday), want, "{at}");
        }
    }

    #[test]
    fn what_is_written_is_read_again_and_everything_else_refused() {
        for text in ["06:00-20:00", "22:30-04:00", "00:00-23:59"] {
            assert_eq!(hours(text).to_string(), text);
        }
        for text in
            ["", "6:00-20:00", "06:00", "06:00-06:00", "24:00-01:00", "06:60-07:00", "+6:00-07:00"]
        {
            assert!(Hours::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
