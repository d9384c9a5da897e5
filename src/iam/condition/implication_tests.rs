//! Which clause makes which other hold, clause by clause, and that it does for whatever is held.

use super::*;
use crate::iam::condition::Held;
use proptest::prelude::*;

fn clause(operator: &str, values: &[&str], variables: bool) -> Clause {
    let values = values.iter().map(|value| (*value).to_owned()).collect();
    Clause { variables, ..Clause::new(operator.to_owned(), "aws:x".to_owned(), values) }
}

fn implies(one: (&str, &[&str]), other: (&str, &[&str])) -> bool {
    clause(one.0, one.1, true).implies(&clause(other.0, other.1, true))
}

#[test]
fn a_clause_implies_what_asks_the_same_or_less() {
    for (one, other) in [
        (("StringEquals", &["a"][..]), ("StringEquals", &["b", "a"][..])),
        (("StringEquals", &["a"]), ("StringEqualsIfExists", &["a"])),
        (("StringEquals", &["a"]), ("StringEqualsIgnoreCase", &["A"])),
        (("StringEquals", &["repo:me/x"]), ("StringLike", &["repo:me/*"])),
        (("StringLike", &["repo:me/x*"]), ("StringLike", &["repo:me/*"])),
        (("StringNotEquals", &["a", "b"]), ("StringNotEquals", &["b"])),
        (("StringNotLike", &["a*"]), ("StringNotEquals", &["ab"])),
        (("StringNotEqualsIgnoreCase", &["A"]), ("StringNotEquals", &["a"])),
        (("ForAnyValue:StringEquals", &["a"]), ("ForAnyValue:StringLike", &["?"])),
        (("ForAllValues:StringEquals", &["a"]), ("ForAllValues:StringLike", &["?"])),
        (("ArnLike", &["arn:aws:s3:::a/*"]), ("ArnEquals", &["arn:*:s3:::a*"])),
        (("Martian", &["a"]), ("Martian", &["a"])),
        (("StringEquals", &["${aws:y}"]), ("StringEquals", &["${aws:y}", "a"])),
        (("Null", &["true"]), ("Null", &["true"])),
    ] {
        assert!(implies(one, other), "{one:?} {other:?}");
    }
}

#[test]
fn a_clause_does_not_imply_what_asks_more_or_something_else() {
    for (one, other) in [
        (("StringEquals", &["a", "b"][..]), ("StringEquals", &["a"][..])),
        (("StringEqualsIfExists", &["a"]), ("StringEquals", &["a"])),
        (("ForAnyValue:StringEquals", &["a"]), ("ForAnyValue:StringEqualsIfExists", &["a"])),
        (("ForAllValues:StringEquals", &["a"]), ("ForAnyValue:StringEquals", &["a"])),
        (("ForAllValues:StringEquals", &["a"]), ("StringEquals", &["a"])),
        (("StringEqualsIgnoreCase", &["a"]), ("StringEquals", &["a"])),
        (("StringEqualsIgnoreCase", &["é"]), ("StringEqualsIgnoreCase", &["É"])),
        (("StringLike", &["repo:me/*"]), ("StringEquals", &["repo:me/*"])),
        (("StringLike", &["repo:*"]), ("StringLike", &["repo:me/*"])),
        (("StringNotEquals", &["b"]), ("StringNotEquals", &["a", "b"])),
        (("StringNotEquals", &["b"]), ("StringEquals", &["a"])),
        (("StringEquals", &["a"]), ("StringNotEquals", &["b"])),
        (("StringLike", &["${aws:y}"]), ("StringLike", &["*a*"])),
        (("StringEquals", &["a"]), ("StringLike", &["${aws:y}"])),
        (("StringEquals", &["${aws:y}"]), ("StringLike", &["${aws:y}"])),
        (("ArnLike", &["arn:aws:s3:::*"]), ("ArnLike", &["arn:aws:s3:::a"])),
        (("ArnLike", &["arn:aws:sns:*:1:t"]), ("ArnLike", &["arn:aws:sns:e:1:t"])),
        (("Martian", &["a"]), ("Martian", &["a", "b"])),
        (("Null", &["true"]), ("Null", &["true", "false"])),
        (("NumericLessThan", &["1"]), ("NumericLessThanEquals", &["1"])),
    ] {
        assert!(!implies(one, other), "{one:?} {other:?}");
    }
    let variable = clause("StringEquals", &["${aws:y}"], true);
    assert!(!variable.implies(&clause("StringEquals", &["${aws:y}"], false)));
    assert!(!variable.implies(&clause("StringEquals", &["${aws:y}", "a"], false)));
    let other_key = Clause::new("StringEquals".to_owned(), "aws:y".to_owned(), vec!["a".into()]);
    assert!(!clause("StringEquals", &["a"], false).implies(&other_key));
}

fn clauses() -> impl Strategy<Value = Clause> {
    let bases = vec![
        "StringEquals",
        "StringNotEquals",
        "StringLike",
        "StringNotLike",
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
        "ArnLike",
        "ArnNotEquals",
        "Bool",
        "NumericEquals",
        "NumericNotEquals",
        "NumericLessThan",
    ];
    let values = vec![
        "a",
        "A",
        "ab",
        "a*",
        "?",
        "*",
        "",
        "1",
        "01",
        "true",
        "${aws:y}",
        "${*}",
        "arn:aws:a:b:c:d",
        "arn:aws:a:b:c:*",
        "arn:*:a:*:c:d",
    ];
    let operator = (
        prop::sample::select(vec!["", "", "ForAllValues:", "ForAnyValue:"]),
        prop::sample::select(bases),
        prop::sample::select(vec!["", "IfExists"]),
    );
    let values = prop::collection::vec(prop::sample::select(values), 1..4);
    (operator, values, prop::bool::weighted(0.8)).prop_map(
        |((set, base, end), values, variables)| {
            clause(&format!("{set}{base}{end}"), &values, variables)
        },
    )
}

proptest! {
    #[test]
    fn what_a_clause_implies_holds_wherever_it_does(
        one in clauses(), other in clauses(),
        held in prop::collection::vec(
            prop::sample::select(vec!["a", "A", "ab", "", "*", "1", "true", "arn:aws:a:b:c:d", "arn:aws:a:x:c:d"])
                .prop_map(str::to_owned),
            0..3,
        ),
        y in prop::option::of(prop::sample::select(vec!["a", "b", "*"])),
    ) {
        let lookup = |_: &str| y.map_or(Held::Absent, Held::One);
        let one_value = held.first().map_or(Held::Absent, |text| Held::One(text));
        for held in [Held::Absent, one_value, Held::Many(&held)] {
            if one.implies(&other) && one.holds(held, &lookup) == Some(true) {
                prop_assert_eq!(other.holds(held, &lookup), Some(true), "{:?} {:?} {:?}", one, other, held);
            }
            // Seen from the other side: what is certainly kept out by the wider is kept out.
            if one.implies(&other) && other.holds(held, &lookup) == Some(false) {
                prop_assert_ne!(one.holds(held, &lookup), Some(true), "{:?} {:?} {:?}", one, other, held);
            }
        }
    }
}
