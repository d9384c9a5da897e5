//! `cordon controls`: lists the controls.

use super::{CliError, Verdict};
use crate::finding::ControlId;
use serde_json::json;

pub(super) fn run(as_json: bool) -> Result<Verdict, CliError> {
    for control in ControlId::ALL {
        let (severity, title) = (control.severity(), control.title());
        if as_json {
            println!("{}", json!({ "id": control, "severity": severity, "title": title }));
        } else {
            println!("{:34} {:9} {title}", control.as_str(), severity.to_string());
        }
    }
    Ok(Verdict::Fine)
}
