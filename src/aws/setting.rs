//! The settings that remediations turn: how each stands, how it is turned and how it is turned back.
//! There is no other way to change anything in AWS but here and in the journal.
//! Refuses to turn anything whose way back is not in the journal: only an [`Intent`] is applied.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html>

mod access_key;
mod alias;
mod concurrency;
mod configuration;
mod destinations;
mod durable;
mod guard;
mod layer;
mod mapping;
mod mapping_function;
mod policy;
mod restored_role;
mod retention;
mod role;
mod rule;
mod scaling;
mod tags;
mod url;

pub(super) use destinations::destinations;
pub(super) use mapping::mapping;
pub(super) use scaling::suspension;

use super::{Aws, AwsError, ErrorKind, Intent};
use crate::remediation::{Outcome, Remediation, Stand};

impl Aws {
    /// Looks how the setting stands that `remediation` turns. Changes nothing.
    ///
    /// # Errors
    /// Where it cannot be told. A resource that is gone is no error.
    pub async fn stand(&self, remediation: &Remediation) -> Result<Stand, AwsError> {
        let stand = match remediation {
            Remediation::RedirectFailures { resource, before, queue } => {
                self.failures_stand(resource, before.as_ref(), queue.as_deref()).await
            }
            Remediation::RemoveDeadLetterTarget { function, before } => {
                self.dead_letters_stand(function, before).await
            }
            Remediation::DisableMapping { before, queue, .. } => {
                self.mapping_stand(before, queue.as_deref()).await
            }
            Remediation::DenyRole { role, name, document, .. } => {
                self.deny_stand(role, name, document).await
            }
            Remediation::BoundRole { role, before, name, .. } => {
                self.bound_stand(role, before.as_deref(), name).await
            }
            Remediation::SuspendAutoScaling { function, qualifier, before } => {
                self.auto_scaling_stand(function, qualifier, *before).await
            }
            Remediation::DeleteProvisionedConcurrency { function, qualifier, requested } => {
                self.provisioned_stand(function, qualifier, *requested).await
            }
            Remediation::StopFunction { function, reserved } => {
                self.reserved_stand(function, *reserved, 0).await
            }
            Remediation::CapConcurrency { function, reserved, most } => {
                self.reserved_stand(function, *reserved, *most).await
            }
            Remediation::StopInstances { function, qualifier, before } => {
                self.instances_stand(function, qualifier, *before).await
            }
            Remediation::PauseExecution { execution, .. } => self.execution_stand(execution).await,
            Remediation::HardenFunctionUrl { resource } => self.url_stand(resource).await,
            Remediation::ReplaceResourcePolicy(replacement) => {
                self.policy_stand(replacement).await.map(|(stand, _)| stand)
            }
            Remediation::RestoreRole(restore) => self.role_stand(restore).await,
            Remediation::SwitchRule { rule, before, after, .. } => {
                self.rule_stand(rule, *before, *after).await
            }
            Remediation::RestoreConfiguration { function, change } => {
                self.configuration_stand(function, change).await
            }
            Remediation::RemoveDestinations { resource, before, after } => {
                self.destinations_stand(resource, before, after).await
            }
            Remediation::RemoveMappingDestination { mapping, before, .. } => {
                self.mapping_destination_stand(mapping, before).await
            }
            Remediation::UnshareLayer { layer, permission } => {
                self.layer_stand(layer, permission).await
            }
            Remediation::DeactivateAccessKey { user, key } => self.key_stand(user, key).await,
            Remediation::TagFunction { function, tags } => self.tags_stand(function, tags).await,
            Remediation::Watch(watching) => self.watcher_stand(watching).await,
        };
        match stand {
            Err(error) if error.kind == ErrorKind::NotFound => Ok(Stand::Gone),
            stand => stand,
        }
    }

    /// Applies a remediation whose way back is in the journal.
    ///
    /// # Errors
    /// [`ErrorKind::Precondition`] where the resource changed since it was read: read and decide
    /// again. [`ErrorKind::LockedOut`] where the function's own policy forbids it. A role that takes
    /// no further inline policy says `LimitExceeded`. Everything else is final for this step.
    pub async fn apply(&self, intent: &Intent) -> Result<Outcome, AwsError> {
        let applied = match intent.remediation() {
            Remediation::RedirectFailures { resource, before, queue } => {
                return self.redirect_failures(resource, before.as_ref(), queue.as_deref()).await;
            }
            Remediation::RemoveDeadLetterTarget { function, .. } => {
                self.set_dead_letter_target(function, "").await
            }
            Remediation::DisableMapping { before, queue, .. } => {
                return self.disable_mapping(before, queue.as_deref()).await;
            }
            Remediation::DenyRole { role, name, document, .. } => {
                self.deny_role(role, name, document).await
            }
            Remediation::BoundRole { role, name, document, .. } => {
                self.bound_role(role, name, document).await
            }
            Remediation::SuspendAutoScaling { function, qualifier, .. } => {
                self.suspend(function, qualifier, crate::state::Suspension::ALL).await
            }
            Remediation::DeleteProvisionedConcurrency { function, qualifier, .. } => {
                return gone(self.delete_provisioned(function, qualifier).await);
            }
            Remediation::StopFunction { function, .. } => self.stop(function).await,
            Remediation::CapConcurrency { function, most, .. } => {
                self.reserve(function, *most).await
            }
            Remediation::StopInstances { function, qualifier, .. } => {
                self.scale(function, qualifier, scaling::STOPPED).await
            }
            Remediation::PauseExecution { execution, .. } => self.pause(execution).await,
            Remediation::HardenFunctionUrl { resource } => self.harden_url(resource).await,
            Remediation::ReplaceResourcePolicy(replacement) => {
                return self.replace_policy(replacement).await;
            }
            Remediation::RestoreRole(restore) => self.restore_role(restore).await,
            Remediation::SwitchRule { rule, after, .. } => self.switch_rule(rule, *after).await,
            Remediation::RestoreConfiguration { function, change } => {
                return match self.put_configuration_back(function, change).await {
                    Err(error) if error.kind == ErrorKind::NotFound => Ok(Outcome::DoesNotExist),
                    put_back => put_back,
                };
            }
            Remediation::RemoveDestinations { resource, after, .. } => {
                self.write_destinations(resource, after).await
            }
            Remediation::RemoveMappingDestination { mapping, .. } => {
                self.send_failures(mapping, None).await
            }
            Remediation::UnshareLayer { layer, permission } => {
                return gone(self.unshare(layer, permission).await);
            }
            Remediation::DeactivateAccessKey { user, key } => self.deactivate_key(user, key).await,
            Remediation::TagFunction { function, tags } => self.tag(function, tags).await,
            Remediation::Watch(watching) => return self.watch(watching).await,
        };
        settled(applied)
    }

    /// Writes what was before. The caller has looked with [`Aws::stand`]; a resource policy is looked
    /// at once more, unless it is to be done by `force`.
    ///
    /// # Errors
    /// [`ErrorKind::Precondition`] where somebody was faster, [`ErrorKind::NotFound`] where there is
    /// nothing left to write to.
    pub async fn take_back(&self, remediation: &Remediation, force: bool) -> Result<(), AwsError> {
        match remediation {
            Remediation::RedirectFailures { resource, before, .. } => {
                self.failures_back(resource, before.as_ref()).await
            }
            Remediation::RemoveDeadLetterTarget { function, before } => {
                self.set_dead_letter_target(function, before).await
            }
            Remediation::DisableMapping { before, queue, .. } => {
                self.mapping_back(before, queue.is_some()).await
            }
            Remediation::DenyRole { role, name, .. } => self.deny_back(role, name).await,
            Remediation::BoundRole { role, before, name, .. } => {
                self.bound_back(role, before.as_deref(), name).await
            }
            Remediation::SuspendAutoScaling { function, qualifier, before } => {
                self.suspend(function, qualifier, *before).await
            }
            Remediation::DeleteProvisionedConcurrency { function, qualifier, requested } => {
                self.provision(function, qualifier, *requested).await
            }
            Remediation::StopFunction { function, reserved }
            | Remediation::CapConcurrency { function, reserved, .. } => {
                self.reserved_back(function, *reserved).await
            }
            Remediation::StopInstances { function, qualifier, before } => {
                self.scale(function, qualifier, *before).await
            }
            Remediation::PauseExecution { execution, .. } => self.resume(execution).await,
            Remediation::HardenFunctionUrl { resource } => self.open_url(resource).await,
            Remediation::ReplaceResourcePolicy(replacement) => {
                self.policy_back(replacement, force).await
            }
            Remediation::RestoreRole(restore) => self.role_taken_back(restore).await,
            Remediation::SwitchRule { rule, before, .. } => self.switch_rule(rule, *before).await,
            Remediation::RestoreConfiguration { function, change } => {
                self.configuration_back(function, change).await
            }
            Remediation::RemoveDestinations { resource, before, .. } => {
                self.write_destinations(resource, before).await
            }
            Remediation::RemoveMappingDestination { mapping, before, .. } => {
                self.send_failures(mapping, Some(before)).await
            }
            Remediation::UnshareLayer { layer, permission } => self.share(layer, permission).await,
            Remediation::DeactivateAccessKey { user, key } => self.activate_key(user, key).await,
            Remediation::TagFunction { function, tags } => self.untag(function, tags).await,
            Remediation::Watch(watching) => self.unwatch(watching).await,
        }
    }
}

/// What was to be taken away is not there: so it was to be, or an answer was lost.
fn gone(taken: Result<(), AwsError>) -> Result<Outcome, AwsError> {
    match taken {
        Err(error) if error.kind == ErrorKind::NotFound => {
            Ok(Outcome::Success { note: Some("it was already gone".to_owned()) })
        }
        taken => settled(taken),
    }
}

/// A resource that is gone needs nothing any more.
pub(super) fn settled(applied: Result<(), AwsError>) -> Result<Outcome, AwsError> {
    match applied {
        Ok(()) => Ok(Outcome::Success { note: None }),
        Err(error) if error.kind == ErrorKind::NotFound => Ok(Outcome::DoesNotExist),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_and_is_to_be_alike_stands_as_it_was() {
        let stand = |now, before, after| Stand::of(&now, &before, &after, || format!("{now}"));
        assert_eq!(stand(1, 1, 0), Stand::Before);
        assert_eq!(stand(0, 1, 0), Stand::After);
        assert_eq!(stand(0, 0, 0), Stand::Before);
        assert_eq!(stand(7, 1, 0), Stand::Other("7".to_owned()));
    }
}
