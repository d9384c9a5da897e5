//! What was read of an archive, in a file, so that a run that was broken off, or is made again with another control
//! policy, reads nothing twice. The events that matter are a small part of an archive.
//!
//! The file is a row of gzip members, each behind its length in four bytes: first what it was made for, then one for
//! each source. A run that is killed leaves at most a cut one at the end, which is written anew.

use super::source::Source;
use crate::archive::{Contents, Delivery, Interest};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use serde::{Deserialize, Serialize};
use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    fs::{File, OpenOptions},
    io::{self, BufReader, Read, Seek, SeekFrom, Write},
    path::Path,
    sync::{Mutex, PoisonError},
};

/// What was read of an archive.
#[derive(Debug)]
pub struct Kept {
    /// Where each source stands in the file.
    places: HashMap<String, Range>,
    file: Mutex<File>,
}

#[derive(Debug, Clone, Copy)]
struct Range {
    from: u64,
    length: u32,
}

/// The form of the file, and what was looked for.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Header {
    cordon: String,
    interest: String,
}

/// What a source held.
#[derive(Serialize, Deserialize)]
struct Entry<'a> {
    key: String,
    unpacked: u64,
    records: u64,
    malformed: BTreeMap<Cow<'static, str>, u64>,
    broken: Option<String>,
    deliveries: Cow<'a, [Delivery]>,
}

impl Kept {
    /// Opens the file, or makes it. One that was made by another version, or for other events, is begun anew.
    ///
    /// # Errors
    /// Where it is another file, or cannot be read or written.
    pub fn open(path: &Path, interest: &Interest) -> io::Result<Self> {
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        let header =
            Header { cordon: env!("CARGO_PKG_VERSION").to_owned(), interest: interest.signature() };
        let is_new = file.metadata()?.len() == 0;
        let mut reader = BufReader::new(&mut file);
        let known: Option<Header> = member(&mut reader)?.and_then(|bytes| unpack(&bytes));
        if known.is_none() && !is_new {
            return Err(io::Error::other("it is no file that was kept by a back-test"));
        }
        let mut kept = Self { places: HashMap::new(), file: Mutex::new(file) };
        if known.as_ref() == Some(&header) {
            kept.find_places()?;
        } else {
            kept.begin(&header)?;
        }
        Ok(kept)
    }

    /// How many sources it knows.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether it knows none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    fn begin(&mut self, header: &Header) -> io::Result<()> {
        let file = self.file.get_mut().unwrap_or_else(PoisonError::into_inner);
        file.set_len(0)?;
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&pack(header)?)
    }

    /// Finds what is whole, and cuts off what is not.
    fn find_places(&mut self) -> io::Result<()> {
        #[derive(Deserialize)]
        struct Key {
            key: String,
        }
        let file = self.file.get_mut().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(0))?;
        let mut reader = BufReader::new(&mut *file);
        let mut at = 0;
        while let Some(bytes) = member(&mut reader)? {
            let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
            if let Some(Key { key }) = unpack(&bytes) {
                self.places.insert(key, Range { from: at + 4, length });
            }
            at += 4 + u64::from(length);
        }
        file.set_len(at)?;
        file.seek(SeekFrom::End(0)).map(drop)
    }

    /// What a source held, and to how many bytes it was unpacked, if it is known.
    pub(super) fn get(&self, source: &Source) -> Option<(Contents, u64)> {
        let Range { from, length } = *self.places.get(&key(source))?;
        let mut bytes = vec![0; length as usize];
        {
            let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
            file.seek(SeekFrom::Start(from)).ok()?;
            file.read_exact(&mut bytes).ok()?;
            file.seek(SeekFrom::End(0)).ok()?;
        }
        let Entry { unpacked, records, malformed, broken, deliveries, .. } = unpack(&bytes)?;
        let deliveries = deliveries.into_owned();
        Some((Contents { deliveries, records, malformed, broken }, unpacked))
    }

    /// Keeps what a source held. What cannot be written is read again the next time.
    pub(super) fn put(&self, source: &Source, contents: &Contents, unpacked: u64) {
        let entry = Entry {
            key: key(source),
            unpacked,
            records: contents.records,
            malformed: contents.malformed.clone(),
            broken: contents.broken.clone(),
            deliveries: Cow::Borrowed(&contents.deliveries),
        };
        if let Ok(bytes) = pack(&entry) {
            let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
            let _ = file.write_all(&bytes);
        }
    }
}

fn key(source: &Source) -> String {
    let Source { path, size, version, .. } = source;
    format!("{path}\n{size}\n{version}")
}

fn pack(value: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; 4];
    let mut gzip = GzEncoder::new(&mut bytes, Compression::fast());
    serde_json::to_writer(&mut gzip, value)?;
    gzip.finish()?;
    let length = u32::try_from(bytes.len() - 4).map_err(io::Error::other)?;
    bytes.splice(..4, length.to_le_bytes());
    Ok(bytes)
}

fn unpack<T: for<'de> Deserialize<'de>>(bytes: &[u8]) -> Option<T> {
    serde_json::from_reader(GzDecoder::new(bytes)).ok()
}

/// The next member; none at the end, or where the last one is cut.
fn member(from: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    let mut bytes = Vec::new();
    if from.take(4).read_to_end(&mut bytes)? < length.len() {
        return Ok(None);
    }
    length.copy_from_slice(&bytes);
    let length = u64::from(u32::from_le_bytes(length));
    bytes.clear();
    let read = from.take(length).read_to_end(&mut bytes)?;
    Ok((read as u64 == length).then_some(bytes))
}
