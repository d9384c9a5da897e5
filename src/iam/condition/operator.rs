//! Condition operators: their names, and what they give for a key that a request does not hold.
//! Refuses names it does not know, names in another case, and `Null` with a prefix or suffix.
//! Names: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>.

use std::cmp::Ordering;

/// What an operator compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    Equals,
    EqualsIgnoreCase,
    Like,
    Arn,
    Bool,
    Ip,
    Null,
    Number(Order),
    Date(Order),
    Binary,
}

/// How the value of a request must stand to the value of the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Order {
    /// Whether a request's value that stands so to the policy's value satisfies it.
    pub fn accepts(self, held_to_written: Ordering) -> bool {
        match self {
            Self::Equal => held_to_written.is_eq(),
            Self::Less => held_to_written.is_lt(),
            Self::LessOrEqual => held_to_written.is_le(),
            Self::Greater => held_to_written.is_gt(),
            Self::GreaterOrEqual => held_to_written.is_ge(),
        }
    }
}

/// How an operator treats a key with several values in the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Set {
    One,
    Any,
    All,
}

/// An operator that is understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operator {
    pub base: Base,
    pub set: Set,
    pub negated: bool,
    pub if_exists: bool,
}

impl Operator {
    /// The operator spelt `text`. That AWS takes another case is not documented.
    pub fn parse(text: &str) -> Option<Self> {
        let (set, rest) = match text.split_once(':') {
            None => (Set::One, text),
            Some(("ForAnyValue", rest)) => (Set::Any, rest),
            Some(("ForAllValues", rest)) => (Set::All, rest),
            Some(_) => return None,
        };
        let (rest, if_exists) =
            rest.strip_suffix("IfExists").map_or((rest, false), |stripped| (stripped, true));
        let (base, negated) = base(rest)?;
        // "You can add `IfExists` to the end of any condition operator name except `Null`."
        let plain = base != Base::Null || (!if_exists && set == Set::One);
        plain.then_some(Self { base, set, negated, if_exists })
    }

    /// What it gives for a key that the request does not hold; `Null` looks at its value instead.
    /// `ForAllValues` is true and `ForAnyValue` is false without the key, negated or not:
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>
    /// (The table for `ForAllValues:StringNotLike` among the operators has every row the other way
    /// round, that of a key that is there too, against the definition it stands under.)
    pub fn when_absent(self) -> Option<bool> {
        match self.set {
            Set::All => Some(true),
            // `IfExists` says true, `ForAnyValue` says false: which one wins is not documented.
            Set::Any => (!self.if_exists).then_some(false),
            Set::One => Some(self.if_exists || self.negated),
        }
    }
}

/// What the name without prefix and suffix compares, and whether it is negated.
fn base(name: &str) -> Option<(Base, bool)> {
    Some(match name {
        "StringEquals" => (Base::Equals, false),
        "StringNotEquals" => (Base::Equals, true),
        "StringEqualsIgnoreCase" => (Base::EqualsIgnoreCase, false),
        "StringNotEqualsIgnoreCase" => (Base::EqualsIgnoreCase, true),
        "StringLike" => (Base::Like, false),
        "StringNotLike" => (Base::Like, true),
        // "The `ArnEquals` and `ArnLike` condition operators behave identically."
        "ArnEquals" | "ArnLike" => (Base::Arn, false),
        "ArnNotEquals" | "ArnNotLike" => (Base::Arn, true),
        "Bool" => (Base::Bool, false),
        "BinaryEquals" => (Base::Binary, false),
        "IpAddress" => (Base::Ip, false),
        "NotIpAddress" => (Base::Ip, true),
        "Null" => (Base::Null, false),
        _ => match (name.strip_prefix("Numeric"), name.strip_prefix("Date")) {
            (Some(rest), _) => order(rest).map(|(order, not)| (Base::Number(order), not))?,
            (None, Some(rest)) => order(rest).map(|(order, not)| (Base::Date(order), not))?,
            (None, None) => return None,
        },
    })
}

fn order(name: &str) -> Option<(Order, bool)> {
    Some(match name {
        "Equals" => (Order::Equal, false),
        "NotEquals" => (Order::Equal, true),
        "LessThan" => (Order::Less, false),
        "LessThanEquals" => (Order::LessOrEqual, false),
        "GreaterThan" => (Order::Greater, false),
        "GreaterThanEquals" => (Order::GreaterOrEqual, false),
        _ => return None,
    })
}
