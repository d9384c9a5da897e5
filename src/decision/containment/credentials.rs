//! What ends the use of a function's credentials, and nobody else's.
//! <https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html>

use super::{Contained, Containment};
use crate::{
    iam::{LogGroup, RevocationError, boundary, deny_function, deny_issued_before, deny_sessions},
    remediation::{Ends, Remediation, boundary_setting},
    resource::RoleArn,
    state::{FunctionState, Read, RoleUse, Surroundings},
};

impl Containment<'_> {
    pub(super) fn revoke(&self, live: &FunctionState, around: &Surroundings, plan: &mut Contained) {
        let role = match self.revocable(&live.role) {
            Ok(role) => role,
            Err(why) => {
                plan.left.push(why);
                return;
            }
        };
        self.revoke_function(live, &role, around, plan);
        let name = format!("cordon-{}-sessions", self.incident);
        plan.wants.insert(Read::RoleUse(self.function.clone(), role.clone()));
        match &around.role_use {
            Some(RoleUse::Alone) if !self.extent.stops || self.is_stopped(live, around) => {
                let document = deny_issued_before(self.now);
                self.deny(plan, role, name, document, Ends::OlderSessions);
            }
            // The stop comes first: a session issued until then must be among the older ones.
            Some(RoleUse::Alone) | None => {}
            Some(RoleUse::Shared(with)) => plan.notes.push(format!(
                "sessions issued before are not denied as such, because others use the role: {with}"
            )),
            Some(RoleUse::Unknown(why)) => plan.notes.push(format!(
                "sessions issued before are not denied as such, because it is not known whether \
                 others use the role: {why}"
            )),
        }
        plan.wants.insert(Read::AssumedRoles(self.function.clone()));
        self.revoke_assumed(around, plan);
    }

    fn revoke_function(
        &self,
        live: &FunctionState,
        role: &RoleArn,
        around: &Surroundings,
        plan: &mut Contained,
    ) {
        // An earlier delivery found no room for a policy, and bound the role.
        if self.state.memory.turned.contains(&boundary_setting(role)) {
            return;
        }
        let name = format!("cordon-{}", self.incident);
        let log_group = match self.log_group(live) {
            Ok(log_group) => log_group,
            Err(error) => {
                plan.left.push(not_revoked(role, &error));
                return;
            }
        };
        if !self.state.memory.full_roles.contains(role) {
            let document = deny_function(self.function, &log_group);
            self.deny(plan, role.clone(), name, document, Ends::FunctionUse);
            return;
        }
        plan.wants.insert(Read::Boundary(self.function.clone(), role.clone()));
        let Some(before) = &around.boundary else { return };
        let existing = before.as_ref().map(|boundary| boundary.document.as_str());
        match boundary(existing, self.function, &log_group) {
            Ok(document) => {
                let bound = Remediation::BoundRole {
                    function: self.function.clone(),
                    role: role.clone(),
                    before: before.as_ref().map(|boundary| boundary.arn.clone()),
                    name,
                    document,
                };
                plan.remediations.push(bound);
            }
            Err(error) => plan.left.push(not_revoked(role, &error)),
        }
    }

    /// Where the function may go on writing its log. A name that nobody could use means its own.
    fn log_group(&self, live: &FunctionState) -> Result<LogGroup, RevocationError> {
        LogGroup::of(self.function, live.log_group.as_deref())
            .or_else(|_| LogGroup::of(self.function, None))
    }

    /// The roles that the function assumed, where they are of this account.
    fn revoke_assumed(&self, around: &Surroundings, plan: &mut Contained) {
        for (role, sessions) in around.assumed.iter().flatten() {
            match self.revocable(&role.to_string()) {
                Ok(role) => {
                    let name = format!("cordon-{}-assumed", self.incident);
                    match deny_sessions(sessions, self.now) {
                        Ok(document) => {
                            self.deny(plan, role, name, document, Ends::AssumedSessions);
                        }
                        Err(error) => plan.left.push(not_revoked(&role, &error)),
                    }
                }
                Err(why) => plan.left.push(why),
            }
        }
    }

    fn deny(
        &self,
        plan: &mut Contained,
        role: RoleArn,
        name: String,
        document: String,
        ends: Ends,
    ) {
        let function = self.function.clone();
        let deny = Remediation::DenyRole { function, role, name, document, ends };
        if !self.state.memory.turned.contains(&deny.setting()) {
            plan.remediations.push(deny);
        }
    }

    /// A role that may be edited: never a service's, never Cordon's own, never somebody else's.
    fn revocable(&self, role: &str) -> Result<RoleArn, String> {
        let parsed = RoleArn::parse(role)
            .map_err(|error| format!("credentials not revoked: the execution role {error}"))?;
        let why = if parsed.is_service_linked() {
            "only the service it belongs to can change it"
        } else if self.remit.role.as_ref() == Some(&parsed) {
            "it is Cordon's own; give the function a role of its own"
        } else if parsed.account() != self.function.account() {
            "it belongs to another account; revoke its sessions there"
        } else {
            return Ok(parsed);
        };
        Err(format!("credentials of role `{}` not revoked: {why}", parsed.name()))
    }
}

fn not_revoked(role: &RoleArn, why: &RevocationError) -> String {
    format!("credentials of role `{}` not revoked: {why}", role.name())
}
