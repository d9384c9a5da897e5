//! The other implementation, in a process of its own: questions on its input, answers on its output.

use crate::Verdict;
use proof::generate::Case;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A running simulator.
pub struct Simulator {
    child: Child,
    questions: BufWriter<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

/// Its answer.
pub struct Told {
    pub verdict: Verdict,
    why: String,
}

impl Told {
    /// The reason of a refusal, short enough to be counted by.
    pub fn kind(&self) -> String {
        let told: Value = serde_json::from_str(&self.why).unwrap_or_default();
        match told["resourcePolicyErrors"][0]["message"].as_str() {
            Some(message) => {
                message.split(['"', '\'', '`', ':']).next().unwrap_or(message).to_owned()
            }
            None => told["message"].as_str().unwrap_or(&self.why).to_owned(),
        }
    }
}

impl Simulator {
    /// Starts it with `node`.
    pub fn start(script: &str) -> Result<Self, String> {
        let mut child = Command::new("node")
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| {
                format!("`node` cannot be started, which this proof needs: {error}")
            })?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("the simulator has no pipes".to_owned());
        };
        Ok(Self { child, questions: BufWriter::new(input), answers: BufReader::new(output) })
    }

    /// The answers to the questions, in their order.
    pub fn ask(&mut self, cases: &[Case]) -> Result<Vec<Told>, String> {
        let (questions, answers) = (&mut self.questions, &mut self.answers);
        std::thread::scope(|scope| {
            let asking = scope.spawn(move || {
                for case in cases {
                    writeln!(
                        questions,
                        "{}",
                        json!({ "policy": case.policy, "request": case.request })
                    )?;
                }
                questions.flush()
            });
            let told = cases.iter().map(|_| read(answers)).collect();
            match asking.join() {
                Ok(Ok(())) => told,
                Ok(Err(error)) => Err(format!("the simulator does not listen: {error}")),
                Err(_) => Err("asking the simulator failed".to_owned()),
            }
        })
    }
}

fn read(answers: &mut impl BufRead) -> Result<Told, String> {
    let mut line = String::new();
    let length = answers.read_line(&mut line).map_err(|error| error.to_string())?;
    if length == 0 {
        return Err("the simulator has ended".to_owned());
    }
    let told: Value = serde_json::from_str(&line).map_err(|error| format!("{error}: {line}"))?;
    let verdict = match told["verdict"].as_str() {
        Some("allow") => Verdict::Allow,
        Some("deny") => Verdict::Deny,
        Some("implicit") => Verdict::Implicit,
        Some("refused") => Verdict::Refused,
        Some(_) | None => return Err(format!("the simulator answered {line}")),
    };
    Ok(Told { verdict, why: told["why"].as_str().unwrap_or_default().to_owned() })
}

impl Drop for Simulator {
    fn drop(&mut self) {
        // It would end by itself when its input does; nobody waits for it after an error.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
