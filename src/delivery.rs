//! Delivery of the control policy without a deployment: what lies where the deployment says is held
//! against its hash, its size and the pin, and replaces the one in force only if all is well. Refuses to
//! repeat what it cannot read: a reason names the place, never the content.

mod uri;

pub use uri::{Identifiers, PolicyUri, UriError};

use crate::policy::{LoadError, LoadedPolicy};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// No control policy is larger, in bytes: the function has 256 MB. Parameter Store and AppConfig stop
/// earlier.
/// <https://docs.aws.amazon.com/general/latest/gr/appconfig.html>
pub const LARGEST: usize = 4 * 1024 * 1024;

/// What a source says when it is asked.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer {
    /// It holds what it held when it was asked before.
    Unchanged,
    /// What lies there.
    Content(Vec<u8>),
    /// It is larger than [`LARGEST`] and was not read to its end.
    TooLarge,
    /// A parameter of type `SecureString`, which nobody asked to decrypt.
    Encrypted,
}

/// Why a delivered control policy is not put in force.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// Larger than [`LARGEST`].
    #[error("it is larger than {LARGEST} bytes; whoever delivered it must deliver a shorter one")]
    TooLarge,
    /// Encrypted by Parameter Store.
    #[error(
        "it is a `SecureString`; whoever delivered it must store it as a `String`: it is no secret"
    )]
    Encrypted,
    /// Not UTF-8.
    #[error(
        "it is not text; whoever delivered it must deliver what `cordon check --compile` wrote"
    )]
    NotText,
    /// Not JSON, or not that of a compiled control policy.
    #[error(
        "it does not parse at line {line}, column {column}; whoever delivered it must compile it with \
         the `cordon` of the version that is deployed"
    )]
    Malformed {
        /// Where, from 1.
        line: usize,
        /// Where in the line, from 1; 0 where it ends too early.
        column: usize,
    },
    /// Written in a version of the language that is not known here.
    #[error(
        "it is written in version {0} of the control policy's language; whoever deploys must deploy a \
         Cordon that knows it"
    )]
    Version(u64),
    /// Changed after it was compiled.
    #[error(
        "it does not have the hash it names; whoever delivered it must compile `policy.yaml` again"
    )]
    Hash,
    /// Another one than the deployment asks for.
    #[error(
        "its hash is `{found}`, and `CORDON_POLICY_SHA256` asks for another; whoever deploys must pin \
         this one, or whoever delivered it must put the pinned one back"
    )]
    NotPinned {
        /// Of what was delivered.
        found: String,
    },
}

/// What came of one answer.
#[derive(Debug, PartialEq)]
pub enum Taken {
    /// Another control policy than the one in force, with nothing wrong.
    New(Box<LoadedPolicy>),
    /// The one in force.
    Same,
    /// Broken. Said again as long as it lies there.
    Rejected(Rejection),
}

/// Remembers what a source held, so that nothing is read twice.
#[derive(Debug)]
pub struct Watch {
    pin: Option<String>,
    in_force: String,
    /// SHA-256 of the bytes that came last.
    last: Option<[u8; 32]>,
    rejected: Option<Rejection>,
}

impl Watch {
    /// Over the control policy whose hash is `in_force`.
    pub const fn new(pin: Option<String>, in_force: String) -> Self {
        Self { pin, in_force, last: None, rejected: None }
    }

    /// The hash of the control policy in force.
    pub fn in_force(&self) -> &str {
        &self.in_force
    }

    /// Another control policy is in force than the one that was delivered.
    pub fn stands(&mut self, sha256: &str) {
        sha256.clone_into(&mut self.in_force);
    }

    /// Judges an answer. What is [`Taken::New`] counts as in force from then on.
    pub fn take(&mut self, answer: &Answer) -> Taken {
        let (hash, judged) = match answer {
            Answer::Unchanged => return self.as_before(),
            Answer::Content(bytes) => {
                let hash = Some(Sha256::digest(bytes).into());
                if hash == self.last {
                    return self.as_before();
                }
                (hash, judge(bytes, self.pin.as_deref()))
            }
            Answer::TooLarge => (None, Err(Rejection::TooLarge)),
            Answer::Encrypted => (None, Err(Rejection::Encrypted)),
        };
        self.last = hash;
        self.rejected = judged.as_ref().err().cloned();
        match judged {
            Ok(policy) if policy.sha256 == self.in_force => Taken::Same,
            Ok(policy) => {
                self.in_force.clone_from(&policy.sha256);
                Taken::New(Box::new(policy))
            }
            Err(rejection) => Taken::Rejected(rejection),
        }
    }

    fn as_before(&self) -> Taken {
        self.rejected.clone().map_or(Taken::Same, Taken::Rejected)
    }
}

/// Reads a compiled control policy, and holds it against the pin.
pub fn judge(bytes: &[u8], pin: Option<&str>) -> Result<LoadedPolicy, Rejection> {
    if bytes.len() > LARGEST {
        return Err(Rejection::TooLarge);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| Rejection::NotText)?;
    let loaded = LoadedPolicy::load(text).map_err(|error| rejection(text, &error))?;
    match pin {
        Some(pin) if pin != loaded.sha256 => Err(Rejection::NotPinned { found: loaded.sha256 }),
        Some(_) | None => Ok(loaded),
    }
}

/// The parser's own words quote what it reads, so that only its place is kept.
fn rejection(text: &str, error: &LoadError) -> Rejection {
    match (error, version(text)) {
        (LoadError::Hash, _) => Rejection::Hash,
        (LoadError::Json(_), Some(version)) if version != 1 => Rejection::Version(version),
        (LoadError::Json(error), _) => {
            Rejection::Malformed { line: error.line(), column: error.column() }
        }
    }
}

fn version(text: &str) -> Option<u64> {
    #[derive(Deserialize)]
    struct Compiled {
        policy: Versioned,
    }
    #[derive(Deserialize)]
    struct Versioned {
        version: u64,
    }
    serde_json::from_str::<Compiled>(text).ok().map(|compiled| compiled.policy.version)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::ControlPolicy;

    fn compiled(trusts_tags: bool) -> String {
        let mut policy = ControlPolicy::default();
        policy.defaults.trust_tags = trusts_tags;
        LoadedPolicy::compile(&policy).expect("it compiles")
    }

    fn content(text: impl Into<Vec<u8>>) -> Answer {
        Answer::Content(text.into())
    }

    fn hash(text: &str) -> String {
        LoadedPolicy::load(text).expect("it loads").sha256
    }

    /// As somebody makes it who knows how to hash.
    fn hashed(policy: &str) -> String {
        let digits = Sha256::digest(policy).into_iter().map(|byte| format!("{byte:02x}"));
        format!(r#"{{"sha256":"{}","policy":{policy}}}"#, digits.collect::<String>())
    }

    #[test]
    fn a_new_one_is_taken_once_and_the_one_in_force_is_no_new_one() {
        let (first, second) = (compiled(false), compiled(true));
        let mut watch = Watch::new(None, hash(&first));

        assert_eq!(watch.take(&content(first)), Taken::Same);
        assert!(
            matches!(watch.take(&content(&*second)), Taken::New(new) if new.sha256 == hash(&second))
        );
        assert_eq!(watch.take(&content(&*second)), Taken::Same);
        assert_eq!(watch.take(&Answer::Unchanged), Taken::Same);
        assert_eq!(watch.in_force(), hash(&second));
    }

    #[test]
    fn a_broken_one_is_rejected_for_as_long_as_it_lies_there_and_changes_nothing() {
        let good = compiled(false);
        let mut watch = Watch::new(None, hash(&good));

        for _ in 0..2 {
            assert!(matches!(watch.take(&content("{")), Taken::Rejected(_)));
            assert!(matches!(watch.take(&Answer::Unchanged), Taken::Rejected(_)));
        }
        assert_eq!(watch.in_force(), hash(&good));
        assert_eq!(watch.take(&content(&*good)), Taken::Same);
        assert_eq!(watch.take(&Answer::TooLarge), Taken::Rejected(Rejection::TooLarge));
        assert_eq!(watch.take(&content(good)), Taken::Same);
        assert_eq!(watch.take(&Answer::Unchanged), Taken::Same);
    }

    #[test]
    fn every_way_to_be_broken_has_its_reason() {
        let changed = compiled(false).replacen("dry-run", "enforce", 1);
        let cases: [(Vec<u8>, &str); 7] = [
            (Vec::new(), "does not parse at line 1, column 0"),
            (b"version: 1".to_vec(), "does not parse at line 1, column 1"),
            (hashed(r#"{"version":1,"kontrols":{}}"#).into(), "does not parse"),
            (hashed(r#"{"version":2}"#).into(), "version 2 of"),
            (vec![0xff, 0xfe], "is not text"),
            (vec![b' '; LARGEST + 1], "larger than 4194304 bytes"),
            (changed.into(), "the hash it names"),
        ];
        for (bytes, reason) in cases {
            let rejection = judge(&bytes, None).expect_err("it is broken").to_string();
            assert!(rejection.contains(reason), "{rejection}");
            assert!(rejection.contains("whoever de"), "{rejection}");
        }
    }

    #[test]
    fn a_reason_quotes_nothing_of_what_was_delivered() {
        let secrets =
            [r#"{"version":"hunter2"}"#, r#"{"version":1,"hunter2":1}"#, r#""hunter2""#, "hunter2"];
        for secret in secrets.map(hashed).iter().map(String::as_str).chain(secrets) {
            let rejection = judge(secret.as_bytes(), None).expect_err("it is broken");
            assert!(!rejection.to_string().contains("hunter2"), "{rejection}");
        }
    }

    #[test]
    fn only_the_pinned_one_is_taken() {
        let (first, second) = (compiled(false), compiled(true));
        let mut watch = Watch::new(Some(hash(&first)), String::new());

        assert_eq!(
            watch.take(&content(&*second)),
            Taken::Rejected(Rejection::NotPinned { found: hash(&second) })
        );
        assert!(matches!(watch.take(&content(first)), Taken::New(_)));
    }
}
