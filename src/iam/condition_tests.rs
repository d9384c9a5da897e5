//! Every operator on a key that is there, missing, held several times and not known.

use super::*;
use proptest::prelude::*;

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

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
#[test]
fn every_operator_compares_as_documented() {
    for (operator, written, held, want) in [
        ("StringEquals", "a", "a", T),
        ("StringEquals", "a", "A", F),
        ("StringEquals", "a*", "ab", F),
        ("StringEquals", "a*", "a*", T),
        ("StringEquals", "", "", T),
        ("StringNotEquals", "a", "b", T),
        ("StringNotEquals", "a", "a", F),
        ("StringEqualsIgnoreCase", "iamuser-Admin", "IAMUSER-admin", T),
        ("StringEqualsIgnoreCase", "a*", "ab", F),
        ("StringEqualsIgnoreCase", "Ä", "ä", None),
        ("StringEqualsIgnoreCase", "Ä", "Ä", T),
        ("StringNotEqualsIgnoreCase", "a", "A", F),
        ("StringNotEqualsIgnoreCase", "a", "b", T),
        ("StringLike", "a*", "ab", T),
        ("StringLike", "a*", "A", F),
        ("StringLike", "arn:aws:sns:*:t", "arn:aws:sns:r:1:x/y:t", T),
        ("StringLike", "ab", "abc", F),
        ("StringNotLike", "a*", "ab", F),
        ("StringNotLike", "a?", "abc", T),
        ("NumericEquals", "10", "10.0", T),
        ("NumericEquals", "10", "11", F),
        ("NumericNotEquals", "10", "10", F),
        ("NumericNotEquals", "10", "-10", T),
        ("NumericLessThan", "10", "9.99", T),
        ("NumericLessThan", "10", "10", F),
        ("NumericLessThan", "-2", "-10", T),
        ("NumericLessThan", "1", "-10", T),
        ("NumericLessThanEquals", "10", "10", T),
        ("NumericLessThanEquals", "10", "100", F),
        ("NumericGreaterThan", "0.5", "0.51", T),
        ("NumericGreaterThan", "0.5", "0.5", F),
        ("NumericGreaterThan", "0.05", "0.1", T),
        ("NumericGreaterThanEquals", "0", "-0", T),
        ("NumericGreaterThanEquals", "9", "10", T),
        ("NumericEquals", "1e3", "1000", None),
        ("NumericEquals", "1000000000000000", "1000000000000001", None),
        ("NumericEquals", "ten", "10", None),
        ("NumericEquals", "10", "ten", None),
        ("NumericEquals", "+1", "1", None),
        ("NumericEquals", "1.", "1", None),
        ("NumericEquals", "", "0", None),
        ("Bool", "true", "true", T),
        ("Bool", "false", "true", F),
        ("Bool", "True", "true", None),
        ("BinaryEquals", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", T),
        ("BinaryEquals", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", "ASIAIOSFODNN7EXAMPLE", F),
        ("BinaryEquals", "QmluYXJ5", "QmluYXJ5*", None),
        ("BinaryEquals", "QQ==", "QR==", None),
        ("BinaryEquals", "====", "====", None),
        ("IpAddress", "203.0.113.0/24", "203.0.113.1", T),
        ("IpAddress", "203.0.113.0/24", "198.51.100.1", F),
        ("IpAddress", "203.0.113.5", "203.0.113.5", T),
        ("IpAddress", "203.0.113.5", "203.0.113.6", F),
        ("IpAddress", "2001:DB8:1234:5678::/64", "2001:db8:1234:5678::9", T),
        ("IpAddress", "2001:DB8:1234:5678::/64", "2001:db8:1234:5679::9", F),
        ("IpAddress", "2001:db8::1", "2001:db8::1", T),
        ("IpAddress", "2001:db8::1", "2001:db8::2", None),
        ("IpAddress", "2001:db8::1", "2001:db9::1", F),
        ("IpAddress", "0.0.0.0/0", "2001:db8::1", F),
        ("IpAddress", "0.0.0.0/0", "::ffff:10.0.0.1", None),
        ("IpAddress", "10.0.0.0/33", "10.0.0.1", None),
        ("IpAddress", "10.0.0.0/+8", "10.0.0.1", None),
        ("NotIpAddress", "10.0.0.0/8", "10.9.9.9", F),
        ("NotIpAddress", "10.0.0.0/8", "11.9.9.9", T),
        ("Null", "true", "a", F),
        ("Null", "false", "a", T),
        ("Null", "maybe", "a", None),
        ("Null", "false", "", None),
        ("stringequals", "a", "a", None),
        ("StringMatches", "a", "a", None),
        ("NullIfExists", "true", "a", None),
        ("ForAllValues:Null", "true", "a", None),
        ("ForSomeValues:StringEquals", "a", "a", None),
        ("IfExists", "a", "a", None),
    ] {
        let clause = clause(operator, "aws:x", &[written]);
        assert_eq!(plain(&clause, Held::One(held)), want, "{operator} {written} {held}");
        assert_eq!(plain(&clause, Held::Unsure), None, "{operator}");
    }
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN>
#[test]
fn arns_are_compared_part_by_part() {
    let held = "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/a.txt";
    for (written, want) in [
        (held, T),
        ("arn:aws:someservice:*:111122223333:finance/*", F),
        ("arn:aws:someservice:us-east-?:*:store/*", T),
        ("arn:aws:someservice:us-east-2:999999999999:store/*:finance/*", T),
        ("arn:aws:someservice:us-east-2::store/*", F),
        ("arn:aws:someservice:*", None),
        ("*", None),
        ("", None),
    ] {
        for (operator, negated) in [("ArnEquals", "ArnNotEquals"), ("ArnLike", "ArnNotLike")] {
            let of =
                |operator: &str| plain(&clause(operator, "aws:x", &[written]), Held::One(held));
            assert_eq!(of(operator), want, "{operator} {written}");
            assert_eq!(of(negated), want.map(|matches| !matches), "{negated} {written}");
        }
    }
    assert_eq!(plain(&clause("ArnLike", "aws:x", &[held]), Held::One("anonymous")), None);
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date>
#[test]
fn dates_are_compared_as_instants_and_a_day_or_a_minute_lasts() {
    for (operator, written, held, want) in [
        ("DateGreaterThan", "2020-01-01T00:00:01Z", "2020-01-01T00:00:02Z", T),
        ("DateGreaterThan", "2020-01-01T00:00:01Z", "2020-01-01T00:00:01Z", F),
        ("DateGreaterThanEquals", "2020-01-01T00:00:01Z", "2020-01-01T01:00:01+01:00", T),
        ("DateGreaterThanEquals", "2020-01-01T00:00:01Z", "2020-01-01T00:00:00.999Z", F),
        ("DateLessThan", "2020-01-01T00:00:00Z", "2019-12-31T23:59:59Z", T),
        ("DateLessThan", "2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z", F),
        ("DateLessThanEquals", "2020-01-01T00:00:00-01:00", "2020-01-01T01:00:00Z", T),
        ("DateLessThanEquals", "2020-01-01T00:00:00Z", "2020-01-01T00:00:01Z", F),
        ("DateEquals", "2020-01-01T00:00:00Z", "1577836800", T),
        ("DateEquals", "1577836800", "1577836801", F),
        ("DateNotEquals", "2020-01-01T00:00:00Z", "1577836800", F),
        ("DateNotEquals", "2020-01-01T00:00:00.5Z", "2020-01-01T00:00:00.50Z", F),
        ("DateLessThan", "2020-02-29", "2020-02-28T23:59:59Z", T),
        ("DateLessThan", "2020-02-29", "2020-02-29T00:00:01Z", None),
        ("DateLessThan", "2020-02-29", "2020-03-01T00:00:00Z", F),
        ("DateEquals", "2020-02", "2020-02-29T12:00:00Z", None),
        ("DateEquals", "2020-02", "2020-03-01T00:00:00Z", F),
        ("DateGreaterThan", "2020-02", "2020-03-01T00:00:00Z", T),
        ("DateEquals", "2020-01-01T00:00Z", "2020-01-01T00:00:30Z", None),
        ("DateGreaterThan", "2020-01-01T00:00Z", "2020-01-01T00:01:00Z", T),
        // A year, or an half an hour after 1970 began.
        ("DateLessThan", "2020", "2021-01-01T00:00:00Z", None),
        // Milliseconds, perhaps.
        ("DateLessThan", "1577836800000", "2021-01-01T00:00:00Z", None),
        ("DateLessThan", "2019-02-29", "2021-01-01T00:00:00Z", None),
        ("DateLessThan", "2020-01-01T24:00:00Z", "2021-01-01T00:00:00Z", None),
        ("DateLessThan", "2020-01-01T00:00:60Z", "2021-01-01T00:00:00Z", None),
        ("DateLessThan", "2020-01-01T00:00:00", "2021-01-01T00:00:00Z", None),
        ("DateLessThan", "2020-01T00:00:00Z", "2021-01-01T00:00:00Z", None),
        ("DateLessThan", "20200101T000000Z", "2021-01-01T00:00:00Z", None),
        ("DateLessThan", "2020-*", "2021-01-01T00:00:00Z", None),
        ("DateLessThan", "-1", "2021-01-01T00:00:00Z", None),
        ("DateLessThan", "", "2021-01-01T00:00:00Z", None),
    ] {
        let clause = clause(operator, "aws:CurrentTime", &[written]);
        assert_eq!(plain(&clause, Held::One(held)), want, "{operator} {written} {held}");
    }
}

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

fn request<'a>(list: &'a [String]) -> impl Fn(&str) -> Held<'a> {
    move |name| match name {
        "aws:username" => Held::One("martha_rivera"),
        "aws:principaltag/team" => Held::One("yellow"),
        "aws:principaltag/wild" => Held::One("*"),
        "aws:principaltag/colon" => Held::One("a:b"),
        "aws:principaltag/nested" => Held::One("${aws:username}"),
        "aws:principaltag/private" => Held::One("\u{e000}"),
        "aws:unsure" => Held::Unsure,
        "aws:several" => Held::Many(list),
        _ => Held::Absent,
    }
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>
#[test]
fn variables_are_replaced_by_what_the_request_holds() {
    let list = ["yellow".to_owned()];
    for (operator, written, held, want) in [
        ("StringLike", "home/${aws:username}/", "home/martha_rivera/", T),
        ("StringLike", "home/${AWS:UserName}/*", "home/martha_rivera/x", T),
        ("StringLike", "home/${aws:username}/", "home/nikki_wolf/", F),
        ("StringEquals", "${aws:PrincipalTag/team}", "yellow", T),
        ("StringEquals", "${aws:PrincipalTag/team, 'company-wide'}", "yellow", T),
        ("StringEquals", "b-${aws:PrincipalTag/none, 'company-wide'}", "b-company-wide", T),
        ("StringEquals", "${aws:PrincipalTag/none, 'company wide'}", "company wide", T),
        ("StringEquals", "${aws:PrincipalTag/none, ''}", "", T),
        ("StringNotEquals", "${aws:PrincipalTag/team}", "yellow", F),
        ("StringNotEqualsIgnoreCase", "${aws:PrincipalTag/team}", "YELLOW", F),
        ("ArnLike", "arn:aws:iam::1:user/${aws:username}", "arn:aws:iam::1:user/martha_rivera", T),
        // "There is no equal or like value. Inverted operators do match against a null value."
        ("StringEquals", "${aws:PrincipalTag/none}", "", F),
        ("StringLike", "*${aws:PrincipalTag/none}*", "x", F),
        ("StringNotEquals", "${aws:PrincipalTag/none}", "x", T),
        ("StringNotLike", "${aws:PrincipalTag/none}*", "x", T),
        ("StringNotEqualsIfExists", "${aws:PrincipalTag/none}", "x", T),
        ("StringEqualsIfExists", "${aws:PrincipalTag/none}", "x", None),
        // "Represent characters that otherwise have special meaning."
        ("StringLike", "a${*}b", "a*b", T),
        ("StringLike", "a${*}b", "axb", F),
        ("StringLike", "a${*}b*", "a*bcd", T),
        ("StringLike", "?${?}", "*?", T),
        ("StringLike", "a${?}", "ab", F),
        ("StringLike", "*${?}", "*\u{e000}", F),
        ("StringEquals", "a${*}${$}{x}", "a*${x}", T),
        // A wildcard or a colon out of a variable may be one or not.
        ("StringEquals", "${aws:PrincipalTag/wild}", "*", T),
        ("StringEquals", "${aws:PrincipalTag/wild}", "x", F),
        ("StringLike", "${aws:PrincipalTag/wild}", "x", None),
        ("StringLike", "${aws:PrincipalTag/none, '*'}", "x", None),
        ("StringLike", "${aws:PrincipalTag/private}", "*", None),
        ("StringLike", "${aws:PrincipalTag/colon}", "a:b", T),
        (
            "ArnLike",
            "arn:aws:iam::1:user/${aws:PrincipalTag/colon}",
            "arn:aws:iam::1:user/a:b",
            None,
        ),
        ("StringEquals", "${aws:PrincipalTag/nested}", "martha_rivera", None),
        // "You cannot use a multivalued context key as a policy variable."
        ("StringEquals", "${aws:several}", "yellow", None),
        ("StringEquals", "${aws:TagKeys}", "yellow", None),
        ("StringEquals", "${aws:unsure}", "yellow", None),
        ("StringEquals", "${aws:unsure, 'yellow'}", "yellow", None),
        // Broken, or written as AWS does not document.
        ("StringEquals", "${aws:username", "martha_rivera", None),
        ("StringEquals", "${}", "", None),
        ("StringEquals", "${ aws:username }", "martha_rivera", None),
        ("StringEquals", "${aws:${aws:username}}", "x", None),
        ("StringEquals", "${aws:none,'x'}", "x", None),
        ("StringEquals", "${aws:none, x}", "x", None),
        ("StringEquals", "${aws:none, '${aws:username}'}", "x", None),
        ("StringEquals", "${aws:none, 'a'b'}", "x", None),
        // "You can't use a policy variable with other operators."
        ("Bool", "${aws:username}", "true", None),
        ("NumericEquals", "${aws:username}", "1", None),
        ("DateEquals", "${aws:CurrentTime}", "2020-01-01T00:00:00Z", None),
        ("IpAddress", "${aws:SourceIp}", "10.0.0.1", None),
        ("BinaryEquals", "${aws:username}", "QQ==", None),
        ("Null", "${aws:username}", "x", None),
    ] {
        let clause = with_variables(operator, &[written]);
        let got = clause.holds(Held::One(held), &request(&list));
        assert_eq!(got, want, "{operator} {written} {held}");
    }
    let two = with_variables("StringEquals", &["${aws:unsure}", "a"]);
    assert_eq!(two.holds(Held::One("a"), &request(&[])), T);
    assert_eq!(two.holds(Held::One("b"), &request(&[])), None);
}

/// "Variables such as `${aws:username}` are treated as literal strings."
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html>
#[test]
fn without_the_version_of_2012_a_variable_is_literal_text() {
    for (operator, written, held, want) in [
        ("StringEquals", "${aws:username}", "${aws:username}", T),
        ("StringEquals", "${aws:username}", "martha_rivera", F),
        ("StringLike", "${*}", "${anything}", T),
        ("StringLike", "${*}", "*", F),
    ] {
        let clause = clause(operator, "aws:x", &[written]);
        assert_eq!(clause.holds(Held::One(held), &request(&[])), want, "{operator} {written}");
        assert_eq!(clause.resolved("1"), clause);
    }
}

#[test]
fn the_functions_own_account_is_put_in_only_where_it_is_a_variable() {
    let resolved = |operator: &str, value: &str| {
        with_variables(operator, &[value]).resolved("1").values.concat()
    };
    for (operator, value, want) in [
        ("StringEquals", "a${AWS:resourceaccount}b${aws:ResourceAccount}", "a1b1"),
        ("ArnLike", "${aws:userid}${aws:ResourceAccount}", "${aws:userid}1"),
        ("StringEquals", "${a${aws:ResourceAccount}}", "${a${aws:ResourceAccount}}"),
        ("StringEquals", "${aws:ResourceAccount, '2'}", "${aws:ResourceAccount, '2'}"),
        ("NumericEquals", "${aws:ResourceAccount}", "${aws:ResourceAccount}"),
        ("Nonsense", "${aws:ResourceAccount}", "${aws:ResourceAccount}"),
    ] {
        assert_eq!(resolved(operator, value), want, "{operator} {value}");
    }
}

fn parsed(json: &str) -> Vec<Clause> {
    parse(serde_json::from_str(json).unwrap(), "Condition").unwrap()
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
        (r#"{"NumericLessThan":{"aws:x":1e3}}"#, "1", None),
        (r#"{"DateLessThan":{"aws:x":1577836800}}"#, "2019-01-01T00:00:00Z", T),
        (r#"{"StringEquals":{"aws:x":"a","AWS:X":"b"}}"#, "a", None),
    ] {
        assert_eq!(plain(&parsed(json)[0], Held::One(held)), want, "{json}");
    }
}

const WORDS: [&str; 12] = [
    "a",
    "A",
    "*",
    "",
    "1",
    "2020-01-01T00:00:00Z",
    "10.0.0.0/8",
    "10.1.1.1",
    "true",
    "arn:aws:iam::1:role/a",
    "${aws:x}",
    "${aws:y, 'a'}",
];

fn word() -> impl Strategy<Value = &'static str> {
    prop::sample::select(WORDS.to_vec())
}

fn operators() -> impl Strategy<Value = String> {
    let bases = [
        "StringEquals",
        "StringNotEquals",
        "StringLike",
        "StringNotLike",
        "StringEqualsIgnoreCase",
        "ArnLike",
        "ArnNotLike",
        "Bool",
        "Null",
        "IpAddress",
        "NotIpAddress",
        "NumericLessThan",
        "NumericNotEquals",
        "DateGreaterThanEquals",
        "BinaryEquals",
        "Nonsense",
    ];
    (
        prop::sample::select(vec!["", "ForAllValues:", "ForAnyValue:"]),
        prop::sample::select(bases.to_vec()),
        prop::sample::select(vec!["", "IfExists"]),
    )
        .prop_map(|(set, base, suffix)| format!("{set}{base}{suffix}"))
}

proptest! {
    #[test]
    fn a_variable_that_becomes_known_never_overturns_what_was_certain(
        operator in operators(),
        values in prop::collection::vec(word(), 1..4),
        held in prop::collection::vec(word().prop_map(str::to_owned), 0..3),
        variable in prop::option::of(word()),
    ) {
        let clause = with_variables(&operator, &values);
        let later = |_: &str| variable.map_or(Held::Absent, Held::One);
        for held in [Held::Absent, Held::Many(&held), held.first().map_or(Held::Absent, |h| Held::One(h))] {
            let before = clause.holds(held, &|_| Held::Unsure);
            let after = clause.holds(held, &later);
            prop_assert!(before.is_none() || before == after, "{before:?} {after:?}");
            prop_assert_eq!(clause.holds(Held::Unsure, &later), None);
        }
    }

    #[test]
    fn no_text_makes_a_comparison_panic(operator in operators(), value in ".*", held in ".*") {
        let clause = with_variables(&operator, &[&value]);
        let _ = clause.holds(Held::One(&held), &|_| Held::One("x"));
        let _ = clause.resolved("1");
    }

    #[test]
    fn dates_and_numbers_of_any_form_are_read_without_panic(value in "[-+0-9.:TZ]{0,30}") {
        for operator in ["DateLessThan", "NumericEquals", "IpAddress"] {
            let _ = plain(&clause(operator, "aws:x", &[&value]), Held::One(&value));
        }
    }
}
