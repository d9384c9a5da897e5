//! What a call of IAM changed of a role: what it may do, or who may assume it. A role is named without
//! its path, because the calls do not tell it.
//! Refuses to take a call for harmless because it does not say what it changed: CloudTrail leaves
//! parameters out that are too long, and white space in a document makes them so.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>

use crate::resource::{Arn, Home, RoleArn};
use serde::Deserialize;
use serde_json::value::RawValue;

/// What a call of IAM changed of a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoleChange {
    /// A managed policy was attached to it, or was attached already.
    Attached {
        /// The role.
        role: RoleArn,
        /// The managed policy.
        policy: Arn,
    },
    /// An inline policy of it was written.
    Written {
        /// The role.
        role: RoleArn,
        /// The inline policy's name.
        name: String,
        /// What the event shows of it.
        shown: Option<String>,
    },
    /// Another version of a managed policy is the default one: it changes for every role that has it.
    Versioned {
        /// The managed policy.
        policy: Arn,
    },
    /// Who may assume it was written.
    Trusted {
        /// The role.
        role: RoleArn,
        /// What the event shows of it.
        shown: Option<String>,
    },
    /// Something of a role was changed, and the event does not tell which one.
    Hidden {
        /// The account.
        account: Arn,
        /// Who may assume it; else what it may do.
        trust: bool,
    },
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Parameters {
    role_name: Option<String>,
    policy_arn: Option<String>,
    policy_name: Option<String>,
    policy_document: Option<String>,
    set_as_default: Option<bool>,
}

/// The calls that change what a role may do, or who may assume it.
const CHANGES: [&str; 5] = [
    "AttachRolePolicy",
    "CreatePolicyVersion",
    "PutRolePolicy",
    "SetDefaultPolicyVersion",
    "UpdateAssumeRolePolicy",
];

/// Reads a call's parameters; none if it changes nothing of a role.
pub(super) fn change(call: &str, raw: Option<&RawValue>, home: &Home) -> Option<RoleChange> {
    CHANGES.contains(&call).then_some(())?;
    let asked = raw.and_then(|raw| serde_json::from_str::<Option<Parameters>>(raw.get()).ok());
    let asked = asked.flatten().unwrap_or_default();
    let is_told = asked.role_name.is_some() || asked.policy_arn.is_some();
    if is_told && call == "CreatePolicyVersion" && asked.set_as_default != Some(true) {
        return None;
    }
    match told(call, asked, home) {
        Some(change) => Some(change),
        None => Some(RoleChange::Hidden {
            account: Arn::global(home, "iam", "root").ok()?,
            trust: call == "UpdateAssumeRolePolicy",
        }),
    }
}

fn told(call: &str, asked: Parameters, home: &Home) -> Option<RoleChange> {
    let Parameters { role_name, policy_arn, policy_name, policy_document: shown, .. } = asked;
    let Home { partition, account, .. } = home;
    let role = role_name.and_then(|name| {
        RoleArn::parse(&format!("arn:{partition}:iam::{account}:role/{name}")).ok()
    });
    let policy = policy_arn.and_then(|arn| Arn::parse(&arn).ok());
    Some(match call {
        "AttachRolePolicy" => RoleChange::Attached { role: role?, policy: policy? },
        "PutRolePolicy" => RoleChange::Written { role: role?, name: policy_name?, shown },
        "UpdateAssumeRolePolicy" => RoleChange::Trusted { role: role?, shown },
        _ => RoleChange::Versioned { policy: policy? },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::AccountId;

    fn read(call: &str, parameters: &str) -> Option<RoleChange> {
        let home = Home {
            partition: "aws".to_owned(),
            account: AccountId::parse("111122223333").unwrap(),
            region: "eu-west-1".to_owned(),
        };
        let raw = RawValue::from_string(parameters.to_owned()).unwrap();
        change(call, Some(&raw), &home)
    }

    #[test]
    fn a_version_that_is_not_the_default_one_changes_nothing() {
        let version = |default: &str| {
            let policy = r#""policyArn":"arn:aws:iam::111122223333:policy/a""#;
            read("CreatePolicyVersion", &format!("{{{policy}{default}}}"))
        };
        assert!(matches!(version(r#","setAsDefault":true"#), Some(RoleChange::Versioned { .. })));
        assert_eq!(version(r#","setAsDefault":false"#), None);
        assert_eq!(version(""), None);
    }

    #[test]
    fn a_call_whose_parameters_are_left_out_changed_some_role() {
        let omitted = r#"{"omitted":true,"originalSize":120000,"reason":"too large"}"#;
        for (call, wanted) in [
            ("PutRolePolicy", false),
            ("CreatePolicyVersion", false),
            ("UpdateAssumeRolePolicy", true),
        ] {
            for parameters in [omitted, "null", "[]"] {
                let Some(RoleChange::Hidden { account, trust }) = read(call, parameters) else {
                    panic!("{call} {parameters}")
                };
                assert_eq!(account.to_string(), "arn:aws:iam::111122223333:root");
                assert_eq!(trust, wanted, "{call}");
            }
        }
        assert_eq!(read("CreateUser", omitted), None);
    }

    #[test]
    fn a_role_is_named_without_its_path() {
        let parameters = r#"{"roleName":"orders","policyName":"work","policyDocument":"{}"}"#;
        let Some(RoleChange::Written { role, name, shown }) = read("PutRolePolicy", parameters)
        else {
            panic!("an inline policy")
        };
        assert_eq!(role.to_string(), "arn:aws:iam::111122223333:role/orders");
        assert_eq!((name.as_str(), shown.as_deref()), ("work", Some("{}")));
    }
}
