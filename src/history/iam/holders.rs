//! Users and groups: their inline policies, and the access keys of users.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKey.html>

use super::{Asked, Key};
use crate::{
    history::{
        Call, History,
        record::{document, or_nothing},
        things::Things,
    },
    iam::IdentityDocument,
    resource::{AccountId, Arn, IdentityPolicy},
    state::{IdentityPolicyState, KeyStatus},
};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What is known of a user or group.
#[derive(Debug, Clone, Default)]
pub(in crate::history) struct Holder {
    pub inline: Things<String, String>,
    /// Of a user, by their ids.
    pub keys: Things<String, KeyStatus>,
}

/// Users, or groups.
pub(in crate::history) type Holders = Things<Key, Holder>;

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Answer {
    access_key: Option<AccessKey>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AccessKey {
    user_name: Option<String>,
    access_key_id: Option<String>,
    status: Option<String>,
}

impl Holder {
    /// As it is when it is made.
    fn new() -> Self {
        Self { inline: Things::none(), keys: Things::none() }
    }
}

impl History {
    /// None where the call does not tell whom it changed.
    pub(super) fn learn_holder(&mut self, name: &str, call: &Call<'_>, asked: Asked) -> Option<()> {
        let account = &call.home.account;
        let is_group = name.contains("Group");
        let (all, named, renamed) = match is_group {
            true => (&mut self.groups, asked.group_name, asked.new_group_name),
            false => (&mut self.users, asked.user_name, asked.new_user_name),
        };
        let of = (account.clone(), named?);
        let kind = if is_group { "group" } else { "user" };
        let is_first = self.moment.touch(call.at, format!("{kind} {account} {}", of.1));
        match name {
            "CreateUser" | "CreateGroup" if is_first => all.put(of, Holder::new()),
            "CreateUser" | "CreateGroup" => {
                all.seen(of);
            }
            "DeleteUser" | "DeleteGroup" => all.remove(of),
            "UpdateUser" | "UpdateGroup" => {
                let Some(renamed) = renamed else { return Some(()) };
                let known = all.there(&of).cloned().unwrap_or_default();
                all.remove(of);
                all.put((account.clone(), renamed), known);
            }
            _ => {
                let inline = &mut all.seen(of).inline;
                match (name, asked.policy_name) {
                    ("PutUserPolicy" | "PutGroupPolicy", Some(policy)) => {
                        inline.change(policy, asked.policy_document.map(document));
                    }
                    (_, Some(policy)) => inline.remove(policy),
                    (_, None) => *inline = Things::default(),
                }
            }
        }
        Some(())
    }

    /// None where the call does not tell whose key it is: without a user's name it is the caller's own,
    /// or root's.
    pub(super) fn learn_key(&mut self, name: &str, call: &Call<'_>, asked: Asked) -> Option<()> {
        let answered: Answer = or_nothing(call.answered);
        let key = answered.access_key;
        let told = key.as_ref().and_then(|key| key.user_name.clone());
        let account = &call.home.account;
        let Some(user) = asked.user_name.or(told) else {
            if key.is_some() {
                // Root's.
                return Some(());
            }
            return self.learn_key_of_caller(name, account, asked.access_key_id, asked.status);
        };
        self.moment.touch(call.at, format!("user {account} {user}"));
        let keys = &mut self.users.seen((account.clone(), user)).keys;
        let made = key.as_ref().and_then(|key| key.access_key_id.clone());
        let status = key.and_then(|key| key.status).or(asked.status);
        let status = status.as_deref().and_then(KeyStatus::parse);
        match (name, made.or(asked.access_key_id)) {
            ("DeleteAccessKey", Some(id)) => keys.remove(id),
            (_, Some(id)) => keys.change(id, status),
            (_, None) => *keys = Things::default(),
        }
        Some(())
    }

    /// Keys are nobody else's: whoever has it is the caller. One that nobody is known to have is of
    /// somebody whose keys are not all known.
    fn learn_key_of_caller(
        &mut self,
        name: &str,
        account: &AccountId,
        id: Option<String>,
        status: Option<String>,
    ) -> Option<()> {
        let id = id?;
        let has = |(of, user): (&Key, &Holder)| {
            (of.0 == *account && user.keys.get(&id).flatten().is_some()).then(|| of.clone())
        };
        let Some(owner) = self.users.some().find_map(has) else { return Some(()) };
        let keys = &mut self.users.seen(owner).keys;
        match name {
            "DeleteAccessKey" => keys.remove(id),
            _ => keys.change(id, status.as_deref().and_then(KeyStatus::parse)),
        }
        Some(())
    }

    /// The access keys of a user; none inside if there is no such user, and outside if not all are
    /// known.
    pub(in crate::history) fn access_keys(
        &self,
        user: &Arn,
    ) -> Option<Option<BTreeMap<String, KeyStatus>>> {
        let Some(known) = self.users.get(&holder(user)?)? else { return Some(None) };
        let all = known.keys.all()?.into_iter();
        Some(Some(all.map(|(id, status)| (id.clone(), *status)).collect()))
    }

    /// What an identity policy says; none inside if there is no such policy.
    pub(in crate::history) fn identity_policy(
        &self,
        policy: &IdentityPolicy,
    ) -> Option<Option<IdentityPolicyState>> {
        let text = match policy {
            IdentityPolicy::Managed(arn) => self.managed_version(arn)?.map(|now| now.document),
            IdentityPolicy::Inline { holder: of, name } => {
                let key = holder(of)?;
                let inline = match of.resource().split('/').next()? {
                    "role" => self.roles.get(&key)?.map(|role| &role.inline),
                    "user" => self.users.get(&key)?.map(|user| &user.inline),
                    "group" => self.groups.get(&key)?.map(|group| &group.inline),
                    _ => return None,
                };
                match inline {
                    None => None,
                    Some(inline) => inline.get(name)?.cloned(),
                }
            }
        };
        Some(text.map(|text| IdentityDocument::parse(&text)))
    }
}

/// By the name alone, even if that is a number.
fn holder(arn: &Arn) -> Option<Key> {
    let (kind, name) = arn.resource().rsplit_once('/')?;
    (!kind.is_empty() && arn.service() == "iam").then_some(())?;
    Some((arn.account()?.clone(), name.to_owned()))
}
