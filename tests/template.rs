//! `template.yaml` and `events/` against the code: the rules are what the controls need, the roles
//! may do what reads and remediations declare, every sample has a rule and every rule a sample.
//! Tools that check templates see none of this.

mod delivery;
mod logs;
mod permissions;
mod queues;

use cordon::{
    controls::{Rule, event_pattern},
    event::{Event, Kind},
    resource::{AccountId, Home},
    settings::{CollectorSettings, Settings},
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
    for rule in Rule::ALL.iter().copied() {
        let mut properties = properties(&template, rule.logical_id());
        let all = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS";
        let state = match rule {
            Rule::FunctionCalls => json!(["HearsEveryFunctionCall", all, "ENABLED"]),
            _ => json!("ENABLED"),
        };
        assert_eq!(properties["State"], state, "{rule:?}");
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
fn what_is_forwarded_from_us_east_1_is_exactly_what_the_rule_of_iam_hears() {
    let text = fs::read_to_string(Path::new(ROOT).join("global-events.yaml")).expect("a template");
    let forwarding: Value = serde_saphyr::from_str(&text).expect("the template is YAML");
    let rule = properties(&forwarding, "IamChangesRule");
    let heard = properties(&template(), "IamChangesRule");
    assert_eq!(rule["EventPattern"], heard["EventPattern"]);
    assert_eq!(rule["State"], "ENABLED");
    let targets = rule["Targets"].as_array().expect("targets").as_slice();
    let [target] = targets else { panic!("one target") };
    let role = properties(&forwarding, "ForwardingRole");
    let grant = &role["Policies"][0]["PolicyDocument"]["Statement"];
    assert_eq!(target["RoleArn"], "ForwardingRole.Arn");
    assert_eq!(grant.as_array().map(Vec::len), Some(1));
    assert_eq!(grant[0]["Action"], "events:PutEvents");
    assert_eq!(grant[0]["Resource"], target["Arn"]);
    let bus = target["Arn"].as_str().expect("an ARN");
    assert!(bus.ends_with(":event-bus/default") && bus.contains("${HomeRegion}"), "{bus}");
}

#[test]
fn every_rule_reaches_the_function_and_the_failure_queue() {
    let template = template();
    for rule in Rule::ALL.iter().copied() {
        let targets = properties(&template, rule.logical_id())["Targets"].clone();
        let [target] = targets.as_array().expect("targets").as_slice() else { panic!("one") };
        let function = match rule {
            Rule::Invocation | Rule::FunctionCalls => "CordonListener",
            _ => "CordonFunction",
        };
        assert_eq!(target["Arn"], format!("{function}.Arn"), "{rule:?}");
        assert_eq!(target["DeadLetterConfig"]["Arn"], "FailureQueue.Arn");
        let retry: BTreeSet<&str> = target["RetryPolicy"]
            .as_object()
            .expect("a policy")
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(retry, BTreeSet::from(["MaximumEventAgeInSeconds", "MaximumRetryAttempts"]));
        let id = rule.logical_id();
        let name = id.strip_suffix("Rule").expect("a rule");
        let permission = properties(&template, &format!("{name}Permission"));
        assert_eq!(permission["FunctionName"], function, "{rule:?}");
        assert_eq!(permission["Principal"], "events.amazonaws.com");
        assert_eq!(permission["SourceArn"], format!("{id}.Arn"));
        assert_eq!(permission.get("SourceAccount"), None, "it would break the trigger");
    }
}

#[test]
fn the_listener_is_the_responder_once_more_with_a_concurrency_of_its_own() {
    let template = template();
    let mut responder = properties(&template, "CordonFunction");
    let mut listener = properties(&template, "CordonListener");
    let failure = &responder["EventInvokeConfig"]["DestinationConfig"]["OnFailure"];
    assert_eq!(failure["Destination"], "FailureQueue.Arn");
    for (function, name, concurrency) in [
        (&mut responder, "responder", "ReservedConcurrency"),
        (&mut listener, "listener", "ListenerConcurrency"),
    ] {
        let own = function.as_object_mut().expect("properties");
        assert_eq!(own.remove("FunctionName"), Some(json!(format!("${{AWS::StackName}}-{name}"))));
        assert_eq!(own.remove("ReservedConcurrentExecutions"), Some(json!(concurrency)));
        assert!(own.remove("Description").is_some());
    }
    assert_eq!(responder, listener);
    let places = |name: &str| (1..=5).map(|place| format!("{name}{place}")).collect::<Vec<_>>();
    let sources = ["HearsFunctionCalls", "WatchesInvocations", "WatchesLogs", "WatchesFlows"];
    assert_eq!(template["Conditions"]["ListensToFunctions"], json!(sources));
    for source in ["WatchesLogs", "WatchesFlows"] {
        assert_eq!(template["Conditions"][source], json!(places(source)));
    }
}

/// The environment variables of a function, and those that `read` asks for.
fn variables(function: &str, read: impl FnOnce(&dyn Fn(&str) -> Option<String>)) -> [Variables; 2] {
    let function = properties(&template(), function);
    let given = function["Environment"]["Variables"].as_object().expect("variables").clone();
    let asked = RefCell::new(BTreeSet::new());
    read(&|name| {
        asked.borrow_mut().insert(name.to_owned());
        let required = ["CORDON_JOURNAL_TABLE", "CORDON_EVIDENCE_BUCKET"].contains(&name);
        required.then(|| "something".to_owned())
    });
    [given.into_iter().map(|(name, _)| name).collect(), asked.into_inner()]
}

type Variables = BTreeSet<String>;

#[test]
fn each_function_gets_every_setting_it_reads_and_no_other() {
    let [given, asked] = variables("CordonFunction", |variable| {
        Settings::read(variable).expect("settings");
    });
    assert_eq!(given, asked);
    let [given, asked] = variables("CordonCollector", |variable| {
        CollectorSettings::read(variable).expect("settings");
    });
    assert_eq!(given, asked);
    assert_eq!(template()["Parameters"]["Mode"]["Default"], "dry-run");
}

#[test]
fn the_functions_are_what_the_makefile_builds() {
    let template = template();
    let makefile = fs::read_to_string(Path::new(ROOT).join("Makefile")).expect("the makefile");
    for id in ["CordonFunction", "CordonListener", "CordonCollector"] {
        assert_eq!(template["Resources"][id]["Metadata"]["BuildMethod"], "makefile");
        let target = format!("build-{id}");
        let is_target = |line: &str| {
            let targets =
                line.strip_suffix(':').map(|targets| targets.split(' ').collect::<Vec<_>>());
            targets.is_some_and(|targets| targets.contains(&target.as_str()))
        };
        assert!(makefile.lines().any(is_target), "no target {target}");
        let function = properties(&template, id);
        assert_eq!(function["Runtime"], "provided.al2023", "{id}");
        assert_eq!(function["Handler"], "bootstrap", "{id}");
    }
}

#[test]
fn alarms_on_cordons_own_metrics_watch_what_is_reported() {
    let sources = ["src/report.rs", "src/report/delivery.rs"];
    let sources = sources.map(|file| fs::read_to_string(Path::new(ROOT).join(file)));
    let report = sources.map(|source| source.expect("the source")).concat();
    let template = template();
    let resources = template["Resources"].as_object().expect("resources").values();
    let alarms = resources.filter(|one| one["Properties"]["Namespace"] == "Cordon");
    let mut watched = 0;
    for alarm in alarms {
        let metric = alarm["Properties"]["MetricName"].as_str().expect("a metric");
        assert!(report.contains(&format!("metrics(&[\"{metric}\"])")), "{metric}");
        assert_eq!(alarm["Properties"]["AlarmActions"], json!(["Topic"]), "{metric}");
        watched += 1;
    }
    assert_eq!(watched, 4);
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
    let of_rules = |event: &Value| event.get("Records").is_none() && event.get("awslogs").is_none();
    for (file, event) in samples().into_iter().filter(|(_, event)| of_rules(event)) {
        assert_eq!(event["account"], "111122223333", "{file}");
        let mut matching: Vec<Rule> =
            Rule::ALL.iter().copied().filter(|rule| matches(&deployed(*rule), &event)).collect();
        // What changes something is heard once more if credentials of a function did it.
        if matching.len() > 1 {
            matching.retain(|rule| *rule != Rule::FunctionCalls);
        }
        assert_eq!(matching.len(), 1, "{file} matches {matching:?}");
        rules_seen.extend(matching);
        names_seen.insert(event["detail"]["eventName"].as_str().unwrap_or_default().to_owned());
    }
    assert_eq!(rules_seen, Rule::ALL.iter().copied().collect());
    for alternative in
        event_pattern(Rule::LambdaChanges)["detail"]["eventName"].as_array().expect("names")
    {
        let prefix = alternative["prefix"].as_str().expect("a prefix");
        assert!(names_seen.iter().any(|name| name.starts_with(prefix)), "no sample of {prefix}");
    }
}

#[test]
fn the_sample_of_a_message_is_a_second_look_of_the_queue_that_the_function_polls() {
    let messages: Vec<Value> = samples()
        .into_iter()
        .map(|(_, event)| event)
        .filter(|it| !it["Records"].is_null())
        .collect();
    let [message] = messages.as_slice() else { panic!("one message") };
    let account = AccountId::parse("111122223333").expect("an account");
    let home = Home { partition: "aws".to_owned(), region: "us-east-1".to_owned(), account };
    let event = Event::parse(&message.to_string(), &home).expect("a message of Cordon's");
    assert!(matches!(event.kind, Kind::SecondLook { .. }), "{event:?}");
    let source = message["Records"][0]["eventSourceARN"].as_str().expect("the queue's ARN");
    assert!(source.contains("-SecondLookQueue-"), "{source}");
}

/// The pattern of a rule in a stack called `cordon`.
fn deployed(rule: Rule) -> Value {
    let mut text = event_pattern(rule).to_string();
    for (name, value) in [
        ("StackName", "cordon"),
        ("Partition", "aws"),
        ("Region", "us-east-1"),
        ("AccountId", "111122223333"),
        ("URLSuffix", "amazonaws.com"),
    ] {
        text = text.replace(&format!("${{AWS::{name}}}"), value);
    }
    serde_json::from_str(&text).expect("a pattern")
}

/// EventBridge takes patterns of 2,048 characters: <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html>.
#[test]
fn every_pattern_is_short_enough_for_eventbridge() {
    for rule in Rule::ALL.iter().copied() {
        let longest = deployed(rule).to_string().replace("cordon", &"s".repeat(40));
        let longest =
            longest.replace("us-east-1", "ap-southeast-2").replace("\"aws:", "\"aws-us-gov:");
        let length = longest.len() + r#","account":["111122223333"]"#.len();
        assert!(length <= 2048, "{rule:?} has {length} characters");
    }
}

/// As much of EventBridge's matching as the rules use.
fn matches(pattern: &Value, event: &Value) -> bool {
    match pattern {
        // Any of a list's elements may match, all of one pattern the same.
        Value::Object(_) | Value::Array(_) if event.is_array() => {
            event.as_array().is_some_and(|items| items.iter().any(|item| matches(pattern, item)))
        }
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
            Value::Object(operator) if operator.contains_key("anything-but") => {
                let unwanted = operator["anything-but"].as_array().expect("a list");
                !event.is_null() && !unwanted.contains(event)
            }
            Value::Object(operator) => panic!("unknown operator {operator:?}"),
            // A list of the event fits if one of its items does.
            wanted if event.is_array() => {
                event.as_array().is_some_and(|items| items.contains(wanted))
            }
            wanted => wanted == event,
        }),
        other => panic!("not a pattern: {other}"),
    }
}
