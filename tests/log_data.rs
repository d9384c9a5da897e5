//! Samples of what CloudWatch Logs delivers, which nobody can read: each is made from a file in
//! `tests/log_data`, and holds what stands there. `CORDON_WRITE_SAMPLES=1` writes them anew.

use cordon::event::{pack, unpack};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn json(path: &Path) -> Value {
    let text =
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What a sample holds.
pub fn data(sample: &str) -> Value {
    json(&folder("tests/log_data").join(sample))
}

/// The samples that are deliveries of logs.
pub fn samples() -> Vec<String> {
    let files = fs::read_dir(folder("tests/log_data")).expect("the folder is there");
    let mut names: Vec<String> = files
        .map(|file| file.expect("a file").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn each_sample_of_logs_holds_what_its_file_says() {
    for name in samples() {
        let sample = folder("events").join(&name);
        if std::env::var_os("CORDON_WRITE_SAMPLES").is_some() {
            let text = serde_json::to_string_pretty(&pack(&data(&name))).expect("JSON");
            fs::write(&sample, text + "\n").expect("the sample is written");
        }
        let held = unpack(&json(&sample));
        assert_eq!(held, Some(data(&name)), "{name}: CORDON_WRITE_SAMPLES=1 writes it anew");
    }
}
