//! What a function was when its last accepted change was made: what is needed to tell a change from
//! none and, where it is not secret, to put it back. Values of environment variables are salted
//! hashes, code is known by its hash. A part that was first seen after somebody who is not trusted
//! named it is left out: it is not known from before.

use super::FunctionState;
use crate::{
    event::Part,
    salt::{Salt, SaltedHash},
    setting::{Signing, VpcAttachment},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// A function as it was. What is absent is not known; an empty text means that there was none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct Snapshot {
    /// The execution role's ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The handler.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handler: Option<String>,
    /// The runtime.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runtime: Option<String>,
    /// The ARNs of the versions of its layers, in their order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layers: Option<Vec<String>>,
    /// Names of environment variables, and the salted hashes of their values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<BTreeMap<String, SaltedHash>>,
    /// The subnets and security groups; none of either outside a VPC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc: Option<VpcAttachment>,
    /// The customer managed key of the environment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms_key: Option<String>,
    /// The ARN of the dead-letter queue or topic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dead_letter_target: Option<String>,
    /// The log group's name, where it is not named after the function.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_group: Option<String>,
    /// The hash of its code, as Lambda has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The ARN of its code signing configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signing: Option<String>,
}

impl Snapshot {
    /// Takes one part over from `now`.
    pub fn take(&mut self, part: Part, now: &Self) {
        match part {
            Part::Role => self.role.clone_from(&now.role),
            Part::Handler => self.handler.clone_from(&now.handler),
            Part::Runtime => self.runtime.clone_from(&now.runtime),
            Part::Layers => self.layers.clone_from(&now.layers),
            Part::Environment => self.environment.clone_from(&now.environment),
            Part::Vpc => self.vpc.clone_from(&now.vpc),
            Part::KmsKey => self.kms_key.clone_from(&now.kms_key),
            Part::DeadLetters => self.dead_letter_target.clone_from(&now.dead_letter_target),
            Part::Logging => self.log_group.clone_from(&now.log_group),
            Part::Code => self.code.clone_from(&now.code),
            // Read only where it may have changed: what was not read stays.
            Part::Signing if now.signing.is_some() => self.signing.clone_from(&now.signing),
            Part::Signing => {}
        }
    }
}

impl Snapshot {
    /// Forgets one part: what was there is not to be put back any more.
    pub fn forget(&mut self, part: Part) {
        match part {
            Part::Role => self.role = None,
            Part::Handler => self.handler = None,
            Part::Runtime => self.runtime = None,
            Part::Layers => self.layers = None,
            Part::Environment => self.environment = None,
            Part::Vpc => self.vpc = None,
            Part::KmsKey => self.kms_key = None,
            Part::DeadLetters => self.dead_letter_target = None,
            Part::Logging => self.log_group = None,
            Part::Code => self.code = None,
            Part::Signing => self.signing = None,
        }
    }
}

/// What the journal remembers of a function, and what of it now only that can be compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    /// As it was; none where it is seen for the first time.
    pub before: Option<Snapshot>,
    /// When the change was made that `before` was learned from.
    pub at: Option<OffsetDateTime>,
    /// How often it was written.
    pub version: u64,
    /// The function's salt.
    pub salt: Salt,
    /// Hashes of the environment as it is now; none where it could not be read.
    pub environment: Option<BTreeMap<String, SaltedHash>>,
    /// Something goes on with the function, so that nothing is to be learned.
    pub closed: bool,
}

impl Remembered {
    /// The function as it is now. Whether its code has to be signed is not read for every change.
    pub fn now(&self, live: &FunctionState, signing: Option<&Signing>) -> Snapshot {
        let text = |text: &Option<String>| Some(text.clone().unwrap_or_default());
        Snapshot {
            role: Some(live.role.clone()),
            handler: text(&live.handler),
            runtime: text(&live.runtime),
            layers: Some(live.layers.clone()),
            environment: self.environment.clone(),
            vpc: Some(live.vpc.clone()),
            kms_key: text(&live.kms_key),
            dead_letter_target: text(&live.dead_letter_target),
            log_group: text(&live.log_group),
            code: live.code_sha256.clone(),
            signing: signing.map(|signing| signing.config.clone().unwrap_or_default()),
        }
    }
}
