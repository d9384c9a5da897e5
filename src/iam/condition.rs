//! One condition clause: operator, key, values; and whether it holds for what a request holds.
//! Refuses to answer (`None`) for operators, values and combinations it does not understand fully.
//! Semantics: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>.

pub(super) mod comparison;
mod decimal;
mod implication;
mod moment;
pub(super) mod network;
pub(super) mod operator;
pub(super) mod variables;

pub(super) use operator::{Base, Operator, Set};

use super::document::DocumentError;
use super::document::node::Node;
use comparison::Matched;

/// One operator on one key, as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// The operator as written, with its set prefix and `IfExists`.
    pub operator: String,
    /// The condition key as written; key names have no case.
    pub key: String,
    /// The values; any of them may match.
    pub values: Vec<String>,
    /// The key without case.
    name: String,
    /// The operator, if it and the form of the values are understood.
    parsed: Option<Operator>,
    /// Whether `${...}` is a variable here: only in documents of version 2012-10-17.
    pub(super) variables: bool,
}

/// What a request holds for one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held<'a> {
    Absent,
    One(&'a str),
    /// A list; the empty list is a key that is there without a value.
    Many(&'a [String]),
    /// Nothing certain can be said.
    Unsure,
}

/// Keys with several values in a request: without a set operator their meaning is not defined.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>,
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html>
const MULTIVALUED: [&str; 10] = [
    "aws:calledvia",
    "aws:principalorgpaths",
    "aws:principalservicenameslist",
    "aws:resourceorgpaths",
    "aws:sourceorgpaths",
    "aws:tagkeys",
    "aws:vpceorgpaths",
    "lambda:layer",
    "lambda:securitygroupids",
    "lambda:subnetids",
];

/// Whether a request may hold several values for the key, given without case.
pub(super) fn is_multivalued(name: &str) -> bool {
    MULTIVALUED.contains(&name)
}

impl Clause {
    /// The clause as it stands in a document without variables.
    pub(super) fn new(operator: String, key: String, values: Vec<String>) -> Self {
        let name = key.to_ascii_lowercase();
        let parsed = Operator::parse(&operator).filter(|operator| {
            operator.base == Base::Null || operator.set != Set::One || !is_multivalued(&name)
        });
        Self { operator, key, values, name, parsed, variables: false }
    }

    /// The key without case, as it is compared.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Whether the value holds a variable.
    pub(super) fn is_variable(&self, value: &str) -> bool {
        self.variables && value.contains(variables::START)
    }

    /// The operator, if all of the clause is understood.
    pub(super) fn understood(&self) -> Option<Operator> {
        self.parsed.filter(|_| !self.values.is_empty())
    }

    /// Whether the clause is true for a request that holds `held` for its key; `None` if that
    /// cannot be said. `variables` tells what it holds for a key without case.
    pub(super) fn holds<'a>(
        &self,
        held: Held<'a>,
        variables: &dyn Fn(&str) -> Held<'a>,
    ) -> Option<bool> {
        let operator = self.understood()?;
        match (held, operator.base) {
            (Held::Unsure, _) => None,
            (Held::Absent, _) => self.when_absent(),
            (_, Base::Null) => self.when_present(held),
            (Held::One(text), _) => match operator.set {
                Set::One => self.holds_for(operator, text, variables),
                Set::Any | Set::All => {
                    self.holds_for_set(operator, std::iter::once(text), variables)
                }
            },
            (Held::Many(list), _) => match (operator.set, list) {
                (Set::One, [only]) => self.holds_for(operator, only, variables),
                (Set::One, _) => None,
                (Set::Any | Set::All, _) => {
                    self.holds_for_set(operator, list.iter().map(String::as_str), variables)
                }
            },
        }
    }

    /// What the clause gives for a key that the request does not hold.
    pub(super) fn when_absent(&self) -> Option<bool> {
        let operator = self.understood()?;
        if operator.base == Base::Null { self.wants_absent() } else { operator.when_absent() }
    }

    /// What `Null` gives for a key that the request holds: `false` asks that "the key exists and
    /// its value is not null", and a key without values counts as null. Whether the empty text
    /// does is not said: "resolves to a null dataset, such as an empty string".
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Null>
    fn when_present(&self, held: Held<'_>) -> Option<bool> {
        match held {
            Held::Many([]) => self.wants_absent(),
            Held::One("") | Held::Unsure => None,
            Held::Many([only]) if only.is_empty() => None,
            Held::One(_) | Held::Many(_) => self.wants_absent().map(|absent| !absent),
            Held::Absent => self.wants_absent(),
        }
    }

    fn wants_absent(&self) -> Option<bool> {
        let (first, others) = self.values.split_first()?;
        if others.iter().all(|other| other == first) { first.parse().ok() } else { None }
    }

    /// Every value, or any, of those that the request holds.
    fn holds_for_set<'a, 'h>(
        &self,
        operator: Operator,
        held: impl Iterator<Item = &'h str> + Clone,
        variables: &dyn Fn(&str) -> Held<'a>,
    ) -> Option<bool> {
        let empty = held.clone().next().is_none();
        // A key whose only value is the empty text "resolves to a null dataset".
        let null = empty || held.clone().eq([""]);
        match operator.set {
            Set::All if null => Some(true),
            Set::Any if empty => (!operator.if_exists).then_some(false),
            Set::Any | Set::One => {
                let any = either(held.map(|text| self.holds_for(operator, text, variables)));
                // Whether an empty text can be matched as a member of the set is not documented.
                any.filter(|holds| !null || !holds)
            }
            Set::All => either(
                held.map(|text| self.holds_for(operator, text, variables).map(|holds| !holds)),
            )
            .map(|fails| !fails),
        }
    }

    /// Whether one value that the request holds matches any of the clause's, or none if negated.
    fn holds_for<'a>(
        &self,
        operator: Operator,
        held: &str,
        variables: &dyn Fn(&str) -> Held<'a>,
    ) -> Option<bool> {
        let matches = self.values.iter().map(|value| {
            if !self.variables || !value.contains(variables::START) {
                return comparison::matches(operator.base, value, held);
            }
            match comparison::matches_with_variables(operator.base, value, held, variables)? {
                Matched::Compared(matches) => Some(matches),
                // "To prevent variables from causing invalid statements, use the ...IfExists
                // condition operator": what it then gives is not said.
                Matched::Nothing => (!operator.if_exists || operator.negated).then_some(false),
            }
        });
        either(matches).map(|matches| matches != operator.negated)
    }

    /// The keys, without case, whose variables the values hold.
    pub(super) fn variable_keys(&self) -> impl Iterator<Item = String> {
        let values = self.values.iter().filter(|value| self.is_variable(value));
        values.flat_map(|value| variables::keys(value))
    }

    /// The clause with its variables replaced by text to try, where they have any.
    pub(super) fn filled<'a>(&self, lookup: &dyn Fn(&str) -> Held<'a>) -> Self {
        let mut clause = self.clone();
        for value in &mut clause.values {
            if let (true, Some(text)) = (self.is_variable(value), variables::filled(value, lookup))
            {
                *value = text;
            }
        }
        clause
    }

    /// The clause with `${aws:ResourceAccount}` replaced by the account that owns the function,
    /// wherever it is a variable.
    pub(super) fn resolved(&self, account: &str) -> Self {
        let mut clause = self.clone();
        if self.variables && self.parsed.is_some_and(|op| comparison::place(op.base).is_some()) {
            for value in &mut clause.values {
                if let Some(resolved) = variables::with_account(value, account) {
                    *value = resolved;
                }
            }
        }
        clause
    }
}

/// Whether any is true; one that is not known leaves it open.
pub(super) fn either(results: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut open = false;
    for result in results {
        match result {
            Some(true) => return Some(true),
            Some(false) => {}
            None => open = true,
        }
    }
    if open { None } else { Some(false) }
}

/// Reads a `Condition` element.
pub(super) fn read(value: Node<'_>) -> Result<Vec<Clause>, DocumentError> {
    let mut clauses: Vec<Clause> = Vec::new();
    for (operator, keys) in value.object("an object of operators")? {
        let inside = |error: DocumentError| error.inside(&operator);
        for (key, values) in keys.object("an object of condition keys").map_err(inside)? {
            let read = read_values(values, Operator::parse(&operator));
            let (values, regular) = read.map_err(|error| inside(error.inside(&key)))?;
            let mut clause = Clause::new(operator.to_string(), key.into_owned(), values);
            if !regular {
                clause.parsed = None;
            }
            // The same key in another case: whether AWS takes both or either is not documented.
            for other in &mut clauses {
                if other.operator == operator && other.name == clause.name {
                    (other.parsed, clause.parsed) = (None, None);
                }
            }
            clauses.push(clause);
        }
    }
    Ok(clauses)
}

/// The values as text, and whether each has a form whose text is certain.
fn read_values(
    value: Node<'_>,
    operator: Option<Operator>,
) -> Result<(Vec<String>, bool), DocumentError> {
    let mut regular = true;
    let mut values = Vec::new();
    for item in value.items() {
        match item {
            Node::Text(text) => values.push(text.into_owned()),
            // "Quotation marks are optional for numeric and Boolean values."
            // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
            Node::Boolean(value) => values.push(value.to_string()),
            Node::Number(text) => {
                let numeric = operator.is_some_and(|op| matches!(op.base, Base::Number(_)));
                regular &= numeric || is_plain_integer(&text);
                values.push(text);
            }
            Node::Null | Node::Object(_) | Node::List(_) => {
                return Err(DocumentError::here("a string, a number, a boolean or a list of them"));
            }
        }
    }
    Ok((values, regular))
}

/// Whether any reader of JSON would write the number with these digits again.
fn is_plain_integer(text: &str) -> bool {
    text.len() <= 15 && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
#[path = "condition/tests.rs"]
mod tests;
