//! `template.yaml` and `events/` against the code: the rules are what the controls need, the role
//! may do what the remediations declare, every sample has a rule and every rule a sample. Tools
//! that check templates see none of this.

use cordon::{
    controls::{Rule, event_pattern},
    remediation::{PolicyReplacement, Remediation, Undo},
    resource::{FunctionArn, FunctionResource, Qualifier, RevisionId},
    settings::Settings,
    state::{Read, UrlAuthType},
};
use serde_json::{Value, json};
use std::{cell::RefCell, collections::BTreeSet, fs, path::Path};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The template without its tags: `!Ref X` reads as `X`.
fn template() -> Value {
    let text = fs::read_to_string(Path::new(ROOT).join("template.yaml")).expect("the template");
    serde_saphyr::from_str(&text).expect("the template is YAML")
}

fn properties(template: &Value, logical_id: &str) -> Value {
    let properties = &template["Resources"][logical_id]["Properties"];
    assert!(properties.is_object(), "no resource `{logical_id}`");
    properties.clone()
}

#[test]
fn the_rules_are_exactly_what_the_controls_need() {
    let template = template();
    for rule in Rule::ALL {
        let mut properties = properties(&template, rule.logical_id());
        assert_eq!(properties["State"], "ENABLED", "{rule:?}");
        let pattern = properties["EventPattern"].as_object_mut().expect("a pattern");
        assert_eq!(pattern.remove("account"), Some(json!(["AWS::AccountId"])), "{rule:?}");
        if rule == Rule::Invocation {
            let detail = pattern["detail"].as_object_mut().expect("a detail");
            let functions = detail.remove("resources");
            assert_eq!(functions, Some(json!({ "ARN": "InvocationFunctionArns" })));
        }
        let got = sorted(Value::Object(pattern.clone()));
        assert_eq!(got, sorted(event_pattern(rule)), "{rule:?}");
    }
    let rules = template["Resources"].as_object().expect("resources");
    let rules = rules.values().filter(|resource| resource["Type"] == "AWS::Events::Rule");
    assert_eq!(rules.count(), Rule::ALL.len());
}

/// The order of alternatives means nothing.
fn sorted(pattern: Value) -> Value {
    match pattern {
        Value::Object(fields) => {
            fields.into_iter().map(|(name, value)| (name, sorted(value))).collect()
        }
        Value::Array(mut items) => {
            items.sort_by_key(Value::to_string);
            Value::Array(items)
        }
        other => other,
    }
}

#[test]
fn every_rule_reaches_the_function_and_the_failure_queue() {
    let template = template();
    for rule in Rule::ALL {
        let targets = properties(&template, rule.logical_id())["Targets"].clone();
        let [target] = targets.as_array().expect("targets").as_slice() else { panic!("one") };
        assert_eq!(target["Arn"], "CordonFunction.Arn");
        assert_eq!(target["DeadLetterConfig"]["Arn"], "FailureQueue.Arn");
        let retry: BTreeSet<&str> = target["RetryPolicy"]
            .as_object()
            .expect("a policy")
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(retry, BTreeSet::from(["MaximumEventAgeInSeconds", "MaximumRetryAttempts"]));
        let id = rule.logical_id();
        let permission = properties(&template, &id.replace("Rule", "Permission"));
        assert_eq!(permission["Principal"], "events.amazonaws.com");
        assert_eq!(permission["SourceArn"], format!("{id}.Arn"));
        assert_eq!(permission.get("SourceAccount"), None, "it would break the trigger");
    }
    let function = properties(&template, "CordonFunction");
    assert_eq!(function["Runtime"], "provided.al2023");
    let failure = &function["EventInvokeConfig"]["DestinationConfig"]["OnFailure"];
    assert_eq!(failure["Destination"], "FailureQueue.Arn");
}

fn function() -> FunctionArn {
    let arn = "arn:aws:lambda:us-east-1:111122223333:function:f";
    FunctionArn::parse(arn).expect("a function")
}

/// One of each; a new kind of remediation does not compile until it is here.
fn remediations() -> Vec<Remediation> {
    let function = function();
    let qualifier = Qualifier::Version(1);
    let all = vec![
        Remediation::DeleteProvisionedConcurrency {
            function: function.clone(),
            qualifier,
            requested: 1,
        },
        Remediation::StopFunction { function: function.clone(), reserved: None },
        Remediation::HardenFunctionUrl { resource: function.clone().into() },
        Remediation::ReplaceResourcePolicy(PolicyReplacement {
            resource: function.clone().into(),
            before: String::new(),
            revision: RevisionId(String::new()),
            after: None,
            edits: Vec::new(),
            removable_by_sid: None,
        }),
        Remediation::TagFunction { function, keys: BTreeSet::new(), value: String::new() },
    ];
    for remediation in &all {
        match remediation {
            Remediation::DeleteProvisionedConcurrency { .. }
            | Remediation::StopFunction { .. }
            | Remediation::HardenFunctionUrl { .. }
            | Remediation::ReplaceResourcePolicy(_)
            | Remediation::TagFunction { .. } => {}
        }
    }
    all
}

/// One of each; a new kind of read does not compile until it is here.
fn reads() -> Vec<Read> {
    let resource = FunctionResource::from(function());
    let all = vec![
        Read::Policy(resource.clone()),
        Read::EveryPolicy(function()),
        Read::Function(function()),
        Read::Url(resource),
        Read::Provisioned(function()),
    ];
    for read in &all {
        match read {
            Read::Policy(_)
            | Read::EveryPolicy(_)
            | Read::Function(_)
            | Read::Url(_)
            | Read::Provisioned(_) => {}
        }
    }
    all
}

fn statements(policy: &Value) -> Vec<Value> {
    policy["Statement"].as_array().expect("statements").clone()
}

/// The actions of `service` in the statements of one effect.
fn actions(statements: &[Value], effect: &str, service: &str) -> BTreeSet<String> {
    statements
        .iter()
        .filter(|statement| statement["Effect"] == effect)
        .flat_map(|statement| match &statement["Action"] {
            Value::Array(actions) => actions.clone(),
            action => vec![action.clone()],
        })
        .filter_map(|action| action.as_str().map(str::to_owned))
        .filter(|action| action.starts_with(&format!("{service}:")))
        .collect()
}

fn names<'a>(permissions: impl IntoIterator<Item = &'a [&'static str]>) -> BTreeSet<String> {
    permissions.into_iter().flatten().map(|action| (*action).to_owned()).collect()
}

#[test]
fn the_role_may_do_exactly_what_reads_and_remediations_declare_and_nothing_to_itself() {
    let role = properties(&template(), "CordonRole");
    let statements = statements(&role["Policies"][0]["PolicyDocument"]);
    let (reads, remediations) = (reads(), remediations());
    let writes = names(remediations.iter().map(Remediation::permissions));
    let all = &writes | &names(reads.iter().map(Read::permissions));
    assert_eq!(actions(&statements, "Allow", "lambda"), all);
    assert_eq!(actions(&statements, "Deny", "lambda"), writes);
    let rest = |service| actions(&statements, "Allow", service);
    let journal = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"];
    assert_eq!(rest("dynamodb"), journal.map(str::to_owned).into());
    assert_eq!(rest("sns"), ["sns:Publish".to_owned()].into());
    assert_eq!(rest("sqs"), ["sqs:SendMessage".to_owned()].into());
    assert!(rest("iam").is_empty());
    for statement in &statements {
        assert!(!statement["Action"].to_string().contains('*'), "{statement}");
    }
}

#[test]
fn operators_may_do_exactly_what_the_ways_back_declare() {
    let policy = properties(&template(), "OperatorPolicy");
    let statements = statements(&policy["PolicyDocument"]);
    let undos: Vec<Undo> = remediations().iter().map(Remediation::undo).collect();
    let want = names(undos.iter().map(Undo::permissions));
    assert_eq!(actions(&statements, "Allow", "lambda"), want);
    let journal = ["dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"];
    assert_eq!(actions(&statements, "Allow", "dynamodb"), journal.map(str::to_owned).into());
    let hardened = Undo::SetUrlAuthType { resource: function().into(), auth: UrlAuthType::None };
    assert!(undos.contains(&hardened));
}

#[test]
fn the_function_gets_every_setting_it_reads_and_no_other() {
    let function = properties(&template(), "CordonFunction");
    let variables = function["Environment"]["Variables"].as_object().expect("variables");
    let given: BTreeSet<String> = variables.keys().cloned().collect();
    let read = RefCell::new(BTreeSet::new());
    Settings::read(|name| {
        read.borrow_mut().insert(name.to_owned());
        (name == "CORDON_JOURNAL_TABLE").then(|| "journal".to_owned())
    })
    .expect("settings");
    assert_eq!(given, read.into_inner());
    assert_eq!(template()["Parameters"]["Mode"]["Default"], "dry-run");
}

fn samples() -> Vec<(String, Value)> {
    fs::read_dir(Path::new(ROOT).join("events"))
        .expect("the samples")
        .map(|entry| {
            let path = entry.expect("a file").path();
            let text = fs::read_to_string(&path).expect("a readable file");
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, serde_json::from_str(&text).expect("samples are JSON"))
        })
        .collect()
}

#[test]
fn every_sample_matches_one_rule_and_every_rule_and_lambda_call_has_a_sample() {
    let mut names_seen = BTreeSet::new();
    let mut rules_seen = BTreeSet::new();
    for (file, event) in samples() {
        assert_eq!(event["account"], "111122223333", "{file}");
        let matching: Vec<Rule> =
            Rule::ALL.into_iter().filter(|rule| matches(&event_pattern(*rule), &event)).collect();
        assert_eq!(matching.len(), 1, "{file} matches {matching:?}");
        rules_seen.extend(matching);
        names_seen.insert(event["detail"]["eventName"].as_str().unwrap_or_default().to_owned());
    }
    assert_eq!(rules_seen, BTreeSet::from(Rule::ALL));
    for alternative in
        event_pattern(Rule::LambdaChanges)["detail"]["eventName"].as_array().expect("names")
    {
        let prefix = alternative["prefix"].as_str().expect("a prefix");
        assert!(names_seen.iter().any(|name| name.starts_with(prefix)), "no sample of {prefix}");
    }
}

/// As much of EventBridge's matching as the rules use.
fn matches(pattern: &Value, event: &Value) -> bool {
    match pattern {
        Value::Object(fields) => {
            fields.iter().all(|(name, wanted)| match (name.as_str(), wanted) {
                ("$or", Value::Array(patterns)) => patterns.iter().any(|one| matches(one, event)),
                (_, _) => matches(wanted, &event[name]),
            })
        }
        Value::Array(alternatives) => alternatives.iter().any(|wanted| match wanted {
            Value::Object(operator) if operator.contains_key("prefix") => {
                let prefix = operator["prefix"].as_str().expect("a prefix");
                event.as_str().is_some_and(|text| text.starts_with(prefix))
            }
            Value::Object(operator) if operator.contains_key("exists") => {
                operator["exists"] == json!(!event.is_null())
            }
            Value::Object(operator) => panic!("unknown operator {operator:?}"),
            wanted => wanted == event,
        }),
        other => panic!("not a pattern: {other}"),
    }
}
