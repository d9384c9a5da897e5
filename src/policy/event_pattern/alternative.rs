//! One alternative of a field's list, and whether a value of the event meets it.
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html>

use super::{
    address::Network,
    number::{Exactly, Range},
    text::{AnyCase, Wildcard},
};
use serde_json::Number;

/// What a value may be.
#[derive(Debug, Clone, PartialEq)]
pub enum Alternative {
    Null,
    Bool(bool),
    Number(Exactly),
    Text(String),
    /// Also a text that spells an IP address: EventBridge compares it as one, whatever its spelling.
    Address(Network),
    Prefix(String),
    PrefixAnyCase(AnyCase),
    Suffix(String),
    SuffixAnyCase(AnyCase),
    AnyCase(AnyCase),
    Wildcard(Wildcard),
    Numeric(Range),
    Exists,
    /// Met by the field's absence, never by a value.
    Absent,
    AnythingBut(Unwanted),
}

/// What a value must not be.
#[derive(Debug, Clone, PartialEq)]
pub enum Unwanted {
    Texts(Vec<String>),
    Numbers(Vec<Exactly>),
    Prefixes(Vec<String>),
    Suffixes(Vec<String>),
    AnyCase(Vec<AnyCase>),
    Wildcards(Vec<Wildcard>),
}

/// A value of an event that is neither an object nor a list.
#[derive(Debug, Clone, Copy)]
pub enum Scalar<'a> {
    Null,
    Bool(bool),
    Number(&'a Number),
    Text(&'a str),
}

impl<'a> Scalar<'a> {
    pub const fn text(&self) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Null | Self::Bool(_) | Self::Number(_) => None,
        }
    }

    const fn number(&self) -> Option<&'a Number> {
        match self {
            Self::Number(number) => Some(number),
            Self::Null | Self::Bool(_) | Self::Text(_) => None,
        }
    }
}

impl Alternative {
    pub fn is_met_by(&self, value: &Scalar<'_>) -> bool {
        let text = |wanted: &dyn Fn(&str) -> bool| value.text().is_some_and(wanted);
        match self {
            Self::Null => matches!(value, Scalar::Null),
            Self::Bool(wanted) => matches!(value, Scalar::Bool(found) if found == wanted),
            Self::Number(wanted) => value.number().is_some_and(|found| wanted.is(found)),
            Self::Text(wanted) => value.text() == Some(wanted),
            Self::Address(wanted) => text(&|found| wanted.has(found)),
            Self::Prefix(wanted) => text(&|found| found.starts_with(wanted)),
            Self::PrefixAnyCase(wanted) => text(&|found| wanted.starts(found)),
            Self::Suffix(wanted) => text(&|found| found.ends_with(wanted)),
            Self::SuffixAnyCase(wanted) => text(&|found| wanted.ends(found)),
            Self::AnyCase(wanted) => text(&|found| wanted.is(found)),
            Self::Wildcard(wanted) => text(&|found| wanted.is(found)),
            Self::Numeric(wanted) => value.number().is_some_and(|found| wanted.has(found)),
            Self::Exists => true,
            Self::Absent => false,
            Self::AnythingBut(unwanted) => !unwanted.has(value),
        }
    }
}

impl Unwanted {
    /// A value of another type is none of these: `null` and `12` are anything but `"12"`.
    fn has(&self, value: &Scalar<'_>) -> bool {
        let Some(text) = value.text() else {
            return match self {
                Self::Numbers(unwanted) => value
                    .number()
                    .is_some_and(|found| unwanted.iter().any(|number| number.is(found))),
                Self::Texts(_)
                | Self::Prefixes(_)
                | Self::Suffixes(_)
                | Self::AnyCase(_)
                | Self::Wildcards(_) => false,
            };
        };
        match self {
            Self::Numbers(_) => false,
            Self::Texts(unwanted) => unwanted.iter().any(|found| found == text),
            Self::Prefixes(unwanted) => unwanted.iter().any(|found| text.starts_with(found)),
            Self::Suffixes(unwanted) => unwanted.iter().any(|found| text.ends_with(found)),
            Self::AnyCase(unwanted) => unwanted.iter().any(|found| found.is(text)),
            Self::Wildcards(unwanted) => unwanted.iter().any(|found| found.is(text)),
        }
    }
}
