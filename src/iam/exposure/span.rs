//! What the requests of a group of outsiders may hold for a key: never less than they can.
//! Refuses to say that a clause holds always, or never, where a request could differ.
//! Keys: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>.

use super::owner::{self, Form};
use super::party::{Party, Way};
use super::setting::Setting;
use crate::iam::condition::comparison;
use crate::iam::condition::operator::Order;
use crate::iam::condition::{Base, Clause, Held, Operator, Set};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// The states a key can be in.
#[derive(Debug, Clone)]
pub struct Span<'a> {
    /// Whether a request may lack the key.
    pub absent: bool,
    pub present: Present<'a>,
}

/// The values a key can have.
#[derive(Debug, Clone)]
pub enum Present<'a> {
    Never,
    Anything,
    OneOf(Vec<&'a str>),
    /// A value that belongs to the party.
    Owned(Form),
    /// This time or later.
    From(OffsetDateTime),
}

/// A group of outsiders who come the same way, and what they are judged against.
#[derive(Clone, Copy)]
pub struct Group<'a> {
    pub way: Way<'a>,
    pub party: Party<'a>,
    /// The ARN the principal has if the grant fixes it.
    pub arn: Option<&'a str>,
    pub setting: &'a Setting<'a>,
}

impl<'a> Group<'a> {
    /// What the group's requests may hold for a key, given clauses that hold for all of them.
    pub fn span<'c>(&self, key: &str, given: &'c [Clause]) -> Span<'c>
    where
        'a: 'c,
    {
        let mut span: Span<'c> = self.unlimited(key);
        for clause in given.iter().filter(|clause| clause.name() == key) {
            if clause.when_absent() == Some(false) {
                span.absent = false;
            }
            let Some(operator) = clause.understood() else { continue };
            if operator.base == Base::Null && clause.when_absent() == Some(true) {
                span.present = without_value(span.present);
            }
            self.narrow(&mut span, operator, clause);
        }
        span
    }

    /// Only a value that a clause lists word by word can be there.
    fn narrow<'c>(&self, span: &mut Span<'c>, operator: Operator, clause: &'c Clause)
    where
        'a: 'c,
    {
        let lists = operator.base == Base::Equals
            && operator.set == Set::One
            && !operator.negated
            && !clause.values.iter().any(|value| clause.is_variable(value));
        if !lists {
            return;
        }
        let fits = |value: &&str| match &span.present {
            Present::Never => false,
            Present::Anything | Present::From(_) => true,
            Present::OneOf(known) => known.contains(value),
            Present::Owned(form) => self.may_be(*form, clause, value),
        };
        let left: Vec<&str> = clause.values.iter().map(String::as_str).filter(fits).collect();
        span.present = if left.is_empty() { Present::Never } else { Present::OneOf(left) };
    }

    fn unlimited(&self, key: &str) -> Span<'a> {
        let maybe = |present| Span { absent: true, present };
        let always = |present| Span { absent: false, present };
        let one = |value| Present::OneOf(vec![value]);
        let never = || maybe(Present::Never);
        let form = Form::of(key);
        match (key, self.way) {
            ("aws:currenttime" | "aws:epochtime", _) => always(Present::From(self.setting.from)),
            ("aws:resourceaccount", _) => always(one(self.setting.home.account.as_str())),
            ("aws:principalaccount", Way::Unsigned) => always(one("anonymous")),
            ("aws:principalaccount", Way::Signed) => always(self.owned(Form::Account)),
            // Every request holds it; what it is for a service is not documented.
            ("aws:principalaccount", Way::Service(_)) => always(Present::Owned(Form::Account)),
            ("aws:principalarn", Way::Signed) => {
                always(self.arn.map_or(Present::Owned(Form::PrincipalArn), one))
            }
            ("aws:principalisawsservice", Way::Signed) => always(one("false")),
            ("aws:principalisawsservice", Way::Unsigned) => maybe(one("false")),
            ("aws:principalisawsservice", Way::Service(_)) => always(one("true")),
            (
                "aws:principalarn" | "aws:principalorgid" | "aws:principalorgpaths",
                Way::Unsigned,
            )
            | ("aws:principalorgid" | "aws:principalorgpaths", Way::Service(_))
            | (
                "aws:sourceaccount" | "aws:sourcearn" | "aws:sourceorgid" | "aws:sourceorgpaths",
                Way::Signed | Way::Unsigned,
            ) => never(),
            (_, _) if key.starts_with("aws:principaltag/") && self.way == Way::Unsigned => never(),
            // Whose network it is does not say who calls from there.
            (_, _) if key.starts_with("aws:vpc") || key == "aws:sourcevpcarn" => {
                maybe(Present::Anything)
            }
            (_, _) => maybe(form.map_or(Present::Anything, |form| self.owned(form))),
        }
    }

    fn owned(&self, form: Form) -> Present<'a> {
        match self.party.only(form) {
            Some(only) => Present::OneOf(vec![only]),
            None => Present::Owned(form),
        }
    }

    fn may_be(&self, form: Form, clause: &Clause, value: &str) -> bool {
        // Who a service is does not follow from whom it acts for.
        let itself = clause.name().starts_with("aws:principal");
        let party = match self.way {
            Way::Service(_) if itself => Party::outside(self.party.circle),
            Way::Signed | Way::Unsigned | Way::Service(_) => self.party,
        };
        owner::of(form, clause, value, &self.setting.home.partition)
            .is_none_or(|owner| party.may_be(&owner, self.setting))
    }

    /// Whether the clause holds for all requests of the group for which the given ones hold, or for
    /// none of them, which `span` is made of; none if it differs.
    pub fn reach(&self, clause: &Clause, span: &Span<'_>) -> Option<bool> {
        self.reach_in(clause, span).or_else(|| match span.present {
            // Values of which nothing can be said may still not be the group's.
            Present::OneOf(_) => {
                let present = self.unlimited(clause.name()).present;
                self.reach_in(clause, &Span { absent: span.absent, present })
            }
            Present::Never | Present::Anything | Present::Owned(_) | Present::From(_) => None,
        })
    }

    fn reach_in(&self, clause: &Clause, span: &Span<'_>) -> Option<bool> {
        let operator = clause.understood()?;
        let present = match &span.present {
            Present::Never => return clause.when_absent(),
            Present::OneOf(values) => same(values.iter().map(|value| held(clause, value))),
            Present::Owned(_) | Present::From(_) if operator.base == Base::Null => {
                held(clause, "x")
            }
            Present::Anything if operator.base == Base::Null => {
                same(["x", EMPTY].into_iter().map(|value| held(clause, value)))
            }
            Present::Anything => {
                same([matches_all(operator, clause), held(clause, EMPTY)].into_iter())
            }
            Present::Owned(form) => {
                let one = |value: &String| self.may_be(*form, clause, value);
                some_match(operator, clause, clause.values.iter().any(one))
            }
            Present::From(from) => after(operator, clause, *from),
        }?;
        (!span.absent || clause.when_absent() == Some(present)).then_some(present)
    }
}

/// A value that counts as one for some operators and as none for others: tags can have it.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html>
const EMPTY: &str = "";

/// What may be there although `Null` says that nothing is.
fn without_value(present: Present<'_>) -> Present<'_> {
    match present {
        Present::Anything => Present::OneOf(vec![EMPTY]),
        Present::OneOf(values) if values.contains(&EMPTY) => Present::OneOf(vec![EMPTY]),
        Present::OneOf(_) | Present::Never | Present::Owned(_) | Present::From(_) => Present::Never,
    }
}

fn held(clause: &Clause, value: &str) -> Option<bool> {
    clause.holds(Held::One(value), &|_| Held::Unsure)
}

fn same(mut outcomes: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let first = outcomes.next()??;
    outcomes.all(|outcome| outcome == Some(first)).then_some(first)
}

/// What the clause gives when some value may match, or when none can.
fn some_match(operator: Operator, clause: &Clause, may_match: bool) -> Option<bool> {
    if may_match { matches_all(operator, clause) } else { Some(operator.negated) }
}

fn matches_all(operator: Operator, clause: &Clause) -> Option<bool> {
    let all = operator.base == Base::Like && clause.values.iter().any(|value| value == "*");
    all.then_some(!operator.negated)
}

/// Later than any date in a policy that means something.
const FAR: &str = "9999-12-31T23:59:59Z";

/// What a comparison of dates gives for every time from `from` on.
fn after(operator: Operator, clause: &Clause, from: OffsetDateTime) -> Option<bool> {
    let Base::Date(order) = operator.base else { return None };
    let from = from.format(&Rfc3339).ok()?;
    // Between two times that compare alike, all do; but for equality.
    let always = |value: &String| {
        let at = |time: &str| comparison::matches(operator.base, value, time);
        let outcome = at(&from)?;
        (order != Order::Equal && at(FAR) == Some(outcome)).then_some(outcome)
    };
    let outcomes: Vec<Option<bool>> = clause.values.iter().map(always).collect();
    let matched = match outcomes.contains(&Some(true)) {
        true => Some(true),
        false => same(outcomes.into_iter()),
    };
    matched.map(|matched| matched != operator.negated)
}
