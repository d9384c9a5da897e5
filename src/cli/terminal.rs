//! What reaches the terminal: colour where somebody looks, and no character that steers it.
//! Refuses colour to pipes and to whoever sets `NO_COLOR`: <https://no-color.org>.

use super::{CliError, error};
use crate::finding::{Evidence, is_unseen, shown};
use std::io::{self, IsTerminal, Write};

/// What a colour says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    /// Bad, or taken away.
    Red,
    /// To be looked at.
    Yellow,
    /// Added.
    Green,
    /// Nothing to look at.
    Dim,
}

/// Colours, or none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paint(bool);

impl Paint {
    /// Colours only where standard output is a terminal and nobody asked for none.
    pub fn of_stdout() -> Self {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self(io::stdout().is_terminal() && !refused)
    }

    /// `text` in `ink`.
    pub fn ink(self, ink: Ink, text: &str) -> String {
        if !self.0 {
            return text.to_owned();
        }
        let code = match ink {
            Ink::Red => "1;31",
            Ink::Yellow => "33",
            Ink::Green => "32",
            Ink::Dim => "2",
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }
}

/// Prints lines. A reader that went away, such as `head`, has read enough.
pub(super) fn say(text: &str) -> Result<(), CliError> {
    match writeln!(io::stdout(), "{text}") {
        Err(problem) if problem.kind() != io::ErrorKind::BrokenPipe => Err(error(problem)),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Says something beside the output. Nobody may be listening, which is no reason to fail.
pub(super) fn remark(text: &str) {
    let _ = writeln!(io::stderr(), "cordon: {}", clean(text));
}

/// Says several lines, made for the terminal, beside the output.
pub(super) fn beside(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Text that somebody else wrote, in one line of bearable length.
pub(super) fn clean(text: &str) -> String {
    shown(text, Evidence::LONGEST)
}

/// Compact JSON with what could steer a terminal as escapes: the same value to a machine.
pub(super) fn harmless(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        match is_unseen(c) {
            true => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            false => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_stands_around_the_text_and_goes_away_whole() {
        assert_eq!(Paint(true).ink(Ink::Red, "PUBLIC"), "\x1b[1;31mPUBLIC\x1b[0m");
        assert_eq!(Paint(false).ink(Ink::Red, "PUBLIC"), "PUBLIC");
    }

    #[test]
    fn json_is_the_same_value_without_what_steers_a_terminal() {
        let text = "\u{9b}2J \u{7f} \u{202e}evil \u{1b}[2J ü";
        let json = serde_json::json!({ "Sid": text }).to_string();
        let harmless = harmless(&json);
        assert!(!harmless.chars().any(is_unseen), "{harmless}");
        let back: serde_json::Value = serde_json::from_str(&harmless).unwrap();
        assert_eq!(back["Sid"], text);
    }
}
