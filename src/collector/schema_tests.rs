//! The committed JSON Schema is the one of the types. It stands here because it reads and writes a
//! file, which the pure module may not.

use crate::evidence::{Manifest, Snapshot};
use schemars::{JsonSchema, schema_for};
use std::{env, fs, path::Path};

/// Set, to anything, by whoever means to change the format.
const WRITE: &str = "CORDON_WRITE_SCHEMA";

fn hold<T: JsonSchema>(file: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/evidence").join(file);
    let mut schema = serde_json::to_string_pretty(&schema_for!(T)).expect("it is JSON");
    schema.push('\n');
    if env::var_os(WRITE).is_some() {
        fs::write(&path, &schema).expect("the schema is written");
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == schema, "{file} is not that of the types; {WRITE}=1 writes it anew");
}

#[test]
fn the_schema_of_snapshots_is_that_of_the_types() {
    hold::<Snapshot>("snapshot.schema.json");
}

#[test]
fn the_schema_of_manifests_is_that_of_the_types() {
    hold::<Manifest>("manifest.schema.json");
}
