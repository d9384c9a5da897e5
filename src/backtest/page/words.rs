//! Numbers, times and names as people read them.

use crate::finding::Severity;
use time::{
    Date, OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339,
    macros::format_description,
};

/// The severities, the worst first, and the class each is coloured by.
pub const SEVERITIES: [(Severity, &str); 4] = [
    (Severity::Critical, "critical"),
    (Severity::High, "high"),
    (Severity::Medium, "medium"),
    (Severity::Low, "low"),
];

/// With a comma at each thousand.
pub fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// So many of a thing whose plural is regular.
pub fn count(of: u64, thing: &str) -> String {
    format!("{} {thing}{}", number(of), if of == 1 { "" } else { "s" })
}

/// A size in bytes.
pub fn bytes(bytes: u64) -> String {
    let mut size = bytes;
    let mut tenth = 0;
    let mut units = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"].into_iter();
    let mut unit = units.next().unwrap_or_default();
    while size >= 1_000 {
        tenth = size % 1_000 / 100;
        size /= 1_000;
        unit = units.next().unwrap_or_default();
    }
    if size < 10 && unit != "bytes" {
        format!("{size}.{tenth} {unit}")
    } else {
        format!("{size} {unit}")
    }
}

/// A day, such as 3 October 2026; no line ends between the day and its month.
pub fn day(date: Date) -> String {
    date.format(format_description!("[day padding:none]\u{a0}[month repr:long] [year]"))
        .unwrap_or_default()
}

/// A moment in UTC, to the second.
pub fn moment(at: OffsetDateTime) -> String {
    in_utc(at)
        .format(format_description!("[year]-[month]-[day] [hour]:[minute]:[second] UTC"))
        .unwrap_or_default()
}

/// A moment as machines read it.
pub fn stamp(at: OffsetDateTime) -> String {
    in_utc(at).format(&Rfc3339).unwrap_or_default()
}

/// In UTC, unless that is beyond the calendar.
pub fn in_utc(at: OffsetDateTime) -> OffsetDateTime {
    at.checked_to_offset(UtcOffset::UTC).unwrap_or(at)
}

/// How much `part` is of `whole`, in percent with two decimals.
pub fn percent(part: u64, whole: u64) -> String {
    let hundredths = u128::from(part) * 10_000 / u128::from(whole.max(1));
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

/// What an ARN names, and where it is: the service, the Region and the account. Anything else names itself.
pub fn arn(text: &str) -> (&str, Option<String>) {
    let mut parts = text.splitn(6, ':');
    match (parts.next(), parts.next(), parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some("arn"), Some(_), Some(service), Some(region), Some(account), Some(name))
            if !name.is_empty() =>
        {
            let place: Vec<&str> =
                [service, region, account].into_iter().filter(|part| !part.is_empty()).collect();
            (name, Some(place.join(" · ")))
        }
        _ => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn numbers_have_their_thousands_apart() {
        assert_eq!([0, 999, 1_000, 12_345_678].map(number), ["0", "999", "1,000", "12,345,678"]);
        assert_eq!(
            [0, 999, 1_000, 9_960, 12_345, u64::MAX].map(bytes),
            ["0 bytes", "999 bytes", "1.0 kB", "9.9 kB", "12 kB", "18 EB"]
        );
        assert_eq!([count(1, "event"), count(0, "event")], ["1 event", "0 events"]);
        assert_eq!(
            [percent(1, 3), percent(u64::MAX, u64::MAX), percent(0, 0)],
            ["33.33%", "100.00%", "0.00%"]
        );
    }

    #[test]
    fn moments_are_told_in_utc() {
        assert_eq!(moment(datetime!(2026-11-03 01:02:03.9 +3)), "2026-11-02 22:02:03 UTC");
        assert_eq!(day(datetime!(2026-11-03 0:00 UTC).date()), "3\u{a0}November 2026");
    }

    #[test]
    fn an_arn_is_told_by_what_it_names() {
        let (name, place) = arn("arn:aws:lambda:eu-central-1:111122223333:function:checkout:live");
        assert_eq!(
            (name, place.as_deref()),
            ("function:checkout:live", Some("lambda · eu-central-1 · 111122223333"))
        );
        assert_eq!(arn("arn:aws:s3:::bucket"), ("bucket", Some("s3".to_owned())));
        assert_eq!(arn("arn:aws"), ("arn:aws", None));
    }
}
