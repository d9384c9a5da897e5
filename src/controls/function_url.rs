//! `function-url.public`: function URLs require authentication. A public URL is its configuration
//! and two statements in the policy; deleting the URL leaves the statements behind.
//! <https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html>

use super::{Assessment, Case, Control, Judgement, Needs, Response, Seen, Trigger};
use super::{config_rule, function_policy, function_policy::Look};
use crate::{
    event::{Event, Kind},
    finding::{ControlId, Evidence},
    iam::{Exposure, Grant, StatementExposure},
    policy::ControlPolicy,
    resource::FunctionResource,
    state::{Read, UrlAuthType},
};

pub(super) const CONTROL: Control = Control {
    id: ControlId::FunctionUrlPublic,
    triggers: &[
        Trigger::LambdaCall("CreateFunctionUrlConfig"),
        Trigger::LambdaCall("UpdateFunctionUrlConfig"),
        Trigger::LambdaCall("DeleteFunctionUrlConfig"),
        Trigger::LambdaCall("AddPermission"),
        Trigger::LambdaCall("PutResourcePolicy"),
        Trigger::ConfigCompliance,
    ],
    needs,
    judge,
};

const LOOK: Look =
    Look { control: ControlId::FunctionUrlPublic, forbids, respond: function_policy::removal };

fn forbids(_: &ControlPolicy, statement: &StatementExposure, grant: &Grant) -> bool {
    statement.via_url && grant.exposure == Exposure::Public
}

/// The URL whose configuration an event changed, and what it was given.
fn changed(event: &Event) -> Option<(&FunctionResource, Option<UrlAuthType>)> {
    match &event.kind {
        Kind::UrlChange { resource, auth } => Some((resource, *auth)),
        Kind::PolicyChange { .. }
        | Kind::FunctionChange { .. }
        | Kind::IamCall { .. }
        | Kind::Invocation { .. }
        | Kind::RuleCompliance { .. }
        | Kind::Ignored(_) => None,
    }
}

fn needs(policy: &ControlPolicy, event: &Event) -> Needs {
    match changed(event) {
        Some((_, Some(UrlAuthType::AwsIam))) => Needs::Nothing,
        Some((resource, _)) => {
            Needs::Reads(vec![Read::Url(resource.clone()), Read::Policy(resource.clone())])
        }
        None => match (function_policy::needs(policy, event), function_policy::changed(event)) {
            // The other controls read the policy anyway; only a public URL's own statement makes
            // its configuration worth a look.
            (Needs::Reads(mut reads), Some((resource, shown))) => {
                if function_policy::shows_public_url(policy, resource, shown) {
                    reads.push(Read::Url(resource.clone()));
                }
                Needs::Reads(reads)
            }
            (needs, _) => needs,
        },
    }
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    match changed(case.event) {
        Some((resource, auth)) => {
            vec![judge_url(case, resource, auth == Some(UrlAuthType::AwsIam))]
        }
        None => match function_policy::changed(case.event) {
            Some((resource, _)) if case.state.urls.contains_key(resource) => {
                vec![judge_url(case, resource, false)]
            }
            Some(_) => function_policy::judge(case, &LOOK),
            None if config_rule::public_access(case.event).is_some() => {
                function_policy::judge(case, &LOOK)
            }
            None => Vec::new(),
        },
    }
}

/// The configuration and the statements together.
fn judge_url(case: &Case<'_>, resource: &FunctionResource, harmless: bool) -> Assessment {
    let policy = case.state.policies.get(resource);
    let judgement = match (case.state.urls.get(resource), policy) {
        (None, _) | (_, None) if harmless => Judgement::Compliant,
        (None, _) | (_, None) => {
            Judgement::InsufficientData("the URL and its statements were not read".to_owned())
        }
        (Some(url), Some(live)) => {
            let statements = match live {
                Some(live) => function_policy::judge_policy(case.policy, &LOOK, resource, live),
                None => Judgement::Compliant,
            };
            with_url(*url, statements)
        }
    };
    Assessment { control: ControlId::FunctionUrlPublic, resource: resource.clone(), judgement }
}

fn with_url(url: Option<UrlAuthType>, statements: Judgement) -> Judgement {
    if url != Some(UrlAuthType::None) {
        return statements;
    }
    let mut seen = vec![Seen {
        evidence: Evidence::new("AuthType", "NONE"),
        subject: "AuthType NONE".to_owned(),
        response: Response::HardenUrl,
    }];
    match statements {
        Judgement::NonCompliant(more) => seen.extend(more),
        // The URL is to be hardened whatever its statements say.
        Judgement::Compliant | Judgement::NotApplicable | Judgement::InsufficientData(_) => {}
    }
    Judgement::NonCompliant(seen)
}
