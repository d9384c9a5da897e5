//! Unpacks gzip files. What is one member, as CloudTrail writes, is unpacked in one go, which is the fastest there
//! is; whatever else is valid, as several members one after the other, is unpacked as a stream.
//! <https://www.rfc-editor.org/rfc/rfc1952>

use flate2::read::MultiGzDecoder;
use libdeflater::{Decompressor, crc32};
use std::{borrow::Cow, io::Read};

/// The most that a file may unpack to, in bytes: more would be a bomb, or an export to be split.
pub const LARGEST: usize = 1 << 30;

/// What every gzip file begins with.
const MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Deflate packs no better: <https://zlib.net/zlib_tech.html>.
const BEST_RATIO: usize = 1032;

/// Why a file could not be unpacked to its end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnpackError {
    /// It is damaged, or cut off.
    #[error("the gzip data is damaged or cut off ({0}); copy the file again")]
    Damaged(String),
    /// It is too large.
    #[error("it unpacks to more than {} MiB; split it", LARGEST >> 20)]
    TooLarge,
}

/// Unpacks one file after the other into the same memory.
pub struct Gunzip {
    whole: Decompressor,
    buffer: Vec<u8>,
}

impl Default for Gunzip {
    fn default() -> Self {
        Self { whole: Decompressor::new(), buffer: Vec::new() }
    }
}

impl Gunzip {
    /// What the file holds; what is not packed is what it is. Where the file is damaged, what stands before the
    /// damage comes with the error.
    pub fn unpack<'a>(&'a mut self, file: &'a [u8]) -> (Cow<'a, [u8]>, Option<UnpackError>) {
        if !file.starts_with(&MAGIC) {
            return (Cow::Borrowed(file), None);
        }
        match self.as_one(file) {
            Some(length) => (Cow::Borrowed(self.buffer.get(..length).unwrap_or_default()), None),
            None => as_stream(file),
        }
    }

    /// How much is in the buffer, if the file is one whole member: then its last eight bytes are the checksum and
    /// the length of all that was unpacked.
    fn as_one(&mut self, file: &[u8]) -> Option<usize> {
        let length = last_word(file, 4)?;
        if length > LARGEST || length > file.len().saturating_mul(BEST_RATIO) {
            return None;
        }
        if self.buffer.len() < length {
            self.buffer.resize(length, 0);
        }
        let into = self.buffer.get_mut(..length)?;
        // The checksum is taken once: libdeflate would hold it against what stands where the first member ends.
        let unpacked = self.whole.deflate_decompress(packed(file)?, into).ok()?;
        let checksum = usize::try_from(crc32(into)).ok()?;
        (unpacked == length && last_word(file, 8) == Some(checksum)).then_some(length)
    }
}

/// What is packed in a file of one member, whose header holds a name at most; other headers are left to the stream.
fn packed(file: &[u8]) -> Option<&[u8]> {
    const DEFLATE: u8 = 8;
    const NAME: u8 = 8;
    let [_, _, DEFLATE, flags, _, _, _, _, _, _, rest @ ..] = file else { return None };
    let rest = rest.get(..rest.len().checked_sub(8)?)?;
    match *flags {
        0 => Some(rest),
        NAME => rest.get(memchr::memchr(0, rest)? + 1..),
        _ => None,
    }
}

/// A number of four bytes, so many bytes before the end.
fn last_word(file: &[u8], before_end: usize) -> Option<usize> {
    let at = file.len().checked_sub(before_end)?;
    let word = file.get(at..at + 4)?.try_into().ok()?;
    usize::try_from(u32::from_le_bytes(word)).ok()
}

fn as_stream(file: &[u8]) -> (Cow<'_, [u8]>, Option<UnpackError>) {
    let mut unpacked = Vec::new();
    let longest = LARGEST as u64 + 1;
    let read = MultiGzDecoder::new(file).take(longest).read_to_end(&mut unpacked);
    let error = match read {
        Err(error) => Some(UnpackError::Damaged(error.to_string())),
        Ok(_) if unpacked.len() > LARGEST => {
            unpacked.clear();
            Some(UnpackError::TooLarge)
        }
        Ok(_) => None,
    };
    (Cow::Owned(unpacked), error)
}
