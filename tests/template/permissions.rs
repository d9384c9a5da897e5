//! What the roles and the operators' policy grant: exactly what the code declares, as narrow as AWS
//! lets it be, nothing to Cordon itself, and no more text than IAM takes.
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html>

use super::{properties, template};
use cordon::{
    evidence::snapshot_key,
    remediation::{Ends, PolicyReplacement, Remediation, RoleRestore, TAG_PREFIX, Watching},
    resource::{
        AlarmArn, Arn, FunctionArn, FunctionResource, IdentityPolicy, LayerVersion, Qualifier,
        RoleArn,
    },
    setting::{
        Destinations, Detector, LayerPermission, Mapping, PutBack, Routing, RuleSwitch, Scaling,
        Suspension, TraceEncryption, VpcAttachment,
    },
    state::{Read, WatcherRead},
    trail::{Selectors, TrailSettings},
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const DECLARED: &[&str] = &[
    "lambda",
    "iam",
    "application-autoscaling",
    "cloudtrail",
    "cloudwatch",
    "account",
    "events",
    "config",
    "guardduty",
    "xray",
    "ec2",
];

/// What the responder may do only where the deployment says so, and the condition that it is under.
const ON_REQUEST: [(&str, &str); 2] = [
    ("RestoresRolesPolicy", "RestoresRoles"),
    ("DeactivatesAccessKeysPolicy", "DeactivatesAccessKeys"),
];

/// What operators have, in two because one has no room for it.
const OPERATORS: [&str; 2] = ["OperatorPolicy", "OperatorIamPolicy"];

fn rule() -> Arn {
    Arn::parse("arn:aws:events:us-east-1:111122223333:rule/r").expect("a rule")
}

fn function() -> FunctionArn {
    let arn = "arn:aws:lambda:us-east-1:111122223333:function:f";
    FunctionArn::parse(arn).expect("a function")
}

fn layer() -> LayerVersion {
    LayerVersion::parse("arn:aws:lambda:us-east-1:111122223333:layer:l:1").expect("a layer")
}

fn alarm() -> AlarmArn {
    AlarmArn::parse("arn:aws:cloudwatch:us-east-1:111122223333:alarm:a").expect("an alarm")
}

fn role() -> RoleArn {
    RoleArn::parse("arn:aws:iam::111122223333:role/r").expect("a role")
}

fn policy() -> Arn {
    Arn::parse("arn:aws:iam::111122223333:policy/p").expect("a policy")
}

/// What is put back of a role: one of each; a new kind does not compile until it is here.
fn role_restores() -> Vec<Remediation> {
    let (id, role, policy) = (String::new, role(), policy());
    let all = [
        RoleRestore::Detach { role: role.clone(), policy: policy.clone() },
        RoleRestore::DeleteInline { role: role.clone(), name: id(), before: id() },
        RoleRestore::Version { policy, before: id(), back: id() },
        RoleRestore::Trust { role, before: id(), back: id() },
    ];
    let kinds: BTreeSet<u8> = all
        .iter()
        .map(|restore| match restore {
            RoleRestore::Detach { .. } => 0,
            RoleRestore::DeleteInline { .. } => 1,
            RoleRestore::Version { .. } => 2,
            RoleRestore::Trust { .. } => 3,
        })
        .collect();
    assert_eq!(kinds.len(), all.len());
    all.map(Remediation::RestoreRole).into()
}

/// One of each; a new kind of remediation does not compile until it is here.
fn remediations() -> Vec<Remediation> {
    let (function, qualifier) = (function(), Qualifier::Version(1));
    let id = String::new;
    let mapping = Mapping { id: id(), source: id(), enabled: true, on_failure: None };
    let mut all = vec![
        Remediation::RedirectFailures {
            resource: function.clone().into(),
            before: None,
            queue: None,
        },
        Remediation::RemoveDeadLetterTarget { function: function.clone(), before: id() },
        Remediation::DisableMapping { function: function.clone(), before: mapping, queue: None },
        Remediation::DenyRole {
            function: function.clone(),
            role: role(),
            name: id(),
            document: id(),
            ends: Ends::FunctionUse,
        },
        Remediation::BoundRole {
            function: function.clone(),
            role: role(),
            before: None,
            name: id(),
            document: id(),
        },
        Remediation::SuspendAutoScaling {
            function: function.clone(),
            qualifier: qualifier.clone(),
            before: Suspension::default(),
        },
        Remediation::DeleteProvisionedConcurrency {
            function: function.clone(),
            qualifier: qualifier.clone(),
            requested: 1,
        },
        Remediation::StopFunction { function: function.clone(), reserved: None },
        Remediation::CapConcurrency { function: function.clone(), reserved: None, most: 1 },
        Remediation::StopInstances {
            function: function.clone(),
            qualifier,
            before: Scaling::default(),
        },
        Remediation::PauseExecution { function: function.clone(), execution: id() },
        Remediation::HardenFunctionUrl { resource: function.clone().into() },
        Remediation::ReplaceResourcePolicy(PolicyReplacement {
            resource: function.clone().into(),
            before: id(),
            after: None,
            unlocks: false,
            revision: None,
            edits: Vec::new(),
            removable_by_sid: None,
        }),
        Remediation::SwitchRule {
            about: function.clone().into(),
            rule: rule(),
            before: RuleSwitch::Enabled,
            after: RuleSwitch::Disabled,
        },
        Remediation::RestoreConfiguration {
            function: function.clone(),
            change: PutBack::Role { stood: id(), back: id() },
        },
        Remediation::RestoreConfiguration {
            function: function.clone(),
            change: PutBack::Handler { stood: id(), back: id() },
        },
        Remediation::RestoreConfiguration {
            function: function.clone(),
            change: PutBack::Layers { stood: Vec::new(), back: Vec::new() },
        },
        Remediation::RestoreConfiguration {
            function: function.clone(),
            change: PutBack::Variable { name: id() },
        },
        Remediation::RestoreConfiguration {
            function: function.clone(),
            change: PutBack::Vpc { back: VpcAttachment::default() },
        },
        Remediation::RestoreConfiguration {
            function: function.clone(),
            change: PutBack::Signing { stood: None, back: id() },
        },
        Remediation::RestoreConfiguration {
            function: function.clone(),
            change: PutBack::Recursion,
        },
        Remediation::RestoreConfiguration {
            function: function.clone(),
            change: PutBack::Logging { stood: id(), back: id() },
        },
        Remediation::RestoreConfiguration {
            function: function.clone(),
            change: PutBack::Retention { stood: 1, back: 90 },
        },
        Remediation::RestoreConfiguration {
            function: function.clone(),
            change: PutBack::Alias { name: id(), stood: routing(), back: routing() },
        },
        Remediation::RestoreConfiguration {
            function: function.clone(),
            change: PutBack::Mapping {
                id: id(),
                stood: function.clone().into(),
                back: function.clone().into(),
            },
        },
        Remediation::RemoveDestinations {
            resource: function.clone().into(),
            before: Destinations::default(),
            after: Destinations::default(),
        },
        Remediation::RemoveMappingDestination {
            function: function.clone(),
            mapping: id(),
            before: id(),
        },
        Remediation::UnshareLayer {
            layer: layer(),
            permission: LayerPermission { statement: id(), principal: id(), organization: None },
        },
        Remediation::DeactivateAccessKey { user: holder(), key: id() },
        Remediation::TagFunction { function, tags: BTreeMap::new() },
    ];
    all.extend(role_restores());
    all.extend(watchings().map(Remediation::Watch));
    let mut kinds = BTreeSet::new();
    for remediation in &all {
        kinds.insert(match remediation {
            Remediation::RedirectFailures { .. } => "redirect failures",
            Remediation::RemoveDeadLetterTarget { .. } => "remove dead letter target",
            Remediation::DisableMapping { .. } => "disable mapping",
            Remediation::DenyRole { .. } => "deny role",
            Remediation::BoundRole { .. } => "bound role",
            Remediation::SuspendAutoScaling { .. } => "suspend auto scaling",
            Remediation::DeleteProvisionedConcurrency { .. } => "delete provisioned concurrency",
            Remediation::StopFunction { .. } => "stop function",
            Remediation::StopInstances { .. } => "stop instances",
            Remediation::PauseExecution { .. } => "pause execution",
            Remediation::HardenFunctionUrl { .. } => "harden function url",
            Remediation::ReplaceResourcePolicy(_) => "replace resource policy",
            Remediation::TagFunction { .. } => "tag function",
            Remediation::CapConcurrency { .. } => "cap concurrency",
            Remediation::SwitchRule { .. } => "switch rule",
            Remediation::RestoreRole(_) => remediation.name(),
            Remediation::RestoreConfiguration { change, .. } => match change {
                PutBack::Role { .. } => "role",
                PutBack::Handler { .. } => "handler",
                PutBack::Layers { .. } => "layers",
                PutBack::Variable { .. } => "variable",
                PutBack::Vpc { .. } => "vpc",
                PutBack::Signing { .. } => "signing",
                PutBack::Recursion => "recursion",
                PutBack::Logging { .. } => "logging",
                PutBack::Retention { .. } => "retention",
                PutBack::Alias { .. } => "alias",
                PutBack::Mapping { .. } => "function of a mapping",
            },
            Remediation::Watch(Watching::StartLogging { .. }) => "start logging",
            Remediation::Watch(Watching::UpdateTrail { .. }) => "update trail",
            Remediation::Watch(Watching::PutEventSelectors { .. }) => "put event selectors",
            Remediation::Watch(Watching::StartRecorder { .. }) => "start recorder",
            Remediation::Watch(Watching::SetDetector { .. }) => "set detector",
            Remediation::Watch(Watching::EncryptTraces { .. }) => "encrypt traces",
            Remediation::RemoveDestinations { .. } => "remove destinations",
            Remediation::RemoveMappingDestination { .. } => "remove mapping destination",
            Remediation::UnshareLayer { .. } => "unshare layer",
            Remediation::DeactivateAccessKey { .. } => "deactivate key",
        });
    }
    assert_eq!(kinds.len(), all.len());
    all
}

fn routing() -> Routing {
    Routing { version: String::new(), weights: BTreeMap::new() }
}

fn watcher() -> Arn {
    Arn::parse("arn:aws:cloudtrail:us-east-1:111122223333:trail/t").expect("a trail")
}

/// What is done to watchers, one of each.
fn watchings() -> impl Iterator<Item = Watching> {
    let (before, after) = (TrailSettings::default().into(), TrailSettings::default().into());
    let none = || Selectors::Basic(Vec::new());
    let off = Detector { enabled: false, lambda: false };
    let plain = TraceEncryption::default;
    [
        Watching::StartLogging { trail: watcher() },
        Watching::UpdateTrail { trail: watcher(), before, after },
        Watching::PutEventSelectors { trail: watcher(), before: none(), after: none() },
        Watching::StartRecorder { recorder: watcher() },
        Watching::SetDetector { detector: watcher(), before: off, after: off },
        Watching::EncryptTraces { traces: watcher(), before: plain(), after: plain() },
    ]
    .into_iter()
}
fn holder() -> Arn {
    Arn::parse("arn:aws:iam::111122223333:user/maria").expect("an ARN")
}

/// One of each; a new kind of read does not compile until it is here.
fn reads() -> Vec<Read> {
    let (function, resource) = (function, FunctionResource::from(function()));
    let all = vec![
        Read::Policy(resource.clone()),
        Read::EveryPolicy(function()),
        Read::Function(function()),
        Read::Url(resource),
        Read::EveryUrl(function()),
        Read::Provisioned(function()),
        Read::Destinations(function()),
        Read::Mappings(function()),
        Read::EveryMapping(function()),
        Read::AutoScaling(function()),
        Read::Scaling(function()),
        Read::Executions(function()),
        Read::Rule(rule()),
        Read::RulesOf(function()),
        Read::RoleUse(function(), role()),
        Read::Boundary(function(), role()),
        Read::AssumedRoles(function()),
        Read::ExecutionRole(role()),
        Read::ExecutionRoles,
        Read::ManagedPolicy(policy()),
        Read::Containment(function()),
        Read::ContainmentOf(String::new()),
        Read::Watcher(WatcherRead::Trail(watcher())),
        Read::Watcher(WatcherRead::Trails),
        Read::Watcher(WatcherRead::Snapshot(watcher())),
        Read::Watcher(WatcherRead::Recorder(watcher())),
        Read::Watcher(WatcherRead::Detector(watcher())),
        Read::Watcher(WatcherRead::Traces),
        Read::Snapshot(function()),
        Read::SwappedRoles(function()),
        Read::Alias(function().into()),
        Read::KnownAlias(function().into()),
        Read::Mapping(watcher(), function()),
        Read::KnownMapping(watcher(), function()),
        Read::Signing(function()),
        Read::Recursion(function()),
        Read::IdentityPolicy(IdentityPolicy::Managed(holder())),
        Read::IdentityPolicy(IdentityPolicy::Inline { holder: holder(), name: String::new() }),
        Read::AccessKeys(holder()),
        Read::LayerPolicy(layer()),
        Read::LogGroup(String::new()),
        Read::Threat(watcher()),
        Read::Baseline(function()),
        Read::KeyUses(function(), String::new()),
        Read::Alarm(alarm()),
        Read::Interface(rule()),
    ];
    let mut kinds = BTreeSet::new();
    for read in &all {
        kinds.insert(match read {
            Read::Policy(_) => "policy",
            Read::EveryPolicy(_) => "every policy",
            Read::Function(_) => "function",
            Read::Url(_) => "url",
            Read::EveryUrl(_) => "every url",
            Read::Provisioned(_) => "provisioned",
            Read::Destinations(_) => "destinations",
            Read::Mappings(_) => "mappings",
            Read::AutoScaling(_) => "auto scaling",
            Read::Scaling(_) => "scaling",
            Read::Executions(_) => "executions",
            Read::RoleUse(_, _) => "role use",
            Read::Boundary(_, _) => "boundary",
            Read::AssumedRoles(_) => "assumed roles",
            Read::Containment(_) => "containment",
            Read::ContainmentOf(_) => "containment of",
            Read::EveryMapping(_) => "mappings of versions",
            Read::Rule(_) => "rule",
            Read::RulesOf(_) => "rules",
            Read::Snapshot(_) => "snapshot",
            Read::SwappedRoles(_) => "swapped roles",
            Read::Alias(_) => "alias",
            Read::KnownAlias(_) => "known alias",
            Read::Mapping(_, _) => "mapping",
            Read::KnownMapping(_, _) => "known mapping",
            Read::ExecutionRole(_) => "execution role",
            Read::ExecutionRoles => "execution roles",
            Read::ManagedPolicy(_) => "versions of a managed policy",
            Read::Watcher(WatcherRead::Trail(_)) => "trail",
            Read::Watcher(WatcherRead::Trails) => "trails",
            Read::Watcher(WatcherRead::Snapshot(_)) => "snapshot of a trail",
            Read::Watcher(WatcherRead::Recorder(_)) => "recorder",
            Read::Watcher(WatcherRead::Detector(_)) => "detector",
            Read::Watcher(WatcherRead::Traces) => "traces",
            Read::Signing(_) => "signing",
            Read::Recursion(_) => "recursion",
            Read::IdentityPolicy(IdentityPolicy::Managed(_)) => "managed policy",
            Read::IdentityPolicy(IdentityPolicy::Inline { .. }) => "inline policy",
            Read::AccessKeys(_) => "access keys",
            Read::LayerPolicy(_) => "layer policy",
            Read::LogGroup(_) => "log group",
            Read::Threat(_) => "threat",
            Read::Baseline(_) => "baseline",
            Read::KeyUses(_, _) => "uses of a key",
            Read::Alarm(_) => "alarm",
            Read::Interface(_) => "interface",
        });
    }
    assert_eq!(kinds.len(), all.len());
    all
}

/// The documents of the template's identity policies, each with the most characters IAM takes.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
fn document(logical_id: &str) -> (Value, usize) {
    let properties = properties(&template(), logical_id);
    match logical_id {
        "CordonRole" | "CollectorRole" => {
            let policies = properties["Policies"].as_array().expect("policies");
            assert_eq!(policies.len(), 1, "{logical_id}");
            (policies[0]["PolicyDocument"].clone(), 10_240)
        }
        _ => (properties["PolicyDocument"].clone(), 6_144),
    }
}

fn statements(logical_id: &str) -> Vec<Value> {
    document(logical_id).0["Statement"].as_array().expect("statements").clone()
}

fn listed(value: &Value) -> BTreeSet<String> {
    let texts = match value {
        Value::Array(values) => values.clone(),
        value => vec![value.clone()],
    };
    texts.iter().map(|text| text.as_str().expect("a text").to_owned()).collect()
}

fn is_of(action: &str, services: &[&str]) -> bool {
    action.split_once(':').is_some_and(|(service, _)| services.contains(&service))
}

/// The actions of `services` in all the statements, which all have `effect`.
fn actions(logical_id: &str, effect: &str, services: &[&str]) -> BTreeSet<String> {
    let statements = statements(logical_id);
    assert!(statements.iter().all(|statement| statement["Effect"] == effect), "{logical_id}");
    let actions = statements.iter().flat_map(|statement| listed(&statement["Action"]));
    actions.filter(|action| is_of(action, services)).collect()
}

fn names<P: AsRef<[&'static str]>>(permissions: impl IntoIterator<Item = P>) -> BTreeSet<String> {
    let all = permissions.into_iter().flat_map(|some| some.as_ref().to_vec());
    all.map(str::to_owned).collect()
}

fn these<const N: usize>(actions: [&str; N]) -> BTreeSet<String> {
    actions.map(str::to_owned).into()
}

fn only_reads(action: &str) -> bool {
    let verb = action.split_once(':').map_or(action, |(_, verb)| verb);
    ["Get", "List", "Describe", "Lookup"].iter().any(|read| verb.starts_with(read))
}

#[test]
fn the_responder_may_do_exactly_what_reads_and_remediations_declare() {
    let declared = names(remediations().iter().map(Remediation::permissions))
        .union(&names(reads().iter().map(Read::permissions)))
        .cloned()
        .collect::<BTreeSet<String>>();
    // The rest of the log permissions is for Cordon's own log.
    let own_log = these(["logs:CreateLogStream", "logs:PutLogEvents"]);
    let declared: BTreeSet<String> = declared.union(&own_log).cloned().collect();
    let services: Vec<&str> = DECLARED.iter().copied().chain(["logs"]).collect();
    let asked_for: BTreeSet<String> = ON_REQUEST
        .iter()
        .flat_map(|(logical_id, _)| actions(logical_id, "Allow", &services))
        .collect();
    let granted = actions("CordonRole", "Allow", &services);
    assert!(granted.is_disjoint(&asked_for), "granted although nobody asked for it");
    assert_eq!(granted.union(&asked_for).cloned().collect::<BTreeSet<_>>(), declared);
    for (logical_id, condition) in ON_REQUEST {
        assert_eq!(template()["Resources"][logical_id]["Condition"], condition);
        assert_eq!(properties(&template(), logical_id)["Roles"], json!(["CordonRole"]));
    }
    let rest = |service| actions("CordonRole", "Allow", &[service]);
    assert_eq!(
        rest("dynamodb"),
        these(["dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem"])
    );
    assert_eq!(rest("sns"), these(["sns:Publish"]));
    let queue = ["DeleteMessage", "GetQueueAttributes", "ReceiveMessage", "SendMessage"];
    assert_eq!(rest("sqs"), queue.map(|action| format!("sqs:{action}")).into());
    assert!(rest("s3").is_empty(), "evidence is the collector's");
    let known = ["dynamodb", "sns", "sqs", "kms", "logs"];
    let services: Vec<&str> = DECLARED.iter().copied().chain(known).collect();
    for action in statements("CordonRole").iter().flat_map(|it| listed(&it["Action"])) {
        assert!(is_of(&action, &services) && !action.contains('*'), "{action}");
    }
}

#[test]
fn nothing_that_the_responder_changes_can_be_cordons_own() {
    let writes: BTreeSet<String> = names(remediations().iter().map(Remediation::permissions))
        .into_iter()
        .filter(|action| !only_reads(action) && is_of(action, &["lambda", "iam", "logs"]))
        // Makes a policy that nothing has yet.
        .filter(|action| action != "iam:CreatePolicy")
        // Cordon has no layers, and no users.
        .filter(|action| action != "lambda:RemoveLayerVersionPermission")
        .filter(|action| action != "iam:UpdateAccessKey")
        .collect();
    assert_eq!(actions("NeverItself", "Deny", &["lambda", "iam", "logs"]), writes);
    assert_eq!(properties(&template(), "NeverItself")["Roles"], json!(["CordonRole"]));
    assert_eq!(template()["Resources"]["CordonFunction"]["DependsOn"], "NeverItself");
    let statements = statements("NeverItself");
    let [functions, mappings, roles, logs, policies] = statements.as_slice() else {
        panic!("five statements")
    };
    let own = listed(&functions["Resource"]);
    for id in ["CordonFunction", "CordonCollector"] {
        let name = properties(&template(), id)["FunctionName"].as_str().expect("a name").to_owned();
        for end in [format!(":function:{name}"), format!(":function:{name}:*")] {
            assert!(own.iter().any(|arn| arn.ends_with(&end)), "{end}");
        }
        for end in [format!(":log-group:/aws/lambda/{name}"), format!("/aws/lambda/{name}:*")] {
            assert!(listed(&logs["Resource"]).iter().any(|arn| arn.ends_with(&end)), "{end}");
        }
        let role = properties(&template(), id)["Role"].as_str().expect("a role").to_owned();
        assert!(listed(&roles["Resource"]).contains(&role), "{role}");
    }
    assert!(
        policies["Resource"]
            .as_str()
            .is_some_and(|arn| arn.ends_with(":policy/${AWS::StackName}-*"))
    );
    assert_eq!(mappings["Condition"]["ArnLike"]["lambda:FunctionArn"], functions["Resource"]);
}

#[test]
fn what_is_granted_on_everything_is_only_what_has_no_resource() {
    let without_resource = [
        "application-autoscaling:DescribeScalableTargets",
        "cloudtrail:DescribeTrails",
        "cloudtrail:LookupEvents",
        // It has one, and tells composite alarms only to whoever may describe every alarm.
        "cloudwatch:DescribeAlarms",
        "config:DescribeConfigurationRecorderStatus",
        "config:StartConfigurationRecorder",
        "config:StopConfigurationRecorder",
        "xray:GetEncryptionConfig",
        "xray:PutEncryptionConfig",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
        "events:ListRuleNamesByTarget",
        "lambda:ListEventSourceMappings",
        "lambda:ListFunctions",
    ];
    let on_request = ON_REQUEST.map(|(logical_id, _)| logical_id);
    for logical_id in ["CordonRole", "CollectorRole"].into_iter().chain(OPERATORS).chain(on_request)
    {
        for statement in statements(logical_id) {
            let everything = listed(&statement["Action"])
                .iter()
                .all(|action| without_resource.contains(&action.as_str()));
            assert_eq!(statement["Resource"] == "*", everything, "{statement}");
        }
    }
}

#[test]
fn what_conditions_can_narrow_is_narrow() {
    let statement = |logical_id, sid: &str| {
        let statements = statements(logical_id).into_iter();
        statements.clone().find(|it| it["Sid"] == sid).unwrap_or_else(|| panic!("no {sid}"))
    };
    for (logical_id, sid) in [("CordonRole", "Tags"), ("OperatorPolicy", "RestoreTags")] {
        let condition = &statement(logical_id, sid)["Condition"];
        let keys = &condition["ForAllValues:StringLike"]["aws:TagKeys"];
        assert_eq!(*keys, format!("{TAG_PREFIX}*"), "{sid}");
        // All of no keys would be fine as well.
        assert_eq!(condition["Null"]["aws:TagKeys"], "false", "{sid}");
    }
    for logical_id in ["RestoresRolesPolicy", "OperatorIamPolicy"] {
        let passed = &statement(logical_id, "PassRoles")["Condition"]["StringEquals"];
        assert_eq!(passed["iam:PassedToService"], "lambda.amazonaws.com", "{logical_id}");
    }
    for (logical_id, sid) in
        [("CordonRole", "LogRetention"), ("OperatorPolicy", "RestoreLogRetention")]
    {
        let groups = &statement(logical_id, sid)["Resource"];
        assert!(groups.as_str().is_some_and(|arn| arn.ends_with(":log-group:/aws/lambda/*")));
    }
    let urls = statement("CordonRole", "FunctionUrls");
    assert_eq!(urls["Condition"]["StringEquals"]["lambda:FunctionUrlAuthType"], "AWS_IAM");
    let ours = ":policy/cordon/cordon-inc-*";
    let is_ours = |arn: &Value| arn.as_str().is_some_and(|arn| arn.ends_with(ours));
    for (logical_id, sid) in
        [("CordonRole", "BoundaryPolicies"), ("OperatorIamPolicy", "RestoreBoundaryPolicies")]
    {
        assert!(is_ours(&statement(logical_id, sid)["Resource"]), "{sid}");
    }
    for (logical_id, sid) in
        [("CordonRole", "Boundaries"), ("OperatorIamPolicy", "RestoreNoBoundary")]
    {
        let boundary = &statement(logical_id, sid)["Condition"]["ArnLike"];
        assert!(is_ours(&boundary["iam:PermissionsBoundary"]), "{sid}");
    }
}

#[test]
fn operators_may_do_exactly_what_the_ways_back_declare_and_send_events_again() {
    let declared = names(remediations().iter().map(Remediation::undo_permissions))
        // Whether the code is still the one that was contained.
        .union(&names([Read::Function(function()).permissions()]))
        .cloned()
        .chain(["lambda:InvokeFunction".to_owned()])
        .collect();
    let services: Vec<&str> = DECLARED.iter().copied().chain(["logs"]).collect();
    let granted = OPERATORS.map(|logical_id| actions(logical_id, "Allow", &services));
    assert_eq!(granted.into_iter().flatten().collect::<BTreeSet<_>>(), declared);
    let journal =
        these(["dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:UpdateItem"]);
    assert_eq!(actions("OperatorPolicy", "Allow", &["dynamodb"]), journal);
    let of_lambda = statements("OperatorPolicy");
    let queue = of_lambda.iter().find(|statement| statement["Sid"] == "Quarantine");
    assert_eq!(queue.expect("a statement")["Resource"], "QuarantineQueue.Arn");
    let of_iam = statements("OperatorIamPolicy");
    for sid in ["RestoreRoles", "PassRoles"] {
        let roles = of_iam.iter().find(|statement| statement["Sid"] == sid);
        let others = &roles.expect("a statement")["NotResource"];
        assert_eq!(*others, json!(["CordonRole.Arn", "CollectorRole.Arn"]), "{sid}");
    }
}

#[test]
fn the_collector_changes_nothing_but_its_bucket_and_the_journal_of_incidents() {
    let writes: BTreeSet<String> = statements("CollectorRole")
        .iter()
        .inspect(|statement| assert_eq!(statement["Effect"], "Allow"))
        .flat_map(|statement| listed(&statement["Action"]))
        .filter(|action| !only_reads(action) && !is_of(action, &["kms", "logs", "sqs"]))
        .collect();
    assert_eq!(writes, these(["dynamodb:PutItem", "s3:PutObject"]));
    let statements = statements("CollectorRole");
    let journal = statements.iter().find(|statement| statement["Sid"] == "Journal");
    let keys = &journal.expect("a statement")["Condition"]["ForAllValues:StringLike"];
    assert_eq!(keys["dynamodb:LeadingKeys"], "inc-*");
    let objects = statements.iter().find(|statement| statement["Sid"] == "Store");
    let key = snapshot_key("", 1);
    let folder = key.split('/').next().expect("a folder");
    let resource = format!("${{EvidenceBucket.Arn}}/{folder}/*");
    assert_eq!(objects.expect("a statement")["Resource"], resource);
}

/// White space does not count. References are ARNs, and the longest names are taken.
#[test]
fn every_policy_is_short_enough_for_iam() {
    let (stack, arn) = ("s".repeat(54), "r".repeat(120));
    let on_request = ON_REQUEST.map(|(logical_id, _)| logical_id);
    let all = ["CordonRole", "CollectorRole", "NeverItself"];
    for logical_id in all.into_iter().chain(OPERATORS).chain(on_request) {
        let (document, most) = document(logical_id);
        let mut text = document.to_string();
        for (name, value) in [
            ("Partition", "aws-us-gov"),
            ("Region", "ap-southeast-2"),
            ("AccountId", "111122223333"),
            ("StackName", &stack),
        ] {
            text = text.replace(&format!("${{AWS::{name}}}"), value);
        }
        for reference in text.clone().split('"').filter(|part| part.ends_with(".Arn")) {
            text = text.replace(reference, &arn);
        }
        let length = text.chars().filter(|letter| !letter.is_whitespace()).count();
        assert!(length <= most, "{logical_id} has {length} characters, IAM takes {most}");
    }
}
