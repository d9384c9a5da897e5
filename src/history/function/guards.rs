//! Whether code has to be signed, and whether a function may call itself in loops.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_CodeSigningConfig.html>

use super::Function;
use crate::{
    history::{Call, History, record::read},
    resource::{Arn, FunctionArn},
    setting::{RecursiveLoop, Signing},
};
use serde::Deserialize;

impl Function {
    pub(super) fn learn_guard(&mut self, name: &str, call: &Call<'_>) {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Config {
            code_signing_config_arn: String,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Loops {
            recursive_loop: RecursiveLoop,
        }
        match name {
            "PutFunctionCodeSigningConfig" => {
                let told: Option<Config> = read(call.answered).or_else(|| read(call.asked));
                let config = told.and_then(|told| Arn::parse(&told.code_signing_config_arn).ok());
                self.signing = config.map(Some);
            }
            "DeleteFunctionCodeSigningConfig" => self.signing = Some(None),
            _ => {
                let told: Option<Loops> = read(call.answered).or_else(|| read(call.asked));
                self.recursion = told.map(|told| told.recursive_loop);
            }
        }
    }
}

impl History {
    /// A code signing configuration: whether it refuses code that is not signed.
    pub(in crate::history) fn learn_signing_config(&mut self, name: &str, call: &Call<'_>) {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Answer {
            code_signing_config: Config,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Config {
            code_signing_config_arn: String,
            code_signing_policies: Option<Policies>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Policies {
            untrusted_artifact_on_deployment: Option<String>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Asked {
            code_signing_config_arn: String,
        }
        if let (true, Some(Answer { code_signing_config: config })) =
            (name != "DeleteCodeSigningConfig", read::<Answer>(call.answered))
        {
            let Ok(arn) = Arn::parse(&config.code_signing_config_arn) else { return };
            let policy = config.code_signing_policies;
            let policy = policy.and_then(|policies| policies.untrusted_artifact_on_deployment);
            return self.signing_configs.put(arn, policy.as_deref() == Some("Enforce"));
        }
        let asked: Option<Asked> = read(call.asked);
        let Some(Ok(arn)) = asked.map(|asked| Arn::parse(&asked.code_signing_config_arn)) else {
            return;
        };
        match name {
            "DeleteCodeSigningConfig" => self.signing_configs.remove(arn),
            _ => self.signing_configs.forget(arn),
        }
    }

    /// Whether a function's code has to be signed; none inside if the function is gone, and outside if
    /// that is not known.
    pub fn signing(&self, function: &FunctionArn) -> Option<Option<Signing>> {
        let Some(known) = self.functions.get(function)? else { return Some(None) };
        let Some(config) = known.signing.as_ref()? else { return Some(Some(Signing::default())) };
        let enforces = self.signing_configs.get(config)?.copied().unwrap_or_default();
        Some(Some(Signing { config: Some(config.to_string()), enforces }))
    }
}
