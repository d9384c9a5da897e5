//! The policy analysis alone: `src/iam` and the names it uses, compiled without the AWS SDK, so that
//! a hundred thousand cases, a fuzzer or another oracle cost seconds to build.
//! What is proven here is the code the function runs; all it adds is a generator of questions.

#![allow(dead_code, reason = "the library itself is checked where it stands")]

// A folder given this way lets the modules below find their own files as they do in the library.
#[path = "../../src"]
mod source {
    pub mod iam;
    pub mod resource;
}

pub use source::{iam, resource};

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
