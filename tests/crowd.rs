//! Many deliveries at the same time about one function: the same event several times, and others,
//! each to an environment of its own. One incident comes of it, and one way back.

use crate::{
    compromised::{EVENT, NAME, check_contained, look, seed},
    harness::{Answer, World},
    seeded::Seeded,
    telling::ENFORCE,
};
use std::{collections::BTreeSet, thread};

/// Environments that are at work at the same time.
const CROWD: usize = 6;
/// How often the whole is done.
const ROUNDS: u64 = 3;
/// How often everything is delivered again, as Lambda does with what failed.
const RETRIES: usize = 4;

#[tokio::test]
async fn however_many_look_at_one_function_at_once_one_incident_contains_it() {
    let (seed, _) = Seeded::given();
    println!("SEED={seed} makes the same order again");
    for round in 0..ROUNDS {
        crowd(&mut Seeded::numbered(seed, round)).await;
    }
}

async fn crowd(chance: &mut Seeded) {
    let world = World::new().await;
    seed(&world).await;
    let before = look(&world).await;
    let mut crowd: Vec<_> = (0..CROWD).map(|_| world.bootstrap(&ENFORCE)).collect();
    let mut left = shares(&world, chance);

    for _ in 0..RETRIES {
        let answers: Vec<Vec<(String, Answer)>> = thread::scope(|scope| {
            let each = crowd.iter_mut().zip(&left).map(|(bootstrap, share)| {
                scope.spawn(move || {
                    let deliver = |event: &String| (event.clone(), bootstrap.deliver(event));
                    share.iter().map(deliver).collect()
                })
            });
            let each: Vec<_> = each.collect();
            each.into_iter().map(|one| one.join().expect("it delivers")).collect()
        });
        // Whoever failed is delivered again, where it was.
        let failed = |share: Vec<(String, Answer)>| {
            share.into_iter().filter(|(_, answer)| !answer.ok).map(|(event, _)| event).collect()
        };
        left = answers.into_iter().map(failed).collect();
        if left.iter().all(Vec::is_empty) {
            break;
        }
    }

    assert!(left.iter().all(Vec::is_empty), "not answered: {left:?}");
    let journal = world.account.journal_text().await;
    let incidents = incidents(&journal);
    assert_eq!(incidents.len(), 1, "{incidents:?}");
    let now = look(&world).await;
    check_contained(&now).unwrap_or_else(|why| panic!("{why}"));
    let incident = incidents.first().expect("one");
    let (code, printed) = world.cordon(&["restore", incident, "--force"]);
    assert_eq!(code, 0, "{printed}");
    assert_eq!(look(&world).await, before, "{printed}");
}

/// Every event one to three times, dealt to the crowd in any order.
fn shares(world: &World, chance: &mut Seeded) -> Vec<Vec<String>> {
    let mut events = Vec::new();
    for (name, function) in [
        (EVENT, NAME),
        ("add-permission-public.json", "orders"),
        ("add-permission-account.json", "billing"),
        ("put-resource-policy-dangerous.json", "inventory"),
        ("create-function-url-public.json", "webhook"),
        ("delete-function-concurrency.json", NAME),
    ] {
        let event = world.event(name).replace(function, NAME);
        events.extend((0..=chance.below(3)).map(|_| event.clone()));
    }
    chance.shuffle(&mut events);
    let mut shares = vec![Vec::new(); CROWD];
    for (number, event) in events.into_iter().enumerate() {
        shares[number % CROWD].push(event);
    }
    shares
}

/// The incidents that the journal names.
fn incidents(journal: &str) -> BTreeSet<String> {
    let is_id = |letter: char| letter.is_ascii_alphanumeric();
    journal
        .split("\"incident\": S(\"inc-")
        .skip(1)
        .map(|rest| format!("inc-{}", rest.split(|c| !is_id(c)).next().unwrap_or_default()))
        .collect()
}
