//! Exceptions: what is reported and left alone, for a time, and why. They withhold remediation,
//! never the finding.

use super::{ArnPattern, Pattern, pattern::PatternIndex};
use crate::{finding::Requirement, resource::Resource};
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, fmt, ops::Deref, sync::OnceLock};
use time::{Date, Duration};

/// Findings that are reported and not remediated, until a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// The controls it withholds; rules as `rule.<id>`.
    #[cfg_attr(feature = "cli", schemars(length(min = 1)))]
    pub controls: Vec<Requirement>,
    /// The functions it covers, by name or ARN pattern.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "cli", schemars(length(min = 1)))]
    pub functions: Vec<Pattern>,
    /// What else it covers, by ARN pattern; this or `functions` is given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "cli", schemars(length(min = 1)))]
    pub resources: Vec<ArnPattern>,
    /// Who answers for it.
    #[cfg_attr(feature = "cli", schemars(with = "super::form::Owner"))]
    pub owner: String,
    /// Why its findings are left alone.
    #[cfg_attr(feature = "cli", schemars(with = "super::form::Reason"))]
    pub reason: String,
    /// The last day it holds, in UTC: at most 180 days ahead.
    #[serde(with = "super::day")]
    #[cfg_attr(feature = "cli", schemars(with = "super::form::Day"))]
    pub expires: Date,
}

/// From how many days before its end people are told that an exception ends.
const WARNED: Duration = Duration::days(14);

/// Where an exception stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    /// It holds.
    Holds,
    /// It holds, and ends in so many days; 0 is today.
    Ends(i64),
    /// It does not hold any more.
    Expired,
}

impl Exception {
    /// Where it stands on `today`.
    pub fn validity(&self, today: Date) -> Validity {
        match self.expires - today {
            left if left.is_negative() => Validity::Expired,
            left if left <= WARNED => Validity::Ends(left.whole_days()),
            _ => Validity::Holds,
        }
    }

    /// Whether it covers `resource`.
    pub fn covers(&self, resource: &Resource) -> bool {
        let by_name = |function| self.functions.iter().any(|pattern| pattern.matches(function));
        resource.function().is_some_and(by_name)
            || self.resources.iter().any(|pattern| pattern.matches(resource))
    }
}

impl fmt::Display for Validity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Holds => f.write_str("holds"),
            Self::Ends(0) => f.write_str("ends today"),
            Self::Ends(1) => f.write_str("ends tomorrow"),
            Self::Ends(days) => write!(f, "ends in {days} days"),
            Self::Expired => f.write_str("has expired"),
        }
    }
}

/// All exceptions, found by control and resource: ten thousand cost no more than ten.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema), schemars(with = "Vec<Exception>"))]
#[serde(from = "Vec<Exception>", into = "Vec<Exception>")]
pub struct Exceptions {
    all: Vec<Exception>,
    /// Made when it is first asked: most events ask none.
    by_control: OnceLock<HashMap<Requirement, PatternIndex>>,
}

impl Exceptions {
    /// The one of `control` that covers `resource`; of several the one that lasts longest.
    pub(super) fn of(&self, control: &Requirement, resource: &Resource) -> Option<&Exception> {
        let index = self.by_control.get_or_init(|| by_control(&self.all)).get(control)?;
        let covering = index.matching(resource).into_iter().filter_map(|place| self.all.get(place));
        covering.max_by_key(|exception| exception.expires)
    }
}

fn by_control(all: &[Exception]) -> HashMap<Requirement, PatternIndex> {
    let mut by_control: HashMap<Requirement, PatternIndex> = HashMap::new();
    for (place, exception) in all.iter().enumerate() {
        for control in &exception.controls {
            let index = by_control.entry(control.clone()).or_default();
            for pattern in &exception.functions {
                index.insert(pattern, place);
            }
            for pattern in &exception.resources {
                index.insert_resources(pattern, place);
            }
        }
    }
    by_control
}

impl PartialEq for Exceptions {
    fn eq(&self, other: &Self) -> bool {
        self.all == other.all
    }
}

impl Eq for Exceptions {}

impl Deref for Exceptions {
    type Target = [Exception];
    fn deref(&self) -> &[Exception] {
        &self.all
    }
}

impl From<Vec<Exception>> for Exceptions {
    fn from(all: Vec<Exception>) -> Self {
        Self { all, by_control: OnceLock::new() }
    }
}

impl From<Exceptions> for Vec<Exception> {
    fn from(exceptions: Exceptions) -> Self {
        exceptions.all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::date;

    fn exception(functions: &[String], expires: Date) -> Exception {
        let pattern = |text: &String| Pattern::try_from(text.clone()).unwrap();
        Exception {
            controls: vec![Requirement::try_from("function-url.public".to_owned()).unwrap()],
            functions: functions.iter().map(pattern).collect(),
            resources: Vec::new(),
            owner: "web".to_owned(),
            reason: "a webhook".to_owned(),
            expires,
        }
    }

    fn function(name: &str) -> Resource {
        Resource::parse(&format!("arn:aws:lambda:eu-west-1:111122223333:function:{name}")).unwrap()
    }

    fn of_resources(resources: &[&str], expires: Date) -> Exception {
        let pattern = |text: &&str| ArnPattern::try_from((*text).to_owned()).unwrap();
        Exception { resources: resources.iter().map(pattern).collect(), ..exception(&[], expires) }
    }

    #[test]
    fn an_exception_warns_before_it_ends_and_holds_through_its_last_day() {
        let one = exception(&["web".to_owned()], date!(2026 - 12 - 31));
        for (today, want) in [
            (date!(2026 - 12 - 16), Validity::Holds),
            (date!(2026 - 12 - 17), Validity::Ends(14)),
            (date!(2026 - 12 - 31), Validity::Ends(0)),
            (date!(2027 - 01 - 01), Validity::Expired),
        ] {
            assert_eq!(one.validity(today), want, "{today}");
        }
    }

    #[test]
    fn of_two_that_cover_a_function_the_one_that_lasts_longer_counts() {
        let exceptions = Exceptions::from(vec![
            exception(&["*".to_owned()], date!(2026 - 12 - 31)),
            exception(&["web".to_owned()], date!(2027 - 03 - 31)),
            exception(&["we?".to_owned()], date!(2026 - 01 - 31)),
        ]);
        let control = Requirement::try_from("function-url.public".to_owned()).unwrap();
        let expires = |name| exceptions.of(&control, &function(name)).unwrap().expires;
        assert_eq!(expires("web"), date!(2027 - 03 - 31));
        assert_eq!(expires("api"), date!(2026 - 12 - 31));
    }

    #[test]
    fn functions_are_covered_by_name_or_arn_and_anything_else_by_arn_alone() {
        let role = Resource::parse("arn:aws:iam::111122223333:role/deploy/web").unwrap();
        let covers = |one: &Exception| [function("web"), role.clone()].map(|on| one.covers(&on));
        let day = date!(2026 - 12 - 31);
        let functions = |text: &str| exception(&[text.to_owned()], day);
        assert_eq!(covers(&functions("*")), [true, false]);
        assert_eq!(covers(&functions("arn:*")), [true, false]);
        assert_eq!(covers(&of_resources(&["arn:aws:iam::*:role/deploy/*"], day)), [false, true]);
        assert_eq!(covers(&of_resources(&["arn:*:function:web", "*:role/*"], day)), [true, true]);
        let both =
            Exception { resources: of_resources(&["*:role/*"], day).resources, ..functions("web") };
        assert_eq!(covers(&both), [true, true]);
        let exceptions = Exceptions::from(vec![functions("web"), both.clone()]);
        let control = &both.controls[0];
        assert_eq!(exceptions.of(control, &role), Some(&both));
        let user = Resource::parse("arn:aws:iam::111122223333:user/web").unwrap();
        assert_eq!(exceptions.of(control, &user), None);
    }

    proptest! {
        #[test]
        fn the_index_finds_what_a_scan_finds(
            patterns in prop::collection::vec("(arn:aws:lambda:\\*:\\*:function:)?[ab*?-]{1,5}", 1..20),
            arns in prop::collection::vec("(arn:\\*:function|\\*:role/|arn):[ab*?-]{1,5}", 0..10),
            name in "[ab-]{1,6}",
            is_role in any::<bool>(),
        ) {
            let name = match is_role {
                false => function(&name),
                true => Resource::parse(&format!("arn:aws:iam::111122223333:role/:{name}")).unwrap(),
            };
            let day = |place| date!(2026 - 01 - 01) + Duration::days(i64::try_from(place).unwrap());
            let of_functions = patterns.iter().map(|one| exception(std::slice::from_ref(one), day(0)));
            let of_arns = arns.iter().map(|one| of_resources(&[one], day(0)));
            let all: Vec<Exception> = of_functions
                .chain(of_arns)
                .enumerate()
                .map(|(place, one)| Exception { expires: day(place), ..one })
                .collect();
            let scanned = all.iter().filter(|one| one.covers(&name)).max_by_key(|one| one.expires);
            let control = all[0].controls[0].clone();
            let exceptions = Exceptions::from(all.clone());
            prop_assert_eq!(exceptions.of(&control, &name), scanned);
        }
    }
}
