//! Resources: whether a statement speaks of the function, version or alias its policy hangs on.
//! Refuses to count a wildcard that would have to cross a colon as proof.
//! Grammar: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>.

use super::actions::Names;
use super::model::Statement;
use super::pattern::{self, Arn};
use super::setting::Setting;

/// Whether the statement's resources provably hold the function it hangs on.
pub(super) fn covers(statement: &Statement, setting: &Setting<'_>) -> bool {
    let own = setting.own.as_str();
    let covered = |pattern: &str| {
        pattern == "*"
            || pattern == own
            || Arn::parse(pattern)
                .zip(Arn::parse(own))
                .is_some_and(|(pattern, own)| pattern.matches(&own))
    };
    match &statement.resources {
        Some(Names::Only(list)) => list.iter().any(|pattern| covered(pattern)),
        Some(Names::AllBut(_)) | None => false,
    }
}

/// Whether every resource of `inner` is provably one of `outer`.
pub(super) fn includes(outer: &Statement, inner: &Statement) -> bool {
    match (&outer.resources, &inner.resources) {
        (Some(Names::Only(outer)), Some(Names::Only(inner))) => {
            inner.iter().all(|i| outer.iter().any(|o| o == "*" || o == i || pattern::covers(o, i)))
        }
        (Some(Names::Only(outer)), Some(Names::AllBut(_)) | None) => outer.iter().any(|o| o == "*"),
        (Some(Names::AllBut(_)) | None, _) => false,
    }
}
