//! Texts to compare with: without regard to case, and with wildcards.
//! <https://github.com/aws/event-ruler/tree/main/src/main/software/amazon/event/ruler/input>

/// A text whose characters may each stand in upper or in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnyCase {
    /// Lower and upper case of each character: they can differ in length (`ß`, `SS`).
    characters: Vec<(String, String)>,
}

impl AnyCase {
    pub fn new(text: &str) -> Self {
        let characters = text
            .chars()
            .map(|character| {
                (character.to_lowercase().collect(), character.to_uppercase().collect())
            })
            .collect();
        Self { characters }
    }

    pub fn is(&self, text: &str) -> bool {
        self.after(text).is_some_and(str::is_empty)
    }

    pub fn starts(&self, text: &str) -> bool {
        self.after(text).is_some()
    }

    pub fn ends(&self, text: &str) -> bool {
        let mut rest = text;
        self.characters.iter().rev().all(|(lower, upper)| {
            let shorter =
                rest.strip_suffix(lower.as_str()).or_else(|| rest.strip_suffix(upper.as_str()));
            rest = shorter.unwrap_or(rest);
            shorter.is_some()
        })
    }

    fn after<'a>(&self, text: &'a str) -> Option<&'a str> {
        self.characters.iter().try_fold(text, |rest, (lower, upper)| {
            rest.strip_prefix(lower.as_str()).or_else(|| rest.strip_prefix(upper.as_str()))
        })
    }
}

/// A text in which `*` stands for any run of characters, also none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wildcard {
    /// What stands between the stars, without escapes; one piece if there is none.
    pieces: Vec<String>,
}

/// Why a text is no wildcard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoWildcard {
    /// `**`
    StarAfterStar,
    /// A `\` before neither `*` nor `\`.
    Escape,
}

impl Wildcard {
    pub fn parse(text: &str) -> Result<Self, NoWildcard> {
        let mut pieces = Vec::new();
        let mut piece = String::new();
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            match (character, characters.peek()) {
                ('*', Some('*')) => return Err(NoWildcard::StarAfterStar),
                ('*', _) => pieces.push(std::mem::take(&mut piece)),
                ('\\', Some(escaped @ ('*' | '\\'))) => {
                    piece.push(*escaped);
                    characters.next();
                }
                ('\\', _) => return Err(NoWildcard::Escape),
                (plain, _) => piece.push(plain),
            }
        }
        pieces.push(piece);
        Ok(Self { pieces })
    }

    /// What stands between the stars.
    pub fn pieces(&self) -> &[String] {
        &self.pieces
    }

    pub fn is(&self, text: &str) -> bool {
        let Some((last, before)) = self.pieces.split_last() else { return false };
        let Some((first, between)) = before.split_first() else { return text == last };
        let Some(rest) = text.strip_prefix(first.as_str()) else { return false };
        // The leftmost place of each piece leaves the most for those that follow.
        between
            .iter()
            .try_fold(rest, |rest, piece| rest.split_once(piece.as_str()).map(|(_, after)| after))
            .is_some_and(|rest| rest.ends_with(last.as_str()))
    }
}
