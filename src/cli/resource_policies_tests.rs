//! What a policy hangs on, and the forms in which policies are read.

use super::*;

fn account() -> AccountId {
    AccountId::parse("111122223333").unwrap()
}

/// A policy with one statement for each resource.
fn naming(resources: &[&str]) -> Document {
    let statements: Vec<String> = resources
        .iter()
        .map(|resource| {
            format!(
                r#"{{"Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction","Resource":"{resource}"}}"#
            )
        })
        .collect();
    Document::parse(&format!(r#"{{"Statement":[{}]}}"#, statements.join(","))).unwrap()
}

#[test]
fn a_policy_hangs_on_the_first_function_of_the_account_that_it_names() {
    for (resources, want, doubt) in [
        (
            &["arn:aws:lambda:eu-west-1:111122223333:function:f"][..],
            "eu-west-1:111122223333:function:f",
            "",
        ),
        (
            &["*", "arn:aws:lambda:eu-west-1:111122223333:function:f:live"],
            "eu-west-1:111122223333:function:f:live",
            "",
        ),
        (
            &[
                "arn:aws:lambda:eu-west-1:111122223333:function:f",
                "arn:aws:lambda:eu-west-1:111122223333:function:g",
            ],
            "eu-west-1:111122223333:function:f",
            "function:g",
        ),
        (
            &[
                "arn:aws:lambda:eu-west-1:444455556666:function:g",
                "arn:aws:lambda:eu-west-1:111122223333:function:f",
            ],
            "eu-west-1:111122223333:function:f",
            "function:g",
        ),
        (
            &["arn:aws:lambda:eu-west-1:444455556666:function:g"],
            "us-east-1:111122223333:function:function",
            "check --account",
        ),
        (&["*"], "us-east-1:111122223333:function:function", "--function"),
        (
            &["arn:aws:lambda:eu-west-1:111122223333:function:orders-*"],
            "eu-west-1:111122223333:function:orders-x",
            "--function",
        ),
        (
            &["arn:aws:lambda:*:*:function:*:*"],
            "us-east-1:111122223333:function:function:x",
            "--function",
        ),
        (
            &["arn:aws:lambda:eu-west-1:444455556666:function:*"],
            "us-east-1:111122223333:function:function",
            "--function",
        ),
        (
            &["arn:aws:lambda:eu-west-1:111122223333:layer:f"],
            "us-east-1:111122223333:function:function",
            "--function",
        ),
        (
            &["arn:aws:lambda:eu-west-1:111122223333:function:*:a:b"],
            "us-east-1:111122223333:function:function",
            "--function",
        ),
    ] {
        let (resource, said) = hung_on(&naming(resources), &account()).unwrap();
        assert_eq!(resource.to_string(), format!("arn:aws:lambda:{want}"), "{resources:?}");
        assert_eq!(said.is_some(), !doubt.is_empty(), "{resources:?}: {said:?}");
        assert!(said.unwrap_or_default().contains(doubt), "{resources:?}");
    }
}

#[test]
fn a_stand_in_lives_in_the_partition_that_the_patterns_name() {
    let (resource, _) =
        hung_on(&naming(&["arn:aws-cn:lambda:cn-north-1:111122223333:function:*"]), &account())
            .unwrap();
    assert_eq!(resource.to_string(), "arn:aws-cn:lambda:cn-north-1:111122223333:function:function");
}

#[test]
fn a_policy_is_read_bare_or_as_the_aws_cli_prints_it() {
    let bare = naming(&["*"]).raw().to_owned();
    let quoted = serde_json::to_string(&bare).unwrap();
    for text in [
        bare.clone(),
        format!(" \n{bare}\n"),
        quoted.clone(),
        format!(r#"{{"Policy":{quoted},"RevisionId":"1"}}"#),
        format!(r#"{{"RevisionId":"1","Policy":{quoted}}}"#),
        format!(r#"{{"RevisionId":"1","Policy":{bare}}}"#),
    ] {
        assert_eq!(policy(&text).unwrap().statements(), naming(&["*"]).statements(), "{text}");
    }
}

#[test]
fn what_is_not_a_policy_is_told_with_its_place() {
    for (text, want) in [
        ("", "not JSON"),
        ("None", "not JSON"),
        (r#"{"Statement":[}"#, "line 1 column 15"),
        ("[]", "`document` should be an object"),
        ("{}", "`Statement` should be present"),
        (r#"{"Policy":{}}"#, "in `Policy`: `Statement` should be present"),
        (r#"{"Policy":"{}"}"#, "in `Policy`: `Statement` should be present"),
        (r#""{}""#, "`Statement` should be present"),
        (
            r#"{"Policy":"{\"Statement\":[{\"Effect\":\"Alow\"}]}"}"#,
            "in `Policy`: `Statement[0].Effect`",
        ),
        (r#"{"Policy":null}"#, "in `Policy`: `document` should be an object"),
        (r#"{"Policy":"oops"}"#, "in `Policy`: `document` should be JSON"),
        // An answer has one policy and no statements: nothing is chosen between the two.
        (r#"{"Policy":"{\"Statement\":[]}","Policy":"{\"Statement\":[]}"}"#, "written once"),
        (r#"{"Policy":"{\"Statement\":[]}","Statement":[{}]}"#, "`Statement[0]."),
    ] {
        let problem = policy(text).unwrap_err();
        assert!(problem.contains(want), "{text}: {problem}");
    }
}
