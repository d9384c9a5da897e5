//! Whether one clause holds for every request for which another does.
//! Refuses to compare what it does not understand, unless both are written alike, and ranges of
//! numbers, times and addresses: `false` may only mean that the proof failed.
//! Semantics: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>.

use super::{Base, Clause, Operator, Set};
use crate::iam::pattern::{Arn, covers, glob};

impl Clause {
    /// Whether this clause, where it holds, provably makes `other` hold.
    pub(in super::super) fn implies(&self, other: &Self) -> bool {
        self.name == other.name && (self.is_written_like(other) || self.is_narrower(other))
    }

    /// Whether both ask the same in the same words.
    fn is_written_like(&self, other: &Self) -> bool {
        self.operator == other.operator
            && self.values == other.values
            && (self.variables == other.variables || !self.values.iter().any(|v| v.contains("${")))
    }

    fn is_narrower(&self, other: &Self) -> bool {
        let (Some(own), Some(others)) = (self.understood(), other.understood()) else {
            return false;
        };
        let comparable = own.base != Base::Null
            && own.negated == others.negated
            && own.set == others.set
            && passes_without_key(own, others);
        if !comparable {
            return false;
        }
        let every = |inner: &Self, outer: &Self, pair: &dyn Fn(&str, &str) -> bool| {
            inner.values.iter().all(|i| outer.values.iter().any(|o| pair(i, o)))
        };
        let pair = |inner: (&Self, Base), outer: (&Self, Base), i: &str, o: &str| match inner
            .0
            .is_variable(i)
            || outer.0.is_variable(o)
        {
            true => inner.1 == outer.1 && i == o && inner.0.variables == outer.0.variables,
            false => is_within(i, inner.1, o, outer.1),
        };
        let (one, another) = ((self, own.base), (other, others.base));
        if own.negated {
            // What is forbidden there must be forbidden here.
            every(other, self, &|i, o| pair(another, one, i, o))
        } else {
            every(self, other, &|i, o| pair(one, another, i, o))
        }
    }
}

/// Whether a request without the key that passes the one passes the other too.
fn passes_without_key(own: Operator, other: Operator) -> bool {
    own.if_exists == other.if_exists || (other.if_exists && own.set == Set::One)
}

/// Whether every value that matches `inner` matches `outer`, neither of which holds a variable.
fn is_within(inner: &str, of: Base, outer: &str, other: Base) -> bool {
    match (of, other) {
        (Base::Equals | Base::EqualsIgnoreCase, Base::EqualsIgnoreCase) => {
            inner.is_ascii() && outer.is_ascii() && inner.eq_ignore_ascii_case(outer)
        }
        (Base::Equals, Base::Like) => glob(outer, inner),
        (Base::Like, Base::Like) => covers(outer, inner),
        (Base::Arn, Base::Arn) => inner == outer || is_arn_within(inner, outer),
        (of, other) => of == other && inner == outer,
    }
}

/// "Each of the six colon-delimited components of the ARN is checked separately."
fn is_arn_within(inner: &str, outer: &str) -> bool {
    Arn::parse(inner).zip(Arn::parse(outer)).is_some_and(|(inner, outer)| {
        covers(outer.partition, inner.partition)
            && covers(outer.service, inner.service)
            && covers(outer.region, inner.region)
            && covers(outer.account, inner.account)
            && covers(outer.resource, inner.resource)
    })
}

#[cfg(test)]
#[path = "implication_tests.rs"]
mod tests;
