//! What nothing can be faster than: read each file, and unpack it into a buffer that is used again. And what stands
//! between that and a back-test. Each runs in a process of its own, and prints what it counted.

use cordon::archive::{Gunzip, Interest, read};
use libdeflater::Decompressor;
use std::{
    fs,
    hint::black_box,
    path::PathBuf,
    sync::atomic::{AtomicU64, AtomicUsize, Ordering},
    thread,
};

/// What is done with each file.
#[derive(Clone, Copy)]
pub enum Stage {
    /// It is unpacked.
    Unpack,
    /// It is unpacked and read as a back-test reads it: what no control may look at is passed over, and what is left is
    /// not judged.
    PassOver,
    /// And every record is found, as JSON.
    Records,
    /// And every record is parsed, as a program would that knows nothing of what it looks for.
    Parse,
}

impl Stage {
    /// Each with its name.
    pub const ALL: [(&str, Self); 4] = [
        ("unpack", Self::Unpack),
        ("pass over", Self::PassOver),
        ("records", Self::Records),
        ("parse", Self::Parse),
    ];

    /// The one with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.0 == name).map(|stage| stage.1)
    }
}

/// Goes through the files, on all processors, and adds up bytes, or records.
pub fn run(stage: Stage, files: &[PathBuf]) -> u64 {
    let (next, total) = (AtomicUsize::new(0), AtomicU64::new(0));
    let work = || {
        let (mut unpacker, mut buffer) = (Decompressor::new(), Vec::new());
        let (mut gunzip, interest) = (Gunzip::default(), Interest::default());
        while let Some(path) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            let packed = fs::read(path).expect("the file can be read");
            let counted = match stage {
                Stage::Unpack => unpack(&mut unpacker, &packed, &mut buffer).len() as u64,
                Stage::PassOver => black_box(read(&gunzip.unpack(&packed).0, &interest)).records,
                Stage::Records => records(unpack(&mut unpacker, &packed, &mut buffer)),
                Stage::Parse => parsed(unpack(&mut unpacker, &packed, &mut buffer)),
            };
            total.fetch_add(counted, Ordering::Relaxed);
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    total.into_inner()
}

/// A file's last four bytes tell how large it is unpacked: <https://www.rfc-editor.org/rfc/rfc1952>.
fn unpack<'a>(unpacker: &mut Decompressor, packed: &[u8], buffer: &'a mut Vec<u8>) -> &'a [u8] {
    let size = packed.last_chunk().map_or(0, |size| u32::from_le_bytes(*size)) as usize;
    if buffer.len() < size {
        buffer.resize(size, 0);
    }
    let length = unpacker.gzip_decompress(packed, buffer).expect("it is whole");
    &buffer[..length]
}

fn records(text: &[u8]) -> u64 {
    #[derive(serde::Deserialize)]
    struct File<'a> {
        #[serde(rename = "Records", borrow)]
        records: Vec<&'a serde_json::value::RawValue>,
    }
    let file: File<'_> = serde_json::from_slice(text).expect("JSON");
    file.records.len() as u64
}

fn parsed(text: &[u8]) -> u64 {
    let file: serde_json::Value = serde_json::from_slice(text).expect("JSON");
    file["Records"].as_array().map_or(0, |records| records.len() as u64)
}
