//! `layer-policy.public`: no version of a layer is shared with everybody, or with an account or
//! organization outside the trusted set. A layer is code: whoever gets it reads what is in it.
//! <https://docs.aws.amazon.com/lambda/latest/dg/permissions-layer-cross-account.html>

use super::{
    Assessment, Case, Control, Judgement, Needs, Response, Seen, Trigger, access_analyzer, analysis,
};
use crate::{
    event::{Kind, ShownPolicy},
    finding::{ControlId, Evidence, RemediationName, fit_to_show},
    iam::{
        Document, Exposure, Grant, LayerStandpoint, Principal, Statement, StatementExposure,
        expose_layer,
    },
    policy::ControlPolicy,
    remediation::Remediation,
    resource::LayerVersion,
    setting::LayerPermission,
    state::Read,
};

pub(super) const CONTROL: Control = Control {
    id: ControlId::LayerPolicyPublic,
    triggers: &[Trigger::LambdaCall("AddLayerVersionPermission"), Trigger::AccessAnalyzer],
    needs,
    judge,
};

/// The version that is looked at, and the statement that the event shows.
fn looked_at(case: &Case<'_>) -> Option<(LayerVersion, Option<String>)> {
    match &case.event.kind {
        Kind::LayerShared { layer, statement } => Some((layer.clone(), statement.clone())),
        Kind::ExternalAccess { .. } => Some((access_analyzer::layer(case.event)?, None)),
        _ => None,
    }
}

fn needs(case: &Case<'_>) -> Needs {
    match looked_at(case) {
        None => Needs::NotConcerned,
        Some((layer, shown)) => {
            match is_published(case.policy, &layer) || is_harmless(case, &layer, shown) {
                true => Needs::Nothing,
                false => Needs::Reads(vec![Read::LayerPolicy(layer)]),
            }
        }
    }
}

/// Whether the layer is meant for everybody.
fn is_published(policy: &ControlPolicy, layer: &LayerVersion) -> bool {
    let published = &policy.controls.layer_policy_public.parameters.published;
    published.iter().any(|pattern| match pattern.is_of_arns() {
        true => pattern.matches_text(&layer.to_string()),
        false => pattern.matches_text(layer.name()),
    })
}

/// Whether the statement that was added can be nobody's finding.
fn is_harmless(case: &Case<'_>, layer: &LayerVersion, shown: Option<String>) -> bool {
    let shown = shown.map_or(ShownPolicy::Nothing, ShownPolicy::Statement);
    let document = shown.document().map(|text| Document::parse(&text));
    let Some(Ok(document)) = document else { return false };
    exposures(case, layer, &document)
        .iter()
        .all(|one| matches!(one.worst(), Exposure::Internal | Exposure::Trusted))
}

fn exposures(case: &Case<'_>, layer: &LayerVersion, document: &Document) -> Vec<StatementExposure> {
    expose_layer(document, LayerStandpoint { layer, trusted: &case.policy.trusted, from: case.now })
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    let control = ControlId::LayerPolicyPublic;
    let Some((layer, shown)) = looked_at(case) else { return Vec::new() };
    let judgement = match case.state.layer_policies.contains_key(&layer) {
        _ if is_published(case.policy, &layer) => Judgement::NotApplicable,
        false if is_harmless(case, &layer, shown) => Judgement::Compliant,
        true | false => return vec![judge_live(case, control, &layer)],
    };
    vec![Assessment { control: control.into(), resource: layer.into(), judgement }]
}

/// Judges the live policy of a layer's version. Where there is none, it is shared with nobody.
pub(super) fn judge_live(case: &Case<'_>, control: ControlId, layer: &LayerVersion) -> Assessment {
    let judgement = match case.state.layer_policies.get(layer) {
        _ if is_published(case.policy, layer) => Judgement::NotApplicable,
        None => Judgement::InsufficientData("the layer's policy was not read".to_owned()),
        Some(None) => Judgement::Compliant,
        Some(Some(Err(error))) => Judgement::InsufficientData(error.to_string()),
        Some(Some(Ok(document))) => judge_document(case, layer, document),
    };
    Assessment { control: control.into(), resource: layer.clone().into(), judgement }
}

fn judge_document(case: &Case<'_>, layer: &LayerVersion, document: &Document) -> Judgement {
    let exposures = exposures(case, layer, document);
    let statements = document.statements().iter().zip(&exposures);
    let seen: Vec<Seen> =
        statements.filter_map(|(statement, exposed)| see(layer, statement, exposed)).collect();
    let unclear = exposures.iter().flat_map(|exposed| {
        let unknown = exposed.grants.iter().filter(|one| one.exposure == Exposure::Unknown);
        unknown.map(move |grant| format!("{}: {}", analysis::name(exposed), grant.reason))
    });
    match (seen.is_empty(), unclear.into_iter().next()) {
        (false, _) => Judgement::NonCompliant(seen),
        (true, Some(why)) => Judgement::InsufficientData(why),
        (true, None) => Judgement::Compliant,
    }
}

fn see(layer: &LayerVersion, statement: &Statement, exposed: &StatementExposure) -> Option<Seen> {
    let is_open = |grant: &&Grant| matches!(grant.exposure, Exposure::Public | Exposure::External);
    let open = exposed.grants.iter().find(is_open)?;
    let value = format!("{}: {}", analysis::name(exposed), open.reason);
    let witness = open.witness.clone().map(fit_to_show);
    let response = match permission(statement) {
        Some(permission) => Response::Turn(
            RemediationName::UnshareLayer,
            Box::new(Remediation::UnshareLayer { layer: layer.clone(), permission }),
        ),
        None => Response::Notify(format!(
            "{} is of no form that Lambda writes, so that it could not be put back: not removed",
            analysis::name(exposed)
        )),
    };
    Some(Seen {
        evidence: Evidence {
            witness,
            ..Evidence::new(format!("Statement[{}]", exposed.index), &value)
        },
        subject: statement.sid.clone().unwrap_or_default(),
        responses: vec![response],
    })
}

/// The statement as the call that adds it has it, if that is all it says.
fn permission(statement: &Statement) -> Option<LayerPermission> {
    let [principal] = statement.principals.as_slice() else { return None };
    let principal = match principal {
        Principal::Anyone => "*".to_owned(),
        Principal::Aws(text) => account(text)?.to_owned(),
        Principal::Service(_)
        | Principal::Dead(_)
        | Principal::Federated(_)
        | Principal::Other { .. }
        | Principal::NotListed => return None,
    };
    let organization = match statement.conditions.as_slice() {
        [] => None,
        [clause] if clause.operator == "StringEquals" && is_organization(&clause.key) => {
            let [organization] = clause.values.as_slice() else { return None };
            Some(organization.clone())
        }
        _ => return None,
    };
    let statement = statement.sid.clone().filter(|sid| !sid.is_empty())?;
    Some(LayerPermission { statement, principal, organization })
}

fn is_organization(key: &str) -> bool {
    key.eq_ignore_ascii_case("aws:PrincipalOrgID")
}

/// `*`, an account, or its root.
fn account(principal: &str) -> Option<&str> {
    let rest = principal.strip_prefix("arn:").and_then(|arn| arn.split_once(":iam::"));
    let id = match rest {
        Some((_, rest)) => rest.strip_suffix(":root")?,
        None => principal,
    };
    (id == "*" || crate::resource::is_account_id(id)).then_some(id)
}
