//! Tags of Cordon's own. Refuses to touch any other.
//! <https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html>

use super::{Aws, AwsError, Stand};
use crate::{aws::failed, resource::FunctionArn};
use std::collections::{BTreeMap, HashMap};

impl Aws {
    pub(super) async fn tags_stand(
        &self,
        function: &FunctionArn,
        tags: &BTreeMap<String, String>,
    ) -> Result<Stand, AwsError> {
        let output = self
            .lambda()
            .await
            .list_tags()
            .resource(function.to_string())
            .send()
            .await
            .map_err(failed("ListTags", function))?;
        Ok(stand(&output.tags.unwrap_or_default(), tags))
    }

    pub(super) async fn tag(
        &self,
        function: &FunctionArn,
        tags: &BTreeMap<String, String>,
    ) -> Result<(), AwsError> {
        self.lambda()
            .await
            .tag_resource()
            .resource(function.to_string())
            .set_tags(Some(tags.clone().into_iter().collect()))
            .send()
            .await
            .map(|_| ())
            .map_err(failed("TagResource", function))
    }

    pub(super) async fn untag(
        &self,
        function: &FunctionArn,
        tags: &BTreeMap<String, String>,
    ) -> Result<(), AwsError> {
        self.lambda()
            .await
            .untag_resource()
            .resource(function.to_string())
            .set_tag_keys(Some(tags.keys().cloned().collect()))
            .send()
            .await
            .map(|_| ())
            .map_err(failed("UntagResource", function))
    }
}

/// Only the keys are told: a value may be somebody else's.
fn stand(now: &HashMap<String, String>, tags: &BTreeMap<String, String>) -> Stand {
    let other = tags.iter().find(|(key, value)| now.get(*key).is_some_and(|now| now != *value));
    let there = tags.keys().filter(|key| now.contains_key(*key)).count();
    match other {
        Some((key, _)) => Stand::Other(format!("the tag `{key}` has another value")),
        None if there == 0 => Stand::Before,
        None if there == tags.len() => Stand::After,
        None => Stand::Partly,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_stand_by_all_of_them() {
        let pairs = |text: &str| -> Vec<(String, String)> {
            let pair = |pair: &str| pair.split_once('=').map(|(k, v)| (k.to_owned(), v.to_owned()));
            text.split_whitespace().filter_map(pair).collect()
        };
        let tags = pairs("cordon:a=1 cordon:b=2").into_iter().collect();
        let look = |now: &str| stand(&pairs(now).into_iter().collect(), &tags);
        assert_eq!(look("team=x"), Stand::Before);
        assert_eq!(look("cordon:b=2"), Stand::Partly);
        assert_eq!(look("cordon:a=1 cordon:b=2 team=x"), Stand::After);
        let Stand::Other(found) = look("cordon:a=1 cordon:b=secret") else { panic!() };
        assert!(found.contains("cordon:b") && !found.contains("secret"), "{found}");
    }
}
