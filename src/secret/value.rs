//! What a value is by itself: a reference, a placeholder, a name, something random.
//!
//! A placeholder such as `changeme` is no secret. Nobody has to keep it, and a finding would send
//! people to look for a leak that is none; whether a service lets a default password in is another
//! question, which the variable cannot answer.

/// Whether the value certainly is not the secret itself: an ARN, a dynamic reference of
/// CloudFormation, a variable to fill in, or what KMS encrypted.
pub(super) fn points_elsewhere(value: &str) -> bool {
    is_arn(value)
        // <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html>
        || value.starts_with("{{") && value.ends_with("}}")
        || value.starts_with("${") && value.ends_with('}')
        || is_encrypted(value)
}

fn is_arn(value: &str) -> bool {
    // <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
    value.starts_with("arn:aws")
        && value.split(':').nth(5).is_some()
        && !value.contains(|c: char| c.is_whitespace() || c == '=')
}

/// What the console's helpers for encryption in transit leave in a variable. The first bytes are those
/// of the examples: <https://docs.aws.amazon.com/cli/latest/reference/kms/encrypt.html>
fn is_encrypted(value: &str) -> bool {
    value.starts_with("AQICAH") && value.len() > 100
}

/// Whether somebody is meant to put something else there.
pub(super) fn is_placeholder(text: &str) -> bool {
    const WORDS: [&str; 14] = [
        "changeme",
        "change-me",
        "change_me",
        "replace",
        "placeholder",
        "example",
        "dummy",
        "redacted",
        "your",
        "todo",
        "xxxx",
        "****",
        "${",
        "{{",
    ];
    let lower = text.to_ascii_lowercase();
    WORDS.iter().any(|word| lower.contains(word)) || text.starts_with('<') && text.ends_with('>')
}

/// Whether it tells where something is, or says yes, no or how many.
pub(super) fn is_plain(value: &str) -> bool {
    const WORDS: [&str; 11] =
        ["true", "false", "yes", "no", "on", "off", "none", "null", "nil", "enabled", "disabled"];
    WORDS.iter().any(|word| value.eq_ignore_ascii_case(word))
        // Numbers and times: `1.5e9`, `2026-11-29T10:00:00Z`.
        || !value.contains(|c: char| c.is_alphabetic() && !"eETZ".contains(c))
        || value.contains("://")
        || ["/", "./", "../", "~/"].iter().any(|start| value.starts_with(start))
        || value.contains(":\\")
        || value.contains(char::is_whitespace)
}

/// Whether it reads like a name: words and numbers with separators between, such as
/// `prod/orders-db.v2`.
pub(super) fn is_name(value: &str) -> bool {
    let mut parts =
        value.split(['/', '-', '_', '.', ':', '@', '+']).filter(|part| !part.is_empty());
    let reads = |part: &str| {
        let one_kind = part.bytes().all(|b| b.is_ascii_alphabetic())
            || part.bytes().all(|b| b.is_ascii_digit());
        // `v2`, `eu1`, `db01`
        one_kind || part.len() <= 4 && part.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    value.contains(['/', '-', '_', '.', ':', '@']) && parts.all(reads)
}

/// How many kinds of characters there are: small, capital, digits, others.
pub(super) fn kinds(value: &str) -> usize {
    let small = value.contains(|c: char| c.is_lowercase());
    let capital = value.contains(|c: char| c.is_uppercase());
    let digits = value.contains(|c: char| c.is_ascii_digit());
    let others = value.contains(|c: char| !c.is_alphanumeric());
    [small, capital, digits, others].into_iter().filter(|present| *present).count()
}

/// Shannon's entropy, in bits for each byte.
pub(super) fn entropy(value: &str) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in value.bytes() {
        if let Some(count) = counts.get_mut(usize::from(byte)) {
            *count += 1;
        }
    }
    let total: f64 = counts.iter().map(|count| f64::from(*count)).sum();
    let part = |count: u32| {
        let share = f64::from(count) / total;
        -share * share.log2()
    };
    counts.into_iter().filter(|count| *count > 0).map(part).sum()
}
