//! The policy analysis and the event patterns alone: `src/iam`, the names it uses and
//! `src/policy/event_pattern`, compiled without the AWS SDK, so that a hundred thousand cases, a
//! fuzzer or another oracle cost seconds to build.
//! What is proven here is the code the function runs; all it adds is a generator of questions. With
//! the feature `cli` they are the library's own, and the control policy as it is written is there too.

#![allow(dead_code, reason = "the library itself is checked where it stands")]

// A folder given this way lets the modules below find their own files as they do in the library.
#[cfg(not(feature = "cli"))]
#[path = "../../src"]
mod source {
    pub mod iam;
    pub mod policy {
        pub mod event_pattern;
        pub mod problem;
    }
    pub mod resource;
}

#[cfg(feature = "cli")]
pub use cordon::{finding, iam, policy, resource};
#[cfg(not(feature = "cli"))]
pub use source::{iam, policy, resource};

pub mod choices;
pub mod generate;
pub mod pathological;
pub mod questions;
mod statement;
pub mod words;

/// Whether the text fits the pattern (`*` any run, `?` one character).
pub fn fits(pattern: &str, text: &str) -> bool {
    iam::glob(pattern, text)
}
