//! Threads, damage, and going on from where a run was broken off.

use super::{ENFORCED, Told, archive::Archive, folder};
use crate::command_line::Folder;
use std::{
    fs,
    path::{Path, PathBuf},
};

fn busy() -> Archive {
    let mut archive = Archive::default();
    for number in 0..12 {
        archive.read_objects(7);
        let name = format!("f{number}");
        archive.create_function(&name, "nodejs22.x");
        archive.add_permission(&name, "open", "*");
    }
    archive
}

/// The files of events, in the order of their names.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else if !path.to_string_lossy().contains("Digest") {
            all.push(path);
        }
    }
    all.sort();
    all
}

fn told(folder: &Folder, more: &[&str]) -> (i32, Told, String) {
    let run = folder.cordon(&[&["backtest", "archive", "--json"], more].concat(), "");
    (run.code, Told::of(&run), run.err)
}

#[test]
fn however_many_threads_it_says_the_same() {
    let folder = folder("backtest-threads", &busy(), &[("policy.yaml", ENFORCED)]);
    let (_, one, _) = told(&folder, &["--threads", "1"]);
    assert!(one.findings.len() >= 12);
    for threads in ["2", "7"] {
        let (_, many, _) = told(&folder, &["--threads", threads]);
        assert_eq!(many.findings, one.findings);
        assert_eq!(many.summary, one.summary);
    }
}

#[test]
fn a_damaged_file_is_named_and_keeps_no_other_from_being_read() {
    let folder = folder(
        "backtest-damaged",
        &busy(),
        &[("policy.yaml", "version: 1\ndefaults: {mode: 'off'}\n")],
    );
    let (code, whole, _) = told(&folder, &[]);
    assert_eq!(code, 0, "no control is on");
    let all = files(&folder.path().join("archive"));
    let bytes = fs::read(&all[2]).unwrap();
    fs::write(&all[2], &bytes[..bytes.len() / 2]).unwrap();
    fs::write(&all[4], b"not gzip and no JSON").unwrap();
    let (code, told, _) = told(&folder, &[]);
    assert_eq!(code, 1);
    let read = &told.summary["read"];
    let unreadable = read["unreadable"].as_array().unwrap();
    let named: Vec<_> = unreadable.iter().map(|one| one["path"].as_str().unwrap()).collect();
    let want: Vec<_> = [&all[2], &all[4]].map(|path| path.to_string_lossy().into_owned()).into();
    let is_named = |want: &String| named.iter().any(|path| want.ends_with(path));
    assert!(want.iter().all(is_named), "{named:?}");
    assert_eq!(read["files"], whole.summary["read"]["files"].as_u64().unwrap() - 2);
    let words = folder.cordon(&["backtest", "archive"], "");
    assert!(words.out.contains("not read to its end"), "{}", words.out);
}

#[test]
fn what_was_kept_is_not_read_again_and_says_the_same() {
    let folder = folder("backtest-resume", &busy(), &[("policy.yaml", ENFORCED)]);
    let (_, want, _) = told(&folder, &[]);
    let (_, first, said) = told(&folder, &["--resume", "kept"]);
    assert!(!said.contains("were read before"), "{said}");
    assert_eq!(first.summary, want.summary);
    let all = files(&folder.path().join("archive"));
    let kept = folder.path().join("kept");
    // As if it had been killed while it wrote.
    let bytes = fs::read(&kept).unwrap();
    fs::write(&kept, &bytes[..bytes.len() - 20]).unwrap();
    let (_, again, said) = told(&folder, &["--resume", "kept"]);
    assert!(said.contains(&format!("{} files were read before", all.len() - 1)), "{said}");
    assert_eq!(again.summary, want.summary);
    assert_eq!(again.findings, want.findings);
    // What is not read is not missed; what was written again is read again.
    let (_, last, said) = told(&folder, &["--resume", "kept"]);
    assert!(said.contains(&format!("{} files were read before", all.len())), "{said}");
    assert_eq!(last.summary, want.summary);
    fs::write(&all[0], b"changed").unwrap();
    let (code, changed, _) = told(&folder, &["--resume", "kept"]);
    assert_eq!(code, 1);
    assert_eq!(changed.summary["read"]["unreadable"].as_array().unwrap().len(), 1);
    let strange = folder.cordon(&["backtest", "archive", "--resume", "policy.yaml"], "");
    assert_eq!(strange.code, 2);
    assert!(strange.err.contains("no file that was kept"), "{}", strange.err);
    assert_eq!(fs::read_to_string(folder.path().join("policy.yaml")).unwrap(), ENFORCED);
}

#[test]
fn events_that_are_there_twice_count_once() {
    let archive = busy();
    let folder = folder("backtest-twice", &archive, &[("policy.yaml", ENFORCED)]);
    let (_, once, _) = told(&folder, &[]);
    archive.write(&folder.path().join("archive/copy"));
    let (_, twice, _) = told(&folder, &[]);
    assert_eq!(twice.found(), once.found());
    assert_eq!(twice.summary["read"]["repeated"], once.summary["read"]["lookedAt"]);
}

#[test]
fn nothing_to_read_and_what_cannot_be_read_are_errors_of_whoever_asked() {
    let folder = Folder::anew("backtest-nothing", &[("policy.yaml", ENFORCED.to_owned())]);
    fs::create_dir_all(folder.path().join("empty")).unwrap();
    for (path, want) in [("empty", "no file of events"), ("missing", "missing")] {
        let run = folder.cordon(&["backtest", path], "");
        assert_eq!(run.code, 2, "{path}");
        assert!(run.err.contains(want), "{path}: {}", run.err);
    }
}
