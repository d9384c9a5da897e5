//! An alarm of CloudWatch as it is.

use crate::resource::FunctionResource;
use serde::Deserialize;
use std::collections::BTreeSet;

/// An alarm as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct AlarmState {
    /// It is in ALARM.
    pub raised: bool,
    /// The functions whose metrics it watches: each with the version or alias that its metrics name. Of
    /// a composite alarm, those of the alarms it is made of that are in ALARM; of all of them where it
    /// is in ALARM no more.
    #[serde(default)]
    pub functions: BTreeSet<FunctionResource>,
}

impl AlarmState {
    /// The function that it watches, if it is one; without a qualifier where its metrics name more
    /// than one.
    pub fn function(&self) -> Option<FunctionResource> {
        let mut all = self.functions.iter();
        let first = all.next()?;
        let rest: Vec<_> = all.collect();
        if rest.is_empty() {
            return Some(first.clone());
        }
        let is_one = rest.iter().all(|other| other.function == first.function);
        is_one.then(|| first.function.clone().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alarm_is_of_one_function_or_of_none_in_particular() {
        let function = |of: &[&str]| {
            let arn = |name: &&str| {
                let arn = format!("arn:aws:lambda:us-east-1:111122223333:function:{name}");
                FunctionResource::parse_arn(&arn).unwrap()
            };
            let state = AlarmState { raised: true, functions: of.iter().map(arn).collect() };
            let called = state.function()?.to_string();
            called.split_once(":function:").map(|(_, name)| name.to_owned())
        };
        for (of, want) in [
            (&[][..], None),
            (&["orders"], Some("orders")),
            (&["orders:live"], Some("orders:live")),
            (&["orders:live", "orders:3"], Some("orders")),
            (&["orders", "orders:live"], Some("orders")),
            (&["orders", "billing"], None),
        ] {
            assert_eq!(function(of).as_deref(), want, "{of:?}");
        }
    }
}
