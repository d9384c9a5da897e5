//! What the request of a given caller may hold for each condition key.
//! Refuses to choose a value that the caller does not control, or that AWS does not document.
//! Keys: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>.

use super::caller::{Caller, Kind, Means, Role};
use super::origin::source_states;
use super::principal_keys::{of_keys, principal_states, unique_ids};
use super::setting::Setting;
use crate::iam::actions::{INVOKE, INVOKE_URL};
use crate::iam::condition::{Base, Clause, Held};
use crate::iam::pattern::example;
use crate::iam::service;
use std::borrow::Cow;
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

/// What a request holds for one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State<'a> {
    Present(Cow<'a, str>),
    Absent,
    /// Nothing certain can be said.
    Unsure,
}

impl State<'_> {
    pub fn held(&self) -> Held<'_> {
        match self {
            State::Present(value) => Held::One(value),
            State::Absent => Held::Absent,
            State::Unsure => Held::Unsure,
        }
    }
}

/// A key with the clauses that ask for it.
pub struct Asked<'a> {
    /// Without capitals.
    pub key: &'a str,
    pub clauses: &'a [&'a Clause],
    pub action: &'a str,
    /// When the request is made.
    pub now: OffsetDateTime,
}

/// The states the caller can bring about for a key; the first is the plainest. Never empty.
pub fn states<'a>(
    caller: &Caller<'a>,
    asked: &Asked<'_>,
    setting: &'a Setting<'_>,
) -> Vec<State<'a>> {
    let found = match asked.key {
        key if key.starts_with("aws:principal") => principal_states(caller, asked, setting),
        key if key.starts_with("aws:source") || key.starts_with("aws:vp") => {
            source_states(caller, asked, setting)
        }
        key if key.starts_with("lambda:") => lambda_states(caller, asked),
        _ => request_states(caller, asked, setting),
    };
    if found.is_empty() { vec![State::Unsure] } else { found }
}

/// Keys of the request itself, whoever makes it.
fn request_states<'a>(
    caller: &Caller<'a>,
    asked: &Asked<'_>,
    setting: &'a Setting<'_>,
) -> Vec<State<'a>> {
    let person = matches!(caller.means, Means::Internet | Means::Endpoint);
    let forwarded = caller.means == Means::CloudFormation;
    let service = caller.service().is_some();
    match asked.key {
        "aws:resourceaccount" => vec![present(setting.home.account.as_str())],
        "aws:requestedregion" => vec![present(&setting.home.region)],
        // Lambda's API answers HTTPS only.
        "aws:securetransport" => vec![present("true")],
        "aws:currenttime" => vec![State::Present(rfc3339(asked.now).into())],
        "aws:epochtime" => vec![State::Present(epoch(asked.now).into())],
        "aws:viaawsservice" if forwarded => vec![present("true")],
        "aws:viaawsservice" if !service => vec![present("false")],
        "aws:calledvia" | "aws:calledviafirst" | "aws:calledvialast" if forwarded => {
            vec![present("cloudformation.amazonaws.com")]
        }
        "aws:calledvia" | "aws:calledviafirst" | "aws:calledvialast" if !service => {
            vec![State::Absent]
        }
        "aws:useragent" if !service && !forwarded => {
            own_or_asked("aws-sdk", asked_values(asked.clauses))
        }
        "aws:referer" if caller.means == Means::Unsigned => {
            absent_or_asked(asked_values(asked.clauses))
        }
        "aws:referer" if person => vec![State::Absent],
        key if key.starts_with("aws:requesttag/") || key == "aws:tagkeys" => {
            let tags =
                asked.action.ends_with("tagResource") || asked.action.ends_with("TagResource");
            vec![if tags { State::Unsure } else { State::Absent }]
        }
        // "Service-specific context keys have the service's prefix", and those that other services
        // hear of come with credentials that only the service gives out.
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
        key if is_of_another_service(key)
            && ((person && matches!(caller.role, Role::Free))
                || caller.means == Means::Unsigned) =>
        {
            vec![State::Absent]
        }
        _ => credential_states(caller, asked),
    }
}

/// Keys that come with the caller's credentials.
fn credential_states<'a>(caller: &Caller<'a>, asked: &Asked<'_>) -> Vec<State<'a>> {
    let person = matches!(caller.means, Means::Internet | Means::Endpoint);
    let service = caller.service().is_some();
    match asked.key {
        "aws:userid" if person && matches!(caller.role, Role::Free) => {
            unique_ids(caller, asked.clauses)
        }
        "aws:multifactorauthpresent" | "aws:multifactorauthage" | "aws:tokenissuetime"
            if person =>
        {
            vec![of_keys(caller, asked)]
        }
        "aws:username" if person && caller.signer.kind == Kind::User => vec![State::Unsure],
        "aws:username" if person || caller.means == Means::Unsigned => vec![State::Absent],
        "aws:multifactorauthpresent" | "aws:multifactorauthage" | "aws:tokenissuetime"
            if caller.means == Means::Unsigned =>
        {
            vec![State::Absent]
        }
        // Properties of special sessions of roles.
        "aws:federatedprovider"
        | "aws:ec2instancesourcevpc"
        | "aws:ec2instancesourceprivateipv4"
        | "aws:chatbotsourcearn"
        | "aws:signinsessionarn"
        | "aws:assumedroot"
        | "aws:calledviaawsmcp"
            if (person && matches!(caller.role, Role::Free))
                || service
                || caller.means == Means::Unsigned =>
        {
            vec![State::Absent]
        }
        _ => vec![State::Unsure],
    }
}

fn is_of_another_service(key: &str) -> bool {
    key.split_once(':').is_some_and(|(prefix, _)| {
        !prefix.is_empty() && !prefix.contains('/') && prefix != "aws" && prefix != "lambda"
    })
}

pub fn present(text: &str) -> State<'_> {
    State::Present(Cow::Borrowed(text))
}

pub fn own_or_asked<'a>(own: &'a str, asked: impl Iterator<Item = State<'a>>) -> Vec<State<'a>> {
    [present(own)].into_iter().chain(asked).collect()
}

pub fn absent_or_asked<'a>(asked: impl Iterator<Item = State<'a>>) -> Vec<State<'a>> {
    [State::Absent].into_iter().chain(asked).collect()
}

pub fn rfc3339(time: OffsetDateTime) -> String {
    time.format(&Rfc3339).unwrap_or_default()
}

pub fn epoch(time: OffsetDateTime) -> String {
    time.unix_timestamp().to_string()
}

/// Now, or around a time that a clause names, if that is still to come.
pub fn moments<'c>(
    clauses: impl Iterator<Item = &'c Clause>,
    from: OffsetDateTime,
) -> impl Iterator<Item = OffsetDateTime> {
    let limits = clauses.flat_map(|clause| &clause.values).filter_map(|value| moment(value));
    let around = limits.flat_map(|limit| {
        let second = Duration::SECOND;
        [Some(limit), limit.checked_add(second), limit.checked_sub(second)]
    });
    [from].into_iter().chain(around.flatten().filter(move |time| *time >= from))
}

/// A time in one of the forms that people write.
fn moment(text: &str) -> Option<OffsetDateTime> {
    let seconds = text.parse().ok().and_then(|text| OffsetDateTime::from_unix_timestamp(text).ok());
    let rfc3339 = |text: &str| OffsetDateTime::parse(text, &Rfc3339).ok();
    seconds.or_else(|| rfc3339(text)).or_else(|| rfc3339(&format!("{text}T00:00:00Z")))
}

/// Lambda's own keys.
fn lambda_states<'a>(caller: &Caller<'a>, asked: &Asked<'_>) -> Vec<State<'a>> {
    let cloudfront = caller.service().is_some_and(service::is_cloudfront);
    let signed = caller.means == Means::Internet || cloudfront;
    let unsigned = caller.means == Means::Unsigned;
    match asked.key {
        "lambda:functionurlauthtype" if asked.action == INVOKE_URL && unsigned => {
            vec![present("NONE")]
        }
        "lambda:functionurlauthtype" if asked.action == INVOKE_URL && signed => {
            vec![present("AWS_IAM")]
        }
        "lambda:invokedviafunctionurl" if asked.action == INVOKE && unsigned => {
            vec![present("true")]
        }
        "lambda:invokedviafunctionurl" if asked.action == INVOKE && signed => {
            vec![State::Unsure, present("true")]
        }
        "lambda:sourcefunctionarn" if caller.means == Means::Internet || unsigned => {
            vec![State::Absent]
        }
        // Keys of the actions that configure functions.
        // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
        "lambda:codesigningconfigarn"
        | "lambda:functionarn"
        | "lambda:layer"
        | "lambda:principal"
        | "lambda:securitygroupids"
        | "lambda:subnetids"
        | "lambda:vpcids"
            if asked.action == INVOKE || asked.action == INVOKE_URL =>
        {
            vec![State::Absent]
        }
        "lambda:sourcefunctionarn" if caller.service().is_some() => vec![State::Absent],
        "lambda:eventsourcetoken"
            if caller.service().is_some_and(|name| !service::is_alexa(name)) =>
        {
            vec![State::Absent]
        }
        // A shared secret, not an identity: whoever knows it can send it.
        "lambda:eventsourcetoken" if caller.service().is_none() => {
            absent_or_asked(asked_values(asked.clauses))
        }
        _ => vec![State::Unsure],
    }
}

/// A value for each value that a clause names.
pub fn asked_values<'a>(clauses: &[&Clause]) -> impl Iterator<Item = State<'a>> {
    clauses.iter().flat_map(|clause| {
        let like = clause.understood().is_some_and(|operator| operator.base == Base::Like);
        let literal = clause.values.iter().filter(|value| !value.contains("${"));
        let example = move |value: &String| if like { example(value) } else { value.clone() };
        literal.map(move |value| State::Present(example(value).into()))
    })
}
