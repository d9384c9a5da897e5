//! The pure core: what is to be done about an event, given the control policy, the live state and
//! the day. No clock, no AWS, no journal. Only this module can make an [`Approved`] remediation,
//! and only approved ones can be journaled and applied.

mod containment;
mod plan;
mod policy_edits;
mod rewritten;
mod standing;
mod weight;

pub use rewritten::{After, Rewritten, rewritten};
pub use standing::{Excepted, Standing};
pub use weight::Weight;

use crate::{
    baseline::{Baseline, Subject},
    controls::{self, Assessment, Case, Judgement, Response, Triage},
    event::Event,
    finding::{Compliance, Evaluation, Finding, Requirement, Severity, fingerprint},
    policy::{Because, ControlPolicy, Mode, Validity},
    remediation::{Planned, Remediation, RoleRestore, Withheld},
    resource::{Arn, FunctionArn, Resource, RoleArn},
    state::{Lesson, Read, Sighting, Snapshot, State},
};
use std::collections::{BTreeMap, BTreeSet};
use time::{Date, OffsetDateTime, UtcOffset};

/// What this installation may do.
#[derive(Debug, Clone)]
pub struct Remit<'a> {
    /// The control policy.
    pub policy: &'a ControlPolicy,
    /// No control goes further than this, whatever its own mode.
    pub ceiling: Mode,
    /// Cordon's own function, which it never acts on.
    pub itself: Option<FunctionArn>,
    /// Cordon's own role, which it never revokes.
    pub role: Option<RoleArn>,
    /// The ARN of the queue that keeps the events of a function that is stopped.
    pub quarantine: Option<String>,
}

impl<'a> Remit<'a> {
    /// As far as `policy` goes, with nothing of Cordon's own to heed.
    pub const fn of(policy: &'a ControlPolicy) -> Self {
        Self { policy, ceiling: Mode::Enforce, itself: None, role: None, quarantine: None }
    }
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The incident this belongs to: the one that goes on, or else the one it would open; the same
    /// event and subject give the same one.
    pub incident: String,
    /// Every control held against every resource it concerns.
    pub evaluations: Vec<Evaluation>,
    /// Where each control stands for each subject it has a finding on.
    pub standings: BTreeMap<(Requirement, Resource), Standing>,
    /// What answers the findings, in the order it is to be done, withheld ones included.
    pub plan: Vec<Planned>,
    /// What has to be read before more can be planned; what is planned does not wait for it.
    pub wants: BTreeSet<Read>,
    /// What has to be read before it can be judged in full.
    pub asks: Option<Read>,
    /// What people must know of what is done.
    pub notes: Vec<String>,
    /// A function is to be contained, or a part of that, and nothing withholds it.
    pub contains: bool,
    /// The function is to be stopped, and nothing withholds it.
    pub stops: bool,
    /// What somebody who may has undone: it is left so.
    pub released: Vec<Remediation>,
    /// The limit that keeps the event from being answered, in full or further.
    pub limited: Option<String>,
    /// What is to be remembered of the function that the event changed, if that is something new.
    pub learned: Option<Snapshot>,
    /// What is to be remembered of where something leads, if that is something new.
    pub lesson: Option<Lesson>,
    /// What is to be remembered of what credentials, or a network interface, do, if that is something new.
    pub observed: Option<(Subject, Baseline)>,
    /// What is to be counted, before it is told. It is decided again once it is.
    pub sighting: Option<Sighting>,
}

/// A remediation that may be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approved(Planned);

impl Approved {
    /// What was planned.
    pub fn planned(&self) -> &Planned {
        &self.0
    }
}

impl Decision {
    /// What may be applied, in order.
    pub fn approved(&self) -> Vec<Approved> {
        self.plan.iter().filter(|p| p.withheld.is_none()).cloned().map(Approved).collect()
    }

    /// Adds what a later decision on the same event left to people. What was found stays as it was
    /// found: what is remediated by now is not found any more.
    pub fn absorb(&mut self, later: &Self) {
        for (evaluation, finding) in later.findings() {
            let same = self.evaluations.iter_mut().find(|known| {
                known.control == evaluation.control && known.resource == evaluation.resource
            });
            if let Some(known) = same
                && let Compliance::NonCompliant(known) = &mut known.compliance
            {
                for why in &finding.unanswered {
                    plan::join(&mut known.unanswered, why.clone());
                }
            }
        }
        for note in &later.notes {
            plan::join(&mut self.notes, note.clone());
        }
        self.limited.clone_from(&later.limited);
    }

    /// What its incident is about: a function with a finding, else anything with one, else what was judged
    /// first. One call can be found wrong for the function that made it and for what it was made on.
    pub fn subject(&self) -> Option<Resource> {
        let all = self
            .evaluations
            .iter()
            .map(|one| (&one.resource, matches!(one.compliance, Compliance::NonCompliant(_))));
        subject(all)
    }

    /// Where the control of an evaluation stands.
    pub fn standing(&self, evaluation: &Evaluation) -> Option<&Standing> {
        self.standings.get(&(evaluation.control.clone(), evaluation.resource.subject()))
    }

    /// The findings.
    pub fn findings(&self) -> impl Iterator<Item = (&Evaluation, &Finding)> {
        self.evaluations.iter().filter_map(|evaluation| match &evaluation.compliance {
            Compliance::NonCompliant(finding) => Some((evaluation, finding)),
            Compliance::Compliant | Compliance::NotApplicable | Compliance::InsufficientData(_) => {
                None
            }
        })
    }
}

/// Decides. `state` holds what [`controls::triage`] asked for; `now` is the time of the decision.
pub fn decide(
    remit: &Remit<'_>,
    event: &Event,
    triage: &Triage,
    state: &State,
    now: OffsetDateTime,
) -> Decision {
    let case = Case::new(remit.policy, event, state, now);
    let today = now.to_offset(UtcOffset::UTC).date();
    let (assessments, standings) =
        standing(remit, controls::judge(&case, &triage.controls), state, today);
    let incident = state.memory.incident.clone();
    let incident = incident.unwrap_or_else(|| incident_id(event, &assessments, state));
    let mut planner = plan::Planner::new(remit, state, &incident, now);
    let evaluations = assessments
        .into_iter()
        .map(|assessment| {
            let about = (assessment.control.clone(), assessment.resource.subject());
            let severity = controls::severity(&case, &assessment.control);
            evaluate(remit, assessment, severity, standings.get(&about), &mut planner)
        })
        .collect::<Vec<_>>();
    let plan::Plan { planned, failed, wants, notes, contains, stops, released } = planner.finish();
    let evaluations = failed.into_iter().fold(evaluations, note);
    let limited = state.memory.limited.clone();
    let plan = planned;
    // Who is about to be contained teaches nothing.
    let learned = controls::learned(&case, &triage.controls).filter(|_| !contains);
    let lesson = controls::lesson(&case, &triage.controls).filter(|_| !contains);
    let observed = controls::observed(&case, &triage.controls);
    let asks = controls::asks(&case, &triage.controls);
    let sighting = controls::sighting(&case, &triage.controls);
    Decision {
        incident,
        evaluations,
        standings,
        plan,
        wants,
        asks,
        notes,
        contains,
        stops,
        released,
        limited,
        learned,
        lesson,
        observed,
        sighting,
    }
}

/// The same for every delivery of an event, unless its incident was restored: that one is over.
fn incident_id(event: &Event, assessments: &[Assessment], state: &State) -> String {
    let all = assessments
        .iter()
        .map(|one| (&one.resource, matches!(one.judgement, Judgement::NonCompliant(_))));
    let subject = subject(all).map(|subject| subject.to_string()).unwrap_or_default();
    match &state.memory.restored {
        None => format!("inc-{}", fingerprint(&[&event.id, &subject])),
        Some(restored) => format!("inc-{}", fingerprint(&[&event.id, &subject, restored])),
    }
}

/// As [`Decision::subject`]: each resource that is judged, and whether something was found on it.
fn subject<'r>(all: impl Iterator<Item = (&'r Resource, bool)>) -> Option<Resource> {
    let all: Vec<_> = all.collect();
    let of_function = all.iter().find(|(one, found)| *found && one.function().is_some());
    let of_other = || all.iter().find(|(_, found)| *found);
    of_function.or_else(of_other).or(all.first()).map(|(resource, _)| resource.subject())
}

fn evaluate(
    remit: &Remit<'_>,
    assessment: Assessment,
    severity: Severity,
    standing: Option<&Standing>,
    planner: &mut plan::Planner<'_>,
) -> Evaluation {
    let state = planner.state();
    let Assessment { control, resource, judgement } = assessment;
    let compliance = match judgement {
        Judgement::Compliant => Compliance::Compliant,
        Judgement::NotApplicable => Compliance::NotApplicable,
        Judgement::InsufficientData(why) => Compliance::InsufficientData(why),
        Judgement::NonCompliant(all_seen) => {
            let mut evidence = Vec::new();
            let mut unanswered = Vec::new();
            let mut subjects = Vec::new();
            for seen in all_seen {
                let mark = mark(&control, &resource, &seen.subject);
                for response in seen.responses {
                    let response = match chosen(remit, &control, response) {
                        Ok(response) => response,
                        Err(why) => {
                            plan::join(&mut unanswered, why);
                            continue;
                        }
                    };
                    let reached = standing.map_or(Mode::DryRun, |standing| standing.reached.mode);
                    let proposal = plan::Proposal {
                        control: control.clone(),
                        resource: &resource,
                        mode: reached.min(remit.ceiling),
                        withheld: withheld(remit, standing, &resource, &response, state, &mark),
                        mark: mark.clone(),
                    };
                    unanswered.extend(planner.propose(proposal, response));
                }
                evidence.push(seen.evidence);
                subjects.push(seen.subject);
            }
            subjects.sort_unstable();
            let id = mark(&control, &resource, &subjects.join("\n"));
            Compliance::NonCompliant(Finding { id, severity, evidence, unanswered })
        }
    };
    Evaluation { control, resource, compliance }
}

/// A response as far as the control policy chooses it, or why it is not given.
fn chosen(
    remit: &Remit<'_>,
    control: &Requirement,
    response: Response,
) -> Result<Response, String> {
    let Some(name) = response.name() else { return Ok(response) };
    if let Response::Contain(extent) = response {
        let extent = extent.chosen(remit.policy, control);
        if !extent.is_nothing() {
            return Ok(Response::Contain(extent));
        }
    } else if remit.policy.gives(control, name) {
        return Ok(response);
    }
    Err(format!(
        "`{name}`, because the control policy does not choose it among the `remediations` of \
             this control"
    ))
}

/// What makes one thing seen the same when it is seen again: the unit of a hold.
fn mark(control: &Requirement, resource: &Resource, subject: &str) -> String {
    fingerprint(&[&control.to_string(), &resource.to_string(), subject])
}

/// Why a response is not to be given, the most particular reason first.
fn withheld(
    remit: &Remit<'_>,
    standing: Option<&Standing>,
    resource: &Resource,
    response: &Response,
    state: &State,
    mark: &str,
) -> Option<Withheld> {
    let function = resource.function();
    if function.is_some() && remit.itself.as_ref() == function {
        return Some(Withheld::Itself);
    }
    let Some(Standing { reached, excepted, .. }) = standing else { return Some(Withheld::DryRun) };
    if let Some(Excepted { owner, expires, validity }) = excepted
        && *validity != Validity::Expired
    {
        let (owner, expires) = (owner.clone(), expires.to_string());
        return Some(Withheld::Exception { owner, expires });
    }
    if state.memory.held.contains(mark) {
        return Some(Withheld::Held);
    }
    if is_of_own_role(remit, response, state) {
        let reason = "it is Cordon's own role".to_owned();
        return Some(Withheld::Undetermined { reason });
    }
    let is_protected = function.is_some_and(|function| remit.policy.protects(function));
    if matches!(response, Response::Contain(_)) && is_protected {
        return Some(Withheld::Protected);
    }
    if reached.because == Because::TagsUnknown && reached.mode.min(remit.ceiling) != Mode::Off {
        return Some(Withheld::Undetermined { reason: TAGS_UNKNOWN.to_owned() });
    }
    if reached.mode.min(remit.ceiling) != Mode::Enforce {
        return Some(Withheld::DryRun);
    }
    state.memory.limited.clone().map(|limit| Withheld::Limited { limit })
}

/// Whether what is to be put back is one of what Cordon's own role is made of.
fn is_of_own_role(remit: &Remit<'_>, response: &Response, state: &State) -> bool {
    let Response::Turn(_, turned) = response else { return false };
    let Remediation::RestoreRole(restore) = turned.as_ref() else { return false };
    let Some(own) = &remit.role else { return false };
    let has_policy = |policy: &Arn| {
        state.managed.get(policy).is_some_and(|managed| managed.roles.contains(own.name()))
    };
    match restore {
        RoleRestore::Version { policy, .. } => has_policy(policy),
        RoleRestore::Detach { role, .. }
        | RoleRestore::DeleteInline { role, .. }
        | RoleRestore::Trust { role, .. } => role == own,
    }
}

const TAGS_UNKNOWN: &str = "the control policy asks the function's tags, which could not be read";

/// The judgements of what is not off there, and where each of their controls stands.
fn standing(
    remit: &Remit<'_>,
    mut assessments: Vec<Assessment>,
    state: &State,
    today: Date,
) -> (Vec<Assessment>, BTreeMap<(Requirement, Resource), Standing>) {
    let mut standings = BTreeMap::new();
    for Assessment { control, resource, .. } in &assessments {
        let subject = resource.subject();
        standings
            .entry((control.clone(), subject.clone()))
            .or_insert_with(|| Standing::of(remit.policy, control, &subject, state, today));
    }
    assessments.retain(|one| {
        let about = (one.control.clone(), one.resource.subject());
        standings.get(&about).is_some_and(|standing| standing.reached.mode != Mode::Off)
    });
    (assessments, standings)
}

/// Adds what could not be planned after all to the finding it belongs to. What contains a function
/// edits policies of its versions and aliases too, which have no finding of their own.
fn note(mut evaluations: Vec<Evaluation>, failed: plan::Failed) -> Vec<Evaluation> {
    let plan::Failed { resource, controls, reason } = failed;
    let is_own = |one: &Evaluation| one.resource == resource && controls.contains(&one.control);
    let own = evaluations.iter().any(is_own);
    let reason = if own { reason } else { format!("{resource}: {reason}") };
    for evaluation in &mut evaluations {
        let about = match own {
            true => evaluation.resource == resource,
            false => evaluation.resource.is_with(&resource),
        };
        if about
            && controls.contains(&evaluation.control)
            && let Compliance::NonCompliant(finding) = &mut evaluation.compliance
        {
            finding.unanswered.push(reason.clone());
        }
    }
    evaluations
}

#[cfg(test)]
mod tests;
