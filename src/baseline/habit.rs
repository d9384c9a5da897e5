//! One thing that credentials of a function or its network interface do, as the journal writes it. An address counts by its
//! neighbourhood: what runs outside a VPC calls from many addresses of AWS, and a house or an office from
//! few.

use super::ADOPTION;
use serde::{Deserialize, Serialize};
use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
};
use time::Duration;

/// One thing that credentials of a function, or its network interface, do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Habit {
    /// They call this, and it is not denied.
    Call(String),
    /// They call this, and it is denied.
    Denied(String),
    /// They call from this network.
    Network(String),
    /// They call through this VPC endpoint.
    Endpoint(String),
    /// They assume this role.
    Role(String),
    /// They call this service without the mark of Lambda's runtimes.
    Unmarked(String),
    /// The network interface talks to this network, port and protocol.
    Peer(String),
}

/// A text that is no habit.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no habit: `call`, `denied`, `network`, `endpoint`, `role`, `unmarked` or `peer`, a space, and what"
)]
pub struct HabitError(String);

/// The most characters of what a habit is about: an ARN of a role has fewer.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const LONGEST: usize = 640;

impl Habit {
    /// The network of an address: its /16, of IPv6 its /40.
    pub fn network(address: IpAddr) -> Self {
        Self::Network(neighbourhood(address))
    }

    /// A peer: the network of its address, or the service of AWS that it belongs to, with the port and the
    /// protocol.
    pub fn peer(
        address: IpAddr,
        service: Option<&str>,
        port: Option<u16>,
        protocol: Option<u8>,
    ) -> Self {
        let place = service.map_or_else(|| neighbourhood(address), str::to_owned);
        let number =
            |number: Option<u16>| number.map_or("-".to_owned(), |number| number.to_string());
        let (port, protocol) = (number(port), number(protocol.map(u16::from)));
        Self::Peer(format!("{place} {port} {protocol}"))
    }

    /// What it is about.
    pub fn what(&self) -> &str {
        let (Self::Call(what)
        | Self::Denied(what)
        | Self::Network(what)
        | Self::Endpoint(what)
        | Self::Role(what)
        | Self::Unmarked(what)
        | Self::Peer(what)) = self;
        what
    }

    /// Whether it is too long to be remembered: nothing that AWS names is.
    pub(super) fn is_too_long(&self) -> bool {
        self.what().len() > LONGEST
    }

    const fn kind(&self) -> &'static str {
        match self {
            Self::Call(_) => "call",
            Self::Denied(_) => "denied",
            Self::Network(_) => "network",
            Self::Endpoint(_) => "endpoint",
            Self::Role(_) => "role",
            Self::Unmarked(_) => "unmarked",
            Self::Peer(_) => "peer",
        }
    }

    /// Whether it is usual from the moment it was told. Where credentials are used from, and which roles
    /// they assume, is a sign as long as nobody says that it is meant.
    pub(super) const fn is_usual_once_told(&self) -> bool {
        match self {
            Self::Call(_) | Self::Unmarked(_) => true,
            Self::Denied(_)
            | Self::Network(_)
            | Self::Endpoint(_)
            | Self::Role(_)
            | Self::Peer(_) => false,
        }
    }

    /// What is not usual is new again after this time: peers are told once, until they are usual.
    pub(super) const fn is_new_again_after(&self) -> Duration {
        match self {
            Self::Peer(_) => ADOPTION,
            Self::Call(_)
            | Self::Denied(_)
            | Self::Network(_)
            | Self::Endpoint(_)
            | Self::Role(_)
            | Self::Unmarked(_) => Duration::days(1),
        }
    }

    /// Whether it is usual once it has lasted.
    pub(super) const fn is_adopted(&self) -> bool {
        match self {
            Self::Denied(_) | Self::Network(_) | Self::Endpoint(_) | Self::Peer(_) => true,
            Self::Call(_) | Self::Role(_) | Self::Unmarked(_) => false,
        }
    }
}

/// The network of an address: its /16, of IPv6 its /40.
fn neighbourhood(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [first, second, _, _] = address.octets();
            format!("{first}.{second}.0.0/16")
        }
        IpAddr::V6(address) => {
            let bits = address.to_bits() >> 88 << 88;
            format!("{}/40", Ipv6Addr::from_bits(bits))
        }
    }
}

impl fmt::Display for Habit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind(), self.what())
    }
}

impl From<Habit> for String {
    fn from(habit: Habit) -> Self {
        habit.to_string()
    }
}

impl TryFrom<String> for Habit {
    type Error = HabitError;
    fn try_from(text: String) -> Result<Self, HabitError> {
        let (kind, what) = text.split_once(' ').ok_or_else(|| HabitError(text.clone()))?;
        let what = what.to_owned();
        Ok(match kind {
            "call" => Self::Call(what),
            "denied" => Self::Denied(what),
            "network" => Self::Network(what),
            "endpoint" => Self::Endpoint(what),
            "role" => Self::Role(what),
            "unmarked" => Self::Unmarked(what),
            "peer" => Self::Peer(what),
            _ => return Err(HabitError(text)),
        })
    }
}
