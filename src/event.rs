//! EventBridge JSON in, [`Event`] out. Unknown and foreign events are named as such, never guessed;
//! malformed ones are errors. Past this module there is no untyped JSON.
//! Envelope: <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html>.

mod access_analyzer;
mod actor;
mod alarm;
mod call;
mod change;
mod cloudtrail;
mod config;
mod guardduty;
mod hub;
mod iam;
mod log_data;
mod log_group;
mod message;
mod own;
mod role;
mod route;
mod watcher;

pub use own::{CHANGING, Own, Touch};
pub use role::RoleChange;
pub use route::{AliasCall, AliasChange, MappingChange, Route, RouteChange};
pub use watcher::{LAMBDA_PROTECTION, TrailCall, WatcherCall, WatcherChange};

pub use actor::{Actor, Identity, Source};
pub use call::{Failure, FunctionCall, OF_LAMBDA, ObjectCall, is_marked};
pub use change::{Change, ChangeCall, Part};
pub use guardduty::{Threat, ThreatStanding, Told};
pub use iam::IamTarget;

pub use hub::{HubFinding, HubVerdict};
pub use log_data::{LogData, LogDelivery, LogLine, pack, unpack};
pub use log_group::LogGroupChange;

use crate::finding::RuleMatch;
use crate::flow::Flow;
use crate::resource::{
    AlarmArn, Arn, FunctionArn, FunctionResource, Home, LayerVersion, Resource, ResourceError,
};
use crate::signature::{RequestId, SignatureId};
use aws_lambda_events::eventbridge::EventBridgeEvent;
use serde_json::value::RawValue;
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};
use time::OffsetDateTime;

/// What arrived, as far as any control can care.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// CloudTrail's `eventID`, the id of GuardDuty's finding, else the envelope's id: the same for every
    /// delivery of one event.
    pub id: String,
    /// Who did it, as far as AWS tells.
    pub actor: Actor,
    /// When it happened; none if the event does not say so, which CloudTrail always does.
    pub at: Option<OffsetDateTime>,
    /// The API that was called, such as `lambda:UpdateFunctionCode`; none where no call is told.
    pub api: Option<String>,
    /// What happened.
    pub kind: Kind,
    /// What it changed of a function, if it is a call that does.
    pub change: Option<Change>,
    /// What it changed of where something leads, if it is a call that does.
    pub route: Option<RouteChange>,
    /// What credentials of a function called, if they made the call.
    pub call: Option<FunctionCall>,
    /// What the call asks for, beside the function.
    pub asks: Asked,
    /// The rules of the control policy whose patterns it matches.
    pub matched: Vec<RuleMatch>,
    /// What of Cordon's own it changed.
    pub touches: Option<Touch>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A resource policy was changed.
    PolicyChange {
        /// The function, version or alias.
        resource: FunctionResource,
        /// What the event shows of the new policy.
        shown: ShownPolicy,
    },
    /// A function URL was created, updated or deleted.
    UrlChange {
        /// The function or alias.
        resource: FunctionResource,
    },
    /// A function was created, or its configuration or tags changed.
    FunctionChange {
        /// The function.
        function: FunctionArn,
    },
    /// What code runs was changed: the code itself, or a version or an alias of it.
    CodeChange {
        /// The function.
        function: FunctionArn,
    },
    /// What guards a function was changed: whether its code has to be signed, or may call itself.
    GuardChange {
        /// The function.
        function: FunctionArn,
    },
    /// A code signing configuration was changed or deleted.
    SigningConfigChange {
        /// The configuration.
        config: Arn,
        /// How it was made weaker, if it was.
        weakening: Option<SigningWeakening>,
    },
    /// A setting that containments turn was changed.
    SettingChange {
        /// The function.
        function: FunctionArn,
    },
    /// An IAM API was called.
    IamCall {
        /// `iam:CreateAccessKey`, ...
        api: String,
        /// The incident whose policy on a role it touched, if it did.
        incident: Option<String>,
        /// What it changed of a role.
        change: Option<Box<RoleChange>>,
        /// What it was made on.
        target: Box<IamTarget>,
    },
    /// It is time to look at a containment again. Only Cordon can send this.
    SecondLook {
        /// The function.
        function: FunctionArn,
        /// The incident.
        incident: String,
    },
    /// A function was invoked.
    Invocation {
        /// What was invoked.
        resource: FunctionResource,
        /// Whether this is what was asked for, with its version or alias; else only the function.
        as_asked: bool,
    },
    /// An AWS Config rule gave its verdict on a function.
    RuleCompliance {
        /// The function.
        function: FunctionArn,
        /// The rule's name as deployed, with prefixes and suffixes.
        rule: String,
        /// `NON_COMPLIANT`; else `COMPLIANT`. Other verdicts are none.
        noncompliant: bool,
    },
    /// What watches the account was changed.
    WatcherChange(WatcherChange),
    /// An EventBridge rule of the default bus was made, enabled, or given targets.
    RuleChange {
        /// The rule.
        rule: Arn,
        /// Its pattern, if the event shows it.
        pattern: Option<String>,
    },
    /// Nothing happened, and events arrive.
    Heartbeat,
    /// Security Hub gave its verdict on functions.
    HubFindings(Vec<HubFinding>),
    /// GuardDuty found a function to do what malware does.
    Threat {
        /// The finding: `detector/.../finding/...`.
        finding: Arn,
        /// What it says.
        threat: Threat,
    },
    /// IAM Access Analyzer found access from outside, or does not any more.
    ExternalAccess {
        /// The function, or the version of a layer.
        resource: Resource,
        /// The finding is active; else it is archived, resolved, deleted, or an error.
        stands: bool,
    },
    /// A version of a layer was shared.
    LayerShared {
        /// The version.
        layer: LayerVersion,
        /// The statement that was added, if the event shows it.
        statement: Option<String>,
    },
    /// An alarm of CloudWatch changed its state.
    AlarmState {
        /// The alarm.
        alarm: AlarmArn,
        /// It went off: to ALARM; else to another state.
        raised: bool,
    },
    /// The log group that is named after a function was changed.
    LogGroup {
        /// The function that it is named after.
        function: FunctionArn,
        /// What was done.
        change: LogGroupChange,
    },
    /// Credentials of a function made a call that changes nothing else a control looks at, or that failed:
    /// [`Event::call`].
    FunctionCall,
    /// Lines of a function's log were delivered.
    LogSigns {
        /// The function that wrote them.
        function: FunctionArn,
        /// What they show, each once; nothing of the lines themselves.
        signs: Vec<LogSign>,
    },
    /// Records of VPC flow logs were delivered, of these interfaces.
    Flows(Vec<Flows>),
    /// Records of VPC flow logs were delivered that have another format than they should.
    UnreadFlows {
        /// Their log group.
        group: Arn,
    },
    /// Lines of Cordon's own log were delivered. Nothing is said of them: it would come back.
    OwnLog,
    /// Nothing any control can care about, and why.
    Ignored(String),
}

/// What one network interface did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flows {
    /// The interface.
    pub interface: Arn,
    /// What is not declared for everybody, and in how many records; nothing: all of it is.
    pub flows: BTreeMap<Flow, u32>,
}

/// What lines of a log show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogSign {
    /// The signature.
    pub signature: SignatureId,
    /// How many lines show it.
    pub lines: u32,
    /// The requests they belong to, as far as they tell; a few of them.
    pub requests: BTreeSet<RequestId>,
}

/// How a code signing configuration is made weaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SigningWeakening {
    /// It is gone.
    Deleted,
    /// Code that is not signed is only warned of.
    Warns,
}
/// What a call asks for, beside the function, as far as controls look at it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// Where its events, or their records, are to go.
    pub sends_to: Vec<String>,
    /// The log group it is to write to.
    pub log_group: Option<String>,
    /// The ARN of the role it is to have.
    pub role: Option<String>,
}

/// What a policy event shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShownPolicy {
    /// The one statement that was added.
    Statement(String),
    /// The whole new document.
    Document(String),
    /// Nothing that can be judged.
    Nothing,
}

impl ShownPolicy {
    /// What is shown, as a whole document; none if nothing is.
    pub fn document(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Statement(statement) => {
                let document = format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#);
                Some(Cow::Owned(document))
            }
            Self::Document(document) => Some(Cow::Borrowed(document)),
            Self::Nothing => None,
        }
    }
}

/// An event that nobody can ever handle. Its sender must mend it; until then it belongs in the
/// failure queue.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// Not the JSON it claims to be.
    #[error("malformed event: {part} does not parse: {source}")]
    Json {
        /// The part of the event.
        part: &'static str,
        /// What the parser says, with line and column.
        source: serde_json::Error,
    },
    /// A successful call on a function that is not told.
    #[error("malformed event: `{call}` does not say which function it was made on")]
    NoFunction {
        /// The API.
        call: String,
    },
    /// A successful call on something that is not told.
    #[error("malformed event: `{call}` does not say what it was made on")]
    NoResource {
        /// The API.
        call: String,
    },
    /// A name AWS would not accept.
    #[error("malformed event: `{call}` names nothing: {source}")]
    Name {
        /// The API.
        call: String,
        /// Why.
        source: ResourceError,
    },
    /// A delivery of CloudWatch Logs that cannot be unpacked.
    #[error("malformed event: `awslogs.data` is {0}")]
    Packed(&'static str),
    /// An envelope without what EventBridge always sets.
    #[error("malformed event: `{0}` is missing or wrong; EventBridge always sets it")]
    Envelope(&'static str),
}

impl Event {
    /// Reads one delivery. `home` is where this installation runs: whatever happened elsewhere is
    /// ignored, because another account can forward genuine `aws.*` events to this bus.
    pub fn parse(payload: &str, home: &Home) -> Result<Self, EventError> {
        if let Some(message) = message::parse(payload, home) {
            return message;
        }
        let envelope: EventBridgeEvent<Box<RawValue>> = serde_json::from_str(payload)
            .map_err(|source| EventError::Json { part: "the envelope", source })?;
        let account = envelope.account.as_deref().ok_or(EventError::Envelope("account"))?;
        let id = envelope.id.filter(|id| !id.is_empty()).ok_or(EventError::Envelope("id"))?;
        if account != home.account.as_str() {
            return Ok(Self::ignored(id, "it happened in another account"));
        }
        let detail = envelope.detail.get();
        match (envelope.source.as_str(), envelope.detail_type.as_str()) {
            (source, "AWS API Call via CloudTrail") if source.starts_with("aws.") => {
                cloudtrail::parse(detail, source, home)
            }
            ("aws.securityhub", "Security Hub Findings - Imported") => hub::asff(id, detail, home),
            ("aws.securityhub", "Findings Imported V2") => hub::ocsf(id, detail, home),
            ("aws.guardduty", "GuardDuty Finding") => guardduty::finding(detail, home),
            ("aws.access-analyzer", "Access Analyzer Finding") => {
                access_analyzer::finding(id, detail, home)
            }
            ("aws.cloudwatch", "CloudWatch Alarm State Change") => {
                alarm::state_change(id, envelope.resources.as_deref(), detail, home)
            }
            ("aws.config", "Config Rules Compliance Change") => {
                config::rule_compliance(id, detail, home)
            }
            ("aws.config", "Config Configuration Item Change") => {
                config::configuration_item(id, detail, home)
            }
            (HEARTBEAT, _) => Ok(Self { kind: Kind::Heartbeat, ..Self::ignored(id, "") }),
            (_, _) => Ok(Self::ignored(id, "no control looks at this kind of event")),
        }
    }

    /// Reads a call as CloudTrail recorded it. `source` is the service that it came from, such as `aws.lambda`.
    ///
    /// # Errors
    /// As [`Event::parse`].
    #[cfg(feature = "cli")]
    pub(crate) fn of_call(record: &str, source: &str, home: &Home) -> Result<Self, EventError> {
        cloudtrail::parse(record, source, home)
    }

    /// The same, with the rules whose patterns it matches, and what of Cordon's own it changed.
    #[must_use]
    pub fn with(self, matched: Vec<RuleMatch>, touches: Option<Touch>) -> Self {
        Self { matched, touches, ..self }
    }

    /// When it happened, as of `now`: no event is from later.
    pub fn moment(&self, now: OffsetDateTime) -> OffsetDateTime {
        self.at.unwrap_or(now).min(now)
    }

    /// The function it is about, as far as it tells that itself.
    pub fn function(&self) -> Option<&FunctionArn> {
        match &self.kind {
            Kind::PolicyChange { resource, .. }
            | Kind::UrlChange { resource }
            | Kind::Invocation { resource, .. } => Some(&resource.function),
            Kind::FunctionChange { function }
            | Kind::CodeChange { function }
            | Kind::GuardChange { function }
            | Kind::SettingChange { function }
            | Kind::SecondLook { function, .. }
            | Kind::RuleCompliance { function, .. }
            | Kind::LogSigns { function, .. }
            | Kind::LogGroup { function, .. } => Some(function),
            Kind::Threat { threat, .. } => Some(&threat.function),
            Kind::ExternalAccess { resource, .. } => resource.function(),
            Kind::FunctionCall => self.call.as_ref().map(|call| &call.function),
            Kind::HubFindings(findings) => match findings.as_slice() {
                [first, rest @ ..] if rest.iter().all(|one| one.function == first.function) => {
                    Some(&first.function)
                }
                _ => None,
            },
            Kind::LayerShared { .. } => None,
            // Which function it watches has to be read.
            Kind::AlarmState { .. } => None,
            // It touched a containment, whose function the journal knows.
            Kind::IamCall { incident: Some(_), .. }
            | Kind::SigningConfigChange { .. }
            | Kind::RuleChange { .. }
            | Kind::WatcherChange(_)
            | Kind::Heartbeat
            | Kind::OwnLog
            // Who is behind an interface has to be read.
            | Kind::Flows(_)
            | Kind::UnreadFlows { .. }
            | Kind::Ignored(_) => None,
            Kind::IamCall { incident: None, .. } => {
                self.actor.issued_to.as_ref().or(self.actor.named_after.as_ref())
            }
        }
    }

    /// What it is about, as far as it tells that itself.
    pub fn about(&self) -> Option<Resource> {
        if let Kind::WatcherChange(change) = &self.kind {
            return Some(change.watcher.clone().into());
        }
        if let Kind::LayerShared { layer, .. } = &self.kind {
            return Some(layer.clone().into());
        }
        if let Kind::ExternalAccess { resource, .. } = &self.kind {
            return Some(resource.clone());
        }
        self.function().cloned().map(Resource::from)
    }

    /// One event for each function: each has incidents of its own.
    pub fn by_function(self) -> Vec<Self> {
        // Who is behind them is not known yet: one for each interface.
        if let Kind::Flows(all) = &self.kind
            && all.len() > 1
        {
            let one =
                |flows: &Flows| Self { kind: Kind::Flows(vec![flows.clone()]), ..self.clone() };
            return all.iter().map(one).collect();
        }
        let Kind::HubFindings(findings) = &self.kind else { return vec![self] };
        if self.function().is_some() {
            return vec![self];
        }
        let mut events: Vec<Self> = Vec::new();
        for finding in findings {
            let same = events.iter_mut().find(|one| one.function() == Some(&finding.function));
            match same.map(|event| &mut event.kind) {
                Some(Kind::HubFindings(known)) => known.push(finding.clone()),
                Some(_) | None => {
                    let kind = Kind::HubFindings(vec![finding.clone()]);
                    // What matches a rule is answered once.
                    let matched = if events.is_empty() { self.matched.clone() } else { Vec::new() };
                    events.push(Self { kind, matched, ..self.clone() });
                }
            }
        }
        events
    }

    /// What happened, before anything is held against it.
    fn new(id: String, actor: Actor, kind: Kind) -> Self {
        Self {
            id,
            actor,
            at: None,
            api: None,
            kind,
            change: None,
            route: None,
            call: None,
            asks: Asked::default(),
            matched: Vec::new(),
            touches: None,
        }
    }

    /// One of which nothing is known but what happened.
    fn told(id: String, kind: Kind) -> Self {
        Self::new(id, Actor::default(), kind)
    }

    fn ignored(id: String, why: &str) -> Self {
        Self::told(id, Kind::Ignored(why.to_owned()))
    }
}

/// The source of the events by which Cordon's schedule says that events arrive.
pub const HEARTBEAT: &str = "cordon.heartbeat";

/// Lambda appends the API's version to most names: `AddPermission20150331v2`.
pub(crate) fn without_date(name: &str) -> &str {
    fn undated(text: &str) -> Option<&str> {
        let bare = text.trim_end_matches(|c: char| c.is_ascii_digit());
        (text.len() == bare.len() + 8).then_some(bare)
    }
    let unversioned = name.trim_end_matches(|c: char| c.is_ascii_digit()).strip_suffix('v');
    unversioned
        .filter(|text| text.len() + 1 < name.len())
        .and_then(undated)
        .or_else(|| undated(name))
        .unwrap_or(name)
}

/// What becomes of an event about a function of another account or Region; none if it is at home.
fn elsewhere(function: &FunctionArn, home: &Home) -> Option<Kind> {
    (function.home() != *home)
        .then(|| Kind::Ignored("the function lives in another account or Region".to_owned()))
}
