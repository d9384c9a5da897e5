//! What Cordon's evaluator says.

use crate::Verdict;
use proof::generate::Case;
use proof::iam::{Decision, Document, evaluate};
use proof::questions;

/// The verdict on a case; an error if the generator made what is not a request.
pub fn verdict(case: &Case) -> Result<Verdict, String> {
    let Ok(document) = Document::parse(&case.policy.to_string()) else {
        return Ok(Verdict::Refused);
    };
    Ok(match evaluate(&document, &questions::request(case)?) {
        Decision::Allow { .. } => Verdict::Allow,
        Decision::Deny { .. } => Verdict::Deny,
        Decision::Implicit => Verdict::Implicit,
        Decision::Unclear { .. } => Verdict::Unclear,
    })
}
