//! Every operator on a key that is there, missing, held several times and not known.

use super::*;

#[path = "properties.rs"]
mod properties;
#[path = "comparison_tests.rs"]
mod values;
#[path = "variables_tests.rs"]
mod variables;

fn clause(operator: &str, key: &str, values: &[&str]) -> Clause {
    let values = values.iter().map(|v| (*v).to_owned()).collect();
    Clause::new(operator.to_owned(), key.to_owned(), values)
}

fn with_variables(operator: &str, values: &[&str]) -> Clause {
    Clause { variables: true, ..clause(operator, "aws:x", values) }
}

fn plain(clause: &Clause, held: Held<'_>) -> Option<bool> {
    clause.holds(held, &|_| Held::Unsure)
}

const T: Option<bool> = Some(true);
const F: Option<bool> = Some(false);

/// "If the policy condition requires that the key is not matched and the right key is not present,
/// the condition is true."
#[test]
fn a_missing_key_is_false_unless_the_operator_is_negated_or_asks_if_it_exists() {
    let positive = [
        "StringEquals",
        "StringEqualsIgnoreCase",
        "StringLike",
        "NumericEquals",
        "NumericLessThan",
        "NumericLessThanEquals",
        "NumericGreaterThan",
        "NumericGreaterThanEquals",
        "DateEquals",
        "DateLessThan",
        "DateLessThanEquals",
        "DateGreaterThan",
        "DateGreaterThanEquals",
        "Bool",
        "BinaryEquals",
        "IpAddress",
        "ArnEquals",
        "ArnLike",
    ];
    let negated = [
        "StringNotEquals",
        "StringNotEqualsIgnoreCase",
        "StringNotLike",
        "NumericNotEquals",
        "DateNotEquals",
        "NotIpAddress",
        "ArnNotEquals",
        "ArnNotLike",
    ];
    let absent = |operator: &str| clause(operator, "aws:x", &["1"]).when_absent();
    for (operators, bare) in [(&positive[..], F), (&negated[..], T)] {
        for operator in operators {
            assert_eq!(absent(operator), bare, "{operator}");
            assert_eq!(absent(&format!("{operator}IfExists")), T, "{operator}");
            assert_eq!(absent(&format!("ForAllValues:{operator}")), T, "{operator}");
            assert_eq!(absent(&format!("ForAllValues:{operator}IfExists")), T, "{operator}");
            // "If the key does not exist, the condition returns `false`."
            assert_eq!(absent(&format!("ForAnyValue:{operator}")), F, "{operator}");
            assert_eq!(absent(&format!("ForAnyValue:{operator}IfExists")), None, "{operator}");
        }
    }
    assert_eq!(clause("Null", "aws:x", &["true"]).when_absent(), T);
    assert_eq!(clause("Null", "aws:x", &["false"]).when_absent(), F);
    assert_eq!(clause("Null", "aws:x", &["true", "false"]).when_absent(), None);
    assert_eq!(clause("StringEquals", "aws:x", &[]).when_absent(), None);
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html>
#[test]
fn values_are_alternatives_and_a_negated_operator_wants_none_of_them() {
    let of = |operator: &str, values: &[&str], held: &str| {
        plain(&clause(operator, "aws:x", values), Held::One(held))
    };
    assert_eq!(of("StringEquals", &["finance", "hr", "legal"], "legal"), T);
    assert_eq!(of("StringEquals", &["finance", "hr", "legal"], "sales"), F);
    assert_eq!(of("StringNotEquals", &["finance", "hr"], "hr"), F);
    assert_eq!(of("StringNotEquals", &["finance", "hr"], "legal"), T);
    assert_eq!(of("NumericNotEquals", &["1", "2"], "2"), F);
    assert_eq!(of("IpAddress", &["203.0.113.0/24", "2001:DB8::/64"], "2001:db8::1"), T);
    // One that is not understood leaves it open, unless another decides.
    assert_eq!(of("NumericEquals", &["x", "2"], "2"), T);
    assert_eq!(of("NumericEquals", &["x", "2"], "3"), None);
    assert_eq!(of("NumericNotEquals", &["x", "2"], "2"), F);
    assert_eq!(of("StringLike", &[], "2"), None);
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>
#[test]
fn set_operators_look_at_all_values_of_the_request_or_at_any() {
    let wanted = ["environment", "cost-center"];
    for (operator, held, want) in [
        ("ForAllValues:StringEquals", &["environment"][..], T),
        ("ForAllValues:StringEquals", &["environment", "cost-center"], T),
        ("ForAllValues:StringEquals", &["environment", "dept"], F),
        ("ForAllValues:StringEquals", &[], T),
        ("ForAllValues:StringEquals", &[""], T),
        ("ForAllValues:StringEquals", &["", "dept"], F),
        ("ForAnyValue:StringEquals", &["environment"], T),
        ("ForAnyValue:StringEquals", &["environment", "dept"], T),
        ("ForAnyValue:StringEquals", &["dept"], F),
        ("ForAnyValue:StringEquals", &[], F),
        ("ForAnyValue:StringEquals", &[""], F),
        ("ForAnyValue:StringLike", &["dept", "environment"], T),
        // "None of the values in the request can match any of the values in your policy."
        ("ForAllValues:StringNotEquals", &["dept", "team"], T),
        ("ForAllValues:StringNotEquals", &["dept", "environment"], F),
        // "At least one value in the request must NOT match any of the values in your policy."
        ("ForAnyValue:StringNotEquals", &["dept", "environment"], T),
        ("ForAnyValue:StringNotEquals", &["cost-center", "environment"], F),
        ("ForAnyValue:StringNotEquals", &[], F),
        ("ForAnyValue:StringNotEquals", &[""], None),
        ("ForAnyValue:StringEqualsIfExists", &["environment"], T),
        ("ForAnyValue:StringEqualsIfExists", &["dept"], F),
        ("ForAnyValue:StringEqualsIfExists", &[], None),
        ("ForAllValues:StringEqualsIfExists", &["dept"], F),
        // "Multivalued context keys require a condition set operator."
        ("StringEquals", &["environment"], None),
        ("StringNotEquals", &["dept", "team"], None),
        ("Null", &["dept"], None),
    ] {
        let list: Vec<String> = held.iter().map(|text| (*text).to_owned()).collect();
        let clause = clause(operator, "aws:TagKeys", &wanted);
        assert_eq!(plain(&clause, Held::Many(&list)), want, "{operator} {held:?}");
        if let [only] = held {
            assert_eq!(plain(&clause, Held::One(only)), want, "{operator} {held:?}");
        }
    }
    let null = |value: &str, held: Held<'_>| plain(&clause("Null", "aws:TagKeys", &[value]), held);
    let list = ["a".to_owned(), "b".to_owned()];
    assert_eq!(null("false", Held::Many(&list)), T);
    assert_eq!(null("false", Held::Many(&[])), F);
    assert_eq!(null("true", Held::Many(&[])), T);
    assert_eq!(null("false", Held::Absent), F);
}

#[test]
fn a_key_with_several_values_needs_a_set_operator() {
    for key in ["aws:PrincipalOrgPaths", "aws:SourceOrgPaths", "AWS:calledvia"] {
        assert_eq!(plain(&clause("StringLike", key, &["o-a/*"]), Held::One("o-a/r-b/")), None);
        assert_eq!(clause("StringLike", key, &["o-a/*"]).when_absent(), None);
        let any = clause("ForAnyValue:StringLike", key, &["o-a/*"]);
        assert_eq!(plain(&any, Held::One("o-a/r-b/")), T);
    }
    let several = ["a".to_owned(), "a".to_owned()];
    assert_eq!(plain(&clause("StringEquals", "aws:x", &["a"]), Held::Many(&several)), None);
    assert_eq!(plain(&clause("StringNotEquals", "aws:x", &["b"]), Held::Many(&several)), None);
    assert_eq!(plain(&clause("StringEquals", "aws:x", &["a"]), Held::Many(&several[..1])), T);
    assert_eq!(plain(&clause("StringEquals", "aws:x", &["a"]), Held::Many(&[])), None);
}

fn parsed(json: &str) -> Vec<Clause> {
    read(Node::parse(json).unwrap()).unwrap()
}

/// "Quotation marks are optional for numeric and Boolean values."
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
#[test]
fn numbers_and_booleans_of_the_document_are_compared_as_their_text() {
    for (json, held, want) in [
        (r#"{"StringEquals":{"aws:SourceAccount":111122223333}}"#, "111122223333", T),
        (r#"{"StringEquals":{"aws:x":true}}"#, "true", T),
        (r#"{"StringEquals":{"aws:x":1.0}}"#, "1.0", None),
        (r#"{"StringEquals":{"aws:x":1234567890123456}}"#, "1234567890123456", None),
        (r#"{"Bool":{"aws:x":false}}"#, "true", F),
        (r#"{"Bool":{"aws:x":[true,"false"]}}"#, "false", T),
        (r#"{"Null":{"aws:x":false}}"#, "x", T),
        (r#"{"NumericLessThan":{"aws:x":1.5}}"#, "1.49", T),
        (r#"{"NumericLessThan":{"aws:x":1e3}}"#, "1", Some(true)),
        (r#"{"DateLessThan":{"aws:x":1577836800}}"#, "2019-01-01T00:00:00Z", T),
        (r#"{"StringEquals":{"aws:x":"a","AWS:X":"b"}}"#, "a", None),
    ] {
        assert_eq!(plain(&parsed(json)[0], Held::One(held)), want, "{json}");
    }
}
