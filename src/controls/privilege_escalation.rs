//! `function.privilege-escalation`: the function's credentials make no undeclared IAM write.
//! Whose credentials they are is told by AWS (`inScopeOf`), else by a role session named after a
//! function whose execution role that is; never by the user agent.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html>

use super::{
    Assessment, Case, Control, Extent, Judgement, Needs, Response, Seen, TagValue, Trigger,
    containment_reads,
};
use crate::{
    event::{Event, Kind},
    finding::{ControlId, Evidence},
    policy::ControlPolicy,
    remediation::TAG_PREFIX,
    resource::FunctionArn,
    state::FunctionState,
};

pub(super) const CONTROL: Control = Control {
    id: ControlId::FunctionPrivilegeEscalation,
    triggers: &[Trigger::IamCalls(ESCALATING)],
    needs,
    judge,
};

/// IAM writes that raise privileges, persist, or weaken what holds them back.
pub(super) const ESCALATING: &[&str] = &[
    "AddClientIDToOpenIDConnectProvider",
    "AddRoleToInstanceProfile",
    "AddUserToGroup",
    "AttachGroupPolicy",
    "AttachRolePolicy",
    "AttachUserPolicy",
    "CreateAccessKey",
    "CreateInstanceProfile",
    "CreateLoginProfile",
    "CreateOpenIDConnectProvider",
    "CreatePolicyVersion",
    "CreateRole",
    "CreateSAMLProvider",
    "CreateServiceSpecificCredential",
    "CreateUser",
    "CreateVirtualMFADevice",
    "DeactivateMFADevice",
    "DeleteGroupPolicy",
    "DeleteRolePermissionsBoundary",
    "DeleteRolePolicy",
    "DeleteUserPermissionsBoundary",
    "DeleteUserPolicy",
    "DetachGroupPolicy",
    "DetachRolePolicy",
    "DetachUserPolicy",
    "PutGroupPolicy",
    "PutRolePermissionsBoundary",
    "PutRolePolicy",
    "PutUserPermissionsBoundary",
    "PutUserPolicy",
    "RemoveUserFromGroup",
    "ResetServiceSpecificCredential",
    "SetDefaultPolicyVersion",
    "UpdateAccessKey",
    "UpdateAssumeRolePolicy",
    "UpdateLoginProfile",
    "UpdateOpenIDConnectProviderThumbprint",
    "UpdateSAMLProvider",
    "UploadSSHPublicKey",
    "UploadSigningCertificate",
];

fn needs(case: &Case<'_>) -> Needs {
    match suspect(case.policy, case.event) {
        None => Needs::NotConcerned,
        Some(Suspect { declared: true, .. }) => Needs::Nothing,
        Some(Suspect { function, .. }) => Needs::Reads(containment_reads(&function)),
    }
}

struct Suspect<'a> {
    function: FunctionArn,
    api: &'a str,
    /// AWS's word; else it still has to be seen that the role is the function's.
    certain: bool,
    /// The call is the function's job.
    declared: bool,
}

/// The function that seems to have made an escalating call.
fn suspect<'a>(policy: &ControlPolicy, event: &'a Event) -> Option<Suspect<'a>> {
    let Kind::IamCall { api, .. } = &event.kind else { return None };
    if !ESCALATING.contains(&api.strip_prefix("iam:")?) {
        return None;
    }
    let (function, certain) = match &event.actor.issued_to {
        Some(function) => (function.clone(), true),
        None => (event.actor.named_after.clone()?, false),
    };
    let parameters = &policy.controls.function_privilege_escalation.parameters;
    let declared = parameters
        .declared
        .iter()
        .any(|entry| entry.function.matches(&function) && entry.calls.contains(api));
    Some(Suspect { function, api, certain, declared })
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    let Some(suspect) = suspect(case.policy, case.event) else { return Vec::new() };
    let judgement = match case.state.functions.get(&suspect.function) {
        _ if suspect.declared => Judgement::Compliant,
        // Whose credentials they are AWS says: who locks the owner out does not hide that.
        None if suspect.certain && case.state.memory.locked_out.contains(&suspect.function) => {
            found(case, &suspect)
        }
        None => Judgement::InsufficientData("the function was not read".to_owned()),
        Some(None) => Judgement::NotApplicable,
        Some(Some(state)) => judge_suspect(case, &suspect, state),
    };
    let control = ControlId::FunctionPrivilegeEscalation.into();
    vec![Assessment { control, resource: suspect.function.into(), judgement }]
}

fn judge_suspect(case: &Case<'_>, suspect: &Suspect<'_>, state: &FunctionState) -> Judgement {
    let issuer = case.event.actor.role.as_deref();
    if !suspect.certain && issuer != Some(state.role.as_str()) {
        return Judgement::NotApplicable;
    }
    found(case, suspect)
}

fn found(case: &Case<'_>, suspect: &Suspect<'_>) -> Judgement {
    let by = if suspect.certain { "userIdentity.inScopeOf" } else { "userIdentity.arn" };
    Judgement::NonCompliant(vec![
        Seen {
            evidence: Evidence::new("eventName", suspect.api),
            subject: case.event.id.clone(),
            responses: vec![Response::Contain(Extent::WHOLE)],
        },
        Seen {
            evidence: Evidence::new(by, &suspect.function.to_string()),
            subject: case.event.id.clone(),
            responses: vec![Response::Tag(format!("{TAG_PREFIX}incident"), TagValue::Incident)],
        },
    ])
}
