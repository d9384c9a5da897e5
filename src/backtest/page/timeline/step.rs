//! How long a bar lasts, and how its time is told.

use super::super::words::day;
use time::{Date, Duration, Month, macros::format_description};

/// What one bar stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Day,
    Week,
    Month,
    Year,
}

impl Step {
    /// At most about a hundred bars.
    pub fn fitting(first: Date, last: Date) -> Self {
        match (last - first).whole_days() {
            ..=100 => Self::Day,
            101..=700 => Self::Week,
            701..=3_000 => Self::Month,
            3_001.. => Self::Year,
        }
    }

    /// In a heading.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    /// The first day of the bar that `date` belongs to. Weeks begin on Mondays.
    pub fn start(self, date: Date) -> Date {
        let into_week = i64::from(date.weekday().number_days_from_monday());
        match self {
            Self::Day => date,
            Self::Week => date.checked_sub(Duration::days(into_week)).unwrap_or(date),
            Self::Month => date.replace_day(1).unwrap_or(date),
            Self::Year => Date::from_ordinal_date(date.year(), 1).unwrap_or(date),
        }
    }

    /// The first day of the bar after the one that begins with `start`; none at the end of the calendar.
    pub fn next(self, start: Date) -> Option<Date> {
        match self {
            Self::Day => start.next_day(),
            Self::Week => start.checked_add(Duration::WEEK),
            Self::Month => {
                let year =
                    if start.month() == Month::December { start.year() + 1 } else { start.year() };
                Date::from_calendar_date(year, start.month().next(), 1).ok()
            }
            Self::Year => Date::from_ordinal_date(start.year() + 1, 1).ok(),
        }
    }

    /// Below a bar.
    pub fn label(self, start: Date) -> String {
        match self {
            Self::Day | Self::Week => {
                start.format(format_description!("[day padding:none] [month repr:short]"))
            }
            Self::Month => start.format(format_description!("[month repr:short] [year]")),
            Self::Year => start.format(format_description!("[year]")),
        }
        .unwrap_or_default()
    }

    /// In a sentence.
    pub fn told(self, start: Date) -> String {
        match self {
            Self::Day => day(start),
            Self::Week => format!("Week from {}", day(start)),
            Self::Month => {
                start.format(format_description!("[month repr:long] [year]")).unwrap_or_default()
            }
            Self::Year => self.label(start),
        }
    }
}
