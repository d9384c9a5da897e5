//! Variables whose name promises a secret, with a value that is random enough to be one. A name that
//! goes on behind the promise (`SECRET_ARN`, `TOKEN_URL`) tells of a secret and holds none. Misses
//! rather than accuses: passwords of one kind of character, secrets that read like names, and random
//! text that begins like a path.
//! <https://cwe.mitre.org/data/definitions/526.html>

use super::{
    Suspicion,
    value::{entropy, is_name, is_placeholder, is_plain, kinds},
};

const AWS_SECRET: Suspicion = Suspicion::new(
    "AWS secret access key",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html",
);

/// Cleartext in environment variables.
const SOURCE: &str = "https://cwe.mitre.org/data/definitions/526.html";
const PASSWORD: Suspicion = Suspicion::new("high entropy under a name that says password", SOURCE);
const SECRET: Suspicion = Suspicion::new("high entropy under a name that says secret", SOURCE);
const TOKEN: Suspicion = Suspicion::new("high entropy under a name that says token", SOURCE);
const KEY: Suspicion = Suspicion::new("high entropy under a name that says key", SOURCE);
const CREDENTIALS: Suspicion =
    Suspicion::new("high entropy under a name that says credentials", SOURCE);

/// People choose passwords: short, of some kinds of characters.
const PASSWORD_LENGTH: usize = 8;
const PASSWORD_ENTROPY: f64 = 2.5;
/// Machines make the others. 16 random hexadecimal digits have about 3.2 bits each.
const LENGTH: usize = 16;
const ENTROPY: f64 = 2.75;

/// What may follow the promise without breaking it is not here.
const TURNS: [&str; 59] = [
    "algorithm",
    "alias",
    "arn",
    "audience",
    "bucket",
    "cache",
    "count",
    "days",
    "dir",
    "directory",
    "duration",
    "enabled",
    "endpoint",
    "expiration",
    "expires",
    "expiry",
    "field",
    "file",
    "filename",
    "header",
    "host",
    "id",
    "ids",
    "identifier",
    "issuer",
    "label",
    "length",
    "lifetime",
    "limit",
    "location",
    "manager",
    "max",
    "min",
    "mode",
    "name",
    "names",
    "param",
    "parameter",
    "path",
    "policy",
    "prefix",
    "provider",
    "ref",
    "reference",
    "region",
    "required",
    "rotation",
    "scope",
    "size",
    "source",
    "ssm",
    "store",
    "suffix",
    "table",
    "timeout",
    "ttl",
    "type",
    "uri",
    "url",
];

pub(super) fn find(name: &str, value: &str) -> Option<Suspicion> {
    if value.len() < PASSWORD_LENGTH || is_placeholder(value) {
        return None;
    }
    let parts = parts(name);
    if is_aws_secret(&parts, value) {
        return Some(AWS_SECRET);
    }
    promise(&parts).filter(|promise| !is_plain(value) && keeps(*promise, value))
}

/// 40 characters of base64. AWS documents no form of the secret: the name has to say it.
fn is_aws_secret(parts: &[String], value: &str) -> bool {
    let says = |word: &str| parts.iter().any(|part| part == word);
    let base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"/+".contains(&byte);
    says("secret")
        && (says("access") || says("aws"))
        && value.len() == 40
        && value.bytes().all(base64)
        && [u8::is_ascii_uppercase, u8::is_ascii_lowercase, u8::is_ascii_digit]
            .iter()
            .all(|kind| value.bytes().any(|byte| kind(&byte)))
}

/// What the name promises, unless it goes on to something about it, or says that it is public.
fn promise(parts: &[String]) -> Option<Suspicion> {
    if parts.iter().any(|part| ["public", "publishable"].contains(&part.as_str())) {
        return None;
    }
    let before = |at: usize| at.checked_sub(1).and_then(|at| parts.get(at)).map(String::as_str);
    let mut promises = parts
        .iter()
        .enumerate()
        .filter_map(|(at, part)| promise_of(part, before(at)).map(|promise| (at, promise)));
    let (at, promise) = promises.next_back()?;
    let turned = parts.iter().skip(at + 1).any(|part| TURNS.contains(&part.as_str()));
    (!turned).then_some(promise)
}

fn promise_of(part: &str, before: Option<&str>) -> Option<Suspicion> {
    let ends = |words: &[&str]| words.iter().any(|word| part.ends_with(word));
    if ends(&["password", "passwd", "passphrase", "passcode"]) || ["pass", "pwd"].contains(&part) {
        return Some(PASSWORD);
    }
    if ends(&["apikey", "accesskey", "secretkey", "privatekey"]) {
        return Some(KEY);
    }
    let kind = ["api", "access", "private", "secret", "account", "auth", "encryption", "signing"];
    if part == "key" && before.is_some_and(|before| kind.contains(&before)) {
        return Some(KEY);
    }
    if ends(&["secret", "secrets"]) {
        return Some(SECRET);
    }
    if ends(&["token", "tokens"]) {
        return Some(TOKEN);
    }
    ends(&["credential", "credentials", "creds"]).then_some(CREDENTIALS)
}

/// Whether the value is random enough for the promise.
fn keeps(promise: Suspicion, value: &str) -> bool {
    if promise == PASSWORD {
        let reference = value.contains('/') && is_name(value);
        return !reference && kinds(value) >= 2 && entropy(value) >= PASSWORD_ENTROPY;
    }
    let digits = value.contains(|c: char| c.is_ascii_digit());
    value.len() >= LENGTH && digits && !is_name(value) && entropy(value) >= ENTROPY
}

/// The words of a name in `SNAKE_CASE` or `camelCase`, small, without numbers.
fn parts(name: &str) -> Vec<String> {
    let (mut parts, mut part) = (Vec::new(), String::new());
    let mut letters = name.chars().peekable();
    let mut before = ' ';
    while let Some(letter) = letters.next() {
        let next_small = letters.peek().is_some_and(char::is_ascii_lowercase);
        // `apiKey`, `APIKey`
        let hump = letter.is_ascii_uppercase()
            && (before.is_ascii_lowercase() || before.is_ascii_uppercase() && next_small);
        if (hump || !letter.is_ascii_alphabetic()) && !part.is_empty() {
            parts.push(std::mem::take(&mut part));
        }
        if letter.is_ascii_alphabetic() {
            part.push(letter.to_ascii_lowercase());
        }
        before = letter;
    }
    if !part.is_empty() {
        parts.push(part);
    }
    parts
}
