//! One thing that credentials of a function or its network interface do, as the journal writes it. An address counts by its
//! neighbourhood: what runs outside a VPC calls from many addresses of AWS, and a house or an office from
//! few.

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
    /// They call without the mark of Lambda's runtimes.
    Unmarked,
    /// They call with the mark.
    Marked,
    /// The network interface talks to this network, port and protocol.
    Peer(String),
}

/// A text that is no habit.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no habit: `call`, `denied`, `network`, `endpoint`, `role`, `unmarked`, `marked` or `peer`, a space, and what"
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
        match self {
            Self::Call(what)
            | Self::Denied(what)
            | Self::Network(what)
            | Self::Endpoint(what)
            | Self::Role(what)
            | Self::Peer(what) => what,
            Self::Unmarked | Self::Marked => "calls",
        }
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
            Self::Unmarked => "unmarked",
            Self::Marked => "marked",
            Self::Peer(_) => "peer",
        }
    }

    /// How it becomes usual if it was not from the beginning. Where credentials are used from, what they are
    /// denied and which roles they assume is a sign until it has lasted.
    pub(super) fn course(&self) -> Course {
        let stays = Course {
            once_told: false,
            with_deployment: false,
            after: Some(WEEK),
            new_again_after: DAY,
        };
        match self {
            Self::Call(_) | Self::Unmarked | Self::Marked => Course {
                once_told: true,
                with_deployment: true,
                after: None,
                new_again_after: if self.is_read() { WEEK } else { DAY },
            },
            Self::Denied(_) | Self::Network(_) | Self::Endpoint(_) => stays,
            Self::Role(_) => {
                Course { with_deployment: true, after: Some(MONTH), new_again_after: WEEK, ..stays }
            }
            Self::Peer(_) => Course { new_again_after: WEEK, ..stays },
        }
    }

    /// Whether it is a call that only looks.
    fn is_read(&self) -> bool {
        let name = self.what().split(':').nth(1).unwrap_or_default();
        ["Describe", "Get", "List", "Lookup"].iter().any(|verb| name.starts_with(verb))
    }
}

const DAY: Duration = Duration::days(1);
const WEEK: Duration = Duration::days(7);
const MONTH: Duration = Duration::days(28);

/// How a habit becomes usual that was not from the beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Course {
    /// From the moment it was told on.
    pub once_told: bool,
    /// At once, if it comes with a deployment.
    pub with_deployment: bool,
    /// Once it has lasted for so long.
    pub after: Option<Duration>,
    /// Until it is usual, it is new again after so long.
    pub new_again_after: Duration,
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
            "unmarked" => Self::Unmarked,
            "marked" => Self::Marked,
            "peer" => Self::Peer(what),
            _ => return Err(HabitError(text)),
        })
    }
}
