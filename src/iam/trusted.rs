//! Whom the control policy trusts: who may reach functions from outside the account, who changes them,
//! and from where. Refuses a network that is neither a block of addresses nor a VPC endpoint.

use super::condition::network::Network;
use super::pattern::glob;
use crate::resource::{AccountId, PrincipalPattern};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::net::IpAddr;

/// Who may reach functions from outside the account, who may change them, and from where.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Trusted {
    /// Account ids.
    #[serde(default)]
    pub accounts: BTreeSet<AccountId>,
    /// Organizations, as `o-...`, or parts of them, as `o-.../r-.../ou-.../*`.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "BTreeSet<crate::resource::form::Organization>"))]
    pub organizations: BTreeSet<String>,
    /// Service principals that may invoke whoever they act for, and whose changes of functions are
    /// accepted, whoever they act for.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "BTreeSet<crate::resource::form::Service>"))]
    pub services: BTreeSet<String>,
    /// Roles and users whose changes of functions are accepted: pipelines and deployers. A session counts by
    /// the ARN of its role.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub principals: BTreeSet<PrincipalPattern>,
    /// Where changes come from: blocks of addresses as `198.51.100.0/24`, and VPC endpoints as `vpce-...`.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub networks: BTreeSet<TrustedNetwork>,
}

impl Trusted {
    /// Whether no other account or organization is trusted.
    pub fn is_alone(&self) -> bool {
        self.accounts.is_empty() && self.organizations.is_empty()
    }

    /// Whether changes of functions by this role or user are accepted.
    pub fn accepts_changes_of(&self, arn: &str) -> bool {
        self.principals.iter().any(|pattern| glob(pattern.as_str(), arn))
    }
}

/// A block of addresses, or a VPC endpoint.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TrustedNetwork(String);

enum Kind {
    Block(Network),
    Endpoint,
}

impl TrustedNetwork {
    /// Whether the address is in it.
    pub fn holds_address(&self, address: IpAddr) -> bool {
        match self.kind() {
            // An address of IPv4 may be written as one of IPv6.
            Some(Kind::Block(block)) => block.contains(address.to_canonical()),
            Some(Kind::Endpoint) | None => false,
        }
    }

    /// Whether it is this VPC endpoint.
    pub fn holds_endpoint(&self, endpoint: &str) -> bool {
        is_endpoint(endpoint) && self.0 == endpoint
    }

    fn kind(&self) -> Option<Kind> {
        if is_endpoint(&self.0) { Some(Kind::Endpoint) } else { block(&self.0).map(Kind::Block) }
    }
}

fn block(text: &str) -> Option<Network> {
    text.contains('/').then(|| Network::parse(text))?
}

/// <https://docs.aws.amazon.com/vpc/latest/privatelink/what-is-privatelink.html>
fn is_endpoint(text: &str) -> bool {
    text.strip_prefix("vpce-").is_some_and(|id| {
        !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    })
}

impl TryFrom<String> for TrustedNetwork {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        if is_endpoint(&text) || block(&text).is_some() {
            Ok(Self(text))
        } else {
            Err(
                "a network is a block of addresses as `198.51.100.0/24`, or a VPC endpoint as `vpce-...`",
            )
        }
    }
}

impl From<TrustedNetwork> for String {
    fn from(network: TrustedNetwork) -> Self {
        network.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> TrustedNetwork {
        TrustedNetwork::try_from(text.to_owned()).unwrap()
    }

    #[test]
    fn an_address_is_inside_where_a_block_holds_it_and_endpoints_hold_none() {
        let all = ["198.51.100.0/24", "2001:db8::/32", "vpce-0123456789abcdef0"].map(network);
        for (address, want) in [
            ("198.51.100.7", true),
            ("::ffff:198.51.100.7", true),
            ("198.51.101.7", false),
            ("2001:db8:1::7", true),
            ("2001:db9::7", false),
        ] {
            let address = address.parse().unwrap();
            assert_eq!(all.iter().any(|one| one.holds_address(address)), want, "{address}");
        }
        let held = |endpoint| all.iter().any(|one| one.holds_endpoint(endpoint));
        assert!(held("vpce-0123456789abcdef0"));
        assert!(!held("vpce-0123456789abcdef1"));
        assert!(!held("198.51.100.0/24"));
    }

    #[test]
    fn what_is_neither_a_block_nor_an_endpoint_is_no_network() {
        for text in ["", "198.51.100.7", "198.51.100.0/33", "vpce-", "vpce-xyz", "office", "/"] {
            assert!(TrustedNetwork::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
