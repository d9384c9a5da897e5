//! What an event may cost.

use serde::Deserialize;
use std::{collections::BTreeMap, fs, path::Path};

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
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/cost/budget.json");
        let text = fs::read_to_string(path).expect("benches/cost/budget.json");
        serde_json::from_str(&text).expect("benches/cost/budget.json is a budget")
    }

    pub fn of(&self, name: &str) -> Allowed {
        *self.0.get(name).unwrap_or_else(|| panic!("no budget for `{name}`"))
    }
}
