//! A network interface as it is.

use crate::resource::FunctionArn;
use serde::Deserialize;
use std::{collections::BTreeSet, net::IpAddr};

/// A network interface as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct InterfaceState {
    /// Its own addresses.
    #[serde(default)]
    pub addresses: BTreeSet<IpAddr>,
    /// The functions that can be behind it: all that are attached to its subnet with its security groups,
    /// in any version. None where it is not one of Lambda's.
    pub functions: Option<BTreeSet<FunctionArn>>,
}
