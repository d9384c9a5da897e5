//! `make bench-cold-start`: from the start of a process to its first request for an event, for
//! Cordon's function and for `examples/hello-world.rs`, in turn, under a local Runtime API.
//!
//! It takes the paths of the two release binaries and is itself built in the dev profile, which the
//! tests have built already: `cargo bench` as it comes would link both once more, with other
//! settings than what is deployed.

#[allow(dead_code, clippy::expect_used, reason = "the tests use the rest, and may panic")]
#[path = "../tests/harness/runtime_api.rs"]
mod runtime_api;

use runtime_api::{Posted, RuntimeApi};
use std::{
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

type Fallible<T> = Result<T, Box<dyn Error>>;

/// Pairs before counting: the files are read into memory then.
const WARM_UPS: usize = 3;
const RUNS: usize = 30;
/// A median so many times the fastest run was measured on a machine with other work to do. Waiting
/// for a processor takes both alike, so it brings the ratio closer to 1 than it is.
const BUSY: f64 = 1.5;
const PATIENCE: Duration = Duration::from_secs(20);

fn main() -> Fallible<()> {
    // Cargo itself adds `--bench`.
    let paths: Vec<PathBuf> =
        env::args().skip(1).filter(|argument| argument != "--bench").map(PathBuf::from).collect();
    let [bootstrap, hello_world] = paths.as_slice() else {
        return Err("usage: cold_start BOOTSTRAP HELLO-WORLD".into());
    };
    let runs = match env::var("RUNS") {
        Ok(runs) => runs.parse().map_err(|error| format!("RUNS is `{runs}`: {error}"))?,
        Err(_) => RUNS,
    };
    let stage = Stage::set()?;
    let (mut cordon, mut hello) = (Series::default(), Series::default());
    for pair in 0..WARM_UPS + runs.max(1) {
        let mut entries = [(bootstrap, &mut cordon), (hello_world, &mut hello)];
        if pair % 2 == 1 {
            entries.reverse();
        }
        for (binary, series) in entries {
            let start = stage.start(binary)?;
            if pair >= WARM_UPS {
                series.starts.push(start);
            }
        }
    }
    print_results(&mut cordon, &mut hello);
    Ok(())
}

/// One start of a process.
struct Start {
    milliseconds: f64,
    /// The most memory it ever held until it waited for an event.
    peak_kib: u64,
}

#[derive(Default)]
struct Series {
    starts: Vec<Start>,
}

impl Series {
    /// Milliseconds: the fastest, the median, the slowest.
    fn spread(&mut self) -> (f64, f64, f64) {
        self.starts.sort_by(|one, other| one.milliseconds.total_cmp(&other.milliseconds));
        let at = |index: usize| self.starts.get(index).map_or(0.0, |start| start.milliseconds);
        let last = self.starts.len().saturating_sub(1);
        let median = (at(last / 2) + at(last.div_ceil(2))) / 2.0;
        (at(0), median, at(last))
    }

    fn peak_mib(&self) -> f64 {
        let most = self.starts.iter().map(|start| start.peak_kib).max().unwrap_or(0);
        most as f64 / 1024.0
    }
}

fn print_results(cordon: &mut Series, hello: &mut Series) {
    let runs = cordon.starts.len();
    println!(
        "{:<12} {:>9} {:>9} {:>9}   {:>11}",
        "", "median", "fastest", "slowest", "peak memory"
    );
    let line = |name: &str, series: &mut Series| {
        let (fastest, median, slowest) = series.spread();
        let peak = series.peak_mib();
        println!(
            "{name:<12} {median:>6.1} ms {fastest:>6.1} ms {slowest:>6.1} ms   {peak:>7.1} MiB"
        );
        (median, median > BUSY * fastest)
    };
    let ((ours, busy), (least, busy_too)) = (line("cordon", cordon), line("hello-world", hello));
    if busy || busy_too {
        println!("The machine was busy: measure again, this ratio means little.");
    }
    let ratio = ours / least;
    println!("cold start {ratio:.2}x hello-world ({ours:.1} ms / {least:.1} ms, {runs} runs)");
}

/// What both run under: the same Runtime API and the same environment.
struct Stage {
    runtime: RuntimeApi,
    folder: PathBuf,
}

impl Stage {
    fn set() -> Fallible<Self> {
        let folder = env::temp_dir().join(format!("cordon-cold-start-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let today = time::OffsetDateTime::now_utc().date();
        let policy = cordon::policy::source::parse(include_str!("../policy.yaml"), today)?;
        let compiled = cordon::policy::LoadedPolicy::compile(&policy)?;
        fs::write(folder.join("policy.json"), compiled)?;
        // No event is ever handed out, so it needs no function's ARN.
        Ok(Self { runtime: RuntimeApi::start(String::new()), folder })
    }

    fn start(&self, binary: &Path) -> Fallible<Start> {
        let mut command = Command::new(binary);
        command
            .env_clear()
            .env("AWS_LAMBDA_RUNTIME_API", format!("127.0.0.1:{}", self.runtime.port))
            .env("AWS_LAMBDA_FUNCTION_NAME", "cold-start")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/cold-start")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "local")
            .env("AWS_REGION", "us-east-1")
            .env("LAMBDA_TASK_ROOT", &self.folder)
            .env("CORDON_JOURNAL_TABLE", "cordon-journal")
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        let before = Instant::now();
        let child = command.spawn();
        let process = Process(child.map_err(|error| format!("{}: {error}", binary.display()))?);
        let posted = self.runtime.posted.recv_timeout(PATIENCE);
        let Ok(Posted::Started(asked)) = posted else {
            return Err(format!("{} asked for no event", binary.display()).into());
        };
        let milliseconds = asked.duration_since(before).as_secs_f64() * 1_000.0;
        Ok(Start { milliseconds, peak_kib: process.peak_kib()? })
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Ends with its owner.
struct Process(Child);

impl Process {
    /// `VmHWM`: <https://man7.org/linux/man-pages/man5/proc_pid_status.5.html>.
    fn peak_kib(&self) -> Fallible<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let number = line.and_then(|line| line.split_whitespace().next());
        Ok(number.ok_or("the system tells no peak memory")?.parse()?)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
