//! Which scope keeps a service's trigger alive: one row per service that invokes functions.
//! Refuses to scope where a legitimate trigger may live elsewhere, or where nobody documented it.
//! Guides: <https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-services.html>.

use super::condition::Clause;
use super::exposure::{self, Exposure, Standpoint};
use super::model::{Effect, Principal, Statement};
use super::owner::{self, Owner};
use super::setting::{Circle, Setting};
use crate::resource::Home;
use serde::Serialize;

/// How to scope a service's statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServiceScope {
    /// Add these limits.
    Limit(Vec<Limit>),
    /// The service invokes with a role: removing the statement breaks nothing.
    NoTriggerNeedsIt,
    /// The statement serves only somebody else's account: remove it.
    Foreign,
    /// No scope is certain to keep the trigger alive, and why: only notify.
    Undetermined(&'static str),
}

/// One clause to add to a statement's condition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Limit {
    /// The operator.
    pub operator: &'static str,
    /// The condition key, spelt as Terraform reads it.
    pub key: &'static str,
    /// The only value.
    pub value: String,
}

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
    rule: Rule,
}

/// How the service's statements may be scoped. `{p}`, `{r}` and `{a}` in an ARN stand for the
/// function's partition, Region and account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// The trigger always lives in the function's account.
    Account,
    /// The same, by ARN.
    Arn(&'static str),
    /// The source account for Regional principals, the ARN for the global one.
    AccountIfRegional(&'static str),
    /// The trigger may live elsewhere: only if nobody else is trusted.
    AccountIfAlone,
    /// The same, by ARN.
    ArnIfAlone(&'static str),
    /// It invokes with a role.
    Role,
    /// Only notify.
    Notify(&'static str),
}

const UNVERIFIED: &str = "which scope keeps the triggers of this service alive is not documented";
const TOKEN: &str =
    "a skill is scoped by its event source token, which only the skill's owner knows";
const ORGANIZATION_RULES: &str = "organization rules call from the management account: name the \
                                  accounts of the rules that use this function";
const LOOK_UP: &str = "this service is granted access without a scope: name the trigger's account";
const ELSEWHERE: &str =
    "the trigger may belong to a trusted account or organization: name the trigger's account";

const fn row(name: &'static str, arn: &'static str, resource: &'static str, rule: Rule) -> Row {
    Row { name, arn: Some(arn), resource, account_sent: true, rule }
}

const fn bare(name: &'static str, rule: Rule) -> Row {
    Row { name, arn: None, resource: "", account_sent: false, rule }
}

static ROWS: [Row; 29] = [
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
        Rule::Arn("arn:{p}:cognito-idp:*:{a}:userpool/*"),
    ),
    row("lexv2", "lex", "bot-alias/BOT/ALIAS", Rule::Arn("arn:{p}:lex:*:{a}:*")),
    row("transfer", "transfer", "server/s-1", Rule::Arn("arn:{p}:transfer:*:{a}:*")),
    row("connect", "connect", "instance/1", Rule::Arn("arn:{p}:connect:*:{a}:*")),
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html
    row("lambda.alarms.cloudwatch", "cloudwatch", "alarm:alarm", Rule::AccountIfAlone),
    row("secretsmanager", "secretsmanager", "secret:secret", Rule::Account),
    row("ses", "ses", "receipt-rule-set/set:receipt-rule/rule", Rule::Account),
    row("bedrock", "bedrock", "agent/AGENT", Rule::Account),
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

/// Such as `eu-west-1`: at least three parts, the last a number.
fn is_region(text: &str) -> bool {
    let number = text
        .rsplit('-')
        .next()
        .is_some_and(|last| !last.is_empty() && last.bytes().all(|b| b.is_ascii_digit()));
    number && text.split('-').count() >= 3
}

/// What is known of a service principal.
pub(super) fn row_of(principal: &str) -> Option<&'static Row> {
    let (name, _) = service_name(principal)?;
    ROWS.iter().find(|row| row.name == name)
}

/// The services whose own triggers reach a function.
pub(super) fn triggers() -> impl Iterator<Item = &'static Row> {
    ROWS.iter().filter(|row| match row.rule {
        Rule::Account
        | Rule::Arn(_)
        | Rule::AccountIfRegional(_)
        | Rule::AccountIfAlone
        | Rule::ArnIfAlone(_) => true,
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

/// How to scope what `statement` grants to `service`, so that its trigger stays alive. Whomever else
/// the statement names, the grant is judged as if it named the service alone.
pub fn scope_service(
    statement: &Statement,
    service: &str,
    standpoint: Standpoint<'_>,
) -> ServiceScope {
    let principal = Principal::Service(service.to_owned());
    if statement.effect != Effect::Allow || !statement.principals.contains(&principal) {
        return ServiceScope::Undetermined("the statement grants nothing to this service");
    }
    let alone = Statement { principals: vec![principal.clone()], ..statement.clone() };
    let statement = &alone;
    let setting = Setting::new(std::slice::from_ref(statement), standpoint);
    let grant = exposure::judge(&principal, statement, &setting);
    if grant.exposure != Exposure::UnscopedService {
        return ServiceScope::Undetermined("the statement is not provably unscoped");
    }
    let clauses = setting.clauses(statement);
    match source(&clauses, &setting) {
        Source::Foreign => ServiceScope::Foreign,
        Source::Unclear => {
            ServiceScope::Undetermined("its conditions name sources that cannot be told apart")
        }
        Source::Open => by_rule(statement, service, &setting),
    }
}

/// What the statement's conditions say of the source already.
enum Source {
    Foreign,
    Unclear,
    /// Nothing that an added limit could contradict.
    Open,
}

fn source(clauses: &[Clause], setting: &Setting<'_>) -> Source {
    let partition = &setting.home.partition;
    let is_source = |c: &Clause| matches!(c.name(), "aws:sourceaccount" | "aws:sourcearn");
    let foreign = |owner: &Owner<'_>| {
        matches!(owner, Owner::Account(_)) && !setting.holds(Circle::Trusted, owner)
    };
    let all_foreign = |c: &Clause| {
        c.when_absent() == Some(false)
            && c.understood().is_some_and(|operator| !operator.negated)
            && owner::named(c, partition).filter(foreign).count() == c.values.len()
    };
    if clauses.iter().any(|c| is_source(c) && all_foreign(c)) {
        return if clauses.iter().all(is_source) { Source::Foreign } else { Source::Unclear };
    }
    let names_owner = clauses.iter().any(|c| owner::named(c, partition).next().is_some());
    if names_owner { Source::Unclear } else { Source::Open }
}

fn by_rule(statement: &Statement, service: &str, setting: &Setting<'_>) -> ServiceScope {
    let Some(row) = row_of(service) else { return ServiceScope::Undetermined(UNVERIFIED) };
    let regional = service_name(service).is_some_and(|(_, region)| region.is_some());
    if regional && row.name != "logs" && row.name != "sns" {
        return ServiceScope::Undetermined(UNVERIFIED);
    }
    let alone = setting.trusted.is_alone();
    let limit = match row.rule {
        Rule::Account => account_limit(&setting.home),
        Rule::Arn(arn) => arn_limit(arn, &setting.home),
        Rule::AccountIfRegional(_) if regional => account_limit(&setting.home),
        Rule::AccountIfRegional(arn) => arn_limit(arn, &setting.home),
        Rule::AccountIfAlone if alone => account_limit(&setting.home),
        Rule::ArnIfAlone(arn) if alone => arn_limit(arn, &setting.home),
        Rule::AccountIfAlone | Rule::ArnIfAlone(_) => {
            return ServiceScope::Undetermined(ELSEWHERE);
        }
        Rule::Role => return ServiceScope::NoTriggerNeedsIt,
        Rule::Notify(why) => return ServiceScope::Undetermined(why),
    };
    let taken = |c: &Clause| c.key.eq_ignore_ascii_case(limit.key);
    if statement.conditions.iter().any(taken) {
        return ServiceScope::Undetermined("its condition uses the key of the scope already");
    }
    ServiceScope::Limit(vec![limit])
}

fn account_limit(home: &Home) -> Limit {
    let value = home.account.as_str().to_owned();
    Limit { operator: "StringEquals", key: "AWS:SourceAccount", value }
}

fn arn_limit(template: &str, home: &Home) -> Limit {
    let value = template
        .replace("{p}", &home.partition)
        .replace("{r}", &home.region)
        .replace("{a}", home.account.as_str());
    Limit { operator: "ArnLike", key: "AWS:SourceArn", value }
}

#[cfg(test)]
#[path = "service_tests.rs"]
mod tests;
