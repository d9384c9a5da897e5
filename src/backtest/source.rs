//! What an archive is made of: files in folders, in the order in which they were delivered.

use crate::archive::{Name, named};
use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};
use time::OffsetDateTime;

/// A file, an object of S3, or a part of a file that is too long to be read at once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// When it was delivered, if its name tells.
    pub delivered: Option<OffsetDateTime>,
    /// Its path or URL, as people are told.
    pub path: String,
    /// Where it is.
    pub place: Place,
    /// Bytes, as they are stored.
    pub size: u64,
    /// Other where it was written again: its time of change, or its hash.
    pub version: String,
}

/// Where a source is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A file.
    File(PathBuf),
    /// The lines of a file that begin at or after a byte and before another.
    Lines(PathBuf, u64, u64),
    /// An object of S3.
    Object {
        /// The bucket.
        bucket: String,
        /// The key.
        key: String,
    },
}

/// The sources of an archive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sources {
    /// Those that hold events.
    pub all: Vec<Source>,
    /// How many hold none.
    pub passed_over: u64,
}

/// Lines of a long file that are read at once, in bytes.
const PART: u64 = 32 << 20;

/// The longest line that is looked for to tell lines from other forms.
const LONGEST_LINE: u64 = 1 << 20;

impl Sources {
    /// Adds a file, or all files of a folder and of those in it. Links to folders are not followed.
    ///
    /// # Errors
    /// What cannot be listed, and why.
    pub fn add_path(&mut self, path: &Path) -> Result<(), String> {
        let at = |error: io::Error| format!("{}: {error}", path.display());
        if fs::metadata(path).map_err(at)?.is_dir() {
            return self.add_folder(path);
        }
        // Whoever names a file means it, whatever it is called.
        let delivered = match named(&path.to_string_lossy()) {
            Name::Events(delivered) => delivered,
            Name::NoEvents => None,
        };
        self.add_file(path, delivered).map_err(at)
    }

    fn add_folder(&mut self, folder: &Path) -> Result<(), String> {
        let at = |error: io::Error| format!("{}: {error}", folder.display());
        for entry in fs::read_dir(folder).map_err(at)? {
            let entry = entry.map_err(at)?;
            let (path, kind) = (entry.path(), entry.file_type().map_err(at)?);
            if kind.is_dir() {
                self.add_folder(&path)?;
            } else if let Name::Events(delivered) = named(&path.to_string_lossy()) {
                // What is gone, or leads nowhere, is told when it is read.
                self.add_file(&path, delivered).map_err(at)?;
            } else {
                self.passed_over += 1;
            }
        }
        Ok(())
    }

    fn add_file(&mut self, path: &Path, delivered: Option<OffsetDateTime>) -> io::Result<()> {
        let stored = fs::metadata(path);
        let size = stored.as_ref().map_or(0, fs::Metadata::len);
        let changed = stored.and_then(|stored| stored.modified()).map(OffsetDateTime::from);
        let version = changed.map_or(String::new(), |at| at.unix_timestamp_nanos().to_string());
        let shown = path.display().to_string();
        let source =
            |place, path, size| Source { delivered, path, place, size, version: version.clone() };
        if size <= 2 * PART || !is_lines(path)? {
            self.all.push(source(Place::File(path.to_owned()), shown, size));
            return Ok(());
        }
        let mut from = 0;
        while from < size {
            let to = (from + PART).min(size);
            let place = Place::Lines(path.to_owned(), from, to);
            self.all.push(source(place, format!("{shown} (from byte {from})"), to - from));
            from = to;
        }
        Ok(())
    }

    /// In the order of their delivery; what tells none comes first, by its name.
    pub fn in_order(mut self) -> Self {
        self.all.sort();
        self.all.dedup();
        self
    }

    /// Bytes in all, as they are stored.
    pub fn size(&self) -> u64 {
        self.all.iter().map(|source| source.size).sum()
    }
}

/// Whether a file holds one event a line: its first line is a whole JSON object.
fn is_lines(path: &Path) -> io::Result<bool> {
    let mut line = Vec::new();
    BufReader::new(File::open(path)?.take(LONGEST_LINE)).read_until(b'\n', &mut line)?;
    let object = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&line);
    Ok(line.ends_with(b"\n") && object.is_ok())
}

/// Reads a source that is on this machine.
///
/// # Errors
/// Why it cannot be read.
pub(super) fn read_file(place: &Place) -> io::Result<Vec<u8>> {
    match place {
        Place::File(path) => fs::read(path),
        Place::Lines(path, from, to) => lines(path, *from, *to),
        Place::Object { .. } => Err(io::Error::other("it is not on this machine")),
    }
}

fn lines(path: &Path, from: u64, to: u64) -> io::Result<Vec<u8>> {
    let mut file = BufReader::new(File::open(path)?);
    let mut at = from;
    if let Some(before) = from.checked_sub(1) {
        // The line that the part before ends in is its own.
        file.seek(SeekFrom::Start(before))?;
        at = before + file.skip_until(b'\n')? as u64;
    }
    let mut read = Vec::new();
    file.by_ref().take(to.saturating_sub(at)).read_to_end(&mut read)?;
    if at < to && !read.ends_with(b"\n") {
        file.read_until(b'\n', &mut read)?;
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_file_are_its_lines_each_once() {
        let path = std::env::temp_dir().join(format!("cordon-lines-{}", std::process::id()));
        let whole: String = (0..50).map(|n| format!("{{\"n\":\"{}\"}}\n", "x".repeat(n))).collect();
        fs::write(&path, &whole).unwrap();
        assert!(is_lines(&path).unwrap());
        let size = whole.len() as u64;
        for part in [1, 7, 9, 64, 1000, size, size + 1] {
            let mut all = Vec::new();
            for from in (0..size).step_by(part as usize) {
                all.extend(lines(&path, from, (from + part).min(size)).unwrap());
            }
            assert_eq!(String::from_utf8(all).unwrap(), whole, "parts of {part}");
        }
        fs::write(&path, "{\"Records\":\n[]}").unwrap();
        assert!(!is_lines(&path).unwrap());
        fs::remove_file(&path).unwrap();
    }
}
