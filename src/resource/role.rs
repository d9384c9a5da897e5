//! The names of IAM roles. Refuses users, sessions and services' own names.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>

use super::{AccountId, Arn, Resource, ResourceError};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The ARN of an IAM role.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RoleArn {
    partition: String,
    account: AccountId,
    /// With the slash it begins with and, where there is more than one, the one it ends with.
    path: String,
    name: String,
}

impl RoleArn {
    /// Parses `arn:PARTITION:iam::ACCOUNT:role/PATH/NAME`.
    pub fn parse(text: &str) -> Result<Self, ResourceError> {
        Self::read(text).ok_or_else(|| ResourceError::new(text, "the ARN of an IAM role"))
    }

    fn read(text: &str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        let (arn, partition, service) = (parts.next()?, parts.next()?, parts.next()?);
        let (region, account, rest) = (parts.next()?, parts.next()?, parts.next()?);
        if (arn, service, region) != ("arn", "iam", "") || partition.is_empty() {
            return None;
        }
        let (path, name) = rest.strip_prefix("role")?.rsplit_once('/')?;
        let known = |b: u8| b.is_ascii_alphanumeric() || b"+=,.@_-".contains(&b);
        (path.is_empty() || path.starts_with('/')).then_some(())?;
        (!name.is_empty() && name.len() <= 64 && name.bytes().all(known)).then_some(())?;
        Some(Self {
            partition: partition.to_owned(),
            account: AccountId::parse(account).ok()?,
            path: format!("{path}/"),
            name: name.to_owned(),
        })
    }

    /// What the IAM API takes: the name without its path.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The account that owns the role.
    pub fn account(&self) -> &AccountId {
        &self.account
    }

    /// `aws`, `aws-cn`, ...
    pub fn partition(&self) -> &str {
        &self.partition
    }

    /// Whether only the service it belongs to can change it.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html>
    pub fn is_service_linked(&self) -> bool {
        self.path.starts_with("/aws-service-role/")
    }
}

impl From<RoleArn> for Resource {
    fn from(role: RoleArn) -> Self {
        let RoleArn { partition, account, path, name } = role;
        Self::Other(Arn::of_role(&partition, &account, &format!("{path}{name}")))
    }
}

impl fmt::Display for RoleArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { partition, account, path, name } = self;
        write!(f, "arn:{partition}:iam::{account}:role{path}{name}")
    }
}
