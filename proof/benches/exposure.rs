//! `make bench-exposure`: what it costs to read a resource policy and to say whom it lets in, per
//! statement, beside Cloud Custodian's `PolicyChecker` on the same documents in the same run, and on
//! documents made to be slow.
//!
//! `PolicyChecker` answers a smaller question: which Allow statements name a principal outside the
//! allowed accounts without a condition it accepts. It skips service principals, reads no Deny, no
//! Resource and no policy variable, takes an operator by its name, and gives no witness. So the
//! ratio says what the difference in depth costs, not who does the same work faster.

use proof::iam::{Document, Standpoint, Trusted, expose};
use proof::pathological;
use proof::resource::FunctionResource;
use serde_json::{Value, json};
use std::hint::black_box;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use stopwatch::{median, timed};
use time::macros::datetime;

#[path = "../../benches/stopwatch/mod.rs"]
mod stopwatch;

const FUNCTION: &str = "arn:aws:lambda:us-east-1:111122223333:function:orders";
/// Rounds of one measurement, and measurements; the median counts.
const ROUNDS: u32 = 50;
const MEASUREMENTS: usize = 41;
/// A slow document is read so often.
const SLOW_MEASUREMENTS: usize = 5;
const SIZES: [usize; 4] = [1, 5, 20, 60];

fn main() {
    let documents: Vec<String> = SIZES.iter().map(|size| realistic(*size)).collect();
    let mut custodian = Custodian::start(&documents);
    println!(
        "{:>10} {:>7} {:>10} {:>10} {:>10} {:>14} {:>16} {:>7}",
        "statements",
        "bytes",
        "parse",
        "expose",
        "both",
        "per statement",
        "Cloud Custodian",
        "ratio"
    );
    for (index, text) in documents.iter().enumerate() {
        let (mut parsing, mut exposing, mut both) = (Vec::new(), Vec::new(), Vec::new());
        let mut theirs = Vec::new();
        let parsed = parse(text);
        for _ in 0..MEASUREMENTS {
            parsing.push(timed(ROUNDS, || parse(black_box(text))));
            exposing.push(timed(ROUNDS, || exposed(black_box(&parsed))));
            both.push(timed(ROUNDS, || exposed(&parse(black_box(text)))));
            theirs.push(custodian.check(index));
        }
        let (both, theirs) = (median(both), median(theirs));
        let size = SIZES[index];
        println!(
            "{size:>10} {:>7} {:>7.1} us {:>7.1} us {both:>7.1} us {:>11.1} us {theirs:>13.1} us {:>6.2}x",
            text.len(),
            median(parsing),
            median(exposing),
            both / size as f64,
            both / theirs,
        );
    }
    println!("\ndocuments made to be slow, read and exposed once:");
    for (name, text) in pathological::documents() {
        let spent: Vec<f64> =
            (0..SLOW_MEASUREMENTS).map(|_| timed(1, || attempt(black_box(&text)))).collect();
        println!("{name:>40} {:>10.1} ms", median(spent) / 1000.0);
    }
}

fn parse(text: &str) -> Document {
    Document::parse(text).expect("a policy")
}

fn exposed(document: &Document) -> usize {
    let function = FunctionResource::parse_arn(FUNCTION).expect("a function");
    let trusted = Trusted::default();
    let from = datetime!(2026-11-21 12:00 UTC);
    expose(document, Standpoint { resource: &function, trusted: &trusted, from }).len()
}

fn attempt(text: &str) -> Option<usize> {
    Document::parse(text).ok().map(|document| exposed(&document))
}

/// A policy as they grow: triggers first, then accounts, an organization, a URL, a Deny.
fn realistic(size: usize) -> String {
    let statements: Vec<Value> = (0..size).map(statement).collect();
    json!({ "Version": "2012-10-17", "Id": "default", "Statement": statements }).to_string()
}

fn statement(number: usize) -> Value {
    let rule = format!("arn:aws:events:us-east-1:111122223333:rule/{number}");
    let api = format!("arn:aws:execute-api:us-east-1:111122223333:api{number}/*/GET/orders");
    let service = |name: &str| json!({ "Service": format!("{name}.amazonaws.com") });
    let (principal, condition) = match number % 10 {
        0 | 5 => (service("events"), json!({ "ArnLike": { "AWS:SourceArn": rule } })),
        1 => (service("apigateway"), json!({ "ArnLike": { "AWS:SourceArn": api } })),
        2 => (
            service("s3"),
            json!({
                "StringEquals": { "AWS:SourceAccount": "111122223333" },
                "ArnLike": { "AWS:SourceArn": format!("arn:aws:s3:::orders-{number}") },
            }),
        ),
        3 => (json!({ "AWS": "arn:aws:iam::111122223333:role/deployer" }), Value::Null),
        4 => (json!({ "AWS": "444455556666" }), Value::Null),
        6 => (service("sns"), Value::Null),
        7 => (json!("*"), json!({ "StringEquals": { "aws:PrincipalOrgID": "o-abc1234567" } })),
        8 => (json!("*"), json!({ "Bool": { "lambda:InvokedViaFunctionUrl": "true" } })),
        _ => (json!("*"), json!({ "Bool": { "aws:SecureTransport": "false" } })),
    };
    let effect = if number % 10 == 9 { "Deny" } else { "Allow" };
    let mut statement = json!({
        "Sid": format!("statement-{number}"), "Effect": effect, "Principal": principal,
        "Action": "lambda:InvokeFunction", "Resource": FUNCTION,
    });
    if !condition.is_null() {
        statement["Condition"] = condition;
    }
    statement
}

/// `PolicyChecker`, in a Python process of its own that takes its own time.
struct Custodian {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Custodian {
    fn start(documents: &[String]) -> Self {
        let path = |name: &str| std::env::var(name).expect("started by `make bench-exposure`");
        let mut child = Command::new(path("CORDON_BENCH_PYTHON"))
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/benches/custodian.py"))
            .args(["111122223333", &ROUNDS.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python with c7n");
        let mut questions = child.stdin.take().expect("a pipe");
        let answers = BufReader::new(child.stdout.take().expect("a pipe"));
        writeln!(questions, "{}", json!(documents)).expect("it listens");
        Self { child, questions, answers }
    }

    /// Microseconds of one check of a document.
    fn check(&mut self, document: usize) -> f64 {
        writeln!(self.questions, "{document}").expect("it listens");
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("it answers");
        line.trim().parse().expect("microseconds")
    }
}

impl Drop for Custodian {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
