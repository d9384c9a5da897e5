//! What the request of a given caller may hold for each condition key.
//! Refuses to choose a value that the caller does not control, or that AWS does not document.
//! Keys: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>.

use super::actions::{INVOKE, INVOKE_URL};
use super::caller::{Caller, Means, Member, Role};
use super::condition::{Base, Clause, Network, State};
use super::exposure::Setting;
use super::pattern::{Arn, example, glob, has_wildcard};
use super::service::Row;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Addresses that anybody can rent.
const RENTED: [&str; 2] = ["5.9.10.11", "51.15.20.30"];
/// The same, for IPv6.
const RENTED_V6: &str = "2a01:4f8::1";

/// A key with the clauses that ask for it.
pub(super) struct Asked<'a> {
    pub key: &'a str,
    pub clauses: &'a [Clause],
    pub action: &'a str,
}

/// The states the caller can bring about for a key; the first is the plainest. Never empty.
pub(super) fn states(caller: &Caller, asked: &Asked<'_>, setting: &Setting<'_>) -> Vec<State> {
    let found = match asked.key {
        key if key.starts_with("aws:principal") => principal_states(caller, asked, setting),
        key if key.starts_with("aws:source") => source_states(caller, asked, setting),
        key if key.starts_with("lambda:") => lambda_states(caller, asked),
        "aws:securetransport" if caller.service().is_none() => vec![present("true")],
        "aws:vpcsourceip" => match caller.means {
            Means::Endpoint => own_or_asked("10.0.0.10", vpc_addresses(asked.clauses)),
            Means::Internet | Means::Unsigned => vec![State::Absent],
            Means::CloudFormation | Means::Service { .. } => vec![State::Unsure],
        },
        "aws:calledvia" | "aws:calledviafirst" | "aws:calledvialast" => match caller.means {
            Means::CloudFormation => vec![present("cloudformation.amazonaws.com")],
            Means::Internet | Means::Endpoint | Means::Unsigned => vec![State::Absent],
            Means::Service { .. } => vec![State::Unsure],
        },
        _ => vec![State::Unsure],
    };
    if found.is_empty() { vec![State::Unsure] } else { found }
}

fn present(text: &str) -> State {
    State::Present(text.to_owned())
}

fn own_or_asked(own: &str, asked: Vec<State>) -> Vec<State> {
    let mut states = vec![present(own)];
    states.extend(asked);
    states
}

/// Keys that tell who the caller is.
fn principal_states(caller: &Caller, asked: &Asked<'_>, setting: &Setting<'_>) -> Vec<State> {
    let unsigned = caller.means == Means::Unsigned;
    let service = caller.service().is_some();
    match asked.key {
        "aws:principalisawsservice" if unsigned => vec![State::Absent],
        "aws:principalisawsservice" => vec![present(if service { "true" } else { "false" })],
        "aws:principalaccount" if unsigned => vec![present("anonymous")],
        "aws:principalarn" if unsigned => vec![State::Absent],
        // What these are in the request of a service is not documented.
        "aws:principalaccount" | "aws:principalarn" if service => vec![State::Unsure],
        "aws:principalaccount" => caller.account.iter().map(|id| present(id)).collect(),
        "aws:principalarn" => match (&caller.role, &caller.account) {
            (Role::Fixed(arn), _) => vec![present(arn)],
            (Role::Free, Some(account)) => principal_arns(account, asked.clauses, setting),
            (Role::Free, None) | (Role::Unsure, _) => vec![State::Unsure],
        },
        "aws:principalorgid" | "aws:principalorgpaths" if unsigned || service => {
            vec![State::Absent]
        }
        "aws:principalorgid" => organization(caller),
        "aws:principalorgpaths" => organization_paths(caller, asked.clauses),
        key if key.starts_with("aws:principaltag/") => {
            let mut states = vec![State::Absent];
            if !unsigned && !service {
                states.extend(asked_values(asked.clauses));
            }
            states
        }
        _ => vec![State::Unsure],
    }
}

/// Keys that tell from where, or for whom, the request is made.
fn source_states(caller: &Caller, asked: &Asked<'_>, setting: &Setting<'_>) -> Vec<State> {
    match (asked.key, &caller.means) {
        ("aws:sourceip", Means::Internet | Means::Unsigned) => addresses(asked.clauses),
        ("aws:sourceip" | "aws:sourcevpc" | "aws:sourcevpce", Means::CloudFormation) => {
            vec![State::Unsure]
        }
        ("aws:sourceip", Means::Endpoint) => vec![State::Absent],
        ("aws:sourcevpc", Means::Endpoint) => vec![present(&format!("vpc-{}", caller.network))],
        ("aws:sourcevpce", Means::Endpoint) => vec![present(&format!("vpce-{}", caller.network))],
        ("aws:sourcevpc" | "aws:sourcevpce", Means::Internet | Means::Unsigned) => {
            vec![State::Absent]
        }
        ("aws:sourceaccount", Means::Service { row, .. }) => {
            let sent = row.is_none_or(|row| row.account_sent);
            caller.account.iter().filter(|_| sent).map(|id| present(id)).collect()
        }
        ("aws:sourcearn", Means::Service { row: Some(row), any_bucket, .. }) => {
            let account = caller.account.as_deref();
            account.map_or(Vec::new(), |account| {
                source_arns(row, account, *any_bucket, asked.clauses, setting)
            })
        }
        ("aws:sourceorgid", Means::Service { .. }) => organization(caller),
        ("aws:sourceorgpaths", Means::Service { .. }) => organization_paths(caller, asked.clauses),
        (
            "aws:sourceaccount" | "aws:sourcearn" | "aws:sourceorgid" | "aws:sourceorgpaths",
            Means::Internet | Means::Endpoint | Means::CloudFormation | Means::Unsigned,
        ) => vec![State::Absent],
        (_, _) => vec![State::Unsure],
    }
}

/// Lambda's own keys.
fn lambda_states(caller: &Caller, asked: &Asked<'_>) -> Vec<State> {
    let cloudfront = caller.service().is_some_and(|name| name.starts_with("cloudfront."));
    let signed = caller.means == Means::Internet || cloudfront;
    match asked.key {
        "lambda:functionurlauthtype" if asked.action == INVOKE_URL => match caller.means {
            Means::Unsigned => vec![present("NONE")],
            Means::Internet | Means::Service { .. } if signed => vec![present("AWS_IAM")],
            Means::Internet | Means::Endpoint | Means::CloudFormation | Means::Service { .. } => {
                vec![State::Unsure]
            }
        },
        "lambda:invokedviafunctionurl" if asked.action == INVOKE => match caller.means {
            Means::Unsigned => vec![present("true")],
            Means::Internet | Means::Service { .. } if signed => {
                vec![State::Unsure, present("true")]
            }
            Means::Internet | Means::Endpoint | Means::CloudFormation | Means::Service { .. } => {
                vec![State::Unsure]
            }
        },
        // A shared secret, not an identity: whoever knows it can send it.
        "lambda:eventsourcetoken" if caller.service().is_none() => {
            let mut states = vec![State::Absent];
            states.extend(asked_values(asked.clauses));
            states
        }
        _ => vec![State::Unsure],
    }
}

fn organization(caller: &Caller) -> Vec<State> {
    vec![match &caller.member {
        Member::OfNone => State::Absent,
        Member::Of(id) => present(id),
        Member::Unsure => State::Unsure,
    }]
}

fn organization_paths(caller: &Caller, clauses: &[Clause]) -> Vec<State> {
    let Member::Of(id) = &caller.member else { return organization(caller) };
    let mut states = vec![State::Present(format!("{id}/r-{0}/ou-{0}-{0}{0}/", "x1y2"))];
    if caller.account.is_none() {
        let inside = format!("{id}/");
        states
            .extend(asked_values(clauses).filter(
                |state| matches!(state, State::Present(path) if path.starts_with(&inside)),
            ));
    }
    states
}

/// A value for each value that a clause names.
fn asked_values(clauses: &[Clause]) -> impl Iterator<Item = State> {
    clauses.iter().flat_map(|clause| {
        let like = clause.understood().is_some_and(|operator| operator.base == Base::Like);
        clause
            .values
            .iter()
            .filter(|value| !value.contains("${"))
            .map(move |value| State::Present(if like { example(value) } else { value.clone() }))
    })
}

/// Public addresses from the ranges that count as everybody.
fn addresses(clauses: &[Clause]) -> Vec<State> {
    let broad = clauses
        .iter()
        .flat_map(|clause| &clause.values)
        .filter_map(|value| Network::parse(value))
        .filter(Network::is_broad)
        .filter_map(|network| public_address(&network))
        .map(|address| State::Present(address.to_string()));
    RENTED.iter().map(|text| present(text)).chain(broad).collect()
}

fn public_address(network: &Network) -> Option<IpAddr> {
    let in_range = |address: &IpAddr| network.contains(*address);
    match network.address {
        IpAddr::V4(_) => (1..=223)
            .filter(|first| *first != 10 && *first != 127)
            .map(|first| IpAddr::V4(Ipv4Addr::new(first, 2, 3, 4)))
            .find(in_range),
        IpAddr::V6(start) => {
            let first = IpAddr::V6(Ipv6Addr::from_bits(start.to_bits() | 1));
            let global = Network::parse("2000::/3").is_some_and(|n| n.contains(first));
            RENTED_V6.parse().ok().filter(in_range).or(Some(first).filter(|_| global))
        }
    }
}

/// An address in each range: who owns a VPC chooses its addresses.
fn vpc_addresses(clauses: &[Clause]) -> Vec<State> {
    let values = clauses.iter().flat_map(|clause| &clause.values);
    let networks = values.filter_map(|value| Network::parse(value));
    networks.map(|network| State::Present(network.address.to_string())).collect()
}

/// Role and user ARNs that the account can create.
fn principal_arns(account: &str, clauses: &[Clause], setting: &Setting<'_>) -> Vec<State> {
    let partition = &setting.home.partition;
    let start = format!("arn:{partition}:iam::{account}:");
    let plain = format!("{start}role/caller");
    let mut arns = vec![plain.clone()];
    for clause in clauses {
        let Some(operator) = clause.understood() else { continue };
        for value in &clause.values {
            if operator.base == Base::Equals {
                arns.push(value.clone());
            } else if let Some(arn) = Arn::parse(value) {
                arns.push(format!("{start}{}", example(arn.resource)));
            }
            // Under string operators a wildcard may cross colons, and IAM paths may hold them.
            if let (Base::Like, Some((before, after))) = (operator.base, value.split_once('*'))
                && format!("{start}role/").starts_with(before)
            {
                arns.push(format!("{start}role/x{}", example(after)));
            }
        }
    }
    arns.retain(|arn| {
        arn.strip_prefix(&start)
            .is_some_and(|resource| resource == "root" || is_creatable(resource))
    });
    arns.into_iter().map(State::Present).collect()
}

/// `role/` or `user/` with a path and a name that IAM accepts.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
fn is_creatable(resource: &str) -> bool {
    let Some((kind, rest)) = resource.split_once('/') else { return false };
    let (path, name) = rest.rsplit_once('/').unwrap_or(("", rest));
    (kind == "role" || kind == "user")
        && (1..=64).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b))
        && path.len() <= 500
        && path.bytes().all(|b| (0x21..=0x7e).contains(&b))
}

/// Source ARNs that a trigger in the account can have.
fn source_arns(
    row: &Row,
    account: &str,
    any_bucket: bool,
    clauses: &[Clause],
    setting: &Setting<'_>,
) -> Vec<State> {
    let Some(sample) = row.sample(&setting.home, account) else { return Vec::new() };
    let mut arns = vec![sample.clone()];
    for clause in clauses {
        let Some(operator) = clause.understood() else { continue };
        for value in &clause.values {
            let made = match operator.base {
                Base::Equals => Some(value.clone()),
                Base::Arn | Base::Like => fill(value, &sample, row, any_bucket),
                Base::EqualsIgnoreCase | Base::Bool | Base::Ip | Base::Null => None,
            };
            arns.extend(made.filter(|arn| is_plausible(arn, &sample, row)));
        }
    }
    if row.arn == Some("s3") && !any_bucket {
        // A literal bucket may be anybody's: only a wildcard says that strangers' buckets do.
        arns.retain(|arn| !clauses.iter().any(|clause| clause.values.contains(arn)));
    }
    arns.into_iter().map(State::Present).collect()
}

/// The pattern with its wildcards filled in from the sample where the sample fits.
fn fill(pattern: &str, sample: &str, row: &Row, any_bucket: bool) -> Option<String> {
    let (pattern, sample) = (Arn::parse(pattern)?, Arn::parse(sample)?);
    if row.arn == Some("s3") && !any_bucket && !pattern.resource.contains('*') {
        return None;
    }
    let pick = |pattern: &str, sample: &str| {
        if glob(pattern, sample) { sample.to_owned() } else { example(pattern) }
    };
    let account = if has_wildcard(pattern.account) || pattern.account == sample.account {
        sample.account
    } else {
        return None;
    };
    Some(format!(
        "arn:{}:{}:{}:{account}:{}",
        pick(pattern.partition, sample.partition),
        pick(pattern.service, sample.service),
        pick(pattern.region, sample.region),
        pick(pattern.resource, sample.resource),
    ))
}

fn is_plausible(arn: &str, sample: &str, row: &Row) -> bool {
    let (Some(arn), Some(sample)) = (Arn::parse(arn), Arn::parse(sample)) else { return false };
    arn.partition == sample.partition
        && arn.service == sample.service
        && arn.account == sample.account
        && arn.region.is_empty() == sample.region.is_empty()
        && !arn.resource.is_empty()
        && (row.name != "events" || arn.resource.starts_with("rule/"))
}
