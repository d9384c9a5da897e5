//! Taking out the Denies that keep a caller from what it has to do, and nothing else. An intruder
//! who may write a function's resource policy can lock its owners out that way.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

use super::{RewriteError, written};
use crate::iam::document::{Document, Effect, Statement};
use crate::iam::evaluate::request::{Decision, Request, decides, evaluate};

/// A document whose Denies let certain requests through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lifted {
    /// The document after; none if no statement is left.
    pub after: Option<String>,
    /// The places of the Denies that were taken out, from 0.
    pub denies: Vec<usize>,
}

/// Takes out each Deny that certainly forbids one of `requests`; where there is none although AWS
/// refused one, each that may: a condition on what only AWS sees hides nothing. None: there is no
/// such Deny either.
pub fn lift(document: &Document, requests: &[Request]) -> Result<Option<Lifted>, RewriteError> {
    match lift_certain(document, requests)? {
        Some(lifted) => Ok(Some(lifted)),
        None => lift_possible(document, requests),
    }
}

/// Takes out every Deny that names one of the callers and actions, whatever its conditions are.
fn lift_possible(
    document: &Document,
    requests: &[Request],
) -> Result<Option<Lifted>, RewriteError> {
    let may_apply = |statement: &Statement| {
        let bare = Statement { conditions: Vec::new(), ..statement.clone() };
        bare.effect == Effect::Deny
            && requests.iter().any(|request| decides(&bare, request) != Decision::Implicit)
    };
    let statements = document.statements().iter().enumerate();
    let denies: Vec<usize> =
        statements.filter(|(_, one)| may_apply(one)).map(|(place, _)| place).collect();
    if denies.is_empty() {
        return Ok(None);
    }
    let after = written(document, |texts| {
        let kept = texts.into_iter().enumerate().filter(|(place, _)| !denies.contains(place));
        Ok(kept.map(|(_, text)| text).collect())
    })?;
    Ok(Some(Lifted { after, denies }))
}

fn lift_certain(document: &Document, requests: &[Request]) -> Result<Option<Lifted>, RewriteError> {
    let mut left: Vec<usize> = (0..document.statements().len()).collect();
    let mut denies = Vec::new();
    let mut after = Some(document.raw().to_owned());
    while let Some(text) = &after {
        let now = Document::parse(text)?;
        let denied = requests.iter().find_map(|request| match evaluate(&now, request) {
            Decision::Deny { statement } => Some(statement),
            Decision::Allow { .. } | Decision::Implicit | Decision::Unclear { .. } => None,
        });
        let Some(place) = denied else { break };
        if place >= left.len() {
            return Err(RewriteError::NoStatement(place));
        }
        denies.push(left.remove(place));
        after = written(&now, |mut texts| {
            texts.remove(place);
            Ok(texts)
        })?;
    }
    denies.sort_unstable();
    Ok((!denies.is_empty()).then_some(Lifted { after, denies }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::{Caller, Context, generated::ARN};

    fn requests() -> Vec<Request> {
        let arn = "arn:aws:iam::111122223333:role/cordon-role".to_owned();
        let session = "arn:aws:sts::111122223333:assumed-role/cordon-role/cordon".to_owned();
        ["lambda:GetFunction", "lambda:PutFunctionConcurrency"]
            .map(|action| Request {
                caller: Caller::Principal { arn: arn.clone(), session: Some(session.clone()) },
                action: action.to_owned(),
                resource: ARN.to_owned(),
                context: Context::default(),
            })
            .into()
    }

    fn lifted(statements: &str) -> Option<Lifted> {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
        let document = Document::parse(&text).expect("a policy");
        lift(&document, &requests()).expect("it can be written")
    }

    const TRIGGER: &str = r#"{"Sid":"t","Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"*"}"#;

    #[test]
    fn every_deny_that_locks_out_goes_and_the_rest_keeps_its_text() {
        let all = r#"{"Effect":"Deny","Principal":"*","Action":"lambda:*","Resource":"*"}"#;
        let one = r#"{"Effect":"Deny","Principal":{"AWS":"arn:aws:iam::111122223333:role/cordon-role"},"Action":"lambda:Put*","Resource":"*"}"#;
        let lifted = lifted(&format!("{all},{TRIGGER},{one}")).expect("it was locked");
        assert_eq!(lifted.denies, [0, 2]);
        let after = lifted.after.expect("the trigger is left");
        assert_eq!(after, format!(r#"{{"Version":"2012-10-17","Statement":[{TRIGGER}]}}"#));
    }

    #[test]
    fn a_guardrail_that_stops_others_stays() {
        let invoke =
            r#"{"Effect":"Deny","Principal":"*","Action":"lambda:InvokeFunction","Resource":"*"}"#;
        let locks = r#"{"Effect":"Deny","Principal":"*","Action":"lambda:Get*","Resource":"*"}"#;
        let outsiders = r#"{"Effect":"Deny","Principal":"*","Action":"lambda:*","Resource":"*","Condition":{"StringNotEquals":{"aws:PrincipalAccount":"111122223333"}}}"#;
        assert_eq!(lifted(&format!("{invoke},{TRIGGER}")), None);
        let lifted = lifted(&format!("{invoke},{outsiders},{locks},{TRIGGER}")).expect("locked");
        assert_eq!(lifted.denies, [2]);
    }

    #[test]
    fn a_condition_that_only_aws_can_answer_does_not_hide_a_deny() {
        for condition in [
            r#"{"Bool":{"aws:SecureTransport":"true"}}"#,
            r#"{"DateGreaterThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}}"#,
            r#"{"StringLike":{"aws:UserAgent":"*"}}"#,
            r#"{"IpAddress":{"aws:SourceIp":["0.0.0.0/0","::/0"]}}"#,
        ] {
            let deny = format!(
                r#"{{"Effect":"Deny","Principal":"*","Action":"lambda:*","Resource":"*","Condition":{condition}}}"#
            );
            let lifted = lifted(&format!("{TRIGGER},{deny}")).expect("it was locked");
            assert_eq!(lifted.denies, [1], "{condition}");
        }
    }

    #[test]
    fn nothing_is_left_of_a_policy_that_only_locks_out() {
        let all =
            r#"{"Effect":"Deny","Principal":"*","NotAction":"lambda:Invoke*","Resource":"*"}"#;
        assert_eq!(lifted(all), Some(Lifted { after: None, denies: vec![0] }));
    }
}
