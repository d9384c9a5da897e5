//! `config-rule.noncompliant`: AWS Config rules find the function compliant.
//! <https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html>
//! `lambda-function-public-access-prohibited` is not taken at its word: the `function-policy.*`
//! controls look at every live policy of the function instead.

use super::{Assessment, Case, Control, Judgement, Needs, Response, Seen, TagValue, Trigger};
use crate::{
    event::{Event, Kind},
    finding::{ControlId, Evidence},
    policy::ControlPolicy,
    remediation::TAG_PREFIX,
    resource::FunctionArn,
    state::Read,
};

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
        Some(Verdict { function, .. }) => Needs::Reads(vec![Read::Function(function.clone())]),
        None => Needs::NotConcerned,
    }
}

fn concerns(policy: &ControlPolicy, rule: &str) -> bool {
    let name = bare_name(rule);
    let ignored = &policy.controls.config_rule_noncompliant.parameters.ignored;
    name != PUBLIC_ACCESS && !ignored.contains(name)
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    let Some(Verdict { function, rule, noncompliant }) = verdict(case.event) else {
        return Vec::new();
    };
    let judgement = match case.state.functions.get(function) {
        _ if !noncompliant => Judgement::Compliant,
        None => Judgement::InsufficientData("the function was not read".to_owned()),
        Some(None) => Judgement::NotApplicable,
        Some(Some(_)) => Judgement::NonCompliant(vec![Seen {
            evidence: Evidence::new("configRuleName", rule),
            subject: bare_name(rule).to_owned(),
            responses: vec![Response::Tag(tag_key(bare_name(rule)), TagValue::Incident)],
        }]),
    };
    let control = ControlId::ConfigRuleNoncompliant.into();
    vec![Assessment { control, resource: function.clone().into(), judgement }]
}

/// Rule names may hold what tag keys may not, and with the prefix be too long for one.
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html>
fn tag_key(rule: &str) -> String {
    let allowed = |c: char| c.is_alphanumeric() || " _.:/=+-@".contains(c);
    let name: String = rule.chars().map(|c| if allowed(c) { c } else { '_' }).collect();
    format!("{TAG_PREFIX}config-rule:{name}").chars().take(LONGEST_TAG_KEY).collect()
}

const LONGEST_TAG_KEY: usize = 128;

/// The name a rule was written with. Security Hub prefixes `securityhub-` and appends eight
/// hexadecimal digits, conformance packs append `-conformance-pack-` and an id.
fn bare_name(deployed: &str) -> &str {
    if let Some((name, _)) = deployed.split_once("-conformance-pack-") {
        return name;
    }
    let Some(name) = deployed.strip_prefix("securityhub-") else { return deployed };
    match name.rsplit_once('-') {
        Some((bare, id)) if id.len() == 8 && id.chars().all(|c| c.is_ascii_hexdigit()) => bare,
        Some(_) | None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::{PUBLIC_ACCESS, bare_name};

    #[test]
    fn deployed_rule_names_lose_what_deployment_added() {
        for (deployed, want) in [
            ("lambda-inside-vpc", "lambda-inside-vpc"),
            ("securityhub-lambda-inside-vpc-1feb796c", "lambda-inside-vpc"),
            ("lambda-inside-vpc-conformance-pack-abc123", "lambda-inside-vpc"),
            ("securityhub-lambda-inside-vpc", "lambda-inside-vpc"),
            ("securityhub-lambda-function-public-access-prohibited", PUBLIC_ACCESS),
        ] {
            assert_eq!(bare_name(deployed), want);
        }
    }
}
