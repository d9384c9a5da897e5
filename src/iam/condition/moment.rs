//! Dates of the `Date` operators: the W3C forms of ISO 8601, and seconds since 1970.
//! Refuses forms that could be either, and to place a day or a minute at one instant of it.
//! Forms: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date>.

use super::operator::Order;
use time::{Date, Month};

/// Nanoseconds since 1970: the first and the last instant that the text may mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Moment {
    first: i128,
    last: i128,
}

const SECOND: i128 = 1_000_000_000;
const DAY: i128 = 86_400 * SECOND;

/// Whether the request's moment stands to the policy's as the operator asks.
pub fn compare(held: &str, order: Order, written: &str) -> Option<bool> {
    let (held, written) = (Moment::parse(held)?, Moment::parse(written)?);
    // The order of two instants grows with the one and falls with the other, so that the ends
    // show every answer, but for equality in between.
    let early = order.accepts(held.first.cmp(&written.last));
    let late = order.accepts(held.last.cmp(&written.first));
    let apart = held.last < written.first || written.last < held.first;
    let exact = held.first == held.last && written.first == written.last;
    (early == late && (order != Order::Equal || apart || exact)).then_some(early)
}

impl Moment {
    fn parse(text: &str) -> Option<Self> {
        if text.bytes().all(|b| b.is_ascii_digit()) {
            // Four digits may be a year, thirteen may be milliseconds.
            let seconds: i128 = text.parse().ok()?;
            let first = seconds.checked_mul(SECOND)?;
            return matches!(text.len(), 1..=3 | 5..=12).then_some(Self { first, last: first });
        }
        match text.split_once('T') {
            None => Self::days(text),
            Some((date, rest)) => {
                let (clock, ahead) = zone(rest)?;
                let day = Self::days(date).filter(|_| date.len() == 10)?.first;
                let (start, length) = time_of_day(clock)?;
                let first = day + start - ahead;
                Some(Self { first, last: first + length - 1 })
            }
        }
    }

    /// `YYYY-MM` or `YYYY-MM-DD`.
    fn days(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let year = i32::try_from(number(parts.next()?, 4)?).ok()?;
        let month = Month::try_from(u8::try_from(number(parts.next()?, 2)?).ok()?).ok()?;
        let (first, count) = match (parts.next(), parts.next()) {
            (None, _) => (1, month.length(year)),
            (Some(day), None) => (u8::try_from(number(day, 2)?).ok()?, 1),
            (Some(_), Some(_)) => return None,
        };
        let date = Date::from_calendar_date(year, month, first).ok()?;
        let since = i128::from(date.to_julian_day()) - i128::from(EPOCH);
        let first = since * DAY;
        Some(Self { first, last: first + i128::from(count) * DAY - 1 })
    }
}

/// The Julian day of 1970-01-01.
const EPOCH: i32 = 2_440_588;

/// The clock without its zone, and how far the zone is ahead of UTC.
fn zone(text: &str) -> Option<(&str, i128)> {
    if let Some(clock) = text.strip_suffix('Z') {
        return Some((clock, 0));
    }
    let at = text.rfind(['+', '-'])?;
    let (clock, offset) = text.split_at(at);
    let (sign, digits) = offset.split_at_checked(1)?;
    let (hours, minutes) = digits.split_once(':')?;
    let (hours, minutes) = (number(hours, 2)?, number(minutes, 2)?);
    let ahead = i128::from(hours * 60 + minutes) * 60 * SECOND;
    let fine = hours < 24 && minutes < 60;
    fine.then_some((clock, if sign == "-" { -ahead } else { ahead }))
}

/// `hh:mm`, `hh:mm:ss` or `hh:mm:ss.s`: since midnight, and how long it lasts.
fn time_of_day(text: &str) -> Option<(i128, i128)> {
    let mut parts = text.split(':');
    let (hours, minutes) = (number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    let start = i128::from(hours * 60 + minutes) * 60 * SECOND;
    let (since, length) = match (parts.next(), parts.next()) {
        (None, _) => (0, 60 * SECOND),
        (Some(seconds), None) => (second(seconds)?, 1),
        (Some(_), Some(_)) => return None,
    };
    (hours < 24 && minutes < 60).then_some((start + since, length))
}

fn second(text: &str) -> Option<i128> {
    let (whole, fraction) = match text.split_once('.') {
        None => (text, 0),
        Some((whole, digits)) if (1..=9).contains(&digits.len()) => {
            let scale = 10_u32.checked_pow(u32::try_from(9 - digits.len()).ok()?)?;
            (whole, number(digits, digits.len())? * scale)
        }
        Some(_) => return None,
    };
    let whole = number(whole, 2)?;
    (whole < 60).then_some(i128::from(whole) * SECOND + i128::from(fraction))
}

fn number(text: &str, digits: usize) -> Option<u32> {
    let plain = text.len() == digits && text.bytes().all(|b| b.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}
