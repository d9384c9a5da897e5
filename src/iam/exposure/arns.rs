//! ARNs a caller can bring about to match a pattern: its roles, and the triggers it owns.
//! Refuses names that IAM would not create and sources that the service would not send.
//! Keys: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>.

use super::caller::Kind;
use super::context::State;
use super::setting::Setting;
use crate::iam::condition::{Base, Clause};
use crate::iam::pattern::{Arn, example, glob, has_wildcard};
use crate::iam::service::Row;

/// ARNs of this kind that the account can create, or that are its own.
pub fn of_principals<'a>(
    account: &str,
    kind: Kind,
    clauses: &[&Clause],
    setting: &Setting<'_>,
) -> Vec<State<'a>> {
    let partition = &setting.home.partition;
    let start = format!("arn:{partition}:iam::{account}:");
    let own = match kind {
        Kind::Role => "role/",
        Kind::User => "user/",
        Kind::Root => return vec![State::Present(format!("{start}root").into())],
        Kind::Federated => return Vec::new(),
    };
    let mut arns = vec![format!("{start}{own}caller")];
    for clause in clauses {
        let Some(operator) = clause.understood() else { continue };
        for value in &clause.values {
            if operator.base == Base::Equals {
                arns.push(value.clone());
            } else if let Some(arn) = Arn::parse(value) {
                arns.push(format!("{start}{}", example(arn.resource)));
            }
            // Under string operators a wildcard may cross colons, and IAM paths may hold them.
            if let (Base::Like, Some((before, after))) = (operator.base, value.split_once('*'))
                && format!("{start}{own}").starts_with(before)
            {
                arns.push(format!("{start}{own}x{}", example(after)));
            }
        }
    }
    arns.retain(|arn| {
        let resource = arn.strip_prefix(&start);
        resource.is_some_and(|resource| resource.starts_with(own) && is_creatable(resource))
    });
    arns.into_iter().map(|arn| State::Present(arn.into())).collect()
}

/// The ARN of a user of this name, if there can be one.
pub fn of_user<'a>(account: &str, name: &str, setting: &Setting<'_>) -> Option<State<'a>> {
    let resource = format!("user/{name}");
    let arn = format!("arn:{}:iam::{account}:{resource}", setting.home.partition);
    is_creatable(&resource).then(|| State::Present(arn.into()))
}

/// `role/` or `user/` with a path and a name that IAM accepts.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
fn is_creatable(resource: &str) -> bool {
    let Some((kind, rest)) = resource.split_once('/') else { return false };
    let (path, name) = rest.rsplit_once('/').unwrap_or(("", rest));
    (kind == "role" || kind == "user")
        && (1..=64).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b))
        && path.len() <= 500
        // AWS makes and uses these itself:
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
        && !rest.starts_with("aws-service-role/")
        && path.bytes().all(|b| (0x21..=0x7e).contains(&b))
}

/// Source ARNs that a trigger in the account can have.
pub fn of_sources<'a>(
    row: &Row,
    account: &str,
    any_bucket: bool,
    clauses: &[&Clause],
    setting: &Setting<'_>,
) -> Vec<State<'a>> {
    let Some(sample) = row.sample(&setting.home, account) else { return Vec::new() };
    let mut arns = vec![sample.clone()];
    for clause in clauses {
        let Some(operator) = clause.understood() else { continue };
        for value in &clause.values {
            let made = match operator.base {
                Base::Equals => Some(value.clone()),
                Base::Arn | Base::Like => fill(value, &sample, row, any_bucket),
                Base::EqualsIgnoreCase
                | Base::Bool
                | Base::Ip
                | Base::Null
                | Base::Number(_)
                | Base::Date(_)
                | Base::Binary => None,
            };
            arns.extend(made.filter(|arn| is_plausible(arn, &sample, row)));
        }
    }
    if row.arn == Some("s3") && !any_bucket {
        // A literal bucket may be anybody's: only a wildcard says that strangers' buckets do.
        arns.retain(|arn| !clauses.iter().any(|clause| clause.values.contains(arn)));
    }
    arns.into_iter().map(|arn| State::Present(arn.into())).collect()
}

/// The pattern with its wildcards filled in from the sample where the sample fits.
fn fill(pattern: &str, sample: &str, row: &Row, any_bucket: bool) -> Option<String> {
    let (pattern, sample) = (Arn::parse(pattern)?, Arn::parse(sample)?);
    if row.arn == Some("s3") && !any_bucket && !pattern.resource.contains('*') {
        return None;
    }
    let pick = |pattern: &str, sample: &str| {
        if glob(pattern, sample) { sample.to_owned() } else { example(pattern) }
    };
    let account = if has_wildcard(pattern.account) || pattern.account == sample.account {
        sample.account
    } else {
        return None;
    };
    Some(format!(
        "arn:{}:{}:{}:{account}:{}",
        pick(pattern.partition, sample.partition),
        pick(pattern.service, sample.service),
        pick(pattern.region, sample.region),
        pick(pattern.resource, sample.resource),
    ))
}

fn is_plausible(arn: &str, sample: &str, row: &Row) -> bool {
    let (Some(arn), Some(sample)) = (Arn::parse(arn), Arn::parse(sample)) else { return false };
    arn.partition == sample.partition
        && arn.service == sample.service
        && arn.account == sample.account
        && arn.region.is_empty() == sample.region.is_empty()
        && !arn.resource.is_empty()
        && (row.name != "events" || arn.resource.starts_with("rule/"))
}
