//! `cargo run --manifest-path proof/Cargo.toml --bin patterns FOLDER`: holds event patterns against
//! cases whose verdict AWS gave. A case is a file of `Event` and `EventPattern`; its name ends in
//! `_NEG` if the event must not match, in `_EXC` if AWS refuses the pattern, else it must match. A
//! file that is a list of `rule` and `event` has no verdicts: it is read and told about.
//! Comments and commas before a closing bracket are taken out.

use proof::policy::event_pattern::{EventPattern, PatternErrors};
use serde_json::Value;
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// What AWS says, or what we do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Matches,
    DoesNotMatch,
    Refused,
}

fn main() -> ExitCode {
    let Some(folder) = env::args().nth(1) else {
        eprintln!("the user must name the folder of the cases");
        return ExitCode::from(2);
    };
    let mut files = match files(Path::new(&folder)) {
        Ok(files) => files,
        Err(error) => {
            eprintln!("`{folder}`: {error}; the user must name a folder of cases");
            return ExitCode::from(2);
        }
    };
    files.sort();
    let (mut all, mut right) = (0, 0);
    for file in files {
        let text = fs::read_to_string(&file).unwrap_or_default();
        let Ok(content) = serde_json::from_str::<Value>(&plain(&text)) else {
            println!("{}: not JSON", file.display());
            continue;
        };
        if let Value::Array(unjudged) = &content {
            unjudged.iter().for_each(tell);
        } else if let (Some(event), Some(pattern)) =
            (content.get("Event"), content.get("EventPattern"))
        {
            all += 1;
            right += usize::from(judge(&file, event, pattern));
        }
    }
    println!("{right} of {all} pattern cases as AWS has them");
    if right == all { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect()
}

/// Whether we say what AWS says; what we say otherwise.
fn judge(file: &Path, event: &Value, pattern: &Value) -> bool {
    let name = file.file_stem().unwrap_or_default().to_string_lossy();
    let wanted = match () {
        () if name.ends_with("_NEG") => Verdict::DoesNotMatch,
        () if name.ends_with("_EXC") => Verdict::Refused,
        () => Verdict::Matches,
    };
    let (found, reason) = verdict(event, pattern);
    if env::args().nth(2).is_some() && found == Verdict::Refused {
        println!("{name}: {reason}");
    }
    if found != wanted {
        println!("{name}: AWS says {wanted:?}, we say {found:?} {reason}");
    }
    found == wanted
}

fn verdict(event: &Value, pattern: &Value) -> (Verdict, String) {
    match EventPattern::parse(pattern) {
        Err(errors) => (Verdict::Refused, PatternErrors(errors).to_string()),
        Ok(pattern) if pattern.matches(event) => (Verdict::Matches, String::new()),
        Ok(_) => (Verdict::DoesNotMatch, String::new()),
    }
}

fn tell(case: &Value) {
    let (Some(event), Some(rule)) = (case.get("event"), case.get("rule")) else {
        println!("{case}: neither `rule` nor `event`");
        return;
    };
    let name = case.get("name").and_then(Value::as_str).unwrap_or_default();
    let (found, reason) = verdict(event, rule);
    println!("without a verdict: {found:?} {reason}: {name}");
}

/// The text as plain JSON.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    let mut quoted = false;
    while let Some(character) = characters.next() {
        match character {
            '\\' if quoted => {
                plain.push(character);
                plain.extend(characters.next());
            }
            '/' if !quoted && characters.peek() == Some(&'/') => {
                while characters.next_if(|next| *next != '\n').is_some() {}
            }
            '}' | ']' if !quoted => {
                let kept = plain.trim_end().trim_end_matches(',').len();
                plain.truncate(kept);
                plain.push(character);
            }
            _ => {
                quoted ^= character == '"';
                plain.push(character);
            }
        }
    }
    plain
}
