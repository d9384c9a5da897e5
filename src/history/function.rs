//! Functions, with all that hangs on them: configuration, tags, concurrency, versions and aliases,
//! resource policies, URLs, destinations, what guards them.
//! <https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html>

mod configuration;
mod guards;
mod permissions;
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
                let function = self.functions.seen(resource.function.clone());
                let of = resource.qualifier.clone();
                match name {
                    "PutFunctionConcurrency" => function.reserved = reserved(call).map(Some),
                    "DeleteFunctionConcurrency" => function.reserved = Some(None),
                    "PutProvisionedConcurrencyConfig" => {
                        let Some(of) = of else { return };
                        function.provisioned.change(of, provisioned(call));
                    }
                    "DeleteProvisionedConcurrencyConfig" => {
                        let Some(of) = of else { return };
                        function.provisioned.remove(of);
                    }
                    "PutFunctionScalingConfig" => {
                        let Some(of) = of else { return };
                        function.scaling.change(of, scaling(call));
                    }
                    "CreateFunctionUrlConfig" | "UpdateFunctionUrlConfig" => {
                        function.urls.change(of, url(call));
                    }
                    "DeleteFunctionUrlConfig" => function.urls.remove(of),
                    "PutFunctionEventInvokeConfig" | "UpdateFunctionEventInvokeConfig" => {
                        function.destinations.change(of, destinations(name, call));
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
            self.learn_configuration(&resource.function, call);
        }
    }

    /// A version, or all of it.
    fn learn_deleted(&mut self, call: &Call<'_>) {
        let Some(FunctionResource { function, qualifier }) = target(call) else { return };
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

    /// Scalable targets: `function:NAME:QUALIFIER`. Application Auto Scaling's calls are recorded as calls
    /// of `autoscaling`.
    /// <https://docs.aws.amazon.com/autoscaling/application/userguide/logging-using-cloudtrail.html>
    pub(super) fn learn_scalable(&mut self, name: &str, call: &Call<'_>) {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Asked {
            service_namespace: String,
            resource_id: String,
            suspended_state: Option<Suspended>,
        }
        #[derive(Deserialize, Default)]
        #[serde(rename_all = "camelCase", default)]
        struct Suspended {
            dynamic_scaling_in_suspended: Option<bool>,
            dynamic_scaling_out_suspended: Option<bool>,
            scheduled_scaling_suspended: Option<bool>,
        }
        let Some(asked) = read::<Asked>(call.asked) else { return };
        if asked.service_namespace != "lambda" {
            return;
        }
        let resource = FunctionResource::parse(call.home, &asked.resource_id, None);
        let Ok(FunctionResource { function, qualifier: Some(qualifier) }) = resource else {
            return;
        };
        let known = &mut self.functions.seen(function).suspensions;
        if name == "DeregisterScalableTarget" {
            return known.remove(qualifier);
        }
        let before = match known.get(&qualifier) {
            Some(there) => Some(there.copied().unwrap_or_default()),
            None => None,
        };
        let now = asked.suspended_state.unwrap_or_default();
        let Suspended { dynamic_scaling_in_suspended: scaling_in, .. } = now;
        let one = |now: Option<bool>, before: Option<bool>| now.or(before);
        let suspension = (|| {
            Some(Suspension {
                scaling_in: one(scaling_in, before.map(|before| before.scaling_in))?,
                scaling_out: one(
                    now.dynamic_scaling_out_suspended,
                    before.map(|before| before.scaling_out),
                )?,
                scheduled: one(
                    now.scheduled_scaling_suspended,
                    before.map(|before| before.scheduled),
                )?,
            })
        })();
        known.change(qualifier, suspension);
    }
}

/// The answer stands for what was asked.
fn reserved(call: &Call<'_>) -> Option<u32> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Told {
        reserved_concurrent_executions: u32,
    }
    let told: Option<Told> = read(call.answered).or_else(|| read(call.asked));
    told.map(|told| told.reserved_concurrent_executions)
}

fn provisioned(call: &Call<'_>) -> Option<u32> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Asked {
        provisioned_concurrent_executions: u32,
    }
    read(call.asked).map(|asked: Asked| asked.provisioned_concurrent_executions)
}

fn scaling(call: &Call<'_>) -> Option<Scaling> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Asked {
        function_scaling_config: Config,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Config {
        min_execution_environments: Option<u32>,
        max_execution_environments: Option<u32>,
    }
    let Asked { function_scaling_config: config } = read(call.asked)?;
    let Config { min_execution_environments: min, max_execution_environments: max } = config;
    Some(Scaling { min, max })
}

fn url(call: &Call<'_>) -> Option<UrlAuthType> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Told {
        auth_type: UrlAuthType,
    }
    let told: Option<Told> = read(call.answered).or_else(|| read(call.asked));
    told.map(|told| told.auth_type)
}

/// The answer has the configuration as it is then; the request only if it says all of it.
fn destinations(name: &str, call: &Call<'_>) -> Option<Destinations> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Told {
        destination_config: Option<Config>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Config {
        on_success: Option<To>,
        on_failure: Option<To>,
    }
    #[derive(Deserialize)]
    struct To {
        destination: Option<String>,
    }
    let whole = || read(call.asked).filter(|_| name == "PutFunctionEventInvokeConfig");
    let told: Told = read(call.answered).or_else(whole)?;
    let to = |to: Option<To>| to.and_then(|to| to.destination).filter(|arn| !arn.is_empty());
    let [success, failure] = match told.destination_config {
        Some(Config { on_success, on_failure }) => [on_success, on_failure],
        None => [None, None],
    };
    Some(Destinations { on_success: to(success), on_failure: to(failure) })
}
