//! With whom versions of layers are shared, statement by statement. Refuses to touch a statement that
//! is not the one that was decided on: the policy is looked at just before each write, which is guarded
//! by its revision.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_RemoveLayerVersionPermission.html>

use super::{Aws, AwsError, ErrorKind, Stand};
use crate::{
    aws::{absent, failed},
    resource::{LayerVersion, RevisionId},
    setting::LayerPermission,
};
use serde_json::Value;

/// As documented, the only action there is.
const ACTION: &str = "lambda:GetLayerVersion";

/// Steps on other statements of the same policy may be under way.
const TRIES: u32 = 4;

impl Aws {
    /// The policy and its revision; none if the version is shared with nobody, or is gone.
    pub(in crate::aws) async fn layer_policy(
        &self,
        layer: &LayerVersion,
    ) -> Result<Option<(String, Option<RevisionId>)>, AwsError> {
        let answer = self
            .lambda()
            .await
            .get_layer_version_policy()
            .layer_name(layer_name(layer))
            .version_number(number(layer))
            .send()
            .await
            .map_err(failed("GetLayerVersionPolicy", layer));
        let output = absent(answer)?;
        Ok(output.and_then(|output| Some((output.policy?, output.revision_id.map(RevisionId)))))
    }

    pub(super) async fn layer_stand(
        &self,
        layer: &LayerVersion,
        permission: &LayerPermission,
    ) -> Result<Stand, AwsError> {
        let policy = self.layer_policy(layer).await?;
        Ok(stand(policy.as_ref().map(|(text, _)| text.as_str()), permission))
    }

    pub(super) async fn unshare(
        &self,
        layer: &LayerVersion,
        permission: &LayerPermission,
    ) -> Result<(), AwsError> {
        self.guarded(layer, |policy, revision| async move {
            match stand(policy.as_deref(), permission) {
                Stand::After | Stand::Gone => return Ok(()),
                Stand::Other(found) => {
                    return Err(changed("RemoveLayerVersionPermission", layer, found));
                }
                Stand::Before | Stand::Partly => {}
            }
            self.lambda()
                .await
                .remove_layer_version_permission()
                .layer_name(layer_name(layer))
                .version_number(number(layer))
                .statement_id(&permission.statement)
                .set_revision_id(revision.map(|RevisionId(id)| id))
                .send()
                .await
                .map(|_| ())
                .map_err(failed("RemoveLayerVersionPermission", layer))
        })
        .await
    }

    pub(super) async fn share(
        &self,
        layer: &LayerVersion,
        permission: &LayerPermission,
    ) -> Result<(), AwsError> {
        self.guarded(layer, |policy, revision| async move {
            match stand(policy.as_deref(), permission) {
                Stand::Before => return Ok(()),
                Stand::Other(found) => {
                    return Err(changed("AddLayerVersionPermission", layer, found));
                }
                Stand::After | Stand::Gone | Stand::Partly => {}
            }
            self.lambda()
                .await
                .add_layer_version_permission()
                .layer_name(layer_name(layer))
                .version_number(number(layer))
                .statement_id(&permission.statement)
                .action(ACTION)
                .principal(&permission.principal)
                .set_organization_id(permission.organization.clone())
                .set_revision_id(revision.map(|RevisionId(id)| id))
                .send()
                .await
                .map(|_| ())
                .map_err(failed("AddLayerVersionPermission", layer))
        })
        .await
    }

    /// Looks, and writes what is decided on that; again where somebody wrote in between.
    async fn guarded<F: Future<Output = Result<(), AwsError>>>(
        &self,
        layer: &LayerVersion,
        write: impl Fn(Option<String>, Option<RevisionId>) -> F,
    ) -> Result<(), AwsError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let (policy, revision) = self.layer_policy(layer).await?.unzip();
            match write(policy, revision.flatten()).await {
                Err(error) if error.kind == ErrorKind::Precondition && tries < TRIES => {}
                written => return written,
            }
        }
    }
}

fn changed(operation: &'static str, layer: &LayerVersion, found: String) -> AwsError {
    AwsError::new(operation, layer, ErrorKind::Precondition, found)
}

/// The layer's ARN, without the version.
fn layer_name(layer: &LayerVersion) -> String {
    let arn = layer.to_string();
    arn.rsplit_once(':').map_or(arn.clone(), |(name, _)| name.to_owned())
}

fn number(layer: &LayerVersion) -> i64 {
    i64::try_from(layer.version()).unwrap_or(i64::MAX)
}

/// How a policy stands to the removal of a statement.
fn stand(policy: Option<&str>, permission: &LayerPermission) -> Stand {
    let document: Value =
        policy.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let statements = document.get("Statement").and_then(Value::as_array);
    let named =
        |one: &&Value| one.get("Sid").and_then(Value::as_str) == Some(&permission.statement);
    let Some(statement) = statements.into_iter().flatten().find(named) else {
        return Stand::After;
    };
    let principal = match statement.get("Principal") {
        Some(Value::String(text)) => text.as_str(),
        Some(typed) => typed.get("AWS").and_then(Value::as_str).unwrap_or_default(),
        None => "",
    };
    let account = principal.strip_suffix(":root").and_then(|arn| arn.rsplit(':').next());
    let organization = statement.pointer("/Condition/StringEquals/aws:PrincipalOrgID");
    let is_same = account.unwrap_or(principal) == permission.principal
        && organization.and_then(Value::as_str) == permission.organization.as_deref()
        && statement.get("Effect").and_then(Value::as_str) == Some("Allow");
    match is_same {
        true => Stand::Before,
        false => Stand::Other("the statement shares it with somebody else".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_stands_by_whom_it_shares_the_layer_with() {
        let permission = |principal: &str, organization: Option<&str>| LayerPermission {
            statement: "s".to_owned(),
            principal: principal.to_owned(),
            organization: organization.map(str::to_owned),
        };
        let look = |principal: &str, condition: &str, asked: &LayerPermission| {
            let text = format!(
                r#"{{"Statement":[{{"Sid":"s","Effect":"Allow","Principal":{principal}{condition}}}]}}"#
            );
            stand(Some(&text), asked)
        };
        let all = permission("*", None);
        let own = permission("*", Some("o-a1b2c3d4e5"));
        let one = permission("444455556666", None);
        let root = r#"{"AWS":"arn:aws:iam::444455556666:root"}"#;
        let org = r#","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}"#;
        assert_eq!(look("\"*\"", "", &all), Stand::Before);
        assert_eq!(look("\"*\"", org, &own), Stand::Before);
        assert_eq!(look(root, "", &one), Stand::Before);
        assert!(matches!(look("\"*\"", org, &all), Stand::Other(_)));
        assert!(matches!(look(root, "", &all), Stand::Other(_)));
        assert_eq!(stand(Some(r#"{"Statement":[]}"#), &all), Stand::After);
        assert_eq!(stand(None, &all), Stand::After);
    }
}
