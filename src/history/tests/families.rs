//! What hangs on functions, family by family.

use super::*;
use crate::{
    setting::{
        Destinations, Mapping, RecursiveLoop, Routing, Scaling, Signing, Suspension, UrlAuthType,
    },
    state::Surroundings,
};
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn a_function_is_what_the_last_answer_says_and_has_what_it_was_given_since_it_was_made() {
    let mut history = History::after(&[MADE]);
    let live = history.function(&function()).unwrap().unwrap();
    assert_eq!((live.runtime.as_deref(), live.log_group.as_deref()), (Some("python3.13"), None));
    assert_eq!((live.has_environment, live.hides_environment), (false, false));
    assert_eq!(live.variables, Some(BTreeMap::new()), "the answer has no environment");
    assert_eq!(live.tags, Some([("team".to_owned(), "a".to_owned())].into()));
    assert!(live.code.is_some());

    history.tell(&[
        CHANGED,
        (
            "lambda:PutFunctionConcurrency",
            r#"{"functionName":"f"}"#,
            r#"{"reservedConcurrentExecutions":5}"#,
        ),
        (
            "lambda:TagResource",
            r#"{"resource":"arn:aws:lambda:eu-west-1:111122223333:function:f","tags":{"b":"c"}}"#,
            "null",
        ),
        (
            "lambda:UntagResource",
            r#"{"resource":"arn:aws:lambda:eu-west-1:111122223333:function:f","tagKeys":["team"]}"#,
            "null",
        ),
    ]);
    let live = history.function(&function()).unwrap().unwrap();
    assert_eq!(live.tags, Some([("b".to_owned(), "c".to_owned())].into()));
    assert_eq!(live.reserved_concurrency, Some(5));
    assert_eq!((live.hides_environment, live.variables), (true, None), "it is left out");
    assert_eq!((live.in_vpc, live.vpc.security_groups), (true, vec!["sg-1".to_owned()]));
    assert_eq!(live.log_group.as_deref(), Some("other"));
    assert_eq!(live.layers, ["arn:aws:lambda:eu-west-1:111122223333:layer:l:1"]);
    assert!(live.kms_key.is_some() && live.dead_letter_target.is_some());

    history.tell(&[("lambda:DeleteFunctionConcurrency", r#"{"functionName":"f"}"#, "null")]);
    assert_eq!(history.reserved(&function()), Some(None));
    // What a call changed it to in a way that is not told is not what it was.
    history.tell(&[("lambda:UpdateFunctionCode", r#"{"functionName":"f"}"#, "null")]);
    assert_eq!(history.function(&function()), None);
    history.tell(&[CHANGED, DELETED]);
    assert_eq!(history.function(&function()), Some(None));
}

#[test]
fn of_a_function_from_before_its_configuration_is_known_and_nothing_that_the_answer_does_not_tell()
{
    let history = History::after(&[CHANGED]);
    let live = history.function(&function()).unwrap().unwrap();
    assert_eq!((live.runtime.as_deref(), live.tags), (Some("python3.9"), None));
    assert_eq!(history.reserved(&function()), None);
    let dry = ("lambda:UpdateFunctionCode", r#"{"functionName":"f","dryRun":true}"#, "null");
    let mut history = history;
    history.tell(&[dry]);
    assert!(history.function(&function()).is_some(), "a dry run changes nothing");
}

#[test]
fn environments_are_told_hidden_or_none() {
    for (environment, has, hides) in [
        ("", false, false),
        (r#","environment":null"#, false, false),
        (r#","environment":{}"#, false, true),
        (r#","environment":"HIDDEN_DUE_TO_SECURITY_REASONS""#, false, true),
        (r#","environment":{"variables":{}}"#, false, true),
        (r#","environment":{"variables":"HIDDEN_DUE_TO_SECURITY_REASONS"}"#, true, false),
    ] {
        let answer = format!(r#"{{"role":"r","version":"$LATEST"{environment}}}"#);
        let call = ("lambda:UpdateFunctionConfiguration", r#"{"functionName":"f"}"#, &*answer);
        let live = History::after(&[call]).function(&function()).unwrap().unwrap();
        assert_eq!((live.has_environment, live.hides_environment), (has, hides), "{environment}");
        assert_eq!(live.variables.is_some(), !has && !hides, "{environment}");
    }
}

const ADDED: Told<'_> = (
    "lambda:AddPermission",
    r#"{"functionName":"f","statementId":"a"}"#,
    r#"{"statement":"{\"Sid\":\"a\",\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"lambda:InvokeFunction\",\"Resource\":\"arn:aws:lambda:eu-west-1:111122223333:function:f\"}"}"#,
);
const REMOVED: Told<'_> =
    ("lambda:RemovePermission", r#"{"functionName":"f","statementId":"a"}"#, "null");
const WRITTEN: Told<'_> = (
    "lambda:PutResourcePolicy",
    r#"{"resourceArn":"arn:aws:lambda:eu-west-1:111122223333:function:f"}"#,
    r#"{"policy":"{\"Statement\":[{\"Sid\":\"a\",\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"*\"}]}","revisionId":"x"}"#,
);
const UNWRITTEN: Told<'_> = (
    "lambda:DeleteResourcePolicy",
    r#"{"resourceArn":"arn:aws:lambda:eu-west-1:111122223333:function:f"}"#,
    "null",
);

/// How many statements the policy has; none inside where there is none.
fn statements(history: &History, qualifier: Option<&str>) -> Option<Option<usize>> {
    let policy = history.policy(&resource(qualifier))?;
    Some(policy.map(|policy| policy.document.unwrap().statements().len()))
}

#[test]
fn policies_are_known_from_when_the_function_was_made_or_they_were_written() {
    let broken = ("lambda:AddPermission", r#"{"functionName":"f","statementId":"b"}"#, "null");
    for (calls, want) in [
        (vec![], None),
        (vec![MADE], Some(None)),
        (vec![MADE, ADDED], Some(Some(1))),
        (vec![MADE, ADDED, ADDED], Some(Some(1))),
        (vec![MADE, ADDED, REMOVED], Some(None)),
        (vec![MADE, ADDED, broken], None),
        (vec![ADDED], None),
        (vec![ADDED, REMOVED], None),
        (vec![WRITTEN], Some(Some(1))),
        (vec![UNWRITTEN, ADDED], Some(Some(1))),
        (vec![WRITTEN, REMOVED, UNWRITTEN], Some(None)),
        (vec![MADE, ADDED, DELETED], Some(None)),
        (vec![ADDED, DELETED], Some(None)),
    ] {
        let history = History::after(&calls);
        assert_eq!(statements(&history, None), want, "{calls:?}");
    }
}

#[test]
fn each_version_and_alias_has_a_policy_of_its_own() {
    let live = (
        "lambda:CreateAlias",
        r#"{"functionName":"f","name":"live"}"#,
        r#"{"functionVersion":"1"}"#,
    );
    let on_live = (
        "lambda:AddPermission",
        r#"{"functionName":"f","qualifier":"live"}"#,
        r#"{"statement":"{\"Sid\":\"a\",\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"lambda:InvokeFunction\",\"Resource\":\"arn:aws:lambda:eu-west-1:111122223333:function:f:live\"}"}"#,
    );
    let published = ("lambda:PublishVersion", r#"{"functionName":"f"}"#, r#"{"version":"1"}"#);
    let history = History::after(&[live, on_live]);
    assert_eq!(statements(&history, Some("live")), Some(Some(1)), "a new alias");
    assert_eq!((statements(&history, None), statements(&history, Some("1"))), (None, None));
    assert!(history.known(Read::EveryPolicy(function())).is_none());

    let mut history = History::after(&[MADE, published, live, on_live]);
    let all = history.known(Read::EveryPolicy(function())).unwrap().policies;
    let all: Vec<_> = all.iter().map(|(of, policy)| (of.to_string(), policy.is_some())).collect();
    let name = "arn:aws:lambda:eu-west-1:111122223333:function:f";
    let want =
        [(name.to_owned(), false), (format!("{name}:1"), false), (format!("{name}:live"), true)];
    assert_eq!(all, want);
    history.tell(&[
        ("lambda:DeleteFunction", r#"{"functionName":"f","qualifier":"1"}"#, "null"),
        ("lambda:DeleteAlias", r#"{"functionName":"f","name":"live"}"#, "null"),
    ]);
    assert_eq!(history.known(Read::EveryPolicy(function())).unwrap().policies.len(), 1);
    history.tell(&[DELETED]);
    let gone = history.known(Read::EveryPolicy(function())).unwrap().policies;
    assert_eq!(gone, BTreeMap::from([(resource(None), None)]));
}

#[test]
fn a_layers_version_is_shared_with_nobody_until_it_is() {
    let published = (
        "lambda:PublishLayerVersion",
        r#"{"layerName":"l"}"#,
        r#"{"layerVersionArn":"arn:aws:lambda:eu-west-1:111122223333:layer:l:3","version":3}"#,
    );
    let shared = (
        "lambda:AddLayerVersionPermission",
        r#"{"layerName":"l","versionNumber":3,"statementId":"a"}"#,
        r#"{"statement":"{\"Sid\":\"a\",\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"lambda:GetLayerVersion\",\"Resource\":\"arn:aws:lambda:eu-west-1:111122223333:layer:l:3\"}"}"#,
    );
    let unshared = (
        "lambda:RemoveLayerVersionPermission",
        r#"{"layerName":"l","versionNumber":3,"statementId":"a"}"#,
        "null",
    );
    let deleted = ("lambda:DeleteLayerVersion", r#"{"layerName":"l","versionNumber":3}"#, "null");
    let layer = crate::resource::LayerVersion::of(&home(), "l", 3).unwrap();
    for (calls, want) in [
        (vec![shared], None),
        (vec![published], Some(false)),
        (vec![published, shared], Some(true)),
        (vec![published, shared, unshared], Some(false)),
        (vec![shared, deleted], Some(false)),
    ] {
        let history = History::after(&calls);
        let known = history.known(Read::LayerPolicy(layer.clone()));
        assert_eq!(known.map(|state| state.layer_policies[&layer].is_some()), want, "{calls:?}");
    }
    assert_eq!(History::after(&[published, shared]).shared_layers().count(), 1);
}

#[test]
fn aliases_lead_where_the_answer_says() {
    let made = (
        "lambda:CreateAlias",
        r#"{"functionName":"f","name":"live"}"#,
        r#"{"functionVersion":"1"}"#,
    );
    let led = (
        "lambda:UpdateAlias",
        r#"{"functionName":"f","name":"live"}"#,
        r#"{"functionVersion":"2","routingConfig":{"additionalVersionWeights":{"1":0.25}}}"#,
    );
    let silent = ("lambda:UpdateAlias", r#"{"functionName":"f","name":"live"}"#, "null");
    let gone = ("lambda:DeleteAlias", r#"{"functionName":"f","name":"live"}"#, "null");
    let routing = |version: &str, weights: &[(&str, f64)]| Routing {
        version: version.to_owned(),
        weights: weights
            .iter()
            .map(|(of, share)| ((*of).to_owned(), crate::setting::Weight::of(*share)))
            .collect(),
    };
    let alias = resource(Some("live"));
    for (calls, want) in [
        (vec![made], Some(Some(routing("1", &[])))),
        (vec![led], Some(Some(routing("2", &[("1", 0.25)])))),
        (vec![MADE, led, silent], None),
        (vec![led, gone], Some(None)),
        (vec![MADE], Some(None)),
        (vec![DELETED], Some(None)),
        (vec![CHANGED], None),
    ] {
        assert_eq!(History::after(&calls).alias(&alias), want, "{calls:?}");
    }
    let published = ("lambda:PublishVersion", r#"{"functionName":"f"}"#, r#"{"version":"1"}"#);
    let there = |calls: &[Told<'_>], of| History::after(calls).is_there(&resource(of));
    assert_eq!(there(&[MADE, published], Some("1")), Some(true));
    assert_eq!(there(&[MADE, published], Some("2")), Some(false));
    assert_eq!(there(&[published], Some("2")), None);
    assert_eq!((there(&[published], None), there(&[DELETED], None)), (Some(true), Some(false)));
}

fn around(history: &History, read: fn(FunctionArn) -> Read) -> Option<Surroundings> {
    Some(history.known(read(function()))?.around(&function()))
}

#[test]
fn mappings_are_known_with_the_function() {
    let answer = |of: &str, state: &str| {
        format!(
            r#"{{"uUID":"m-{of}","functionArn":"arn:aws:lambda:eu-west-1:111122223333:function:f{of}","eventSourceArn":"arn:aws:sqs:eu-west-1:111122223333:q","state":"{state}","destinationConfig":{{"onFailure":{{"destination":"d"}}}}}}"#
        )
    };
    let (one, other, off) =
        (answer("", "Creating"), answer(":live", "Creating"), answer("", "Disabling"));
    let make = |answer| ("lambda:CreateEventSourceMapping", "{}", answer);
    let calls = [MADE, make(&*one), make(&other.replace("m-:live", "m-2"))]
        .map(|(a, b, c)| (a, b, c.to_owned()));
    let mut history = History::default();
    for (api, asked, answered) in &calls {
        history.tell(&[(api, asked, answered)]);
    }
    let mapping = |enabled| Mapping {
        id: "m-".to_owned(),
        source: "arn:aws:sqs:eu-west-1:111122223333:q".to_owned(),
        enabled,
        on_failure: Some("d".to_owned()),
    };
    assert_eq!(around(&history, Read::Mappings).unwrap().mappings, Some(vec![mapping(true)]));
    assert_eq!(
        around(&history, Read::EveryMapping).unwrap().mappings.map(|all| all.len()),
        Some(2)
    );
    history.tell(&[("lambda:UpdateEventSourceMapping", r#"{"uUID":"m-"}"#, &off)]);
    assert_eq!(around(&history, Read::Mappings).unwrap().mappings, Some(vec![mapping(false)]));
    let named = arn("arn:aws:lambda:eu-west-1:111122223333:event-source-mapping:m-");
    assert_eq!(history.mapping(&named), Some(Some(resource(None))));
    history.tell(&[("lambda:UpdateEventSourceMapping", r#"{"uUID":"m-"}"#, "null")]);
    assert_eq!(history.mapping(&named), None, "another one now, perhaps");
    history.tell(&[("lambda:DeleteEventSourceMapping", r#"{"uUID":"m-"}"#, "null")]);
    assert_eq!(history.mapping(&named), Some(None));
    assert!(around(&History::after(&[CHANGED]), Read::EveryMapping).is_none());
    assert_eq!(around(&History::after(&[DELETED]), Read::Mappings).unwrap().mappings, Some(vec![]));
}

#[test]
fn settings_are_known_from_when_the_function_was_made() {
    let url = (
        "lambda:CreateFunctionUrlConfig",
        r#"{"functionName":"f","qualifier":"live"}"#,
        r#"{"authType":"NONE"}"#,
    );
    let safe = (
        "lambda:UpdateFunctionUrlConfig",
        r#"{"functionName":"f","qualifier":"live","authType":"AWS_IAM"}"#,
        "null",
    );
    let odd = (
        "lambda:UpdateFunctionUrlConfig",
        r#"{"functionName":"f","qualifier":"live"}"#,
        r#"{"authType":"MAGIC"}"#,
    );
    let shut =
        ("lambda:DeleteFunctionUrlConfig", r#"{"functionName":"f","qualifier":"live"}"#, "null");
    let live = resource(Some("live"));
    for (calls, want) in [
        (vec![MADE], Some(None)),
        (vec![url], Some(Some(UrlAuthType::None))),
        (vec![url, safe], Some(Some(UrlAuthType::AwsIam))),
        (vec![MADE, url, odd], None),
        (vec![url, shut], Some(None)),
        (vec![DELETED], Some(None)),
    ] {
        let known = History::after(&calls).known(Read::Url(live.clone()));
        assert_eq!(known.map(|state| state.urls[&live]), want, "{calls:?}");
    }
    let every =
        |calls: &[Told<'_>]| Some(History::after(calls).known(Read::EveryUrl(function()))?.urls);
    assert_eq!(every(&[MADE, url]), Some([(live, Some(UrlAuthType::None))].into()));
    assert_eq!((every(&[url]), every(&[DELETED])), (None, Some(BTreeMap::new())));

    let provisioned = (
        "lambda:PutProvisionedConcurrencyConfig",
        r#"{"functionName":"f","qualifier":"live","provisionedConcurrentExecutions":2}"#,
        "{}",
    );
    let none = (
        "lambda:DeleteProvisionedConcurrencyConfig",
        r#"{"functionName":"f","qualifier":"live"}"#,
        "null",
    );
    let every = |calls: &[Told<'_>]| {
        Some(
            History::after(calls).known(Read::Provisioned(function()))?.provisioned[&function()]
                .values()
                .copied()
                .collect::<Vec<_>>(),
        )
    };
    assert_eq!(every(&[MADE, provisioned]), Some(vec![2]));
    assert_eq!((every(&[provisioned]), every(&[MADE, provisioned, none])), (None, Some(vec![])));

    let to = (
        "lambda:PutFunctionEventInvokeConfig",
        r#"{"functionName":"f"}"#,
        r#"{"destinationConfig":{"onSuccess":{},"onFailure":{"destination":"d"}}}"#,
    );
    let destinations =
        |calls: &[Told<'_>]| around(&History::after(calls), Read::Destinations)?.destinations;
    let want = Destinations { on_success: None, on_failure: Some("d".to_owned()) };
    assert_eq!(destinations(&[MADE, to]), Some([(resource(None), want)].into()));
    assert_eq!((destinations(&[to]), destinations(&[MADE])), (None, Some(BTreeMap::new())));
    let gone = ("lambda:DeleteFunctionEventInvokeConfig", r#"{"functionName":"f"}"#, "null");
    assert_eq!(destinations(&[MADE, to, gone]), Some(BTreeMap::new()));
}

#[test]
fn scaling_and_executions_are_known_of_functions_that_have_none() {
    let scaling = |calls: &[Told<'_>]| around(&History::after(calls), Read::Scaling)?.scaling;
    assert_eq!((scaling(&[CHANGED]), scaling(&[])), (Some(BTreeMap::new()), None));
    let managed = MADE
        .2
        .replace(r#""handler""#, r#""capacityProviderConfig":{},"durableConfig":{},"handler""#);
    let managed = ("lambda:CreateFunction", r#"{"functionName":"f"}"#, &*managed);
    let put = (
        "lambda:PutFunctionScalingConfig",
        r#"{"functionName":"f","qualifier":"$LATEST.PUBLISHED","functionScalingConfig":{"minExecutionEnvironments":3}}"#,
        "{}",
    );
    let want = Scaling { min: Some(3), max: None };
    assert_eq!(scaling(&[managed, put]).unwrap().into_values().collect::<Vec<_>>(), [want]);

    let executions =
        |calls: &[Told<'_>]| around(&History::after(calls), Read::Executions)?.executions;
    assert_eq!((executions(&[MADE]), executions(&[managed])), (Some(BTreeSet::new()), None));

    let target = (
        "autoscaling:RegisterScalableTarget",
        r#"{"serviceNamespace":"lambda","resourceId":"function:f:live","suspendedState":{"dynamicScalingInSuspended":true}}"#,
        "{}",
    );
    let suspensions =
        |calls: &[Told<'_>]| around(&History::after(calls), Read::AutoScaling)?.auto_scaling;
    let want = Suspension { scaling_in: true, ..Suspension::default() };
    assert_eq!(suspensions(&[MADE, target]).unwrap().into_values().collect::<Vec<_>>(), [want]);
    assert_eq!((suspensions(&[target]), suspensions(&[MADE])), (None, Some(BTreeMap::new())));
}

#[test]
fn guards_are_known_with_the_configuration_that_they_name() {
    let config = "arn:aws:lambda:eu-west-1:111122223333:code-signing-config:csc-1";
    let answer = |policy: &str| {
        format!(
            r#"{{"codeSigningConfig":{{"codeSigningConfigArn":"{config}","codeSigningPolicies":{{"untrustedArtifactOnDeployment":"{policy}"}}}}}}"#
        )
    };
    let (enforce, warn) = (answer("Enforce"), answer("Warn"));
    let asked = format!(r#"{{"functionName":"f","codeSigningConfigArn":"{config}"}}"#);
    let made = ("lambda:CreateCodeSigningConfig", "{}", &*enforce);
    let warns = ("lambda:UpdateCodeSigningConfig", &*asked, &*warn);
    let silent = ("lambda:UpdateCodeSigningConfig", &*asked, "null");
    let deleted = ("lambda:DeleteCodeSigningConfig", &*asked, "null");
    let put = ("lambda:PutFunctionCodeSigningConfig", &*asked, "null");
    let taken = ("lambda:DeleteFunctionCodeSigningConfig", r#"{"functionName":"f"}"#, "null");
    let signing = |enforces| Signing { config: Some(config.to_owned()), enforces };
    for (calls, want) in [
        (vec![MADE], Some(Some(Signing::default()))),
        (vec![made, put], Some(Some(signing(true)))),
        (vec![made, put, warns], Some(Some(signing(false)))),
        (vec![made, put, silent], None),
        (vec![made, put, deleted], Some(Some(signing(false)))),
        (vec![put], None),
        (vec![made], None),
        (vec![put, taken], Some(Some(Signing::default()))),
        (vec![put, DELETED], Some(None)),
    ] {
        assert_eq!(History::after(&calls).signing(&function()), want, "{calls:?}");
    }
    let named = ("lambda:CreateFunction", &*asked, MADE.2);
    assert_eq!(History::after(&[made, named]).signing(&function()), Some(Some(signing(true))));

    let loops = (
        "lambda:PutFunctionRecursionConfig",
        r#"{"functionName":"f"}"#,
        r#"{"recursiveLoop":"Allow"}"#,
    );
    for (calls, want) in [
        (vec![MADE], Some(Some(RecursiveLoop::Terminate))),
        (vec![loops], Some(Some(RecursiveLoop::Allow))),
        (vec![CHANGED], None),
        (vec![DELETED], Some(None)),
    ] {
        let known = History::after(&calls).known(Read::Recursion(function()));
        assert_eq!(known.map(|state| state.recursion[&function()]), want, "{calls:?}");
    }
}
