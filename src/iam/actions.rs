//! Actions: which a statement names, which are more than invoking, which AWS honours at all.
//! Refuses nothing: actions of other services grant nothing on a function and are left out.
//! List: <https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html>.

use super::evaluate::targets::names_action;
use super::pattern::{covers_ignoring_case, glob_ignoring_case, has_wildcard};
use serde::Serialize;
use std::borrow::Cow;

/// What an element names: a list, or everything but a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Names {
    /// `Action` or `Resource`: these patterns.
    Only(Vec<String>),
    /// `NotAction` or `NotResource`: everything but these patterns.
    AllBut(Vec<String>),
}

/// Invokes the function, directly or as a service.
pub(super) const INVOKE: &str = "lambda:InvokeFunction";
/// Invokes the function through its URL.
pub(super) const INVOKE_URL: &str = "lambda:InvokeFunctionUrl";

/// The actions for which AWS reads the resource policy of a function: the page's list, in full, as
/// of September 2026 (`Invoke` there is `lambda:InvokeFunction` here). It names no other action, so
/// that a witness must use one of these. That others are refused whatever a policy grants is not
/// written there, and AWS may add to the list: a grant of another action is not proven closed.
/// <https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html#permissions-resource-api>
const HONOURED: [&str; 29] = [
    INVOKE,
    INVOKE_URL,
    "lambda:UpdateFunctionCode",
    "lambda:DeleteFunction",
    "lambda:GetFunction",
    "lambda:GetFunctionConfiguration",
    "lambda:UpdateAlias",
    "lambda:PublishVersion",
    "lambda:CreateAlias",
    "lambda:DeleteAlias",
    "lambda:GetAlias",
    "lambda:GetPolicy",
    "lambda:ListAliases",
    "lambda:ListVersionsByFunction",
    "lambda:ListTags",
    "lambda:TagResource",
    "lambda:UntagResource",
    "lambda:PutFunctionConcurrency",
    "lambda:GetFunctionConcurrency",
    "lambda:DeleteFunctionConcurrency",
    "lambda:PutFunctionEventInvokeConfig",
    "lambda:UpdateFunctionEventInvokeConfig",
    "lambda:GetFunctionEventInvokeConfig",
    "lambda:ListFunctionEventInvokeConfigs",
    "lambda:DeleteFunctionEventInvokeConfig",
    "lambda:PutProvisionedConcurrencyConfig",
    "lambda:GetProvisionedConcurrencyConfig",
    "lambda:ListProvisionedConcurrencyConfigs",
    "lambda:DeleteProvisionedConcurrencyConfig",
];

/// Further actions, known by name only: a wildcard that reaches them reaches beyond invoking.
const OTHERS: [&str; 3] =
    ["lambda:AddPermission", "lambda:RemovePermission", "lambda:PutResourcePolicy"];

/// One action a request could use under a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    /// The action; as written when it is not one that AWS is known to honour.
    pub action: Cow<'static, str>,
    /// Whether AWS honours a resource policy for it, so that it may stand in a witness.
    pub honoured: bool,
}

/// The actions a request under a statement could use, the plainest first.
pub(super) fn candidates(actions: &Names) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = HONOURED
        .iter()
        .filter(|action| names_action(actions, action))
        .map(|action| Candidate { action: Cow::Borrowed(*action), honoured: true })
        .collect();
    if let (true, Names::Only(written)) = (found.is_empty(), actions) {
        found = written
            .iter()
            .filter(|action| is_lambda(action))
            .map(|action| Candidate { action: Cow::Owned(action.clone()), honoured: false })
            .collect();
    }
    found
}

/// Whether the statement's actions hold none of Lambda's.
pub(super) fn none_of_lambda(actions: &Names) -> bool {
    match actions {
        Names::Only(list) => list.iter().all(|action| {
            // What is no service's prefix, such as one behind a space, may be read as Lambda's.
            let is_prefix =
                |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
            let service = action.split_once(':').map(|(service, _)| service);
            service.is_some_and(|s| is_prefix(s) && !s.eq_ignore_ascii_case("lambda"))
        }),
        Names::AllBut(list) => list.iter().any(|action| covers_ignoring_case(action, "lambda:*")),
    }
}

/// Whether the statement's actions may hold `action`, which may be a pattern itself.
pub(super) fn may_grant(actions: &Names, action: &str) -> bool {
    has_wildcard(action) || names_action(actions, action)
}

/// Whether every action of `inner` is provably one of `outer`.
pub(super) fn includes(outer: &Names, inner: &Names) -> bool {
    match (outer, inner) {
        (Names::Only(outer), Names::Only(inner)) => {
            inner.iter().all(|i| outer.iter().any(|o| covers_ignoring_case(o, i)))
        }
        (Names::Only(outer), Names::AllBut(_)) => outer.iter().any(|o| o == "*"),
        (Names::AllBut(outer), Names::Only(inner)) => inner
            .iter()
            .all(|i| !has_wildcard(i) && !outer.iter().any(|o| glob_ignoring_case(o, i))),
        (Names::AllBut(_), Names::AllBut(_)) => false,
    }
}

/// The granted actions, as written, that allow more than invoking.
pub(super) fn beyond_invoke(actions: &Names) -> Vec<String> {
    match actions {
        Names::Only(list) => list.iter().filter(|a| is_beyond(a)).cloned().collect(),
        Names::AllBut(_) => vec!["NotAction".to_owned()],
    }
}

fn is_beyond(action: &str) -> bool {
    let (service, name) = action.split_once(':').unwrap_or((action, ""));
    if service.eq_ignore_ascii_case("lambda") {
        // Every action of Lambda that starts with `i` invokes.
        return !name.starts_with(['i', 'I']);
    }
    has_wildcard(service)
        && HONOURED
            .iter()
            .chain(&OTHERS)
            .any(|known| !known.starts_with("lambda:Invoke") && glob_ignoring_case(action, known))
}

fn is_lambda(action: &str) -> bool {
    action.split_once(':').is_some_and(|(service, _)| glob_ignoring_case(service, "lambda"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(list: &[&str]) -> Names {
        Names::Only(list.iter().map(|s| (*s).to_owned()).collect())
    }

    #[test]
    fn whatever_is_not_invoking_counts_as_beyond() {
        for (action, want) in [
            ("*", true),
            ("lambda:*", true),
            ("Lambda:*", true),
            ("lamb*", true),
            ("*:*", true),
            ("lambda:Get*", true),
            ("lambda:GetPolicy", true),
            ("lambda:AddPermission", true),
            ("lambda:PutResourcePolicy", true),
            ("lambda:UpdateFunctionCode", true),
            ("lambda:???Permission", true),
            ("lambda:Invoke*", false),
            ("lambda:InvokeAsync", false),
            ("lambda:invokefunction", false),
            ("LAMBDA:InvokeFunctionUrl", false),
            ("*:InvokeFunction", false),
            ("s3:GetObject", false),
        ] {
            assert_eq!(!beyond_invoke(&only(&[action])).is_empty(), want, "{action}");
        }
        assert_eq!(beyond_invoke(&Names::AllBut(vec![])), ["NotAction"]);
    }

    #[test]
    fn the_honoured_actions_are_those_of_the_developer_guide() {
        let mut names: Vec<&str> = HONOURED.iter().map(|a| &a["lambda:".len()..]).collect();
        names.sort_unstable();
        assert_eq!(
            names.join(" "),
            "CreateAlias DeleteAlias DeleteFunction DeleteFunctionConcurrency \
             DeleteFunctionEventInvokeConfig DeleteProvisionedConcurrencyConfig GetAlias \
             GetFunction GetFunctionConcurrency GetFunctionConfiguration \
             GetFunctionEventInvokeConfig GetPolicy GetProvisionedConcurrencyConfig \
             InvokeFunction InvokeFunctionUrl ListAliases ListFunctionEventInvokeConfigs \
             ListProvisionedConcurrencyConfigs ListTags ListVersionsByFunction PublishVersion \
             PutFunctionConcurrency PutFunctionEventInvokeConfig PutProvisionedConcurrencyConfig \
             TagResource UntagResource UpdateAlias UpdateFunctionCode \
             UpdateFunctionEventInvokeConfig"
        );
        for unlisted in OTHERS.iter().chain(&["lambda:UpdateFunctionConfiguration"]) {
            assert!(!HONOURED.contains(unlisted), "{unlisted}");
        }
    }

    #[test]
    fn a_witness_uses_the_plainest_action_that_aws_honours() {
        let first = |list: &[&str]| candidates(&only(list)).first().cloned();
        let honoured =
            |action: &str| Some(Candidate { action: action.to_owned().into(), honoured: true });
        assert_eq!(first(&["lambda:*"]), honoured(INVOKE));
        assert_eq!(first(&["lambda:InvokeFunctionURL"]), honoured(INVOKE_URL));
        assert_eq!(first(&["lambda:Get*"]), honoured("lambda:GetFunction"));
        assert!(first(&["lambda:PutResourcePolicy"]).is_some_and(|c| !c.honoured));
        assert!(first(&["lambda:AddPermission"]).is_some_and(|c| !c.honoured));
        assert_eq!(first(&["s3:*"]), None);
        let rest = candidates(&Names::AllBut(vec!["lambda:Invoke*".to_owned()]));
        assert_eq!(rest.first().cloned(), honoured("lambda:UpdateFunctionCode"));
        assert_eq!(candidates(&Names::AllBut(vec!["lambda:*".to_owned()])), []);
    }
}
