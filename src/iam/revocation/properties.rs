//! What the revoking policies do to every request of every role: to the function's all that they
//! should, to anybody else's nothing.

use super::roles::{
    Function, Role, allow_all, boundaries, functions, holding, policy, requests, roles,
};
use super::*;
use crate::iam::{Decision, Request, evaluate_identity};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use time::macros::datetime;

const SOURCE: &str = "lambda:SourceFunctionArn";

/// When credentials are revoked.
const TIME: OffsetDateTime = datetime!(2026-11-21 12:00:00.4 UTC);

/// What a role's policies say, without the place of the statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    Allow,
    Deny,
    Implicit,
    Unclear,
}

impl Role {
    fn says(&self, request: &Request) -> Says {
        let policies: Vec<&IdentityDocument> = self.policies.iter().collect();
        match evaluate_identity(&policies, self.boundary.as_ref(), request) {
            Decision::Allow { .. } => Says::Allow,
            Decision::Deny { .. } => Says::Deny,
            Decision::Implicit => Says::Implicit,
            Decision::Unclear { .. } => Says::Unclear,
        }
    }

    fn with(&self, policy: &str) -> Self {
        let mut role = self.clone();
        role.policies.push(IdentityDocument::parse(policy).unwrap());
        role
    }

    fn within(&self, boundary: &str) -> Self {
        let boundary = Some(IdentityDocument::parse(boundary).unwrap());
        Self { policies: self.policies.clone(), boundary }
    }

    fn without(&self, function: &Function) -> Self {
        self.with(&deny_function(&function.arn, &function.log()))
    }

    fn bounded_without(&self, function: &Function) -> Self {
        let existing = self.boundary.as_ref().map(IdentityDocument::raw);
        self.within(&boundary(existing, &function.arn, &function.log()).unwrap())
    }
}

fn with_requests() -> impl Strategy<Value = (Function, Request)> {
    functions().prop_flat_map(|function| {
        let requests = requests(&function);
        (Just(function), requests)
    })
}

/// A request that comes from elsewhere than the function, or does not say where from.
fn from_elsewhere() -> impl Strategy<Value = (Function, Request)> {
    let source = |(function, request): (Function, Request)| {
        let others = prop::option::weighted(0.8, select(function.others()));
        (Just(function), Just(request), others)
    };
    with_requests().prop_flat_map(source).prop_map(|(function, request, source)| {
        let request = match source {
            Some(source) => holding(&request, SOURCE, &source),
            None => request,
        };
        (function, request)
    })
}

fn from(function: &Function, request: &Request) -> Request {
    holding(request, SOURCE, &function.arn.to_string())
}

/// Moments around the revocation, in milliseconds after it.
fn milliseconds() -> impl Strategy<Value = i64> {
    prop_oneof![-3_000_i64..3_000, -90_000_000_i64..90_000_000]
}

/// `aws:TokenIssueTime` of a session given out then.
fn token(issued: OffsetDateTime) -> String {
    let whole = issued.replace_nanosecond(0).unwrap();
    whole.format(&time::format_description::well_known::Rfc3339).unwrap()
}

fn given_out_before(milliseconds: i64) -> bool {
    let issued = TIME + Duration::milliseconds(milliseconds);
    // A session of the second that has begun cannot be told from one given out before.
    issued < datetime!(2026-11-21 12:00:01 UTC)
}

proptest! {
    #[test]
    fn the_stopped_function_can_only_write_its_own_log_and_that_as_before(
        role in roles(), (function, request) in with_requests(),
    ) {
        let request = from(&function, &request);
        for revoked in [role.without(&function), role.bounded_without(&function)] {
            let want =
                if function.writes_own_log(&request) { role.says(&request) } else { Says::Deny };
            prop_assert_eq!(revoked.says(&request), want);
        }
    }

    #[test]
    fn whatever_does_not_come_from_the_stopped_function_is_decided_as_before(
        role in roles(), (function, request) in from_elsewhere(),
    ) {
        let before = role.says(&request);
        prop_assert_eq!(role.without(&function).says(&request), before);
        prop_assert_eq!(role.bounded_without(&function).says(&request), before);
    }

    #[test]
    fn of_three_functions_on_one_role_those_not_revoked_keep_every_decision(
        role in roles(), (function, request) in with_requests(), bounded in any::<bool>(),
        chosen in any::<[prop::sample::Index; 2]>(),
    ) {
        let parsed = function.others().into_iter().filter_map(|arn| FunctionArn::parse(&arn).ok());
        // `$LATEST` is the function itself.
        let mut others: Vec<FunctionArn> = parsed.filter(|arn| *arn != function.arn).collect();
        // Of `x` two of them are `xx`.
        others.sort();
        others.dedup();
        let [second, third] = chosen.map(|index| {
            let arn = others.swap_remove(index.index(others.len()));
            Function { arn, log_group: function.log_group.clone() }
        });
        let revoke = |role: &Role, function: &Function| {
            if bounded { role.bounded_without(function) } else { role.without(function) }
        };
        let one = revoke(&role, &function);
        for kept in [&second, &third] {
            let request = from(kept, &request);
            prop_assert_eq!(one.says(&request), role.says(&request));
        }
        let two = revoke(&one, &third);
        let request = from(&second, &request);
        prop_assert_eq!(two.says(&request), role.says(&request));
        for stopped in [&function, &third] {
            let request = from(stopped, &request);
            prop_assert!(stopped.writes_own_log(&request) || two.says(&request) == Says::Deny);
        }
    }

    #[test]
    fn a_boundary_never_allows_more_than_the_one_it_replaces(
        role in roles(), existing in prop::option::of(boundaries()),
        (function, request) in with_requests(), from_it in any::<bool>(),
    ) {
        let role = Role { boundary: existing, ..role };
        let request = if from_it { from(&function, &request) } else { request };
        let (before, after) = (role.says(&request), role.bounded_without(&function).says(&request));
        prop_assert!(after == before || from_it && after == Says::Deny, "{before:?} {after:?}");
    }

    #[test]
    fn older_sessions_are_denied_all_and_later_ones_nothing(
        role in roles(), (_, request) in with_requests(), milliseconds in milliseconds(),
    ) {
        let revoked = role.with(&deny_issued_before(TIME));
        prop_assert_eq!(revoked.says(&request), role.says(&request));
        let issued = token(TIME + Duration::milliseconds(milliseconds));
        let request = holding(&request, "aws:TokenIssueTime", &issued);
        let want =
            if given_out_before(milliseconds) { Says::Deny } else { role.says(&request) };
        prop_assert_eq!(revoked.says(&request), want);
    }

    #[test]
    fn of_the_sessions_of_a_role_only_those_named_and_older_are_denied(
        role in roles(), (_, request) in with_requests(), milliseconds in milliseconds(),
        named in subsequence(SESSIONS.to_vec(), 1..SESSIONS.len()), own in select(SESSIONS.to_vec()),
        tells in prop::bool::weighted(0.8),
    ) {
        let sessions = named.iter().map(|session| (*session).to_owned()).collect();
        let revoked = role.with(&deny_sessions(&sessions, TIME).unwrap());
        let mut request = holding(&request, "aws:userid", own);
        if tells {
            let issued = token(TIME + Duration::milliseconds(milliseconds));
            request.context.insert("aws:TokenIssueTime", [issued]);
        }
        let old = tells && given_out_before(milliseconds);
        let want = if old && named.contains(&own) { Says::Deny } else { role.says(&request) };
        prop_assert_eq!(revoked.says(&request), want);
    }
}

/// Sessions of one role and of another, alike but for a letter, its case or its end.
const SESSIONS: [&str; 7] = [
    "AROAEXAMPLE1:web",
    "AROAEXAMPLE1:Web",
    "AROAEXAMPLE1:we",
    "AROAEXAMPLE1:web2",
    "AROAEXAMPLE2:web",
    "AROAEXAMPLE1:unlike",
    "AROAEXAMPLE11:web",
];

/// `AdministratorAccess`: what the properties say of it is not said of nothing.
#[test]
fn an_administrators_function_loses_everything_and_another_nothing() {
    let arn = FunctionArn::parse("arn:aws:lambda:eu-west-1:111122223333:function:web").unwrap();
    let function = Function { arn, log_group: None };
    let role = Role { policies: vec![policy(&[allow_all()])], boundary: None };
    let stream = "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/web:log-stream:a";
    for (action, resource, want) in [
        ("logs:PutLogEvents", stream, Says::Allow),
        ("logs:CreateLogStream", stream, Says::Allow),
        ("logs:DeleteLogStream", stream, Says::Deny),
        ("logs:CreateLogGroup", stream, Says::Deny),
        ("logs:PutLogEvents", &stream.replace("web", "webs"), Says::Deny),
        ("logs:PutLogEvents", &stream.replace("eu-west-1", "eu-west-2"), Says::Deny),
        ("s3:GetObject", "arn:aws:s3:::bucket/key", Says::Deny),
        ("s3:GetObject", stream, Says::Deny),
        ("sts:GetCallerIdentity", "*", Says::Deny),
    ] {
        let caller = crate::iam::Caller::Principal {
            arn: "arn:aws:iam::111122223333:role/worker".to_owned(),
            session: None,
        };
        let (action, resource) = (action.to_owned(), resource.to_owned());
        let request = Request { caller, action, resource, context: crate::iam::Context::default() };
        for revoked in [role.without(&function), role.bounded_without(&function)] {
            assert_eq!(revoked.says(&from(&function, &request)), want, "{request:?}");
            assert_eq!(revoked.says(&request), Says::Allow);
            for other in function.others() {
                assert_eq!(revoked.says(&holding(&request, SOURCE, &other)), Says::Allow);
            }
        }
    }
}
