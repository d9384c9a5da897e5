//! The page taken apart, as strictly as it is written: anything but tags with quoted attributes, and text with the
//! five entities, fails.

/// A part of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    Open(String, Vec<(String, String)>),
    Close(String),
    Text(String),
}

/// The parts of a page.
pub fn tokens(page: &str) -> Vec<Token> {
    let mut rest = page.strip_prefix("<!DOCTYPE html>").expect("a document type");
    let mut all = Vec::new();
    while !rest.is_empty() {
        let (text, after) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
        if !text.is_empty() {
            all.push(Token::Text(decoded(text)));
        }
        rest = after;
        if let Some(after) = rest.strip_prefix("</") {
            let (name, after) = after.split_once('>').expect("the end of a tag");
            all.push(Token::Close(word(name)));
            rest = after;
        } else if let Some(after) = rest.strip_prefix('<') {
            let (name, after) = after.split_at(after.find([' ', '>']).expect("the end of a name"));
            let (attributes, after) = attributes(after);
            all.push(Token::Open(word(name), attributes));
            rest = after;
            if ["style", "script"].contains(&name) {
                let (content, after) =
                    rest.split_at(rest.find("</").expect("the end of what is our own"));
                all.push(Token::Text(content.to_owned()));
                rest = after;
            }
        }
    }
    all
}

fn attributes(mut rest: &str) -> (Vec<(String, String)>, &str) {
    let mut all = Vec::new();
    loop {
        if let Some(after) = rest.strip_prefix('>') {
            return (all, after);
        }
        let after = rest.strip_prefix(' ').expect("a blank before an attribute");
        let (name, after) = after.split_once("=\"").expect("a value");
        let (value, after) = after.split_once('"').expect("the end of a value");
        assert!(!value.contains(['<', '>', '\'']), "{value}");
        all.push((word(name), decoded(value)));
        rest = after;
    }
}

fn word(name: &str) -> String {
    let is_word = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    assert!(is_word, "{name:?} is no name of a tag or attribute");
    name.to_owned()
}

fn decoded(text: &str) -> String {
    let mut parts = text.split('&');
    let mut out = parts.next().unwrap_or_default().to_owned();
    assert!(!text.contains(['>', '"', '\'']), "{text:?} is not escaped");
    for part in parts {
        let (entity, after) = part.split_once(';').expect("the end of an entity");
        out.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "#39" => '\'',
            other => panic!("`&{other};` is not one of ours"),
        });
        out.push_str(after);
    }
    out
}
