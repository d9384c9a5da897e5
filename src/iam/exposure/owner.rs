//! Owners: which account or organization a value of a condition key stands for.
//! Refuses to read an owner out of a value that a wildcard or a variable leaves open.
//! Keys: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>.

use crate::iam::condition::{Base, Clause};
use crate::iam::pattern::{Arn, glob, has_wildcard, literal_through_account};
use crate::resource::{is_account_id, is_organization_id};

/// Who stands behind a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner<'a> {
    Account(&'a str),
    Organization(&'a str),
    /// Part of an organization: a path, which may end in a wildcard.
    Path(&'a str),
    /// No request can hold a matching value.
    Nobody,
}

impl<'a> Owner<'a> {
    /// The organization of an organization or of a path in it.
    pub fn organization(&self) -> Option<&'a str> {
        match self {
            Owner::Organization(id) => Some(id),
            Owner::Path(path) => path.split_once('/').map(|(id, _)| id),
            Owner::Account(_) | Owner::Nobody => None,
        }
    }
}

/// The form in which a key names an owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Account,
    PrincipalArn,
    SourceArn,
    Organization,
    OrganizationPath,
}

impl Form {
    /// The form of a key, which is spelt without capitals.
    pub fn of(key: &str) -> Option<Self> {
        Some(match key {
            "aws:principalaccount" | "aws:sourceaccount" | "aws:vpceaccount" => Self::Account,
            "aws:principalarn" => Self::PrincipalArn,
            "aws:sourcearn" | "aws:sourcevpcarn" | "lambda:sourcefunctionarn" => Self::SourceArn,
            "aws:principalorgid" | "aws:sourceorgid" | "aws:vpceorgid" => Self::Organization,
            "aws:principalorgpaths" | "aws:sourceorgpaths" | "aws:vpceorgpaths" => {
                Self::OrganizationPath
            }
            _ => return None,
        })
    }
}

/// Services whose ARNs, as a source of Lambda invocations, always hold an account.
const ALWAYS_WITH_ACCOUNT: [&str; 9] =
    ["sns", "sqs", "logs", "execute-api", "lambda", "dynamodb", "cognito-idp", "cloudwatch", "iot"];

/// The owners that the values name one by one, values without an owner left out.
pub fn named<'c>(clause: &'c Clause, partition: &str) -> impl Iterator<Item = Owner<'c>> {
    let form = Form::of(clause.name());
    clause.values.iter().filter_map(move |value| of(form?, clause, value, partition))
}

/// The owner of everything that `value` of the clause matches, if it is one.
pub fn of<'v>(form: Form, clause: &Clause, value: &'v str, partition: &str) -> Option<Owner<'v>> {
    if clause.is_variable(value) {
        return None;
    }
    let base = clause.understood()?.base;
    let exact = matches!(base, Base::Equals | Base::EqualsIgnoreCase);
    let text = exact || base == Base::Like;
    let fixed = exact || (base == Base::Like && !has_wildcard(value));
    match form {
        Form::Account if fixed && is_account_id(value) => Some(Owner::Account(value)),
        // Only an unsigned request holds something else.
        Form::Account => {
            (exact && !value.eq_ignore_ascii_case("anonymous")).then_some(Owner::Nobody)
        }
        Form::Organization => {
            (fixed && is_organization_id(value)).then_some(Owner::Organization(value))
        }
        Form::OrganizationPath => {
            let (organization, _) = value.split_once('/')?;
            (text && is_organization_id(organization)).then_some(Owner::Path(value))
        }
        Form::PrincipalArn | Form::SourceArn => {
            let arn = match base {
                Base::Arn | Base::Equals => Arn::parse(value)?,
                Base::Like => literal_through_account(value)?,
                Base::EqualsIgnoreCase
                | Base::Bool
                | Base::Ip
                | Base::Null
                | Base::Number(_)
                | Base::Date(_)
                | Base::Binary => return None,
            };
            of_arn(form, &arn, base == Base::Equals, partition)
        }
    }
}

fn of_arn<'v>(form: Form, arn: &Arn<'v>, exact: bool, partition: &str) -> Option<Owner<'v>> {
    let here = if exact { arn.partition == partition } else { glob(arn.partition, partition) };
    if !here {
        return None;
    }
    if is_account_id(arn.account) {
        return Some(Owner::Account(arn.account));
    }
    // An empty account matches only an ARN without one, which these never are.
    let rule = arn.service == "events" && arn.resource.starts_with("rule/");
    let never = match form {
        Form::PrincipalArn => arn.service == "iam",
        Form::SourceArn => rule || ALWAYS_WITH_ACCOUNT.contains(&arn.service),
        Form::Account | Form::Organization | Form::OrganizationPath => false,
    };
    (arn.account.is_empty() && never).then_some(Owner::Nobody)
}
