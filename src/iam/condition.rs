//! One condition clause: operator, key, values; and whether it holds for one value of its key.
//! Refuses to answer (`None`) for operators, values and combinations it does not understand fully.
//! Semantics: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>.

use super::json::{self, Kind};
use super::model::DocumentError;
use super::pattern::{Arn, glob};
use serde_json::value::RawValue;
use std::net::IpAddr;

/// One operator on one key, as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// The operator as written, with its set prefix and `IfExists`.
    pub operator: String,
    /// The condition key as written; key names have no case.
    pub key: String,
    /// The values; any of them may match.
    pub values: Vec<String>,
    /// Whether every value was a string or a boolean and the key stands once under its operator.
    pub(super) regular: bool,
}

/// What an operator compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Base {
    Equals,
    EqualsIgnoreCase,
    Like,
    Arn,
    Bool,
    Ip,
    Null,
}

/// How an operator treats a key with several values in the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Set {
    One,
    Any,
    All,
}

/// An operator that is understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Operator {
    pub base: Base,
    pub set: Set,
    pub negated: bool,
    pub if_exists: bool,
}

/// What a request holds for one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    Present(String),
    Absent,
    /// Nothing certain can be said.
    Unsure,
}

/// Keys with several values in a request: without a set operator their meaning is not defined.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
const MULTIVALUED: [&str; 4] = [
    "aws:principalorgpaths",
    "aws:sourceorgpaths",
    "aws:calledvia",
    "aws:principalservicenameslist",
];

/// The operator spelt `text`. Spelling with another case is not relied upon.
fn operator(text: &str) -> Option<Operator> {
    let (set, rest) = match text.split_once(':') {
        None => (Set::One, text),
        Some(("ForAnyValue", rest)) => (Set::Any, rest),
        Some(("ForAllValues", rest)) => (Set::All, rest),
        Some(_) => return None,
    };
    let (rest, if_exists) =
        rest.strip_suffix("IfExists").map_or((rest, false), |stripped| (stripped, true));
    let (base, negated) = match rest {
        "StringEquals" => (Base::Equals, false),
        "StringNotEquals" => (Base::Equals, true),
        "StringEqualsIgnoreCase" => (Base::EqualsIgnoreCase, false),
        "StringNotEqualsIgnoreCase" => (Base::EqualsIgnoreCase, true),
        "StringLike" => (Base::Like, false),
        "StringNotLike" => (Base::Like, true),
        // `ArnEquals` and `ArnLike` behave identically.
        "ArnEquals" | "ArnLike" => (Base::Arn, false),
        "ArnNotEquals" | "ArnNotLike" => (Base::Arn, true),
        "Bool" => (Base::Bool, false),
        "IpAddress" => (Base::Ip, false),
        "NotIpAddress" => (Base::Ip, true),
        "Null" => (Base::Null, false),
        _ => return None,
    };
    let plain_only = base == Base::Null && (if_exists || set != Set::One);
    // What `IfExists` adds to a set operator is not documented for every case.
    let both = if_exists && set != Set::One;
    (!plain_only && !both).then_some(Operator { base, set, negated, if_exists })
}

impl Clause {
    /// The key without case, as it is compared.
    pub(super) fn key_name(&self) -> String {
        self.key.to_ascii_lowercase()
    }

    /// The operator, if all of the clause is understood.
    pub(super) fn understood(&self) -> Option<Operator> {
        let operator = operator(&self.operator)?;
        let multivalued = MULTIVALUED.contains(&self.key_name().as_str());
        let defined = operator.base == Base::Null || operator.set != Set::One || !multivalued;
        (self.regular && defined && !self.values.is_empty()).then_some(operator)
    }

    /// Whether the clause is true for a request; `None` if that cannot be said.
    pub(super) fn holds(&self, state: &State) -> Option<bool> {
        let operator = self.understood()?;
        let wants_absent = || match self.values.as_slice() {
            [only] => only.parse::<bool>().ok(),
            _ => None,
        };
        match (state, operator.base) {
            (State::Unsure, _) => None,
            (State::Absent, Base::Null) => wants_absent(),
            (State::Present(_), Base::Null) => wants_absent().map(|absent| !absent),
            (State::Absent, _) => absent(operator),
            (State::Present(value), base) => Some(self.matches(base, value)? != operator.negated),
        }
    }

    /// Whether any value matches; a value that is not understood leaves it open.
    fn matches(&self, base: Base, present: &str) -> Option<bool> {
        let results: Vec<Option<bool>> =
            self.values.iter().map(|value| value_matches(base, value, present)).collect();
        if results.contains(&Some(true)) {
            return Some(true);
        }
        if results.contains(&None) { None } else { Some(false) }
    }

    /// The clause with `${aws:ResourceAccount}` replaced by the account that owns the function.
    /// In documents without the version 2012-10-17 a variable is a literal and stays as it is.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>
    pub(super) fn resolved(&self, account: &str, variables: bool) -> Self {
        let mut clause = self.clone();
        if variables {
            for value in &mut clause.values {
                *value = replace_ignoring_case(value, "${aws:ResourceAccount}", account);
            }
        }
        clause
    }
}

/// What an operator gives for a key that the request does not hold.
fn absent(operator: Operator) -> Option<bool> {
    match operator.set {
        Set::All => Some(true),
        Set::Any => (!operator.negated).then_some(false),
        Set::One => Some(operator.if_exists || operator.negated),
    }
}

fn value_matches(base: Base, value: &str, present: &str) -> Option<bool> {
    if value.contains("${") {
        return None;
    }
    match base {
        Base::Equals => Some(value == present),
        Base::EqualsIgnoreCase => Some(value.eq_ignore_ascii_case(present)),
        Base::Like => Some(glob(value, present)),
        Base::Arn => Some(Arn::parse(value)?.matches(&Arn::parse(present)?)),
        Base::Bool => Some(value.parse::<bool>().ok()? == present.parse::<bool>().ok()?),
        Base::Ip => Some(Network::parse(value)?.contains(present.parse().ok()?)),
        Base::Null => None,
    }
}

fn replace_ignoring_case(text: &str, what: &str, with: &str) -> String {
    let lower = text.to_ascii_lowercase();
    match lower.find(&what.to_ascii_lowercase()) {
        None => text.to_owned(),
        Some(at) => {
            let (before, from) = text.split_at(at);
            let after = from.get(what.len()..).unwrap_or_default();
            format!("{before}{with}{}", replace_ignoring_case(after, what, with))
        }
    }
}

/// An address range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Network {
    pub address: IpAddr,
    pub prefix: u32,
}

impl Network {
    /// An address, or an address with a prefix length.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) =
            text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let address: IpAddr = address.parse().ok()?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            None => longest,
            Some(digits) => digits.parse().ok()?,
        };
        (prefix <= longest).then_some(Self { address, prefix })
    }

    /// Whether the range holds `address`.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(net), IpAddr::V4(ip)) => {
                let mask = u32::MAX.checked_shl(32 - self.prefix.min(32)).unwrap_or(0);
                (net.to_bits() ^ ip.to_bits()) & mask == 0
            }
            (IpAddr::V6(net), IpAddr::V6(ip)) => {
                let mask = u128::MAX.checked_shl(128 - self.prefix.min(128)).unwrap_or(0);
                (net.to_bits() ^ ip.to_bits()) & mask == 0
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }

    /// Whether the range is so wide that it counts as everybody: wider than /8, or /32 for IPv6.
    pub fn is_broad(&self) -> bool {
        self.prefix < if self.address.is_ipv4() { 8 } else { 32 }
    }
}

/// Reads a `Condition` element.
pub(super) fn parse(raw: &RawValue, path: &str) -> Result<Vec<Clause>, DocumentError> {
    let mut clauses: Vec<Clause> = Vec::new();
    for (operator, keys) in json::object(raw.get(), path, "an object of operators")? {
        let path = format!("{path}.{operator}");
        for (key, values) in json::object(keys.get(), &path, "an object of condition keys")? {
            let path = format!("{path}.{key}");
            let (values, mut regular) = read_values(values, &path, &operator)?;
            // The same key in another case: whether AWS takes both or either is not documented.
            for other in &mut clauses {
                if other.operator == operator && other.key.eq_ignore_ascii_case(&key) {
                    (other.regular, regular) = (false, false);
                }
            }
            clauses.push(Clause { operator: operator.clone(), key, values, regular });
        }
    }
    Ok(clauses)
}

fn read_values(
    raw: &RawValue,
    path: &str,
    operator: &str,
) -> Result<(Vec<String>, bool), DocumentError> {
    let expected = "a string, a number, a boolean or a list of them";
    let items = if json::kind(raw.get()) == Kind::List {
        json::list(raw.get(), path, expected)?
    } else {
        vec![raw]
    };
    let mut regular = true;
    let mut values = Vec::new();
    for item in items {
        match json::kind(item.get()) {
            Kind::Text => values.push(json::text(item.get(), path, expected)?),
            Kind::Boolean => {
                regular &= operator.starts_with("Bool") || operator == "Null";
                values.push(item.get().to_owned());
            }
            Kind::Number => {
                regular = false;
                values.push(item.get().to_owned());
            }
            Kind::Null | Kind::Object | Kind::List => {
                return Err(DocumentError::new(path, expected));
            }
        }
    }
    Ok((values, regular))
}

#[cfg(test)]
#[path = "condition_tests.rs"]
mod tests;
