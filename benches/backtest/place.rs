//! Where and when a record is made, and the names of what is there.

use crate::chance::Chance;
use std::fmt::Write as _;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// The organization that all accounts belong to.
pub const ORGANIZATION: &str = "o-a1b2c3d4e5";

/// Each account of it that the trail records.
pub const ACCOUNTS: [&str; 3] = ["111122223333", "222233334444", "444455556666"];

/// Each Region. IAM and sign-ins are recorded in the first.
pub const REGIONS: [&str; 2] = ["us-east-1", "eu-west-1"];

/// The first event: 2026-11-02T00:00:00Z, in seconds.
pub const START: i64 = 1_793_577_600;

const TEAMS: [&str; 16] = [
    "orders", "billing", "search", "media", "catalog", "identity", "shipping", "pricing",
    "reports", "mailer", "ledger", "fraud", "loyalty", "support", "partner", "archive",
];
const JOBS: [&str; 12] = [
    "api", "worker", "import", "export", "resize", "notify", "cleanup", "sync", "stream", "audit",
    "webhook", "nightly",
];

/// What random names are made of.
pub const ALPHANUMERIC: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// An account, a Region and a moment.
#[derive(Clone, Copy)]
pub struct Place {
    /// The account's id.
    pub account: &'static str,
    /// The Region.
    pub region: &'static str,
    /// When, in seconds.
    pub at: i64,
    /// What names that nobody else has are made of.
    pub own: u64,
}

/// A moment as CloudTrail writes it.
pub fn written(at: i64) -> String {
    let at = OffsetDateTime::from_unix_timestamp(at).expect("a moment of these years");
    at.format(&Rfc3339).expect("it can be written")
}

/// A name that nobody else has.
pub fn own(place: Place) -> String {
    format!("trial-{:012x}", place.own >> 16)
}

/// The name of one of the account's functions: 192 of them.
pub fn function(chance: &mut Chance) -> String {
    format!("{}-{}", chance.any(&TEAMS), chance.any(&JOBS))
}

/// So many hexadecimal digits.
pub fn hex(chance: &mut Chance, digits: usize) -> String {
    letters(chance, digits, b"0123456789abcdef")
}

/// So many letters and digits, as in an access key.
pub fn key(chance: &mut Chance, letters_of_it: usize) -> String {
    letters(chance, letters_of_it, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
}

/// So many of these letters.
pub fn letters(chance: &mut Chance, many: usize, of: &[u8]) -> String {
    (0..many).map(|_| char::from(*chance.any(of))).collect()
}

/// A random UUID.
pub fn uuid(chance: &mut Chance) -> String {
    let [a, b] = [chance.next(), chance.next()];
    let (first, second, third) = (a >> 32, a >> 16 & 0xffff, a & 0xfff);
    let (fourth, fifth) = (b >> 48 & 0x3fff | 0x8000, b & 0xffff_ffff_ffff);
    format!("{first:08x}-{second:04x}-4{third:03x}-{fourth:04x}-{fifth:012x}")
}

/// Replaces what stands in `<>` in a text. The same throughout a record, and throughout what is planted together:
/// `account`, `region`, `own` (nobody else is called so), and what the account has so many of: `function`, `team`,
/// `bucket`, `table`, `key`, `instance`, `secret`. Another each time: `uuid`, and `hex`, `base64` and `number` with how
/// many digits, or what it is below. And `at` is the time of the call.
pub fn filled(text: &str, place: Place, chance: &mut Chance, to: &mut String) {
    let mut rest = text;
    while let Some((plain, after)) = rest.split_once('<') {
        let (name, after) = after.split_once('>').expect("what is opened is closed");
        to.push_str(plain);
        fill(name, place, chance, to);
        rest = after;
    }
    to.push_str(rest);
}

fn fill(name: &str, place: Place, chance: &mut Chance, to: &mut String) {
    let (name, many) = name.split_once(':').unwrap_or((name, "0"));
    let many: usize = many.parse().expect("a number");
    let same = || Chance::of(&[place.own, name.len() as u64]);
    match name {
        "account" => to.push_str(place.account),
        "region" => to.push_str(place.region),
        "at" => to.push_str(&written(place.at)),
        "own" => to.push_str(&own(place)),
        "function" => to.push_str(&function(&mut same())),
        "team" => to.push_str(same().any::<&str>(&TEAMS)),
        "bucket" => write!(to, "acme-{}-{}", same().any(&TEAMS), place.account).expect("text"),
        "table" => write!(to, "{}-{}", same().any(&TEAMS), same().any(&JOBS)).expect("text"),
        "key" => to.push_str(&of_few(12, place, &mut same(), uuid)),
        "instance" => to.push_str(&of_few(60, place, &mut same(), |chance| hex(chance, 17))),
        "secret" => to.push_str(&of_few(40, place, &mut same(), |chance| key(chance, 6))),
        "uuid" => to.push_str(&uuid(chance)),
        "hex" => to.push_str(&hex(chance, many)),
        "base64" => to.push_str(&letters(chance, many, ALPHANUMERIC)),
        "number" => write!(to, "{}", chance.below(many as i64)).expect("text"),
        other => panic!("nothing is called `{other}`"),
    }
}

/// One of the few names of its kind that a place has, the same in all files.
fn of_few(
    few: i64,
    place: Place,
    chance: &mut Chance,
    name: impl Fn(&mut Chance) -> String,
) -> String {
    let account = place.account.parse().unwrap_or_default();
    let (region, which) = (place.region.len() as u64, chance.below(few) as u64);
    name(&mut Chance::of(&[account, region, few as u64, which]))
}
