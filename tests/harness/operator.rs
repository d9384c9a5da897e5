//! The operator's command line as a process that can be killed, under an access key of its world's
//! own, so that its calls are counted and fail apart from the function's.

use super::{Call, Emulator, World, account::JOURNAL, binary, environment};
use std::{
    io::Read,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// A running `cordon`.
pub struct Operator {
    child: Child,
}

impl World {
    /// Starts the operator's command line.
    pub fn operator(&self, arguments: &[&str]) -> Operator {
        let child = Command::new(binary("cordon", option_env!("CARGO_BIN_EXE_cordon")))
            .args(arguments)
            .envs(environment(&self.region, &self.operator_key()))
            .env("CORDON_JOURNAL_TABLE", JOURNAL)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("cordon starts");
        Operator { child }
    }

    /// Makes the operator's calls fail.
    pub fn operator_faults(&self, rules: &str) {
        Emulator::get().faults(&self.operator_key(), rules);
    }

    /// The calls of the operator so far.
    pub fn operator_calls(&self) -> Vec<Call> {
        Emulator::get().calls(&self.operator_key())
    }

    fn operator_key(&self) -> String {
        self.key.replace("CORDON", "PERSON")
    }
}

impl Operator {
    /// Its exit code and what it printed; none if it is not done before so much time is over.
    pub fn wait(mut self, patience: Duration) -> Option<(i32, String)> {
        let end = Instant::now() + patience;
        while !self.is_done() {
            if Instant::now() > end {
                return None;
            }
            thread::sleep(Duration::from_millis(5));
        }
        let code = self.child.wait().ok()?.code().unwrap_or(-1);
        let mut printed = String::new();
        self.child.stdout.take()?.read_to_string(&mut printed).ok()?;
        self.child.stderr.take()?.read_to_string(&mut printed).ok()?;
        Some((code, printed))
    }

    /// Whether it ended by itself.
    pub fn is_done(&mut self) -> bool {
        self.child.try_wait().expect("a child").is_some()
    }
}

impl Drop for Operator {
    /// With SIGKILL, if it still runs.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
