//! Runs what is compared, each as processes of its own, and takes what they took: time, CPU time and memory as the
//! kernel tells of them (<https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html>). Processes that are joined by
//! pipes count together.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// Ticks of the clock that CPU time is counted in, per second: `getconf CLK_TCK` on every Linux of today.
const TICKS: f64 = 100.0;

/// How often memory is looked at. The kernel keeps the peak, so that only the last of it can be missed.
const LOOK: Duration = Duration::from_millis(3);

/// What is compared.
pub struct Contender {
    /// What it is called.
    pub name: String,
    /// Pipelines that run side by side, each of commands that are joined by pipes.
    pub pipelines: Vec<Vec<Command>>,
    /// What its output is.
    pub tells: Tells,
}

/// What a contender writes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tells {
    /// One line a record that it selected.
    Records,
    /// Whatever it is, it is kept.
    Text,
}

/// What one run took and gave.
pub struct Run {
    /// Seconds, by the clock.
    pub seconds: f64,
    /// Seconds of all processors, in user and kernel mode.
    pub cpu: f64,
    /// The sum of the processes' peaks, in KiB.
    pub peak: u64,
    /// Lines that were written.
    pub lines: u64,
    /// What was written, where that is kept.
    pub text: String,
    /// The exit codes of processes that did not end with 0.
    pub codes: Vec<i32>,
}

impl Contender {
    /// Runs it to its end.
    pub fn run(&mut self) -> Run {
        let began = Instant::now();
        let (mut children, mut outputs) = (Vec::new(), Vec::new());
        for pipeline in &mut self.pipelines {
            let (started, output) = start(pipeline);
            children.extend(started);
            outputs.push(output);
        }
        let tells = self.tells;
        let readers: Vec<_> =
            outputs.into_iter().map(|output| thread::spawn(move || taken(output, tells))).collect();
        let (mut cpu, mut peak, mut codes) = (0.0, 0, Vec::new());
        let watchers: Vec<_> =
            children.into_iter().map(|child| thread::spawn(move || watched(child))).collect();
        for watcher in watchers {
            let ended = watcher.join().expect("it was watched");
            cpu += ended.0;
            peak += ended.1;
            codes.extend(Some(ended.2).filter(|code| *code != 0));
        }
        let seconds = began.elapsed().as_secs_f64();
        let (mut lines, mut text) = (0, String::new());
        for reader in readers {
            let (more, read) = reader.join().expect("it was read");
            lines += more;
            text += &read;
        }
        Run { seconds, cpu, peak, lines, text, codes }
    }
}

fn start(pipeline: &mut [Command]) -> (Vec<Child>, Box<dyn Read + Send>) {
    let mut children = Vec::new();
    let mut before = None;
    for command in pipeline {
        command.stdin(before.take().map_or_else(Stdio::null, Stdio::from));
        let mut child = command.stdout(Stdio::piped()).spawn().expect("it can be started");
        before = child.stdout.take();
        children.push(child);
    }
    (children, Box::new(before.expect("at least one command")))
}

fn taken(output: Box<dyn Read + Send>, tells: Tells) -> (u64, String) {
    let mut output = BufReader::with_capacity(1 << 16, output);
    let mut text = String::new();
    if tells == Tells::Text {
        output.read_to_string(&mut text).expect("text");
        return (text.lines().count() as u64, text);
    }
    let mut lines = 0;
    loop {
        let read = output.fill_buf().expect("it can be read");
        if read.is_empty() {
            return (lines, text);
        }
        lines += read.iter().filter(|byte| **byte == b'\n').count() as u64;
        let length = read.len();
        output.consume(length);
    }
}

/// CPU seconds, peak memory in KiB and the exit code. Until somebody waits for it, a process that has ended still
/// tells of its time.
fn watched(mut child: Child) -> (f64, u64, i32) {
    let id = child.id();
    let mut peak = 0;
    loop {
        let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
        peak = peak.max(of_status(&status, "VmHWM:").unwrap_or_default());
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).expect("nobody waited for it");
        let after_name = stat.rsplit_once(')').expect("a name").1;
        let fields: Vec<_> = after_name.split_whitespace().collect();
        if fields.first() == Some(&"Z") {
            let ticks: u64 =
                fields[11..15].iter().filter_map(|field| field.parse::<u64>().ok()).sum();
            let code = child.wait().expect("it has ended").code().unwrap_or(-1);
            return (ticks as f64 / TICKS, peak, code);
        }
        thread::sleep(LOOK);
    }
}

fn of_status(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find(|line| line.starts_with(name))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
