//! Values of environment variables, hashed so that they can be compared where the salt is the same and
//! nowhere else. The salt is the key of an HMAC (FIPS 198-1); whoever has only the hashes cannot
//! try out short or likely values. Refuses to show a salt.

use crate::finding::hex;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::fmt;

/// The random key of one incident's evidence, or of one function's snapshot. It is kept in the journal.
#[derive(Clone, PartialEq, Eq)]
pub struct Salt([u8; Salt::LENGTH]);

impl Salt {
    /// Bytes of a salt.
    pub const LENGTH: usize = 32;

    /// Takes bytes from a cryptographic generator, or from the journal.
    pub fn new(bytes: [u8; Self::LENGTH]) -> Self {
        Self(bytes)
    }

    /// The bytes, for the journal only.
    pub fn bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }

    /// The hash of `value`: equal values under one salt have equal ones, whatever they are called.
    pub fn hash(&self, value: &str) -> SaltedHash {
        // A key of any length will do, so that there is no other arm.
        let mac = Hmac::<Sha256>::new_from_slice(&self.0).map(|mac| mac.chain_update(value));
        let hex = match mac {
            Ok(mac) => hex(&mac.finalize().into_bytes()),
            Err(_) => String::new(),
        };
        SaltedHash(format!("hmac-sha256:{hex}"))
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt(..)")
    }
}

/// `hmac-sha256:` and 64 hexadecimal digits: HMAC-SHA-256 of a value under a salt.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct SaltedHash(String);
