//! What each operator matches, by AWS's pages and the source of its matcher.

use super::*;
use serde_json::json;

fn pattern(source: &Value) -> EventPattern {
    EventPattern::parse(source).unwrap_or_else(|errors| panic!("{source}: {errors:?}"))
}

/// Each alternative with values it matches and values it does not, as the field of an event.
fn holds(table: &[(Value, Value, Value)]) {
    for (alternative, matching, other) in table {
        let pattern = pattern(&json!({"detail": {"field": [alternative]}}));
        for value in matching.as_array().unwrap() {
            let event = json!({"detail": {"field": value}});
            assert!(pattern.matches(&event), "{alternative} does not match {value}");
        }
        for value in other.as_array().unwrap() {
            let event = json!({"detail": {"field": value}});
            assert!(!pattern.matches(&event), "{alternative} matches {value}");
        }
    }
}

/// Each pattern with events it matches and events it does not.
fn decides(table: &[(Value, Value, Value)]) {
    for (source, matching, other) in table {
        let pattern = pattern(source);
        for event in matching.as_array().unwrap() {
            assert!(pattern.matches(event), "{source} does not match {event}");
        }
        for event in other.as_array().unwrap() {
            assert!(!pattern.matches(event), "{source} matches {event}");
        }
    }
}

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
#[test]
fn a_value_matches_itself_and_no_other_type() {
    holds(&[
        (json!("Alice"), json!(["Alice"]), json!(["alice", "Alice ", "", null, {"Alice": 1}])),
        (json!(""), json!([""]), json!([null, " ", 0, false, {}, []])),
        (json!(null), json!([null, [null]]), json!(["null", 0, false, "", {}, []])),
        (json!(true), json!([true]), json!([false, "true", 1])),
        (json!(false), json!([false]), json!([true, "false", 0, null])),
        (json!({"exactly": "a"}), json!(["a", ["b", "a"]]), json!(["A", "ab", 1])),
    ]);
}

// https://github.com/aws/event-ruler/blob/main/src/main/software/amazon/event/ruler/ComparableNumber.java
#[test]
fn numbers_are_compared_as_numbers_where_they_can_be() {
    holds(&[
        (json!(300), json!([300, 300.0, 3.0e2]), json!(["300", 301, 300.000_001])),
        (json!(1.5), json!([1.5, 15e-1]), json!([1, 2, "1.5"])),
        (json!(0), json!([0, -0.0, 0.0]), json!(["0", null, false])),
        (json!(-5e9), json!([-5_000_000_000_i64]), json!([5_000_000_000_i64])),
        // An account id is too large to be compared as a number: by what is written, then.
        (json!(111_122_223_333_u64), json!([111_122_223_333_u64]), json!([111_122_223_334_u64])),
        (json!(0.123_456_7), json!([0.123_456_7]), json!([0.123_456, 0.123_456_8])),
        (json!(18_446_744_073_709_551_615_u64), json!([u64::MAX]), json!([0, -1])),
    ]);
}

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-prefix-matching
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-suffix-matching
#[test]
fn a_prefix_and_a_suffix_match_strings_only() {
    holds(&[
        (
            json!({"prefix": "us-"}),
            json!(["us-", "us-east-1", ["eu", "us-"]]),
            json!(["US-", "aus-"]),
        ),
        (json!({"prefix": ""}), json!(["", "a"]), json!([null, 1, true, [], {}])),
        (json!({"prefix": "1"}), json!(["12"]), json!([12, 1])),
        (json!({"suffix": ".png"}), json!([".png", "a.png"]), json!(["a.PNG", "a.png.bak", "png"])),
        (json!({"suffix": ""}), json!(["", "a"]), json!([null, 1, false])),
        (
            json!({"prefix": {"equals-ignore-case": "EventB"}}),
            json!(["eventb", "EVENTBridge"]),
            json!(["event", "my-eventb", 1]),
        ),
        (
            json!({"suffix": {"equals-ignore-case": ".png"}}),
            json!(["a.PNG", ".pNg"]),
            json!(["png", ".png1", null]),
        ),
    ]);
}

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-equals-ignore-case-matching
#[test]
fn case_is_ignored_character_by_character() {
    holds(&[
        (
            json!({"equals-ignore-case": "alice"}),
            json!(["ALICE", "aLiCe"]),
            json!(["alic", "alices"]),
        ),
        (json!({"equals-ignore-case": ""}), json!([""]), json!(["a", null])),
        (json!({"equals-ignore-case": "straße"}), json!(["STRASSE", "straße"]), json!(["strasse"])),
        (json!({"equals-ignore-case": "ⱥ"}), json!(["Ⱥ", "ⱥ"]), json!(["a"])),
        (json!({"suffix": {"equals-ignore-case": "ß"}}), json!(["maSS", "maß"]), json!(["mass"])),
        (json!({"equals-ignore-case": "1 🚀"}), json!(["1 🚀"]), json!(["1 "])),
    ]);
}

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-wildcard-matching
#[test]
fn a_star_stands_for_any_run_and_a_backslash_for_what_follows_it() {
    holds(&[
        (json!({"wildcard": "*"}), json!(["", "a", "*"]), json!([null, 1, {}])),
        (json!({"wildcard": ""}), json!([""]), json!(["a", null])),
        (
            json!({"wildcard": "a*c"}),
            json!(["ac", "abc", "a*c", "acc"]),
            json!(["a", "abcd", "xac"]),
        ),
        (json!({"wildcard": "*a*"}), json!(["a", "xay"]), json!(["", "b"])),
        // The beginning and the end may not share characters.
        (json!({"wildcard": "ab*ba"}), json!(["abba", "ab-ba"]), json!(["aba"])),
        (json!({"wildcard": "*ab*ab"}), json!(["abab", "abxab", "ababab"]), json!(["ab", "aab"])),
        (json!({"wildcard": "a\\*b"}), json!(["a*b"]), json!(["ab", "axb", "a\\*b"])),
        (json!({"wildcard": "\\\\*"}), json!(["\\", "\\a"]), json!(["", "*", "a"])),
        (json!({"wildcard": "a?[b]"}), json!(["a?[b]"]), json!(["acb"])),
    ]);
}

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-anything-but
#[test]
fn anything_but_matches_every_other_value_that_is_there() {
    holds(&[
        (
            json!({"anything-but": "initializing"}),
            json!(["running", "", null, 1, true, ["initializing", "running"]]),
            json!(["initializing", ["initializing"], [], {}, {"a": 1}]),
        ),
        (json!({"anything-but": ""}), json!(["a", null]), json!([""])),
        (json!({"anything-but": 123}), json!([124, "123", null]), json!([123, 123.0])),
        (json!({"anything-but": [100, 200]}), json!([300, "100", 6e9]), json!([100, 200.0])),
        (json!({"anything-but": ["a", "b"]}), json!(["c", "A", 1]), json!(["a", "b", ["b", "a"]])),
        (
            json!({"anything-but": {"prefix": "init"}}),
            json!(["post-init", 12, null]),
            json!(["init", "initial"]),
        ),
        (json!({"anything-but": {"prefix": ["a", "b"]}}), json!(["c", ""]), json!(["ax", "b"])),
        (
            json!({"anything-but": {"suffix": ".txt"}}),
            json!(["a", ".txt "]),
            json!([".txt", "a.txt"]),
        ),
        (json!({"anything-but": {"suffix": ["x", "y"]}}), json!(["xz", false]), json!(["ax", "y"])),
        (
            json!({"anything-but": {"equals-ignore-case": "running"}}),
            json!(["run", "", null]),
            json!(["RUNNING"]),
        ),
        (
            json!({"anything-but": {"equals-ignore-case": ["a", ""]}}),
            json!(["b", 0]),
            json!(["A", ""]),
        ),
        (
            json!({"anything-but": {"wildcard": "*/lib/*"}}),
            json!(["/library", 1]),
            json!(["/lib/", "a/lib/b"]),
        ),
        (
            json!({"anything-but": {"wildcard": ["*a", "b*"]}}),
            json!(["ab", null]),
            json!(["ba", "a", "b"]),
        ),
    ]);
}

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#filtering-numeric-matching
#[test]
fn a_comparison_sees_numbers_within_five_billion_only() {
    holds(&[
        (json!({"numeric": ["=", 3.018e2]}), json!([301.8]), json!([301, "301.8", null])),
        (
            json!({"numeric": [">", 0]}),
            json!([0.000_001, 5e9]),
            json!([0, -1, 5_000_000_001_u64, "1"]),
        ),
        (json!({"numeric": [">=", 0]}), json!([0, -0.0, 1]), json!([-0.000_001, true, null])),
        (json!({"numeric": ["<", 10]}), json!([9.999_999, -5e9]), json!([10, -5_000_000_001_i64])),
        (json!({"numeric": ["<=", 10]}), json!([10, 10.0]), json!([10.000_001])),
        (json!({"numeric": [">", 0, "<=", 5]}), json!([5, 0.5]), json!([0, 5.1])),
        (json!({"numeric": [">=", 0, "<", 5]}), json!([0, 4.9]), json!([5, -1])),
        // With more than six decimals an event's number is no longer compared as a number.
        (json!({"numeric": [">", 0]}), json!([0.123_456]), json!([0.123_456_7])),
    ]);
}

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-ip-matching
#[test]
fn addresses_are_compared_by_what_they_say_not_by_their_spelling() {
    holds(&[
        (
            json!({"cidr": "10.0.0.0/24"}),
            json!(["10.0.0.0", "10.0.0.255", "010.0.0.001", "::ffff:a00:1"]),
            json!(["10.0.1.0", "10.0.0.256", "10.0.0", "::10.0.0.1", "::ffff:10.0.0.1", 10, ""]),
        ),
        // The bits of the host do not matter.
        (json!({"cidr": "10.0.0.77/24"}), json!(["10.0.0.1"]), json!(["10.0.1.77"])),
        (json!({"cidr": "0.0.0.0/0"}), json!(["255.255.255.255"]), json!(["::", "1.2.3.4.5"])),
        (
            json!({"cidr": "2001:db8::/32"}),
            json!(["2001:DB8:0:0::1", "2001:db8:ffff::"]),
            json!(["2001:db9::", "32.1.13.184"]),
        ),
        (json!({"cidr": "::/0"}), json!(["::1"]), json!(["10.0.0.1", ":"])),
        (json!({"cidr": "::ffff:a00:0/8"}), json!(["10.1.2.3"]), json!(["11.0.0.0"])),
        (json!("10.0.0.1"), json!(["10.0.0.1", "10.00.0.1"]), json!(["10.0.0.2"])),
        (json!("::1"), json!(["0:0:0:0:0:0:0:1"]), json!(["::2", "0.0.0.1"])),
        // Not an address, so a text.
        (json!("10.0.0.256"), json!(["10.0.0.256"]), json!(["10.0.0.0256"])),
    ]);
}

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-exists-matching
#[test]
fn only_a_leaf_exists() {
    let leaves = json!([null, "", 0, false, [null], [[1]], [{}, "a"]]);
    let none = json!([{}, [], [[]], {"below": 1}, [{"below": 1}]]);
    holds(&[
        (json!({"exists": true}), leaves.clone(), none.clone()),
        (json!({"exists": false}), none, leaves),
    ]);
    let absent = json!({"detail": {"field": [{"exists": false}]}});
    let matching = json!([{}, {"detail": 1}, {"detail": null}, {"detail": []}, {"field": 1}]);
    decides(&[(absent, matching, json!([{"detail": {"field": 1}}, {"detail.field": 1}]))]);
}

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
#[test]
fn every_field_must_match_and_one_alternative_of_each() {
    decides(&[
        (
            json!({"a": [1, {"prefix": "x"}], "b": {"c": ["y"]}}),
            json!([{"a": 1, "b": {"c": "y"}}, {"a": "xx", "b": {"c": ["z", "y"], "d": 1}}]),
            json!([{"a": 1}, {"b": {"c": "y"}}, {"a": 2, "b": {"c": "y"}}, {"A": 1, "b": {"c": "y"}}]),
        ),
        (
            json!({"a": [{"anything-but": "x"}, {"exists": false}]}),
            json!([{}, {"a": "y"}, {"a": {"b": 1}}]),
            json!([{"a": "x"}]),
        ),
        (json!({"a": [{"exists": false}]}), json!([{}]), json!([null, [], "a", 1, [{}], {"a": 1}])),
    ]);
}

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns-arrays.html
// https://github.com/aws/event-ruler#json-array-matching
#[test]
fn values_out_of_lists_of_objects_must_come_out_of_one_element() {
    let nested = json!({"list": {"inner": {"a": [1], "b": [2]}, "name": ["x"]}});
    decides(&[
        (
            json!({"a": ["x", "y"]}),
            json!([{"a": ["z", "y"]}, {"a": [["y"]]}]),
            json!([{"a": ["z"]}]),
        ),
        (
            json!({"list": {"a": [1], "b": [2]}}),
            json!([{"list": [{"a": 1, "b": 2}]}, {"list": [{"a": 1}, {"a": [0, 1], "b": 2}]},
                   {"list": [[{"a": 1, "b": 2}]]}, {"list": {"a": 1, "b": 2}}]),
            json!([{"list": [{"a": 1}, {"b": 2}]}, {"list": [[{"a": 1}], [{"b": 2}]]},
                   {"list": [{"a": 1, "b": 3}, {"a": 3, "b": 2}]}]),
        ),
        (
            nested,
            json!([{"list": [{"name": "x", "inner": [{"a": 0, "b": 2}, {"a": 1, "b": 2}]}]}]),
            json!([{"list": [{"name": "x", "inner": [{"a": 1}, {"b": 2}]}]},
                   {"list": [{"name": "x", "inner": []}, {"inner": [{"a": 1, "b": 2}]}]}]),
        ),
        // Different lists, and scalars of one list, go together.
        (
            json!({"x": {"a": [1]}, "y": {"a": [2]}}),
            json!([{"x": [{"a": 1}], "y": [{}, {"a": 2}]}]),
            json!([]),
        ),
        // Absent from the element in which the field before it, by name, was found.
        (
            json!({"list": {"a": [1], "b": [{"exists": false}]}}),
            json!([{"list": [{"a": 1}, {"b": 2}]}, {"list": [{"b": 2, "a": 1}, {"a": 1}]}]),
            json!([{"list": [{"a": 1, "b": 2}]}, {"list": [{"b": 2}]}]),
        ),
        (
            json!({"list": {"b": [1], "a": [{"exists": false}]}}),
            json!([{"list": [{"b": 1}]}]),
            json!([{"list": [{"b": 1}, {"a": 2}]}]),
        ),
    ]);
}

// https://github.com/aws/event-ruler/blob/main/src/main/software/amazon/event/ruler/Ruler.java
#[test]
fn a_dot_in_a_key_is_the_same_as_a_step() {
    decides(&[
        (
            json!({"a": {"b": [1]}}),
            json!([{"a.b": 1}, {"a": {"b": 1}}]),
            json!([{"a.b": {"b": 1}}]),
        ),
        (json!({"a.b": [1]}), json!([{"a.b": 1}, {"a": {"b": 1}}]), json!([{"a": 1, "b": 1}])),
        (
            json!({"a.b": {"c": [1]}}),
            json!([{"a": {"b.c": 1}}]),
            json!([{"a": {"b": {"b": {"c": 1}}}}]),
        ),
        // A value and an object at one place: only a list of both has them.
        (json!({"a": [1], "a.b": [2]}), json!([{"a": [1, {"b": 2}]}]), json!([{"a": 1}])),
        (json!({"": {"x": [1]}}), json!([{"": {"x": 1}}, {".x": 1}]), json!([{"x": 1}])),
    ]);
}

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-complex-example-or
// https://github.com/aws/event-ruler#the-or-primitive
#[test]
fn one_member_of_or_must_match_and_all_that_stands_beside_it() {
    decides(&[
        (
            json!({"source": ["s"], "$or": [{"a": [1]}, {"b": [2], "c": [3]}]}),
            json!([{"source": "s", "a": 1}, {"source": "s", "b": 2, "c": 3}]),
            json!([{"a": 1}, {"source": "s"}, {"source": "s", "b": 2}, {"source": "s", "c": 3}]),
        ),
        (
            json!({"$or": [{"a": [1]}, {"b": [2]}], "d": {"$or": [{"x": [1]}, {"y": [2]}]}}),
            json!([{"a": 1, "d": {"y": 2}}, {"b": 2, "d": {"x": 1}}]),
            json!([{"a": 1}, {"d": {"x": 1}}, {"a": 1, "x": 1}]),
        ),
        (
            json!({"$or": [{"a": [1], "$or": [{"b": [2]}, {"c": [3]}]}, {"d": [4]}]}),
            json!([{"a": 1, "c": 3}, {"d": 4}]),
            json!([{"a": 1}, {"b": 2}, {"c": 3}]),
        ),
        (
            json!({"$or": [{"a": [{"exists": false}]}, {"a": {"b": [1]}}]}),
            json!([{}, {"a": {"b": 1}}, {"a": {"b": 2}}]),
            json!([{"a": 1}]),
        ),
    ]);
}

// https://github.com/aws/event-ruler/blob/main/src/main/software/amazon/event/ruler/JsonRuleCompiler.java
#[test]
fn of_a_field_named_twice_the_last_counts() {
    let last = json!({"a": [1], "$or": [{"a": [2]}, {"b": [3]}]});
    let first = json!({"$or": [{"a": [2]}, {"b": [3]}], "a": [1]});
    decides(&[
        (last, json!([{"a": 2}, {"a": 1, "b": 3}]), json!([{"a": 1}, {"b": 3}])),
        (first, json!([{"a": 1}]), json!([{"a": 2}, {"b": 3}])),
        (json!({"a": {"b": [1]}, "a.b": [2]}), json!([{"a": {"b": 2}}]), json!([{"a": {"b": 1}}])),
    ]);
}

// https://github.com/aws/event-ruler#the-backward-compatibility-of-using-or-as-filed-name-in-the-rule
#[test]
fn an_or_that_cannot_be_the_operator_is_the_name_of_a_field() {
    let prefixes = json!({"$or": [{"prefix": "a"}, {"exists": false}], "b": [1]});
    decides(&[
        (prefixes.clone(), json!([{"$or": "ab", "b": 1}, {"b": 1}]), json!([{"$or": "b", "b": 1}])),
        (json!({"$or": {"a": [1]}}), json!([{"$or": {"a": 1}}]), json!([{"a": 1}])),
        (json!({"$or": ["x"]}), json!([{"$or": "x"}]), json!([{}])),
    ]);
    assert!(pattern(&prefixes).takes_or_for_a_field());
    assert!(!pattern(&json!({"$or": [{"a": [1]}, {"b": [1]}]})).takes_or_for_a_field());
    assert!(!pattern(&json!({"a": [1]})).takes_or_for_a_field());
}

#[test]
fn what_is_no_object_is_no_event() {
    let absent = pattern(&json!({"a": [{"exists": false}]}));
    assert!(absent.matches(&json!({})));
    assert!(!absent.matches(&json!([])) && !absent.matches(&json!(null)));
}

#[test]
fn a_long_list_of_objects_costs_its_length_not_its_square() {
    let elements: Vec<Value> = (0..20_000).map(|number| json!({"a": 1, "b": number})).collect();
    let wanted = pattern(&json!({"list": {"a": [1], "b": [-1], "c": [{"exists": false}]}}));
    assert!(!wanted.matches(&json!({"list": elements})));
    let lists = json!({"x": elements, "y": elements, "z": elements});
    let across = json!({"x": {"a": [1]}, "y": {"a": [1]}, "z": {"b": [-1]}});
    assert!(!pattern(&across).matches(&lists));
}
