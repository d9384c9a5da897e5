//! What keeps a function from running.

use super::{Contained, Containment};
use crate::{
    remediation::Remediation,
    state::{FunctionState, Read, Scaling, Surroundings, Suspension},
};

impl Containment<'_> {
    pub(super) fn stop(&self, live: &FunctionState, around: &Surroundings, plan: &mut Contained) {
        let function = || self.function.clone();
        // Whatever is provisioned now: a delivery that was cut short may have deleted it already, and
        // a schedule may provision it later.
        plan.wants.insert(Read::AutoScaling(function()));
        for (qualifier, requested) in
            self.state.provisioned.get(self.function).into_iter().flatten()
        {
            plan.remediations.push(Remediation::DeleteProvisionedConcurrency {
                function: function(),
                qualifier: qualifier.clone(),
                requested: *requested,
            });
        }
        for (qualifier, before) in around.auto_scaling.iter().flatten() {
            if *before != Suspension::ALL {
                let (qualifier, before) = (qualifier.clone(), *before);
                plan.remediations.push(Remediation::SuspendAutoScaling {
                    function: function(),
                    qualifier,
                    before,
                });
            }
        }
        if live.on_managed_instances {
            plan.wants.insert(Read::Scaling(function()));
            for (qualifier, before) in around.scaling.iter().flatten() {
                if *before != (Scaling { min: Some(0), max: Some(0) }) {
                    let (qualifier, before) = (qualifier.clone(), *before);
                    plan.remediations.push(Remediation::StopInstances {
                        function: function(),
                        qualifier,
                        before,
                    });
                }
            }
        } else if live.reserved_concurrency != Some(0) {
            let reserved = live.reserved_concurrency;
            plan.remediations.push(Remediation::StopFunction { function: function(), reserved });
        }
        if live.is_durable {
            plan.wants.insert(Read::Executions(function()));
        }
        for execution in around.executions.iter().flatten() {
            let execution = execution.clone();
            plan.remediations.push(Remediation::PauseExecution { function: function(), execution });
        }
    }

    /// Whether nothing starts any more, as far as is known.
    pub(super) fn is_stopped(&self, live: &FunctionState, around: &Surroundings) -> bool {
        let stopped = Scaling { min: Some(0), max: Some(0) };
        match live.on_managed_instances {
            true => around.scaling.as_ref().is_some_and(|all| all.values().all(|s| *s == stopped)),
            false => live.reserved_concurrency == Some(0),
        }
    }
}
