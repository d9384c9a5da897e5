//! What can go wrong with one call of AWS, as the emulator's rules say it, in the words of each
//! service. <https://docs.aws.amazon.com/lambda/latest/api/CommonErrors.html> and its like.

use serde_json::{Value, json};

/// One call, by what does not depend on which of the calls that are made side by side comes first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub service: String,
    pub operation: String,
    /// Which call of this operation, from 0.
    pub nth: usize,
    /// Whether it changes anything.
    pub mutating: bool,
}

/// What befalls a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// Refused once, so that the SDK's retry hides it.
    ThrottledOnce,
    /// Refused however often the SDK tries.
    Throttled,
    /// Out of service however often it tries.
    OutOfService,
    /// Never arrives.
    LostBefore,
    /// Carried out, and the answer lost; the SDK's retry meets what it has done itself.
    LostAfterOnce,
    /// Carried out each time the SDK tries, and every answer lost.
    LostAfter,
    /// Not permitted, from this call on.
    Denied,
    /// Somebody else was faster, or is at it.
    Conflict,
    /// The process is gone before the call is carried out.
    KilledBefore,
    /// The process is gone before it knows that the call was carried out.
    KilledAfter,
}

impl Fault {
    pub const ALL: [Self; 10] = [
        Self::ThrottledOnce,
        Self::Throttled,
        Self::OutOfService,
        Self::LostBefore,
        Self::LostAfterOnce,
        Self::LostAfter,
        Self::Denied,
        Self::Conflict,
        Self::KilledBefore,
        Self::KilledAfter,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::ThrottledOnce => "throttled once",
            Self::Throttled => "throttled",
            Self::OutOfService => "out of service",
            Self::LostBefore => "lost before",
            Self::LostAfterOnce => "lost after, once",
            Self::LostAfter => "lost after",
            Self::Denied => "denied",
            Self::Conflict => "conflict",
            Self::KilledBefore => "killed before",
            Self::KilledAfter => "killed after",
        }
    }

    pub const fn kills(self) -> bool {
        matches!(self, Self::KilledBefore | Self::KilledAfter)
    }

    /// The emulator's rules, as JSON.
    pub fn rules(self, place: &Place) -> String {
        let mut rule = match self {
            Self::ThrottledOnce | Self::Throttled => refusal(throttled(&place.service)),
            Self::OutOfService => refusal(out_of_service(&place.service)),
            Self::Denied => refusal(denied(&place.service)),
            Self::Conflict => refusal(conflict(place)),
            Self::LostBefore => json!({ "drop": true }),
            Self::LostAfterOnce | Self::LostAfter => json!({ "drop": true, "late": true }),
            Self::KilledBefore => json!({ "hold": true }),
            Self::KilledAfter => json!({ "hold": true, "late": true }),
        };
        rule["service"] = json!(place.service);
        rule["operation"] = json!(place.operation);
        rule["after"] = json!(place.nth);
        match self {
            Self::Denied => {}
            Self::ThrottledOnce
            | Self::LostAfterOnce
            | Self::Conflict
            | Self::KilledBefore
            | Self::KilledAfter => rule["times"] = json!(1),
            Self::Throttled | Self::OutOfService | Self::LostBefore | Self::LostAfter => {
                rule["times"] = json!(1);
                rule["every_try"] = json!(true);
            }
        }
        json!([rule]).to_string()
    }
}

fn refusal((status, code): (u16, &str)) -> Value {
    json!({ "status": status, "code": code, "message": "injected" })
}

fn throttled(service: &str) -> (u16, &'static str) {
    match service {
        "lambda" | "account" => (429, "TooManyRequestsException"),
        "iam" => (400, "Throttling"),
        "dynamodb" => (400, "ProvisionedThroughputExceededException"),
        _ => (400, "ThrottlingException"),
    }
}

fn out_of_service(service: &str) -> (u16, &'static str) {
    match service {
        "lambda" => (500, "ServiceException"),
        "iam" => (500, "ServiceFailure"),
        "dynamodb" => (500, "InternalServerError"),
        "sns" => (500, "InternalError"),
        _ => (503, "ServiceUnavailable"),
    }
}

fn denied(service: &str) -> (u16, &'static str) {
    match service {
        "iam" => (403, "AccessDenied"),
        "sns" => (403, "AuthorizationError"),
        "lambda" | "account" => (403, "AccessDeniedException"),
        _ => (400, "AccessDeniedException"),
    }
}

fn conflict(place: &Place) -> (u16, &'static str) {
    match (place.service.as_str(), place.operation.as_str()) {
        ("lambda", "PutResourcePolicy" | "DeleteResourcePolicy" | "RemovePermission") => {
            (412, "PreconditionFailedException")
        }
        ("lambda", _) => (409, "ResourceConflictException"),
        ("iam", _) => (409, "ConcurrentModification"),
        // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
        ("dynamodb", "TransactWriteItems") => (400, "TransactionCanceledException"),
        ("dynamodb", _) => (400, "TransactionConflictException"),
        ("application-autoscaling", _) => (400, "ConcurrentUpdateException"),
        (_, _) => (409, "ConflictException"),
    }
}
