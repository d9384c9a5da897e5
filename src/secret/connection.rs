//! Passwords in connection strings: in an address (`postgres://user:password@host`), and as a pair
//! (`Password=...;`, `?password=...`). Refuses what stands for a password, such as `${PASSWORD}`.
//! <https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1>

use super::{
    Suspicion,
    value::{is_placeholder, points_elsewhere},
};

const ADDRESS: Suspicion = Suspicion::new(
    "password in a connection string",
    "https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1",
);
const PAIR: Suspicion = Suspicion::new(
    "password in a connection string",
    "https://learn.microsoft.com/en-us/dotnet/framework/data/adonet/connection-string-syntax",
);
const ACCOUNT_KEY: Suspicion = Suspicion::new(
    "Azure storage account key",
    "https://learn.microsoft.com/en-us/azure/storage/common/storage-configure-connection-string",
);
const SHARED_KEY: Suspicion = Suspicion::new(
    "Azure shared access key",
    "https://learn.microsoft.com/en-us/azure/service-bus-messaging/service-bus-sas",
);

pub(super) fn find(value: &str) -> Option<Suspicion> {
    in_address(value).or_else(|| in_pair(value))
}

/// The part behind each `://` up to the `@`, where it has a colon.
fn in_address(value: &str) -> Option<Suspicion> {
    value.split("://").skip(1).find_map(|rest| {
        let end = rest.find(|c: char| "/?#\"'".contains(c) || c.is_whitespace());
        let authority = end.and_then(|end| rest.get(..end)).unwrap_or(rest);
        let (user, _) = authority.rsplit_once('@')?;
        let (_, password) = user.split_once(':')?;
        is_real(password).then_some(ADDRESS)
    })
}

fn in_pair(value: &str) -> Option<Suspicion> {
    let ends = |c: char| ";&?,\"'".contains(c) || c.is_whitespace();
    value.split(ends).find_map(|pair| {
        let (key, password) = pair.split_once('=')?;
        let is = |name: &str| key.eq_ignore_ascii_case(name);
        let suspicion = if is("AccountKey") {
            ACCOUNT_KEY
        } else if is("SharedAccessKey") {
            SHARED_KEY
        } else if is("Password") || is("Pwd") {
            PAIR
        } else {
            return None;
        };
        is_real(password).then_some(suspicion)
    })
}

/// Whether it is the password and not a place for one.
fn is_real(password: &str) -> bool {
    !password.is_empty() && !is_placeholder(password) && !points_elsewhere(password)
}
