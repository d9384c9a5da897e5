//! Everything that is held against the real binaries, the emulator, the template and the source.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

mod alarms;
mod analyze;
mod backtest;
mod behaviour;
mod chained;
mod command_line;
mod compliance;
mod compromise;
mod compromised;
mod containment;
mod crash;
mod crash_sample;
mod crowd;
mod delivery;
mod evidence;
mod harness;
mod integrity;
mod itself;
mod limits;
mod log_data;
mod logs;
mod mangled;
mod messages;
mod modules;
mod notifications;
mod parts;
mod peers;
mod people;
mod policies;
mod reach;
mod resilience;
mod restoring;
mod revoking;
mod rewrite;
mod roles;
mod round_trip;
mod routes;
mod samples;
mod secrets;
mod seeded;
mod services;
mod stories;
mod swapped;
mod telling;
mod template;
mod threats;
mod undoing;
mod unusual;
mod watchers;
