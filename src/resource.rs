//! The names of things: accounts, functions, qualifiers, revisions, and anything else that has an ARN.
//! Parsed once, at the door. A function's name refuses anything that is not a Lambda function: layers,
//! event source mappings and web functions share the `lambda` prefix but are other resources.
//! Forms: <https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html> (`FunctionName`).

mod alarm;
mod arn;
#[cfg(feature = "cli")]
pub mod form;
mod identity_policy;
mod layer;
mod named;
mod organization;
mod principal;
mod role;

pub use alarm::AlarmArn;
pub use arn::Arn;
pub use identity_policy::IdentityPolicy;
pub use layer::LayerVersion;
pub use named::Resource;
pub use organization::{ORGANIZATION, is_organization_or_part};
pub use principal::PrincipalPattern;
pub use role::RoleArn;

use serde::{Deserialize, Serialize};
use std::fmt;

/// A name that AWS would not accept either. Whoever sent it must mend it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {expected}")]
pub struct ResourceError {
    text: String,
    expected: &'static str,
}

/// At most this many characters of an unusable name are repeated in an error.
const SHOWN: usize = 80;

impl ResourceError {
    fn new(text: &str, expected: &'static str) -> Self {
        Self { text: text.chars().filter(|c| !c.is_control()).take(SHOWN).collect(), expected }
    }
}

/// A twelve-digit AWS account id. A string, because leading zeros count.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccountId(String);

impl AccountId {
    /// Parses exactly twelve ASCII digits.
    pub fn parse(text: &str) -> Result<Self, ResourceError> {
        if is_account_id(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ResourceError::new(text, "a twelve-digit account id"))
        }
    }

    /// The twelve digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether the text has the form of an account id.
pub fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

/// Whether the text has the form of an organization's id.
/// <https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html>
pub fn is_organization_id(text: &str) -> bool {
    text.strip_prefix("o-").is_some_and(|rest| {
        (10..=32).contains(&rest.len())
            && rest.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    })
}

/// Where Cordon looks from: the partition, account and Region its events and functions live in.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Home {
    /// `aws`, `aws-cn`, `aws-us-gov`, ...
    pub partition: String,
    /// The account.
    pub account: AccountId,
    /// Any Region name: new ones are not refused.
    pub region: String,
}

impl Home {
    /// An account in a Region, whose name tells the partition.
    /// <https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html>
    pub fn of(account: AccountId, region: &str) -> Self {
        let partition = match region.split_once('-') {
            Some(("cn", _)) => "aws-cn",
            Some(("us", rest)) if rest.starts_with("gov-") => "aws-us-gov",
            Some(("eusc", _)) => "aws-eusc",
            Some(_) | None => "aws",
        };
        Self { partition: partition.to_owned(), account, region: region.to_owned() }
    }
}

/// The unqualified ARN of a Lambda function.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FunctionArn {
    partition: String,
    region: String,
    account: AccountId,
    name: String,
}

impl FunctionArn {
    /// Parses an unqualified function ARN.
    pub fn parse(text: &str) -> Result<Self, ResourceError> {
        let resource = FunctionResource::parse_arn(text)?;
        match resource.qualifier {
            None => Ok(resource.function),
            Some(_) => Err(ResourceError::new(text, "an unqualified function ARN")),
        }
    }

    /// The function `name` in `home`.
    pub fn new(home: &Home, name: &str) -> Result<Self, ResourceError> {
        if is_name(name) {
            Ok(Self {
                partition: home.partition.clone(),
                region: home.region.clone(),
                account: home.account.clone(),
                name: name.to_owned(),
            })
        } else {
            Err(ResourceError::new(name, "a function name"))
        }
    }

    /// The bare name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The account that owns the function.
    pub fn account(&self) -> &AccountId {
        &self.account
    }

    /// The Region it lives in.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The log group that is named after it, which it writes to unless it is told another one.
    /// <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html>
    pub fn log_group(&self) -> String {
        format!("/aws/lambda/{}", self.name)
    }

    /// Where the function lives.
    pub fn home(&self) -> Home {
        Home {
            partition: self.partition.clone(),
            account: self.account.clone(),
            region: self.region.clone(),
        }
    }
}

impl fmt::Display for FunctionArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { partition, region, account, name } = self;
        write!(f, "arn:{partition}:lambda:{region}:{account}:function:{name}")
    }
}

/// What may stand behind a function's name. `$LATEST` is the unqualified function here, because
/// its policy, URL and concurrency are those of the unqualified function.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Qualifier {
    /// A published version.
    Version(u64),
    /// An alias.
    Alias(String),
}

const LATEST_PUBLISHED: &str = "$LATEST.PUBLISHED";

impl Qualifier {
    /// `None` for `$LATEST`.
    pub fn parse(text: &str) -> Result<Option<Self>, ResourceError> {
        if text == "$LATEST" {
            return Ok(None);
        }
        if let Ok(version) = text.parse::<u64>()
            && text.bytes().all(|b| b.is_ascii_digit())
        {
            return Ok(Some(Self::Version(version)));
        }
        // What a managed instance runs: https://docs.aws.amazon.com/lambda/latest/api/API_PutResourcePolicy.html
        if text == LATEST_PUBLISHED || (text.len() <= 128 && is_name_text(text)) {
            return Ok(Some(Self::Alias(text.to_owned())));
        }
        Err(ResourceError::new(text, "a version or alias"))
    }
}

impl fmt::Display for Qualifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(version) => write!(f, "{version}"),
            Self::Alias(name) => f.write_str(name),
        }
    }
}

/// What a resource policy or a URL hangs on: a function, one of its versions or one of its aliases.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FunctionResource {
    /// The function.
    pub function: FunctionArn,
    /// The version or alias; none for the function itself.
    pub qualifier: Option<Qualifier>,
}

impl FunctionResource {
    /// Parses a full function ARN, qualified or not.
    pub fn parse_arn(text: &str) -> Result<Self, ResourceError> {
        let wrong = || ResourceError::new(text, "the ARN of a Lambda function");
        let mut parts = text.splitn(7, ':');
        let mut next = || parts.next().ok_or_else(wrong);
        let (arn, partition, service, region, account, kind) =
            (next()?, next()?, next()?, next()?, next()?, next()?);
        let rest = next()?;
        if arn != "arn" || service != "lambda" || kind != "function" || region.is_empty() {
            return Err(wrong());
        }
        if !partition.starts_with("aws") {
            return Err(wrong());
        }
        let account = AccountId::parse(account)?;
        let home = Home { partition: partition.to_owned(), account, region: region.to_owned() };
        Self::in_home(&home, rest)
    }

    /// Parses what a caller may type as `FunctionName`: a full ARN, or any tail of one from the
    /// Region, the account, `function` or the name on, each with or without a qualifier; `qualifier`
    /// is the separate parameter. The two must not contradict.
    pub fn parse(home: &Home, typed: &str, qualifier: Option<&str>) -> Result<Self, ResourceError> {
        let mut resource = if typed.starts_with("arn:") {
            Self::parse_arn(typed)?
        } else {
            Self::tail(home, typed)?
        };
        if let Some(text) = qualifier {
            let parsed = Qualifier::parse(text)?;
            if resource.qualifier.is_some() && resource.qualifier != parsed {
                return Err(ResourceError::new(typed, "in agreement with its qualifier"));
            }
            resource.qualifier = parsed;
        }
        Ok(resource)
    }

    /// `[region:][account:][function:]name[:qualifier]`, as the API's pattern has it:
    /// <https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html>.
    fn tail(home: &Home, typed: &str) -> Result<Self, ResourceError> {
        let mut home = home.clone();
        let mut rest = typed;
        if let Some((region, more)) = rest.split_once(':').filter(|(region, _)| is_region(region)) {
            region.clone_into(&mut home.region);
            rest = more;
        }
        if let Some((account, more)) = rest.split_once(':')
            && let Ok(account) = AccountId::parse(account)
        {
            home.account = account;
            rest = more;
        }
        Self::in_home(&home, rest.strip_prefix("function:").unwrap_or(rest))
    }

    fn in_home(home: &Home, rest: &str) -> Result<Self, ResourceError> {
        let (name, qualifier) = match rest.split_once(':') {
            None => (rest, None),
            Some((name, qualifier)) => (name, Qualifier::parse(qualifier)?),
        };
        Ok(Self { function: FunctionArn::new(home, name)?, qualifier })
    }
}

impl FunctionResource {
    /// Whether it is the alias of this name.
    pub fn is_alias(&self, name: &str) -> bool {
        matches!(&self.qualifier, Some(Qualifier::Alias(alias)) if alias == name)
    }
}

impl fmt::Display for FunctionResource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.qualifier {
            None => self.function.fmt(f),
            Some(qualifier) => write!(f, "{}:{qualifier}", self.function),
        }
    }
}

impl From<FunctionArn> for FunctionResource {
    fn from(function: FunctionArn) -> Self {
        Self { function, qualifier: None }
    }
}

/// The revision of a resource policy: what a guarded write compares. Not the function's revision.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RevisionId(pub String);

/// Such as `eu-west-1`, `us-gov-east-1` or `eusc-de-east-1`; functions can hardly be told apart from
/// a new form.
pub fn is_region(text: &str) -> bool {
    let mut parts = text.split('-');
    let (first, last) = (parts.next().unwrap_or_default(), parts.next_back().unwrap_or_default());
    let middle: Vec<&str> = parts.collect();
    (first.len() == 2 || first == "eusc")
        && !middle.is_empty()
        && middle.iter().all(|part| part.bytes().all(|b| b.is_ascii_lowercase()))
        && last.len() == 1
        && last.bytes().all(|b| b.is_ascii_digit())
}

/// Function names: 1 to 64 letters, digits, `-` and `_`.
fn is_name(text: &str) -> bool {
    text.len() <= 64 && is_name_text(text)
}

fn is_name_text(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// Text in, text out: the serde and `Display` plumbing of the types that are one string.
macro_rules! as_text {
    ($type:ty, $parse:expr) => {
        impl TryFrom<String> for $type {
            type Error = ResourceError;
            fn try_from(text: String) -> Result<Self, ResourceError> {
                $parse(&text)
            }
        }
        impl From<$type> for String {
            fn from(value: $type) -> Self {
                value.to_string()
            }
        }
    };
}

as_text!(AccountId, AccountId::parse);
as_text!(Arn, Arn::parse);
as_text!(FunctionArn, FunctionArn::parse);
as_text!(LayerVersion, LayerVersion::parse);
as_text!(AlarmArn, AlarmArn::parse);
as_text!(RoleArn, RoleArn::parse);
as_text!(FunctionResource, FunctionResource::parse_arn);
as_text!(Resource, Resource::parse);
as_text!(Qualifier, |text: &str| Qualifier::parse(text)?
    .ok_or_else(|| ResourceError::new(text, "a version or alias other than `$LATEST`")));

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests;
