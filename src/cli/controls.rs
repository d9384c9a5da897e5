//! `cordon controls`: every control with its severity, mode, references, and parameters with their
//! defaults; the rules of a control policy too.

use super::{CliError, Verdict, control_policy, terminal};
use crate::{
    finding::{ControlId, Offer, RemediationName, Requirement, Severity},
    policy::{ControlPolicy, Controls as EntriesOfControls, Mode, source},
};
use clap::Args;
use serde::Serialize;
use serde_json::{Value, json};
use std::path::PathBuf;
use time::OffsetDateTime;

#[derive(Debug, Args)]
pub(super) struct Controls {
    /// A control policy, in YAML: its severities, modes and rules are listed.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
}

/// One control as it is listed.
#[derive(Serialize)]
struct Listed {
    id: Requirement,
    severity: Severity,
    /// The farthest it goes anywhere today; none without a control policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    mode: Option<Mode>,
    title: String,
    references: &'static [&'static str],
    /// What it does unless the control policy chooses otherwise.
    remediations: Vec<&'static str>,
    /// What it does if the control policy chooses it.
    #[serde(rename = "onRequest")]
    on_request: Vec<&'static str>,
    parameters: Vec<Parameter>,
}

/// What a control can be told.
#[derive(Serialize)]
struct Parameter {
    name: String,
    description: String,
    default: Value,
}

impl Controls {
    pub(super) fn run(self, as_json: bool) -> Result<Verdict, CliError> {
        let today = OffsetDateTime::now_utc().date();
        let given = self.policy.as_deref().map(|path| control_policy::load(path, today));
        let given = given.transpose()?;
        let policy = given.clone().unwrap_or_default();
        let mode = |id: &Requirement| given.as_ref().map(|policy| policy.farthest(id, today));
        let mut lines = Vec::new();
        for id in policy.requirements() {
            let listed = listed(&policy, &id, mode(&id));
            lines.push(if as_json { json!(listed).to_string() } else { in_words(&listed) });
        }
        terminal::say(&lines.join("\n"))?;
        Ok(Verdict::Fine)
    }
}

fn listed(policy: &ControlPolicy, id: &Requirement, mode: Option<Mode>) -> Listed {
    // Those of a rule stand in the control policy only.
    let given = |is_given: bool| {
        let names = id.control().map(ControlId::offer).into_iter().flat_map(Offer::names);
        names
            .filter(|name| policy.gives(id, *name) == is_given)
            .map(RemediationName::as_str)
            .collect()
    };
    Listed {
        id: id.clone(),
        severity: policy.severity(id),
        mode,
        title: policy.title(id).to_owned(),
        references: id.control().map(ControlId::references).unwrap_or_default(),
        remediations: given(true),
        on_request: given(false),
        parameters: id.control().map(parameters).unwrap_or_default(),
    }
}

fn in_words(listed: &Listed) -> String {
    let Listed { id, severity, mode, title, references, remediations, on_request, parameters } =
        listed;
    let mode = mode.map_or_else(String::new, |mode| format!(", {mode}"));
    let mut lines = vec![format!("{id} ({severity}{mode}): {title}")];
    if !references.is_empty() {
        lines.push(format!("  {}", references.join(", ")));
    }
    if !remediations.is_empty() {
        lines.push(format!("  answers by {}", remediations.join(", ")));
    }
    if !on_request.is_empty() {
        lines.push(format!("  on request by {}", on_request.join(", ")));
    }
    for Parameter { name, description, default } in parameters {
        let description = description.trim_end_matches('.');
        lines.push(format!("  {name}: {description}; unless given {}", short(default)));
    }
    let lines: Vec<String> = lines.iter().map(|line| terminal::clean(line)).collect();
    lines.join("\n")
}

/// A default in one line; long lists only by their length.
fn short(default: &Value) -> String {
    match default {
        Value::Array(items) if items.len() > 5 => format!("a list of {}", items.len()),
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_) => default.to_string(),
    }
}

/// The parameters, described as in the JSON Schema, with the defaults that the types have.
fn parameters(control: ControlId) -> Vec<Parameter> {
    let defaults = serde_json::to_value(EntriesOfControls::default()).unwrap_or_default();
    let defaults = defaults.get(control.as_str()).and_then(|entry| entry.get("parameters"));
    let described = source::parameters(control);
    let parameter = |(name, description): (&str, &str)| Parameter {
        name: name.to_owned(),
        description: description.to_owned(),
        default: defaults.and_then(|all| all.get(name)).cloned().unwrap_or_default(),
    };
    described.into_iter().map(parameter).collect()
}
