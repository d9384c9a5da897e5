//! What a request holds for the keys that tell who the caller is, and with what it signs.
//! Refuses what AWS makes up or does not document, and trusted parts of organizations.
//! Keys: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>.

use super::arns;
use super::caller::{Caller, Keys, Kind, Means, Member, Role};
use super::context::{Asked, State, absent_or_asked, asked_values, present, rfc3339};
use super::owner::Owner;
use super::setting::{Circle, Setting};
use crate::iam::condition::Clause;
use crate::iam::pattern::example;

/// Keys that tell who the caller is.
pub fn principal_states<'a>(
    caller: &Caller<'a>,
    asked: &Asked<'_>,
    setting: &'a Setting<'_>,
) -> Vec<State<'a>> {
    let unsigned = caller.means == Means::Unsigned;
    let service = caller.service().is_some();
    match asked.key {
        "aws:principalisawsservice" if unsigned => vec![State::Absent],
        "aws:principalisawsservice" => vec![present(if service { "true" } else { "false" })],
        "aws:principalservicename" | "aws:principalservicenameslist" if service => {
            caller.service().into_iter().map(present).collect()
        }
        "aws:principalservicename" | "aws:principalservicenameslist" => vec![State::Absent],
        "aws:principaltype" if unsigned => vec![present("Anonymous")],
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
        "aws:principaltype" if !service => vec![present(match caller.signer.kind {
            Kind::Role => "AssumedRole",
            Kind::User => "User",
            Kind::Root => "Account",
            Kind::Federated => "FederatedUser",
        })],
        "aws:principalaccount" if unsigned => vec![present("anonymous")],
        "aws:principalarn" if unsigned => vec![State::Absent],
        // What these are in the request of a service is not documented.
        "aws:principalaccount" | "aws:principalarn" if service => vec![State::Unsure],
        "aws:principalaccount" => caller.account.iter().map(|id| present(id)).collect(),
        "aws:principalarn" => match (caller.role, caller.account) {
            (Role::Fixed(arn) | Role::Session { role: arn }, _) => vec![present(arn)],
            (Role::Free, Some(account)) => {
                arns::of_principals(account, caller.signer.kind, asked.clauses, setting)
            }
            (Role::Free, None) => vec![State::Unsure],
        },
        "aws:principalorgid" | "aws:principalorgpaths" if unsigned || service => {
            vec![State::Absent]
        }
        "aws:principalorgid" => organization(caller),
        "aws:principalorgpaths" => organization_paths(caller, asked.clauses, setting),
        // It tells the tags of an IAM principal, which these are not.
        key if key.starts_with("aws:principaltag/") && (unsigned || service) => {
            vec![State::Absent]
        }
        // "You cannot use the `aws:` prefix in your tags": https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
        key if key.starts_with("aws:principaltag/aws:") => vec![State::Unsure],
        key if key.starts_with("aws:principaltag/") => match caller.signer.kind {
            Kind::Root => vec![State::Absent],
            Kind::Role | Kind::User | Kind::Federated => {
                absent_or_asked(asked_values(asked.clauses).filter(is_tag))
            }
        },
        _ => vec![State::Unsure],
    }
}

/// What follows from the way in which the caller got its keys. How old a second factor is that was
/// not shown is not looked at.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html>
pub fn of_keys<'a>(caller: &Caller<'_>, asked: &Asked<'_>) -> State<'a> {
    let federated = caller.signer.kind == Kind::Federated;
    match (asked.key, caller.signer.keys) {
        (_, Keys::LongTerm) => State::Absent,
        ("aws:tokenissuetime", Keys::Temporary | Keys::SecondFactor) => {
            State::Present(rfc3339(asked.now).into())
        }
        ("aws:multifactorauthpresent", Keys::Temporary) if !federated => present("false"),
        ("aws:multifactorauthpresent", Keys::SecondFactor) => present("true"),
        ("aws:multifactorauthage", Keys::SecondFactor) => present("60"),
        (_, Keys::Temporary | Keys::SecondFactor) => State::Unsure,
    }
}

/// AWS makes up the id of a role or user; who uses a role names the session.
pub fn unique_ids<'a>(caller: &Caller<'a>, clauses: &[&Clause]) -> Vec<State<'a>> {
    let letters = caller.account.unwrap_or("0").bytes().cycle().take(17);
    let id: String = letters.map(|digit| char::from(b'A' + digit % 26)).collect();
    match caller.signer.kind {
        Kind::Role => {}
        Kind::User => return vec![State::Present(format!("AIDA{id}").into())],
        Kind::Root => return caller.account.iter().map(|account| present(account)).collect(),
        Kind::Federated => return Vec::new(),
    }
    let named = clauses.iter().flat_map(|clause| &clause.values);
    let sessions = named.filter_map(|value| value.rsplit_once(':').map(|(_, name)| example(name)));
    let sessions = sessions.filter(|name| is_session_name(name));
    let sessions = ["session".to_owned()].into_iter().chain(sessions);
    sessions.map(|name| State::Present(format!("AROA{id}:{name}").into())).collect()
}

/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
fn is_session_name(name: &str) -> bool {
    (2..=64).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b))
}

/// Values of tags: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html>.
fn is_tag(state: &State<'_>) -> bool {
    let State::Present(value) = state else { return false };
    let fine = |c: char| c.is_alphanumeric() || c.is_whitespace() || "_.:/=+-@".contains(c);
    value.chars().count() <= 256 && value.chars().all(fine)
}

pub fn organization<'a>(caller: &Caller<'a>) -> Vec<State<'a>> {
    vec![match caller.member {
        Member::OfNone => State::Absent,
        Member::Of(id) => present(id),
        Member::In(path) => path.split_once('/').map_or(State::Unsure, |(id, _)| present(id)),
        Member::Unsure => State::Unsure,
    }]
}

/// A path of the caller's. Paths that are trusted are left out, unless all of its organization is.
pub fn organization_paths<'a>(
    caller: &Caller<'a>,
    clauses: &[&Clause],
    setting: &Setting<'_>,
) -> Vec<State<'a>> {
    let id = match caller.member {
        Member::Of(id) => id,
        Member::In(path) => return vec![State::Present(example(path).into())],
        Member::OfNone | Member::Unsure => return organization(caller),
    };
    let root = id.get(id.len().saturating_sub(4)..).unwrap_or_default();
    let own = format!("{id}/r-{root}/ou-{root}-{root}{root}/");
    let mut states = vec![State::Present(own.into())];
    let inside = format!("{id}/");
    let trusted = |owner: &Owner<'_>| setting.holds(Circle::Trusted, owner);
    let partly = !trusted(&Owner::Organization(id));
    states.extend(asked_values(clauses).filter(|state| match state {
        State::Present(path) => {
            path.starts_with(&inside) && !(partly && trusted(&Owner::Path(path)))
        }
        State::Absent | State::Unsure => false,
    }));
    states
}
