//! Functions, with all that hangs on them: configuration, tags, concurrency, versions and aliases,
//! resource policies, URLs, destinations, what guards them.
//! <https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html>

mod configuration;
mod guards;
mod permissions;
mod scaling;
mod settings;
mod versions;

pub(super) use configuration::{Environment, Settings};
pub(super) use permissions::state as policy_state;

use super::{
    Call, History,
    policy::Policy,
    record::{or_nothing, read},
    things::Things,
};
use crate::{
    resource::{Arn, FunctionArn, FunctionResource, Qualifier},
    setting::{Destinations, RecursiveLoop, Routing, Scaling, Suspension, UrlAuthType},
    state::FunctionState,
};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What is known of a function. What is none is not known.
#[derive(Debug, Clone, Default)]
pub(super) struct Function {
    /// It was made by a call that is in the archive: what no call gave it since, it has not.
    pub made: bool,
    /// Without tags and concurrency.
    pub configuration: Option<Box<FunctionState>>,
    pub tags: Option<BTreeMap<String, String>>,
    pub reserved: Option<Option<u32>>,
    pub versions: Things<u64, ()>,
    pub aliases: Things<String, Routing>,
    /// By what they hang on; none: on the function itself.
    pub policies: Things<Option<Qualifier>, Policy>,
    pub urls: Things<Option<Qualifier>, UrlAuthType>,
    pub destinations: Things<Option<Qualifier>, Destinations>,
    pub provisioned: Things<Qualifier, u32>,
    pub scaling: Things<Qualifier, Scaling>,
    pub suspensions: Things<Qualifier, Suspension>,
    /// The code signing configuration.
    pub signing: Option<Option<Arn>>,
    pub recursion: Option<RecursiveLoop>,
}

impl Function {
    /// As it is when it is made.
    fn new(tags: Option<BTreeMap<String, String>>) -> Self {
        Self {
            made: true,
            configuration: None,
            tags,
            reserved: Some(None),
            versions: Things::none(),
            aliases: Things::none(),
            policies: Things::none(),
            urls: Things::none(),
            destinations: Things::none(),
            provisioned: Things::none(),
            scaling: Things::none(),
            suspensions: Things::none(),
            signing: Some(None),
            recursion: Some(RecursiveLoop::Terminate),
        }
    }

    /// What hung on a version or alias that is gone.
    fn remove_all_of(&mut self, qualifier: &Qualifier) {
        let all = Some(qualifier.clone());
        self.policies.remove(all.clone());
        self.urls.remove(all.clone());
        self.destinations.remove(all);
        self.provisioned.remove(qualifier.clone());
        self.scaling.remove(qualifier.clone());
    }
}

/// What names a function in a request.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Named {
    function_name: Option<String>,
    qualifier: Option<String>,
    function_arn: Option<String>,
}

/// The function, version or alias that a request names, or else an answer.
fn target(call: &Call<'_>) -> Option<FunctionResource> {
    let asked: Named = or_nothing(call.asked);
    let typed = asked.function_name.as_deref();
    let typed =
        typed.map(|typed| FunctionResource::parse(call.home, typed, asked.qualifier.as_deref()));
    if let Some(Ok(resource)) = typed {
        return Some(resource);
    }
    let answered: Named = or_nothing(call.answered);
    FunctionResource::parse_arn(&answered.function_arn?).ok()
}

impl History {
    /// A call that was made on a function.
    pub(super) fn learn_function(&mut self, name: &str, call: &Call<'_>) {
        match name {
            "CreateFunction" => self.learn_made(call),
            "UpdateFunctionConfiguration" | "UpdateFunctionCode" => self.learn_changed(call),
            "DeleteFunction" => self.learn_deleted(call),
            "TagResource" | "UntagResource" => self.learn_tags(call),
            _ => {
                let Some(resource) = target(call) else { return };
                self.moment.touch(call.at, resource.function.to_string());
                let function = self.functions.seen(resource.function.clone());
                let of = resource.qualifier.clone();
                match name {
                    "PutFunctionConcurrency" => {
                        function.reserved = settings::reserved(call).map(Some)
                    }
                    "DeleteFunctionConcurrency" => function.reserved = Some(None),
                    "PutProvisionedConcurrencyConfig" => {
                        let Some(of) = of else { return };
                        function.provisioned.change(of, settings::provisioned(call));
                    }
                    "DeleteProvisionedConcurrencyConfig" => {
                        let Some(of) = of else { return };
                        function.provisioned.remove(of);
                    }
                    "PutFunctionScalingConfig" => {
                        let Some(of) = of else { return };
                        function.scaling.change(of, settings::scaling(call));
                    }
                    "CreateFunctionUrlConfig" | "UpdateFunctionUrlConfig" => {
                        function.urls.change(of, settings::url(call));
                    }
                    "DeleteFunctionUrlConfig" => function.urls.remove(of),
                    "PutFunctionEventInvokeConfig" | "UpdateFunctionEventInvokeConfig" => {
                        function.destinations.change(of, settings::destinations(name, call));
                    }
                    "DeleteFunctionEventInvokeConfig" => function.destinations.remove(of),
                    "PublishVersion" => function.learn_version(call),
                    "CreateAlias" | "UpdateAlias" | "DeleteAlias" => {
                        function.learn_alias(name, call)
                    }
                    "PutFunctionCodeSigningConfig"
                    | "DeleteFunctionCodeSigningConfig"
                    | "PutFunctionRecursionConfig" => function.learn_guard(name, call),
                    _ => {}
                }
            }
        }
    }

    fn learn_made(&mut self, call: &Call<'_>) {
        #[derive(Deserialize, Default)]
        #[serde(rename_all = "camelCase", default)]
        struct Asked {
            tags: Option<BTreeMap<String, String>>,
            code_signing_config_arn: Option<String>,
        }
        let Some(resource) = target(call) else { return };
        if !self.moment.touch(call.at, resource.function.to_string()) {
            return self.learn_configuration(&resource.function, call);
        }
        let asked: Option<Asked> = read(call.asked);
        let tags = asked.as_ref().map(|asked| asked.tags.clone().unwrap_or_default());
        let mut function = Function::new(tags);
        // A request that does not read as it should may have named one.
        function.signing = match asked.map(|asked| asked.code_signing_config_arn) {
            Some(Some(config)) => Arn::parse(&config).ok().map(Some),
            Some(None) => Some(None),
            None => None,
        };
        self.put_function(resource.function.clone(), function);
        self.learn_configuration(&resource.function, call);
    }

    fn learn_changed(&mut self, call: &Call<'_>) {
        #[derive(Deserialize, Default)]
        #[serde(rename_all = "camelCase", default)]
        struct Asked {
            dry_run: Option<bool>,
        }
        let asked: Asked = or_nothing(call.asked);
        let Some(resource) = target(call) else { return };
        if asked.dry_run != Some(true) {
            self.moment.touch(call.at, resource.function.to_string());
            self.learn_configuration(&resource.function, call);
        }
    }

    /// A version, or all of it.
    fn learn_deleted(&mut self, call: &Call<'_>) {
        let Some(FunctionResource { function, qualifier }) = target(call) else { return };
        self.moment.touch(call.at, function.to_string());
        let Some(qualifier) = qualifier else { return self.remove_function(function) };
        let known = self.functions.seen(function);
        known.remove_all_of(&qualifier);
        if let Qualifier::Version(version) = qualifier {
            known.versions.remove(version);
        }
    }

    fn learn_tags(&mut self, call: &Call<'_>) {
        #[derive(Deserialize, Default)]
        #[serde(rename_all = "camelCase", default)]
        struct Asked {
            resource: Option<String>,
            tags: BTreeMap<String, String>,
            tag_keys: Vec<String>,
        }
        #[derive(Deserialize)]
        struct Named {
            resource: String,
        }
        let named: Option<Named> = read(call.asked);
        // Other resources have tags, too.
        let resource = named.and_then(|named| FunctionResource::parse_arn(&named.resource).ok());
        let Some(resource) = resource else { return };
        self.moment.touch(call.at, resource.function.to_string());
        let function = self.functions.seen(resource.function);
        let Some(Asked { resource: _, tags, tag_keys }) = read(call.asked) else {
            function.tags = None;
            return;
        };
        if let Some(known) = &mut function.tags {
            known.extend(tags);
            known.retain(|key, _| !tag_keys.contains(key));
        }
    }

    fn put_function(&mut self, arn: FunctionArn, function: Function) {
        self.set_configuration(&arn, None);
        self.functions.put(arn, function);
    }

    pub(super) fn remove_function(&mut self, arn: FunctionArn) {
        self.set_configuration(&arn, None);
        self.functions.remove(arn);
    }
}
