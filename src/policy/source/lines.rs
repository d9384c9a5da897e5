//! Where a byte stands: line and column, both from 1, the column in characters. Lines end as in
//! YAML: <https://yaml.org/spec/1.2.2/#54-line-break-characters>.

use std::ops::Range;

/// The lines of a text.
pub(super) struct Lines<'a> {
    text: &'a str,
    /// Where each begins, in bytes; the first at 0.
    starts: Vec<usize>,
}

/// A place in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position {
    pub line: usize,
    pub column: usize,
}

impl<'a> Lines<'a> {
    pub fn new(text: &'a str) -> Self {
        let bytes = text.as_bytes();
        let ends = bytes.iter().enumerate().filter(|(index, byte)| match byte {
            b'\n' => true,
            b'\r' => bytes.get(index + 1) != Some(&b'\n'),
            _ => false,
        });
        let starts = std::iter::once(0).chain(ends.map(|(index, _)| index + 1)).collect();
        Self { text, starts }
    }

    /// Where the byte stands; the end of the text if it is beyond.
    pub fn position(&self, at: usize) -> Position {
        let at = floor(self.text, at);
        let line = self.starts.partition_point(|start| *start <= at).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        let before = self.text.get(start..at).unwrap_or("").trim_end_matches(['\n', '\r']);
        Position { line, column: before.chars().count() + 1 }
    }

    /// A line without its end.
    pub fn line(&self, line: usize) -> &'a str {
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or(self.text.len());
        let end = self.starts.get(line).copied().unwrap_or(self.text.len());
        self.text.get(start..end).unwrap_or("").trim_end_matches(['\n', '\r'])
    }

    /// What of the span stands in its first line, without the blanks at its end.
    pub fn first_line(&self, span: &Range<usize>) -> &'a str {
        let (start, end) = (floor(self.text, span.start), floor(self.text, span.end));
        let text = self.text.get(start..end).unwrap_or("");
        text.split(['\n', '\r']).next().unwrap_or("").trim_end()
    }
}

/// The nearest boundary of a character at or before the byte.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::{Lines, Position};

    #[test]
    fn columns_are_counted_in_characters_and_lines_as_yaml_does() {
        let text = "ä: 日本\r\nb: c\rd\n";
        let lines = Lines::new(text);
        let at = |part: &str| lines.position(text.find(part).unwrap());
        assert_eq!(at("日"), Position { line: 1, column: 4 });
        assert_eq!(at("c"), Position { line: 2, column: 4 });
        assert_eq!(at("d"), Position { line: 3, column: 1 });
        assert_eq!(lines.position(usize::MAX), Position { line: 4, column: 1 });
        assert_eq!((lines.line(1), lines.line(2), lines.line(3)), ("ä: 日本", "b: c", "d"));
        assert_eq!((lines.line(4), lines.line(9)), ("", ""));
        assert_eq!(lines.first_line(&(0..text.len())), "ä: 日本");
    }
}
