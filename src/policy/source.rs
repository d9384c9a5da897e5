//! The control policy as written: YAML, with errors that name the line. Only the command line
//! reads it; the function loads what this compiled.

use super::{ControlPolicy, Exception};
use crate::{
    iam::{Trusted, is_service_principal},
    resource::is_organization_id,
};
use serde_saphyr::Options;
use time::Date;

/// The longest an exception may run ahead.
const LONGEST_EXCEPTION_DAYS: i64 = 180;

/// A control policy that says something it cannot mean. Its author must mend it.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// Not a control policy, with line and column.
    #[error("{0}")]
    Yaml(String),
    /// What it says cannot be meant: all such problems, one a line.
    #[error("{}", .0.join("\n"))]
    Meaning(Vec<String>),
}

/// Parses and validates. `today` is the day in UTC.
pub fn parse(text: &str, today: Date) -> Result<ControlPolicy, PolicyError> {
    let policy: ControlPolicy = serde_saphyr::from_str_with_options(text, Options::default())
        .map_err(|error| PolicyError::Yaml(error.to_string()))?;
    let problems: Vec<String> = problems(&policy, today).collect();
    if problems.is_empty() { Ok(policy) } else { Err(PolicyError::Meaning(problems)) }
}

fn problems(policy: &ControlPolicy, today: Date) -> impl Iterator<Item = String> {
    let Trusted { organizations, services, .. } = &policy.trusted;
    let organizations = organizations
        .iter()
        .filter(|text| !is_organization_or_part(text))
        .map(|text| format!("trusted.organizations: `{text}` is not {ORGANIZATION}"));
    let services = services.iter().filter(|name| !is_service_principal(name)).map(|name| {
        format!("trusted.services: `{name}` is not a service principal such as `sns.amazonaws.com`")
    });
    let exceptions = policy
        .exceptions
        .iter()
        .enumerate()
        .flat_map(move |(index, exception)| exception_problems(index, exception, today));
    organizations.chain(services).chain(exceptions).collect::<Vec<_>>().into_iter()
}

/// What a trusted organization should be.
pub const ORGANIZATION: &str =
    "an organization id such as `o-a1b2c3d4e5`, or a part of one such as `o-a1b2c3d4e5/r-ab12/*`";

/// Whether the text is an organization's id or a path in it, as `aws:PrincipalOrgPaths` has it.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed-view-data-orgs.html>
pub fn is_organization_or_part(text: &str) -> bool {
    let Some((id, path)) = text.split_once('/') else { return is_organization_id(text) };
    let unit = |unit: &str| {
        ["r-", "ou-"].iter().any(|kind| unit.starts_with(kind))
            && unit.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    let units = path.strip_suffix("/*").or_else(|| path.strip_suffix('/'));
    is_organization_id(id) && (path == "*" || units.is_some_and(|units| units.split('/').all(unit)))
}

fn exception_problems(index: usize, exception: &Exception, today: Date) -> Vec<String> {
    let at = format!("exceptions[{index}]");
    let mut problems = Vec::new();
    if exception.controls.is_empty() || exception.functions.is_empty() {
        problems.push(format!("{at}: names no control or no function, so it excepts nothing"));
    }
    if exception.owner.trim().is_empty() || exception.reason.trim().is_empty() {
        problems.push(format!("{at}: needs an owner and a reason"));
    }
    let ahead = (exception.expires - today).whole_days();
    if ahead > LONGEST_EXCEPTION_DAYS {
        problems.push(format!(
            "{at}: expires {ahead} days ahead, at most {LONGEST_EXCEPTION_DAYS} are allowed"
        ));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{finding::ControlId, policy::Mode};
    use time::macros::date;

    fn parsed(text: &str) -> Result<ControlPolicy, PolicyError> {
        parse(text, date!(2026 - 11 - 21))
    }

    #[test]
    fn a_control_without_a_mode_has_the_default_and_the_default_is_dry_run() {
        let policy = parsed("version: 1\n").unwrap();
        assert_eq!(policy.mode(ControlId::FunctionPolicyPublic), Mode::DryRun);
        let policy = parsed(
            "version: 1\ndefaults: { mode: enforce }\ncontrols:\n  tags.missing: { mode: off }\n",
        )
        .unwrap();
        assert_eq!(policy.mode(ControlId::FunctionPolicyPublic), Mode::Enforce);
        assert_eq!(policy.mode(ControlId::TagsMissing), Mode::Off);
    }

    #[test]
    fn what_is_not_in_the_language_is_an_error_that_names_its_line() {
        for (text, line, word) in [
            ("version: 1\ncontrol: {}\n", "line 2", "control"),
            ("version: 1\ncontrols:\n  function-policy.publik: {}\n", "line 3", "publik"),
            ("version: 1\ncontrols:\n  tags.missing:\n    mood: enforce\n", "line 4", "mood"),
            ("version: 1\ncontrols:\n  tags.missing:\n    mode: enforced\n", "line 4", "enforced"),
            ("version: 1\ntrusted:\n  accounts: [12]\n", "line 3", "twelve-digit"),
            ("version: 2\n", "line 1", "expected 1"),
            ("controls: {}\n", "line", "version"),
        ] {
            let error = parsed(text).unwrap_err().to_string();
            assert!(error.contains(line) && error.contains(word), "{text}\n{error}");
        }
    }

    #[test]
    fn organizations_are_trusted_whole_or_in_part_and_services_by_principal() {
        let trusted = |key: &str, value: &str| {
            parsed(&format!("version: 1\ntrusted:\n  {key}: [\"{value}\"]\n"))
        };
        for value in [
            "o-a1b2c3d4e5",
            "o-a1b2c3d4e5/*",
            "o-a1b2c3d4e5/r-ab12/*",
            "o-a1b2c3d4e5/r-ab12/ou-ab12-cdef3456/",
            "o-a1b2c3d4e5/r-ab12/ou-ab12-cdef3456/*",
        ] {
            assert!(trusted("organizations", value).is_ok(), "{value}");
        }
        for value in [
            "o-a1",
            "r-ab12/*",
            "o-a1b2c3d4e5/",
            "o-a1b2c3d4e5/r-ab12",
            "o-a1b2c3d4e5/r-ab12/ou-*",
            "o-a1b2c3d4e5/*/*",
            "o-*/r-ab12/*",
        ] {
            let error = trusted("organizations", value).unwrap_err().to_string();
            assert!(error.contains(value), "{error}");
        }
        assert!(trusted("services", "elasticloadbalancing.amazonaws.com").is_ok());
        for value in ["*", "s3", "s3.*.amazonaws.com", "arn:aws:iam::111122223333:root"] {
            assert!(trusted("services", value).is_err(), "{value}");
        }
    }

    #[test]
    fn exceptions_need_an_owner_a_reason_and_an_end_within_180_days() {
        let exception = |rest: &str| {
            parsed(&format!(
                "version: 1\nexceptions:\n  - controls: [function-url.public]\n    functions: [webhook]\n{rest}"
            ))
        };
        assert!(exception("    owner: web\n    reason: hook\n    expires: 2027-05-20\n").is_ok());
        for rest in [
            "    owner: web\n    reason: hook\n",
            "    owner: web\n    reason: hook\n    expires: 2027-05-21\n",
            "    owner: ''\n    reason: hook\n    expires: 2027-01-01\n",
            "    owner: web\n    reason: hook\n    expires: never\n",
        ] {
            assert!(exception(rest).is_err(), "{rest}");
        }
    }
}
