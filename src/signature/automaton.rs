//! All patterns at once: the automaton of Aho and Corasick, with a row of next states for each state, so
//! that each byte of a line is looked at once and nothing is gone back to. A pattern with `*` is its pieces
//! in their order; the first place where a piece ends leaves the most room for the rest.
//! <https://doi.org/10.1145/360825.360855>

use super::{Signature, SignatureId, line::bytes_of};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::OnceLock,
};

/// Signatures, ready to be held against lines.
#[derive(Debug, Clone)]
pub struct Signatures {
    ids: Vec<SignatureId>,
    /// The class of each byte: those that no pattern holds are all in the first.
    classes: Vec<u16>,
    /// How many classes there are: the length of a row.
    width: usize,
    /// Row by row, the state that follows.
    next: Vec<u32>,
    /// The pieces that end in each state.
    ends: Vec<Vec<u32>>,
    pieces: Vec<Piece>,
    patterns: Vec<Whole>,
}

/// Signatures that are got ready when a line first asks for them, and then kept. Whether they are says
/// nothing of what they are: all are equal.
#[derive(Debug, Default)]
pub struct Ready(OnceLock<Signatures>);

impl Ready {
    /// Those that `all` gives, the first time.
    pub fn or_get<'s, A>(&self, all: impl FnOnce() -> A) -> &Signatures
    where
        A: Iterator<Item = &'s Signature>,
    {
        self.0.get_or_init(|| Signatures::new(all()))
    }
}

impl Clone for Ready {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl PartialEq for Ready {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Ready {}

/// A part of a pattern between two `*`.
#[derive(Debug, Clone, Copy)]
struct Piece {
    pattern: usize,
    /// How many stand before it.
    before: usize,
    length: usize,
}

#[derive(Debug, Clone, Copy)]
struct Whole {
    signature: usize,
    pieces: usize,
}

/// How far a pattern has been seen in a line.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    pieces: usize,
    /// Where the last of them ends.
    end: usize,
}

/// A trie on its way to become the automaton.
struct Trie {
    width: usize,
    next: Vec<u32>,
    ends: Vec<Vec<u32>>,
}

/// The state in which nothing has been seen.
const START: u32 = 0;

impl Trie {
    fn new(width: usize) -> Self {
        Self { width, next: vec![START; width], ends: vec![Vec::new()] }
    }

    fn step(&self, state: u32, class: u16) -> u32 {
        let at = state as usize * self.width + usize::from(class);
        self.next.get(at).copied().unwrap_or(START)
    }

    fn lead(&mut self, state: u32, class: u16, to: u32) {
        let at = state as usize * self.width + usize::from(class);
        if let Some(next) = self.next.get_mut(at) {
            *next = to;
        }
    }

    fn add(&mut self, piece: u32, classes: impl Iterator<Item = u16>) {
        let mut state = START;
        for class in classes {
            let mut to = self.step(state, class);
            if to == START {
                to = u32::try_from(self.ends.len()).unwrap_or(START);
                self.ends.push(Vec::new());
                self.next.resize(self.ends.len() * self.width, START);
                self.lead(state, class, to);
            }
            state = to;
        }
        if let Some(ends) = self.ends.get_mut(state as usize) {
            ends.push(piece);
        }
    }

    /// Gives each state the steps and the ends of the longest other one that what was read ends with.
    fn close(&mut self) {
        let classes: Vec<u16> = (0..=u16::MAX).take(self.width).collect();
        let first = classes.iter().map(|class| self.step(START, *class));
        let mut waiting: VecDeque<(u32, u32)> =
            first.filter(|child| *child != START).map(|child| (child, START)).collect();
        while let Some((state, shorter)) = waiting.pop_front() {
            for class in &classes {
                let (own, back) = (self.step(state, *class), self.step(shorter, *class));
                if own == START {
                    self.lead(state, *class, back);
                } else {
                    waiting.push_back((own, back));
                }
            }
            let inherited = self.ends.get(shorter as usize).cloned().unwrap_or_default();
            if let Some(ends) = self.ends.get_mut(state as usize) {
                ends.extend(inherited);
            }
        }
    }
}

impl Signatures {
    /// Gets them ready.
    pub fn new<'s>(all: impl IntoIterator<Item = &'s Signature>) -> Self {
        let (mut ids, mut pieces, mut patterns) = (Vec::new(), Vec::new(), Vec::new());
        let mut texts: Vec<Vec<u8>> = Vec::new();
        for signature in all {
            for pattern in &signature.any {
                for (before, piece) in pattern.pieces().enumerate() {
                    pieces.push(Piece { pattern: patterns.len(), before, length: piece.len() });
                    texts.push(piece.to_ascii_lowercase().into_bytes());
                }
                let (signature, pieces) = (ids.len(), pattern.pieces().count());
                patterns.push(Whole { signature, pieces });
            }
            ids.push(signature.id.clone());
        }
        let used: BTreeSet<u8> = texts.iter().flatten().copied().collect();
        let class = |byte: u8| {
            let place = used.iter().position(|one| *one == byte.to_ascii_lowercase());
            place.and_then(|place| u16::try_from(place + 1).ok()).unwrap_or_default()
        };
        let classes: Vec<u16> = (0..=u8::MAX).map(class).collect();
        let mut trie = Trie::new(used.len() + 1);
        for (piece, text) in (0..).zip(&texts) {
            let class = |byte: &u8| classes.get(usize::from(*byte)).copied().unwrap_or_default();
            trie.add(piece, text.iter().map(class));
        }
        trie.close();
        let Trie { width, next, ends } = trie;
        Self { ids, classes, width, next, ends, pieces, patterns }
    }

    /// The signatures that a line shows.
    pub fn shown_by(&self, line: &str) -> BTreeSet<&SignatureId> {
        let mut shown = BTreeSet::new();
        // How far each pattern has been seen; most lines hold no piece of any.
        let mut seen: BTreeMap<usize, Seen> = BTreeMap::new();
        let mut state = START;
        for (at, byte) in bytes_of(line).enumerate() {
            // A text does not go on in the next line of a log event.
            if byte == b'\n' {
                state = START;
                seen.clear();
                continue;
            }
            state = self.step(state, byte);
            for piece in self.ends.get(state as usize).into_iter().flatten() {
                let Some(piece) = self.pieces.get(*piece as usize) else { continue };
                let Some(whole) = self.patterns.get(piece.pattern) else { continue };
                let (seen, end) = (seen.entry(piece.pattern).or_default(), at + 1);
                if seen.pieces != piece.before || end.saturating_sub(piece.length) < seen.end {
                    continue;
                }
                *seen = Seen { pieces: seen.pieces + 1, end };
                if seen.pieces == whole.pieces {
                    shown.extend(self.ids.get(whole.signature));
                }
            }
        }
        shown
    }

    fn step(&self, state: u32, byte: u8) -> u32 {
        let class = self.classes.get(usize::from(byte)).copied().unwrap_or_default();
        let at = state as usize * self.width + usize::from(class);
        self.next.get(at).copied().unwrap_or(START)
    }
}
