//! Whatever the patterns and the events are.

use super::fields::Element;
use super::*;
use proptest::prelude::*;
use serde_json::{Map, json};

/// Few words, so that patterns and events meet.
fn word() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["", "a", "A", "ab", "aba", "*", "10.0.0.1", "::1", "ß", "\\", "a.b"])
        .prop_map(str::to_owned)
}

fn key() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["a", "b", "c", "a.b", "prefix", "$or"]).prop_map(str::to_owned)
}

fn number() -> impl Strategy<Value = Value> {
    prop::sample::select(vec![
        json!(0),
        json!(1),
        json!(1.0),
        json!(1.5),
        json!(-5e9),
        json!(5_000_000_001_u64),
        json!(0.000_000_1),
    ])
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => word().prop_map(Value::from),
        2 => number(),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ]
}

fn alternative() -> impl Strategy<Value = Value> {
    let words = || prop::collection::vec(word(), 1..3);
    let operator =
        || prop::sample::select(vec!["prefix", "suffix", "equals-ignore-case", "wildcard"]);
    prop_oneof![
        8 => scalar(),
        2 => any::<bool>().prop_map(|there| json!({ "exists": there })),
        2 => (operator(), word()).prop_map(|(name, word)| json!({ name: word })),
        1 => (operator(), words()).prop_map(|(name, words)| json!({"anything-but": {name: words}})),
        1 => words().prop_map(|words| json!({ "anything-but": words })),
        1 => number().prop_map(|number| json!({ "anything-but": number })),
        1 => number().prop_map(|bound| json!({"numeric": [">=", bound]})),
        1 => Just(json!({"cidr": "10.0.0.0/8"})),
    ]
}

/// Members of `$or` that name the same fields with strings.
fn or_of_strings() -> impl Strategy<Value = Value> {
    let word = || prop::sample::select(vec!["a", "ab", "A"]);
    let member =
        || (word(), word()).prop_map(|(a, b)| json!({"a": [a], "b": [b, {"exists": false}]}));
    (member(), member()).prop_map(|(first, second)| json!({ "$or": [first, second] }))
}

/// Mostly a pattern, sometimes not quite.
fn source() -> impl Strategy<Value = Value> {
    let list = prop_oneof![
        prop::collection::vec(alternative(), 1..4).prop_map(Value::from),
        prop::collection::vec(word(), 1..3).prop_map(Value::from),
    ];
    let fields = prop::collection::hash_map(key(), list, 1..4).prop_map(object);
    fields.prop_recursive(3, 12, 3, |inner| {
        let or = prop::collection::vec(inner.clone(), 2..4).prop_map(Value::from);
        prop_oneof![
            3 => prop::collection::hash_map(key(), inner, 1..3).prop_map(object),
            2 => (or, prop::collection::vec(alternative(), 1..3), any::<bool>()).prop_map(
                |(or, list, first)| match first {
                    true => json!({"$or": or, "c": list}),
                    false => json!({"c": list, "$or": or}),
                }
            ),
        ]
    })
}

fn object(fields: std::collections::HashMap<String, Value>) -> Value {
    Value::Object(fields.into_iter().collect())
}

fn event() -> impl Strategy<Value = Value> {
    let values = scalar().prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(key(), inner, 0..4).prop_map(object),
        ]
    });
    prop::collection::hash_map(key(), values, 0..4).prop_map(object)
}

fn any_json() -> impl Strategy<Value = Value> {
    let keys = || {
        prop_oneof![
            key(),
            Just("numeric".to_owned()),
            Just("anything-but".to_owned()),
            any::<String>()
        ]
    };
    prop_oneof![scalar(), any::<String>().prop_map(Value::from), any::<f64>().prop_map(Value::from)]
        .prop_recursive(5, 24, 4, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::hash_map(keys(), inner, 0..5).prop_map(object),
            ]
        })
}

/// The same with the keys of objects and the alternatives of fields the other way round. Not so the
/// bounds of a comparison.
fn reversed(source: &Value) -> Value {
    match source {
        Value::Object(fields) if fields.contains_key("numeric") => source.clone(),
        Value::Object(fields) => Value::Object(
            fields
                .iter()
                .rev()
                .map(|(key, value)| (key.clone(), reversed(value)))
                .collect::<Map<_, _>>(),
        ),
        Value::Array(list) => list.iter().rev().map(reversed).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => source.clone(),
    }
}

/// Whether a field is named twice on one way to match: then its last naming counts.
fn names_a_field_twice(pattern: &EventPattern) -> bool {
    let used: usize = pattern.branches.iter().map(Vec::len).sum();
    let mut paths: Vec<&str> =
        pattern.conditions.iter().map(|condition| condition.path.as_str()).collect();
    paths.sort_unstable();
    let named = paths.len();
    paths.dedup();
    used < named || paths.len() < named
}

/// The event's own values as a pattern; none where a list or an object is empty.
fn own_values(event: &Value) -> Option<Value> {
    match event {
        Value::Object(fields) => {
            let fields: Map<String, Value> = fields
                .iter()
                .filter_map(|(key, value)| Some((key.clone(), own_values(value)?)))
                .collect();
            (!fields.is_empty()).then_some(Value::Object(fields))
        }
        Value::Array(list) => {
            let scalars: Vec<Value> = list
                .iter()
                .filter(|value| !value.is_object() && !value.is_array())
                .cloned()
                .collect();
            match scalars.is_empty() {
                true => list.iter().find_map(own_values),
                false => Some(Value::Array(scalars)),
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Some(json!([event])),
    }
}

proptest! {
    #[test]
    fn any_json_is_read_or_refused_with_reasons(source in any_json(), event in any_json()) {
        match EventPattern::parse(&source) {
            Ok(pattern) => { pattern.matches(&event); }
            Err(errors) => {
                let told = |error: &PatternError| {
                    !error.wrong.is_empty() && !error.expected.is_empty() && !error.mend.is_empty()
                };
                prop_assert!(!errors.is_empty());
                prop_assert!(errors.iter().all(told));
            }
        }
    }

    #[test]
    fn a_set_says_what_each_pattern_says_alone(
        sources in prop::collection::vec(prop_oneof![source(), or_of_strings()], 1..6),
        events in prop::collection::vec(event(), 1..5),
    ) {
        let patterns: Vec<EventPattern> =
            sources.iter().filter_map(|source| EventPattern::parse(source).ok()).collect();
        let set = PatternSet::new(patterns.clone());
        for event in &events {
            let alone: Vec<usize> =
                (0..patterns.len()).filter(|place| patterns[*place].matches(event)).collect();
            prop_assert_eq!(set.matching(&EventFields::of(event)), alone);
        }
    }

    #[test]
    fn ways_that_are_forgotten_and_skipped_are_ways_that_do_not_matter(
        source in source_of_lists(),
        events in prop::collection::vec(event_of_lists(), 1..5),
    ) {
        let Ok(pattern) = EventPattern::parse(&source) else { return Ok(()) };
        for event in &events {
            let fields = EventFields::of(event);
            let tried = pattern.branches.iter().any(|branch| {
                let conditions: Vec<&Condition> = pattern.conditions_of(branch).collect();
                every_way(&conditions, &fields, &[])
            });
            prop_assert_eq!(pattern.matches(event), tried, "{}", event);
        }
    }

    #[test]
    fn a_pattern_is_the_same_after_a_round_through_json(source in source()) {
        if let Ok(pattern) = EventPattern::parse(&source) {
            let text = serde_json::to_string(&pattern).unwrap();
            prop_assert_eq!(&text, &source.to_string());
            prop_assert_eq!(serde_json::from_str::<EventPattern>(&text).unwrap(), pattern);
        }
    }

    #[test]
    fn the_order_of_keys_and_alternatives_does_not_matter(
        source in source(),
        events in prop::collection::vec(event(), 1..5),
    ) {
        let Ok(pattern) = EventPattern::parse(&source) else { return Ok(()) };
        prop_assume!(!names_a_field_twice(&pattern));
        let turned = EventPattern::parse(&reversed(&source)).unwrap();
        for event in &events {
            prop_assert_eq!(pattern.matches(event), turned.matches(event), "{}", event);
            prop_assert_eq!(pattern.matches(event), pattern.matches(&key_reversed(event)));
        }
    }

    #[test]
    fn an_event_matches_its_own_values(event in event()) {
        let Some(source) = own_values(&event) else { return Ok(()) };
        // `$or` holds no operators here, so it is the name of a field unless it is a list of objects.
        let Ok(pattern) = EventPattern::parse(&source) else { return Ok(()) };
        prop_assume!(!names_a_field_twice(&pattern));
        prop_assert!(pattern.matches(&event), "{}", source);
    }
}

/// The matcher as event-ruler has it, one step after the other:
/// <https://github.com/aws/event-ruler/blob/main/src/main/software/amazon/event/ruler/ACFinder.java>
fn every_way(conditions: &[&Condition], event: &EventFields<'_>, way: &[Element]) -> bool {
    let Some((condition, rest)) = conditions.split_first() else { return true };
    let together = |elements: &[Element]| {
        elements
            .iter()
            .all(|(list, place)| way.iter().all(|(other, at)| other != list || at == place))
    };
    let near: Vec<_> =
        event.at(&condition.path).iter().filter(|leaf| together(&leaf.elements)).collect();
    let absent = near.is_empty() && condition.alternatives.contains(&Alternative::Absent);
    absent && every_way(rest, event, way)
        || near.iter().any(|leaf| {
            condition.alternatives.iter().any(|wanted| wanted.is_met_by(&leaf.value))
                && every_way(rest, event, &[way, &leaf.elements].concat())
        })
}

fn one_or_two() -> impl Strategy<Value = Value> {
    prop::sample::select(vec![json!(1), json!(2)])
}

fn few_keys<T: Strategy<Value = Value>>(values: T) -> impl Strategy<Value = Value> {
    let keys = prop::sample::select(vec!["a", "b", "c"]).prop_map(str::to_owned);
    prop::collection::hash_map(keys, values, 1..4).prop_map(object)
}

/// Few fields at two depths, so that lists of objects often hold them, now together, now not.
fn source_of_lists() -> impl Strategy<Value = Value> {
    let lists = || {
        prop_oneof![
            3 => one_or_two().prop_map(|number| json!([number])),
            1 => Just(json!([{"exists": false}])),
            1 => Just(json!([{"exists": false}, 1])),
        ]
    };
    few_keys(prop_oneof![2 => few_keys(prop_oneof![lists(), few_keys(lists())]), 1 => lists()])
}

fn event_of_lists() -> impl Strategy<Value = Value> {
    let listed = |values: BoxedStrategy<Value>| {
        prop::collection::vec(few_keys(values), 0..4).prop_map(Value::from).boxed()
    };
    let inner = prop_oneof![2 => one_or_two().boxed(), 1 => listed(one_or_two().boxed())].boxed();
    let outer = listed(inner.clone());
    let twice = prop::collection::vec(outer.clone(), 0..3).prop_map(Value::from);
    few_keys(prop_oneof![4 => outer, 1 => twice, 1 => inner])
}

/// The keys of objects the other way round.
fn key_reversed(event: &Value) -> Value {
    match event {
        Value::Object(fields) => Value::Object(
            fields.iter().rev().map(|(key, value)| (key.clone(), key_reversed(value))).collect(),
        ),
        Value::Array(list) => list.iter().map(key_reversed).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => event.clone(),
    }
}
