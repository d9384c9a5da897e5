//! Whatever the statements and the edits: the grants of the result are those of the document minus
//! what was edited away, counted independently, one by one.

use super::super::actions::Names;
use super::super::exposure::{Exposure, Trusted, expose};
use super::super::model::{Effect, Statement};
use super::super::service::{ServiceScope, scope_service};
use super::*;
use crate::resource::FunctionResource;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const ARN: &str = "arn:aws:lambda:eu-west-1:111122223333:function:web";

const ACTIONS: [&str; 5] = [
    "lambda:InvokeFunction",
    "lambda:UpdateFunctionCode",
    "lambda:Get*",
    "Lambda:invokefunctionurl",
    "*",
];

const PRINCIPALS: [(&str, &str); 9] = [
    ("AWS", "*"),
    ("AWS", "111122223333"),
    ("AWS", "arn:aws:iam::777788889999:root"),
    ("AWS", "AIDAEXAMPLEEXAMPLE"),
    ("Service", "s3.amazonaws.com"),
    ("Service", "sns.amazonaws.com"),
    ("Service", "events.amazonaws.com"),
    ("Service", "states.amazonaws.com"),
    ("Martian", "x"),
];

/// A list, or the one string that it holds.
fn element(list: Vec<&str>, scalar: bool) -> Value {
    match list.as_slice() {
        [only] if scalar => json!(only),
        list => json!(list),
    }
}

fn principal() -> impl Strategy<Value = Value> {
    let chosen = prop::collection::vec(select(PRINCIPALS.to_vec()), 1..7);
    let typed = (chosen, any::<bool>()).prop_map(|(chosen, scalar)| {
        let mut types: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (kind, value) in chosen {
            types.entry(kind).or_default().push(value);
        }
        let typed = types.into_iter().map(|(kind, list)| (kind.to_owned(), element(list, scalar)));
        Value::Object(typed.collect())
    });
    prop_oneof![8 => typed, 1 => Just(json!("*"))]
}

fn statement() -> impl Strategy<Value = Value> {
    let sid = prop::option::of(select(vec!["a", "b", "aPart2", "with space", ""]));
    let actions = (subsequence(ACTIONS.to_vec(), 1..=ACTIONS.len()), any::<bool>());
    let conditions = select(vec![
        json!(null),
        json!({}),
        json!({"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}),
        json!({"ArnLike": {"AWS:SourceArn": "arn:aws:s3:::bucket"}, "Bool": {"x": true}}),
        json!({"StringEquals": {"aws:SourceAccount": "777788889999"}}),
    ]);
    let effect = prop_oneof![9 => Just("Allow"), 1 => Just("Deny")];
    let flags = (0_u8..8, 0_u8..8);
    (sid, effect, principal(), actions, conditions, flags).prop_map(
        |(sid, effect, principal, (actions, scalar), condition, (not_principal, not_action))| {
            let mut one = json!({"Effect": effect, "Resource": ARN});
            if let Some(sid) = sid {
                one["Sid"] = json!(sid);
            }
            let named = if not_principal == 0 && principal.is_object() {
                "NotPrincipal"
            } else {
                "Principal"
            };
            one[named] = principal;
            one[if not_action == 0 { "NotAction" } else { "Action" }] = element(actions, scalar);
            if !condition.is_null() {
                one["Condition"] = condition;
            }
            one
        },
    )
}

fn document() -> impl Strategy<Value = Document> {
    (prop::collection::vec(statement(), 1..=5), any::<bool>(), any::<bool>()).prop_map(
        |(statements, list, pretty)| {
            let statements = match statements.as_slice() {
                [only] if !list => only.clone(),
                several => json!(several),
            };
            let value = json!({"Version": "2012-10-17", "Statement": statements});
            let text = if pretty {
                serde_json::to_string_pretty(&value)
            } else {
                serde_json::to_string(&value)
            };
            Document::parse(&text.unwrap()).unwrap()
        },
    )
}

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

/// The edits that answer what the analysis finds, as the controls derive them, and the grants that
/// are left to a person.
fn derived(
    document: &Document,
    resource: &FunctionResource,
    trusted: &Trusted,
) -> (Vec<Edit>, BTreeSet<String>) {
    let (mut edits, mut left) = (Vec::new(), BTreeSet::new());
    for exposed in expose(document, resource, trusted) {
        let statement = &document.statements()[exposed.index];
        for grant in &exposed.grants {
            let change = match (grant.exposure, &grant.principal) {
                (Exposure::Public | Exposure::External, _) => Change::Drop,
                (Exposure::UnscopedService, Principal::Service(service)) => {
                    match scope_service(statement, service, resource, trusted) {
                        ServiceScope::Limit(limits) => Change::Scope(limits),
                        ServiceScope::NoTriggerNeedsIt | ServiceScope::Foreign => Change::Drop,
                        ServiceScope::Undetermined(_) => {
                            left.insert(grant.principal.to_string());
                            continue;
                        }
                    }
                }
                (Exposure::UnscopedService, _) => {
                    left.insert(grant.principal.to_string());
                    continue;
                }
                (Exposure::Unknown | Exposure::Trusted | Exposure::Internal, _) => continue,
            };
            edits.push(Edit {
                index: exposed.index,
                principals: vec![grant.principal.clone()],
                change,
            });
        }
    }
    (edits, left)
}

proptest! {
    #[test]
    fn the_result_grants_what_the_document_grants_minus_what_is_edited_away(
        document in document(),
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
    fn what_the_analysis_finds_is_answered_and_nothing_is_edited_a_second_time(
        document in document(),
        alone in any::<bool>(),
    ) {
        let resource = FunctionResource::parse_arn(ARN).unwrap();
        let mut trusted = Trusted::default();
        if !alone {
            trusted.organizations.insert("o-a1b2c3d4e5".to_owned());
        }
        let (edits, left) = derived(&document, &resource, &trusted);
        let Some(written) = rewrite(&document, &edits).unwrap() else { return Ok(()) };
        let after = Document::parse(&written).unwrap();
        for exposed in expose(&after, &resource, &trusted) {
            for grant in exposed.grants {
                let open = matches!(grant.exposure, Exposure::Public | Exposure::External | Exposure::UnscopedService);
                let reported = grant.exposure == Exposure::UnscopedService && left.contains(&grant.principal.to_string());
                prop_assert!(!open || reported, "{grant:?} in {written}");
            }
        }
        let (again, _) = derived(&after, &resource, &trusted);
        prop_assert_eq!(&again, &vec![], "{}", written);
        prop_assert_eq!(rewrite(&after, &again).unwrap(), Some(written));
    }
}
