//! `cordon schema`: the JSON Schema of control policies, for editors.

use super::{CliError, Verdict, error, terminal};
use crate::policy::source;

pub(super) fn run() -> Result<Verdict, CliError> {
    let schema = serde_json::to_string_pretty(source::schema()).map_err(error)?;
    terminal::say(&schema)?;
    Ok(Verdict::Fine)
}
