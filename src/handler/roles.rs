//! What is remembered of execution roles. Learned only from what nothing was found on, or what somebody
//! trusted did, and never while an incident goes on: else whoever changes a role twice would make the
//! first change look as if it had always been there.

use super::{Matter, Responder};
use crate::{
    aws::{AwsError, Recalled},
    controls::is_accepted,
    decision::Decision,
    finding::Compliance,
    policy::Mode,
    resource::{FunctionArn, RoleArn},
    state::{KnownRole, RolePolicies, State},
};
use std::collections::BTreeMap;

impl Responder {
    /// Adds what is known of the roles that were read.
    pub(super) async fn recall_roles(&self, state: &mut State, errors: &mut Vec<AwsError>) {
        let journal = self.journal();
        for role in state.roles.values_mut().flatten() {
            match journal.known_role(&role.arn).await {
                Ok(known) => role.known = known,
                Err(error) => errors.push(error),
            }
        }
    }

    /// What the role of a function may do, and the one it had before, once both are known. The same
    /// one is not looked at.
    pub(super) async fn swapped_roles(
        &self,
        function: &FunctionArn,
        state: &State,
    ) -> Result<BTreeMap<RoleArn, Option<RolePolicies>>, AwsError> {
        let mut found = BTreeMap::new();
        let live = state.functions.get(function).and_then(Option::as_ref);
        let known = state.remembered.get(function).and_then(|known| known.before.as_ref());
        let now = live.map(|live| live.role.as_str());
        let before = known.and_then(|known| known.role.as_deref());
        if now == before {
            return Ok(found);
        }
        for role in [now, before].into_iter().flatten() {
            // What is no role's name has no policies.
            let Ok(role) = RoleArn::parse(role) else { continue };
            let policies = self.aws.role_policies(&role).await?;
            found.insert(role, policies);
        }
        Ok(found)
    }

    /// What is to be remembered, if nothing changes any more.
    pub(super) fn role_lessons(
        &self,
        matter: &Matter<'_>,
        decision: &Decision,
        state: &State,
        recalled: &Recalled,
    ) -> Vec<(RoleArn, KnownRole)> {
        let goes_on = recalled.goes_on(matter.now, &matter.event.id).is_some();
        let own = matter.event.touches.is_some();
        if self.settings.mode != Mode::Enforce || goes_on || own {
            return Vec::new();
        }
        let is_fine = decision.evaluations.iter().all(|one| match &one.compliance {
            Compliance::Compliant | Compliance::NotApplicable => true,
            Compliance::NonCompliant(_) | Compliance::InsufficientData(_) => false,
        });
        let accepted = is_fine || is_accepted(matter.remit.policy, &matter.event.actor);
        let roles = state.roles.values().flatten().filter(|_| accepted);
        roles
            .map(|role| (role, role.to_know()))
            .filter(|(role, now)| role.known.as_ref() != Some(now))
            .map(|(role, now)| (role.arn.clone(), now))
            .collect()
    }

    pub(super) async fn learn_roles(
        &self,
        matter: &Matter<'_>,
        lessons: Vec<(RoleArn, KnownRole)>,
    ) -> Result<(), AwsError> {
        for (role, known) in lessons {
            self.journal().know_role(&role, &known, matter.moment()).await?;
        }
        Ok(())
    }
}
