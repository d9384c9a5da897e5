//! What no call told stays unknown.

use super::*;
use crate::{
    baseline::Subject,
    resource::{AlarmArn, IdentityPolicy, LayerVersion},
    state::WatcherRead,
};

/// One of every read. A new one has to be added, or this does not build.
pub(super) fn every_read() -> Vec<Read> {
    let (function, role) = (function, role);
    let policy = || arn("arn:aws:iam::111122223333:policy/own");
    let user = || arn("arn:aws:iam::111122223333:user/u");
    let watcher = arn;
    let alarm = AlarmArn::parse("arn:aws:cloudwatch:eu-west-1:111122223333:alarm:a").unwrap();
    let mapping = || arn("arn:aws:lambda:eu-west-1:111122223333:event-source-mapping:m");
    let all = vec![
        Read::Policy(resource(None)),
        Read::Policy(resource(Some("live"))),
        Read::EveryPolicy(function()),
        Read::LayerPolicy(LayerVersion::of(&home(), "l", 3).unwrap()),
        Read::Function(function()),
        Read::LogGroup("/aws/lambda/f".to_owned()),
        Read::Alarm(alarm),
        Read::Url(resource(None)),
        Read::EveryUrl(function()),
        Read::Provisioned(function()),
        Read::Destinations(function()),
        Read::Mappings(function()),
        Read::EveryMapping(function()),
        Read::AutoScaling(function()),
        Read::Scaling(function()),
        Read::Executions(function()),
        Read::Rule(arn("arn:aws:events:eu-west-1:111122223333:rule/n")),
        Read::RulesOf(function()),
        Read::RoleUse(function(), role()),
        Read::Boundary(function(), role()),
        Read::AssumedRoles(function()),
        Read::ExecutionRole(role()),
        Read::ManagedPolicy(policy()),
        Read::ExecutionRoles,
        Read::Signing(function()),
        Read::Recursion(function()),
        Read::Snapshot(function()),
        Read::SwappedRoles(function()),
        Read::Alias(resource(Some("live"))),
        Read::KnownAlias(resource(Some("live"))),
        Read::Mapping(mapping(), function()),
        Read::KnownMapping(mapping(), function()),
        Read::IdentityPolicy(IdentityPolicy::Managed(policy())),
        Read::IdentityPolicy(IdentityPolicy::Inline { holder: user(), name: "i".to_owned() }),
        Read::AccessKeys(user()),
        Read::Containment(function()),
        Read::ContainmentOf("inc-1".to_owned()),
        Read::Threat(arn("arn:aws:guardduty:eu-west-1:111122223333:detector/d/finding/1")),
        Read::Baseline(Subject::Calls(function())),
        Read::KeyUses(function(), "K".to_owned()),
        Read::Interface(arn("arn:aws:ec2:eu-west-1:111122223333:network-interface/eni-1")),
        Read::Watcher(WatcherRead::Trail(watcher(
            "arn:aws:cloudtrail:eu-west-1:111122223333:trail/t",
        ))),
        Read::Watcher(WatcherRead::Trails),
        Read::Watcher(WatcherRead::Snapshot(watcher(
            "arn:aws:cloudtrail:eu-west-1:111122223333:trail/t",
        ))),
        Read::Watcher(WatcherRead::Recorder(watcher(
            "arn:aws:config:eu-west-1:111122223333:configuration-recorder/default",
        ))),
        Read::Watcher(WatcherRead::Detector(watcher(
            "arn:aws:guardduty:eu-west-1:111122223333:detector/d",
        ))),
        Read::Watcher(WatcherRead::Traces),
    ];
    all.iter().for_each(is_listed);
    all
}

fn is_listed(read: &Read) {
    match read {
        Read::Policy(_)
        | Read::EveryPolicy(_)
        | Read::LayerPolicy(_)
        | Read::Function(_)
        | Read::LogGroup(_)
        | Read::Alarm(_)
        | Read::Url(_)
        | Read::EveryUrl(_)
        | Read::Provisioned(_)
        | Read::Destinations(_)
        | Read::Mappings(_)
        | Read::EveryMapping(_)
        | Read::AutoScaling(_)
        | Read::Scaling(_)
        | Read::Executions(_)
        | Read::Rule(_)
        | Read::RulesOf(_)
        | Read::RoleUse(_, _)
        | Read::Boundary(_, _)
        | Read::AssumedRoles(_)
        | Read::ExecutionRole(_)
        | Read::ManagedPolicy(_)
        | Read::ExecutionRoles
        | Read::Signing(_)
        | Read::Recursion(_)
        | Read::Snapshot(_)
        | Read::SwappedRoles(_)
        | Read::Alias(_)
        | Read::KnownAlias(_)
        | Read::Mapping(_, _)
        | Read::KnownMapping(_, _)
        | Read::IdentityPolicy(_)
        | Read::AccessKeys(_)
        | Read::Containment(_)
        | Read::ContainmentOf(_)
        | Read::Threat(_)
        | Read::Baseline(_)
        | Read::KeyUses(_, _)
        | Read::Interface(_)
        | Read::Watcher(_) => {}
    }
}

/// What is answered by an archive that tells nothing of it: a key that no call was made with was used
/// nowhere.
fn is_answered(read: &Read) -> bool {
    matches!(read, Read::KeyUses(_, _))
}

#[test]
fn an_empty_archive_answers_nothing() {
    let history = History::default();
    for read in every_read() {
        let state = history.answer(&home(), &[read.clone()].into(), NOW);
        let kinds = (state.read.contains(&read), state.unread.contains(&read));
        let want = match () {
            () if read.is_in_the_journal() => (false, false),
            () => (is_answered(&read), !is_answered(&read)),
        };
        assert_eq!(kinds, want, "{read}");
        let nothing =
            State { read: state.read.clone(), unread: state.unread.clone(), ..State::default() };
        assert!(is_answered(&read) || state == nothing, "{read}");
    }
}

#[test]
fn calls_on_others_and_calls_that_are_not_told_make_nothing_known() {
    let other = |text: &str| text.replace("function:f", "function:g").replace(r#""f""#, r#""g""#);
    let made = (MADE.0, other(MADE.1), other(MADE.2));
    let mut history = History::after(&[
        (made.0, &made.1, &made.2),
        ("iam:CreateRole", r#"{"roleName":"s"}"#, "null"),
        ("iam:CreateUser", r#"{"userName":"v"}"#, "null"),
        ("logs:CreateLogGroup", r#"{"logGroupName":"/aws/lambda/g"}"#, "null"),
    ]);
    for api in [
        "lambda:CreateFunction",
        "lambda:AddPermission",
        "cloudtrail:StartLogging",
        "iam:PutRolePolicy",
    ] {
        for told in ["null", "{}", "[]", "1", r#""text""#, r#"{"omitted":true}"#] {
            history.tell(&[(api, told, told)]);
        }
    }
    for read in every_read().into_iter().filter(|read| !read.is_in_the_journal()) {
        assert_eq!(history.known(read.clone()).is_some(), is_answered(&read), "{read}");
    }
}

#[test]
fn what_is_deleted_is_known_to_be_gone() {
    let history = History::after(&[
        DELETED,
        ("iam:DeleteRole", r#"{"roleName":"r"}"#, "null"),
        ("iam:DeleteUser", r#"{"userName":"u"}"#, "null"),
        ("iam:DeletePolicy", r#"{"policyArn":"arn:aws:iam::111122223333:policy/own"}"#, "null"),
        ("logs:DeleteLogGroup", r#"{"logGroupName":"/aws/lambda/f"}"#, "null"),
        ("events:DeleteRule", r#"{"name":"n"}"#, "null"),
        ("lambda:DeleteLayerVersion", r#"{"layerName":"l","versionNumber":3}"#, "null"),
        ("cloudtrail:DeleteTrail", r#"{"name":"t"}"#, "null"),
        ("guardduty:DeleteDetector", r#"{"detectorId":"d"}"#, "null"),
        (
            "config:DeleteConfigurationRecorder",
            r#"{"configurationRecorderName":"default"}"#,
            "null",
        ),
    ]);
    let unknown: Vec<_> = every_read()
        .into_iter()
        .filter(|read| {
            !read.is_in_the_journal()
                && history.answer(&home(), &[read.clone()].into(), NOW).unread.contains(read)
        })
        .map(|read| format!("{read:?}").split(['(', ' ']).next().unwrap_or_default().to_owned())
        .collect();
    let want = [
        "Alarm",
        "AutoScaling",
        "RulesOf",
        "RoleUse",
        "AssumedRoles",
        "ExecutionRoles",
        "Threat",
        "Interface",
        "Watcher",
        "Watcher",
    ];
    assert_eq!(unknown, want, "the rest is known to be gone");
    let state = history.answer(&home(), &every_read().into_iter().collect(), NOW);
    assert!(state.policies.values().all(Option::is_none) && !state.policies.is_empty());
    assert_eq!(state.functions[&function()], None);
    assert_eq!(state.roles["r"], None);
    assert_eq!(history.alias(&resource(Some("live"))), Some(None));
}

#[test]
fn of_what_was_touched_in_the_second_it_was_made_in_only_so_much_is_known_as_is_told() {
    let role = ("iam:CreateRole", r#"{"roleName":"r","assumeRolePolicyDocument":"{}"}"#, "null");
    let admin = (
        "iam:AttachRolePolicy",
        r#"{"roleName":"r","policyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}"#,
        "null",
    );
    let user = ("iam:CreateUser", r#"{"userName":"u"}"#, "null");
    let key = (
        "iam:CreateAccessKey",
        r#"{"userName":"u"}"#,
        r#"{"accessKey":{"accessKeyId":"K","status":"Active"}}"#,
    );
    let concurrency = (
        "lambda:PutFunctionConcurrency",
        r#"{"functionName":"f","reservedConcurrentExecutions":0}"#,
        "null",
    );
    let group = ("logs:CreateLogGroup", r#"{"logGroupName":"/aws/lambda/f"}"#, "null");
    let days = (
        "logs:PutRetentionPolicy",
        r#"{"logGroupName":"/aws/lambda/f","retentionInDays":1}"#,
        "null",
    );
    let user_name = arn("arn:aws:iam::111122223333:user/u");
    let known = |calls: &[Told<'_>]| {
        let mut history = History::default();
        for (api, asked, answered) in calls {
            let (asked, answered, home) = (raw(asked), raw(answered), home());
            let (asked, answered) = (Some(&*asked), Some(&*answered));
            history.learn(&Call { home: &home, api, at: NOW, asked, answered });
        }
        let live =
            history.function(&function()).flatten().and_then(|live| live.reserved_concurrency);
        (
            history.role_policies(&super::role()).is_some(),
            history.known(Read::AccessKeys(user_name.clone())).is_some(),
            history.known(Read::Url(resource(None))).is_some(),
            history.known(Read::LogGroup("/aws/lambda/f".to_owned())).is_some(),
            live,
        )
    };
    let in_order = [role, admin, user, key, MADE, concurrency, group, days];
    assert_eq!(known(&in_order), (true, true, true, true, Some(0)));
    let makes = |told: &Told<'_>| {
        Call { home: &home(), api: told.0, at: NOW, asked: None, answered: None }.makes()
    };
    assert!(makes(&role) && !makes(&admin));
    let turned = [admin, role, key, user, concurrency, MADE, days, group];
    assert_eq!(known(&turned), (false, false, false, false, Some(0)));
    let twice: Vec<_> = in_order.iter().chain(&in_order).copied().collect();
    assert_eq!(known(&twice), (true, true, true, true, Some(0)), "delivered twice");
}
