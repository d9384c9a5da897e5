//! Tests of a control policy: a table of cases, each an event, a state and what must be decided.
//! Decides exactly as the function does, without AWS. The project's own controls are held against
//! tables of this form too.

use crate::{
    controls,
    decision::{Decision, Remit, decide},
    event::{Event, EventError, Own, pack, unpack},
    finding::{Compliance, Evaluation, Requirement},
    policy::ControlPolicy,
    remediation::{Planned, Remediation},
    resource::{Home, RoleArn},
    state::{DescribedState, Lesson, State},
};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// One case.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// A sentence.
    pub name: String,
    /// The control, or `rule.<id>`; else the table's.
    pub control: Option<Requirement>,
    /// What kind of case it is, for whoever counts them.
    pub kind: Option<String>,
    /// The control policy, in place of the one that is tested.
    pub policy: Option<String>,
    /// A file with an EventBridge event.
    pub event: String,
    /// JSON pointers into the event, and what to put there; null takes the field away.
    #[serde(default)]
    pub change: BTreeMap<String, Value>,
    /// The live state: what is not in it was not read. Without one, the resource policy that the
    /// event shows stands in for the live one.
    pub state: Option<DescribedState>,
    /// The time of the decision (RFC 3339); else now.
    #[serde(default, with = "time::serde::rfc3339::option")]
    pub now: Option<OffsetDateTime>,
    /// What must be decided.
    pub want: Want,
}

/// What must be decided.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Want {
    /// The control's evaluations: one for each resource; none where the event does not concern it.
    #[serde(default)]
    pub evaluations: Vec<String>,
    /// How far the control may go there.
    pub mode: Option<String>,
    /// The remediations planned for this control, in order; `withheld: ...` where one is.
    #[serde(default)]
    pub plan: Vec<String>,
    /// The resource policy after the remediation, where it is rewritten; null where it is deleted.
    #[serde(default, deserialize_with = "present")]
    pub policy_after: Option<Value>,
    /// What must be remembered of what was changed, as far as it is named; null: nothing new.
    #[serde(default, deserialize_with = "present")]
    pub learns: Option<Value>,
    /// A word that must stand in the finding's evidence or in what is left to a person.
    pub says: Option<String>,
}

fn present<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(from).map(Some)
}

/// A difference between what was wanted and what was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What differs: `evaluations`, `plan`, ...
    pub about: &'static str,
    /// What was wanted, a line each.
    pub wanted: Vec<String>,
    /// What was decided, a line each.
    pub decided: Vec<String>,
}

impl Case {
    /// The event, changed as the case says. Its author mends a pointer that leads nowhere.
    pub fn changed(&self, event: &str) -> Result<String, String> {
        let mut event: Value = serde_json::from_str(event).map_err(|error| error.to_string())?;
        // What a delivery of logs holds is changed as if nobody had packed it.
        let logs = unpack(&event);
        if let (Some(logs), Some(data)) = (&logs, event.pointer_mut("/awslogs/data")) {
            data.clone_from(logs);
        }
        for (pointer, value) in &self.change {
            change(&mut event, pointer, value)?;
        }
        match event.pointer("/awslogs/data").filter(|data| data.is_object() && logs.is_some()) {
            Some(data) => Ok(pack(data).to_string()),
            None => Ok(event.to_string()),
        }
    }

    /// Decides. `event` is the text that [`Case::changed`] gives.
    pub fn decide(
        &self,
        policy: &ControlPolicy,
        event: &str,
        home: &Home,
        now: OffsetDateTime,
    ) -> Result<Decision, EventError> {
        let event = told(policy, event, home)?;
        let triage = controls::triage(policy, &event, now);
        Ok(decide(&remit(policy, home), &event, &triage, &self.state(&event), now))
    }

    /// The live state, as the case describes it.
    pub fn state(&self, event: &Event) -> State {
        self.state.clone().map_or_else(|| State::as_shown(event), State::from)
    }

    /// Where a decision is not what the case wants of `control`.
    pub fn differences(&self, control: &Requirement, decision: &Decision) -> Vec<Difference> {
        let Want { evaluations, mode, plan, policy_after, learns, says } = &self.want;
        let own: Vec<&Evaluation> =
            decision.evaluations.iter().filter(|one| one.control == *control).collect();
        let planned: Vec<&Planned> =
            decision.plan.iter().filter(|planned| planned.controls.contains(control)).collect();
        let mut all = Vec::new();
        let mut hold = |about, wanted: Vec<String>, decided: Vec<String>| {
            if wanted != decided {
                all.push(Difference { about, wanted, decided });
            }
        };
        let found = own.iter().map(|one| one.compliance.as_str().to_owned());
        hold("evaluations", evaluations.clone(), found.collect());
        hold("plan", plan.clone(), planned.iter().map(|planned| in_words(planned)).collect());
        if let Some(mode) = mode {
            let modes = own.iter().filter_map(|one| decision.standing(one));
            let modes = modes.map(|standing| standing.reached.mode.to_string());
            hold("mode", vec![mode.clone()], modes.collect());
        }
        if let Some(after) = policy_after {
            let written: Vec<Value> = planned.iter().filter_map(|one| after_of(one)).collect();
            // Whatever the order of their keys.
            if written != [after.clone()] {
                hold("policy_after", vec![shown(after)], written.iter().map(shown).collect());
            }
        }
        if let Some(wanted) = learns {
            let learned = named(learned(decision), wanted);
            if learned != *wanted {
                hold("learns", vec![shown(wanted)], vec![shown(&learned)]);
            }
        }
        let said = own.iter().map(|one| said(&one.compliance)).collect::<Vec<_>>().join("; ");
        if let Some(word) = says.as_ref().filter(|word| !said.contains(word.as_str())) {
            hold("says", vec![word.clone()], vec![said.clone()]);
        }
        all
    }
}

/// The event of a case, told to an installation whose stack is called `cordon`.
pub fn told(policy: &ControlPolicy, event: &str, home: &Home) -> Result<Event, EventError> {
    let own = Own { stack: Some("cordon".to_owned()), keys: Vec::new() };
    controls::event(policy, event, home, &own)
}

/// What that installation may do.
pub fn remit<'p>(policy: &'p ControlPolicy, home: &Home) -> Remit<'p> {
    let Home { partition, account, region } = home;
    let account = account.as_str();
    let role = RoleArn::parse(&format!("arn:{partition}:iam::{account}:role/cordon-role")).ok();
    let quarantine = Some(format!("arn:{partition}:sqs:{region}:{account}:cordon-quarantine"));
    Remit { role, quarantine, ..Remit::of(policy) }
}

fn change(event: &mut Value, pointer: &str, value: &Value) -> Result<(), String> {
    let nowhere = || format!("`{pointer}` leads to no field of the event");
    let (parent, field) = pointer.rsplit_once('/').ok_or_else(nowhere)?;
    let fields = match event.pointer_mut(parent) {
        Some(Value::Object(fields)) => fields,
        Some(Value::Array(items)) => {
            let item = field.parse().ok().and_then(|at: usize| items.get_mut(at));
            value.clone_into(item.ok_or_else(nowhere)?);
            return Ok(());
        }
        Some(_) | None => return Err(nowhere()),
    };
    if value.is_null() {
        fields.remove(field).map(|_| ()).ok_or_else(nowhere)
    } else {
        fields.insert(field.to_owned(), value.clone());
        Ok(())
    }
}

fn in_words(planned: &Planned) -> String {
    match &planned.withheld {
        None => planned.remediation.name().to_owned(),
        Some(why) => format!("{}, withheld: {why}", planned.remediation.name()),
    }
}

/// The resource policy that a step leaves, if it writes one.
fn after_of(planned: &Planned) -> Option<Value> {
    let Remediation::ReplaceResourcePolicy(replacement) = &planned.remediation else { return None };
    serde_json::from_str(replacement.after.as_deref().unwrap_or("null")).ok()
}

/// What is to be remembered; null where that is nothing new.
fn learned(decision: &Decision) -> Value {
    let whole = match (&decision.learned, &decision.lesson, &decision.observed) {
        (Some(snapshot), _, _) => serde_json::to_value(snapshot),
        (None, Some(Lesson::Alias(_, snapshot)), _) => serde_json::to_value(snapshot),
        (None, Some(Lesson::Mapping(_, snapshot)), _) => serde_json::to_value(snapshot),
        (None, None, Some((_, baseline))) => serde_json::to_value(baseline),
        (None, None, None) => Ok(Value::Null),
    };
    whole.unwrap_or_default()
}

/// The members of `whole` that `wanted` names.
fn named(whole: Value, wanted: &Value) -> Value {
    match (whole, wanted) {
        (Value::Object(mut whole), Value::Object(wanted)) => {
            wanted.keys().map(|key| (key.clone(), whole.remove(key).unwrap_or_default())).collect()
        }
        (whole, _) => whole,
    }
}

fn shown(document: &Value) -> String {
    serde_json::to_string_pretty(document).unwrap_or_default()
}

/// What people are told of a compliance.
fn said(compliance: &Compliance) -> String {
    match compliance {
        Compliance::NonCompliant(finding) => {
            let seen = finding.evidence.iter().map(|one| format!("{}: {}", one.field, one.value));
            seen.chain(finding.unanswered.iter().cloned()).collect::<Vec<_>>().join("; ")
        }
        Compliance::InsufficientData(reason) => reason.clone(),
        Compliance::Compliant | Compliance::NotApplicable => String::new(),
    }
}
