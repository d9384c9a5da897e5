//! What a decision counts as, against the limits of the control policy.

use super::Decision;
use crate::{
    event::Event, finding::Severity, ledger::Answer, policy::ControlPolicy,
    remediation::Remediation, resource::Resource, state::State,
};

/// What an answer counts as. A containment counts as a change, and as a stop of the function.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Nothing is changed but tags.
    #[default]
    Nothing,
    /// Something is changed.
    Change,
    /// A function is stopped.
    Stop,
}

impl Decision {
    /// What it counts as. A function that is contained already is not stopped again, whatever keeps it so.
    pub fn weight(&self, state: &State) -> Weight {
        let is_tag =
            |remediation: &Remediation| matches!(remediation, Remediation::TagFunction { .. });
        let approved = self.plan.iter().filter(|planned| planned.withheld.is_none());
        let changes = approved.into_iter().any(|planned| !is_tag(&planned.remediation));
        let is_contained = state.memory.incident.is_some() && state.memory.contains;
        // A containment may have to read before it has anything to change; it is counted before it is
        // written down that there is one.
        let stops = self.contains && !is_contained && (changes || !self.wants.is_empty());
        match (changes, stops) {
            (_, true) => Weight::Stop,
            (true, false) => Weight::Change,
            (false, false) => Weight::Nothing,
        }
    }

    /// The answer that it gives to an event on its subject, as it is counted.
    pub fn answer(
        &self,
        event: &Event,
        subject: &Resource,
        weight: Weight,
        policy: &ControlPolicy,
    ) -> Answer {
        let actor = event.actor.role.as_deref().or(event.actor.arn.as_deref());
        Answer::new(&event.id, subject, actor)
            .stopping(weight == Weight::Stop)
            .critical(self.is_critical(policy))
    }

    /// Whether a critical finding asks for what is approved.
    fn is_critical(&self, policy: &ControlPolicy) -> bool {
        let approved = self.plan.iter().filter(|planned| planned.withheld.is_none());
        let mut controls = approved.flat_map(|planned| &planned.controls);
        controls.any(|control| policy.severity(control) == Severity::Critical)
    }
}
