//! Queues and the evidence bucket: nothing waits unseen, nobody else writes, nothing is overwritten.

use super::{properties, template};
use cordon::controls::Rule;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What keeps messages that are not received has no other queue behind it, and why.
const LAST: [(&str, &str); 2] = [
    ("FailureQueue", "its alarm calls a person"),
    ("QuarantineQueue", "only a person takes messages out"),
];

fn of_type(template: &Value, kind: &str) -> BTreeSet<String> {
    let resources = template["Resources"].as_object().expect("resources");
    let of_type = resources.iter().filter(|(_, resource)| resource["Type"] == kind);
    of_type.map(|(id, _)| id.clone()).collect()
}

fn queues() -> BTreeSet<String> {
    of_type(&template(), "AWS::SQS::Queue")
}

fn statements(logical_id: &str) -> Vec<Value> {
    let policy = properties(&template(), logical_id)["PolicyDocument"].clone();
    policy["Statement"].as_array().expect("statements").clone()
}

#[test]
fn every_queue_is_the_last_one_or_has_the_failure_queue_behind_it() {
    let template = template();
    for queue in queues() {
        let properties = properties(&template, &queue);
        let last = LAST.iter().any(|(id, _)| *id == queue);
        let behind = &properties["RedrivePolicy"]["deadLetterTargetArn"];
        assert_eq!(*behind == "FailureQueue.Arn", !last, "{queue}");
        // Not JournalKey: senders of other roles may not use it.
        assert_eq!(properties["SqsManagedSseEnabled"], true, "{queue}");
    }
}

#[test]
fn no_queue_and_no_bucket_takes_anything_without_tls() {
    let policies = queues().into_iter().map(|queue| format!("{queue}Policy"));
    for policy in policies.chain(["EvidenceBucketPolicy".to_owned()]) {
        let tls = statements(&policy).into_iter().find(|statement| statement["Sid"] == "TlsOnly");
        let tls = tls.unwrap_or_else(|| panic!("{policy} has no such statement"));
        assert_eq!(tls["Effect"], "Deny", "{policy}");
        assert_eq!(tls["Principal"], "*", "{policy}");
        assert_eq!(tls["Condition"], json!({ "Bool": { "aws:SecureTransport": "false" } }));
    }
}

#[test]
fn every_rule_may_write_to_the_failure_queue() {
    let statements = statements("FailureQueuePolicy");
    let sources = statements[0]["Condition"]["ArnEquals"]["aws:SourceArn"].to_string();
    for rule in Rule::ALL.iter().copied() {
        assert!(sources.contains(&format!("\"{}.Arn\"", rule.logical_id())), "{rule:?}");
    }
}

#[test]
fn only_cordon_sends_itself_messages_and_stores_evidence() {
    for (policy, role) in [
        ("SecondLookQueuePolicy", "CordonRole.Arn"),
        ("EvidenceQueuePolicy", "CordonRole.Arn"),
        ("EvidenceBucketPolicy", "CollectorRole.Arn"),
    ] {
        let statements = statements(policy);
        assert!(statements.iter().all(|statement| statement["Effect"] == "Deny"), "{policy}");
        let others = json!({ "ArnNotEquals": { "aws:PrincipalArn": role } });
        assert!(statements.iter().any(|statement| statement["Condition"] == others), "{policy}");
    }
}

#[test]
fn any_principal_of_the_account_and_no_other_may_only_send_to_the_quarantine() {
    let statements = statements("QuarantineQueuePolicy");
    let allowed: Vec<&Value> =
        statements.iter().filter(|statement| statement["Effect"] == "Allow").collect();
    let [allow] = allowed.as_slice() else { panic!("one") };
    assert_eq!(allow["Action"], "sqs:SendMessage");
    let account = json!({ "StringEquals": { "aws:PrincipalAccount": "AWS::AccountId" } });
    assert_eq!(allow["Condition"], account);
    let quarantine = properties(&template(), "QuarantineQueue");
    assert_eq!(quarantine["MessageRetentionPeriod"], 14 * 24 * 60 * 60);
    assert_eq!(template()["Resources"]["QuarantineQueue"]["DeletionPolicy"], "Retain");
}

/// <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html>
#[test]
fn every_mapping_hands_over_one_message_and_lets_it_be_handled() {
    let template = template();
    let mut times = Vec::new();
    for mapping in of_type(&template, "AWS::Lambda::EventSourceMapping") {
        let mapping = properties(&template, &mapping);
        assert_eq!(mapping["BatchSize"], 1);
        let named = |field: &str| {
            let name = mapping[field].as_str().expect("a reference");
            properties(&template, name.trim_end_matches(".Arn"))
        };
        let visible = named("EventSourceArn")["VisibilityTimeout"].as_u64().expect("seconds");
        let timeout = named("FunctionName")["Timeout"].as_u64().expect("seconds");
        assert!(visible > timeout);
        times.push(visible / timeout);
    }
    assert_eq!(times, [1, 6], "evidence, second looks");
}

#[test]
fn evidence_can_be_neither_overwritten_nor_made_public() {
    let template = template();
    let bucket = properties(&template, "EvidenceBucket");
    assert_eq!(bucket["ObjectLockEnabled"], true);
    let retention = &bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"];
    assert_eq!(*retention, json!({ "Mode": "GOVERNANCE", "Days": "EvidenceRetentionDays" }));
    assert_eq!(bucket["VersioningConfiguration"]["Status"], "Enabled");
    assert_eq!(bucket["OwnershipControls"]["Rules"][0]["ObjectOwnership"], "BucketOwnerEnforced");
    let block = bucket["PublicAccessBlockConfiguration"].as_object().expect("a block");
    assert!(block.len() == 4 && block.values().all(|blocked| *blocked == true), "{block:?}");
    for kept in ["EvidenceBucket", "EvidenceKey", "Journal", "JournalKey"] {
        assert_eq!(template["Resources"][kept]["DeletionPolicy"], "Retain", "{kept}");
        assert_eq!(template["Resources"][kept]["UpdateReplacePolicy"], "Retain", "{kept}");
    }
}
