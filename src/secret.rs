//! Whether an environment variable looks like a secret: by the forms that vendors document, by a
//! password in a connection string, and by a name that promises a secret with a value that is random
//! enough. Refuses to say anything of the value: a suspicion is made of fixed texts alone.
//! Where secrets belong instead:
//! <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html>
//!
//! One pass over the value for each rule, no backtracking: the time is linear in its length.

mod connection;
mod forms;
mod name;
mod private_key;
#[cfg(test)]
mod tests;
mod value;

use std::fmt;

/// Which kind of secret a variable seems to hold. It can be shown and logged as it is: there is no
/// place in it for a part of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Suspicion {
    words: &'static str,
    source: &'static str,
}

impl Suspicion {
    const fn new(words: &'static str, source: &'static str) -> Self {
        Self { words, source }
    }

    /// Such as `GitHub token`.
    pub fn words(self) -> &'static str {
        self.words
    }

    /// The page that defines this kind of secret.
    pub fn source(self) -> &'static str {
        self.source
    }
}

impl fmt::Display for Suspicion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words)
    }
}

/// What the variable seems to hold, where it seems to hold a secret. The surest rule speaks.
pub fn suspect(name: &str, value: &str) -> Option<Suspicion> {
    let value = value.trim();
    if value::points_elsewhere(value) {
        return None;
    }
    private_key::find(value)
        .or_else(|| forms::find(value))
        .or_else(|| connection::find(value))
        .or_else(|| name::find(name, value))
}
