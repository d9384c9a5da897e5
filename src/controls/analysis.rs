//! What the controls of resource policies see in one document: each document is analysed once,
//! however many of them look at it.
//! <https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html>

use super::{Case, Judgement, Response, Seen};
use crate::{
    event::ShownPolicy,
    finding::{ControlId, Evidence, fit_to_show, statement_name},
    iam::{
        Change, Document, DocumentError, Edit, Exposure, Grant, Standpoint, Statement,
        StatementExposure, expose,
    },
    policy::ControlPolicy,
    resource::FunctionResource,
};
use std::{cell::OnceCell, collections::BTreeMap};
use time::OffsetDateTime;

/// The analyses of a case, each made when it is first asked for.
#[derive(Default)]
pub(super) struct Analyses<'a> {
    /// Of what the event shows; none if it shows nothing that can be read.
    shown: OnceCell<Option<Vec<StatementExposure>>>,
    /// Of the live policies.
    live: OnceCell<BTreeMap<&'a FunctionResource, Result<Analysis<'a>, &'a DocumentError>>>,
}

impl<'a> Case<'a> {
    /// What the analysis says of what the event shows of the policy of `resource`.
    pub(super) fn shown(
        &self,
        resource: &FunctionResource,
        shown: &ShownPolicy,
    ) -> Option<&[StatementExposure]> {
        let analyse = || {
            let document = Document::parse(&shown.document()?).ok()?;
            let trusted = &self.policy.trusted;
            Some(expose(&document, Standpoint { resource, trusted, from: self.now }))
        };
        self.analyses.shown.get_or_init(analyse).as_deref()
    }

    /// The live policy of `resource`; none if it has none or it was not read.
    pub(super) fn live(
        &self,
        resource: &FunctionResource,
    ) -> Option<&Result<Analysis<'a>, &'a DocumentError>> {
        let analyse = || {
            let live = self.state.policies.iter();
            live.filter_map(|(resource, live)| {
                let document = live.as_ref()?.document.as_ref();
                let analyse = |document| Analysis::new(self.policy, resource, document, self.now);
                Some((resource, document.map(analyse)))
            })
            .collect()
        };
        self.analyses.live.get_or_init(analyse).get(resource)
    }
}

/// One document with what the analysis says of it.
pub(super) struct Analysis<'a> {
    policy: &'a ControlPolicy,
    standpoint: Standpoint<'a>,
    document: &'a Document,
    exposures: Vec<StatementExposure>,
    /// The statements as findings are told apart by; made when the first is found.
    subjects: OnceCell<Vec<String>>,
}

/// One statement with what the analysis says of it.
pub(super) struct Judged<'a> {
    pub standpoint: Standpoint<'a>,
    pub statement: &'a Statement,
    pub exposed: &'a StatementExposure,
}

/// How a control of resource policies looks at grants.
pub(super) struct Look {
    pub control: ControlId,
    /// Whether a grant is what the control forbids.
    pub forbids: fn(&ControlPolicy, &StatementExposure, &Grant) -> bool,
    /// What answers the forbidden grants of a statement.
    pub respond: fn(&Judged<'_>, &[&Grant]) -> Vec<Response>,
}

impl<'a> Analysis<'a> {
    pub fn new(
        policy: &'a ControlPolicy,
        resource: &'a FunctionResource,
        document: &'a Document,
        now: OffsetDateTime,
    ) -> Self {
        let standpoint = Standpoint { resource, trusted: &policy.trusted, from: now };
        let exposures = expose(document, standpoint);
        Self { policy, standpoint, document, exposures, subjects: OnceCell::new() }
    }

    /// One control's judgement.
    pub fn judge(&self, look: &Look) -> Judgement {
        let mut seen = self.forbidden(look);
        let mut unclear = self.unclear();
        if seen.is_empty() {
            return match unclear.next() {
                Some((_, why)) => Judgement::InsufficientData(why),
                None => Judgement::Compliant,
            };
        }
        // What is plainly bad must not hide what cannot be told.
        seen.extend(unclear.map(|(exposed, why)| self.left_open(exposed, &why)));
        Judgement::NonCompliant(seen)
    }

    /// Whatever any of `looks` sees, and what cannot be told.
    pub fn judge_all(&self, looks: &[&Look]) -> Vec<Seen> {
        let mut seen: Vec<Seen> = looks.iter().flat_map(|look| self.forbidden(look)).collect();
        seen.extend(self.unclear().map(|(exposed, why)| self.left_open(exposed, &why)));
        seen
    }

    fn forbidden(&self, look: &Look) -> Vec<Seen> {
        let statements = self.document.statements().iter().zip(&self.exposures);
        statements
            .filter_map(|(statement, exposed)| {
                let forbids = |grant: &&Grant| (look.forbids)(self.policy, exposed, grant);
                let forbidden: Vec<&Grant> = exposed.grants.iter().filter(forbids).collect();
                let judged = Judged { standpoint: self.standpoint, statement, exposed };
                (!forbidden.is_empty()).then(|| Seen {
                    evidence: evidence(exposed, &forbidden),
                    subject: self.subject(exposed),
                    responses: (look.respond)(&judged, &forbidden),
                })
            })
            .collect()
    }

    /// The statements of which something cannot be told, and why.
    fn unclear(&self) -> impl Iterator<Item = (&StatementExposure, String)> {
        self.exposures.iter().filter_map(|exposed| {
            let grant = exposed.grants.iter().find(|g| g.exposure == Exposure::Unknown)?;
            Some((exposed, format!("{}: {}", name(exposed), grant.reason)))
        })
    }

    fn subject(&self, exposed: &StatementExposure) -> String {
        let subjects = self.subjects.get_or_init(|| self.document.statement_texts());
        subjects.get(exposed.index).cloned().unwrap_or_default()
    }

    fn left_open(&self, exposed: &StatementExposure, why: &str) -> Seen {
        Seen {
            evidence: Evidence::new(format!("Statement[{}]", exposed.index), why),
            subject: self.subject(exposed),
            responses: vec![Response::Notify(format!("cannot tell: {why}"))],
        }
    }
}

/// A statement as people are told of it.
pub(super) fn name(exposed: &StatementExposure) -> String {
    statement_name(exposed.sid.as_deref(), exposed.index)
}

fn evidence(exposed: &StatementExposure, forbidden: &[&Grant]) -> Evidence {
    let reasons: Vec<&str> = forbidden.iter().map(|grant| &*grant.reason).collect();
    let mut value = format!("{}: {}", name(exposed), reasons.join("; "));
    if exposed.via_url && !reasons.iter().any(|reason| reason.contains("URL")) {
        value.push_str(", through the function URL");
    }
    let beyond = &exposed.beyond_invoke;
    if !beyond.is_empty() {
        value.push_str(&format!("; it grants {}", beyond.join(", ")));
    }
    // Only actions written one by one can be taken from a partner who may go on invoking.
    let whole = |action: &&String| *action == "NotAction" || action.contains(['*', '?']);
    let wildcards: Vec<&str> = beyond.iter().filter(whole).map(String::as_str).collect();
    let partner = forbidden.iter().any(|grant| grant.exposure == Exposure::Trusted);
    if partner && !wildcards.is_empty() {
        value.push_str(&format!("; {} cannot be thinned to invoking", wildcards.join(", ")));
    }
    let witness = forbidden.iter().find_map(|grant| grant.witness.clone()).map(fit_to_show);
    Evidence { witness, ..Evidence::new(format!("Statement[{}]", exposed.index), &value) }
}

/// An edit of what the statement grants to these.
pub(super) fn edit(judged: &Judged<'_>, grants: &[&Grant], change: Change) -> Response {
    let principals = grants.iter().map(|grant| grant.principal.clone()).collect();
    Response::EditPolicy(Edit { index: judged.exposed.index, principals, change })
}

/// Takes the forbidden grants away, with the statement if none is left.
pub(super) fn removal(judged: &Judged<'_>, forbidden: &[&Grant]) -> Vec<Response> {
    vec![edit(judged, forbidden, Change::Drop)]
}
