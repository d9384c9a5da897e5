//! What is granted, and on what: actions, resources, function URLs.
//! Refuses to say whom; every statement here is for everybody.
//! List: <https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html>.

use super::page::{LAMBDA, RESOURCE, URLS};
use super::{ARN, Case, at, check};
use crate::iam::Exposure::{Internal, Public, Unknown};
use crate::iam::{Document, Trusted, expose};
use crate::resource::FunctionResource;

const CASES: &[Case] = &[
    Case::of(
        "everything but reading the policy is open",
        r#"{"Effect":"Allow","Principal":"*","NotAction":"lambda:GetPolicy","Resource":"$ARN"}"#,
        Public,
        LAMBDA,
    ),
    Case::of(
        "downloading the code is open",
        r#"{"Effect":"Allow","Principal":"*","Action":"lambda:GetFunction","Resource":"$ARN"}"#,
        Public,
        LAMBDA,
    ),
    Case::of(
        "replacing the code is open",
        r#"{"Effect":"Allow","Principal":"*","Action":"lambda:UpdateFunctionCode","Resource":"$ARN"}"#,
        Public,
        LAMBDA,
    ),
    Case::of(
        "stopping the function is open",
        r#"{"Effect":"Allow","Principal":"*","Action":"lambda:PutFunctionConcurrency","Resource":"$ARN"}"#,
        Public,
        LAMBDA,
    ),
    Case::of(
        "an action in another case is the same action",
        r#"{"Effect":"Allow","Principal":"*","Action":"LAMBDA:invokefunction","Resource":"$ARN"}"#,
        Public,
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html",
    ),
    Case::of(
        "actions of another service grant nothing",
        r#"{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"$ARN"}"#,
        Internal,
        LAMBDA,
    ),
    Case::of(
        "every resource but another one holds this function",
        r#"{"Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction",
        "NotResource":"arn:aws:lambda:eu-west-1:111122223333:function:other"}"#,
        Public,
        RESOURCE,
    ),
    Case::of(
        "another function's name, which AWS would not accept",
        r#"{"Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction",
        "Resource":"arn:aws:lambda:eu-west-1:111122223333:function:other"}"#,
        Unknown,
        RESOURCE,
    ),
    Case::of(
        "a wildcard at the end of the resource holds the function",
        r#"{"Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction","Resource":"$ARN*"}"#,
        Public,
        LAMBDA,
    ),
    Case::of(
        "a public URL needs no signature",
        r#"{"Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunctionUrl","Resource":"$ARN",
        "Condition":{"StringEquals":{"lambda:FunctionUrlAuthType":"NONE"}}},
        {"Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction","Resource":"$ARN",
        "Condition":{"Bool":{"lambda:InvokedViaFunctionUrl":"true"}}}"#,
        Public,
        URLS,
    ),
    Case::of(
        "a signed URL open to everybody is open to every AWS account",
        r#"{"Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunctionUrl","Resource":"$ARN",
        "Condition":{"StringEquals":{"lambda:FunctionUrlAuthType":"AWS_IAM"}}}"#,
        Public,
        URLS,
    ),
    Case::grant(
        "invoking through the URL only is from the internet",
        r#""*""#,
        r#"{"Bool":{"lambda:InvokedViaFunctionUrl":"true"}}"#,
        Public,
        URLS,
    ),
    Case::of(
        "an anonymous caller has an account called anonymous",
        r#"{"Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunctionUrl","Resource":"$ARN",
        "Condition":{"StringEquals":{"aws:PrincipalAccount":"anonymous"}}}"#,
        Public,
        super::page::KEYS,
    ),
];

#[test]
fn actions_and_resources_say_what_is_open() {
    check(CASES);
}

#[test]
fn dangerous_grants_are_told_apart_from_invoking() {
    for (action, beyond) in [
        ("lambda:*", true),
        ("*", true),
        ("lambda:UpdateFunctionCode", true),
        ("lambda:UpdateFunctionConfiguration", true),
        ("lambda:UpdateAlias", true),
        ("lambda:PutFunctionConcurrency", true),
        ("lambda:GetFunction", true),
        ("lambda:AddPermission", true),
        ("lambda:PutResourcePolicy", true),
        ("lambda:InvokeFunction", false),
        ("lambda:InvokeFunctionUrl", false),
    ] {
        let text = format!(
            r#"{{"Statement":{{"Effect":"Allow","Principal":"*","Action":"{action}","Resource":"*"}}}}"#
        );
        let document = Document::parse(&text).unwrap();
        let function = FunctionResource::parse_arn(ARN).unwrap();
        let exposures = expose(&document, at(&function, &Trusted::default()));
        assert_eq!(!exposures[0].beyond_invoke.is_empty(), beyond, "{action}");
    }
}
