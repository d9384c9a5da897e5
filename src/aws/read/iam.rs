//! Roles, managed policies and access keys as IAM has them. Refuses nothing: what they mean is said
//! elsewhere.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html>

use super::{Aws, AwsError, absent};
use crate::{
    aws::{ErrorKind, failed},
    resource::{Arn, IdentityPolicy, RoleArn},
    state::{Boundary, KeyStatus, PolicyVersion},
};
use percent_encoding::percent_decode_str;
use std::collections::BTreeMap;

/// What is asked of a role.
pub(in crate::aws) struct Role {
    /// The boundary's ARN.
    pub boundary: Option<String>,
    /// The trust policy.
    pub trust: String,
}

impl Aws {
    pub(in crate::aws) async fn role(&self, role: &RoleArn) -> Result<Role, AwsError> {
        let output = self
            .iam()
            .await
            .get_role()
            .role_name(role.name())
            .send()
            .await
            .map_err(failed("GetRole", role))?;
        let live = output.role;
        Ok(Role {
            boundary: live
                .as_ref()
                .and_then(|live| live.permissions_boundary.as_ref())
                .and_then(|boundary| boundary.permissions_boundary_arn.clone()),
            trust: live
                .and_then(|live| live.assume_role_policy_document)
                .map(|document| decoded(&document))
                .unwrap_or_default(),
        })
    }

    /// None for a role that is gone, too.
    pub(super) async fn boundary(&self, role: &RoleArn) -> Result<Option<Boundary>, AwsError> {
        let Some(live) = absent(self.role(role).await)? else { return Ok(None) };
        let Some(arn) = live.boundary else { return Ok(None) };
        let document = self.managed_policy(&arn).await?;
        Ok(Some(Boundary { arn, document }))
    }

    /// What an identity policy says now.
    pub(super) async fn identity_policy(
        &self,
        policy: &IdentityPolicy,
    ) -> Result<String, AwsError> {
        match policy {
            IdentityPolicy::Managed(arn) => self.managed_policy(&arn.to_string()).await,
            IdentityPolicy::Inline { holder, name } => self.inline_policy(holder, name).await,
        }
    }

    /// An inline policy. IAM is asked by the holder's name alone, whatever its path.
    async fn inline_policy(&self, holder: &Arn, name: &str) -> Result<String, AwsError> {
        let (iam, whose) = (self.iam().await, holder.name());
        let kind = holder.resource().split('/').next();
        let document = match kind {
            Some("role") => {
                let asked = iam.get_role_policy().role_name(whose).policy_name(name).send().await;
                asked.map_err(failed("GetRolePolicy", holder))?.policy_document
            }
            Some("user") => {
                let asked = iam.get_user_policy().user_name(whose).policy_name(name).send().await;
                asked.map_err(failed("GetUserPolicy", holder))?.policy_document
            }
            _ => {
                let asked = iam.get_group_policy().group_name(whose).policy_name(name).send().await;
                asked.map_err(failed("GetGroupPolicy", holder))?.policy_document
            }
        };
        Ok(decoded(&document))
    }

    /// The access keys of a user, by their ids.
    /// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccessKeys.html>
    pub(in crate::aws) async fn access_keys(
        &self,
        user: &Arn,
    ) -> Result<BTreeMap<String, KeyStatus>, AwsError> {
        let list = self.iam().await.list_access_keys().user_name(user_name(user));
        let mut pages = list.into_paginator().items().send();
        let mut keys = BTreeMap::new();
        while let Some(key) = pages.next().await {
            let key = key.map_err(failed("ListAccessKeys", user))?;
            let status = key.status.as_ref().and_then(|status| KeyStatus::parse(status.as_str()));
            let (Some(id), Some(status)) = (key.access_key_id, status) else {
                let why = "a key without a status that is known";
                return Err(AwsError::new("ListAccessKeys", user, ErrorKind::Invalid, why));
            };
            keys.insert(id, status);
        }
        Ok(keys)
    }

    /// What the default version of a managed policy says.
    pub(in crate::aws) async fn managed_policy(&self, arn: &str) -> Result<String, AwsError> {
        Ok(self.managed_policy_version(arn).await?.document)
    }

    /// The default version of a managed policy.
    pub(super) async fn managed_policy_version(
        &self,
        arn: &str,
    ) -> Result<PolicyVersion, AwsError> {
        let version = self.default_version(arn).await?;
        let document = self.policy_document(arn, &version).await?;
        Ok(PolicyVersion { version, document })
    }

    /// The id of that version.
    pub(in crate::aws) async fn default_version(&self, arn: &str) -> Result<String, AwsError> {
        let get = self.iam().await.get_policy().policy_arn(arn).send().await;
        let policy = get.map_err(failed("GetPolicy", arn))?.policy;
        Ok(policy.and_then(|policy| policy.default_version_id).unwrap_or_default())
    }

    /// What one version of a managed policy says.
    pub(super) async fn policy_document(
        &self,
        arn: &str,
        version: &str,
    ) -> Result<String, AwsError> {
        let get = self.iam().await.get_policy_version().policy_arn(arn).version_id(version);
        let output = get.send().await.map_err(failed("GetPolicyVersion", arn))?;
        let document = output.policy_version.and_then(|version| version.document);
        Ok(document.map(|document| decoded(&document)).unwrap_or_default())
    }
}

/// What IAM is asked for a user by: the name alone, whatever the path, and even if it is a number.
pub(in crate::aws) fn user_name(user: &Arn) -> &str {
    user.resource().rsplit('/').next().unwrap_or_default()
}

/// IAM gives documents as URLs have them (RFC 3986); a `%` that begins no octet stays one.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_PolicyVersion.html>
pub(in crate::aws) fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::decoded;

    #[test]
    fn documents_are_decoded_as_urls_are() {
        assert_eq!(decoded("%7B%22a%22%3A%20%22%C3%BC+%2B%22%7D"), "{\"a\": \"ü++\"}");
        assert_eq!(decoded("{\"a\":\"100%\"}"), "{\"a\":\"100%\"}");
        assert_eq!(decoded("%"), "%");
        assert_eq!(decoded("%zz%4"), "%zz%4");
    }
}
