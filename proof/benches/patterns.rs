//! `make bench-patterns`: what an event costs beside 10, 100 and 1,000 event patterns, found by the
//! index and looked at one by one. The index is worth its name if the curve of the patterns that have
//! a string to be found by stays flat; those without one are looked at for every event.

use proof::policy::event_pattern::{EventFields, EventPattern, PatternSet};
use serde_json::{Value, json};
use std::hint::black_box;
use stopwatch::{median, timed};

#[path = "../../benches/stopwatch/mod.rs"]
mod stopwatch;

/// Rounds of one measurement, and measurements; the median counts.
const ROUNDS: u32 = 50;
const MEASUREMENTS: usize = 41;
const SIZES: [usize; 3] = [10, 100, 1_000];

fn main() {
    let event = event();
    let leaves = timed(ROUNDS, || EventFields::of(black_box(&event)));
    println!("an event of {} bytes; its fields alone: {leaves:.2} us", event.to_string().len());
    println!(
        "{:>8} {:>32} {:>11} {:>12} {:>7}",
        "patterns", "", "per event", "one by one", "ratio"
    );
    curve("by the name of a call", by_name);
    curve("by the name, half with `$or`", by_name_with_or);
    curve("nothing to find them by", by_prefix);
}

fn curve(kind: &str, source: fn(usize) -> Value) {
    let event = event();
    let mut smallest = None;
    for size in SIZES {
        let patterns: Vec<EventPattern> = (0..size)
            .map(|number| EventPattern::parse(&source(number)).expect("a pattern"))
            .collect();
        let set = PatternSet::new(patterns.clone());
        let (mut indexed, mut each) = (Vec::new(), Vec::new());
        for _ in 0..MEASUREMENTS {
            indexed.push(timed(ROUNDS, || set.matching(&EventFields::of(black_box(&event)))));
            each.push(timed(1, || {
                let fields = EventFields::of(black_box(&event));
                patterns.iter().filter(|pattern| pattern.matches_fields(&fields)).count()
            }));
        }
        let indexed = median(indexed);
        let ratio = indexed / *smallest.get_or_insert(indexed);
        println!("{size:>8} {kind:>32} {indexed:>8.2} us {:>9.2} us {ratio:>6.2}x", median(each));
    }
}

/// Its own call each, one of them that of the event.
fn by_name(number: usize) -> Value {
    json!({
        "source": ["aws.lambda"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": [format!("Call{number}"), format!("Call{number}v2")],
            "requestParameters": {"principal": [{"anything-but": {"suffix": ".amazonaws.com"}}]}
        }
    })
}

fn by_name_with_or(number: usize) -> Value {
    let mut source = by_name(number);
    if number % 2 == 1 {
        source["$or"] = json!([
            {"detail": {"errorCode": [{"exists": false}]}},
            {"detail": {"userAgent": [{"wildcard": "*console*"}]}}
        ]);
    }
    source
}

fn by_prefix(number: usize) -> Value {
    json!({"detail": {"eventName": [{"prefix": format!("Call{number}")}]}})
}

/// A change of a function's resource policy, as CloudTrail tells it.
fn event() -> Value {
    json!({
        "version": "0",
        "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
        "detail-type": "AWS API Call via CloudTrail",
        "source": "aws.lambda",
        "account": "111122223333",
        "time": "2026-11-02T18:43:48Z",
        "region": "us-east-1",
        "resources": [],
        "detail": {
            "eventVersion": "1.11",
            "userIdentity": {
                "type": "AssumedRole",
                "principalId": "AROAEXAMPLEEXAMPLEEXA:deployer",
                "arn": "arn:aws:sts::111122223333:assumed-role/Deployer/deployer",
                "accountId": "111122223333",
                "sessionContext": {
                    "sessionIssuer": {
                        "type": "Role",
                        "arn": "arn:aws:iam::111122223333:role/Deployer",
                        "userName": "Deployer"
                    },
                    "attributes": {"creationDate": "2026-11-02T18:00:00Z", "mfaAuthenticated": "false"}
                }
            },
            "eventTime": "2026-11-02T18:43:48Z",
            "eventSource": "lambda.amazonaws.com",
            "eventName": "Call7",
            "awsRegion": "us-east-1",
            "sourceIPAddress": "203.0.113.9",
            "userAgent": "aws-cli/2.15",
            "requestParameters": {
                "functionName": "orders",
                "statementId": "partner",
                "action": "lambda:InvokeFunction",
                "principal": "*"
            },
            "responseElements": {"statement": "{\"Sid\":\"partner\",\"Effect\":\"Allow\"}"},
            "requestID": "0c3a7a4e-1111-4222-8333-444455556666",
            "eventID": "6a7e8feb-2222-4333-8444-555566667777",
            "readOnly": false,
            "eventType": "AwsApiCall",
            "managementEvent": true,
            "recipientAccountId": "111122223333",
            "eventCategory": "Management",
            "tlsDetails": {"tlsVersion": "TLSv1.3", "clientProvidedHostHeader": "lambda.us-east-1.amazonaws.com"}
        }
    })
}
