//! A policy, generated from bytes or given as text: it is exposed the same way twice, every
//! witness is let in, every edit is refused or gives a policy that parses and is short enough, and
//! what was not edited is still there.

#![no_main]

use libfuzzer_sys::fuzz_target;
use proof::choices::Choices;
use proof::generate;
use proof::iam::{
    Change, Decision, Document, Edit, Effect, Names, Standpoint, Statement, Trusted, evaluate,
    expose, rewrite,
};
use proof::resource::FunctionResource;
use time::macros::datetime;

/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
const LONGEST: usize = 20_480;

fuzz_target!(|bytes: &[u8]| {
    let Some((edits, bytes)) = bytes.split_last() else { return };
    let text = match bytes.split_first() {
        Some((b'{', _)) => String::from_utf8_lossy(bytes).into_owned(),
        Some(_) | None => generate::case(&mut Choices::from_bytes(bytes)).policy.to_string(),
    };
    let Ok(document) = Document::parse(&text) else { return };
    let function = "arn:aws:lambda:us-east-1:111122223333:function:orders";
    let Ok(resource) = FunctionResource::parse_arn(function) else { return };
    let trusted = Trusted::default();
    let from = datetime!(2026-11-21 12:00 UTC);
    let standpoint = Standpoint { resource: &resource, trusted: &trusted, from };
    let exposed = expose(&document, standpoint);
    assert_eq!(exposed, expose(&document, standpoint));
    assert_eq!(exposed.len(), document.statements().len());
    for witness in exposed.iter().flat_map(|s| &s.grants).filter_map(|grant| grant.witness.as_ref())
    {
        let decision = evaluate(&document, &witness.request());
        assert!(matches!(decision, Decision::Allow { .. }), "{text} {witness:?} {decision:?}");
    }
    let edits = some(&document, *edits);
    match rewrite(&document, &edits) {
        Ok(Some(written)) => {
            assert!(written.len() <= LONGEST);
            let after = Document::parse(&written).expect("what is written parses again");
            for (index, statement) in document.statements().iter().enumerate() {
                let edited = edits.iter().any(|edit| edit.index == index);
                assert!(edited || after.statements().contains(statement), "{text} -> {written}");
            }
        }
        Ok(None) => assert!(!edits.is_empty()),
        Err(_) => {}
    }
});

/// For every Allow that the bits name: the first principal goes, all go, or they lose an action.
fn some(document: &Document, bits: u8) -> Vec<Edit> {
    let named = |(index, _): &(usize, &Statement)| bits >> (index % 8) & 1 == 1;
    let allows = document.statements().iter().enumerate().filter(named);
    let allows = allows.filter(|(_, statement)| statement.effect == Effect::Allow);
    allows.map(|(index, statement)| edit(index, statement)).collect()
}

fn edit(index: usize, statement: &Statement) -> Edit {
    let everybody = statement.principals.clone();
    let first = statement.principals.iter().take(1).cloned().collect();
    let (principals, change) = match (index % 3, &statement.actions) {
        (0, _) => (first, Change::Drop),
        (1, Names::Only(actions)) => {
            (first, Change::DropActions(actions.iter().take(1).cloned().collect()))
        }
        (_, _) => (everybody, Change::Drop),
    };
    Edit { index, principals, change }
}
