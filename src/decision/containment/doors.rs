//! What brings events and callers to a function.

use super::{Contained, Containment};
use crate::{
    controls::{self, Response},
    iam::{Principal, Statement},
    remediation::Remediation,
    resource::FunctionResource,
    state::{Read, Surroundings, UrlAuthType},
};

impl Containment<'_> {
    pub(super) fn close_doors(&self, around: &Surroundings, plan: &mut Contained) {
        plan.wants.insert(Read::EveryUrl(self.function.clone()));
        plan.wants.insert(Read::EveryPolicy(self.function.clone()));
        plan.wants.insert(Read::EveryMapping(self.function.clone()));
        for mapping in around.mappings.iter().flatten().filter(|mapping| mapping.enabled) {
            let foreign = mapping.on_failure.as_ref().is_some_and(|arn| self.is_foreign(arn));
            plan.remediations.push(Remediation::DisableMapping {
                function: self.function.clone(),
                before: mapping.clone(),
                queue: self.remit.quarantine.clone().filter(|_| foreign),
            });
        }
        let own = |resource: &FunctionResource| resource.function == *self.function;
        for (resource, auth) in self.state.urls.iter().filter(|(resource, _)| own(resource)) {
            if *auth == Some(UrlAuthType::None) {
                let resource = resource.clone();
                plan.remediations.push(Remediation::HardenFunctionUrl { resource });
            }
        }
        for resource in self.state.policies.keys().filter(|resource| own(resource)) {
            self.close_policy(resource, plan);
        }
    }

    /// Takes outsiders out of one resource policy, as the controls of resource policies would.
    fn close_policy(&self, resource: &FunctionResource, plan: &mut Contained) {
        let live = self.state.policies.get(resource).and_then(Option::as_ref);
        let Some(Ok(document)) = live.map(|live| live.document.as_ref()) else { return };
        if document.statements().iter().any(is_replicated) {
            plan.left.push(
                "it is replicated to CloudFront (Lambda@Edge), where it goes on: take it out of \
                 the distribution"
                    .to_owned(),
            );
        }
        let seen = controls::judge_document(self.remit.policy, resource, document, self.now);
        for response in seen.into_iter().flat_map(|seen| seen.responses) {
            if let Response::EditPolicy(edit) = response {
                plan.edits.push((resource.clone(), edit));
            }
        }
    }
}

/// Whether a statement lets Lambda@Edge copy the function.
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-permissions.html>
fn is_replicated(statement: &Statement) -> bool {
    let replicator = |principal: &Principal| {
        matches!(principal, Principal::Service(service)
            if service == "replicator.lambda.amazonaws.com" || service == "edgelambda.amazonaws.com")
    };
    statement.principals.iter().any(replicator)
}
