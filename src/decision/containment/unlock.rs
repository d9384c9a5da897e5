//! An intruder's Deny in the function's own policy, which would keep Cordon out.

use super::{Contained, Containment};
use crate::{
    finding::statement_name,
    iam::{Caller, Context, Request, lift},
    remediation::{PolicyReplacement, Remediation},
    resource::{FunctionArn, FunctionResource},
    state::Read,
};

/// Of the actions for which AWS heeds a function's own policy, those that containment needs.
/// <https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html>
const ASKED: [&str; 13] = [
    "lambda:GetFunction",
    "lambda:GetFunctionConfiguration",
    "lambda:GetPolicy",
    "lambda:ListAliases",
    "lambda:ListVersionsByFunction",
    "lambda:ListTags",
    "lambda:TagResource",
    "lambda:GetFunctionConcurrency",
    "lambda:PutFunctionConcurrency",
    "lambda:ListFunctionEventInvokeConfigs",
    "lambda:PutFunctionEventInvokeConfig",
    "lambda:ListProvisionedConcurrencyConfigs",
    "lambda:DeleteProvisionedConcurrencyConfig",
];

impl Containment<'_> {
    /// Takes the Denies out of the function's own policy that keep Cordon from containing it. What
    /// was denied is tried again then.
    pub(super) fn unlock(&self, plan: &mut Contained) {
        let resource = FunctionResource::from(self.function.clone());
        plan.wants.insert(Read::Policy(resource.clone()));
        let live = self.state.policies.get(&resource).and_then(Option::as_ref);
        let Some(Ok(document)) = live.map(|live| live.document.as_ref()) else { return };
        let lifted = match lift(document, &self.requests()) {
            Ok(Some(lifted)) => lifted,
            Ok(None) => return,
            Err(error) => {
                plan.left.push(format!("locked out by {resource}: {error}"));
                return;
            }
        };
        let name = |index: &usize| {
            let sid = document.statements().get(*index).and_then(|s| s.sid.as_deref());
            format!("{} removed: it locks out who would contain it", statement_name(sid, *index))
        };
        plan.remediations.push(Remediation::ReplaceResourcePolicy(PolicyReplacement {
            before: document.raw().to_owned(),
            after: lifted.after,
            unlocks: true,
            revision: live.and_then(|live| live.revision.clone()),
            edits: lifted.denies.iter().map(name).collect(),
            removable_by_sid: None,
            resource,
        }));
    }

    /// What Cordon asks of a function that it contains, as far as AWS heeds the function's policy.
    fn requests(&self) -> Vec<Request> {
        let Some(role) = &self.remit.role else { return Vec::new() };
        let (partition, account) = (role.partition(), role.account());
        let session = self.remit.itself.as_ref().map_or("cordon", FunctionArn::name);
        let caller = Caller::Principal {
            arn: role.to_string(),
            session: Some(format!(
                "arn:{partition}:sts::{account}:assumed-role/{}/{session}",
                role.name()
            )),
        };
        let request = |action: &&str| Request {
            caller: caller.clone(),
            action: (*action).to_owned(),
            resource: self.function.to_string(),
            context: Context::default(),
        };
        ASKED.iter().map(request).collect()
    }
}
