//! The problems of one file as people and machines read them. All of the text that is shown may be
//! hostile: it is cut, kept in one line, and without characters that steer a terminal.

use super::{
    fault::{Fault, Faults, Kind},
    lines::Lines,
};
use crate::{
    finding::{is_unseen, shown},
    policy::Level,
};
use serde::Serialize;
use std::fmt::{self, Write};

/// A problem with its place in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// What kind of message it is.
    pub kind: Kind,
    /// How bad it is.
    pub level: Level,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// What stands there, as it may be shown.
    pub text: String,
    /// What is wrong.
    pub what: String,
    /// What should stand there, where that can be said.
    pub expected: Option<String>,
    /// How to mend it.
    pub mend: String,
    /// The line as it may be shown, and where in it to point: characters before, characters marked.
    excerpt: (String, usize, usize),
}

/// What is wrong with a control policy, by line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    problems: Vec<Located>,
    more: usize,
}

/// Characters of a line that are shown, and of these, how many before the place.
const WIDTH: usize = 100;
const BEFORE: usize = 60;
/// Characters of what stands there that are repeated.
const LONGEST: usize = 80;

#[derive(Serialize)]
struct Line<'a> {
    level: &'static str,
    kind: &'static str,
    file: &'a str,
    line: usize,
    column: usize,
    text: &'a str,
    what: &'a str,
    expected: Option<&'a str>,
    mend: &'a str,
}

impl Report {
    pub(super) fn new(text: &str, faults: Faults) -> Self {
        let lines = Lines::new(text);
        let mut problems: Vec<Located> =
            faults.found.into_iter().map(|fault| located(&lines, fault)).collect();
        problems.sort_by_key(|problem| (problem.line, problem.column));
        Self { problems, more: faults.more }
    }

    /// The problems, by line.
    pub fn problems(&self) -> &[Located] {
        &self.problems
    }

    /// Whether one of them is an error.
    pub fn is_refused(&self) -> bool {
        self.problems.iter().any(|problem| problem.level == Level::Error)
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.problems.is_empty()
    }

    /// For people: each problem with its line, then how many there are.
    pub fn render(&self, file: &str) -> String {
        let file = shown(file, LONGEST);
        let mut out = String::new();
        for problem in &self.problems {
            // Writing to a text does not fail.
            let _ = problem.write(&file, &mut out);
        }
        out.push_str(&self.summary());
        out
    }

    /// For machines: a JSON list.
    pub fn json(&self, file: &str) -> serde_json::Value {
        let file = shown(file, LONGEST);
        let lines = self.problems.iter().map(|problem| Line {
            level: problem.level.as_str(),
            kind: problem.kind.as_str(),
            file: &file,
            line: problem.line,
            column: problem.column,
            text: &problem.text,
            what: &problem.what,
            expected: problem.expected.as_deref(),
            mend: &problem.mend,
        });
        lines.map(|line| serde_json::json!(line)).collect()
    }

    fn summary(&self) -> String {
        let counted = |level: Level| {
            let count = self.problems.iter().filter(|problem| problem.level == level).count();
            let plural = if count == 1 { "" } else { "s" };
            (count > 0).then(|| format!("{count} {}{plural}", level.as_str()))
        };
        let mut parts: Vec<String> =
            [Level::Error, Level::Warning].into_iter().filter_map(counted).collect();
        if self.more > 0 {
            let plural = if self.more == 1 { "" } else { "s" };
            parts.push(format!("{} more problem{plural} not shown", self.more));
        }
        parts.join(", ")
    }
}

impl Located {
    fn write(&self, file: &str, out: &mut String) -> fmt::Result {
        let (excerpt, before, marked) = &self.excerpt;
        let number = self.line.to_string();
        let width = number.len().max(5);
        let (level, marks) = (self.level.as_str(), "^".repeat(*marked));
        writeln!(out, "{file}:{}:{}: {level}: {}", self.line, self.column, self.what)?;
        writeln!(out, "{number:>width$} | {excerpt}")?;
        writeln!(out, "{:width$} | {:before$}{marks}", "", "")?;
        for note in self.expected.iter().chain([&self.mend]) {
            writeln!(out, "{:width$} = {note}", "")?;
        }
        writeln!(out)
    }
}

/// In one line each, for whoever has no file to name.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Located { line, column, what, expected, mend, .. } in &self.problems {
            let expected = expected.as_ref().map_or(String::new(), |text| format!("; {text}"));
            writeln!(f, "line {line}, column {column}: {what}{expected}; {mend}")?;
        }
        f.write_str(&self.summary())
    }
}

fn located(lines: &Lines<'_>, fault: Fault) -> Located {
    let position = lines.position(fault.span.start);
    let text = lines.first_line(&fault.span);
    let line = lines.line(position.line);
    Located {
        kind: fault.kind,
        level: fault.level,
        line: position.line,
        column: position.column,
        text: shown(text, LONGEST),
        what: fault.what,
        expected: fault.expected,
        mend: fault.mend,
        excerpt: excerpt(line, position.column - 1, text.chars().count()),
    }
}

/// What is shown of a line: all of it, or what stands around the place.
fn excerpt(line: &str, before: usize, marked: usize) -> (String, usize, usize) {
    let length = line.chars().count();
    let from = if length <= WIDTH { 0 } else { before.saturating_sub(BEFORE).min(length - WIDTH) };
    let to = (from + WIDTH).min(length);
    let plain = line.chars().skip(from).take(to - from).map(|c| if is_unseen(c) { ' ' } else { c });
    let mut text = String::new();
    text.extend((from > 0).then_some('…'));
    text.extend(plain);
    text.extend((to < length).then_some('…'));
    let shift = usize::from(from > 0);
    let marked = marked.min(to.saturating_sub(before)).max(1);
    (text.trim_end().to_owned(), before - from + shift, marked)
}
