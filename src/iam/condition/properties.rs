//! What holds for every clause.

use super::*;
use proptest::prelude::*;

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
