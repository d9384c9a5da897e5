//! A back-test as a page: what it says, that nothing in it can be more than text, and the pages that `make test-page`
//! looks at in a browser. Without the SDK: `cargo test --no-default-features --features cli --test page`.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

#[path = "page/fixture.rs"]
mod fixture;
#[path = "page/tokens.rs"]
mod tokens;

use base64::{Engine, engine::general_purpose::STANDARD};
use cordon::{
    backtest::{Compared, Page, PolicyFile, Reading, Summary, page},
    finding::is_unseen,
};
use fixture::Typed;
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use std::{cell::RefCell, collections::BTreeSet, env, fs, path::Path, sync::LazyLock};
use tokens::{Token, tokens};

/// Set, to anything, by whoever means to change what people are told.
const WRITE_MESSAGES: &str = "CORDON_WRITE_MESSAGES";

fn as_is(text: &str) -> String {
    text.to_owned()
}

/// A page of it, compared with another control policy.
fn compared(typed: Typed) -> String {
    let (path, old) = (typed("policy.yaml"), typed("policy.old.yaml"));
    let (sha256, old_sha256) = (typed(&"3b9f0c".repeat(10)), typed(&"c41a7e".repeat(10)));
    let (version, difference) = (typed("1.2.3"), fixture::difference(typed));
    page(&Page {
        version: &version,
        policy: PolicyFile { path: &path, sha256: &sha256 },
        summary: &fixture::summary(typed),
        compared: Some(Compared {
            policy: PolicyFile { path: &old, sha256: &old_sha256 },
            difference: &difference,
        }),
    })
}

fn alone(summary: &Summary) -> String {
    let sha256 = "3b9f0c".repeat(10);
    let policy = PolicyFile { path: "policy.yaml", sha256: &sha256 };
    page(&Page { version: "1.2.3", policy, summary, compared: None })
}

/// All text of a page but its style and script.
fn text(page: &str) -> String {
    let mut own = false;
    let mut out = String::new();
    for token in tokens(page) {
        match token {
            Token::Open(name, _) => own = ["style", "script"].contains(&name.as_str()),
            Token::Close(_) => own = false,
            Token::Text(text) if !own => out.push_str(&text),
            Token::Text(_) => {}
        }
    }
    out
}

/// What is between the tags of an element of our own.
fn own(page: &str, name: &str) -> String {
    let all = tokens(page);
    let at: Vec<usize> = (0..all.len())
        .filter(|index| matches!(&all[*index], Token::Open(open, _) if open == name))
        .collect();
    let [at] = at[..] else { panic!("{} of {name}", at.len()) };
    let Token::Text(content) = &all[at + 1] else { panic!("{name} is empty") };
    content.clone()
}

#[test]
fn the_page_says_what_its_file_has() {
    let page = compared(&as_is);
    let bare = page.replace(&own(&page, "style"), "").replace(&own(&page, "script"), "");
    let policy = bare.split("'sha256-").skip(1).map(|rest| rest.split('\'').next().unwrap());
    let bare = policy.fold(bare.clone(), |bare, hash| bare.replace(hash, ""));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/page/page.html");
    if env::var_os(WRITE_MESSAGES).is_some() {
        fs::write(&path, &bare).unwrap();
    }
    let wanted = fs::read_to_string(&path).unwrap_or_default();
    let differs = bare.lines().zip(wanted.lines()).find(|(got, wanted)| got != wanted);
    assert!(
        bare == wanted,
        "not as in {}, first {differs:?}; {WRITE_MESSAGES}=1 writes it",
        path.display()
    );
}

#[test]
fn every_text_of_a_back_test_is_in_its_page() {
    let typed = RefCell::new(BTreeSet::new());
    let page = compared(&|text| {
        typed.borrow_mut().insert(text.to_owned());
        text.to_owned()
    });
    let shown = text(&page);
    // ARNs in lists are told by what they name; findings have them whole.
    let is_shown =
        |typed: &String| shown.contains(typed) || shown.contains(typed.rsplit(':').next().unwrap());
    let missing: Vec<_> = typed.take().into_iter().filter(|typed| !is_shown(typed)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn nothing_found_is_told_with_what_was_read() {
    let found_nothing = text(&alone(&fixture::nothing()));
    for said in [
        "Nothing was found",
        "1,204,377 events",
        "18,204 could matter",
        "2,201 were judged",
        "5\u{a0}October 2026",
    ] {
        assert!(found_nothing.contains(said), "{said}");
    }
    let read = Reading { files: 3, ..Reading::default() };
    let read_nothing = text(&alone(&Summary { read, ..Summary::default() }));
    for said in ["No events were read", "None of the 3 files held an event"] {
        assert!(read_nothing.contains(said), "{said}");
    }
}

#[test]
fn the_page_lets_in_its_own_style_and_script_and_nothing_else() {
    let page = compared(&as_is);
    let hash = |name| STANDARD.encode(Sha256::digest(own(&page, name).as_bytes()));
    let wanted = format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash("style"),
        hash("script"),
    );
    let all = tokens(&page);
    let policies: Vec<_> = all
        .iter()
        .filter_map(|token| match token {
            Token::Open(_, attributes)
                if attributes.iter().any(|(_, value)| value == "Content-Security-Policy") =>
            {
                attributes.iter().find(|(name, _)| name == "content").map(|(_, value)| value)
            }
            _ => None,
        })
        .collect();
    assert_eq!(policies, [&wanted]);
    for token in &all {
        let Token::Open(name, attributes) = token else { continue };
        assert!(!["img", "iframe", "link", "object", "base"].contains(&name.as_str()), "{name}");
        for (attribute, value) in attributes {
            assert!(
                !attribute.starts_with("on")
                    && !["src", "style", "srcset"].contains(&attribute.as_str())
            );
            assert!(attribute != "href" || value.starts_with('#'), "{value}");
        }
    }
}

#[test]
fn addresses_are_unique_and_lead_somewhere() {
    let mut summary = fixture::summary(&as_is);
    let again = summary.worst.clone();
    summary.worst.extend(again);
    let all = tokens(&alone(&summary));
    let values = |wanted: &str| -> Vec<String> {
        let attributes = all.iter().flat_map(|token| match token {
            Token::Open(_, attributes) => attributes.clone(),
            Token::Close(_) | Token::Text(_) => Vec::new(),
        });
        attributes.filter(|(name, _)| name == wanted).map(|(_, value)| value).collect()
    };
    let ids = values("id");
    let unique: BTreeSet<_> = ids.iter().cloned().collect();
    assert_eq!(unique.len(), ids.len());
    assert!(values("href").iter().all(|href| unique.contains(&href[1..])));
    assert!(values("aria-labelledby").iter().all(|id| unique.contains(id)));
    assert_eq!(ids.iter().filter(|id| id.starts_with("finding-")).count(), 48);
}

/// Where a text ends that passed through `typed`; no text has it otherwise.
const MARK: &str = "§";

/// The address of a finding follows from texts, and is one of hexadecimal digits whatever they are.
fn without_addresses(tokens: Vec<Token>) -> Vec<Token> {
    let address = |value: &mut String| {
        for prefix in ["finding-", "added-", "removed-", "#finding-", "#added-", "#removed-"] {
            if value.strip_prefix(prefix).is_some_and(|rest| {
                rest.len() >= 16 && rest.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
            }) {
                prefix.clone_into(value);
            }
        }
    };
    tokens
        .into_iter()
        .map(|token| match token {
            Token::Open(name, mut attributes) => {
                attributes.iter_mut().for_each(|(_, value)| address(value));
                Token::Open(name, attributes)
            }
            token @ (Token::Close(_) | Token::Text(_)) => token,
        })
        .collect()
}

/// What an attacker might type, besides anything.
const HOSTILE: [&str; 16] = [
    "<script>window.hacked = 1</script>",
    "</script><script>window.hacked = 1</script>",
    "</style><img src=x onerror=window.hacked=1>",
    "\"><svg onload=window.hacked=1>",
    "' autofocus onfocus='window.hacked=1",
    "\" style=\"background:url(//attacker.example/x)",
    "</title></details></main><iframe src=//attacker.example>",
    "<!--",
    "-->",
    "<![CDATA[",
    "&lt;script&gt;",
    "&#60;b&#62;",
    "&amp",
    "javascript:window.hacked=1",
    "\u{202e}gnp.exe\u{0}\r\n\t",
    "{{7*7}}${7*7}`x`",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]
    #[test]
    fn whatever_is_typed_stays_text(
        parts in prop::collection::vec(prop_oneof![prop::sample::select(&HOSTILE[..]).prop_map(as_is), ".{0,20}", any::<String>()], 0..4)
    ) {
        let hostile: String = parts.concat().chars().take(400).collect();
        let shown: String = hostile.chars().map(|c| if is_unseen(c) { '\u{fffd}' } else { c }).collect();
        static BENIGN: LazyLock<Vec<Token>> =
            LazyLock::new(|| without_addresses(tokens(&compared(&|text| format!("{text}{MARK}")))));
        let marked = |text: &str| text.replace(MARK, &shown);
        let wanted: Vec<Token> = BENIGN
            .iter()
            .cloned()
            .map(|token| match token {
                Token::Open(name, attributes) => {
                    let attributes = attributes.into_iter().map(|(name, value)| (name, marked(&value))).collect();
                    Token::Open(name, attributes)
                }
                Token::Text(text) => Token::Text(marked(&text)),
                close @ Token::Close(_) => close,
            })
            .collect();
        let got = without_addresses(tokens(&compared(&|text| format!("{text}{hostile}"))));
        let differs = got.iter().zip(&wanted).find(|(got, wanted)| got != wanted);
        prop_assert!(differs.is_none() && got.len() == wanted.len(), "{differs:?}");
    }
}

/// Not looked at here: `make test-page` does, in a browser.
#[test]
fn pages_for_the_browser_are_written() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("page");
    fs::create_dir_all(&folder).unwrap();
    let long = fixture::of_days(&as_is, 640, 2_000);
    let hostile = HOSTILE.concat();
    for (name, page) in [
        ("report", alone(&fixture::summary(&as_is))),
        ("compared", compared(&as_is)),
        ("long", alone(&long)),
        ("hostile", compared(&|text| format!("{text}{hostile}"))),
        ("nothing-found", alone(&fixture::nothing())),
        (
            "nothing-read",
            alone(&Summary {
                read: Reading { files: 3, ..Reading::default() },
                ..Summary::default()
            }),
        ),
    ] {
        fs::write(folder.join(name).with_extension("html"), page).unwrap();
    }
}
