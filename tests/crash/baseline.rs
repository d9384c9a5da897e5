//! The containment and its way back when nothing goes wrong: what every cell is held against.

use super::{
    Act,
    fault::Place,
    stage::{PATIENCE, Stage, check, effective, restore_arguments, turned},
};
use crate::{
    compromised::{check_contained, look},
    harness::Call,
    telling::ENFORCE,
};
use std::collections::BTreeMap;

/// What happens when nothing goes wrong.
pub struct Baseline {
    /// Every call of the containment, and every call of its way back.
    pub places: BTreeMap<Act, Vec<Place>>,
    /// The function when it is contained.
    pub contained: String,
    /// How often each operation changes a setting.
    pub turned: BTreeMap<Act, BTreeMap<String, usize>>,
    /// How many messages ask for second looks and evidence.
    pub messages: usize,
}

impl Baseline {
    pub async fn record() -> Result<Self, String> {
        let stage = Stage::set().await;
        let bootstrap = stage.world.bootstrap(&ENFORCE);
        bootstrap.begin(&stage.event);
        let (ok, body) = bootstrap.posted(PATIENCE).ok_or("it does not answer")?;
        check(ok, || format!("it fails without a fault: {body}"))?;
        let contain = stage.world.calls();
        let now = look(&stage.world).await;
        check_contained(&now)?;
        let incident = stage.incident().await?.id;
        let contained = stage.normal(&now, &incident);
        let operator = stage.world.operator(&restore_arguments(&incident));
        let (code, printed) = operator.wait(PATIENCE).ok_or("restore does not end")?;
        check(code == 0, || format!("restore fails without a fault: {printed}"))?;
        let back = look(&stage.world).await;
        check(back == stage.before, || format!("not restored: {back:#?} {:#?}", stage.before))?;
        let restore = stage.world.operator_calls();
        Ok(Self {
            places: [(Act::Contain, places(&contain)), (Act::Restore, places(&restore))].into(),
            contained,
            turned: [(Act::Contain, turned(&contain)), (Act::Restore, turned(&restore))].into(),
            messages: effective(&contain, "SendMessage"),
        })
    }
}

fn places(calls: &[Call]) -> Vec<Place> {
    let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut places = Vec::new();
    for call in calls {
        let (service, operation) = (call.service.clone(), call.operation.clone());
        let count = counts.entry((service.clone(), operation.clone())).or_default();
        places.push(Place { service, operation, nth: *count, mutating: call.mutating });
        *count += 1;
    }
    places
}
