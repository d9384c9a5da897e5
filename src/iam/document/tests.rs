//! Every form AWS accepts is read, everything else is refused with its place.

use super::*;
use serde_json::{Value, json};

#[path = "properties.rs"]
mod properties;

fn parse(value: &Value) -> Result<Document, DocumentError> {
    Document::parse(&value.to_string())
}

fn statement() -> Value {
    json!({"Effect": "Allow", "Principal": "*", "Action": "lambda:*", "Resource": "*"})
}

#[test]
fn a_single_statement_may_stand_without_a_list_and_strings_without_theirs() {
    let single = parse(&json!({"Version": "2012-10-17", "Statement": statement()})).unwrap();
    let list = parse(&json!({"Version": "2012-10-17", "Statement": [statement()]})).unwrap();
    assert_eq!(single.statements(), list.statements());
    let [only] = single.statements() else { panic!("one statement") };
    assert_eq!(only.principals, [Principal::Anyone]);
    assert_eq!(only.actions, Names::Only(vec!["lambda:*".to_owned()]));
    assert_eq!(only.sid, None);
}

#[test]
fn every_type_of_principal_is_kept_in_order() {
    let mut one = statement();
    one["Principal"] = json!({
        "AWS": ["111122223333", "*", "AROAEXAMPLEEXAMPLE123"],
        "Service": "s3.amazonaws.com", "Federated": "f", "CanonicalUser": "c",
    });
    let document = parse(&json!({"Statement": one})).unwrap();
    assert_eq!(
        document.statements()[0].principals,
        [
            Principal::Aws("111122223333".to_owned()),
            Principal::Anyone,
            Principal::Dead("AROAEXAMPLEEXAMPLE123".to_owned()),
            Principal::Service("s3.amazonaws.com".to_owned()),
            Principal::Federated("f".to_owned()),
            Principal::Other { kind: "CanonicalUser".to_owned(), value: "c".to_owned() },
        ]
    );
}

#[test]
fn the_negated_elements_are_read() {
    let text = json!({"Statement": {"Effect": "Deny", "NotPrincipal": {"AWS": "111122223333"},
        "NotAction": ["a:b"], "NotResource": "*"}});
    let document = parse(&text).unwrap();
    let one = &document.statements()[0];
    assert_eq!(one.principals, [Principal::NotListed]);
    assert_eq!(one.not_principals, [Principal::Aws("111122223333".to_owned())]);
    assert_eq!(one.actions, Names::AllBut(vec!["a:b".to_owned()]));
    assert_eq!(one.resources, Some(Names::AllBut(vec!["*".to_owned()])));
}

#[test]
fn elements_that_are_not_known_are_remembered() {
    let mut one = statement();
    one["Extra"] = json!({"any": ["thing"]});
    let document = parse(&json!({"Version": "2099-01-01", "Statement": one, "More": null}));
    assert_eq!(document.unwrap().statements()[0].unknown_elements, ["Extra", "Version", "More"]);
}

#[test]
fn errors_name_the_place_and_what_was_expected() {
    let with = |key: &str, value: Value| {
        let mut one = statement();
        one[key] = value;
        json!({"Statement": [statement(), one]})
    };
    let without = |key: &str| {
        let mut one = statement();
        one.as_object_mut().unwrap().remove(key);
        json!({"Statement": [one]})
    };
    for (text, want) in [
        (json!([]), "`document` should be an object"),
        (json!({}), "`Statement` should be present"),
        (json!({"Statement": null}), "`Statement` should be an object or a list of objects"),
        (json!({"Statement": ["x"]}), "`Statement[0]` should be an object"),
        (without("Effect"), "`Statement[0].Effect` should be present"),
        (without("Principal"), "`Statement[0].Principal` should be present"),
        (without("Action"), "`Statement[0].Action` should be present"),
        (with("Effect", json!("allow")), "`Statement[1].Effect` should be `Allow` or `Deny`"),
        (
            with("Principal", json!(["*"])),
            "`Statement[1].Principal` should be `*` or an object of principal types",
        ),
        (with("Principal", json!({})), "`Statement[1].Principal` should be at least one principal"),
        (
            with("Principal", json!({"AWS": null})),
            "`Statement[1].Principal.AWS` should be a string or a list of strings",
        ),
        (
            with("Principal", json!({"AWS": []})),
            "`Statement[1].Principal.AWS` should be a string or a list of strings",
        ),
        (
            with("Action", json!([1])),
            "`Statement[1].Action` should be a string or a list of strings",
        ),
        (
            with("NotAction", json!("a:b")),
            "`Statement[1].NotAction` should be without its negated twin",
        ),
        (with("Sid", json!(null)), "`Statement[1].Sid` should be a string"),
        (with("Condition", json!([])), "`Statement[1].Condition` should be an object of operators"),
        (
            with("Condition", json!({"Bool": {"k": null}})),
            "`Statement[1].Condition.Bool.k` should be a string, a number, a boolean or a list of them",
        ),
    ] {
        assert_eq!(parse(&text).unwrap_err().to_string(), want);
    }
    assert_eq!(Document::parse("").unwrap_err().to_string(), "`document` should be JSON");
    let marked = format!("\u{feff}{}", json!({"Statement": statement()}));
    let error = Document::parse(&marked).unwrap_err().to_string();
    assert_eq!(error, "`document` should be without a byte order mark");
    let twice = r#"{"Statement":[{"Effect":"Deny","Effect":"Allow"}]}"#;
    let error = Document::parse(twice).unwrap_err().to_string();
    assert_eq!(error, "`Statement[0].Effect` should be written once");
    for (text, place) in [
        (r#"{"Statement":[{"Extra":{"a":[{"b":1,"b":2}]}}]}"#, "Statement[0].Extra.a[0].b"),
        (r#"{"More":{"a":1,"a":2},"Statement":[]}"#, "More.a"),
        (
            r#"{"Statement":[{"Condition":{"Bool":{"k":1,"k":1}}}]}"#,
            "Statement[0].Condition.Bool.k",
        ),
        (r#"{"Statement":[{"Principal":{"AWS":"*","AWS":"*"}}]}"#, "Statement[0].Principal.AWS"),
    ] {
        let error = Document::parse(text).unwrap_err().to_string();
        assert_eq!(error, format!("`{place}` should be written once"));
    }
}

#[test]
fn element_names_have_a_case() {
    let text = json!({"Statement": [{"effect": "Allow", "Principal": "*", "Action": "a", "Resource": "*"}]});
    assert!(parse(&text).is_err());
}

#[test]
fn an_error_never_repeats_more_than_eighty_characters_of_the_document() {
    let key = "k".repeat(5000);
    let mut one = statement();
    one["Condition"] = json!({key: 1});
    let error = parse(&json!({"Statement": one})).unwrap_err().to_string();
    assert!(error.matches('k').count() <= 80, "{error}");
}

#[test]
fn every_optional_element_may_be_left_out_and_white_space_stand_anywhere() {
    let least =
        r#"{"Statement":{"Effect":"Deny","Principal":{"AWS":"111122223333"},"Action":"*"}}"#;
    let document = Document::parse(least).unwrap();
    let one = &document.statements()[0];
    assert_eq!((&one.sid, &one.resources, one.variables), (&None, &None, false));
    let spaced = format!(" \t\r\n{}\n", least.replace(',', " ,\n").replace('}', " }\t"));
    let document = Document::parse(&spaced).unwrap();
    assert_eq!(document.raw(), spaced);
    assert_eq!(document.compact(), least);
    assert_eq!(Document::parse(r#"{"Statement":[]}"#).unwrap().statements(), []);
    let mut one = statement();
    one["Sid"] = json!("");
    assert!(parse(&json!({"Id": "", "Version": "2008-10-17", "Statement": [one]})).is_ok());
}

#[test]
fn a_condition_holds_strings_numbers_and_booleans_alone_or_in_lists() {
    let mut one = statement();
    one["Condition"] = json!({"Bool": {"a:b": true}, "NumericEquals": {"a:c": [1.5, "2"]},
        "StringEquals": {"a:d": "x", "a:e": []}});
    let document = parse(&json!({"Statement": one})).unwrap();
    let values: Vec<_> =
        document.statements()[0].conditions.iter().map(|c| c.values.join(" ")).collect();
    assert_eq!(values, ["true", "1.5 2", "x", ""]);
}

#[test]
fn the_policy_of_an_identity_names_resources_and_no_principals() {
    let identity = |one: Value| {
        IdentityDocument::parse(&json!({"Version": "2012-10-17", "Statement": [one]}).to_string())
    };
    let fine = identity(json!({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})).unwrap();
    assert_eq!(fine.statements()[0].principals, []);
    for (one, want) in [
        (statement(), "`Statement[0].Principal` should be absent from the policy of an identity"),
        (
            json!({"Effect": "Allow", "NotPrincipal": "*", "Action": "*", "Resource": "*"}),
            "`Statement[0].NotPrincipal` should be absent from the policy of an identity",
        ),
        (json!({"Effect": "Allow", "Action": "*"}), "`Statement[0].Resource` should be present"),
    ] {
        assert_eq!(identity(one).unwrap_err().to_string(), want);
    }
}
