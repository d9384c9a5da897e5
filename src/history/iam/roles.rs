//! Roles: who may assume them, and what they may do.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html>

use super::{Asked, Key};
use crate::{
    history::{
        Call, History,
        record::{document, or_nothing},
        things::Things,
    },
    iam::only_lambda_assumes,
    resource::{Arn, FunctionArn, Home, RoleArn},
    state::{Boundary, ExecutionRole, ManagedPolicyState, PolicyVersion, RolePolicies, RoleUse},
};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// What is known of a role. What is none is not known.
#[derive(Debug, Clone, Default)]
pub(in crate::history) struct Role {
    /// It was made by a call that is in the archive: no function had it before.
    pub made: bool,
    /// With its path.
    pub arn: Option<RoleArn>,
    pub trust: Option<String>,
    /// The managed policy's ARN.
    pub boundary: Option<Option<String>>,
    pub inline: Things<String, String>,
    pub attached: Things<Arn, ()>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Answer {
    role: Option<Named>,
}

#[derive(Deserialize)]
struct Named {
    arn: Option<String>,
}

pub(super) fn key(role: &RoleArn) -> Key {
    (role.account().clone(), role.name().to_owned())
}

impl History {
    /// None where the call does not tell which role it changed.
    pub(super) fn learn_role(&mut self, name: &str, call: &Call<'_>, asked: Asked) -> Option<()> {
        let answered: Answer = or_nothing(call.answered);
        let told = answered.role.and_then(|role| role.arn);
        let told = told.and_then(|arn| RoleArn::parse(&arn).ok());
        let of = match (&asked.role_name, &told) {
            (Some(name), _) => (call.home.account.clone(), name.clone()),
            (None, Some(arn)) => key(arn),
            (None, None) => return None,
        };
        let is_first = self.moment.touch(call.at, format!("role {} {}", of.0, of.1));
        match name {
            "CreateRole" if is_first => {
                self.roles.put(of, made(asked, told));
                return Some(());
            }
            "CreateRole" => {
                let role = self.roles.seen(of);
                role.arn = told.or(role.arn.take());
                return Some(());
            }
            "DeleteRole" => {
                self.roles.remove(of);
                return Some(());
            }
            _ => {}
        }
        let role = self.roles.seen(of);
        match (name, asked.policy_name.clone(), asked.policy()) {
            ("UpdateAssumeRolePolicy", _, _) => role.trust = asked.policy_document.map(document),
            ("PutRolePermissionsBoundary", _, _) => {
                role.boundary = asked.permissions_boundary.map(Some);
            }
            ("DeleteRolePermissionsBoundary", _, _) => role.boundary = Some(None),
            ("PutRolePolicy", Some(policy), _) => {
                role.inline.change(policy, asked.policy_document.map(document));
            }
            ("DeleteRolePolicy", Some(policy), _) => role.inline.remove(policy),
            ("PutRolePolicy" | "DeleteRolePolicy", None, _) => role.inline = Things::default(),
            ("AttachRolePolicy", _, Some(policy)) => role.attached.put(policy, ()),
            ("DetachRolePolicy", _, Some(policy)) => role.attached.remove(policy),
            (_, _, _) => {
                role.attached = Things::default();
                self.lose_attachments();
            }
        }
        Some(())
    }

    fn known_role(&self, role: &RoleArn) -> Option<Option<&Role>> {
        self.roles.get(&key(role))
    }

    /// What decides what a role may do; none inside if there is no such role, and outside if not all of it
    /// is known.
    pub fn role_policies(&self, role: &RoleArn) -> Option<Option<RolePolicies>> {
        let Some(known) = self.known_role(role)? else { return Some(None) };
        let boundary = match known.boundary.as_ref()? {
            None => None,
            Some(arn) => Some(self.boundary_of(arn)?),
        };
        let (inline, attached) = (inline(known)?, self.attached(known)?);
        Some(Some(RolePolicies { boundary, inline, attached }))
    }

    /// The managed policies of a role, as they are now; none if one of them is not known.
    fn attached(&self, role: &Role) -> Option<BTreeMap<Arn, PolicyVersion>> {
        let mut attached = BTreeMap::new();
        for policy in role.attached.all()?.into_keys() {
            // One that is gone grants nothing.
            if let Some(version) = self.managed_version(policy)? {
                attached.insert(policy.clone(), version);
            }
        }
        Some(attached)
    }

    fn boundary_of(&self, arn: &str) -> Option<Boundary> {
        let version = self.managed_version(&Arn::parse(arn).ok()?)??;
        Some(Boundary { arn: arn.to_owned(), document: version.document })
    }

    /// A role's permissions boundary, as a live read has it: of a role that is gone none.
    pub(in crate::history) fn boundary(&self, role: &RoleArn) -> Option<Option<Boundary>> {
        let Some(known) = self.known_role(role)? else { return Some(None) };
        match known.boundary.as_ref()? {
            None => Some(None),
            Some(arn) => self.boundary_of(arn).map(Some),
        }
    }

    /// A role of functions of `home`; none inside if none of them has it, or it is gone.
    pub(in crate::history) fn execution_role(
        &self,
        home: &Home,
        name: &str,
    ) -> Option<Option<ExecutionRole>> {
        let key = (home.account.clone(), name.to_owned());
        let Some(known) = self.roles.get(&key)? else { return Some(None) };
        let arn = known.arn.clone()?;
        let all = self.role_users.get(&arn.to_string());
        let functions = all.into_iter().flatten().filter(|function| function.home() == *home);
        let functions: BTreeSet<FunctionArn> = functions.cloned().collect();
        if functions.is_empty() {
            // One from before the archive may be the role of functions from before.
            let may_be = |function: &FunctionArn| function.home() == *home;
            let is_unused = known.made && !self.of_unknown_role.iter().any(may_be);
            return is_unused.then_some(None);
        }
        let (trust, inline, attached) =
            (known.trust.clone()?, inline(known)?, self.attached(known)?);
        Some(Some(ExecutionRole { arn, functions, trust, inline, attached, known: None }))
    }

    /// A managed policy and the roles of functions of `home` that have it. Only one that was made since the
    /// archive begins is on no other roles.
    pub(in crate::history) fn roles_with(
        &self,
        home: &Home,
        policy: &Arn,
    ) -> Option<(ManagedPolicyState, BTreeMap<String, Option<ExecutionRole>>)> {
        let known = self.managed.get(policy)?;
        let mut managed = ManagedPolicyState {
            roles: BTreeSet::new(),
            default: String::new(),
            versions: BTreeMap::new(),
        };
        let mut roles = BTreeMap::new();
        let Some(known) = known else { return Some((managed, roles)) };
        known.made.then_some(())?;
        let all = self.roles.some().filter(|((account, _), _)| *account == home.account);
        for ((_, name), role) in all {
            // One of which it is not known whether it was detached may have it.
            if role.attached.get(policy) == Some(Some(&()))
                && let Some(role) = self.execution_role(home, name)?
            {
                roles.insert(name.clone(), Some(role));
            }
        }
        if !roles.is_empty() {
            managed.roles = roles.keys().cloned().collect();
            managed.default = known.default.clone()?;
            let versions = known.versions.all()?.into_iter();
            managed.versions = versions.map(|(id, text)| (id.clone(), text.clone())).collect();
        }
        Some((managed, roles))
    }

    /// Who else can use a role, where it is certain that somebody can: other Regions may be in no archive.
    pub(in crate::history) fn role_use(
        &self,
        function: &FunctionArn,
        role: &RoleArn,
    ) -> Option<RoleUse> {
        let known = self.known_role(role)??;
        let trust = known.trust.as_deref()?;
        if only_lambda_assumes(trust, role.account()) == Some(false) {
            let others = "its trust policy lets others than AWS Lambda assume it";
            return Some(RoleUse::Shared(others.to_owned()));
        }
        let others = self.role_users.get(&role.to_string())?;
        let other = others.iter().find(|other| *other != function)?;
        Some(RoleUse::Shared(format!("`{other}`")))
    }
}

/// As the calls that make a role say: it has nothing yet but what they give it.
fn made(asked: Asked, arn: Option<RoleArn>) -> Role {
    Role {
        made: true,
        arn,
        trust: asked.assume_role_policy_document.map(document),
        boundary: Some(asked.permissions_boundary),
        inline: Things::none(),
        attached: Things::none(),
    }
}

fn inline(role: &Role) -> Option<BTreeMap<String, String>> {
    let all = role.inline.all()?.into_iter();
    Some(all.map(|(name, text)| (name.clone(), text.clone())).collect())
}
