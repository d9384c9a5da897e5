//! How far a resource pattern of an identity policy reaches: everything, every resource of a
//! service, of one type, of one Region, or only some.
//! Refuses to guess: what would need a wildcard where AWS does not document one is in doubt.
//! Wildcards: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>.

use crate::iam::pattern::{covers, has_wildcard};
use crate::resource::is_account_id;
use serde::Serialize;

/// Which resources a grant is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Extent {
    /// Every resource.
    Everything,
    /// Every resource of a service.
    Service,
    /// Every resource but some.
    AllBut,
    /// Every resource of one type, such as every table.
    Type,
    /// Every resource of a service or of a type in some Regions.
    Region,
    /// Some resources only.
    Part,
}

/// How far one resource pattern reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach<'a> {
    /// The service of the ARN; none for every service.
    pub service: Option<&'a str>,
    pub extent: Extent,
    /// Why it may reach less.
    pub doubt: Option<&'static str>,
}

/// Services whose ARNs have no Region.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
const GLOBAL: [&str; 10] = [
    "budgets",
    "cloudfront",
    "globalaccelerator",
    "iam",
    "organizations",
    "route53",
    "s3",
    "shield",
    "sts",
    "waf",
];

/// Services whose ARNs have no account.
const WITHOUT_ACCOUNT: [&str; 3] = ["apigateway", "route53", "s3"];

/// Services whose resources begin with the name that the customer chose, not with a type.
const NAMED: [&str; 7] =
    ["codecommit", "codepipeline", "execute-api", "neptune-db", "s3", "sns", "sqs"];

/// Services whose resources begin with their type.
const TYPED: [&str; 63] = [
    "acm",
    "apigateway",
    "appsync",
    "athena",
    "autoscaling",
    "backup",
    "batch",
    "bedrock",
    "cassandra",
    "cloudformation",
    "cloudfront",
    "cloudtrail",
    "cloudwatch",
    "codebuild",
    "codedeploy",
    "cognito-identity",
    "cognito-idp",
    "config",
    "dax",
    "dms",
    "ds",
    "dynamodb",
    "ec2",
    "ecr",
    "ecs",
    "eks",
    "elasticache",
    "elasticfilesystem",
    "elasticloadbalancing",
    "elasticmapreduce",
    "emr-serverless",
    "es",
    "events",
    "firehose",
    "glue",
    "guardduty",
    "iam",
    "iot",
    "kafka",
    "kinesis",
    "kms",
    "lambda",
    "logs",
    "mq",
    "organizations",
    "pipes",
    "ram",
    "rds",
    "redshift",
    "route53",
    "s3express",
    "sagemaker",
    "scheduler",
    "secretsmanager",
    "servicediscovery",
    "ses",
    "ssm",
    "states",
    "swf",
    "transfer",
    "wafv2",
    "workspaces",
    "xray",
];

const VARIABLE: &str = "a policy variable stands in the resource";
const ANY_SERVICE: &str = "a wildcard stands for the service of the resource";
const INCOMPLETE: &str = "the ARN of the resource is incomplete";
const NO_REGION: &str = "the ARN of the resource has no Region";
const NO_ACCOUNT: &str = "the ARN of the resource has no account";
const NAME_OR_TYPE: &str = "whether the resource begins with a type or a name is not known";

/// How far the pattern reaches; `variables` if `${...}` is a variable in it.
pub fn reach(pattern: &str, variables: bool) -> Reach<'_> {
    if !pattern.is_empty() && pattern.bytes().all(|b| b == b'*') {
        return Reach { service: None, extent: Extent::Everything, doubt: None };
    }
    let mut parts = segments(pattern, variables);
    let (arn, _partition) = (parts.next(), parts.next());
    let service = parts.next().filter(|_| arn == Some("arn"));
    let Some(service) = service else {
        let doubt = covers(pattern, "arn:*").then_some(ANY_SERVICE);
        let extent = if doubt.is_some() { Extent::Everything } else { Extent::Part };
        return Reach { service: None, extent, doubt };
    };
    if has_wildcard(service) {
        let rest_is_whole = parts.all(|part| part.bytes().all(|b| b == b'*'));
        let extent = if rest_is_whole { Extent::Everything } else { Extent::Part };
        return Reach { service: None, extent, doubt: Some(ANY_SERVICE) };
    }
    let (region, account, resource) = (parts.next(), parts.next(), parts.next());
    let doubts = [
        (variables && pattern.contains("${")).then_some(VARIABLE),
        // "If the * wildcard is the last character of a resource ARN segment, it can expand to
        // match beyond the colon boundaries."
        (resource.is_none() && !pattern.ends_with('*')).then_some(INCOMPLETE),
        (region == Some("") && !is_one_of(&GLOBAL, service)).then_some(NO_REGION),
        (account == Some("") && !is_one_of(&WITHOUT_ACCOUNT, service)).then_some(NO_ACCOUNT),
    ];
    let (extent, doubt) = extent(service, region, account, resource, variables);
    let doubt = doubts.into_iter().flatten().next().or(doubt);
    let doubt = doubt.filter(|_| extent != Extent::Part);
    Reach { service: Some(service), extent, doubt }
}

/// The six parts of an ARN pattern, or those it has. The colon of a variable parts nothing.
fn segments(pattern: &str, variables: bool) -> impl Iterator<Item = &str> {
    let mut inside = false;
    pattern.splitn(6, move |c| {
        inside = variables && if inside { c != '}' } else { c == '{' };
        c == ':' && !inside
    })
}

fn extent(
    service: &str,
    region: Option<&str>,
    account: Option<&str>,
    resource: Option<&str>,
    variables: bool,
) -> (Extent, Option<&'static str>) {
    let open = |part: Option<&str>| {
        part.is_none_or(|part| part.is_empty() || is_star(part) || is_variable(part, variables))
    };
    if !open(account) && !account.is_some_and(is_account_id) {
        return (Extent::Part, None);
    }
    let (whole, doubt) = match resource {
        None => (Extent::Service, None),
        Some(resource) if is_variable(resource, variables) => (Extent::Service, Some(VARIABLE)),
        Some(resource) => resources(service, resource),
    };
    if whole == Extent::Part || open(region) { (whole, doubt) } else { (Extent::Region, doubt) }
}

/// How far the last part of an ARN pattern reaches.
fn resources(service: &str, resource: &str) -> (Extent, Option<&'static str>) {
    if is_star(resource.trim_start_matches('/')) {
        return (Extent::Service, None);
    }
    // Some resources begin with a slash: `/restapis/*`
    let mut parts = resource.trim_start_matches('/').split(['/', ':']);
    let kind = parts.next().unwrap_or_default();
    let rest: Vec<&str> = parts.collect();
    let all = |parts: &[&str]| parts.iter().all(|part| is_star(part));
    if is_star(kind) && all(&rest) {
        // Every object of every bucket, for instance.
        return (Extent::Type, None);
    }
    // `role*`
    let prefixed =
        kind.strip_suffix('*').is_some_and(|kind| !kind.is_empty() && !has_wildcard(kind));
    // `table/*/index/*`, `log-group:*:log-stream:*`
    let typed = rest.first().is_some_and(|part| is_star(part))
        && rest.last().is_some_and(|part| is_star(part))
        && rest.iter().all(|part| is_star(part) || !has_wildcard(part));
    let whole = if has_wildcard(kind) { prefixed && all(&rest) } else { typed };
    if !whole || is_one_of(&NAMED, service) {
        return (Extent::Part, None);
    }
    (Extent::Type, (!is_one_of(&TYPED, service)).then_some(NAME_OR_TYPE))
}

fn is_star(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|b| b == b'*')
}

fn is_variable(part: &str, variables: bool) -> bool {
    variables && part.starts_with("${") && part.ends_with('}')
}

fn is_one_of(services: &[&str], service: &str) -> bool {
    services.iter().any(|known| known.eq_ignore_ascii_case(service))
}

#[cfg(test)]
#[path = "reach_tests.rs"]
mod tests;
