//! One archived event, as it would have been delivered.

use crate::{
    event::without_date,
    history::Call,
    resource::{AccountId, FunctionArn, FunctionResource, Home},
};
use serde::{Deserialize, Serialize, de::IgnoredAny};
use serde_json::value::RawValue;
use std::borrow::Cow;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// One archived event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// The same for every copy of the event.
    pub id: String,
    /// When it happened.
    #[serde(with = "time::serde::timestamp::nanoseconds")]
    pub at: OffsetDateTime,
    /// The account and Region that it happened in.
    pub home: Home,
    /// What it tells.
    pub told: Told,
}

/// What an event tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Told {
    /// A call.
    Call {
        /// CloudTrail's record.
        record: String,
        /// The API as IAM writes its action.
        api: String,
        /// It failed.
        failed: bool,
    },
    /// An item of AWS Config.
    Item(String),
    /// An event of EventBridge that is no call, in its envelope.
    Event(String),
}

/// What is to be known of a record before anything else of it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head<'a> {
    #[serde(borrow, rename = "eventID")]
    id: Option<Cow<'a, str>>,
    event_source: Option<Cow<'a, str>>,
    event_name: Option<Cow<'a, str>>,
    event_time: Option<Cow<'a, str>>,
    aws_region: Option<Cow<'a, str>>,
    recipient_account_id: Option<Cow<'a, str>>,
    error_code: Option<IgnoredAny>,
    user_identity: Option<Caller<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Caller<'a> {
    #[serde(borrow)]
    account_id: Option<Cow<'a, str>>,
    in_scope_of: Option<InScopeOf<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InScopeOf<'a> {
    #[serde(borrow)]
    issuer_type: Option<Cow<'a, str>>,
}

/// A record with the names that decide whether it matters.
pub(super) struct Named<'a> {
    /// Such as `lambda.amazonaws.com`.
    pub source: Cow<'a, str>,
    /// As it was called.
    pub name: Cow<'a, str>,
    /// By the credentials of a function.
    pub of_function: bool,
    head: Head<'a>,
}

/// Reads who was called. None where the record is of no call, as those of CloudTrail Insights are.
///
/// # Errors
/// What `serde_json` says of what is no record.
pub(super) fn named(record: &str) -> serde_json::Result<Option<Named<'_>>> {
    let mut head: Head<'_> = serde_json::from_str(record)?;
    let (Some(source), Some(name)) = (head.event_source.take(), head.event_name.take()) else {
        return Ok(None);
    };
    let scope = head.user_identity.as_ref().and_then(|caller| caller.in_scope_of.as_ref());
    let issuer = scope.and_then(|scope| scope.issuer_type.as_deref());
    let of_function = issuer == Some("AWS::Lambda::Function");
    Ok(Some(Named { source, name, of_function, head }))
}

impl Named<'_> {
    /// The delivery of this record.
    ///
    /// # Errors
    /// What is missing or wrong, in words.
    pub(super) fn delivery(self, record: &str) -> Result<Delivery, &'static str> {
        let Self { source, name, head, .. } = self;
        let id = head.id.filter(|id| !id.is_empty()).ok_or("`eventID` is missing")?;
        let at = moment(head.event_time.as_deref()).ok_or("`eventTime` is missing or wrong")?;
        let caller = head.user_identity.and_then(|caller| caller.account_id);
        let account =
            head.recipient_account_id.or(caller).ok_or("`recipientAccountId` is missing")?;
        let home = home(&account, head.aws_region.as_deref())?;
        let service = source.strip_suffix(".amazonaws.com").unwrap_or(&source);
        let api = format!("{service}:{}", without_date(&name));
        let told = Told::Call { record: record.to_owned(), api, failed: head.error_code.is_some() };
        Ok(Delivery { id: id.into_owned(), at, home, told })
    }
}

/// A time as AWS writes it.
pub(super) fn moment(text: Option<&str>) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text?, &Rfc3339).ok()
}

/// The account and Region of an event.
pub(super) fn home(account: &str, region: Option<&str>) -> Result<Home, &'static str> {
    let account = AccountId::parse(account).map_err(|_| "the account is none")?;
    // Names of Regions to come, and those of archives that hide theirs, are not refused.
    let is_name = |region: &&str| {
        let mut bytes = region.bytes();
        (1..=32).contains(&region.len())
            && bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    let region = region.filter(is_name).ok_or("the Region is missing or none")?;
    Ok(Home::of(account, region))
}

impl Delivery {
    /// The call, if it is one that succeeded.
    pub fn call(&self) -> Option<Call<'_>> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Record<'a> {
            #[serde(borrow)]
            request_parameters: Option<&'a RawValue>,
            #[serde(borrow)]
            response_elements: Option<&'a RawValue>,
        }
        let Told::Call { record, api, failed: false } = &self.told else { return None };
        let parts: Record<'_> = serde_json::from_str(record).ok()?;
        Some(Call {
            home: &self.home,
            api,
            at: self.at,
            asked: parts.request_parameters,
            answered: parts.response_elements,
        })
    }

    /// The function whose credentials made the call, as AWS tells it.
    pub fn caller(&self) -> Option<FunctionArn> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Record {
            user_identity: Identity,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Identity {
            in_scope_of: Scope,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Scope {
            credentials_issued_to: String,
        }
        let Told::Call { record, .. } = &self.told else { return None };
        let record: Record = serde_json::from_str(record).ok()?;
        let arn = record.user_identity.in_scope_of.credentials_issued_to;
        Some(FunctionResource::parse_arn(&arn).ok()?.function)
    }

    /// Whether it is a call that makes something that other calls of the same second may be on.
    pub fn makes(&self) -> bool {
        let Told::Call { api, failed: false, .. } = &self.told else { return false };
        let Self { home, at, .. } = self;
        Call { home, api, at: *at, asked: None, answered: None }.makes()
    }

    /// The event as EventBridge would deliver it.
    pub fn envelope(&self) -> String {
        let Self { id, home, told, .. } = self;
        let (source, detail_type, detail) = match told {
            Told::Event(envelope) => return envelope.clone(),
            Told::Call { record, api, .. } => {
                let service = api.split_once(':').map_or("", |(service, _)| service);
                (format!("aws.{service}"), "AWS API Call via CloudTrail", record.clone())
            }
            Told::Item(item) => {
                let detail = format!(r#"{{"configurationItem":{item}}}"#);
                ("aws.config".to_owned(), "Config Configuration Item Change", detail)
            }
        };
        let text = |text: &str| serde_json::Value::from(text).to_string();
        let time = self.at.format(&Rfc3339).unwrap_or_default();
        format!(
            r#"{{"version":"0","id":{},"detail-type":{},"source":{},"account":{},"time":{},"region":{},"resources":[],"detail":{detail}}}"#,
            text(id),
            text(detail_type),
            text(&source),
            text(home.account.as_str()),
            text(&time),
            text(&home.region),
        )
    }
}
