//! CloudTrail's log files, cut into records without being parsed. CloudTrail writes one object on one line, and the
//! fields of a record always in the same order; what is written otherwise is read as any other JSON.
//!
//! The cut is sound: a quote within a text is escaped, so that `},{"eventVersion":"` stands nowhere but between two
//! objects of an array. Where that array is another one, deep in a record, the pieces are no objects, which is seen
//! when one of them is looked at; a piece that is passed over may be anything. Whose call it was and when stands
//! before everything that a caller can shape.

use super::interest::{Interest, OF_A_FUNCTION};
use memchr::memmem::{self, Finder};

const HEAD: &[u8] = b"{\"Records\":[{\"eventVersion\":\"";
const TAIL: &[u8] = b"}]}";
const BETWEEN: &[u8] = b"},{\"eventVersion\":\"";

/// What every record begins with.
const RECORD: &[u8] = b"{\"eventVersion\":\"";
const TIME: &[u8] = b"\"eventTime\":\"";
/// As long as every time that CloudTrail writes.
const MOMENT: usize = "2026-01-02T03:04:05Z".len();
const SOURCE: &[u8] = b"\",\"eventSource\":\"";
const NAME: &[u8] = b"\",\"eventName\":\"";

/// The records of a log file; none if it is not written as CloudTrail writes it.
pub(super) fn records(file: &[u8]) -> Option<impl Iterator<Item = &[u8]>> {
    let file = file.trim_ascii_end();
    if !file.starts_with(HEAD) || !file.ends_with(TAIL) {
        return None;
    }
    let array = file.get(HEAD.len() - RECORD.len()..file.len() - (TAIL.len() - 1))?;
    let cuts = memmem::find_iter(array, BETWEEN).map(|at| at + 1).chain([array.len()]);
    let mut from = 0;
    Some(cuts.filter_map(move |to| {
        let record = array.get(from..to);
        from = to + 1;
        record
    }))
}

/// What a first look at a record shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// It does not matter.
    Passed,
    /// It matters.
    Matters,
    /// It is not written as usual.
    Unusual,
}

/// Looks at records.
pub(super) struct Looker<'a> {
    interest: &'a Interest,
    time: Finder<'static>,
    of_a_function: Finder<'static>,
}

impl<'a> Looker<'a> {
    pub(super) fn new(interest: &'a Interest) -> Self {
        let (time, of_a_function) = (Finder::new(TIME), Finder::new(OF_A_FUNCTION));
        Self { interest, time, of_a_function }
    }

    /// Looks at a record without parsing it.
    pub(super) fn look(&self, record: &[u8]) -> Look {
        let names = || {
            record.starts_with(RECORD).then_some(())?;
            let time = self.time.find(record)?;
            let rest = record.get(time + TIME.len() + MOMENT..)?.strip_prefix(SOURCE)?;
            let (source, rest) = plain(rest)?;
            let (name, _) = plain(rest.strip_prefix(NAME)?)?;
            Some((time, source, name))
        };
        let Some((time, source, name)) = names() else { return Look::Unusual };
        let before = record.get(..time).unwrap_or_default();
        let of_function = || self.of_a_function.find(before).is_some();
        if self.interest.is_in(source, name, false)
            || (of_function() && self.interest.is_in(source, name, true))
        {
            Look::Matters
        } else {
            Look::Passed
        }
    }
}

/// A text without escapes, up to its closing quote, and what follows from that on.
fn plain(text: &[u8]) -> Option<(&str, &[u8])> {
    let end = memchr::memchr(b'"', text)?;
    let (text, rest) = text.split_at_checked(end)?;
    let text = std::str::from_utf8(text).ok()?;
    (!text.contains('\\')).then_some((text, rest))
}
