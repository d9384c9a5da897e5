//! Any bytes: reading a control policy never panics, every problem stands inside the text and is
//! fit to be shown, and what was understood is understood again from its JSON, which is YAML.

#![no_main]

use libfuzzer_sys::fuzz_target;
use proof::finding::is_unseen;
use proof::policy::source;
use time::macros::date;

fuzz_target!(|bytes: &[u8]| {
    let today = date!(2026 - 11 - 21);
    let (policy, report) = source::read(bytes, today);
    assert_eq!(policy.is_none(), report.is_refused());
    let text = String::from_utf8_lossy(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes));
    let lines: Vec<&str> = text.split('\n').flat_map(|line| line.split('\r')).collect();
    for problem in report.problems() {
        assert!((1..=lines.len()).contains(&problem.line), "{problem:?}");
        assert!(problem.column >= 1 && problem.column <= text.chars().count() + 1, "{problem:?}");
    }
    assert!(!report.render("policy.yaml").chars().any(|c| c != '\n' && is_unseen(c)));
    if let Some(policy) = policy {
        let json = serde_json::to_string(&policy).expect("it is JSON");
        assert_eq!(source::parse(&json, today).expect("it is a control policy"), policy);
    }
});
