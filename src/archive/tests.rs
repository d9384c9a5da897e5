//! The forms, the cut and the unpacking, with made-up records.

use super::*;
use flate2::{Compression, GzBuilder, write::GzEncoder};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::io::Write;
use time::macros::datetime;

/// A record in the order in which CloudTrail writes its fields.
fn record(id: &str, source: &str, name: &str, more: &str) -> String {
    format!(
        r#"{{"eventVersion":"1.11","userIdentity":{{"type":"IAMUser","accountId":"111122223333"{more}}},"eventTime":"2026-01-02T03:04:05Z","eventSource":"{source}.amazonaws.com","eventName":"{name}","awsRegion":"eu-west-1","sourceIPAddress":"198.51.100.7","requestParameters":{{"functionName":"f"}},"responseElements":null,"eventID":"{id}","recipientAccountId":"111122223333"}}"#
    )
}

fn log_file(records: &[String]) -> String {
    format!(r#"{{"Records":[{}]}}"#, records.join(","))
}

fn ids(contents: &Contents) -> Vec<&str> {
    contents.deliveries.iter().map(|one| one.id.as_str()).collect()
}

fn some() -> Vec<String> {
    vec![
        record("a", "s3", "GetObject", ""),
        record("b", "lambda", "AddPermission20150331v2", ""),
        record("c", "lambda", "GetPolicy20150331v2", ""),
        record("d", "sts", "AssumeRole", r#","inScopeOf":{"issuerType":"AWS::Lambda::Function"}"#),
    ]
}

fn read_all(file: &str) -> Contents {
    read(file.as_bytes(), &Interest::default())
}

#[test]
fn a_log_file_gives_the_records_that_matter_and_counts_all() {
    let contents = read_all(&log_file(&some()));
    assert_eq!(contents.records, 4);
    assert_eq!(ids(&contents), ["b", "d"]);
    let first = &contents.deliveries[0];
    assert_eq!(first.at, datetime!(2026-01-02 03:04:05 UTC));
    assert_eq!(first.home.region, "eu-west-1");
    let call = first.call().unwrap();
    assert_eq!(call.api, "lambda:AddPermission");
    assert_eq!(call.asked.unwrap().get(), r#"{"functionName":"f"}"#);
    let envelope: Value = serde_json::from_str(&first.envelope()).unwrap();
    assert_eq!(envelope["source"], "aws.lambda");
    assert_eq!(envelope["detail"]["eventID"], "b");
}

#[test]
fn every_form_gives_the_same() {
    let records = some();
    let values: Vec<Value> = records.iter().map(|one| serde_json::from_str(one).unwrap()).collect();
    let pretty = serde_json::to_string_pretty(&json!({ "Records": values })).unwrap();
    let looked_up: Vec<Value> =
        records.iter().map(|one| json!({"EventId": "x", "CloudTrailEvent": one})).collect();
    let rows: Vec<Value> = records.iter().map(|one| json!([{"eventJson": one}])).collect();
    let envelope = |record: &Value| {
        json!({"version": "0", "id": "x", "detail-type": "AWS API Call via CloudTrail",
            "source": "aws.any", "account": "111122223333", "region": "eu-west-1",
            "time": "2026-01-02T03:04:05Z", "detail": record})
        .to_string()
    };
    let envelopes: Vec<String> = values.iter().map(envelope).collect();
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(["when", "eventJson"]).unwrap();
    records.iter().for_each(|one| csv.write_record(["now", one]).unwrap());
    let csv = String::from_utf8(csv.into_inner().unwrap()).unwrap();
    for (form, file) in [
        ("pretty", pretty),
        ("array", format!("[{}]", records.join(","))),
        ("lines", records.join("\n")),
        ("one after the other", records.concat()),
        ("with a mark", format!("\u{feff}{}", log_file(&records))),
        ("LookupEvents", json!({ "Events": looked_up }).to_string()),
        ("GetQueryResults", json!({ "QueryResultRows": rows }).to_string()),
        ("envelopes", envelopes.concat()),
        ("CSV", csv),
    ] {
        let contents = read_all(&file);
        assert_eq!(contents.broken, None, "{form}");
        assert_eq!(ids(&contents), ["b", "d"], "{form}");
        assert_eq!(contents.records, 4, "{form}");
    }
}

#[test]
fn what_is_broken_gives_what_stands_before_and_says_why() {
    let whole = log_file(&some());
    let lines = some().join("\n");
    let cut = &lines[..lines.len() - 30];
    let contents = read_all(cut);
    assert_eq!(ids(&contents), ["b"]);
    assert!(contents.broken.unwrap().contains("cut off"));
    assert!(read_all(&whole[..whole.len() - 30]).broken.is_some());
    for (file, want) in [
        ("PAR1....", "Parquet"),
        ("a,b\n1,2\n3,4\n", "eventJson"),
        ("hello", "no events"),
        ("[1,", "cut off"),
    ] {
        let broken = read_all(file).broken.unwrap_or_default();
        assert!(broken.contains(want), "{file}: {broken}");
    }
    assert_eq!(read_all("").records, 0);
    assert_eq!(read_all(r#"{"digestS3Bucket":"b"}"#).malformed.len(), 0);
    assert_eq!(read_all(r#"{"hello":1}"#).malformed.len(), 1);
}

#[test]
fn a_record_that_matters_and_lacks_something_is_counted_with_the_reason() {
    let whole = record("b", "lambda", "AddPermission20150331v2", "");
    for (part, want) in [
        (r#","eventID":"b""#, "`eventID` is missing"),
        (r#""eventTime":"2026-01-02T03:04:05Z","#, "`eventTime` is missing or wrong"),
        (r#","awsRegion":"eu-west-1""#, "the Region is missing or none"),
    ] {
        let contents = read_all(&log_file(&[whole.replace(part, "")]));
        assert_eq!(contents.malformed.keys().collect::<Vec<_>>(), [want]);
    }
    let no_account = whole.replace("111122223333", "x");
    assert!(read_all(&log_file(&[no_account])).malformed.contains_key("the account is none"));
}

#[test]
fn an_array_of_records_deep_in_a_record_is_no_record() {
    let inner = record("x", "lambda", "AddPermission20150331v2", "");
    let outer = record("a", "s3", "PutObject", "")
        .replace(r#"{"functionName":"f"}"#, &format!(r#"{{"all":[{{}},{inner}]}}"#));
    let contents = read_all(&log_file(&[outer, record("b", "iam", "CreateUser", "")]));
    assert_eq!(ids(&contents), ["b"]);
    assert_eq!(contents.records, 2);
}

#[test]
fn an_item_of_config_is_an_event_of_its_own() {
    let item = json!({"configurationItemCaptureTime": "2026-01-02T03:04:05.678Z",
        "resourceType": "AWS::Lambda::Function", "resourceId": "f",
        "awsAccountId": "111122223333", "awsRegion": "eu-west-1", "configuration": {}});
    let contents =
        read_all(&json!({"fileVersion": "1.0", "configurationItems": [item]}).to_string());
    let [delivery] = contents.deliveries.as_slice() else { panic!("one item") };
    assert_eq!(delivery.id, "AWS::Lambda::Function/f@2026-01-02T03:04:05.678Z");
    let envelope: Value = serde_json::from_str(&delivery.envelope()).unwrap();
    assert_eq!(envelope["detail"]["configurationItem"]["resourceId"], "f");
}

fn packed(text: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(text).unwrap();
    gzip.finish().unwrap()
}

#[test]
fn one_member_several_or_none_unpack_to_what_was_packed() {
    let mut gunzip = Gunzip::default();
    let (a, b) = ("a".repeat(100_000), "b".repeat(7));
    let several = [packed(a.as_bytes()), packed(b.as_bytes())].concat();
    // Of the same length as the last: only the checksum tells them apart.
    let alike = [packed(b"one"), packed(b"two")].concat();
    let headed = |header: GzBuilder| {
        let mut gzip = header.write(Vec::new(), Compression::fast());
        gzip.write_all(b"headed").unwrap();
        gzip.finish().unwrap()
    };
    for (file, want) in [
        (headed(GzBuilder::new().filename("log.json")), "headed".to_owned()),
        (headed(GzBuilder::new().filename("l").comment("c").extra("x")), "headed".to_owned()),
        (packed(a.as_bytes()), a.clone()),
        (packed(b""), String::new()),
        (several, format!("{a}{b}")),
        (alike, "onetwo".to_owned()),
        (b"{\"plain\":1}".to_vec(), "{\"plain\":1}".to_owned()),
    ] {
        let (unpacked, error) = gunzip.unpack(&file);
        assert_eq!(error, None);
        assert!(unpacked == want.as_bytes());
    }
    let whole = packed(a.as_bytes());
    let (_, error) = gunzip.unpack(&whole[..whole.len() / 2]);
    assert!(matches!(error, Some(UnpackError::Damaged(_))));
}

proptest! {
    /// Records are found alike by the cut and by the parser, whatever texts stand in them.
    #[test]
    fn the_cut_finds_what_the_parser_finds(
        texts in proptest::collection::vec((any::<String>(), 0..4_usize), 0..6),
    ) {
        let kinds = some();
        let records: Vec<String> = texts
            .iter()
            .enumerate()
            .map(|(place, (text, kind))| {
                let hostile = json!({ "typed": text, "},{\"eventVersion\":\"": [{}, {"eventVersion": text}] });
                let record = kinds[*kind].replace(r#"{"functionName":"f"}"#, &hostile.to_string());
                record.replace(r#""eventID":""#, &format!(r#""eventID":"{place}"#))
            })
            .collect();
        let cut = read_all(&log_file(&records));
        let parsed = read_all(&records.join(" "));
        prop_assert_eq!(cut.records, records.len() as u64);
        prop_assert_eq!(cut.deliveries, parsed.deliveries);
    }

    /// Nothing makes it fail, and no damage goes unsaid.
    #[test]
    fn whatever_the_bytes_it_ends(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let mut gunzip = Gunzip::default();
        let (unpacked, _) = gunzip.unpack(&bytes);
        read(&unpacked, &Interest::default());
        let file = packed(&bytes);
        for (at, _) in file.iter().enumerate().skip(10) {
            let mut damaged = file.clone();
            damaged[at] ^= 0x55;
            let (unpacked, error) = gunzip.unpack(&damaged);
            prop_assert!(error.is_some() || *unpacked == *bytes);
        }
    }
}
