//! What is said of what a role gains. Refuses to call certain what a condition may limit.

use crate::{
    finding::Evidence,
    iam::{Certainty, Extent, Privilege, Privileges},
    resource::RoleArn,
};

/// What a role gains.
pub(in crate::controls) enum Verdict {
    /// Nothing at large.
    Nothing,
    /// It cannot be said, and why.
    Unclear(String),
    /// This, for certain.
    Certain(Vec<Evidence>),
}

impl Verdict {
    /// The worse of two; what is certain of both.
    pub(in crate::controls) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Certain(mut one), Self::Certain(other)) => {
                one.extend(other);
                Self::Certain(one)
            }
            (certain @ Self::Certain(_), Self::Nothing | Self::Unclear(_))
            | (Self::Nothing | Self::Unclear(_), certain @ Self::Certain(_)) => certain,
            (unclear @ Self::Unclear(_), Self::Nothing | Self::Unclear(_))
            | (Self::Nothing, unclear @ Self::Unclear(_)) => unclear,
            (Self::Nothing, Self::Nothing) => Self::Nothing,
        }
    }

    /// The same, saying which role it is.
    pub(in crate::controls) fn on(self, role: &RoleArn) -> Self {
        match self {
            Self::Certain(evidence) => Self::Certain(
                evidence
                    .into_iter()
                    .map(|one| Evidence { field: format!("{}: {}", role.name(), one.field), ..one })
                    .collect(),
            ),
            Self::Unclear(why) => Self::Unclear(format!("role `{}`: {why}", role.name())),
            Self::Nothing => Self::Nothing,
        }
    }
}

/// Whether nothing is gained at large, not even perhaps.
pub(in crate::controls) fn is_nothing(privileges: &Privileges) -> bool {
    all(privileges).is_empty()
}

/// The privileges, the worst first, each in words.
fn all(privileges: &Privileges) -> Vec<(&Privilege, String)> {
    let Privileges { admin, nearly_all, full_access, write_all } = privileges;
    let of = |one: &Privilege| format!("`{}` on {}", one.service, reach(one.extent));
    let admin = admin.iter().map(|one| (one, "every action on every resource".to_owned()));
    let nearly = nearly_all.iter().map(|one| (one, "almost every action or resource".to_owned()));
    let full = full_access.iter().map(|one| (one, format!("every action of {}", of(one))));
    let writes = write_all.iter().map(|one| (one, format!("writes of {}", of(one))));
    admin.chain(nearly).chain(full).chain(writes).collect()
}

const fn reach(extent: Extent) -> &'static str {
    match extent {
        Extent::Everything | Extent::Service => "every resource",
        Extent::AllBut => "every resource but some",
        Extent::Type => "every resource of a type",
        Extent::Region => "every resource of a Region",
        Extent::Part => "some resources",
    }
}

/// What is said of what is gained. `place` names the policy of a number.
pub(in crate::controls) fn said(
    privileges: &Privileges,
    place: impl Fn(usize) -> Option<String>,
) -> Verdict {
    let all = all(privileges);
    let certain = all.iter().filter(|(one, _)| one.certainty == Certainty::Certain);
    let evidence: Vec<Evidence> = certain
        .map(|(one, words)| {
            let field = place(one.document).unwrap_or_default();
            let example = format!("`{}` on `{}`", one.witness.action, one.witness.resource);
            Evidence::new(field, &format!("{words}, such as {example}"))
        })
        .collect();
    match (evidence.is_empty(), all.first()) {
        (false, _) => Verdict::Certain(evidence),
        (true, None) => Verdict::Nothing,
        (true, Some((one, words))) => {
            let place = place(one.document).unwrap_or_default();
            let why = match one.certainty {
                Certainty::Unclear(why) => why,
                Certainty::Conditional | Certainty::Certain => "a condition may limit it",
            };
            Verdict::Unclear(format!("{place} may give {words}: {why}"))
        }
    }
}
