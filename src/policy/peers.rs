//! What `function.unexpected-peer` can be told: where flow logs are, and whom functions may talk to.

use super::Pattern;
use crate::{flow::FlowFormat, iam::TrustedNetwork};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, net::IpAddr};

/// Parameters of `function.unexpected-peer`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct FunctionUnexpectedPeer {
    /// The log groups that hold VPC flow logs: the first entry that means one says its format.
    pub flow_logs: Vec<FlowLogGroup>,
    /// Whom functions may talk to. Functions that declare nobody are not looked at.
    pub peers: Vec<DeclaredPeers>,
}

/// A log group with VPC flow logs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FlowLogGroup {
    /// The log group, by name.
    pub log_group: Pattern,
    /// The fields of its records, as the flow log has them. Left out: the default format, of version 2.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(default = "FlowFormat::default"))]
    pub format: FlowFormat,
}

/// Whom some functions may talk to. What several entries say of a function adds up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DeclaredPeers {
    /// The functions.
    pub function: Pattern,
    /// Blocks of addresses as `10.0.0.0/16`. Left out, and neither `aws-services` nor `learn`: any address.
    #[serde(default)]
    pub networks: BTreeSet<AddressBlock>,
    /// Services of AWS as flow logs name them, such as `S3`, where their format has `pkt-dst-aws-service`.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "BTreeSet<super::form::AwsService>"))]
    pub aws_services: BTreeSet<String>,
    /// Beside those that are declared, whom they talk to in the first week is learned, and with it new peers
    /// that have lasted for a week.
    #[serde(default)]
    pub learn: bool,
    /// Ports of the peer. Left out: any.
    #[serde(default)]
    pub ports: BTreeSet<u16>,
    /// Contain a function that talks to anybody else, where no other function can have done it. Whoever can
    /// have it fetch what they name can bring that about.
    #[serde(default)]
    pub stop: bool,
}

impl DeclaredPeers {
    /// Whether a peer is one of them.
    pub fn allows(&self, address: IpAddr, service: Option<&str>, port: Option<u16>) -> bool {
        let anywhere = self.networks.is_empty() && self.aws_services.is_empty() && !self.learn;
        let there = anywhere
            || self.networks.iter().any(|block| block.0.holds_address(address))
            || service.is_some_and(|service| self.aws_services.contains(service));
        there && (self.ports.is_empty() || port.is_some_and(|port| self.ports.contains(&port)))
    }
}

/// A block of addresses.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AddressBlock(TrustedNetwork);

impl TryFrom<String> for AddressBlock {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let is_block = text.contains('/');
        let network = TrustedNetwork::try_from(text).ok().filter(|_| is_block);
        network.map(Self).ok_or("a block of addresses is written as `10.0.0.0/16`")
    }
}

impl From<AddressBlock> for String {
    fn from(block: AddressBlock) -> Self {
        block.0.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peers(json: &str) -> DeclaredPeers {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_peer_is_declared_by_address_or_service_and_by_port() {
        let address = |text: &str| text.parse().unwrap();
        for (declared, at, service, port, want) in [
            (r#"{"function":"f"}"#, "192.0.2.1", None, Some(1), true),
            (r#"{"function":"f","learn":true}"#, "192.0.2.1", None, Some(1), false),
            (r#"{"function":"f","networks":["10.0.0.0/16"]}"#, "10.0.9.9", None, Some(1), true),
            (r#"{"function":"f","networks":["10.0.0.0/16"]}"#, "10.1.9.9", None, Some(1), false),
            (
                r#"{"function":"f","networks":["10.0.0.0/16"],"ports":[443]}"#,
                "10.0.9.9",
                None,
                Some(1),
                false,
            ),
            (
                r#"{"function":"f","networks":["10.0.0.0/16"],"ports":[443]}"#,
                "10.0.9.9",
                None,
                None,
                false,
            ),
            (r#"{"function":"f","ports":[443]}"#, "192.0.2.1", None, Some(443), true),
            (r#"{"function":"f","aws-services":["S3"]}"#, "192.0.2.1", Some("S3"), Some(443), true),
            (
                r#"{"function":"f","aws-services":["S3"]}"#,
                "192.0.2.1",
                Some("EC2"),
                Some(443),
                false,
            ),
            (r#"{"function":"f","aws-services":["S3"]}"#, "192.0.2.1", None, Some(443), false),
            (
                r#"{"function":"f","networks":["2001:db8::/32"]}"#,
                "2001:db8::9",
                None,
                Some(443),
                true,
            ),
        ] {
            assert_eq!(peers(declared).allows(address(at), service, port), want, "{declared} {at}");
        }
    }

    #[test]
    fn an_endpoint_is_no_block_of_addresses() {
        for text in ["vpce-0123456789abcdef0", "10.0.0.1", "", "10.0.0.0/33"] {
            assert!(AddressBlock::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
