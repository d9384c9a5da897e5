//! Policies by name: whom each lets in, and the page or the peer that makes it worth a case.
//! Refuses to follow the code: an expectation is what the documents of AWS prove, `unknown` where
//! they prove neither that it is open nor that it is closed.
//! Keys: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>.

use super::generated::at;
use super::{Document, Exposure, Trusted, expose};
use crate::resource::{AccountId, FunctionResource};
use std::collections::BTreeSet;

mod actions;
mod callers;
mod denies;
mod guardrails;
mod hostile;
mod inert;
mod limits;
mod peers;
mod principals;
mod services;

// The function is `web` of 111122223333; 444455556666 and o-friend1234 are trusted, 777788889999
// and o-foreign123 are not; of o-partly1234 one unit is, of o-rooted1234 all.
const ARN: &str = "arn:aws:lambda:eu-west-1:111122223333:function:web";

/// One policy.
struct Case {
    name: &'static str,
    policy: Policy,
    want: Exposure,
    source: &'static str,
}

enum Policy {
    /// One statement: its principal and its condition; it grants `lambda:InvokeFunction`.
    Grant(&'static str, &'static str),
    /// The same without a condition, and a Deny of everything to everybody under one.
    But(&'static str, &'static str),
    /// The statements of a document of 2012-10-17; `$ARN` stands for the function.
    Statements(&'static str),
    /// The whole document; `$ARN` stands for the function.
    Whole(&'static str),
}

impl Case {
    const fn grant(
        name: &'static str,
        principal: &'static str,
        condition: &'static str,
        want: Exposure,
        source: &'static str,
    ) -> Self {
        Self { name, policy: Policy::Grant(principal, condition), want, source }
    }

    /// A grant to everybody, under a condition.
    const fn all(
        name: &'static str,
        condition: &'static str,
        want: Exposure,
        source: &'static str,
    ) -> Self {
        Self::grant(name, r#""*""#, condition, want, source)
    }

    const fn of(
        name: &'static str,
        statements: &'static str,
        want: Exposure,
        source: &'static str,
    ) -> Self {
        Self { name, policy: Policy::Statements(statements), want, source }
    }

    const fn whole(
        name: &'static str,
        document: &'static str,
        want: Exposure,
        source: &'static str,
    ) -> Self {
        Self { name, policy: Policy::Whole(document), want, source }
    }

    fn text(&self) -> String {
        let statements = |list: &str| format!(r#"{{"Version":"2012-10-17","Statement":[{list}]}}"#);
        match self.policy {
            Policy::Grant(principal, condition) => statements(&format!(
                r#"{{"Sid":"s","Effect":"Allow","Principal":{principal},
                "Action":"lambda:InvokeFunction","Resource":"$ARN","Condition":{condition}}}"#
            )),
            Policy::But(principal, denied) => statements(&format!(
                r#"{{"Effect":"Allow","Principal":{principal},
                "Action":"lambda:InvokeFunction","Resource":"$ARN"}},
                {{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*","Condition":{denied}}}"#
            )),
            Policy::Statements(list) => statements(list),
            Policy::Whole(text) => text.to_owned(),
        }
        .replace("$ARN", ARN)
    }

    /// What the case says, if the analysis says something else.
    fn mismatch(&self) -> Option<String> {
        let trusted = Trusted {
            accounts: [AccountId::parse("444455556666").unwrap()].into(),
            organizations: [
                "o-friend1234",
                "o-partly1234/r-ab12/ou-ab12-1/*",
                "o-rooted1234/r-ab12/*",
            ]
            .map(str::to_owned)
            .into(),
            ..Trusted::default()
        };
        let document = Document::parse(&self.text()).unwrap();
        let statements =
            expose(&document, at(&FunctionResource::parse_arn(ARN).unwrap(), &trusted));
        let got = statements.iter().map(|s| s.worst()).min().unwrap_or(Exposure::Internal);
        let reasons: Vec<&str> =
            statements.iter().flat_map(|s| &s.grants).map(|g| &*g.reason).collect();
        (got != self.want).then(|| {
            format!("{}: want {}, got {got} ({})", self.name, self.want, reasons.join("; "))
        })
    }
}

fn check(cases: &[Case]) {
    let mut names = BTreeSet::new();
    for case in cases {
        assert!(names.insert(case.name), "{} stands twice", case.name);
        assert!(case.source.starts_with("https://"), "{} names no page", case.name);
    }
    let wrong: Vec<String> = cases.iter().filter_map(Case::mismatch).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// Pages that many cases share.
mod page {
    pub const KEYS: &str =
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html";
    pub const OPERATORS: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html";
    pub const SETS: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html";
    pub const PRINCIPAL: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html";
    pub const NOT_PRINCIPAL: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html";
    pub const RESOURCE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html";
    pub const VARIABLES: &str =
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html";
    pub const LOGIC: &str =
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html";
    pub const LAMBDA: &str =
        "https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html";
    pub const URLS: &str = "https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html";
    pub const CONFIG_RULE: &str = "https://docs.aws.amazon.com/config/latest/developerguide/lambda-function-public-access-prohibited.html";
    pub const MEANING_OF_PUBLIC: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status";
    pub const CONFUSED_DEPUTY: &str =
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html";
}
