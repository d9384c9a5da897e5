//! The control policy as written: YAML, read with a place for every problem, and every problem at
//! once. Only the command line reads it; the function loads what this compiled.
//!
//! | module | owns |
//! |---|---|
//! | `tree`, `scalar`, `refused`, `syntax` | the text as mappings, lists and scalars, each with its place |
//! | `schema` | the JSON Schema, made from the types |
//! | `check` | the tree held against the schema |
//! | `told`, `words`, `nearest` | what is said of what it finds |
//! | `decode` | the types, read from the tree |
//! | `fault`, `lines`, `report` | problems, their lines and columns, and how they are shown |
//!
//! A new type of the control policy derives `schemars::JsonSchema` and is checked. A new doubt about
//! the meaning is a [`Problem`] of `policy::problems`.

mod check;
mod decode;
mod fault;
mod lines;
mod nearest;
mod refused;
mod report;
mod scalar;
mod schema;
mod syntax;
#[cfg(test)]
mod tests;
mod told;
mod tree;
mod words;

use super::{ControlPolicy, Place, Problem, Step, problems, unmatched};
use crate::resource::FunctionArn;
use fault::{Fault, Faults};
use serde::de::DeserializeOwned;
use std::ops::Range;
use time::Date;
use tree::{Content, Node};

pub use fault::Kind;
pub use report::{Located, Report};
pub use schema::{parameters, schema};

/// The most bytes that a control policy may have.
pub const LONGEST: usize = 8 << 20;

/// A control policy that is not accepted, and all that is wrong with it. Its author must mend it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct PolicyError(pub Report);

/// Parses and validates. `today` is the day in UTC. Warnings are passed over.
pub fn parse(text: &str, today: Date) -> Result<ControlPolicy, PolicyError> {
    match read(text.as_bytes(), today) {
        (Some(policy), _) => Ok(policy),
        (None, report) => Err(PolicyError(report)),
    }
}

/// Parses and validates: the control policy unless there are errors, and all that is to be said of
/// it. `today` is the day in UTC.
pub fn read(bytes: &[u8], today: Date) -> (Option<ControlPolicy>, Report) {
    read_knowing(bytes, today, None)
}

/// As [`read`], and holds every pattern against the functions there are, if they are known.
pub fn read_knowing(
    bytes: &[u8],
    today: Date,
    functions: Option<&[FunctionArn]>,
) -> (Option<ControlPolicy>, Report) {
    let mut faults = Faults::default();
    if bytes.len() > LONGEST {
        faults.add(too_long);
        return (None, Report::new("", faults));
    }
    let text = decoded(bytes, &mut faults);
    let policy = understood(text, today, functions, &mut faults);
    let report = Report::new(text, faults);
    (policy.filter(|_| !report.is_refused()), report)
}

/// Reads another document that is written like a control policy: the same YAML, the same refusals.
///
/// # Errors
/// What is wrong with it; the first that the type refuses.
pub fn read_as<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Report> {
    let mut faults = Faults::default();
    let text = decoded(bytes, &mut faults);
    let tree = if faults.count() == 0 { tree::read(text, &mut faults) } else { None };
    let decoded = tree.filter(|_| faults.count() == 0).map(|tree| match decode::decode(&tree) {
        Ok(read) => Some(read),
        Err(refusal) => {
            faults.add(|| refused(refusal, &tree));
            None
        }
    });
    decoded.flatten().ok_or_else(|| Report::new(text, faults))
}

fn too_long() -> Fault {
    Fault::new(
        Kind::Size,
        0..0,
        format!("the file has more than {LONGEST} bytes"),
        "name the control policy; no other file is so long",
    )
}

/// The text without its byte order mark; as far as it is text.
fn decoded<'b>(bytes: &'b [u8], faults: &mut Faults) -> &'b str {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let (text, strange_byte) = match std::str::from_utf8(bytes) {
        Ok(text) => (text, None),
        Err(error) => {
            let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let text = std::str::from_utf8(valid).unwrap_or_default();
            (text, bytes.get(error.valid_up_to()))
        }
    };
    // https://yaml.org/spec/1.2.2/#51-character-set
    let strange = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{85}');
    if let Some((at, c)) = text.char_indices().find(|(_, c)| strange(*c)) {
        faults.add(|| {
            Fault::new(
                Kind::ControlCharacter,
                at..at + c.len_utf8(),
                format!("the control character U+{:04X} stands here", u32::from(c)),
                "remove it; this may not be the file that was meant",
            )
        });
    } else if let Some(byte) = strange_byte {
        faults.add(|| {
            Fault::new(
                Kind::Encoding,
                text.len()..text.len(),
                format!("the byte 0x{byte:02X} stands here, which is not UTF-8"),
                "save the file as UTF-8; this may not be the file that was meant",
            )
        });
    }
    text
}

/// The control policy, as far as nothing is wrong with it.
fn understood(
    text: &str,
    today: Date,
    functions: Option<&[FunctionArn]>,
    faults: &mut Faults,
) -> Option<ControlPolicy> {
    if faults.count() > 0 {
        return None;
    }
    let tree = tree::read(text, faults);
    let Some(tree) = tree.filter(|tree| !is_nothing(tree)) else {
        if faults.count() == 0 {
            faults.add(empty);
        }
        return None;
    };
    check::check(schema(), &tree, faults);
    if faults.count() > 0 {
        return None;
    }
    let policy: ControlPolicy = match decode::decode(&tree) {
        Ok(policy) => policy,
        Err(refusal) => {
            faults.add(|| refused(refusal, &tree));
            return None;
        }
    };
    let mut problems = problems(&policy, today);
    problems.extend(functions.into_iter().flat_map(|functions| unmatched(&policy, functions)));
    // Errors first: what is beyond the most that are kept must not be what refuses.
    problems.sort_by_key(|problem| problem.level);
    for problem in problems {
        faults.add(|| meant(problem, &tree));
    }
    Some(policy)
}

fn is_nothing(tree: &Node) -> bool {
    matches!(&tree.content, Content::Scalar(scalar) if scalar.meant() == scalar::Meant::Null)
}

fn empty() -> Fault {
    Fault::new(
        Kind::Empty,
        0..0,
        "the control policy is empty",
        "write at least `version: 1`; every control then runs dry",
    )
}

fn refused(refusal: decode::Refusal, tree: &Node) -> Fault {
    let span = refusal.span.unwrap_or_else(|| tree.focus());
    let why = crate::finding::shown(&refusal.why, 300);
    let what = format!("this is not accepted: {why}");
    Fault::new(Kind::Refused, span, what, "write another value")
}

fn meant(problem: Problem, tree: &Node) -> Fault {
    let Problem { level, at, what, mend } = problem;
    let span = span(&at, tree);
    let shown = |text: &str| crate::finding::shown(text, 300);
    Fault { level, ..Fault::new(Kind::Meaning, span, shown(&what), shown(&mend)) }
}

/// What to point at: the value if it is in one piece, else its key; what stands nearest above, where
/// nothing stands there.
fn span(place: &Place, tree: &Node) -> Range<usize> {
    let (mut here, mut span) = (tree, tree.focus());
    for step in place.steps() {
        let found = match (step, &here.content) {
            (Step::Key(key), Content::Mapping(_)) => {
                here.entry(key).map(|entry| (&entry.value, entry.key_span.clone()))
            }
            (Step::Key(text), Content::List(items)) => items
                .iter()
                .find(
                    |item| matches!(&item.content, Content::Scalar(scalar) if scalar.text == *text),
                )
                .map(|item| (item, item.focus())),
            (Step::Index(index), Content::List(items)) => {
                items.get(*index).map(|item| (item, item.focus()))
            }
            (Step::Key(_), Content::Scalar(_) | Content::Refused)
            | (Step::Index(_), Content::Scalar(_) | Content::Mapping(_) | Content::Refused) => None,
        };
        let Some((node, above)) = found else { return span };
        let in_one_piece = matches!(&node.content, Content::Scalar(_)) && !node.span.is_empty();
        span = if in_one_piece { node.span.clone() } else { above };
        here = node;
    }
    span
}
