//! What every policy of a dump lets an identity do at large, what an execution role gains with it, and
//! whether it administers Lambda, one JSON line each. The dump has one
//! JSON object a line, `{"name": ..., "document": {...}}`, in the file named or on standard input.
//! Ends with 1 if a document does not parse or does not survive being printed and parsed again.

use cordon::iam::{IdentityDocument, Usual, gained, lambda_admin, privileges};
use serde::Deserialize;
use serde_json::{json, value::RawValue};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::process::ExitCode;

#[derive(Deserialize)]
struct Line<'a> {
    name: String,
    #[serde(borrow)]
    document: &'a RawValue,
}

fn main() -> ExitCode {
    match run() {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::from(2)
        }
    }
}

/// How many documents were lost.
fn run() -> io::Result<usize> {
    let input: Box<dyn BufRead> = match std::env::args().nth(1) {
        Some(path) => Box::new(BufReader::new(File::open(path)?)),
        None => Box::new(BufReader::new(io::stdin())),
    };
    let mut out = io::stdout().lock();
    let (mut counts, mut lost) = (BTreeMap::<&str, usize>::new(), 0);
    for line in input.lines() {
        let line = line?;
        let Line { name, document } = serde_json::from_str(&line)?;
        match read(document.get()) {
            Ok(policy) => {
                let found = privileges(&[&policy]);
                let verdict = verdict(&found);
                *counts.entry(verdict).or_default() += 1;
                let gained = gained(&[], &[&policy], Usual::default());
                let line = json!({
                    "name": name,
                    "verdict": verdict,
                    "privileges": found,
                    "gained": self::verdict(&gained),
                    "lambda": lambda_admin(&[&policy]),
                });
                writeln!(out, "{line}")?;
            }
            Err(problem) => {
                lost += 1;
                eprintln!("{name}: {problem}");
            }
        }
    }
    let all: usize = counts.values().sum();
    eprintln!("{} policies, {lost} lost", all + lost);
    for (verdict, count) in counts {
        eprintln!("{count:6} {verdict}");
    }
    Ok(lost)
}

fn read(text: &str) -> Result<IdentityDocument, String> {
    let policy = IdentityDocument::parse(text).map_err(|problem| problem.to_string())?;
    let again =
        IdentityDocument::parse(&policy.compact()).map_err(|problem| problem.to_string())?;
    if policy.raw() != text || again.statements() != policy.statements() {
        return Err("it says something else once it is printed and parsed again".to_owned());
    }
    Ok(policy)
}

/// The worst that is certain; else the worst that a condition may allow, or that is unclear.
fn verdict(found: &cordon::iam::Privileges) -> &'static str {
    use cordon::iam::Certainty;
    let ranks = [
        (&found.admin, ["admin", "admin under a condition", "admin, perhaps"]),
        (
            &found.nearly_all,
            [
                "nearly everything",
                "nearly everything under a condition",
                "nearly everything, perhaps",
            ],
        ),
        (
            &found.full_access,
            ["full access", "full access under a condition", "full access, perhaps"],
        ),
        (
            &found.write_all,
            ["write on all", "write on all under a condition", "write on all, perhaps"],
        ),
    ];
    let level = |certainty: Certainty| match certainty {
        Certainty::Certain => 0,
        Certainty::Conditional => 1,
        Certainty::Unclear(_) => 2,
    };
    for wanted in 0..3 {
        for (privileges, names) in ranks {
            if privileges.iter().any(|one| level(one.certainty) == wanted) {
                return names.get(wanted).copied().unwrap_or_default();
            }
        }
    }
    "nothing at large"
}
