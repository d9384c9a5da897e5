//! Services: whose resource may trigger the function.
//! Refuses how to scope them; that is tested beside the table of services.
//! Keys: <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>.

use super::page::{CONFIG_RULE, CONFUSED_DEPUTY, KEYS, URLS};
use super::{Case, check};
use crate::iam::Exposure::{Internal, Public, Trusted, UnscopedService};

const S3: &str = r#"{"Service":"s3.amazonaws.com"}"#;
const SNS: &str = r#"{"Service":"sns.amazonaws.com"}"#;
const EVENTS: &str = r#"{"Service":"events.amazonaws.com"}"#;
const ALEXA: &str = r#"{"Service":"alexa-appkit.amazon.com"}"#;
const BUCKETS: &str = "https://docs.aws.amazon.com/lambda/latest/dg/with-s3.html";
const TOPICS: &str = "https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html";
const RULES: &str =
    "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-troubleshooting.html";
const SKILLS: &str = "https://docs.aws.amazon.com/lambda/latest/dg/services-alexa.html";
const ORIGINS: &str = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-lambda.html";

const CASES: &[Case] = &[
    Case::grant("a bucket of anybody may invoke", S3, "{}", UnscopedService, CONFIG_RULE),
    Case::grant(
        "a bucket's name is free again once the bucket is deleted",
        S3,
        r#"{"ArnLike":{"AWS:SourceArn":"arn:aws:s3:::mine"}}"#,
        UnscopedService,
        BUCKETS,
    ),
    Case::grant(
        "a bucket of the own account is internal",
        S3,
        r#"{"StringEquals":{"AWS:SourceAccount":"111122223333"},"ArnLike":{"AWS:SourceArn":"arn:aws:s3:::mine"}}"#,
        Internal,
        BUCKETS,
    ),
    Case::grant(
        "a bucket of another account is not scoped",
        S3,
        r#"{"StringEquals":{"AWS:SourceAccount":"777788889999"}}"#,
        UnscopedService,
        CONFUSED_DEPUTY,
    ),
    Case::grant(
        "a bucket of the trusted organization is trusted",
        S3,
        r#"{"StringEquals":{"aws:SourceOrgID":"o-friend1234"}}"#,
        Trusted,
        KEYS,
    ),
    Case::grant(
        "a service has no organization of its own, so the grant is dead",
        S3,
        r#"{"StringEquals":{"aws:PrincipalOrgID":"o-friend1234"}}"#,
        Internal,
        KEYS,
    ),
    Case::grant("a topic of anybody may invoke", SNS, "{}", UnscopedService, CONFUSED_DEPUTY),
    Case::grant(
        "a topic of the own account is internal",
        SNS,
        r#"{"ArnLike":{"AWS:SourceArn":"arn:aws:sns:eu-west-1:111122223333:t"}}"#,
        Internal,
        TOPICS,
    ),
    Case::grant(
        "a topic of a trusted account is trusted",
        SNS,
        r#"{"ArnLike":{"AWS:SourceArn":"arn:aws:sns:eu-west-1:444455556666:t"}}"#,
        Trusted,
        TOPICS,
    ),
    Case::grant(
        "a topic with any account is not scoped",
        SNS,
        r#"{"ArnLike":{"AWS:SourceArn":"arn:aws:sns:eu-west-1:*:t"}}"#,
        UnscopedService,
        CONFUSED_DEPUTY,
    ),
    Case::grant(
        "one value with any account undoes the others",
        SNS,
        r#"{"ArnLike":{"AWS:SourceArn":["arn:aws:sns:*:111122223333:*","arn:aws:sns:*:*:*"]}}"#,
        UnscopedService,
        CONFUSED_DEPUTY,
    ),
    Case::grant(
        "a topic without an account never was, so the grant is dead",
        SNS,
        r#"{"ArnLike":{"AWS:SourceArn":"arn:aws:sns:eu-west-1::t"}}"#,
        Internal,
        TOPICS,
    ),
    Case::grant(
        "an organization that may be missing does not scope a service, which has none",
        SNS,
        r#"{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-friend1234"}}"#,
        UnscopedService,
        KEYS,
    ),
    Case::grant("a rule of anybody may invoke", EVENTS, "{}", UnscopedService, CONFUSED_DEPUTY),
    Case::grant(
        "a rule of the own account is internal",
        EVENTS,
        r#"{"ArnLike":{"AWS:SourceArn":"arn:aws:events:eu-west-1:111122223333:rule/r"}}"#,
        Internal,
        RULES,
    ),
    Case::grant("a skill of anybody may invoke", ALEXA, "{}", UnscopedService, SKILLS),
    Case::grant(
        "a skill's token scopes it",
        ALEXA,
        r#"{"StringEquals":{"lambda:EventSourceToken":"amzn1.ask.skill.x"}}"#,
        Internal,
        SKILLS,
    ),
    Case::of(
        "a distribution of anybody may use the URL, also if every service may",
        r#"{"Effect":"Allow","Principal":{"Service":"*"},
        "Action":"lambda:InvokeFunctionUrl","Resource":"$ARN"}"#,
        Public,
        URLS,
    ),
    Case::grant(
        "every service that comes through the URL",
        r#"{"Service":"*"}"#,
        r#"{"Bool":{"lambda:InvokedViaFunctionUrl":"true"}}"#,
        Public,
        URLS,
    ),
    Case::of(
        "a distribution of anybody may use the URL",
        r#"{"Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},
        "Action":"lambda:InvokeFunctionUrl","Resource":"$ARN"}"#,
        UnscopedService,
        ORIGINS,
    ),
    Case::of(
        "a distribution of the own account is internal",
        r#"{"Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},
        "Action":"lambda:InvokeFunctionUrl","Resource":"$ARN","Condition":{"ArnLike":
        {"AWS:SourceArn":"arn:aws:cloudfront::111122223333:distribution/D"}}}"#,
        Internal,
        ORIGINS,
    ),
    Case::grant(
        "everybody who is a service is every service, for anybody",
        r#""*""#,
        r#"{"Bool":{"aws:PrincipalIsAWSService":"true"}}"#,
        Public,
        KEYS,
    ),
    Case::grant(
        "everybody who is one named service is that service for anybody",
        r#""*""#,
        r#"{"StringEquals":{"aws:PrincipalServiceName":"s3.amazonaws.com"}}"#,
        UnscopedService,
        KEYS,
    ),
    Case::grant(
        "everybody on behalf of the own account is internal",
        r#""*""#,
        r#"{"StringEquals":{"AWS:SourceAccount":"111122223333"}}"#,
        Internal,
        KEYS,
    ),
];

#[test]
fn services_act_for_whom_their_conditions_name() {
    check(CASES);
}
