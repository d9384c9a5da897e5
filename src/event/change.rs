//! What a call changed of a function, as far as its event tells: which parts its request names, and
//! when. Values of the environment and code never stand in an event:
//! <https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html>.

use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeSet;
use time::OffsetDateTime;

/// A change of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The call.
    pub call: ChangeCall,
    /// When it was made; none if the event does not say so, which CloudTrail always does.
    pub at: Option<OffsetDateTime>,
    /// The parts that its request names. All, if it made the function.
    pub names: BTreeSet<Part>,
    /// The function's `LastModified` after it, as Lambda answered.
    pub modified: Option<String>,
}

/// The calls that change what a function is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeCall {
    /// `CreateFunction`.
    Create,
    /// `UpdateFunctionConfiguration`.
    Configure,
    /// `UpdateFunctionCode`.
    Code,
    /// `PutFunctionCodeSigningConfig`.
    AttachSigning,
    /// `DeleteFunctionCodeSigningConfig`.
    DetachSigning,
    /// `PutFunctionRecursionConfig`, and whether it allows loops, if the event says so.
    Recursion(Option<bool>),
}

/// What a function is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The execution role.
    Role,
    /// The handler.
    Handler,
    /// The runtime.
    Runtime,
    /// The layers.
    Layers,
    /// Environment variables.
    Environment,
    /// Subnets and security groups.
    Vpc,
    /// The key of the environment.
    KmsKey,
    /// The dead-letter target.
    DeadLetters,
    /// Where its logs go.
    Logging,
    /// The code.
    Code,
    /// The code signing configuration.
    Signing,
}

impl Part {
    /// Every part.
    pub const ALL: [Self; 11] = [
        Self::Role,
        Self::Handler,
        Self::Runtime,
        Self::Layers,
        Self::Environment,
        Self::Vpc,
        Self::KmsKey,
        Self::DeadLetters,
        Self::Logging,
        Self::Code,
        Self::Signing,
    ];
}

/// The names of parameters, whatever they hold. CloudTrail writes the first letter small:
/// <https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html>.
const PARAMETERS: [(&str, Part); 9] = [
    ("role", Part::Role),
    ("handler", Part::Handler),
    ("runtime", Part::Runtime),
    ("layers", Part::Layers),
    ("environment", Part::Environment),
    ("vpcConfig", Part::Vpc),
    ("kMSKeyArn", Part::KmsKey),
    ("deadLetterConfig", Part::DeadLetters),
    ("loggingConfig", Part::Logging),
];

/// The parts that a call names, given the names of its parameters.
pub(super) fn named<'n>(call: ChangeCall, names: impl Iterator<Item = &'n str>) -> BTreeSet<Part> {
    match call {
        ChangeCall::Create => Part::ALL.into(),
        ChangeCall::Configure => {
            let part = |name: &str| PARAMETERS.iter().find(|(own, _)| *own == name);
            names.filter_map(part).map(|(_, part)| *part).collect()
        }
        ChangeCall::Code => [Part::Code].into(),
        ChangeCall::AttachSigning | ChangeCall::DetachSigning => [Part::Signing].into(),
        ChangeCall::Recursion(_) => BTreeSet::new(),
    }
}

/// Whether a request allows a function to call itself in loops.
/// <https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionRecursionConfig.html>
pub(super) fn allows_loops(parameters: &RawValue) -> Option<bool> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Asked {
        recursive_loop: Option<String>,
    }
    let asked: Option<Asked> = serde_json::from_str(parameters.get()).ok()?;
    asked?.recursive_loop.map(|asked| asked == "Allow")
}

/// Whether a code signing configuration is changed so that unsigned code is only warned of, or not at
/// all; none if the request leaves that as it is.
/// <https://docs.aws.amazon.com/lambda/latest/api/API_CodeSigningPolicies.html>
pub(super) fn warns_only(parameters: &RawValue) -> Option<bool> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Asked {
        code_signing_policies: Option<Policies>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Policies {
        untrusted_artifact_on_deployment: Option<String>,
    }
    let asked: Option<Asked> = serde_json::from_str(parameters.get()).ok()?;
    let policy = asked?.code_signing_policies?.untrusted_artifact_on_deployment?;
    Some(policy == "Warn")
}

/// What Lambda answers, as far as it matters here.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Answer {
    pub last_modified: Option<String>,
}
