//! From responses to remediations: the edits of one policy become one guarded write, what is
//! already as wanted is not planned, and the order is that of containment.

use super::{
    Remit,
    containment::{Contained, Containment},
    policy_edits::replacement,
};
use crate::{
    controls::{Extent, Response, TagValue},
    finding::{RemediationName, Requirement},
    iam::Edit,
    policy::{Concurrency, Mode},
    remediation::{Planned, Remediation, TAG_PREFIX, Withheld},
    resource::{FunctionArn, FunctionResource, Resource},
    setting::PutBack,
    state::{Read, State, UrlAuthType},
};
use std::collections::BTreeSet;
use time::OffsetDateTime;

/// The most tags a function can carry:
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html>.
const MOST_TAGS: usize = 50;

/// A response's standing. What is done to functions is proposed on functions only.
#[derive(Clone)]
pub(super) struct Proposal<'a, On = FunctionResource> {
    pub control: Requirement,
    pub resource: &'a On,
    pub mode: Mode,
    pub withheld: Option<Withheld>,
    pub mark: String,
}

impl<'a> Proposal<'a, Resource> {
    /// The same on a function, if it is one.
    fn on_function(self) -> Result<Proposal<'a>, &'a Resource> {
        let Self { control, resource, mode, withheld, mark } = self;
        let resource = resource.function_resource().ok_or(resource)?;
        Ok(Proposal { control, resource, mode, withheld, mark })
    }
}

impl<On> Proposal<'_, On> {
    /// Adds what this is proposed for to what is planned already.
    fn join(&self, planned: &mut Planned) {
        join(&mut planned.controls, self.control.clone());
        join(&mut planned.marks, self.mark.clone());
    }
}

/// What would answer something seen on a function, and cannot answer anything else.
enum OnFunction {
    EditPolicy(Edit),
    HardenUrl,
    Contain(Extent),
    Cap(Concurrency),
    DisableMappings,
    Tag(String, TagValue),
}

impl OnFunction {
    const fn not_done(&self) -> &'static str {
        match self {
            Self::EditPolicy(_) => "no policy is edited",
            Self::HardenUrl => "no URL is hardened",
            Self::Contain(_) => "nothing is contained",
            Self::Cap(_) => "nothing is capped",
            Self::DisableMappings => "no mapping is disabled",
            Self::Tag(_, _) => "not tagged",
        }
    }
}

/// What could not be planned after all.
pub(super) struct Failed {
    pub resource: Resource,
    pub controls: Vec<Requirement>,
    pub reason: String,
}

/// The edits of one policy that stand or fall together.
struct PolicyEdits {
    resource: FunctionResource,
    mode: Mode,
    withheld: Option<Withheld>,
    controls: Vec<Requirement>,
    marks: Vec<String>,
    edits: Vec<Edit>,
}

/// Collects responses into a plan.
pub(super) struct Planner<'a> {
    remit: &'a Remit<'a>,
    state: &'a State,
    incident: &'a str,
    now: OffsetDateTime,
    planned: Vec<Planned>,
    policies: Vec<PolicyEdits>,
    wants: BTreeSet<Read>,
    notes: Vec<String>,
    contains: bool,
    stops: bool,
    released: Vec<Remediation>,
}

/// What came of all responses.
pub(super) struct Plan {
    /// In the order it is to be done.
    pub planned: Vec<Planned>,
    /// What could not be planned after all.
    pub failed: Vec<Failed>,
    /// What has to be read before more can be planned.
    pub wants: BTreeSet<Read>,
    /// What people must know of it.
    pub notes: Vec<String>,
    /// A function is to be contained, and nothing withholds it.
    pub contains: bool,
    /// The function is to be stopped, and nothing withholds it.
    pub stops: bool,
    /// What is to be left undone.
    pub released: Vec<Remediation>,
}

impl<'a> Planner<'a> {
    pub(super) fn new(
        remit: &'a Remit<'a>,
        state: &'a State,
        incident: &'a str,
        now: OffsetDateTime,
    ) -> Self {
        let (planned, policies) = (Vec::new(), Vec::new());
        let (wants, notes, released) = (BTreeSet::new(), Vec::new(), Vec::new());
        Self {
            remit,
            state,
            incident,
            now,
            planned,
            policies,
            wants,
            notes,
            contains: false,
            stops: false,
            released,
        }
    }

    /// What it plans from.
    pub(super) const fn state(&self) -> &'a State {
        self.state
    }

    /// Takes a response in; gives back what of it nothing answers.
    pub(super) fn propose(
        &mut self,
        proposal: Proposal<'_, Resource>,
        response: Response,
    ) -> Vec<String> {
        let response = match response {
            Response::Notify(reason) => return vec![reason],
            Response::Apply(remediation) => {
                self.push(&proposal, remediation);
                return Vec::new();
            }
            Response::Turn(name, remediation) => {
                self.turn(&proposal, name, *remediation);
                return Vec::new();
            }
            Response::Release(remediation) => {
                self.released.push(remediation);
                return Vec::new();
            }
            Response::EditPolicy(edit) => OnFunction::EditPolicy(edit),
            Response::HardenUrl => OnFunction::HardenUrl,
            Response::Contain(extent) => OnFunction::Contain(extent),
            Response::Cap(most) => OnFunction::Cap(most),
            Response::DisableMappings => OnFunction::DisableMappings,
            Response::Tag(key, value) => OnFunction::Tag(key, value),
        };
        match proposal.on_function() {
            Ok(proposal) => self.propose_on_function(proposal, response),
            Err(resource) => vec![format!("{}: `{resource}` is no function", response.not_done())],
        }
    }

    fn propose_on_function(&mut self, proposal: Proposal<'_>, response: OnFunction) -> Vec<String> {
        match response {
            OnFunction::EditPolicy(edit) => self.edit(proposal, edit),
            OnFunction::HardenUrl => self.harden(&proposal),
            OnFunction::Contain(extent) => return self.contain(proposal, extent),
            OnFunction::Cap(most) => return self.cap(&proposal, most).into_iter().collect(),
            OnFunction::DisableMappings => self.disable_mappings(&proposal),
            OnFunction::Tag(key, value) => {
                let value = match value {
                    TagValue::Incident => self.incident.to_owned(),
                    TagValue::Of(value) => value,
                };
                return self.tag(proposal, key, value).into_iter().collect();
            }
        }
        Vec::new()
    }

    /// One setting is turned once. What puts back everything that was there wins.
    fn turn(
        &mut self,
        proposal: &Proposal<'_, Resource>,
        name: RemediationName,
        remediation: Remediation,
    ) {
        let setting = remediation.setting();
        let same = self.planned.iter_mut().find(|planned| {
            planned.remediation.setting() == setting
                && (planned.mode, &planned.withheld) == (proposal.mode, &proposal.withheld)
        });
        let Some(planned) = same else { return self.push(proposal, remediation) };
        if name == RemediationName::RestoreSetting {
            planned.remediation = remediation;
        }
        proposal.join(planned);
    }

    fn edit(&mut self, proposal: Proposal<'_>, edit: Edit) {
        let Proposal { control, resource, mode, withheld, mark } = proposal;
        let same = self.policies.iter_mut().find(|group| {
            group.resource == *resource && group.mode == mode && group.withheld == withheld
        });
        if let Some(group) = same {
            join(&mut group.controls, control);
            join(&mut group.marks, mark);
            join(&mut group.edits, edit);
        } else {
            self.policies.push(PolicyEdits {
                resource: resource.clone(),
                mode,
                withheld,
                controls: vec![control],
                marks: vec![mark],
                edits: vec![edit],
            });
        }
    }

    fn harden(&mut self, proposal: &Proposal<'_>) {
        let resource = proposal.resource.clone();
        if self.state.urls.get(&resource) == Some(&Some(UrlAuthType::None)) {
            self.push(proposal, Remediation::HardenFunctionUrl { resource });
        }
    }

    /// Only ever lowers what may run.
    fn cap(&mut self, proposal: &Proposal<'_>, most: Concurrency) -> Option<String> {
        let function = proposal.resource.function.clone();
        let live = match self.state.functions.get(&function) {
            None => return Some("not capped: the function could not be read".to_owned()),
            Some(None) => return None,
            Some(Some(live)) => live,
        };
        if live.on_managed_instances {
            let why = "not capped: what runs on managed instances reserves no concurrency";
            return Some(why.to_owned());
        }
        let reserved = live.reserved_concurrency;
        if reserved.is_none_or(|reserved| reserved > most.get()) {
            let most = most.get();
            self.push(proposal, Remediation::CapConcurrency { function, reserved, most });
        }
        None
    }

    fn disable_mappings(&mut self, proposal: &Proposal<'_>) {
        let function = &proposal.resource.function;
        let mappings = self.state.around(function).mappings.unwrap_or_default();
        for before in mappings.into_iter().filter(|mapping| mapping.enabled) {
            let function = function.clone();
            self.push(proposal, Remediation::DisableMapping { function, before, queue: None });
        }
    }

    fn contain(&mut self, proposal: Proposal<'_>, extent: Extent) -> Vec<String> {
        let function = &proposal.resource.function;
        let (remit, state, incident, now) = (self.remit, self.state, self.incident, self.now);
        let contained = Containment { remit, state, function, incident, now, extent }.plan();
        let Contained { remediations, edits, wants, mut left, notes } = contained;
        for remediation in remediations {
            self.push(&proposal, remediation);
        }
        for (resource, edit) in &edits {
            self.edit(Proposal { resource, ..proposal.clone() }, edit.clone());
        }
        self.contains |= proposal.withheld.is_none();
        self.stops |= proposal.withheld.is_none() && extent.stops;
        self.wants.extend(wants);
        for note in notes {
            join(&mut self.notes, note);
        }
        if let Some(Some(_)) = self.state.functions.get(function) {
            for (key, value) in [("incident", incident), ("status", extent.status())] {
                let key = format!("{TAG_PREFIX}{key}");
                left.extend(self.tag(proposal.clone(), key, value.to_owned()));
            }
        }
        left
    }

    fn tag(&mut self, mut proposal: Proposal<'_>, key: String, value: String) -> Option<String> {
        let function = proposal.resource.function.clone();
        let live = match self.state.functions.get(&function) {
            None => return Some("not tagged: the function could not be read".to_owned()),
            Some(None) => return None,
            Some(Some(live)) => live,
        };
        let Some(tags) = &live.tags else {
            return Some("not tagged: the function's tags could not be read".to_owned());
        };
        if tags.contains_key(&key) {
            return None;
        }
        // Tags of AWS's own do not count; those already planned do.
        let counted = tags.keys().filter(|key| !key.starts_with("aws:")).count();
        let full = counted + self.tags_planned() >= MOST_TAGS;
        if self.join_tags(&proposal, &key, &value, !full) {
            return None;
        }
        if full && proposal.withheld.is_none() {
            let reason = format!("the function already has {MOST_TAGS} tags");
            proposal.withheld = Some(Withheld::Undetermined { reason });
        }
        self.push(&proposal, Remediation::TagFunction { function, tags: [(key, value)].into() });
        None
    }

    fn tags_planned(&self) -> usize {
        let tags = self.planned.iter().filter_map(|planned| {
            if let Remediation::TagFunction { tags, .. } = &planned.remediation {
                Some(tags.len())
            } else {
                None
            }
        });
        tags.sum()
    }

    /// Adds a tag to those already planned that stand or fall together with it, if there are any:
    /// one call sets them all. Without `may_add` only a tag that is among them joins.
    fn join_tags(
        &mut self,
        proposal: &Proposal<'_>,
        key: &str,
        value: &str,
        may_add: bool,
    ) -> bool {
        for planned in &mut self.planned {
            if let Remediation::TagFunction { function, tags } = &mut planned.remediation
                && *function == proposal.resource.function
                && (planned.mode, &planned.withheld) == (proposal.mode, &proposal.withheld)
                && (may_add || tags.contains_key(key))
            {
                tags.insert(key.to_owned(), value.to_owned());
                proposal.join(planned);
                return true;
            }
        }
        false
    }

    /// Plans a remediation, or joins the one already planned.
    fn push<On>(&mut self, proposal: &Proposal<'_, On>, remediation: Remediation) {
        let same = self.planned.iter_mut().find(|planned| {
            planned.remediation == remediation
                && (planned.mode, &planned.withheld) == (proposal.mode, &proposal.withheld)
        });
        if let Some(planned) = same {
            proposal.join(planned);
        } else {
            self.planned.push(Planned {
                remediation,
                controls: vec![proposal.control.clone()],
                mode: proposal.mode,
                marks: vec![proposal.mark.clone()],
                withheld: proposal.withheld.clone(),
            });
        }
    }

    /// The plan in order, and what could not be planned.
    pub(super) fn finish(self) -> Plan {
        let Self { state, mut planned, policies, wants, notes, contains, stops, released, .. } =
            self;
        let mut failed = Vec::new();
        for group in policies {
            let (replacement, reason) = replacement(state, &group.resource, &group.edits);
            if let Some(reason) = reason {
                let (resource, controls) = (group.resource.into(), group.controls.clone());
                failed.push(Failed { resource, controls, reason });
            }
            if let Some(replacement) = replacement {
                planned.push(Planned {
                    remediation: Remediation::ReplaceResourcePolicy(replacement),
                    controls: group.controls,
                    mode: group.mode,
                    marks: group.marks,
                    withheld: group.withheld,
                });
            }
        }
        failed.extend(keep_contained_roles(state, &mut planned));
        // What is stopped is capped already.
        let is_cap = |one: &Remediation| matches!(one, Remediation::CapConcurrency { .. });
        planned.retain(|one| !stops || one.withheld.is_some() || !is_cap(&one.remediation));
        planned.sort_by_key(|planned| planned.remediation.order());
        Plan { planned, failed, wants, notes, contains, stops, released }
    }
}

/// Leaves out the role of a function that is contained, or is about to be: what is revoked are the sessions
/// of the role it has, and with another one others would be revoked, or none.
fn keep_contained_roles(state: &State, planned: &mut Vec<Planned>) -> Vec<Failed> {
    let contained: Vec<FunctionArn> =
        planned.iter().filter_map(|one| contains(&one.remediation)).cloned().collect();
    let is_kept = |one: &Planned| {
        let Remediation::RestoreConfiguration { function, change: PutBack::Role { .. } } =
            &one.remediation
        else {
            return false;
        };
        state.memory.contains || contained.contains(function)
    };
    let (kept, rest) = std::mem::take(planned).into_iter().partition::<Vec<_>, _>(is_kept);
    *planned = rest;
    let failed = |one: Planned| Failed {
        resource: one.remediation.resource(),
        controls: one.controls,
        reason: "the role is not put back: the function is contained with the one it has"
            .to_owned(),
    };
    kept.into_iter().map(failed).collect()
}

/// The function that it stops, or whose credentials it revokes.
fn contains(remediation: &Remediation) -> Option<&FunctionArn> {
    if let Remediation::DenyRole { function, .. }
    | Remediation::BoundRole { function, .. }
    | Remediation::StopFunction { function, .. } = remediation
    {
        return Some(function);
    }
    None
}

pub(super) fn join<T: PartialEq>(all: &mut Vec<T>, one: T) {
    if !all.contains(&one) {
        all.push(one);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{controls::Response, finding::ControlId, policy::ControlPolicy};

    #[test]
    fn what_is_done_to_functions_is_left_to_people_on_any_other_resource() {
        let (policy, state) = (ControlPolicy::default(), State::default());
        let remit = Remit::of(&policy);
        let mut planner = Planner::new(&remit, &state, "inc-1", OffsetDateTime::UNIX_EPOCH);
        let role = "arn:aws:iam::111122223333:role/deploy";
        let resource = Resource::parse(role).unwrap();
        for (response, want) in [
            (Response::HardenUrl, "no URL is hardened"),
            (Response::Contain(Extent::WHOLE), "nothing is contained"),
            (Response::Tag("cordon:a".to_owned(), TagValue::Incident), "not tagged"),
        ] {
            let proposal = Proposal {
                control: ControlId::TagsMissing.into(),
                resource: &resource,
                mode: Mode::Enforce,
                withheld: None,
                mark: String::new(),
            };
            let left = planner.propose(proposal, response);
            assert_eq!(left, [format!("{want}: `{role}` is no function")]);
        }
        let plan = planner.finish();
        assert!(plan.planned.is_empty() && plan.wants.is_empty() && !plan.contains);
    }
}
