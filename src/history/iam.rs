//! What IAM has: roles, managed policies, users and groups. Names are one's own within an account, whatever
//! their paths.
//! Refuses to know what it knew after a call whose parameters are left out because they are too long: it
//! changed one of them, and does not tell which.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html>

mod holders;
mod managed;
mod roles;

pub(super) use holders::{Holder, Holders};
pub(super) use managed::Managed;
pub(super) use roles::Role;

use super::{Call, History, record::or_nothing};
use crate::resource::{AccountId, Arn};
use serde::Deserialize;

/// By account and name.
pub(super) type Key = (AccountId, String);

/// What calls ask for, whatever they are.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Asked {
    user_name: Option<String>,
    new_user_name: Option<String>,
    role_name: Option<String>,
    group_name: Option<String>,
    new_group_name: Option<String>,
    policy_arn: Option<String>,
    policy_name: Option<String>,
    policy_document: Option<String>,
    assume_role_policy_document: Option<String>,
    permissions_boundary: Option<String>,
    set_as_default: Option<bool>,
    version_id: Option<String>,
    access_key_id: Option<String>,
    status: Option<String>,
}

impl Asked {
    fn policy(&self) -> Option<Arn> {
        Arn::parse(self.policy_arn.as_deref()?).ok()
    }
}

impl History {
    pub(super) fn learn_iam(&mut self, name: &str, call: &Call<'_>) {
        let asked: Asked = or_nothing(call.asked);
        let account = &call.home.account;
        let learned = match name {
            "CreateRole"
            | "DeleteRole"
            | "UpdateAssumeRolePolicy"
            | "PutRolePolicy"
            | "DeleteRolePolicy"
            | "AttachRolePolicy"
            | "DetachRolePolicy"
            | "PutRolePermissionsBoundary"
            | "DeleteRolePermissionsBoundary" => self.learn_role(name, call, asked),
            "CreatePolicy"
            | "DeletePolicy"
            | "CreatePolicyVersion"
            | "DeletePolicyVersion"
            | "SetDefaultPolicyVersion" => self.learn_managed(name, call, asked),
            "CreateAccessKey" | "UpdateAccessKey" | "DeleteAccessKey" => {
                self.learn_key(name, call, asked)
            }
            _ => self.learn_holder(name, call, asked),
        };
        if learned.is_none() {
            self.forget_iam(name, account);
        }
    }

    /// A call changed something of this kind, and does not tell which.
    fn forget_iam(&mut self, name: &str, account: &AccountId) {
        match name {
            "CreateRole"
            | "DeleteRole"
            | "UpdateAssumeRolePolicy"
            | "PutRolePolicy"
            | "DeleteRolePolicy"
            | "AttachRolePolicy"
            | "DetachRolePolicy"
            | "PutRolePermissionsBoundary"
            | "DeleteRolePermissionsBoundary" => {
                self.roles.forget_those(|(of, _)| of == account);
                self.lose_attachments();
            }
            "CreatePolicy"
            | "DeletePolicy"
            | "CreatePolicyVersion"
            | "DeletePolicyVersion"
            | "SetDefaultPolicyVersion" => {
                self.managed.forget_those(|policy| policy.account() == Some(account));
            }
            "CreateGroup" | "UpdateGroup" | "DeleteGroup" | "PutGroupPolicy"
            | "DeleteGroupPolicy" => self.groups.forget_those(|(of, _)| of == account),
            _ => self.users.forget_those(|(of, _)| of == account),
        }
    }
}
