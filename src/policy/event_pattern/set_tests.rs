//! The index finds what looking at every pattern finds, and looks at few of them.

use super::*;
use serde_json::json;

fn set(sources: &[Value]) -> PatternSet {
    PatternSet::new(sources.iter().map(|source| EventPattern::parse(source).unwrap()).collect())
}

#[test]
fn a_pattern_is_found_by_its_rarest_string() {
    let sources: Vec<Value> = (0..1000)
        .map(|number| json!({"source": ["aws.lambda"], "detail": {"eventName": [format!("Name{number}")]}}))
        .collect();
    let set = set(&sources);
    let event = json!({"source": "aws.lambda", "detail": {"eventName": "Name7"}});
    assert_eq!(set.candidates(&EventFields::of(&event)), [7]);
    assert_eq!(set.matching(&EventFields::of(&event)), [7]);
    assert!(!(0..1000).any(|place| set.is_scanned(place)));
}

#[test]
fn a_pattern_without_a_string_it_needs_is_scanned() {
    let needs_one = [
        json!({"a": ["x"], "b": [{"exists": false}]}),
        json!({"a": ["x"], "$or": [{"b": [1]}, {"c": [2]}]}),
        json!({"$or": [{"a": ["x"], "b": [1]}, {"a": ["y"], "c": [2]}]}),
    ];
    let scanned = [
        json!({"a": [{"prefix": "x"}]}),
        json!({"a": ["x", {"prefix": "y"}]}),
        json!({"a": ["x", {"exists": false}]}),
        json!({"a": ["x", null]}),
        json!({"a": [1]}),
        json!({"a": ["10.0.0.1"]}),
        json!({"$or": [{"a": ["x"]}, {"b": ["y"]}]}),
        json!({"a": ["x"], "$or": [{"a": [{"prefix": "y"}]}, {"b": [1]}]}),
    ];
    let set = set(&[&needs_one[..], &scanned[..]].concat());
    for place in 0..needs_one.len() + scanned.len() {
        assert_eq!(set.is_scanned(place), place >= needs_one.len(), "{:?}", set.pattern(place));
    }
    assert!(!set.is_scanned(99) && set.pattern(99).is_none());
    // By the string of each member.
    for (event, place) in [(json!({"a": "x", "b": 1}), 2), (json!({"a": "y", "c": 2}), 2)] {
        assert!(set.matching(&EventFields::of(&event)).contains(&place), "{event}");
    }
    let nothing = json!({});
    assert_eq!(set.candidates(&EventFields::of(&nothing)), (3..11).collect::<Vec<_>>());
}

#[test]
fn candidates_are_told_once_and_in_order() {
    let set =
        set(&[json!({"a": ["x", "y"]}), json!({"b": [{"exists": true}]}), json!({"a": ["y"]})]);
    let event = json!({"a": ["y", "x", "y"], "b": 1});
    assert_eq!(set.candidates(&EventFields::of(&event)), [0, 1, 2]);
    assert_eq!(set.matching(&EventFields::of(&json!({"a": "x"}))), [0]);
    assert_eq!(PatternSet::default().matching(&EventFields::of(&event)), [0_usize; 0]);
}
