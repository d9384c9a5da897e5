//! Numbers as EventBridge compares them: between -5e9 and 5e9, exact to six decimals; there `1`,
//! `1.0` and `1e0` are one number. Others it compares by their text alone.
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#filtering-numeric-matching>
//! <https://github.com/aws/event-ruler/blob/main/src/main/software/amazon/event/ruler/ComparableNumber.java>

use serde_json::Number;

const MICROS_IN_ONE: i64 = 1_000_000;
const LARGEST: i64 = 5_000_000_000;

/// A number that EventBridge compares as one, in millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Micros(i64);

impl Micros {
    const LOWEST: Self = Self(-LARGEST * MICROS_IN_ONE);
    const HIGHEST: Self = Self(LARGEST * MICROS_IN_ONE);

    /// None: outside the range, or more than six decimals.
    pub fn of(number: &Number) -> Option<Self> {
        let micros = match number.as_i64() {
            Some(whole) => whole.checked_mul(MICROS_IN_ONE)?,
            None if number.is_u64() => return None,
            None => micros_of(number.as_f64()?)?,
        };
        let micros = Self(micros);
        (Self::LOWEST <= micros && micros <= Self::HIGHEST).then_some(micros)
    }
}

/// Millionths up to 5e15 are exact in a double, and a double is the one nearest to a number of six
/// decimals exactly if dividing its millionths gives it back.
fn micros_of(number: f64) -> Option<i64> {
    if number.abs() > LARGEST as f64 {
        return None;
    }
    let micros = (number * MICROS_IN_ONE as f64).round();
    (micros / MICROS_IN_ONE as f64 == number).then_some(micros as i64)
}

/// A number to be equal to.
#[derive(Debug, Clone, PartialEq)]
pub struct Exactly(Number);

impl Exactly {
    pub const fn new(number: Number) -> Self {
        Self(number)
    }

    /// As numbers if both can be, by what is written otherwise (an account id is too large).
    pub fn is(&self, number: &Number) -> bool {
        match (Micros::of(&self.0), Micros::of(number)) {
            (Some(wanted), Some(found)) => wanted == found,
            (None, None) => self.0 == *number,
            (Some(_), None) | (None, Some(_)) => false,
        }
    }
}

/// A run of numbers, both ends included: six decimals make `> 1` the same as `>= 1.000001`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    from: i64,
    to: i64,
}

impl Range {
    /// What a comparison such as `<=` and its number allow; none for an unknown comparison.
    pub fn of(comparison: &str, bound: Micros) -> Option<Self> {
        let (lowest, highest) = (Micros::LOWEST.0, Micros::HIGHEST.0);
        let (from, to) = match comparison {
            "=" => (bound.0, bound.0),
            ">" => (bound.0 + 1, highest),
            ">=" => (bound.0, highest),
            "<" => (lowest, bound.0 - 1),
            "<=" => (lowest, bound.0),
            _ => return None,
        };
        Some(Self { from, to })
    }

    pub fn and(self, other: Self) -> Self {
        Self { from: self.from.max(other.from), to: self.to.min(other.to) }
    }

    pub fn has(self, number: &Number) -> bool {
        Micros::of(number).is_some_and(|micros| self.from <= micros.0 && micros.0 <= self.to)
    }
}
