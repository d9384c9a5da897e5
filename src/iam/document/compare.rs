//! Documents compared by what they say: AWS need not keep their spacing. Order counts, because a
//! rewrite keeps it.

use super::node::Node;
use super::{Document, IdentityDocument};
use serde_json::Value;

impl Document {
    /// Whether `text` says the same.
    pub fn says(&self, text: &str) -> bool {
        self.raw() == text || parsed(self.raw()).is_some_and(|value| Some(value) == parsed(text))
    }

    /// The statements in a form that is the same wherever they stand and however they are spaced.
    pub fn statement_texts(&self) -> Vec<String> {
        statements(self.raw()).iter().map(Value::to_string).collect()
    }

    /// Whether this is `before` without the statements of these Sids, and nothing else.
    pub fn is_without(&self, before: &str, sids: &[String]) -> bool {
        let mut expected = statements(before);
        expected.retain(|statement| {
            let sid = statement.get("Sid").and_then(Value::as_str);
            !sid.is_some_and(|sid| sids.iter().any(|gone| gone == sid))
        });
        expected == statements(self.raw())
    }

    /// Whether `now` is on the way from `before` to `after`: every statement of it is one of theirs,
    /// and none of `after` is missing. None stands for no policy.
    pub fn is_between(now: Option<&Self>, before: &str, after: Option<&str>) -> bool {
        let now = now.map(|now| statements(now.raw())).unwrap_or_default();
        let (before, after) = (statements(before), after.map(statements).unwrap_or_default());
        after.iter().all(|statement| now.contains(statement))
            && now.iter().all(|one| before.contains(one) || after.contains(one))
    }
}

impl IdentityDocument {
    /// Whether `text` says the same.
    pub fn says(&self, text: &str) -> bool {
        self.0.says(text)
    }
}

/// None for what says nothing, or two things at once: a key written twice.
fn parsed(text: &str) -> Option<Value> {
    Node::parse(text).and_then(|node| node.check(0)).ok()?;
    serde_json::from_str(text).ok()
}

fn statements(text: &str) -> Vec<Value> {
    match parsed(text).as_mut().and_then(|value| value.get_mut("Statement")).map(Value::take) {
        Some(Value::Array(statements)) => statements,
        Some(statement) => vec![statement],
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(statements: &[&str]) -> String {
        let statement = |sid: &&str| {
            format!(r#"{{"Sid":"{sid}","Effect":"Allow","Principal":"*","Action":"lambda:*"}}"#)
        };
        let statements: Vec<String> = statements.iter().map(statement).collect();
        format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","))
    }

    #[test]
    fn a_policy_on_the_way_is_told_from_one_that_somebody_changed() {
        let before = document(&["a", "b", "c"]);
        let after = document(&["b"]);
        for (now, want) in [
            (Some(vec!["a", "b", "c"]), true),
            (Some(vec!["b", "c"]), true),
            (Some(vec!["b"]), true),
            (Some(vec!["a"]), false),
            (Some(vec!["b", "d"]), false),
            (None, false),
        ] {
            let now = now.map(|sids| Document::parse(&document(&sids)).unwrap());
            assert_eq!(Document::is_between(now.as_ref(), &before, Some(&after)), want, "{now:?}");
        }
        assert!(Document::is_between(None, &before, None));
    }

    #[test]
    fn spacing_says_nothing_and_order_does() {
        let one = Document::parse(&document(&["a", "b"])).unwrap();
        assert!(one.says(&document(&["a", "b"]).replace(',', " ,\n")));
        assert!(!one.says(&document(&["b", "a"])));
        let twice = document(&["a", "b"]).replace("\"Effect\"", "\"Effect\":\"Deny\",\"Effect\"");
        assert!(!one.says(&twice));
        assert!(one.is_without(&document(&["a", "x", "b"]), &["x".to_owned()]));
        assert!(!one.is_without(&document(&["a", "x", "b"]), &["a".to_owned()]));
        let spaced = Document::parse(&one.raw().replace("\":", "\" : ")).unwrap();
        assert_eq!(one.statement_texts(), spaced.statement_texts());
    }
}
