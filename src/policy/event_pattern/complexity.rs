//! How complex the wildcards of a field are: how many beginnings of them (`*`, `*a`, `*ab` of `*ab*`)
//! one value can fit at once. EventBridge refuses a rule in which that is too many, and says neither
//! the measure nor the limit; the measure is its matcher's.
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-wildcard-matching-complexity>
//! <https://github.com/aws/event-ruler/blob/main/src/main/software/amazon/event/ruler/MachineComplexityEvaluator.java>

use super::{
    Condition,
    alternative::{Alternative, Unwanted},
    text::Wildcard,
};
use crate::policy::problem::Step;
use std::collections::{BTreeSet, HashMap, HashSet};

/// What AWS's own example of a wildcard that is too complex exceeds by one; patterns of 8 are known
/// to be accepted.
pub const MOST: usize = 10;

/// Sets of beginnings to look at; what needs more is beyond the limit for all we know.
const MOST_SETS: usize = 20_000;

/// The places of the fields whose wildcards are too complex.
pub fn too_complex<'a>(
    conditions: &'a [Condition],
    branches: &[Vec<usize>],
) -> impl Iterator<Item = &'a [Step]> {
    // Conditions on one field that follow the same ones share one automaton of the matcher.
    let mut automata: HashMap<(&[usize], &str), BTreeSet<usize>> = HashMap::new();
    for branch in branches {
        for (length, place) in branch.iter().enumerate() {
            let condition =
                conditions.get(*place).filter(|condition| !wildcards(condition).is_empty());
            if let Some((condition, before)) = condition.zip(branch.get(..length)) {
                automata.entry((before, &condition.path)).or_default().insert(*place);
            }
        }
    }
    let mut places: BTreeSet<usize> = BTreeSet::new();
    let mut seen: HashSet<BTreeSet<usize>> = HashSet::new();
    for together in automata.into_values() {
        if !seen.insert(together.clone()) {
            continue;
        }
        let found: Vec<&Wildcard> = together
            .iter()
            .filter_map(|place| conditions.get(*place))
            .flat_map(wildcards)
            .collect();
        if exceeds(&found) {
            places.extend(together.last());
        }
    }
    places.into_iter().filter_map(|place| conditions.get(place)).map(|found| found.at.as_slice())
}

fn wildcards(condition: &Condition) -> Vec<&Wildcard> {
    let mut found: Vec<&Wildcard> = Vec::new();
    for alternative in &condition.alternatives {
        match alternative {
            Alternative::Wildcard(wildcard) => found.push(wildcard),
            Alternative::AnythingBut(Unwanted::Wildcards(wildcards)) => found.extend(wildcards),
            Alternative::Null
            | Alternative::Bool(_)
            | Alternative::Number(_)
            | Alternative::Text(_)
            | Alternative::Address(_)
            | Alternative::Prefix(_)
            | Alternative::PrefixAnyCase(_)
            | Alternative::Suffix(_)
            | Alternative::SuffixAnyCase(_)
            | Alternative::AnyCase(_)
            | Alternative::Numeric(_)
            | Alternative::Exists
            | Alternative::Absent
            | Alternative::AnythingBut(
                Unwanted::Texts(_)
                | Unwanted::Numbers(_)
                | Unwanted::Prefixes(_)
                | Unwanted::Suffixes(_)
                | Unwanted::AnyCase(_),
            ) => {}
        }
    }
    found
}

/// One piece of a wildcard: a byte, or the star.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Token {
    Byte(u8),
    Star,
}

/// The beginnings a value fits: of which wildcard, and how many tokens of it.
type Fitting = Vec<(usize, usize)>;

fn exceeds(wildcards: &[&Wildcard]) -> bool {
    let mut distinct: Vec<Vec<Token>> = Vec::new();
    for tokens in wildcards.iter().map(|wildcard| tokens(wildcard)) {
        if !distinct.contains(&tokens) {
            distinct.push(tokens);
        }
    }
    let start: Fitting = (0..distinct.len()).map(|wildcard| (wildcard, 0)).collect();
    let mut seen = HashSet::from([start.clone()]);
    let mut open = vec![start];
    while let Some(fitting) = open.pop() {
        for byte in following(&fitting, &distinct) {
            let next = after(&fitting, byte, &distinct);
            if with_stars(&next, &distinct) > MOST {
                return true;
            }
            if !next.is_empty() && seen.insert(next.clone()) {
                open.push(next);
            }
        }
        if seen.len() > MOST_SETS {
            return true;
        }
    }
    false
}

/// With the quotes, between which the matcher sees every string.
fn tokens(wildcard: &Wildcard) -> Vec<Token> {
    let mut tokens = vec![Token::Byte(b'"')];
    for (index, piece) in wildcard.pieces().iter().enumerate() {
        if index > 0 {
            tokens.push(Token::Star);
        }
        tokens.extend(piece.bytes().map(Token::Byte));
    }
    tokens.push(Token::Byte(b'"'));
    tokens
}

/// The bytes that make one of the beginnings longer. Any other byte keeps the stars alone, which
/// these keep too, so that nothing more can follow on it.
fn following(fitting: &Fitting, wildcards: &[Vec<Token>]) -> BTreeSet<u8> {
    let next_byte = |wildcard: usize, length: usize| {
        let tokens = wildcards.get(wildcard).and_then(|tokens| tokens.get(length..));
        tokens.into_iter().flatten().find_map(|token| match token {
            Token::Byte(byte) => Some(*byte),
            Token::Star => None,
        })
    };
    fitting.iter().filter_map(|(wildcard, length)| next_byte(*wildcard, *length)).collect()
}

/// The beginnings that a value which fits these fits with one more byte.
fn after(fitting: &Fitting, byte: u8, wildcards: &[Vec<Token>]) -> Fitting {
    let mut next = BTreeSet::new();
    for (wildcard, length) in fitting {
        let token = |place: usize| wildcards.get(*wildcard)?.get(place).copied();
        if length.checked_sub(1).and_then(token) == Some(Token::Star) {
            next.insert((*wildcard, *length));
        }
        match token(*length) {
            Some(Token::Byte(wanted)) if wanted == byte => {
                next.insert((*wildcard, length + 1));
            }
            Some(Token::Star) => {
                next.insert((*wildcard, length + 1));
                if token(length + 1) == Some(Token::Byte(byte)) {
                    next.insert((*wildcard, length + 2));
                }
            }
            Some(Token::Byte(_)) | None => {}
        }
    }
    next.into_iter().collect()
}

/// How many, with the stars that follow them and may stand for nothing.
fn with_stars(fitting: &Fitting, wildcards: &[Vec<Token>]) -> usize {
    let fitted: BTreeSet<(usize, usize)> = fitting.iter().copied().collect();
    let stars = fitting.iter().filter(|(wildcard, length)| {
        let next = wildcards.get(*wildcard).and_then(|tokens| tokens.get(*length));
        next == Some(&Token::Star) && !fitted.contains(&(*wildcard, length + 1))
    });
    fitted.len() + stars.count()
}
