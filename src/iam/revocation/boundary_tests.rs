//! Boundaries with the Denies added: their text. What they do is proven beside.

use super::*;

const WEB: &str = "arn:aws:lambda:eu-west-1:111122223333:function:web";

fn added_to(existing: Option<&str>, name: &str) -> Result<String, RevocationError> {
    let function = FunctionArn::parse(&WEB.replace("web", name)).unwrap();
    boundary(existing, &function, &LogGroup::of(&function, None).unwrap())
}

fn sids(text: &str) -> Vec<String> {
    let document = IdentityDocument::parse(text).unwrap();
    document.statements().iter().filter_map(|one| one.sid.clone()).collect()
}

#[test]
fn a_role_without_a_boundary_gets_one_that_allows_all_else() {
    let text = added_to(None, "web").unwrap();
    assert_eq!(sids(&text), ["CordonAllowAll", "CordonDenyFunction", "CordonDenyFunctionLogs"]);
    assert_eq!(added_to(Some(&text), "web").unwrap(), text);
}

#[test]
fn the_text_of_every_statement_and_element_is_kept() {
    let one = r#"{ "Effect": "Allow",  "Action": "s3:*", "Resource": "*" , "Sid": "a\u0062" }"#;
    let single = format!(r#"{{ "Id" : "x\u0079", "Statement": {one}, "Version":"2008-10-17" }}"#);
    let listed = single.replace(one, &format!("[{one} ,\n{one}]"));
    for (existing, count) in [(single, 1), (listed, 2)] {
        let text = added_to(Some(&existing), "web").unwrap();
        assert!(text.starts_with(r#"{"Id":"x\u0079","Statement":[{ "#), "{text}");
        assert_eq!(text.matches(one).count(), count);
        assert!(text.ends_with(r#"],"Version":"2008-10-17"}"#), "{text}");
        assert_eq!(IdentityDocument::parse(&text).unwrap().statements().len(), count + 2);
    }
}

#[test]
fn sids_that_are_taken_get_a_number() {
    let first = added_to(None, "web").unwrap();
    let second = added_to(Some(&first), "api").unwrap();
    let third = added_to(Some(&second), "etl").unwrap();
    let mut all = sids(&third);
    assert_eq!(all[5..], ["CordonDenyFunction3", "CordonDenyFunctionLogs3"]);
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 7);
    for name in ["web", "api", "etl"] {
        assert_eq!(added_to(Some(&third), name).unwrap(), third);
    }
    let other = first.replace("CordonDenyFunction\"", "cordondenyfunction\"");
    assert!(added_to(Some(&other), "api").unwrap().contains("\"CordonDenyFunction2\""));
}

#[test]
fn of_two_denies_only_the_one_that_is_gone_is_added() {
    let text = added_to(None, "web").unwrap();
    let weaker = text.replacen("\"Deny\"", "\"Allow\"", 1);
    assert_eq!(sids(&added_to(Some(&weaker), "web").unwrap())[3..], ["CordonDenyFunction2"]);
}

#[test]
fn a_boundary_that_is_not_understood_is_refused_with_who_must_mend_it() {
    for (existing, want) in [
        ("[]", "the permissions boundary is wrong: `document` should be an object"),
        ("{}", "the permissions boundary is wrong: `Statement` should be present"),
        (r#"{"Version":"2030-01-01","Statement":[]}"#, "the permissions boundary has an unknown"),
        (r#"{"Until":"tomorrow","Statement":[]}"#, "the permissions boundary has an unknown"),
    ] {
        let error = added_to(Some(existing), "web").unwrap_err().to_string();
        assert!(error.starts_with(want), "{error}");
        assert!(error.contains("whoever wrote it must"), "{error}");
    }
}

#[test]
fn a_boundary_is_refused_from_one_character_too_many_on() {
    let of = |length: usize| {
        let resource = "a".repeat(length);
        format!(
            r#"{{ "Statement": [ {{"Effect": "Allow", "Action": "*", "Resource": "{resource}"}} ] }}"#
        )
    };
    let fits = (5_000..6_144).rev().find_map(|length| added_to(Some(&of(length)), "web").ok());
    assert_eq!(policy_size(&fits.unwrap()), MANAGED_POLICY_SIZE);
    let error = (5_000..).find_map(|length| added_to(Some(&of(length)), "web").err()).unwrap();
    assert_eq!(error, RevocationError::TooLong(MANAGED_POLICY_SIZE + 1));
    let want = "the permissions boundary would have `6145` characters, more than 6144: its owner \
        must shorten it";
    assert_eq!(error.to_string(), want);
}
