//! Trails and the like, rules, log groups, and where keys were used.

use super::*;
use crate::{
    event::{Event, Kind},
    setting::{Detector, LogGroup, RuleSwitch, TraceEncryption},
    state::WatcherRead,
    trail::Selectors,
};

const TRAIL: &str = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/t";
const SETTINGS: &str = r#"{"name":"t","s3BucketName":"b","includeGlobalServiceEvents":true,"isMultiRegionTrail":true,
    "trailARN":"arn:aws:cloudtrail:eu-west-1:111122223333:trail/t","logFileValidationEnabled":true,"isOrganizationTrail":false}"#;
const MADE: Told<'_> = ("cloudtrail:CreateTrail", r#"{"name":"t"}"#, SETTINGS);
const STARTED: Told<'_> = ("cloudtrail:StartLogging", r#"{"name":"t"}"#, "null");
const STOPPED: Told<'_> = (
    "cloudtrail:StopLogging",
    r#"{"name":"arn:aws:cloudtrail:eu-west-1:111122223333:trail/t"}"#,
    "null",
);
const UPDATED: Told<'_> = ("cloudtrail:UpdateTrail", r#"{"name":"t"}"#, SETTINGS);
const SELECTED: Told<'_> = (
    "cloudtrail:PutEventSelectors",
    r#"{"trailName":"t"}"#,
    r#"{"trailARN":"arn:aws:cloudtrail:eu-west-1:111122223333:trail/t","advancedEventSelectors":[
        {"name":"all","fieldSelectors":[{"field":"eventCategory","equals":["Data"]},{"field":"resources.type","equals":["AWS::Lambda::Function"]}]}]}"#,
);
const ODD: Told<'_> =
    ("cloudtrail:PutEventSelectors", r#"{"trailName":"t"}"#, r#"{"eventSelectors":[{"of":1}]}"#);
const DELETED: Told<'_> = ("cloudtrail:DeleteTrail", r#"{"name":"t"}"#, "null");

#[test]
fn a_trail_is_known_from_when_it_was_made_or_all_of_it_was_told() {
    for (calls, want) in [
        (vec![MADE], Some(Some((false, false)))),
        (vec![MADE, STARTED], Some(Some((true, false)))),
        (vec![MADE, STARTED, STOPPED], Some(Some((false, false)))),
        (vec![MADE, STARTED, SELECTED], Some(Some((true, true)))),
        (vec![MADE, SELECTED, ODD], None),
        (vec![UPDATED, STARTED], None),
        (vec![UPDATED, STARTED, SELECTED], Some(Some((true, true)))),
        (vec![STARTED, DELETED], Some(None)),
    ] {
        let known = History::after(&calls).trail(&arn(TRAIL));
        let known = known.map(|trail| {
            trail.map(|trail| (trail.logging, matches!(trail.selectors, Selectors::Advanced(_))))
        });
        assert_eq!(known, want, "{calls:?}");
    }
    let settings = History::after(&[MADE]).trail(&arn(TRAIL)).unwrap().unwrap().settings;
    assert_eq!((&*settings.home_region, settings.is_multi_region_trail), ("eu-west-1", true));
}

#[test]
fn trails_that_are_known_are_told_and_others_may_be_there() {
    let history = History::after(&[MADE, STARTED, SELECTED]);
    let read = Read::Watcher(WatcherRead::Trails);
    let state = history.answer(&home(), &[read.clone()].into(), NOW);
    assert_eq!((state.watchers.trails.len(), state.watchers.all_trails), (1, false));
    assert!(state.unread.contains(&read) && state.read.is_empty());
    let elsewhere = Home { region: "eu-west-2".to_owned(), ..home() };
    let trails = |home| history.answer(home, &[read.clone()].into(), NOW).watchers.trails.len();
    assert_eq!(trails(&elsewhere), 1, "it records every Region");
    let other = Home { account: AccountId::parse("999988887777").unwrap(), ..home() };
    assert_eq!(trails(&other), 0);
}

fn watcher(calls: &[Told<'_>], read: WatcherRead) -> Option<crate::state::Watchers> {
    Some(History::after(calls).known(Read::Watcher(read))?.watchers)
}

#[test]
fn recorders_detectors_and_encryption_are_as_they_were_last_told() {
    let named = r#"{"configurationRecorderName":"default"}"#;
    let start = ("config:StartConfigurationRecorder", named, "null");
    let stop = ("config:StopConfigurationRecorder", named, "null");
    let delete = ("config:DeleteConfigurationRecorder", named, "null");
    let recorder = arn("arn:aws:config:eu-west-1:111122223333:configuration-recorder/default");
    for (calls, want) in [
        (vec![start], Some(Some(true))),
        (vec![start, stop], Some(Some(false))),
        (vec![start, delete], Some(None)),
        (vec![], None),
    ] {
        let known = watcher(&calls, WatcherRead::Recorder(recorder.clone()));
        assert_eq!(known.map(|known| known.recorders[&recorder]), want, "{calls:?}");
    }

    let made = (
        "guardduty:CreateDetector",
        r#"{"enable":true,"features":[{"name":"LAMBDA_NETWORK_LOGS","status":"ENABLED"}]}"#,
        r#"{"detectorId":"d"}"#,
    );
    let plain = ("guardduty:CreateDetector", r#"{"enable":true}"#, r#"{"detectorId":"d"}"#);
    let off = (
        "guardduty:UpdateDetector",
        r#"{"detectorId":"d","features":[{"name":"LAMBDA_NETWORK_LOGS","status":"DISABLED"}]}"#,
        "null",
    );
    let odd = ("guardduty:UpdateDetector", r#"{"detectorId":"d","features":1}"#, "null");
    let gone = ("guardduty:DeleteDetector", r#"{"detectorId":"d"}"#, "null");
    let detector = arn("arn:aws:guardduty:eu-west-1:111122223333:detector/d");
    for (calls, want) in [
        (vec![made], Some(Some(Detector { enabled: true, lambda: true }))),
        (vec![made, off], Some(Some(Detector { enabled: true, lambda: false }))),
        (vec![plain], None),
        (vec![plain, off], Some(Some(Detector { enabled: true, lambda: false }))),
        (vec![off], None),
        (vec![made, odd], None),
        (vec![off, gone], Some(None)),
    ] {
        let known = watcher(&calls, WatcherRead::Detector(detector.clone()));
        assert_eq!(known.map(|known| known.detectors[&detector]), want, "{calls:?}");
    }

    let key = (
        "xray:PutEncryptionConfig",
        r#"{"Type":"KMS","KeyId":"alias/x"}"#,
        r#"{"EncryptionConfig":{"Type":"KMS","KeyId":"arn"}}"#,
    );
    let small = ("xray:PutEncryptionConfig", r#"{"type":"KMS","keyId":"arn"}"#, "null");
    let none = (
        "xray:PutEncryptionConfig",
        r#"{"Type":"NONE"}"#,
        r#"{"EncryptionConfig":{"Type":"NONE","Status":"UPDATING"}}"#,
    );
    let odd = ("xray:PutEncryptionConfig", r#"{"Type":"KMS"}"#, "null");
    let with = |key: Option<&str>| Some(TraceEncryption { key: key.map(str::to_owned) });
    for (calls, want) in [
        (vec![key], with(Some("arn"))),
        (vec![small], with(Some("arn"))),
        (vec![key, none], with(None)),
        (vec![key, odd], None),
    ] {
        let known = watcher(&calls, WatcherRead::Traces);
        assert_eq!(known.and_then(|known| known.traces), want, "{calls:?}");
    }
}

#[test]
fn a_rule_is_known_where_it_is_known_that_there_was_none_before() {
    let none = ("events:DeleteRule", r#"{"name":"n"}"#, "null");
    let put = ("events:PutRule", r#"{"name":"n","eventPattern":"{}","state":"DISABLED"}"#, "null");
    let on = ("events:EnableRule", r#"{"name":"n","eventBusName":"default"}"#, "null");
    let targets = (
        "events:PutTargets",
        r#"{"rule":"n","targets":[{"id":"1","arn":"arn:aws:lambda:eu-west-1:111122223333:function:f"}]}"#,
        "null",
    );
    let failed = (targets.0, targets.1, r#"{"failedEntryCount":1}"#);
    let removed = ("events:RemoveTargets", r#"{"rule":"n","ids":["1"]}"#, "null");
    let other = ("events:PutRule", r#"{"name":"n","eventBusName":"own"}"#, "null");
    let rule = arn("arn:aws:events:eu-west-1:111122223333:rule/n");
    for (calls, want) in [
        (vec![put, targets], None),
        (vec![none], Some(None)),
        (vec![none, other], Some(None)),
        (vec![none, put], Some(Some((RuleSwitch::Disabled, 0)))),
        (vec![none, put, on, targets], Some(Some((RuleSwitch::Enabled, 1)))),
        (vec![none, put, targets, put], Some(Some((RuleSwitch::Disabled, 1)))),
        (vec![none, put, targets, removed], Some(Some((RuleSwitch::Disabled, 0)))),
        (vec![none, put, failed], None),
    ] {
        let known = History::after(&calls).known(Read::Rule(rule.clone()));
        let known = known
            .map(|state| state.rules[&rule].as_ref().map(|rule| (rule.switch, rule.targets.len())));
        assert_eq!(known, want, "{calls:?}");
    }
    let rules = |calls: &[Told<'_>]| {
        Some(History::after(calls).known(Read::RulesOf(function()))?.rules.len())
    };
    let function = super::MADE;
    assert_eq!(rules(&[function]), Some(0));
    assert_eq!(rules(&[function, none, put, targets]), Some(1));
    assert_eq!(rules(&[function, put, targets]), None, "what else it invokes is not known");
    assert_eq!(rules(&[none, put, targets]), None, "the function is from before");
}

#[test]
fn a_log_group_is_known_from_when_it_was_made_or_all_of_it_was_told() {
    let made =
        ("logs:CreateLogGroup", r#"{"logGroupName":"/aws/lambda/f","kmsKeyId":"k"}"#, "null");
    let days = (
        "logs:PutRetentionPolicy",
        r#"{"logGroupName":"/aws/lambda/f","retentionInDays":7}"#,
        "null",
    );
    let ever = ("logs:DeleteRetentionPolicy", r#"{"logGroupName":"/aws/lambda/f"}"#, "null");
    let plain = (
        "logs:DisassociateKmsKey",
        r#"{"resourceIdentifier":"arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/f:*"}"#,
        "null",
    );
    let key =
        ("logs:AssociateKmsKey", r#"{"logGroupName":"/aws/lambda/f","kmsKeyId":"j"}"#, "null");
    let odd = (
        "logs:PutRetentionPolicy",
        r#"{"logGroupName":"/aws/lambda/f","retentionInDays":"many"}"#,
        "null",
    );
    let gone = ("logs:DeleteLogGroup", r#"{"logGroupName":"/aws/lambda/f"}"#, "null");
    let group = |key: Option<&str>, retention_days| {
        Some(Some(LogGroup {
            kms_key: key.map(str::to_owned),
            retention_days,
            kept_by_policy: false,
        }))
    };
    for (calls, want) in [
        (vec![made], group(Some("k"), None)),
        (vec![made, days], group(Some("k"), Some(7))),
        (vec![made, days, ever, plain], group(None, None)),
        (vec![days], None),
        (vec![days, key], group(Some("j"), Some(7))),
        (vec![made, odd], None),
        (vec![days, gone], Some(None)),
    ] {
        let known = History::after(&calls).known(Read::LogGroup("/aws/lambda/f".to_owned()));
        assert_eq!(known.map(|state| state.log_groups["/aws/lambda/f"].clone()), want, "{calls:?}");
    }
}

/// A call of the function's credentials, with `key` from `address`.
fn called(key: &str, address: &str) -> Event {
    let payload = format!(
        r#"{{"version":"0","id":"e","account":"111122223333","region":"eu-west-1","time":"2026-11-29T11:00:00Z","resources":[],
        "source":"aws.sqs","detail-type":"AWS API Call via CloudTrail","detail":{{"eventID":"e","eventSource":"sqs.amazonaws.com",
        "eventName":"ListQueues","awsRegion":"eu-west-1","sourceIPAddress":"{address}","userAgent":"exec-env/AWS_Lambda_x",
        "userIdentity":{{"type":"AssumedRole","accessKeyId":"{key}","arn":"arn:aws:sts::111122223333:assumed-role/r/f"}}}}}}"#
    );
    let event = Event::parse(&payload, &home()).unwrap();
    assert!(matches!(event.kind, Kind::FunctionCall), "{:?}", event.kind);
    event
}

#[test]
fn where_keys_were_used_is_remembered_for_a_while_and_does_not_grow() {
    let hour = time::Duration::hours(1);
    let mut history = History::default();
    history.used(&called("K", "192.0.2.1"), NOW - 13 * hour);
    history.used(&called("K", "192.0.2.2"), NOW - 2 * hour);
    history.used(&called("K", "192.0.2.3"), NOW - hour);
    history.used(&called("K", "192.0.2.2"), NOW);
    let uses = |history: &History, key: &str| {
        history.known(Read::KeyUses(function(), key.to_owned())).unwrap().keys.remove(key).unwrap()
    };
    let all = uses(&history, "K");
    assert_eq!((all.len(), all[0].marked), (2, true), "different ones of the last hours");
    assert_eq!(all[0].source, crate::event::Source::parse("192.0.2.2"), "the last one first");
    assert!(uses(&history, "other").is_empty());
    for host in 0..500 {
        history.used(&called("K", &format!("2001:db8::{host}")), NOW);
    }
    assert_eq!(uses(&history, "K").len(), 150);
    let event = called("K", "192.0.2.9");
    for number in 0..50_000_i32 {
        let mut event = event.clone();
        event.actor.key = Some(format!("K{number}"));
        history.used(&event, NOW + time::Duration::seconds(number.into()));
    }
    assert!(history.key_uses.len() <= 20_000);
    let state = history.answer(
        &home(),
        &[Read::KeyUses(function(), "K49999".to_owned())].into(),
        NOW + 24 * hour,
    );
    assert_eq!(state.keys["K49999"].len(), 1, "the last ones stay");
}
