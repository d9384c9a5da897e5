//! A function that somebody else commands: what is set up for it, and what is asked afterwards.

use crate::harness::{Answer, Bootstrap, Call, World};
use crate::telling::incident;
use cordon::iam::{Caller, Context, Decision, IdentityDocument, Request, evaluate_identity};

/// The function whose credentials make an access key in the sample event.
pub const FUNCTION: &str = "report-generator";

/// The sample event, or another one like it.
pub fn escalation(world: &World, number: u32) -> String {
    let event = world.event("create-access-key-by-function.json");
    event.replace("8cd2054d-48f6", &format!("{number:08}-48f6"))
}

/// The function is contained; its incident.
pub fn contain(world: &World, bootstrap: &Bootstrap) -> (Answer, String) {
    let answer = bootstrap.deliver(&escalation(world, 1));
    assert!(answer.ok, "{answer:?}");
    let incident = incident(&answer);
    (answer, incident)
}

/// Everything is put back, although the code is the same.
pub fn restore(world: &World, incident: &str) {
    let (code, printed) = world.cordon(&["restore", incident, "--force"]);
    assert_eq!(code, 0, "{printed}");
}

/// Where in `calls` the first one of `operation` is.
pub fn first(calls: &[Call], operation: &str) -> usize {
    let found = calls.iter().position(|call| call.operation == operation);
    found.unwrap_or_else(|| panic!("no {operation} in {:?}", names(calls)))
}

pub fn last(calls: &[Call], operation: &str) -> usize {
    let found = calls.iter().rposition(|call| call.operation == operation);
    found.unwrap_or_else(|| panic!("no {operation} in {:?}", names(calls)))
}

pub fn count(calls: &[Call], operation: &str) -> usize {
    calls.iter().filter(|call| call.operation == operation).count()
}

pub fn names(calls: &[Call]) -> Vec<&str> {
    calls.iter().map(|call| call.operation.as_str()).collect()
}

/// What changed an AWS setting of somebody's.
pub fn changes(calls: &[Call]) -> Vec<&str> {
    let changed = ["lambda", "iam", "application-autoscaling"];
    let calls = calls.iter().filter(|call| call.mutating);
    let calls = calls.filter(|call| changed.contains(&call.service.as_str()));
    calls.map(|call| call.operation.as_str()).collect()
}

/// Who asks, with what beside the role.
pub struct Asking<'a> {
    pub role: &'a str,
    /// `lambda:SourceFunctionArn`.
    pub function: Option<&'a str>,
    /// `aws:userid`.
    pub session: &'a str,
    /// `aws:TokenIssueTime`.
    pub issued: &'a str,
}

impl Asking<'_> {
    /// Whether the role's policies, as they are now, allow the action on the resource.
    pub async fn may(&self, world: &World, action: &str, resource: &str) -> bool {
        let mut context = Context::default();
        if let Some(function) = self.function {
            context.insert("lambda:SourceFunctionArn", [function]);
        }
        context.insert("aws:userid", [self.session]);
        context.insert("aws:TokenIssueTime", [self.issued]);
        let request = Request {
            caller: Caller::Principal {
                arn: format!("arn:aws:iam::111122223333:role/{}", self.role),
                session: None,
            },
            action: action.to_owned(),
            resource: resource.to_owned(),
            context,
        };
        let parse = |text: &str| IdentityDocument::parse(text).expect("policies are understood");
        let settings = world.account.role_settings(self.role).await;
        let inline = settings.iter().filter(|(setting, _)| setting.starts_with("policy "));
        let policies: Vec<_> = inline.map(|(_, text)| parse(text)).collect();
        let policies: Vec<_> = policies.iter().collect();
        let boundary = match settings.get(&format!("boundary of {}", self.role)) {
            Some(arn) => Some(parse(&world.account.managed_policy(arn).await)),
            None => None,
        };
        match evaluate_identity(&policies, boundary.as_ref(), &request) {
            Decision::Allow { .. } => true,
            Decision::Deny { .. } | Decision::Implicit => false,
            Decision::Unclear { .. } => panic!("unclear: {settings:?}"),
        }
    }
}
