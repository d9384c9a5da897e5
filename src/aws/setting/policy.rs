//! Resource policies of functions, versions and aliases: one guarded write, and its way back.
//! Refuses to write over what was not looked at, but for a policy that locks everybody out.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_PutResourcePolicy.html>

use super::{Aws, AwsError, ErrorKind, Stand, gone, settled};
use crate::{
    aws::failed,
    iam::Document,
    remediation::{Outcome, PolicyReplacement},
    resource::{FunctionResource, Qualifier, RevisionId},
    state::PolicyState,
};

impl Aws {
    /// How it stands, and the revision that says so.
    pub(super) async fn policy_stand(
        &self,
        replacement: &PolicyReplacement,
    ) -> Result<(Stand, Option<RevisionId>), AwsError> {
        let live = self.policy(&replacement.resource).await?;
        let revision = live.as_ref().and_then(|live| live.revision.clone());
        Ok((stand(live, replacement), revision))
    }

    /// One guarded write. Where it is refused or not known, statements that only have to go are
    /// removed one by one, each guarded too, and the outcome says so.
    pub(super) async fn replace_policy(
        &self,
        replacement: &PolicyReplacement,
    ) -> Result<Outcome, AwsError> {
        let PolicyReplacement { resource, after, removable_by_sid, .. } = replacement;
        let revision = match self.guard(replacement).await? {
            Guard::Revision(revision) => revision,
            Guard::Done => return Ok(Outcome::Success { note: Some("it was so".to_owned()) }),
        };
        let written = self.write_policy(resource, after.as_deref(), Some(&revision)).await;
        match (written, removable_by_sid) {
            (Err(error), Some(sids))
                if matches!(error.kind, ErrorKind::Denied | ErrorKind::Unsupported) =>
            {
                self.remove_by_sid(replacement, revision, sids).await?;
                let note = format!("{error}; removed statement by statement instead");
                Ok(Outcome::Success { note: Some(note) })
            }
            (written, _) if after.is_none() => gone(written),
            (written, _) => settled(written),
        }
    }

    /// The revision the decision rests on, or that of a look just before the write.
    async fn guard(&self, replacement: &PolicyReplacement) -> Result<Guard, AwsError> {
        if let Some(revision) = &replacement.revision {
            return Ok(Guard::Revision(revision.clone()));
        }
        match self.policy_stand(replacement).await? {
            (Stand::Before, Some(revision)) => Ok(Guard::Revision(revision)),
            (Stand::After, _) => Ok(Guard::Done),
            (Stand::Before | Stand::Partly | Stand::Other(_) | Stand::Gone, _) => {
                Err(changed("PutResourcePolicy", &replacement.resource))
            }
        }
    }

    /// The way without full-document writes. The first removal is guarded by `revision`, each
    /// further one by a look whether its predecessors are all that changed.
    async fn remove_by_sid(
        &self,
        replacement: &PolicyReplacement,
        mut revision: RevisionId,
        sids: &[String],
    ) -> Result<(), AwsError> {
        let PolicyReplacement { resource, before, .. } = replacement;
        for (index, sid) in sids.iter().enumerate() {
            let removed = sids.get(..index).unwrap_or_default();
            if !removed.is_empty() {
                let live = self.policy(resource).await?;
                let expected = live.filter(|live| {
                    live.document.as_ref().is_ok_and(|now| now.is_without(before, removed))
                });
                revision = expected
                    .and_then(|live| live.revision)
                    .ok_or_else(|| changed("RemovePermission", resource))?;
            }
            self.lambda()
                .await
                .remove_permission()
                .function_name(resource.function.to_string())
                .set_qualifier(resource.qualifier.as_ref().map(Qualifier::to_string))
                .statement_id(sid)
                .revision_id(revision.0.clone())
                .send()
                .await
                .map_err(failed("RemovePermission", resource))?;
        }
        Ok(())
    }

    /// Puts the document back that was there before, guarded by the revision that this looks at.
    pub(super) async fn policy_back(
        &self,
        replacement: &PolicyReplacement,
        force: bool,
    ) -> Result<(), AwsError> {
        let PolicyReplacement { resource, before, .. } = replacement;
        let (stand, revision) = self.policy_stand(replacement).await?;
        let as_left = match stand {
            Stand::After | Stand::Partly => true,
            Stand::Before => return Ok(()),
            Stand::Other(_) | Stand::Gone => force,
        };
        if !as_left {
            return Err(changed("PutResourcePolicy", resource));
        }
        self.write_policy(resource, Some(before), revision.as_ref()).await
    }

    async fn write_policy(
        &self,
        resource: &FunctionResource,
        document: Option<&str>,
        revision: Option<&RevisionId>,
    ) -> Result<(), AwsError> {
        let lambda = self.lambda().await;
        let revision = revision.map(|revision| revision.0.clone());
        match document {
            Some(document) => lambda
                .put_resource_policy()
                .resource_arn(resource.to_string())
                .policy(document)
                .set_revision_id(revision)
                .send()
                .await
                .map(|_| ())
                .map_err(failed("PutResourcePolicy", resource)),
            None => lambda
                .delete_resource_policy()
                .resource_arn(resource.to_string())
                .set_revision_id(revision)
                .send()
                .await
                .map(|_| ())
                .map_err(failed("DeleteResourcePolicy", resource)),
        }
    }
}

/// What a write is guarded by.
enum Guard {
    Revision(RevisionId),
    /// There is nothing to write any more.
    Done,
}

/// Somebody was faster.
fn changed(operation: &'static str, resource: &FunctionResource) -> AwsError {
    AwsError::new(operation, resource, ErrorKind::Precondition, "changed meanwhile")
}

fn stand(live: Option<PolicyState>, replacement: &PolicyReplacement) -> Stand {
    let PolicyReplacement { resource, before, after, .. } = replacement;
    let now = match live.map(|live| live.document).transpose() {
        Ok(now) => now,
        // A policy that cannot be parsed any more is neither the one nor the other.
        Err(error) => return Stand::Other(error.to_string()),
    };
    let says = |text: &str| now.as_ref().is_some_and(|now| now.says(text));
    if says(before) {
        return Stand::Before;
    }
    let as_left = match after {
        Some(after) => says(after),
        None => now.is_none(),
    };
    if as_left {
        Stand::After
    } else if Document::is_between(now.as_ref(), before, after.as_deref()) {
        Stand::Partly
    } else {
        Stand::Other(format!("the policy of `{resource}` is another"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(sids: &[&str]) -> String {
        let statement = |sid: &&str| {
            format!(r#"{{"Sid":"{sid}","Effect":"Allow","Principal":"*","Action":"lambda:*"}}"#)
        };
        let statements: Vec<String> = sids.iter().map(statement).collect();
        format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","))
    }

    fn look(now: Option<&[&str]>, after: Option<&[&str]>) -> Stand {
        let resource = "arn:aws:lambda:eu-west-1:123456789012:function:f";
        let replacement = PolicyReplacement {
            unlocks: false,
            resource: FunctionResource::parse_arn(resource).unwrap(),
            before: document(&["a", "b", "c"]),
            after: after.map(document),
            revision: None,
            edits: Vec::new(),
            removable_by_sid: None,
        };
        let live = now
            .map(|sids| PolicyState { document: Document::parse(&document(sids)), revision: None });
        stand(live, &replacement)
    }

    #[test]
    fn a_policy_stands_by_its_statements() {
        let after: Option<&[&str]> = Some(&["b"]);
        assert_eq!(look(Some(&["a", "b", "c"]), after), Stand::Before);
        assert_eq!(look(Some(&["b"]), after), Stand::After);
        assert_eq!(look(Some(&["b", "c"]), after), Stand::Partly);
        for other in [Some(&["b", "d"][..]), Some(&["a"]), None] {
            assert!(matches!(look(other, after), Stand::Other(_)), "{other:?}");
        }
        assert_eq!(look(None, None), Stand::After);
        assert_eq!(look(Some(&["c"]), None), Stand::Partly);
    }
}
