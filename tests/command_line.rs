//! The command line as people and scripts run it: in a folder with policies, without AWS.

use serde_json::{Value, json};
use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The function of these policies.
pub const ORDERS: &str = "arn:aws:lambda:eu-west-1:111122223333:function:orders";

/// What a run came to.
pub struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Run {
    /// The lines as JSON.
    pub fn lines(&self) -> Vec<Value> {
        let parse = |line: &str| serde_json::from_str(line).expect("a JSON line");
        self.out.lines().map(parse).collect()
    }
}

/// A folder of its own with the files in it.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(name: &str, files: &[(&str, String)]) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&folder).expect("a folder");
        for (file, text) in files {
            fs::write(folder.join(file), text).expect("a file is written");
        }
        Self(folder)
    }

    /// The same, without what an earlier run left there.
    pub fn anew(name: &str, files: &[(&str, String)]) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder).expect("what was left is removed");
        }
        Self::new(name, files)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Runs the command line here.
    pub fn cordon(&self, arguments: &[&str], stdin: &str) -> Run {
        let mut child = Command::new(env!("CARGO_BIN_EXE_cordon"))
            .args(arguments)
            .current_dir(&self.0)
            .env_remove("NO_COLOR")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("cordon runs");
        let mut input = child.stdin.take().expect("a pipe");
        // Whoever does not read it may be gone already.
        let _ = input.write_all(stdin.as_bytes());
        drop(input);
        let output = child.wait_with_output().expect("cordon ends");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Run {
            code: output.status.code().unwrap_or(-1),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }
}

/// A policy of these statements, all on `orders`; what a statement does not say is the plainest.
pub fn policy(statements: &[Value]) -> Value {
    let full = |statement: &Value| {
        let mut full = json!({
            "Effect": "Allow",
            "Action": "lambda:InvokeFunction",
            "Resource": ORDERS,
        });
        for (key, value) in statement.as_object().expect("an object") {
            full[key] = value.clone();
        }
        full
    };
    let statements: Vec<Value> = statements.iter().map(full).collect();
    json!({ "Version": "2012-10-17", "Statement": statements })
}

/// A rule's statement that nobody needs to look at.
pub fn hourly() -> Value {
    json!({
        "Sid": "hourly",
        "Principal": { "Service": "events.amazonaws.com" },
        "Condition": { "ArnLike": { "AWS:SourceArn": "arn:aws:events:eu-west-1:111122223333:rule/hourly" } },
    })
}
