//! Where the events of a function go once it is stopped.

use super::{Contained, Containment};
use crate::{
    controls,
    remediation::Remediation,
    resource::FunctionResource,
    state::{FunctionState, Surroundings},
};
use std::collections::BTreeMap;

impl Containment<'_> {
    /// At concurrency 0 Lambda sends asynchronous events where failures go, from outside of the
    /// function, so that no Deny on its role holds them back.
    /// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>
    pub(super) fn close_leaks(
        &self,
        live: &FunctionState,
        around: &Surroundings,
        plan: &mut Contained,
    ) {
        let queue = self.remit.quarantine.clone();
        let configured = around.destinations.clone().unwrap_or_default();
        let whole = FunctionResource::from(self.function.clone());
        let dead_letters = live.dead_letter_target.as_ref().filter(|arn| self.is_foreign(arn));
        if let Some(before) = dead_letters {
            let (function, before) = (self.function.clone(), before.clone());
            plan.remediations.push(Remediation::RemoveDeadLetterTarget { function, before });
        }
        let mut leaks: BTreeMap<FunctionResource, _> = configured
            .iter()
            .filter(|(_, to)| to.on_failure.as_ref().is_some_and(|arn| self.is_foreign(arn)))
            .map(|(resource, to)| (resource.clone(), Some(to.clone())))
            .collect();
        let before = configured.get(&whole).cloned();
        let kept = before.as_ref().is_some_and(|to| to.on_failure.is_some());
        if dead_letters.is_some() && !kept && around.destinations.is_some() && queue.is_some() {
            leaks.entry(whole).or_insert(before);
        }
        for (resource, before) in leaks {
            let queue = queue.clone();
            plan.remediations.push(Remediation::RedirectFailures { resource, before, queue });
        }
        let nowhere = live.dead_letter_target.is_none()
            && around.destinations.is_some()
            && configured.values().all(|to| to.on_failure.is_none());
        if nowhere {
            let lost = "asynchronous events that arrive while it is stopped are lost: it has no \
                        failure destination and no dead-letter queue";
            plan.notes.push(lost.to_owned());
        }
    }

    /// A destination whose account is not told is foreign: whose bucket it is, no ARN says.
    pub(super) fn is_foreign(&self, arn: &str) -> bool {
        controls::is_ours(self.remit.policy, self.function, arn) != Some(true)
    }
}
