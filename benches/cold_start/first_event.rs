//! From the start of a process to the answer to its first event, which waits for it already: for
//! hello-world, for an event that Cordon ignores, and for one that it answers with a remediation in the
//! emulated account, over plain HTTP and over TLS. What AWS takes to answer is no part of it: the
//! emulator's time stands beside.

use crate::{
    Binaries, Fallible,
    harness::{Bootstrap, SHIPPED, World},
    series::{Series, warn_of},
    telling::seed,
    tls::TlsFront,
};
use cordon::policy::{LoadedPolicy, source};
use std::{
    process::Command,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Rounds before counting.
const WARM_UPS: usize = 2;
const PATIENCE: Duration = Duration::from_secs(60);

const KINDS: [Kind; 4] =
    [Kind::HelloWorld, Kind::Ignored, Kind::Remediated, Kind::RemediatedOverTls];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    HelloWorld,
    Ignored,
    Remediated,
    RemediatedOverTls,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::HelloWorld => "hello-world",
            Self::Ignored => "cordon, ignored",
            Self::Remediated => "cordon, remediated",
            Self::RemediatedOverTls => "cordon, remediated, over TLS",
        }
    }
}

#[derive(Default)]
struct Firsts {
    answered: Series,
    /// Until AWS said that the policy is written; where one is.
    written: Series,
    processor: Series,
}

pub async fn measure(binaries: &Binaries, runs: usize) -> Fallible<()> {
    // The harness looks for the function beside this.
    let bench = Bench { binaries, compiled: compiled()?, front: TlsFront::start()? };
    let mut all: [Firsts; KINDS.len()] = Default::default();
    for round in 0..WARM_UPS + runs {
        let mut order: Vec<usize> = (0..KINDS.len()).collect();
        order.rotate_left(round % KINDS.len());
        for index in order {
            let first = bench.first_event(KINDS[index]).await?;
            if round < WARM_UPS {
                continue;
            }
            let firsts = &mut all[index];
            firsts.answered.push(first.answered);
            firsts.processor.push(first.processor);
            if let Some(written) = first.written {
                firsts.written.push(written);
            }
        }
    }
    print(&all, runs);
    Ok(())
}

fn compiled() -> Fallible<String> {
    let today = time::OffsetDateTime::now_utc().date();
    Ok(LoadedPolicy::compile(&source::parse(SHIPPED, today)?)?)
}

/// Milliseconds.
struct First {
    answered: f64,
    written: Option<f64>,
    processor: f64,
}

struct Bench<'a> {
    binaries: &'a Binaries,
    compiled: String,
    front: TlsFront,
}

impl Bench<'_> {
    async fn first_event(&self, kind: Kind) -> Fallible<First> {
        let world = World::new().await;
        let event = world.event("add-permission-public.json");
        let function = match kind {
            Kind::HelloWorld => {
                let program = Command::new(&self.binaries.hello_world);
                let function = world.other_function("hello-world", program);
                function.begin(&event);
                function
            }
            Kind::Ignored => {
                let function = self.cordon(&world, &[]);
                function.begin(&event.replace("AddPermission20150331v2", "ListFunctions20150331"));
                function
            }
            Kind::Remediated => {
                seed(&world, "orders").await;
                let function = self.cordon(&world, &[]);
                function.begin(&event);
                function
            }
            Kind::RemediatedOverTls => {
                seed(&world, "orders").await;
                let (url, roots) = (self.front.url(), self.front.roots());
                let function = self.cordon(
                    &world,
                    &[("AWS_ENDPOINT_URL", url.as_str()), ("SSL_CERT_FILE", roots.as_str())],
                );
                function.begin(&event);
                function
            }
        };
        let (ok, body) = function.posted(PATIENCE).ok_or("no answer in time")?;
        let answered = function.spawned.elapsed()?;
        let processor = function.processor_time();
        let calls = world.calls();
        let write = calls
            .iter()
            .find(|call| call.service == "lambda" && call.mutating && call.took_effect());
        let remediates = matches!(kind, Kind::Remediated | Kind::RemediatedOverTls);
        if !ok || write.is_some() != remediates {
            return Err(format!("{}: answered with {body}, wrote {write:?}", kind.name()).into());
        }
        let written = write.and_then(|write| write.answered);
        Ok(First {
            answered: milliseconds(answered),
            written: written.map(|at| at * 1_000.0 - milliseconds(since_1970(function.spawned))),
            processor: milliseconds(processor),
        })
    }

    fn cordon(&self, world: &World, variables: &[(&str, &str)]) -> Bootstrap {
        let variables = [&[("CORDON_MODE", "enforce")][..], variables].concat();
        world.bootstrap_with(&self.compiled, &variables)
    }
}

fn since_1970(time: SystemTime) -> Duration {
    time.duration_since(UNIX_EPOCH).unwrap_or_default()
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

fn print(all: &[Firsts; KINDS.len()], runs: usize) {
    println!(
        "{:<30} {:>10} {:>10} {:>10} {:>15} {:>7}",
        "start and first event", "written", "answered", "fastest", "processor time", "ratio"
    );
    let hello = all[0].processor.median();
    for (kind, firsts) in KINDS.iter().zip(all) {
        let written = match firsts.written.median() {
            0.0 => String::new(),
            median => format!("{median:.1} ms"),
        };
        println!(
            "{:<30} {written:>10} {:>7.1} ms {:>7.1} ms {:>12.2} ms {:>6.2}x",
            kind.name(),
            firsts.answered.median(),
            firsts.answered.fastest(),
            firsts.processor.median(),
            firsts.processor.median() / hello,
        );
    }
    warn_of(all.iter().any(|firsts| firsts.processor.is_disturbed()));
    println!(
        "The ratio is that of processor time to hello-world's; the rest is waiting for the emulator ({runs} runs)."
    );
}
