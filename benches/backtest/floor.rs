//! What nothing can be faster than: read each file, and unpack it into a buffer that is used again. And what stands
//! between that and a back-test. Each runs in a process of its own, and prints what it counted.

use libdeflater::Decompressor;
use std::{
    fs,
    path::PathBuf,
    sync::atomic::{AtomicU64, AtomicUsize, Ordering},
    thread,
};

/// The name of a stage as the bench's own argument, if there is such a stage.
pub fn stage(name: &str) -> Option<fn(&[u8]) -> u64> {
    match name {
        "unpack" => Some(|text| text.len() as u64),
        "records" => Some(records),
        "parse" => Some(parsed),
        "pass-over" => Some(passed_over),
        _ => None,
    }
}

/// Unpacks each file, on all processors, and adds up what the stage makes of them.
pub fn run(stage: fn(&[u8]) -> u64, files: &[PathBuf]) -> u64 {
    let (next, total) = (AtomicUsize::new(0), AtomicU64::new(0));
    let work = || {
        let (mut unpacker, mut buffer) = (Decompressor::new(), Vec::new());
        while let Some(path) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            let packed = fs::read(path).expect("the file can be read");
            let text = unpack(&mut unpacker, &packed, &mut buffer);
            total.fetch_add(stage(text), Ordering::Relaxed);
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

/// Finds where each record begins and ends, and looks at nothing else.
fn records(text: &[u8]) -> u64 {
    #[derive(serde::Deserialize)]
    struct File<'a> {
        #[serde(rename = "Records", borrow)]
        records: Vec<&'a serde_json::value::RawValue>,
    }
    let file: File<'_> = serde_json::from_slice(text).expect("JSON");
    file.records.len() as u64
}

/// Parses every record whole, as a program that knows nothing of what it looks for would.
fn parsed(text: &[u8]) -> u64 {
    let file: serde_json::Value = serde_json::from_slice(text).expect("JSON");
    file["Records"].as_array().map_or(0, |records| records.len() as u64)
}

// HERE: `cordon::archive`, what tells records that no control may look at from the others, alone.
/// What passing over records takes, without looking at those that are left.
const fn passed_over(_: &[u8]) -> u64 {
    0
}
