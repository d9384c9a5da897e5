//! Parts of a function's configuration that are put back. Each write changes one part, and only what
//! was looked at just before: it names the revision that was looked at. Refuses to write an
//! environment that could not be read as a whole, because a write replaces all of it, and to keep or
//! show a value of it.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html>

use super::{Aws, AwsError, ErrorKind, Stand};
use crate::{
    aws::{failed, vpc_attachment},
    finding::shown,
    remediation::Outcome,
    resource::FunctionArn,
    setting::{PutBack, RecursiveLoop, VpcAttachment},
};
use aws_sdk_lambda::{
    operation::{
        get_function_configuration::GetFunctionConfigurationOutput,
        update_function_configuration::builders::UpdateFunctionConfigurationFluentBuilder as Update,
    },
    types::{Environment, LoggingConfig, VpcConfig},
};
use std::time::Duration;
use tokio::time::sleep;

/// A write is refused while another one is under way, and when another one was faster: Lambda takes
/// seconds for some. <https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html>
const TRIES: u32 = 8;
const PAUSE: Duration = Duration::from_millis(250);
const UNDER_WAY: &str = "ResourceConflictException";

impl Aws {
    pub(super) async fn configuration_stand(
        &self,
        function: &FunctionArn,
        change: &PutBack,
    ) -> Result<Stand, AwsError> {
        match change {
            PutBack::Signing { stood, back } => {
                self.signing_stand(function, stood.as_deref(), back).await
            }
            PutBack::Recursion => self.recursion_stand(function).await,
            PutBack::Alias { name, stood, back } => {
                self.alias_stand(function, name, stood, back).await
            }
            PutBack::Mapping { id, stood, back } => {
                self.mapping_function_stand(id, stood, back).await
            }
            PutBack::Retention { stood, back } => {
                self.retention_stand(function, *stood, *back).await
            }
            PutBack::Role { .. }
            | PutBack::Handler { .. }
            | PutBack::Layers { .. }
            | PutBack::Variable { .. }
            | PutBack::Logging { .. }
            | PutBack::Vpc { .. } => {
                Ok(stand(function, &self.configuration(function).await?, change))
            }
        }
    }

    /// Puts the part back where it stands as it did when that was decided.
    pub(super) async fn put_configuration_back(
        &self,
        function: &FunctionArn,
        change: &PutBack,
    ) -> Result<Outcome, AwsError> {
        match change {
            PutBack::Signing { stood, back } => {
                self.put_signing_back(function, stood.as_deref(), back).await
            }
            PutBack::Recursion => self.set_recursion(function, RecursiveLoop::Terminate).await,
            PutBack::Alias { name, stood, back } => {
                self.lead_alias(function, name, stood, back).await
            }
            PutBack::Mapping { id, stood, back } => self.lead_mapping(id, stood, back).await,
            PutBack::Retention { stood, back } => {
                self.put_retention_back(function, *stood, *back).await
            }
            PutBack::Role { .. }
            | PutBack::Handler { .. }
            | PutBack::Layers { .. }
            | PutBack::Variable { .. }
            | PutBack::Logging { .. }
            | PutBack::Vpc { .. } => {
                self.turn_configuration(function, change, &Stand::Before, &Stand::After).await
            }
        }
    }

    /// Puts back what stood there before that.
    pub(super) async fn configuration_back(
        &self,
        function: &FunctionArn,
        change: &PutBack,
    ) -> Result<(), AwsError> {
        match change {
            PutBack::Variable { .. } => {
                let why = "its value was not kept; set it by hand";
                Err(AwsError::new(OPERATION, function, ErrorKind::Invalid, why))
            }
            PutBack::Signing { stood, .. } => self.set_signing(function, stood.as_deref()).await,
            PutBack::Recursion => {
                self.set_recursion(function, RecursiveLoop::Allow).await.map(|_| ())
            }
            PutBack::Alias { name, stood, back } => {
                self.lead_alias(function, name, back, stood).await.map(|_| ())
            }
            PutBack::Mapping { id, stood, back } => {
                self.lead_mapping(id, back, stood).await.map(|_| ())
            }
            PutBack::Retention { stood, .. } => self.set_retention(function, *stood).await,
            PutBack::Role { .. }
            | PutBack::Handler { .. }
            | PutBack::Layers { .. }
            | PutBack::Logging { .. }
            | PutBack::Vpc { .. } => self
                .turn_configuration(function, change, &Stand::After, &Stand::Before)
                .await
                .map(|_| ()),
        }
    }

    async fn turn_configuration(
        &self,
        function: &FunctionArn,
        change: &PutBack,
        from: &Stand,
        to: &Stand,
    ) -> Result<Outcome, AwsError> {
        let mut tries = 1;
        loop {
            let live = self.configuration(function).await?;
            let found = stand(function, &live, change);
            if found == *to {
                return Ok(Outcome::Success { note: Some("it stood so already".to_owned()) });
            }
            if found != *from {
                let why = "somebody changed it since";
                return Err(AwsError::new(OPERATION, function, ErrorKind::Precondition, why));
            }
            let update = self.lambda().await.update_function_configuration();
            let update = update
                .function_name(function.to_string())
                .set_revision_id(live.revision_id.clone());
            let update = match *to == Stand::After {
                true => there(update, function, change, live)?,
                false => back(update, change, live),
            };
            match update.send().await.map_err(failed(OPERATION, function)) {
                Ok(_) => return Ok(Outcome::Success { note: None }),
                Err(error)
                    if tries < TRIES
                        && (error.kind == ErrorKind::Precondition || error.code == UNDER_WAY) =>
                {
                    sleep(PAUSE * tries).await;
                    tries += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn configuration(
        &self,
        function: &FunctionArn,
    ) -> Result<GetFunctionConfigurationOutput, AwsError> {
        let get = self.lambda().await.get_function_configuration();
        let get = get.function_name(function.to_string());
        get.send().await.map_err(failed("GetFunctionConfiguration", function))
    }
}

const OPERATION: &str = "UpdateFunctionConfiguration";

fn stand(function: &FunctionArn, live: &GetFunctionConfigurationOutput, change: &PutBack) -> Stand {
    match change {
        PutBack::Role { stood, back } => {
            let now = live.role.clone().unwrap_or_default();
            Stand::of(&now, stood, back, || format!("the role is `{}`", shown(&now, 140)))
        }
        PutBack::Handler { stood, back } => {
            let now = live.handler.clone().unwrap_or_default();
            Stand::of(&now, stood, back, || format!("the handler is `{}`", shown(&now, 140)))
        }
        PutBack::Layers { stood, back } => {
            let now: Vec<String> =
                live.layers().iter().filter_map(|layer| layer.arn.clone()).collect();
            Stand::of(&now, stood, back, || {
                format!("the layers are `{}`", shown(&now.join(" "), 140))
            })
        }
        PutBack::Variable { name } => {
            let environment = live.environment.as_ref();
            // What cannot be read may hold it.
            if environment.is_some_and(|environment| environment.error.is_some()) {
                return Stand::Other("the environment cannot be read".to_owned());
            }
            let variables = environment.and_then(|environment| environment.variables.as_ref());
            match variables.is_some_and(|variables| variables.contains_key(name)) {
                true => Stand::Before,
                false => Stand::After,
            }
        }
        PutBack::Vpc { back } => {
            let now = vpc_attachment(live.vpc_config.as_ref());
            let none = VpcAttachment::default();
            if now.subnets.is_empty() {
                return Stand::Before;
            }
            Stand::of(&now, &none, back, || {
                format!("the subnets are `{}`", shown(&now.subnets.join(" "), 140))
            })
        }
        PutBack::Logging { stood, back } => {
            let logging = live.logging_config.as_ref();
            let now = logging.and_then(|logging| logging.log_group.clone());
            let now = now.unwrap_or_else(|| function.log_group());
            Stand::of(&now, stood, back, || format!("the log group is `{}`", shown(&now, 140)))
        }
        // They are settings of their own.
        PutBack::Signing { .. }
        | PutBack::Recursion
        | PutBack::Retention { .. }
        | PutBack::Alias { .. }
        | PutBack::Mapping { .. } => Stand::Gone,
    }
}

fn there(
    update: Update,
    function: &FunctionArn,
    change: &PutBack,
    live: GetFunctionConfigurationOutput,
) -> Result<Update, AwsError> {
    Ok(match change {
        PutBack::Role { back, .. } => update.role(back),
        PutBack::Handler { back, .. } => update.handler(back),
        PutBack::Layers { back, .. } => update.set_layers(Some(back.clone())),
        PutBack::Variable { name } => {
            let variables = live.environment.and_then(|environment| environment.variables);
            let Some(mut variables) = variables else {
                let why = "the environment cannot be read";
                return Err(AwsError::new(OPERATION, function, ErrorKind::Invalid, why));
            };
            variables.remove(name);
            let environment = Environment::builder().set_variables(Some(variables)).build();
            update.environment(environment)
        }
        PutBack::Vpc { back } => update.vpc_config(vpc(back)),
        PutBack::Logging { back, .. } => update.logging_config(logging(live, back)),
        PutBack::Signing { .. }
        | PutBack::Recursion
        | PutBack::Retention { .. }
        | PutBack::Alias { .. }
        | PutBack::Mapping { .. } => update,
    })
}

fn back(update: Update, change: &PutBack, live: GetFunctionConfigurationOutput) -> Update {
    match change {
        PutBack::Role { stood, .. } => update.role(stood),
        PutBack::Handler { stood, .. } => update.handler(stood),
        PutBack::Layers { stood, .. } => update.set_layers(Some(stood.clone())),
        PutBack::Logging { stood, .. } => update.logging_config(logging(live, stood)),
        PutBack::Variable { .. }
        | PutBack::Signing { .. }
        | PutBack::Recursion
        | PutBack::Retention { .. }
        | PutBack::Alias { .. }
        | PutBack::Mapping { .. } => update,
        PutBack::Vpc { .. } => update.vpc_config(vpc(&VpcAttachment::default())),
    }
}

/// Another log group, and all else as it stands: that what is left out stays, AWS does not document.
/// <https://docs.aws.amazon.com/lambda/latest/api/API_LoggingConfig.html>
fn logging(live: GetFunctionConfigurationOutput, group: &str) -> LoggingConfig {
    let stands = live.logging_config;
    let (format, application, system) = stands.map_or((None, None, None), |stands| {
        (stands.log_format, stands.application_log_level, stands.system_log_level)
    });
    LoggingConfig::builder()
        .set_log_format(format)
        .set_application_log_level(application)
        .set_system_log_level(system)
        .log_group(group)
        .build()
}

/// Empty lists take a function out of its VPC.
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html>
fn vpc(wanted: &VpcAttachment) -> VpcConfig {
    VpcConfig::builder()
        .set_subnet_ids(Some(wanted.subnets.clone()))
        .set_security_group_ids(Some(wanted.security_groups.clone()))
        .ipv6_allowed_for_dual_stack(wanted.dual_stack)
        .build()
}
