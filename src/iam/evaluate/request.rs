//! A request as people write it, and the decision of one document on it.
//! Refuses to fill in a key unless AWS documents its value for the caller.
//! Keys: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>.

use super::{Facts, Whom, decide, principals};
use crate::iam::condition::Held;
use crate::iam::document::{Document, Principal, Statement};
use crate::iam::pattern::Arn;
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;

/// Who makes a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// An unsigned request.
    Anonymous,
    /// A service principal, such as `s3.amazonaws.com`.
    Service(String),
    /// A principal of an account.
    Principal {
        /// Its `aws:PrincipalArn`: a user, a role, an account's root user or a federated user.
        arn: String,
        /// The `sts` ARN of the session, if it is a role's and known.
        session: Option<String>,
    },
}

/// How a principal of a statement fits a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// It is this caller, and only this one.
    Exactly,
    /// This caller is among those it stands for, or may be.
    Among,
    /// It is somebody else.
    Not,
}

impl Caller {
    /// How this one of the statement's principals fits the caller; conditions are not looked at.
    pub fn fit(&self, statement: &Statement, principal: &Principal) -> Fit {
        let alone = match (principal, self) {
            (Principal::Service(name), Self::Service(caller)) => name == caller,
            (Principal::Aws(text), Self::Principal { arn, session }) => {
                text == arn || session.as_ref() == Some(text)
            }
            (_, Self::Anonymous | Self::Service(_) | Self::Principal { .. }) => false,
        };
        match principals::speaks_of_as(statement, principal, &self.whom()) {
            Some(true) if alone => Fit::Exactly,
            Some(true) | None => Fit::Among,
            Some(false) => Fit::Not,
        }
    }

    pub(super) fn whom(&self) -> Whom<'_> {
        match self {
            Self::Anonymous => Whom::Anonymous,
            Self::Service(name) => Whom::Service(name),
            Self::Principal { arn, session } => {
                Whom::Principal { arn, session: session.as_deref() }
            }
        }
    }
}

/// The condition keys of a request and their values. Key names have no case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Context {
    /// Key without case to key as written and values.
    entries: BTreeMap<String, (String, Vec<String>)>,
}

impl Context {
    /// Sets the values of a key: one for most keys, several or none for keys that hold a list.
    pub fn insert<V: Into<String>>(&mut self, key: &str, values: impl IntoIterator<Item = V>) {
        let values = values.into_iter().map(Into::into).collect();
        self.entries.insert(key.to_ascii_lowercase(), (key.to_owned(), values));
    }

    /// The keys as written, with their values, in the order of their names without case.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.entries.values().map(|(key, values)| (key.as_str(), values.as_slice()))
    }

    fn held(&self, name: &str) -> Option<Held<'_>> {
        self.entries.get(name).map(|(_, values)| match values.as_slice() {
            [only] => Held::One(only),
            list => Held::Many(list),
        })
    }
}

/// A request that a policy is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Who makes it.
    pub caller: Caller,
    /// The action, such as `lambda:InvokeFunction`.
    pub action: String,
    /// The ARN of the function, version or alias.
    pub resource: String,
    /// Its condition keys.
    pub context: Context,
}

/// What a document says of a request, with the place of the statement that says so, from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It is allowed.
    Allow {
        /// The first Allow that applies.
        statement: usize,
    },
    /// It is forbidden.
    Deny {
        /// The first Deny that applies.
        statement: usize,
    },
    /// No statement applies.
    Implicit,
    /// It depends on a statement of which it cannot be said whether it applies.
    Unclear {
        /// The first such statement.
        statement: usize,
    },
}

/// What the document alone says of the request. A key that the context lacks is taken as missing,
/// unless its value follows from the request, or AWS puts it into every request.
pub fn evaluate(document: &Document, request: &Request) -> Decision {
    let held = |name: &str| request.held(name);
    let whom = request.caller.whom();
    let facts = Facts { whom, action: &request.action, resource: &request.resource, held: &held };
    decide(document.statements(), &facts)
}

/// What one statement alone says of the request.
pub fn decides(statement: &Statement, request: &Request) -> Decision {
    let held = |name: &str| request.held(name);
    let whom = request.caller.whom();
    let facts = Facts { whom, action: &request.action, resource: &request.resource, held: &held };
    decide(std::slice::from_ref(statement), &facts)
}

impl Request {
    /// What it holds for a key, given without case.
    pub(super) fn held(&self, name: &str) -> Held<'_> {
        if let (Caller::Principal { arn, .. }, "aws:principalarn") = (&self.caller, name) {
            return Held::One(arn);
        }
        self.context.held(name).unwrap_or_else(|| self.implied(name))
    }

    /// The value of a key that the context lacks.
    fn implied(&self, name: &str) -> Held<'_> {
        let resource = || Arn::parse(&self.resource);
        match name {
            "aws:resourceaccount" => certain(resource().map(|arn| arn.account)),
            "aws:requestedregion" => certain(resource().map(|arn| arn.region)),
            // In every request, or in every request to most services: with a value not known here.
            "aws:currenttime"
            | "aws:epochtime"
            | "aws:securetransport"
            | "aws:useragent"
            | "aws:viaawsservice" => Held::Unsure,
            _ => match &self.caller {
                Caller::Anonymous => of_nobody(name),
                Caller::Service(service) => of_service(service, name),
                Caller::Principal { arn, .. } => of_principal(arn, name),
            },
        }
    }
}

/// The text, if it is there.
fn certain(text: Option<&str>) -> Held<'_> {
    text.filter(|text| !text.is_empty()).map_or(Held::Unsure, Held::One)
}

/// Keys of unsigned requests. What `aws:PrincipalType` and `aws:userid` are is documented for
/// other services only:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable>
fn of_nobody(name: &str) -> Held<'static> {
    match name {
        "aws:principalaccount" => Held::One("anonymous"),
        "aws:principaltype" | "aws:userid" => Held::Unsure,
        _ => Held::Absent,
    }
}

/// Keys of requests by a service principal, which belongs to no organization:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgid>
fn of_service<'a>(service: &'a str, name: &str) -> Held<'a> {
    match name {
        "aws:principalisawsservice" => Held::One("true"),
        "aws:principalservicename" => Held::One(service),
        // They are there; with which values is not documented.
        "aws:principalaccount"
        | "aws:principalarn"
        | "aws:principalservicenameslist"
        | "aws:principaltype"
        | "aws:userid" => Held::Unsure,
        _ => Held::Absent,
    }
}

/// Keys that follow from a principal's ARN:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable>
fn of_principal<'a>(arn: &'a str, name: &str) -> Held<'a> {
    let parsed = Arn::parse(arn);
    let (kind, path) =
        parsed.map_or(("", ""), |arn| arn.resource.split_once('/').unwrap_or((arn.resource, "")));
    let account = parsed.map(|arn| arn.account);
    match (name, kind) {
        ("aws:principalisawsservice", _) => Held::One("false"),
        ("aws:principalaccount", _) | ("aws:userid", "root") => certain(account),
        ("aws:principaltype", "root") => Held::One("Account"),
        ("aws:principaltype", "user") => Held::One("User"),
        ("aws:principaltype", "role") => Held::One("AssumedRole"),
        ("aws:principaltype", "federated-user") => Held::One("FederatedUser"),
        ("aws:username", "user") => certain(path.rsplit('/').next()),
        ("aws:username", "root" | "role" | "federated-user") => Held::Absent,
        ("aws:principaltype" | "aws:userid" | "aws:username", _) => Held::Unsure,
        (_, _) => Held::Absent,
    }
}

impl Serialize for Context {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.entries.len()))?;
        for (key, values) in self.iter() {
            match values {
                [only] => map.serialize_entry(key, only)?,
                list => map.serialize_entry(key, list)?,
            }
        }
        map.end()
    }
}

/// A value as it may be written.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "a condition key should be a string, a number, a boolean or a list of them"
)]
enum Written {
    Text(String),
    Flag(bool),
    Number(serde_json::Number),
    List(Vec<Written>),
}

impl Written {
    /// Its texts; none if a list stands in a list.
    fn texts(self) -> Option<Vec<String>> {
        match self {
            Self::List(items) => {
                let texts = |item: Self| item.one();
                items.into_iter().map(texts).collect()
            }
            Self::Text(_) | Self::Flag(_) | Self::Number(_) => self.one().map(|text| vec![text]),
        }
    }

    fn one(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            Self::Flag(flag) => Some(flag.to_string()),
            Self::Number(number) => Some(number.to_string()),
            Self::List(_) => None,
        }
    }
}

impl<'de> Deserialize<'de> for Context {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let mut context = Self::default();
        for (key, value) in BTreeMap::<String, Written>::deserialize(deserializer)? {
            let values = value.texts().ok_or_else(|| {
                D::Error::custom(format_args!("`{key}` should be a value or a list of values"))
            })?;
            if context.entries.contains_key(&key.to_ascii_lowercase()) {
                return Err(D::Error::custom(format_args!("`{key}` should be written once")));
            }
            context.insert(&key, values);
        }
        Ok(context)
    }
}

#[cfg(test)]
#[path = "request_tests.rs"]
mod tests;
