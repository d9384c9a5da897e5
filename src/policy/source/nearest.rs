//! The nearest known name to one that is not known.

use strsim::damerau_levenshtein;

/// Longer texts are no misspelling of any name, and comparing them takes time.
const LONGEST: usize = 64;

/// The name that was probably meant; none if all are far.
pub(super) fn nearest<'n>(text: &str, names: &[&'n str]) -> Option<&'n str> {
    if text.chars().count() > LONGEST {
        return None;
    }
    let plain = |text: &str| text.to_lowercase().replace(['_', ' '], "-");
    let written = plain(text);
    let close = names
        .iter()
        .map(|name| (damerau_levenshtein(&written, &plain(name)), *name))
        .filter(|(distance, name)| *distance <= most(name))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name);
    close.or_else(|| part(&written, names))
}

/// So many slips make another name.
fn most(name: &str) -> usize {
    match name.chars().count() {
        0..=3 => 1,
        length => (length / 3).max(2),
    }
}

/// The only name that the text is a part of, or that begins as it does: `missing`, `params`.
fn part<'n>(written: &str, names: &[&'n str]) -> Option<&'n str> {
    let beginning = written.get(..4)?;
    let fits = |name: &str| name.contains(written) || name.starts_with(beginning);
    let mut fitting = names.iter().filter(|name| fits(name));
    fitting.next().copied().filter(|_| fitting.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_misspelled_name_is_known_again_and_a_strange_one_is_not() {
        let names = ["mode", "severity", "parameters", "function-policy.public", "tags.missing"];
        for (text, want) in [
            ("mood", Some("mode")),
            ("Mode", Some("mode")),
            ("severety", Some("severity")),
            ("params", Some("parameters")),
            ("function-policy.publik", Some("function-policy.public")),
            ("function_policy.public", Some("function-policy.public")),
            ("missing", Some("tags.missing")),
            ("x", None),
            ("", None),
            ("remediation", None),
        ] {
            assert_eq!(nearest(text, &names), want, "{text}");
        }
        assert_eq!(nearest(&"mode".repeat(100), &names), None);
    }
}
