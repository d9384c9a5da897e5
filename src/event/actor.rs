//! Who made a call, and from where, from the fields that AWS sets. Refuses whatever the caller can type:
//! `userAgent`, the name of a session, the name of a federated user.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html>
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>

use crate::resource::{AccountId, FunctionArn};
use std::{borrow::Cow, net::IpAddr};

/// Who called.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Actor {
    /// What kind of identity it is.
    pub identity: Identity,
    /// The principal's ARN.
    pub arn: Option<String>,
    /// The principal's account.
    pub account: Option<AccountId>,
    /// The AWS service that called on somebody's behalf.
    pub invoked_by: Option<String>,
    /// Whose temporary credentials these are: the role behind a session, or the user behind a
    /// federated one.
    pub role: Option<String>,
    /// Whether whoever signed in did so with a second factor. None for what is no session, as a long-term
    /// key: there was no sign-in at all.
    pub mfa: Option<bool>,
    /// Where the call came from.
    pub source: Source,
    /// The id of the access key that signed the call.
    pub key: Option<String>,
    /// The VPC endpoint that the call came through.
    pub endpoint: Option<String>,
    /// The function the credentials were issued to. AWS's word, not the caller's.
    pub issued_to: Option<FunctionArn>,
    /// The function of this installation that a role session is named after, as a function's own
    /// sessions are. Only a hint: whoever may assume the role can choose the name.
    pub named_after: Option<FunctionArn>,
}

/// The kinds of identity that CloudTrail tells apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Identity {
    /// The account's root user.
    Root,
    /// A user of IAM.
    IamUser,
    /// A session of a role.
    AssumedRole,
    /// Somebody a user of IAM, or root, got temporary credentials for.
    FederatedUser,
    /// Somebody from a web identity provider, who is about to get a session.
    WebIdentityUser,
    /// Somebody from a SAML identity provider, who is about to get a session.
    SamlUser,
    /// Another account.
    AwsAccount,
    /// A service of AWS.
    AwsService,
    /// A user of IAM Identity Center.
    IdentityCenterUser,
    /// None is told, or one that is not known here.
    #[default]
    Unknown,
}

impl Identity {
    /// As CloudTrail writes it.
    pub(super) fn parse(text: &str) -> Self {
        match text {
            "Root" => Self::Root,
            "IAMUser" => Self::IamUser,
            "AssumedRole" => Self::AssumedRole,
            "FederatedUser" => Self::FederatedUser,
            "WebIdentityUser" => Self::WebIdentityUser,
            "SAMLUser" => Self::SamlUser,
            "AWSAccount" => Self::AwsAccount,
            "AWSService" => Self::AwsService,
            "IdentityCenterUser" => Self::IdentityCenterUser,
            _ => Self::Unknown,
        }
    }
}

/// Where a call came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Source {
    /// From this address. Through a VPC endpoint it is one of the VPC's own, which anybody's VPC has.
    Address(IpAddr),
    /// From a service of AWS: its name, or `AWS Internal`.
    Service(String),
    /// That is not told.
    #[default]
    Unknown,
}

impl Source {
    /// As CloudTrail writes it in `sourceIPAddress`: "For services in AWS, only the DNS name is displayed",
    /// and for events by AWS itself "`AWS Internal/#`".
    pub fn parse(text: &str) -> Self {
        let is_service = ["amazonaws.com", "amazonaws.com.cn"].iter().any(|domain| {
            text.strip_suffix(domain).is_some_and(|name| name.ends_with('.') && name.len() > 1)
        });
        if let Ok(address) = text.parse() {
            Self::Address(address)
        } else if is_service || text == "AWS Internal" || text.starts_with("AWS Internal/") {
            Self::Service(text.to_owned())
        } else {
            Self::Unknown
        }
    }
}

/// What the console stands as where it calls for whoever signed in: no service acts on its own account.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html>
const CONSOLE: &str = "signin.amazonaws.com";

/// Where the roles of IAM Identity Center are, which nobody else can make roles under.
/// <https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html>
const IDENTITY_CENTER: [&str; 2] = [":role/aws-reserved/sso.amazonaws.com/", "/AWSReservedSSO_"];

impl Actor {
    /// The ARN that counts for whoever called: of a session the role's, because its own holds a name that
    /// the caller chose; of a federated user that of the user behind it.
    pub fn principal(&self) -> Option<Cow<'_, str>> {
        if let Some(role) = &self.role {
            return Some(Cow::Borrowed(role));
        }
        let arn = self.arn.as_deref()?;
        let is_chosen = arn.contains(":assumed-role/") || arn.contains(":federated-user/");
        match arn.rsplit_once('/') {
            Some((rest, _)) if is_chosen => Some(Cow::Owned(format!("{rest}/"))),
            Some(_) | None => Some(Cow::Borrowed(arn)),
        }
    }

    /// The service of AWS that made the call, for itself or on somebody's behalf.
    pub fn service(&self) -> Option<&str> {
        self.invoked_by.as_deref().filter(|service| *service != CONSOLE)
    }

    /// Whether it is a session of IAM Identity Center, or of one of its users.
    pub fn is_of_identity_center(&self) -> bool {
        let role = self.role.as_deref().unwrap_or_default();
        self.identity == Identity::IdentityCenterUser
            || IDENTITY_CENTER.iter().all(|part| role.contains(part))
    }

    /// Whether a person made the call, as far as AWS tells: root, a user of IAM or of IAM Identity Center.
    /// None where it cannot: a role is assumed by people and by machines. What a service does on
    /// somebody's behalf no person does.
    pub fn is_person(&self) -> Option<bool> {
        if self.service().is_some() || self.issued_to.is_some() {
            return Some(false);
        }
        match self.identity {
            Identity::Root | Identity::IamUser | Identity::IdentityCenterUser => Some(true),
            Identity::AwsService => Some(false),
            Identity::AssumedRole if self.is_of_identity_center() => Some(true),
            Identity::AssumedRole
            | Identity::FederatedUser
            | Identity::WebIdentityUser
            | Identity::SamlUser
            | Identity::AwsAccount
            | Identity::Unknown => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SSO: &str = "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/\
                       AWSReservedSSO_Admin_0123456789abcdef";

    fn session(role: &str) -> Actor {
        Actor {
            identity: Identity::AssumedRole,
            arn: Some("arn:aws:sts::111122223333:assumed-role/r/AWSReservedSSO_x".to_owned()),
            role: Some(role.to_owned()),
            ..Actor::default()
        }
    }

    #[test]
    fn a_person_is_told_by_what_aws_says_and_not_by_what_a_caller_types() {
        let user = Actor { identity: Identity::IamUser, ..Actor::default() };
        let by = |service: &str| Actor { invoked_by: Some(service.to_owned()), ..user.clone() };
        assert_eq!(user.is_person(), Some(true));
        assert_eq!(by("signin.amazonaws.com").is_person(), Some(true), "the console");
        assert_eq!(by("cloudformation.amazonaws.com").is_person(), Some(false));
        assert_eq!(session(SSO).is_person(), Some(true));
        // The reserved path is AWS's own; names and sessions are anybody's.
        for role in ["AWSReservedSSO_Admin_0", "deploy/AWSReservedSSO_Admin_0", "sso.amazonaws.com"]
        {
            let role = format!("arn:aws:iam::111122223333:role/{role}");
            assert_eq!(session(&role).is_person(), None, "{role}");
        }
    }

    #[test]
    fn a_session_counts_by_its_role_and_never_by_its_name() {
        let role = "arn:aws:iam::111122223333:role/deploy";
        assert_eq!(session(role).principal().as_deref(), Some(role));
        for (arn, want) in [
            ("arn:aws:sts::1:assumed-role/r/deploy", "arn:aws:sts::1:assumed-role/r/"),
            ("arn:aws:sts::1:federated-user/deploy", "arn:aws:sts::1:federated-user/"),
            ("arn:aws:iam::1:user/team/deploy", "arn:aws:iam::1:user/team/deploy"),
            ("arn:aws:iam::1:root", "arn:aws:iam::1:root"),
        ] {
            let actor = Actor { arn: Some(arn.to_owned()), ..Actor::default() };
            assert_eq!(actor.principal().as_deref(), Some(want));
        }
    }

    #[test]
    fn a_source_is_an_address_a_service_or_unknown() {
        let service = |name: &str| Source::Service(name.to_owned());
        for (text, want) in [
            ("198.51.100.7", Source::Address("198.51.100.7".parse().unwrap())),
            ("2001:db8::7", Source::Address("2001:db8::7".parse().unwrap())),
            ("cloudformation.amazonaws.com", service("cloudformation.amazonaws.com")),
            ("s3.amazonaws.com.cn", service("s3.amazonaws.com.cn")),
            ("AWS Internal", service("AWS Internal")),
            ("AWS Internal/3", service("AWS Internal/3")),
            ("evilamazonaws.com", Source::Unknown),
            (".amazonaws.com", Source::Unknown),
            ("AWS Internals", Source::Unknown),
            ("", Source::Unknown),
        ] {
            assert_eq!(Source::parse(text), want, "{text}");
        }
    }
}
