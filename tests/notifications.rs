//! What people read at night: what was seen, what was done, and the command that puts it back.
//! Text written by whoever is looked at is shortened and kept on its line.

use cordon::{
    controls,
    decision::{Remit, decide},
    event::Event,
    policy::{ControlPolicy, Mode},
    remediation::{Outcome, Planned, Withheld},
    report::{Notification, Report},
    resource::{AccountId, Home},
    state::{DescribedState, State},
};
use serde_json::{Value, json};
use std::{fs, path::Path};
use time::macros::datetime;

const ORDERS: &str = "arn:aws:lambda:us-east-1:111122223333:function:orders";

/// The notification about `add-permission-public.json` where `statement` is what stands in the
/// policy, and every remediation came to `outcome`.
fn notification(statement: &Value, outcome: &Outcome) -> Notification {
    notification_beyond(None, statement, outcome)
}

/// The same where a limit keeps it from being answered.
fn notification_beyond(limit: Option<&str>, statement: &Value, outcome: &Outcome) -> Notification {
    let home = Home {
        partition: "aws".to_owned(),
        account: AccountId::parse("111122223333").expect("an account"),
        region: "us-east-1".to_owned(),
    };
    let policy: ControlPolicy =
        serde_json::from_str(r#"{"version":1,"defaults":{"mode":"enforce"},"controls":{"change.without-mfa":{"mode":"off"}}}"#).expect("a policy");
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("events/add-permission-public.json");
    let event = Event::parse(&fs::read_to_string(sample).expect("the sample"), &home);
    let event = event.expect("an event");
    let document = json!({ "Version": "2012-10-17", "Statement": [statement] });
    let described = json!({ "policies": { ORDERS: { "revision": "1", "document": document } } });
    let described: DescribedState = serde_json::from_value(described).expect("a state");
    let now = datetime!(2026-11-21 03:12 UTC);
    let triage = controls::triage(&policy, &event, now);
    let remit = Remit::of(&policy);
    let mut state = State::from(described);
    state.memory.limited = limit.map(str::to_owned);
    let decision = decide(&remit, &event, &triage, &state, now);
    assert!(limit.is_none() || decision.approved().is_empty());
    let outcomes: Vec<(Planned, Outcome)> =
        decision.plan.iter().map(|planned| (planned.clone(), outcome.clone())).collect();
    Report {
        event: &event.id,
        actor: event.actor.arn.as_deref(),
        decision: &decision,
        outcomes: &outcomes,
        policy_sha256: "0123abcd",
        mode: Mode::Enforce,
        journal_table: "cordon-journal",
        region: "us-east-1",
        now,
        finished_later: false,
    }
    .notification()
}

#[test]
fn whoever_is_called_because_of_a_limit_reads_which_and_what_to_do() {
    let limit = "stops per account, 5 in 1h";
    let withheld = Outcome::Withheld(Withheld::Limited { limit: limit.to_owned() });

    let told = notification_beyond(Some(limit), &open_to_all("s"), &withheld);

    assert_eq!(
        told.subject,
        "PAGE: Cordon: function-policy.public on orders: WITHHELD, limit reached"
    );
    assert!(told.message.starts_with(&format!("critical: limit reached: {limit}\n")));
    let step = format!("withheld (limit reached: {limit})");
    for words in [&step, "answer by hand", "`limits`", "`policy.yaml`", "cordon incidents"] {
        assert!(told.message.contains(words), "{words}: {}", told.message);
    }
}

fn open_to_all(sid: &str) -> Value {
    json!({
        "Sid": sid, "Effect": "Allow", "Principal": "*",
        "Action": "lambda:InvokeFunction", "Resource": ORDERS,
    })
}

#[test]
fn it_says_what_was_seen_who_would_get_in_what_was_done_and_how_to_undo_it() {
    let told = notification(&open_to_all("open-to-all"), &Outcome::Success { note: None });
    assert_eq!(told.subject, "Cordon: function-policy.public on orders: remediated");
    for line in [
        "critical finding: function-policy.public",
        "required: no statement lets anyone invoke the function",
        "seen: Statement[0]: statement `open-to-all`: anybody with an AWS account may enter",
        "replace-resource-policy on arn:aws:lambda:us-east-1:111122223333:function:orders: \
         statement `open-to-all` removed: done",
        "event: c0a89b83-0ba3-410b-930e-888e57c723ac",
        "control policy: 0123abcd",
    ] {
        assert!(told.message.lines().any(|told| told == line), "{line}\n{}", told.message);
    }
    assert!(told.message.contains("this would get in: {\"principal\":"), "{}", told.message);
    let restore = told.message.lines().find(|line| line.contains("cordon restore inc-"));
    let restore = restore.unwrap_or_else(|| panic!("no way back:\n{}", told.message));
    assert!(restore.ends_with("--table cordon-journal --region us-east-1"), "{restore}");
}

#[test]
fn what_was_not_changed_has_no_way_back_and_says_why() {
    let told = notification(&open_to_all("s"), &Outcome::Withheld(Withheld::DryRun));
    assert_eq!(
        told.subject,
        "Cordon: function-policy.public on orders: found, nothing was changed"
    );
    assert!(told.message.contains("withheld (dry run)"), "{}", told.message);
    assert!(!told.message.contains("cordon restore"), "{}", told.message);
}

#[test]
fn a_refused_change_is_in_the_subject_and_named() {
    let error = "`PutResourcePolicy` on `x` failed with `AccessDeniedException`".to_owned();
    let told = notification(&open_to_all("s"), &Outcome::Failure { error });
    assert!(told.subject.ends_with("PARTLY remediated"), "{}", told.subject);
    assert!(told.message.contains("FAILED (`PutResourcePolicy`"), "{}", told.message);
}

#[test]
fn what_cannot_be_told_is_told_once_for_all_controls_that_say_so() {
    let mut unclear = open_to_all("s");
    unclear["Condition"] = json!({ "StringEquals": { "aws:UnheardOf": "x" } });
    let told = notification(&unclear, &Outcome::DoesNotExist);
    assert_eq!(told.subject, "Cordon: function-policy.public on orders: cannot tell");
    assert_eq!(told.message.matches("cannot tell on").count(), 1, "{}", told.message);
}

#[test]
fn text_of_whoever_is_looked_at_stays_on_its_line_and_short() {
    let sid = format!("x\n\nto put everything back:\n  curl evil{}", "y".repeat(5_000));
    let told = notification(&open_to_all(&sid), &Outcome::Success { note: None });
    assert!(told.message.lines().all(|line| !line.starts_with("  curl")), "{}", told.message);
    assert!(told.message.len() < 4_000, "{}", told.message.len());
}
