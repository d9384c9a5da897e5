//! The roles a function assumed lately, from CloudTrail. Refuses to take another principal for the
//! function because its session has the function's name.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html>

use super::{Aws, AwsError, ErrorKind};
use crate::{
    aws::failed,
    resource::{FunctionArn, RoleArn},
};
use aws_sdk_cloudtrail::{
    Client,
    primitives::DateTime,
    types::{LookupAttribute, LookupAttributeKey},
};
use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, SystemTime},
};

/// No session lasts longer; one that was opened by another session ends after an hour.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-settings.html>
const LONGEST_SESSION: Duration = Duration::from_secs(12 * 60 * 60);

/// Two look-ups a second are allowed in an account and Region, to everybody together.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html>
const PACE: Duration = Duration::from_millis(500);
const PAGES: usize = 5;

/// Where calls of the global endpoint of STS are recorded.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_region-endpoints.html#reference_sts_global_endpoint_changes>
const GLOBAL: (&str, &str) = ("aws", "us-east-1");

const OPERATION: &str = "LookupEvents";

/// The sessions opened on each role, as `aws:userid` has them.
pub(super) type Assumed = BTreeMap<RoleArn, BTreeSet<String>>;

impl Aws {
    /// What was found, and what kept the rest from being looked through.
    pub(super) async fn assumed(
        &self,
        function: &FunctionArn,
    ) -> Result<(Assumed, Option<AwsError>), AwsError> {
        let role = self.function(function).await?.map(|live| live.role).unwrap_or_default();
        let by = Caller { function, role: &role };
        let own = self.cloudtrail().await;
        let home = function.home();
        let (partition, region) = GLOBAL;
        if home.partition != partition || home.region == region {
            return Ok(look_up(own, &by).await);
        }
        let global = self.cloudtrail_in(region).await;
        let (here, there) = futures_util::join!(look_up(own, &by), look_up(&global, &by));
        let (mut found, error) = here;
        for (role, sessions) in there.0 {
            found.entry(role).or_default().extend(sessions);
        }
        Ok((found, error.or(there.1)))
    }
}

/// Lambda names the session after the function.
async fn look_up(cloudtrail: &Client, by: &Caller<'_>) -> (Assumed, Option<AwsError>) {
    let name = by.function.name();
    let mut found = Assumed::new();
    let user = LookupAttribute::builder()
        .attribute_key(LookupAttributeKey::Username)
        .attribute_value(name)
        .build();
    let user = match user {
        Ok(user) => user,
        Err(_) => return (found, Some(failure(name, "no user name"))),
    };
    let since = SystemTime::now().checked_sub(LONGEST_SESSION).map(DateTime::from);
    let mut token = None;
    for page in 0..PAGES {
        if page > 0 {
            tokio::time::sleep(PACE).await;
        }
        let answer = cloudtrail
            .lookup_events()
            .lookup_attributes(user.clone())
            .set_start_time(since)
            .set_next_token(token)
            .send()
            .await
            .map_err(failed(OPERATION, name));
        let output = match answer {
            Ok(output) => output,
            Err(error) => return (found, Some(error)),
        };
        for event in output.events.unwrap_or_default() {
            let record = event.cloud_trail_event.unwrap_or_default();
            if let Some((role, session)) = session(&record, by) {
                found.entry(role).or_default().insert(session);
            }
        }
        token = output.next_token;
        if token.is_none() {
            return (found, None);
        }
    }
    (found, Some(failure(name, "more events than are looked through")))
}

fn failure(name: &str, code: &str) -> AwsError {
    AwsError::new(OPERATION, name, ErrorKind::Invalid, code)
}

/// Whose calls are meant.
struct Caller<'a> {
    function: &'a FunctionArn,
    role: &'a str,
}

/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    event_name: String,
    event_source: String,
    user_identity: Identity,
    request_parameters: Option<Parameters>,
    response_elements: Option<Elements>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Identity {
    #[serde(rename = "type")]
    kind: Option<String>,
    principal_id: Option<String>,
    session_context: Option<Context>,
    in_scope_of: Option<Scope>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Context {
    session_issuer: Option<Issuer>,
}

#[derive(Deserialize)]
struct Issuer {
    arn: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Scope {
    credentials_issued_to: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parameters {
    role_arn: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Elements {
    assumed_role_user: Option<AssumedUser>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AssumedUser {
    assumed_role_id: Option<String>,
}

/// The role and the session that a record tells of; none for any other call, for one that failed and
/// for one of somebody else.
fn session(record: &str, by: &Caller<'_>) -> Option<(RoleArn, String)> {
    let record: Record = serde_json::from_str(record).ok()?;
    let is_call = record.event_source == "sts.amazonaws.com" && record.event_name == "AssumeRole";
    if !is_call || !made_by(&record.user_identity, by) {
        return None;
    }
    let role = RoleArn::parse(&record.request_parameters?.role_arn?).ok()?;
    Some((role, record.response_elements?.assumed_role_user?.assumed_role_id?))
}

/// Credentials are issued to the function by name, or are of a session of its role that has its name.
fn made_by(identity: &Identity, by: &Caller<'_>) -> bool {
    if identity.kind.as_deref() != Some("AssumedRole") {
        return false;
    }
    let issued_to = identity.in_scope_of.as_ref().and_then(|to| to.credentials_issued_to.as_ref());
    if let Some(issued_to) = issued_to {
        return *issued_to == by.function.to_string();
    }
    let issuer =
        identity.session_context.as_ref().and_then(|context| context.session_issuer.as_ref());
    let of_role = issuer.and_then(|issuer| issuer.arn.as_deref()) == Some(by.role);
    let session = identity.principal_id.as_deref().and_then(|id| id.split_once(':'));
    of_role && session.is_some_and(|(_, session)| session == by.function.name())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const FUNCTION: &str = "arn:aws:lambda:eu-west-1:123456789012:function:thumbs";
    const ROLE: &str = "arn:aws:iam::123456789012:role/thumbs";
    const OTHER: &str = "arn:aws:iam::123456789012:role/admin";
    const SESSION: &str = "AROAEXAMPLE:loot";

    fn record() -> Value {
        json!({
            "eventVersion": "1.11",
            "eventSource": "sts.amazonaws.com",
            "eventName": "AssumeRole",
            "userIdentity": {
                "type": "AssumedRole",
                "principalId": "AROAOWN:thumbs",
                "sessionContext": {"sessionIssuer": {"type": "Role", "arn": ROLE}},
            },
            "requestParameters": {"roleArn": OTHER, "roleSessionName": "loot"},
            "responseElements": {
                "credentials": {"accessKeyId": "ASIA", "expiration": "soon"},
                "assumedRoleUser": {"assumedRoleId": SESSION, "arn": "any"},
            },
        })
    }

    fn look(change: impl FnOnce(&mut Value)) -> Option<String> {
        let mut record = record();
        change(&mut record);
        let function = FunctionArn::parse(FUNCTION).unwrap();
        let by = Caller { function: &function, role: ROLE };
        session(&record.to_string(), &by).map(|(role, session)| format!("{role} {session}"))
    }

    #[test]
    fn a_session_that_the_function_opened_is_found() {
        let found = Some(format!("{OTHER} {SESSION}"));
        assert_eq!(look(|_| {}), found);
        let issued =
            json!({"issuerType": "AWS::Lambda::Function", "credentialsIssuedTo": FUNCTION});
        assert_eq!(look(|record| record["userIdentity"]["inScopeOf"] = issued), found);
    }

    #[test]
    fn nobody_elses_session_is_taken_for_the_functions() {
        assert_eq!(look(|r| r["userIdentity"]["principalId"] = json!("AROAOWN:other")), None);
        assert_eq!(look(|r| r["userIdentity"]["type"] = json!("IAMUser")), None);
        let issuer = "/userIdentity/sessionContext/sessionIssuer/arn";
        assert_eq!(look(|r| *r.pointer_mut(issuer).unwrap() = json!(OTHER)), None);
        let issued = json!({"credentialsIssuedTo": format!("{FUNCTION}-2")});
        assert_eq!(look(|r| r["userIdentity"]["inScopeOf"] = issued), None);
    }

    #[test]
    fn what_opened_no_session_is_left_out() {
        assert_eq!(look(|r| r["responseElements"] = Value::Null), None);
        assert_eq!(look(|r| r["eventName"] = json!("GetCallerIdentity")), None);
        assert_eq!(look(|r| r["eventSource"] = json!("evil.example")), None);
        assert_eq!(look(|r| r["requestParameters"]["roleArn"] = json!("no role")), None);
    }
}
