//! Any function, contained and restored: it is as it was, to the byte. `CASES` says how many,
//! `SEED` which.

mod function;
mod text;

use crate::{harness::World, seeded::Seeded, telling::ENFORCE};
use function::NAME;

/// How many, unless it is said.
const CASES: u64 = 12;
/// How often the event is delivered, as Lambda does with what failed.
const DELIVERIES: usize = 3;

#[tokio::test]
async fn a_function_that_was_contained_and_restored_is_as_it_was_to_the_byte() {
    let (seed, _) = Seeded::given();
    println!("SEED={seed} makes the same functions again");
    let cases = std::env::var("CASES").ok().and_then(|cases| cases.parse().ok());
    for case in 0..cases.unwrap_or(CASES) {
        if let Err(why) = round_trip(&mut Seeded::numbered(seed, case)).await {
            panic!("SEED={seed}, case {case}: {why}");
        }
    }
}

async fn round_trip(chance: &mut Seeded) -> Result<(), String> {
    let world = World::new().await;
    let qualifiers = function::seed(&world, chance).await;
    let qualifiers: Vec<&str> = qualifiers.iter().map(String::as_str).collect();
    let arn = world.arn(NAME);
    let look = || world.account.look(NAME, &arn, &qualifiers);
    let before = look().await;
    let bootstrap = world.bootstrap(&ENFORCE);
    let event = world.event("create-access-key-by-function.json");
    let mut answer = bootstrap.deliver(&event);
    for _ in 1..DELIVERIES {
        if !answer.ok {
            answer = bootstrap.deliver(&event);
        }
    }
    if !answer.ok {
        return Err(format!("not answered: {answer:?} {before:#?}"));
    }
    function::check_contained(&look().await).map_err(|why| format!("{why}, from {before:#?}"))?;
    let incident = crate::telling::incident(&answer);
    let (code, printed) = world.cordon(&["restore", &incident, "--force"]);
    let after = look().await;
    match (code, after == before) {
        (0, true) => Ok(()),
        (_, _) => Err(format!("restore ends with {code}: {printed}\n{after:#?}\nnot {before:#?}")),
    }
}
