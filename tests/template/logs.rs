//! What CloudWatch Logs delivers by the template: from the log groups that are named, and only from these;
//! what its filters let through.

use super::{properties, template};
use cordon::{
    controls::{CONTROLS, Trigger},
    event::Own,
    signature::{LinePattern, known},
};
use regex_lite::Regex;
use serde_json::{Value, json};

/// The sources, each with the parameter that names its log groups, its filter's pattern, and the names of
/// its resources and conditions.
const SOURCES: [(Trigger, &str, &str, &str, &str); 2] = [
    (
        Trigger::FunctionLogs,
        "SignatureLogGroups",
        "SignatureFilterPattern",
        "Signature",
        "WatchesLogs",
    ),
    (Trigger::FlowLogs, "FlowLogGroups", "FlowFilterPattern", "Flow", "WatchesFlows"),
];

const PLACES: usize = 5;

/// The log group in a place, as the template picks it out of the list.
fn picked(groups: &str, place: usize) -> Value {
    let list = json!(["", [[",", groups], ",,,,"]]);
    json!([place, [",", list]])
}

#[test]
fn each_source_that_a_control_needs_has_its_subscriptions_and_is_off_unless_it_is_asked_for() {
    let triggers: Vec<Trigger> = CONTROLS.iter().flat_map(|one| one.triggers).copied().collect();
    for (trigger, groups, pattern, name, condition) in SOURCES {
        assert!(triggers.contains(&trigger), "{name} serves no control");
        assert_eq!(template()["Parameters"][groups]["Default"], "", "{groups}");
        for place in 1..=PLACES {
            let picked = picked(groups, place - 1);
            let condition = format!("{condition}{place}");
            assert_eq!(template()["Conditions"][&condition], json!([[picked, ""]]), "{condition}");
            let permission = format!("{name}Permission{place}");
            let subscription = format!("{name}Subscription{place}");
            for resource in [&permission, &subscription] {
                assert_eq!(template()["Resources"][resource]["Condition"], condition, "{resource}");
            }
            // CloudWatch Logs asks whether it may deliver before it takes a subscription.
            assert_eq!(template()["Resources"][&subscription]["DependsOn"], permission);
            let subscribed = properties(&template(), &subscription);
            assert_eq!(subscribed["LogGroupName"], picked, "{subscription}");
            assert_eq!(subscribed["FilterPattern"], pattern, "{subscription}");
            assert_eq!(subscribed["DestinationArn"], "CordonListener.Arn", "{subscription}");
            let allowed = properties(&template(), &permission);
            assert_eq!(allowed["FunctionName"], "CordonListener", "{permission}");
            assert_eq!(allowed["Principal"], "logs.amazonaws.com", "{permission}");
            assert_eq!(allowed["SourceAccount"], "AWS::AccountId", "{permission}");
            assert_eq!(allowed["SourceArn"][1]["Group"], picked, "{permission}");
            let arn = allowed["SourceArn"][0].as_str().expect("an ARN");
            assert!(arn.ends_with("${AWS::AccountId}:log-group:${Group}:*"), "{arn}");
        }
    }
    let all = template();
    let all = all["Resources"].as_object().expect("resources").values();
    let of = |kind: &str| all.clone().filter(|one| one["Type"] == kind).count();
    assert_eq!(of("AWS::Logs::SubscriptionFilter"), PLACES * SOURCES.len());
}

#[test]
fn what_cordon_logs_itself_is_known_by_its_log_groups_and_nothing_else_is() {
    let own = Own { stack: Some("cordon".to_owned()), keys: Vec::new() };
    let template = template();
    let resources = template["Resources"].as_object().expect("resources").values();
    let groups = resources.filter(|one| one["Type"] == "AWS::Logs::LogGroup");
    let names: Vec<String> = groups
        .map(|group| group["Properties"]["LogGroupName"].as_str().expect("a name"))
        .map(|name| name.replace("${AWS::StackName}", "cordon"))
        .collect();
    assert_eq!(names.len(), 2);
    for name in names {
        assert!(own.writes_to(&name), "{name}");
        assert!(!own.writes_to(&format!("{name}-2")), "{name}");
    }
}

/// What a pattern takes: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/regex-expressions.html>.
const TAKEN: &str = ":_#=@/;,-^$?[]{}|\\*+.";

#[test]
fn the_filter_of_signatures_is_one_that_cloudwatch_logs_takes_and_lets_every_known_one_through() {
    let parameter = template()["Parameters"]["SignatureFilterPattern"].clone();
    let default = parameter["Default"].as_str().expect("a pattern");
    assert!(default.len() <= 1024, "{}", default.len());
    let pattern = default.strip_prefix('%').and_then(|rest| rest.strip_suffix('%'));
    let pattern = pattern.expect("a regular expression stands between %");
    let taken = |c: char| c.is_ascii_alphanumeric() || TAKEN.contains(c);
    assert!(pattern.chars().all(taken), "{pattern}");
    let filter = Regex::new(pattern).expect("a regular expression");
    let mut kept_out = Vec::new();
    for signature in known() {
        for text in &signature.any {
            let line = LinePattern::pieces(text).collect::<Vec<_>>().join(" ");
            if !filter.is_match(&line) {
                kept_out.push(line);
            }
        }
    }
    assert!(kept_out.is_empty(), "{kept_out:#?}");
    for line in
        ["order 17 paid", "START RequestId: 6234bffe-149a-b642-81ff-2e8e376d8aff Version: 3"]
    {
        assert!(!filter.is_match(line), "{line} is paid for");
    }
}
