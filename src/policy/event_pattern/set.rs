//! Many patterns looked at at once. A pattern with a field that must be one of some strings is only
//! looked at when the event has one of them there, so that the cost of an event is that of the
//! patterns which could match it, however many there are.

use super::{Condition, EventFields, EventPattern, alternative::Alternative};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Patterns, told apart by their place in the list they came in.
#[derive(Debug, Clone, Default)]
pub struct PatternSet {
    patterns: Vec<EventPattern>,
    /// By path and string.
    indexed: HashMap<String, HashMap<String, Vec<usize>>>,
    /// Those without such a field.
    scanned: BTreeSet<usize>,
}

/// The strings one of which a pattern needs, by path.
type Needs<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

impl PatternSet {
    /// The patterns in their order.
    pub fn new(patterns: Vec<EventPattern>) -> Self {
        let needs: Vec<Needs<'_>> = patterns.iter().map(needs).collect();
        let mut shared: HashMap<(&str, &str), usize> = HashMap::new();
        for (path, strings) in needs.iter().flatten() {
            for string in strings {
                *shared.entry((path, string)).or_default() += 1;
            }
        }
        let mut indexed: HashMap<String, HashMap<String, Vec<usize>>> = HashMap::new();
        let mut scanned = BTreeSet::new();
        for (place, needs) in needs.iter().enumerate() {
            // The most selective path: the one whose strings the fewest patterns share.
            let best = needs.iter().min_by_key(|(path, strings)| -> usize {
                strings.iter().filter_map(|string| shared.get(&(**path, *string))).sum()
            });
            let Some((path, strings)) = best else {
                scanned.insert(place);
                continue;
            };
            let by_string = indexed.entry((*path).to_owned()).or_default();
            for string in strings {
                by_string.entry((*string).to_owned()).or_default().push(place);
            }
        }
        Self { patterns, indexed, scanned }
    }

    /// The pattern at a place.
    pub fn pattern(&self, place: usize) -> Option<&EventPattern> {
        self.patterns.get(place)
    }

    /// Whether every event is held against this pattern, because it needs no string by which it
    /// could be found.
    pub fn is_scanned(&self, place: usize) -> bool {
        self.scanned.contains(&place)
    }

    /// The places of the patterns that could match, ascending: all that do, and few others.
    pub fn candidates(&self, event: &EventFields<'_>) -> Vec<usize> {
        let mut places: Vec<usize> = self.scanned.iter().copied().collect();
        let mut look_up = |path: &str| {
            let Some(by_string) = self.indexed.get(path) else { return };
            let strings = event.at(path).iter().filter_map(|leaf| leaf.value.text());
            places.extend(strings.filter_map(|string| by_string.get(string)).flatten());
        };
        if self.indexed.len() < event.len() {
            self.indexed.keys().for_each(|path| look_up(path));
        } else {
            event.paths().for_each(|(path, _)| look_up(path));
        }
        places.sort_unstable();
        places.dedup();
        places
    }

    /// The places of the patterns that match, ascending.
    pub fn matching(&self, event: &EventFields<'_>) -> Vec<usize> {
        let mut places = self.candidates(event);
        places.retain(|place| {
            self.pattern(*place).is_some_and(|pattern| pattern.matches_fields(event))
        });
        places
    }
}

/// A string is needed at a path if every way to match needs one there. So the alternatives of a `$or`
/// count only if all of its members name the field.
fn needs(pattern: &EventPattern) -> Needs<'_> {
    let mut branches = pattern
        .branches
        .iter()
        .map(|branch| -> Needs<'_> { pattern.conditions_of(branch).filter_map(strings).collect() });
    let mut needs = branches.next().unwrap_or_default();
    for branch in branches {
        needs.retain(|path, strings| {
            branch.get(path).inspect(|further| strings.extend(further.iter())).is_some()
        });
    }
    needs
}

fn strings(condition: &Condition) -> Option<(&str, BTreeSet<&str>)> {
    let strings = condition.alternatives.iter().map(|alternative| match alternative {
        Alternative::Text(text) => Some(text.as_str()),
        Alternative::Null
        | Alternative::Bool(_)
        | Alternative::Number(_)
        | Alternative::Address(_)
        | Alternative::Prefix(_)
        | Alternative::PrefixAnyCase(_)
        | Alternative::Suffix(_)
        | Alternative::SuffixAnyCase(_)
        | Alternative::AnyCase(_)
        | Alternative::Wildcard(_)
        | Alternative::Numeric(_)
        | Alternative::Exists
        | Alternative::Absent
        | Alternative::AnythingBut(_) => None,
    });
    Some((condition.path.as_str(), strings.collect::<Option<_>>()?))
}
