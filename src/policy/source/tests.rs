//! Reading control policies: what is told, where, and that nothing makes it stumble.

use super::{
    fault::{Fault, Faults},
    *,
};
use crate::{
    finding::{ControlId, is_unseen},
    iam::is_service_principal,
    policy::{Mode, Pattern},
    resource::{is_account_id, is_organization_or_part},
};
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};
use time::macros::date;

const TODAY: Date = date!(2026 - 11 - 21);

fn parsed(text: &str) -> Result<ControlPolicy, PolicyError> {
    parse(text, TODAY)
}

#[test]
fn a_control_without_a_mode_has_the_default_and_the_default_is_dry_run() {
    let policy = parsed("version: 1\n").unwrap();
    assert_eq!(policy.farthest(&ControlId::FunctionPolicyPublic.into(), TODAY), Mode::DryRun);
    let policy = parsed(
        "version: 1\ndefaults: { mode: enforce }\ncontrols:\n  tags.missing: { mode: off }\n",
    )
    .unwrap();
    assert_eq!(policy.farthest(&ControlId::FunctionPolicyPublic.into(), TODAY), Mode::Enforce);
    assert_eq!(policy.farthest(&ControlId::TagsMissing.into(), TODAY), Mode::Off);
}

#[test]
fn what_is_not_in_the_language_is_an_error_that_names_its_line() {
    for (text, line, word) in [
        ("version: 1\ncontrol: {}\n", "line 2, column 1:", "nearest: `controls`"),
        ("version: 1\ncontrols:\n  function-policy.publik: {}\n", "line 3, column 3:", "publik"),
        (
            "version: 1\ncontrols:\n  tags.missing:\n    mood: enforce\n",
            "line 4, column 5:",
            "mood",
        ),
        ("version: 1\ntrusted:\n  accounts: [12]\n", "line 3, column 14:", "twelve-digit"),
        ("version: 2\n", "line 1, column 10:", "expected `1`"),
        ("controls: {}\n", "line 1, column 1:", "`version` is missing"),
    ] {
        let error = parsed(text).unwrap_err().to_string();
        assert!(error.contains(line) && error.contains(word), "{text}\n{error}");
    }
}

#[test]
fn exceptions_need_an_owner_a_reason_and_an_end_within_180_days() {
    let exception = |rest: &str| {
        parsed(&format!(
            "version: 1\nexceptions:\n  - controls: [function-url.public]\n    functions: [webhook]\n{rest}"
        ))
    };
    assert!(exception("    owner: web\n    reason: hook\n    expires: 2027-05-20\n").is_ok());
    // One that ended is a warning.
    assert!(exception("    owner: web\n    reason: hook\n    expires: 2026-11-20\n").is_ok());
    for rest in [
        "    owner: web\n    reason: hook\n",
        "    owner: web\n    reason: hook\n    expires: 2027-05-21\n",
        "    owner: ''\n    reason: hook\n    expires: 2027-01-01\n",
        "    owner: web\n    reason: hook\n    expires: never\n",
    ] {
        assert!(exception(rest).is_err(), "{rest}");
    }
}

#[test]
fn a_long_file_is_not_even_looked_at() {
    let (policy, report) = read(&vec![b'#'; LONGEST + 1], TODAY);
    assert!(policy.is_none());
    assert_eq!(report.problems()[0].kind, Kind::Size);
    let (policy, _) = read(format!("version: 1\n{}", "#".repeat(LONGEST - 20)).as_bytes(), TODAY);
    assert!(policy.is_some());
}

#[test]
fn warnings_refuse_nothing_however_many_there_are_and_hide_no_error() {
    let ended = "  - { controls: [tags.missing], functions: [a], owner: x, reason: y, expires: 2026-01-01 }\n";
    let each = |number| ended.replace("[a]", &format!("[a{number}]"));
    let all: String = (0..=Faults::MOST).map(each).collect();
    let text = format!("version: 1\nexceptions:\n{all}");
    let (policy, report) = read(text.as_bytes(), TODAY);
    assert!(policy.is_some());
    assert!(report.render("p").ends_with("100 warnings, 1 more problem not shown"));
    let (policy, _) = read((text + &ended.replace("2026-01", "2030-01")).as_bytes(), TODAY);
    assert!(policy.is_none());
}

/// Kinds and columns of what is wrong in one line of this schema.
fn found(schema: &Value, text: &str) -> Vec<(Kind, usize)> {
    let mut faults = Faults::default();
    let tree = tree::read(text, &mut faults).unwrap();
    check::check(schema, &tree, &mut faults);
    faults.found.into_iter().map(|Fault { kind, span, .. }| (kind, span.start)).collect()
}

#[test]
fn numbers_and_lengths_have_limits() {
    let schema = json!({ "type": "object", "properties": {
        "number": { "type": "integer", "minimum": 1, "maximum": 9 },
        "part": { "type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1 },
        "name": { "type": "string", "minLength": 1, "maxLength": 3 },
        "some": { "type": "object", "minProperties": 1, "additionalProperties": { "type": "string" } },
        "few": { "type": "array", "maxItems": 1, "items": { "type": "string" } },
    }});
    for (text, want) in [
        ("number: 1", vec![]),
        ("number: 0", vec![(Kind::Range, 8)]),
        ("number: 10", vec![(Kind::Range, 8)]),
        ("number: 1.5", vec![(Kind::WrongType, 8)]),
        ("part: 0.5", vec![]),
        ("part: 0", vec![(Kind::Range, 6)]),
        ("part: 1", vec![(Kind::Range, 6)]),
        ("name: abc", vec![]),
        ("name: ''", vec![(Kind::Length, 6)]),
        ("name: äöüß", vec![(Kind::Length, 6)]),
        ("some: {}", vec![(Kind::Length, 0)]),
        ("some: { a: b, c: 1 }", vec![(Kind::Unquoted, 17)]),
        ("few: [a, b]", vec![(Kind::Length, 0)]),
    ] {
        assert_eq!(found(&schema, text), want, "{text}");
    }
}

#[test]
fn of_several_forms_the_nearest_is_told_of() {
    let schema = json!({ "oneOf": [
        { "type": "string", "const": "all" },
        { "type": "object", "additionalProperties": false, "required": ["tag", "value"], "properties":
            { "tag": { "type": "string" }, "value": { "type": "string" } } },
        { "type": "object", "additionalProperties": false, "required": ["name"], "properties":
            { "name": { "type": "string", "const": "x" } } },
    ]});
    for (text, want) in [
        ("all", vec![]),
        ("{ tag: a, value: b }", vec![]),
        ("al", vec![(Kind::UnknownValue, 0)]),
        ("[all]", vec![(Kind::WrongType, 0)]),
        ("{ tag: a, valeu: b }", vec![(Kind::UnknownKey, 10)]),
        ("{ name: y }", vec![(Kind::UnknownValue, 8)]),
    ] {
        assert_eq!(found(&schema, text), want, "{text}");
    }
}

/// What only the type refuses.
#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Odd {
    #[serde(default)]
    small: Vec<u8>,
    #[serde(default)]
    choice: Option<Choice>,
    #[serde(default)]
    free: Value,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case")]
enum Choice {
    Nothing,
    One(String),
}

#[test]
fn a_tree_is_read_as_serde_reads_json_and_a_refusal_has_its_place() {
    let tree = |text: &str| tree::read(text, &mut Faults::default()).unwrap();
    let good = tree("small: [1, 2]\nchoice: { one: a }\nfree: { x: [1, 2.5, ~, yes, 'no'] }\n");
    let want = Odd {
        small: vec![1, 2],
        choice: Some(Choice::One("a".to_owned())),
        free: json!({ "x": [1, 2.5, null, "yes", "no"] }),
    };
    assert_eq!(decode::decode::<Odd>(&good).unwrap(), want);
    assert_eq!(
        decode::decode::<Odd>(&tree("choice: nothing\n")).unwrap().choice,
        Some(Choice::Nothing)
    );
    for (text, at) in
        [("small: [1, 256]\n", 11), ("small: [1]\nchoice: other\n", 19), ("smal: []", 0)]
    {
        let refusal = decode::decode::<Odd>(&tree(text)).unwrap_err();
        assert_eq!(refusal.span.unwrap().start, at, "{text} {}", refusal.why);
    }
}

#[test]
fn a_place_is_found_in_mappings_lists_and_sets_or_else_what_stands_above() {
    let text = "a:\n  - { b: [x, y] }\n";
    let tree = tree::read(text, &mut Faults::default()).unwrap();
    let at = |place: Place| &text[span(&place, &tree)];
    assert_eq!(at(Place::at(["a"])), "a");
    assert_eq!(at(Place::at(["a"]).index(0)), "{ b: [x, y] }");
    assert_eq!(at(Place::at(["a"]).index(0).key("b")), "b");
    assert_eq!(at(Place::at(["a"]).index(0).key("b").key("y")), "y");
    assert_eq!(at(Place::at(["a"]).index(0).key("b").index(9)), "b");
    assert_eq!(at(Place::at(["a"]).index(4).key("c")), "a");
    assert_eq!(at(Place::top()), "a");
}

/// The pattern that the schema gives the items of a list.
fn pattern(pointer: &str) -> regex_lite::Regex {
    let pattern = schema().pointer(pointer).unwrap()["pattern"].as_str().unwrap();
    regex_lite::Regex::new(pattern).unwrap()
}

/// Texts made of pieces that the forms know, so that many are nearly right.
fn nearly() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "o-",
        "a1b2c3d4e5",
        "/",
        "*",
        "/*",
        "r-",
        "ou-",
        "ab12",
        "-",
        ".",
        "..",
        "s3",
        "amazonaws",
        ".amazonaws.com",
        ".cn",
        ".amazon.com",
        "alexa-appkit",
        "eu-west-1",
        "A",
        " ",
        "\u{a0}",
        "111122223333",
        "1",
        "é",
        "\n",
        ":",
        "",
    ]);
    prop::collection::vec(pieces, 0..6).prop_map(|pieces| pieces.concat())
}

/// Lines and values of control policies, good and bad.
fn pieces() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "version: 1\n",
        "controls:\n",
        "  tags.missing:\n",
        "    mode: off\n",
        "    mode: {",
        "}",
        "]\n",
        "  function-url.public: { mode: enforce }\n",
        "trusted:\n",
        "  accounts: [",
        "\"111122223333\"",
        ", ",
        "exceptions:\n",
        "  - controls: [tags.missing]\n",
        "    functions: [a, ",
        "*a",
        "&b ",
        "    expires: 2027-01-31\n",
        "    expires: 2027-02-30\n",
        "    owner: x\n    reason: y\n",
        "\t",
        "'",
        "\"",
        "# c\n",
        "---\n",
        "%YAML 1.2\n",
        "!!str ",
        "<<: ",
        "? ",
        ": ",
        "- ",
        "|\n",
        ">-\n",
        "\r",
        "\n",
        "  ",
        "\u{feff}",
        "日本",
        "\u{1}",
        "\\",
        "~",
        "@",
        "`",
        "{{ x }}",
    ]);
    prop::collection::vec(pieces, 0..24).prop_map(|pieces| pieces.concat())
}

fn held(bytes: &[u8]) {
    let (policy, report) = read(bytes, TODAY);
    assert_eq!(policy.is_none(), report.is_refused());
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = String::from_utf8_lossy(bytes);
    let lines = lines::Lines::new(&text);
    for problem in report.problems() {
        assert!(problem.line >= 1 && problem.line <= text.split(['\n', '\r']).count());
        let width = lines.line(problem.line).chars().count();
        assert!(problem.column >= 1 && problem.column <= width + 1, "{problem:?}");
    }
    assert!(!report.render("p.yaml").chars().any(|c| c != '\n' && is_unseen(c)));
    // JSON is YAML: what was understood is understood again.
    if let Some(policy) = policy {
        let json = serde_json::to_string(&policy).unwrap();
        assert_eq!(parsed(&json).unwrap(), policy, "{json}");
    }
}

#[test]
fn storms_end_soon() {
    for storm in [
        "[", "{", "- ", "? ", ": ", "a: ", "&a ", "*a ", "!t ", "\"", "'", "{a: ", "|\n",
        "\u{feff}",
    ] {
        held(storm.repeat(30_000 / storm.len()).as_bytes());
    }
    let keys: String = (0..20_000).map(|number| format!("kontrols{number}: 1\n")).collect();
    held(keys.as_bytes());
    let twice = "mode: 1\n".repeat(50_000);
    held(twice.as_bytes());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_it_panic_and_every_problem_stands_inside_the_text(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        held(&bytes);
        held(String::from_utf8_lossy(&bytes).as_bytes());
    }

    #[test]
    fn no_policy_makes_it_panic_and_every_problem_stands_inside_the_text(text in pieces()) {
        held(text.as_bytes());
        held(format!("version: 1\n{text}").as_bytes());
    }

    #[test]
    fn what_the_schema_lets_through_the_types_accept(text in nearly()) {
        let accounts = pattern("/definitions/Trusted/properties/accounts/items");
        prop_assert_eq!(accounts.is_match(&text), is_account_id(&text));
        let organizations = pattern("/definitions/Trusted/properties/organizations/items");
        prop_assert_eq!(organizations.is_match(&text), is_organization_or_part(&text));
        let services = pattern("/definitions/Trusted/properties/services/items");
        prop_assert_eq!(services.is_match(&text), is_service_principal(&text));
        let names = pattern("/properties/protected/items");
        // The pattern knows no blanks but those of ASCII; the type's word is the last.
        let fits = Pattern::try_from(text.clone()).is_ok();
        prop_assert!(names.is_match(&text) >= fits, "{text:?}");
    }
}
