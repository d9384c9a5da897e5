//! What is around a function that is contained.

use crate::{
    resource::{FunctionResource, Qualifier, RoleArn},
    setting::{Boundary, Destinations, Mapping, RoleUse, Scaling, Suspension},
};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// What is around a function and matters only when it is contained. None: not read.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct Surroundings {
    /// Where the records of asynchronous invocations go, by what configures it.
    pub destinations: Option<BTreeMap<FunctionResource, Destinations>>,
    /// Event source mappings.
    pub mappings: Option<Vec<Mapping>>,
    /// What of Application Auto Scaling is suspended, where there is any.
    pub auto_scaling: Option<BTreeMap<Qualifier, Suspension>>,
    /// The scaling of versions on managed instances.
    pub scaling: Option<BTreeMap<Qualifier, Scaling>>,
    /// The ARNs of durable executions that run.
    pub executions: Option<BTreeSet<String>>,
    /// Who else can use the execution role.
    pub role_use: Option<RoleUse>,
    /// The execution role's permissions boundary.
    pub boundary: Option<Option<Boundary>>,
    /// The roles the function assumed, each with the sessions it opened, as `aws:userid` has them.
    pub assumed: Option<BTreeMap<RoleArn, BTreeSet<String>>>,
}

impl Surroundings {
    /// Adds what was read later.
    pub(super) fn learn(&mut self, later: Self) {
        fn newer<T>(known: &mut Option<T>, later: Option<T>) {
            if later.is_some() {
                *known = later;
            }
        }
        let Self { destinations, mappings, auto_scaling, scaling, executions, .. } = later;
        newer(&mut self.destinations, destinations);
        newer(&mut self.mappings, mappings);
        newer(&mut self.auto_scaling, auto_scaling);
        newer(&mut self.scaling, scaling);
        newer(&mut self.executions, executions);
        newer(&mut self.role_use, later.role_use);
        newer(&mut self.boundary, later.boundary);
        newer(&mut self.assumed, later.assumed);
    }
}
