//! Event source mappings. Each answer has the whole of one.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_EventSourceMappingConfiguration.html>

use super::{
    Call, History,
    record::{or_nothing, read},
};
use crate::{
    resource::{Arn, FunctionArn, FunctionResource, Home},
    setting::Mapping,
};
use serde::Deserialize;

/// A mapping, and what it invokes.
#[derive(Debug, Clone)]
pub(super) struct Mapped {
    pub function: FunctionResource,
    pub mapping: Mapping,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Named {
    #[serde(rename = "uUID")]
    uuid: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    function_arn: String,
    event_source_arn: Option<String>,
    state: Option<String>,
    destination_config: Option<Destinations>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Destinations {
    on_failure: Option<To>,
}

#[derive(Deserialize)]
struct To {
    destination: Option<String>,
}

fn arn(home: &Home, id: &str) -> Option<Arn> {
    let is_id = id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    Arn::new(home, "lambda", &format!("event-source-mapping:{id}")).ok().filter(|_| is_id)
}

fn mapped(id: &str, call: &Call<'_>) -> Option<Mapped> {
    let told: Answer = read(call.answered)?;
    let to = told.destination_config.and_then(|config| config.on_failure);
    Some(Mapped {
        function: FunctionResource::parse_arn(&told.function_arn).ok()?,
        mapping: Mapping {
            id: id.to_owned(),
            source: told.event_source_arn.unwrap_or_default(),
            enabled: !matches!(told.state.as_deref(), Some("Disabled" | "Disabling")),
            on_failure: to.and_then(|to| to.destination).filter(|arn| !arn.is_empty()),
        },
    })
}

impl History {
    pub(super) fn learn_mapping(&mut self, name: &str, call: &Call<'_>) {
        let (asked, answered): (Named, Named) = (or_nothing(call.asked), or_nothing(call.answered));
        let Some(id) = answered.uuid.or(asked.uuid) else { return };
        let Some(mapping) = arn(call.home, &id) else { return };
        match name {
            "DeleteEventSourceMapping" => self.mappings.remove(mapping),
            _ => self.mappings.change(mapping, mapped(&id, call)),
        }
    }

    /// What an event source mapping invokes; none inside if there is no such mapping, and outside if that
    /// is not known.
    pub fn mapping(&self, mapping: &Arn) -> Option<Option<FunctionResource>> {
        Some(self.mappings.get(mapping)?.map(|mapped| mapped.function.clone()))
    }

    /// The mappings of a function, and of its versions and aliases if `every`. Only a function that was made
    /// since the archive begins has no others.
    pub(super) fn mappings_of(&self, function: &FunctionArn, every: bool) -> Option<Vec<Mapping>> {
        let known = self.functions.get(function)?;
        known.is_none_or(|known| known.made).then_some(())?;
        let is_of = |mapped: &Mapped| {
            mapped.function.function == *function && (every || mapped.function.qualifier.is_none())
        };
        let all = self.mappings.some().filter(|(_, mapped)| is_of(mapped));
        Some(all.map(|(_, mapped)| mapped.mapping.clone()).collect())
    }
}
