//! A policy and a request: the evaluator says the same twice, whatever the order of the statements,
//! and never lets a request in that a Deny for everybody forbids.

#![no_main]

use libfuzzer_sys::fuzz_target;
use proof::choices::Choices;
use proof::generate::{self, Case};
use proof::iam::{Decision, Document, evaluate};
use proof::questions;
use serde_json::{Value, json};

fuzz_target!(|bytes: &[u8]| {
    let mut case = generate::case(&mut Choices::from_bytes(bytes));
    if bytes.starts_with(b"{") {
        // A text as it is, asked about by the plainest request.
        case = generate::case(&mut Choices::from_bytes(&[]));
        let Ok(policy) = serde_json::from_slice(bytes) else { return };
        case.policy = policy;
    }
    let Some(first) = decide(&case) else { return };
    assert_eq!(Some(&first), decide(&case).as_ref());

    let Some(statements) = case.policy["Statement"].as_array().cloned() else { return };
    case.policy["Statement"] = statements.iter().rev().cloned().collect();
    let turned = decide(&case).expect("it was a policy before");
    assert_eq!(kind(&first), kind(&turned), "{case:?}");

    let nobody = json!({ "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*" });
    case.policy["Statement"] = statements.into_iter().chain([nobody]).collect::<Value>();
    let forbidden = decide(&case).expect("it was a policy before");
    // An element at the top that is not known makes every statement unclear.
    assert!(matches!(forbidden, Decision::Deny { .. } | Decision::Unclear { .. }), "{case:?}");
});

/// None if it is not a policy.
fn decide(case: &Case) -> Option<Decision> {
    let document = Document::parse(&case.policy.to_string()).ok()?;
    let request = questions::request(case).expect("the generator makes requests");
    Some(evaluate(&document, &request))
}

fn kind(decision: &Decision) -> &'static str {
    match decision {
        Decision::Allow { .. } => "allow",
        Decision::Deny { .. } => "deny",
        Decision::Implicit => "implicit",
        Decision::Unclear { .. } => "unclear",
    }
}
