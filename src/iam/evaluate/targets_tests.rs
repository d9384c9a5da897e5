//! Actions and resources: wildcards, colons, negation and variables.

use super::*;
use crate::iam::document::Document;
use serde_json::{Value, json};

const F: &str = "arn:aws:lambda:eu-west-1:111122223333:function:web";
const ALIAS: &str = "arn:aws:lambda:eu-west-1:111122223333:function:web:live";

fn names(version: &str, element: Value, resource: &str, held: &[(&str, &str)]) -> Option<bool> {
    let mut statement = json!({"Effect": "Allow", "Principal": "*", "Action": "*"});
    let more = element.as_object().unwrap().clone();
    statement.as_object_mut().unwrap().extend(more);
    let text = json!({"Version": version, "Statement": statement}).to_string();
    let document = Document::parse(&text).unwrap();
    let lookup = |name: &str| {
        let found = held.iter().find(|(key, _)| *key == name);
        found.map_or(Held::Absent, |(_, value)| {
            if *value == "?unsure" { Held::Unsure } else { Held::One(value) }
        })
    };
    names_resource(&document.statements()[0], resource, &lookup)
}

fn of(pattern: &str, resource: &str) -> Option<bool> {
    let positive = names("2012-10-17", json!({"Resource": pattern}), resource, &[]);
    let negative = names("2012-10-17", json!({"NotResource": pattern}), resource, &[]);
    assert_eq!(negative, positive.map(|named| !named), "{pattern}");
    positive
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html#reference_policies_elements_resource_wildcards>
#[test]
fn a_wildcard_crosses_a_colon_certainly_only_at_the_end_of_its_segment() {
    for (pattern, resource, want) in [
        ("*", F, Some(true)),
        (F, F, Some(true)),
        (F, ALIAS, Some(false)),
        ("arn:aws:lambda:eu-west-1:111122223333:function:WEB", F, Some(false)),
        ("arn:aws:lambda:*:*:function:*", F, Some(true)),
        ("arn:aws:lambda:*:*:function:w?b", F, Some(true)),
        ("arn:*:lambda:eu-*-1:1111*:function:w*", F, Some(true)),
        ("arn:aws:lambda:*", F, Some(true)),
        ("arn:aws:lambda:eu-*", F, Some(true)),
        ("arn:aws:lambda:*:function:web", F, Some(true)),
        ("arn:aws:lambda:*:function:*", ALIAS, Some(true)),
        ("arn:aws:lambda:*:*:function:web:l*", ALIAS, Some(true)),
        ("arn:aws:lambda:*:web*", ALIAS, Some(true)),
        ("arn:aws:lambda:*live", ALIAS, None),
        ("arn:aws:lambda:eu*1:111122223333:function:web", F, Some(true)),
        ("arn:aws:lambda:eu*3:function:web", F, None),
        ("arn:aws:lambda:*:*:f*n:live", "arn:aws:lambda:r:1:function:main:live", None),
        ("arn:aws:lambda:eu-west-1:111122223333:function:w*live", ALIAS, None),
        ("arn:aws:lambda:eu-west-1:111122223333:function:web?live", ALIAS, None),
        ("arn:aws:lambda:eu-west-1:111122223333:function:w*s", F, Some(false)),
        // "You can't use a wildcard in the service segment."
        ("arn:aws:*:eu-west-1:111122223333:function:web", F, None),
        ("arn:aws:lamb*:*", F, None),
        ("arn:aws:*", F, None),
        ("arn:*", F, None),
        ("*:function:web", F, None),
        ("*web", F, None),
        ("arn:*:eu-west-1:111122223333:function:web", F, None),
        ("arn:aws:s3:::*", F, Some(false)),
        ("web", F, Some(false)),
        ("", F, Some(false)),
        ("*", "web", Some(true)),
        ("w*", "web", None),
    ] {
        assert_eq!(of(pattern, resource), want, "{pattern} {resource}");
    }
}

#[test]
fn one_of_several_resources_is_enough_and_none_at_all_means_the_policys_own() {
    let only = |list: Value| names("2012-10-17", json!({"Resource": list}), F, &[]);
    assert_eq!(only(json!(["arn:aws:s3:::b", F])), Some(true));
    assert_eq!(only(json!(["arn:aws:*", F])), Some(true));
    assert_eq!(only(json!(["arn:aws:*", "b"])), None);
    assert_eq!(names("2012-10-17", json!({}), F, &[]), Some(true));
    assert_eq!(names("2012-10-17", json!({"NotResource": ["b", F]}), F, &[]), Some(false));
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-resourceelement>
#[test]
fn variables_stand_behind_the_fifth_colon_only() {
    let start = "arn:aws:lambda:eu-west-1:111122223333:function:";
    let held = [("aws:principaltag/team", "web"), ("aws:wild", "*"), ("aws:unsure", "?unsure")];
    for (pattern, want) in [
        (format!("{start}${{aws:PrincipalTag/team}}"), Some(true)),
        (format!("{start}${{aws:PrincipalTag/team}}*"), Some(true)),
        (format!("{start}x${{aws:PrincipalTag/team}}"), Some(false)),
        (format!("{start}${{aws:none, 'web'}}"), Some(true)),
        // "Will not match any resource."
        (format!("{start}${{aws:none}}"), Some(false)),
        (format!("{start}*${{aws:none}}"), Some(false)),
        (format!("{start}${{aws:wild}}"), None),
        (format!("{start}${{aws:unsure}}"), None),
        (format!("{start}${{*}}"), Some(false)),
        ("arn:aws:lambda:eu-west-1:${aws:account}:function:web".to_owned(), None),
        ("${aws:PrincipalTag/team}".to_owned(), None),
    ] {
        let got = names("2012-10-17", json!({"Resource": pattern}), F, &held);
        assert_eq!(got, want, "{pattern}");
        let got = names("2012-10-17", json!({"NotResource": pattern}), F, &held);
        assert_eq!(got, want.map(|named| !named), "{pattern}");
        let literal = names("2008-10-17", json!({"Resource": pattern}), F, &held);
        assert_eq!(literal, Some(false), "{pattern}");
    }
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>
#[test]
fn actions_are_compared_without_case_and_wildcards_stand_anywhere() {
    for (pattern, want) in [
        ("*", true),
        ("lambda:*", true),
        ("Lambda:invokefunction", true),
        ("LAMBDA:INVOKE*", true),
        ("lambda:*Function", true),
        ("lambda:Invoke????tion", true),
        ("lambda:InvokeFunctionUrl", false),
        ("lambda:Invoke", false),
        ("s3:*", false),
        ("${aws:action}", false),
    ] {
        let list = vec!["s3:GetObject".to_owned(), pattern.to_owned()];
        let named = |names: Names| names_action(&names, "lambda:InvokeFunction");
        assert_eq!(named(Names::Only(list.clone())), want, "{pattern}");
        assert_eq!(named(Names::AllBut(list)), !want, "{pattern}");
    }
}

#[test]
fn a_hostile_pattern_takes_no_longer_than_its_length_allows() {
    let pattern = format!("arn:aws:lambda:{}", "*a".repeat(10_000));
    let resource = format!("arn:aws:lambda:{}", "a".repeat(1_000));
    assert_eq!(of(&pattern, &resource), Some(false));
    let pattern = format!("arn:aws:lambda:{}x", "*:".repeat(5_000));
    let resource = format!("arn:aws:lambda:{}", "a:".repeat(500));
    assert_eq!(of(&pattern, &resource), Some(false));
}

#[test]
fn one_pattern_includes_another_only_segment_by_segment() {
    for (outer, inner, want) in [
        ("*", "anything", true),
        ("*", "arn:aws:s3:::*", true),
        ("anything", "anything", true),
        ("arn:aws:s3:::a/*", "arn:aws:s3:::a/b*", true),
        ("arn:*:s3:::a*", "arn:aws:s3:::a/*", true),
        ("arn:aws:lambda:*:*:function:*", F, true),
        ("arn:aws:lambda:*", "arn:aws:lambda:*:*:function:*", true),
        ("arn:aws:lambda:*:function:*", F, true),
        ("arn:aws:s3:::a/b*", "arn:aws:s3:::a/*", false),
        ("arn:aws:s3:::*", "*", false),
        ("arn:aws:s3:::?", "arn:aws:s3:::*", false),
        ("arn:aws:*:::a", "arn:aws:s3:::a", false),
        ("arn:aws:lambda:*:*:function:*d", "arn:aws:lambda:*:*:function:a:bd", false),
        ("arn:aws:lambda:eu-west-1:*:*", "arn:aws:lambda:*:*:*", false),
        ("arn*:aws:s3:::*", "arn:aws:s3:::a", false),
        ("a*", "ab", false),
    ] {
        assert_eq!(includes(outer, inner), want, "{outer} {inner}");
    }
}

proptest::proptest! {
    #[test]
    fn what_an_included_pattern_names_the_other_names(
        outer in "(arn:aws:s3:)?[ab:*?/]{0,9}", inner in "(arn:aws:s3:)?[ab:*?/]{0,9}", resource in "(arn:aws:s3:)?[ab:/]{0,9}",
    ) {
        if includes(&outer, &inner) && holds(&inner, &resource) == Some(true) {
            proptest::prop_assert_eq!(holds(&outer, &resource), Some(true), "{} {}", outer, inner);
        }
    }
}
