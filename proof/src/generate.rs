//! Policies and requests that nearly match, so that every part of the evaluation decides some of
//! them: operators, values, keys held once, often or not at all, principals, wildcards, variables,
//! `Not...` elements and Denies.
//! A generated policy is not always one that AWS would store.
//! Elements: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html>.

use crate::choices::Choices;
use crate::statement::statement;
use crate::words::{
    ACTIONS, ADDRESSES, ALWAYS, ARNS, BINARIES, DATES, FUNCTION, KEYS, Kind, NUMBERS, PRINCIPALS,
    RESOURCES, SERVICES, TEXTS, TRUTHS,
};
use serde_json::{Map, Value, json};

/// A question: what a policy says to a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// The resource policy.
    pub policy: Value,
    /// `caller` (`"anonymous"`, `{"service"}`, or `{"principal": {"arn", "session"}}`), `action`,
    /// `resource` and `context`.
    pub request: Value,
}

/// One case.
pub fn case(choices: &mut Choices<'_>) -> Case {
    let request = request(choices);
    let count = 1 + choices.below(2) * choices.below(4);
    let statements: Vec<Value> = (0..count).map(|_| statement(choices)).collect();
    let mut policy = json!({ "Version": "2012-10-17", "Statement": statements });
    match choices.below(20) {
        18 => policy["Version"] = json!("2008-10-17"),
        19 => drop(policy.as_object_mut().and_then(|policy| policy.remove("Version"))),
        _ => {}
    }
    Case { policy, request }
}

fn request(choices: &mut Choices<'_>) -> Value {
    let mut context = Map::new();
    let caller = caller(choices, &mut context);
    context.insert("aws:ResourceAccount".to_owned(), json!("111122223333"));
    for (key, kind, set) in KEYS.iter().take(KEYS.len() - 1) {
        let held = match (ALWAYS.contains(key) || choices.chance(55), set) {
            (false, _) => continue,
            _ if context.contains_key(*key) || *key == "aws:PrincipalArn" => continue,
            (true, false) => json!(held(choices, *kind)),
            (true, true) => (0..choices.below(4)).map(|_| json!(held(choices, *kind))).collect(),
        };
        context.insert((*key).to_owned(), held);
    }
    let action = match choices.below(8) {
        6 => "lambda:InvokeFunctionUrl",
        7 => "lambda:GetFunction",
        _ => ACTIONS[0],
    };
    let resource = if choices.chance(20) { RESOURCES[2] } else { FUNCTION };
    json!({ "caller": caller, "action": action, "resource": resource, "context": context })
}

/// What a request may hold: something in the form the key has.
fn held(choices: &mut Choices<'_>, kind: Kind) -> &'static str {
    match kind {
        Kind::Text => choices.pick(&TEXTS[..4]),
        Kind::Arn => choices.pick(&ARNS[..4]),
        Kind::Address => choices.pick(&[ADDRESSES[0], ADDRESSES[6], ADDRESSES[7]]),
        Kind::Number => choices.pick(&NUMBERS[..7]),
        Kind::Date => choices.pick(&DATES[..2]),
        Kind::Truth => choices.pick(&TRUTHS[..2]),
        Kind::Binary => choices.pick(&[BINARIES[0], BINARIES[2]]),
    }
}

/// A caller, with the keys every request of such a caller holds.
fn caller(choices: &mut Choices<'_>, context: &mut Map<String, Value>) -> Value {
    let mut know = |key: &str, value: &str| {
        context.insert(key.to_owned(), json!(value));
    };
    let principal = |arn: &str, session: Option<&str>| json!({ "principal": { "arn": arn, "session": session } });
    let (caller, arn) = match choices.below(9) {
        0 => {
            know("aws:PrincipalAccount", "anonymous");
            know("aws:PrincipalIsAWSService", "false");
            return json!("anonymous");
        }
        1 | 2 => {
            let service = choices.pick(&SERVICES);
            know("aws:PrincipalIsAWSService", "true");
            know("aws:PrincipalServiceName", service);
            return json!({ "service": service });
        }
        3 | 4 => (principal(PRINCIPALS[5], Some(PRINCIPALS[7])), PRINCIPALS[5]),
        5 => {
            let session = "arn:aws:sts::111122223333:assumed-role/worker/monday";
            (principal(PRINCIPALS[8], Some(session)), PRINCIPALS[8])
        }
        6 => (principal(PRINCIPALS[9], None), PRINCIPALS[9]),
        7 => (principal(PRINCIPALS[10], None), PRINCIPALS[10]),
        _ => (principal(PRINCIPALS[4], None), PRINCIPALS[4]),
    };
    know("aws:PrincipalArn", arn);
    know("aws:PrincipalAccount", arn.split(':').nth(4).unwrap_or_default());
    know("aws:PrincipalIsAWSService", "false");
    caller
}
