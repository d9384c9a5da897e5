//! The operator's command line. One file a verb under `src/cli/`.

use clap::Parser;
use cordon::cli::{Command, Verdict};
use std::process::ExitCode;

fn main() -> ExitCode {
    match Command::parse().run() {
        Ok(Verdict::Fine) => ExitCode::SUCCESS,
        Ok(Verdict::Findings) => ExitCode::from(1),
        Err(error) => {
            for problem in error.problems() {
                eprintln!("{problem}");
            }
            ExitCode::from(2)
        }
    }
}
