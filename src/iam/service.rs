//! Services that invoke functions, one row each: what their requests hold, and which scope keeps
//! their triggers alive. Refuses a row that no guide documents.
//! Guides: <https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-services.html>.

use crate::resource::{Home, is_region};

/// What is known of a service that invokes functions.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// The service principal without Region and suffix.
    pub name: &'static str,
    /// The service part of its source ARNs.
    pub arn: Option<&'static str>,
    /// The resource part of a source ARN, for a witness.
    resource: &'static str,
    /// Whether its requests hold the source account.
    pub account_sent: bool,
    pub rule: Rule,
}

/// How the service's statements may be scoped. `{p}`, `{r}` and `{a}` in an ARN stand for the
/// function's partition, Region and account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// The trigger always lives in the function's account; by ARN.
    Arn(&'static str),
    /// The source account for Regional principals, the ARN for the global one.
    AccountIfRegional(&'static str),
    /// The trigger may live elsewhere, or no page says that it may not: only if nobody else is
    /// trusted.
    AccountIfAlone,
    /// The same, by ARN.
    ArnIfAlone(&'static str),
    /// It invokes with a role.
    Role,
    /// Only notify.
    Notify(&'static str),
}

pub(super) const UNVERIFIED: &str =
    "which scope keeps the triggers of this service alive is not documented";
const TOKEN: &str =
    "a skill is scoped by its event source token, which only the skill's owner knows";
const ORGANIZATION_RULES: &str = "organization rules call from the management account: name the \
                                  accounts of the rules that use this function";
const LOOK_UP: &str = "this service is granted access without a scope: name the trigger's account";
pub(super) const ELSEWHERE: &str =
    "the trigger may belong to a trusted account or organization: name the trigger's account";

const fn row(name: &'static str, arn: &'static str, resource: &'static str, rule: Rule) -> Row {
    Row { name, arn: Some(arn), resource, account_sent: true, rule }
}

const fn bare(name: &'static str, rule: Rule) -> Row {
    Row { name, arn: None, resource: "", account_sent: false, rule }
}

pub(super) static ROWS: [Row; 29] = [
    // A bucket's ARN has no account: https://docs.aws.amazon.com/lambda/latest/dg/with-s3.html
    row("s3", "s3", "strangers-bucket", Rule::AccountIfAlone),
    row("sns", "sns", "topic", Rule::ArnIfAlone("arn:{p}:sns:*:{a}:*")),
    // The source account breaks the trigger:
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-troubleshooting.html
    // Rules of other accounts call with their role, not as the service:
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-cross-account.html
    Row {
        name: "events",
        arn: Some("events"),
        resource: "rule/rule",
        account_sent: false,
        rule: Rule::Arn("arn:{p}:events:{r}:{a}:rule/*"),
    },
    row(
        "apigateway",
        "execute-api",
        "abcdef1234/prod/GET/",
        Rule::ArnIfAlone("arn:{p}:execute-api:*:{a}:*"),
    ),
    row("logs", "logs", "log-group:group:*", Rule::AccountIfRegional("arn:{p}:logs:{r}:{a}:*")),
    // https://docs.aws.amazon.com/iot/latest/developerguide/accessing-cross-account-resources-using-rules.html
    row("iot", "iot", "rule/rule", Rule::ArnIfAlone("arn:{p}:iot:{r}:{a}:*")),
    row(
        "cognito-idp",
        "cognito-idp",
        "userpool/pool",
        Rule::ArnIfAlone("arn:{p}:cognito-idp:*:{a}:userpool/*"),
    ),
    row("lexv2", "lex", "bot-alias/BOT/ALIAS", Rule::ArnIfAlone("arn:{p}:lex:*:{a}:*")),
    row("transfer", "transfer", "server/s-1", Rule::ArnIfAlone("arn:{p}:transfer:*:{a}:*")),
    row("connect", "connect", "instance/1", Rule::ArnIfAlone("arn:{p}:connect:*:{a}:*")),
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html
    row("lambda.alarms.cloudwatch", "cloudwatch", "alarm:alarm", Rule::AccountIfAlone),
    row("secretsmanager", "secretsmanager", "secret:secret", Rule::AccountIfAlone),
    row("ses", "ses", "receipt-rule-set/set:receipt-rule/rule", Rule::AccountIfAlone),
    row("bedrock", "bedrock", "agent/AGENT", Rule::AccountIfAlone),
    // Organization rules call from the management account:
    // https://docs.aws.amazon.com/config/latest/developerguide/config-rule-multi-account-deployment.html
    row("config", "config", "config-rule/rule", Rule::Notify(ORGANIZATION_RULES)),
    row(
        "cloudfront",
        "cloudfront",
        "distribution/DISTRIBUTION",
        Rule::ArnIfAlone("arn:{p}:cloudfront::{a}:distribution/*"),
    ),
    // Target group and function are in the same account and Region:
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
    row(
        "elasticloadbalancing",
        "elasticloadbalancing",
        "targetgroup/t/1",
        Rule::Arn("arn:{p}:elasticloadbalancing:{r}:{a}:targetgroup/*"),
    ),
    row("appsync", "appsync", "apis/api", Rule::Notify(LOOK_UP)),
    row("codecommit", "codecommit", "repository", Rule::Notify(UNVERIFIED)),
    // The same: https://docs.aws.amazon.com/vpc-lattice/latest/ug/lambda-functions.html
    Row {
        name: "vpc-lattice",
        arn: Some("vpc-lattice"),
        resource: "targetgroup/tg-1",
        account_sent: false,
        rule: Rule::Arn("arn:{p}:vpc-lattice:{r}:{a}:targetgroup/*"),
    },
    // Room and function are in the same account and Region; the policy is given in full:
    // https://docs.aws.amazon.com/ivs/latest/ChatUserGuide/security-iam.html
    row("ivschat", "ivschat", "room/room", Rule::Arn("arn:{p}:ivschat:{r}:{a}:room/*")),
    bare("datazone", Rule::Notify(UNVERIFIED)),
    bare("alexa-appkit", Rule::Notify(TOKEN)),
    bare("alexa-connectedhome", Rule::Notify(TOKEN)),
    bare("scheduler", Rule::Role),
    bare("pipes", Rule::Role),
    bare("states", Rule::Role),
    bare("firehose", Rule::Role),
    bare("codedeploy", Rule::Role),
];

/// Suffixes of service principals.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
const SUFFIXES: [&str; 2] = [".amazonaws.com", ".amazonaws.com.cn"];

/// Whether the text has the form of a service principal.
pub fn is_service_principal(text: &str) -> bool {
    service_name(text).is_some()
}

/// The name and the Region, if it has one, of a service principal.
pub(super) fn service_name(principal: &str) -> Option<(&str, Option<&str>)> {
    // Alexa's principals end otherwise: https://docs.aws.amazon.com/lambda/latest/dg/services-alexa.html
    if let Some(name @ ("alexa-appkit" | "alexa-connectedhome")) =
        principal.strip_suffix(".amazon.com")
    {
        return Some((name, None));
    }
    let name = SUFFIXES.iter().find_map(|suffix| principal.strip_suffix(suffix))?;
    let fine = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.';
    if name.is_empty() || !name.bytes().all(fine) || name.split('.').any(str::is_empty) {
        return None;
    }
    match name.rsplit_once('.') {
        Some((base, last)) if is_region(last) => Some((base, Some(last))),
        Some(_) | None => Some((name, None)),
    }
}

/// Whether skills of Alexa invoke as this principal.
pub(super) fn is_alexa(principal: &str) -> bool {
    matches!(service_name(principal), Some(("alexa-appkit" | "alexa-connectedhome", None)))
}

/// Whether CloudFront signs requests to function URLs as this principal.
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-lambda.html>
pub(super) fn is_cloudfront(principal: &str) -> bool {
    matches!(service_name(principal), Some(("cloudfront", None)))
}

/// What is known of a service principal.
pub(super) fn row_of(principal: &str) -> Option<&'static Row> {
    let (name, _) = service_name(principal)?;
    ROWS.iter().find(|row| row.name == name)
}

/// The services whose own triggers reach a function.
pub(super) fn triggers() -> impl Iterator<Item = &'static Row> {
    ROWS.iter().filter(|row| match row.rule {
        Rule::Arn(_) | Rule::AccountIfRegional(_) | Rule::AccountIfAlone | Rule::ArnIfAlone(_) => {
            true
        }
        Rule::Role | Rule::Notify(_) => false,
    })
}

impl Row {
    /// The ARN of a trigger in `account`.
    pub fn sample(&self, home: &Home, account: &str) -> Option<String> {
        let arn = self.arn?;
        let (region, account) = match arn {
            "s3" => ("", ""),
            "cloudfront" => ("", account),
            _ => (home.region.as_str(), account),
        };
        Some(format!("arn:{}:{arn}:{region}:{account}:{}", home.partition, self.resource))
    }
}
