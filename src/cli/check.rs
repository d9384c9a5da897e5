//! `cordon check`: validates a control policy, and compiles it for the function.

use super::{CliError, Verdict, control_policy, error, named, read, terminal};
use crate::{
    policy::{ControlPolicy, LoadedPolicy, source::Report},
    resource::FunctionArn,
};
use clap::Args;
use serde::Deserialize;
use serde_json::json;
use std::{
    fs, io,
    path::{Path, PathBuf},
};
use time::{Date, OffsetDateTime, macros::format_description};

#[derive(Debug, Args)]
pub(super) struct Check {
    /// The control policy, in YAML.
    policy: PathBuf,
    /// The functions there are, as `aws lambda list-functions` prints them, or an ARN a line: every
    /// pattern that means none of them is told. `-` for standard input.
    #[arg(long, value_name = "FILE")]
    functions: Option<PathBuf>,
    /// Write the compiled policy here, as the function loads it.
    #[arg(long, value_name = "FILE")]
    compile: Option<PathBuf>,
    /// Check as of this day, such as 2027-03-31, instead of today: which exceptions have ended by
    /// then, and what is enforced.
    // What is compiled goes into the function now.
    #[arg(long, value_name = "DAY", conflicts_with = "compile")]
    today: Option<String>,
}

impl Check {
    pub(super) fn run(self, as_json: bool) -> Result<Verdict, CliError> {
        let today = self.today()?;
        let functions = self.functions.as_deref().map(functions).transpose()?;
        let known = functions.as_deref();
        let (policy, report) = control_policy::read_knowing(&self.policy, today, known)?;
        let Some(policy) = policy else { return Err(self.refused(&report, as_json)?) };
        let compiled = LoadedPolicy::compile(&policy).map_err(error)?;
        let loaded = LoadedPolicy::load(&compiled).map_err(error)?;
        if let Some(path) = &self.compile {
            fs::write(path, &compiled).map_err(|problem| named(path, problem))?;
        }
        if as_json {
            self.say_json(&policy, &loaded, &report, today)?;
        } else {
            control_policy::warn(&self.policy, &report);
            let file = terminal::clean(&self.policy.display().to_string());
            let mut lines = vec![format!("{file}: valid, sha256 {}", loaded.sha256)];
            for control in policy.requirements() {
                let mode = policy.farthest(&control, today);
                let others = policy.elsewhere(&control, today);
                let others = others.iter().any(|(_, there)| *there != mode);
                let others = if others { ", another mode in some scopes or later" } else { "" };
                lines.push(format!("  {:8} {control}{others}", mode.as_str()));
            }
            terminal::say(&lines.join("\n"))?;
        }
        Ok(Verdict::Fine)
    }

    fn today(&self) -> Result<Date, CliError> {
        let Some(text) = &self.today else { return Ok(OffsetDateTime::now_utc().date()) };
        let wrong = || error(format!("--today `{text}`: expected a day such as `2027-03-31`"));
        Date::parse(text, format_description!("[year]-[month]-[day]")).map_err(|_| wrong())
    }

    fn say_json(
        &self,
        policy: &ControlPolicy,
        loaded: &LoadedPolicy,
        report: &Report,
        today: Date,
    ) -> Result<(), CliError> {
        let mode = |control| json!([control, policy.farthest(&control, today)]);
        let modes: Vec<_> = policy.requirements().map(mode).collect();
        let problems = report.json(&self.policy.display().to_string());
        let line = json!({ "sha256": loaded.sha256, "modes": modes, "problems": problems });
        terminal::say(&terminal::harmless(&line.to_string()))
    }

    /// To a machine the problems are the output, and nothing stands beside it.
    fn refused(&self, report: &Report, as_json: bool) -> Result<CliError, CliError> {
        if !as_json {
            return Ok(control_policy::refused(&self.policy, report));
        }
        let line = json!({ "problems": report.json(&self.policy.display().to_string()) });
        terminal::say(&terminal::harmless(&line.to_string()))?;
        Ok(CliError(Vec::new()))
    }
}

/// What `aws lambda list-functions` prints.
#[derive(Deserialize)]
struct ListedFunctions {
    #[serde(rename = "Functions")]
    functions: Vec<ListedFunction>,
}

#[derive(Deserialize)]
struct ListedFunction {
    #[serde(rename = "FunctionArn")]
    arn: FunctionArn,
}

/// The functions there are.
/// <https://docs.aws.amazon.com/cli/latest/reference/lambda/list-functions.html>
fn functions(path: &Path) -> Result<Vec<FunctionArn>, CliError> {
    let text = match path.to_str() {
        Some("-") => io::read_to_string(io::stdin()).map_err(|problem| named(path, problem))?,
        Some(_) | None => read(path)?,
    };
    if text.trim_start().starts_with('{') {
        let listed: ListedFunctions =
            serde_json::from_str(&text).map_err(|problem| named(path, problem))?;
        return Ok(listed.functions.into_iter().map(|function| function.arn).collect());
    }
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(|line| FunctionArn::parse(line).map_err(|problem| named(path, problem))).collect()
}
