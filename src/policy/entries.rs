//! What the control policy says of each control of the catalogue.

use super::{
    Choices, Mode, Nothing, Scope, ScopedMode,
    behaviour::{
        FunctionAccessDeniedBurst, FunctionDataExfiltration, FunctionFirstSeenApi,
        FunctionStolenCredentials,
    },
    parameters::{
        ChangeUntrustedDeployer, ChangeWithoutMfa, ConfigRule, ContainmentUndone,
        DestinationForeign, EnvironmentCodeInjection, EnvironmentSecret, ExecutionRoleOverbroad,
        ExecutionRoleTrustWidened, FunctionPolicyDangerousAction, FunctionPrivilegeEscalation,
        GuarddutyLambdaFinding, IamBackdoorReactive, IamUserCreated, InvocationUnauthorized,
        InvocationUnusual, LayerPolicyPublic, LayerUntrusted, LoggingRedirected, MetricAnomaly,
        ResponderTampered, RuntimeDeprecated, SecurityHubFailed, TagsMissing, TracingUnencrypted,
        TrailLambdaDataEventsOff, TrailStopped,
    },
    peers::FunctionUnexpectedPeer,
    reach::Reach,
    signatures::LogAttackSignature,
};
use crate::finding::{ControlId, Severity};
use serde::{Deserialize, Serialize};
use time::Date;

/// One control's entry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "cli",
    derive(schemars::JsonSchema),
    schemars(rename = "Control_{P}", bound = "P: schemars::JsonSchema + Default + Serialize")
)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Control<P> {
    /// How far it may go; else the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// In dry run until this day, enforced from it on, in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "super::day::option")]
    #[cfg_attr(feature = "cli", schemars(with = "Option<super::form::Day>"))]
    pub enforce_from: Option<Date>,
    /// How bad its findings are; else the catalogue's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// What it looks at: outside it is off.
    #[serde(default, skip_serializing_if = "Scope::is_everything")]
    pub scope: Scope,
    /// Other modes for some of it: the first scope that covers a resource decides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<ScopedMode>,
    /// Which of its remediations it gives; else those that the catalogue says.
    #[serde(default, skip_serializing_if = "Choices::is_empty")]
    pub remediations: Choices,
    /// What is special to this control.
    #[serde(default)]
    pub parameters: P,
}

/// What every entry says, whatever its parameters are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Given<'a> {
    pub reach: Reach<'a>,
    pub severity: Option<Severity>,
    /// None of a rule, whose remediations are its own.
    pub remediations: Option<&'a Choices>,
}

impl<P> Control<P> {
    pub(super) const fn given(&self) -> Given<'_> {
        let Self { mode, enforce_from, severity, scope, scopes, remediations, parameters: _ } =
            self;
        let reach =
            Reach { mode: *mode, enforce_from: *enforce_from, scope, scopes: scopes.as_slice() };
        Given { reach, severity: *severity, remediations: Some(remediations) }
    }
}

/// The entries: each control with what it can be told. An unknown id is an error.
macro_rules! entries {
    ($($field:ident: $parameters:ty = $control:ident, $id:literal;)*) => {
        /// The entries. An unknown id is an error.
        #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(
            feature = "cli",
            derive(schemars::JsonSchema),
            schemars(extend(
                "x-keys" = "a control",
                "x-listed" = "the controls that `cordon controls` lists"
            ))
        )]
        #[serde(deny_unknown_fields, default)]
        #[expect(missing_docs, reason = "each field is one control of the catalogue")]
        pub struct Controls {
            // Each on its own: the control policy is moved many times while it is loaded, and all of them
            // in one place would be moved with it.
            $(#[serde(rename = $id)] pub $field: Box<Control<$parameters>>,)*
        }

        impl Controls {
            pub(super) const fn given(&self, control: ControlId) -> Given<'_> {
                match control {
                    $(ControlId::$control => self.$field.given(),)*
                }
            }
        }
    };
}

entries! {
    function_policy_public: Nothing = FunctionPolicyPublic, "function-policy.public";
    function_policy_untrusted_account: Nothing = FunctionPolicyUntrustedAccount, "function-policy.untrusted-account";
    function_policy_unscoped_service: Nothing = FunctionPolicyUnscopedService, "function-policy.unscoped-service";
    function_policy_dangerous_action: FunctionPolicyDangerousAction = FunctionPolicyDangerousAction, "function-policy.dangerous-action";
    function_url_public: Nothing = FunctionUrlPublic, "function-url.public";
    layer_policy_public: LayerPolicyPublic = LayerPolicyPublic, "layer-policy.public";
    invocation_unauthorized: InvocationUnauthorized = InvocationUnauthorized, "invocation.unauthorized";
    invocation_unusual: InvocationUnusual = InvocationUnusual, "invocation.unusual";
    execution_role_overbroad: ExecutionRoleOverbroad = ExecutionRoleOverbroad, "execution-role.overbroad";
    execution_role_trust_widened: ExecutionRoleTrustWidened = ExecutionRoleTrustWidened, "execution-role.trust-widened";
    execution_role_swapped: Nothing = ExecutionRoleSwapped, "execution-role.swapped";
    trail_lambda_data_events_off: TrailLambdaDataEventsOff = TrailLambdaDataEventsOff, "trail.lambda-data-events-off";
    trail_stopped: TrailStopped = TrailStopped, "trail.stopped";
    config_recorder_stopped: Nothing = ConfigRecorderStopped, "config-recorder.stopped";
    guardduty_disabled: Nothing = GuarddutyDisabled, "guardduty.disabled";
    change_untrusted_deployer: ChangeUntrustedDeployer = ChangeUntrustedDeployer, "change.untrusted-deployer";
    change_without_mfa: ChangeWithoutMfa = ChangeWithoutMfa, "change.without-mfa";
    change_outside_network: Nothing = ChangeOutsideNetwork, "change.outside-network";
    identity_policy_overbroad_lambda_admin: Nothing = IdentityPolicyOverbroadLambdaAdmin, "identity-policy.overbroad-lambda-admin";
    iam_user_created: IamUserCreated = IamUserCreated, "iam-user.created";
    responder_tampered: ResponderTampered = ResponderTampered, "responder.tampered";
    layer_untrusted: LayerUntrusted = LayerUntrusted, "layer.untrusted";
    environment_code_injection: EnvironmentCodeInjection = EnvironmentCodeInjection, "environment.code-injection";
    code_signing_weakened: Nothing = CodeSigningWeakened, "code-signing.weakened";
    handler_changed_alone: Nothing = HandlerChangedAlone, "handler.changed-alone";
    recursion_allowed: Nothing = RecursionAllowed, "recursion.allowed";
    vpc_detached: Nothing = VpcDetached, "vpc.detached";
    alias_shifted: Nothing = AliasShifted, "alias.shifted";
    event_source_retargeted: Nothing = EventSourceRetargeted, "event-source.retargeted";
    destination_foreign: DestinationForeign = DestinationForeign, "destination.foreign";
    logging_redirected: LoggingRedirected = LoggingRedirected, "logging.redirected";
    containment_undone: ContainmentUndone = ContainmentUndone, "containment.undone";
    function_privilege_escalation: FunctionPrivilegeEscalation = FunctionPrivilegeEscalation, "function.privilege-escalation";
    function_first_seen_api: FunctionFirstSeenApi = FunctionFirstSeenApi, "function.first-seen-api";
    function_access_denied_burst: FunctionAccessDeniedBurst = FunctionAccessDeniedBurst, "function.access-denied-burst";
    function_stolen_credentials: FunctionStolenCredentials = FunctionStolenCredentials, "function.stolen-credentials";
    function_data_exfiltration: FunctionDataExfiltration = FunctionDataExfiltration, "function.data-exfiltration";
    guardduty_lambda_finding: GuarddutyLambdaFinding = GuarddutyLambdaFinding, "guardduty.lambda-finding";
    function_unexpected_peer: FunctionUnexpectedPeer = FunctionUnexpectedPeer, "function.unexpected-peer";
    log_attack_signature: LogAttackSignature = LogAttackSignature, "log.attack-signature";
    iam_backdoor_reactive: IamBackdoorReactive = IamBackdoorReactive, "iam-backdoor.reactive";
    metric_anomaly: MetricAnomaly = MetricAnomaly, "metric.anomaly";
    tags_missing: TagsMissing = TagsMissing, "tags.missing";
    network_outside_vpc: Nothing = NetworkOutsideVpc, "network.outside-vpc";
    environment_unencrypted: Nothing = EnvironmentUnencrypted, "environment.unencrypted";
    environment_secret: EnvironmentSecret = EnvironmentSecret, "environment.secret";
    runtime_deprecated: RuntimeDeprecated = RuntimeDeprecated, "runtime.deprecated";
    tracing_unencrypted: TracingUnencrypted = TracingUnencrypted, "tracing.unencrypted";
    logs_unencrypted: Nothing = LogsUnencrypted, "logs.unencrypted";
    config_rule_noncompliant: ConfigRule = ConfigRuleNoncompliant, "config-rule.noncompliant";
    security_hub_failed: SecurityHubFailed = SecurityHubFailed, "security-hub.failed";
    access_analyzer_external: Nothing = AccessAnalyzerExternal, "access-analyzer.external";
}
