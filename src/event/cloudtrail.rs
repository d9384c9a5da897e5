//! CloudTrail management and data events.
//! Record: <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>;
//! Lambda's names: <https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html>.
//! Every field may be null or missing; what a control needs and does not find is an error only
//! where the call succeeded and something would be lost.

use super::{
    Actor, Asked, Change, ChangeCall, Event, EventError, Failure, Identity, Kind, RouteChange,
    ShownPolicy, SigningWeakening, Source, call, change, elsewhere, iam, log_group, role, route,
    watcher, without_date,
};
use crate::resource::{AccountId, Arn, FunctionArn, FunctionResource, Home, LayerVersion};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Record<'a> {
    #[serde(rename = "eventID")]
    event_id: String,
    pub(super) event_source: String,
    event_name: String,
    event_time: Option<String>,
    pub(super) aws_region: Option<String>,
    #[serde(borrow)]
    error_code: Option<&'a RawValue>,
    pub(super) user_agent: Option<String>,
    #[serde(rename = "sourceIPAddress")]
    source_ip_address: Option<String>,
    vpc_endpoint_id: Option<String>,
    user_identity: Option<UserIdentity>,
    #[serde(borrow)]
    pub(super) request_parameters: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) response_elements: Option<&'a RawValue>,
    pub(super) resources: Option<Vec<ResourceEntry>>,
    #[serde(borrow)]
    pub(super) additional_event_data: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ResourceEntry {
    #[serde(rename = "ARN")]
    pub(super) arn: Option<String>,
    pub(super) account_id: Option<String>,
}

impl Record<'_> {
    /// Why the call failed, if it did.
    pub(super) fn failure(&self) -> Option<Failure> {
        let code = self.error_code?.get().trim_matches('"');
        Some(Failure::of(code))
    }
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct UserIdentity {
    #[serde(rename = "type")]
    kind: Option<String>,
    arn: Option<String>,
    account_id: Option<String>,
    access_key_id: Option<String>,
    invoked_by: Option<String>,
    session_context: Option<SessionContext>,
    in_scope_of: Option<InScopeOf>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SessionContext {
    session_issuer: Option<SessionIssuer>,
    attributes: Option<Attributes>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attributes {
    mfa_authenticated: Option<Truth>,
}

/// CloudTrail writes it as text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Truth {
    Text(String),
    Plain(bool),
    Other(IgnoredAny),
}

impl Truth {
    fn is(&self) -> Option<bool> {
        match self {
            Self::Text(text) => text.parse().ok(),
            Self::Plain(is) => Some(*is),
            Self::Other(_) => None,
        }
    }
}

#[derive(Deserialize)]
struct SessionIssuer {
    arn: Option<String>,
}

/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html>
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InScopeOf {
    issuer_type: Option<String>,
    credentials_issued_to: Option<String>,
}

/// Reads the `detail` of an API call that came from `source`: `aws.` and the service that was called.
pub(super) fn parse(detail: &str, source: &str, home: &Home) -> Result<Event, EventError> {
    let mut record: Record<'_> = serde_json::from_str(detail)
        .map_err(|source| EventError::Json { part: "detail", source })?;
    let called = record.event_source.strip_suffix(".amazonaws.com");
    let is_of_another = called != source.strip_prefix("aws.");
    let kind = if is_of_another {
        Kind::Ignored("it comes from another service than the one that was called".to_owned())
    } else if record.error_code.is_some() {
        Kind::Ignored("the call failed".to_owned())
    } else {
        kind(&record, home)?
    };
    let change = change_of(&record);
    let route = route_of(&record, &kind);
    let (at, api, asks) = (moment(&record), api(&record), asked(&record));
    let source = record.source_ip_address.as_deref().map(Source::parse).unwrap_or_default();
    let identity = record.user_identity.take().unwrap_or_default();
    let endpoint = record.vpc_endpoint_id.take();
    let actor = Actor { source, endpoint, ..actor(identity, home) };
    let call = call::of(&record, &actor, api.as_deref(), home).filter(|_| !is_of_another);
    let (actor, mut kind) = not_of_elsewhere(actor, kind, home);
    if call.is_some() && matches!(kind, Kind::Ignored(_)) {
        kind = Kind::FunctionCall;
    }
    let change = match &kind {
        Kind::FunctionChange { .. } | Kind::CodeChange { .. } | Kind::GuardChange { .. } => change,
        Kind::PolicyChange { .. }
        | Kind::UrlChange { .. }
        | Kind::SigningConfigChange { .. }
        | Kind::SettingChange { .. }
        | Kind::IamCall { .. }
        | Kind::SecondLook { .. }
        | Kind::Invocation { .. }
        | Kind::RuleCompliance { .. }
        | Kind::RuleChange { .. }
        | Kind::WatcherChange(_)
        | Kind::HubFindings(_)
        | Kind::ExternalAccess { .. }
        | Kind::LayerShared { .. }
        | Kind::AlarmState { .. }
        | Kind::LogGroup { .. }
        | Kind::LogSigns { .. }
        | Kind::Heartbeat
        | Kind::OwnLog
        | Kind::Flows(_)
        | Kind::UnreadFlows { .. }
        | Kind::Threat { .. }
        | Kind::FunctionCall
        | Kind::Ignored(_) => None,
    };
    Ok(Event { at, api, asks, change, route, call, ..Event::new(record.event_id, actor, kind) })
}

fn route_of(record: &Record<'_>, kind: &Kind) -> Option<RouteChange> {
    let (Kind::CodeChange { function } | Kind::SettingChange { function }) = kind else {
        return None;
    };
    let told = (record.request_parameters, record.response_elements);
    route::change(without_date(&record.event_name), function, told, moment(record))
}

/// When the call was made.
fn moment(record: &Record<'_>) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(record.event_time.as_deref()?, &Rfc3339).ok()
}

/// The API as IAM writes its action.
fn api(record: &Record<'_>) -> Option<String> {
    let service = record.event_source.strip_suffix(".amazonaws.com")?;
    Some(format!("{service}:{}", without_date(&record.event_name)))
}

/// The calls that change what a function is, or what guards it.
fn change_call(name: &str, parameters: Option<&RawValue>) -> Option<ChangeCall> {
    Some(match name {
        "CreateFunction" => ChangeCall::Create,
        "UpdateFunctionConfiguration" => ChangeCall::Configure,
        "UpdateFunctionCode" => ChangeCall::Code,
        "PutFunctionCodeSigningConfig" => ChangeCall::AttachSigning,
        "DeleteFunctionCodeSigningConfig" => ChangeCall::DetachSigning,
        "PutFunctionRecursionConfig" => {
            ChangeCall::Recursion(parameters.and_then(change::allows_loops))
        }
        _ => return None,
    })
}

fn change_of(record: &Record<'_>) -> Option<Change> {
    let call = change_call(without_date(&record.event_name), record.request_parameters)?;
    let parameters = record.request_parameters.and_then(|raw| {
        serde_json::from_str::<Option<BTreeMap<String, IgnoredAny>>>(raw.get()).ok().flatten()
    });
    let names = change::named(call, parameters.iter().flatten().map(|(name, _)| name.as_str()));
    let answer = record
        .response_elements
        .and_then(|raw| serde_json::from_str::<Option<change::Answer>>(raw.get()).ok().flatten());
    Some(Change {
        call,
        at: moment(record),
        names,
        modified: answer.and_then(|answer| answer.last_modified),
    })
}

/// IAM is one for all Regions: a function of another one is looked at there, and what it changed of a
/// role here as well.
fn not_of_elsewhere(mut actor: Actor, kind: Kind, home: &Home) -> (Actor, Kind) {
    let Kind::IamCall { change, .. } = &kind else { return (actor, kind) };
    let Some(ignored) = actor.issued_to.as_ref().and_then(|function| elsewhere(function, home))
    else {
        return (actor, kind);
    };
    if change.is_none() {
        return (actor, ignored);
    }
    (actor.issued_to, actor.named_after) = (None, None);
    (actor, kind)
}

fn actor(identity: UserIdentity, home: &Home) -> Actor {
    let issued_to = identity
        .in_scope_of
        .filter(|scope| scope.issuer_type.as_deref() == Some("AWS::Lambda::Function"))
        .and_then(|scope| scope.credentials_issued_to)
        .and_then(|arn| FunctionResource::parse_arn(&arn).ok())
        .map(|resource| resource.function);
    let named_after = identity
        .arn
        .as_deref()
        .filter(|arn| arn.contains(":assumed-role/"))
        .and_then(|arn| arn.rsplit('/').next())
        // Validating a role, Lambda itself opens sessions named `awslambda_<n>_<timestamp>`.
        .filter(|session| !session.starts_with("awslambda_"))
        .and_then(|session| FunctionArn::new(home, session).ok());
    let session = identity.session_context;
    let attributes = session.as_ref().and_then(|session| session.attributes.as_ref());
    let mfa = attributes.and_then(|attributes| attributes.mfa_authenticated.as_ref()?.is());
    Actor {
        identity: identity.kind.as_deref().map(Identity::parse).unwrap_or_default(),
        mfa,
        arn: identity.arn,
        key: identity.access_key_id,
        account: identity.account_id.and_then(|id| AccountId::parse(&id).ok()),
        invoked_by: identity.invoked_by,
        role: session.and_then(|session| session.session_issuer).and_then(|issuer| issuer.arn),
        issued_to,
        named_after,
        source: Source::Unknown,
        endpoint: None,
    }
}

fn kind(record: &Record<'_>, home: &Home) -> Result<Kind, EventError> {
    let name = without_date(&record.event_name);
    let kind = match (record.event_source.as_str(), name) {
        ("iam.amazonaws.com", _) => {
            let (asked, answered) = (record.request_parameters, record.response_elements);
            let caller = record.user_identity.as_ref().and_then(|caller| caller.arn.as_deref());
            let target = iam::target(name, asked, answered, caller, home);
            let target = target.map_err(|source| EventError::Name { call: name.into(), source })?;
            let target = Box::new(target);
            let change = role::change(name, asked, home).map(Box::new);
            let (api, incident) = (format!("iam:{name}"), incident(record)?);
            Kind::IamCall { api, incident, target, change }
        }
        ("lambda.amazonaws.com", "AddPermission" | "RemovePermission" | "PutResourcePolicy") => {
            policy_change(record, name, home)?
        }
        (
            "lambda.amazonaws.com",
            "CreateFunctionUrlConfig" | "UpdateFunctionUrlConfig" | "DeleteFunctionUrlConfig",
        ) => url_change(record, name, home)?,
        ("lambda.amazonaws.com", "CreateFunction" | "UpdateFunctionConfiguration") => {
            function_change(record, name, home)?
        }
        ("lambda.amazonaws.com", "UpdateCodeSigningConfig" | "DeleteCodeSigningConfig") => {
            signing_config_change(record, name, home)?
        }
        (
            "lambda.amazonaws.com",
            "DeleteFunctionCodeSigningConfig"
            | "PutFunctionCodeSigningConfig"
            | "PutFunctionRecursionConfig",
        ) => {
            let resource = resource(record, &target(record)?, name, home)?;
            elsewhere(&resource.function, home)
                .unwrap_or(Kind::GuardChange { function: resource.function })
        }
        (
            "lambda.amazonaws.com",
            "CreateAlias" | "DeleteAlias" | "PublishVersion" | "UpdateAlias" | "UpdateFunctionCode",
        ) => code_change(record, name, home)?,
        (
            "lambda.amazonaws.com",
            "DeleteFunctionConcurrency"
            | "DeleteFunctionEventInvokeConfig"
            | "PutFunctionConcurrency"
            | "PutFunctionEventInvokeConfig"
            | "PutFunctionScalingConfig"
            | "CreateEventSourceMapping"
            | "PutProvisionedConcurrencyConfig"
            | "UpdateEventSourceMapping"
            | "UpdateFunctionEventInvokeConfig",
        ) => setting_change(record, name, home)?,
        ("lambda.amazonaws.com", "TagResource" | "UntagResource") => {
            tag_change(record, name, home)?
        }
        ("events.amazonaws.com", "EnableRule" | "PutRule" | "PutTargets") => {
            rule_change(record, name, home)?
        }
        ("lambda.amazonaws.com", "AddLayerVersionPermission") => layer_shared(record, name, home)?,
        ("logs.amazonaws.com", _) => {
            log_group::changed(name, record.request_parameters, record.aws_region.as_deref(), home)?
        }
        ("lambda.amazonaws.com", "Invoke") => invocation(record, name, home)?,
        (_, _) => watcher::parse(record, name, home)?
            .unwrap_or_else(|| Kind::Ignored("no control looks at this API".to_owned())),
    };
    Ok(kind)
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Target {
    function_name: Option<String>,
    qualifier: Option<String>,
    resource_arn: Option<String>,
    resource: Option<String>,
    policy: Option<String>,
    policy_name: Option<String>,
    code_signing_config_arn: Option<String>,
}

/// What the calls ask for that say where a function's events and logs go. Lambda answers with what
/// it has made of it; a field that is not of that form says nothing.
fn asked(record: &Record<'_>) -> Asked {
    #[derive(Deserialize, Default)]
    #[serde(rename_all = "camelCase", default)]
    struct Request {
        destination_config: Option<Destinations>,
        dead_letter_config: Option<DeadLetters>,
        logging_config: Option<Logging>,
        role: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Destinations {
        on_success: Option<To>,
        on_failure: Option<To>,
    }
    #[derive(Deserialize)]
    struct To {
        destination: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct DeadLetters {
        target_arn: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Logging {
        log_group: Option<String>,
    }
    if record.event_source != "lambda.amazonaws.com" || record.error_code.is_some() {
        return Asked::default();
    }
    let request = record.request_parameters;
    let request = request.and_then(|raw| serde_json::from_str::<Option<Request>>(raw.get()).ok());
    let request = request.flatten().unwrap_or_default();
    let [success, failure] = match request.destination_config {
        Some(Destinations { on_success, on_failure }) => [on_success, on_failure],
        None => [None, None],
    };
    let to = |to: Option<To>| to.and_then(|to| to.destination);
    let dead_letters = request.dead_letter_config.and_then(|to| to.target_arn);
    let sends_to = [to(success), to(failure), dead_letters].into_iter().flatten();
    Asked {
        sends_to: sends_to.filter(|arn| !arn.is_empty()).collect(),
        log_group: request.logging_config.and_then(|logging| logging.log_group),
        role: request.role,
    }
}

/// The incident in the name of an inline policy that Cordon puts on roles.
fn incident(record: &Record<'_>) -> Result<Option<String>, EventError> {
    let name = target(record)?.policy_name.unwrap_or_default();
    let incident = name.strip_prefix("cordon-").filter(|rest| rest.starts_with("inc-"));
    Ok(incident.map(|rest| rest.splitn(3, '-').take(2).collect::<Vec<_>>().join("-")))
}

fn target(record: &Record<'_>) -> Result<Target, EventError> {
    match record.request_parameters {
        None => Ok(Target::default()),
        Some(raw) => serde_json::from_str::<Option<Target>>(raw.get())
            .map(Option::unwrap_or_default)
            .map_err(|source| EventError::Json { part: "requestParameters", source }),
    }
}

/// `functionName` echoes what the caller typed: four forms, and a qualifier in one of two places.
/// A bare name is one of the Region the call was made in.
fn resource(
    record: &Record<'_>,
    target: &Target,
    call: &str,
    home: &Home,
) -> Result<FunctionResource, EventError> {
    let region = record.aws_region.clone().unwrap_or_else(|| home.region.clone());
    let there = Home { region, ..home.clone() };
    let typed = target
        .function_name
        .as_deref()
        .or(target.resource_arn.as_deref())
        .ok_or_else(|| EventError::NoFunction { call: call.to_owned() })?;
    FunctionResource::parse(&there, typed, target.qualifier.as_deref())
        .map_err(|source| EventError::Name { call: call.to_owned(), source })
}

/// The statement that AWS says it added to a policy.
fn answered_statement(record: &Record<'_>) -> Option<String> {
    #[derive(Deserialize)]
    struct Answer {
        statement: Option<String>,
    }
    serde_json::from_str::<Option<Answer>>(record.response_elements?.get()).ok()??.statement
}

/// The ARN that a statement is about.
fn resource_of(statement: &str) -> Option<String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Statement {
        resource: Option<String>,
    }
    serde_json::from_str::<Statement>(statement).ok()?.resource
}

fn policy_change(record: &Record<'_>, call: &str, home: &Home) -> Result<Kind, EventError> {
    let target = target(record)?;
    if target.resource_arn.as_ref().is_some_and(|arn| !arn.contains(":function:")) {
        return Ok(Kind::Ignored("the policy is not a function's".to_owned()));
    }
    let statement = answered_statement(record);
    // AWS says in full what the caller may have typed in part.
    let answered = statement
        .as_deref()
        .and_then(resource_of)
        .and_then(|arn| FunctionResource::parse_arn(&arn).ok());
    let resource = match answered {
        Some(resource) => resource,
        None => resource(record, &target, call, home)?,
    };
    if let Some(ignored) = elsewhere(&resource.function, home) {
        return Ok(ignored);
    }
    let shown = match (call, statement, target.policy) {
        ("AddPermission", Some(statement), _) => ShownPolicy::Statement(statement),
        ("PutResourcePolicy", _, Some(document)) => ShownPolicy::Document(document),
        (_, _, _) => ShownPolicy::Nothing,
    };
    Ok(Kind::PolicyChange { resource, shown })
}

/// A layer is named by its name or its ARN, and its version apart from it. The statement in the answer
/// has both: <https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html>.
fn layer_shared(record: &Record<'_>, call: &str, home: &Home) -> Result<Kind, EventError> {
    #[derive(Deserialize, Default)]
    #[serde(rename_all = "camelCase")]
    struct Request {
        layer_name: Option<String>,
        version_number: Option<u64>,
    }
    let statement = answered_statement(record);
    let answered =
        statement.as_deref().and_then(resource_of).and_then(|arn| LayerVersion::parse(&arn).ok());
    let layer = match answered {
        Some(layer) => layer,
        None => {
            let request = record.request_parameters.map_or("null", RawValue::get);
            let request = serde_json::from_str::<Option<Request>>(request)
                .map_err(|source| EventError::Json { part: "requestParameters", source })?
                .unwrap_or_default();
            let missing = || EventError::NoResource { call: call.to_owned() };
            let name = request.layer_name.ok_or_else(missing)?;
            let version = request.version_number.ok_or_else(missing)?;
            let region = record.aws_region.clone().unwrap_or_else(|| home.region.clone());
            LayerVersion::of(&Home { region, ..home.clone() }, &name, version)
                .map_err(|source| EventError::Name { call: call.to_owned(), source })?
        }
    };
    Ok(match layer.home().as_ref() == Some(home) {
        true => Kind::LayerShared { layer, statement },
        false => Kind::Ignored("the layer lives in another account or Region".to_owned()),
    })
}

fn url_change(record: &Record<'_>, call: &str, home: &Home) -> Result<Kind, EventError> {
    let resource = resource(record, &target(record)?, call, home)?;
    Ok(elsewhere(&resource.function, home).unwrap_or(Kind::UrlChange { resource }))
}

fn function_change(record: &Record<'_>, call: &str, home: &Home) -> Result<Kind, EventError> {
    let resource = resource(record, &target(record)?, call, home)?;
    Ok(elsewhere(&resource.function, home)
        .unwrap_or(Kind::FunctionChange { function: resource.function }))
}

fn signing_config_change(record: &Record<'_>, call: &str, home: &Home) -> Result<Kind, EventError> {
    let named = target(record)?.code_signing_config_arn;
    let named = named.ok_or_else(|| EventError::NoFunction { call: call.to_owned() })?;
    let config =
        Arn::parse(&named).map_err(|source| EventError::Name { call: call.to_owned(), source })?;
    let is_home =
        config.account() == Some(&home.account) && config.region() == Some(home.region.as_str());
    if !is_home {
        let why = "the code signing configuration lives in another account or Region";
        return Ok(Kind::Ignored(why.to_owned()));
    }
    let weakening = match call {
        "DeleteCodeSigningConfig" => Some(SigningWeakening::Deleted),
        _ => record
            .request_parameters
            .and_then(change::warns_only)
            .filter(|warns| *warns)
            .map(|_| SigningWeakening::Warns),
    };
    Ok(Kind::SigningConfigChange { config, weakening })
}
/// An alias is named beside its function: <https://docs.aws.amazon.com/lambda/latest/api/API_UpdateAlias.html>.
fn code_change(record: &Record<'_>, call: &str, home: &Home) -> Result<Kind, EventError> {
    let resource = resource(record, &target(record)?, call, home)?;
    Ok(elsewhere(&resource.function, home)
        .unwrap_or(Kind::CodeChange { function: resource.function }))
}

/// AWS's own events arrive on the default bus only.
/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html>
fn rule_change(record: &Record<'_>, call: &str, home: &Home) -> Result<Kind, EventError> {
    #[derive(Deserialize, Default)]
    #[serde(rename_all = "camelCase")]
    struct Asked<'a> {
        name: Option<String>,
        rule: Option<String>,
        event_bus_name: Option<String>,
        #[serde(borrow)]
        event_pattern: Option<&'a RawValue>,
    }
    let asked = match record.request_parameters {
        None => Asked::default(),
        Some(raw) => serde_json::from_str::<Option<Asked<'_>>>(raw.get())
            .map(Option::unwrap_or_default)
            .map_err(|source| EventError::Json { part: "requestParameters", source })?,
    };
    let bus = asked.event_bus_name.as_deref().unwrap_or("default");
    if bus.rsplit('/').next() != Some("default") {
        return Ok(Kind::Ignored("the rule is of another bus than AWS's own events".to_owned()));
    }
    let region = record.aws_region.as_deref().unwrap_or(&home.region);
    if region != home.region {
        return Ok(Kind::Ignored("the rule is of another Region".to_owned()));
    }
    let name = asked.name.or(asked.rule);
    let name = name.ok_or_else(|| EventError::NoResource { call: call.to_owned() })?;
    let rule = Arn::new(home, "events", &format!("rule/{name}"))
        .map_err(|source| EventError::Name { call: call.to_owned(), source })?;
    let pattern = asked.event_pattern.and_then(|raw| serde_json::from_str(raw.get()).ok());
    Ok(Kind::RuleChange { rule, pattern })
}

/// A mapping is named by its id; which function it is of, only the answer tells.
fn setting_change(record: &Record<'_>, call: &str, home: &Home) -> Result<Kind, EventError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Answer {
        function_arn: Option<String>,
    }
    let answered = record
        .response_elements
        .and_then(|raw| serde_json::from_str::<Option<Answer>>(raw.get()).ok().flatten())
        .and_then(|answer| answer.function_arn)
        .and_then(|arn| FunctionResource::parse_arn(&arn).ok());
    let resource = match answered {
        Some(resource) => resource,
        None => resource(record, &target(record)?, call, home)?,
    };
    Ok(elsewhere(&resource.function, home)
        .unwrap_or(Kind::SettingChange { function: resource.function }))
}

fn tag_change(record: &Record<'_>, call: &str, home: &Home) -> Result<Kind, EventError> {
    let arn =
        target(record)?.resource.ok_or_else(|| EventError::NoFunction { call: call.to_owned() })?;
    // Event source mappings and code signing configurations have tags too.
    Ok(match FunctionResource::parse_arn(&arn) {
        Err(_) => Kind::Ignored("the tagged resource is not a function".to_owned()),
        Ok(resource) => elsewhere(&resource.function, home)
            .unwrap_or(Kind::FunctionChange { function: resource.function }),
    })
}

/// Step Functions' synchronous calls and malformed payloads leave `requestParameters` null: then
/// `resources` tells the function, but not the version or alias that was asked for.
fn invocation(record: &Record<'_>, call: &str, home: &Home) -> Result<Kind, EventError> {
    let mut target = target(record)?;
    let as_asked = target.function_name.is_some();
    if !as_asked {
        target.function_name = record
            .resources
            .iter()
            .flatten()
            .filter_map(|entry| entry.arn.clone())
            .find(|arn| arn.contains(":function:"));
    }
    let resource = resource(record, &target, call, home)?;
    Ok(elsewhere(&resource.function, home).unwrap_or(Kind::Invocation { resource, as_asked }))
}

#[cfg(test)]
mod tests {
    use super::without_date;

    #[test]
    fn the_api_version_is_taken_off_and_nothing_else() {
        for (written, want) in [
            ("AddPermission20150331v2", "AddPermission"),
            ("CreateFunction20150331", "CreateFunction"),
            ("AddPermission", "AddPermission"),
            ("Invoke", "Invoke"),
            ("Invoke2", "Invoke2"),
            ("Upload2026v", "Upload2026v"),
            ("Put123456789", "Put123456789"),
            ("", ""),
            ("v2", "v2"),
            ("20150331v2", ""),
        ] {
            assert_eq!(without_date(written), want, "{written}");
        }
    }
}
