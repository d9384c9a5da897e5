//! Callers: whom a principal stands for, and by which means a request reaches Lambda.
//! Refuses principals that are not provably one account's, one service's or everybody's.
//! Forms: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>.

use super::setting::Setting;
use crate::iam::document::{Principal, Statement};
use crate::iam::pattern::{Arn, has_wildcard};
use crate::iam::service::{self, Row};
use crate::resource::is_account_id;

/// Whom a principal stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Base {
    Everybody,
    EveryService,
    Account(Named),
    Service { name: String },
    Nobody,
    Unclear(&'static str),
}

/// A principal of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The principal as written.
    pub written: String,
    pub account: String,
    pub role: Role,
}

/// Which ARN the caller has as `aws:PrincipalArn`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// Any role or user the account cares to create.
    Free,
    Fixed(String),
    /// A session of a role; the path of the role is not told.
    Session {
        role: String,
    },
}

/// With what the caller signs: what it is and how it got its keys decide several condition keys
/// together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signer {
    pub kind: Kind,
    pub keys: Keys,
}

/// What signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Role,
    User,
    Root,
    Federated,
}

/// How the signer got its keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keys {
    LongTerm,
    Temporary,
    /// Temporary ones, for which a second factor was shown.
    SecondFactor,
}

impl Signer {
    /// The plainest one.
    pub const SESSION: Self = Self { kind: Kind::Role, keys: Keys::Temporary };

    const ALL: [Self; 5] = [
        Self::SESSION,
        Self { kind: Kind::Role, keys: Keys::SecondFactor },
        Self { kind: Kind::User, keys: Keys::LongTerm },
        Self { kind: Kind::User, keys: Keys::SecondFactor },
        Self { kind: Kind::Root, keys: Keys::LongTerm },
    ];

    /// Those that the role leaves open.
    pub fn all_of(role: &Role) -> impl Iterator<Item = Self> {
        let kind = match role {
            Role::Free => None,
            Role::Session { .. } => Some(Kind::Role),
            Role::Fixed(arn) if arn.contains(":federated-user/") => Some(Kind::Federated),
            Role::Fixed(arn) if arn.contains(":user/") => Some(Kind::User),
            Role::Fixed(_) => Some(Kind::Role),
        };
        let federated = Self { kind: Kind::Federated, keys: Keys::Temporary };
        let all = Self::ALL.into_iter().chain([federated]);
        all.filter(move |signer| match kind {
            None => signer.kind != Kind::Federated,
            Some(kind) => signer.kind == kind,
        })
    }
}

/// Whether the caller's account belongs to an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Member<'a> {
    OfNone,
    Of(&'a str),
    /// Of one part of an organization, as a path that may end in a wildcard.
    In(&'a str),
    Unsure,
}

/// How the request reaches Lambda.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means<'a> {
    Internet,
    /// Through an interface endpoint in a VPC of the caller.
    Endpoint,
    /// Through CloudFormation, with the caller's credentials.
    CloudFormation,
    /// Unsigned, through a function URL.
    Unsigned,
    Service {
        /// The service principal.
        name: &'a str,
        row: Option<&'static Row>,
        /// Whether a bucket named literally counts as one a stranger may own: a bucket's name is
        /// free again once the bucket is deleted.
        any_bucket: bool,
    },
}

/// One caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller<'a> {
    pub means: Means<'a>,
    /// Its account, or the account a service acts for.
    pub account: Option<&'a str>,
    pub role: &'a Role,
    pub signer: Signer,
    /// The ARN of its session, where the grant names one.
    pub session: Option<&'a str>,
    pub member: Member<'a>,
    /// What AWS named its VPC and endpoint.
    pub network: &'a str,
}

impl<'a> Caller<'a> {
    /// The service principal, if a service calls.
    pub fn service(&self) -> Option<&'a str> {
        match self.means {
            Means::Service { name, .. } => Some(name),
            Means::Internet | Means::Endpoint | Means::CloudFormation | Means::Unsigned => None,
        }
    }
}

/// Whom `principal` stands for.
pub fn base(principal: &Principal, statement: &Statement, setting: &Setting<'_>) -> Base {
    match principal {
        Principal::Anyone => Base::Everybody,
        Principal::NotListed => {
            let specific = statement.not_principals.iter().all(|excluded| {
                matches!(excluded, Principal::Aws(_) | Principal::Service(_) | Principal::Dead(_))
            });
            if specific { Base::Everybody } else { Base::Unclear("its NotPrincipal is not clear") }
        }
        Principal::Aws(text) => named(text, &setting.home.partition)
            .map_or(Base::Unclear("the principal is not one account's"), Base::Account),
        Principal::Service(name) if name == "*" => Base::EveryService,
        Principal::Service(name) if service::service_name(name).is_some() => {
            Base::Service { name: name.clone() }
        }
        Principal::Service(_) => Base::Unclear("the service principal is not known"),
        Principal::Dead(_) => Base::Nobody,
        Principal::Federated(_) => {
            Base::Unclear("who signs in at an identity provider is not known")
        }
        Principal::Other { .. } => Base::Unclear("the type of principal is not known"),
    }
}

fn named(text: &str, partition: &str) -> Option<Named> {
    if is_account_id(text) {
        return Some(Named {
            written: text.to_owned(),
            account: text.to_owned(),
            role: Role::Free,
        });
    }
    let arn = Arn::parse(text)?;
    if has_wildcard(text) || arn.partition != partition || !arn.region.is_empty() {
        return None;
    }
    let role = match (arn.service, arn.resource.split_once('/')) {
        ("iam", None) if arn.resource == "root" => Role::Free,
        ("iam", Some(("role" | "user", name))) | ("sts", Some(("federated-user", name)))
            if !name.is_empty() =>
        {
            Role::Fixed(text.to_owned())
        }
        ("sts", Some(("assumed-role", session))) => {
            let (role, _) = session.split_once('/').filter(|(role, _)| !role.is_empty())?;
            Role::Session { role: format!("arn:{partition}:iam::{}:role/{role}", arn.account) }
        }
        _ => return None,
    };
    is_account_id(arn.account).then(|| Named {
        written: text.to_owned(),
        account: arn.account.to_owned(),
        role,
    })
}
