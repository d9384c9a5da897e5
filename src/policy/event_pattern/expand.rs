//! Writes `$or` out: a pattern becomes the ways to match it, each a plain list of conditions. A field
//! that is named twice on one way counts as it was written last, as for EventBridge. It refuses
//! patterns that are too large.
//! <https://github.com/aws/event-ruler/blob/main/src/main/software/amazon/event/ruler/JsonRuleCompiler.java>

use super::{Condition, EventPattern, complexity, error::PatternError, parse::Part};
use crate::policy::problem::{Place, Step};
use serde_json::Value;
use std::collections::BTreeMap;

/// Characters of a pattern. <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html>
const LONGEST: usize = 4096;
/// Ways through all of a pattern's `$or`.
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html>
const MOST_COMBINATIONS: usize = 1000;
/// Fields of one way.
/// <https://github.com/aws/event-ruler/blob/main/src/main/software/amazon/event/ruler/GenericMachine.java>
const MOST_FIELDS: usize = 256;

/// The last condition of each field.
type Branch<'a> = BTreeMap<&'a str, usize>;

pub fn expand(
    source: &Value,
    parts: &[Part],
    conditions: Vec<Condition>,
) -> Result<EventPattern, Vec<PatternError>> {
    let length = source.to_string().chars().count();
    if length > LONGEST {
        let wrong = format!("it has {length} characters without blanks");
        return Err(too_large(&wrong, LONGEST, "characters"));
    }
    let combinations = combinations(parts);
    if combinations > MOST_COMBINATIONS {
        let wrong = format!("its `$or` have {combinations} combinations");
        return Err(too_large(&wrong, MOST_COMBINATIONS, "combinations of `$or` members"));
    }
    let branches: Vec<Vec<usize>> = with(parts, vec![Branch::new()], &conditions)
        .into_iter()
        .map(|branch| branch.into_values().collect())
        .collect();
    if let Some(fields) = branches.iter().map(Vec::len).max().filter(|most| *most > MOST_FIELDS) {
        return Err(too_large(&format!("it names {fields} fields"), MOST_FIELDS, "fields"));
    }
    let errors: Vec<PatternError> =
        complexity::too_complex(&conditions, &branches).map(wildcards_too_complex).collect();
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok(EventPattern { source: source.clone(), conditions, branches, or_is_a_field: false })
}

/// The members of all `$or`, multiplied.
fn combinations(parts: &[Part]) -> usize {
    parts.iter().fold(1, |product, part| match part {
        Part::Field(_) => product,
        Part::Or(members) => {
            members.iter().fold(product.saturating_mul(members.len()), |product, member| {
                product.saturating_mul(combinations(member))
            })
        }
    })
}

fn with<'a>(
    parts: &[Part],
    mut branches: Vec<Branch<'a>>,
    conditions: &'a [Condition],
) -> Vec<Branch<'a>> {
    for part in parts {
        match part {
            Part::Field(place) => {
                if let Some(condition) = conditions.get(*place) {
                    for branch in &mut branches {
                        branch.insert(&condition.path, *place);
                    }
                }
            }
            Part::Or(members) => {
                branches = members
                    .iter()
                    .flat_map(|member| with(member, branches.clone(), conditions))
                    .collect();
            }
        }
    }
    branches
}

fn too_large(wrong: &str, most: usize, of: &str) -> Vec<PatternError> {
    vec![PatternError {
        at: Place::top(),
        wrong: wrong.to_owned(),
        expected: format!("at most {most} {of}"),
        mend: "split the pattern in two".to_owned(),
    }]
}

fn wildcards_too_complex(at: &[Step]) -> PatternError {
    PatternError {
        at: Place::from(at.to_vec()),
        wrong: "the wildcards of this field are too complex".to_owned(),
        expected: format!(
            "at most {} beginnings of wildcards that one value can fit at once",
            complexity::MOST
        ),
        mend: "use fewer `*`, or texts after a `*` that repeat themselves less".to_owned(),
    }
}
