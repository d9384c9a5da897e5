//! Wildcards: strings, ARNs per colon segment, and whether one pattern covers another.
//! Refuses to treat something that does not have an ARN's six parts as an ARN pattern.
//! Semantics: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>.

/// Whether the text holds a wildcard.
pub(super) fn has_wildcard(text: &str) -> bool {
    text.contains(['*', '?'])
}

/// Whether `pattern` (`*` any run, `?` one character) matches the whole of `text`.
pub(crate) fn glob(pattern: &str, text: &str) -> bool {
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

/// Greedy matching with one point to return to: the last `*`.
fn matches(pattern: &str, text: &str, same: impl Fn(char, char) -> bool) -> bool {
    let mut pattern = pattern.chars();
    let mut text = text.chars();
    let mut retry: Option<(std::str::Chars<'_>, std::str::Chars<'_>)> = None;
    loop {
        let left = text.clone();
        match (pattern.next(), text.next()) {
            (None, None) => return true,
            (Some('*'), _) => {
                retry = Some((pattern.clone(), left.clone()));
                text = left;
            }
            (Some(p), Some(t)) if same(p, t) => {}
            (_, _) => {
                let Some((after_star, swallowed)) = &mut retry else { return false };
                if swallowed.next().is_none() {
                    return false;
                }
                (pattern, text) = (after_star.clone(), swallowed.clone());
            }
        }
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
