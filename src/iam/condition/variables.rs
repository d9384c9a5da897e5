//! Policy variables: `${key}`, `${key, 'default'}`, `${*}`, `${?}` and `${$}` in one value.
//! Refuses broken and nested ones, keys with several values, and values whose wildcards or colons
//! could be read as part of the pattern they stand in.
//! Semantics: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>.

use super::{Held, is_multivalued};

/// How a variable begins.
pub const START: &str = "${";

/// A value with its variables replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolved {
    Text(String),
    /// A variable without a value: "there is no equal or like value".
    Nothing,
    Unsure,
}

/// What characters mean where the value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Every character is itself.
    Plain,
    /// `*` and `?` are wildcards.
    Pattern,
    /// Colons part it besides.
    Arn,
}

/// The value as it is compared with `held`, and `held` as it is compared with the value: in a
/// pattern the literal `*` of `${*}` is written as a character that occurs in neither.
pub fn resolve<'a>(
    value: &str,
    held: &str,
    place: Place,
    lookup: &dyn Fn(&str) -> Held<'a>,
) -> (Resolved, String) {
    if place == Place::Plain {
        return (replace(value, place, ['*', '?'], lookup), held.to_owned());
    }
    let mut free = ('\u{e000}'..='\u{f8ff}').filter(|c| !value.contains(*c) && !held.contains(*c));
    let (Some(star), Some(mark)) = (free.next(), free.next()) else {
        return (Resolved::Unsure, String::new());
    };
    let text = held.chars().map(|c| match c {
        '*' => star,
        '?' => mark,
        _ => c,
    });
    (replace(value, place, [star, mark], lookup), text.collect())
}

fn replace<'a>(
    value: &str,
    place: Place,
    [star, mark]: [char; 2],
    lookup: &dyn Fn(&str) -> Held<'a>,
) -> Resolved {
    let (mut text, mut rest, mut nothing) = (String::with_capacity(value.len()), value, false);
    while let Some((before, after)) = rest.split_once(START) {
        let Some((inside, behind)) = after.split_once('}') else { return Resolved::Unsure };
        text.push_str(before);
        rest = behind;
        match inside {
            "*" => text.push(star),
            "?" => text.push(mark),
            "$" => text.push('$'),
            _ => match read(inside, lookup) {
                Resolved::Text(found) if is_plain(&found, place, [star, mark]) => {
                    text.push_str(&found);
                }
                Resolved::Text(_) | Resolved::Unsure => return Resolved::Unsure,
                Resolved::Nothing => nothing = true,
            },
        }
    }
    text.push_str(rest);
    if nothing { Resolved::Nothing } else { Resolved::Text(text) }
}

/// Whether the text of a variable can only mean itself. That AWS takes it literally in a pattern
/// is not documented.
fn is_plain(text: &str, place: Place, free: [char; 2]) -> bool {
    let pattern = text.contains(['*', '?']) || text.contains(free);
    !text.contains(START)
        && match place {
            Place::Plain => true,
            Place::Pattern => !pattern,
            Place::Arn => !pattern && !text.contains(':'),
        }
}

/// The value of the variable that stands between the braces.
fn read<'a>(inside: &str, lookup: &dyn Fn(&str) -> Held<'a>) -> Resolved {
    // "Separate the variable text and the default value with a comma and space."
    let (key, default) = match inside.split_once(',') {
        None => (inside, None),
        Some((key, rest)) => {
            let quoted = rest.strip_prefix(" '").and_then(|rest| rest.strip_suffix('\''));
            let Some(default) = quoted else { return Resolved::Unsure };
            (key, Some(default))
        }
    };
    let broken = |text: &str| text.contains(['{', '\'']);
    let key = key.to_ascii_lowercase();
    let named = !key.is_empty() && key.trim() == key && !broken(&key);
    // "You cannot use a multivalued context key as a policy variable."
    if !named || default.is_some_and(broken) || is_multivalued(&key) {
        return Resolved::Unsure;
    }
    match (lookup(&key), default) {
        // "A key that has no value": whether the empty text is one is not said.
        (Held::One(""), _) => Resolved::Unsure,
        (Held::One(text), _) => Resolved::Text(text.to_owned()),
        (Held::Absent, Some(default)) => Resolved::Text(default.to_owned()),
        (Held::Absent, None) => Resolved::Nothing,
        (Held::Many(_) | Held::Unsure, _) => Resolved::Unsure,
    }
}

/// The keys, without case, whose variables stand in the value.
pub fn keys(value: &str) -> impl Iterator<Item = String> {
    let insides = value.split(START).skip(1).filter_map(|rest| rest.split_once('}'));
    let keys = insides.map(|(inside, _)| inside.split_once(',').map_or(inside, |(key, _)| key));
    keys.filter(|key| !matches!(*key, "*" | "?" | "$")).map(str::to_ascii_lowercase)
}

/// The value with its variables replaced, as text to try; none if one has no certain value.
pub fn filled<'a>(value: &str, lookup: &dyn Fn(&str) -> Held<'a>) -> Option<String> {
    match replace(value, Place::Plain, ['*', '?'], lookup) {
        Resolved::Text(text) => Some(text),
        Resolved::Nothing | Resolved::Unsure => None,
    }
}

/// The value with the account that owns the resource in place of `${aws:ResourceAccount}`; none
/// if a variable in it is broken or nested.
pub fn with_account(value: &str, account: &str) -> Option<String> {
    let (mut text, mut rest) = (String::with_capacity(value.len()), value);
    while let Some((before, after)) = rest.split_once(START) {
        let (inside, behind) = after.split_once('}')?;
        if inside.contains('{') {
            return None;
        }
        text.push_str(before);
        if inside.eq_ignore_ascii_case("aws:ResourceAccount") {
            text.push_str(account);
        } else {
            text.extend([START, inside, "}"]);
        }
        rest = behind;
    }
    text.push_str(rest);
    Some(text)
}
