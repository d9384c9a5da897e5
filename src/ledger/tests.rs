//! One event after another, as the clock goes: what is let through, and when.

use super::*;
use time::{Duration, macros::datetime};

const NOON: OffsetDateTime = datetime!(2026-11-21 12:00 UTC);
const MINUTE: Duration = Duration::MINUTE;

fn limits(json: &str) -> Limits {
    serde_json::from_str(json).unwrap()
}

fn function(name: &str) -> Resource {
    Resource::parse(&format!("arn:aws:lambda:us-east-1:111122223333:function:{name}")).unwrap()
}

/// An event with this number about a function of the same number.
fn change(number: usize) -> Answer {
    let (event, name) = (format!("event-{number}"), format!("function-{number}"));
    Answer::new(&event, &function(&name), Some(&format!("actor-{number}")))
}

fn stop(number: usize) -> Answer {
    change(number).stopping(true)
}

/// Asks, and writes down what has to be.
fn ask(ledger: &mut Ledger, answer: &Answer, limits: &Limits, now: OffsetDateTime) -> String {
    match ledger.admit(answer, limits, now) {
        Admission::Known => "known".to_owned(),
        Admission::Admitted(next) => {
            *ledger = next;
            "admitted".to_owned()
        }
        Admission::Refused(refusal, opened) => {
            if let Some(next) = opened {
                *ledger = next;
            }
            refusal.to_string()
        }
    }
}

/// How many of these are let through.
fn let_through(
    ledger: &mut Ledger,
    answers: impl Iterator<Item = Answer>,
    limits: &Limits,
    now: OffsetDateTime,
) -> usize {
    answers.filter(|answer| ask(ledger, answer, limits, now) == "admitted").count()
}

#[test]
fn no_window_holds_more_answers_than_the_limit() {
    let limits = limits(r#"{"changes":{"account":7,"installation":7},"reserve":0}"#);
    let mut ledger = Ledger::default();
    let mut given: Vec<OffsetDateTime> = Vec::new();
    for number in 0..600 {
        let now = NOON + MINUTE * i32::try_from(number).unwrap();
        if ask(&mut ledger, &change(number), &limits, now) == "admitted" {
            given.push(now);
        }
    }
    assert!(given.len() > 14, "{given:?}");
    for end in &given {
        let within = given.iter().filter(|at| *at <= end && **at + Duration::HOUR > *end).count();
        assert!(within <= 7, "{within} within the hour before {end}");
    }
}

#[test]
fn an_answer_counts_once_however_often_it_is_asked_for() {
    let limits = limits(r#"{"stops":{"account":2},"reserve":0}"#);
    let mut ledger = Ledger::default();
    for _ in 0..5 {
        ask(&mut ledger, &stop(1), &limits, NOON);
    }
    assert_eq!(ask(&mut ledger, &stop(1), &limits, NOON), "known");
    assert_eq!(ask(&mut ledger, &stop(2), &limits, NOON), "admitted");
    assert_eq!(ask(&mut ledger, &stop(3), &limits, NOON), "stops per account, 2 in 1h");
    // What was begun is finished, whatever came of others.
    assert_eq!(ask(&mut ledger, &stop(1), &limits, NOON), "known");
}

#[test]
fn the_same_event_on_another_function_is_another_answer() {
    let limits = Limits::default();
    let mut ledger = Ledger::default();
    for name in ["one", "two"] {
        let answer = Answer::new("event", &function(name), None);
        assert_eq!(ask(&mut ledger, &answer, &limits, NOON), "admitted");
    }
}

#[test]
fn a_function_is_counted_as_one_whatever_the_qualifier_and_other_resources_by_themselves() {
    let limits = limits(r#"{"changes":{"function":1,"account":9},"reserve":0}"#);
    let mut ledger = Ledger::default();
    let of = |event: &str, arn: &str| Answer::new(event, &Resource::parse(arn).unwrap(), None);
    let function = "arn:aws:lambda:us-east-1:111122223333:function:one";
    let full = "changes per function, 1 in 1h";
    for (event, arn, want) in [
        ("1", function.to_owned(), "admitted"),
        ("1", format!("{function}:live"), "known"),
        ("2", format!("{function}:live"), full),
        ("3", "arn:aws:iam::111122223333:role/one".to_owned(), "admitted"),
        ("4", "arn:aws:iam::111122223333:role/one".to_owned(), full),
        ("5", "arn:aws:s3:::one".to_owned(), "admitted"),
    ] {
        assert_eq!(ask(&mut ledger, &of(event, &arn), &limits, NOON), want, "{event} {arn}");
    }
}

#[test]
fn what_turns_out_to_be_a_stop_is_counted_as_one_then() {
    let limits = limits(r#"{"stops":{"account":1},"reserve":0}"#);
    let mut ledger = Ledger::default();
    assert_eq!(ask(&mut ledger, &change(1), &limits, NOON), "admitted");
    assert_eq!(ask(&mut ledger, &stop(1), &limits, NOON), "admitted");
    assert_eq!(ask(&mut ledger, &change(1), &limits, NOON), "known");
    assert_eq!(ask(&mut ledger, &change(2), &limits, NOON), "admitted");
    assert_eq!(ask(&mut ledger, &stop(2), &limits, NOON), "stops per account, 1 in 1h");
}

#[test]
fn each_scope_counts_its_own_and_only_accounts_and_installations_have_breakers() {
    let all = r#"{"changes":{"function":2,"actor":3,"account":6,"installation":5},"reserve":0}"#;
    let limits = limits(all);
    let mut ledger = Ledger::default();
    let of = |number: usize, name: &str, actor: Option<&str>| {
        Answer::new(&format!("event-{number}"), &function(name), actor)
    };
    for (answer, want) in [
        (of(1, "a", None), "admitted"),
        (of(2, "a", None), "admitted"),
        (of(3, "a", None), "changes per function, 2 in 1h"),
        (of(4, "b", Some("eve")), "admitted"),
        (of(5, "c", Some("eve")), "admitted"),
        (of(6, "d", Some("bob")), "admitted"),
    ] {
        assert_eq!(ask(&mut ledger, &answer, &limits, NOON), want);
    }
    assert_eq!(ledger.breakers(NOON), []);
    let one_more = ask(&mut ledger, &of(7, "e", Some("eve")), &limits, NOON);
    assert_eq!(one_more, "changes per installation, 5 in 1h");
    assert_eq!(ledger.breakers(NOON).len(), 1);
}

#[test]
fn decoys_do_not_use_up_what_critical_findings_may() {
    let limits = limits(r#"{"stops":{"account":5},"reserve":40}"#);
    let mut ledger = Ledger::default();
    assert_eq!(let_through(&mut ledger, (0..50).map(stop), &limits, NOON), 3);
    assert!(!ledger.breakers(NOON).is_empty());
    let critical = (100..150).map(|number| stop(number).critical(true));
    assert_eq!(let_through(&mut ledger, critical, &limits, NOON), 2);
    assert_eq!(
        ask(&mut ledger, &stop(200).critical(true), &limits, NOON),
        "stops per account, 5 in 1h; breaker open until 2026-11-21T13:00:00Z"
    );
}

#[test]
fn after_a_breach_it_is_open_then_half_open_then_as_before() {
    let limits = limits(r#"{"stops":{"account":3},"reserve":0}"#);
    let mut ledger = Ledger::default();
    assert_eq!(let_through(&mut ledger, (0..10).map(stop), &limits, NOON), 3);
    let at = |minutes: i32| NOON + MINUTE * minutes;
    let open = "stops per account, 3 in 1h; breaker open until 2026-11-21T13:00:00Z";
    assert_eq!(ask(&mut ledger, &stop(20), &limits, at(59)), open);
    assert_eq!(ask(&mut ledger, &stop(20), &limits, at(61)), "admitted");
    let turn = "stops per account, 3 in 1h; breaker half open, the next turn is at \
                2026-11-21T13:06:00Z";
    assert_eq!(ask(&mut ledger, &stop(21), &limits, at(62)), turn);
    assert_eq!(ask(&mut ledger, &stop(21), &limits, at(66)), "admitted");
    // Nothing was reached: all three at once again.
    assert_eq!(let_through(&mut ledger, (30..40).map(stop), &limits, at(127)), 3);
}

#[test]
fn a_breach_in_the_half_open_window_opens_it_again() {
    let limits = limits(r#"{"stops":{"account":2},"reserve":0}"#);
    let mut ledger = Ledger::default();
    let_through(&mut ledger, (0..3).map(stop), &limits, NOON);
    let at = |minutes: i32| NOON + MINUTE * minutes;
    assert_eq!(ask(&mut ledger, &stop(10), &limits, at(65)), "admitted");
    assert_eq!(ask(&mut ledger, &stop(11), &limits, at(75)), "admitted");
    assert_eq!(ask(&mut ledger, &stop(12), &limits, at(85)), "stops per account, 2 in 1h");
    let until = at(85) + Duration::HOUR;
    assert_eq!(ledger.breakers(at(86)).first().unwrap().1, Breaker::Open { until });
}

#[test]
fn an_open_breaker_of_stops_lets_changes_go_on() {
    let limits = limits(r#"{"stops":{"account":1},"reserve":0}"#);
    let mut ledger = Ledger::default();
    assert_eq!(let_through(&mut ledger, (0..5).map(stop), &limits, NOON), 1);
    assert_eq!(ask(&mut ledger, &change(10), &limits, NOON), "admitted");
}

#[test]
fn a_changed_limit_closes_the_breaker_of_the_one_before() {
    let small = limits(r#"{"stops":{"account":1},"reserve":0}"#);
    let mut ledger = Ledger::default();
    let_through(&mut ledger, (0..2).map(stop), &small, NOON);
    let large = limits(r#"{"stops":{"account":3},"reserve":0}"#);
    assert_eq!(let_through(&mut ledger, (5..10).map(stop), &large, NOON), 2);
}

#[test]
fn what_is_older_than_the_window_is_not_kept() {
    let limits = Limits::default();
    let mut ledger = Ledger::default();
    let_through(&mut ledger, (0..20).map(change), &limits, NOON);
    let_through(&mut ledger, (30..31).map(change), &limits, NOON + Duration::HOUR * 3);
    assert_eq!(ledger.answers.len(), 1);
}

#[test]
fn it_is_written_down_and_read_back() {
    let limits = limits(r#"{"stops":{"account":2}}"#);
    let mut ledger = Ledger::default();
    let_through(&mut ledger, (0..3).map(stop), &limits, NOON);
    let text = serde_json::to_string(&ledger).unwrap();
    assert_eq!(serde_json::from_str::<Ledger>(&text).unwrap(), ledger, "{text}");
}
