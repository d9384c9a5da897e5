//! Wildcards: strings, ARNs per colon segment, and whether one pattern covers another.
//! Refuses to treat something that does not have an ARN's six parts as an ARN pattern.
//! Semantics: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>.

/// Whether the text holds a wildcard.
pub(super) fn has_wildcard(text: &str) -> bool {
    text.contains(['*', '?'])
}

/// Whether `pattern` (`*` any run, `?` one character) matches the whole of `text`.
pub fn glob(pattern: &str, text: &str) -> bool {
    matches(pattern, text, |p, t| p == '?' || p == t)
}

/// The same, letters compared without case.
pub(super) fn glob_ignoring_case(pattern: &str, text: &str) -> bool {
    matches(pattern, text, |p, t| p == '?' || p.eq_ignore_ascii_case(&t))
}

/// Whether everything that `inner` matches is matched by `outer` too. A wildcard of `inner` is
/// taken as a character that only a wildcard at least as wide can match, so `false` may only mean
/// that the proof failed.
pub(super) fn covers(outer: &str, inner: &str) -> bool {
    matches(outer, inner, |p, t| if p == '?' { t != '*' } else { p == t })
}

/// The same, letters compared without case.
pub(super) fn covers_ignoring_case(outer: &str, inner: &str) -> bool {
    matches(outer, inner, |p, t| if p == '?' { t != '*' } else { p.eq_ignore_ascii_case(&t) })
}

/// Whether the texts before the first wildcards or variables show that nothing matches both
/// patterns.
pub(super) fn disjoint(one: &str, other: &str) -> bool {
    let literal = |pattern: &str| pattern.find(['*', '?', '$']).unwrap_or(pattern.len());
    let (one, other) =
        (one.get(..literal(one)).unwrap_or(one), other.get(..literal(other)).unwrap_or(other));
    !one.starts_with(other) && !other.starts_with(one)
}

/// Whether the pattern matches the whole text, given which characters are the same: the parts
/// between its `*` each at the first place where they fit, the last one at the end.
fn matches(pattern: &str, text: &str, same: impl Fn(char, char) -> bool + Copy) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return after_start(pattern, text, same) == Some("");
    };
    let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
    let inside = after_start(start, text, same).and_then(|text| before_end(end, text, same));
    let mut parts = middle.split('*').filter(|part| !part.is_empty());
    inside.is_some_and(|text| parts.try_fold(text, |text, part| after(part, text, same)).is_some())
}

/// The text behind the part it starts with.
fn after_start<'t>(
    part: &str,
    text: &'t str,
    same: impl Fn(char, char) -> bool,
) -> Option<&'t str> {
    let mut text = text.chars();
    let starts = part.chars().all(|p| text.next().is_some_and(|t| same(p, t)));
    starts.then_some(text.as_str())
}

/// The text before the part it ends with.
fn before_end<'t>(part: &str, text: &'t str, same: impl Fn(char, char) -> bool) -> Option<&'t str> {
    let mut text = text.chars();
    let ends = part.chars().rev().all(|p| text.next_back().is_some_and(|t| same(p, t)));
    ends.then_some(text.as_str())
}

/// The text behind the first place where the part fits.
fn after<'t>(
    part: &str,
    text: &'t str,
    same: impl Fn(char, char) -> bool + Copy,
) -> Option<&'t str> {
    // Where every character is the same as itself only, it is found faster than place by place.
    if !part.contains('?') && part.chars().all(|p| !same(p, other_case(p))) {
        return text.split_once(part).map(|(_, behind)| behind);
    }
    let mut places = text.char_indices().map(|(at, _)| at);
    places.find_map(|at| after_start(part, text.get(at..)?, same))
}

/// The same letter in the other case, or something else.
fn other_case(letter: char) -> char {
    match letter {
        'a'..='z' => letter.to_ascii_uppercase(),
        'A'..='Z' => letter.to_ascii_lowercase(),
        _ => '\0',
    }
}

/// The six parts of an ARN or of an ARN pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Arn<'a> {
    pub partition: &'a str,
    pub service: &'a str,
    pub region: &'a str,
    pub account: &'a str,
    /// Everything after the fifth colon, colons included.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// `None` unless the text starts with `arn:` and has all six parts.
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        if parts.next()? != "arn" {
            return None;
        }
        Some(Self {
            partition: parts.next()?,
            service: parts.next()?,
            region: parts.next()?,
            account: parts.next()?,
            resource: parts.next()?,
        })
    }

    /// Whether this, read as a pattern, matches `arn` part by part: a wildcard never crosses the
    /// first five colons.
    pub fn matches(&self, arn: &Arn<'_>) -> bool {
        glob(self.partition, arn.partition)
            && glob(self.service, arn.service)
            && glob(self.region, arn.region)
            && glob(self.account, arn.account)
            && glob(self.resource, arn.resource)
    }
}

/// The ARN pattern that `text` is when only wildcards behind the account matter: everything up to
/// and including the account is literal, so that a wildcard that may cross colons cannot reach it.
pub(super) fn literal_through_account(text: &str) -> Option<Arn<'_>> {
    let arn = Arn::parse(text)?;
    let before = text.len() - arn.resource.len();
    (!text.get(..before)?.contains(['*', '?'])).then_some(arn)
}

/// Some text that the pattern matches: `*` and `?` become `x`.
pub(super) fn example(pattern: &str) -> String {
    pattern.replace(['*', '?'], "x")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn wildcards_match_as_aws_documents_them() {
        for (pattern, text, want) in [
            ("*", "", true),
            ("*", "a:b/c", true),
            ("a*c", "abc", true),
            ("a*c", "ac", true),
            ("a*c", "abd", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("a*b*c", "aXbYbZc", true),
            ("*a", "ba", true),
            ("*a", "ab", false),
            ("", "", true),
            ("", "a", false),
            ("a", "A", false),
            ("a**", "a", true),
        ] {
            assert_eq!(glob(pattern, text), want, "{pattern} {text}");
        }
    }

    #[test]
    fn a_pattern_covers_only_what_it_provably_covers() {
        for (outer, inner, want) in [
            ("*", "lambda:*", true),
            ("lambda:*", "lambda:invoke*", true),
            ("lambda:invoke*", "lambda:*", false),
            ("lambda:invokefunction", "lambda:invokefunction", true),
            ("lambda:invoke?", "lambda:invoke*", false),
            ("lambda:invoke?", "lambda:invoke?", true),
            ("lambda:invokea", "lambda:invoke?", false),
        ] {
            assert_eq!(covers(outer, inner), want, "{outer} {inner}");
        }
    }

    /// The definition, however slow.
    fn matches_slowly(pattern: &[char], text: &[char], same: &dyn Fn(char, char) -> bool) -> bool {
        match (pattern, text) {
            ([], []) => true,
            (['*', rest @ ..], _) => {
                (0..=text.len()).any(|at| matches_slowly(rest, &text[at..], same))
            }
            ([p, rest @ ..], [t, left @ ..]) => same(*p, *t) && matches_slowly(rest, left, same),
            (_, _) => false,
        }
    }

    proptest! {
        #[test]
        fn matching_is_what_it_is_defined_to_be(
            pattern in "[abA?*é]{0,8}", text in "[abA?*é]{0,8}",
        ) {
            let chars = |text: &str| text.chars().collect::<Vec<char>>();
            let slowly = |same: &dyn Fn(char, char) -> bool| {
                matches_slowly(&chars(&pattern), &chars(&text), same)
            };
            let exact = |p: char, t: char| p == '?' || p == t;
            let any_case = |p: char, t: char| p == '?' || p.eq_ignore_ascii_case(&t);
            let covering = |p: char, t: char| if p == '?' { t != '*' } else { p == t };
            prop_assert_eq!(glob(&pattern, &text), slowly(&exact));
            prop_assert_eq!(glob_ignoring_case(&pattern, &text), slowly(&any_case));
            prop_assert_eq!(covers(&pattern, &text), slowly(&covering));
        }
    }

    #[test]
    fn arn_wildcards_never_cross_a_colon_before_the_resource() {
        let arn = Arn::parse("arn:aws:sns:eu-west-1:111122223333:t:u").unwrap();
        for (pattern, want) in [
            ("arn:aws:sns:*:111122223333:*", true),
            ("arn:*:*:*:*:*", true),
            ("arn:aws:sns:*:t:u", false),
            ("arn:aws:sns:*:*:t", false),
        ] {
            assert_eq!(Arn::parse(pattern).is_some_and(|p| p.matches(&arn)), want, "{pattern}");
        }
        assert!(Arn::parse("arn:aws:sns:*").is_none());
        assert!(Arn::parse("*").is_none());
    }

    #[test]
    fn a_literal_account_counts_only_before_the_first_wildcard() {
        assert!(literal_through_account("arn:aws:sns:eu-west-1:111122223333:*").is_some());
        assert!(literal_through_account("arn:aws:sns:*:111122223333:*").is_none());
        assert!(literal_through_account("arn:aws:sns:eu-west-1:11112222333?:t").is_none());
    }
}
