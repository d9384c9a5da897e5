//! Whose habits are learned. What credentials call and whom a network interface talks to are learned apart:
//! each is heard from another day on.

use crate::resource::{FunctionArn, Resource};
use std::fmt;

/// Whose habits, and which.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// The calls that credentials of a function make.
    Calls(FunctionArn),
    /// The peers of a function's network interface, or of one that several functions share.
    Peers(Resource),
}

impl Subject {
    /// What it is about.
    pub fn resource(&self) -> Resource {
        match self {
            Self::Calls(function) => function.clone().into(),
            Self::Peers(resource) => resource.clone(),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Calls(function) => write!(f, "baseline#{function}"),
            Self::Peers(resource) => write!(f, "peers#{resource}"),
        }
    }
}
