//! Whether one value of a policy matches one value of a request, operator by operator.
//! Refuses to answer for values that do not have the form the operator compares.
//! Semantics: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>.

use super::Held;
use super::decimal;
use super::moment;
use super::network;
use super::operator::Base;
use super::variables::{self, Place, Resolved};
use crate::iam::pattern::{Arn, glob};

/// Whether `written`, which holds no variables, matches `held`.
pub fn matches(base: Base, written: &str, held: &str) -> Option<bool> {
    match base {
        Base::Equals => Some(written == held),
        Base::EqualsIgnoreCase => equals_ignoring_case(written, held),
        Base::Like => Some(glob(written, held)),
        // "Each of the six colon-delimited components of the ARN is checked separately."
        Base::Arn => Some(Arn::parse(written)?.matches(&Arn::parse(held)?)),
        Base::Bool => Some(written.parse::<bool>().ok()? == held.parse::<bool>().ok()?),
        Base::Ip => network::matches(written, held),
        Base::Number(order) => decimal::compare(held, written).map(|found| order.accepts(found)),
        Base::Date(order) => moment::compare(held, order, written),
        Base::Binary => (is_base64(written) && is_base64(held)).then_some(written == held),
        Base::Null => None,
    }
}

/// Whether `written`, which holds variables, matches `held`.
pub fn matches_with_variables<'a>(
    base: Base,
    written: &str,
    held: &str,
    lookup: &dyn Fn(&str) -> Held<'a>,
) -> Option<Matched> {
    let place = place(base)?;
    let (resolved, held) = variables::resolve(written, held, place, lookup);
    match resolved {
        Resolved::Text(text) => matches(base, &text, &held).map(Matched::Compared),
        Resolved::Nothing => Some(Matched::Nothing),
        Resolved::Unsure => None,
    }
}

/// Where a value of the operator stands; none if it cannot hold variables: "you can't use a policy
/// variable with other operators". Of `Bool`, the page on operators says that it can.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-conditionelement>
pub fn place(base: Base) -> Option<Place> {
    match base {
        Base::Equals | Base::EqualsIgnoreCase => Some(Place::Plain),
        Base::Like => Some(Place::Pattern),
        Base::Arn => Some(Place::Arn),
        Base::Bool | Base::Ip | Base::Null | Base::Number(_) | Base::Date(_) | Base::Binary => None,
    }
}

/// What comparing with a value that holds variables gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matched {
    Compared(bool),
    /// A variable had no value.
    Nothing,
}

/// How letters beyond ASCII are compared is not documented.
fn equals_ignoring_case(written: &str, held: &str) -> Option<bool> {
    let same = written.eq_ignore_ascii_case(held);
    (same || (written.is_ascii() && held.is_ascii())).then_some(same)
}

/// Whether the text is the one base64 form of some bytes, so that equal bytes are equal texts.
fn is_base64(text: &str) -> bool {
    let digits = text.strip_suffix("==").or_else(|| text.strip_suffix('=')).unwrap_or(text);
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let unused_bits = match text.len() - digits.len() {
        0 => 0,
        1 => 0b11,
        _ => 0b1111,
    };
    let last = digits.bytes().last().and_then(value).unwrap_or(0);
    text.len().is_multiple_of(4)
        && digits.bytes().all(|byte| value(byte).is_some())
        && last & unused_bits == 0
        && (digits.is_empty() == text.is_empty())
}
