//! Which environment variables change what code a function runs, or where its traffic goes, and which
//! values of them are known to be harmless. A known value says where code is loaded from, not whose
//! it is: whoever changes a layer changes that code, which is for the controls on layers to judge.
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-modify.html>
//!
//! Left out on purpose: `ENV`, which only an interactive shell reads while many programs call their
//! stage so; `PYTHONINSPECT`, which runs nothing by itself; `NO_PROXY`, which only takes detours away.

mod known;
mod table;
#[cfg(test)]
mod tests;

pub use known::{KNOWN, Known};
pub use table::TABLE;

use std::fmt;

/// What a variable reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// The code that runs.
    Code,
    /// Where requests go, and which answers are believed.
    Traffic,
}

impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Code => "code",
            Self::Traffic => "traffic",
        })
    }
}

/// A variable that changes what a function does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// Its name, or the beginning of several.
    name: Name,
    /// What it reaches.
    pub reach: Reach,
    /// What it does, as words that go on behind its name.
    pub why: &'static str,
    /// The page of its runtime that says so.
    pub source: &'static str,
    /// Which values are harmless whoever sets them.
    harmless: Harmless,
}

/// The names of variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Name {
    Is(&'static str),
    StartsWith(&'static str),
    /// In capitals or not, as the proxies' are.
    InAnyCase(&'static str),
}

/// Which values need no list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Harmless {
    /// No values.
    None,
    /// Directories of the function's package, its layers and the runtime alone.
    Directories,
    /// Options that load nothing, each beginning with one of these.
    Options(&'static [&'static str]),
    /// Warning filters whose category is a built-in one.
    Warnings,
    /// This value.
    Value(&'static str),
}

/// What the variable of this name does, where it is one of these.
pub fn variable(name: &str) -> Option<&'static Variable> {
    TABLE.iter().find(|variable| match variable.name {
        Name::Is(own) => name == own,
        Name::StartsWith(start) => name.starts_with(start),
        Name::InAnyCase(own) => name.eq_ignore_ascii_case(own),
    })
}

/// The variable, where its value is not known to be harmless.
pub fn injects(name: &str, value: &str) -> Option<&'static Variable> {
    variable(name).filter(|variable| {
        !is_harmless(variable.harmless, value) && known::find(name, value).is_none()
    })
}

fn is_harmless(harmless: Harmless, value: &str) -> bool {
    let value = value.trim();
    value.is_empty()
        || match harmless {
            Harmless::None => false,
            Harmless::Directories => value.split(':').all(is_own_directory),
            Harmless::Options(known) => value.split_whitespace().all(|option| {
                known.iter().any(|start| {
                    option.strip_prefix(start).is_some_and(|rest| {
                        rest.is_empty() || start.ends_with('=') && !rest.contains(['/', '\\', '@'])
                    })
                })
            }),
            // `action:message:category:module:line`; a category with a dot is imported.
            Harmless::Warnings => value.split(',').all(|filter| {
                filter.split(':').nth(2).is_none_or(|category| !category.contains('.'))
            }),
            Harmless::Value(own) => value == own,
        }
}

/// Whether only a change of code, layers or the runtime changes what is in it.
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>
fn is_own_directory(directory: &str) -> bool {
    const ROOTS: [&str; 10] = [
        "/var/task",
        "/opt",
        "/var/runtime",
        "/var/lang",
        "/lib",
        "/lib64",
        "/usr",
        "/bin",
        "$LAMBDA_TASK_ROOT",
        "$LAMBDA_RUNTIME_DIR",
    ];
    let inside = |root: &str| {
        directory.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    ROOTS.iter().any(|root| inside(root)) && !directory.split('/').any(|part| part == "..")
}
