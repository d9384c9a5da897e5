//! How the watchers of the account stand. What was not read is absent; what was read and is not there
//! is `None`.

use crate::{
    resource::Arn,
    setting::{Detector, TraceEncryption},
    trail::Trail,
};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The watchers, as far as they were read.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct Watchers {
    /// Trails, each by its ARN.
    pub trails: BTreeMap<Arn, Option<Trail>>,
    /// Whether these are all that record this account here.
    pub all_trails: bool,
    /// How trails were when they were last found in order. The journal knows.
    pub snapshots: BTreeMap<Arn, Option<Trail>>,
    /// Whether a recorder of AWS Config records.
    pub recorders: BTreeMap<Arn, Option<bool>>,
    /// GuardDuty's detectors.
    pub detectors: BTreeMap<Arn, Option<Detector>>,
    /// X-Ray's encryption.
    pub traces: Option<TraceEncryption>,
}

impl Watchers {
    /// Adds what was read later.
    pub(super) fn learn(&mut self, later: Self) {
        let Self { trails, all_trails, snapshots, recorders, detectors, traces } = later;
        self.trails.extend(trails);
        self.all_trails |= all_trails;
        self.snapshots.extend(snapshots);
        self.recorders.extend(recorders);
        self.detectors.extend(detectors);
        if traces.is_some() {
            self.traces = traces;
        }
    }

    /// The trail, if it was read and is there.
    pub fn trail(&self, trail: &Arn) -> Option<&Trail> {
        self.trails.get(trail)?.as_ref()
    }

    /// The snapshot of a trail, if there is one.
    pub fn snapshot(&self, trail: &Arn) -> Option<&Trail> {
        self.snapshots.get(trail)?.as_ref()
    }
}
