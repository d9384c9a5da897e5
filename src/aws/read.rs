//! Reads exactly what a decision asks for. Presigned code links and values of the environment are
//! dropped here. Refuses to let one read that fails keep the others from being known.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html>

mod alarms;
mod assumed;
mod function;
mod guard;
pub(super) mod iam;
mod interfaces;
mod key_uses;
pub(super) mod log_groups;
mod policies;
mod role_use;
mod roles;
mod route;
pub(super) mod rules;
mod surroundings;

pub(super) use function::vpc_attachment;
pub(super) use interfaces::Interfaces;
pub(super) use roles::RoleUsers;
pub(super) use route::routing;

use super::{Aws, AwsError, ErrorKind, absent};
use crate::{
    iam::Document,
    iam::IdentityDocument,
    resource::FunctionArn,
    state::{Read, State, Surroundings},
};
use futures_util::{StreamExt, TryStreamExt, stream};
use std::{collections::BTreeSet, time::Duration};
use tokio::time::{Instant, sleep_until, timeout};

/// Almost all calls of Lambda's control plane share 15 a second for everybody in the account and
/// Region, so not many are made at once.
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html#api-requests>
const AT_ONCE: usize = 8;

/// Of a long list, so many are asked for without a pause, and then one each time.
const AT_FIRST: u32 = 4;
const PACE: Duration = Duration::from_millis(100);

/// What takes longer is left to the retry, so that everything else is done and told.
const PATIENCE: Duration = Duration::from_secs(120);

impl Aws {
    /// Reads what a decision asks for, side by side. What cannot be read is marked as unread, and the
    /// errors are given back: a control that can judge must not wait for one that cannot.
    pub async fn read(&self, reads: &BTreeSet<Read>) -> (State, Vec<AwsError>) {
        let mut state = State::default();
        let mut errors = Vec::new();
        let each: Vec<_> =
            reads.iter().map(|read| async move { (read, self.read_in_time(read).await) }).collect();
        let mut each = stream::iter(each).buffer_unordered(AT_ONCE);
        while let Some((read, answer)) = each.next().await {
            match answer {
                Ok(None) => {}
                Ok(Some((found, error))) => {
                    state.learn(found);
                    match error {
                        None => state.read.insert(read.clone()),
                        Some(_) => state.unread.insert(read.clone()),
                    };
                    errors.extend(error);
                }
                Err(error) => {
                    state.unread.insert(read.clone());
                    errors.push(error);
                }
            }
        }
        (state, errors)
    }

    async fn read_in_time(
        &self,
        read: &Read,
    ) -> Result<Option<(State, Option<AwsError>)>, AwsError> {
        timeout(PATIENCE, self.read_one(read)).await.unwrap_or_else(|_| {
            let code = "no answer in time";
            Err(AwsError::new("Read", read, ErrorKind::Transient, code))
        })
    }

    /// What was found, with what kept the rest from being found. None for what is not read from AWS.
    async fn read_one(&self, read: &Read) -> Result<Option<(State, Option<AwsError>)>, AwsError> {
        let mut state = State::default();
        let mut rest = None;
        match read {
            Read::Policy(resource) => {
                let policy = self.policy(resource).await?;
                state.policies.insert(resource.clone(), policy);
            }
            Read::EveryPolicy(function) => state.policies = self.every_policy(function).await?,
            Read::LayerPolicy(layer) => {
                let policy = self.layer_policy(layer).await?;
                let document = policy.map(|(text, _)| Document::parse(&text));
                state.layer_policies.insert(layer.clone(), document);
            }
            Read::LogGroup(name) => {
                let group = self.log_group(name).await?;
                state.log_groups.insert(name.clone(), group);
            }
            Read::Alarm(alarm) => {
                (state, rest) = self.alarm_and_function(alarm).await?;
            }
            Read::Function(function) => {
                let live = self.function(function).await?;
                state.functions.insert(function.clone(), live);
            }
            Read::Url(resource) => {
                let auth = self.url_auth(resource).await?;
                state.urls.insert(resource.clone(), auth);
            }
            Read::EveryUrl(function) => state.urls = self.every_url(function).await?,
            Read::Provisioned(function) => {
                let provisioned = absent(self.provisioned(function).await)?.unwrap_or_default();
                state.provisioned.insert(function.clone(), provisioned);
            }
            Read::Rule(rule) => {
                let live = self.rule(rule).await?;
                state.rules.insert(rule.clone(), live);
            }
            Read::RulesOf(function) => state.rules = self.rules_of(function).await?,
            Read::Destinations(function)
            | Read::Mappings(function)
            | Read::EveryMapping(function)
            | Read::AutoScaling(function)
            | Read::Scaling(function)
            | Read::Executions(function)
            | Read::RoleUse(function, _)
            | Read::Boundary(function, _) => {
                let around = self.around(read, function).await?;
                state.surroundings.insert(function.clone(), around);
            }
            Read::IdentityPolicy(policy) => {
                let live = absent(self.identity_policy(policy).await)?;
                let live = live.map(|text| IdentityDocument::parse(&text));
                state.identity_policies.insert(policy.clone(), live);
            }
            Read::AccessKeys(user) => {
                let keys = absent(self.access_keys(user).await)?;
                state.access_keys.insert(user.clone(), keys);
            }
            Read::AssumedRoles(function) => {
                let (assumed, error) = self.assumed(function).await?;
                rest = error;
                let around = Surroundings { assumed: Some(assumed), ..Surroundings::default() };
                state.surroundings.insert(function.clone(), around);
            }
            Read::ExecutionRole(role) => {
                let live = self.execution_role(role.name()).await?;
                state.roles.insert(role.name().to_owned(), live);
            }
            Read::ExecutionRoles => state.roles = self.execution_roles().await?,
            Read::ManagedPolicy(policy) => {
                let (managed, roles) = self.roles_with(policy).await?;
                state.managed.insert(policy.clone(), managed);
                state.roles = roles;
            }
            Read::KeyUses(function, key) => {
                state.keys.insert(key.clone(), self.key_uses(function, key).await?);
            }
            Read::Threat(finding) => {
                let threat = absent(self.threat(finding).await)?.flatten();
                state.threats.insert(finding.clone(), threat);
            }
            Read::Interface(interface) => {
                let live = self.interface(interface).await?;
                state.interfaces.insert(interface.clone(), live);
            }
            Read::Watcher(read) => return self.watcher(read).await.map(Some),
            Read::Signing(function) => {
                let signing = self.signing(function).await?;
                state.signing.insert(function.clone(), signing);
            }
            Read::Recursion(function) => {
                let recursion = self.recursion(function).await?;
                state.recursion.insert(function.clone(), recursion);
            }
            Read::Snapshot(_)
            | Read::SwappedRoles(_)
            | Read::Alias(_)
            | Read::KnownAlias(_)
            | Read::Mapping(_, _)
            | Read::KnownMapping(_, _)
            | Read::Baseline(_)
            | Read::Containment(_)
            | Read::ContainmentOf(_) => return Ok(None),
        }
        Ok(Some((state, rest)))
    }

    async fn around(&self, read: &Read, function: &FunctionArn) -> Result<Surroundings, AwsError> {
        let mut around = Surroundings::default();
        match read {
            Read::Destinations(_) => {
                around.destinations = Some(self.every_destination(function).await?)
            }
            Read::Mappings(_) => around.mappings = Some(self.mappings(function).await?),
            Read::EveryMapping(_) => around.mappings = Some(self.every_mapping(function).await?),
            Read::AutoScaling(_) => {
                around.auto_scaling = Some(self.every_suspension(function).await?);
            }
            Read::Scaling(_) => around.scaling = Some(self.every_scaling(function).await?),
            Read::Executions(_) => around.executions = Some(self.executions(function).await?),
            Read::RoleUse(_, role) => around.role_use = Some(self.role_use(function, role).await?),
            Read::Boundary(_, role) => around.boundary = Some(self.boundary(role).await?),
            Read::Policy(_)
            | Read::EveryPolicy(_)
            | Read::LayerPolicy(_)
            | Read::LogGroup(_)
            | Read::Alarm(_)
            | Read::Function(_)
            | Read::Url(_)
            | Read::EveryUrl(_)
            | Read::Provisioned(_)
            | Read::Rule(_)
            | Read::RulesOf(_)
            | Read::AssumedRoles(_)
            | Read::ExecutionRole(_)
            | Read::ExecutionRoles
            | Read::ManagedPolicy(_)
            | Read::Signing(_)
            | Read::Recursion(_)
            | Read::IdentityPolicy(_)
            | Read::AccessKeys(_)
            | Read::Snapshot(_)
            | Read::SwappedRoles(_)
            | Read::Alias(_)
            | Read::KnownAlias(_)
            | Read::Mapping(_, _)
            | Read::KnownMapping(_, _)
            | Read::Containment(_)
            | Read::ContainmentOf(_)
            | Read::Threat(_)
            | Read::Baseline(_)
            | Read::KeyUses(_, _)
            | Read::Interface(_)
            | Read::Watcher(_) => {}
        }
        Ok(around)
    }
}

/// Asks for each of `things`, some at once and the rest at a pace that leaves others their share, and
/// gives up at the first that fails.
async fn each<T, A, F>(
    things: impl IntoIterator<Item = T>,
    ask: impl Fn(T) -> F,
) -> Result<Vec<A>, AwsError>
where
    F: Future<Output = Result<A, AwsError>>,
{
    let begun = Instant::now();
    let asked: Vec<_> = (0..)
        .zip(things)
        .map(|(index, thing)| {
            let asked = ask(thing);
            async move {
                sleep_until(begun + turn(index)).await;
                asked.await
            }
        })
        .collect();
    stream::iter(asked).buffer_unordered(AT_ONCE).try_collect().await
}

/// How long the one after `before` others waits for its turn.
fn turn(before: u32) -> Duration {
    PACE * before.saturating_sub(AT_FIRST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_leaves_others_their_share_of_calls() {
        let limit = 15;
        for second in 1..100 {
            let now = Duration::from_secs(second);
            let begun = |by| (0..2_000).filter(|index| turn(*index) < by).count();
            assert!(begun(now) - begun(now - Duration::from_secs(1)) < limit, "{second}");
        }
        assert_eq!(turn(AT_FIRST), Duration::ZERO);
        assert_eq!(turn(AT_FIRST + 10), Duration::from_secs(1));
    }
}
