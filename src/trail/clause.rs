//! Event selectors of both kinds as one: clauses of conditions on fields. An event is recorded where
//! it meets every condition of some clause.
//! How conditions add up: <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/filtering-data-events.html>

use super::{Activity, AdvancedFieldSelector, DataResource, EventSelector, LAMBDA_FUNCTION};
use super::{ReadWriteType, Selectors};

pub(super) const CATEGORY: &str = "eventCategory";
pub(super) const READ_ONLY: &str = "readOnly";
pub(super) const SOURCE: &str = "eventSource";
pub(super) const RESOURCE_TYPE: &str = "resources.type";
pub(super) const RESOURCE_ARN: &str = "resources.ARN";

/// What an event has to meet to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Clause {
    pub conditions: Vec<(String, Condition)>,
}

/// What a field's value has to be: some of `selects`, where there are any, and none of `deselects`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Condition {
    pub selects: Vec<Test>,
    pub deselects: Vec<Test>,
}

/// What a value is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Test {
    Is(String),
    StartsWith(String),
    EndsWith(String),
}

impl Test {
    pub fn matches(&self, value: &str) -> bool {
        match self {
            Self::Is(text) => value == text,
            Self::StartsWith(text) => value.starts_with(text.as_str()),
            Self::EndsWith(text) => value.ends_with(text.as_str()),
        }
    }

    /// Whether everything that this matches is matched by the other too.
    pub fn within(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Is(value), _) => other.matches(value),
            (Self::StartsWith(longer), Self::StartsWith(text)) => longer.starts_with(text.as_str()),
            (Self::EndsWith(longer), Self::EndsWith(text)) => longer.ends_with(text.as_str()),
            (Self::StartsWith(_), Self::Is(_) | Self::EndsWith(_))
            | (Self::EndsWith(_), Self::Is(_) | Self::StartsWith(_)) => false,
        }
    }

    /// Whether nothing is matched by both. Some text begins and ends as one likes.
    pub fn apart(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Is(value), test) | (test, Self::Is(value)) => !test.matches(value),
            (Self::StartsWith(a), Self::StartsWith(b)) => {
                !a.starts_with(b.as_str()) && !b.starts_with(a.as_str())
            }
            (Self::EndsWith(a), Self::EndsWith(b)) => {
                !a.ends_with(b.as_str()) && !b.ends_with(a.as_str())
            }
            (Self::StartsWith(_), Self::EndsWith(_)) | (Self::EndsWith(_), Self::StartsWith(_)) => {
                false
            }
        }
    }
}

impl Condition {
    pub fn is(value: &str) -> Self {
        Self { selects: vec![Test::Is(value.to_owned())], deselects: Vec::new() }
    }

    /// Whether a value meets it. A field that an event lacks is like nothing.
    pub fn holds(&self, value: Option<&str>) -> bool {
        let any = |tests: &[Test]| value.is_some_and(|v| tests.iter().any(|test| test.matches(v)));
        (self.selects.is_empty() || any(&self.selects)) && !any(&self.deselects)
    }

    /// Whether every value, and none at all, meets it.
    pub fn is_empty(&self) -> bool {
        self.selects.is_empty() && self.deselects.is_empty()
    }

    /// Whether every value of the test is shown to meet it.
    pub fn holds_for_all(&self, test: &Test) -> bool {
        (self.selects.is_empty() || self.selects.iter().any(|select| test.within(select)))
            && self.deselects.iter().all(|deselect| test.apart(deselect))
    }

    /// Whether whatever meets this is shown to meet the other too.
    pub fn implies(&self, other: &Self) -> bool {
        if !self.selects.is_empty() {
            let barred = |deselect: &Test| self.deselects.iter().any(|own| deselect.within(own));
            return self.selects.iter().all(|own| {
                (other.selects.is_empty() || other.selects.iter().any(|select| own.within(select)))
                    && other.deselects.iter().all(|test| own.apart(test) || barred(test))
            });
        }
        other.selects.is_empty()
            && other.deselects.iter().all(|test| self.deselects.iter().any(|own| test.within(own)))
    }
}

impl Clause {
    pub fn matches(&self, activity: &Activity<'_>) -> bool {
        self.conditions.iter().all(|(field, condition)| condition.holds(activity.field(field)))
    }

    /// Whether an event with this value in the field may meet it.
    pub fn allows(&self, field: &str, value: &str) -> bool {
        self.of(field).all(|condition| condition.holds(Some(value)))
    }

    /// The conditions on a field.
    pub fn of<'c>(&'c self, field: &str) -> impl Iterator<Item = &'c Condition> {
        let named = move |named: &str| named == field;
        self.conditions.iter().filter(move |(name, _)| named(name)).map(|(_, condition)| condition)
    }
}

/// The clauses of all selectors of a trail.
pub(super) fn clauses(selectors: &Selectors) -> Vec<Clause> {
    match selectors {
        // <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PutEventSelectors.html>
        Selectors::Basic(selectors) if selectors.is_empty() => {
            vec![Clause { conditions: vec![(CATEGORY.to_owned(), Condition::is("Management"))] }]
        }
        Selectors::Basic(selectors) => selectors.iter().flat_map(of_basic).collect(),
        Selectors::Advanced(selectors) => selectors
            .iter()
            .map(|selector| Clause {
                conditions: selector.field_selectors.iter().map(of_field).collect(),
            })
            .collect(),
    }
}

fn of_field(selector: &AdvancedFieldSelector) -> (String, Condition) {
    fn tests(values: &[String], test: fn(String) -> Test) -> impl Iterator<Item = Test> {
        values.iter().cloned().map(test)
    }
    let condition = Condition {
        selects: tests(&selector.equals, Test::Is)
            .chain(tests(&selector.starts_with, Test::StartsWith))
            .chain(tests(&selector.ends_with, Test::EndsWith))
            .collect(),
        deselects: tests(&selector.not_equals, Test::Is)
            .chain(tests(&selector.not_starts_with, Test::StartsWith))
            .chain(tests(&selector.not_ends_with, Test::EndsWith))
            .collect(),
    };
    (selector.field.clone(), condition)
}

/// A basic selector: its management events, and each of its data resources.
fn of_basic(selector: &EventSelector) -> Vec<Clause> {
    let half = match selector.read_write_type {
        ReadWriteType::All => None,
        ReadWriteType::ReadOnly => Some((READ_ONLY.to_owned(), Condition::is("true"))),
        ReadWriteType::WriteOnly => Some((READ_ONLY.to_owned(), Condition::is("false"))),
    };
    let with_half = |conditions: Vec<(String, Condition)>| Clause {
        conditions: conditions.into_iter().chain(half.clone()).collect(),
    };
    let mut clauses = Vec::new();
    if selector.include_management_events {
        let sources = selector.exclude_management_event_sources.iter().cloned();
        let excluded =
            Condition { selects: Vec::new(), deselects: sources.map(Test::Is).collect() };
        clauses.push(with_half(vec![
            (CATEGORY.to_owned(), Condition::is("Management")),
            (SOURCE.to_owned(), excluded),
        ]));
    }
    for resource in &selector.data_resources {
        let selects: Vec<Test> =
            resource.values.iter().map(|value| of_value(resource, value)).collect();
        if !selects.is_empty() {
            clauses.push(with_half(vec![
                (CATEGORY.to_owned(), Condition::is("Data")),
                (RESOURCE_TYPE.to_owned(), Condition::is(&resource.kind)),
                (RESOURCE_ARN.to_owned(), Condition { selects, deselects: Vec::new() }),
            ]));
        }
    }
    clauses
}

/// Functions' ARNs are exact; `arn:aws:lambda` stands for all of them. The same is taken for tables,
/// while a value for objects is the beginning of their ARNs.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DataResource.html>
fn of_value(resource: &DataResource, value: &str) -> Test {
    match resource.kind.as_str() {
        LAMBDA_FUNCTION | "AWS::DynamoDB::Table" if value.split(':').count() == 3 => {
            Test::StartsWith(format!("{value}:"))
        }
        LAMBDA_FUNCTION | "AWS::DynamoDB::Table" => Test::Is(value.to_owned()),
        _ => Test::StartsWith(value.to_owned()),
    }
}
