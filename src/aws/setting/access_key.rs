//! Whether an access key can be used. Refuses to touch a key that does not stand as it did when that
//! was decided: the writes are not guarded, so it is looked at just before. The user is always named:
//! without a name IAM means whoever signs the call.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccessKey.html>

use super::{Aws, AwsError, ErrorKind, Stand};
use crate::{
    aws::{failed, read::iam::user_name},
    resource::Arn,
    setting::KeyStatus,
};
use aws_sdk_iam::types::StatusType;

const OPERATION: &str = "UpdateAccessKey";

impl Aws {
    pub(super) async fn key_stand(&self, user: &Arn, key: &str) -> Result<Stand, AwsError> {
        Ok(match self.access_keys(user).await?.get(key) {
            None => Stand::Gone,
            Some(KeyStatus::Active) => Stand::Before,
            Some(KeyStatus::Inactive) => Stand::After,
            Some(KeyStatus::Expired) => Stand::Other("it has expired".to_owned()),
        })
    }

    /// Only from where it was decided.
    pub(super) async fn deactivate_key(&self, user: &Arn, key: &str) -> Result<(), AwsError> {
        let refused = |kind, found: &str| Err(AwsError::new(OPERATION, key, kind, found));
        match self.key_stand(user, key).await? {
            Stand::Before => self.set_key(user, key, StatusType::Inactive).await,
            Stand::After => Ok(()),
            Stand::Gone => refused(ErrorKind::NotFound, "it is gone"),
            Stand::Partly => refused(ErrorKind::Precondition, "it changed"),
            Stand::Other(found) => refused(ErrorKind::Precondition, &found),
        }
    }

    pub(super) async fn activate_key(&self, user: &Arn, key: &str) -> Result<(), AwsError> {
        self.set_key(user, key, StatusType::Active).await
    }

    async fn set_key(&self, user: &Arn, key: &str, to: StatusType) -> Result<(), AwsError> {
        let update = self.iam().await.update_access_key().user_name(user_name(user));
        let updated = update.access_key_id(key).status(to).send().await;
        updated.map(|_| ()).map_err(failed(OPERATION, key))
    }
}
