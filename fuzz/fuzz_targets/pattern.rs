//! Any JSON as an event pattern and an event: what is refused has a reason, what is accepted is the
//! same when read again, and a set says what the pattern says alone.

#![no_main]

use libfuzzer_sys::fuzz_target;
use proof::policy::event_pattern::{EventFields, EventPattern, PatternSet};
use serde_json::Value;

fuzz_target!(|text: &str| {
    let Ok(value) = serde_json::from_str::<Value>(text) else { return };
    let source = value.get("EventPattern").unwrap_or(&value);
    let event = value.get("Event").unwrap_or(&value);
    let pattern = match EventPattern::parse(source) {
        Ok(pattern) => pattern,
        Err(errors) => return assert!(!errors.is_empty()),
    };
    assert_eq!(EventPattern::parse(pattern.source()).as_ref(), Ok(&pattern));
    let alone = pattern.matches(event);
    let found = PatternSet::new(vec![pattern]).matching(&EventFields::of(event));
    assert_eq!(found.is_empty(), !alone);
});
