//! What AWS Config recorded of a resource, in a snapshot or in a history file: the whole of it at one moment.
//! Whether a function was made since, or has more than Config records, it does not tell.
//! <https://docs.aws.amazon.com/config/latest/developerguide/config-item-table.html>

use super::{
    History,
    function::{Environment, Settings},
    iam::{Holder, Managed, Role},
    policy::Policy,
    record::{document, unpacked},
    things::Things,
};
use crate::resource::{Arn, FunctionResource, RoleArn};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// A configuration item. Items are to be taken over in the order of their times, with the calls in
/// between.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Item<'a> {
    resource_type: String,
    #[serde(rename = "ARN", alias = "arn")]
    arn: Option<String>,
    resource_name: Option<String>,
    configuration_item_status: Option<String>,
    configuration_item_capture_time: Option<String>,
    #[serde(borrow)]
    configuration: Option<&'a RawValue>,
    #[serde(borrow)]
    supplementary_configuration: Option<&'a RawValue>,
    #[serde(borrow)]
    tags: Option<&'a RawValue>,
}

impl Item<'_> {
    /// When the resource was like that.
    pub fn at(&self) -> Option<OffsetDateTime> {
        OffsetDateTime::parse(self.configuration_item_capture_time.as_deref()?, &Rfc3339).ok()
    }

    fn is_gone(&self) -> bool {
        let status = self.configuration_item_status.as_deref().unwrap_or_default();
        status.starts_with("ResourceDeleted")
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Identity {
    arn: String,
    assume_role_policy_document: Option<String>,
    permissions_boundary: Option<Boundary>,
    #[serde(alias = "userPolicyList", alias = "groupPolicyList")]
    role_policy_list: Option<Vec<Inline>>,
    attached_managed_policies: Option<Vec<Attached>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Boundary {
    permissions_boundary_arn: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Inline {
    policy_name: String,
    policy_document: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attached {
    policy_arn: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ManagedPolicy {
    default_version_id: String,
    policy_version_list: Option<Vec<Version>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Version {
    version_id: String,
    document: Option<String>,
}

/// Not known where there is no list.
fn inline(list: Option<Vec<Inline>>) -> Things<String, String> {
    let all =
        list.map(|all| all.into_iter().map(|one| (one.policy_name, document(one.policy_document))));
    all.map(Things::of).unwrap_or_default()
}

impl History {
    /// Takes over what AWS Config recorded of a resource.
    pub fn take(&mut self, item: &Item<'_>) {
        match item.resource_type.as_str() {
            "AWS::Lambda::Function" => self.take_function(item),
            "AWS::IAM::Role" => self.take_role(item),
            "AWS::IAM::User" | "AWS::IAM::Group" => self.take_holder(item),
            "AWS::IAM::Policy" => self.take_policy(item),
            _ => {}
        }
    }

    fn take_function(&mut self, item: &Item<'_>) {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Named {
            function_arn: String,
        }
        #[derive(Deserialize)]
        struct Supplement {
            #[serde(rename = "Policy")]
            policy: Option<String>,
        }
        let named = unpacked::<Named>(item.configuration).map(|named| named.function_arn);
        let Some(arn) = named.or_else(|| item.arn.clone()) else { return };
        let Ok(FunctionResource { function, .. }) = FunctionResource::parse_arn(&arn) else {
            return;
        };
        if item.is_gone() {
            return self.remove_function(function);
        }
        let settings: Option<Settings> = unpacked(item.configuration);
        // An item does not have the environment.
        let state = settings.map(|settings| settings.state(&function, Environment::Hidden));
        let known = self.functions.seen(function.clone());
        if let Some(tags) = unpacked::<BTreeMap<String, String>>(item.tags) {
            known.tags = Some(tags);
        }
        let supplement = unpacked::<Supplement>(item.supplementary_configuration);
        if let Some(policy) = supplement.and_then(|supplement| supplement.policy) {
            let policy = serde_json::from_str(&policy).unwrap_or(policy);
            known.policies.change(None, Policy::parse(&policy));
        }
        self.set_configuration(&function, state);
    }

    fn take_role(&mut self, item: &Item<'_>) {
        let told: Option<Identity> = unpacked(item.configuration);
        let arn = told.as_ref().map(|told| told.arn.clone()).or_else(|| item.arn.clone());
        let Some(Ok(arn)) = arn.map(|arn| RoleArn::parse(&arn)) else { return };
        let key = (arn.account().clone(), arn.name().to_owned());
        if item.is_gone() {
            return self.roles.remove(key);
        }
        let Some(told) = told else { return self.roles.forget(key) };
        let attached = told.attached_managed_policies.and_then(|all| {
            let all = all.into_iter().map(|one| Some((Arn::parse(&one.policy_arn).ok()?, ())));
            all.collect::<Option<Vec<_>>>()
        });
        let made = self.roles.get(&key).flatten().is_some_and(|known| known.made);
        let role = Role {
            made,
            arn: Some(arn),
            trust: told.assume_role_policy_document.map(document),
            boundary: Some(told.permissions_boundary.map(|one| one.permissions_boundary_arn)),
            inline: inline(told.role_policy_list),
            attached: attached.map(Things::of).unwrap_or_default(),
        };
        self.roles.put(key, role);
    }

    fn take_holder(&mut self, item: &Item<'_>) {
        let all = match item.resource_type.as_str() {
            "AWS::IAM::User" => &mut self.users,
            _ => &mut self.groups,
        };
        let told: Option<Identity> = unpacked(item.configuration);
        let arn = told.as_ref().map(|told| told.arn.clone()).or_else(|| item.arn.clone());
        let Some(Ok(arn)) = arn.map(|arn| Arn::parse(&arn)) else { return };
        let name = arn.resource().rsplit_once('/').map(|(_, name)| name.to_owned());
        let name = name.or_else(|| item.resource_name.clone());
        let (Some(account), Some(name)) = (arn.account().cloned(), name) else { return };
        let key = (account, name);
        match told {
            _ if item.is_gone() => all.remove(key),
            Some(told) => {
                let holder: &mut Holder = all.seen(key);
                holder.inline = inline(told.role_policy_list);
            }
            None => all.forget(key),
        }
    }

    fn take_policy(&mut self, item: &Item<'_>) {
        let Some(Ok(arn)) = item.arn.as_deref().map(Arn::parse) else { return };
        if item.is_gone() {
            return self.managed.remove(arn);
        }
        let Some(told) = unpacked::<ManagedPolicy>(item.configuration) else {
            return self.managed.forget(arn);
        };
        let versions = told.policy_version_list.map(|all| {
            let mut versions = Things::none();
            for Version { version_id, document: text } in all {
                versions.change(version_id, text.map(document));
            }
            versions
        });
        let made = self.managed.get(&arn).flatten().is_some_and(|known| known.made);
        let (default, versions) = (Some(told.default_version_id), versions.unwrap_or_default());
        self.managed.put(arn, Managed { made, default, versions });
    }
}
