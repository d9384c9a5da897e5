//! Reads one alternative of a field's list: a value, or an operator with its operand.
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html>,
//! what is refused: <https://github.com/aws/event-ruler/blob/main/src/main/software/amazon/event/ruler/JsonRuleCompiler.java>

use super::{
    address::{Network, NoNetwork, address},
    alternative::Alternative,
    number::{Exactly, Micros, Range},
    parse::{Reader, shown},
    text::{AnyCase, NoWildcard, Wildcard},
};
use crate::policy::problem::Step;
use serde_json::{Map, Value};

const OPERATORS: &str = "one of `anything-but`, `cidr`, `equals-ignore-case`, `exists`, `numeric`, \
                         `prefix`, `suffix`, `wildcard`";
const NUMERIC: &str = "a list of a comparison and a number, `[\">\", 0]`, or of a lower and an \
                       upper bound, `[\">\", 0, \"<=\", 5]`";
const NUMBER: &str = "a number from -5e9 to 5e9 with up to six decimals";

impl Reader {
    pub fn alternative(&mut self, value: &Value) -> Option<Alternative> {
        Some(match value {
            Value::Null => Alternative::Null,
            Value::Bool(wanted) => Alternative::Bool(*wanted),
            Value::Number(wanted) => Alternative::Number(Exactly::new(wanted.clone())),
            Value::String(wanted) => match address(wanted) {
                Some(address) => Alternative::Address(Network::single(address)),
                None => Alternative::Text(wanted.clone()),
            },
            Value::Object(object) => return self.only(object, OPERATORS, Self::operator),
            Value::Array(_) => {
                self.refuse(
                    format!("{} is a list inside the list of alternatives", shown(value)),
                    "a string, a number, `true`, `false`, `null` or an operator",
                    "put its values into the outer list",
                );
                return None;
            }
        })
    }

    /// The one key of an object with its value.
    pub fn only<T>(
        &mut self,
        object: &Map<String, Value>,
        expected: &str,
        mut read: impl FnMut(&mut Self, &str, &Value) -> Option<T>,
    ) -> Option<T> {
        if object.len() != 1 {
            self.refuse(
                format!("the operator's object holds {} keys", object.len()),
                expected,
                "write one operator in an object, and further ones as objects of their own",
            );
        }
        let mut first = None;
        for (name, operand) in object {
            let read = self.within(Step::Key(name.clone()), |reader| read(reader, name, operand));
            first = first.or(read);
        }
        first
    }

    fn operator(&mut self, name: &str, operand: &Value) -> Option<Alternative> {
        match name {
            // Not on AWS's page, but read by its matcher.
            "exactly" => self.text(operand).map(|text| Alternative::Text(text.to_owned())),
            "prefix" => self.affix(operand, Alternative::Prefix, Alternative::PrefixAnyCase),
            "suffix" => self.affix(operand, Alternative::Suffix, Alternative::SuffixAnyCase),
            "equals-ignore-case" => {
                self.text(operand).map(|text| Alternative::AnyCase(AnyCase::new(text)))
            }
            "wildcard" => {
                let text = self.text(operand)?;
                self.wildcard(text).map(Alternative::Wildcard)
            }
            "numeric" => self.numeric(operand).map(Alternative::Numeric),
            "exists" => self.exists(operand),
            "cidr" => self.cidr(operand).map(Alternative::Address),
            "anything-but" => self.anything_but(operand).map(Alternative::AnythingBut),
            _ => {
                self.unknown(name, OPERATORS);
                None
            }
        }
    }

    pub fn unknown(&mut self, name: &str, known: &str) {
        let lower = name.to_lowercase();
        let mend = match known.contains(&format!("`{lower}`")) {
            true if lower != name => format!("write it in lower case, `{lower}`"),
            true | false => "correct its name; a field of the event is no operator, and stands \
                             outside the list"
                .to_owned(),
        };
        self.refuse(format!("`{name}` is no operator here"), known, &mend);
    }

    fn text<'a>(&mut self, operand: &'a Value) -> Option<&'a str> {
        if operand.as_str().is_none() {
            self.refuse(
                format!("{} is not a string", shown(operand)),
                "one string",
                "write one string; for several, repeat the operator in the field's list",
            );
        }
        operand.as_str()
    }

    fn affix(
        &mut self,
        operand: &Value,
        as_written: fn(String) -> Alternative,
        any_case: fn(AnyCase) -> Alternative,
    ) -> Option<Alternative> {
        let Value::Object(object) = operand else {
            return self.text(operand).map(|text| as_written(text.to_owned()));
        };
        self.only(object, "`equals-ignore-case`", |reader, name, operand| match name {
            "equals-ignore-case" => reader.text(operand).map(|text| any_case(AnyCase::new(text))),
            _ => {
                reader.unknown(name, "`equals-ignore-case`");
                None
            }
        })
    }

    pub fn wildcard(&mut self, text: &str) -> Option<Wildcard> {
        match Wildcard::parse(text) {
            Ok(wildcard) => return Some(wildcard),
            Err(NoWildcard::StarAfterStar) => self.refuse(
                format!("`{text}` has a `*` right after a `*`"),
                "single stars",
                "write one `*`, which stands for any run of characters; `\\*` for the star itself",
            ),
            Err(NoWildcard::Escape) => self.refuse(
                format!("`{text}` has a backslash that escapes nothing"),
                "`\\*` for a star, `\\\\` for a backslash",
                "double the backslash",
            ),
        }
        None
    }

    fn exists(&mut self, operand: &Value) -> Option<Alternative> {
        match operand {
            Value::Bool(true) => Some(Alternative::Exists),
            Value::Bool(false) => Some(Alternative::Absent),
            Value::Null
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_)
            | Value::Object(_) => {
                self.refuse(
                    format!("{} is neither `true` nor `false`", shown(operand)),
                    "`true` or `false`",
                    "write one of them, without quotes",
                );
                None
            }
        }
    }

    fn cidr(&mut self, operand: &Value) -> Option<Network> {
        let text = self.text(operand)?;
        let (wrong, mend) = match Network::parse(text) {
            Ok(network) => return Some(network),
            Err(NoNetwork::Form) => {
                (format!("`{text}` has not one `/`"), "write an address, `/` and the mask's bits")
            }
            Err(NoNetwork::Address) => (
                format!("`{text}` starts with no IP address"),
                "write all four parts of IPv4, or IPv6 in hexadecimal",
            ),
            Err(NoNetwork::Mask(largest)) => (
                format!("`{text}` ends in no mask of 0 to {largest} bits"),
                "write such a mask; one address stands in the field's list as a plain string",
            ),
        };
        self.refuse(wrong, "a block such as `10.0.0.0/24` or `2001:db8::/32`", mend);
        None
    }

    fn numeric(&mut self, operand: &Value) -> Option<Range> {
        let members = operand.as_array().map_or(&[][..], Vec::as_slice);
        let range = match members {
            [Value::String(comparison), bound] if is_comparison(comparison) => {
                return Range::of(comparison, self.micros(1, bound)?);
            }
            [Value::String(lower), bottom, Value::String(upper), top]
                if matches!(lower.as_str(), ">" | ">=") && matches!(upper.as_str(), "<" | "<=") =>
            {
                self.micros(1, bottom).zip(self.micros(3, top)).map(|bounds| (lower, upper, bounds))
            }
            _ => {
                self.refuse(
                    format!("{} is no comparison", shown(operand)),
                    NUMERIC,
                    "write the comparisons `=`, `<`, `<=`, `>`, `>=` as strings before their \
                     numbers, the lower bound first",
                );
                return None;
            }
        };
        let (lower, upper, (bottom, top)) = range?;
        if bottom >= top {
            self.refuse(
                format!("{} has no room between its bounds", shown(operand)),
                "a lower bound below the upper one",
                "swap them, or write `=` for one number",
            );
            return None;
        }
        Some(Range::of(lower, bottom)?.and(Range::of(upper, top)?))
    }

    pub fn micros(&mut self, index: usize, value: &Value) -> Option<Micros> {
        let micros = value.as_number().and_then(Micros::of);
        if micros.is_none() {
            self.within(Step::Index(index), |reader| reader.no_number(value));
        }
        micros
    }

    pub fn no_number(&mut self, value: &Value) {
        self.refuse(
            format!("{} is not a number that can be compared", shown(value)),
            NUMBER,
            "write such a number, without quotes",
        );
    }
}

fn is_comparison(text: &str) -> bool {
    matches!(text, "=" | "<" | "<=" | ">" | ">=")
}
