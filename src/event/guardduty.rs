//! Findings of GuardDuty on functions, in the one form in which EventBridge brings them and `GetFindings`
//! gives them again. What it makes up as a sample found nothing, and what is archived nobody is to be told.
//! Refuses findings on anything but functions: a finding on credentials does not tell whose function had
//! them.
//! The events: <https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings_eventbridge.html>;
//! their form: <https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Finding.html>;
//! types: <https://docs.aws.amazon.com/guardduty/latest/ug/lambda-protection-finding-types.html>.

use super::{Event, EventError, Kind, elsewhere};
use crate::{
    finding::Score,
    resource::{Arn, FunctionArn, FunctionResource, Home},
};
use serde::Deserialize;
use serde_json::Value;

/// What GuardDuty says of one function.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Threat {
    /// The function.
    pub function: FunctionArn,
    /// The finding's type, such as `Backdoor:Lambda/C&CActivity.B`.
    #[serde(rename = "type")]
    pub kind: String,
    /// How bad that is.
    pub severity: Score,
    /// Whether anything stands to be answered.
    pub standing: ThreatStanding,
}

/// Whether a finding of GuardDuty stands to be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ThreatStanding {
    /// It does.
    Active,
    /// Somebody, or a filter, has archived it.
    Archived,
    /// It is made up, to show what findings look like.
    Sample,
}

/// A finding as GuardDuty writes it, as far as it is looked at.
#[derive(Debug, Deserialize)]
pub struct Told {
    /// Its id: the same however often it is sent.
    pub id: String,
    #[serde(rename = "type")]
    kind: String,
    severity: Score,
    resource: Subject,
    service: Service,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Subject {
    resource_type: String,
    lambda_details: Option<LambdaDetails>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct LambdaDetails {
    function_arn: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Service {
    #[serde(default)]
    detector_id: String,
    #[serde(default)]
    archived: bool,
    #[serde(default)]
    additional_info: AdditionalInfo,
}

/// What a sample says of itself, in a text that is JSON; it once said so in a field of its own.
#[derive(Debug, Default, Deserialize)]
struct AdditionalInfo {
    #[serde(default)]
    sample: bool,
    value: Option<Value>,
}

#[derive(Deserialize)]
struct MadeUp {
    sample: bool,
}

impl Told {
    /// What it says of a function, if it is about one.
    pub fn threat(&self) -> Option<Threat> {
        let details = self.resource.lambda_details.as_ref();
        let function = details.filter(|_| self.is_on_function())?.function_arn.as_ref()?;
        let function = FunctionResource::parse_arn(function).ok()?.function;
        let (kind, severity, standing) = (self.kind.clone(), self.severity, self.standing());
        Some(Threat { function, kind, severity, standing })
    }

    fn is_on_function(&self) -> bool {
        self.resource.resource_type == "Lambda"
    }

    fn standing(&self) -> ThreatStanding {
        let info = &self.service.additional_info;
        let value = info.value.as_ref().and_then(Value::as_str).map(serde_json::from_str::<MadeUp>);
        if info.sample || value.is_some_and(|made_up| made_up.is_ok_and(|one| one.sample)) {
            return ThreatStanding::Sample;
        }
        if self.service.archived { ThreatStanding::Archived } else { ThreatStanding::Active }
    }

    /// The finding's ARN. Ids are letters and digits: others would lead elsewhere.
    fn arn(&self, home: &Home) -> Option<Arn> {
        let (detector, id) = (self.service.detector_id.as_str(), self.id.as_str());
        let is_id = |id: &str| !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric());
        (is_id(detector) && is_id(id)).then_some(())?;
        Arn::new(home, "guardduty", &format!("detector/{detector}/finding/{id}")).ok()
    }
}

/// Reads the `detail` of a `GuardDuty Finding`. Sent again, it is the same event.
pub(super) fn finding(detail: &str, home: &Home) -> Result<Event, EventError> {
    let told: Told = serde_json::from_str(detail)
        .map_err(|source| EventError::Json { part: "detail", source })?;
    let kind = kind(&told, home)?;
    Ok(Event::told(told.id, kind))
}

fn kind(told: &Told, home: &Home) -> Result<Kind, EventError> {
    // The functions of samples are made up, too.
    let ignored = match told.standing() {
        _ if !told.is_on_function() => Some("GuardDuty found it on no function"),
        ThreatStanding::Sample => Some("it is a sample: GuardDuty found nothing"),
        ThreatStanding::Archived => Some("it is archived in GuardDuty"),
        ThreatStanding::Active => None,
    };
    if let Some(why) = ignored {
        return Ok(Kind::Ignored(why.to_owned()));
    }
    let call = || "GuardDuty Finding".to_owned();
    let threat = told.threat().ok_or_else(|| EventError::NoFunction { call: call() })?;
    if let Some(ignored) = elsewhere(&threat.function, home) {
        return Ok(ignored);
    }
    let finding = told.arn(home).ok_or_else(|| EventError::NoResource { call: call() })?;
    Ok(Kind::Threat { finding, threat })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::AccountId;
    use serde_json::json;

    const FUNCTION: &str = "arn:aws:lambda:us-east-1:111122223333:function:thumbnails";

    fn home() -> Home {
        let account = AccountId::parse("111122223333").unwrap();
        Home { partition: "aws".to_owned(), account, region: "us-east-1".to_owned() }
    }

    fn detail() -> Value {
        json!({
            "id": "5ac1b2", "type": "Backdoor:Lambda/C&CActivity.B", "severity": 8,
            "resource": { "resourceType": "Lambda", "lambdaDetails": { "functionArn": FUNCTION } },
            "service": { "detectorId": "12abc3", "archived": false },
        })
    }

    fn read(pointer: &str, value: Value) -> Result<Event, EventError> {
        let mut detail = detail();
        let (parent, field) = pointer.rsplit_once('/').unwrap();
        detail.pointer_mut(parent).unwrap()[field] = value;
        finding(&detail.to_string(), &home())
    }

    #[test]
    fn however_its_severity_is_written_and_its_function_qualified_it_is_read() {
        for (pointer, value) in [
            ("/severity", json!(8.0)),
            ("/resource/lambdaDetails/functionArn", json!(format!("{FUNCTION}:7"))),
            ("/service/additionalInfo", json!({ "value": "{}", "type": "default" })),
            ("/service/additionalInfo", json!({ "value": "not JSON" })),
            ("/service/additionalInfo", json!({ "value": r#"{"sample":false}"# })),
        ] {
            let event = read(pointer, value).unwrap();
            let Kind::Threat { finding, threat } = &event.kind else { panic!("{event:?}") };
            assert_eq!(event.id, "5ac1b2");
            let arn = "arn:aws:guardduty:us-east-1:111122223333:detector/12abc3/finding/5ac1b2";
            assert_eq!(finding.to_string(), arn);
            assert_eq!(
                (threat.function.to_string(), threat.severity.to_string()),
                (FUNCTION.to_owned(), "8.0".to_owned())
            );
        }
    }

    #[test]
    fn what_found_nothing_or_nothing_here_is_ignored_and_says_why() {
        let abroad = FUNCTION.replace("111122223333", "123456789012");
        for (pointer, value, why) in [
            ("/service/additionalInfo", json!({ "value": r#"{"sample":true}"# }), "a sample"),
            ("/service/additionalInfo", json!({ "sample": true }), "a sample"),
            ("/service/archived", json!(true), "archived"),
            ("/resource/resourceType", json!("AccessKey"), "on no function"),
            ("/resource/lambdaDetails/functionArn", json!(abroad), "another account"),
        ] {
            let event = read(pointer, value).unwrap();
            assert!(matches!(&event.kind, Kind::Ignored(said) if said.contains(why)), "{event:?}");
        }
    }

    #[test]
    fn what_names_no_function_or_no_finding_is_malformed() {
        for (pointer, value) in [
            ("/resource/lambdaDetails", Value::Null),
            ("/resource/lambdaDetails/functionArn", json!("thumbnails")),
            ("/service/detectorId", json!("../12abc3")),
            ("/id", json!("")),
            ("/severity", json!(11)),
            ("/severity", json!("high")),
        ] {
            assert!(read(pointer, value.clone()).is_err(), "{pointer} {value}");
        }
    }
}
