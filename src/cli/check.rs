//! `cordon check`: validates a control policy, and compiles it for the function.

use super::{CliError, Verdict, error, named, read};
use crate::{
    finding::ControlId,
    policy::{LoadedPolicy, source},
};
use clap::Args;
use serde_json::json;
use std::{fs, path::PathBuf};
use time::OffsetDateTime;

#[derive(Debug, Args)]
pub(super) struct Check {
    /// The control policy, in YAML.
    policy: PathBuf,
    /// Write the compiled policy here, as the function loads it.
    #[arg(long, value_name = "FILE")]
    compile: Option<PathBuf>,
}

impl Check {
    pub(super) fn run(self, as_json: bool) -> Result<Verdict, CliError> {
        let text = read(&self.policy)?;
        let today = OffsetDateTime::now_utc().date();
        let policy = source::parse(&text, today).map_err(|problem| named(&self.policy, problem))?;
        let compiled = LoadedPolicy::compile(&policy).map_err(error)?;
        let loaded = LoadedPolicy::load(&compiled).map_err(error)?;
        if let Some(path) = &self.compile {
            fs::write(path, &compiled).map_err(|problem| named(path, problem))?;
        }
        if as_json {
            let modes = ControlId::ALL.map(|control| json!([control, policy.mode(control)]));
            println!("{}", json!({ "sha256": loaded.sha256, "modes": modes }));
        } else {
            println!("{}: valid, sha256 {}", self.policy.display(), loaded.sha256);
            for control in ControlId::ALL {
                println!("  {:8} {control}", policy.mode(control).as_str());
            }
        }
        Ok(Verdict::Fine)
    }
}
