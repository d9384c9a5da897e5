//! The forms in which events are archived, told apart by what is in a file and not by its name.

use super::{
    Delivery, Interest, Told,
    delivery::{home, moment, named},
    log_file::{Look, Looker, records},
    rows,
};
use serde::Deserialize;
use serde_json::{Deserializer, value::RawValue};
use std::{borrow::Cow, collections::BTreeMap};

/// What a file holds.
#[derive(Debug, Default)]
pub struct Contents {
    /// What matters, in the order of the file.
    pub deliveries: Vec<Delivery>,
    /// Events in all.
    pub records: u64,
    /// Events that matter and are malformed, by what is wrong.
    pub malformed: BTreeMap<Cow<'static, str>, u64>,
    /// Why the file could not be read to its end, if it could not. What stands before is there.
    pub broken: Option<String>,
}

/// Reads what a file holds, unpacked.
pub fn read(file: &[u8], interest: &Interest) -> Contents {
    let looker = Looker::new(interest);
    let file = file.strip_prefix("\u{feff}".as_bytes()).unwrap_or(file);
    if let Some(contents) = as_log_file(file, interest, &looker) {
        return contents;
    }
    let mut reader = Reader { interest, looker, contents: Contents::default() };
    match file.trim_ascii_start().first() {
        None => {}
        Some(b'{' | b'[') => reader.values(file),
        Some(_) if file.starts_with(b"PAR1") => {
            reader.broken("it is Parquet; export the events as JSON or CSV".to_owned());
        }
        Some(_) => {
            if let Err(why) = rows::events(file, |event| reader.value(event)) {
                reader.broken(why);
            }
        }
    }
    reader.contents
}

/// Reads a file that is written as CloudTrail writes log files; none if anything in it is not.
fn as_log_file(file: &[u8], interest: &Interest, looker: &Looker<'_>) -> Option<Contents> {
    let mut contents = Contents::default();
    for record in records(file)? {
        contents.records += 1;
        match looker.look(record) {
            Look::Passed => {}
            Look::Unusual | Look::Matters => {
                let record = std::str::from_utf8(record).ok()?;
                contents.take(record, interest).ok()?;
            }
        }
    }
    Some(contents)
}

impl Contents {
    /// Takes a record, if it matters.
    fn take(&mut self, record: &str, interest: &Interest) -> serde_json::Result<()> {
        let matters = |named: &super::delivery::Named<'_>| {
            interest.is_in(&named.source, &named.name, named.of_function)
        };
        if let Some(named) = named(record)?.filter(matters) {
            self.add(named.delivery(record));
        }
        Ok(())
    }

    fn add(&mut self, delivery: Result<Delivery, &'static str>) {
        match delivery {
            Ok(delivery) => self.deliveries.push(delivery),
            Err(why) => *self.malformed.entry(why.into()).or_default() += 1,
        }
    }
}

/// The fields by which the forms are told apart.
#[derive(Deserialize)]
struct Shape<'a> {
    /// A log file of CloudTrail.
    #[serde(borrow, rename = "Records")]
    records: Option<Vec<&'a RawValue>>,
    /// An answer of `LookupEvents`.
    #[serde(borrow, rename = "Events")]
    events: Option<Vec<&'a RawValue>>,
    /// An event in such an answer.
    #[serde(borrow, rename = "CloudTrailEvent")]
    event: Option<Cow<'a, str>>,
    /// An answer of `GetQueryResults`.
    #[serde(borrow, rename = "QueryResultRows")]
    rows: Option<Vec<Vec<&'a RawValue>>>,
    /// A row of a query of CloudTrail Lake.
    #[serde(rename = "eventJson", alias = "eventjson", alias = "event_json")]
    row: Option<Cow<'a, str>>,
    /// A snapshot of AWS Config, or a file of its history.
    #[serde(borrow, rename = "configurationItems")]
    items: Option<Vec<&'a RawValue>>,
    /// An event of EventBridge.
    #[serde(borrow, rename = "detail-type")]
    detail_type: Option<Cow<'a, str>>,
    #[serde(borrow)]
    detail: Option<&'a RawValue>,
    account: Option<Cow<'a, str>>,
    region: Option<Cow<'a, str>>,
    time: Option<Cow<'a, str>>,
    id: Option<Cow<'a, str>>,
    /// A record of CloudTrail.
    #[serde(rename = "eventSource")]
    source: Option<Cow<'a, str>>,
    /// A digest of CloudTrail.
    #[serde(rename = "digestS3Bucket")]
    digest: Option<Cow<'a, str>>,
}

struct Reader<'i> {
    interest: &'i Interest,
    looker: Looker<'i>,
    contents: Contents,
}

/// What is left of a file that holds something else.
const UNKNOWN: &str = "it is no event of CloudTrail, EventBridge or AWS Config";

impl Reader<'_> {
    fn broken(&mut self, why: String) {
        self.contents.broken.get_or_insert(why);
    }

    /// Reads one value after the other: lines, or whatever stands between them.
    fn values(&mut self, file: &[u8]) {
        for value in Deserializer::from_slice(file).into_iter::<&RawValue>() {
            match value {
                Ok(value) => self.value(value.get()),
                Err(error) => {
                    return self.broken(format!("the JSON is broken or cut off: {error}"));
                }
            }
        }
    }

    fn value(&mut self, text: &str) {
        if self.looker.look(text.as_bytes()) == Look::Passed {
            self.contents.records += 1;
            return;
        }
        if text.starts_with('[') {
            match serde_json::from_str::<Vec<&RawValue>>(text) {
                Ok(all) => all.into_iter().for_each(|one| self.value(one.get())),
                Err(error) => self.broken(format!("the JSON is broken: {error}")),
            }
            return;
        }
        match serde_json::from_str::<Shape<'_>>(text) {
            Ok(shape) => self.shape(text, shape),
            Err(_) => self.malformed(UNKNOWN),
        }
    }

    fn shape(&mut self, text: &str, mut shape: Shape<'_>) {
        let (records, events) = (shape.records.take(), shape.events.take());
        let (event, row) = (shape.event.take(), shape.row.take());
        if let Some(all) = records.or(events) {
            all.into_iter().for_each(|one| self.value(one.get()));
        } else if let Some(event) = event.or(row) {
            self.value(&event);
        } else if let Some(rows) = shape.rows.take() {
            rows.into_iter().flatten().for_each(|one| self.value(one.get()));
        } else if let Some(items) = shape.items.take() {
            items.into_iter().for_each(|one| self.item(one.get()));
        } else if let (Some(detail_type), Some(detail)) = (&shape.detail_type, shape.detail) {
            self.contents.records += 1;
            match detail_type.as_ref() {
                "AWS API Call via CloudTrail" => self.record(detail.get()),
                _ => {
                    let delivery = enveloped(text, &shape);
                    self.contents.add(delivery);
                }
            }
        } else if shape.source.is_some() {
            self.contents.records += 1;
            self.record(text);
        } else if shape.digest.is_none() {
            self.malformed(UNKNOWN);
        }
    }

    fn malformed(&mut self, why: &'static str) {
        self.contents.records += 1;
        self.contents.add(Err(why));
    }

    fn record(&mut self, record: &str) {
        if self.contents.take(record, self.interest).is_err() {
            self.contents.add(Err("a field has another type than CloudTrail gives it"));
        }
    }

    fn item(&mut self, item: &str) {
        self.contents.records += 1;
        let delivery = configured(item);
        self.contents.add(delivery);
    }
}

/// An event of EventBridge that is no call.
fn enveloped(text: &str, shape: &Shape<'_>) -> Result<Delivery, &'static str> {
    let id = shape.id.as_deref().filter(|id| !id.is_empty()).ok_or("`id` is missing")?;
    let at = moment(shape.time.as_deref()).ok_or("`time` is missing or wrong")?;
    let account = shape.account.as_deref().ok_or("`account` is missing")?;
    let home = home(account, shape.region.as_deref())?;
    Ok(Delivery { id: id.to_owned(), at, home, told: Told::Event(text.to_owned()) })
}

/// An item of AWS Config. It is named after what it is of and when.
fn configured(item: &str) -> Result<Delivery, &'static str> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Head<'a> {
        #[serde(borrow)]
        configuration_item_capture_time: Option<Cow<'a, str>>,
        resource_type: Option<Cow<'a, str>>,
        resource_id: Option<Cow<'a, str>>,
        aws_account_id: Option<Cow<'a, str>>,
        aws_region: Option<Cow<'a, str>>,
    }
    let head: Head<'_> = serde_json::from_str(item).map_err(|_| "the item is none")?;
    let time = head.configuration_item_capture_time.as_deref();
    let at = moment(time).ok_or("`configurationItemCaptureTime` is missing or wrong")?;
    let account = head.aws_account_id.as_deref().ok_or("`awsAccountId` is missing")?;
    // Users and roles are of no Region.
    let region = head.aws_region.as_deref().filter(|region| *region != "global");
    let home = home(account, Some(region.unwrap_or("us-east-1")))?;
    let (kind, resource) =
        (head.resource_type.unwrap_or_default(), head.resource_id.unwrap_or_default());
    let id = format!("{kind}/{resource}@{}", time.unwrap_or_default());
    Ok(Delivery { id, at, home, told: Told::Item(item.to_owned()) })
}
