//! `make prove-oracle`: the same questions to Cordon's evaluator and to another implementation of
//! IAM, `@cloud-copilot/iam-simulate`, which runs as a program of its own. Every difference is
//! shrunk to its smallest case and must be a known one, with the documentation that settles it.
//! Usage: `oracle SIMULATE.MJS KNOWN.JSON [CASES] [SEED]`.

mod known;
mod ours;
mod shrink;
mod simulator;
mod words;

use known::Known;
use proof::choices::Choices;
use proof::generate::{self, Case};
use simulator::Simulator;
use std::collections::BTreeMap;
use std::process::ExitCode;

/// What somebody says a policy says to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It lets the request in.
    Allow,
    /// It forbids it.
    Deny,
    /// It says nothing about it.
    Implicit,
    /// It cannot be said; only Cordon answers so.
    Unclear,
    /// The question is not accepted.
    Refused,
}

impl Verdict {
    /// As it stands in the list of known differences.
    pub fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
            Self::Implicit => "implicit",
            Self::Unclear => "unclear",
            Self::Refused => "refused",
        }
    }
}

/// Cases asked at once.
const ROUND: usize = 1000;
/// After so many questions every known difference has been seen, or is one no longer.
const ENOUGH: u64 = 60_000;
/// Smallest cases shown of each new difference.
const SHOWN: usize = 4;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

/// What was counted.
#[derive(Default)]
struct Tally {
    agreed: BTreeMap<Verdict, usize>,
    refused: BTreeMap<String, usize>,
    known: BTreeMap<usize, usize>,
    new: BTreeMap<String, Vec<String>>,
}

fn run() -> Result<bool, String> {
    let mut arguments = std::env::args().skip(1);
    let mut next = |name: &str| arguments.next().ok_or_else(|| format!("`{name}` is missing"));
    let mut simulator = Simulator::start(&next("SIMULATE.MJS")?)?;
    let known = Known::read(&next("KNOWN.JSON")?)?;
    let number = |text: String| text.parse::<u64>().map_err(|_| format!("`{text}` is no number"));
    let cases = next("CASES").map_or(Ok(ENOUGH), number)?;
    let seed = next("SEED").map_or(Ok(1), number)?;
    let mut tally = Tally::default();
    let mut asked = 0;
    while asked < cases {
        let round: Vec<Case> = (asked..cases.min(asked + ROUND as u64))
            .map(|case| generate::case(&mut Choices::seeded(seed.wrapping_mul(1 << 40) + case)))
            .collect();
        asked += round.len() as u64;
        compare(round, &mut simulator, &known, &mut tally)?;
    }
    Ok(report(&tally, &known, asked))
}

fn compare(
    round: Vec<Case>,
    simulator: &mut Simulator,
    known: &Known,
    tally: &mut Tally,
) -> Result<(), String> {
    let told = simulator.ask(&round)?;
    for (case, told) in round.into_iter().zip(told) {
        let ours = ours::verdict(&case)?;
        if told.verdict == Verdict::Refused {
            *tally.refused.entry(told.kind()).or_default() += 1;
        } else if ours == told.verdict {
            *tally.agreed.entry(ours).or_default() += 1;
        } else {
            let small = shrink::shrink(case, ours, told.verdict, simulator)?;
            let words = words::of(&small);
            match known.find(&words, ours, told.verdict) {
                Some(entry) => *tally.known.entry(entry).or_default() += 1,
                None => {
                    let (ours, theirs) = (ours.name(), told.verdict.name());
                    let kind = words::kind(&words);
                    let name = format!("{kind}: ours {ours}, theirs {theirs}");
                    tally.new.entry(name).or_default().push(words);
                }
            }
        }
    }
    Ok(())
}

/// Prints what was counted, and says whether there is nothing new and nothing out of date.
fn report(tally: &Tally, known: &Known, asked: u64) -> bool {
    println!("{asked} questions");
    for (verdict, count) in &tally.agreed {
        println!("{count:8} agreed: {}", verdict.name());
    }
    for (why, count) in &tally.refused {
        println!("{count:8} not judged by the simulator: {why}");
    }
    for (entry, count) in &tally.known {
        println!("{count:8} known: {}", known.name(*entry));
    }
    for (name, cases) in &tally.new {
        println!("{:8} NEW {name}", cases.len());
        let mut shown = cases.clone();
        shown.sort_by_key(String::len);
        shown.dedup();
        for case in shown.iter().take(SHOWN) {
            println!("             {case}");
        }
    }
    let unseen = known.all().filter(|entry| !tally.known.contains_key(entry));
    let idle: Vec<String> = unseen.map(|entry| known.name(entry)).collect();
    for name in &idle {
        println!("         not seen: {name}");
    }
    tally.new.is_empty() && (idle.is_empty() || asked < ENOUGH)
}
