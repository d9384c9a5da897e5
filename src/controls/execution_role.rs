//! What the controls of execution roles share: which change of a role an event tells, whose change is
//! accepted, and when what was changed may be put back.
//! Refuses to put back what Cordon rests on, what somebody trusted did, and what nobody else than a
//! service may change.

pub(super) mod verdict;

use super::{Assessment, Case, Judgement, Response, changed::is_accepted};
use crate::{
    event::{Event, Kind, RoleChange},
    finding::{ControlId, Evidence},
    iam::{IdentityDocument, Usual},
    policy::{ControlPolicy, Pattern},
    remediation::{Remediation, RoleRestore},
    resource::{Arn, FunctionArn, Resource, RoleArn},
    state::PolicyVersion,
};
use std::collections::{BTreeMap, BTreeSet};

/// Functions that are named; more are counted.
const NAMED: usize = 10;

/// A document that decides what a role may do: where it is, and what it says.
pub(super) struct Policy {
    pub place: Place,
    pub document: IdentityDocument,
}

/// Where a role has a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    Inline(String),
    Attached(Arn),
}

impl Place {
    pub fn words(&self) -> String {
        match self {
            Self::Inline(name) => format!("inline policy `{name}`"),
            Self::Attached(policy) => policy.to_string(),
        }
    }
}

/// Everything that decides what a role may do, each read.
pub(super) fn policies(
    inline: &BTreeMap<String, String>,
    attached: &BTreeMap<Arn, PolicyVersion>,
) -> Result<Vec<Policy>, String> {
    let inline = inline.iter().map(|(name, text)| (Place::Inline(name.clone()), text));
    let attached = attached.iter();
    let attached = attached.map(|(arn, live)| (Place::Attached(arn.clone()), &live.document));
    inline
        .chain(attached)
        .map(|(place, text)| match IdentityDocument::parse(text) {
            Ok(document) => Ok(Policy { place, document }),
            Err(error) => Err(format!("{} cannot be read: {error}", place.words())),
        })
        .collect()
}

/// What every role may be given on every resource.
pub(super) fn usual(policy: &ControlPolicy) -> Usual<'_> {
    Usual { more: &policy.controls.execution_role_overbroad.parameters.usual }
}

/// What an event changed of a role.
pub(super) fn change(event: &Event) -> Option<&RoleChange> {
    let Kind::IamCall { change, .. } = &event.kind else { return None };
    change.as_deref()
}

/// Whether the control policy leaves the role alone.
pub(super) fn is_left_alone(roles: &[Pattern], role: &RoleArn) -> bool {
    let arn = role.to_string();
    let means = |pattern: &Pattern| {
        pattern.matches_text(if pattern.is_of_arns() { &arn } else { role.name() })
    };
    roles.iter().any(means)
}

/// What answers a finding: `restore`, or why there is none.
pub(super) fn answer(case: &Case<'_>, restore: Result<RoleRestore, &str>) -> Response {
    let refused = if case.event.touches.is_some() {
        Some("Cordon does not change its own roles")
    } else if is_accepted(case.policy, &case.event.actor) {
        Some("not put back: a trusted principal did it")
    } else {
        None
    };
    match (refused, restore) {
        (Some(why), _) | (None, Err(why)) => Response::Notify(why.to_owned()),
        (None, Ok(restore)) if restore.role().is_some_and(RoleArn::is_service_linked) => {
            Response::Notify("not put back: only its service can change the role".to_owned())
        }
        (None, Ok(restore)) => Response::restore(Remediation::RestoreRole(restore)),
    }
}

/// The functions that are concerned.
pub(super) fn functions(functions: &BTreeSet<FunctionArn>) -> Evidence {
    let named: Vec<String> = functions.iter().take(NAMED).map(FunctionArn::to_string).collect();
    let more = match functions.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let mut evidence = Evidence::new("functions", "");
    // Each is a name that was parsed, and together they may be longer than other evidence.
    evidence.value = format!("{}{more}", named.join(", "));
    evidence
}

pub(super) fn assessment(
    control: ControlId,
    resource: impl Into<Resource>,
    judgement: Judgement,
) -> Assessment {
    Assessment { control: control.into(), resource: resource.into(), judgement }
}

/// Why nothing can be said where nothing was read.
pub(super) fn unread(what: &str) -> Judgement {
    Judgement::InsufficientData(format!("{what} could not be read"))
}
