//! What a request holds for the keys that tell from where, or for whom, it is made.
//! Refuses networks that are not the caller's and sources that are not documented.
//! Keys: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>.

use super::addresses::Addresses;
use super::arns;
use super::caller::{Caller, Kind, Means};
use super::context::{Asked, State, absent_or_asked, asked_values, own_or_asked, present};
use super::principal_keys::{organization, organization_paths};
use super::setting::Setting;
use crate::iam::condition::Clause;
use crate::iam::condition::network::Network;
use crate::iam::service::Row;
use std::net::IpAddr;

/// Keys that tell from where, or for whom, the request is made.
pub fn source_states<'a>(
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
        (_, Means::Internet | Means::Unsigned | Means::CloudFormation | Means::Service { .. }) => {
            vec![State::Unsure]
        }
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

/// One of the addresses, if there are so many that anybody may have one.
pub fn address<'a>(open: &Addresses) -> Option<State<'a>> {
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
