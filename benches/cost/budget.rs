//! What an event may cost.

use serde::Deserialize;
use std::collections::BTreeMap;

/// By the name of what is counted.
#[derive(Deserialize)]
pub struct Budget(BTreeMap<String, Allowed>);

/// Of one event.
#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allowed {
    pub instructions: u64,
    pub allocations: u64,
}

impl Budget {
    pub fn read() -> Self {
        serde_json::from_str(include_str!("budget.json")).expect("benches/cost/budget.json is one")
    }

    pub fn of(&self, name: &str) -> Allowed {
        *self.0.get(name).unwrap_or_else(|| panic!("no budget for `{name}`"))
    }
}
