//! A line of a function's log: its bytes as they were written, and the request it belongs to. In JSON what
//! stands behind a backslash is read, because some languages write `<`, `>` and `&` so.
//! Which request a line belongs to is read where Lambda and its runtimes write it, never in the text:
//! <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-view.html> (text),
//! <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html> (JSON).

use serde::{Deserialize, Serialize};
use std::{fmt, iter};

/// The bytes of a line; of one in JSON, those that are meant.
pub(super) fn bytes_of(line: &str) -> impl Iterator<Item = u8> {
    let is_json = line.trim_start().starts_with('{');
    let mut rest = line.as_bytes().iter();
    iter::from_fn(move || {
        let byte = *rest.next()?;
        if !is_json || byte != b'\\' {
            return Some(byte);
        }
        match rest.next()? {
            b'n' | b'r' => Some(b'\n'),
            b't' | b'b' | b'f' => Some(b' '),
            b'u' => {
                let digits = rest.as_slice().get(..4).and_then(|it| str::from_utf8(it).ok());
                let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
                rest = rest.as_slice().get(4..).unwrap_or_default().iter();
                let meant = code.and_then(char::from_u32).filter(char::is_ascii);
                Some(meant.and_then(|meant| u8::try_from(meant).ok()).unwrap_or(b'?'))
            }
            other => Some(*other),
        }
    })
}

/// The id of a request: a UUID, and nothing that anybody could write a sentence with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RequestId(String);

impl RequestId {
    /// Reads one.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let fits = [8, 4, 4, 4, 12].into_iter().all(|length| {
            let is_hex = |part: &str| part.bytes().all(|b| b.is_ascii_hexdigit());
            parts.next().is_some_and(|part| part.len() == length && is_hex(part))
        });
        (fits && parts.next().is_none()).then(|| Self(text.to_ascii_lowercase()))
    }
}

impl TryFrom<String> for RequestId {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("a request's id is a UUID")
    }
}

impl From<RequestId> for String {
    fn from(id: RequestId) -> Self {
        id.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The request that the lines of one log stream belong to, which is one execution environment's: one after
/// the other.
#[derive(Debug, Clone, Default)]
pub struct Requests {
    /// The one that goes on, as far as the stream tells.
    current: Option<RequestId>,
}

/// What begins and ends a request.
const START: &str = "START RequestId: ";
const END: &str = "END RequestId: ";
const PLATFORM_START: &str = "\"platform.start\"";
const PLATFORM_END: &str = "\"platform.runtimeDone\"";

/// The column in which a runtime writes the request's id is one of these.
const COLUMNS: usize = 4;

#[derive(Deserialize)]
struct Record {
    #[serde(rename = "requestId", alias = "AWSRequestId", alias = "function_request_id")]
    request_id: String,
}

#[derive(Deserialize)]
struct Platform {
    record: Record,
}

impl Requests {
    /// Takes note of a line; every line of a stream has to be told.
    pub fn tell(&mut self, line: &str) {
        let is_json = line.starts_with('{');
        if line.starts_with(START) || (is_json && line.contains(PLATFORM_START)) {
            self.current = written(line);
        } else if line.starts_with(END) || (is_json && line.contains(PLATFORM_END)) {
            self.current = None;
        }
    }

    /// The request that a line belongs to.
    pub fn of(&self, line: &str) -> Option<RequestId> {
        written(line).or_else(|| self.current.clone())
    }
}

/// The request that a line names where Lambda or a runtime writes it.
fn written(line: &str) -> Option<RequestId> {
    if line.starts_with('{') {
        let record = serde_json::from_str::<Record>(line);
        let record = record.or_else(|_| serde_json::from_str::<Platform>(line).map(|it| it.record));
        return RequestId::parse(&record.ok()?.request_id);
    }
    if let Some((_, rest)) = line.split_once("RequestId: ")
        && let Some(id) = rest.split_whitespace().next().and_then(RequestId::parse)
    {
        return Some(id);
    }
    line.split('\t').take(COLUMNS).find_map(|column| RequestId::parse(column.trim()))
}
