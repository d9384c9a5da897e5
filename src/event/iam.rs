//! What a call of IAM was made on, and the identity policy it changed. A user, role or group is named
//! without its path, because a call does not tell it, unless the answer does.
//! Refuses nothing: what a call does not tell is left out, and the controls say what that means.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html>

use crate::resource::{Arn, Home, IdentityPolicy, ResourceError};
use serde::Deserialize;
use serde_json::value::RawValue;

/// What a call of IAM was made on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IamTarget {
    /// The user, role, group or managed policy; the account's root where that is not told.
    pub on: Arn,
    /// Whether it is told.
    pub is_told: bool,
    /// The identity policy that counts from this call on.
    pub policy: Option<IdentityPolicy>,
    /// What the call shows of it.
    pub shown: Option<String>,
    /// The id of the access key that it made.
    pub key: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Parameters {
    user_name: Option<String>,
    role_name: Option<String>,
    group_name: Option<String>,
    policy_arn: Option<String>,
    policy_name: Option<String>,
    policy_document: Option<String>,
    set_as_default: Option<bool>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Answer {
    user: Option<Named>,
    role: Option<Named>,
    group: Option<Named>,
    policy: Option<Named>,
    access_key: Option<AccessKey>,
}

#[derive(Deserialize)]
struct Named {
    arn: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AccessKey {
    user_name: Option<String>,
    access_key_id: Option<String>,
}

/// Reads the parameters and the answer of a call. `caller` is the ARN of whoever made it: without a user's
/// name some calls mean themselves.
pub(super) fn target(
    name: &str,
    parameters: Option<&RawValue>,
    answer: Option<&RawValue>,
    caller: Option<&str>,
    home: &Home,
) -> Result<IamTarget, ResourceError> {
    let asked: Parameters = read(parameters);
    let answered: Answer = read(answer);
    let made = answered.access_key.as_ref();
    let user = asked.user_name.as_deref().or_else(|| made?.user_name.as_deref());
    let told = [&answered.user, &answered.role, &answered.group, &answered.policy];
    let told = told.into_iter().flatten().find_map(|one| Arn::parse(one.arn.as_deref()?).ok());
    let holder = [("user", user), ("role", asked.role_name.as_deref())]
        .into_iter()
        .chain([("group", asked.group_name.as_deref())])
        .find_map(|(kind, name)| Arn::global(home, "iam", &format!("{kind}/{}", name?)).ok());
    let managed = asked.policy_arn.as_deref().and_then(|arn| Arn::parse(arn).ok());
    let itself =
        || caller.and_then(|arn| Arn::parse(arn).ok()).filter(|arn| arn.service() == "iam");
    let inline = |policy: &str| {
        let (holder, name) = (holder.clone()?, policy.to_owned());
        Some(IdentityPolicy::Inline { holder, name })
    };
    let policy = match name {
        "CreatePolicy" => told.clone().map(IdentityPolicy::Managed),
        "CreatePolicyVersion" if asked.set_as_default != Some(true) => None,
        "AttachGroupPolicy"
        | "AttachRolePolicy"
        | "AttachUserPolicy"
        | "CreatePolicyVersion"
        | "SetDefaultPolicyVersion" => managed.clone().map(IdentityPolicy::Managed),
        "PutGroupPolicy" | "PutRolePolicy" | "PutUserPolicy" => {
            asked.policy_name.as_deref().and_then(inline)
        }
        _ => None,
    };
    let on = told.or(holder).or(managed);
    let on = if name == "CreateAccessKey" { on.or_else(itself) } else { on };
    Ok(IamTarget {
        is_told: on.is_some(),
        on: on.map_or_else(|| Arn::global(home, "iam", "root"), Ok)?,
        policy,
        shown: asked.policy_document,
        key: answered.access_key.and_then(|key| key.access_key_id),
    })
}

/// What does not read as it should tells nothing.
fn read<'a, T: Deserialize<'a> + Default>(raw: Option<&'a RawValue>) -> T {
    raw.and_then(|raw| serde_json::from_str::<Option<T>>(raw.get()).ok().flatten())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::AccountId;

    fn told(name: &str, parameters: &str, answer: &str) -> IamTarget {
        let home = Home {
            partition: "aws".to_owned(),
            account: AccountId::parse("111122223333").unwrap(),
            region: "eu-west-1".to_owned(),
        };
        let raw = |text: &str| RawValue::from_string(text.to_owned()).unwrap();
        let caller = Some("arn:aws:iam::111122223333:user/maria");
        target(name, Some(&raw(parameters)), Some(&raw(answer)), caller, &home).unwrap()
    }

    #[test]
    fn a_call_is_on_what_it_names_and_on_the_caller_where_it_names_nobody() {
        for (name, parameters, answer, want) in [
            (
                "CreateUser",
                r#"{"userName":"a"}"#,
                r#"{"user":{"arn":"arn:aws:iam::111122223333:user/p/a"}}"#,
                "user/p/a",
            ),
            ("CreateLoginProfile", r#"{"userName":"a"}"#, "null", "user/a"),
            (
                "CreateAccessKey",
                "null",
                r#"{"accessKey":{"userName":"b","accessKeyId":"AKIA"}}"#,
                "user/b",
            ),
            ("CreateAccessKey", "null", "null", "user/maria"),
            (
                "AttachRolePolicy",
                r#"{"roleName":"r","policyArn":"arn:aws:iam::aws:policy/A"}"#,
                "null",
                "role/r",
            ),
            (
                "SetDefaultPolicyVersion",
                r#"{"policyArn":"arn:aws:iam::111122223333:policy/A"}"#,
                "null",
                "policy/A",
            ),
        ] {
            let told = told(name, parameters, answer);
            assert_eq!((told.on.resource(), told.is_told), (want, true), "{name}");
        }
        let omitted = r#"{"omitted":true,"reason":"requestParameters too large"}"#;
        let told = told("PutRolePolicy", omitted, "null");
        assert_eq!((told.on.resource(), told.is_told, told.policy), ("root", false, None));
    }

    #[test]
    fn a_policy_counts_once_it_is_in_force() {
        let version = |default: &str| {
            let parameters =
                format!(r#"{{"policyArn":"arn:aws:iam::111122223333:policy/A"{default}}}"#);
            told("CreatePolicyVersion", &parameters, "null").policy
        };
        assert!(version(r#","setAsDefault":true"#).is_some());
        assert_eq!(version(r#","setAsDefault":false"#), None);
        assert_eq!(version(""), None);
        let inline = told("PutRolePolicy", r#"{"roleName":"r","policyName":"p"}"#, "null").policy;
        assert_eq!(
            inline.map(|one| one.to_string()).as_deref(),
            Some("`p` of arn:aws:iam::111122223333:role/r")
        );
    }
}
