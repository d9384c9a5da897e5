//! The texts of the revoking policies, word for word: what they do is proven beside.

use super::*;
use time::macros::datetime;

const WEB: &str = "arn:aws:lambda:eu-west-1:111122223333:function:web";

fn function(arn: &str) -> FunctionArn {
    FunctionArn::parse(arn).unwrap()
}

fn own_log(arn: &str) -> LogGroup {
    LogGroup::of(&function(arn), None).unwrap()
}

#[test]
fn the_function_is_denied_all_but_its_own_log_by_two_statements() {
    let want = concat!(
        r#"{"Version":"2012-10-17","Statement":["#,
        r#"{"Sid":"CordonDenyFunction","Effect":"Deny","#,
        r#""NotAction":["logs:CreateLogStream","logs:PutLogEvents"],"Resource":"*","#,
        r#""Condition":{"ArnEquals":{"lambda:SourceFunctionArn":"#,
        r#""arn:aws:lambda:eu-west-1:111122223333:function:web"}}},"#,
        r#"{"Sid":"CordonDenyFunctionLogs","Effect":"Deny","#,
        r#""Action":["logs:CreateLogStream","logs:PutLogEvents"],"#,
        r#""NotResource":"arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/web:*","#,
        r#""Condition":{"ArnEquals":{"lambda:SourceFunctionArn":"#,
        r#""arn:aws:lambda:eu-west-1:111122223333:function:web"}}}]}"#,
    );
    assert_eq!(deny_function(&function(WEB), &own_log(WEB)), want);
}

#[test]
fn the_log_group_lies_where_the_function_lies() {
    let china = function("arn:aws-cn:lambda:cn-north-1:111122223333:function:web");
    let group = LogGroup::of(&china, Some("shared/logs#1")).unwrap();
    assert_eq!(group.arn, "arn:aws-cn:logs:cn-north-1:111122223333:log-group:shared/logs#1");
}

#[test]
fn a_log_group_that_would_open_the_exemption_is_refused() {
    let long = "a".repeat(513);
    for name in ["", "*", "logs?", "${aws:username}", "a:b", "a b", "ä", &long] {
        let error = LogGroup::of(&function(WEB), Some(name)).unwrap_err();
        assert!(matches!(error, RevocationError::LogGroup(_)), "{name}");
    }
    let error = LogGroup::of(&function(WEB), Some("a*")).unwrap_err();
    let want = "`a*` is not a log group: whoever set the function's logging must mend it";
    assert_eq!(error.to_string(), want);
}

#[test]
fn older_sessions_are_told_by_a_time_in_utc_that_rounds_up() {
    let want = concat!(
        r#"{"Version":"2012-10-17","Statement":[{"Sid":"CordonDenyIssuedBefore","#,
        r#""Effect":"Deny","Action":"*","Resource":"*","Condition":{"DateLessThan":"#,
        r#"{"aws:TokenIssueTime":"2026-01-02T03:04:05Z"}}}]}"#,
    );
    assert_eq!(deny_issued_before(datetime!(2026-01-02 03:04:05 UTC)), want);
    assert_eq!(deny_issued_before(datetime!(2026-01-02 03:04:04.000000001 UTC)), want);
    assert_eq!(deny_issued_before(datetime!(2026-01-02 05:04:05 +2)), want);
    let over = deny_issued_before(datetime!(2026-12-31 23:59:59.5 UTC));
    assert!(over.contains("2027-01-01T00:00:00Z"), "{over}");
}

#[test]
fn sessions_are_denied_by_role_id_and_name() {
    let sessions = ["AROAEXAMPLE2:b", "AROAEXAMPLE1:worker-1"].map(str::to_owned).into();
    let want = concat!(
        r#"{"Version":"2012-10-17","Statement":[{"Sid":"CordonDenySessions","#,
        r#""Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEquals":"#,
        r#"{"aws:userid":["AROAEXAMPLE1:worker-1","AROAEXAMPLE2:b"]},"DateLessThan":"#,
        r#"{"aws:TokenIssueTime":"2026-01-02T03:04:05Z"}}}]}"#,
    );
    assert_eq!(deny_sessions(&sessions, datetime!(2026-01-02 03:04:05 UTC)).unwrap(), want);
}

#[test]
fn what_names_no_session_or_more_than_one_is_refused() {
    let time = datetime!(2026-01-02 03:04:05 UTC);
    assert_eq!(deny_sessions(&BTreeSet::new(), time), Err(RevocationError::NoSession));
    for wrong in [
        "AROAEXAMPLE1",
        "AROAEXAMPLE1:",
        "AROA:x",
        "AIDAEXAMPLE1:x",
        "111122223333:x",
        "AROAEXAMPLE1:*",
        "AROAEXAMPLE1:${aws:username}",
        "${aws:userid}",
        "AROAEXAMPLE1:a:b",
        "aroaexample1:x",
    ] {
        let sessions = ["AROAEXAMPLE1:fine", wrong].map(str::to_owned).into();
        let want = RevocationError::Session(wrong.to_owned());
        assert_eq!(deny_sessions(&sessions, time), Err(want));
    }
}

#[test]
fn the_deny_is_known_again_however_it_is_spaced_and_called() {
    let (web, log) = (function(WEB), own_log(WEB));
    let text = deny_function(&web, &log);
    assert!(is_revoked(&text, &web, &log));
    assert!(is_revoked(&text.replace(',', " ,\n"), &web, &log));
    assert!(is_revoked(&text.replace("CordonDenyFunctionLogs", "Other"), &web, &log));
    let listed = text.replace(r#""Resource":"*""#, r#""Resource":["*"]"#);
    assert!(is_revoked(&listed, &web, &log));
}

#[test]
fn what_says_more_or_less_than_the_deny_is_not_it() {
    let (web, log) = (function(WEB), own_log(WEB));
    let text = deny_function(&web, &log);
    let more = r#""Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},"#;
    for other in [
        text.replace("ArnEquals", "ArnEqualsIfExists"),
        text.replacen("Deny", "Allow", 2),
        text.replace("NotAction", "Action"),
        text.replace("NotResource", "Resource"),
        text.replace("function:web", "function:webs"),
        text.replace("/aws/lambda/web", "/aws/lambda/*"),
        text.replace("logs:PutLogEvents", "logs:*"),
        text.replace("\"Sid\"", "\"Until\""),
        text.replace("2012-10-17", "2030-01-01"),
        text.replace("\"Statement\":[", more),
        text.replace("\"Effect\":\"Deny\",\"Not", "\"Effect\":\"Deny\",\"Effect\":\"Deny\",\"Not"),
        deny_issued_before(datetime!(2026-01-02 03:04:05 UTC)),
        String::new(),
    ] {
        assert!(other != text && !is_revoked(&other, &web, &log), "{other}");
    }
    assert!(!is_revoked(&text, &function(&format!("{WEB}s")), &log));
    assert!(!is_revoked(&text, &web, &LogGroup::of(&web, Some("other")).unwrap()));
}

#[test]
fn white_space_between_tokens_is_not_counted_and_that_in_strings_is() {
    assert_eq!(policy_size("{ \"a b\" :\n\t[ \"é\" ] }"), 13);
}
