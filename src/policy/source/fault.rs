//! What is wrong at one place of the text, and the kinds there are: each has a golden file.
//! Refuses to go on after the first hundred: nobody reads more, and a hostile file has no end.

use crate::{finding::shown, policy::Level};
use std::ops::Range;

/// The kinds of messages, with their names.
macro_rules! kinds {
    ($($(#[$seen:meta])* $kind:ident = $name:literal,)*) => {
        /// What kind of message it is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $($(#[$seen])* $kind,)*
        }

        impl Kind {
            /// Every kind.
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$kind),*];

            /// The name, for scripts.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)*
                }
            }
        }
    };
}

kinds! {
    /// Not UTF-8.
    Encoding = "encoding",
    /// A control character.
    ControlCharacter = "control-character",
    /// More bytes than are read.
    Size = "size",
    /// Nothing in it.
    Empty = "empty",
    /// Not YAML.
    Syntax = "syntax",
    /// A tab where only spaces can stand.
    Tab = "tab",
    /// Nested too deep.
    Depth = "depth",
    /// A second document.
    Documents = "documents",
    /// A directive, such as `%YAML`.
    Directive = "directive",
    /// An anchor.
    Anchor = "anchor",
    /// An alias, or a pattern that looks like one.
    Alias = "alias",
    /// A tag.
    Tag = "tag",
    /// A merge key.
    MergeKey = "merge-key",
    /// A key that is not a text.
    ComplexKey = "complex-key",
    /// A key that stands twice.
    DuplicateKey = "duplicate-key",
    /// A key that is not in the language.
    UnknownKey = "unknown-key",
    /// A key that belongs elsewhere.
    MisplacedKey = "misplaced-key",
    /// A key that must be there.
    MissingKey = "missing-key",
    /// A key without a value.
    NoValue = "no-value",
    /// A list for a text, and the like.
    WrongType = "wrong-type",
    /// A text that YAML reads as a number, a truth value or nothing.
    Unquoted = "unquoted",
    /// Not one of the values there are.
    UnknownValue = "unknown-value",
    /// A text of another form.
    Form = "form",
    /// A part of an event pattern that EventBridge refuses.
    EventPattern = "event-pattern",
    /// A list or mapping with too few or too many items, a text too short or too long.
    Length = "length",
    /// A number too small or too large.
    Range = "range",
    /// An item that stands twice.
    DuplicateItem = "duplicate-item",
    /// What the form lets through and the type does not.
    Refused = "refused",
    /// Right in form, wrong in what it says.
    Meaning = "meaning",
}

/// Something wrong in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub kind: Kind,
    pub level: Level,
    /// The bytes it is about.
    pub span: Range<usize>,
    pub what: String,
    /// What should stand there, beginning with `expected`.
    pub expected: Option<String>,
    pub mend: String,
}

impl Fault {
    /// An error.
    pub fn new(
        kind: Kind,
        span: Range<usize>,
        what: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        let (what, mend) = (what.into(), mend.into());
        Self { kind, level: Level::Error, span, what, expected: None, mend }
    }

    /// With what should stand there.
    pub fn expecting(self, expected: impl Into<String>) -> Self {
        Self { expected: Some(expected.into()), ..self }
    }
}

/// What was found so far.
#[derive(Debug, Default)]
pub(super) struct Faults {
    pub found: Vec<Fault>,
    /// How many more there are.
    pub more: usize,
}

impl Faults {
    /// The most that are kept.
    pub const MOST: usize = 100;

    /// Adds one; beyond the most it is only counted, and not even made.
    pub fn add(&mut self, fault: impl FnOnce() -> Fault) {
        if self.is_full() { self.more += 1 } else { self.found.push(fault()) }
    }

    /// Whether more of them would only be counted.
    pub fn is_full(&self) -> bool {
        self.found.len() >= Self::MOST
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.found.len() + self.more
    }
}

/// Characters of a text that is repeated in a message.
pub(super) const LONGEST: usize = 80;

/// What somebody wrote, as a message repeats it: one line, in backticks.
pub(super) fn quoted(text: &str) -> String {
    format!("`{}`", shown(text, LONGEST))
}
