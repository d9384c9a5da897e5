//! The steps of one invocation: in which order, what came of each, and what that means for the rest.

use super::super::{Matter, Responder, SIDE_BY_SIDE};
use crate::{
    aws::{AwsError, ErrorKind, Journal},
    decision::{Approved, Decision},
    remediation::{Ends, Outcome, Planned, Remediation, Stand, Tactic, Withheld, policy_setting},
    resource::{FunctionResource, RoleArn},
    state::{Read, State},
};
use futures_util::{
    future::join,
    stream::{self, StreamExt},
};
use std::{collections::BTreeSet, pin::pin, time::Duration};
use tokio::time::timeout;

/// IAM's answer to a role whose inline policies are full.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const FULL: &str = "LimitExceeded";

/// How long all steps that come before the stop may keep it waiting, and how long a step may take.
const FIRST_PATIENCE: Duration = Duration::from_secs(12);
const PATIENCE: Duration = Duration::from_secs(60);

/// One step and what came of it.
pub(super) struct Step {
    planned: Planned,
    /// The journal's record; none where not even the intent could be written.
    pub record: Option<String>,
    pub outcome: Outcome,
    /// It has changed the state already, or never will.
    is_taken: bool,
    /// The role takes no inline policy any more.
    full: bool,
    /// The function's own policy denied it.
    locked_out: bool,
}

impl Step {
    pub(super) fn remediation(&self) -> &Remediation {
        &self.planned.remediation
    }
}

/// Everything done so far.
pub(super) struct Work {
    steps: Vec<Step>,
    /// What could not be read.
    pub unread: Vec<AwsError>,
    /// A record that could not be written: the incident stays open for the retry.
    unwritten: Option<AwsError>,
    /// Policies to be read again, and those that were already.
    again: BTreeSet<Read>,
    once_more: BTreeSet<String>,
    /// Settings that were tried.
    tried: BTreeSet<String>,
    failed: Vec<String>,
}

impl Work {
    pub(super) fn new(unread: Vec<AwsError>) -> Self {
        let (again, once_more, tried) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let (steps, failed) = (Vec::new(), Vec::new());
        Self { steps, unread, unwritten: None, again, once_more, tried, failed }
    }

    /// What a decision approves and was not tried yet.
    pub(super) fn fresh(&self, decision: &Decision) -> Vec<Approved> {
        let is_new =
            |approved: &Approved| !self.tried.contains(&approved.planned().remediation.setting());
        decision.approved().into_iter().filter(is_new).collect()
    }

    pub(super) fn superseded(&mut self) -> impl Iterator<Item = &mut Step> {
        self.steps.iter_mut().filter(|step| step.outcome == Outcome::Superseded && !step.is_taken)
    }

    /// Changes the state as the steps have changed AWS, and notes what must be done another way.
    pub(super) fn take_effect(&mut self, state: &mut State) {
        let (mut again, mut unlocked) = (Vec::new(), Vec::new());
        for step in self.steps.iter_mut().filter(|step| !step.is_taken) {
            step.is_taken = true;
            match (&step.outcome, &step.planned.remediation) {
                (Outcome::Success { .. }, remediation) => {
                    state.take(remediation);
                    if let Remediation::ReplaceResourcePolicy(policy) = remediation
                        && state.memory.locked_out.remove(&policy.resource.function)
                    {
                        unlocked.push(policy.resource.clone());
                    }
                }
                (Outcome::Superseded, Remediation::ReplaceResourcePolicy(policy)) => {
                    again.push(policy.resource.clone());
                }
                (Outcome::Failure { .. }, Remediation::DenyRole { role, ends, .. })
                    if step.full && *ends == Ends::FunctionUse =>
                {
                    state.memory.full_roles.insert(role.clone());
                }
                (Outcome::Failure { .. }, remediation) if step.locked_out => {
                    state.memory.locked_out.extend(remediation.resource().function().cloned());
                }
                (_, _) => {}
            }
        }
        for resource in again {
            let setting = policy_setting(&resource);
            if self.once_more.insert(resource.to_string()) {
                self.steps.retain(|step| step.remediation().setting() != setting);
                self.read_again(resource, state);
            }
        }
        for resource in unlocked {
            self.steps.retain(|step| !step.locked_out);
            self.tried = self.steps.iter().map(|step| step.remediation().setting()).collect();
            self.unread.retain(|error| error.kind != ErrorKind::LockedOut);
            state.unread.clear();
            self.read_again(resource, state);
        }
    }

    /// A policy that is another one now is read and decided on again.
    fn read_again(&mut self, resource: FunctionResource, state: &mut State) {
        self.tried.remove(&policy_setting(&resource));
        state.policies.remove(&resource);
        self.again.insert(Read::Policy(resource));
    }

    /// What has to be read next.
    pub(super) fn wants(&mut self, decision: &Decision) -> BTreeSet<Read> {
        let mut wants = std::mem::take(&mut self.again);
        wants.extend(decision.wants.iter().cloned());
        wants
    }

    /// Whether anything was changed.
    pub(super) fn has_turned_something(&self) -> bool {
        self.steps.iter().any(|step| matches!(step.outcome, Outcome::Success { .. }))
    }

    /// Notes that not everything was done, and why.
    pub(super) fn fell_short(&mut self, why: &str) {
        self.failed.push(why.to_owned());
    }

    /// Notes what failed beside the steps.
    pub(super) fn noted(&mut self, done: Result<(), AwsError>) {
        self.failed.extend(done.err().map(|error| error.to_string()));
    }

    /// What came of each step, what failed, and whether a record could not be written.
    pub(super) fn end(self) -> (Vec<(Planned, Outcome)>, String, Option<AwsError>) {
        let bound: BTreeSet<RoleArn> = self.bound_roles();
        let mut failures = self.failed;
        let mut told = Vec::new();
        for Step { planned, outcome, full, .. } in self.steps {
            let otherwise = matches!(&planned.remediation,
                Remediation::DenyRole { role, ends: Ends::FunctionUse, .. }
                if full && bound.contains(role));
            match &outcome {
                Outcome::Failure { .. } if otherwise => {}
                Outcome::Failure { error } => failures.push(error.clone()),
                Outcome::Superseded => {
                    let what = planned.remediation.name();
                    failures.push(format!("`{what}`: it changed again while it was decided on"));
                }
                Outcome::Success { .. } | Outcome::DoesNotExist | Outcome::Withheld(_) => {}
            }
            if !otherwise {
                told.push((planned, outcome));
            }
        }
        failures.extend(self.unread.iter().map(AwsError::to_string));
        (told, failures.join("; "), self.unwritten)
    }

    /// Roles whose credentials were revoked by a boundary, because no inline policy fitted.
    fn bound_roles(&self) -> BTreeSet<RoleArn> {
        let bound =
            self.steps.iter().filter_map(|step| match (step.remediation(), &step.outcome) {
                (Remediation::BoundRole { role, .. }, Outcome::Success { .. }) => {
                    Some(role.clone())
                }
                (_, _) => None,
            });
        bound.collect()
    }
}

impl Responder {
    /// Each step: its way back, then the change, then what came of it. Credentials are revoked
    /// beside everything else; the rest is done group by group, each side by side. A step that
    /// fails does not stop the steps after it.
    pub(super) async fn carry_out(
        &self,
        journal: &Journal<'_>,
        matter: &Matter<'_>,
        incident: &str,
        approved: Vec<Approved>,
        work: &mut Work,
    ) {
        let evicts = |approved: &Approved| approved.planned().remediation.tactic() == Tactic::Evict;
        let (credentials, rest): (Vec<_>, Vec<_>) = approved.into_iter().partition(evicts);
        let group = |approved: Vec<Approved>| async {
            let steps = approved.into_iter().map(|one| self.step(journal, matter, incident, one));
            stream::iter(steps).buffered(SIDE_BY_SIDE).collect::<Vec<_>>().await
        };
        let in_groups = async {
            let mut done = Vec::new();
            let mut groups = grouped(rest).into_iter().peekable();
            // What leaks is closed first, but the stop does not wait for it for ever.
            let first = groups.next_if(|group| is_first(group.as_slice())).unwrap_or_default();
            let mut leaks = pin!(group(first));
            let mut late = None;
            match timeout(FIRST_PATIENCE, &mut leaks).await {
                Ok(closed) => done.extend(closed),
                Err(_) => late = Some(leaks),
            }
            let the_rest = async {
                let mut done = Vec::new();
                for approved in groups {
                    done.extend(group(approved).await);
                }
                done
            };
            match late {
                None => done.extend(the_rest.await),
                Some(leaks) => {
                    let (closed, rest) = join(leaks, the_rest).await;
                    done.extend(closed.into_iter().chain(rest));
                }
            }
            done
        };
        let (isolated, evicted) = join(in_groups, group(credentials)).await;
        for (step, unwritten) in isolated.into_iter().chain(evicted) {
            work.tried.insert(step.remediation().setting());
            work.steps.push(step);
            work.unwritten = work.unwritten.take().or(unwritten);
        }
    }

    async fn step(
        &self,
        journal: &Journal<'_>,
        matter: &Matter<'_>,
        incident: &str,
        approved: Approved,
    ) -> (Step, Option<AwsError>) {
        let planned = approved.planned().clone();
        let step = |record, outcome, why: Option<&AwsError>| Step {
            planned,
            record,
            outcome,
            is_taken: false,
            full: why.is_some_and(|error| error.code == FULL),
            locked_out: why.is_some_and(|error| error.kind == ErrorKind::LockedOut),
        };
        let intent = match journal.intend(incident, approved, matter.moment()).await {
            Ok(intent) => intent,
            Err(error) if error.kind == ErrorKind::Precondition => {
                return (step(None, Outcome::Withheld(Withheld::Held), None), None);
            }
            Err(error) => {
                let outcome = Outcome::Failure { error: error.to_string() };
                return (step(None, outcome, None), Some(error));
            }
        };
        let applied = timeout(PATIENCE, self.aws.apply(&intent)).await.unwrap_or_else(|_| {
            Err(AwsError {
                operation: intent.remediation().name(),
                resource: intent.remediation().resource().to_string(),
                code: "no answer in time".to_owned(),
                kind: ErrorKind::Transient,
            })
        });
        let outcome = match &applied {
            Ok(outcome) => outcome.clone(),
            Err(error) if error.kind == ErrorKind::Precondition => Outcome::Superseded,
            Err(error) if has_no_room(intent.remediation(), error) => {
                let reason = format!("{error}; its sessions must be revoked another way");
                Outcome::Withheld(Withheld::Undetermined { reason })
            }
            Err(error) => Outcome::Failure { error: error.to_string() },
        };
        let settled = journal.settle(&intent, &outcome, matter.moment()).await;
        let unwritten = match settled.err() {
            // An operator put it back in between: then that is what counts.
            Some(error) if error.kind == ErrorKind::Precondition => {
                let back = self.aws.take_back(intent.remediation(), false).await;
                let outcome = Outcome::Withheld(Withheld::Held);
                return (step(Some(intent.record().to_owned()), outcome, None), back.err());
            }
            error => error,
        };
        let record = Some(intent.record().to_owned());
        (step(record, outcome, applied.as_ref().err()), unwritten)
    }

    /// Whether what was done is in effect. What IAM was told is seen everywhere only after seconds,
    /// so that it is looked at later:
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency>
    pub(super) async fn look_at_once(&self, work: &mut Work) {
        let done = work.steps.iter().filter(|step| {
            matches!(step.outcome, Outcome::Success { .. })
                && step.remediation().tactic() == Tactic::Isolate
        });
        let looks = done.map(|step| async {
            let remediation = step.remediation();
            let about = || format!("`{}` on {}", remediation.name(), remediation.resource());
            match self.aws.stand(remediation).await {
                Ok(Stand::After | Stand::Gone) => None,
                Ok(Stand::Before | Stand::Partly | Stand::Other(_)) => {
                    Some(format!("{} is not in effect", about()))
                }
                Err(error) => Some(error.to_string()),
            }
        });
        let found: Vec<Option<String>> =
            stream::iter(looks.collect::<Vec<_>>()).buffered(SIDE_BY_SIDE).collect().await;
        work.failed.extend(found.into_iter().flatten());
    }
}

/// Whether these come before the stop.
fn is_first(group: &[Approved]) -> bool {
    group.first().is_some_and(|one| one.planned().remediation.order() == 0)
}

/// Whether a role has no room for what ends its sessions. There is no other way for that, and room
/// does not come by trying again; what ends the function's own use of the role has another.
fn has_no_room(remediation: &Remediation, error: &AwsError) -> bool {
    error.code == FULL
        && matches!(remediation, Remediation::DenyRole { ends, .. } if *ends != Ends::FunctionUse)
}

/// In the order of their groups.
fn grouped(approved: Vec<Approved>) -> Vec<Vec<Approved>> {
    let mut groups: Vec<(u8, Vec<Approved>)> = Vec::new();
    for one in approved {
        let order = one.planned().remediation.order();
        match groups.iter_mut().find(|(group, _)| *group == order) {
            Some((_, group)) => group.push(one),
            None => groups.push((order, vec![one])),
        }
    }
    groups.sort_by_key(|(order, _)| *order);
    groups.into_iter().map(|(_, group)| group).collect()
}
