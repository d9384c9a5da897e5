//! What EventBridge would refuse is refused, with its place and all of it.

use super::*;
use crate::policy::problem::Place;
use serde_json::json;

/// The places and the mistakes.
fn refused(source: &Value) -> Vec<(String, String)> {
    match EventPattern::parse(source) {
        Ok(_) => panic!("{source} is accepted"),
        Err(errors) => {
            errors.into_iter().map(|error| (error.at.to_string(), error.wrong)).collect()
        }
    }
}

/// One mistake, at this place below the list of the field `f`, that says this.
fn alternative_refused(alternative: &Value, below: &str, says: &str) {
    let errors = refused(&json!({"f": [alternative]}));
    let [(place, wrong)] = errors.as_slice() else { panic!("{alternative}: {errors:?}") };
    assert_eq!(place, &format!("f[0]{below}"), "{alternative}");
    assert!(wrong.contains(says), "{alternative}: {wrong}");
}

fn accepted(alternative: &Value) {
    let source = json!({"f": [alternative]});
    assert!(EventPattern::parse(&source).is_ok(), "{source} is refused: {:?}", refused(&source));
}

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern.html
// https://github.com/aws/event-ruler/blob/main/src/main/software/amazon/event/ruler/JsonRuleCompiler.java
#[test]
fn a_field_holds_a_list_or_fields_and_neither_is_empty() {
    for (source, place) in [
        (json!({}), ""),
        (json!([]), ""),
        (json!("a"), ""),
        (json!(null), ""),
        (json!({"a": "b"}), "a"),
        (json!({"a": 1}), "a"),
        (json!({"a": null}), "a"),
        (json!({"a": true}), "a"),
        (json!({"a": []}), "a"),
        (json!({"a": {}}), "a"),
        (json!({"a": {"b": {}}}), "a.b"),
        (json!({"a": [[]]}), "a[0]"),
        (json!({"a": ["b", ["c"]]}), "a[1]"),
        (json!({"a": [{}]}), "a[0]"),
        (json!({"prefix": "a"}), "prefix"),
    ] {
        let errors = refused(&source);
        assert_eq!(errors.len(), 1, "{source}: {errors:?}");
        assert_eq!(errors[0].0, place, "{source}");
    }
}

#[test]
fn an_operator_is_known_and_in_lower_case_and_alone() {
    alternative_refused(&json!({"Prefix": "a"}), ".Prefix", "`Prefix` is no operator");
    alternative_refused(&json!({"equals": "a"}), ".equals", "no operator");
    alternative_refused(&json!({"regex": "a"}), ".regex", "no operator");
    alternative_refused(&json!({"prefix": "a", "suffix": "b"}), "", "2 keys");
    let errors = EventPattern::parse(&json!({"f": [{"EXISTS": true}]})).unwrap_err();
    assert_eq!(errors[0].mend, "write it in lower case, `exists`");
    assert!(errors[0].expected.contains("`anything-but`, `cidr`"));
}

#[test]
fn operators_on_strings_take_one_string() {
    for operator in ["prefix", "suffix", "equals-ignore-case", "wildcard", "cidr", "exactly"] {
        for operand in [json!(1), json!(null), json!(true), json!(["a"]), json!([])] {
            let below = format!(".{operator}");
            alternative_refused(&json!({ operator: operand }), &below, "not a string");
        }
    }
    alternative_refused(
        &json!({"equals-ignore-case": {"prefix": "a"}}),
        ".equals-ignore-case",
        "not a string",
    );
    alternative_refused(&json!({"prefix": {"wildcard": "a"}}), ".prefix.wildcard", "no operator");
    alternative_refused(
        &json!({"suffix": {"equals-ignore-case": 1}}),
        ".suffix.equals-ignore-case",
        "not a string",
    );
    alternative_refused(&json!({"prefix": {}}), ".prefix", "0 keys");
    accepted(&json!({"prefix": {"equals-ignore-case": ""}}));
}

#[test]
fn exists_takes_true_or_false() {
    for operand in [json!("true"), json!(1), json!(null), json!([true])] {
        alternative_refused(&json!({"exists": operand}), ".exists", "neither `true` nor `false`");
    }
}

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-wildcard-matching
#[test]
fn a_wildcard_has_single_stars_and_escapes_only_stars_and_backslashes() {
    alternative_refused(&json!({"wildcard": "a**b"}), ".wildcard", "right after");
    alternative_refused(&json!({"wildcard": "***"}), ".wildcard", "right after");
    alternative_refused(&json!({"wildcard": "a\\b"}), ".wildcard", "escapes nothing");
    alternative_refused(&json!({"wildcard": "a\\"}), ".wildcard", "escapes nothing");
    alternative_refused(
        &json!({"anything-but": {"wildcard": ["a", "**"]}}),
        ".anything-but.wildcard",
        "right after",
    );
    for fine in ["*\\**", "\\*\\*", "\\\\", "*", ""] {
        accepted(&json!({"wildcard": fine}));
    }
}

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-wildcard-matching-complexity
#[test]
fn wildcards_that_one_value_can_fit_in_too_many_ways_are_refused() {
    let stars = |many: usize| json!({"wildcard": format!("{}*", "*a".repeat(many))});
    // `*`, `*a`, `*a*`, ... to `*a*a*a*a*a`, and the star after it.
    assert_eq!(refused(&json!({"f": [stars(5)]}))[0].0, "f");
    accepted(&stars(4));
    let repeated = |many: usize| json!({"wildcard": format!("*{}", "a".repeat(many))});
    accepted(&repeated(9));
    let errors = refused(&json!({"f": [repeated(10)], "g": [{"wildcard": "*"}]}));
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].0, "f");
    // Together, what each is not alone; twice the same counts once.
    let ends: Vec<Value> =
        ["a", "b", "c", "d", "e", "f"].map(|end| json!({"wildcard": format!("*{end}")})).into();
    assert_eq!(refused(&json!({"f": ends}))[0].0, "f");
    accepted(&ends[0]);
    assert!(EventPattern::parse(&json!({"f": vec![&ends[0]; 9]})).is_ok());
    assert!(
        EventPattern::parse(&json!({"f": [ends[0], ends[1]], "g": ends[2..5].to_vec()})).is_ok()
    );
    let members: Vec<Value> = ends.iter().map(|end| json!({"f": [end]})).collect();
    assert_eq!(refused(&json!({"$or": members})).len(), 1);
    let apart = json!({"$or": [{"a": [1], "f": &ends[..3]}, {"a": [2], "f": &ends[3..]}]});
    assert!(EventPattern::parse(&apart).is_ok());
    let unwanted = json!({"anything-but": {"wildcard": ["*a", "*b", "*c", "*d", "*e", "*f"]}});
    assert_eq!(refused(&json!({"f": [unwanted]}))[0].0, "f");
}

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#filtering-numeric-matching
#[test]
fn a_comparison_is_one_bound_or_a_lower_and_an_upper_one() {
    for operand in [
        json!([]),
        json!(1),
        json!("="),
        json!([1]),
        json!(["="]),
        json!(["==", 1]),
        json!(["!=", 1]),
        json!([1, "="]),
        json!([">", 0, "<"]),
        json!([">", 0, ">", 0]),
        json!(["<", 5, ">", 0]),
        json!(["=", 1, "<", 5]),
        json!([">", 0, "=", 5]),
        json!([">", 0, "<", 5, "<", 6]),
    ] {
        alternative_refused(&json!({"numeric": operand}), ".numeric", "no comparison");
    }
    for bounds in [[5, 5], [6, 5]] {
        let operand = json!([">=", bounds[0], "<=", bounds[1]]);
        alternative_refused(&json!({"numeric": operand}), ".numeric", "no room");
    }
    for bound in [
        json!("1"),
        json!(null),
        json!(5_000_000_001_u64),
        json!(-5.1e9),
        json!(0.000_000_1),
        json!(u64::MAX),
    ] {
        alternative_refused(&json!({"numeric": ["<", bound]}), ".numeric[1]", "not a number");
        alternative_refused(
            &json!({"numeric": [">", 0, "<", bound]}),
            ".numeric[3]",
            "not a number",
        );
        let unwanted = json!({"anything-but": [1, bound]});
        if bound.is_number() {
            alternative_refused(&unwanted, ".anything-but[1]", "not a number");
            alternative_refused(&json!({"anything-but": bound}), ".anything-but", "not a number");
        }
    }
    for bound in [json!(5_000_000_000_u64), json!(-5e9), json!(0.000_001), json!(1e-6)] {
        accepted(&json!({"numeric": ["=", bound]}));
    }
}

// https://github.com/aws/event-ruler/blob/main/src/main/software/amazon/event/ruler/CIDR.java
#[test]
fn a_block_is_an_address_and_a_mask_that_leaves_more_than_one() {
    for (text, says) in [
        ("10.0.0.0", "not one `/`"),
        ("10.0.0.0/8/8", "not one `/`"),
        ("/8", "no IP address"),
        ("10.0.0/8", "no IP address"),
        ("10.0.0.256/8", "no IP address"),
        ("10.0.0.0.0/8", "no IP address"),
        ("10.0.0.-1/8", "no IP address"),
        ("localhost/8", "no IP address"),
        ("::ffff:10.0.0.0/104", "no IP address"),
        ("2001:db8::1::/64", "no IP address"),
        ("fe80::1%eth0/64", "no IP address"),
        ("10.0.0.0/", "no mask of 0 to 31"),
        ("10.0.0.0/a", "no mask"),
        ("10.0.0.0/-1", "no mask"),
        ("10.0.0.0/32", "no mask"),
        ("10.0.0.0/99999999999", "no mask"),
        ("2001:db8::/128", "no mask of 0 to 127"),
    ] {
        alternative_refused(&json!({"cidr": text}), ".cidr", says);
    }
    for text in ["10.0.0.0/31", "0.0.0.0/0", "::/127", "2001:db8::/+32"] {
        accepted(&json!({"cidr": text}));
    }
}

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-anything-but
#[test]
fn anything_but_takes_values_of_one_type_or_one_of_four_operators() {
    for operand in [
        json!([]),
        json!(["a", 1]),
        json!([null]),
        json!(["a", true]),
        json!([["a"]]),
        json!([{"prefix": "a"}]),
    ] {
        alternative_refused(
            &json!({"anything-but": operand}),
            ".anything-but",
            "neither all strings",
        );
    }
    for operand in [json!(null), json!(true)] {
        alternative_refused(&json!({"anything-but": operand}), ".anything-but", "does not compare");
    }
    for (operator, operand) in [
        ("numeric", json!(["=", 1])),
        ("exists", json!(true)),
        ("cidr", json!("::/1")),
        ("Prefix", json!("a")),
    ] {
        alternative_refused(
            &json!({"anything-but": {operator: operand}}),
            &format!(".anything-but.{operator}"),
            "no operator",
        );
    }
    for operator in ["prefix", "suffix", "equals-ignore-case", "wildcard"] {
        for operand in
            [json!(1), json!([]), json!(["a", 1]), json!(null), json!({"equals-ignore-case": "a"})]
        {
            let below = format!(".anything-but.{operator}");
            alternative_refused(
                &json!({"anything-but": {operator: operand}}),
                &below,
                "neither a string nor",
            );
        }
    }
    for operator in ["prefix", "suffix"] {
        for operand in [json!(""), json!(["a", ""])] {
            alternative_refused(
                &json!({"anything-but": {operator: operand}}),
                &format!(".anything-but.{operator}"),
                "empty string",
            );
        }
    }
    alternative_refused(
        &json!({"anything-but": {"prefix": "a", "suffix": "b"}}),
        ".anything-but",
        "2 keys",
    );
    accepted(&json!({"anything-but": {"wildcard": ""}}));
}

// https://github.com/aws/event-ruler#the-or-primitive
#[test]
fn or_is_a_list_of_two_or_more_objects_of_fields() {
    for (or, place) in [
        (json!([]), "$or"),
        (json!("a"), "$or"),
        (json!([{"a": [1]}]), "$or"),
        (json!({}), "$or"),
        (json!([{"a": [1]}, 1]), "$or[1]"),
        (json!([{"a": [1]}, {}]), "$or[1]"),
        (json!([{"a": [1]}, {"b": 1}]), "$or[1].b"),
        (json!([{"a": [1]}, {"prefix": ["b"]}]), "$or[1].prefix"),
        (json!([{"a": {"exists": [true]}}, {"b": [1]}]), "$or[0].a.exists"),
        (json!([{"a": [1]}, {"b": [{"prefix": 1}]}]), "$or[1].b[0].prefix"),
        (json!([{"a": [1]}, {"$or": [{"b": [1]}]}]), "$or[1].$or"),
    ] {
        let errors = refused(&json!({ "$or": or }));
        assert_eq!(errors.len(), 1, "{or}: {errors:?}");
        assert_eq!(errors[0].0, place, "{or}");
    }
    // Outside, the names are free.
    assert!(EventPattern::parse(&json!({"prefix": ["a"], "=": [1]})).is_ok());
}

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-complex-example-or
#[test]
fn a_pattern_is_not_larger_than_eventbridge_takes() {
    let members =
        |many: usize| -> Vec<Value> { (0..many).map(|number| json!({"a": [number]})).collect() };
    let product = |last: usize| json!({"x": {"$or": members(10)}, "y": {"$or": members(10)}, "z": {"$or": members(last)}});
    assert!(EventPattern::parse(&product(10)).is_ok());
    let errors = refused(&product(11));
    assert_eq!((errors.len(), errors[0].0.as_str()), (1, ""));
    assert!(errors[0].1.contains("1100 combinations"), "{errors:?}");

    // Each member multiplies, also where it stands in another.
    let nested: Vec<Value> = (0..4).map(|_| json!({ "$or": members(6) })).collect();
    assert!(refused(&json!({ "$or": nested }))[0].1.contains("5184 combinations"));

    let text = |many: usize| json!({"a": ["x".repeat(many)]});
    assert!(EventPattern::parse(&text(4096 - 10)).is_ok());
    assert!(refused(&text(4096 - 9))[0].1.contains("4097 characters"));

    let fields = |many: usize| -> Value {
        (0..many).map(|number| (format!("{number}"), json!([1]))).collect()
    };
    assert!(EventPattern::parse(&fields(256)).is_ok());
    assert!(refused(&fields(257))[0].1.contains("257 fields"));
}

#[test]
fn all_mistakes_are_told_at_once_in_their_order() {
    let errors = refused(&json!({
        "a": 1,
        "b": [{"numeric": ["=", 1]}, {"numeric": "="}, {"cidr": "x"}],
        "$or": [{"c": []}, {"exists": [true]}],
        "d": {"e": [{"EXISTS": true, "prefix": 1}]},
    }));
    let places: Vec<&str> = errors.iter().map(|(place, _)| place.as_str()).collect();
    let wanted = [
        "a",
        "b[1].numeric",
        "b[2].cidr",
        "$or[0].c",
        "$or[1].exists",
        "d.e[0]",
        "d.e[0].EXISTS",
        "d.e[0].prefix",
    ];
    assert_eq!(places, wanted);
}

#[test]
fn a_mistake_says_where_what_and_how_to_mend_it() {
    let errors = EventPattern::parse(&json!({"detail": {"state": "running"}})).unwrap_err();
    assert_eq!(errors[0].at, Place::at(["detail", "state"]));
    assert_eq!(
        PatternErrors(errors).to_string(),
        "event pattern, at `detail.state`: `\"running\"` stands alone; expected a list of \
         alternatives, or an object of fields; its author must write a list, `[\"running\"]`"
    );
}

#[test]
fn a_compiled_policy_that_holds_a_wrong_pattern_is_refused() {
    let read = |text: &str| serde_json::from_str::<EventPattern>(text);
    let text = r#"{"detail":{"z":[1.0,{"prefix":"a"}],"a":[null]}}"#;
    assert_eq!(serde_json::to_string(&read(text).unwrap()).unwrap(), text);
    assert!(read(r#"{"a": []}"#).unwrap_err().to_string().contains("the list is empty"));
}
