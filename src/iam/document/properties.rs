//! Whatever stands in a document: it is read without loss, or refused with its place.

use super::*;
use crate::iam::rewrite;
use proptest::prelude::*;

fn any_json() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "Statement",
        "Effect",
        "Allow",
        "Principal",
        "AWS",
        "*",
        "Action",
        "Resource",
        "Condition",
        "StringEquals",
        "aws:SourceAccount",
        "x",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        word.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((word.clone(), inner), 0..5).prop_map(|entries| {
                entries.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()
            }),
        ]
    })
}

/// A document of every element and form, which parses.
fn any_document() -> impl Strategy<Value = Value> {
    let word = || "[a-z*?:/ \\\\\"é{}$-]{0,8}".prop_map(Value::from);
    let words = || prop_oneof![word(), prop::collection::vec(word(), 1..4).prop_map(Value::from)];
    let kinds = prop::sample::select(vec!["AWS", "Service", "Federated", "CanonicalUser"]);
    let map = prop::collection::btree_map(kinds, words(), 1..4)
        .prop_map(|map| map.into_iter().map(|(k, v)| (k.to_owned(), v)).collect::<Value>());
    let value = prop_oneof![
        words(),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from)
    ];
    let keys = prop::collection::btree_map("[a-z:]{1,6}", value, 0..3);
    let condition = prop::collection::btree_map("[A-Z][a-z]{1,6}", keys, 0..3);
    let one = (
        (prop::option::of(word()), any::<bool>(), any::<[bool; 3]>()),
        (prop_oneof![Just(json!("*")), map], words(), prop::option::of(words())),
        prop::option::of(condition),
    );
    let statement =
        one.prop_map(|((sid, allow, negated), (principal, action, resource), condition)| {
            let name = |index: usize, name: &str| {
                if negated[index] { format!("Not{name}") } else { name.to_owned() }
            };
            let mut one = json!({"Effect": if allow { "Allow" } else { "Deny" }});
            one[name(0, "Principal")] = principal;
            one[name(1, "Action")] = action;
            if let Some(sid) = sid {
                one["Sid"] = sid
            }
            if let Some(resource) = resource {
                one[name(2, "Resource")] = resource
            }
            if let Some(condition) = condition {
                one["Condition"] = json!(condition)
            }
            one
        });
    let version = prop::option::of(prop::sample::select(vec!["2012-10-17", "2008-10-17", "other"]));
    (version, prop::collection::vec(statement, 1..4), any::<bool>()).prop_map(
        |(version, statements, single)| {
            let mut document = json!({});
            if let Some(version) = version {
                document["Version"] = json!(version)
            }
            document["Statement"] = match (single, statements.as_slice()) {
                (true, [only]) => only.clone(),
                _ => json!(statements),
            };
            document
        },
    )
}

proptest! {
    #[test]
    fn parsing_arbitrary_bytes_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let text = String::from_utf8_lossy(&bytes);
        let _ = Document::parse(&text);
        let _ = IdentityDocument::parse(&text);
    }

    #[test]
    fn parsing_arbitrary_text_never_panics(text in ".{0,200}") {
        let _ = Document::parse(&text);
    }

    #[test]
    fn parsing_arbitrary_json_never_panics(value in any_json(), inside in any_json()) {
        let _ = parse(&value);
        let mut one = statement();
        one["Condition"] = inside.clone();
        let _ = parse(&json!({"Statement": [one, inside]}));
    }

    #[test]
    fn printing_and_parsing_again_changes_nothing(document in any_document()) {
        for text in [document.to_string(), serde_json::to_string_pretty(&document).unwrap()] {
            let parsed = Document::parse(&text).unwrap();
            prop_assert_eq!(parsed.raw(), &text);
            let again = Document::parse(&parsed.compact()).unwrap();
            prop_assert_eq!(again.statements(), parsed.statements());
            prop_assert_eq!(again.compact(), parsed.compact());
            prop_assert!(parsed.says(again.raw()));
            let printed = rewrite(&parsed, &[]).unwrap();
            prop_assert_eq!(printed, Some(parsed.compact()));
        }
    }

    #[test]
    fn no_beginning_of_a_document_is_a_document(document in any_document()) {
        let text = document.to_string();
        for (end, _) in text.char_indices() {
            let error = Document::parse(&text[..end]).unwrap_err().to_string();
            prop_assert_eq!(error, "`document` should be JSON");
        }
    }

    #[test]
    fn a_changed_document_parses_or_says_where_it_is_wrong(
        document in any_document(),
        at in any::<prop::sample::Index>(),
        byte in prop::sample::select(br#"{}[]:,"\ 0nA*u"#.to_vec()),
        length in 0..3_usize,
    ) {
        let mut bytes = document.to_string().into_bytes();
        let at = at.index(bytes.len());
        let end = (at + length).min(bytes.len());
        bytes.splice(at..end, [byte]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        match Document::parse(&text) {
            Ok(parsed) => {
                // What was read as a policy is one for every reader of JSON.
                prop_assert!(serde_json::from_str::<Value>(&text).is_ok());
                let again = Document::parse(&parsed.compact()).unwrap();
                prop_assert_eq!(again.statements(), parsed.statements());
            }
            Err(error) => {
                let error = error.to_string();
                let (path, _) = error.strip_prefix('`').unwrap().split_once("` should be ").unwrap();
                prop_assert!(["document", "Version", "Id", "Statement"].iter().any(|top| {
                    path.starts_with(top)
                }) || text.contains(path), "{}", error);
            }
        }
    }
}
