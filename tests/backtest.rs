//! `cordon backtest` as people run it: over archives as CloudTrail, AWS Config and EventBridge leave them, through
//! the real binary.

#[path = "backtest/archive.rs"]
mod archive;
#[path = "backtest/deciding.rs"]
mod deciding;
#[path = "backtest/forms.rs"]
mod forms;
#[path = "backtest/remote.rs"]
mod remote;
#[path = "backtest/running.rs"]
mod running;
#[path = "backtest/stories.rs"]
mod stories;

use crate::command_line::{Folder, Run};
use archive::Archive;
use serde_json::Value;

/// A control policy that enforces whatever can be seen in these archives.
const ENFORCED: &str = "version: 1\ndefaults: {mode: enforce}\n";

/// A folder with an archive and control policies.
fn folder(name: &str, archive: &Archive, policies: &[(&str, &str)]) -> Folder {
    let texts: Vec<(&str, String)> =
        policies.iter().map(|(file, text)| (*file, (*text).to_owned())).collect();
    let folder = Folder::anew(name, &texts);
    archive.write(&folder.path().join("archive"));
    folder
}

/// What a run says: its findings, and the summary.
struct Told {
    findings: Vec<Value>,
    difference: Option<Value>,
    summary: Value,
}

impl Told {
    fn of(run: &Run) -> Self {
        let (mut findings, mut difference, mut summary) = (Vec::new(), None, Value::Null);
        for mut line in run.lines() {
            if line["finding"].is_object() {
                findings.push(line["finding"].take());
            } else if line["difference"].is_object() {
                difference = Some(line["difference"].take());
            } else {
                summary = line["summary"].take();
            }
        }
        assert!(summary.is_object(), "{}{}", run.out, run.err);
        // How long it took is different each time.
        summary["read"]["seconds"] = Value::Null;
        Self { findings, difference, summary }
    }

    /// Control and resource of each finding, sorted.
    fn found(&self) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let pair = |one: &Value| {
            let resource = text(&one["resource"]);
            let name = resource.rsplit([':', '/']).next().unwrap_or_default().to_owned();
            (text(&one["control"]), name)
        };
        let mut found: Vec<_> = self.findings.iter().map(pair).collect();
        found.sort();
        found
    }
}
