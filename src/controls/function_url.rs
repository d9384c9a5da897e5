//! `function-url.public`: function URLs require authentication. A public URL is its configuration
//! and two statements in the policy; deleting the URL leaves the statements behind.
//! <https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html>

use super::{Assessment, Case, Control, Judgement, Needs, Response, Seen, Trigger};
use super::{analysis, analysis::Look, function_policy};
use crate::{
    event::{Event, Kind},
    finding::{ControlId, Evidence},
    iam::{Exposure, Grant, StatementExposure},
    policy::ControlPolicy,
    resource::{FunctionResource, Qualifier},
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
        Trigger::SecurityHub,
        Trigger::AccessAnalyzer,
    ],
    needs,
    judge,
};

pub(super) const LOOK: Look =
    Look { control: ControlId::FunctionUrlPublic, forbids, respond: analysis::removal };

fn forbids(_: &ControlPolicy, statement: &StatementExposure, grant: &Grant) -> bool {
    statement.via_url && grant.exposure == Exposure::Public
}

/// The URL whose configuration an event changed.
fn changed(event: &Event) -> Option<&FunctionResource> {
    let Kind::UrlChange { resource } = &event.kind else { return None };
    Some(resource)
}

fn needs(case: &Case<'_>) -> Needs {
    if let Some(resource) = changed(case.event) {
        return Needs::Reads(vec![Read::Url(resource.clone()), Read::Policy(resource.clone())]);
    }
    match (function_policy::needs(case), function_policy::changed(case.event)) {
        // The other controls read the policy anyway; only a public URL's own statement makes its
        // configuration worth a look. Versions have no URL, and AWS refuses the question:
        // https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionUrlConfig.html
        (Needs::Reads(mut reads), Some((resource, shown))) => {
            let version = matches!(resource.qualifier, Some(Qualifier::Version(_)));
            if !version && function_policy::shows_public_url(case, resource, shown) {
                reads.push(Read::Url(resource.clone()));
            }
            Needs::Reads(reads)
        }
        (needs, _) => needs,
    }
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    let shown = function_policy::changed(case.event).map(|(resource, _)| resource);
    match (changed(case.event), shown) {
        (Some(resource), _) => vec![judge_url(case, resource)],
        (None, Some(resource)) if case.state.urls.contains_key(resource) => {
            vec![judge_url(case, resource)]
        }
        (None, _) => function_policy::judge(case, &LOOK),
    }
}

/// The configuration and the statements together.
fn judge_url(case: &Case<'_>, resource: &FunctionResource) -> Assessment {
    let judgement = match (case.state.urls.get(resource), case.state.policies.get(resource)) {
        (None, _) | (_, None) => {
            Judgement::InsufficientData("the URL and its statements were not read".to_owned())
        }
        (Some(url), Some(_)) => with_url(*url, function_policy::judge_live(case, &LOOK, resource)),
    };
    Assessment {
        control: ControlId::FunctionUrlPublic.into(),
        resource: resource.clone().into(),
        judgement,
    }
}

fn with_url(url: Option<UrlAuthType>, statements: Judgement) -> Judgement {
    if url != Some(UrlAuthType::None) {
        return statements;
    }
    let mut seen = vec![Seen {
        evidence: Evidence::new("AuthType", "NONE"),
        subject: "AuthType NONE".to_owned(),
        responses: vec![Response::HardenUrl],
    }];
    match statements {
        Judgement::NonCompliant(more) => seen.extend(more),
        // The URL is to be hardened whatever its statements say.
        Judgement::Compliant | Judgement::NotApplicable | Judgement::InsufficientData(_) => {}
    }
    Judgement::NonCompliant(seen)
}
