//! From the start of a process to its first request for an event.

use crate::{
    Binaries, Fallible,
    harness::runtime_api::{Posted, RuntimeApi},
    series::{Series, warn_of},
};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// Pairs before counting: the files are read into memory then.
const WARM_UPS: usize = 3;
const PATIENCE: Duration = Duration::from_secs(20);

pub fn measure(binaries: &Binaries, runs: usize) -> Fallible<()> {
    let stage = Stage::set()?;
    let (mut cordon, mut hello) = (Starts::default(), Starts::default());
    for pair in 0..WARM_UPS + runs {
        let mut entries = [(&binaries.cordon, &mut cordon), (&binaries.hello_world, &mut hello)];
        if pair % 2 == 1 {
            entries.reverse();
        }
        for (binary, starts) in entries {
            let start = stage.start(binary)?;
            if pair >= WARM_UPS {
                starts.milliseconds.push(start.milliseconds);
                starts.peak_kib = starts.peak_kib.max(start.peak_kib);
                starts.faults.push(start.faults);
            }
        }
    }
    print(&cordon, &hello, runs);
    Ok(())
}

/// One start of a process.
struct Start {
    milliseconds: f64,
    /// The most memory it ever held until it waited for an event.
    peak_kib: u64,
    /// Pages that the system had to give it until then.
    faults: f64,
}

#[derive(Default)]
struct Starts {
    milliseconds: Series,
    peak_kib: u64,
    faults: Series,
}

fn print(cordon: &Starts, hello: &Starts, runs: usize) {
    println!(
        "{:<12} {:>10} {:>10} {:>10} {:>12} {:>12}",
        "start", "median", "fastest", "slowest", "peak memory", "page faults"
    );
    for (name, starts) in [("cordon", cordon), ("hello-world", hello)] {
        let (times, peak) = (&starts.milliseconds, starts.peak_kib as f64 / 1024.0);
        println!(
            "{name:<12} {:>7.2} ms {:>7.2} ms {:>7.2} ms {peak:>8.1} MiB {:>12.0}",
            times.median(),
            times.fastest(),
            times.slowest(),
            starts.faults.median(),
        );
    }
    let (ours, least) = (&cordon.milliseconds, &hello.milliseconds);
    warn_of(ours.is_disturbed() || least.is_disturbed());
    println!(
        "cold start {:.2}x hello-world by the medians, {:.2}x by the fastest ({runs} runs)",
        ours.median() / least.median(),
        ours.fastest() / least.fastest(),
    );
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
        let policy = cordon::policy::source::parse(include_str!("../../policy.yaml"), today)?;
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
        Ok(Start { milliseconds, peak_kib: process.peak_kib()?, faults: process.faults()? })
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

    /// `minflt`, counted from after the name in parentheses:
    /// <https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html>.
    fn faults(&self) -> Fallible<f64> {
        let statistics = fs::read_to_string(format!("/proc/{}/stat", self.0.id()))?;
        let after_name = statistics.rsplit(')').next().unwrap_or_default();
        let faults = after_name.split_whitespace().nth(7);
        Ok(faults.ok_or("the system tells no page faults")?.parse()?)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
