//! `config-rule.noncompliant`: AWS Config rules find the function compliant.
//! <https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html>
//! `lambda-function-public-access-prohibited` is not taken at its word: the `function-policy.*`
//! controls look at every live policy of the function instead.

use super::{Assessment, Case, Control, Judgement, Needs, Response, Seen, Trigger};
use crate::{
    event::{Event, Kind},
    finding::{ControlId, Evidence},
    policy::ControlPolicy,
    remediation::TAG_PREFIX,
    resource::FunctionArn,
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
    verdict(event)
        .filter(|(_, rule)| bare_name(rule) == PUBLIC_ACCESS)
        .map(|(function, _)| function)
}

fn verdict(event: &Event) -> Option<(&FunctionArn, &str)> {
    match &event.kind {
        Kind::RuleCompliance { function, rule, noncompliant: true } => Some((function, rule)),
        Kind::RuleCompliance { .. }
        | Kind::PolicyChange { .. }
        | Kind::UrlChange { .. }
        | Kind::FunctionChange { .. }
        | Kind::IamCall { .. }
        | Kind::Invocation { .. }
        | Kind::Ignored(_) => None,
    }
}

fn needs(policy: &ControlPolicy, event: &Event) -> Needs {
    match verdict(event) {
        Some((function, rule)) if concerns(policy, rule) => {
            Needs::Reads(vec![crate::state::Read::Function(function.clone())])
        }
        Some(_) | None => Needs::NotConcerned,
    }
}

fn concerns(policy: &ControlPolicy, rule: &str) -> bool {
    let name = bare_name(rule);
    let ignored = &policy.controls.config_rule_noncompliant.parameters.ignored;
    name != PUBLIC_ACCESS && !ignored.contains(name)
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    let Some((function, rule)) = verdict(case.event) else { return Vec::new() };
    let judgement = match case.state.functions.get(function) {
        None => Judgement::InsufficientData("the function was not read".to_owned()),
        Some(None) => Judgement::NotApplicable,
        Some(Some(_)) => Judgement::NonCompliant(vec![Seen {
            evidence: Evidence::new("configRuleName", rule),
            subject: bare_name(rule).to_owned(),
            response: Response::Tag(tag_key(bare_name(rule))),
        }]),
    };
    let control = ControlId::ConfigRuleNoncompliant;
    vec![Assessment { control, resource: function.clone().into(), judgement }]
}

/// Config rule names hold letters, digits, `-` and `_`, all allowed in tag keys, and at most 128
/// characters, which with the prefix can be too long for a key of 128.
fn tag_key(rule: &str) -> String {
    let key = format!("{TAG_PREFIX}config-rule:{rule}");
    key.chars().take(128).collect()
}

/// The name a rule was written with: Security Hub prefixes `securityhub-` and appends eight hex
/// digits, conformance packs append `-conformance-pack-` and an id.
fn bare_name(deployed: &str) -> &str {
    if let Some((name, _)) = deployed.split_once("-conformance-pack-") {
        return name;
    }
    let Some(name) = deployed.strip_prefix("securityhub-") else { return deployed };
    match name.rsplit_once('-') {
        Some((bare, id)) if id.len() >= 6 && id.chars().all(|c| c.is_ascii_alphanumeric()) => bare,
        Some(_) | None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::bare_name;

    #[test]
    fn deployed_rule_names_lose_what_deployment_added() {
        for (deployed, want) in [
            ("lambda-inside-vpc", "lambda-inside-vpc"),
            ("securityhub-lambda-inside-vpc-1feb796c", "lambda-inside-vpc"),
            ("lambda-inside-vpc-conformance-pack-abc123", "lambda-inside-vpc"),
            ("securityhub-lambda-inside-vpc", "lambda-inside-vpc"),
        ] {
            assert_eq!(bare_name(deployed), want);
        }
    }
}
