//! What the request of a given caller may hold for each condition key.
//! Refuses to choose a value that the caller does not control, or that AWS does not document.
//! Keys: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>.

use super::addresses::Addresses;
use super::arns;
use super::caller::{Caller, Means, Member, Role};
use super::setting::Setting;
use crate::iam::actions::{INVOKE, INVOKE_URL};
use crate::iam::condition::network::Network;
use crate::iam::condition::{Base, Clause, Held};
use crate::iam::pattern::example;
use crate::iam::service::Row;
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
        "aws:currenttime" => moments(asked.clauses, setting.from, rfc3339),
        "aws:epochtime" => moments(asked.clauses, setting.from, epoch),
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
        "aws:userid" if person && matches!(caller.role, Role::Free) => {
            unique_ids(caller, asked.clauses)
        }
        "aws:multifactorauthpresent" if person => vec![present("false"), present("true")],
        "aws:multifactorauthage" if person => vec![present("60")],
        "aws:tokenissuetime" if person => vec![State::Present(rfc3339(setting.from).into())],
        "aws:username"
        | "aws:federatedprovider"
        | "aws:ec2instancesourcevpc"
        | "aws:ec2instancesourceprivateipv4"
        | "aws:chatbotsourcearn"
        | "aws:signinsessionarn"
            if person && matches!(caller.role, Role::Free) =>
        {
            vec![State::Absent]
        }
        "aws:username" if caller.means == Means::Unsigned => vec![State::Absent],
        key if key.starts_with("aws:requesttag/") || key == "aws:tagkeys" => {
            let tags =
                asked.action.ends_with("tagResource") || asked.action.ends_with("TagResource");
            vec![if tags || service { State::Unsure } else { State::Absent }]
        }
        _ => vec![State::Unsure],
    }
}

fn present(text: &str) -> State<'_> {
    State::Present(Cow::Borrowed(text))
}

fn own_or_asked<'a>(own: &'a str, asked: impl Iterator<Item = State<'a>>) -> Vec<State<'a>> {
    [present(own)].into_iter().chain(asked).collect()
}

fn absent_or_asked<'a>(asked: impl Iterator<Item = State<'a>>) -> Vec<State<'a>> {
    [State::Absent].into_iter().chain(asked).collect()
}

/// Sessions of a role: AWS makes up its id, the caller names the session.
fn unique_ids<'a>(caller: &Caller<'_>, clauses: &[&Clause]) -> Vec<State<'a>> {
    let letters = caller.account.unwrap_or("0").bytes().cycle().take(17);
    let id: String = letters.map(|digit| char::from(b'A' + digit % 26)).collect();
    let named = clauses.iter().flat_map(|clause| &clause.values);
    let sessions = named.filter_map(|value| value.rsplit_once(':').map(|(_, name)| example(name)));
    let sessions = ["session".to_owned()].into_iter().chain(sessions);
    sessions.map(|name| State::Present(format!("AROA{id}:{name}").into())).collect()
}

fn rfc3339(time: OffsetDateTime) -> String {
    time.format(&Rfc3339).unwrap_or_default()
}

fn epoch(time: OffsetDateTime) -> String {
    time.unix_timestamp().to_string()
}

/// Now, or around a time that a clause names, if that is still to come.
fn moments<'a>(
    clauses: &[&Clause],
    from: OffsetDateTime,
    write: impl Fn(OffsetDateTime) -> String,
) -> Vec<State<'a>> {
    let named = clauses.iter().flat_map(|clause| &clause.values);
    let limits = named.filter_map(|value| moment(value));
    let around =
        limits.flat_map(|limit| [limit, limit + Duration::SECOND, limit - Duration::SECOND]);
    let times = [from].into_iter().chain(around.filter(|time| *time >= from));
    times.map(|time| State::Present(write(time).into())).collect()
}

/// A time in one of the forms that people write.
fn moment(text: &str) -> Option<OffsetDateTime> {
    let seconds = text.parse().ok().and_then(|text| OffsetDateTime::from_unix_timestamp(text).ok());
    let rfc3339 = |text: &str| OffsetDateTime::parse(text, &Rfc3339).ok();
    seconds.or_else(|| rfc3339(text)).or_else(|| rfc3339(&format!("{text}T00:00:00Z")))
}

/// Keys that tell who the caller is.
fn principal_states<'a>(
    caller: &Caller<'a>,
    asked: &Asked<'_>,
    setting: &'a Setting<'_>,
) -> Vec<State<'a>> {
    let unsigned = caller.means == Means::Unsigned;
    let service = caller.service().is_some();
    match asked.key {
        "aws:principalisawsservice" if unsigned => vec![State::Absent],
        "aws:principalisawsservice" => vec![present(if service { "true" } else { "false" })],
        "aws:principalservicename" | "aws:principalservicenameslist" if service => {
            caller.service().into_iter().map(present).collect()
        }
        "aws:principalservicename" | "aws:principalservicenameslist" => vec![State::Absent],
        "aws:principaltype" if unsigned => vec![present("Anonymous")],
        "aws:principaltype" if !service && matches!(caller.role, Role::Free) => {
            vec![present("AssumedRole")]
        }
        "aws:principalaccount" if unsigned => vec![present("anonymous")],
        "aws:principalarn" if unsigned => vec![State::Absent],
        // What these are in the request of a service is not documented.
        "aws:principalaccount" | "aws:principalarn" if service => vec![State::Unsure],
        "aws:principalaccount" => caller.account.iter().map(|id| present(id)).collect(),
        "aws:principalarn" => match (caller.role, caller.account) {
            (Role::Fixed(arn) | Role::Session { role: arn }, _) => vec![present(arn)],
            (Role::Free, Some(account)) => arns::of_principals(account, asked.clauses, setting),
            (Role::Free, None) => vec![State::Unsure],
        },
        "aws:principalorgid" | "aws:principalorgpaths" if unsigned || service => {
            vec![State::Absent]
        }
        "aws:principalorgid" => organization(caller),
        "aws:principalorgpaths" => organization_paths(caller, asked.clauses),
        // It tells the tags of an IAM principal, which these are not.
        key if key.starts_with("aws:principaltag/") && (unsigned || service) => {
            vec![State::Absent]
        }
        key if key.starts_with("aws:principaltag/") => absent_or_asked(asked_values(asked.clauses)),
        _ => vec![State::Unsure],
    }
}

/// Keys that tell from where, or for whom, the request is made.
fn source_states<'a>(
    caller: &Caller<'a>,
    asked: &Asked<'_>,
    setting: &'a Setting<'_>,
) -> Vec<State<'a>> {
    match (asked.key, caller.means) {
        (
            "aws:sourceaccount" | "aws:sourcearn" | "aws:sourceorgid" | "aws:sourceorgpaths",
            means,
        ) => match means {
            Means::Internet | Means::Endpoint | Means::CloudFormation | Means::Unsigned => {
                vec![State::Absent]
            }
            Means::Service { row, any_bucket, .. } => {
                service_source(caller, row, any_bucket, asked, setting)
            }
        },
        ("aws:sourceidentity", Means::Internet | Means::Endpoint | Means::CloudFormation) => {
            absent_or_asked(asked_values(asked.clauses))
        }
        ("aws:sourceip", Means::Internet | Means::Unsigned) => {
            let open = Addresses::internet().passing(asked.clauses.iter().copied());
            address(&open).into_iter().collect()
        }
        (key, Means::Endpoint) => endpoint_states(caller, key, asked.clauses, setting),
        (_, Means::Internet | Means::Unsigned) => vec![State::Absent],
        (_, Means::CloudFormation | Means::Service { .. }) => vec![State::Unsure],
    }
}

/// Keys that tell through which endpoint, in whose network.
fn endpoint_states<'a>(
    caller: &Caller<'a>,
    key: &str,
    clauses: &[&Clause],
    setting: &'a Setting<'_>,
) -> Vec<State<'a>> {
    let Caller { network, account, .. } = caller;
    if network.is_empty() && key.starts_with("aws:sourcevpc") {
        return vec![State::Unsure];
    }
    vec![match (key, account) {
        ("aws:sourceip", _) => State::Absent,
        ("aws:vpcsourceip", _) => return own_or_asked("10.0.0.10", vpc_addresses(clauses)),
        ("aws:sourcevpc", _) => State::Present(format!("vpc-{network}").into()),
        ("aws:sourcevpce", _) => State::Present(format!("vpce-{network}").into()),
        ("aws:vpceaccount", Some(account)) => present(account),
        ("aws:vpceorgid", _) => return organization(caller),
        ("aws:vpceorgpaths", _) => return organization_paths(caller, clauses),
        ("aws:sourcevpcarn", Some(account)) => {
            let (partition, region) = (&setting.home.partition, &setting.home.region);
            let arn = format!("arn:{partition}:ec2:{region}:{account}:vpc/vpc-{network}");
            State::Present(arn.into())
        }
        (_, _) => State::Unsure,
    }]
}

/// For whom a service makes its request.
fn service_source<'a>(
    caller: &Caller<'a>,
    row: Option<&Row>,
    any_bucket: bool,
    asked: &Asked<'_>,
    setting: &'a Setting<'_>,
) -> Vec<State<'a>> {
    match (asked.key, row, caller.account) {
        ("aws:sourceaccount", _, Some(account)) if row.is_none_or(|row| row.account_sent) => {
            vec![present(account)]
        }
        ("aws:sourcearn", Some(row), Some(account)) => {
            arns::of_sources(row, account, any_bucket, asked.clauses, setting)
        }
        ("aws:sourceorgid", _, _) => organization(caller),
        ("aws:sourceorgpaths", _, _) => organization_paths(caller, asked.clauses),
        (_, _, _) => vec![State::Unsure],
    }
}

/// Lambda's own keys.
fn lambda_states<'a>(caller: &Caller<'a>, asked: &Asked<'_>) -> Vec<State<'a>> {
    let cloudfront = caller.service().is_some_and(|name| name.starts_with("cloudfront."));
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
        // A shared secret, not an identity: whoever knows it can send it.
        "lambda:eventsourcetoken" if caller.service().is_none() => {
            absent_or_asked(asked_values(asked.clauses))
        }
        _ => vec![State::Unsure],
    }
}

fn organization<'a>(caller: &Caller<'a>) -> Vec<State<'a>> {
    vec![match caller.member {
        Member::OfNone => State::Absent,
        Member::Of(id) => present(id),
        Member::Unsure => State::Unsure,
    }]
}

fn organization_paths<'a>(caller: &Caller<'a>, clauses: &[&Clause]) -> Vec<State<'a>> {
    let Member::Of(id) = caller.member else { return organization(caller) };
    let root = id.get(id.len().saturating_sub(4)..).unwrap_or_default();
    let own = format!("{id}/r-{root}/ou-{root}-{root}{root}/");
    let mut states = vec![State::Present(own.into())];
    let inside = format!("{id}/");
    states.extend(
        asked_values(clauses)
            .filter(|state| matches!(state, State::Present(path) if path.starts_with(&inside))),
    );
    states
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

/// One of the addresses, if there are so many that anybody may have one.
pub fn address<'a>(open: &Addresses) -> Option<State<'a>> {
    let example = if open.is_everybody() { open.example() } else { None };
    example.map(|address| State::Present(address.into()))
}

/// An address in each range: who owns a VPC chooses its addresses.
fn vpc_addresses<'a>(clauses: &[&Clause]) -> impl Iterator<Item = State<'a>> {
    let values = clauses.iter().flat_map(|clause| &clause.values);
    let networks = values.filter_map(|value| Network::parse(value));
    networks.map(|network| State::Present(network.address.to_string().into()))
}
