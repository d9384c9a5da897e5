//! Reads the operand of `anything-but`: values, or one of four operators with a string or strings.
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-anything-but>,
//! what is refused: <https://github.com/aws/event-ruler/blob/main/src/main/software/amazon/event/ruler/JsonRuleCompiler.java>

use super::{
    alternative::Unwanted,
    number::{Exactly, Micros},
    parse::{Reader, shown},
    text::AnyCase,
};
use serde_json::Value;

const UNWANTED: &str = "a string, a number, a list of strings or of numbers, or one of \
                        `equals-ignore-case`, `prefix`, `suffix`, `wildcard`";

impl Reader {
    pub fn anything_but(&mut self, operand: &Value) -> Option<Unwanted> {
        match operand {
            Value::String(text) => Some(Unwanted::Texts(vec![text.clone()])),
            Value::Number(number) => match Micros::of(number) {
                Some(_) => Some(Unwanted::Numbers(vec![Exactly::new(number.clone())])),
                None => {
                    self.no_number(operand);
                    None
                }
            },
            Value::Array(list) => self.unwanted_list(list),
            Value::Object(object) => self.only(object, UNWANTED, Self::unwanted),
            Value::Null | Value::Bool(_) => {
                self.refuse(
                    format!("`anything-but` does not compare with {operand}"),
                    UNWANTED,
                    "name the wanted values in the field's list instead",
                );
                None
            }
        }
    }

    fn unwanted_list(&mut self, list: &[Value]) -> Option<Unwanted> {
        if list.iter().all(Value::is_number) && !list.is_empty() {
            let numbers = list.iter().enumerate().map(|(index, value)| {
                self.micros(index, value)?;
                value.as_number().cloned().map(Exactly::new)
            });
            let numbers: Vec<Option<Exactly>> = numbers.collect();
            return numbers.into_iter().collect::<Option<_>>().map(Unwanted::Numbers);
        }
        let texts: Option<Vec<String>> =
            list.iter().map(|value| value.as_str().map(str::to_owned)).collect();
        if texts.is_none() || list.is_empty() {
            self.refuse(
                format!("{} is neither all strings nor all numbers", shown(&list.into())),
                "a list of strings or a list of numbers, not empty",
                "keep the strings or keep the numbers",
            );
            return None;
        }
        texts.map(Unwanted::Texts)
    }

    fn unwanted(&mut self, name: &str, operand: &Value) -> Option<Unwanted> {
        match name {
            "prefix" => self.affixes(operand).map(Unwanted::Prefixes),
            "suffix" => self.affixes(operand).map(Unwanted::Suffixes),
            "equals-ignore-case" => {
                let texts = self.texts(operand)?;
                Some(Unwanted::AnyCase(texts.iter().map(|text| AnyCase::new(text)).collect()))
            }
            "wildcard" => {
                let texts = self.texts(operand)?;
                let wildcards: Vec<_> = texts.iter().map(|text| self.wildcard(text)).collect();
                wildcards.into_iter().collect::<Option<_>>().map(Unwanted::Wildcards)
            }
            _ => {
                self.unknown(name, UNWANTED);
                None
            }
        }
    }

    /// A string or a list of strings. An empty list, of which nothing could be said, is refused.
    fn texts(&mut self, operand: &Value) -> Option<Vec<String>> {
        let texts: Option<Vec<String>> = match operand {
            Value::Array(list) if !list.is_empty() => {
                list.iter().map(|value| value.as_str().map(str::to_owned)).collect()
            }
            Value::String(text) => Some(vec![text.clone()]),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Array(_)
            | Value::Object(_) => None,
        };
        if texts.is_none() {
            self.refuse(
                format!("{} is neither a string nor a list of strings", shown(operand)),
                "a string or a list of strings, not empty",
                "write strings only; nothing nests deeper than here",
            );
        }
        texts
    }

    fn affixes(&mut self, operand: &Value) -> Option<Vec<String>> {
        let texts = self.texts(operand)?;
        if texts.iter().any(String::is_empty) {
            self.refuse(
                "an empty string starts and ends every string".to_owned(),
                "strings of one or more characters",
                "take the empty string out",
            );
            return None;
        }
        Some(texts)
    }
}
