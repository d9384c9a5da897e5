//! Reads an execution role with every document that decides what it may do. IAM gives documents URL
//! encoded (RFC 3986); that is taken off, nothing else.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html>

use super::{AwsError, ErrorKind, attachments::moment, read::Reading};
use crate::{
    aws::failed,
    evidence::{InlinePolicy, ManagedPolicy, Role},
};
use aws_sdk_iam::types as sdk;
use percent_encoding::percent_decode_str;
use std::collections::BTreeMap;

impl Reading<'_> {
    /// A role of the function's account, as far as it can be read.
    pub(super) async fn role(&self, arn: &str) -> Role {
        // A path may stand before the name; in calls the name alone does.
        let name = arn.rsplit('/').next().unwrap_or_default();
        let answer = self.clients.iam.get_role().role_name(name).send().await;
        let found = self.noted(answer.map_err(failed("GetRole", arn))).and_then(|it| it.role);
        let boundary = found
            .as_ref()
            .and_then(|it| it.permissions_boundary())
            .and_then(|it| it.permissions_boundary_arn().map(str::to_owned));
        let trust = found.as_ref().and_then(|it| it.assume_role_policy_document.clone());
        let mut role = basics(arn, found);
        role.trust_policy = trust.and_then(|text| self.decoded("GetRole", arn, &text));
        role.inline_policies = self.inline_policies(name).await;
        for policy in self.attached_policies(name).await {
            role.attached_policies.push(self.managed_policy(policy).await);
        }
        if let Some(boundary) = boundary {
            role.boundary = Some(self.managed_policy(boundary).await);
        }
        role
    }

    async fn inline_policies(&self, role: &str) -> Vec<InlinePolicy> {
        let pages = self.clients.iam.list_role_policies().role_name(role);
        let mut pages = pages.into_paginator().items().send();
        let mut policies = Vec::new();
        while let Some(name) = pages.next().await {
            let Some(name) = self.noted(name.map_err(failed("ListRolePolicies", role))) else {
                break;
            };
            let get = self.clients.iam.get_role_policy().role_name(role).policy_name(&name);
            let answer =
                get.send().await.map_err(failed("GetRolePolicy", format_args!("{role} {name}")));
            let document = self
                .noted(answer)
                .and_then(|it| self.decoded("GetRolePolicy", &name, &it.policy_document));
            policies.push(InlinePolicy { name, document });
        }
        policies
    }

    async fn attached_policies(&self, role: &str) -> Vec<String> {
        let pages = self.clients.iam.list_attached_role_policies().role_name(role);
        let mut pages = pages.into_paginator().items().send();
        let mut arns = Vec::new();
        while let Some(policy) = pages.next().await {
            match self.noted(policy.map_err(failed("ListAttachedRolePolicies", role))) {
                Some(policy) => arns.extend(policy.policy_arn),
                None => break,
            }
        }
        arns
    }

    async fn managed_policy(&self, arn: String) -> ManagedPolicy {
        let answer = self.clients.iam.get_policy().policy_arn(&arn).send().await;
        let answer = self.noted(answer.map_err(failed("GetPolicy", &arn)));
        let version = answer.and_then(|it| it.policy).and_then(|it| it.default_version_id);
        let document = match &version {
            Some(version) => {
                let get =
                    self.clients.iam.get_policy_version().policy_arn(&arn).version_id(version);
                let answer = get.send().await.map_err(failed("GetPolicyVersion", &arn));
                let document = self.noted(answer).and_then(|it| it.policy_version?.document);
                document.and_then(|text| self.decoded("GetPolicyVersion", &arn, &text))
            }
            None => None,
        };
        ManagedPolicy { arn, version, document }
    }

    fn decoded(&self, operation: &'static str, of: &str, text: &str) -> Option<String> {
        let decoded = percent_decode_str(text).decode_utf8().map(Into::into);
        self.noted(decoded.map_err(|_| AwsError {
            operation,
            resource: of.to_owned(),
            code: "not URL encoded UTF-8".to_owned(),
            kind: ErrorKind::Invalid,
        }))
    }
}

fn basics(arn: &str, found: Option<sdk::Role>) -> Role {
    let mut role = Role {
        arn: arn.to_owned(),
        id: None,
        created_at: None,
        description: None,
        max_session_seconds: None,
        last_used_at: None,
        last_used_region: None,
        trust_policy: None,
        inline_policies: Vec::new(),
        attached_policies: Vec::new(),
        boundary: None,
        tags: BTreeMap::new(),
    };
    let Some(found) = found else { return role };
    role.id = Some(found.role_id);
    role.created_at = moment(Some(found.create_date));
    role.description = found.description.filter(|text| !text.is_empty());
    role.max_session_seconds = found.max_session_duration;
    role.last_used_region = found.role_last_used.as_ref().and_then(|it| it.region.clone());
    role.last_used_at = found.role_last_used.and_then(|it| moment(it.last_used_date));
    role.tags = found.tags.unwrap_or_default().into_iter().map(|it| (it.key, it.value)).collect();
    role
}
