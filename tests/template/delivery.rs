//! The template against the delivery of the control policy: each kind of address gives the role what
//! reading it needs, on that one thing, and none gives it nothing.
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html>

use super::{properties, template};
use cordon::delivery::PolicyUri;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The policy of each kind, its condition, and an address of the kind.
const KINDS: [(&str, &str, &str); 3] = [
    ("ReadPolicyParameter", "PolicyIsParameter", "ssm:/cordon/policy"),
    ("ReadPolicyConfiguration", "PolicyIsConfiguration", "appconfig:abc1234/def5678/ghi9012"),
    ("ReadPolicyObject", "PolicyIsObject", "s3://cordon-policies/eu/policy.json"),
];

/// The resources that give the role more than it has by itself.
fn attached() -> BTreeSet<String> {
    let template = template();
    let resources = template["Resources"].as_object().expect("resources").iter();
    let attached = resources.filter(|(_, resource)| {
        let roles = resource["Properties"]["Roles"].as_array();
        roles.is_some_and(|roles| roles.contains(&json!("CordonRole")))
    });
    attached.map(|(id, _)| id.clone()).collect()
}

#[test]
fn the_role_may_read_a_control_policy_only_where_one_is_delivered_by_an_address_of_that_kind() {
    let mut expected: BTreeSet<String> = KINDS.map(|(id, _, _)| id.to_owned()).into();
    let others = ["DeactivatesAccessKeysPolicy", "NeverItself", "RestoresRolesPolicy"];
    expected.extend(others.map(str::to_owned));
    assert_eq!(attached(), expected);
    for (id, condition, uri) in KINDS {
        let template = template();
        assert_eq!(template["Resources"][id]["Condition"], condition);
        let kind = uri.split(':').next().expect("a kind");
        let first = json!([0, [":", "PolicyUri"]]);
        assert_eq!(template["Conditions"][condition], json!([first, kind]));
    }
    assert_eq!(template()["Parameters"]["PolicyUri"]["Default"], "");
}

#[test]
fn it_may_do_what_reading_needs_and_nothing_more_on_that_one_thing() {
    for ((id, _, uri), resource) in KINDS.into_iter().zip([
        "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/cordon/policy",
        "arn:${AWS::Partition}:appconfig:${AWS::Region}:${AWS::AccountId}:application/abc1234\
         /environment/def5678/configuration/ghi9012",
        "arn:${AWS::Partition}:s3:::cordon-policies/eu/policy.json",
    ]) {
        let statements = properties(&template(), id)["PolicyDocument"]["Statement"].clone();
        let [statement] = statements.as_array().expect("statements").as_slice() else {
            panic!("{id}: one statement")
        };
        let actions = match &statement["Action"] {
            Value::Array(actions) => actions.clone(),
            action => vec![action.clone()],
        };
        let needed = PolicyUri::parse(uri).expect("an address");
        assert_eq!(json!(actions), json!(needed.permissions()), "{id}");
        assert_eq!(statement["Effect"], "Allow", "{id}");
        assert_eq!(substituted(&statement["Resource"], uri), resource, "{id}");
    }
    let object = properties(&template(), "ReadPolicyObject");
    let condition = &object["PolicyDocument"]["Statement"][0]["Condition"];
    assert_eq!(*condition, json!({ "StringEquals": { "s3:ResourceAccount": "AWS::AccountId" } }));
}

/// `!Sub [text, {name: value}]`, where values are made of `!Select`, `!Split` and `!Ref PolicyUri`.
fn substituted(value: &Value, uri: &str) -> String {
    let [text, names] = value.as_array().expect("a text and names").as_slice() else {
        panic!("{value}")
    };
    let mut text = text.as_str().expect("a text").to_owned();
    for (name, value) in names.as_object().expect("names") {
        text = text.replace(&format!("${{{name}}}"), &selected(value, uri));
    }
    text
}

fn selected(value: &Value, uri: &str) -> String {
    match value {
        Value::String(reference) => {
            assert_eq!(reference, "PolicyUri");
            uri.to_owned()
        }
        select => {
            let index = select[0].as_u64().and_then(|index| usize::try_from(index).ok());
            let (separator, text) = (&select[1][0], selected(&select[1][1], uri));
            let mut parts = text.split(separator.as_str().expect("a separator"));
            parts.nth(index.expect("an index")).expect("a part").to_owned()
        }
    }
}

/// The function would not start with what the template lets through, so that only lengths and levels of
/// dots are left to it.
#[test]
fn the_parameters_pattern_is_that_of_the_function() {
    let template = template();
    let pattern = template["Parameters"]["PolicyUri"]["AllowedPattern"].as_str().expect("one");
    let pattern = regex_lite::Regex::new(pattern).expect("a regular expression");
    for (_, _, uri) in KINDS {
        assert!(pattern.is_match(uri), "{uri}");
    }
    for uri in [
        "ssm:policy",
        "ssm:/",
        "ssm:/a*",
        "ssm:/a//b",
        "appconfig:cordon/production/policy",
        "appconfig:abc1234/def5678",
        "s3://bucket",
        "s3://bucket/",
        "s3://bucket/*",
        "s3://my.bucket/key",
        "s3://bucket/a//b",
        "https://example.com/policy.json",
    ] {
        assert!(!pattern.is_match(uri), "{uri}");
        assert!(PolicyUri::parse(uri).is_err(), "{uri}");
    }
}
