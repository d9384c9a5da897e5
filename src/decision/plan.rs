//! From responses to remediations: the edits of one policy become one guarded write, what is
//! already as wanted is not planned, and the order is that of containment.

use super::policy_edits::replacement;
use crate::{
    controls::Response,
    finding::ControlId,
    iam::Edit,
    policy::Mode,
    remediation::{Planned, Remediation, Withheld},
    resource::FunctionResource,
    state::{State, UrlAuthType},
};

/// The most tags a function can carry:
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html>.
const MOST_TAGS: usize = 50;

/// A response's standing.
#[derive(Clone)]
pub(super) struct Proposal<'a> {
    pub control: ControlId,
    pub resource: &'a FunctionResource,
    pub mode: Mode,
    pub withheld: Option<Withheld>,
    pub mark: String,
}

impl Proposal<'_> {
    /// Adds what this is proposed for to what is planned already.
    fn join(&self, planned: &mut Planned) {
        join(&mut planned.controls, self.control);
        join(&mut planned.marks, self.mark.clone());
    }
}

/// What could not be planned after all.
pub(super) struct Failed {
    pub resource: FunctionResource,
    pub controls: Vec<ControlId>,
    pub reason: String,
}

/// The edits of one policy that stand or fall together.
struct PolicyEdits {
    resource: FunctionResource,
    mode: Mode,
    withheld: Option<Withheld>,
    controls: Vec<ControlId>,
    marks: Vec<String>,
    edits: Vec<Edit>,
}

/// Collects responses into a plan.
pub(super) struct Planner<'a> {
    state: &'a State,
    incident: &'a str,
    planned: Vec<Planned>,
    policies: Vec<PolicyEdits>,
}

impl<'a> Planner<'a> {
    pub(super) fn new(state: &'a State, incident: &'a str) -> Self {
        Self { state, incident, planned: Vec::new(), policies: Vec::new() }
    }

    /// Takes a response in; gives back why nothing answers it, if nothing does.
    pub(super) fn propose(&mut self, proposal: Proposal<'_>, response: Response) -> Option<String> {
        match response {
            Response::Notify(reason) => return Some(reason),
            Response::EditPolicy(edit) => self.edit(proposal, edit),
            Response::HardenUrl => self.harden(&proposal),
            Response::Stop => return self.stop(&proposal),
            Response::Tag(key) => return self.tag(proposal, key),
        }
        None
    }

    fn edit(&mut self, proposal: Proposal<'_>, edit: Edit) {
        let Proposal { control, resource, mode, withheld, mark } = proposal;
        let same = self.policies.iter_mut().find(|group| {
            group.resource == *resource && group.mode == mode && group.withheld == withheld
        });
        if let Some(group) = same {
            join(&mut group.controls, control);
            join(&mut group.marks, mark);
            group.edits.push(edit);
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

    fn stop(&mut self, proposal: &Proposal<'_>) -> Option<String> {
        let function = proposal.resource.function.clone();
        let live = match self.state.functions.get(&function) {
            None => return Some("not stopped: the function could not be read".to_owned()),
            Some(None) => return None,
            Some(Some(live)) => live,
        };
        for (qualifier, requested) in self.state.provisioned.get(&function).into_iter().flatten() {
            let (function, qualifier) = (function.clone(), qualifier.clone());
            let requested = *requested;
            self.push(
                proposal,
                Remediation::DeleteProvisionedConcurrency { function, qualifier, requested },
            );
        }
        let reserved = live.reserved_concurrency;
        if reserved != Some(0) {
            self.push(proposal, Remediation::StopFunction { function, reserved });
        }
        None
    }

    fn tag(&mut self, mut proposal: Proposal<'_>, key: String) -> Option<String> {
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
        if self.join_tags(&proposal, &key, !full) {
            return None;
        }
        if full && proposal.withheld.is_none() {
            let reason = format!("the function already has {MOST_TAGS} tags");
            proposal.withheld = Some(Withheld::Undetermined { reason });
        }
        let (keys, value) = ([key].into(), self.incident.to_owned());
        self.push(&proposal, Remediation::TagFunction { function, keys, value });
        None
    }

    fn tags_planned(&self) -> usize {
        let tags = self.planned.iter().filter_map(|planned| {
            if let Remediation::TagFunction { keys, .. } = &planned.remediation {
                Some(keys.len())
            } else {
                None
            }
        });
        tags.sum()
    }

    /// Adds a tag to those already planned that stand or fall together with it, if there are any:
    /// one call sets them all. Without `may_add` only a tag that is among them joins.
    fn join_tags(&mut self, proposal: &Proposal<'_>, key: &str, may_add: bool) -> bool {
        for planned in &mut self.planned {
            if let Remediation::TagFunction { function, keys, .. } = &mut planned.remediation
                && *function == proposal.resource.function
                && (planned.mode, &planned.withheld) == (proposal.mode, &proposal.withheld)
                && (may_add || keys.contains(key))
            {
                keys.insert(key.to_owned());
                proposal.join(planned);
                return true;
            }
        }
        false
    }

    /// Plans a remediation, or joins the one already planned.
    fn push(&mut self, proposal: &Proposal<'_>, remediation: Remediation) {
        let same = self.planned.iter_mut().find(|planned| {
            planned.remediation == remediation
                && (planned.mode, &planned.withheld) == (proposal.mode, &proposal.withheld)
        });
        if let Some(planned) = same {
            proposal.join(planned);
        } else {
            self.planned.push(Planned {
                remediation,
                controls: vec![proposal.control],
                mode: proposal.mode,
                marks: vec![proposal.mark.clone()],
                withheld: proposal.withheld.clone(),
            });
        }
    }

    /// The plan in order, and what could not be planned.
    pub(super) fn finish(self) -> (Vec<Planned>, Vec<Failed>) {
        let Self { state, mut planned, policies, .. } = self;
        let mut failed = Vec::new();
        for group in policies {
            let (replacement, reason) = replacement(state, &group.resource, &group.edits);
            if let Some(reason) = reason {
                let (resource, controls) = (group.resource.clone(), group.controls.clone());
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
        planned.sort_by_key(|planned| rank(&planned.remediation));
        (planned, failed)
    }
}

pub(super) fn join<T: PartialEq>(all: &mut Vec<T>, one: T) {
    if !all.contains(&one) {
        all.push(one);
    }
}

/// Stop first, then close doors, then mark. Provisioned concurrency must go before the stop.
const fn rank(remediation: &Remediation) -> u8 {
    match remediation {
        Remediation::DeleteProvisionedConcurrency { .. } => 0,
        Remediation::StopFunction { .. } => 1,
        Remediation::HardenFunctionUrl { .. } => 2,
        Remediation::ReplaceResourcePolicy(_) => 3,
        Remediation::TagFunction { .. } => 4,
    }
}
