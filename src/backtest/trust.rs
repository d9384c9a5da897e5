//! What one more line of the control policy would silence. Each line is tried: the event is decided again under the
//! policy with it, and what is not found any more counts.

use super::{
    judge::Matter,
    summary::{Silence, Summary},
};
use crate::{
    controls::Triage,
    decision::{Decision, Remit, decide},
    finding::{Evaluation, Finding, Requirement},
    policy::ControlPolicy,
    resource::{AccountId, PrincipalPattern, Resource},
    state::State,
};
use std::collections::{BTreeMap, BTreeSet};

/// Lines that are tried.
const MOST_LINES: usize = 200;

/// Control policies that are kept, so that a line which comes again and again is not added each time.
const MOST_KEPT: usize = 4;

/// A line of a control policy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Line {
    Account(AccountId),
    Principal(PrincipalPattern),
    Service(String),
}

impl Line {
    const fn under(&self) -> &'static str {
        match self {
            Self::Account(_) => "trusted.accounts",
            Self::Principal(_) => "trusted.principals",
            Self::Service(_) => "trusted.services",
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Account(account) => account.to_string(),
            Self::Principal(principal) => principal.as_str().to_owned(),
            Self::Service(service) => service.clone(),
        }
    }

    fn added_to(&self, policy: &ControlPolicy) -> ControlPolicy {
        let mut policy = policy.clone();
        let trusted = &mut policy.trusted;
        match self {
            Self::Account(account) => trusted.accounts.insert(account.clone()),
            Self::Principal(principal) => trusted.principals.insert(principal.clone()),
            Self::Service(service) => trusted.services.insert(service.clone()),
        };
        policy
    }
}

/// The lines that were tried, and some of the control policies that have them.
#[derive(Default)]
pub(super) struct Trust {
    tried: BTreeSet<Line>,
    kept: BTreeMap<Line, ControlPolicy>,
}

impl Trust {
    /// Tries what could have kept an event from its findings.
    pub(super) fn look(
        &mut self,
        policy: &ControlPolicy,
        matter: Matter<'_>,
        triage: &Triage,
        state: &State,
        decision: &Decision,
        summary: &mut Summary,
    ) {
        let findings = keys(decision);
        for line in lines(matter, decision) {
            let Some(policy) = self.with(line.clone(), policy) else { continue };
            let again = decide(&Remit::of(policy), matter.event, triage, state, matter.now);
            let left = keys(&again);
            let silenced = findings.iter().filter(|one| !left.contains(one));
            for (control, _) in silenced {
                summary.add_silence(Silence {
                    under: line.under().to_owned(),
                    line: line.text(),
                    findings: 1,
                    controls: vec![(*control).clone()],
                });
            }
        }
    }
}

impl Trust {
    /// The control policy with a line; none where enough others were tried.
    fn with(&mut self, line: Line, policy: &ControlPolicy) -> Option<&ControlPolicy> {
        if self.tried.len() < MOST_LINES {
            self.tried.insert(line.clone());
        }
        if !self.tried.contains(&line) {
            return None;
        }
        if self.kept.len() >= MOST_KEPT && !self.kept.contains_key(&line) {
            self.kept.pop_first();
        }
        Some(self.kept.entry(line).or_insert_with_key(|line| line.added_to(policy)))
    }
}

fn keys(decision: &Decision) -> BTreeSet<(&Requirement, &Resource)> {
    decision.findings().map(|(one, _)| (&one.control, &one.resource)).collect()
}

/// What could be trusted: the accounts that get in, who called, and the service that called for them.
fn lines(matter: Matter<'_>, decision: &Decision) -> BTreeSet<Line> {
    let actor = &matter.event.actor;
    let principal = actor.principal().and_then(|arn| arn.into_owned().try_into().ok());
    let service = actor.service().map(str::to_owned);
    let accounts = decision.findings().flat_map(|found| accounts(found, &matter.home.account));
    let accounts = accounts.map(Line::Account);
    let caller = principal.map(Line::Principal).into_iter();
    accounts.chain(caller).chain(service.map(Line::Service)).collect()
}

/// The accounts of those whose requests get in.
fn accounts<'f>(
    (_, finding): (&'f Evaluation, &'f Finding),
    own: &'f AccountId,
) -> impl Iterator<Item = AccountId> + 'f {
    let witnesses = finding.evidence.iter().filter_map(|seen| seen.witness.as_ref());
    let parts = witnesses.flat_map(|witness| witness.principal.split(':'));
    parts.filter_map(|part| AccountId::parse(part).ok()).filter(move |account| account != own)
}
