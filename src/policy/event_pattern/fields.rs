//! An event as EventBridge's matcher sees it: a list of values for each path, each with the elements
//! of lists of objects it came out of. Objects and lists themselves, and so empty ones, are no values.
//! <https://github.com/aws/event-ruler/blob/main/src/main/software/amazon/event/ruler/Event.java>

use super::alternative::Scalar;
use serde_json::{Map, Value};
use std::collections::HashMap;

/// The fields of one event.
#[derive(Debug)]
pub struct EventFields<'a> {
    values: HashMap<String, Vec<Leaf<'a>>>,
    is_an_event: bool,
}

/// One value.
#[derive(Debug)]
pub struct Leaf<'a> {
    pub value: Scalar<'a>,
    /// The list and its element, for each list around it. A scalar directly in a list has none from
    /// that list: `[1, 2]` is two values that go together with anything.
    pub elements: Vec<Element>,
}

/// An element of one of the event's lists: the list's number, and the place in it.
pub type Element = (usize, usize);

impl<'a> EventFields<'a> {
    /// The fields of an event as it came in its envelope.
    pub fn of(event: &'a Value) -> Self {
        let mut walk = Walk::default();
        let object = event.as_object();
        if let Some(object) = object {
            walk.object(object);
        }
        Self { values: walk.values, is_an_event: object.is_some() }
    }

    pub(super) const fn is_an_event(&self) -> bool {
        self.is_an_event
    }

    /// The values at a path, its keys joined with dots.
    pub(super) fn at(&self, path: &str) -> &[Leaf<'a>] {
        self.values.get(path).map_or(&[], Vec::as_slice)
    }

    /// How many paths have a value.
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    pub(super) fn paths(&self) -> impl Iterator<Item = (&str, &[Leaf<'a>])> {
        self.values.iter().map(|(path, leaves)| (path.as_str(), leaves.as_slice()))
    }
}

#[derive(Default)]
struct Walk<'a> {
    values: HashMap<String, Vec<Leaf<'a>>>,
    path: String,
    /// Whether `path` has a step yet: its first may be empty.
    below_the_root: bool,
    elements: Vec<Element>,
    lists: usize,
}

impl<'a> Walk<'a> {
    fn object(&mut self, object: &'a Map<String, Value>) {
        for (key, value) in object {
            let (length, below) = (self.path.len(), self.below_the_root);
            if below {
                self.path.push('.');
            }
            self.path.push_str(key);
            self.below_the_root = true;
            self.value(value);
            self.path.truncate(length);
            self.below_the_root = below;
        }
    }

    fn value(&mut self, value: &'a Value) {
        match value {
            Value::Object(object) => self.object(object),
            Value::Array(list) => self.list(list),
            Value::Null => self.leaf(Scalar::Null),
            Value::Bool(value) => self.leaf(Scalar::Bool(*value)),
            Value::Number(value) => self.leaf(Scalar::Number(value)),
            Value::String(value) => self.leaf(Scalar::Text(value)),
        }
    }

    fn list(&mut self, list: &'a [Value]) {
        let number = self.lists;
        self.lists += 1;
        for (place, value) in list.iter().enumerate() {
            let is_an_element = value.is_object() || value.is_array();
            if is_an_element {
                self.elements.push((number, place));
            }
            self.value(value);
            if is_an_element {
                self.elements.pop();
            }
        }
    }

    fn leaf(&mut self, value: Scalar<'a>) {
        let leaf = Leaf { value, elements: self.elements.clone() };
        match self.values.get_mut(&self.path) {
            Some(leaves) => leaves.push(leaf),
            None => {
                self.values.insert(self.path.clone(), vec![leaf]);
            }
        }
    }
}
