//! The name that a rule of AWS Config was written with, without what its deployment added.

/// The name a rule was written with. Security Hub prefixes `securityhub-` and appends eight
/// hexadecimal digits, conformance packs append `-conformance-pack-` and an id, and organization rules
/// are `OrgConfigRule-`, the name and an id of eight characters.
/// <https://docs.aws.amazon.com/config/latest/developerguide/config-rule-multi-account-deployment.html>
pub(super) fn bare_name(deployed: &str) -> &str {
    if let Some((name, _)) = deployed.split_once("-conformance-pack-") {
        return name;
    }
    if let Some(name) = deployed.strip_prefix("OrgConfigRule-") {
        return without_id(name, |c| c.is_ascii_lowercase() || c.is_ascii_digit());
    }
    match deployed.strip_prefix("securityhub-") {
        Some(name) => without_id(name, |c| c.is_ascii_hexdigit()),
        None => deployed,
    }
}

fn without_id(name: &str, is_of_id: impl Fn(char) -> bool) -> &str {
    match name.rsplit_once('-') {
        Some((bare, id)) if id.len() == 8 && id.chars().all(is_of_id) => bare,
        Some(_) | None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::{super::PUBLIC_ACCESS, bare_name};

    #[test]
    fn deployed_rule_names_lose_what_deployment_added() {
        for (deployed, want) in [
            ("lambda-inside-vpc", "lambda-inside-vpc"),
            ("securityhub-lambda-inside-vpc-1feb796c", "lambda-inside-vpc"),
            ("lambda-inside-vpc-conformance-pack-abc123", "lambda-inside-vpc"),
            ("securityhub-lambda-inside-vpc", "lambda-inside-vpc"),
            ("OrgConfigRule-lambda-inside-vpc-a1b2c3d4", "lambda-inside-vpc"),
            ("OrgConfigRule-lambda-inside-vpc", "lambda-inside-vpc"),
            ("securityhub-lambda-function-public-access-prohibited", PUBLIC_ACCESS),
        ] {
            assert_eq!(bare_name(deployed), want);
        }
    }
}
