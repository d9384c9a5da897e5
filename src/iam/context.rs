//! What the request of a given caller may hold for each condition key.
//! Refuses to choose a value that the caller does not control, or that AWS does not document.
//! Keys: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>.

use super::actions::{INVOKE, INVOKE_URL};
use super::addresses::Addresses;
use super::arns;
use super::caller::{Caller, Keys, Kind, Means, Member, Role};
use super::condition::{Base, Clause, Held};
use super::network::Network;
use super::owner::Owner;
use super::pattern::example;
use super::service::{self, Row};
use super::setting::{Circle, Setting};
use std::borrow::Cow;
use std::net::IpAddr;
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

/// What a request holds for one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State<'a> {
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
pub(super) struct Asked<'a> {
    /// Without capitals.
    pub key: &'a str,
    pub clauses: &'a [&'a Clause],
    pub action: &'a str,
    /// When the request is made.
    pub now: OffsetDateTime,
}

/// The states the caller can bring about for a key; the first is the plainest. Never empty.
pub(super) fn states<'a>(
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
        _ => vec![State::Unsure],
    }
}

fn is_of_another_service(key: &str) -> bool {
    key.split_once(':').is_some_and(|(prefix, _)| {
        !prefix.is_empty() && !prefix.contains('/') && prefix != "aws" && prefix != "lambda"
    })
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

/// What follows from the way in which the caller got its keys. How old a second factor is that was
/// not shown is not looked at.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html>
fn of_keys<'a>(caller: &Caller<'_>, asked: &Asked<'_>) -> State<'a> {
    let federated = caller.signer.kind == Kind::Federated;
    match (asked.key, caller.signer.keys) {
        (_, Keys::LongTerm) => State::Absent,
        ("aws:tokenissuetime", Keys::Temporary | Keys::SecondFactor) => {
            State::Present(rfc3339(asked.now).into())
        }
        ("aws:multifactorauthpresent", Keys::Temporary) if !federated => present("false"),
        ("aws:multifactorauthpresent", Keys::SecondFactor) => present("true"),
        ("aws:multifactorauthage", Keys::SecondFactor) => present("60"),
        (_, Keys::Temporary | Keys::SecondFactor) => State::Unsure,
    }
}

/// AWS makes up the id of a role or user; who uses a role names the session.
fn unique_ids<'a>(caller: &Caller<'a>, clauses: &[&Clause]) -> Vec<State<'a>> {
    let letters = caller.account.unwrap_or("0").bytes().cycle().take(17);
    let id: String = letters.map(|digit| char::from(b'A' + digit % 26)).collect();
    match caller.signer.kind {
        Kind::Role => {}
        Kind::User => return vec![State::Present(format!("AIDA{id}").into())],
        Kind::Root => return caller.account.iter().map(|account| present(account)).collect(),
        Kind::Federated => return Vec::new(),
    }
    let named = clauses.iter().flat_map(|clause| &clause.values);
    let sessions = named.filter_map(|value| value.rsplit_once(':').map(|(_, name)| example(name)));
    let sessions = sessions.filter(|name| is_session_name(name));
    let sessions = ["session".to_owned()].into_iter().chain(sessions);
    sessions.map(|name| State::Present(format!("AROA{id}:{name}").into())).collect()
}

/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
fn is_session_name(name: &str) -> bool {
    (2..=64).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b))
}

pub(super) fn rfc3339(time: OffsetDateTime) -> String {
    time.format(&Rfc3339).unwrap_or_default()
}

pub(super) fn epoch(time: OffsetDateTime) -> String {
    time.unix_timestamp().to_string()
}

/// Now, or around a time that a clause names, if that is still to come.
pub(super) fn moments<'c>(
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
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
        "aws:principaltype" if !service => vec![present(match caller.signer.kind {
            Kind::Role => "AssumedRole",
            Kind::User => "User",
            Kind::Root => "Account",
            Kind::Federated => "FederatedUser",
        })],
        "aws:principalaccount" if unsigned => vec![present("anonymous")],
        "aws:principalarn" if unsigned => vec![State::Absent],
        // What these are in the request of a service is not documented.
        "aws:principalaccount" | "aws:principalarn" if service => vec![State::Unsure],
        "aws:principalaccount" => caller.account.iter().map(|id| present(id)).collect(),
        "aws:principalarn" => match (caller.role, caller.account) {
            (Role::Fixed(arn) | Role::Session { role: arn }, _) => vec![present(arn)],
            (Role::Free, Some(account)) => {
                arns::of_principals(account, caller.signer.kind, asked.clauses, setting)
            }
            (Role::Free, None) => vec![State::Unsure],
        },
        "aws:principalorgid" | "aws:principalorgpaths" if unsigned || service => {
            vec![State::Absent]
        }
        "aws:principalorgid" => organization(caller),
        "aws:principalorgpaths" => organization_paths(caller, asked.clauses, setting),
        // It tells the tags of an IAM principal, which these are not.
        key if key.starts_with("aws:principaltag/") && (unsigned || service) => {
            vec![State::Absent]
        }
        // "You cannot use the `aws:` prefix in your tags": https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
        key if key.starts_with("aws:principaltag/aws:") => vec![State::Unsure],
        key if key.starts_with("aws:principaltag/") => match caller.signer.kind {
            Kind::Root => vec![State::Absent],
            Kind::Role | Kind::User | Kind::Federated => {
                absent_or_asked(asked_values(asked.clauses).filter(is_tag))
            }
        },
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
            match caller.signer.kind {
                Kind::Role => absent_or_asked(asked_values(asked.clauses)),
                Kind::User | Kind::Root | Kind::Federated => vec![State::Absent],
            }
        }
        ("aws:sourceidentity", Means::Service { .. }) => vec![State::Absent],
        ("aws:sourceip", Means::Internet | Means::Unsigned) => {
            let open = Addresses::internet().passing(asked.clauses.iter().copied());
            address(&open).into_iter().collect()
        }
        (key, Means::Endpoint) => endpoint_states(caller, key, asked.clauses, setting),
        (
            "aws:sourceidentity" | "aws:sourcevpc" | "aws:sourcevpce" | "aws:sourcevpcarn"
            | "aws:vpcsourceip" | "aws:vpceaccount" | "aws:vpceorgid" | "aws:vpceorgpaths",
            Means::Internet | Means::Unsigned,
        ) => vec![State::Absent],
        (_, _) => vec![State::Unsure],
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
        ("aws:vpceorgpaths", _) => return organization_paths(caller, clauses, setting),
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
        ("aws:sourceorgpaths", _, _) => organization_paths(caller, asked.clauses, setting),
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

/// Values of tags: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html>.
fn is_tag(state: &State<'_>) -> bool {
    let State::Present(value) = state else { return false };
    let fine = |c: char| c.is_alphanumeric() || c.is_whitespace() || "_.:/=+-@".contains(c);
    value.chars().count() <= 256 && value.chars().all(fine)
}

fn organization<'a>(caller: &Caller<'a>) -> Vec<State<'a>> {
    vec![match caller.member {
        Member::OfNone => State::Absent,
        Member::Of(id) => present(id),
        Member::In(path) => path.split_once('/').map_or(State::Unsure, |(id, _)| present(id)),
        Member::Unsure => State::Unsure,
    }]
}

/// A path of the caller's. Paths that are trusted are left out, unless all of its organization is.
fn organization_paths<'a>(
    caller: &Caller<'a>,
    clauses: &[&Clause],
    setting: &Setting<'_>,
) -> Vec<State<'a>> {
    let id = match caller.member {
        Member::Of(id) => id,
        Member::In(path) => return vec![State::Present(example(path).into())],
        Member::OfNone | Member::Unsure => return organization(caller),
    };
    let root = id.get(id.len().saturating_sub(4)..).unwrap_or_default();
    let own = format!("{id}/r-{root}/ou-{root}-{root}{root}/");
    let mut states = vec![State::Present(own.into())];
    let inside = format!("{id}/");
    let trusted = |owner: &Owner<'_>| setting.holds(Circle::Trusted, owner);
    let partly = !trusted(&Owner::Organization(id));
    states.extend(asked_values(clauses).filter(|state| match state {
        State::Present(path) => {
            path.starts_with(&inside) && !(partly && trusted(&Owner::Path(path)))
        }
        State::Absent | State::Unsure => false,
    }));
    states
}

/// A value for each value that a clause names.
pub(super) fn asked_values<'a>(clauses: &[&Clause]) -> impl Iterator<Item = State<'a>> {
    clauses.iter().flat_map(|clause| {
        let like = clause.understood().is_some_and(|operator| operator.base == Base::Like);
        let literal = clause.values.iter().filter(|value| !value.contains("${"));
        let example = move |value: &String| if like { example(value) } else { value.clone() };
        literal.map(move |value| State::Present(example(value).into()))
    })
}

/// One of the addresses, if there are so many that anybody may have one.
pub(super) fn address<'a>(open: &Addresses) -> Option<State<'a>> {
    let example = if open.is_everybody() { open.example() } else { None };
    example.map(|address| State::Present(address.into()))
}

/// An address in each range: who owns a VPC chooses its addresses.
fn vpc_addresses<'a>(clauses: &[&Clause]) -> impl Iterator<Item = State<'a>> {
    let values = clauses.iter().flat_map(|clause| &clause.values);
    let addresses = values.filter_map(|value| Network::parse(value)).map(|net| net.address);
    // https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
    let usable = addresses.filter(|address| match address {
        IpAddr::V4(v4) => {
            !(v4.octets()[0] == 0
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.octets()[0] >= 224)
        }
        IpAddr::V6(v6) => !(v6.is_loopback() || v6.is_unspecified() || v6.is_multicast()),
    });
    usable.map(|address| State::Present(address.to_string().into()))
}
