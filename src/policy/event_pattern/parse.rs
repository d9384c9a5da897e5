//! Reads a pattern: the fields it names and the `$or` between them; each field's list is read by
//! `operators`. It goes on after an error, so that one reading tells all of them.
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern.html>

use super::{Condition, EventPattern, error::PatternError, expand};
use crate::policy::problem::{Place, Step};
use serde_json::{Map, Value};

const OR: &str = "$or";

/// Keys that no object of a `$or` may have, at any depth: its operators, and those it may once get.
/// <https://github.com/aws/event-ruler/blob/main/src/main/software/amazon/event/ruler/Constants.java>
const RESERVED_IN_OR: [&str; 24] = [
    "exactly",
    "equals-ignore-case",
    "prefix",
    "suffix",
    "anything-but",
    "exists",
    "wildcard",
    "numeric",
    "cidr",
    "=",
    "<",
    "<=",
    ">",
    ">=",
    "regex",
    "not-wildcard",
    "not-equals-ignore-case",
    "date-after",
    "date-on-or-after",
    "date-before",
    "date-on-or-before",
    "in-date-range",
    "ip-address-in-range",
    "ip-address-not-in-range",
];

/// What stands in an object of fields, in the order it is written.
#[derive(Debug)]
pub enum Part {
    /// A field, by its place among the conditions.
    Field(usize),
    /// `$or`: each member's parts.
    Or(Vec<Vec<Part>>),
}

/// How `$or` is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Or {
    Operator,
    Field,
}

pub fn parse(source: &Value) -> Result<EventPattern, Vec<PatternError>> {
    // EventBridge tries it the second way when the first fails, for patterns older than `$or`.
    // https://github.com/aws/event-ruler#the-backward-compatibility-of-using-or-as-filed-name-in-the-rule
    let errors = match Reader::read(source, Or::Operator) {
        Ok((parts, conditions)) => return expand::expand(source, &parts, conditions),
        Err(errors) => errors,
    };
    match Reader::read(source, Or::Field) {
        Ok((parts, conditions)) => {
            let pattern = expand::expand(source, &parts, conditions)?;
            Ok(EventPattern { or_is_a_field: true, ..pattern })
        }
        Err(_) => Err(errors),
    }
}

/// Reads on and collects what is wrong.
pub struct Reader {
    at: Vec<Step>,
    errors: Vec<PatternError>,
    conditions: Vec<Condition>,
    or: Or,
}

/// The object of fields that is read.
#[derive(Clone, Copy)]
struct Around<'a> {
    path: &'a [&'a str],
    in_or: bool,
}

impl Reader {
    fn read(source: &Value, or: Or) -> Result<(Vec<Part>, Vec<Condition>), Vec<PatternError>> {
        let mut reader = Self { at: Vec::new(), errors: Vec::new(), conditions: Vec::new(), or };
        let parts = match source {
            Value::Object(object) => reader.fields(object, Around { path: &[], in_or: false }),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => {
                reader.refuse(
                    format!("{} is no pattern", shown(source)),
                    "an object of fields",
                    "write `{\"source\": [\"aws.lambda\"]}` or the like",
                );
                Vec::new()
            }
        };
        if reader.errors.is_empty() { Ok((parts, reader.conditions)) } else { Err(reader.errors) }
    }

    fn fields(&mut self, object: &Map<String, Value>, around: Around<'_>) -> Vec<Part> {
        if object.is_empty() {
            self.refuse(
                "the object is empty".to_owned(),
                "at least one field",
                "name a field in it, or take it out",
            );
        }
        let mut parts = Vec::new();
        for (key, value) in object {
            self.within(Step::Key(key.clone()), |reader| {
                if key == OR && reader.or == Or::Operator {
                    parts.push(reader.or(value, around));
                } else {
                    parts.extend(reader.field(key, value, around));
                }
            });
        }
        parts
    }

    fn field(&mut self, key: &str, value: &Value, around: Around<'_>) -> Vec<Part> {
        if around.in_or && RESERVED_IN_OR.contains(&key) {
            self.refuse(
                format!("`{key}` is reserved inside `$or`"),
                "the name of a field",
                "put an operator into the list of a field: `{\"field\": [{\"prefix\": \"a\"}]}`",
            );
            return Vec::new();
        }
        let path = [around.path, &[key]].concat();
        match value {
            Value::Object(object) => self.fields(object, Around { path: &path, ..around }),
            Value::Array(list) => self.condition(&path, list),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                self.refuse(
                    format!("{} stands alone", shown(value)),
                    "a list of alternatives, or an object of fields",
                    &format!("write a list, `[{value}]`"),
                );
                Vec::new()
            }
        }
    }

    fn condition(&mut self, path: &[&str], list: &[Value]) -> Vec<Part> {
        if list.is_empty() {
            self.refuse(
                "the list is empty".to_owned(),
                "at least one alternative",
                "name a value, or take the field out; for any value write `[{\"exists\": true}]`",
            );
        }
        let mut alternatives = Vec::new();
        for (index, value) in list.iter().enumerate() {
            self.within(Step::Index(index), |reader| {
                alternatives.extend(reader.alternative(value))
            });
        }
        self.conditions.push(Condition { path: path.join("."), alternatives, at: self.at.clone() });
        vec![Part::Field(self.conditions.len().saturating_sub(1))]
    }

    fn or(&mut self, value: &Value, around: Around<'_>) -> Part {
        let members = value.as_array().map_or(&[][..], Vec::as_slice);
        if members.len() < 2 {
            self.refuse(
                format!("{} holds fewer than two alternatives", shown(value)),
                "a list of two or more objects of fields",
                "write `[{\"a\": [1]}, {\"b\": [2]}]`, or take `$or` out",
            );
        }
        let mut parts = Vec::new();
        for (index, member) in members.iter().enumerate() {
            self.within(Step::Index(index), |reader| match member {
                Value::Object(object) => {
                    parts.push(reader.fields(object, Around { in_or: true, ..around }));
                }
                Value::Null
                | Value::Bool(_)
                | Value::Number(_)
                | Value::String(_)
                | Value::Array(_) => reader.refuse(
                    format!("{} is not an object of fields", shown(member)),
                    "an object of fields",
                    "write `{\"field\": [..]}`",
                ),
            });
        }
        Part::Or(parts)
    }

    pub fn within<T>(&mut self, step: Step, read: impl FnOnce(&mut Self) -> T) -> T {
        self.at.push(step);
        let read = read(self);
        self.at.pop();
        read
    }

    pub fn refuse(&mut self, wrong: String, expected: &str, mend: &str) {
        self.errors.push(PatternError {
            at: Place::from(self.at.clone()),
            wrong,
            expected: expected.to_owned(),
            mend: mend.to_owned(),
        });
    }
}

/// A value as an error names it, shortened.
pub fn shown(value: &Value) -> String {
    const LONGEST: usize = 60;
    let text = value.to_string();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("`{}...`", text.get(..end).unwrap_or_default()),
        None => format!("`{text}`"),
    }
}
