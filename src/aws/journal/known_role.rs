//! What the journal keeps of execution roles, so that a later change can be told from none: one record
//! beside what goes on with the role. Refuses nothing: when it may be written the handler decides.

use super::{
    Journal,
    record::{SNAPSHOT, key, partition, rfc3339, string, text, unreadable},
    write::Write,
};
use crate::{
    aws::AwsError,
    resource::{Resource, RoleArn},
    state::KnownRole,
};
use time::OffsetDateTime;

impl Journal<'_> {
    /// What is known of a role from before.
    pub async fn known_role(&self, role: &RoleArn) -> Result<Option<KnownRole>, AwsError> {
        let partition = partition(&Resource::from(role.clone()));
        let Some(item) = self.get(&partition, SNAPSHOT).await? else { return Ok(None) };
        let known = string(&item, "role").and_then(|known| serde_json::from_str(known).ok());
        let wrong = || unreadable("GetItem", role.to_string(), "unreadable journal record");
        known.map(Some).ok_or_else(wrong)
    }

    /// Keeps what a role is now.
    pub async fn know_role(
        &self,
        role: &RoleArn,
        known: &KnownRole,
        now: OffsetDateTime,
    ) -> Result<(), AwsError> {
        let partition = partition(&Resource::from(role.clone()));
        let whole = serde_json::to_string(known)
            .map_err(|error| unreadable("UpdateItem", role.to_string(), &error.to_string()))?;
        let write = Write::new(key(&partition, SNAPSHOT))
            .set("role", text(whole))
            .set("seen", text(rfc3339(now)))
            .set("expires_at", self.expiry(now, true));
        self.update(&partition, write).await
    }
}
