//! Execution roles with every policy that decides what they may do, and managed policies with the roles
//! of functions that have them. Which functions have which role is listed for this Region and kept a
//! while in the environment, because most events are about roles that no function has.
//! Refuses to look at published versions, which may keep a role their function has no more.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html>

use super::{Aws, AwsError, ErrorKind, absent, each, iam::decoded};
use crate::{
    aws::failed,
    resource::{Arn, FunctionArn, RoleArn},
    state::{Boundary, ExecutionRole, ManagedPolicyState, PolicyVersion, RolePolicies},
};
use aws_sdk_iam::types::EntityType;
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};
use time::{Duration, OffsetDateTime};

/// For how long the list counts, and after how long it is made again because a role is not in it.
/// By the clock on the wall: another may stand still while the environment is frozen.
const LISTED: Duration = Duration::minutes(15);
const LISTED_WITHOUT: Duration = Duration::minutes(1);

/// More roles are not looked at for one event.
const MOST_ROLES: usize = 100;

/// Which functions have which role, as it was listed last.
#[derive(Debug, Default)]
pub(in crate::aws) struct RoleUsers(RefCell<Option<Listed>>);

#[derive(Debug, Clone)]
struct Listed {
    at: OffsetDateTime,
    /// Roles by name, which is one's own in an account.
    roles: Rc<BTreeMap<String, Users>>,
}

type Users = (RoleArn, BTreeSet<FunctionArn>);

impl Listed {
    fn is_older_than(&self, age: Duration) -> bool {
        let now = OffsetDateTime::now_utc();
        // A clock that was turned back proves nothing.
        now - self.at > age || now < self.at
    }
}

impl Aws {
    /// A function was made or its configuration changed: what was listed does not count any more.
    pub fn forget_role_users(&self) {
        self.role_users().0.replace(None);
    }

    /// Who has the role; none if no function of this Region does.
    async fn users_of(&self, role: &str) -> Result<Option<Users>, AwsError> {
        let listed = self.role_users().0.borrow().clone();
        if let Some(listed) = listed {
            let users = listed.roles.get(role).cloned();
            let patience = if users.is_some() { LISTED } else { LISTED_WITHOUT };
            if !listed.is_older_than(patience) {
                return Ok(users);
            }
        }
        Ok(self.list_role_users().await?.get(role).cloned())
    }

    async fn list_role_users(&self) -> Result<Rc<BTreeMap<String, Users>>, AwsError> {
        let at = OffsetDateTime::now_utc();
        let mut pages = self.lambda().await.list_functions().into_paginator().items().send();
        let mut roles: BTreeMap<String, Users> = BTreeMap::new();
        while let Some(one) = pages.next().await {
            let one = one.map_err(failed("ListFunctions", "this Region"))?;
            let role = one.role.and_then(|role| RoleArn::parse(&role).ok());
            let function = one.function_arn.and_then(|arn| FunctionArn::parse(&arn).ok());
            if let (Some(role), Some(function)) = (role, function) {
                let users = roles.entry(role.name().to_owned()).or_insert((role, BTreeSet::new()));
                users.1.insert(function);
            }
        }
        let roles = Rc::new(roles);
        self.role_users().0.replace(Some(Listed { at, roles: Rc::clone(&roles) }));
        Ok(roles)
    }

    /// A role of functions by its name; none if no function has it, or it is gone.
    pub(super) async fn execution_role(
        &self,
        name: &str,
    ) -> Result<Option<ExecutionRole>, AwsError> {
        let Some((arn, functions)) = self.users_of(name).await? else { return Ok(None) };
        let Some(live) = absent(self.role(&arn).await)? else { return Ok(None) };
        let inline = self.inline_policies(&arn).await?;
        let attached = self.attached_policies(&arn).await?;
        let trust = live.trust;
        Ok(Some(ExecutionRole { arn, functions, trust, inline, attached, known: None }))
    }

    /// What decides what a role may do, whoever has it; none if there is no such role.
    pub async fn role_policies(&self, role: &RoleArn) -> Result<Option<RolePolicies>, AwsError> {
        let Some(live) = absent(self.role(role).await)? else { return Ok(None) };
        let boundary = match live.boundary {
            None => None,
            Some(arn) => {
                let document = self.managed_policy(&arn).await?;
                Some(Boundary { arn, document })
            }
        };
        let inline = self.inline_policies(role).await?;
        let attached = self.attached_policies(role).await?;
        Ok(Some(RolePolicies { boundary, inline, attached }))
    }

    /// All roles of functions.
    pub(super) async fn execution_roles(
        &self,
    ) -> Result<BTreeMap<String, Option<ExecutionRole>>, AwsError> {
        let listed = self.list_role_users().await?;
        if listed.len() > MOST_ROLES {
            let code = format!("more than {MOST_ROLES} roles to look at");
            return Err(AwsError::new("GetRole", "all functions", ErrorKind::Invalid, code));
        }
        let read = each(listed.keys().cloned(), |name| async move {
            let role = self.execution_role(&name).await?;
            Ok((name, role))
        });
        Ok(read.await?.into_iter().collect())
    }

    async fn inline_policies(&self, role: &RoleArn) -> Result<BTreeMap<String, String>, AwsError> {
        let iam = self.iam().await;
        let list = iam.list_role_policies().role_name(role.name());
        let mut pages = list.into_paginator().items().send();
        let mut found = BTreeMap::new();
        while let Some(name) = pages.next().await {
            let name = name.map_err(failed("ListRolePolicies", role))?;
            let get = iam.get_role_policy().role_name(role.name()).policy_name(&name).send();
            // One that is gone by now grants nothing.
            if let Some(live) = absent(get.await.map_err(failed("GetRolePolicy", role)))? {
                found.insert(name, decoded(&live.policy_document));
            }
        }
        Ok(found)
    }

    async fn attached_policies(
        &self,
        role: &RoleArn,
    ) -> Result<BTreeMap<Arn, PolicyVersion>, AwsError> {
        let mut found = BTreeMap::new();
        for policy in self.attached_to(role).await? {
            if let Some(live) = absent(self.managed_policy_version(&policy.to_string()).await)? {
                found.insert(policy, live);
            }
        }
        Ok(found)
    }

    /// The managed policies attached to a role.
    pub(in crate::aws) async fn attached_to(&self, role: &RoleArn) -> Result<Vec<Arn>, AwsError> {
        const OPERATION: &str = "ListAttachedRolePolicies";
        let list = self.iam().await.list_attached_role_policies().role_name(role.name());
        let mut pages = list.into_paginator().items().send();
        let mut found = Vec::new();
        while let Some(policy) = pages.next().await {
            let policy = policy.map_err(failed(OPERATION, role))?;
            let arn = policy.policy_arn.unwrap_or_default();
            found.push(Arn::parse(&arn).map_err(|error| {
                AwsError::new(OPERATION, role, ErrorKind::Invalid, error.to_string())
            })?);
        }
        Ok(found)
    }

    /// A managed policy and the roles of functions that have it. Of one that no such role has, only
    /// that is known.
    pub(super) async fn roles_with(
        &self,
        policy: &Arn,
    ) -> Result<(ManagedPolicyState, BTreeMap<String, Option<ExecutionRole>>), AwsError> {
        let iam = self.iam().await;
        let list = iam.list_entities_for_policy().policy_arn(policy.to_string());
        let mut pages = list.entity_filter(EntityType::Role).into_paginator().send();
        let mut roles = BTreeMap::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(failed("ListEntitiesForPolicy", policy));
            let Some(page) = absent(page)? else { break };
            for name in
                page.policy_roles.unwrap_or_default().into_iter().filter_map(|it| it.role_name)
            {
                if let Some(role) = self.execution_role(&name).await? {
                    roles.insert(name, Some(role));
                }
            }
        }
        let mut managed = ManagedPolicyState {
            roles: roles.keys().cloned().collect(),
            default: String::new(),
            versions: BTreeMap::new(),
        };
        if !roles.is_empty() {
            self.versions_of(policy, &mut managed).await?;
        }
        Ok((managed, roles))
    }

    /// At most five: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>.
    async fn versions_of(
        &self,
        policy: &Arn,
        managed: &mut ManagedPolicyState,
    ) -> Result<(), AwsError> {
        let iam = self.iam().await;
        let list = iam.list_policy_versions().policy_arn(policy.to_string());
        let mut pages = list.into_paginator().items().send();
        while let Some(version) = pages.next().await {
            let version = version.map_err(failed("ListPolicyVersions", policy))?;
            let Some(id) = version.version_id else { continue };
            if version.is_default_version {
                managed.default.clone_from(&id);
            }
            let document = self.policy_document(&policy.to_string(), &id).await;
            if let Some(document) = absent(document)? {
                managed.versions.insert(id, document);
            }
        }
        Ok(())
    }
}
