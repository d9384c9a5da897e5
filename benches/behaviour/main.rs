//! `make bench-behaviour`: what the controls of a function's behaviour find, miss and cost, over an account
//! that is made up and runs for some months. The calls of its functions, what disturbs them and attacks on
//! them are written as events of EventBridge, and go through the very code that decides, with a journal in
//! memory. Everything follows from one seed.
//!
//! | variable | | |
//! |---|---|---|
//! | `FUNCTIONS` | 1000 | functions |
//! | `DAYS` | 90 | days |
//! | `SEED` | 1 | what all that is drawn follows from |
//! | `PART` | both | `figures` or `bounds` alone |
//! | `MARKDOWN` | | set: tables for a page |
//!
//! | file | what |
//! |---|---|
//! | `world`, `catalogue` | the functions, and the numbers that are chosen for them, with reasons |
//! | `place` | where calls come from |
//! | `traffic` | the calls of a day |
//! | `disturbances` | what goes wrong or changes, and is no attack |
//! | `attacks`, `script` | what intruders do |
//! | `call` | one delivery, and its JSON |
//! | `responder`, `remembering`, `journal`, `trail` | what stands in for the handler, DynamoDB and CloudTrail |
//! | `run`, `score` | the deliveries in their order, and what came of them |
//! | `report`, `table` | what is printed |
//! | `bounds` | the same with ever more functions |
//!
//! What it cannot show: how often real functions do something new. The rates in `world` are guesses, and the
//! figures of false alarms scale with them.

#![allow(clippy::expect_used, reason = "it runs on what it made itself")]

mod attacks;
mod bounds;
mod call;
mod catalogue;
mod chance;
mod disturbances;
mod journal;
mod place;
mod remembering;
mod report;
mod responder;
mod run;
mod score;
mod script;
mod table;
mod traffic;
mod trail;
mod world;

use responder::Responder;
use run::{ENVIRONMENTS, Run};
use std::env;
use world::World;

fn main() {
    let (seed, markdown) = (given("SEED", 1) as u64, env::var_os("MARKDOWN").is_some());
    let part = env::var("PART").unwrap_or_default();
    if part != "bounds" {
        figures(seed, markdown);
    }
    if part != "figures" {
        bounds::print(seed, markdown);
    }
}

fn figures(seed: u64, markdown: bool) {
    let (functions, days) = (given("FUNCTIONS", 1000), given("DAYS", 90));
    println!("{functions} functions, {days} days, seed {seed}");
    let world = World::new(seed, functions as usize, days).disturbed();
    let attacks = world.attacks((functions as f64 / 1000.0).min(1.0));
    let mut run = Run::of(&world, Responder::new(ENVIRONMENTS), &attacks);
    run.through(&attacks, i64::MAX);
    report::print(&world, &attacks, &run, markdown);
}

fn given(name: &str, usual: i64) -> i64 {
    env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}
