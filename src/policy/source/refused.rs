//! What is said of YAML that this language does not have.

use super::fault::{Fault, Kind, quoted};
use std::ops::Range;

/// `!!str`
pub(super) fn tag(text: &str, span: Range<usize>) -> Fault {
    let tag = quoted(text.get(span.clone()).unwrap_or("!"));
    Fault::new(
        Kind::Tag,
        span,
        format!("{tag} is a tag, which this language does not have"),
        "remove the tag; quote the value if it is a text that begins with `!`",
    )
}

/// `&name`
pub(super) fn anchor(text: &str, span: Range<usize>) -> Fault {
    let anchor = quoted(text.get(span.clone()).unwrap_or("&"));
    Fault::new(
        Kind::Anchor,
        span,
        format!("{anchor} is an anchor, which this language does not have"),
        "remove the anchor, and write the value out wherever it is needed",
    )
}

/// `*name`, which is often a pattern.
pub(super) fn alias(text: &str, span: Range<usize>) -> Fault {
    let alias = text.get(span.clone()).unwrap_or("*");
    let (alias, as_text) = (quoted(alias), quoted(&format!("\"{alias}\"")));
    Fault::new(
        Kind::Alias,
        span,
        format!("{alias} is an alias in YAML, which this language does not have"),
        format!("quote a pattern that begins with `*`, as in {as_text}; else write the value out"),
    )
}

/// `<<`
pub(super) fn merge_key(span: Range<usize>) -> Fault {
    Fault::new(
        Kind::MergeKey,
        span,
        "`<<` is a merge key, which this language does not have",
        "remove it, and write the keys out",
    )
}

/// `{ a: b }: c`
pub(super) fn complex_key(span: Range<usize>) -> Fault {
    Fault::new(
        Kind::ComplexKey,
        span,
        "a list or mapping stands where a key should",
        "write a text as the key; quote the value if it begins with `{` or `[`",
    )
}

/// A key that stands in line `first` already.
pub(super) fn duplicate_key(span: Range<usize>, key: &str, first: usize) -> Fault {
    Fault::new(
        Kind::DuplicateKey,
        span,
        format!("{} stands here for the second time", quoted(key)),
        format!("keep one of the two; the first is in line {first}"),
    )
}

/// Behind `---`.
pub(super) fn document(span: Range<usize>) -> Fault {
    Fault::new(
        Kind::Documents,
        span,
        "a second document begins here",
        "keep one document in the file, and remove `---` and what follows it",
    )
}
