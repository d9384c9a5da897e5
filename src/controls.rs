//! The controls: for each, which events concern it, what it must read, and how it judges. One file
//! a control; this is their table. Nothing here changes anything: a control proposes responses,
//! `decision` decides.

mod analysis;
mod chain;
mod config_rule;
mod containment_undone;
mod dangerous_action;
mod environment;
mod function_policy;
mod function_url;
mod invocation;
mod network;
mod privilege_escalation;
mod public;
mod runtime;
mod tags;
mod triggers;
mod unscoped_service;
mod untrusted_account;

pub(crate) use chain::is_link;
pub use function_policy::judge_document;
pub use triggers::{Rule, Trigger, event_pattern};

use crate::{
    event::{Event, Kind},
    finding::{ControlId, Evidence},
    iam::Edit,
    policy::{ControlPolicy, Mode},
    remediation::{Remediation, TAG_PREFIX},
    resource::{FunctionArn, FunctionResource},
    state::{FunctionState, Read, State},
};
use std::collections::BTreeSet;
use time::OffsetDateTime;

/// One control.
pub struct Control {
    /// Its id.
    pub id: ControlId,
    /// The events it needs; the rules in `template.yaml` are held against them.
    pub triggers: &'static [Trigger],
    /// Whether an event concerns it, and what it must read to judge.
    needs: fn(&Case<'_>) -> Needs,
    /// Its judgement, once that is read.
    judge: fn(&Case<'_>) -> Vec<Assessment>,
}

/// What a control wants to know of an event.
enum Needs {
    /// The event does not concern it.
    NotConcerned,
    /// The event alone is enough.
    Nothing,
    /// This must be read first.
    Reads(Vec<Read>),
}

/// Everything a judgement may rest on.
pub struct Case<'a> {
    /// The control policy.
    pub policy: &'a ControlPolicy,
    /// What happened.
    pub event: &'a Event,
    /// What is; before anything is read, nothing.
    pub state: &'a State,
    /// The time of the decision.
    pub now: OffsetDateTime,
    analyses: analysis::Analyses<'a>,
}

impl<'a> Case<'a> {
    /// A case of which nothing has been judged yet.
    pub fn new(
        policy: &'a ControlPolicy,
        event: &'a Event,
        state: &'a State,
        now: OffsetDateTime,
    ) -> Self {
        Self { policy, event, state, now, analyses: analysis::Analyses::default() }
    }
}

/// A control's judgement of one resource, before modes, exceptions and limits.
pub struct Assessment {
    /// The control.
    pub control: ControlId,
    /// The resource.
    pub resource: FunctionResource,
    /// The judgement.
    pub judgement: Judgement,
}

/// The judgement.
pub enum Judgement {
    /// The requirement is met.
    Compliant,
    /// The control does not apply.
    NotApplicable,
    /// It cannot be told, and why.
    InsufficientData(String),
    /// It is not met: at least one thing was seen.
    NonCompliant(Vec<Seen>),
}

/// One thing seen, and what would answer it.
pub struct Seen {
    /// What was seen.
    pub evidence: Evidence,
    /// What makes it the same thing when it is seen again.
    pub subject: String,
    /// What would answer it, each part of it.
    pub responses: Vec<Response>,
}

/// What would answer something seen.
pub enum Response {
    /// Edit grants of one statement of the resource's policy.
    EditPolicy(Edit),
    /// Require signed requests of the function URL.
    HardenUrl,
    /// Contain the function: it is stopped, its credentials are revoked, its doors closed.
    Contain,
    /// Exactly this.
    Apply(Remediation),
    /// Leave this undone: whoever undid it may.
    Release(Remediation),
    /// Tag the function with this key of Cordon's own.
    Tag(String),
    /// Tell a person, and why nothing is done.
    Notify(String),
}

/// The table, in the order of the catalogue.
pub const CONTROLS: [Control; 13] = [
    public::CONTROL,
    untrusted_account::CONTROL,
    unscoped_service::CONTROL,
    dangerous_action::CONTROL,
    function_url::CONTROL,
    invocation::CONTROL,
    containment_undone::CONTROL,
    privilege_escalation::CONTROL,
    tags::CONTROL,
    network::CONTROL,
    environment::CONTROL,
    runtime::CONTROL,
    config_rule::CONTROL,
];

/// The controls an event concerns and what they must read. Most events concern none.
pub fn triage(policy: &ControlPolicy, event: &Event, now: OffsetDateTime) -> Triage {
    let mut triage = Triage::default();
    if matches!(event.kind, Kind::Ignored(_)) {
        return triage;
    }
    let nothing_read = State::default();
    let case = Case::new(policy, event, &nothing_read, now);
    for control in CONTROLS.iter().filter(|control| policy.mode(control.id) != Mode::Off) {
        match (control.needs)(&case) {
            Needs::NotConcerned => {}
            Needs::Nothing => {
                triage.controls.insert(control.id);
            }
            Needs::Reads(reads) => {
                triage.controls.insert(control.id);
                triage.reads.extend(reads);
            }
        }
    }
    triage
}

/// What comes of a first look at an event.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Triage {
    /// The controls it concerns.
    pub controls: BTreeSet<ControlId>,
    /// What they must read. Empty: the event alone decides.
    pub reads: BTreeSet<Read>,
}

/// The judgements of all controls that the event concerns.
pub fn judge(case: &Case<'_>, controls: &BTreeSet<ControlId>) -> Vec<Assessment> {
    let concerned = CONTROLS.iter().filter(|control| controls.contains(&control.id));
    let mut assessments = concerned.flat_map(|control| (control.judge)(case)).collect::<Vec<_>>();
    chain::strengthen(case, &mut assessments);
    assessments
}

/// What is read before a function is contained: little, and the same for every function.
pub(crate) fn containment_reads(function: &FunctionArn) -> Vec<Read> {
    vec![
        Read::Function(function.clone()),
        Read::Provisioned(function.clone()),
        Read::Destinations(function.clone()),
        Read::Mappings(function.clone()),
    ]
}

/// The function whose configuration or tags an event changed.
fn changed_function(event: &Event) -> Option<&FunctionArn> {
    let Kind::FunctionChange { function } = &event.kind else { return None };
    Some(function)
}

/// What a control of a function's configuration needs.
fn needs_function(case: &Case<'_>) -> Needs {
    match changed_function(case.event) {
        Some(function) => Needs::Reads(vec![Read::Function(function.clone())]),
        None => Needs::NotConcerned,
    }
}

/// Judges the configuration of the function that changed; what is seen is answered by a tag.
fn judge_function(
    case: &Case<'_>,
    control: ControlId,
    see: impl Fn(&FunctionState) -> Result<Vec<Evidence>, String>,
) -> Vec<Assessment> {
    let Some(function) = changed_function(case.event) else { return Vec::new() };
    let judgement = match case.state.functions.get(function) {
        None => Judgement::InsufficientData("the function was not read".to_owned()),
        Some(None) => Judgement::NotApplicable,
        Some(Some(state)) => match see(state) {
            Err(why) => Judgement::InsufficientData(why),
            Ok(evidence) if evidence.is_empty() => Judgement::Compliant,
            Ok(evidence) => Judgement::NonCompliant(
                evidence.into_iter().map(|evidence| tagged(evidence, control)).collect(),
            ),
        },
    };
    vec![Assessment { control, resource: function.clone().into(), judgement }]
}

fn tagged(evidence: Evidence, control: ControlId) -> Seen {
    Seen {
        evidence,
        subject: "tag".to_owned(),
        responses: vec![Response::Tag(format!("{TAG_PREFIX}{control}"))],
    }
}
