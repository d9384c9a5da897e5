//! Calls that raise what somebody may do, let them stay, or weaken what holds them back: of IAM, of what
//! hands out credentials and grants, and of the organization. Refuses calls that only read.
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>

use crate::finding::Severity;

/// The escalating calls of IAM, which are heard from whoever makes them.
pub const OF_IAM: &[&str] = &[
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

/// Those of them that take away, or prepare, and give nobody anything by themselves. A policy that is
/// taken away may have held a Deny.
const LESS_OF_IAM: [&str; 12] = [
    "AddRoleToInstanceProfile",
    "CreateInstanceProfile",
    "CreateVirtualMFADevice",
    "DeleteGroupPolicy",
    "DeleteRolePolicy",
    "DeleteUserPolicy",
    "DetachGroupPolicy",
    "DetachRolePolicy",
    "DetachUserPolicy",
    "RemoveUserFromGroup",
    "ResetServiceSpecificCredential",
    "UpdateOpenIDConnectProviderThumbprint",
];

/// Escalating calls of other services, which are heard where the calls of functions are.
const OF_OTHERS: [(&str, Severity); 32] = [
    ("identitystore:CreateGroupMembership", Severity::Critical),
    ("kms:CreateGrant", Severity::High),
    ("kms:PutKeyPolicy", Severity::Critical),
    ("organizations:AcceptHandshake", Severity::Critical),
    ("organizations:AttachPolicy", Severity::High),
    ("organizations:CloseAccount", Severity::Critical),
    ("organizations:CreateAccount", Severity::Critical),
    ("organizations:DeleteOrganization", Severity::Critical),
    ("organizations:DeletePolicy", Severity::Critical),
    ("organizations:DeleteResourcePolicy", Severity::High),
    ("organizations:DetachPolicy", Severity::Critical),
    ("organizations:DisableAWSServiceAccess", Severity::High),
    ("organizations:DisablePolicyType", Severity::Critical),
    ("organizations:EnableAWSServiceAccess", Severity::Critical),
    ("organizations:InviteAccountToOrganization", Severity::High),
    ("organizations:LeaveOrganization", Severity::Critical),
    ("organizations:MoveAccount", Severity::Critical),
    ("organizations:PutResourcePolicy", Severity::Critical),
    ("organizations:RegisterDelegatedAdministrator", Severity::Critical),
    ("organizations:RemoveAccountFromOrganization", Severity::Critical),
    ("organizations:UpdatePolicy", Severity::Critical),
    ("rolesanywhere:CreateProfile", Severity::Critical),
    ("rolesanywhere:CreateTrustAnchor", Severity::Critical),
    ("rolesanywhere:UpdateProfile", Severity::Critical),
    ("rolesanywhere:UpdateTrustAnchor", Severity::Critical),
    ("sso:AttachCustomerManagedPolicyReferenceToPermissionSet", Severity::Critical),
    ("sso:AttachManagedPolicyToPermissionSet", Severity::Critical),
    ("sso:CreateAccountAssignment", Severity::Critical),
    ("sso:CreatePermissionSet", Severity::High),
    ("sso:PutInlinePolicyToPermissionSet", Severity::Critical),
    ("sts:AssumeRoot", Severity::Critical),
    // What it gives outlives the function's own credentials.
    // https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html
    ("sts:GetFederationToken", Severity::Critical),
];

/// Calls that take another role on.
const ASSUMING: [&str; 3] =
    ["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"];

/// How bad it is that credentials of a function make this call, if it is an escalation.
pub fn severity(api: &str) -> Option<Severity> {
    if let Some(name) = api.strip_prefix("iam:") {
        let severity =
            if LESS_OF_IAM.contains(&name) { Severity::High } else { Severity::Critical };
        return OF_IAM.contains(&name).then_some(severity);
    }
    if is_assumption(api) {
        return Some(Severity::High);
    }
    OF_OTHERS.iter().find(|(call, _)| *call == api).map(|(_, severity)| *severity)
}

/// Whether this call is an escalation, or can be one.
pub fn is_escalation(api: &str) -> bool {
    severity(api).is_some()
}

/// Whether this call takes another role on, which is many functions' job.
pub fn is_assumption(api: &str) -> bool {
    ASSUMING.contains(&api)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_escalation_has_a_severity_and_nothing_else_has() {
        assert!(LESS_OF_IAM.iter().all(|name| OF_IAM.contains(name)));
        for (api, want) in [
            ("iam:CreateAccessKey", Some(Severity::Critical)),
            ("iam:DetachRolePolicy", Some(Severity::High)),
            ("iam:GetRole", None),
            ("sts:AssumeRole", Some(Severity::High)),
            ("sts:GetCallerIdentity", None),
            ("organizations:LeaveOrganization", Some(Severity::Critical)),
            ("organizations:ListAccounts", None),
            ("kms:CreateGrant", Some(Severity::High)),
            ("kms:Decrypt", None),
            ("CreateAccessKey", None),
        ] {
            assert_eq!(severity(api), want, "{api}");
        }
    }
}
