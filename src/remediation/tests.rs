//! What remediations know of each other.

use super::*;
use crate::{resource::Arn, setting::Detector};

fn function() -> FunctionArn {
    FunctionArn::parse("arn:aws:lambda:us-east-1:111122223333:function:f").expect("a function")
}

fn policy(before: &str, after: Option<&str>) -> Remediation {
    Remediation::ReplaceResourcePolicy(PolicyReplacement {
        resource: function().into(),
        before: before.to_owned(),
        after: after.map(str::to_owned),
        unlocks: false,
        revision: Some(RevisionId("1".to_owned())),
        edits: vec!["words".to_owned()],
        removable_by_sid: None,
    })
}

#[test]
fn policy_changes_that_meet_are_one() {
    let whole = policy("a", Some("b")).then(&policy("b", None)).expect("they meet");
    let Remediation::ReplaceResourcePolicy(whole) = whole else { panic!("a policy") };
    assert_eq!((whole.before.as_str(), whole.after), ("a", None));
}

#[test]
fn what_somebody_wrote_in_between_and_stays_keeps_policy_changes_apart() {
    assert_eq!(policy("a", Some("b")).then(&policy("b and more", Some("more"))), None);
}

#[test]
fn what_was_only_brought_back_does_not_count() {
    let first = policy("a", Some("b"));
    assert_eq!(first.then(&policy("intruder", Some("b"))), Some(first.clone()));
    let stop = |reserved| Remediation::StopFunction { function: function(), reserved };
    assert_eq!(stop(None).then(&stop(Some(9))), Some(stop(None)));
}

#[test]
fn of_two_denials_of_sessions_the_later_one_is_what_was_left() {
    let deny = |document: &str| Remediation::DenyRole {
        function: function(),
        role: RoleArn::parse("arn:aws:iam::111122223333:role/r").expect("a role"),
        name: "cordon-inc-sessions".to_owned(),
        document: document.to_owned(),
        ends: Ends::OlderSessions,
    };
    assert_eq!(deny("of noon").then(&deny("of one")), Some(deny("of one")));
}

#[test]
fn the_journal_keeps_what_matters_and_an_id_is_of_that_alone() {
    let written = serde_json::to_string(&policy("a", None)).expect("JSON");
    assert!(!written.contains("words") && written.contains("replace-resource-policy"), "{written}");
    let read: Remediation = serde_json::from_str(&written).expect("it is read back");
    assert_eq!(read.id(), policy("a", None).id());
    assert_ne!(read.id(), policy("a", Some("b")).id());
    assert_ne!(read.id(), policy("b", None).id());
    assert_eq!(read.setting(), policy("b", None).setting());
}

#[test]
fn changes_of_a_watcher_are_one_where_they_meet_or_only_bring_back() {
    let detector = "arn:aws:guardduty:us-east-1:111122223333:detector/d";
    let detector = Arn::parse(detector).expect("a detector");
    let [off, half, on] = [(false, false), (true, false), (true, true)]
        .map(|(enabled, lambda)| Detector { enabled, lambda });
    let set = |before, after| {
        let detector = detector.clone();
        Remediation::Watch(Watching::SetDetector { detector, before, after })
    };
    assert_eq!(set(off, half).then(&set(half, on)), Some(set(off, on)));
    assert_eq!(set(half, on).then(&set(off, on)), Some(set(half, on)));
    assert_eq!(set(off, half).then(&set(off, on)), None);
}

#[test]
fn the_journal_reads_back_what_was_done_to_a_watcher() {
    let trail = "arn:aws:cloudtrail:us-east-1:111122223333:trail/t";
    let trail = Arn::parse(trail).expect("a trail");
    let start = Remediation::Watch(Watching::StartLogging { trail });
    let written = serde_json::to_string(&start).expect("JSON");
    assert_eq!(serde_json::from_str::<Remediation>(&written).ok(), Some(start.clone()));
    assert_eq!(
        (start.order(), start.name(), start.undo_name()),
        (0, "start-logging", "stop-logging")
    );
}

#[test]
fn a_destination_that_is_taken_away_and_then_redirected_comes_back_whole() {
    let to = |success: Option<&str>, failure: Option<&str>| Destinations {
        on_success: success.map(str::to_owned),
        on_failure: failure.map(str::to_owned),
    };
    let remove = |before: &Destinations, after: &Destinations| Remediation::RemoveDestinations {
        resource: function().into(),
        before: before.clone(),
        after: after.clone(),
    };
    let theirs = to(Some("theirs"), Some("theirs"));
    let (ours, nobody) = (to(None, Some("queue")), to(None, None));
    let redirect = Remediation::RedirectFailures {
        resource: function().into(),
        before: Some(nobody.clone()),
        queue: Some("queue".to_owned()),
    };
    assert_eq!(remove(&theirs, &nobody).then(&redirect), Some(remove(&theirs, &ours)));
    assert_eq!(redirect.then(&remove(&ours, &nobody)), Some(remove(&nobody, &nobody)));
    // Set again by the intruder, and taken away again.
    let again = remove(&to(None, Some("theirs")), &nobody);
    assert_eq!(remove(&theirs, &nobody).then(&again), Some(remove(&theirs, &nobody)));
    let other = remove(&to(Some("other"), None), &to(Some("kept"), None));
    assert_eq!(remove(&theirs, &nobody).then(&other), None);
}

#[test]
fn the_journal_reads_back_which_key_was_deactivated() {
    let user = Arn::parse("arn:aws:iam::111122223333:user/jorge").expect("a user");
    let deactivate =
        Remediation::DeactivateAccessKey { user, key: "AKIAIOSFODNN7EXAMPLE".to_owned() };
    let written = serde_json::to_string(&deactivate).expect("JSON");
    let format = r#"{"remediation":"deactivate-access-key","user":"arn:aws:iam::111122223333:user/jorge","key":"AKIAIOSFODNN7EXAMPLE"}"#;
    assert_eq!(written, format);
    assert_eq!(serde_json::from_str::<Remediation>(format).ok(), Some(deactivate.clone()));
    assert_eq!((deactivate.tactic(), deactivate.order()), (Tactic::Evict, 0));
    assert_eq!(deactivate.then(&deactivate), Some(deactivate));
}
