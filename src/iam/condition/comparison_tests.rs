//! Every operator on values that match, that do not, and that it cannot compare.

use super::*;

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
