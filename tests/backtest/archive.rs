//! An archive as AWS leaves it.

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use std::{
    fs,
    io::Write,
    path::Path,
    sync::atomic::{AtomicU32, Ordering},
};
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339, macros::datetime};

pub const ACCOUNT: &str = "111122223333";
pub const REGION: &str = "eu-west-1";

/// When the first call is made; each one after it a minute later.
const BEGAN: OffsetDateTime = datetime!(2026-03-01 10:00 UTC);

/// Calls, in the order in which they were made.
#[derive(Default)]
pub struct Archive {
    pub records: Vec<Value>,
}

/// So that no two records have the same id, in any archive.
static IDS: AtomicU32 = AtomicU32::new(1);

impl Archive {
    /// Adds a call by a deployer.
    pub fn call(&mut self, service: &str, name: &str, asked: Value, answered: Value) -> &mut Value {
        let number = self.records.len();
        let at = BEGAN + Duration::minutes(number as i64);
        let id = IDS.fetch_add(1, Ordering::Relaxed);
        self.records.push(json!({
            "eventVersion": "1.11",
            "userIdentity": {
                "type": "AssumedRole",
                "arn": format!("arn:aws:sts::{ACCOUNT}:assumed-role/deployer/ci"),
                "accountId": ACCOUNT,
                "accessKeyId": "ASIAEXAMPLE",
                "sessionContext": { "sessionIssuer": {
                    "type": "Role",
                    "arn": format!("arn:aws:iam::{ACCOUNT}:role/deployer"),
                } },
            },
            "eventTime": at.format(&Rfc3339).unwrap(),
            "eventSource": format!("{service}.amazonaws.com"),
            "eventName": name,
            "awsRegion": if service == "iam" { "us-east-1" } else { REGION },
            "sourceIPAddress": "198.51.100.7",
            "userAgent": "aws-cli/2",
            "requestParameters": asked,
            "responseElements": answered,
            "requestID": "r",
            "eventID": format!("00000000-0000-4000-8000-{id:012}"),
            "readOnly": false,
            "eventType": "AwsApiCall",
            "managementEvent": true,
            "recipientAccountId": ACCOUNT,
            "eventCategory": "Management",
        }));
        self.records.last_mut().unwrap()
    }

    /// A function is made.
    pub fn create_function(&mut self, name: &str, runtime: &str) {
        let configuration = json!({
            "functionName": name,
            "functionArn": function(name),
            "runtime": runtime,
            "role": format!("arn:aws:iam::{ACCOUNT}:role/{name}"),
            "handler": "index.handler",
            "codeSha256": "abc=",
            "lastModified": "2026-03-01T10:00:00.000+0000",
            "version": "$LATEST",
            "tracingConfig": { "mode": "PassThrough" },
        });
        self.call("lambda", "CreateFunction20150331", configuration.clone(), configuration);
    }

    /// Everybody, or whoever is named, may invoke a function.
    pub fn add_permission(&mut self, name: &str, sid: &str, principal: &str) {
        let who = match principal {
            "*" => json!("*"),
            account => json!({ "AWS": account }),
        };
        let statement = json!({
            "Sid": sid,
            "Effect": "Allow",
            "Principal": who,
            "Action": "lambda:InvokeFunction",
            "Resource": function(name),
        });
        let asked = json!({
            "functionName": name,
            "statementId": sid,
            "action": "lambda:InvokeFunction",
            "principal": principal,
        });
        let answered = json!({ "statement": statement.to_string() });
        self.call("lambda", "AddPermission20150331v2", asked, answered);
    }

    /// What nobody looks at.
    pub fn read_objects(&mut self, count: usize) {
        for number in 0..count {
            let asked = json!({ "bucketName": "b", "key": format!("k{number}") });
            self.call("s3", "GetObject", asked, Value::Null);
        }
    }

    /// Writes it as CloudTrail does for an organization: a file for every ten records, and digests beside them.
    pub fn write(&self, to: &Path) {
        let root = to.join(format!("AWSLogs/o-exampleorg1/{ACCOUNT}"));
        let logs = root.join(format!("CloudTrail/{REGION}/2026/03/01"));
        let digests = root.join(format!("CloudTrail-Digest/{REGION}/2026/03/01"));
        fs::create_dir_all(&logs).unwrap();
        fs::create_dir_all(&digests).unwrap();
        for (number, records) in self.records.chunks(10).enumerate() {
            let at = BEGAN + Duration::minutes(10 * number as i64 + 15);
            let stamp = format!("20260301T{:02}{:02}Z", at.hour(), at.minute());
            let name = format!("{ACCOUNT}_CloudTrail_{REGION}_{stamp}_{number:016}.json.gz");
            fs::write(logs.join(name), packed(&json!({ "Records": records }).to_string())).unwrap();
        }
        let digest = json!({ "digestS3Bucket": "b", "logFiles": [] }).to_string();
        fs::write(digests.join("digest.json.gz"), packed(&digest)).unwrap();
    }
}

/// The ARN of a function.
pub fn function(name: &str) -> String {
    format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}")
}

/// As gzip.
pub fn packed(text: &str) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(text.as_bytes()).unwrap();
    gzip.finish().unwrap()
}
