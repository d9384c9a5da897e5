//! The real function binaries under a local Runtime API.

use super::{
    account::{EVIDENCE, JOURNAL, QUARANTINE, SECOND_LOOKS, TOPIC_NAME},
    binary, environment, queue_url,
    runtime_api::{Posted, RuntimeApi},
};
use serde_json::Value;
use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant, SystemTime},
};

/// A running function.
pub struct Bootstrap {
    /// The moment before its process was made.
    pub spawned: SystemTime,
    child: Child,
    began: Instant,
    runtime: RuntimeApi,
    lines: Arc<Mutex<Vec<String>>>,
}

/// What came of one event.
#[derive(Debug)]
pub struct Answer {
    /// Answered, or failed.
    pub ok: bool,
    /// The response, or the error.
    pub body: String,
    /// From the event to the answer.
    pub elapsed: Duration,
    /// The finding lines it logged.
    pub findings: Vec<Value>,
    /// Everything it logged.
    pub log: String,
}

const PATIENCE: Duration = Duration::from_secs(60);

impl Bootstrap {
    pub(super) fn start(
        folder: &Path,
        region: &str,
        key: &str,
        mode: &str,
        variables: &[(&str, &str)],
    ) -> Self {
        Self::run(region, "cordon-responder", |port| {
            let mut command = command(folder, region, key, mode, port);
            command.envs(variables.iter().copied());
            command
        })
    }

    /// Starts the collector of evidence.
    pub(super) fn collector(region: &str, key: &str, bucket: &str) -> Self {
        let told = option_env!("CARGO_BIN_EXE_collector");
        Self::run(region, "cordon-collector", |port| {
            let mut command = function("collector", told, region, key, port);
            command.env("CORDON_EVIDENCE_BUCKET", bucket);
            command
        })
    }

    /// Starts a function that is none of the installation's: a command that lacks what Lambda gives
    /// every function.
    pub(super) fn other(region: &str, key: &str, name: &str, mut command: Command) -> Self {
        Self::run(region, name, |port| {
            environ(&mut command, name, region, key, port);
            command
        })
    }

    fn run(region: &str, name: &str, command: impl FnOnce(u16) -> Command) -> Self {
        let arn = format!("arn:aws:lambda:{region}:111122223333:function:{name}");
        let runtime = RuntimeApi::start(arn);
        let mut command = command(runtime.port);
        let (spawned, began) = (SystemTime::now(), Instant::now());
        let mut child = command.stderr(Stdio::inherit()).spawn().expect("the function starts");
        let stdout = child.stdout.take().expect("its output is piped");
        let lines = Arc::new(Mutex::new(Vec::new()));
        let collected = lines.clone();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                collected.lock().expect("not poisoned").push(line);
            }
        });
        Self { spawned, child, began, runtime, lines }
    }

    /// Starts it with what it must refuse; what it says.
    pub(super) fn start_error(folder: &Path, region: &str, key: &str, mode: &str) -> String {
        let runtime = RuntimeApi::start(String::new());
        let output = command(folder, region, key, mode, runtime.port).output();
        let output = output.expect("bootstrap runs");
        assert!(!output.status.success(), "it started");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Delivers one event and waits until it is answered and the next one asked for.
    pub fn deliver(&self, event: &str) -> Answer {
        let sent = self.begin(event);
        let (ok, body) = self
            .posted(PATIENCE)
            .unwrap_or_else(|| panic!("no answer in time: {:#?}", self.settled_log()));
        let elapsed = sent.elapsed();
        let log = self.settled_log();
        let findings = log
            .iter()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .filter(|line| line.get("Findings").is_some())
            .collect();
        Answer { ok, body, elapsed, findings, log: log.join("\n") }
    }

    /// Waits until it asks for its first event; what it logged before.
    pub fn started(&self) -> String {
        match self.runtime.posted.recv_timeout(PATIENCE).expect("it starts") {
            Posted::Started(_) => self.settled_log().join("\n"),
            Posted::Response(body) | Posted::Error(body) => panic!("it answers nothing: {body}"),
        }
    }

    /// Waits until it asks for its first event; the time from the start of its process to that.
    pub fn initialized(&self) -> Duration {
        match self.runtime.posted.recv_timeout(PATIENCE).expect("it starts") {
            Posted::Started(asked) => asked.duration_since(self.began),
            Posted::Response(body) | Posted::Error(body) => panic!("it answers nothing: {body}"),
        }
    }

    /// Waits for a line that it logs after an answer.
    pub fn logs(&self, text: &str) -> String {
        let end = Instant::now() + Duration::from_secs(10);
        loop {
            let lines = self.lines.lock().expect("not poisoned").clone();
            if let Some(line) = lines.iter().find(|line| line.contains(text)) {
                return line.clone();
            }
            assert!(Instant::now() < end, "no `{text}` in {lines:#?}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Whether it logged a text, or does so within a second.
    pub fn logged(&self, text: &str) -> bool {
        let end = Instant::now() + Duration::from_secs(1);
        loop {
            let found =
                self.lines.lock().expect("not poisoned").iter().any(|line| line.contains(text));
            if found || Instant::now() > end {
                return found;
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Hands one event over and leaves it at that: whoever begins it kills the function before it
    /// is done.
    pub fn begin(&self, event: &str) -> Instant {
        self.lines.lock().expect("not poisoned").clear();
        let sent = Instant::now();
        self.runtime.events.send(event.to_owned()).expect("the Runtime API runs");
        sent
    }

    /// Whether it answers, and what, before so much time is over.
    pub fn posted(&self, patience: Duration) -> Option<(bool, String)> {
        let end = Instant::now() + patience;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.runtime.posted.recv_timeout(left).ok()? {
                Posted::Started(_) => {}
                Posted::Response(body) => return Some((true, body)),
                Posted::Error(body) => return Some((false, body)),
            }
        }
    }

    /// Ends it as an environment ends that is taken away: with SIGKILL, in the middle of whatever it
    /// does.
    pub fn kill(self) {
        drop(self);
    }

    /// The most memory it held at a time.
    pub fn peak_memory_mib(&self) -> f64 {
        self.memory_mib("VmHWM:")
    }

    /// The memory it holds.
    pub fn resident_mib(&self) -> f64 {
        self.memory_mib("VmRSS:")
    }

    /// <https://man7.org/linux/man-pages/man5/proc_pid_status.5.html>
    fn memory_mib(&self, name: &str) -> f64 {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(path).expect("a running process");
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kib = line.and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<f64>().ok());
        kib.expect("Linux tells it") / 1024.0
    }

    /// The processor time that its threads took until now; threads that ended do not count.
    /// <https://docs.kernel.org/scheduler/sched-stats.html#proc-pid-schedstat>
    pub fn processor_time(&self) -> Duration {
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.child.id()));
        let threads = threads.expect("a running process").flatten();
        let of_thread = |path: PathBuf| -> Option<u64> {
            let statistics = std::fs::read_to_string(path.join("schedstat")).ok()?;
            statistics.split(' ').next()?.parse().ok()
        };
        Duration::from_nanos(threads.filter_map(|thread| of_thread(thread.path())).sum())
    }

    /// Lines are written before the answer is posted, but read by another thread.
    fn settled_log(&self) -> Vec<String> {
        let end = Instant::now() + Duration::from_millis(500);
        let mut before = usize::MAX;
        loop {
            let lines = self.lines.lock().expect("not poisoned").clone();
            if lines.len() == before || Instant::now() > end {
                return lines;
            }
            before = lines.len();
            thread::sleep(Duration::from_millis(30));
        }
    }
}

fn command(folder: &Path, region: &str, key: &str, mode: &str, port: u16) -> Command {
    let mut command =
        function("bootstrap", option_env!("CARGO_BIN_EXE_bootstrap"), region, key, port);
    command
        .env("LAMBDA_TASK_ROOT", folder)
        .env("TMPDIR", folder)
        .env("CORDON_MODE", mode)
        .env("CORDON_STACK", "cordon")
        .env("CORDON_ROLE_ARN", "arn:aws:iam::111122223333:role/cordon-role")
        .env("CORDON_TOPIC_ARN", format!("arn:aws:sns:{region}:111122223333:{TOPIC_NAME}"))
        .env(
            "CORDON_QUARANTINE_QUEUE_ARN",
            format!("arn:aws:sqs:{region}:111122223333:{QUARANTINE}"),
        )
        .env("CORDON_SECOND_LOOK_QUEUE_URL", queue_url(SECOND_LOOKS))
        .env("CORDON_EVIDENCE_QUEUE_URL", queue_url(EVIDENCE));
    command
}

/// What every function of the installation finds in its environment.
fn function(program: &str, told: Option<&str>, region: &str, key: &str, port: u16) -> Command {
    let mut command = Command::new(binary(program, told));
    command.env_clear().env("CORDON_JOURNAL_TABLE", JOURNAL);
    environ(&mut command, &format!("cordon-{program}"), region, key, port);
    command
}

/// What Lambda gives every function.
fn environ(command: &mut Command, name: &str, region: &str, key: &str, port: u16) {
    command
        .envs(environment(region, key))
        .env("AWS_LAMBDA_RUNTIME_API", format!("127.0.0.1:{port}"))
        .env("AWS_LAMBDA_FUNCTION_NAME", name)
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .env("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{name}"))
        .env("AWS_LAMBDA_LOG_STREAM_NAME", "local")
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
}

impl Drop for Bootstrap {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
