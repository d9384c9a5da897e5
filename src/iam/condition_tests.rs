//! Every operator on a present, a missing and an uncertain key.

use super::*;

fn clause(operator: &str, key: &str, values: &[&str]) -> Clause {
    Clause {
        operator: operator.into(),
        key: key.into(),
        values: values.iter().map(|v| (*v).to_owned()).collect(),
        regular: true,
    }
}

fn present(text: &str) -> State {
    State::Present(text.to_owned())
}

#[test]
fn every_operator_answers_as_documented() {
    for (operator, value, state, want) in [
        ("StringEquals", "a", present("a"), Some(true)),
        ("StringEquals", "a", present("A"), Some(false)),
        ("StringEquals", "a*", present("ab"), Some(false)),
        ("StringEquals", "a", State::Absent, Some(false)),
        ("StringEquals", "a", State::Unsure, None),
        ("StringEqualsIfExists", "a", State::Absent, Some(true)),
        ("StringEqualsIgnoreCase", "a", present("A"), Some(true)),
        ("StringNotEquals", "a", present("b"), Some(true)),
        ("StringNotEquals", "a", State::Absent, Some(true)),
        ("StringLike", "a*", present("ab"), Some(true)),
        ("StringNotLike", "a*", present("ab"), Some(false)),
        ("StringLike", "${aws:username}", present("a"), None),
        ("ForAllValues:StringEquals", "a", State::Absent, Some(true)),
        ("ForAllValues:StringEquals", "a", present("b"), Some(false)),
        ("ForAnyValue:StringEquals", "a", State::Absent, Some(false)),
        ("ForAnyValue:StringNotEquals", "a", State::Absent, None),
        ("ForAnyValue:StringEqualsIfExists", "a", present("a"), None),
        ("Bool", "true", present("true"), Some(true)),
        ("Bool", "false", present("true"), Some(false)),
        ("Null", "true", State::Absent, Some(true)),
        ("Null", "false", State::Absent, Some(false)),
        ("Null", "false", present("a"), Some(true)),
        ("Null", "maybe", present("a"), None),
        ("IpAddress", "10.0.0.0/8", present("10.9.9.9"), Some(true)),
        ("NotIpAddress", "10.0.0.0/8", present("10.9.9.9"), Some(false)),
        ("IpAddress", "0.0.0.0/0", present("2001:db8::1"), Some(false)),
        ("IpAddress", "::/0", present("2001:db8::1"), Some(true)),
        ("IpAddress", "10.0.0.0/33", present("10.9.9.9"), None),
        ("DateGreaterThan", "2020-01-01", present("2021-01-01"), None),
        ("NumericEquals", "1", present("1"), None),
        ("stringequals", "a", present("a"), None),
    ] {
        let got = clause(operator, "aws:x", &[value]).holds(&state);
        assert_eq!(got, want, "{operator} {value} {state:?}");
    }
}

#[test]
fn values_are_alternatives_and_one_that_is_not_understood_leaves_it_open() {
    let like = |values: &[&str]| clause("StringLike", "aws:x", values);
    assert_eq!(like(&["b", "a"]).holds(&present("a")), Some(true));
    assert_eq!(like(&["${x}", "a"]).holds(&present("a")), Some(true));
    assert_eq!(like(&["${x}", "b"]).holds(&present("a")), None);
    let not = clause("StringNotEquals", "aws:x", &["a", "b"]);
    assert_eq!(not.holds(&present("b")), Some(false));
    assert_eq!(clause("StringLike", "aws:x", &[]).holds(&present("b")), None);
}

#[test]
fn a_key_with_several_values_needs_a_set_operator() {
    let state = present("o-a/r-b/");
    for key in ["aws:PrincipalOrgPaths", "aws:SourceOrgPaths"] {
        assert_eq!(clause("StringLike", key, &["o-a/*"]).holds(&state), None);
        let any = clause("ForAnyValue:StringLike", key, &["o-a/*"]);
        assert_eq!(any.holds(&state), Some(true));
    }
}

#[test]
fn only_the_functions_own_account_is_a_variable_that_is_resolved() {
    let clause = clause("StringEquals", "aws:x", &["a${AWS:resourceaccount}b", "${aws:userid}"]);
    assert_eq!(clause.resolved("1", true).values, ["a1b", "${aws:userid}"]);
    assert_eq!(clause.resolved("1", false), clause);
}
