//! What the request of a given caller may hold for each condition key.
//! Refuses to choose a value that the caller does not control, or that AWS does not document.
//! Keys: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>.

use super::actions::{INVOKE, INVOKE_URL};
use super::arns;
use super::caller::{Caller, Means, Member, Role};
use super::condition::{Base, Clause, Held, Network};
use super::exposure::Setting;
use super::pattern::example;
use super::service::Row;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Addresses that anybody can rent.
const RENTED: [&str; 2] = ["5.9.10.11", "51.15.20.30"];
/// The same, for IPv6.
const RENTED_V6: &str = "2a01:4f8::1";

/// What a request may hold for one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    Present(String),
    Absent,
    /// Nothing certain can be said.
    Unsure,
}

impl State {
    /// Whether the clause is true for it, no variable being known.
    pub(super) fn satisfies(&self, clause: &Clause) -> Option<bool> {
        let held = match self {
            Self::Present(text) => Held::One(text),
            Self::Absent => Held::Absent,
            Self::Unsure => Held::Unsure,
        };
        clause.holds(held, &|_| Held::Unsure)
    }
}

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
            (Role::Free, Some(account)) => arns::of_principals(account, asked.clauses, setting),
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
    match asked.key {
        "aws:sourceip" => match caller.means {
            Means::Internet | Means::Unsigned => addresses(asked.clauses),
            Means::Endpoint => vec![State::Absent],
            Means::CloudFormation | Means::Service { .. } => vec![State::Unsure],
        },
        "aws:sourcevpc" => network_states(caller, "vpc"),
        "aws:sourcevpce" => network_states(caller, "vpce"),
        "aws:sourceaccount" | "aws:sourcearn" | "aws:sourceorgid" | "aws:sourceorgpaths" => {
            match caller.means {
                Means::Internet | Means::Endpoint | Means::CloudFormation | Means::Unsigned => {
                    vec![State::Absent]
                }
                Means::Service { row, any_bucket, .. } => {
                    service_source(caller, row, any_bucket, asked, setting)
                }
            }
        }
        _ => vec![State::Unsure],
    }
}

fn network_states(caller: &Caller, kind: &str) -> Vec<State> {
    vec![match caller.means {
        Means::Endpoint => State::Present(format!("{kind}-{}", caller.network)),
        Means::Internet | Means::Unsigned => State::Absent,
        Means::CloudFormation | Means::Service { .. } => State::Unsure,
    }]
}

/// For whom a service makes its request.
fn service_source(
    caller: &Caller,
    row: Option<&Row>,
    any_bucket: bool,
    asked: &Asked<'_>,
    setting: &Setting<'_>,
) -> Vec<State> {
    match (asked.key, row, &caller.account) {
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
    let root = id.get(id.len().saturating_sub(4)..).unwrap_or_default();
    let mut states = vec![State::Present(format!("{id}/r-{root}/ou-{root}-{root}{root}/"))];
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
