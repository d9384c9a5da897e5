//! The controls: for each, which events concern it, what it must read, and how it judges. One file
//! a control; this is their table. Nothing here changes anything: a control proposes responses,
//! `decision` decides.

mod access_analyzer;
mod access_denied;
mod alias_shifted;
mod analysis;
mod attack_signature;
mod behaviour;
mod chain;
mod change;
mod changed;
mod code_injection;
mod code_signing;
mod config_recorder;
mod config_rule;
mod containment_undone;
mod dangerous_action;
mod data_exfiltration;
mod destination;
mod environment;
mod environment_secret;
mod execution_role;
mod extent;
mod first_seen_api;
mod flows;
mod function_policy;
mod function_url;
mod guardduty;
mod guardduty_finding;
mod handler_alone;
mod iam_backdoor;
mod iam_user_created;
mod invocation;
mod invocation_unusual;
mod lambda_admin;
mod layer_policy;
mod layer_untrusted;
mod log_data;
mod logging;
mod logs;
mod mapping_retargeted;
mod metric_anomaly;
mod network;
mod origin;
mod outside_network;
mod overbroad_role;
mod privilege_escalation;
mod public;
mod recursion;
mod responder_tampered;
mod role_swapped;
mod rule;
mod runtime;
mod security_hub;
mod stolen_credentials;
mod tags;
mod trace_encryption;
mod trail_data_events;
mod trail_stopped;
mod triggers;
mod trust_widened;
mod unexpected_peer;
mod unscoped_service;
mod untrusted_account;
mod untrusted_deployer;
mod vpc_detached;
mod without_mfa;

pub use chain::{is_link, is_remembered};
pub use changed::is_accepted;
pub(crate) use changed::learned;
pub(crate) use destination::is_ours;
pub use extent::Extent;
pub use function_policy::judge_document;
pub use triggers::{Rule, Trigger, event_pattern};

use crate::{
    baseline::{Baseline, Subject},
    event::{Event, EventError, FunctionCall, Kind, Own, TrailCall, WatcherCall, WatcherChange},
    finding::{ControlId, Evidence, RemediationName, Requirement, Severity},
    iam::Edit,
    policy::{Because, Concurrency, ControlPolicy, Mode, Pattern, Reached, Whom},
    remediation::{Remediation, TAG_PREFIX, Watching},
    resource::{Arn, FunctionArn, Home, Resource},
    state::{FunctionState, Lesson, Read, Sighting, State},
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
    /// The control, or the rule.
    pub control: Requirement,
    /// The resource.
    pub resource: Resource,
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

/// What would answer something seen. What is done to functions answers nothing that is seen on
/// another resource: then a person is told.
pub enum Response {
    /// Edit grants of one statement of the resource's policy.
    EditPolicy(Edit),
    /// Require signed requests of the function URL.
    HardenUrl,
    /// Contain the function, as far as this goes.
    Contain(Extent),
    /// Let at most so many of the function run at the same time.
    Cap(Concurrency),
    /// Keep queues and streams from invoking the function.
    DisableMappings,
    /// Exactly this.
    Apply(Remediation),
    /// Exactly this, if it is chosen by this name.
    Turn(RemediationName, Box<Remediation>),
    /// Leave this undone: whoever undid it may.
    Release(Remediation),
    /// Tag the function with this key, unless it has it.
    Tag(String, TagValue),
    /// Tell a person, and why nothing is done.
    Notify(String),
}

impl Response {
    /// Puts back what was there before.
    fn restore(remediation: Remediation) -> Self {
        Self::Turn(RemediationName::RestoreSetting, Box::new(remediation))
    }

    /// The name that it is chosen by; none where there is nothing to choose.
    pub const fn name(&self) -> Option<RemediationName> {
        match self {
            Self::EditPolicy(_) => Some(RemediationName::ReplaceResourcePolicy),
            Self::HardenUrl => Some(RemediationName::HardenFunctionUrl),
            Self::Contain(_) | Self::Apply(_) => Some(RemediationName::ContainFunction),
            Self::Turn(name, _) => Some(*name),
            Self::Cap(_) => Some(RemediationName::CapConcurrency),
            Self::DisableMappings => Some(RemediationName::DisableEventSourceMappings),
            Self::Tag(_, _) => Some(RemediationName::TagFunction),
            Self::Release(_) | Self::Notify(_) => None,
        }
    }
}

/// The value of a tag.
pub enum TagValue {
    /// The incident's id.
    Incident,
    /// As the control policy says.
    Of(String),
}

/// The table, in the order of the catalogue.
pub const CONTROLS: &[Control] = &[
    public::CONTROL,
    untrusted_account::CONTROL,
    unscoped_service::CONTROL,
    dangerous_action::CONTROL,
    function_url::CONTROL,
    layer_policy::CONTROL,
    invocation::CONTROL,
    invocation_unusual::CONTROL,
    overbroad_role::CONTROL,
    trust_widened::CONTROL,
    role_swapped::CONTROL,
    trail_data_events::CONTROL,
    trail_stopped::CONTROL,
    config_recorder::CONTROL,
    guardduty::CONTROL,
    untrusted_deployer::CONTROL,
    without_mfa::CONTROL,
    outside_network::CONTROL,
    lambda_admin::CONTROL,
    iam_user_created::CONTROL,
    responder_tampered::CONTROL,
    layer_untrusted::CONTROL,
    code_injection::CONTROL,
    code_signing::CONTROL,
    handler_alone::CONTROL,
    recursion::CONTROL,
    vpc_detached::CONTROL,
    alias_shifted::CONTROL,
    mapping_retargeted::CONTROL,
    destination::CONTROL,
    logging::CONTROL,
    containment_undone::CONTROL,
    privilege_escalation::CONTROL,
    first_seen_api::CONTROL,
    access_denied::CONTROL,
    stolen_credentials::CONTROL,
    data_exfiltration::CONTROL,
    guardduty_finding::CONTROL,
    unexpected_peer::CONTROL,
    attack_signature::CONTROL,
    iam_backdoor::CONTROL,
    metric_anomaly::CONTROL,
    tags::CONTROL,
    network::CONTROL,
    environment::CONTROL,
    environment_secret::CONTROL,
    runtime::CONTROL,
    trace_encryption::CONTROL,
    logs::CONTROL,
    config_rule::CONTROL,
    security_hub::CONTROL,
    access_analyzer::CONTROL,
];

/// Reads one delivery, holds the rules of the control policy against it, and sees whether it touches
/// what is Cordon's `own`. `home` is where this installation runs.
///
/// # Errors
/// As [`Event::parse`].
pub fn event(
    policy: &ControlPolicy,
    payload: &str,
    home: &Home,
    own: &Own,
) -> Result<Event, EventError> {
    if let Some(event) = log_data::event(policy, payload, home, own) {
        return event;
    }
    let event = Event::parse(payload, home)?;
    Ok(event.with(policy.rules.matched(payload, home), own.touched(payload, home)))
}

/// The controls and rules an event concerns and what they must read. Most events concern none, and how far a
/// control may go is asked only where it is concerned.
pub fn triage(policy: &ControlPolicy, event: &Event, now: OffsetDateTime) -> Triage {
    let nothing_read = State::default();
    let case = Case::new(policy, event, &nothing_read, now);
    let mut triage = Triage::default();
    let mut take = |look: Look| {
        if let Concern::Yes(reads) = look.concern {
            triage.controls.insert(look.control);
            triage.reads.extend(reads);
        }
    };
    for control in controls_for(event) {
        let concern = concern(control, &case);
        if matches!(concern, Concern::Yes(_)) {
            let about = about(control.id, event);
            take(look(policy, control.id.into(), about.as_ref(), now, || concern));
        }
    }
    looks_of_rules(policy, event, now).for_each(take);
    triage
}

/// The controls that look at an event at all.
fn controls_for(event: &Event) -> &'static [Control] {
    let nothing = matches!(event.kind, Kind::Ignored(_)) && event.touches.is_none();
    if nothing { &[] } else { CONTROLS }
}

/// What an event is to a control, whether or not it is on.
fn concern(control: &Control, case: &Case<'_>) -> Concern {
    match (control.needs)(case) {
        Needs::NotConcerned => Concern::No,
        Needs::Nothing => Concern::Yes(Vec::new()),
        Needs::Reads(reads) => Concern::Yes(reads),
    }
}

/// A first look of one control or rule at an event.
pub struct Look {
    /// Which.
    pub control: Requirement,
    /// How far it may go for what the event is about, as far as the event alone tells.
    pub reached: Reached,
    /// What it has to do with the event.
    pub concern: Concern,
}

/// What a control has to do with an event.
pub enum Concern {
    /// It is off there.
    Off,
    /// Nothing.
    No,
    /// It judges it, once this is read; nothing to read: the event alone decides.
    Yes(Vec<Read>),
}

/// The first look of every control at an event, and of the rules whose patterns it matches.
pub fn looks(policy: &ControlPolicy, event: &Event, now: OffsetDateTime) -> Vec<Look> {
    let nothing_read = State::default();
    let case = Case::new(policy, event, &nothing_read, now);
    let of_controls = controls_for(event).iter().map(|control| {
        let about = about(control.id, event);
        look(policy, control.id.into(), about.as_ref(), now, || concern(control, &case))
    });
    of_controls.chain(looks_of_rules(policy, event, now)).collect()
}

/// The first look of the rules whose patterns an event matches.
fn looks_of_rules<'a>(
    policy: &'a ControlPolicy,
    event: &'a Event,
    now: OffsetDateTime,
) -> impl Iterator<Item = Look> + 'a {
    event.matched.iter().filter_map(move |matched| {
        let rule = policy.rules.named(&matched.rule)?;
        let resource = matched.function.as_ref().ok()?;
        let control = Requirement::Rule(matched.rule.clone());
        let reads = || Concern::Yes(rule::reads(&rule.remediations, &resource.function));
        Some(look(policy, control, Some(&resource.function.clone().into()), now, reads))
    })
}

/// The controls that judge what a call of IAM was made on, and not who made it.
const OF_IAM: [ControlId; 4] = [
    ControlId::ChangeWithoutMfa,
    ControlId::ChangeOutsideNetwork,
    ControlId::IdentityPolicyOverbroadLambdaAdmin,
    ControlId::IamUserCreated,
];

/// What an event is about for a control, as far as it tells that itself.
fn about(control: ControlId, event: &Event) -> Option<Resource> {
    // Which role it is, with its path, has to be read, and which function lost a mapping.
    if matches!(
        control,
        ControlId::ExecutionRoleOverbroad
            | ControlId::ExecutionRoleTrustWidened
            | ControlId::EventSourceRetargeted
    ) {
        return None;
    }
    let is_of_calls =
        behaviour::CONTROLS.contains(&control) || control == ControlId::FunctionDataExfiltration;
    if let (true, Some(call)) = (is_of_calls, &event.call) {
        return Some(call.function.clone().into());
    }
    if let (Kind::IamCall { target, .. }, true) = (&event.kind, OF_IAM.contains(&control)) {
        return Some(target.on.clone().into());
    }
    event.about()
}

fn look(
    policy: &ControlPolicy,
    control: Requirement,
    about: Option<&Resource>,
    now: OffsetDateTime,
    concern: impl FnOnce() -> Concern,
) -> Look {
    let today = now.date();
    let reached = match about {
        Some(resource) => policy.reach(&control, &Whom { resource, tags: None }, today),
        // Whose it is has to be read: it may be on there.
        None => Reached { mode: policy.farthest(&control, today), because: Because::Entry },
    };
    let mut concern = if reached.mode == Mode::Off { Concern::Off } else { concern() };
    if let (Concern::Yes(reads), Some(function)) =
        (&mut concern, about.and_then(Resource::function))
        && !reads.is_empty()
        && policy.asks_tags(&control)
    {
        reads.push(Read::Function(function.clone()));
    }
    Look { control, reached, concern }
}

/// What comes of a first look at an event.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Triage {
    /// The controls and rules it concerns.
    pub controls: BTreeSet<Requirement>,
    /// What they must read. Empty: the event alone decides.
    pub reads: BTreeSet<Read>,
}

/// The judgements of all controls and rules that the event concerns.
pub fn judge(case: &Case<'_>, controls: &BTreeSet<Requirement>) -> Vec<Assessment> {
    let concerned = CONTROLS.iter().filter(|control| controls.contains(&control.id.into()));
    let mut assessments = concerned.flat_map(|control| (control.judge)(case)).collect::<Vec<_>>();
    chain::strengthen(case, &mut assessments);
    let matched = case
        .event
        .matched
        .iter()
        .filter(|matched| controls.contains(&Requirement::Rule(matched.rule.clone())));
    assessments.extend(matched.flat_map(|matched| rule::judge(case, matched)));
    assessments
}

/// What is to be counted before it is told.
pub(crate) fn sighting(case: &Case<'_>, controls: &BTreeSet<Requirement>) -> Option<Sighting> {
    let is_concerned = |control: ControlId| controls.contains(&control.into());
    let of_lines =
        is_concerned(ControlId::LogAttackSignature).then(|| attack_signature::sighting(case));
    let of_flows = is_concerned(ControlId::FunctionUnexpectedPeer);
    let of_flows = of_flows.then(|| unexpected_peer::sighting(case));
    of_lines.flatten().or(of_flows.flatten())
}

/// What is to be remembered of where something leads.
pub(crate) fn lesson(case: &Case<'_>, controls: &BTreeSet<Requirement>) -> Option<Lesson> {
    let is_concerned = |control: ControlId| controls.contains(&control.into());
    let alias = is_concerned(ControlId::AliasShifted).then(|| alias_shifted::lesson(case));
    let mapping = is_concerned(ControlId::EventSourceRetargeted);
    let mapping = mapping.then(|| mapping_retargeted::lesson(case));
    alias.flatten().or(mapping.flatten())
}

/// How bad a finding of this event is: as the control policy says, or else as the call that was found, and
/// what else was found on the same function lately.
pub(crate) fn severity(case: &Case<'_>, control: &Requirement) -> Severity {
    let usual = case.policy.severity(control);
    if case.policy.gives_severity(control) {
        return usual;
    }
    let call = case.event.call.as_ref();
    match control.control() {
        Some(ControlId::FunctionPrivilegeEscalation) => {
            call.and_then(|call| privilege_escalation::severity(&call.api)).unwrap_or(usual)
        }
        Some(ControlId::FunctionDataExfiltration)
            if call.is_some_and(FunctionCall::reads_object) =>
        {
            Severity::High
        }
        Some(control @ ControlId::FunctionFirstSeenApi)
            if call
                .is_some_and(|call| chain::is_beside_another(case, &call.function, &[control])) =>
        {
            Severity::High
        }
        Some(_) | None => usual,
    }
}

/// What is to be remembered of what credentials of a function do.
pub(crate) fn observed(
    case: &Case<'_>,
    controls: &BTreeSet<Requirement>,
) -> Option<(Subject, Baseline)> {
    let is_concerned = behaviour::CONTROLS.iter().any(|one| controls.contains(&(*one).into()));
    let of_calls = is_concerned.then(|| behaviour::observed(case)).flatten();
    let is_concerned = controls.contains(&ControlId::FunctionUnexpectedPeer.into());
    of_calls.or_else(|| is_concerned.then(|| unexpected_peer::observed(case)).flatten())
}

/// What only a first look shows that has to be read.
pub(crate) fn asks(case: &Case<'_>, controls: &BTreeSet<Requirement>) -> Option<Read> {
    let is_concerned = |control: ControlId| controls.contains(&control.into());
    let key = is_concerned(ControlId::FunctionStolenCredentials);
    let key = key.then(|| stolen_credentials::asks(case)).flatten();
    let peers = is_concerned(ControlId::FunctionUnexpectedPeer);
    let peers = peers.then(|| unexpected_peer::asks(case)).flatten();
    let read = key.or(peers)?;
    let known = |read: &Read| case.state.read.contains(read) || case.state.unread.contains(read);
    (!known(&read)).then_some(read)
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

/// What was done to which watcher of the account.
fn watcher_change(event: &Event) -> Option<(&Arn, &WatcherCall)> {
    let Kind::WatcherChange(WatcherChange { watcher, call }) = &event.kind else { return None };
    Some((watcher, call))
}

/// What was done to which trail.
fn trail_change(event: &Event) -> Option<(&Arn, TrailCall)> {
    match watcher_change(event)? {
        (trail, WatcherCall::Trail(call)) => Some((trail, *call)),
        (_, _) => None,
    }
}

/// Whether one of these principals did it. The name of a session is the caller's own choice: only
/// its role counts.
fn did_it(event: &Event, principals: &[Pattern]) -> bool {
    let actor = event.actor.role.as_ref().or(event.actor.arn.as_ref());
    actor.is_some_and(|arn| principals.iter().any(|pattern| pattern.matches_text(arn)))
}

/// Turns a watcher, if `name` is chosen.
fn turn(name: RemediationName, watching: Watching) -> Response {
    Response::Turn(name, Box::new(Remediation::Watch(watching)))
}

/// One judgement of one watcher.
fn of_watcher(control: ControlId, watcher: &Arn, judgement: Judgement) -> Vec<Assessment> {
    vec![Assessment { control: control.into(), resource: watcher.clone().into(), judgement }]
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
    vec![Assessment { control: control.into(), resource: function.clone().into(), judgement }]
}

fn tagged(evidence: Evidence, control: ControlId) -> Seen {
    Seen {
        evidence,
        subject: "tag".to_owned(),
        responses: vec![Response::Tag(format!("{TAG_PREFIX}{control}"), TagValue::Incident)],
    }
}
