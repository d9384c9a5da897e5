//! What the name of an archived file tells of it.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html>,
//! <https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-policy.html>

use time::{OffsetDateTime, UtcDateTime, macros::format_description};

/// What a name tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    /// Something that holds no events: digests, CloudTrail's proof that log files are as they were written, and
    /// what is left by a check whether the bucket can be written to.
    NoEvents,
    /// A file of events, and when it was delivered, if the name tells.
    Events(Option<OffsetDateTime>),
}

/// What the path or key of a file tells, whatever separates its folders.
pub fn named(path: &str) -> Name {
    let mut parts = path.rsplit(['/', '\\']);
    let file = parts.next().unwrap_or_default();
    let is_digest = parts.clone().any(|folder| folder == "CloudTrail-Digest");
    let is_check =
        matches!(file, "ConfigWritabilityCheckFile" | "CloudTrail-WritabilityCheckFile" | "");
    if is_digest || is_check || file.starts_with('.') {
        return Name::NoEvents;
    }
    Name::Events(file.split('_').find_map(delivered))
}

/// `20260102T0304Z` of CloudTrail, `20260102T030405Z` of AWS Config; minutes are the smaller unit.
fn delivered(part: &str) -> Option<OffsetDateTime> {
    let part = part.split('.').next()?;
    let stamp = match (part.len(), part.strip_suffix('Z')?) {
        (14, stamp) => format!("{stamp}00"),
        (16, stamp) => stamp.to_owned(),
        (_, _) => return None,
    };
    let format = format_description!("[year][month][day]T[hour][minute][second]");
    UtcDateTime::parse(&stamp, format).ok().map(OffsetDateTime::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn a_name_tells_when_a_file_was_delivered_and_what_holds_no_events() {
        let at = |at| Name::Events(Some(at));
        let log = "AWSLogs/o-abcdefghij/111122223333/CloudTrail/eu-west-1/2026/01/02/\
                   111122223333_CloudTrail_eu-west-1_20260102T0304Z_0123456789abcdef.json.gz";
        assert_eq!(named(log), at(datetime!(2026-01-02 03:04 UTC)));
        let snapshot = "111122223333_Config_eu-west-1_ConfigSnapshot_20260102T030405Z_ab.json.gz";
        assert_eq!(named(snapshot), at(datetime!(2026-01-02 03:04:05 UTC)));
        assert_eq!(named("export.ndjson"), Name::Events(None));
        assert_eq!(named("a_20269999T9999Z_b.json"), Name::Events(None));
        assert_eq!(named("AWSLogs/1/CloudTrail-Digest/eu-west-1/d.json.gz"), Name::NoEvents);
        assert_eq!(named("AWSLogs/1/Config/ConfigWritabilityCheckFile"), Name::NoEvents);
        assert_eq!(named("AWSLogs/.DS_Store"), Name::NoEvents);
        assert_eq!(named("AWSLogs/1/CloudTrail/"), Name::NoEvents);
    }
}
