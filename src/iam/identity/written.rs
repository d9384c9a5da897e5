//! Documents as the tests of this folder write them.

use crate::iam::{Document, IdentityDocument};
use serde_json::{Value, json};

fn text(statements: &Value) -> String {
    json!({"Version": "2012-10-17", "Statement": statements}).to_string()
}

pub(super) fn policy(statements: &Value) -> IdentityDocument {
    IdentityDocument::parse(&text(statements)).unwrap()
}

pub(super) fn trust_document(statements: &Value) -> Document {
    Document::parse(&text(statements)).unwrap()
}

pub(super) fn allow(action: impl Into<Value>, resource: impl Into<Value>) -> Value {
    json!({"Effect": "Allow", "Action": action.into(), "Resource": resource.into()})
}

pub(super) fn deny(action: impl Into<Value>, resource: impl Into<Value>) -> Value {
    json!({"Effect": "Deny", "Action": action.into(), "Resource": resource.into()})
}

/// The statement, where the condition holds.
pub(super) fn under(mut statement: Value, condition: Value) -> Value {
    statement["Condition"] = condition;
    statement
}
