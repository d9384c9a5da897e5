//! What a control is held against: a function, or anything else that has an ARN. Parsed once, so that
//! whoever may touch functions only asks for one and gets nothing else.
//! Refuses to guess: what merely looks like a function's ARN is something else.

use super::{AccountId, Arn, FunctionArn, FunctionResource, ResourceError};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A resource. Made by [`Resource::parse`] or one of the `From`s, so that a function always is
/// [`Resource::Function`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Resource {
    /// A function, or one of its versions or aliases.
    Function(FunctionResource),
    /// Anything else.
    Other(Arn),
}

impl Resource {
    /// Parses an ARN: that of a function, or any other.
    pub fn parse(text: &str) -> Result<Self, ResourceError> {
        Arn::parse(text).map(Self::from)
    }

    /// The function, whatever the qualifier; none if it is something else.
    pub fn function(&self) -> Option<&FunctionArn> {
        self.function_resource().map(|resource| &resource.function)
    }

    /// The function with its qualifier; none if it is something else.
    pub const fn function_resource(&self) -> Option<&FunctionResource> {
        match self {
            Self::Function(resource) => Some(resource),
            Self::Other(_) => None,
        }
    }

    /// What an incident is about: the function, whichever version or alias of it this is, or else
    /// the resource itself.
    #[must_use]
    pub fn subject(&self) -> Self {
        match self {
            Self::Function(resource) => resource.function.clone().into(),
            Self::Other(arn) => Self::Other(arn.clone()),
        }
    }

    /// Whether both are of one subject.
    pub fn is_with(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Function(one), Self::Function(other)) => one.function == other.function,
            (Self::Other(one), Self::Other(other)) => one == other,
            (Self::Function(_), Self::Other(_)) | (Self::Other(_), Self::Function(_)) => false,
        }
    }

    /// What people call it; a function without its qualifier.
    pub fn name(&self) -> &str {
        match self {
            Self::Function(resource) => resource.function.name(),
            Self::Other(arn) => arn.name(),
        }
    }

    /// The account, as far as the ARN tells it.
    pub fn account(&self) -> Option<&AccountId> {
        match self {
            Self::Function(resource) => Some(resource.function.account()),
            Self::Other(arn) => arn.account(),
        }
    }

    /// The Region, as far as the ARN tells it.
    pub fn region(&self) -> Option<&str> {
        match self {
            Self::Function(resource) => Some(resource.function.region()),
            Self::Other(arn) => arn.region(),
        }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Function(resource) => resource.fmt(f),
            Self::Other(arn) => arn.fmt(f),
        }
    }
}

impl From<FunctionResource> for Resource {
    fn from(resource: FunctionResource) -> Self {
        Self::Function(resource)
    }
}

impl From<FunctionArn> for Resource {
    fn from(function: FunctionArn) -> Self {
        Self::Function(function.into())
    }
}

impl From<Arn> for Resource {
    fn from(arn: Arn) -> Self {
        let is_function = arn.service() == "lambda" && arn.resource().starts_with("function:");
        let function = is_function.then(|| FunctionResource::parse_arn(&arn.to_string()));
        match function {
            Some(Ok(function)) => Self::Function(function),
            Some(Err(_)) | None => Self::Other(arn),
        }
    }
}
