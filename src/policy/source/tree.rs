//! The text as a tree of what stands where. YAML here is mappings, lists and scalars: anchors,
//! aliases, merge keys, tags, directives and second documents are refused, since a reader would
//! have to resolve them in the head, and a depth is set, since code walks the tree by recursion.
//! YAML 1.2, core schema: <https://yaml.org/spec/1.2.2/#103-core-schema>.

use super::{fault::Faults, lines::Lines, refused, syntax};
use granit_parser::{Event, Parser, ScalarStyle, ScanError, StructureStyle};
use std::{
    collections::{HashMap, hash_map::Entry as Slot},
    ops::Range,
};

/// The deepest that mappings and lists may be nested, in either style.
pub(super) const DEEPEST: usize = 24;

/// Something that stands in the text.
#[derive(Debug)]
pub(super) struct Node {
    /// Its bytes.
    pub span: Range<usize>,
    pub content: Content,
}

/// What it is.
#[derive(Debug)]
pub(super) enum Content {
    Scalar(Scalar),
    List(Vec<Node>),
    Mapping(Vec<Entry>),
    /// Refused already; nothing more is said about it.
    Refused,
}

/// A text, or what YAML makes of it.
#[derive(Debug)]
pub(super) struct Scalar {
    pub text: String,
    /// Neither quoted nor a block of text.
    pub plain: bool,
}

/// A key with its value.
#[derive(Debug)]
pub(super) struct Entry {
    pub key: String,
    pub key_span: Range<usize>,
    pub value: Node,
}

impl Node {
    /// The value of a key.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        match &self.content {
            Content::Mapping(entries) => entries.iter().find(|entry| entry.key == key),
            Content::Scalar(_) | Content::List(_) | Content::Refused => None,
        }
    }

    /// The bytes to point at: of what spans lines, only how it begins.
    pub fn focus(&self) -> Range<usize> {
        match &self.content {
            Content::Mapping(entries) => match entries.first() {
                Some(first) if first.key_span.start == self.span.start => first.key_span.clone(),
                Some(_) | None => self.span.clone(),
            },
            Content::Scalar(_) | Content::List(_) | Content::Refused => self.span.clone(),
        }
    }
}

/// Reads the text. None where it is not YAML, or nothing stands in it.
pub(super) fn read(text: &str, faults: &mut Faults) -> Option<Node> {
    let lines = Lines::new(text);
    let mut builder = Builder { lines, text, faults, open: Vec::new(), root: None, documents: 0 };
    let mut options = granit_parser::options! {
        disallow_directives: true,
        emit_unresolved_aliases: true,
        emit_anchor_events: true,
        flow_nesting_limit: DEEPEST,
        block_nesting_limit: DEEPEST,
    };
    options.set_emit_comments(false);
    for event in Parser::new_from_str_with_options(text, options) {
        match event {
            Ok((event, span)) => {
                let range = span.byte_range().unwrap_or(0..0);
                let tag = span.tag_span().and_then(|tag| tag.byte_range());
                if !builder.take(event, range, tag) {
                    return None;
                }
            }
            Err(error) => {
                builder.stop(&error);
                return None;
            }
        }
    }
    builder.root
}

struct Builder<'a> {
    text: &'a str,
    lines: Lines<'a>,
    faults: &'a mut Faults,
    open: Vec<Open>,
    root: Option<Node>,
    documents: usize,
}

/// A mapping or list whose end has not come yet.
struct Open {
    start: usize,
    flow: bool,
    tagged: bool,
    inside: Inside,
}

enum Inside {
    List(Vec<Node>),
    Mapping {
        entries: Vec<Entry>,
        /// Where each key stood first.
        seen: HashMap<String, Range<usize>>,
        key: Key,
    },
}

enum Key {
    /// The next node is a key.
    Awaited,
    Read(String, Range<usize>),
    /// The next node is the value of a key that was refused.
    Refused,
}

impl Builder<'_> {
    /// False: the rest is of no use.
    fn take(&mut self, event: Event<'_>, span: Range<usize>, tag: Option<Range<usize>>) -> bool {
        let tagged = match &event {
            Event::Scalar(.., Some(_))
            | Event::SequenceStart(.., Some(_))
            | Event::MappingStart(.., Some(_)) => {
                let span = tag.unwrap_or(span.clone());
                self.faults.add(|| refused::tag(self.text, span));
                true
            }
            _ => false,
        };
        match event {
            Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
            Event::DocumentStart(..) => return self.start_document(span),
            Event::Anchor(..) => self.faults.add(|| refused::anchor(self.text, span)),
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                self.faults.add(|| refused::alias(self.text, span.clone()));
                self.put(Node { span, content: Content::Refused });
            }
            Event::Scalar(text, style, ..) => {
                let scalar = Scalar { text: text.into_owned(), plain: style == ScalarStyle::Plain };
                let content = if tagged { Content::Refused } else { Content::Scalar(scalar) };
                self.put(Node { span, content });
            }
            Event::SequenceStart(style, ..) => {
                return self.open(span, style, tagged, Inside::List(Vec::new()));
            }
            Event::MappingStart(style, ..) => {
                let inside = Inside::Mapping {
                    entries: Vec::new(),
                    seen: HashMap::new(),
                    key: Key::Awaited,
                };
                return self.open(span, style, tagged, inside);
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(&span),
            // Whatever else a later parser tells is not part of the tree.
            _ => {}
        }
        true
    }

    fn start_document(&mut self, span: Range<usize>) -> bool {
        self.documents += 1;
        if self.documents > 1 {
            self.faults.add(|| refused::document(span));
        }
        self.documents <= 1
    }

    fn open(
        &mut self,
        span: Range<usize>,
        style: StructureStyle,
        tagged: bool,
        inside: Inside,
    ) -> bool {
        if self.open.len() >= DEEPEST {
            self.faults.add(|| syntax::too_deep(span));
            return false;
        }
        let flow = style == StructureStyle::Flow;
        self.open.push(Open { start: span.start, flow, tagged, inside });
        true
    }

    fn close(&mut self, span: &Range<usize>) {
        let Some(Open { start, flow, tagged, inside }) = self.open.pop() else { return };
        // A block ends where its last item does; the parser tells where the next thing begins.
        let end = match (&inside, flow) {
            (_, true) => span.end,
            (Inside::List(items), false) => items.last().map_or(start, |item| item.span.end),
            (Inside::Mapping { entries, .. }, false) => {
                entries.last().map_or(start, |entry| entry.value.span.end)
            }
        };
        let content = match inside {
            _ if tagged => Content::Refused,
            Inside::List(items) => Content::List(items),
            Inside::Mapping { entries, .. } => Content::Mapping(entries),
        };
        self.put(Node { span: start..end.max(start), content });
    }

    fn put(&mut self, node: Node) {
        let Some(Open { inside, .. }) = self.open.last_mut() else {
            self.root = Some(node);
            return;
        };
        match inside {
            Inside::List(items) => items.push(node),
            Inside::Mapping { entries, seen, key } => match std::mem::replace(key, Key::Awaited) {
                Key::Awaited => *key = read_key(node, seen, self.faults, &self.lines),
                Key::Read(name, key_span) => {
                    entries.push(Entry { key: name, key_span, value: node });
                }
                Key::Refused => {}
            },
        }
    }

    /// Where the parser gave up.
    fn stop(&mut self, error: &ScanError) {
        let at = error.marker().byte_offset().unwrap_or(self.text.len());
        self.faults.add(|| syntax::fault(error.kind(), at, self.text));
    }
}

fn read_key(
    node: Node,
    seen: &mut HashMap<String, Range<usize>>,
    faults: &mut Faults,
    lines: &Lines<'_>,
) -> Key {
    let span = node.focus();
    let scalar = match node.content {
        Content::Refused => return Key::Refused,
        Content::Scalar(scalar) => scalar,
        // Told already, of its own key: `{{ name }}`.
        Content::Mapping(inside) if inside.is_empty() && lines.first_line(&node.span) != "{}" => {
            return Key::Refused;
        }
        Content::List(_) | Content::Mapping(_) => {
            faults.add(|| refused::complex_key(span));
            return Key::Refused;
        }
    };
    if scalar.plain && scalar.text == "<<" {
        faults.add(|| refused::merge_key(span));
        return Key::Refused;
    }
    match seen.entry(scalar.text.clone()) {
        Slot::Vacant(slot) => {
            slot.insert(span.clone());
            Key::Read(scalar.text, span)
        }
        Slot::Occupied(first) => {
            let line = lines.position(first.get().start).line;
            faults.add(|| refused::duplicate_key(span, &scalar.text, line));
            Key::Refused
        }
    }
}
