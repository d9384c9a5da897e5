//! The smallest addition to event selectors that brings all of Lambda's data events in and lets
//! nothing out. Keeps their kind, and what is there as it is, unless a limit of the API asks for room:
//! then what the addition makes needless goes.
//! Limits: <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PutEventSelectors.html>,
//! under `InvalidEventSelectorsException`.

use super::{
    AdvancedEventSelector, AdvancedFieldSelector, DataResource, EventSelector, LAMBDA_FUNCTION,
    ReadWriteType, Selectors,
    clause::{CATEGORY, RESOURCE_TYPE},
};
use thiserror::Error;

/// Basic event selectors of a trail.
const MOST_SELECTORS: usize = 5;
/// Data resources in all of them.
const MOST_DATA_RESOURCES: usize = 250;
/// Values in all conditions of all advanced event selectors of a trail.
const MOST_VALUES: usize = 500;

/// Why nothing can be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Irreparable {
    /// Each of the basic selectors is taken by reads or by writes alone.
    #[error("the trail has its five event selectors already, and none that fits")]
    Selectors,
    /// Other resources take all the room.
    #[error("the trail has its 250 data resources already")]
    DataResources,
    /// Other conditions take all the room.
    #[error("the trail's advanced event selectors have their 500 values already")]
    Values,
}

impl Selectors {
    /// These selectors with what is missing of Lambda's data events, in a partition such as `aws`.
    pub fn repair(&self, partition: &str) -> Result<Self, Irreparable> {
        let missing = self.missing_halves(partition);
        if missing.is_empty() {
            return Ok(self.clone());
        }
        match self {
            Self::Basic(selectors) => basic(selectors, &missing, partition).map(Self::Basic),
            Self::Advanced(selectors) => advanced(selectors).map(Self::Advanced),
        }
    }
}

fn basic(
    selectors: &[EventSelector],
    missing: &[bool],
    partition: &str,
) -> Result<Vec<EventSelector>, Irreparable> {
    let all = format!("arn:{partition}:lambda");
    let mut repaired = selectors.to_vec();
    for kind in wanted(selectors, missing) {
        let room = repaired.len() < MOST_SELECTORS;
        match repaired.iter_mut().find(|selector| selector.read_write_type == kind) {
            Some(selector) => add(selector, &all),
            None if room => repaired.push(EventSelector {
                read_write_type: kind,
                // A trail without selectors records management events: its first one has to say so.
                include_management_events: selectors.is_empty(),
                data_resources: vec![every_function(&all)],
                exclude_management_event_sources: Vec::new(),
            }),
            None => return Err(Irreparable::Selectors),
        }
    }
    if resources(&repaired) > MOST_DATA_RESOURCES {
        repaired = without_names(repaired, &all);
    }
    if resources(&repaired) > MOST_DATA_RESOURCES {
        return Err(Irreparable::DataResources);
    }
    Ok(repaired)
}

/// The kinds of selectors that are to record every function: one that is there rather than a new one,
/// one rather than two.
fn wanted(selectors: &[EventSelector], missing: &[bool]) -> Vec<ReadWriteType> {
    let has = |kind| selectors.iter().any(|selector| selector.read_write_type == kind);
    let halves: Vec<ReadWriteType> = missing
        .iter()
        .map(|read| if *read { ReadWriteType::ReadOnly } else { ReadWriteType::WriteOnly })
        .collect();
    let there = halves.iter().all(|kind| has(*kind));
    let both = halves.len() > 1;
    let no_room = selectors.len() >= MOST_SELECTORS;
    if has(ReadWriteType::All) && (both || !there) || both && !(there && no_room) {
        vec![ReadWriteType::All]
    } else {
        halves
    }
}

fn every_function(all: &str) -> DataResource {
    DataResource { kind: LAMBDA_FUNCTION.to_owned(), values: vec![all.to_owned()] }
}

fn add(selector: &mut EventSelector, all: &str) {
    let functions = |resource: &&mut DataResource| resource.kind == LAMBDA_FUNCTION;
    match selector.data_resources.iter_mut().find(functions) {
        Some(resource) => resource.values.push(all.to_owned()),
        None => selector.data_resources.push(every_function(all)),
    }
}

fn resources(selectors: &[EventSelector]) -> usize {
    let resources = selectors.iter().flat_map(|selector| &selector.data_resources);
    resources.map(|resource| resource.values.len()).sum()
}

/// The selectors without functions by name, which every function holds; without what that empties.
fn without_names(selectors: Vec<EventSelector>, all: &str) -> Vec<EventSelector> {
    let name = format!("{all}:");
    let mut left: Vec<EventSelector> = selectors;
    for selector in &mut left {
        for resource in &mut selector.data_resources {
            if resource.kind == LAMBDA_FUNCTION {
                resource.values.retain(|value| !value.starts_with(&name));
            }
        }
        selector.data_resources.retain(|resource| !resource.values.is_empty());
    }
    left.retain(|selector| {
        selector.include_management_events || !selector.data_resources.is_empty()
    });
    left
}

fn advanced(
    selectors: &[AdvancedEventSelector],
) -> Result<Vec<AdvancedEventSelector>, Irreparable> {
    let size = |selector: &AdvancedEventSelector| -> usize {
        selector.field_selectors.iter().map(AdvancedFieldSelector::size).sum()
    };
    let everything = every_data_event();
    let mut repaired = selectors.to_vec();
    let used: usize = selectors.iter().map(size).sum();
    if used + size(&everything) <= MOST_VALUES {
        repaired.push(everything);
        return Ok(repaired);
    }
    // No room: the largest of those that record some of Lambda's data events can record them all, as
    // no trail can then lose what it had.
    let largest =
        repaired.iter_mut().filter(|selector| of_lambda(selector)).max_by_key(|s| size(s));
    let largest = largest.ok_or(Irreparable::Values)?;
    largest.field_selectors = everything.field_selectors;
    Ok(repaired)
}

/// Whether it records data events of functions and of nothing else.
fn of_lambda(selector: &AdvancedEventSelector) -> bool {
    let only = |field: &str, value: &str| {
        let mut fields = selector.field_selectors.iter().filter(|own| own.field == field);
        fields.any(|own| own.equals == [value] && own.size() == 1)
    };
    only(CATEGORY, "Data") && only(RESOURCE_TYPE, LAMBDA_FUNCTION)
}

/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/filtering-data-events.html>
fn every_data_event() -> AdvancedEventSelector {
    let equals = |field: &str, value: &str| AdvancedFieldSelector {
        field: field.to_owned(),
        equals: vec![value.to_owned()],
        ..AdvancedFieldSelector::default()
    };
    AdvancedEventSelector {
        name: Some("All data events of Lambda functions".to_owned()),
        field_selectors: vec![equals(CATEGORY, "Data"), equals(RESOURCE_TYPE, LAMBDA_FUNCTION)],
    }
}
