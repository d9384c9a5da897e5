//! What is put back of an execution role: each only undoes one change that was just made, takes away
//! and never gives, and knows what it took so that it can be given back.
//! Refuses whatever is not certain: that something was there before is for others to know.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_manage.html>

use crate::{
    iam::Document,
    resource::{Arn, Resource, RoleArn},
};
use serde::{Deserialize, Serialize};

/// One change of a role, or of a managed policy that roles have, that is put back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "restores", rename_all = "kebab-case", deny_unknown_fields)]
pub enum RoleRestore {
    /// Detaches a managed policy.
    /// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DetachRolePolicy.html>
    Detach {
        /// The role.
        role: RoleArn,
        /// The managed policy.
        policy: Arn,
    },
    /// Deletes an inline policy.
    /// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRolePolicy.html>
    DeleteInline {
        /// The role.
        role: RoleArn,
        /// The inline policy's name.
        name: String,
        /// What it said.
        before: String,
    },
    /// Makes another version of a managed policy the default one.
    /// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_SetDefaultPolicyVersion.html>
    Version {
        /// The managed policy.
        policy: Arn,
        /// The version that was in force.
        before: String,
        /// The version that is to be.
        back: String,
    },
    /// Writes the trust policy that was there.
    /// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAssumeRolePolicy.html>
    Trust {
        /// The role.
        role: RoleArn,
        /// What stood there.
        before: String,
        /// What is to stand there.
        back: String,
    },
}

impl RoleRestore {
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Detach { .. } => "detach-role-policy",
            Self::DeleteInline { .. } => "delete-inline-policy",
            Self::Version { .. } => "restore-policy-version",
            Self::Trust { .. } => "restore-trust-policy",
        }
    }

    pub(super) const fn undo_name(&self) -> &'static str {
        match self {
            Self::Detach { .. } => "attach-role-policy",
            Self::DeleteInline { .. } => "put-inline-policy",
            Self::Version { .. } => "set-policy-version",
            Self::Trust { .. } => "put-trust-policy",
        }
    }

    pub(super) fn change(&self) -> String {
        match self {
            Self::Detach { role, policy } => {
                format!("role `{}`: `{policy}` attached -> detached", role.name())
            }
            Self::DeleteInline { role, name, .. } => {
                format!("role `{}`: inline policy `{name}` -> deleted", role.name())
            }
            Self::Version { policy, before, back } => {
                format!("policy `{policy}`: version {before} -> {back}")
            }
            Self::Trust { role, .. } => {
                format!("role `{}`: trust policy -> the one before", role.name())
            }
        }
    }

    pub(super) fn undo_change(&self) -> String {
        match self {
            Self::Detach { role, policy } => {
                format!("role `{}`: `{policy}` attached", role.name())
            }
            Self::DeleteInline { role, name, .. } => {
                format!("role `{}`: inline policy `{name}` as it was", role.name())
            }
            Self::Version { policy, before, .. } => format!("policy `{policy}`: version {before}"),
            Self::Trust { role, .. } => {
                format!("role `{}`: the trust policy that was taken back", role.name())
            }
        }
    }

    pub(super) fn setting(&self) -> String {
        match self {
            Self::Detach { role, policy } => format!("attached {role} {policy}"),
            Self::DeleteInline { role, name, .. } => format!("inline {role} {name}"),
            Self::Version { policy, .. } => format!("version {policy}"),
            Self::Trust { role, .. } => format!("trust {role}"),
        }
    }

    /// The role, or the managed policy.
    pub fn resource(&self) -> Resource {
        match self {
            Self::Detach { role, .. }
            | Self::DeleteInline { role, .. }
            | Self::Trust { role, .. } => role.clone().into(),
            Self::Version { policy, .. } => policy.clone().into(),
        }
    }

    /// The role, where it is one role's.
    pub const fn role(&self) -> Option<&RoleArn> {
        match self {
            Self::Detach { role, .. }
            | Self::DeleteInline { role, .. }
            | Self::Trust { role, .. } => Some(role),
            Self::Version { .. } => None,
        }
    }

    /// This and a later one of the same setting as one; none where somebody else was there in between.
    pub(super) fn then(&self, next: &Self) -> Option<Self> {
        match (self, next) {
            (
                Self::Version { policy, before, back: met },
                Self::Version { before: again, back, .. },
            ) if met != back => {
                let (policy, before, back) = (policy.clone(), before.clone(), back.clone());
                (met == again).then_some(Self::Version { policy, before, back })
            }
            (Self::Trust { role, before, back: met }, Self::Trust { before: again, back, .. })
                if !same(met, back) =>
            {
                let (role, before, back) = (role.clone(), before.clone(), back.clone());
                same(met, again).then_some(Self::Trust { role, before, back })
            }
            (_, _) => Some(self.clone()),
        }
    }

    pub(super) const fn look_permissions(&self) -> &'static [&'static str] {
        match self {
            Self::Detach { .. } => &["iam:ListAttachedRolePolicies"],
            Self::DeleteInline { .. } => &["iam:GetRole", "iam:GetRolePolicy"],
            Self::Version { .. } => &["iam:GetPolicy"],
            Self::Trust { .. } => &["iam:GetRole"],
        }
    }

    pub(super) const fn there(&self) -> &'static [&'static str] {
        match self {
            Self::Detach { .. } => &["iam:DetachRolePolicy"],
            Self::DeleteInline { .. } => &["iam:DeleteRolePolicy"],
            Self::Version { .. } => &["iam:SetDefaultPolicyVersion"],
            Self::Trust { .. } => &["iam:UpdateAssumeRolePolicy"],
        }
    }

    pub(super) const fn back(&self) -> &'static [&'static str] {
        match self {
            Self::Detach { .. } => &["iam:AttachRolePolicy"],
            Self::DeleteInline { .. } => &["iam:PutRolePolicy"],
            Self::Version { .. } => &["iam:SetDefaultPolicyVersion"],
            Self::Trust { .. } => &["iam:UpdateAssumeRolePolicy"],
        }
    }
}

/// Whether two trust policies say the same, however they are spaced.
pub fn same(one: &str, other: &str) -> bool {
    one == other || Document::parse(one).is_ok_and(|one| one.says(other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remediation::Remediation;

    fn version(before: &str, back: &str) -> RoleRestore {
        let policy = Arn::parse("arn:aws:iam::111122223333:policy/p").unwrap();
        RoleRestore::Version { policy, before: before.to_owned(), back: back.to_owned() }
    }

    fn trust(before: &str, back: &str) -> RoleRestore {
        let role = RoleArn::parse("arn:aws:iam::111122223333:role/team/r").unwrap();
        RoleRestore::Trust { role, before: before.to_owned(), back: back.to_owned() }
    }

    #[test]
    fn what_is_put_back_is_read_from_the_journal_as_it_was_written() {
        let role = RoleArn::parse("arn:aws:iam::111122223333:role/team/r").unwrap();
        let policy = Arn::parse("arn:aws:iam::aws:policy/ReadOnlyAccess").unwrap();
        for restore in [
            RoleRestore::Detach { role: role.clone(), policy },
            RoleRestore::DeleteInline { role, name: "n".to_owned(), before: "{}".to_owned() },
            version("v2", "v1"),
            trust("{}", "{ }"),
        ] {
            let remediation = Remediation::RestoreRole(restore);
            let text = serde_json::to_string(&remediation).unwrap();
            assert_eq!(serde_json::from_str::<Remediation>(&text).unwrap(), remediation, "{text}");
            let more = text.replacen('{', r#"{"other":1,"#, 1);
            assert!(serde_json::from_str::<Remediation>(&more).is_err(), "{more}");
        }
    }

    #[test]
    fn what_was_put_back_twice_is_one_way_back_to_what_was_there_first() {
        assert_eq!(version("v3", "v2").then(&version("v2", "v1")), Some(version("v3", "v1")));
        assert_eq!(version("v3", "v1").then(&version("v4", "v1")), Some(version("v3", "v1")));
        assert_eq!(version("v3", "v2").then(&version("v5", "v1")), None);
        assert_eq!(trust("a", "b").then(&trust("b", "c")), Some(trust("a", "c")));
        assert_eq!(trust("a", "b").then(&trust("d", "b")), Some(trust("a", "b")));
        assert_eq!(trust("a", "b").then(&trust("d", "c")), None);
    }

    #[test]
    fn what_is_of_a_role_is_about_it_and_a_version_is_about_its_policy() {
        assert_eq!(trust("a", "b").resource().to_string(), "arn:aws:iam::111122223333:role/team/r");
        assert_eq!(version("a", "b").resource().to_string(), "arn:aws:iam::111122223333:policy/p");
    }
}
