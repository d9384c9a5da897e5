//! The policies that revoke the credentials of a compromised function, as texts to attach to a role.
//! Refuses values that would make a Deny say something else: names with wildcards or variables, no
//! session at all, a boundary that is not understood or too long.
//! Key: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-lambda-source-function-arn>.

mod boundary;

use super::document::json;
use super::document::{DocumentError, IdentityDocument, Statement, shown};
use crate::resource::FunctionArn;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use time::{Duration, OffsetDateTime, UtcOffset};

pub use boundary::{MANAGED_POLICY_SIZE, boundary, boundary_revokes};

/// The most characters that all inline policies of one role may have together, as [`policy_size`]
/// counts them.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length>
pub const INLINE_POLICIES_SIZE: usize = 10_240;

/// A policy that cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RevocationError {
    /// It is not a name that CloudWatch Logs takes.
    #[error("`{0}` is not a log group: whoever set the function's logging must mend it")]
    LogGroup(String),
    /// It is not the `aws:userid` of a role's session.
    #[error("`{0}` is not a role's session: whoever read it must mend it")]
    Session(String),
    /// A Deny of no session would say nothing.
    #[error("no session is named: whoever planned the revocation must name one")]
    NoSession,
    /// The permissions boundary is not a policy.
    #[error("the permissions boundary is wrong: {0}; whoever wrote it must mend it")]
    Malformed(#[from] DocumentError),
    /// The permissions boundary has an element, outside of its statements, that may change them.
    #[error("the permissions boundary has an unknown element: whoever wrote it must add the Deny")]
    Unknown,
    /// IAM would not take the permissions boundary.
    #[error(
        "the permissions boundary would have `{0}` characters, more than {most}: its owner must \
         shorten it",
        most = MANAGED_POLICY_SIZE
    )]
    TooLong(usize),
}

/// The log group that a function writes to: the one place where it may still write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogGroup {
    /// Its ARN, without `:*`.
    arn: String,
}

impl LogGroup {
    /// The log group of the function; `name` is its `LoggingConfig.LogGroup`, if it has one.
    /// <https://docs.aws.amazon.com/lambda/latest/api/API_LoggingConfig.html>
    pub fn of(function: &FunctionArn, name: Option<&str>) -> Result<Self, RevocationError> {
        let default = || format!("/aws/lambda/{}", function.name());
        let name = name.map_or_else(default, str::to_owned);
        let plain = |b: u8| b.is_ascii_alphanumeric() || b".-_/#".contains(&b);
        if !(1..=512).contains(&name.len()) || !name.bytes().all(plain) {
            return Err(RevocationError::LogGroup(shown(&name)));
        }
        let home = function.home();
        let (partition, region, account) = (home.partition, home.region, home.account);
        Ok(Self { arn: format!("arn:{partition}:logs:{region}:{account}:log-group:{name}") })
    }
}

/// The two Denies that take everything from the function but writing its own log. The ARN of the key
/// has no version and no alias. Lambda sets it for what the function's code calls, and for its own
/// calls to write the function's log, to send traces and to mount a file system; its other calls with
/// the role (decrypting the environment, network interfaces, reading event sources) lack it.
/// One statement with `NotAction` and `NotResource` would leave all actions on the log group, and
/// both log actions on everything else.
/// <https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html>
///
/// Permissions for the two log actions are given with `:*` behind the log group:
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html>.
/// `CreateLogGroup` is not left: a log group that is deleted during an incident stays so.
fn denies(function: &FunctionArn, log_group: &LogGroup) -> [(&'static str, Value); 2] {
    let actions = ["logs:CreateLogStream", "logs:PutLogEvents"];
    let from_it = json!({ "ArnEquals": { "lambda:SourceFunctionArn": function.to_string() } });
    let streams = format!("{}:*", log_group.arn);
    [
        (
            "CordonDenyFunction",
            json!({ "Effect": "Deny", "NotAction": actions, "Resource": "*", "Condition": from_it }),
        ),
        (
            "CordonDenyFunctionLogs",
            json!({ "Effect": "Deny", "Action": actions, "NotResource": streams,
                "Condition": from_it }),
        ),
    ]
}

/// Denies the function everything but writing its own log, to whomever else the role belongs. Holds
/// for credentials given out before and after.
pub fn deny_function(function: &FunctionArn, log_group: &LogGroup) -> String {
    document(denies(function, log_group))
}

/// Whether the policy says what [`deny_function`] says, and nothing else.
pub fn is_revoked(policy: &str, function: &FunctionArn, log_group: &LogGroup) -> bool {
    let (found, wanted) = (
        IdentityDocument::parse(policy),
        IdentityDocument::parse(&deny_function(function, log_group)),
    );
    let (Ok(found), Ok(wanted)) = (found, wanted) else { return false };
    let (found, wanted) = (found.statements(), wanted.statements());
    found.len() == wanted.len()
        && found.iter().zip(wanted).all(|(found, wanted)| says_the_same(found, wanted))
}

/// Whether two statements without variables say the same, whatever they are called.
fn says_the_same(one: &Statement, other: &Statement) -> bool {
    let clauses = |statement: &Statement| -> Vec<_> {
        let clauses = statement.conditions.iter();
        clauses.map(|one| (one.operator.clone(), one.key.clone(), one.values.clone())).collect()
    };
    one.effect == other.effect
        && one.actions == other.actions
        && one.resources == other.resources
        && one.unknown_elements.is_empty()
        && other.unknown_elements.is_empty()
        && clauses(one) == clauses(other)
}

/// Denies everything to all sessions of the role that were given out before `time`, whoever has
/// them. `aws:TokenIssueTime` is told in seconds, so that a begun second counts whole.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html>
pub fn deny_issued_before(time: OffsetDateTime) -> String {
    document([("CordonDenyIssuedBefore", deny_all(json!({ "DateLessThan": issued(time) })))])
}

/// Denies everything to these sessions of the role, if they were given out before `time`, and to
/// nobody else's. A session is the `aws:userid` of what a role's credentials call, which is
/// `role-id:caller-specified-role-name`: the role's id and the name of the session.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable>
pub fn deny_sessions(
    sessions: &BTreeSet<String>,
    time: OffsetDateTime,
) -> Result<String, RevocationError> {
    if sessions.is_empty() {
        return Err(RevocationError::NoSession);
    }
    if let Some(wrong) = sessions.iter().find(|session| !is_session(session)) {
        return Err(RevocationError::Session(shown(wrong)));
    }
    let condition = json!({ "StringEquals": { "aws:userid": sessions },
        "DateLessThan": issued(time) });
    Ok(document([("CordonDenySessions", deny_all(condition))]))
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes>,
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html> (`RoleSessionName`).
fn is_session(text: &str) -> bool {
    let Some((role, name)) = text.split_once(':') else { return false };
    let named = |b: u8| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b);
    role.strip_prefix("AROA").is_some_and(|rest| !rest.is_empty())
        && role.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        && (1..=64).contains(&name.len())
        && name.bytes().all(named)
}

fn issued(time: OffsetDateTime) -> Value {
    let begun = if time.nanosecond() == 0 { Duration::ZERO } else { Duration::SECOND };
    let time = time.saturating_add(begun);
    let time = time.checked_to_offset(UtcOffset::UTC).unwrap_or(time);
    let (date, (hour, minute, second)) = (time.date(), time.to_hms());
    json!({ "aws:TokenIssueTime": format!("{date}T{hour:02}:{minute:02}:{second:02}Z") })
}

fn deny_all(condition: Value) -> Value {
    json!({ "Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition })
}

/// A policy of these statements, each with its Sid.
fn document<const N: usize>(statements: [(&str, Value); N]) -> String {
    let statements = statements.map(|(sid, statement)| with_sid(sid, &statement)).join(",");
    format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#)
}

fn with_sid(sid: &str, statement: &Value) -> String {
    let mut named = json!({ "Sid": sid });
    if let (Value::Object(named), Value::Object(elements)) = (&mut named, statement) {
        named.extend(elements.clone());
    }
    named.to_string()
}

/// How many characters IAM counts: "IAM doesn't count white space". Of white space inside of a
/// string that is not said, so that it is counted here.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length>
pub fn policy_size(text: &str) -> usize {
    json::compact(text).chars().count()
}

#[cfg(test)]
#[path = "revocation/tests.rs"]
mod tests;

#[cfg(test)]
#[path = "revocation/properties.rs"]
mod properties;

#[cfg(test)]
pub(super) mod roles;
