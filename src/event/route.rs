//! Calls that say what an alias or an event source mapping invokes. The answer tells what it invokes
//! then, the request what of that the caller chose. Refuses to guess what an answer does not tell.
//! Event names: <https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html>. How
//! CloudTrail writes a mapping AWS shows for `CreateEventSourceMapping`, `uUID` included
//! (<https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html>); for its update and for
//! aliases it is inferred from that and from the API:
//! <https://docs.aws.amazon.com/lambda/latest/api/API_UpdateAlias.html>,
//! <https://docs.aws.amazon.com/lambda/latest/api/API_UpdateEventSourceMapping.html>.

use crate::{
    resource::{Arn, FunctionArn, FunctionResource, Home, Qualifier},
    setting::{Routing, Weight},
};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// A call that says where something leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteChange {
    /// When it was made; none if the event does not say so, which CloudTrail always does.
    pub at: Option<OffsetDateTime>,
    /// What it changed.
    pub of: Route,
}

/// What leads somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// An alias, to versions of its function.
    Alias(AliasChange),
    /// An event source mapping, to a function, version or alias.
    Mapping(MappingChange),
}

/// A change of an alias.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AliasChange {
    /// The alias.
    pub alias: FunctionResource,
    /// Its name.
    pub name: String,
    /// The call.
    pub call: AliasCall,
    /// What it invokes after it; none if it is gone, or the event does not tell.
    pub routing: Option<Routing>,
    /// The request names its version.
    pub names_version: bool,
    /// The request names its weights.
    pub names_weights: bool,
}

/// The calls that change an alias.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AliasCall {
    /// `CreateAlias`.
    Create,
    /// `UpdateAlias`.
    Update,
    /// `DeleteAlias`.
    Delete,
}

/// A change of an event source mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingChange {
    /// The mapping.
    pub mapping: Arn,
    /// Its UUID.
    pub id: String,
    /// The call made it.
    pub makes: bool,
    /// What it invokes after it; none if the event does not tell.
    pub function: Option<FunctionResource>,
    /// The request names what it is to invoke.
    pub names: bool,
}

impl AliasChange {
    /// The versions that whoever called chose.
    pub fn named(&self) -> impl Iterator<Item = &str> {
        let version = self.routing.iter().filter(|_| self.names_version).map(|to| &to.version);
        let weights = self.routing.iter().filter(|_| self.names_weights);
        version.chain(weights.flat_map(|to| to.weights.keys())).map(String::as_str)
    }
}

/// What a call on `function` says of where something leads, if it does.
pub(super) fn change(
    call: &str,
    function: &FunctionArn,
    (asked, answered): (Option<&RawValue>, Option<&RawValue>),
    at: Option<OffsetDateTime>,
) -> Option<RouteChange> {
    let of_alias = |call| alias(call, function, read(asked), read(answered)).map(Route::Alias);
    let of_mapping =
        |makes| mapping(makes, &function.home(), read(asked), read(answered)).map(Route::Mapping);
    let of = match call {
        "CreateAlias" => of_alias(AliasCall::Create),
        "UpdateAlias" => of_alias(AliasCall::Update),
        "DeleteAlias" => of_alias(AliasCall::Delete),
        "CreateEventSourceMapping" => of_mapping(true),
        "UpdateEventSourceMapping" => of_mapping(false),
        _ => None,
    };
    Some(RouteChange { at, of: of? })
}

/// Both the request and the answer, as far as they matter here.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Mapping {
    #[serde(rename = "uUID")]
    uuid: Option<String>,
    function_name: Option<String>,
    function_arn: Option<String>,
}

fn mapping(makes: bool, home: &Home, asked: Mapping, answered: Mapping) -> Option<MappingChange> {
    let id = answered.uuid.or(asked.uuid)?;
    let is_id = id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let mapping = Arn::new(home, "lambda", &format!("event-source-mapping:{id}")).ok();
    Some(MappingChange {
        mapping: mapping.filter(|_| is_id)?,
        id,
        makes,
        function: answered.function_arn.and_then(|arn| FunctionResource::parse_arn(&arn).ok()),
        names: makes || asked.function_name.is_some(),
    })
}

/// Both the request and the answer, as far as they matter here.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Alias<'a> {
    name: Option<String>,
    function_version: Option<String>,
    #[serde(borrow)]
    routing_config: Option<RoutingConfig<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct RoutingConfig<'a> {
    /// Numbers, read to their last digit.
    #[serde(borrow)]
    additional_version_weights: Option<BTreeMap<String, &'a RawValue>>,
}

fn alias(
    call: AliasCall,
    function: &FunctionArn,
    asked: Alias<'_>,
    answered: Alias<'_>,
) -> Option<AliasChange> {
    let name = asked.name.or(answered.name)?;
    let qualifier = Qualifier::parse(&name).ok().flatten()?;
    let makes = call == AliasCall::Create;
    Some(AliasChange {
        alias: FunctionResource { function: function.clone(), qualifier: Some(qualifier) },
        name,
        call,
        routing: answered.function_version.and_then(|version| {
            Some(Routing { version, weights: weights(answered.routing_config)? })
        }),
        names_version: makes || asked.function_version.is_some(),
        names_weights: makes || asked.routing_config.is_some(),
    })
}

/// None where they cannot be read.
fn weights(config: Option<RoutingConfig<'_>>) -> Option<BTreeMap<String, Weight>> {
    let weights = config.and_then(|config| config.additional_version_weights).unwrap_or_default();
    let read = |(version, share): (String, &RawValue)| {
        Some((version, Weight::try_from(share.get().to_owned()).ok()?))
    };
    weights.into_iter().map(read).collect()
}

fn read<'a, T: Deserialize<'a> + Default>(raw: Option<&'a RawValue>) -> T {
    let read = raw.and_then(|raw| serde_json::from_str::<Option<T>>(raw.get()).ok());
    read.flatten().unwrap_or_default()
}
