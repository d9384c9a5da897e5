//! HTML that is written piece by piece. Only names that stand in the source become tags and attributes; whatever else
//! is printed is escaped, since an attacker may have typed it.

use crate::finding::is_unseen;

/// A piece of a page.
#[derive(Debug, Default)]
pub struct Html(String);

/// Elements that begin on a line of their own.
const BLOCKS: [&str; 34] = [
    "article", "body", "dd", "details", "div", "dl", "dt", "figure", "footer", "form", "g", "h1",
    "h2", "h3", "head", "header", "html", "li", "link", "main", "meta", "nav", "ol", "p", "rect",
    "script", "section", "style", "summary", "svg", "table", "tr", "title", "ul",
];

/// Attributes: names from the source, and any value.
pub type Attributes<'a> = &'a [(&'static str, &'a str)];

impl Html {
    /// Text.
    pub fn text(&mut self, text: &str) {
        escape(text, &mut self.0);
    }

    /// An element and what is in it.
    pub fn tag(
        &mut self,
        name: &'static str,
        attributes: Attributes,
        within: impl FnOnce(&mut Self),
    ) {
        self.void(name, attributes);
        within(self);
        self.0.push_str("</");
        self.0.push_str(name);
        self.0.push('>');
    }

    /// An element that nothing can be in.
    pub fn void(&mut self, name: &'static str, attributes: Attributes) {
        if BLOCKS.contains(&name) && !self.0.is_empty() {
            self.0.push('\n');
        }
        self.0.push('<');
        self.0.push_str(name);
        for (name, value) in attributes {
            self.0.push(' ');
            self.0.push_str(name);
            self.0.push_str("=\"");
            escape(value, &mut self.0);
            self.0.push('"');
        }
        self.0.push('>');
    }

    /// An element with nothing but text.
    pub fn say(&mut self, name: &'static str, attributes: Attributes, text: &str) {
        self.tag(name, attributes, |html| html.text(text));
    }

    /// A style sheet or script of our own, which is not escaped.
    pub fn own(&mut self, name: &'static str, content: &'static str) {
        self.tag(name, &[], |html| html.0.push_str(content));
    }

    /// The page, with what makes it one.
    pub fn into_page(self) -> String {
        format!("<!DOCTYPE html>\n{}\n", self.0)
    }
}

/// What cannot be seen is shown as a replacement character: a reader would take the text for another.
fn escape(text: &str, to: &mut String) {
    for c in text.chars() {
        match c {
            '&' => to.push_str("&amp;"),
            '<' => to.push_str("&lt;"),
            '>' => to.push_str("&gt;"),
            '"' => to.push_str("&quot;"),
            '\'' => to.push_str("&#39;"),
            c if is_unseen(c) => to.push(char::REPLACEMENT_CHARACTER),
            c => to.push(c),
        }
    }
}
