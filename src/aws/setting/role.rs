//! What an execution role is denied: an inline policy of a name of our own, or a permissions boundary
//! where no inline policy fits any more. Refuses to touch any policy of another name.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html>

use super::{Aws, AwsError, ErrorKind, Stand};
use crate::{
    aws::{absent, failed, read::iam::decoded},
    iam::IdentityDocument,
    resource::RoleArn,
};
use std::time::Duration;

/// The path of the managed policies that become boundaries.
const PATH: &str = "/cordon/";

/// What IAM has just been told, not all of IAM knows at once.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency>
const TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_secs(1);

impl Aws {
    pub(super) async fn deny_stand(
        &self,
        role: &RoleArn,
        name: &str,
        document: &str,
    ) -> Result<Stand, AwsError> {
        let answer = self
            .iam()
            .await
            .get_role_policy()
            .role_name(role.name())
            .policy_name(name)
            .send()
            .await
            .map_err(failed("GetRolePolicy", role));
        Ok(match absent(answer)? {
            // Whether the role is there, this does not tell.
            None if self.role_is_gone(role).await? => Stand::Gone,
            None => Stand::Before,
            Some(live) if same(&decoded(&live.policy_document), document) => Stand::After,
            Some(_) => Stand::Other(format!("the inline policy `{name}` says something else")),
        })
    }

    async fn role_is_gone(&self, role: &RoleArn) -> Result<bool, AwsError> {
        let answer = self.iam().await.get_role().role_name(role.name()).send().await;
        Ok(absent(answer.map_err(failed("GetRole", role)))?.is_none())
    }

    /// Where the role has no room left for it, the error's code is `LimitExceeded`.
    pub(super) async fn deny_role(
        &self,
        role: &RoleArn,
        name: &str,
        document: &str,
    ) -> Result<(), AwsError> {
        self.iam()
            .await
            .put_role_policy()
            .role_name(role.name())
            .policy_name(name)
            .policy_document(document)
            .send()
            .await
            .map(|_| ())
            .map_err(failed("PutRolePolicy", role))
    }

    pub(super) async fn deny_back(&self, role: &RoleArn, name: &str) -> Result<(), AwsError> {
        let deleted = self
            .iam()
            .await
            .delete_role_policy()
            .role_name(role.name())
            .policy_name(name)
            .send()
            .await
            .map_err(failed("DeleteRolePolicy", role));
        absent(deleted).map(|_| ())
    }

    pub(super) async fn bound_stand(
        &self,
        role: &RoleArn,
        before: Option<&str>,
        name: &str,
    ) -> Result<Stand, AwsError> {
        let now = self.role(role).await?.boundary;
        let ours = arn(role, name);
        Ok(Stand::of(&now.as_deref(), &before, &Some(ours.as_str()), || match &now {
            Some(now) => format!("the permissions boundary is `{now}`"),
            None => "there is no permissions boundary".to_owned(),
        }))
    }

    pub(super) async fn bound_role(
        &self,
        role: &RoleArn,
        name: &str,
        document: &str,
    ) -> Result<(), AwsError> {
        self.create_policy(role, name, document).await?;
        let boundary = arn(role, name);
        let mut tries = 1;
        loop {
            match self.bind(role, &boundary).await {
                // Either the new policy is not seen yet, or the role is gone.
                Err(error) if error.kind == ErrorKind::NotFound && tries < TRIES => {
                    self.role(role).await?;
                    tries += 1;
                    tokio::time::sleep(PAUSE).await;
                }
                Err(error) if error.kind == ErrorKind::NotFound => {
                    return Err(AwsError { kind: ErrorKind::Transient, ..error });
                }
                bound => return bound,
            }
        }
    }

    /// One that is there already is fine if it says the same: an answer was lost.
    async fn create_policy(
        &self,
        role: &RoleArn,
        name: &str,
        document: &str,
    ) -> Result<(), AwsError> {
        let created = self
            .iam()
            .await
            .create_policy()
            .policy_name(name)
            .path(PATH)
            .policy_document(document)
            .send()
            .await
            .map(|_| ())
            .map_err(failed("CreatePolicy", name));
        match created {
            Err(error) if error.code == "EntityAlreadyExists" => {
                let live = self.managed_policy(&arn(role, name)).await?;
                if same(&live, document) { Ok(()) } else { Err(error) }
            }
            created => created,
        }
    }

    async fn bind(&self, role: &RoleArn, boundary: &str) -> Result<(), AwsError> {
        self.iam()
            .await
            .put_role_permissions_boundary()
            .role_name(role.name())
            .permissions_boundary(boundary)
            .send()
            .await
            .map(|_| ())
            .map_err(failed("PutRolePermissionsBoundary", role))
    }

    pub(super) async fn bound_back(
        &self,
        role: &RoleArn,
        before: Option<&str>,
        name: &str,
    ) -> Result<(), AwsError> {
        match before {
            Some(before) => self.bind(role, before).await?,
            None => {
                self.iam()
                    .await
                    .delete_role_permissions_boundary()
                    .role_name(role.name())
                    .send()
                    .await
                    .map_err(failed("DeleteRolePermissionsBoundary", role))?;
            }
        }
        self.delete_policy(&arn(role, name)).await
    }

    /// Refused while it is still seen as somebody's boundary.
    /// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html>
    async fn delete_policy(&self, arn: &str) -> Result<(), AwsError> {
        let mut tries = 1;
        loop {
            let deleted = self.iam().await.delete_policy().policy_arn(arn).send().await;
            match deleted.map(|_| ()).map_err(failed("DeletePolicy", arn)) {
                Err(error) if error.kind == ErrorKind::NotFound => return Ok(()),
                Err(error) if error.code == "DeleteConflict" && tries < TRIES => {
                    tries += 1;
                    tokio::time::sleep(PAUSE).await;
                }
                deleted => return deleted,
            }
        }
    }
}

fn arn(role: &RoleArn, name: &str) -> String {
    format!("arn:{}:iam::{}:policy{PATH}{name}", role.partition(), role.account().as_str())
}

/// Whether two policies say the same, however they are spaced. One that says a thing twice says
/// nothing.
fn same(live: &str, document: &str) -> bool {
    let compact = |text: &str| IdentityDocument::parse(text).ok().map(|policy| policy.compact());
    compact(live).is_some_and(|live| Some(live) == compact(document))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DENY: &str =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}"#;

    #[test]
    fn policies_are_compared_by_what_they_say() {
        assert!(same(&DENY.replace(',', ", "), DENY));
        assert!(!same(&DENY.replace("Deny", "Allow"), DENY));
        let twice = DENY.replace(r#""Effect":"Deny""#, r#""Effect":"Allow","Effect":"Deny""#);
        assert!(!same(&twice, DENY));
    }

    #[test]
    fn a_boundary_of_ours_is_known_by_its_path() {
        let role = RoleArn::parse("arn:aws-cn:iam::123456789012:role/service-role/r").unwrap();
        assert_eq!(
            arn(&role, "cordon-inc"),
            "arn:aws-cn:iam::123456789012:policy/cordon/cordon-inc"
        );
    }
}
