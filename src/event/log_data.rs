//! What CloudWatch Logs delivers to a function by a subscription filter: gzip in base64, with the lines of
//! one log stream. Control messages tell nothing, and what another account owns is nobody's here.
//! Refuses what unpacks to more than an invocation can bear. Whoever may invoke Cordon can make a delivery
//! up: nothing of one is more than what a stranger wrote. A line is never shown, not even to a debugger.
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-cloudwatchlogs.html>,
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html>.

use super::{Event, EventError, Kind};
use crate::{finding::fingerprint, resource::Home};
use base64::{Engine, engine::general_purpose::STANDARD};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use serde::Deserialize;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fmt,
    io::{Read, Write},
};
use time::OffsetDateTime;

/// The most that is unpacked. Lambda takes 1 MB for an asynchronous invocation, and text packs to a tenth;
/// what packs to a thousandth was made to.
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
const LARGEST: u64 = 16 * 1024 * 1024;

/// What was delivered.
#[derive(Debug)]
pub enum LogDelivery {
    /// Lines.
    Lines(LogData),
    /// Nothing to look at, and why.
    Nothing(Box<Event>),
}

/// Lines of one log stream.
#[derive(Debug)]
pub struct LogData {
    /// The log group's name.
    pub group: String,
    /// The log stream's name.
    pub stream: String,
    /// In the order in which they were written.
    pub lines: Vec<LogLine>,
}

/// One log event.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogLine {
    /// Its id: the same in every delivery.
    pub id: String,
    /// When it was written, in milliseconds since 1970.
    #[serde(default)]
    timestamp: i64,
    /// What was written.
    #[serde(rename = "message")]
    pub text: String,
    /// What the filter's pattern gave names to.
    #[serde(default)]
    pub extracted_fields: BTreeMap<String, Option<String>>,
}

impl fmt::Debug for LogLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogLine").field("id", &self.id).finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Invocation {
    awslogs: Packed,
}

#[derive(Deserialize)]
struct Packed {
    data: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Unpacked {
    message_type: String,
    owner: String,
    log_group: String,
    log_stream: String,
    log_events: Vec<LogLine>,
}

impl LogData {
    /// Reads a delivery; none if the payload is none.
    pub fn parse(payload: &str, home: &Home) -> Option<Result<LogDelivery, EventError>> {
        // Every event comes through here: it is not parsed for this.
        let first = payload.trim_start().trim_start_matches('{').trim_start();
        first.starts_with("\"awslogs\"").then(|| read(payload, home))
    }

    /// The event that this delivery is of: the same however often it is delivered.
    pub fn event(&self, kind: Kind) -> Event {
        let ids = self.lines.iter().map(|line| line.id.as_str());
        let all: Vec<&str> =
            [self.group.as_str(), self.stream.as_str()].into_iter().chain(ids).collect();
        let last = self.lines.iter().map(|line| line.timestamp).max();
        let at = last.and_then(|at| OffsetDateTime::from_unix_timestamp(at / 1000).ok());
        Event { at, ..Event::told(format!("log-{}", fingerprint(&all)), kind) }
    }
}

fn read(payload: &str, home: &Home) -> Result<LogDelivery, EventError> {
    // What a parser says of it may quote a line.
    let wrong = |_| EventError::Packed("not what CloudWatch Logs delivers");
    let Invocation { awslogs } = serde_json::from_str(payload).map_err(wrong)?;
    let text = unpacked(&awslogs.data)?;
    let data: Unpacked = serde_json::from_slice(&text).map_err(wrong)?;
    let nothing = |why: &str| {
        let event = Event::ignored(format!("log-{}", fingerprint(&[&awslogs.data])), why);
        Ok(LogDelivery::Nothing(Box::new(event)))
    };
    if data.message_type == "CONTROL_MESSAGE" {
        return nothing("CloudWatch Logs asks whether it can deliver");
    }
    if data.message_type != "DATA_MESSAGE" {
        return nothing("it holds no log data");
    }
    if data.owner != home.account.as_str() {
        return nothing("the log is of another account");
    }
    let Unpacked { log_group: group, log_stream: stream, log_events: lines, .. } = data;
    Ok(LogDelivery::Lines(LogData { group, stream, lines }))
}

fn unpacked(packed: &str) -> Result<Vec<u8>, EventError> {
    let wrong = EventError::Packed;
    let zipped = STANDARD.decode(packed).map_err(|_| wrong("no base64"))?;
    let mut text = Vec::new();
    let mut unzipped = GzDecoder::new(zipped.as_slice()).take(LARGEST + 1);
    unzipped.read_to_end(&mut text).map_err(|_| wrong("no gzip"))?;
    match u64::try_from(text.len()) {
        Ok(length) if length <= LARGEST => Ok(text),
        Ok(_) | Err(_) => Err(wrong("more than 16 MiB once it is unpacked")),
    }
}

/// What a delivery holds, so that people can read and change it; none if it is none.
pub fn unpack(payload: &Value) -> Option<Value> {
    let packed = payload.pointer("/awslogs/data")?.as_str()?;
    serde_json::from_slice(&unpacked(packed).ok()?).ok()
}

/// The delivery that holds this.
pub fn pack(data: &Value) -> Value {
    let mut zipped = GzEncoder::new(Vec::new(), Compression::default());
    // Into memory: it cannot fail.
    let written = zipped.write_all(data.to_string().as_bytes()).and_then(|()| zipped.finish());
    serde_json::json!({ "awslogs": { "data": STANDARD.encode(written.unwrap_or_default()) } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::AccountId;
    use serde_json::json;

    fn home() -> Home {
        let account = AccountId::parse("111122223333").unwrap();
        Home { partition: "aws".to_owned(), account, region: "us-east-1".to_owned() }
    }

    fn data() -> Value {
        json!({
            "messageType": "DATA_MESSAGE", "owner": "111122223333",
            "logGroup": "/aws/lambda/orders", "logStream": "2026/11/29/[$LATEST]0f",
            "subscriptionFilters": ["cordon"],
            "logEvents": [{ "id": "1", "timestamp": 1_764_417_600_000_u64, "message": "a secret" }],
        })
    }

    fn parse(payload: &str) -> Result<LogDelivery, EventError> {
        LogData::parse(payload, &home()).expect("a delivery of logs")
    }

    #[test]
    fn lines_are_read_and_never_shown() {
        let LogDelivery::Lines(data) = parse(&pack(&data()).to_string()).unwrap() else {
            panic!("no lines")
        };
        assert_eq!(
            (data.group.as_str(), data.lines[0].text.as_str()),
            ("/aws/lambda/orders", "a secret")
        );
        assert!(!format!("{data:?}").contains("secret"));
        let event = data.event(Kind::Heartbeat);
        assert_eq!(event.id, data.event(Kind::Heartbeat).id);
    }

    #[test]
    fn what_tells_nothing_of_this_account_is_ignored_and_says_why() {
        for (field, value, why) in [
            ("messageType", "CONTROL_MESSAGE", "can deliver"),
            ("messageType", "OTHER", "no log data"),
            ("owner", "999988887777", "another account"),
        ] {
            let mut data = data();
            data[field] = json!(value);
            let LogDelivery::Nothing(event) = parse(&pack(&data).to_string()).unwrap() else {
                panic!("{value}")
            };
            assert!(matches!(&event.kind, Kind::Ignored(said) if said.contains(why)), "{event:?}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_line_is_not_told_with_it() {
        let mut data = data();
        data["logEvents"] = json!("a secret");
        let error = parse(&pack(&data).to_string()).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("secret"));
    }

    #[test]
    fn what_is_no_log_data_is_malformed_and_a_bomb_is_not_unpacked() {
        let zip = |bytes: &[u8]| {
            let mut zipped = GzEncoder::new(Vec::new(), Compression::best());
            zipped.write_all(bytes).unwrap();
            STANDARD.encode(zipped.finish().unwrap())
        };
        let bomb = zip(&vec![b' '; 64 * 1024 * 1024]);
        assert!(bomb.len() < 128 * 1024);
        for packed in ["", "***", "AAAA", &zip(b"{}"), &zip(b"not JSON"), &bomb, &bomb[..1000]] {
            let delivery = json!({ "awslogs": { "data": packed } }).to_string();
            let error = parse(&delivery).unwrap_err().to_string();
            assert!(error.starts_with("malformed event"), "{error}");
        }
        for payload in [r#"{"awslogs":{}}"#, r#"{"awslogs":{"data":{}}}"#, r#"{"awslogs":"#] {
            assert!(parse(payload).is_err(), "{payload}");
        }
        for field in ["owner", "logGroup", "logStream", "logEvents", "messageType"] {
            let mut data = data();
            data.as_object_mut().unwrap().remove(field);
            assert!(parse(&pack(&data).to_string()).is_err(), "{field}");
        }
    }

    #[test]
    fn other_events_are_no_deliveries_of_logs() {
        for payload in [r#"{"Records":[]}"#, r#"{"source":"awslogs"}"#, "{}", ""] {
            assert!(LogData::parse(payload, &home()).is_none(), "{payload}");
        }
    }
}
