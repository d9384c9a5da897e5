//! The resource policies of functions, and of layers.
//! <https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html>

use super::target;
use crate::{
    history::{
        Call, History,
        policy::{self, Known, Policy},
        record::{or_nothing, read},
    },
    iam::{Document, DocumentError},
    resource::{FunctionResource, LayerVersion, RevisionId},
    state::PolicyState,
};
use serde::Deserialize;

/// What a guarded write would compare, which an archive does not tell.
const REVISION: &str = "as-archived";

#[derive(Deserialize, Default)]
#[serde(default)]
struct Answer {
    statement: Option<String>,
}

/// The ARN that a statement is about.
fn resource_of(statement: &str) -> Option<String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Statement {
        resource: String,
    }
    serde_json::from_str(statement).ok().map(|statement: Statement| statement.resource)
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Asked {
    statement_id: Option<String>,
}

impl History {
    /// Statements of a function's policy come and go.
    pub(in crate::history) fn learn_permission(&mut self, name: &str, call: &Call<'_>) {
        let Answer { statement } = or_nothing(call.answered);
        let about = statement.as_deref().and_then(resource_of);
        let about = about.and_then(|arn| FunctionResource::parse_arn(&arn).ok());
        let Some(resource) = about.or_else(|| target(call)) else { return };
        let Asked { statement_id } = or_nothing(call.asked);
        self.moment.touch(call.at, resource.function.to_string());
        let known = &mut self.functions.seen(resource.function).policies;
        let of = resource.qualifier;
        let before: Known = known.get(&of).map(Option::<&Policy>::cloned);
        let after = match name {
            "AddPermission" => policy::added(before, statement.as_deref()),
            _ => policy::removed(before, statement_id.as_deref()),
        };
        match after {
            Some(Some(policy)) => known.put(of, policy),
            Some(None) => known.remove(of),
            None => known.forget(of),
        }
    }

    /// A whole policy is written or deleted.
    pub(in crate::history) fn learn_resource_policy(&mut self, name: &str, call: &Call<'_>) {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Named {
            resource_arn: String,
        }
        #[derive(Deserialize)]
        struct Told {
            policy: String,
        }
        let named: Option<Named> = read(call.asked);
        let named = named.and_then(|named| FunctionResource::parse_arn(&named.resource_arn).ok());
        let Some(FunctionResource { function, qualifier }) = named else { return };
        self.moment.touch(call.at, function.to_string());
        let known = &mut self.functions.seen(function).policies;
        if name == "DeleteResourcePolicy" {
            return known.remove(qualifier);
        }
        let told: Option<Told> = read(call.answered).or_else(|| read(call.asked));
        known.change(qualifier, told.and_then(|told| Policy::parse(&told.policy)));
    }

    /// A version of a layer, and whom it is shared with.
    pub(in crate::history) fn learn_layer(&mut self, name: &str, call: &Call<'_>) {
        #[derive(Deserialize, Default)]
        #[serde(rename_all = "camelCase", default)]
        struct Request {
            layer_name: Option<String>,
            version_number: Option<u64>,
            statement_id: Option<String>,
        }
        #[derive(Deserialize, Default)]
        #[serde(rename_all = "camelCase", default)]
        struct Published {
            layer_version_arn: Option<String>,
        }
        let Answer { statement } = or_nothing(call.answered);
        let Published { layer_version_arn } = or_nothing(call.answered);
        let asked: Request = or_nothing(call.asked);
        let told = statement.as_deref().and_then(resource_of).or(layer_version_arn);
        let named = || {
            let (name, version) = (asked.layer_name.as_deref()?, asked.version_number?);
            LayerVersion::of(call.home, name, version).ok()
        };
        let told = told.and_then(|arn| LayerVersion::parse(&arn).ok());
        let Some(layer) = told.or_else(named) else { return };
        let is_first = self.moment.touch(call.at, layer.to_string());
        let before: Known = self.layers.get(&layer).map(Option::<&Policy>::cloned);
        let after = match name {
            "AddLayerVersionPermission" => policy::added(before, statement.as_deref()),
            "RemoveLayerVersionPermission" => {
                policy::removed(before, asked.statement_id.as_deref())
            }
            // A new one is shared with nobody, if it was not shared since.
            "PublishLayerVersion" if !is_first => before,
            // One that is gone neither.
            _ => Some(None),
        };
        match after {
            Some(Some(policy)) => self.layers.put(layer, policy),
            Some(None) => self.layers.remove(layer),
            None => self.layers.forget(layer),
        }
    }

    /// The resource policy of a function, version or alias; none inside if there is none, and outside if it
    /// is not known in full: then an event shows what [`crate::state::State::as_shown`] makes of it.
    pub fn policy(&self, resource: &FunctionResource) -> Option<Option<PolicyState>> {
        let Some(known) = self.functions.get(&resource.function)? else { return Some(None) };
        Some(known.policies.get(&resource.qualifier)?.map(state))
    }

    /// The policy of a layer's version; none inside if it is shared with nobody.
    pub fn layer_policy(
        &self,
        layer: &LayerVersion,
    ) -> Option<Option<Result<Document, DocumentError>>> {
        Some(self.layers.get(layer)?.map(|policy| Document::parse(&policy.text())))
    }
}

pub(in crate::history) fn state(policy: &Policy) -> PolicyState {
    let revision = Some(RevisionId(REVISION.to_owned()));
    PolicyState { document: Document::parse(&policy.text()), revision }
}
