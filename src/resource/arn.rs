//! The name of anything in AWS. Parsed once, at the door, into the parts that every ARN has; what
//! stands behind them each service writes as it likes, and is kept as it is.
//! Refuses what has not all six parts, and anything but printable ASCII: an ARN is shown to people, and
//! must not look other than it is.
//! Forms: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>.

use super::{AccountId, Home, ResourceError};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The longest ARN that IAM takes (`PolicyArn`):
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html>.
const LONGEST: usize = 2048;

/// An ARN: `arn:partition:service:region:account:resource`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Arn {
    partition: String,
    service: String,
    /// Empty where the resource is of no Region.
    region: String,
    owner: Owner,
    resource: String,
}

/// What stands where the account stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Owner {
    /// An account.
    Account(AccountId),
    /// Nothing, as in a bucket's ARN, or a name such as `aws`, which owns the managed policies:
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html>.
    NoAccount(String),
}

impl Arn {
    /// Parses an ARN.
    pub fn parse(text: &str) -> Result<Self, ResourceError> {
        Self::read(text).ok_or_else(|| ResourceError::new(text, "an ARN"))
    }

    fn read(text: &str) -> Option<Self> {
        let is_printable = text.bytes().all(|b| b == b' ' || b.is_ascii_graphic());
        (text.len() <= LONGEST && is_printable).then_some(())?;
        let mut parts = text.splitn(6, ':');
        let (arn, partition, service) = (parts.next()?, parts.next()?, parts.next()?);
        let (region, owner, resource) = (parts.next()?, parts.next()?, parts.next()?);
        let is_given = !service.is_empty() && !resource.is_empty();
        (arn == "arn" && partition.starts_with("aws") && is_given).then_some(())?;
        [partition, service, region, owner].into_iter().all(is_word).then_some(())?;
        Some(Self {
            partition: partition.to_owned(),
            service: service.to_owned(),
            region: region.to_owned(),
            owner: match AccountId::parse(owner) {
                Ok(account) => Owner::Account(account),
                Err(_) => Owner::NoAccount(owner.to_owned()),
            },
            resource: resource.to_owned(),
        })
    }

    /// The ARN of what `service` calls `resource` in `home`. For services without Regions, such as
    /// IAM, that is another one than theirs: [`Arn::global`].
    pub fn new(home: &Home, service: &str, resource: &str) -> Result<Self, ResourceError> {
        let Home { partition, account, region } = home;
        Self::parse(&format!("arn:{partition}:{service}:{region}:{account}:{resource}"))
    }

    /// The same where the service has no Regions.
    pub fn global(home: &Home, service: &str, resource: &str) -> Result<Self, ResourceError> {
        let Home { partition, account, region: _ } = home;
        Self::parse(&format!("arn:{partition}:{service}::{account}:{resource}"))
    }

    /// The ARN of an IAM role: its parts were looked at already.
    pub(super) fn of_role(partition: &str, account: &AccountId, path_and_name: &str) -> Self {
        Self {
            partition: partition.to_owned(),
            service: "iam".to_owned(),
            region: String::new(),
            owner: Owner::Account(account.clone()),
            resource: format!("role{path_and_name}"),
        }
    }

    /// `aws`, `aws-cn`, ...
    pub fn partition(&self) -> &str {
        &self.partition
    }

    /// The service's name in ARNs, such as `iam`.
    pub fn service(&self) -> &str {
        &self.service
    }

    /// The Region, as far as the ARN tells it.
    pub fn region(&self) -> Option<&str> {
        (!self.region.is_empty()).then_some(self.region.as_str())
    }

    /// The account, as far as the ARN tells it.
    pub fn account(&self) -> Option<&AccountId> {
        match &self.owner {
            Owner::Account(account) => Some(account),
            Owner::NoAccount(_) => None,
        }
    }

    /// What it is called within its service, account and Region, such as `role/team/orders`.
    pub fn resource(&self) -> &str {
        &self.resource
    }

    /// What people call it: what stands behind the last `/` or `:`. A number alone, such as the
    /// version of a layer, names nothing: then what stands before it is told too, as in `base:3`.
    pub fn name(&self) -> &str {
        let separator = [':', '/'];
        let (before, last) = self.resource.rsplit_once(separator).unwrap_or(("", &self.resource));
        let says_little = last.bytes().all(|b| b.is_ascii_digit());
        if !says_little || before.is_empty() {
            return if last.is_empty() { &self.resource } else { last };
        }
        let from = before.rfind(separator).map_or(0, |at| at.saturating_add(1));
        self.resource.get(from..).unwrap_or(&self.resource)
    }
}

/// Parts before the resource are words, or nothing.
fn is_word(part: &str) -> bool {
    part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { partition, service, region, owner, resource } = self;
        let owner = match owner {
            Owner::Account(account) => account.as_str(),
            Owner::NoAccount(name) => name,
        };
        write!(f, "arn:{partition}:{service}:{region}:{owner}:{resource}")
    }
}
