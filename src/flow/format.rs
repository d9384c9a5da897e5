//! The format of a flow log: its fields in their order. The default is that of version 2.
//! <https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html#flow-logs-default>

use super::{Record, Values};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const DEFAULT: &str = "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} \
                       ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} \
                       ${log-status}";

/// Without these nobody can be told.
const NEEDED: [&str; 3] = ["interface-id", "srcaddr", "dstaddr"];

/// The fields of a flow log's records, as `${version} ${account-id} ...`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FlowFormat(Vec<String>);

impl Default for FlowFormat {
    fn default() -> Self {
        Self::read(DEFAULT).unwrap_or(Self(Vec::new()))
    }
}

impl FlowFormat {
    fn read(text: &str) -> Option<Self> {
        let field = |word: &str| {
            let name = word.strip_prefix("${")?.strip_suffix('}')?;
            let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
            (!name.is_empty() && name.bytes().all(fits)).then(|| name.to_owned())
        };
        let fields = text.split_whitespace().map(field).collect::<Option<Vec<_>>>()?;
        let has = |needed: &&str| fields.iter().any(|field| field == *needed);
        NEEDED.iter().all(has).then_some(Self(fields))
    }

    /// Reads a record. What the filter's pattern extracted under the names of fields counts instead.
    pub fn record(&self, text: &str, extracted: &BTreeMap<String, Option<String>>) -> Record {
        let named =
            extracted.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_deref()?)));
        let named: BTreeMap<&str, &str> = said(named);
        if NEEDED.iter().all(|needed| named.contains_key(needed)) {
            return Values(named).record();
        }
        let values: Vec<&str> = text.split_whitespace().collect();
        if values.len() != self.0.len() {
            return Record::Other;
        }
        Values(said(self.0.iter().map(String::as_str).zip(values))).record()
    }
}

/// Without what is not known of this flow.
fn said<'v>(values: impl Iterator<Item = (&'v str, &'v str)>) -> BTreeMap<&'v str, &'v str> {
    values.filter(|(_, value)| *value != "-").collect()
}

impl TryFrom<String> for FlowFormat {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::read(&text).ok_or(
            "a format is fields as `${version}`, with spaces between them, and has `${interface-id}`, \
             `${srcaddr}` and `${dstaddr}`",
        )
    }
}

impl From<FlowFormat> for String {
    fn from(format: FlowFormat) -> Self {
        let fields: Vec<String> = format.0.iter().map(|field| format!("${{{field}}}")).collect();
        fields.join(" ")
    }
}
