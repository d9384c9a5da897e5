//! The same events in other forms give the same findings.

use super::{
    ENFORCED, Told,
    archive::{Archive, packed},
    folder,
};
use serde_json::{Value, json};
use std::fs;

#[test]
fn lines_rows_answers_and_envelopes_give_the_same_findings() {
    let mut archive = Archive::default();
    archive.create_function("orders", "nodejs22.x");
    archive.add_permission("orders", "open", "*");
    archive.read_objects(3);
    let folder = folder("backtest-forms", &archive, &[("policy.yaml", ENFORCED)]);
    let want = Told::of(&folder.cordon(&["backtest", "archive", "--json"], ""));
    assert!(!want.findings.is_empty());
    let texts: Vec<String> = archive.records.iter().map(Value::to_string).collect();
    let envelope = |record: &Value| {
        json!({
            "version": "0", "id": record["eventID"], "detail-type": "AWS API Call via CloudTrail",
            "source": "aws.lambda", "account": "111122223333", "region": "eu-west-1",
            "time": record["eventTime"], "resources": [], "detail": record,
        })
    };
    let of_lambda =
        archive.records.iter().filter(|one| one["eventSource"] == "lambda.amazonaws.com");
    let envelopes: Vec<String> = of_lambda.map(|one| envelope(one).to_string()).collect();
    let looked_up: Vec<Value> =
        texts.iter().map(|text| json!({ "CloudTrailEvent": text })).collect();
    let quoted = texts.iter().map(|text| format!("\"{}\"\n", text.replace('"', "\"\"")));
    let csv = format!("eventJson\n{}", quoted.collect::<String>());
    for (file, bytes) in [
        ("lines.ndjson", texts.join("\n").into_bytes()),
        ("lines.json.gz", packed(&texts.join("\n"))),
        ("envelopes", envelopes.concat().into_bytes()),
        ("looked-up.json", json!({ "Events": looked_up }).to_string().into_bytes()),
        ("rows.csv", csv.into_bytes()),
    ] {
        fs::write(folder.path().join(file), bytes).unwrap();
        let told = Told::of(&folder.cordon(&["backtest", file, "--json"], ""));
        assert_eq!(told.found(), want.found(), "{file}");
        assert_eq!(told.summary["read"]["unreadable"], json!([]), "{file}");
    }
}

#[test]
fn a_snapshot_of_config_tells_how_functions_stood() {
    let item = json!({
        "configurationItemCaptureTime": "2026-03-01T09:00:00.000Z",
        "configurationItemStatus": "ResourceDiscovered",
        "resourceType": "AWS::Lambda::Function",
        "resourceId": "old",
        "resourceName": "old",
        "ARN": "arn:aws:lambda:eu-west-1:111122223333:function:old",
        "awsAccountId": "111122223333",
        "awsRegion": "eu-west-1",
        "tags": {},
        "configuration": {
            "functionName": "old",
            "functionArn": "arn:aws:lambda:eu-west-1:111122223333:function:old",
            "runtime": "nodejs22.x",
            "role": "arn:aws:iam::111122223333:role/old",
            "handler": "index.handler",
            "codeSha256": "abc=",
            "version": "$LATEST",
        },
        "supplementaryConfiguration": {},
    });
    let mut archive = Archive::default();
    let arn = "arn:aws:lambda:eu-west-1:111122223333:function:old";
    let asked = json!({ "resource": arn, "tags": { "team": "a" } });
    archive.call("lambda", "TagResource20170331v2", asked, Value::Null);
    let folder = folder("backtest-config", &archive, &[("policy.yaml", ENFORCED)]);
    let alone = Told::of(&folder.cordon(&["backtest", "archive", "--json"], ""));
    let snapshot = json!({ "fileVersion": "1.0", "configurationItems": [item] }).to_string();
    let name = "111122223333_Config_eu-west-1_ConfigSnapshot_20260301T090500Z_x.json.gz";
    fs::write(folder.path().join("archive").join(name), packed(&snapshot)).unwrap();
    let with = Told::of(&folder.cordon(&["backtest", "archive", "--json"], ""));
    let runtime = |told: &Told| told.summary["controls"]["runtime.deprecated"].clone();
    assert_eq!(runtime(&alone)["insufficientData"], 1);
    assert_eq!(
        (runtime(&with)["insufficientData"].clone(), runtime(&with)["compliant"].clone()),
        (json!(0), json!(2))
    );
}
