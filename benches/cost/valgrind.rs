//! Counting: instructions by callgrind, allocations by DHAT.
//! <https://valgrind.org/docs/manual/cl-manual.html>
//! <https://valgrind.org/docs/manual/dh-manual.html>

use std::process::{Command, Stdio};

/// Of one event.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    pub instructions: u64,
    pub allocations: u64,
    /// That were allocated, whether they were given back or not.
    pub bytes: u64,
}

/// What counts.
#[derive(Debug, Clone, Copy)]
pub struct Tool {
    name: &'static str,
    out: &'static str,
}

pub const CALLGRIND: Tool = Tool { name: "callgrind", out: "--callgrind-out-file=/dev/null" };
pub const DHAT: Tool = Tool { name: "dhat", out: "--dhat-out-file=/dev/null" };

pub fn is_installed() -> bool {
    let asked = Command::new("valgrind").arg("--version").stdout(Stdio::null()).status();
    asked.is_ok_and(|status| status.success())
}

impl Tool {
    /// Runs `program` under it.
    pub fn command(self, program: &std::path::Path) -> Command {
        let mut command = Command::new("valgrind");
        command.arg(format!("--tool={}", self.name)).arg(self.out).arg(program);
        command
    }
}

/// Of one event, where `run` gives what a tool says of a process with so many events.
pub fn cost(events: u64, run: impl Fn(Tool, u64) -> String) -> Cost {
    let of_one = |tool, count: &dyn Fn(&str) -> u64| {
        let [some, twice] = [events, 2 * events].map(|number| count(&run(tool, number)));
        twice.saturating_sub(some) / events
    };
    Cost {
        instructions: of_one(CALLGRIND, &|said| number(said, "Collected :", 0)),
        allocations: of_one(DHAT, &|said| number(said, "Total:", 3)),
        bytes: of_one(DHAT, &|said| number(said, "Total:", 0)),
    }
}

/// The word at `place` after `label`.
fn number(said: &str, label: &str, place: usize) -> u64 {
    let line = said.lines().find_map(|line| line.split_once(label)).map(|(_, rest)| rest);
    let word = line.and_then(|rest| rest.split_whitespace().nth(place));
    let number = word.and_then(|word| word.replace(',', "").parse().ok());
    number.unwrap_or_else(|| panic!("valgrind does not say `{label}`: {said}"))
}
