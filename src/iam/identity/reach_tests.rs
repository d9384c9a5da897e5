//! How far resource patterns reach. ARNs of the services:
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>.

use super::*;
use Extent::{Everything, Part, Region, Service, Type};

#[test]
fn a_pattern_reaches_everything_a_service_a_type_a_region_or_a_part() {
    for (pattern, service, extent) in [
        ("*", None, Everything),
        ("**", None, Everything),
        ("arn:aws:s3:::*", Some("s3"), Service),
        ("arn:*:s3:::**", Some("s3"), Service),
        ("arn:aws:s3:*:*:*", Some("s3"), Service),
        ("arn:aws:dynamodb:*", Some("dynamodb"), Service),
        ("arn:aws:dynamodb:*:*:*", Some("dynamodb"), Service),
        ("arn:aws:dynamodb:*:111122223333:*", Some("dynamodb"), Service),
        ("arn:aws:apigateway:*::/*", Some("apigateway"), Service),
        ("arn:aws:s3:::*/*", Some("s3"), Type),
        ("arn:aws:dynamodb:*:*:table/*", Some("dynamodb"), Type),
        ("arn:aws:dynamodb:*:*:table/*/index/*", Some("dynamodb"), Type),
        ("arn:aws:lambda:*:*:function:*", Some("lambda"), Type),
        ("arn:aws:logs:*:*:log-group:*:log-stream:*", Some("logs"), Type),
        ("arn:aws:iam::*:role/*", Some("iam"), Type),
        ("arn:aws:iam::111122223333:role*", Some("iam"), Type),
        ("arn:aws:sqs:*:*:*", Some("sqs"), Service),
        ("arn:aws:dynamodb:eu-west-1:*:table/*", Some("dynamodb"), Region),
        ("arn:aws:dynamodb:eu-*:111122223333:*", Some("dynamodb"), Region),
        ("arn:aws:s3:::orders", Some("s3"), Part),
        ("arn:aws:s3:::orders/*", Some("s3"), Part),
        ("arn:aws:s3:::orders*", Some("s3"), Part),
        ("arn:aws:s3:::*/logs/*", Some("s3"), Part),
        ("arn:aws:sns:*:*:orders:*", Some("sns"), Part),
        ("arn:aws:sqs:*:*:orders*", Some("sqs"), Part),
        ("arn:aws:execute-api:*:*:abc123/*", Some("execute-api"), Part),
        ("arn:aws:dynamodb:*:*:table/orders*", Some("dynamodb"), Part),
        ("arn:aws:iam::*:role/service-role/*", Some("iam"), Part),
        ("arn:aws:iam::aws:policy/*", Some("iam"), Part),
        ("arn:aws:lambda:*:*:function:*:prod", Some("lambda"), Part),
        ("arn:aws:foo:*:*:orders/mine*", Some("foo"), Part),
        ("orders", None, Part),
        ("*orders*", None, Part),
        ("", None, Part),
    ] {
        assert_eq!(reach(pattern, true), Reach { service, extent, doubt: None }, "{pattern}");
    }
}

#[test]
fn what_is_not_documented_is_in_doubt() {
    for (pattern, extent, doubt) in [
        ("arn:*", Everything, ANY_SERVICE),
        ("a*", Everything, ANY_SERVICE),
        ("*:*", Everything, ANY_SERVICE),
        ("arn:aws:*", Everything, ANY_SERVICE),
        ("arn:aws:*:*:*:*", Everything, ANY_SERVICE),
        ("arn:aws:dynamodb", Service, INCOMPLETE),
        ("arn:aws:dynamodb:::*", Service, NO_REGION),
        ("arn:aws:dynamodb:*::*", Service, NO_ACCOUNT),
        ("arn:aws:newservice:*:*:thing/*", Type, NAME_OR_TYPE),
        ("arn:aws:s3:::${aws:PrincipalTag/bucket}", Service, VARIABLE),
        ("arn:aws:sqs:${aws:RequestedRegion}:*:*", Service, VARIABLE),
    ] {
        let got = reach(pattern, true);
        assert_eq!((got.extent, got.doubt), (extent, Some(doubt)), "{pattern}");
    }
    // In a document of 2008 it is a bucket's impossible name.
    assert_eq!(reach("arn:aws:s3:::${aws:PrincipalTag/bucket}", false).extent, Part);
}
