//! Whatever the statements and the edits are: the grants of the result are those of the document minus
//! what was edited away, counted independently, one by one.

use super::super::actions::Names;
use super::super::generated::{documents, requests};
use super::super::model::{Effect, Statement};
use super::super::request::{Decision, Request, evaluate};
use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn limit(choice: u8) -> Limit {
    let (operator, key, value) = match choice % 3 {
        0 => ("StringEquals", "AWS:SourceOrgID", "o-a1b2c3d4e5"),
        1 => ("ArnLike", "AWS:SourceArn", "arn:aws:sns:*:111122223333:*"),
        _ => ("StringLike", "AWS:SourceAccount", "111122223333"),
    };
    Limit { operator, key, value: value.to_owned() }
}

/// Edits of what the document says; the numbers choose.
fn edits(document: &Document, choices: &[(usize, u32, u8, u32)]) -> Vec<Edit> {
    let allows: Vec<(usize, &Statement)> = (document.statements().iter().enumerate())
        .filter(|(_, statement)| statement.effect == Effect::Allow)
        .collect();
    let some = |mask: u32, place: usize| mask >> (place % 32) & 1 == 1;
    let mut edits = Vec::new();
    for (at, who, change, what) in choices {
        let Some((index, statement)) = allows.get(at % allows.len().max(1)) else { break };
        let principals: Vec<Principal> = (statement.principals.iter().enumerate())
            .filter(|(place, _)| some(*who, *place))
            .map(|(_, principal)| principal.clone())
            .collect();
        let change = match (change, &statement.actions) {
            (0, _) => Change::Drop,
            (1 | 2, Names::Only(list)) => Change::DropActions(
                list.iter()
                    .enumerate()
                    .filter(|(n, _)| some(*what, *n))
                    .map(|(_, a)| a.clone())
                    .collect(),
            ),
            (_, _) => {
                Change::Scope((0..3).filter(|n| some(*what, *n)).map(|n| limit(n as u8)).collect())
            }
        };
        let empty = match &change {
            Change::Drop => false,
            Change::DropActions(list) => list.is_empty(),
            Change::Scope(list) => list.is_empty(),
        };
        if !empty && !principals.is_empty() {
            edits.push(Edit { index: *index, principals, change });
        }
    }
    edits
}

/// One grant: everything that must hold for one principal to use one action.
type Atom = (String, Vec<String>, String, String, String, BTreeSet<(String, String, Vec<String>)>);

/// The conditions as a set: operator, key, values.
fn conditions(statement: &Statement) -> BTreeSet<(String, String, Vec<String>)> {
    let clauses = statement.conditions.iter();
    clauses.map(|c| (c.operator.clone(), c.key.to_lowercase(), c.values.clone())).collect()
}

fn atoms(
    statement: &Statement,
    mut each: impl FnMut(&Principal, &str, &mut BTreeSet<(String, String, Vec<String>)>) -> bool,
) -> BTreeSet<Atom> {
    let actions = match &statement.actions {
        Names::Only(list) => list.clone(),
        Names::AllBut(list) => vec![format!("all but {list:?}")],
    };
    let mut atoms = BTreeSet::new();
    for principal in &statement.principals {
        for action in &actions {
            let mut limits = conditions(statement);
            if each(principal, action, &mut limits) {
                let but = statement.not_principals.iter().map(ToString::to_string).collect();
                let (effect, resources) =
                    (format!("{:?}", statement.effect), format!("{:?}", statement.resources));
                atoms.insert((
                    format!("{principal:?}"),
                    but,
                    action.clone(),
                    effect,
                    resources,
                    limits,
                ));
            }
        }
    }
    atoms
}

/// What must be left: each grant is held against each edit, one by one.
fn expected(document: &Document, edits: &[Edit]) -> BTreeSet<Atom> {
    let mut all = BTreeSet::new();
    for (index, statement) in document.statements().iter().enumerate() {
        all.extend(atoms(statement, |principal, action, limits| {
            let mine =
                edits.iter().filter(|e| e.index == index && e.principals.contains(principal));
            let mut stays = true;
            for edit in mine {
                match &edit.change {
                    Change::Drop => stays = false,
                    Change::DropActions(list) => stays &= !list.iter().any(|a| a == action),
                    Change::Scope(more) => limits.extend(more.iter().map(|l| {
                        (l.operator.to_owned(), l.key.to_lowercase(), vec![l.value.clone()])
                    })),
                }
            }
            stays
        }));
    }
    all
}

fn left(written: Option<&str>) -> BTreeSet<Atom> {
    let document = written.map(|text| Document::parse(text).unwrap());
    let statements = document.iter().flat_map(Document::statements);
    statements.flat_map(|statement| atoms(statement, |_, _, _| true)).collect()
}

fn raw_statements(text: &str) -> Vec<String> {
    let top = json::object(text, "document", "an object").unwrap();
    let (_, value) = top.iter().find(|(key, _)| key == "Statement").unwrap();
    let (_, raws) = model::statement_texts(value).unwrap();
    raws.iter().map(|raw| json::compact(raw.get())).collect()
}

/// How much a document lets a request do: nothing, perhaps, certainly. None is no policy.
fn access(document: Option<&Document>, request: &Request) -> u8 {
    match document.map(|document| evaluate(document, request)) {
        None | Some(Decision::Deny { .. } | Decision::Implicit) => 0,
        Some(Decision::Unclear { .. }) => 1,
        Some(Decision::Allow { .. }) => 2,
    }
}

proptest! {
    #[test]
    fn the_result_grants_what_the_document_grants_minus_what_is_edited_away(
        document in documents(),
        choices in prop::collection::vec((0_usize..5, any::<u32>(), 0_u8..5, any::<u32>()), 1..5),
    ) {
        let edits = edits(&document, &choices);
        let written = match rewrite(&document, &edits) {
            Ok(written) => written,
            // A condition may hold a value for the same key: the only refusal here.
            Err(error) => {
                prop_assert!(matches!(error, RewriteError::Taken(..)), "{error}");
                return Ok(());
            }
        };
        prop_assert_eq!(left(written.as_deref()), expected(&document, &edits));
        let Some(written) = written else { return Ok(()) };
        let before = raw_statements(document.raw());
        let after = raw_statements(&written);
        let mut at = 0;
        for (index, original) in before.iter().enumerate() {
            if edits.iter().all(|edit| edit.index != index) {
                let found = after[at..].iter().position(|text| text == original);
                prop_assert!(found.is_some(), "{original} in {written}");
                at += found.unwrap_or_default() + 1;
            }
        }
        let result = Document::parse(&written).unwrap();
        let old: Vec<&String> = document.statements().iter().filter_map(|s| s.sid.as_ref()).collect();
        let mut new = BTreeSet::new();
        let counts = |sid: &String| result.statements().iter().filter(|s| s.sid.as_ref() == Some(sid)).count();
        for sid in result.statements().iter().filter_map(|s| s.sid.as_ref()) {
            if old.contains(&sid) {
                let before = old.iter().filter(|other| **other == sid).count();
                prop_assert!(counts(sid) <= before, "{sid} twice in {written}");
                continue;
            }
            let legal = sid.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
            prop_assert!(legal && (1..=100).contains(&sid.len()), "{sid}");
            prop_assert!(new.insert(sid), "{sid} twice in {written}");
        }
    }

    #[test]
    fn no_edit_lets_anybody_do_more_and_a_split_alone_changes_nothing(
        document in documents(),
        choices in prop::collection::vec((0_usize..5, any::<u32>(), 0_u8..5, any::<u32>()), 1..5),
        requests in prop::collection::vec(requests(), 1..8),
    ) {
        let edits = edits(&document, &choices);
        let Ok(written) = rewrite(&document, &edits) else { return Ok(()) };
        let after = written.as_deref().map(|text| Document::parse(text).unwrap());
        let scopes = edits.iter().all(|edit| matches!(edit.change, Change::Scope(_)));
        for mut request in requests {
            let (before, now) = (access(Some(&document), &request), access(after.as_ref(), &request));
            prop_assert!(now <= before, "{before} {now} {request:?} {written:?}");
            if scopes {
                // Who satisfies every limit that was added notices nothing.
                request.context.insert("aws:SourceOrgID", ["o-a1b2c3d4e5"]);
                request.context.insert("aws:SourceAccount", ["111122223333"]);
                request.context.insert("aws:SourceArn", ["arn:aws:sns:eu-west-1:111122223333:t"]);
                prop_assert_eq!(access(Some(&document), &request), access(after.as_ref(), &request));
            }
        }
    }
}
