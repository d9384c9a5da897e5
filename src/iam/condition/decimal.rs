//! Integers and decimals of the `Numeric` operators, compared exactly.
//! Refuses exponents, signs other than `-`, and numbers so long that rounding could matter.
//! Semantics: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Numeric>.

use std::cmp::Ordering;

/// How many digits a number may have: a binary floating point number keeps this many.
const MOST_DIGITS: usize = 15;

/// A number without needless zeros.
struct Decimal<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
}

impl<'a> Decimal<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (negative, digits) =
            text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
        let (whole, fraction) = match digits.split_once('.') {
            None => (digits, None),
            Some((whole, fraction)) => (whole, Some(fraction)),
        };
        let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if !are_digits(whole) || !fraction.is_none_or(are_digits) {
            return None;
        }
        let whole = whole.trim_start_matches('0');
        let fraction = fraction.unwrap_or_default().trim_end_matches('0');
        let zero = whole.is_empty() && fraction.is_empty();
        let short = whole.len() + fraction.len() <= MOST_DIGITS;
        short.then_some(Self { negative: negative && !zero, whole, fraction })
    }

    fn size_compared(&self, other: &Self) -> Ordering {
        (self.whole.len(), self.whole, self.fraction).cmp(&(
            other.whole.len(),
            other.whole,
            other.fraction,
        ))
    }
}

/// How the first number stands to the second.
pub fn compare(one: &str, other: &str) -> Option<Ordering> {
    let (one, other) = (Decimal::parse(one)?, Decimal::parse(other)?);
    Some(match (one.negative, other.negative) {
        (false, false) => one.size_compared(&other),
        (true, true) => other.size_compared(&one),
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
    })
}
