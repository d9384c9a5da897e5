//! What a control policy says that its author can hardly mean, though each part of it is well
//! formed: a control that can never fire, a scope that nothing reaches, an exception of nothing.

use super::{
    ArnPattern, ControlPolicy, Exception, Limits, Mode, Pattern, Place, Problem, Rule,
    RuleRemediations, Scope, ScopedMode, TAG_PREFIX, Validity, entries::Given, signatures,
};
use crate::finding::{ControlId, RemediationName, Requirement};
use std::collections::{BTreeMap, BTreeSet};
use time::Date;

/// The longest an exception may run ahead.
const LONGEST_EXCEPTION_DAYS: i64 = 180;

/// All that is wrong or doubtful; `today` is the day in UTC.
pub fn problems(policy: &ControlPolicy, today: Date) -> Vec<Problem> {
    let mut problems = Vec::new();
    installation(policy, &mut problems);
    for control in ControlId::ALL {
        let at = Place::at(["controls", control.as_str()]);
        let given = policy.controls.given(control);
        reach(policy, &given, &at, today, &mut problems);
        remediations(policy, control, &at, today, &mut problems);
        // What the default turns on nobody has asked for.
        let asks = |mode: Option<Mode>, from: Option<Date>| mode.is_some() || from.is_some();
        let is_asked = asks(given.reach.mode, given.reach.enforce_from)
            || given.reach.scopes.iter().any(|one| asks(one.mode, one.enforce_from));
        if is_asked && policy.farthest(&control.into(), today) != Mode::Off {
            never_fires(policy, control, &at, &mut problems);
        }
    }
    problems.extend(signatures::problems(&policy.controls.log_attack_signature.parameters));
    rules(policy, today, &mut problems);
    trusted(policy, &mut problems);
    stops(policy, today, &mut problems);
    exceptions(policy, today, &mut problems);
    problems
}

fn installation(policy: &ControlPolicy, problems: &mut Vec<Problem>) {
    scope(policy, &policy.scope, &Place::at(["scope"]), problems);
    if !policy.scope.tags.is_empty() && !policy.defaults.trust_tags {
        problems.push(tag_switches_off(Place::at(["scope", "tags"])));
    }
    if policy.defaults.trust_tags {
        problems.push(Problem::warning(
            Place::at(["defaults", "trust-tags"]),
            "whoever may tag a function can switch its controls off, and its stop on",
            "restrict `lambda:TagResource` to the roles that you trust with that",
        ));
    }
    for (index, pattern) in policy.protected.iter().enumerate() {
        if is_everything(pattern) {
            problems.push(Problem::warning(
                Place::at(["protected"]).index(index),
                "this protects every function, so that nothing is ever stopped",
                "name the functions that must not be stopped",
            ));
        }
    }
}

fn is_everything(pattern: &Pattern) -> bool {
    pattern.to_string().bytes().all(|b| b == b'*')
}

fn tag_switches_off(at: Place) -> Problem {
    Problem::error(
        at,
        "a tag would switch controls off, and whoever may tag a function can write it",
        "relax by `scopes` with `mode: dry-run` instead, or set `defaults.trust-tags: true`",
    )
}

/// The scopes and days of one entry.
fn reach(
    policy: &ControlPolicy,
    given: &Given<'_>,
    at: &Place,
    today: Date,
    problems: &mut Vec<Problem>,
) {
    let reach = given.reach;
    staged(reach.mode, reach.enforce_from, at, today, problems);
    scope(policy, reach.scope, &at.clone().key("scope"), problems);
    if !reach.scope.tags.is_empty() && !policy.defaults.trust_tags {
        problems.push(tag_switches_off(at.clone().key("scope").key("tags")));
    }
    for (index, scoped) in reach.scopes.iter().enumerate() {
        let at = at.clone().key("scopes").index(index);
        staged(scoped.mode, scoped.enforce_from, &at, today, problems);
        scope(policy, &scoped.scope, &at.clone().key("where"), problems);
        if scoped.mode.is_none() && scoped.enforce_from.is_none() {
            problems.push(Problem::error(
                at.clone(),
                "this says where, but neither `mode` nor `enforce-from`",
                "add the mode that holds there",
            ));
        }
        by_tags(policy, scoped, &at, problems);
        let earlier = reach.scopes.get(..index).unwrap_or_default();
        if let Some(first) = earlier.iter().position(|one| includes(&one.scope, &scoped.scope)) {
            problems.push(Problem::warning(
                at.clone().key("where"),
                format!("`scopes[{first}]` covers all of this, and the first that covers decides"),
                "put the narrower one first",
            ));
        }
    }
}

fn by_tags(policy: &ControlPolicy, scoped: &ScopedMode, at: &Place, problems: &mut Vec<Problem>) {
    let relaxes = scoped.mode == Some(Mode::DryRun) && scoped.enforce_from.is_none();
    if !scoped.scope.tags.is_empty() && !relaxes && !policy.defaults.trust_tags {
        problems.push(Problem::error(
            at.clone(),
            "a tag can only relax to `dry-run`, since whoever may tag a function can write it",
            "set `mode: dry-run` without `enforce-from`, or set `defaults.trust-tags: true`",
        ));
    }
}

/// Whether all that the second scope covers the first covers too, as far as can be told.
fn includes(wide: &Scope, narrow: &Scope) -> bool {
    fn within<T: PartialEq>(wide: &[T], narrow: &[T]) -> bool {
        wide.is_empty() || (!narrow.is_empty() && narrow.iter().all(|one| wide.contains(one)))
    }
    fn set<T: Clone>(all: &BTreeSet<T>) -> Vec<T> {
        all.iter().cloned().collect()
    }
    within(&set(&wide.accounts), &set(&narrow.accounts))
        && within(&set(&wide.organizational_units), &set(&narrow.organizational_units))
        && within(&set(&wide.regions), &set(&narrow.regions))
        && names_all_of(wide, narrow)
        && wide.tags.iter().all(|(key, values)| {
            narrow.tags.get(key).is_some_and(|others| {
                values.is_empty() || (!others.is_empty() && others.is_subset(values))
            })
        })
}

/// Whether `functions` and `resources` of the first scope name all that those of the second do. One
/// that names every function is taken to name all that a scope without names covers: the others are
/// no matter of a control of functions.
fn names_all_of(wide: &Scope, narrow: &Scope) -> bool {
    let is_named = |scope: &Scope| !(scope.functions.is_empty() && scope.resources.is_empty());
    let everything = wide.resources.iter().any(ArnPattern::is_everything);
    let functions = everything || wide.functions.iter().any(is_everything);
    let of_functions = narrow.functions.iter().all(|one| wide.functions.contains(one));
    let of_resources = narrow.resources.iter().all(|one| wide.resources.contains(one));
    if !is_named(wide) || !is_named(narrow) {
        return !is_named(wide) || functions;
    }
    (functions || of_functions) && (everything || of_resources)
}

fn staged(
    mode: Option<Mode>,
    from: Option<Date>,
    at: &Place,
    today: Date,
    problems: &mut Vec<Problem>,
) {
    let Some(day) = from else { return };
    let at = at.clone().key("enforce-from");
    match mode {
        Some(mode @ (Mode::Off | Mode::Enforce)) => problems.push(Problem::error(
            at,
            format!("`enforce-from` is dry run until its day and enforced after, never `{mode}`"),
            "leave out one of `mode` and `enforce-from`",
        )),
        Some(Mode::DryRun) | None if day <= today => problems.push(Problem::warning(
            at,
            format!("this day has come: it is enforced since {day}"),
            "write `mode: enforce` instead",
        )),
        Some(Mode::DryRun) | None => {}
    }
}

fn scope(policy: &ControlPolicy, scope: &Scope, at: &Place, problems: &mut Vec<Problem>) {
    for unit in &scope.organizational_units {
        if !policy.organizational_units.contains_key(unit) {
            problems.push(Problem::error(
                at.clone().key("organizational-units").key(unit.to_string()),
                format!("the accounts of `{unit}` are not known, so that it covers no function"),
                format!("list them: `organizational-units: {{ {unit}: [\"111122223333\"] }}`"),
            ));
        }
    }
}

/// Controls that are on and can never fire.
fn never_fires(
    policy: &ControlPolicy,
    control: ControlId,
    at: &Place,
    problems: &mut Vec<Problem>,
) {
    let controls = &policy.controls;
    let (parameter, mend) = match control {
        ControlId::ChangeUntrustedDeployer | ControlId::AliasShifted
            if policy.trusted.principals.is_empty() =>
        {
            return nobody_trusted(
                at,
                control,
                "principals",
                "list the roles that deploy, or set `mode: off`",
                problems,
            );
        }
        ControlId::ChangeOutsideNetwork if policy.trusted.networks.is_empty() => {
            return nobody_trusted(
                at,
                control,
                "networks",
                "list where changes come from, or set `mode: off`",
                problems,
            );
        }
        ControlId::InvocationUnauthorized
            if controls.invocation_unauthorized.parameters.functions.is_empty() =>
        {
            ("functions", "name the functions that declare who may invoke them, or set `mode: off`")
        }
        ControlId::InvocationUnusual
            if controls.invocation_unusual.parameters.functions.is_empty() =>
        {
            (
                "functions",
                "declare when and from where your functions are invoked, or set `mode: off`",
            )
        }
        ControlId::MetricAnomaly if controls.metric_anomaly.parameters.alarms.is_empty() => {
            ("alarms", "name the alarms that are to be answered, or set `mode: off`")
        }
        ControlId::FunctionUnexpectedPeer
            if controls.function_unexpected_peer.parameters.flow_logs.is_empty() =>
        {
            ("flow-logs", "name the log groups that hold VPC flow logs, or set `mode: off`")
        }
        ControlId::FunctionUnexpectedPeer
            if controls.function_unexpected_peer.parameters.peers.is_empty() =>
        {
            ("peers", "declare whom functions may talk to, or set `mode: off`")
        }
        ControlId::LogAttackSignature
            if controls.log_attack_signature.parameters.looked_for().next().is_none() =>
        {
            ("signatures", "leave `signatures` out for those that are known, or set `mode: off`")
        }
        ControlId::TagsMissing if controls.tags_missing.parameters.required.is_empty() => {
            ("required", "name the required tags, or set `mode: off`")
        }
        ControlId::RuntimeDeprecated
            if controls.runtime_deprecated.parameters.deprecated.is_empty() =>
        {
            ("deprecated", "leave `deprecated` out for the list of AWS, or set `mode: off`")
        }
        ControlId::InvocationUnauthorized
        | ControlId::InvocationUnusual
        | ControlId::ChangeUntrustedDeployer
        | ControlId::ChangeOutsideNetwork
        | ControlId::ChangeWithoutMfa
        | ControlId::IdentityPolicyOverbroadLambdaAdmin
        | ControlId::IamUserCreated
        | ControlId::TagsMissing
        | ControlId::RuntimeDeprecated
        | ControlId::FunctionPolicyPublic
        | ControlId::FunctionPolicyUntrustedAccount
        | ControlId::FunctionPolicyUnscopedService
        | ControlId::FunctionPolicyDangerousAction
        | ControlId::FunctionUrlPublic
        | ControlId::ExecutionRoleOverbroad
        | ControlId::ExecutionRoleTrustWidened
        | ControlId::ExecutionRoleSwapped
        | ControlId::TrailLambdaDataEventsOff
        | ControlId::TrailStopped
        | ControlId::ConfigRecorderStopped
        | ControlId::GuarddutyDisabled
        | ControlId::GuarddutyLambdaFinding
        | ControlId::FunctionUnexpectedPeer
        | ControlId::LogAttackSignature
        | ControlId::IamBackdoorReactive
        | ControlId::MetricAnomaly
        | ControlId::ResponderTampered
        | ControlId::LayerUntrusted
        | ControlId::EnvironmentCodeInjection
        | ControlId::CodeSigningWeakened
        | ControlId::HandlerChangedAlone
        | ControlId::RecursionAllowed
        | ControlId::VpcDetached
        | ControlId::AliasShifted
        | ControlId::EventSourceRetargeted
        | ControlId::ContainmentUndone
        | ControlId::TracingUnencrypted
        | ControlId::FunctionPrivilegeEscalation
        | ControlId::FunctionFirstSeenApi
        | ControlId::FunctionAccessDeniedBurst
        | ControlId::FunctionStolenCredentials
        | ControlId::FunctionDataExfiltration
        | ControlId::NetworkOutsideVpc
        | ControlId::EnvironmentUnencrypted
        | ControlId::EnvironmentSecret
        | ControlId::ConfigRuleNoncompliant
        | ControlId::LayerPolicyPublic
        | ControlId::DestinationForeign
        | ControlId::LoggingRedirected
        | ControlId::LogsUnencrypted
        | ControlId::SecurityHubFailed
        | ControlId::AccessAnalyzerExternal => return,
    };
    problems.push(Problem::warning(
        at.clone().key("parameters").key(parameter),
        format!("`{control}` is on, and with no `{parameter}` it can never fire"),
        mend,
    ));
}

/// A control that compares with what is trusted, where nothing is.
fn nobody_trusted(
    at: &Place,
    control: ControlId,
    what: &str,
    mend: &str,
    problems: &mut Vec<Problem>,
) {
    problems.push(Problem::warning(
        at.clone(),
        format!("`{control}` is on, and with no `trusted.{what}` it can never fire"),
        mend,
    ));
}

/// What is chosen among the remediations of a control.
fn remediations(
    policy: &ControlPolicy,
    control: ControlId,
    at: &Place,
    today: Date,
    problems: &mut Vec<Problem>,
) {
    let Some(choices) = policy.controls.given(control).remediations else { return };
    let offered: Vec<RemediationName> = control.offer().names().collect();
    let listed: Vec<String> = offered.iter().map(|name| format!("`{name}`")).collect();
    for (name, _) in choices.chosen().filter(|(name, _)| !offered.contains(name)) {
        problems.push(Problem::error(
            at.clone().key("remediations").key(name.as_str()),
            format!("`{control}` has no remediation `{name}`"),
            format!("choose among its own: {}", listed.join(", ")),
        ));
    }
    let is_enforced = policy.farthest(&control.into(), today) == Mode::Enforce;
    let gives_any = offered.iter().any(|name| policy.gives(&control.into(), *name));
    if is_enforced && !choices.is_empty() && !gives_any {
        problems.push(Problem::warning(
            at.clone().key("remediations"),
            format!("`{control}` is enforced, and every remediation of it is turned off"),
            "turn one on, or set `mode: dry-run`",
        ));
    }
}

/// What of a rule's remediations another one does already.
fn redundant(rule: &Rule, at: &Place, problems: &mut Vec<Problem>) {
    let given = &rule.remediations;
    let of_containment = [
        ("stop-function", given.stop_function),
        ("revoke-credentials", given.revoke_credentials),
        ("disable-event-source-mappings", given.disable_event_source_mappings),
    ];
    let mut say = |key: &str, by: &str| {
        problems.push(Problem::warning(
            at.clone().key("remediations").key(key),
            format!("`{by}` does this already"),
            "take one of them out",
        ));
    };
    for (key, _) in
        of_containment.iter().filter(|(_, is_given)| given.contain_function && *is_given)
    {
        say(key, "contain-function");
    }
    if given.cap_concurrency.is_some() {
        if given.contain_function {
            say("cap-concurrency", "contain-function");
        } else if given.stop_function {
            say("cap-concurrency", "stop-function");
        }
    }
}

fn rules(policy: &ControlPolicy, today: Date, problems: &mut Vec<Problem>) {
    for (index, rule) in policy.rules.iter().enumerate() {
        let at = || Place::at(["rules"]).index(index);
        reach(policy, &rule.given(), &at(), today, problems);
        redundant(rule, &at(), problems);
        let earlier = policy.rules.get(..index).unwrap_or_default();
        if let Some(first) = earlier.iter().position(|one| one.id == rule.id) {
            problems.push(Problem::error(
                at().key("id"),
                format!("`rules[{first}]` has this id"),
                "give each rule an id of its own: findings and exceptions name it",
            ));
        }
        let same = |one: &Rule| one.pattern == rule.pattern && one.function == rule.function;
        if let Some(first) = earlier.iter().position(same) {
            problems.push(Problem::warning(
                at().key("pattern"),
                format!("`rules[{first}]` matches the very same events"),
                "put both their remediations into one rule",
            ));
        }
        if rule.pattern.takes_or_for_a_field() {
            problems.push(Problem::warning(
                at().key("pattern"),
                "this `$or` cannot be the operator, and so is the name of a field to EventBridge",
                "give `$or` a list of two or more mappings, none of which begins with an operator",
            ));
        }
        if policy.rules.is_scanned(index) {
            problems.push(Problem::warning(
                at().key("pattern"),
                "this asks no field for exact values, so that it is held against every event",
                "name the `source`, the `detail-type` or the `eventName` it is about",
            ));
        }
        for key in rule.remediations.tag_function.keys().filter(|key| !may_be_tag(key)) {
            problems.push(Problem::error(
                at().key("remediations").key("tag-function").key(key.clone()),
                "the responder may not write a tag of this key",
                "begin the key with `cordon:`, and use letters, digits, spaces and `_.:/=+-@`, at \
                 most 128 in all",
            ));
        }
    }
}

/// The responder's role lets it write its own tags only.
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html>
fn may_be_tag(key: &str) -> bool {
    let fits = |c: char| c.is_alphanumeric() || " _.:/=+-@".contains(c);
    key.starts_with(TAG_PREFIX) && key.chars().count() <= 128 && key.chars().all(fits)
}

/// Accounts that are trusted in one place and not in another.
fn trusted(policy: &ControlPolicy, problems: &mut Vec<Problem>) {
    let deployers = &policy.controls.function_policy_dangerous_action.parameters.deployer_accounts;
    let at = || {
        Place::at(["controls", ControlId::FunctionPolicyDangerousAction.as_str(), "parameters"])
            .key("deployer-accounts")
    };
    // An organization that is trusted may hold them.
    let by_organization = !policy.trusted.organizations.is_empty();
    for account in deployers {
        if !policy.trusted.accounts.contains(account) && !by_organization {
            problems.push(Problem::warning(
                at().key(account.as_str()),
                format!(
                    "account `{}` may deploy but is not trusted, so that its grants go all the same",
                    account.as_str()
                ),
                "add it to `trusted.accounts`",
            ));
        }
    }
}

/// Controls that stop functions, with nothing that holds them back but the limits by default.
fn stops(policy: &ControlPolicy, today: Date, problems: &mut Vec<Problem>) {
    let escalation = ControlId::FunctionPrivilegeEscalation;
    let invocation = ControlId::InvocationUnauthorized;
    let declared = &policy.controls.invocation_unauthorized.parameters.functions;
    let deploys = (ControlId::ChangeUntrustedDeployer, !policy.trusted.principals.is_empty());
    let stopping = [
        RemediationName::ContainFunction,
        RemediationName::StopFunction,
        RemediationName::RevokeCredentials,
    ];
    let config = ControlId::ConfigRuleNoncompliant;
    let answered = &policy.controls.config_rule_noncompliant.parameters.rules;
    let alarms = &policy.controls.metric_anomaly.parameters.alarms;
    let logged = &policy.controls.log_attack_signature.parameters;
    let peers = &policy.controls.function_unexpected_peer.parameters.peers;
    let asks = |given: &RuleRemediations| {
        given.contain_function || given.stop_function || given.revoke_credentials
    };
    let of_controls = [
        (escalation, true),
        (invocation, declared.iter().any(|functions| functions.stop)),
        deploys,
        (config, answered.iter().any(|rule| asks(&rule.remediations))),
        (ControlId::MetricAnomaly, alarms.iter().any(|alarms| alarms.stop)),
        (ControlId::LogAttackSignature, logged.stop.is_some()),
        (ControlId::FunctionUnexpectedPeer, peers.iter().any(|declared| declared.stop)),
    ]
    .map(|(control, may)| {
        let requirement = Requirement::Control(control);
        let stops = may && stopping.iter().any(|name| policy.gives(&requirement, *name));
        (requirement, Place::at(["controls", control.as_str()]), stops)
    });
    let of_rules = policy.rules.iter().enumerate().map(|(index, rule)| {
        let control = Requirement::Rule(rule.id.clone());
        (control, Place::at(["rules"]).index(index), asks(&rule.remediations))
    });
    for (control, at, stops) in of_controls.into_iter().chain(of_rules) {
        let enforced = policy.farthest(&control, today) == Mode::Enforce;
        let is_bounded = !policy.protected.is_empty() || policy.limits != Limits::default();
        if stops && enforced && !is_bounded {
            problems.push(Problem::warning(
                at,
                format!(
                    "`{control}` is enforced and stops functions, none is protected, and `limits` \
                     are not given"
                ),
                "list under `protected` what must never be stopped, or write your own `limits`",
            ));
        }
    }
}

fn exceptions(policy: &ControlPolicy, today: Date, problems: &mut Vec<Problem>) {
    let mut first: BTreeMap<(&Requirement, Named<'_>), usize> = BTreeMap::new();
    for (index, exception) in policy.exceptions.iter().enumerate() {
        let at = || Place::at(["exceptions"]).index(index);
        match exception.validity(today) {
            Validity::Holds => {
                let ahead = (exception.expires - today).whole_days();
                if ahead > LONGEST_EXCEPTION_DAYS {
                    problems.push(Problem::error(
                        at().key("expires"),
                        format!(
                            "the exception holds for {ahead} days, and at most \
                             {LONGEST_EXCEPTION_DAYS} are allowed"
                        ),
                        "choose an earlier day; an exception can be renewed before it ends",
                    ));
                }
            }
            validity @ Validity::Ends(_) => problems.push(Problem::warning(
                at().key("expires"),
                format!("this {validity}; then what it covers is remediated"),
                "have its owner mend the function, or agree on a new day",
            )),
            Validity::Expired => problems.push(Problem::warning(
                at().key("expires"),
                format!(
                    "the exception ended on {}, and excepts nothing any more",
                    exception.expires
                ),
                "remove the exception, or renew it with a later day",
            )),
        }
        for (place, control) in exception.controls.iter().enumerate() {
            if let Requirement::Rule(id) = control
                && policy.rules.named(id).is_none()
            {
                problems.push(Problem::error(
                    at().key("controls").index(place),
                    format!("there is no rule `{}`", id.as_str()),
                    "name one of `rules`, or take it out",
                ));
            } else if policy.farthest(control, today) == Mode::Off {
                problems.push(Problem::warning(
                    at().key("controls").index(place),
                    format!("`{control}` is off, so that there is nothing to except"),
                    "take it out, or turn the control on",
                ));
            }
            for (named, place) in all_named(exception, &at()) {
                if let Some(known) = first.insert((control, named), index)
                    && known != index
                {
                    problems.push(Problem::warning(
                        place,
                        format!("`exceptions[{known}]` excepts the same; the longer one counts"),
                        "keep one of them",
                    ));
                }
            }
        }
        excepts_all_or_nothing(exception, &at(), problems);
    }
}

/// What an exception names.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Named<'a> {
    Functions(&'a Pattern),
    Resources(&'a ArnPattern),
}

/// Everything that the exception at `at` names, with its place.
fn all_named<'a>(exception: &'a Exception, at: &Place) -> Vec<(Named<'a>, Place)> {
    let place = |key: &str, nth| at.clone().key(key).index(nth);
    let functions = exception.functions.iter().enumerate();
    let functions = functions.map(|(nth, one)| (Named::Functions(one), place("functions", nth)));
    let resources = exception.resources.iter().enumerate();
    let resources = resources.map(|(nth, one)| (Named::Resources(one), place("resources", nth)));
    functions.chain(resources).collect()
}

fn excepts_all_or_nothing(exception: &Exception, at: &Place, problems: &mut Vec<Problem>) {
    let all = all_named(exception, at);
    if all.is_empty() {
        problems.push(Problem::error(
            at.clone(),
            "this says neither by `functions` nor by `resources` what it excepts",
            "name functions under `functions`, and anything else by its ARN under `resources`",
        ));
    }
    for (named, place) in all {
        match named {
            Named::Functions(pattern) if is_everything(pattern) => problems.push(Problem::warning(
                place,
                "this excepts every function",
                "name the functions, or set the control to `mode: dry-run` for a while",
            )),
            Named::Resources(pattern) if pattern.is_everything() => {
                problems.push(Problem::warning(
                    place,
                    "this excepts every resource",
                    "name the resources, or set the control to `mode: dry-run` for a while",
                ))
            }
            Named::Functions(_) | Named::Resources(_) => {}
        }
    }
}
