//! The Denies that revoke a function's credentials inside of a permissions boundary, for roles whose
//! inline policies are full. What the boundary said before, it says after, with the same text.
//! Refuses a boundary that is not understood, or that would be longer than IAM takes.
//! Boundaries: <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html>.

use super::{LogGroup, RevocationError, denies, policy_size, says_the_same, with_sid};
use crate::iam::document::{self, IdentityDocument, Statement, json};
use crate::resource::FunctionArn;

/// The most characters that a managed policy may have, as [`policy_size`] counts them.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length>
pub const MANAGED_POLICY_SIZE: usize = 6_144;

/// What a role without a boundary may be granted.
const EVERYTHING: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"CordonAllowAll","Effect":"Allow","Action":"*","Resource":"*"}]}"#;

/// The text of a boundary that limits as `existing` does, the text of the boundary that the role
/// has, and that denies the function everything but writing its own log. Denies that are there
/// already are not added again.
pub fn boundary(
    existing: Option<&str>,
    function: &FunctionArn,
    log_group: &LogGroup,
) -> Result<String, RevocationError> {
    let existing = existing.unwrap_or(EVERYTHING);
    let parsed = IdentityDocument::parse(existing)?;
    let mut missing = Vec::new();
    for (sid, wanted) in denies(function, log_group) {
        let alone = super::document([(sid, wanted.clone())]);
        let alone = IdentityDocument::parse(&alone)?;
        let is_it = |one: &Statement| alone.statements().iter().all(|it| says_the_same(one, it));
        if !parsed.statements().iter().any(is_it) {
            missing.push(with_sid(&free_sid(&parsed, sid), &wanted));
        }
    }
    let text = with(existing, missing)?;
    if !boundary_revokes(&text, function, log_group) {
        return Err(RevocationError::Unknown);
    }
    match policy_size(&text) {
        size if size > MANAGED_POLICY_SIZE => Err(RevocationError::TooLong(size)),
        _ => Ok(text),
    }
}

/// Whether both Denies for the function stand in the boundary.
pub fn boundary_revokes(text: &str, function: &FunctionArn, log_group: &LogGroup) -> bool {
    let wanted = IdentityDocument::parse(&super::deny_function(function, log_group));
    let (Ok(found), Ok(wanted)) = (IdentityDocument::parse(text), wanted) else { return false };
    let stands = |it: &Statement| found.statements().iter().any(|one| says_the_same(one, it));
    wanted.statements().iter().all(stands)
}

/// "Sid values must be unique within a JSON policy"; whether case tells them apart is not said.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html>
fn free_sid(document: &IdentityDocument, wanted: &str) -> String {
    let taken = |sid: &str| {
        let mut sids = document.statements().iter().filter_map(|one| one.sid.as_deref());
        sids.any(|other| other.eq_ignore_ascii_case(sid))
    };
    let numbered = (2..).map(|number: usize| format!("{wanted}{number}"));
    let mut sids = std::iter::once(wanted.to_owned()).chain(numbered);
    sids.find(|sid| !taken(sid)).unwrap_or_default()
}

/// The policy with statements added at its end.
fn with(policy: &str, added: Vec<String>) -> Result<String, RevocationError> {
    if added.is_empty() {
        return Ok(policy.to_owned());
    }
    let mut entries = Vec::new();
    for (key, value) in json::object(policy, "document", "an object")? {
        if key != "Statement" {
            entries.push((key, value.get().to_owned()));
            continue;
        }
        let (_, kept) = document::statement_texts(value)?;
        let texts: Vec<&str> =
            kept.iter().map(|raw| raw.get()).chain(added.iter().map(String::as_str)).collect();
        entries.push((key, format!("[{}]", texts.join(","))));
    }
    Ok(json::write_object(entries.iter().map(|(key, value)| (key.as_str(), value.as_str()))))
}

#[cfg(test)]
#[path = "boundary_tests.rs"]
mod tests;
