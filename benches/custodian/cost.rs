//! What an answer costs: a start, an event, memory and calls.

use crate::{
    both,
    contender::{Contender, Trust},
    harness::{Answer, Bootstrap, Call},
    stopwatch::median,
    table::Table,
    telling::{document, statement, trigger},
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    thread,
    time::{Duration, Instant},
};

/// A function that only a topic of its own account may invoke.
const QUIET: &str = "quiet";
/// Starts before counting: the files are read into memory then, and Python's are compiled.
const WARM_UPS: usize = 2;
/// What each call takes while what waits for what is counted.
const LATENCY: Duration = Duration::from_secs(1);
/// A median so many times the fastest was measured on a machine with other work to do.
const BUSY: f64 = 1.5;

/// What one of the two needs.
#[derive(Default)]
pub struct Cost {
    /// Milliseconds from the start of the process to the first request for an event.
    init: Vec<f64>,
    /// Milliseconds from the start of the process to the answer of its first event.
    cold: Vec<f64>,
    /// Milliseconds from an event to its answer, in an environment that had others before.
    warm: Vec<f64>,
    /// The same for a grant that nothing is wrong with.
    harmless: Vec<f64>,
    /// Milliseconds of processor time of its own for such an event, on average.
    processor: f64,
    /// MiB after the first event, the most of any run.
    first_peak: f64,
    /// MiB after all events.
    peak: f64,
    /// What it called for one event, in order.
    calls: Vec<String>,
    /// What it called for the grant that nothing is wrong with.
    harmless_calls: Vec<String>,
    /// Calls one after the other until nobody is let in any more, and in all.
    trips: (f64, f64),
}

/// Both, in the order of [`both`].
pub async fn measure(runs: usize, events: usize) -> [Cost; 2] {
    let mut costs = [Cost::default(), Cost::default()];
    let contenders = both().await;
    for run in 0..WARM_UPS + runs {
        for at in turn(run) {
            let start = cold(&contenders[at], run).await;
            if run >= WARM_UPS {
                costs[at].init.push(milliseconds(start.init));
                costs[at].cold.push(milliseconds(start.total));
                costs[at].first_peak = costs[at].first_peak.max(start.peak);
            }
        }
    }
    let contenders = both().await;
    let running = [contenders[0].start(Trust::Partners), contenders[1].start(Trust::Partners)];
    for run in 0..WARM_UPS {
        for at in turn(run) {
            event(&contenders[at], &running[at], &format!("first-{run}")).await;
        }
    }
    let before = [running[0].processor_time(), running[1].processor_time()];
    for run in 0..events {
        for at in turn(run) {
            let answer = event(&contenders[at], &running[at], &format!("orders-{run}")).await;
            costs[at].warm.push(milliseconds(answer.elapsed));
            costs[at].calls = contenders[at].world.calls().iter().map(name).collect();
        }
    }
    for at in [0, 1] {
        let processor = milliseconds(running[at].processor_time() - before[at]);
        costs[at].processor = processor / events as f64;
    }
    for contender in &contenders {
        quiet(contender).await;
    }
    for run in 0..events {
        for at in turn(run) {
            let answer = harmless(&contenders[at], &running[at], run).await;
            costs[at].harmless.push(milliseconds(answer.elapsed));
            costs[at].harmless_calls = contenders[at].world.calls().iter().map(name).collect();
        }
    }
    for (at, one) in running.into_iter().enumerate() {
        costs[at].peak = one.peak_memory_mib();
        costs[at].trips = trips(&contenders[at], one).await;
    }
    costs
}

/// Each comes first as often as the other.
fn turn(run: usize) -> [usize; 2] {
    if run.is_multiple_of(2) { [0, 1] } else { [1, 0] }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

fn name(call: &Call) -> String {
    format!("{}:{}", call.service, call.operation)
}

struct Start {
    init: Duration,
    total: Duration,
    peak: f64,
}

async fn cold(contender: &Contender, run: usize) -> Start {
    let function = format!("cold-{run}");
    open(contender, &function).await;
    let running = contender.start(Trust::Partners);
    let init = running.initialized();
    let answer = running.deliver(&told(contender, &function));
    closed(contender, &function, &answer).await;
    Start { init, total: init + answer.elapsed, peak: running.peak_memory_mib() }
}

/// One event about a function that is open until then, and is not any more.
async fn event(contender: &Contender, running: &Bootstrap, function: &str) -> Answer {
    open(contender, function).await;
    contender.world.calls();
    let answer = running.deliver(&told(contender, function));
    closed(contender, function, &answer).await;
    answer
}

async fn quiet(contender: &Contender) {
    let (account, arn) = (&contender.world.account, contender.world.arn(QUIET));
    account.create_function(QUIET).await;
    account.put_policy(&arn, &document(&[topic(contender)])).await;
}

/// What lets the topic in.
fn topic(contender: &Contender) -> Value {
    let topic = format!("arn:aws:sns:{}:111122223333:orders", contender.world.region());
    let condition = json!({ "ArnLike": { "AWS:SourceArn": topic } });
    let sns = json!({ "Service": "sns.amazonaws.com" });
    statement("topic", sns, &contender.world.arn(QUIET), Some(condition))
}

/// One event about the grant to the topic.
async fn harmless(contender: &Contender, running: &Bootstrap, run: usize) -> Answer {
    let statement = topic(contender);
    let mut event: Value = serde_json::from_str(&told(contender, QUIET)).expect("JSON");
    event["detail"]["eventID"] = json!(format!("harmless {run}"));
    let parameters = &mut event["detail"]["requestParameters"];
    parameters["principal"] = json!("sns.amazonaws.com");
    parameters["statementId"] = json!("topic");
    parameters["sourceArn"] = statement["Condition"]["ArnLike"]["AWS:SourceArn"].clone();
    event["detail"]["responseElements"]["statement"] = json!(statement.to_string());
    contender.world.calls();
    let answer = running.deliver(&event.to_string());
    assert!(answer.ok, "{answer:?}");
    assert_eq!(sids(contender, QUIET).await, ["topic"], "{answer:?}");
    answer
}

/// A function that everybody and another account may invoke, and a rule of its own.
async fn open(contender: &Contender, function: &str) {
    let (world, arn) = (&contender.world, contender.world.arn(function));
    let foreign = json!({ "AWS": "arn:aws:iam::999988887777:root" });
    let statements = [
        statement("open-to-all", json!("*"), &arn, None),
        statement("foreign", foreign, &arn, None),
        trigger(world, &arn),
    ];
    world.account.create_function(function).await;
    world.account.put_policy(&arn, &document(&statements)).await;
}

/// Both grants are gone and the trigger is there, or this ends.
async fn closed(contender: &Contender, function: &str, answer: &Answer) {
    assert!(answer.ok, "{answer:?}");
    let sids = sids(contender, function).await;
    assert_eq!(sids, ["hourly"], "{answer:?}");
}

async fn sids(contender: &Contender, function: &str) -> Vec<String> {
    let policy = contender.world.account.policy(&contender.world.arn(function)).await;
    let statements = policy.expect("a policy")["Statement"].take();
    let statements = statements.as_array().expect("a list").iter();
    statements.map(|one| one["Sid"].as_str().expect("a Sid").to_owned()).collect()
}

/// The event of the grant to everybody, with ids of its own.
fn told(contender: &Contender, function: &str) -> String {
    let event = contender.world.event("add-permission-public.json");
    let event = event.replace(":function:orders", &format!(":function:{function}"));
    let mut event: Value = serde_json::from_str(&event).expect("JSON");
    event["detail"]["requestParameters"]["functionName"] = json!(function);
    event["id"] = json!(format!("id of {function}"));
    event["detail"]["eventID"] = json!(format!("event of {function}"));
    event["detail"]["requestID"] = json!(format!("request of {function}"));
    event.to_string()
}

/// How many calls wait for one another: what an event takes more when every call takes so much longer.
async fn trips(contender: &Contender, running: Bootstrap) -> (f64, f64) {
    let (soon, running) = watched(contender, running, "prompt").await;
    contender.world.faults(&format!(r#"[{{"delay_ms":{}}}]"#, LATENCY.as_millis()));
    let (late, _) = watched(contender, running, "slow").await;
    let trips = |soon: Duration, late: Duration| {
        (late.saturating_sub(soon).as_secs_f64() / LATENCY.as_secs_f64()).round()
    };
    (trips(soon.closed, late.closed), trips(soon.answered, late.answered))
}

/// From the event on.
struct Times {
    closed: Duration,
    answered: Duration,
}

/// One event, and when nobody is let in any more.
async fn watched(contender: &Contender, running: Bootstrap, function: &str) -> (Times, Bootstrap) {
    open(contender, function).await;
    let event = told(contender, function);
    let began = Instant::now();
    let delivery = thread::spawn(move || (running.deliver(&event), running));
    while sids(contender, function).await != ["hourly"] {
        assert!(began.elapsed() < Duration::from_secs(60), "it stays open");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let closed_after = began.elapsed();
    let (answer, running) = delivery.join().expect("an answer");
    closed(contender, function, &answer).await;
    (Times { closed: closed_after, answered: answer.elapsed }, running)
}

/// Prints it as Markdown, each figure with how many times Cordon's Custodian's is.
pub fn print(costs: &[Cost; 2]) {
    let columns = ["", "Cordon", "Cloud Custodian", "ratio"];
    let mut table = Table::new("What an answer costs", &columns);
    let mut row = |name: &str, unit: &str, of: &dyn Fn(&Cost) -> f64| {
        let [ours, theirs] = [of(&costs[0]), of(&costs[1])];
        let shown = |value: f64| match value {
            _ if unit.is_empty() => format!("{value:.0}"),
            ..1.0 => format!("{value:.2}{unit}"),
            _ => format!("{value:.1}{unit}"),
        };
        table.row([name.to_owned(), shown(ours), shown(theirs), ratio(theirs / ours)]);
    };
    row("start to the first request for an event", " ms", &|cost| median(cost.init.clone()));
    row("start to the answer of the first event", " ms", &|cost| median(cost.cold.clone()));
    row("an event in a warm environment, the emulator's time in it", " ms", &|cost| {
        median(cost.warm.clone())
    });
    row("a harmless grant in a warm environment", " ms", &|cost| median(cost.harmless.clone()));
    row("processor time of its own for an event", " ms", &|cost| cost.processor);
    row("peak memory after the first event", " MiB", &|cost| cost.first_peak);
    row("peak memory after all of them", " MiB", &|cost| cost.peak);
    row("AWS calls for an event", "", &|cost| cost.calls.len() as f64);
    row("of these one after the other, until closed", "", &|cost| cost.trips.0);
    row("of these one after the other, in all", "", &|cost| cost.trips.1);
    row("AWS calls for a harmless grant", "", &|cost| cost.harmless_calls.len() as f64);
    table.print(true);
    println!();
    for (name, cost) in ["Cordon", "Cloud Custodian"].iter().zip(costs) {
        println!("{name} calls {}.", counted(&cost.calls));
        match cost.harmless_calls.as_slice() {
            [] => println!("For a harmless grant it calls nothing."),
            calls => println!("For a harmless grant it calls {}.", counted(calls)),
        }
    }
    let least = |values: &[f64]| values.iter().copied().fold(f64::INFINITY, f64::min);
    for (name, cost) in ["Cordon", "Cloud Custodian"].iter().zip(costs) {
        let [init, cold, warm] = [&cost.init, &cost.cold, &cost.warm].map(|all| least(all));
        println!(
            "{name}: {} starts, {} events; the fastest {init:.1}, {cold:.1}, {warm:.1} ms.",
            cost.init.len(),
            cost.warm.len()
        );
        if median(cost.init.clone()) > BUSY * init {
            println!("The machine was busy: measure again, these times mean little.");
        }
    }
}

fn ratio(ratio: f64) -> String {
    if !ratio.is_finite() {
        return String::new();
    }
    if ratio < 1.0 {
        format!("{ratio:.2}x")
    } else if ratio < 10.0 {
        format!("{ratio:.1}x")
    } else {
        format!("{ratio:.0}x")
    }
}

/// Each call with how often, in the order in which they are first made.
fn counted(calls: &[String]) -> String {
    let mut counts = BTreeMap::new();
    for call in calls {
        *counts.entry(call).or_insert(0) += 1;
    }
    let mut shown = Vec::new();
    for call in calls {
        match counts.remove(call) {
            Some(1) => shown.push(call.clone()),
            Some(count) => shown.push(format!("{count} {call}")),
            None => {}
        }
    }
    shown.join(", ")
}
