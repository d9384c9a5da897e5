//! What is put back of an execution role, and taken back again. Refuses to write over what somebody
//! changed meanwhile: IAM's calls are not guarded, so the setting is looked at just before.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_manage-attach-detach.html>

use super::{Aws, AwsError, ErrorKind, Stand};
use crate::{
    aws::failed,
    remediation::{Remediation, RoleRestore, same_trust},
    resource::RoleArn,
};

impl Aws {
    pub(super) async fn role_stand(&self, restore: &RoleRestore) -> Result<Stand, AwsError> {
        match restore {
            RoleRestore::Detach { role, policy } => {
                // A role that is gone has nothing attached; that it is gone the call says.
                let attached = self.attached_to(role).await?.contains(policy);
                Ok(if attached { Stand::Before } else { Stand::After })
            }
            RoleRestore::DeleteInline { role, name, before } => {
                // The same look as at a policy of our own; only what is before and after is turned.
                Ok(match self.deny_stand(role, name, before).await? {
                    Stand::Before => Stand::After,
                    Stand::After => Stand::Before,
                    other @ (Stand::Partly | Stand::Other(_) | Stand::Gone) => other,
                })
            }
            RoleRestore::Version { policy, before, back } => {
                let now = self.default_version(&policy.to_string()).await?;
                Ok(Stand::of(&now, before, back, || format!("version {now} is in force")))
            }
            RoleRestore::Trust { role, before, back } => {
                let now = self.role(role).await?.trust;
                Ok(match (same_trust(&now, before), same_trust(&now, back)) {
                    (true, _) => Stand::Before,
                    (false, true) => Stand::After,
                    (false, false) => {
                        Stand::Other("the trust policy says something else".to_owned())
                    }
                })
            }
        }
    }

    /// Only from where it was decided.
    pub(super) async fn restore_role(&self, restore: &RoleRestore) -> Result<(), AwsError> {
        match self.role_stand(restore).await? {
            Stand::Before | Stand::Partly => {}
            Stand::After => return Ok(()),
            Stand::Gone => return Err(changed(restore, ErrorKind::NotFound, "it is gone")),
            Stand::Other(found) => return Err(changed(restore, ErrorKind::Precondition, &found)),
        }
        match restore {
            RoleRestore::Detach { role, policy } => {
                let detach = self.iam().await.detach_role_policy().role_name(role.name());
                let detached = detach.policy_arn(policy.to_string()).send().await;
                detached.map(|_| ()).map_err(failed("DetachRolePolicy", role))
            }
            // What was deleted by somebody else meanwhile is as it is to be.
            RoleRestore::DeleteInline { role, name, .. } => self.deny_back(role, name).await,
            RoleRestore::Version { policy, back, .. } => {
                self.set_version(&policy.to_string(), back).await
            }
            RoleRestore::Trust { role, back, .. } => self.set_trust(role, back).await,
        }
    }

    pub(super) async fn role_taken_back(&self, restore: &RoleRestore) -> Result<(), AwsError> {
        match restore {
            RoleRestore::Detach { role, policy } => {
                let attach = self.iam().await.attach_role_policy().role_name(role.name());
                let attached = attach.policy_arn(policy.to_string()).send().await;
                attached.map(|_| ()).map_err(failed("AttachRolePolicy", role))
            }
            RoleRestore::DeleteInline { role, name, before } => {
                self.deny_role(role, name, before).await
            }
            RoleRestore::Version { policy, before, .. } => {
                self.set_version(&policy.to_string(), before).await
            }
            RoleRestore::Trust { role, before, .. } => self.set_trust(role, before).await,
        }
    }

    async fn set_version(&self, policy: &str, version: &str) -> Result<(), AwsError> {
        let set = self.iam().await.set_default_policy_version().policy_arn(policy);
        let set = set.version_id(version).send().await;
        set.map(|_| ()).map_err(failed("SetDefaultPolicyVersion", policy))
    }

    async fn set_trust(&self, role: &RoleArn, document: &str) -> Result<(), AwsError> {
        let update = self.iam().await.update_assume_role_policy().role_name(role.name());
        let updated = update.policy_document(document).send().await;
        updated.map(|_| ()).map_err(failed("UpdateAssumeRolePolicy", role))
    }
}

fn changed(restore: &RoleRestore, kind: ErrorKind, found: &str) -> AwsError {
    let name = Remediation::RestoreRole(restore.clone()).name();
    AwsError::new(name, restore.resource(), kind, found)
}
