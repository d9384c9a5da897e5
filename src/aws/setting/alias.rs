//! What an alias invokes, put back. Each write is guarded by the revision of the alias that was looked
//! at just before. Refuses to turn what does not stand as it did when that was decided.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_UpdateAlias.html>

use super::{Aws, AwsError, ErrorKind, Stand};
use crate::{
    aws::{failed, routing},
    finding::shown,
    remediation::Outcome,
    resource::FunctionArn,
    setting::Routing,
};
use aws_sdk_lambda::types::AliasRoutingConfiguration;

const OPERATION: &str = "UpdateAlias";

/// How often it is looked again when others are faster.
const TRIES: u32 = 4;

impl Aws {
    pub(super) async fn alias_stand(
        &self,
        function: &FunctionArn,
        name: &str,
        stood: &Routing,
        back: &Routing,
    ) -> Result<Stand, AwsError> {
        let now = routing(&self.get_alias(function, name).await?);
        Ok(Stand::of(&now, stood, back, || {
            format!("the alias leads to {}", shown(&now.to_string(), 140))
        }))
    }

    /// Has it invoke what `to` says, where it invokes what `from` says. Empty weights take the ones
    /// there away, and what else it says stays: <https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html>.
    pub(super) async fn lead_alias(
        &self,
        function: &FunctionArn,
        name: &str,
        from: &Routing,
        to: &Routing,
    ) -> Result<Outcome, AwsError> {
        let mut tries = 1;
        loop {
            let live = self.get_alias(function, name).await?;
            let now = routing(&live);
            if now == *to {
                return Ok(Outcome::Success { note: Some("it stood so already".to_owned()) });
            }
            if now != *from {
                let why = "somebody changed it since";
                return Err(AwsError::new(OPERATION, function, ErrorKind::Precondition, why));
            }
            let weights =
                to.weights.iter().map(|(version, weight)| (version.clone(), weight.share()));
            let config = AliasRoutingConfiguration::builder()
                .set_additional_version_weights(Some(weights.collect()))
                .build();
            let update = self.lambda().await.update_alias();
            let update = update.function_name(function.to_string()).name(name);
            let update = update.function_version(&to.version).routing_config(config);
            let update = update.set_revision_id(live.revision_id);
            match update.send().await.map_err(failed(OPERATION, function)) {
                Ok(_) => return Ok(Outcome::Success { note: None }),
                Err(error) if tries < TRIES && error.kind == ErrorKind::Precondition => tries += 1,
                Err(error) => return Err(error),
            }
        }
    }
}
