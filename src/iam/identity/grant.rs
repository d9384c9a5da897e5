//! What one statement of an identity policy grants at large, action by action and resource by resource.
//! Refuses to call a grant certain without a use of it that no Deny forbids.
//! Evaluation: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>.

use super::Yardstick;
use super::access::{self, Level};
use super::denial::Denials;
use super::inclusion::{Part, Piece};
use super::privilege::{Certainty, Privilege, Use};
use super::reach::{Extent, Reach, reach};
use crate::iam::actions::Names;
use crate::iam::document::{Effect, IdentityDocument, Statement};
use crate::iam::pattern::example;
use std::collections::BTreeMap;

/// How much a privilege is; the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Power {
    Admin,
    NearlyAll,
    FullAccess,
    WriteAll,
}

/// One action pattern, or everything but some, on one resource pattern.
struct Grant<'a> {
    /// None for `NotAction`.
    action: Option<&'a str>,
    left_out: &'a [String],
    resource: &'a str,
    reach: Reach<'a>,
}

pub const UNKNOWN_ELEMENT: &str = "the statement has an element that is not known";
const OTHER_SERVICE: &str = "the action and the resource are of different services";
pub const NO_ACTION_LEFT: &str = "no action is known that is left of it";
const NOT_NEW: &str = "whether it was given before is not proven";

/// One privilege for each power, service and statement.
pub type Found = BTreeMap<(Power, String, usize, usize), Privilege>;

/// A statement that grants, and what its grants are held against.
pub struct Place<'a> {
    pub document: usize,
    pub index: usize,
    pub policy: &'a IdentityDocument,
    pub statement: &'a Statement,
    pub yardstick: &'a Yardstick<'a>,
}

impl<'a> Place<'a> {
    /// Adds what the statement grants at large.
    pub fn judge(&self, documents: &[&IdentityDocument], denials: &Denials<'_>, found: &mut Found) {
        let reaches = self.reaches();
        match &self.statement.actions {
            Names::Only(actions) => {
                let usual = |action: &&String| {
                    self.yardstick.usual.is_some_and(|usual| usual.holds(action))
                };
                for action in actions.iter().filter(|action| !usual(action)) {
                    self.judge_action(action, &reaches, denials, found);
                }
            }
            Names::AllBut(left_out) => {
                if left_out.iter().any(|pattern| access::access(pattern).1 == Level::Everything) {
                    return;
                }
                for (resource, reach) in &reaches {
                    let grant = Grant { action: None, left_out, resource, reach: *reach };
                    self.judge_all_but(&grant, documents, denials, found);
                }
            }
        }
    }

    /// The resource patterns and how far they reach.
    fn reaches(&self) -> Vec<(&'a str, Reach<'a>)> {
        let variables = self.statement.variables;
        match &self.statement.resources {
            Some(Names::Only(list)) => {
                list.iter().map(|pattern| (pattern.as_str(), reach(pattern, variables))).collect()
            }
            Some(Names::AllBut(list)) => {
                let left_out: Vec<Reach<'_>> = list.iter().map(|p| reach(p, variables)).collect();
                let nothing = |r: &Reach<'_>| r.extent == Extent::Everything && r.doubt.is_none();
                if left_out.iter().any(nothing) {
                    return Vec::new();
                }
                let doubt = left_out.iter().find_map(|reach| reach.doubt);
                vec![("*", Reach { service: None, extent: Extent::AllBut, doubt })]
            }
            None => Vec::new(),
        }
    }

    fn judge_action(
        &self,
        action: &'a str,
        reaches: &[(&'a str, Reach<'a>)],
        denials: &Denials<'_>,
        found: &mut Found,
    ) {
        let (service, level) = access::access(action);
        let suits = |reach: &Reach<'_>| {
            reach
                .service
                .is_none_or(|of| access::matches(&format!("{service}:x"), &format!("{of}:x")))
        };
        let some_suits = reaches.iter().any(|(_, reach)| suits(reach));
        for (resource, reach) in reaches {
            let grant = Grant { action: Some(action), left_out: &[], resource, reach: *reach };
            let suits = level == Level::Everything || suits(reach);
            // Some actions are for the resources of another service; which is not known here.
            if !suits && some_suits {
                continue;
            }
            let Some(power) = power(level, reach.extent) else { continue };
            let of = reach.service.filter(|_| suits).map(str::to_ascii_lowercase);
            let service = of.unwrap_or_else(|| service.clone());
            let doubt = (!suits).then_some(OTHER_SERVICE);
            self.add(&grant, (power, service), doubt, denials, found);
        }
    }

    fn judge_all_but(
        &self,
        grant: &Grant<'a>,
        documents: &[&IdentityDocument],
        denials: &Denials<'_>,
        found: &mut Found,
    ) {
        let extent = grant.reach.extent;
        let Some(service) = grant.reach.service.map(str::to_ascii_lowercase) else {
            if extent == Extent::Part {
                return;
            }
            self.add(grant, (Power::NearlyAll, "*".to_owned()), None, denials, found);
            // What one statement leaves out, others may grant.
            if let Some(certainty) = restored(grant.left_out, documents, denials)
                && extent == Extent::Everything
                && !self.was_given_together(grant, documents, denials)
            {
                let admin = (Power::Admin, "*".to_owned());
                self.add(grant, admin.clone(), None, denials, found);
                let key = (admin.0, admin.1, self.document, self.index);
                found.entry(key).and_modify(|all| all.certainty = all.certainty.max(certainty));
            }
            return;
        };
        let covered = |pattern: &String| access::covers_service(pattern, &service);
        if extent == Extent::Part || grant.left_out.iter().any(covered) {
            return;
        }
        let apart = |pattern: &String| access::disjoint(pattern, &format!("{service}:"));
        let full = extent == Extent::Service && grant.left_out.iter().all(apart);
        let power = if full { Power::FullAccess } else { Power::WriteAll };
        self.add(grant, (power, service), None, denials, found);
    }

    fn add(
        &self,
        grant: &Grant<'_>,
        (power, service): (Power, String),
        doubt: Option<&'static str>,
        denials: &Denials<'_>,
        found: &mut Found,
    ) {
        let action = grant.action.unwrap_or("*");
        // What takes another statement besides is looked at before.
        let together = power == Power::Admin && grant.action.is_none();
        if denials.cover(action, grant.resource) || (!together && self.was_given(grant)) {
            return;
        }
        let (witness, unwitnessed) = self.witness(grant, &service, together, denials);
        let unknown = (!self.statement.unknown_elements.is_empty()).then_some(UNKNOWN_ELEMENT);
        let doubt = unknown.or(grant.reach.doubt).or(doubt).or(unwitnessed);
        let certainty = match doubt {
            Some(why) => Certainty::Unclear(why),
            None if !self.statement.conditions.is_empty() => Certainty::Conditional,
            None => Certainty::Certain,
        };
        let privilege = Privilege {
            service: service.clone(),
            extent: grant.reach.extent,
            certainty,
            may_be_denied: denials.may_touch(action, grant.resource),
            document: self.document,
            statement: self.index,
            sid: self.statement.sid.clone(),
            witness,
        };
        let key = (power, service, self.document, self.index);
        let rank = |one: &Privilege| (one.certainty, one.extent);
        if found.get(&key).is_none_or(|before| rank(&privilege) < rank(before)) {
            found.insert(key, privilege);
        }
    }

    /// Whether all of it was provably given before.
    fn was_given(&self, grant: &Grant<'_>) -> bool {
        let Some(before) = self.yardstick.before else { return false };
        let resources = match &self.statement.resources {
            Some(Names::Only(_)) => Part::One(grant.resource),
            Some(Names::AllBut(list)) => Part::AllBut(list),
            None => Part::Itself,
        };
        let actions = grant.action.map_or(Part::AllBut(grant.left_out), Part::One);
        let statement = self.statement;
        before.gave(&Piece { statement, principal: None, actions, resources }, self.policy)
    }

    /// The same, and of what the other statements grant that this one leaves out.
    fn was_given_together(
        &self,
        grant: &Grant<'_>,
        documents: &[&IdentityDocument],
        denials: &Denials<'_>,
    ) -> bool {
        let was_given = |pattern: &String| {
            let (_, policy, statement) = restoring(pattern, documents, denials)?;
            let (actions, resources) = (Part::One(pattern), Part::One("*"));
            let piece = Piece { statement, principal: None, actions, resources };
            Some(self.yardstick.before?.gave(&piece, policy))
        };
        self.was_given(grant) && grant.left_out.iter().all(|p| was_given(p) == Some(true))
    }

    /// A use that no unconditional Deny forbids and that was not given before, or why there is none.
    fn witness(
        &self,
        grant: &Grant<'_>,
        service: &str,
        together: bool,
        denials: &Denials<'_>,
    ) -> (Use, Option<&'static str>) {
        let resource = match grant.reach.service {
            None => "*".to_owned(),
            Some(_) => example(grant.resource),
        };
        let granted = |action: &str| match grant.action {
            Some(pattern) => access::matches(pattern, action),
            None => !grant.left_out.iter().any(|pattern| access::matches(pattern, action)),
        };
        let known: Vec<&str> = access::known_writes()
            .filter(|action| granted(action) && access::matches(&format!("{service}:*"), action))
            .collect();
        let written = grant.action.into_iter().filter(|_| known.is_empty());
        let candidates = written.chain(known.iter().copied());
        let free = candidates.clone().find(|action| !denials.forbid(action, &resource));
        // Together with other statements it is all actions.
        let all = access::known_writes().filter(|_| together && self.yardstick.before.is_some());
        let all = all.map(|action| -> &str { action });
        let new = candidates.clone().chain(all).find(|action| {
            !denials.forbid(action, &resource)
                && !self.may_have_been_given(action, &resource, grant)
        });
        let any = candidates.clone().next();
        let action = new.or(free).or(any).or(grant.action).unwrap_or("*");
        let lacking = match (free, new) {
            (None, _) => Some(NO_ACTION_LEFT),
            (Some(_), None) => Some(NOT_NEW),
            (Some(_), Some(_)) => None,
        };
        (Use { action: action.to_owned(), resource }, lacking)
    }

    fn may_have_been_given(&self, action: &str, resource: &str, grant: &Grant<'_>) -> bool {
        let action = example(action);
        self.yardstick.before.is_some_and(|before| {
            before.may_have_given(&action, resource, &grant.reach, self.statement)
        })
    }
}

/// What a level of access on so many resources amounts to; none for what is not at large.
fn power(level: Level, extent: Extent) -> Option<Power> {
    match (extent, level) {
        (Extent::Everything, Level::Everything) => Some(Power::Admin),
        (Extent::AllBut, Level::Everything) => Some(Power::NearlyAll),
        (Extent::Everything, Level::Full) | (Extent::Service, Level::Everything | Level::Full) => {
            Some(Power::FullAccess)
        }
        (Extent::Everything | Extent::Service, Level::Write)
        | (Extent::AllBut, Level::Full | Level::Write)
        | (Extent::Type | Extent::Region, Level::Everything | Level::Full | Level::Write) => {
            Some(Power::WriteAll)
        }
        (Extent::Part, Level::Everything | Level::Full | Level::Write)
        | (
            Extent::Everything
            | Extent::Service
            | Extent::AllBut
            | Extent::Type
            | Extent::Region
            | Extent::Part,
            Level::Read | Level::Nothing,
        ) => None,
    }
}

/// Whether other statements grant on every resource what `NotAction` leaves out, and how certainly.
fn restored(
    left_out: &[String],
    documents: &[&IdentityDocument],
    denials: &Denials<'_>,
) -> Option<Certainty> {
    let mut certainty = Certainty::Certain;
    for pattern in left_out {
        let (best, ..) = restoring(pattern, documents, denials)?;
        certainty = certainty.max(best);
    }
    Some(certainty)
}

/// What grants all actions of the pattern on every resource, and how certainly.
fn restoring<'a>(
    pattern: &str,
    documents: &[&'a IdentityDocument],
    denials: &Denials<'_>,
) -> Option<(Certainty, &'a IdentityDocument, &'a Statement)> {
    let all = documents.iter().flat_map(|policy| policy.statements().iter().map(|s| (*policy, s)));
    let giving = all.filter_map(|(policy, statement)| {
        gives(statement, pattern, denials).map(|certainty| (certainty, policy, statement))
    });
    giving.min_by_key(|(certainty, ..)| *certainty)
}

/// How certainly the statement grants all actions of the pattern on every resource.
fn gives(statement: &Statement, pattern: &str, denials: &Denials<'_>) -> Option<Certainty> {
    let Some(Names::Only(resources)) = &statement.resources else { return None };
    let granted = match &statement.actions {
        Names::Only(actions) => actions.iter().any(|action| access::includes(action, pattern)),
        Names::AllBut(left_out) => left_out.iter().all(|p| access::disjoint(p, pattern)),
    };
    let everything = |resource: &String| {
        let reach = reach(resource, statement.variables);
        reach.extent == Extent::Everything && reach.doubt.is_none()
    };
    let gives = statement.effect == Effect::Allow
        && statement.unknown_elements.is_empty()
        && granted
        && resources.iter().any(everything)
        && !denials.cover(pattern, "*");
    let plain = statement.conditions.is_empty();
    gives.then_some(if plain { Certainty::Certain } else { Certainty::Conditional })
}
