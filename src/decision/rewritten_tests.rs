//! A document without an event is answered as the same document under an event would be.

use super::*;
use crate::iam::{
    Caller, Change, Context, Decision, Edit, Effect, Exposure, Principal, Request, evaluate,
    expose, generated, rewrite,
};
use proptest::prelude::*;
use serde_json::{Value, json};

const ARN: &str = generated::ARN;
const NOW: OffsetDateTime = generated::NOW;

fn policy() -> ControlPolicy {
    let text = json!({"version": 1, "defaults": {"mode": "off"},
        "trusted": {"accounts": ["444455556666"]}});
    serde_json::from_value(text).unwrap()
}

fn statement(sid: &str, principal: Value) -> Value {
    json!({"Sid": sid, "Effect": "Allow", "Principal": principal,
        "Action": "lambda:InvokeFunction", "Resource": ARN})
}

fn run(statements: Value) -> Rewritten {
    let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    let resource = FunctionResource::parse_arn(ARN).unwrap();
    rewritten(&policy(), &resource, &Document::parse(&text).unwrap(), NOW)
}

fn after(rewritten: &Rewritten) -> Value {
    match &rewritten.after {
        After::Replaced(text) => serde_json::from_str::<Value>(text).unwrap()["Statement"].take(),
        After::Unchanged | After::Deleted => Value::Null,
    }
}

#[test]
fn a_closed_document_stays_as_it_is() {
    let got = run(json!([statement("own", json!({"AWS": "111122223333"}))]));
    let want = Rewritten { edits: vec![], after: After::Unchanged, left: vec![] };
    assert_eq!(got, want);
}

#[test]
fn nothing_but_open_statements_leaves_no_document() {
    let got = run(json!([
        statement("open", json!("*")),
        statement("stranger", json!({"AWS": "777788889999"}))
    ]));
    assert_eq!(got.after, After::Deleted);
    assert_eq!(got.edits, ["statement `open` removed", "statement `stranger` removed"]);
    assert_eq!(got.left, [""; 0]);
}

#[test]
fn a_mixed_statement_is_told_part_by_part_and_what_is_left_names_its_statement_once() {
    let mut mixed = statement(
        "mixed",
        json!({"AWS": ["777788889999", "444455556666", "111122223333"],
            "Service": ["events.amazonaws.com", "brand-new.amazonaws.com", "states.amazonaws.com"]}),
    );
    mixed["Action"] = json!(["lambda:InvokeFunction", "lambda:GetFunction"]);
    let unclear = statement("unclear", json!({"Federated": "x"}));
    let got = run(json!([mixed, unclear]));
    assert_eq!(
        got.edits,
        ["statement `mixed`: `777788889999`, `states.amazonaws.com` dropped; \
          `444455556666` without lambda:GetFunction; \
          `events.amazonaws.com` scoped to AWS:SourceArn = arn:aws:events:eu-west-1:111122223333:rule/*"]
    );
    assert_eq!(
        got.left,
        [
            "statement `mixed`: `brand-new.amazonaws.com`: which scope keeps the triggers of this service alive is not documented",
            "cannot tell: statement `unclear`: who signs in at an identity provider is not known"
        ]
    );
    let after = after(&got);
    let sids: Vec<&Value> = (0..4).map(|index| &after[index]["Sid"]).collect();
    assert_eq!(sids, ["mixed", "mixedPart2", "mixedPart3", "unclear"]);
    assert_eq!(
        after[0]["Principal"],
        json!({"AWS": "111122223333", "Service": "brand-new.amazonaws.com"})
    );
}

#[test]
fn the_statements_of_a_public_url_go_too() {
    let mut url = statement("url", json!("*"));
    url["Action"] = json!("lambda:InvokeFunctionUrl");
    url["Condition"] = json!({"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}});
    assert_eq!(run(json!([url])).after, After::Deleted);
}

#[test]
fn scopes_without_room_leave_the_statement_and_say_so_while_removals_are_made() {
    let many: Vec<String> =
        (0..450).map(|n| format!("arn:aws:iam::111122223333:role/r{n:04}")).collect();
    let mixed = json!({"AWS": many, "Service": ["events.amazonaws.com", "s3.amazonaws.com"]});
    let got = run(json!([statement("mixed", mixed.clone()), statement("open", json!("*"))]));
    assert_eq!(got.edits.len(), 2, "{:?}", got.left);

    let long = "x".repeat(1600);
    let mut mixed = statement("mixed", mixed);
    mixed["Condition"] = json!({"StringNotEquals": {"aws:PrincipalTag/x": long}});
    let got = run(json!([mixed, statement("open", json!("*"))]));
    assert_eq!(got.edits, ["statement `open` removed"]);
    let why = "nothing was scoped: the policy would be ";
    assert!(got.left.iter().any(|left| left.starts_with(why)), "{:?}", got.left);
}

#[test]
fn what_is_rewritten_is_not_rewritten_again() {
    let mixed = json!({"AWS": ["777788889999", "111122223333"], "Service": ["s3.amazonaws.com", "events.amazonaws.com", "sns.amazonaws.com"]});
    let first = run(json!([statement("a", mixed.clone()), statement("b", mixed)]));
    let second = run(after(&first));
    assert_eq!((second.edits.len(), &second.after), (0, &After::Unchanged));
    assert_eq!(second.left, first.left);
}

#[test]
fn names_that_whoever_wrote_the_policy_chose_stay_short_and_on_one_line() {
    let long = format!("arn:aws:iam::777788889999:role/x\n{}", "y".repeat(500));
    let strangers: Vec<String> = (0..9).map(|n| format!("77778888999{n}")).collect();
    let got = run(json!([statement("a", json!({"AWS": [long, "111122223333"]}))]));
    assert!(got.edits.iter().all(|words| words.len() < 400 && !words.contains('\n')), "{got:?}");
    let mut several = strangers;
    several.push("111122223333".to_owned());
    let got = run(json!([statement("a", json!({"AWS": several}))]));
    assert_eq!(
        got.edits,
        ["statement `a`: `777788889990`, `777788889991`, `777788889992`, 6 more dropped"]
    );
}

proptest! {
    #[test]
    fn what_is_open_is_closed_or_left_to_a_person_and_nothing_is_edited_a_second_time(
        document in generated::documents(),
        alone in any::<bool>(),
    ) {
        let resource = FunctionResource::parse_arn(ARN).unwrap();
        let mut policy = policy();
        if alone {
            policy.trusted.accounts.clear();
        } else {
            policy.trusted.organizations.insert("o-a1b2c3d4e5".to_owned());
        }
        let first = rewritten(&policy, &resource, &document, NOW);
        let after = match &first.after {
            After::Replaced(text) => Document::parse(text).unwrap(),
            After::Unchanged => document,
            After::Deleted => return Ok(()),
        };
        let standpoint = generated::at(&resource, &policy.trusted);
        for exposed in expose(&after, standpoint) {
            for grant in exposed.grants {
                let named = format!("`{}`", grant.principal);
                let told = |words: &str| first.left.iter().any(|left| left.contains(words));
                let fine = match grant.exposure {
                    Exposure::Public | Exposure::External => false,
                    Exposure::UnscopedService => told(&named),
                    Exposure::Unknown => told("cannot tell"),
                    Exposure::Trusted => exposed.beyond_invoke.is_empty(),
                    Exposure::Internal => true,
                };
                prop_assert!(fine, "{:?} in {}, left: {:?}", grant, after.raw(), first.left);
            }
        }
        let second = rewritten(&policy, &resource, &after, NOW);
        prop_assert_eq!(second.edits, vec![""; 0], "{}", after.raw());
        prop_assert_eq!(second.after, After::Unchanged);
        prop_assert_eq!(second.left.len(), first.left.len(), "{:?} {:?}", second.left, first.left);
    }

    #[test]
    fn a_trigger_of_the_own_account_that_a_statement_names_goes_on(document in generated::documents()) {
        let resource = FunctionResource::parse_arn(ARN).unwrap();
        // What everybody gets goes; what is granted to the service by name is what counts.
        let everybody = |principal: &&Principal| match principal {
            Principal::Anyone | Principal::NotListed => true,
            Principal::Service(name) => name == "*",
            Principal::Aws(_) | Principal::Dead(_) | Principal::Federated(_) => false,
            Principal::Other { .. } => false,
        };
        let allows = document.statements().iter().enumerate().filter(|(_, s)| s.effect == Effect::Allow);
        let edits: Vec<Edit> = allows
            .flat_map(|(index, s)| s.principals.iter().filter(everybody).map(move |p| (index, p)))
            .map(|(index, p)| Edit { index, principals: vec![p.clone()], change: Change::Drop })
            .collect();
        let Some(named) = rewrite(&document, &edits).unwrap() else { return Ok(()) };
        let named = Document::parse(&named).unwrap();
        let mut policy = policy();
        policy.trusted.accounts.clear();
        let after = match rewritten(&policy, &resource, &named, NOW).after {
            After::Unchanged => named.clone(),
            After::Replaced(text) => Document::parse(&text).unwrap(),
            After::Deleted => Document::parse(r#"{"Statement":[]}"#).unwrap(),
        };
        for (service, source) in [
            ("s3.amazonaws.com", "arn:aws:s3:::bucket"),
            ("sns.amazonaws.com", "arn:aws:sns:eu-west-1:111122223333:topic"),
            ("events.amazonaws.com", "arn:aws:events:eu-west-1:111122223333:rule/rule"),
        ] {
            let mut context = Context::default();
            context.insert("aws:SourceArn", [source]);
            context.insert("aws:SourceAccount", ["111122223333"]);
            context.insert("x", ["true"]);
            let action = "lambda:InvokeFunction".to_owned();
            let caller = Caller::Service(service.to_owned());
            let request = Request { caller, action, resource: ARN.to_owned(), context };
            let allowed = |document| matches!(evaluate(document, &request), Decision::Allow { .. });
            prop_assert_eq!(allowed(&named), allowed(&after), "{} {}", named.raw(), after.raw());
        }
    }
}
