//! Policy variables in conditions: what they stand for, and where they do not.

use super::*;

fn request<'a>(list: &'a [String]) -> impl Fn(&str) -> Held<'a> {
    move |name| match name {
        "aws:username" => Held::One("martha_rivera"),
        "aws:principaltag/team" => Held::One("yellow"),
        "aws:principaltag/empty" => Held::One(""),
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
        ("StringNotEquals", "${aws:PrincipalTag/empty}", "x", None),
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
