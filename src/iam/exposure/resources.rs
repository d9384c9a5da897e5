//! Resources: whether a statement speaks of the function, version or alias its policy hangs on.
//! Refuses to count a wildcard that would have to cross a colon as proof.
//! Grammar: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>.

use super::setting::Setting;
use crate::iam::actions::Names;
use crate::iam::condition::Held;
use crate::iam::document::Statement;
use crate::iam::evaluate::targets;
use crate::iam::pattern;

/// Whether the statement's resources hold the function it hangs on, as far as that can be said.
pub fn covers(statement: &Statement, setting: &Setting<'_>) -> Option<bool> {
    let own = setting.own.as_str();
    let account = setting.home.account.as_str();
    let held = |key: &str| match key {
        "aws:resourceaccount" => Held::One(account),
        _ => Held::Unsure,
    };
    match targets::names_resource(statement, own, &held) {
        // Requests for its versions and aliases may be asked of the same policy.
        Some(false) if mentions(statement, own) => None,
        covered => covered,
    }
}

fn mentions(statement: &Statement, own: &str) -> bool {
    let mentioned = |list: &[String]| list.iter().any(|pattern| pattern.starts_with(own));
    match &statement.resources {
        Some(Names::Only(list)) => mentioned(list),
        Some(Names::AllBut(_)) | None => false,
    }
}

/// Whether every resource of `inner` is provably one of `outer`.
pub fn includes(outer: &Statement, inner: &Statement) -> bool {
    // A variable is no text that a pattern could cover.
    let covers = |o: &str, i: &str| !o.contains("${") && pattern::covers(o, i);
    match (&outer.resources, &inner.resources) {
        (Some(Names::Only(outer)), Some(Names::Only(inner))) => {
            inner.iter().all(|i| outer.iter().any(|o| o == "*" || o == i || covers(o, i)))
        }
        (Some(Names::Only(outer)), Some(Names::AllBut(_)) | None) => outer.iter().any(|o| o == "*"),
        (Some(Names::AllBut(_)) | None, _) => false,
    }
}
