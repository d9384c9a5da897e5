//! Where a call came from, beside declared networks. A call through a VPC endpoint counts by the endpoint:
//! the address is then one of the VPC's own, which anybody's has. Refuses to place a service of AWS, which
//! has no address of its own.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>

use crate::{
    event::{Actor, Source},
    iam::TrustedNetwork,
};
use std::collections::BTreeSet;

/// Where a call came from.
pub(super) enum Origin {
    /// From the networks, or from a service of AWS.
    Inside,
    /// From another endpoint or address: the field, and what stands there.
    Outside(&'static str, String),
    /// That is not told.
    Unknown,
}

/// Where the actor's call came from, beside `networks`.
pub(super) fn origin(networks: &BTreeSet<TrustedNetwork>, actor: &Actor) -> Origin {
    let endpoint_is_inside =
        |endpoint: &str| networks.iter().any(|network| network.holds_endpoint(endpoint));
    match (&actor.endpoint, &actor.source) {
        (_, Source::Service(_)) => Origin::Inside,
        (Some(endpoint), _) if endpoint_is_inside(endpoint) => Origin::Inside,
        (Some(endpoint), _) => Origin::Outside("vpcEndpointId", endpoint.clone()),
        (None, Source::Address(address)) => {
            match networks.iter().any(|network| network.holds_address(*address)) {
                true => Origin::Inside,
                false => Origin::Outside("sourceIPAddress", address.to_string()),
            }
        }
        (None, Source::Unknown) => Origin::Unknown,
    }
}
