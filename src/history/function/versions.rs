//! Versions and aliases.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_CreateAlias.html>

use super::Function;
use crate::{
    history::{
        Call, History,
        record::{or_nothing, read},
    },
    resource::{FunctionResource, Qualifier},
    setting::{Routing, Weight},
};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Alias<'a> {
    function_version: String,
    #[serde(borrow)]
    routing_config: Option<Weights<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Weights<'a> {
    /// Numbers, read to their last digit.
    #[serde(borrow)]
    additional_version_weights: Option<BTreeMap<String, &'a RawValue>>,
}

/// Where the answer says that an alias leads.
fn routing(call: &Call<'_>) -> Option<Routing> {
    let told: Alias<'_> = read(call.answered)?;
    let weights = told.routing_config.and_then(|config| config.additional_version_weights);
    let weight = |(version, share): (String, &RawValue)| {
        Some((version, Weight::try_from(share.get().to_owned()).ok()?))
    };
    let weights = weights.into_iter().flatten().map(weight).collect::<Option<_>>()?;
    Some(Routing { version: told.function_version, weights })
}

impl Function {
    pub(super) fn learn_version(&mut self, call: &Call<'_>) {
        #[derive(Deserialize)]
        struct Answer {
            version: String,
        }
        let told: Option<Answer> = read(call.answered);
        let version = told.and_then(|told| Qualifier::parse(&told.version).ok().flatten());
        match version {
            Some(Qualifier::Version(version)) => self.versions.put(version, ()),
            // Which one there is now is not told.
            Some(Qualifier::Alias(_)) | None => self.versions = Default::default(),
        }
    }

    pub(super) fn learn_alias(&mut self, name: &str, call: &Call<'_>) {
        #[derive(Deserialize, Default)]
        #[serde(default)]
        struct Named {
            name: Option<String>,
        }
        let (asked, answered): (Named, Named) = (or_nothing(call.asked), or_nothing(call.answered));
        let Some(alias) = asked.name.or(answered.name) else { return };
        let Ok(Some(qualifier @ Qualifier::Alias(_))) = Qualifier::parse(&alias) else { return };
        if name != "UpdateAlias" {
            // A new one has nothing yet.
            self.remove_all_of(&qualifier);
        }
        match name {
            "DeleteAlias" => self.aliases.remove(alias),
            _ => self.aliases.change(alias, routing(call)),
        }
    }
}

impl History {
    /// Where an alias leads; none inside if there is none, and outside if that is not known.
    pub fn alias(&self, alias: &FunctionResource) -> Option<Option<Routing>> {
        let Some(Qualifier::Alias(name)) = &alias.qualifier else { return None };
        let Some(known) = self.functions.get(&alias.function)? else { return Some(None) };
        known.aliases.get(name).map(Option::<&Routing>::cloned)
    }
}
