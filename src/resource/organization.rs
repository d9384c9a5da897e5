//! Organizations and parts of them, as `aws:PrincipalOrgPaths` has them:
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed-view-data-orgs.html>

use super::is_organization_id;

/// What a trusted organization should be.
pub const ORGANIZATION: &str =
    "an organization id such as `o-a1b2c3d4e5`, or a part of one such as `o-a1b2c3d4e5/r-ab12/*`";

/// Whether the text is an organization's id or a path in it.
pub fn is_organization_or_part(text: &str) -> bool {
    let Some((id, path)) = text.split_once('/') else { return is_organization_id(text) };
    let unit = |unit: &str| {
        ["r-", "ou-"].iter().any(|kind| unit.starts_with(kind))
            && unit.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    let units = path.strip_suffix("/*").or_else(|| path.strip_suffix('/'));
    is_organization_id(id) && (path == "*" || units.is_some_and(|units| units.split('/').all(unit)))
}
