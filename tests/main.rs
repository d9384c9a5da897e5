//! Everything that is held against the real binaries, the emulator, the template and the source.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

mod analyze;
mod command_line;
mod decisions;
mod harness;
mod mangled;
mod modules;
mod notifications;
mod resilience;
mod rewrite;
mod samples;
mod stories;
mod telling;
mod template;
