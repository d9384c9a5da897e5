//! AWS as an archive of calls tells it. What no call told is unknown, and stays absent from a state.
//! Something that was made by a call is known in full from then on; what was there before is unknown until
//! a call states all of what is asked, or AWS Config recorded it. A change that does not read as it should
//! makes unknown what it changed. Memory grows with the resources that are seen, never with calls.

mod answer;
mod function;
mod iam;
mod item;
mod key_uses;
mod log_group;
mod mapping;
mod moment;
mod policy;
mod record;
mod rule;
#[cfg(test)]
mod tests;
mod things;
mod watcher;

pub use item::Item;

use crate::{
    event::Event,
    resource::{Arn, FunctionArn, Home, LayerVersion},
    setting::TraceEncryption,
};
use function::Function;
use iam::{Holders, Key, Managed, Role};
use key_uses::KeyUses;
use log_group::KnownGroup;
use mapping::Mapped;
use moment::Moment;
use policy::Policy;
use rule::Rule;
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet};
use things::Things;
use time::OffsetDateTime;
use watcher::{KnownDetector, KnownTrail};

/// A call that succeeded, as CloudTrail recorded it.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// The account and Region that it was made in.
    pub home: &'a Home,
    /// The API as IAM writes its action, without Lambda's dates: `lambda:AddPermission`.
    pub api: &'a str,
    /// When.
    pub at: OffsetDateTime,
    /// `requestParameters`.
    pub asked: Option<&'a RawValue>,
    /// `responseElements`.
    pub answered: Option<&'a RawValue>,
}

impl Call<'_> {
    /// Whether it makes something that other calls of the same second may be on: those are to be learned
    /// after it, or less is known of it.
    pub fn makes(&self) -> bool {
        let name = self.api.split_once(':').map(|(_, name)| name);
        name.is_some_and(|name| name.starts_with("Create"))
    }
}

/// AWS as calls told it, one after the other in the order of their times.
#[derive(Debug, Clone, Default)]
pub struct History {
    functions: Things<FunctionArn, Function>,
    /// The functions that have a role, by the role's ARN.
    role_users: BTreeMap<String, BTreeSet<FunctionArn>>,
    /// Functions that were given a role that is not known.
    of_unknown_role: BTreeSet<FunctionArn>,
    /// The policies of layers' versions.
    layers: Things<LayerVersion, Policy>,
    mappings: Things<Arn, Mapped>,
    /// Code signing configurations: whether each refuses code that is not signed.
    signing_configs: Things<Arn, bool>,
    roles: Things<Key, Role>,
    managed: Things<Arn, Managed>,
    users: Holders,
    groups: Holders,
    rules: Things<Arn, Rule>,
    trails: Things<Arn, KnownTrail>,
    recorders: Things<Arn, bool>,
    detectors: Things<Arn, KnownDetector>,
    traces: Things<Arn, TraceEncryption>,
    log_groups: Things<Arn, KnownGroup>,
    key_uses: KeyUses,
    moment: Moment,
}

impl History {
    /// Takes over what a call changed. `call` succeeded.
    pub fn learn(&mut self, call: &Call<'_>) {
        let Some((service, name)) = call.api.split_once(':') else { return };
        match service {
            "lambda" => self.learn_lambda(name, call),
            "iam" if is_of_iam(name) => self.learn_iam(name, call),
            "autoscaling" | "application-autoscaling"
                if matches!(name, "RegisterScalableTarget" | "DeregisterScalableTarget") =>
            {
                self.learn_scalable(name, call);
            }
            "events"
                if matches!(
                    name,
                    "PutRule"
                        | "DeleteRule"
                        | "EnableRule"
                        | "DisableRule"
                        | "PutTargets"
                        | "RemoveTargets"
                ) =>
            {
                self.learn_rule(name, call);
            }
            "logs"
                if matches!(
                    name,
                    "CreateLogGroup"
                        | "DeleteLogGroup"
                        | "AssociateKmsKey"
                        | "DisassociateKmsKey"
                        | "PutRetentionPolicy"
                        | "DeleteRetentionPolicy"
                ) =>
            {
                self.learn_log_group(name, call);
            }
            "cloudtrail"
                if matches!(
                    name,
                    "CreateTrail"
                        | "UpdateTrail"
                        | "DeleteTrail"
                        | "PutEventSelectors"
                        | "StartLogging"
                        | "StopLogging"
                ) =>
            {
                self.learn_trail(name, call);
            }
            "config"
                if matches!(
                    name,
                    "StartConfigurationRecorder"
                        | "StopConfigurationRecorder"
                        | "DeleteConfigurationRecorder"
                ) =>
            {
                self.learn_recorder(name, call);
            }
            "guardduty"
                if matches!(name, "CreateDetector" | "UpdateDetector" | "DeleteDetector") =>
            {
                self.learn_detector(name, call);
            }
            "xray" if name == "PutEncryptionConfig" => self.learn_traces(call),
            _ => {}
        }
    }

    fn learn_lambda(&mut self, name: &str, call: &Call<'_>) {
        match name {
            "AddPermission" | "RemovePermission" => self.learn_permission(name, call),
            "PutResourcePolicy" | "DeleteResourcePolicy" => self.learn_resource_policy(name, call),
            "AddLayerVersionPermission"
            | "RemoveLayerVersionPermission"
            | "PublishLayerVersion"
            | "DeleteLayerVersion" => self.learn_layer(name, call),
            "CreateEventSourceMapping"
            | "UpdateEventSourceMapping"
            | "DeleteEventSourceMapping" => self.learn_mapping(name, call),
            "CreateCodeSigningConfig" | "UpdateCodeSigningConfig" | "DeleteCodeSigningConfig" => {
                self.learn_signing_config(name, call);
            }
            "CreateFunction"
            | "UpdateFunctionConfiguration"
            | "UpdateFunctionCode"
            | "DeleteFunction"
            | "TagResource"
            | "UntagResource"
            | "PutFunctionConcurrency"
            | "DeleteFunctionConcurrency"
            | "PutProvisionedConcurrencyConfig"
            | "DeleteProvisionedConcurrencyConfig"
            | "PutFunctionScalingConfig"
            | "CreateFunctionUrlConfig"
            | "UpdateFunctionUrlConfig"
            | "DeleteFunctionUrlConfig"
            | "PutFunctionEventInvokeConfig"
            | "UpdateFunctionEventInvokeConfig"
            | "DeleteFunctionEventInvokeConfig"
            | "PublishVersion"
            | "CreateAlias"
            | "UpdateAlias"
            | "DeleteAlias"
            | "PutFunctionCodeSigningConfig"
            | "DeleteFunctionCodeSigningConfig"
            | "PutFunctionRecursionConfig" => self.learn_function(name, call),
            _ => {}
        }
    }

    /// Remembers where an access key of a function was used.
    pub fn used(&mut self, event: &Event, at: OffsetDateTime) {
        self.key_uses.learn(event, at);
    }

    /// The functions that are known to be there.
    pub fn functions(&self) -> impl Iterator<Item = &FunctionArn> {
        self.functions.some().map(|(arn, _)| arn)
    }

    /// The versions of layers that are known to be shared.
    pub fn shared_layers(&self) -> impl Iterator<Item = &LayerVersion> {
        self.layers.some().map(|(layer, _)| layer)
    }
}

/// Whether a call of IAM changes something that is looked at here.
fn is_of_iam(name: &str) -> bool {
    matches!(
        name,
        "CreateRole"
            | "DeleteRole"
            | "UpdateAssumeRolePolicy"
            | "PutRolePolicy"
            | "DeleteRolePolicy"
            | "AttachRolePolicy"
            | "DetachRolePolicy"
            | "PutRolePermissionsBoundary"
            | "DeleteRolePermissionsBoundary"
            | "CreatePolicy"
            | "DeletePolicy"
            | "CreatePolicyVersion"
            | "DeletePolicyVersion"
            | "SetDefaultPolicyVersion"
            | "CreateUser"
            | "UpdateUser"
            | "DeleteUser"
            | "PutUserPolicy"
            | "DeleteUserPolicy"
            | "CreateGroup"
            | "UpdateGroup"
            | "DeleteGroup"
            | "PutGroupPolicy"
            | "DeleteGroupPolicy"
            | "CreateAccessKey"
            | "UpdateAccessKey"
            | "DeleteAccessKey"
    )
}
