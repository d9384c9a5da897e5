//! What was seen: controls by name, their evaluations and findings.
//! Terms are those of AWS Config (evaluation) and ASFF (finding, severity):
//! <https://docs.aws.amazon.com/config/latest/APIReference/API_Evaluation.html>,
//! <https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format.html>.

mod remediation_name;
mod score;

pub use remediation_name::{Offer, RemediationName};
pub use score::Score;

use crate::{
    iam::Witness,
    resource::{FunctionResource, Resource},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

/// The catalogue: each control with its id, which is final, its severity unless the control policy
/// gives another, the requirement in one sentence, where others require it, and its remediations:
/// those it gives, and behind `or` those it gives on request.
macro_rules! catalogue {
    ($(
        $(#[$seen:meta])*
        $name:ident = $id:literal, $severity:ident, $title:literal, [$($reference:literal),*],
        [$($given:ident),*] $(or [$($on_request:ident),*])?;
    )*) => {
        /// The controls of the catalogue.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
        #[cfg_attr(feature = "cli", schemars(extend("x-values" = "a control", "x-listed" = "the controls that `cordon controls` lists")))]
        pub enum ControlId {
            $($(#[$seen])* #[serde(rename = $id)] $name,)*
        }

        impl ControlId {
            /// Every control, in the order of the catalogue.
            pub const ALL: [Self; [$($id),*].len()] = [$(Self::$name),*];

            /// The id as written in the control policy.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $id,)*
                }
            }

            /// The severity unless the control policy gives another.
            pub const fn severity(self) -> Severity {
                match self {
                    $(Self::$name => Severity::$severity,)*
                }
            }

            /// Where others require it: NIST CSF 2.0 subcategories
            /// (<https://doi.org/10.6028/NIST.CSWP.29>), Security Hub controls
            /// (<https://docs.aws.amazon.com/securityhub/latest/userguide/lambda-controls.html>), AWS
            /// Config rules, MITRE ATT&CK techniques (<https://attack.mitre.org/techniques/>).
            pub const fn references(self) -> &'static [&'static str] {
                match self {
                    $(Self::$name => &[$($reference),*],)*
                }
            }

            /// The requirement in one sentence.
            pub const fn title(self) -> &'static str {
                match self {
                    $(Self::$name => $title,)*
                }
            }

            /// Its remediations.
            pub const fn offer(self) -> Offer {
                match self {
                    $(Self::$name => Offer {
                        given: &[$(RemediationName::$given),*],
                        on_request: &[$($(RemediationName::$on_request),*)?],
                    },)*
                }
            }
        }
    };
}

catalogue! {
    /// A statement lets anyone invoke.
    FunctionPolicyPublic = "function-policy.public", Critical,
        "no statement lets anyone invoke the function",
        ["NIST CSF PR.AA-05", "Security Hub Lambda.1", "AWS Config lambda-function-public-access-prohibited"],
        [ReplaceResourcePolicy, ContainFunction] or [StopFunction, RevokeCredentials];
    /// A grant to an account or organization outside the trusted set.
    FunctionPolicyUntrustedAccount = "function-policy.untrusted-account", High,
        "no statement grants access to an account or organization outside the trusted set",
        ["NIST CSF PR.AA-05"],
        [ReplaceResourcePolicy, ContainFunction] or [StopFunction, RevokeCredentials];
    /// A service principal that any of its customers can steer.
    FunctionPolicyUnscopedService = "function-policy.unscoped-service", High,
        "service principals are scoped to the resource or account they act for",
        ["NIST CSF PR.AA-05"],
        [ReplaceResourcePolicy];
    /// More than invoking is granted outside the account.
    FunctionPolicyDangerousAction = "function-policy.dangerous-action", Critical,
        "nothing beyond invoking is granted outside the account",
        ["NIST CSF PR.AA-05"],
        [ReplaceResourcePolicy, ContainFunction] or [StopFunction, RevokeCredentials];
    /// A function URL without authentication, or what it left behind.
    FunctionUrlPublic = "function-url.public", High,
        "function URLs require authentication",
        ["NIST CSF PR.AA-03"],
        [HardenFunctionUrl, ReplaceResourcePolicy];
    /// A layer's version is shared with strangers.
    LayerPolicyPublic = "layer-policy.public", Medium,
        "no version of a layer is shared with anyone outside the trusted set",
        ["NIST CSF PR.AA-05"],
        [UnshareLayer];
    /// Invoked by somebody the function does not declare.
    InvocationUnauthorized = "invocation.unauthorized", High,
        "only declared invokers invoke the function",
        ["NIST CSF PR.AA-05", "NIST CSF DE.CM-09"],
        [ReplaceResourcePolicy, ContainFunction] or [StopFunction, RevokeCredentials];
    /// Invoked from where, or when, it is not.
    InvocationUnusual = "invocation.unusual", Medium,
        "the function is invoked from the networks, in the Regions and at the hours it declares",
        ["NIST CSF DE.CM-01", "NIST CSF DE.CM-09", "MITRE ATT&CK T1648"],
        [CapConcurrency, TagFunction];
    /// The role of a function gained more than a function needs.
    ExecutionRoleOverbroad = "execution-role.overbroad", High,
        "the role of a function gains no administration, no full access and no write on every resource of a service",
        ["NIST CSF PR.AA-05", "AWS Config iam-policy-no-statements-with-admin-access", "MITRE ATT&CK T1098.003"],
        [] or [RestoreSetting];
    /// Others than AWS Lambda may assume the role of a function.
    ExecutionRoleTrustWidened = "execution-role.trust-widened", High,
        "nobody but AWS Lambda may assume the role of a function",
        ["NIST CSF PR.AA-05", "MITRE ATT&CK T1098"],
        [] or [RestoreSetting];
    /// The function got a role that may do more.
    ExecutionRoleSwapped = "execution-role.swapped", High,
        "a function gets no role that may do what the one before may not",
        ["NIST CSF PR.AA-05", "NIST CSF DE.CM-09", "MITRE ATT&CK T1098.003", "MITRE ATT&CK T1548.005"],
        [ContainFunction, TagFunction] or [RestoreSetting, StopFunction, RevokeCredentials];
    /// No trail records Lambda's data events any more.
    TrailLambdaDataEventsOff = "trail.lambda-data-events-off", High,
        "a trail records every data event of Lambda",
        ["NIST CSF DE.CM-09", "MITRE ATT&CK T1562.008"],
        [StartLogging, RecordDataEvents];
    /// A trail was stopped, deleted, or made to record less.
    TrailStopped = "trail.stopped", Critical,
        "trails go on recording what they recorded",
        ["NIST CSF DE.CM-09", "NIST CSF PR.PS-04", "Security Hub CloudTrail.1", "AWS Config cloudtrail-enabled", "MITRE ATT&CK T1562.008"],
        [StartLogging] or [RestoreSetting];
    /// AWS Config's recorder was stopped or deleted.
    ConfigRecorderStopped = "config-recorder.stopped", High,
        "AWS Config goes on recording",
        ["NIST CSF DE.CM-09", "Security Hub Config.1", "MITRE ATT&CK T1562.008"],
        [StartRecorder];
    /// GuardDuty was switched off, or made to keep quiet.
    GuarddutyDisabled = "guardduty.disabled", High,
        "GuardDuty watches functions, and tells what it finds",
        ["NIST CSF DE.CM-09", "Security Hub GuardDuty.1", "Security Hub GuardDuty.6", "AWS Config guardduty-enabled-centralized", "MITRE ATT&CK T1562.001"],
        [] or [RestoreSetting];
    /// Somebody who does not deploy changed what a function runs.
    ChangeUntrustedDeployer = "change.untrusted-deployer", High,
        "only trusted deployers change what a function runs",
        ["NIST CSF PR.PS-06", "NIST CSF DE.CM-09", "MITRE ATT&CK T1648"],
        [ContainFunction, TagFunction] or [StopFunction, RevokeCredentials];
    /// A person changed a function, its policy or a role without a second factor.
    ChangeWithoutMfa = "change.without-mfa", Medium,
        "people change functions, their policies and roles with a second factor only",
        ["NIST CSF PR.AA-03", "MITRE ATT&CK T1078.004"],
        [TagFunction];
    /// A change from an address outside the declared networks.
    ChangeOutsideNetwork = "change.outside-network", Medium,
        "functions and IAM are changed from declared networks only",
        ["NIST CSF PR.AA-05", "NIST CSF DE.CM-01", "MITRE ATT&CK T1078.004"],
        [TagFunction];
    /// An identity policy lets administer Lambda at large.
    IdentityPolicyOverbroadLambdaAdmin = "identity-policy.overbroad-lambda-admin", Medium,
        "identity policies let nobody but deployers administer Lambda at large",
        ["NIST CSF PR.AA-05", "MITRE ATT&CK T1098.003"],
        [];
    /// A person was given a user, a password or an access key of IAM.
    IamUserCreated = "iam-user.created", Medium,
        "people are given no IAM users, passwords or access keys",
        ["NIST CSF PR.AA-01", "MITRE ATT&CK T1136.003", "MITRE ATT&CK T1098.001"],
        [] or [DeactivateAccessKey];
    /// Somebody but its deployers changed what Cordon rests on.
    ResponderTampered = "responder.tampered", Critical,
        "nobody but its deployers changes what Cordon rests on",
        ["NIST CSF PR.PS-01", "NIST CSF DE.CM-09", "MITRE ATT&CK T1562.001"],
        [RestoreSetting];
    /// A layer of a stranger was added.
    LayerUntrusted = "layer.untrusted", High,
        "layers come from the own account, trusted accounts or known publishers",
        ["NIST CSF ID.RA-09", "NIST CSF PR.PS-05", "MITRE ATT&CK T1525", "MITRE ATT&CK T1195.002"],
        [TagFunction] or [RestoreSetting];
    /// A variable newly changes what code runs.
    EnvironmentCodeInjection = "environment.code-injection", High,
        "no environment variable newly changes what code runs or where its traffic goes",
        ["NIST CSF PR.PS-05", "NIST CSF DE.CM-09", "MITRE ATT&CK T1574.006"],
        [TagFunction] or [RestoreSetting];
    /// Code that had to be signed need not be any more.
    CodeSigningWeakened = "code-signing.weakened", High,
        "code that has to be signed stays so",
        ["NIST CSF PR.DS-01", "NIST CSF PR.PS-05", "MITRE ATT&CK T1553.006"],
        [ContainFunction, TagFunction] or [RestoreSetting, StopFunction, RevokeCredentials];
    /// The handler was changed and the code was not.
    HandlerChangedAlone = "handler.changed-alone", High,
        "the handler changes together with the code",
        ["NIST CSF PR.PS-01", "NIST CSF DE.CM-09", "MITRE ATT&CK T1574"],
        [TagFunction] or [RestoreSetting];
    /// A function may call itself in loops.
    RecursionAllowed = "recursion.allowed", High,
        "Lambda ends loops of calls of a function to itself",
        ["NIST CSF PR.IR-04", "MITRE ATT&CK T1496"],
        [TagFunction] or [RestoreSetting];
    /// The function was taken out of its VPC.
    VpcDetached = "vpc.detached", High,
        "a function stays attached to its VPC",
        ["NIST CSF PR.IR-01", "Security Hub Lambda.3", "MITRE ATT&CK T1562.007"],
        [TagFunction] or [RestoreSetting];
    /// An alias invokes a version that nobody trusted chose.
    AliasShifted = "alias.shifted", Medium,
        "an alias invokes only versions that somebody trusted chose for it",
        ["NIST CSF PR.PS-01", "NIST CSF DE.CM-09", "MITRE ATT&CK T1648"],
        [TagFunction] or [RestoreSetting];
    /// An event source mapping invokes another function.
    EventSourceRetargeted = "event-source.retargeted", High,
        "queues and streams go on invoking the function that they invoked",
        ["NIST CSF PR.PS-01", "NIST CSF DE.CM-09", "MITRE ATT&CK T1546"],
        [TagFunction] or [RestoreSetting];
    /// Events, or their records, go to a stranger.
    DestinationForeign = "destination.foreign", High,
        "destinations and dead-letter queues belong to the account or to trusted ones",
        ["NIST CSF DE.CM-09", "MITRE ATT&CK T1537"],
        [RemoveDestination];
    /// The function's logs go elsewhere, or are gone.
    LoggingRedirected = "logging.redirected", Medium,
        "the function's log group stays where it is, and keeps what is in it",
        ["NIST CSF PR.PS-04", "MITRE ATT&CK T1562.008"],
        [TagFunction] or [RestoreSetting];
    /// Somebody undid what a containment turned.
    ContainmentUndone = "containment.undone", Critical,
        "what a containment turned stays so until it is restored",
        ["NIST CSF RS.MI-01"],
        [ContainFunction];
    /// The function's own credentials make an IAM write.
    FunctionPrivilegeEscalation = "function.privilege-escalation", Critical,
        "the function's credentials make no undeclared IAM write",
        ["NIST CSF DE.CM-09", "NIST CSF RS.MI-01", "MITRE ATT&CK T1098", "MITRE ATT&CK T1078.004"],
        [ContainFunction, TagFunction] or [StopFunction, RevokeCredentials];
    /// The function's credentials call an API that they never called.
    FunctionFirstSeenApi = "function.first-seen-api", Low,
        "the function's credentials call only APIs that they called before",
        ["NIST CSF DE.AE-02", "NIST CSF DE.CM-09", "MITRE ATT&CK T1078.004", "MITRE ATT&CK T1526"],
        [];
    /// The function's credentials are denied one API after the other.
    FunctionAccessDeniedBurst = "function.access-denied-burst", Medium,
        "the function's credentials are not denied many APIs in a short time",
        ["NIST CSF DE.AE-02", "NIST CSF DE.CM-09", "MITRE ATT&CK T1078.004", "MITRE ATT&CK T1580"],
        [ContainFunction] or [StopFunction, RevokeCredentials];
    /// The function's credentials are used from elsewhere.
    FunctionStolenCredentials = "function.stolen-credentials", Critical,
        "the function's credentials are used from where the function runs",
        ["NIST CSF DE.CM-01", "NIST CSF DE.CM-09", "NIST CSF RS.MI-01", "MITRE ATT&CK T1078.004", "MITRE ATT&CK T1552.005"],
        [ContainFunction] or [StopFunction, RevokeCredentials];
    /// The function's credentials write into a stranger's bucket, or read much more than usual.
    FunctionDataExfiltration = "function.data-exfiltration", Critical,
        "the function's credentials write into buckets of the account and of trusted ones only, and read no more than usual",
        ["NIST CSF DE.CM-01", "NIST CSF DE.CM-09", "NIST CSF PR.DS-01", "NIST CSF RS.MI-01", "MITRE ATT&CK T1537", "MITRE ATT&CK T1530"],
        [ContainFunction] or [StopFunction, RevokeCredentials];
    /// GuardDuty sees it do what malware does.
    GuarddutyLambdaFinding = "guardduty.lambda-finding", High,
        "GuardDuty sees no function do what malware does",
        ["NIST CSF DE.AE-02", "NIST CSF DE.CM-01", "NIST CSF RS.MI-01", "MITRE ATT&CK T1071", "MITRE ATT&CK T1090.003", "MITRE ATT&CK T1496"],
        [ContainFunction, CapConcurrency, TagFunction] or [StopFunction, RevokeCredentials];
    /// It talks to somebody it does not declare.
    FunctionUnexpectedPeer = "function.unexpected-peer", High,
        "the function talks to nobody but the peers that it declares",
        ["NIST CSF DE.CM-01", "NIST CSF DE.AE-02", "MITRE ATT&CK T1041", "MITRE ATT&CK T1071"],
        [ContainFunction] or [StopFunction, RevokeCredentials];
    /// Its log shows an attack.
    LogAttackSignature = "log.attack-signature", High,
        "no line that the function logs is a sign of an attack",
        ["NIST CSF DE.AE-02", "NIST CSF DE.CM-09", "MITRE ATT&CK T1059", "MITRE ATT&CK T1190", "MITRE ATT&CK T1496", "MITRE ATT&CK T1552"],
        [ContainFunction] or [StopFunction, RevokeCredentials];
    /// A function reacts to new identities.
    IamBackdoorReactive = "iam-backdoor.reactive", Critical,
        "no function reacts to new users, roles and keys but those that are declared",
        ["NIST CSF DE.CM-09", "NIST CSF RS.MI-01", "MITRE ATT&CK T1546", "MITRE ATT&CK T1098.001"],
        [DisableRule, ContainFunction] or [StopFunction, RevokeCredentials];
    /// An alarm of CloudWatch went off.
    MetricAnomaly = "metric.anomaly", Medium,
        "no alarm that the control policy names goes off for the function",
        ["NIST CSF DE.AE-02", "NIST CSF DE.CM-09", "MITRE ATT&CK T1496"],
        [CapConcurrency, TagFunction, ContainFunction] or [StopFunction, RevokeCredentials];
    /// Required tags are absent or have a value outside the list.
    TagsMissing = "tags.missing", Low,
        "required tags are present with an allowed value",
        ["NIST CSF ID.AM-08", "Security Hub Lambda.6", "AWS Config tagged-lambda-function"],
        [TagFunction];
    /// Not attached to a VPC.
    NetworkOutsideVpc = "network.outside-vpc", Medium,
        "the function is attached to a VPC",
        ["NIST CSF PR.IR-01", "Security Hub Lambda.3", "AWS Config lambda-inside-vpc"],
        [TagFunction];
    /// Environment variables without a customer managed key.
    EnvironmentUnencrypted = "environment.unencrypted", Medium,
        "environment variables are encrypted with a customer managed key",
        ["NIST CSF PR.DS-01"],
        [TagFunction];
    /// A variable looks like a secret.
    EnvironmentSecret = "environment.secret", High,
        "no environment variable looks like a secret",
        ["NIST CSF PR.DS-01", "NIST CSF PR.AA-01", "MITRE ATT&CK T1552"],
        [TagFunction];
    /// A runtime past its end of support.
    RuntimeDeprecated = "runtime.deprecated", Low,
        "the runtime is supported",
        ["NIST CSF PR.PS-02", "Security Hub Lambda.2", "AWS Config lambda-function-settings-check"],
        [TagFunction];
    /// X-Ray does not encrypt with the key it should.
    TracingUnencrypted = "tracing.unencrypted", Low,
        "X-Ray encrypts traces with a key of yours",
        ["NIST CSF PR.DS-01"],
        [] or [RestoreSetting];
    /// The log group has no KMS key.
    LogsUnencrypted = "logs.unencrypted", Low,
        "the function's log group is encrypted with a KMS key",
        ["NIST CSF PR.DS-01", "AWS Config cloudwatch-log-group-encrypted"],
        [TagFunction];
    /// An AWS Config rule turned noncompliant for a function.
    ConfigRuleNoncompliant = "config-rule.noncompliant", Medium,
        "AWS Config rules find the function compliant",
        ["NIST CSF PR.PS-01"],
        [
            ContainFunction, StopFunction, RevokeCredentials, CapConcurrency,
            DisableEventSourceMappings, ReplaceResourcePolicy, HardenFunctionUrl, TagFunction
        ];
    /// A check of Security Hub failed for a function.
    SecurityHubFailed = "security-hub.failed", Medium,
        "Security Hub's checks of the function pass",
        ["NIST CSF PR.PS-01"],
        [TagFunction];
    /// IAM Access Analyzer found access from outside.
    AccessAnalyzerExternal = "access-analyzer.external", High,
        "nobody outside the trusted set has access to what IAM Access Analyzer found open",
        ["NIST CSF PR.AA-05"],
        [ReplaceResourcePolicy, UnshareLayer];
}

impl fmt::Display for ControlId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The name of a rule of the control policy's own: lower case letters, digits and hyphens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RuleId(String);

impl RuleId {
    /// The longest: with the tag prefix it fits into a tag key, with the rest into a subject.
    pub const LONGEST: usize = 64;

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for RuleId {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if (1..=Self::LONGEST).contains(&text.len()) && text.bytes().all(fits) {
            Ok(Self(text))
        } else {
            Err("a rule's id is 1 to 64 lower case letters, digits and hyphens")
        }
    }
}

impl From<RuleId> for String {
    fn from(id: RuleId) -> Self {
        id.0
    }
}

/// One requirement: a control of the catalogue, or a rule of the control policy's own, which is
/// written `rule.<id>`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Requirement {
    /// Of the catalogue.
    Control(ControlId),
    /// Of the control policy's own.
    Rule(RuleId),
}

/// What rules are told apart from controls by.
const RULE: &str = "rule.";

impl Requirement {
    /// The control, if it is one.
    pub const fn control(&self) -> Option<ControlId> {
        match self {
            Self::Control(control) => Some(*control),
            Self::Rule(_) => None,
        }
    }
}

impl From<ControlId> for Requirement {
    fn from(control: ControlId) -> Self {
        Self::Control(control)
    }
}

impl PartialEq<ControlId> for Requirement {
    fn eq(&self, other: &ControlId) -> bool {
        self.control() == Some(*other)
    }
}

impl TryFrom<String> for Requirement {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        if let Some(rule) = text.strip_prefix(RULE) {
            return Ok(Self::Rule(RuleId::try_from(rule.to_owned())?));
        }
        let control = ControlId::ALL.into_iter().find(|control| control.as_str() == text);
        let unknown = || format!("`{}` is no control, and no rule (`rule.<id>`)", shown(&text, 80));
        control.map(Self::Control).ok_or_else(unknown)
    }
}

impl From<Requirement> for String {
    fn from(requirement: Requirement) -> Self {
        requirement.to_string()
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Control(control) => f.write_str(control.as_str()),
            Self::Rule(RuleId(id)) => write!(f, "{RULE}{id}"),
        }
    }
}

/// A rule whose pattern an event matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleMatch {
    /// The rule.
    pub rule: RuleId,
    /// The function that the event names where the rule looks, or why there is none.
    pub function: Result<FunctionResource, String>,
    /// What makes it the same when it is sent again, if the rule says so.
    pub subject: Option<String>,
    /// The event tells of a call that failed.
    pub failed: bool,
}

/// How bad a finding is (the ASFF labels without `INFORMATIONAL`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Not urgent.
    Low,
    /// To be planned.
    Medium,
    /// To be answered today.
    High,
    /// To be answered now.
    Critical,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        })
    }
}

/// One thing seen: where, and the value, shortened. Never a secret or an environment value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// A path such as `Statement[2]` or `vpcConfig`.
    pub field: String,
    /// What stood there, without control characters, at most [`Evidence::LONGEST`] characters.
    pub value: String,
    /// The request that would get in, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub witness: Option<Witness>,
}

impl Evidence {
    /// Longer values are cut: they are often written by the one who is looked at.
    pub const LONGEST: usize = 300;

    /// Evidence without a witness.
    pub fn new(field: impl Into<String>, value: &str) -> Self {
        Self { field: field.into(), value: shown(value, Self::LONGEST), witness: None }
    }
}

/// `text` as it may be shown to a person: one line, at most `longest` characters.
pub fn shown(text: &str, longest: usize) -> String {
    let mut out: String =
        text.chars().map(|c| if is_unseen(c) { ' ' } else { c }).take(longest).collect();
    if text.chars().count() > longest {
        out.push('…');
    }
    out
}

/// Whether a character steers a terminal, or makes a line look other than it is.
/// Zero-width and bidirectional ones: <https://www.unicode.org/reports/tr36/>.
pub fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// A witness as people may see it: all of it is taken from the policy, and may be as long and as
/// strange as whoever wrote that liked.
pub fn fit_to_show(witness: Witness) -> Witness {
    let fit = |text: &String| shown(text, Evidence::LONGEST);
    let Witness { principal, action, resource, context } = without_secrets(witness);
    Witness {
        principal: fit(&principal),
        action: fit(&action),
        resource: fit(&resource),
        context: context.iter().map(|(key, value)| (fit(key), fit(value))).collect(),
    }
}

/// A witness without an Alexa skill's token, which is a secret.
pub fn without_secrets(mut witness: Witness) -> Witness {
    for (key, value) in &mut witness.context {
        if is_secret(key) {
            NOT_SHOWN.clone_into(value);
        }
    }
    witness
}

/// What stands in place of a secret.
pub const NOT_SHOWN: &str = "(not shown)";

/// Whether the values of a condition key are secrets.
/// <https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html> (`EventSourceToken`)
pub fn is_secret(key: &str) -> bool {
    key.eq_ignore_ascii_case("lambda:EventSourceToken")
}

/// One control held against one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluation {
    /// The control, or the rule.
    pub control: Requirement,
    /// What it was held against.
    pub resource: Resource,
    /// What came of it.
    pub compliance: Compliance,
}

/// AWS Config's four answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compliance {
    /// The requirement is met.
    Compliant,
    /// It is not.
    NonCompliant(Finding),
    /// The control does not apply to this resource.
    NotApplicable,
    /// It cannot be told, and why. Reported; never remediated.
    InsufficientData(String),
}

impl Compliance {
    /// The name AWS Config gives it.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Compliant => "Compliant",
            Self::NonCompliant(_) => "NonCompliant",
            Self::NotApplicable => "NotApplicable",
            Self::InsufficientData(_) => "InsufficientData",
        }
    }
}

/// One noncompliant control on one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The same finding has the same id, however often it is seen.
    pub id: String,
    /// From the control policy.
    pub severity: Severity,
    /// What was seen.
    pub evidence: Vec<Evidence>,
    /// What of it no remediation answers, and why: a person has to.
    pub unanswered: Vec<String>,
}

/// A statement of a resource policy as people are told of it.
pub fn statement_name(sid: Option<&str>, index: usize) -> String {
    match sid {
        // An empty one names nothing.
        None | Some("") => format!("statement {index}"),
        Some(sid) => format!("statement `{}`", shown(sid, 100)),
    }
}

/// A short name for `parts`: the same parts give the same name, here and in every invocation.
pub fn fingerprint(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hex(hash.finalize().get(..8).unwrap_or_default())
}

/// Bytes as lower case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn what_steers_a_terminal_or_turns_a_line_around_is_not_shown() {
        assert_eq!(shown("a\u{1b}[2J\nb\u{9b}c\u{202e}d\u{200b}e", 100), "a [2J b c d e");
        assert_eq!(shown("Käse 日本", 4), "Käse…");
    }

    #[test]
    fn a_statement_is_named_by_its_sid_or_else_by_its_place() {
        assert_eq!(statement_name(Some("open"), 2), "statement `open`");
        assert_eq!(statement_name(Some(""), 2), "statement 2");
        assert_eq!(statement_name(None, 2), "statement 2");
    }

    #[test]
    fn a_skills_token_is_never_shown_and_long_values_are_cut_for_people_only() {
        let long = "x".repeat(Evidence::LONGEST + 1);
        let context = BTreeMap::from([
            ("LAMBDA:eventsourcetoken".to_owned(), "amzn1.ask.skill.1".to_owned()),
            ("aws:SourceArn".to_owned(), long.clone()),
        ]);
        let text = String::new;
        let witness = Witness { principal: text(), action: text(), resource: text(), context };
        let exact = without_secrets(witness.clone());
        assert_eq!(exact.context["LAMBDA:eventsourcetoken"], NOT_SHOWN);
        assert_eq!(exact.context["aws:SourceArn"], long);
        let fit = fit_to_show(witness);
        assert_eq!(fit.context["LAMBDA:eventsourcetoken"], NOT_SHOWN);
        assert_eq!(fit.context["aws:SourceArn"].chars().count(), Evidence::LONGEST + 1);
    }

    #[test]
    fn every_part_of_a_witness_is_one_line_of_bearable_length() {
        let hostile = format!("a\u{1b}[2J\n\u{202e}{}", "x".repeat(20_000));
        let witness = Witness {
            principal: hostile.clone(),
            action: hostile.clone(),
            resource: hostile.clone(),
            context: BTreeMap::from([(hostile.clone(), hostile.clone())]),
        };
        let Witness { principal, action, resource, context } = fit_to_show(witness);
        let (key, value) = context.first_key_value().unwrap();
        for part in [&principal, &action, &resource, key, value] {
            assert_eq!(part, &shown(&hostile, Evidence::LONGEST));
            assert!(!part.contains(is_unseen));
            assert_eq!(part.chars().count(), Evidence::LONGEST + 1);
        }
    }
}
