//! What is learned, told, forgotten and written of what credentials do.

use super::*;
use proptest::prelude::*;
use time::macros::datetime;

const BEGAN: OffsetDateTime = datetime!(2026-10-01 0:00 UTC);

/// Learned, a month after it was begun.
const NOW: OffsetDateTime = datetime!(2026-11-01 0:00 UTC);

fn call(api: &str) -> Habit {
    Habit::Call(api.to_owned())
}

fn sight(habit: Habit) -> Sight {
    Sight { habit, may_be_usual: true }
}

/// One call that shows this.
fn seen<'a>(sights: &'a [Sight], event: &'a str, now: OffsetDateTime) -> Seen<'a> {
    Seen { sights, event, now, closed: false, counted: 1, reads: None }
}

fn learned(habits: &[&str]) -> Baseline {
    let usual = habits.iter().map(|api| (call(api), Sighting::usual(BEGAN, NOW)));
    Baseline::of(BEGAN, LEARNING_CALLS, None, usual)
}

fn observe(baseline: &Baseline, habit: Habit, event: &str, now: OffsetDateTime) -> Baseline {
    baseline.observe(&seen(&[sight(habit)], event, now)).unwrap_or_else(|| baseline.clone())
}

#[test]
fn it_is_learned_for_a_week_and_fifty_calls() {
    let hours = Duration::hours;
    let with = |calls| Baseline::of(BEGAN, calls, None, []);
    assert!(with(50).is_learning(BEGAN + LEARNING - hours(1)));
    assert!(with(49).is_learning(BEGAN + LEARNING * 10));
    assert!(!with(50).is_learning(BEGAN + LEARNING));
}

#[test]
fn a_new_call_is_new_for_each_delivery_of_its_event_and_usual_for_every_other() {
    let next = observe(&learned(&[]), call("s3:PutObject"), "one", NOW);
    assert_eq!(next.standing(&call("s3:PutObject"), "one", NOW), Standing::New);
    assert_eq!(next.standing(&call("s3:PutObject"), "two", NOW), Standing::Usual);
    assert_eq!(next.observe(&seen(&[sight(call("s3:PutObject"))], "one", NOW)), None);
    assert_eq!(next.observe(&seen(&[sight(call("s3:PutObject"))], "two", NOW)), None);
}

#[test]
fn what_is_seen_again_is_written_seldom_and_often_enough_not_to_be_forgotten() {
    let mut baseline = learned(&["s3:GetObject"]);
    let (mut writes, mut now) = (0, NOW);
    for hour in 0..24 * 365 {
        now += Duration::hours(1);
        let event = hour.to_string();
        assert_eq!(baseline.standing(&call("s3:GetObject"), &event, now), Standing::Usual);
        if let Some(next) = baseline.observe(&seen(&[sight(call("s3:GetObject"))], &event, now)) {
            (baseline, writes) = (next, writes + 1);
        }
    }
    assert_eq!(writes, 365 / 9);
}

#[test]
fn what_is_done_once_a_month_is_known_and_what_is_done_every_other_month_is_not() {
    let baseline = learned(&["s3:GetObject"]);
    let standing = |days| {
        let now = NOW + Duration::days(days);
        baseline.standing(&call("s3:GetObject"), "later", now)
    };
    assert_eq!(standing(31), Standing::Usual);
    assert_eq!(standing(61), Standing::New);
}

#[test]
fn what_nobody_has_seen_for_so_long_is_begun_anew() {
    let later = NOW + MEMORY;
    let next = observe(&learned(&["s3:GetObject"]), call("s3:GetObject"), "later", later);
    assert!(next.is_learning(later));
    assert_eq!(next.began(), later);
}

#[test]
fn what_comes_after_becomes_usual_once_it_has_lasted() {
    for (habit, days, want) in [
        (Habit::Network("198.51.0.0/16".to_owned()), 6, false),
        (Habit::Network("198.51.0.0/16".to_owned()), 7, true),
        (Habit::Endpoint("vpce-0a1b2c3d".to_owned()), 7, true),
        (Habit::Denied("ec2:RunInstances".to_owned()), 7, true),
        (Habit::Peer("198.51.0.0/16 443 6".to_owned()), 6, false),
        (Habit::Peer("198.51.0.0/16 443 6".to_owned()), 7, true),
        (Habit::Role("arn:aws:iam::111122223333:role/admin".to_owned()), 27, false),
        (Habit::Role("arn:aws:iam::111122223333:role/admin".to_owned()), 28, true),
    ] {
        let first = observe(&learned(&[]), habit.clone(), "one", NOW);
        assert!(!first.is_usual(&habit, NOW), "{habit}");
        let later = NOW + Duration::days(days);
        let next = observe(&first, habit.clone(), "two", later);
        assert_eq!(next.is_usual(&habit, later), want, "{habit}");
    }
}

#[test]
fn what_was_new_while_something_goes_on_is_told_again_when_that_is_over() {
    let sights = [sight(call("s3:PutObject"))];
    let during = learned(&[]).observe(&Seen { closed: true, ..seen(&sights, "one", NOW) }).unwrap();
    let after = NOW + Duration::days(2);
    assert_eq!(during.standing(&call("s3:PutObject"), "two", NOW), Standing::Lately);
    assert_eq!(during.standing(&call("s3:PutObject"), "two", after), Standing::New);
    let usual = during.observe(&seen(&sights, "two", after)).unwrap();
    assert_eq!(usual.standing(&call("s3:PutObject"), "three", after), Standing::Usual);
}

#[test]
fn what_is_never_usual_stays_new_however_often_it_is_done() {
    for (api, want) in [("iam:TagUser", 28), ("iam:ListUsers", 4)] {
        let never = [Sight { habit: call(api), may_be_usual: false }];
        let (mut baseline, mut new) = (Baseline::begin(BEGAN), 0);
        for hour in 0..24 * 28 {
            let now = BEGAN + Duration::hours(hour);
            let event = hour.to_string();
            new += usize::from(baseline.standing(&call(api), &event, now) == Standing::New);
            baseline = baseline.observe(&seen(&never, &event, now)).unwrap_or(baseline);
        }
        assert_eq!(new, want, "{api}: once a day, and once a week where it only looks");
    }
}

#[test]
fn a_deployment_brings_calls_and_roles_and_no_networks_and_denials() {
    let deployed = learned(&[]).deploy(NOW).unwrap();
    for (habit, want) in [
        (call("s3:PutObject"), true),
        (Habit::Role("arn:aws:iam::111122223333:role/new".to_owned()), true),
        (Habit::Network("198.51.0.0/16".to_owned()), false),
        (Habit::Endpoint("vpce-0a1b2c3d".to_owned()), false),
        (Habit::Denied("s3:PutObject".to_owned()), false),
    ] {
        let next = observe(&deployed, habit.clone(), "one", NOW + Duration::hours(1));
        assert_eq!(next.is_usual(&habit, NOW), want, "{habit}");
    }
}

#[test]
fn what_was_learned_stays_longer_than_what_was_told() {
    let mut baseline = learned(&["s3:GetObject"]);
    for number in 0..600 {
        let habit = call(&format!("ec2:Describe{number}"));
        let now = NOW + Duration::minutes(number);
        baseline = observe(&baseline, habit, &number.to_string(), now);
    }
    assert!(baseline.is_full() && baseline.len() <= MOST);
    assert!(baseline.is_usual(&call("s3:GetObject"), NOW));
    assert!(!baseline.is_usual(&call("ec2:Describe0"), NOW));
}

#[test]
fn calls_are_counted_ten_at_a_time_until_they_are_enough() {
    let (mut baseline, mut counted, mut writes) = (Baseline::begin(BEGAN), 0, 0);
    for event in 0..200 {
        counted += 1;
        let sights = [sight(call("s3:GetObject"))];
        let event = event.to_string();
        let next = baseline.observe(&Seen { counted, ..seen(&sights, &event, BEGAN) });
        if let Some(next) = next {
            (baseline, counted, writes) = (next, 0, writes + 1);
        }
    }
    assert_eq!(writes, 1 + LEARNING_CALLS / COUNTED_AT_ONCE);
    assert!(!baseline.is_learning(BEGAN + LEARNING));
}

#[test]
fn a_record_is_written_short_and_read_again_as_it_was() {
    let next = observe(&learned(&["s3:GetObject"]), call("s3:PutObject"), "one", NOW);
    let next = next.deploy(NOW).unwrap();
    let text = serde_json::to_string(&next).unwrap();
    assert_eq!(serde_json::from_str::<Baseline>(&text).unwrap(), next);
    assert!(
        text.contains(r#""call s3:GetObject":{"first":1790812800,"last":1793491200,"usual":true}"#)
    );
    assert!(serde_json::from_str::<Habit>("\"walks s3\"").is_err());
}

fn habits() -> impl Strategy<Value = Habit> {
    let text = "[a-z0-9:/.]{1,900}";
    prop_oneof![
        text.prop_map(Habit::Call),
        text.prop_map(Habit::Denied),
        any::<std::net::IpAddr>().prop_map(Habit::network),
        text.prop_map(Habit::Endpoint),
        text.prop_map(Habit::Role),
    ]
}

proptest! {
    // Each does hundreds of things.
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// DynamoDB takes items of 400 KB.
    #[test]
    fn whatever_is_done_the_record_stays_small_and_what_was_learned_stays(
        done in prop::collection::vec((habits(), any::<bool>(), any::<bool>(), 0..600_i64), 1..700),
    ) {
        let mut baseline = learned(&["s3:GetObject", "sqs:SendMessage"]);
        for (index, (habit, may_be_usual, closed, minutes)) in done.into_iter().enumerate() {
            let now = NOW + Duration::minutes(minutes);
            let sights = [Sight { habit, may_be_usual }];
            let event = index.to_string();
            let next = baseline.observe(&Seen { closed, ..seen(&sights, &event, now) });
            baseline = next.unwrap_or(baseline);
        }
        prop_assert!(baseline.len() <= MOST);
        prop_assert!(serde_json::to_string(&baseline).unwrap().len() < 300_000);
        for habit in [call("s3:GetObject"), call("sqs:SendMessage")] {
            prop_assert!(baseline.is_usual(&habit, NOW));
        }
    }
}
