//! Who else can use a function's execution role: other principals by its trust policy, other functions
//! in every Region. Refuses to say "nobody" where anything could not be looked at.
//! <https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html>

use super::{AT_ONCE, Aws, AwsError, ErrorKind};
use crate::{
    aws::failed,
    iam::only_lambda_assumes,
    resource::{FunctionArn, FunctionResource, RoleArn},
    state::RoleUse,
};
use aws_sdk_account::types::RegionOptStatus;
use aws_sdk_lambda::types::FunctionVersion;
use futures_util::{StreamExt, TryStreamExt, stream};
use std::collections::BTreeSet;

/// So many are named.
const NAMED: usize = 3;

impl Aws {
    /// # Errors
    /// Only what may be gone the next time. What will not is a reason not to know.
    pub(super) async fn role_use(
        &self,
        function: &FunctionArn,
        role: &RoleArn,
    ) -> Result<RoleUse, AwsError> {
        match self.users(function, role).await {
            Err(error) if error.kind != ErrorKind::Transient => {
                Ok(RoleUse::Unknown(error.to_string()))
            }
            known => known,
        }
    }

    async fn users(&self, function: &FunctionArn, role: &RoleArn) -> Result<RoleUse, AwsError> {
        let trust = self.role(role).await?.trust;
        match only_lambda_assumes(&trust, role.account()) {
            Some(true) => {}
            Some(false) => {
                let others = "its trust policy lets others than AWS Lambda assume it";
                return Ok(RoleUse::Shared(others.to_owned()));
            }
            None => {
                let unclear = "it cannot be told whom its trust policy lets assume it";
                return Ok(RoleUse::Unknown(unclear.to_owned()));
            }
        }
        let regions: Vec<_> = self
            .regions()
            .await?
            .into_iter()
            .map(|region| async move { self.other_functions(region, function, role).await })
            .collect();
        let mut looks = stream::iter(regions).buffer_unordered(AT_ONCE);
        while let Some(found) = looks.try_next().await? {
            if !found.is_empty() {
                return Ok(RoleUse::Shared(named(&found)));
            }
        }
        Ok(RoleUse::Alone)
    }

    /// Those that are enabled for the account.
    /// <https://docs.aws.amazon.com/accounts/latest/reference/API_ListRegions.html>
    async fn regions(&self) -> Result<Vec<String>, AwsError> {
        let mut pages = self
            .account()
            .await
            .list_regions()
            .region_opt_status_contains(RegionOptStatus::Enabled)
            .region_opt_status_contains(RegionOptStatus::EnabledByDefault)
            .region_opt_status_contains(RegionOptStatus::Enabling)
            .region_opt_status_contains(RegionOptStatus::Disabling)
            .into_paginator()
            .items()
            .send();
        let mut names = Vec::new();
        while let Some(region) = pages.next().await {
            names.extend(region.map_err(failed("ListRegions", "the account"))?.region_name);
        }
        Ok(names)
    }

    /// A published version keeps the role it had, so all versions count. One page with somebody is
    /// enough.
    /// <https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html>
    async fn other_functions(
        &self,
        region: String,
        function: &FunctionArn,
        role: &RoleArn,
    ) -> Result<BTreeSet<String>, AwsError> {
        let role = role.to_string();
        let lambda = self.lambda_in(&region).await;
        let pages = lambda.list_functions().function_version(FunctionVersion::All);
        let mut pages = pages.into_paginator().send();
        let mut found = BTreeSet::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(failed("ListFunctions", &region))?;
            for one in page.functions.unwrap_or_default() {
                if one.role.as_deref() == Some(&role) {
                    found.extend(one.function_arn.as_deref().map(unqualified));
                }
            }
            found.remove(&function.to_string());
            if !found.is_empty() {
                break;
            }
        }
        Ok(found)
    }
}

/// A name that cannot be understood is somebody else's.
fn unqualified(arn: &str) -> String {
    FunctionResource::parse_arn(arn)
        .map_or_else(|_| arn.to_owned(), |resource| resource.function.to_string())
}

fn named(others: &BTreeSet<String>) -> String {
    let names: Vec<String> = others.iter().take(NAMED).map(|arn| format!("`{arn}`")).collect();
    let more = if others.len() > NAMED { " and others" } else { "" };
    format!("{}{more}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_others_are_named() {
        let others = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(named(&others(&["a"])), "`a`");
        assert_eq!(named(&others(&["a", "b", "c", "d"])), "`a`, `b`, `c` and others");
    }

    #[test]
    fn a_version_is_of_its_function() {
        let arn = "arn:aws:lambda:eu-west-1:123456789012:function:f";
        assert_eq!(unqualified(&format!("{arn}:7")), arn);
        assert_eq!(unqualified(&format!("{arn}:$LATEST")), arn);
        assert_eq!(unqualified("nonsense"), "nonsense");
    }
}
