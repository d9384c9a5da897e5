//! Application Auto Scaling of provisioned concurrency: `function:NAME:QUALIFIER`. Its calls are recorded as
//! calls of `autoscaling`.
//! <https://docs.aws.amazon.com/autoscaling/application/userguide/logging-using-cloudtrail.html>

use crate::{
    history::{Call, History, record::read},
    resource::FunctionResource,
    setting::Suspension,
};
use serde::Deserialize;

/// What a call suspends; what it does not say stays.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Suspended {
    dynamic_scaling_in_suspended: Option<bool>,
    dynamic_scaling_out_suspended: Option<bool>,
    scheduled_scaling_suspended: Option<bool>,
}

impl Suspended {
    fn over(self, before: Option<Suspension>) -> Option<Suspension> {
        let stays = |of: fn(&Suspension) -> bool| before.as_ref().map(of);
        Some(Suspension {
            scaling_in: self.dynamic_scaling_in_suspended.or(stays(|one| one.scaling_in))?,
            scaling_out: self.dynamic_scaling_out_suspended.or(stays(|one| one.scaling_out))?,
            scheduled: self.scheduled_scaling_suspended.or(stays(|one| one.scheduled))?,
        })
    }
}

impl History {
    pub(in crate::history) fn learn_scalable(&mut self, name: &str, call: &Call<'_>) {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Asked {
            service_namespace: String,
            resource_id: String,
            suspended_state: Option<Suspended>,
        }
        let Some(asked) = read::<Asked>(call.asked) else { return };
        if asked.service_namespace != "lambda" {
            return;
        }
        let resource = FunctionResource::parse(call.home, &asked.resource_id, None);
        let Ok(FunctionResource { function, qualifier: Some(qualifier) }) = resource else {
            return;
        };
        self.moment.touch(call.at, function.to_string());
        let known = &mut self.functions.seen(function).suspensions;
        if name == "DeregisterScalableTarget" {
            return known.remove(qualifier);
        }
        let before = known.get(&qualifier).map(|there| there.copied().unwrap_or_default());
        let now = asked.suspended_state.unwrap_or_default();
        known.change(qualifier, now.over(before));
    }
}
