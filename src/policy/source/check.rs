//! The tree held against the JSON Schema: every problem at once, each where it stands. It reads just
//! the keywords that the types give, which a test in `schema` holds; `told` words what it finds.

use super::{
    decode::decode,
    fault::Faults,
    nearest::nearest,
    scalar::Meant,
    schema::{alternatives, takes, texts},
    told::{self, Holder},
    tree::{Content, Entry, Node, Scalar},
};
use crate::policy::{event_pattern::EventPattern, form::EVENT_PATTERN};
use regex_lite::Regex;
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// Adds to `faults` whatever in the tree is not as the schema says.
pub(super) fn check(root: &Value, tree: &Node, faults: &mut Faults) {
    let mut check = Check { root, faults, patterns: HashMap::new() };
    check.node(tree, root, &Holder { name: None, otherwise: "the document", span: tree.focus() });
}

struct Check<'s, 'f> {
    root: &'s Value,
    faults: &'f mut Faults,
    patterns: HashMap<&'s str, Option<Regex>>,
}

impl<'s> Check<'s, '_> {
    fn node(&mut self, node: &Node, schema: &'s Value, holder: &Holder<'_>) {
        let Some(kind) = kind(node) else { return };
        let root = self.root;
        let forms = alternatives(root, schema);
        let names: Vec<&str> = forms.iter().filter_map(|form| texts(form)).flatten().collect();
        // Where names can stand, a text of no other form was meant as one of them.
        let has_form = |form: &Value| match (&node.content, form["pattern"].as_str()) {
            (Content::Scalar(scalar), Some(pattern)) if kind == "string" && !names.is_empty() => {
                is_match(pattern, &scalar.text)
            }
            (_, _) => true,
        };
        let fits = |form: &&Value| texts(form).is_none() && takes(form, kind) && has_form(form);
        let fitting: Vec<&'s Value> = forms.into_iter().filter(fits).collect();
        match (&node.content, fitting.as_slice()) {
            (Content::Scalar(scalar), _)
                if kind == "string" && names.contains(&scalar.text.as_str()) => {}
            (Content::Scalar(scalar), []) if kind != "null" && !names.is_empty() => {
                self.faults.add(|| told::unknown_value(root, schema, node, scalar, &names));
            }
            (_, []) => self.faults.add(|| told::wrong_type(root, schema, node, kind, holder)),
            (_, several) => {
                if let Some(form) = self.likeliest(node, several) {
                    self.form(node, form, schema, holder);
                }
            }
        }
    }

    /// The form that was probably meant. It is chosen by what stands on the surface, since to try
    /// all would take exponential time where forms are nested.
    fn likeliest(&mut self, node: &Node, forms: &[&'s Value]) -> Option<&'s Value> {
        let score = |form: &Value| match &node.content {
            Content::Mapping(entries) => likeness(self.root, entries, form),
            Content::Scalar(scalar) => i64::from(
                form["pattern"].as_str().is_none_or(|pattern| is_match(pattern, &scalar.text)),
            ),
            Content::List(_) | Content::Refused => 0,
        };
        // Of several that are alike, the first.
        forms
            .iter()
            .rev()
            .copied()
            .max_by_key(|form| if forms.len() == 1 { 0 } else { score(form) })
    }

    fn form(&mut self, node: &Node, form: &'s Value, schema: &'s Value, holder: &Holder<'_>) {
        match &node.content {
            Content::Scalar(scalar) => match scalar.meant() {
                Meant::Null | Meant::Bool(_) => {}
                Meant::Integer(integer) => self.number(node, integer as f64, form),
                Meant::Number(number) => self.number(node, number, form),
                Meant::Text(text) => self.text(node, text, form),
            },
            Content::List(items) => self.list(items, form, holder),
            Content::Mapping(_) if form["x-form"] == EVENT_PATTERN => self.event_pattern(node),
            Content::Mapping(entries) => self.mapping(node, entries, form, schema, holder),
            Content::Refused => {}
        }
    }

    /// All that keeps EventBridge from accepting a pattern, each where it stands.
    fn event_pattern(&mut self, node: &Node) {
        let pattern = decode::<Value>(node).map(|pattern| EventPattern::parse(&pattern));
        for error in pattern.ok().and_then(Result::err).into_iter().flatten() {
            self.faults.add(|| told::event_pattern(node, error));
        }
    }

    fn number(&mut self, node: &Node, number: f64, form: &'s Value) {
        let limit = |name: &str| form[name].as_f64();
        let fits = limit("const").is_none_or(|only| only == number)
            && limit("minimum").is_none_or(|least| number >= least)
            && limit("maximum").is_none_or(|most| number <= most)
            && limit("exclusiveMinimum").is_none_or(|least| number > least)
            && limit("exclusiveMaximum").is_none_or(|most| number < most);
        if !fits {
            self.faults.add(|| told::number(node, number, form));
        }
    }

    fn text(&mut self, node: &Node, text: &str, form: &'s Value) {
        let count = text.chars().count() as u64;
        let (least, most) = (form["minLength"].as_u64(), form["maxLength"].as_u64());
        if least.is_some_and(|least| count < least) || most.is_some_and(|most| count > most) {
            return self.faults.add(|| told::length(node, text, count, most));
        }
        let Some(pattern) = form["pattern"].as_str() else { return };
        let regex = self.patterns.entry(pattern).or_insert_with(|| Regex::new(pattern).ok());
        if regex.as_ref().is_some_and(|regex| !regex.is_match(text)) {
            self.faults.add(|| told::form(node, text, form));
        }
    }

    fn list(&mut self, items: &[Node], form: &'s Value, holder: &Holder<'_>) {
        self.count(items.len(), form, "Items", "item", holder);
        let mut seen = HashSet::new();
        for item in items {
            if form["items"].is_object() {
                let inner = Holder { name: None, otherwise: "this item", span: item.focus() };
                self.node(item, &form["items"], &inner);
            }
            if form["uniqueItems"] == true
                && let Content::Scalar(Scalar { text, .. }) = &item.content
                && !seen.insert(text)
            {
                self.faults.add(|| told::duplicate_item(item, text));
            }
        }
    }

    fn count(&mut self, count: usize, form: &Value, of: &str, item: &str, holder: &Holder<'_>) {
        let count = count as u64;
        let limit = |limit: &str| form[format!("{limit}{of}")].as_u64();
        let limit = match (limit("min"), limit("max")) {
            (Some(least), _) if count < least => ("at least", least),
            (_, Some(most)) if count > most => ("at most", most),
            (Some(_) | None, Some(_) | None) => return,
        };
        self.faults.add(|| told::count(count, limit, item, holder));
    }

    fn mapping(
        &mut self,
        node: &Node,
        entries: &[Entry],
        form: &'s Value,
        schema: &'s Value,
        holder: &Holder<'_>,
    ) {
        let root = self.root;
        let names: Vec<&str> = keys(form).collect();
        let mut meant = HashSet::new();
        for entry in entries {
            let inner =
                Holder { name: Some(&entry.key), otherwise: "", span: entry.key_span.clone() };
            match value_of(form, &entry.key) {
                Value::Bool(false) => {
                    if !self.faults.is_full() {
                        meant.extend(nearest(&entry.key, &names));
                    }
                    self.faults.add(|| told::unknown_key(root, entry, form, schema, holder));
                }
                value => self.node(&entry.value, value, &inner),
            }
        }
        self.count(entries.len(), form, "Properties", "key", holder);
        for name in required(form) {
            // Misspelled, it is told of already.
            if node.entry(name).is_none() && !meant.contains(name) {
                self.faults.add(|| told::missing(root, name, form, node, holder));
            }
        }
    }
}

/// The type of JSON that a node is; none where it was refused before.
fn kind(node: &Node) -> Option<&'static str> {
    Some(match &node.content {
        Content::Refused => return None,
        Content::List(_) => "array",
        Content::Mapping(_) => "object",
        Content::Scalar(scalar) => match scalar.meant() {
            Meant::Null => "null",
            Meant::Bool(_) => "boolean",
            Meant::Integer(_) => "integer",
            Meant::Number(_) => "number",
            Meant::Text(_) => "string",
        },
    })
}

fn is_match(pattern: &str, text: &str) -> bool {
    Regex::new(pattern).is_ok_and(|regex| regex.is_match(text))
}

fn keys(form: &Value) -> impl Iterator<Item = &str> {
    form["properties"].as_object().into_iter().flatten().map(|(name, _)| name.as_str())
}

fn required(form: &Value) -> impl Iterator<Item = &str> {
    form["required"].as_array().into_iter().flatten().filter_map(Value::as_str)
}

/// The schema of a key's value; `false` if the key is not known.
fn value_of<'s>(form: &'s Value, key: &str) -> &'s Value {
    let patterns = form["patternProperties"].as_object().into_iter().flatten();
    let mut fitting =
        patterns.filter(|(pattern, _)| is_match(pattern, key)).map(|(_, value)| value);
    form["properties"].get(key).or_else(|| fitting.next()).unwrap_or(&form["additionalProperties"])
}

/// How much a mapping looks like a form: by its keys, and by values that are fixed.
fn likeness(root: &Value, entries: &[Entry], form: &Value) -> i64 {
    let of_entry = |entry: &Entry| match value_of(form, &entry.key) {
        Value::Bool(false) => -1,
        value => match (&entry.value.content, alternatives(root, value).as_slice()) {
            (Content::Scalar(scalar), [only]) => match texts(only) {
                Some(names) if names.contains(&scalar.text.as_str()) => 3,
                Some(_) => -1,
                None => 1,
            },
            (Content::Scalar(_) | Content::List(_) | Content::Mapping(_) | Content::Refused, _) => {
                1
            }
        },
    };
    let lacking = required(form).filter(|name| entries.iter().all(|entry| entry.key != *name));
    entries.iter().map(of_entry).sum::<i64>() - lacking.map(|_| 1).sum::<i64>()
}
