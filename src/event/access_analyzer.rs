//! Findings of IAM Access Analyzer on access from outside. What it says of the access is not taken
//! over: the live policies tell that.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-eventbridge.html>

use super::{Event, EventError, Kind};
use crate::resource::{Home, LayerVersion, Resource};
use serde::{Deserialize, de::IgnoredAny};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    resource: String,
    status: Option<String>,
    is_deleted: Option<bool>,
    /// It could not analyse the resource.
    error: Option<IgnoredAny>,
}

/// Reads the `detail` of an `Access Analyzer Finding`. A deleted one keeps its status.
pub(super) fn finding(id: String, detail: &str, home: &Home) -> Result<Event, EventError> {
    let detail: Detail = serde_json::from_str(detail)
        .map_err(|source| EventError::Json { part: "detail", source })?;
    let stands = detail.status.as_deref() == Some("ACTIVE")
        && detail.is_deleted != Some(true)
        && detail.error.is_none();
    let kind = match accessed(&detail.resource) {
        None => Kind::Ignored("the resource is no function and no layer".to_owned()),
        Some(resource) if !is_at_home(&resource, home) => {
            Kind::Ignored("the resource lives in another account or Region".to_owned())
        }
        Some(resource) => Kind::ExternalAccess { resource, stands },
    };
    Ok(Event::told(id, kind))
}

/// The function or the version of a layer; it analyses no versions and aliases.
fn accessed(arn: &str) -> Option<Resource> {
    let resource = Resource::parse(arn).ok()?;
    match resource.function() {
        Some(function) => Some(function.clone().into()),
        None => LayerVersion::parse(arn).ok().map(Resource::from),
    }
}

fn is_at_home(resource: &Resource, home: &Home) -> bool {
    resource.account() == Some(&home.account) && resource.region() == Some(home.region.as_str())
}
