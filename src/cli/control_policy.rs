//! The control policy that a verb reads: from a file, with its problems said as `cordon check` says
//! them. Refuses to go on with one that has errors.

use super::{CliError, named, terminal};
use crate::{
    policy::{
        ControlPolicy,
        source::{self, Report},
    },
    resource::FunctionArn,
};
use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};
use time::Date;

/// A control policy as read: none if it has errors, and what is to be said of it.
pub(super) fn read(path: &Path, today: Date) -> Result<(Option<ControlPolicy>, Report), CliError> {
    read_knowing(path, today, None)
}

/// The same, held against the functions there are, if they are known.
pub(super) fn read_knowing(
    path: &Path,
    today: Date,
    functions: Option<&[FunctionArn]>,
) -> Result<(Option<ControlPolicy>, Report), CliError> {
    let bytes = bytes(path).map_err(|problem| named(path, problem))?;
    Ok(source::read_knowing(&bytes, today, functions))
}

/// The control policy; warnings are said beside the output.
pub(super) fn load(path: &Path, today: Date) -> Result<ControlPolicy, CliError> {
    let (policy, report) = read(path, today)?;
    let Some(policy) = policy else { return Err(refused(path, &report)) };
    warn(path, &report);
    Ok(policy)
}

/// Says the warnings, if there are any.
pub(super) fn warn(path: &Path, report: &Report) {
    if !report.is_empty() {
        terminal::beside(&report.render(&path.display().to_string()));
    }
}

/// Why the control policy is not accepted.
pub(super) fn refused(path: &Path, report: &Report) -> CliError {
    CliError::report(report.render(&path.display().to_string()))
}

/// A little more than is accepted: who names a large file does not wait for all of it.
fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(source::LONGEST as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
