//! What is said of a text that is not YAML: the parser's words, and how the usual mistakes are
//! mended. Nothing else is said of such a text, because nobody knows what stands where.

use super::fault::{Fault, Kind};
use crate::finding::is_unseen;
use granit_parser::ErrorKind;
use std::ops::Range;

/// More mappings and lists in each other than the language needs.
pub(super) fn too_deep(span: Range<usize>) -> Fault {
    Fault::new(
        Kind::Depth,
        span,
        "this is nested deeper than any control policy",
        "look for brackets or indentation too many",
    )
}

/// What is said where the parser gave up.
pub(super) fn fault(kind: &ErrorKind, at: usize, text: &str) -> Fault {
    let span = at..next(text, at);
    match kind {
        ErrorKind::RecursionLimitExceeded => too_deep(span),
        ErrorKind::DirectiveDisallowed => Fault::new(
            Kind::Directive,
            span,
            "a directive stands here, which this language does not have",
            "remove the line; quote the value if it is a text that begins with `%`",
        ),
        ErrorKind::MissingAnchorOrAliasName => Fault::new(
            Kind::Alias,
            span,
            "`*` and `&` begin an alias or an anchor in YAML, which this language does not have",
            "quote a pattern that begins with `*`, as in `\"*\"`",
        ),
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInPlainScalar => tab(at, text),
        other if begins_with_tab(at, text) && !quote_is_open(other) => tab(at, text),
        other => {
            let what = format!("this is not YAML: {}", in_words(other));
            Fault::new(Kind::Syntax, span, what, mend(other))
        }
    }
}

fn tab(at: usize, text: &str) -> Fault {
    let line = line_start(text, at);
    let rest = text.get(line..).unwrap_or("");
    let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let tab = rest.get(..blanks).and_then(|blanks| blanks.find('\t')).map_or(at, |tab| line + tab);
    Fault::new(
        Kind::Tab,
        tab..next(text, tab),
        "a tab stands where only spaces can",
        "indent with spaces, two a level",
    )
}

fn begins_with_tab(at: usize, text: &str) -> bool {
    let rest = text.get(line_start(text, at)..).unwrap_or("");
    rest.chars().take_while(|c| matches!(c, ' ' | '\t')).any(|c| c == '\t')
}

fn quote_is_open(kind: &ErrorKind) -> bool {
    matches!(kind, ErrorKind::UnclosedQuotedScalar)
}

/// The usual mistakes in plain words, and the parser's own words for the others.
fn in_words(kind: &ErrorKind) -> String {
    match kind {
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => {
            "a key stands here without its `:`".to_owned()
        }
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement => {
            "a `:` stands where none can".to_owned()
        }
        ErrorKind::ExpectedBlockMappingKey | ErrorKind::InvalidIndentation => {
            "this line is not indented as those it belongs to".to_owned()
        }
        ErrorKind::UnclosedQuotedScalar => "the quote that opens here is not closed".to_owned(),
        ErrorKind::UnknownQuotedScalarEscape => {
            "a backslash stands before a character that it cannot escape".to_owned()
        }
        ErrorKind::InvalidTrailingSingleQuotedScalar
        | ErrorKind::InvalidTrailingDoubleQuotedScalar => {
            "something stands behind the closing quote".to_owned()
        }
        ErrorKind::UnexpectedCharacter { character } if !is_unseen(*character) => {
            format!("no text begins with {character:?} unless it is quoted")
        }
        other => other.to_string(),
    }
}

fn mend(kind: &ErrorKind) -> &'static str {
    match kind {
        ErrorKind::InvalidColonPlacement => {
            "close the bracket before it; quote a text that holds `: `"
        }
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidMappingValueWhitespace => {
            "quote a text that holds `: `; else look at the indentation of this line and the one before"
        }
        ErrorKind::UnexpectedCharacter { .. } => "quote the text",
        ErrorKind::UnclosedQuotedScalar => "close the quote",
        ErrorKind::InvalidTrailingSingleQuotedScalar
        | ErrorKind::InvalidTrailingDoubleQuotedScalar => {
            "put the whole text into the quotes, or a `,` behind them"
        }
        ErrorKind::UnclosedFlowCollection { .. }
        | ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofImplicitFlowMapping
        | ErrorKind::MismatchedFlowCollectionEnd { .. }
        | ErrorKind::MisplacedFlowCollectionEnd
        | ErrorKind::ExpectedFlowMappingSeparator
        | ErrorKind::ExpectedFlowSequenceSeparator => {
            "see that each `[` and `{` has its `]` and `}`, and that `,` stands between the items"
        }
        ErrorKind::UnknownQuotedScalarEscape => {
            "write `\\\\` for a backslash, or use single quotes"
        }
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => {
            "write `key: value`, in one line up to the colon"
        }
        _ => "look at the indentation and the punctuation of this line and the one before",
    }
}

fn line_start(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or(text);
    before.rfind(['\n', '\r']).map_or(0, |end| end + 1)
}

/// The end of the character there.
fn next(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or("");
    rest.chars().next().map_or(at, |c| at + c.len_utf8())
}
