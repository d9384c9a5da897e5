//! `code-signing.weakened`: code that has to be signed stays so. Looked at when a function loses or
//! changes its code signing configuration, and when a configuration is deleted or made to warn only.
//! <https://docs.aws.amazon.com/lambda/latest/dg/configuration-codesigning.html>

use super::{
    Assessment, Case, Control, Judgement, Needs, Response, Seen, Trigger,
    changed::{self, Changed, UNKNOWN},
};
use crate::{
    event::{ChangeCall, Kind, Part, SigningWeakening},
    finding::{ControlId, Evidence},
    resource::Arn,
    setting::PutBack,
    state::Read,
};

pub(super) const CONTROL: Control = Control {
    id: ControlId::CodeSigningWeakened,
    triggers: &[
        // What signs the code is remembered when the function is seen for the first time.
        Trigger::LambdaCall("CreateFunction2015"),
        Trigger::LambdaCall("UpdateFunctionConfiguration"),
        Trigger::LambdaCall("UpdateFunctionCode"),
        Trigger::LambdaCall("PutFunctionCodeSigningConfig"),
        Trigger::LambdaCall("DeleteFunctionCodeSigningConfig"),
        Trigger::LambdaCall("UpdateCodeSigningConfig"),
        Trigger::LambdaCall("DeleteCodeSigningConfig"),
    ],
    needs,
    judge,
};

const SIGNING: [ChangeCall; 2] = [ChangeCall::AttachSigning, ChangeCall::DetachSigning];

fn needs(case: &Case<'_>) -> Needs {
    if let Kind::SigningConfigChange { .. } = &case.event.kind {
        return Needs::Nothing;
    }
    match (&case.event.change, case.event.function()) {
        (Some(change), Some(function)) if SIGNING.contains(&change.call) => {
            Needs::Reads(vec![Read::Snapshot(function.clone()), Read::Signing(function.clone())])
        }
        (_, _) => changed::needs(case, &changed::CALLS),
    }
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    let control = ControlId::CodeSigningWeakened;
    if let Kind::SigningConfigChange { config, weakening } = &case.event.kind {
        let (control, resource) = (control.into(), config.clone().into());
        return vec![Assessment { control, resource, judgement: judge_config(case, *weakening) }];
    }
    changed::judge(case, control, Part::Signing, judged)
}

/// A configuration of which no snapshot is kept.
fn judge_config(case: &Case<'_>, weakening: Option<SigningWeakening>) -> Judgement {
    let accepted = changed::is_accepted(case.policy, &case.event.actor);
    let evidence = match weakening.filter(|_| !accepted) {
        None => return Judgement::Compliant,
        Some(SigningWeakening::Deleted) => Evidence::new("eventName", "DeleteCodeSigningConfig"),
        Some(SigningWeakening::Warns) => Evidence::new("UntrustedArtifactOnDeployment", "Warn"),
    };
    let why = "not put back: what the code signing configuration was is not remembered";
    Judgement::NonCompliant(vec![Seen {
        evidence,
        subject: case.event.id.clone(),
        responses: vec![Response::Notify(why.to_owned())],
    }])
}

fn judged(changed: &Changed<'_>) -> Judgement {
    if !is_signing(changed) {
        return Judgement::Compliant;
    }
    let Some(signing) = changed.signing else {
        return Judgement::InsufficientData("the code signing was not read".to_owned());
    };
    if !is_weaker(changed) {
        return Judgement::Compliant;
    }
    let found = signing.config.as_deref().unwrap_or("none");
    let evidence = Evidence::new("CodeSigningConfigArn", found);
    let subject = format!("signing {found}");
    let control = ControlId::CodeSigningWeakened;
    Judgement::NonCompliant(vec![changed::seen(
        changed,
        control,
        evidence,
        subject,
        put_back(changed),
    )])
}

fn is_signing(changed: &Changed<'_>) -> bool {
    SIGNING.contains(&changed.change.call)
}

fn before<'c>(changed: &'c Changed<'_>) -> Option<&'c str> {
    changed.before?.signing.as_deref()
}

/// Whether code that is not signed is let in now, and may not have been before.
fn is_weaker(changed: &Changed<'_>) -> bool {
    let Some(signing) = changed.signing else { return true };
    let now = signing.config.as_deref().unwrap_or_default();
    let had_none = before(changed) == Some("");
    !signing.enforces && !had_none && before(changed) != Some(now)
}

/// Whether no untrusted principal should have changed it like this. Other changes leave it alone.
pub(super) fn is_suspicious(changed: &Changed<'_>) -> bool {
    is_signing(changed) && is_weaker(changed)
}

/// The configuration before, if it is one of the account and Region.
fn put_back(changed: &Changed<'_>) -> Result<PutBack, String> {
    let back = before(changed).ok_or(UNKNOWN)?;
    let home = changed.function.home();
    let own = |arn: &Arn| {
        arn.account() == Some(&home.account)
            && arn.region() == Some(home.region.as_str())
            && arn.resource().starts_with("code-signing-config:")
    };
    if !Arn::parse(back).is_ok_and(|arn| own(&arn)) {
        return Err("the one before was not of this account and Region".to_owned());
    }
    let stood = changed.signing.and_then(|signing| signing.config.clone());
    Ok(PutBack::Signing { stood, back: back.to_owned() })
}
