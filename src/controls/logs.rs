//! `logs.unencrypted`: the function's log group is encrypted with a KMS key of the account's. Where a
//! function writes to a group that is not named after it, only a change of the function shows that.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html>

use super::{Assessment, Case, Control, Judgement, Needs, Trigger, tagged};
use crate::{
    event::{Event, Kind, LogGroupChange},
    finding::{ControlId, Evidence, shown},
    resource::FunctionArn,
    state::{FunctionState, LogGroup, Read},
};

pub(super) const CONTROL: Control = Control {
    id: ControlId::LogsUnencrypted,
    triggers: &[
        Trigger::LambdaCall("CreateFunction2015"),
        Trigger::LambdaCall("UpdateFunctionConfiguration"),
        Trigger::LogsCall("CreateLogGroup"),
        Trigger::LogsCall("DisassociateKmsKey"),
    ],
    needs,
    judge,
};

/// The function whose log group an event is about, and the group.
fn concerned(event: &Event) -> Option<(&FunctionArn, String)> {
    match &event.kind {
        Kind::LogGroup {
            function,
            change: LogGroupChange::Created { .. } | LogGroupChange::Decrypted,
        } => Some((function, function.log_group())),
        Kind::FunctionChange { function } => Some((function, event.asks.log_group.clone()?)),
        _ => None,
    }
}

/// Created with a key.
fn is_harmless(event: &Event) -> bool {
    let created = LogGroupChange::Created { encrypted: true };
    matches!(&event.kind, Kind::LogGroup { change, .. } if *change == created)
}

fn needs(case: &Case<'_>) -> Needs {
    match concerned(case.event) {
        None => Needs::NotConcerned,
        Some(_) if is_harmless(case.event) => Needs::Nothing,
        Some((function, group)) => {
            Needs::Reads(vec![Read::Function(function.clone()), Read::LogGroup(group)])
        }
    }
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    let Some((function, group)) = concerned(case.event) else { return Vec::new() };
    let judgement = match (case.state.functions.get(function), case.state.log_groups.get(&group)) {
        _ if is_harmless(case.event) => Judgement::Compliant,
        (Some(None), _) => Judgement::NotApplicable,
        (Some(Some(live)), _) if writes_to(function, live) != group => Judgement::NotApplicable,
        (None, _) | (_, None) => {
            Judgement::InsufficientData("the function and its log group were not read".to_owned())
        }
        // It is made when something is written to it.
        (Some(Some(_)), Some(None)) => Judgement::NotApplicable,
        (Some(Some(_)), Some(Some(LogGroup { kms_key: Some(_), .. }))) => Judgement::Compliant,
        (Some(Some(_)), Some(Some(LogGroup { kms_key: None, .. }))) => {
            let value = format!("`{}` has no KMS key", shown(&group, 200));
            let evidence = Evidence::new("kmsKeyId", &value);
            Judgement::NonCompliant(vec![tagged(evidence, ControlId::LogsUnencrypted)])
        }
    };
    let control = ControlId::LogsUnencrypted.into();
    vec![Assessment { control, resource: function.clone().into(), judgement }]
}

/// The log group that a function writes to.
pub(super) fn writes_to(function: &FunctionArn, live: &FunctionState) -> String {
    live.log_group.clone().unwrap_or_else(|| function.log_group())
}
