//! What the demo prints: at most [`WIDTH`] columns, in colour only on a terminal.

use crate::{
    account::{LOGGING, Snapshot},
    harness::FunctionSnapshot,
};
use serde_json::Value;
use std::{
    collections::BTreeSet,
    io::{IsTerminal, stdout},
};

const WIDTH: usize = 110;

/// A title with what it means.
pub fn heading(title: &str, meaning: &str) {
    println!("\n{}", painted("1", &format!("{title:=<WIDTH$}", title = format!("== {title} "))));
    wrapped("", meaning);
}

/// `text` under `label`, on as many lines as it takes.
pub fn wrapped(label: &str, text: &str) {
    let mut line = label.to_owned();
    for word in text.split(' ') {
        let longer = line.chars().count() + 1 + word.chars().count();
        if longer > WIDTH && line.len() > label.len() {
            println!("{}", line.trim_end());
            line = " ".repeat(label.len());
        }
        if line.len() > label.len() {
            line.push(' ');
        }
        line.push_str(word);
    }
    println!("{}", line.trim_end());
}

/// `text` in an ANSI colour.
pub fn painted(colour: &str, text: &str) -> String {
    if stdout().is_terminal() { format!("\x1b[{colour}m{text}\x1b[0m") } else { text.to_owned() }
}

/// One row of the account's table. Rows are the same when `exact` is, too.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    resource: String,
    setting: &'static str,
    /// A statement's Sid, a tag's key: what stays the same when the value changes.
    name: String,
    shown: String,
    exact: String,
}

/// The account; with `before`, what is gone since is marked `-` and what is new `+`.
pub fn table(before: Option<&Snapshot>, now: &Snapshot) {
    let (now, before) = (rows(now), before.map(rows));
    let before = before.as_ref().unwrap_or(&now);
    let mut all: Vec<(&Row, char)> = before
        .iter()
        .map(|row| (row, if now.contains(row) { ' ' } else { '-' }))
        .chain(now.difference(before).map(|row| (row, '+')))
        .collect();
    all.sort_by_key(|(row, mark)| (&row.resource, row.setting, &row.name, *mark == '+'));
    println!("\n  {:<22} {:<11} VALUE", "FUNCTION", "SETTING");
    let mut last = "";
    for (row, mark) in all {
        let resource = if row.resource == last { "" } else { row.resource.as_str() };
        last = &row.resource;
        let line = format!("{mark} {resource:<22} {:<11} {}", row.setting, row.shown);
        let line = shortened(&line, WIDTH);
        match mark {
            '-' => println!("{}", painted("31", &line)),
            '+' => println!("{}", painted("32", &line)),
            _ => println!("{line}"),
        }
    }
}

fn shortened(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    text.chars().take(longest - 1).chain(['…']).collect()
}

fn rows(account: &Snapshot) -> BTreeSet<Row> {
    account.iter().flat_map(|(name, function)| rows_of(name, function)).collect()
}

fn rows_of(function: &str, snapshot: &FunctionSnapshot) -> Vec<Row> {
    let row = |qualifier: &str, setting, name: &str, shown: String, exact: String| {
        let resource = [function, qualifier].join(if qualifier.is_empty() { "" } else { ":" });
        Row { resource, setting, name: name.to_owned(), shown, exact }
    };
    let fact =
        |qualifier: &str, setting, value: String| row(qualifier, setting, "", value.clone(), value);
    let mut rows = Vec::new();
    for (qualifier, text) in &snapshot.policies {
        for statement in statements(text) {
            let sid = statement["Sid"].as_str().unwrap_or("(no Sid)");
            let shown = format!("{sid}: {}", in_words(&statement));
            rows.push(row(qualifier, "statement", sid, shown, statement.to_string()));
        }
    }
    rows.extend(snapshot.reserved.map(|number| fact("", "reserved", number.to_string())));
    for (qualifier, number) in &snapshot.provisioned {
        rows.push(fact(qualifier, "provisioned", number.to_string()));
    }
    rows.extend(snapshot.url.iter().map(|auth| fact("", "url", auth.clone())));
    for (key, value) in &snapshot.tags {
        rows.push(row("", "tag", key, format!("{key} = {value}"), value.clone()));
    }
    rows.extend(snapshot.settings.get(LOGGING).map(|is| fact("", LOGGING, is.clone())));
    for (setting, _) in snapshot.settings.iter().filter(|(setting, _)| setting.contains("cordon-"))
    {
        rows.push(row("", "role", setting, setting.clone(), setting.clone()));
    }
    rows
}

fn statements(policy: &str) -> Vec<Value> {
    let document: Value = serde_json::from_str(policy).unwrap_or_default();
    document["Statement"].as_array().cloned().unwrap_or_default()
}

/// A statement in one short line. Only for statements of the kinds the demo has.
fn in_words(statement: &Value) -> String {
    let action = statement["Action"].as_str().unwrap_or("?");
    let action = match action.strip_prefix("lambda:").unwrap_or(action) {
        "InvokeFunction" => "invoke",
        "InvokeFunctionUrl" => "call the URL",
        other => other,
    };
    let conditions: String = statement["Condition"]
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(_, keys)| keys.as_object())
        .flatten()
        .map(|(key, value)| condition(key, value.as_str().unwrap_or("?")))
        .collect();
    format!("{} may {action}{conditions}", who(&statement["Principal"]))
}

fn who(principal: &Value) -> String {
    if let Some(service) = principal["Service"].as_str() {
        return service.trim_end_matches(".amazonaws.com").to_owned();
    }
    match principal["AWS"].as_str() {
        Some(arn) => arn.split(':').nth(4).unwrap_or(arn).to_owned(),
        None => "anyone".to_owned(),
    }
}

fn condition(key: &str, value: &str) -> String {
    match key {
        "AWS:SourceArn" => format!(" for {}", value.rsplit(':').next().unwrap_or(value)),
        "AWS:SourceAccount" => format!(" of {value}"),
        "lambda:FunctionUrlAuthType" => format!(" with {value}"),
        "lambda:InvokedViaFunctionUrl" => " through the URL".to_owned(),
        other => format!(" ({other} {value})"),
    }
}
