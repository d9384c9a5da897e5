//! `config-rule.noncompliant`: AWS Config rules find the function compliant. The answer is a tag, or
//! what the control policy says for a rule, by the name it was written with.
//! <https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html>
//! `lambda-function-public-access-prohibited` is not taken at its word: the `function-policy.*`
//! controls look at every live policy of the function instead.

mod name;

use super::{Assessment, Case, Control, Judgement, Needs, Response, Seen, TagValue, Trigger, rule};
use crate::{
    event::{Event, Kind},
    finding::{ControlId, Evidence},
    policy::{ControlPolicy, RuleRemediations},
    remediation::TAG_PREFIX,
    resource::{FunctionArn, FunctionResource},
    state::Read,
};
use name::bare_name;

pub(super) const CONTROL: Control = Control {
    id: ControlId::ConfigRuleNoncompliant,
    triggers: &[Trigger::ConfigCompliance],
    needs,
    judge,
};

/// The managed rule whose answer is to look at the live policies.
const PUBLIC_ACCESS: &str = "lambda-function-public-access-prohibited";

/// The function whose policies a public-access verdict asks to look at.
pub(super) fn public_access(event: &Event) -> Option<&FunctionArn> {
    let verdict = verdict(event).filter(|verdict| verdict.noncompliant)?;
    (bare_name(verdict.rule) == PUBLIC_ACCESS).then_some(verdict.function)
}

struct Verdict<'a> {
    function: &'a FunctionArn,
    rule: &'a str,
    noncompliant: bool,
}

fn verdict(event: &Event) -> Option<Verdict<'_>> {
    let Kind::RuleCompliance { function, rule, noncompliant } = &event.kind else { return None };
    Some(Verdict { function, rule, noncompliant: *noncompliant })
}

fn needs(case: &Case<'_>) -> Needs {
    match verdict(case.event) {
        Some(Verdict { rule, .. }) if !concerns(case.policy, rule) => Needs::NotConcerned,
        Some(Verdict { noncompliant: false, .. }) => Needs::Nothing,
        Some(Verdict { function, rule, .. }) => Needs::Reads(match answer(case.policy, rule) {
            None => vec![Read::Function(function.clone())],
            Some(remediations) => rule::reads(remediations, function),
        }),
        None => Needs::NotConcerned,
    }
}

/// Public access has controls of its own, unless the control policy has an answer for it.
fn concerns(policy: &ControlPolicy, rule: &str) -> bool {
    let name = bare_name(rule);
    let ignored = &policy.controls.config_rule_noncompliant.parameters.ignored;
    let elsewhere = name == PUBLIC_ACCESS && answer(policy, rule).is_none();
    !elsewhere && !ignored.contains(name)
}

/// What the control policy says that answers a rule, in place of the tag.
fn answer<'a>(policy: &'a ControlPolicy, rule: &str) -> Option<&'a RuleRemediations> {
    let answered = &policy.controls.config_rule_noncompliant.parameters.rules;
    let first = answered.iter().find(|one| one.name.matches_text(bare_name(rule)))?;
    Some(&first.remediations)
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    let Some(Verdict { function, rule, noncompliant }) = verdict(case.event) else {
        return Vec::new();
    };
    let whole = FunctionResource::from(function.clone());
    let judged = match case.state.functions.get(function) {
        _ if !noncompliant => vec![(whole, Judgement::Compliant)],
        None => {
            let why = "the function was not read".to_owned();
            vec![(whole, Judgement::InsufficientData(why))]
        }
        Some(None) => vec![(whole, Judgement::NotApplicable)],
        Some(Some(_)) => match answer(case.policy, rule) {
            None => {
                let tag = Response::Tag(tag_key(bare_name(rule)), TagValue::Incident);
                vec![(whole, Judgement::NonCompliant(vec![seen(rule, vec![tag])]))]
            }
            Some(remediations) if *remediations == RuleRemediations::default() => {
                let told = Response::Notify(TOLD.to_owned());
                vec![(whole, Judgement::NonCompliant(vec![seen(rule, vec![told])]))]
            }
            Some(remediations) => {
                let matched = |responses| seen(rule, responses);
                let all = rule::answered(case, remediations, &whole, &matched);
                all.into_iter().map(|(on, seen)| (on, Judgement::NonCompliant(seen))).collect()
            }
        },
    };
    let control = ControlId::ConfigRuleNoncompliant;
    let assess = |(resource, judgement): (FunctionResource, Judgement)| Assessment {
        control: control.into(),
        resource: resource.into(),
        judgement,
    };
    judged.into_iter().map(assess).collect()
}

const TOLD: &str = "the control policy gives no remediation for this rule of AWS Config";

fn seen(rule: &str, responses: Vec<Response>) -> Seen {
    let evidence = Evidence::new("configRuleName", rule);
    Seen { evidence, subject: bare_name(rule).to_owned(), responses }
}

/// Rule names may hold what tag keys may not, and with the prefix be too long for one.
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html>
fn tag_key(rule: &str) -> String {
    let allowed = |c: char| c.is_alphanumeric() || " _.:/=+-@".contains(c);
    let name: String = rule.chars().map(|c| if allowed(c) { c } else { '_' }).collect();
    format!("{TAG_PREFIX}config-rule:{name}").chars().take(LONGEST_TAG_KEY).collect()
}

const LONGEST_TAG_KEY: usize = 128;
