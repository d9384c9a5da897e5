//! Where asynchronous events go that could not be handled: event invoke configurations and
//! dead-letter targets. Refuses to lose what else such a configuration says.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionEventInvokeConfig.html>

use super::{Aws, AwsError, ErrorKind, Stand, settled};
use crate::{
    aws::{absent, failed},
    remediation::{Outcome, Withheld},
    resource::{FunctionArn, FunctionResource, Qualifier},
    state::Destinations,
};
use aws_sdk_lambda::{
    operation::get_function_event_invoke_config::GetFunctionEventInvokeConfigOutput,
    types::{DeadLetterConfig, DestinationConfig, OnFailure, OnSuccess},
};

impl Aws {
    pub(super) async fn failures_stand(
        &self,
        resource: &FunctionResource,
        before: Option<&Destinations>,
        queue: Option<&str>,
    ) -> Result<Stand, AwsError> {
        let answer = self.invoke_config(resource).await;
        // Whether the function is there, this does not tell.
        let config = absent(answer)?.and_then(|output| output.destination_config);
        let now = destinations(config.as_ref());
        let leaked = before.is_some_and(|before| before.on_failure.is_some());
        if leaked && now == redirected(before, None) {
            return Ok(Stand::After);
        }
        let after = redirected(before, queue);
        Ok(Stand::of(&now, &before.cloned().unwrap_or_default(), &after, || {
            format!(
                "asynchronous events that fail go to `{}`, those that succeed to `{}`",
                now.on_failure.as_deref().unwrap_or("nowhere"),
                now.on_success.as_deref().unwrap_or("nowhere"),
            )
        }))
    }

    /// Lambda refuses a destination to which the execution role may not send: then what fails is
    /// dropped, rather than sent on to where it went.
    /// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>
    pub(super) async fn redirect_failures(
        &self,
        resource: &FunctionResource,
        before: Option<&Destinations>,
        queue: Option<&str>,
    ) -> Result<Outcome, AwsError> {
        match self.set_destinations(resource, &redirected(before, queue)).await {
            Err(error) if error.kind == ErrorKind::Invalid && queue.is_some() => {
                let leaks = before.is_some_and(|before| before.on_failure.is_some());
                let reason = format!("{error}; asynchronous events that fail are lost");
                if !leaks {
                    return Ok(Outcome::Withheld(Withheld::Undetermined { reason }));
                }
                self.set_destinations(resource, &redirected(before, None)).await?;
                Ok(Outcome::Success { note: Some(reason) })
            }
            written => settled(written),
        }
    }

    pub(super) async fn failures_back(
        &self,
        resource: &FunctionResource,
        before: Option<&Destinations>,
    ) -> Result<(), AwsError> {
        self.set_destinations(resource, &before.cloned().unwrap_or_default()).await
    }

    pub(super) async fn destinations_stand(
        &self,
        resource: &FunctionResource,
        before: &Destinations,
        after: &Destinations,
    ) -> Result<Stand, AwsError> {
        let config = absent(self.invoke_config(resource).await)?;
        let now = destinations(config.and_then(|output| output.destination_config).as_ref());
        Ok(Stand::of(&now, before, after, || {
            format!(
                "asynchronous events that fail go to `{}`, those that succeed to `{}`",
                now.on_failure.as_deref().unwrap_or("nowhere"),
                now.on_success.as_deref().unwrap_or("nowhere"),
            )
        }))
    }

    /// The whole of it: an update would leave a destination that it does not mention.
    pub(super) async fn write_destinations(
        &self,
        resource: &FunctionResource,
        wanted: &Destinations,
    ) -> Result<(), AwsError> {
        let kept = absent(self.invoke_config(resource).await)?;
        let goes_nowhere = *wanted == Destinations::default();
        let says_more = kept.as_ref().is_some_and(|kept| {
            kept.maximum_retry_attempts.is_some() || kept.maximum_event_age_in_seconds.is_some()
        });
        match (goes_nowhere, &kept) {
            (true, None) => Ok(()),
            (true, Some(_)) if !says_more => self.delete_invoke_config(resource).await,
            (true | false, _) => self.put_destinations(resource, wanted, kept).await,
        }
    }

    async fn delete_invoke_config(&self, resource: &FunctionResource) -> Result<(), AwsError> {
        let deleted = self
            .lambda()
            .await
            .delete_function_event_invoke_config()
            .function_name(resource.function.to_string())
            .set_qualifier(resource.qualifier.as_ref().map(Qualifier::to_string))
            .send()
            .await
            .map_err(failed("DeleteFunctionEventInvokeConfig", resource));
        absent(deleted).map(|_| ())
    }

    /// Updated where there is something to name: what is not mentioned stays.
    async fn set_destinations(
        &self,
        resource: &FunctionResource,
        wanted: &Destinations,
    ) -> Result<(), AwsError> {
        if wanted.on_failure.is_none() {
            return self.drop_failures(resource, wanted).await;
        }
        let updated = self
            .lambda()
            .await
            .update_function_event_invoke_config()
            .function_name(resource.function.to_string())
            .set_qualifier(resource.qualifier.as_ref().map(Qualifier::to_string))
            .destination_config(config(wanted))
            .send()
            .await
            .map_err(failed("UpdateFunctionEventInvokeConfig", resource));
        match absent(updated)? {
            Some(_) => Ok(()),
            None => self.put_destinations(resource, wanted, None).await,
        }
    }

    /// How a destination is taken away is documented only for a configuration that is replaced, and
    /// one that says nothing is refused.
    /// <https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html>
    async fn drop_failures(
        &self,
        resource: &FunctionResource,
        wanted: &Destinations,
    ) -> Result<(), AwsError> {
        let Some(kept) = absent(self.invoke_config(resource).await)? else { return Ok(()) };
        let says_more = kept.maximum_retry_attempts.is_some()
            || kept.maximum_event_age_in_seconds.is_some()
            || wanted.on_success.is_some();
        if says_more {
            return self.put_destinations(resource, wanted, Some(kept)).await;
        }
        self.delete_invoke_config(resource).await
    }

    async fn put_destinations(
        &self,
        resource: &FunctionResource,
        wanted: &Destinations,
        kept: Option<GetFunctionEventInvokeConfigOutput>,
    ) -> Result<(), AwsError> {
        let attempts = kept.as_ref().and_then(|kept| kept.maximum_retry_attempts);
        let age = kept.and_then(|kept| kept.maximum_event_age_in_seconds);
        self.lambda()
            .await
            .put_function_event_invoke_config()
            .function_name(resource.function.to_string())
            .set_qualifier(resource.qualifier.as_ref().map(Qualifier::to_string))
            .set_maximum_retry_attempts(attempts)
            .set_maximum_event_age_in_seconds(age)
            .destination_config(config(wanted))
            .send()
            .await
            .map(|_| ())
            .map_err(failed("PutFunctionEventInvokeConfig", resource))
    }

    async fn invoke_config(
        &self,
        resource: &FunctionResource,
    ) -> Result<GetFunctionEventInvokeConfigOutput, AwsError> {
        self.lambda()
            .await
            .get_function_event_invoke_config()
            .function_name(resource.function.to_string())
            .set_qualifier(resource.qualifier.as_ref().map(Qualifier::to_string))
            .send()
            .await
            .map_err(failed("GetFunctionEventInvokeConfig", resource))
    }

    pub(super) async fn dead_letters_stand(
        &self,
        function: &FunctionArn,
        before: &str,
    ) -> Result<Stand, AwsError> {
        let output = self
            .lambda()
            .await
            .get_function_configuration()
            .function_name(function.to_string())
            .send()
            .await
            .map_err(failed("GetFunctionConfiguration", function))?;
        let now = output.dead_letter_config.and_then(|config| config.target_arn);
        let now = now.unwrap_or_default();
        Ok(Stand::of(&now.as_str(), &before, &"", || format!("dead letters go to `{now}`")))
    }

    /// An empty target removes it.
    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-deadletterconfig.html>
    pub(super) async fn set_dead_letter_target(
        &self,
        function: &FunctionArn,
        target: &str,
    ) -> Result<(), AwsError> {
        self.lambda()
            .await
            .update_function_configuration()
            .function_name(function.to_string())
            .dead_letter_config(DeadLetterConfig::builder().target_arn(target).build())
            .send()
            .await
            .map(|_| ())
            .map_err(failed("UpdateFunctionConfiguration", function))
    }
}

/// As the API has them. It shows an empty half where there is no such destination.
pub(in crate::aws) fn destinations(config: Option<&DestinationConfig>) -> Destinations {
    let given = |arn: &Option<String>| arn.clone().filter(|arn| !arn.is_empty());
    let on_success = config.and_then(|config| config.on_success.as_ref());
    let on_failure = config.and_then(|config| config.on_failure.as_ref());
    Destinations {
        on_success: on_success.and_then(|to| given(&to.destination)),
        on_failure: on_failure.and_then(|to| given(&to.destination)),
    }
}

fn redirected(before: Option<&Destinations>, queue: Option<&str>) -> Destinations {
    Destinations {
        on_success: before.and_then(|before| before.on_success.clone()),
        on_failure: queue.map(str::to_owned),
    }
}

fn config(wanted: &Destinations) -> DestinationConfig {
    let success = |to: &String| OnSuccess::builder().destination(to).build();
    let failure = |to: &String| OnFailure::builder().destination(to).build();
    DestinationConfig::builder()
        .set_on_success(wanted.on_success.as_ref().map(success))
        .set_on_failure(wanted.on_failure.as_ref().map(failure))
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_succeeds_goes_where_it_went() {
        let before = Destinations { on_success: Some("s".into()), on_failure: Some("f".into()) };
        let after = redirected(Some(&before), Some("q"));
        assert_eq!(after.on_success, before.on_success);
        assert_eq!(after.on_failure.as_deref(), Some("q"));
        assert_eq!(destinations(Some(&config(&after))), after);
        let dropped = redirected(Some(&before), None);
        assert_eq!(dropped, Destinations { on_failure: None, ..before });
        assert_eq!(config(&dropped).on_failure, None);
        assert_eq!(redirected(None, Some("q")).on_success, None);
    }
}
