//! Levels of access, told by pattern and verb. Levels of the actions:
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>.

use super::*;

#[test]
fn a_pattern_grants_everything_a_service_writes_or_reads() {
    for (pattern, service, level) in [
        ("*", "*", Level::Everything),
        ("**", "*", Level::Everything),
        ("*:*", "*", Level::Everything),
        ("?*:*", "*", Level::Everything),
        ("s3:*", "s3", Level::Full),
        ("S3:**", "s3", Level::Full),
        ("s3:?*", "s3", Level::Full),
        ("s3*", "s3*", Level::Full),
        ("*:?*", "*", Level::Everything),
        ("s*:*", "s*", Level::Full),
        ("s3:Put*", "s3", Level::Write),
        ("s3:PUTOBJECT", "s3", Level::Write),
        ("s3:*Object", "s3", Level::Write),
        ("s3:?etObject", "s3", Level::Write),
        ("s3:G*", "s3", Level::Write),
        ("s3*Object", "s3*", Level::Write),
        ("dynamodb:Batch*", "dynamodb", Level::Write),
        ("*:Delete*", "*", Level::Write),
        ("iam:PassRole", "iam", Level::Write),
        ("license-manager:CheckoutLicense", "license-manager", Level::Write),
        ("acm-pca:IssueCertificate", "acm-pca", Level::Write),
        ("sqs:Receive*", "sqs", Level::Write),
        ("apigateway:PATCH", "apigateway", Level::Write),
        ("apigateway:GET", "apigateway", Level::Read),
        ("dynamodb:BatchGet*", "dynamodb", Level::Read),
        ("s3:getobject", "s3", Level::Read),
        ("iam:GenerateCredentialReport", "iam", Level::Read),
        ("sqs:ReceiveMessage", "sqs", Level::Read),
        ("s3:Get*", "s3", Level::Read),
        ("ec2:Describe*", "ec2", Level::Read),
        ("*:List*", "*", Level::Read),
        ("s3:", "s3", Level::Nothing),
        ("s3", "s3", Level::Nothing),
        ("", "", Level::Nothing),
    ] {
        assert_eq!(access(pattern), (service.to_owned(), level), "{pattern}");
    }
}

#[test]
fn every_action_known_to_write_counts_as_a_write() {
    for action in known_writes() {
        assert_eq!(access(action).1, Level::Write, "{action}");
    }
}

#[test]
fn one_pattern_includes_another_only_if_that_is_provable() {
    for (outer, inner, want) in [
        ("*", "s3:*", true),
        ("*:*", "*", true),
        ("S3:*", "s3:putobject", true),
        ("s3:Put*", "s3:*", false),
        ("s3:*", "*", false),
        ("s3:Put*", "s3:PutObject*", true),
    ] {
        assert_eq!(includes(outer, inner), want, "{outer} {inner}");
    }
}
