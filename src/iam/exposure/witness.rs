//! The request that shows that a grant is open. Only the search makes one, and only after the
//! evaluation let it in.

use crate::iam::evaluate::request::{Caller, Context, Request};
use serde::Serialize;
use std::collections::BTreeMap;

/// A request that gets in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Witness {
    /// The caller: an ARN, a service principal, or `*` for an unsigned request.
    pub principal: String,
    /// The action.
    pub action: String,
    /// The ARN of the function, version or alias.
    pub resource: String,
    /// The condition keys of the request.
    pub context: BTreeMap<String, String>,
}

impl Witness {
    /// The request, as the evaluation takes it.
    pub fn request(&self) -> Request {
        let mut context = Context::default();
        for (key, value) in &self.context {
            context.insert(key, [value.as_str()]);
        }
        let arn = self.context.get("aws:PrincipalArn").unwrap_or(&self.principal);
        let caller = match self.principal.as_str() {
            "*" => Caller::Anonymous,
            session if session.contains(":assumed-role/") => {
                Caller::Principal { arn: arn.clone(), session: Some(session.to_owned()) }
            }
            text if text.starts_with("arn:") => {
                Caller::Principal { arn: text.to_owned(), session: None }
            }
            service => Caller::Service(service.to_owned()),
        };
        Request { caller, action: self.action.clone(), resource: self.resource.clone(), context }
    }
}
