//! What AWS Config recorded.

use super::*;
use crate::{history::Item, resource::IdentityPolicy};
use time::macros::datetime;

fn take(history: &mut History, item: &str) {
    history.take(&serde_json::from_str::<Item<'_>>(item).unwrap());
}

const FUNCTION: &str = r#"{"resourceType":"AWS::Lambda::Function","ARN":"arn:aws:lambda:eu-west-1:111122223333:function:f",
    "configurationItemStatus":"OK","configurationItemCaptureTime":"2026-11-28T01:02:03.456Z","resourceId":"f","tags":{"a":"b"},
    "configuration":{"functionName":"f","functionArn":"arn:aws:lambda:eu-west-1:111122223333:function:f","runtime":"nodejs22.x",
    "role":"arn:aws:iam::111122223333:role/p/r","handler":"i.h","codeSha256":"c","version":"$LATEST","layers":[],
    "vpcConfig":{"subnetIds":[],"securityGroupIds":[]}},
    "supplementaryConfiguration":{"Policy":"\"{\\\"Statement\\\":[{\\\"Sid\\\":\\\"a\\\",\\\"Effect\\\":\\\"Allow\\\",\\\"Principal\\\":\\\"*\\\",\\\"Action\\\":\\\"lambda:InvokeFunction\\\"}]}\""}}"#;
const ROLE: &str = r#"{"resourceType":"AWS::IAM::Role","ARN":"arn:aws:iam::111122223333:role/p/r","configurationItemStatus":"ResourceDiscovered",
    "configuration":{"arn":"arn:aws:iam::111122223333:role/p/r","roleName":"r","assumeRolePolicyDocument":"%7B%22t%22%3A1%7D",
    "rolePolicyList":[{"policyName":"i","policyDocument":"%7B%22a%22%3A1%7D"}],
    "attachedManagedPolicies":[{"policyName":"own","policyArn":"arn:aws:iam::111122223333:policy/own"}],"permissionsBoundary":null}}"#;
const POLICY: &str = r#"{"resourceType":"AWS::IAM::Policy","ARN":"arn:aws:iam::111122223333:policy/own","configurationItemStatus":"OK",
    "configuration":{"policyName":"own","defaultVersionId":"v3","policyVersionList":[
    {"versionId":"v3","isDefaultVersion":true,"document":"%7B%22v%22%3A3%7D"}]}}"#;
const USER: &str = r#"{"resourceType":"AWS::IAM::User","ARN":"arn:aws:iam::111122223333:user/u","configurationItemStatus":"OK",
    "configuration":{"arn":"arn:aws:iam::111122223333:user/u","userName":"u","userPolicyList":[{"policyName":"i","policyDocument":"%7B%7D"}]}}"#;

fn deleted(item: &str) -> String {
    let status = r#""configurationItemStatus":"ResourceDeleted""#;
    item.replace(r#""configurationItemStatus":"OK""#, status)
        .replace(r#""configurationItemStatus":"ResourceDiscovered""#, status)
}

#[test]
fn a_function_is_what_was_recorded_and_was_not_made_by_that() {
    let mut history = History::default();
    take(&mut history, FUNCTION);
    let live = history.function(&function()).unwrap().unwrap();
    assert_eq!((live.runtime.as_deref(), live.hides_environment), (Some("nodejs22.x"), true));
    assert_eq!(live.tags.unwrap().len(), 1);
    let policy = history.policy(&resource(None)).unwrap().unwrap();
    assert_eq!(policy.document.unwrap().statements().len(), 1);
    assert!(history.known(Read::EveryPolicy(function())).is_none());
    assert!(history.known(Read::EveryMapping(function())).is_none());
    take(&mut history, &deleted(FUNCTION));
    assert_eq!(history.function(&function()), Some(None));
    let item: Item<'_> = serde_json::from_str(FUNCTION).unwrap();
    assert_eq!(item.at(), Some(datetime!(2026-11-28 01:02:03.456 UTC)));
}

#[test]
fn a_role_is_known_with_its_policies_and_with_the_functions_that_are_known_to_have_it() {
    let mut history = History::default();
    take(&mut history, ROLE);
    assert_eq!(history.role_policies(&role()), None, "what its managed policy says is not known");
    take(&mut history, POLICY);
    let known = history.role_policies(&role()).unwrap().unwrap();
    assert_eq!(known.inline["i"], r#"{"a":1}"#);
    assert_eq!(known.attached.values().next().unwrap().document, r#"{"v":3}"#);
    assert!(history.known(Read::ExecutionRole(role())).is_none(), "any function may have it");
    take(&mut history, FUNCTION);
    let live =
        history.known(Read::ExecutionRole(role())).unwrap().roles.remove("r").unwrap().unwrap();
    assert_eq!((&*live.trust, live.functions.len()), (r#"{"t":1}"#, 1));
    let own = arn("arn:aws:iam::111122223333:policy/own");
    assert!(history.known(Read::ManagedPolicy(own)).is_none(), "others may have it");
    take(&mut history, &deleted(POLICY));
    assert!(history.role_policies(&role()).unwrap().unwrap().attached.is_empty());
    take(&mut history, &deleted(ROLE));
    assert_eq!(history.role_policies(&role()), Some(None));
}

#[test]
fn a_user_is_known_with_its_policies_and_not_with_its_keys() {
    let mut history = History::default();
    take(&mut history, USER);
    let name = arn("arn:aws:iam::111122223333:user/u");
    let inline = IdentityPolicy::Inline { holder: name.clone(), name: "i".to_owned() };
    assert!(history.known(Read::IdentityPolicy(inline)).is_some());
    assert!(history.known(Read::AccessKeys(name.clone())).is_none());
    take(&mut history, &deleted(USER));
    assert_eq!(history.known(Read::AccessKeys(name.clone())).unwrap().access_keys[&name], None);
}

#[test]
fn an_item_may_have_its_configuration_as_text() {
    let whole: serde_json::Value = serde_json::from_str(ROLE).unwrap();
    let mut item = whole.clone();
    item["configuration"] = whole["configuration"].to_string().into();
    let mut history = History::default();
    take(&mut history, &item.to_string());
    take(&mut history, POLICY);
    assert!(history.role_policies(&role()).is_some());
    item["configuration"] = "no text of it".into();
    take(&mut history, &item.to_string());
    assert_eq!(history.role_policies(&role()), None, "it was changed");
}
