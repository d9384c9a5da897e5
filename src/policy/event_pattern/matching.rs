//! Whether an event meets conditions together. Values that come out of lists of objects must come
//! out of the same element of each list: `{"list": {"a": [1], "b": [2]}}` does not match
//! `{"list": [{"a": 1}, {"b": 2}]}`.
//! <https://github.com/aws/event-ruler#json-array-matching>,
//! <https://github.com/aws/event-ruler/blob/main/src/main/software/amazon/event/ruler/ACFinder.java>

use super::{
    Condition,
    alternative::Alternative,
    fields::{Element, EventFields, Leaf},
};
use std::collections::{BTreeMap, HashMap, HashSet};

/// The elements that the conditions met so far were met in, by list.
type Elements = Vec<Element>;

/// Whether all of the conditions, in the order of their paths, are met in elements that go together.
pub fn all_met(conditions: &[&Condition], event: &EventFields<'_>) -> bool {
    let mut ways = vec![Elements::new()];
    let mut conditions = conditions.iter();
    while let Some(condition) = conditions.next() {
        ways = met(condition, &ways, event);
        forget(&mut ways, conditions.as_slice(), event);
        if ways.is_empty() {
            return false;
        }
    }
    true
}

/// The ways to meet one more condition.
fn met(condition: &Condition, ways: &[Elements], event: &EventFields<'_>) -> Vec<Elements> {
    let leaves = event.at(&condition.path);
    let fitting =
        ByElement::of(leaves.iter().filter(|leaf| {
            condition.alternatives.iter().any(|wanted| wanted.is_met_by(&leaf.value))
        }));
    let absent = condition.alternatives.contains(&Alternative::Absent);
    let all = absent.then(|| ByElement::of(leaves.iter()));
    let mut next = Vec::new();
    for way in ways {
        // Absent means: from the elements the conditions before it were met in.
        if all.as_ref().is_some_and(|all| all.together_with(way).next().is_none()) {
            next.push(way.clone());
        }
        next.extend(fitting.together_with(way));
    }
    next
}

/// Lists no later condition looks into no longer matter. Forgetting them makes ways equal, so that
/// their number stays that of the elements, not of their combinations.
fn forget(ways: &mut Vec<Elements>, later: &[&Condition], event: &EventFields<'_>) {
    if ways.iter().any(|way| !way.is_empty()) {
        let leaves = later.iter().flat_map(|condition| event.at(&condition.path));
        let lists: HashSet<usize> =
            leaves.flat_map(|leaf| leaf.elements.iter().map(|(list, _)| *list)).collect();
        for way in ways.iter_mut() {
            way.retain(|(list, _)| lists.contains(list));
        }
    }
    ways.sort_unstable();
    ways.dedup();
}

/// Values by the outermost list around them and the place in it, so that a way finds those of its
/// own element among thousands.
struct ByElement<'a>(HashMap<Option<usize>, BTreeMap<usize, Vec<&'a Leaf<'a>>>>);

impl<'a> ByElement<'a> {
    fn of(leaves: impl Iterator<Item = &'a Leaf<'a>>) -> Self {
        let mut lists: HashMap<Option<usize>, BTreeMap<usize, Vec<&'a Leaf<'a>>>> = HashMap::new();
        for leaf in leaves {
            let (list, place) = leaf.elements.first().copied().unzip();
            lists.entry(list).or_default().entry(place.unwrap_or(0)).or_default().push(leaf);
        }
        Self(lists)
    }

    /// The way extended by each value that goes together with it.
    fn together_with(&self, way: &[Element]) -> impl Iterator<Item = Elements> {
        self.0
            .iter()
            .flat_map(|(list, places)| match list.and_then(|list| place_in(way, list)) {
                Some(place) => places.range(place..=place),
                None => places.range(..=usize::MAX),
            })
            .flat_map(|(_, leaves)| leaves)
            .filter_map(|leaf| together(way, &leaf.elements))
    }
}

/// Both, unless they are different elements of the same list.
fn together(way: &[Element], elements: &[Element]) -> Option<Elements> {
    let apart = |(list, place): &Element| place_in(way, *list).is_some_and(|known| known != *place);
    if elements.iter().any(apart) {
        return None;
    }
    let mut both = [way, elements].concat();
    both.sort_unstable();
    both.dedup();
    Some(both)
}

fn place_in(way: &[Element], list: usize) -> Option<usize> {
    way.iter().find_map(|(known, place)| (*known == list).then_some(*place))
}
