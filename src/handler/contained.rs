//! How a containment stands: each setting it turned, looked at in AWS.

use super::{Responder, SIDE_BY_SIDE};
use crate::{
    aws::{AwsError, ErrorKind, Turned, turned},
    controls::containment_reads,
    incident::{IncidentStatus, StepStatus},
    remediation::{Remediation, Stand},
    resource::FunctionArn,
    state::{Contained, Read, State},
};
use futures_util::stream::{self, StreamExt};
use time::OffsetDateTime;

impl Responder {
    /// The containment that is asked for, and what a new one would read first.
    pub(super) async fn containment(
        &self,
        read: &Read,
        now: OffsetDateTime,
        errors: &mut Vec<AwsError>,
    ) -> Result<State, AwsError> {
        let mut state = State::default();
        let Some(contained) = self.contained(read, now, errors).await? else { return Ok(state) };
        let reads = containment_reads(&contained.function).into_iter().collect();
        let (live, unread) = self.aws.read(&reads).await;
        state.learn(live);
        errors.extend(unread);
        state.memory.contained = Some(contained);
        Ok(state)
    }

    async fn contained(
        &self,
        read: &Read,
        now: OffsetDateTime,
        errors: &mut Vec<AwsError>,
    ) -> Result<Option<Contained>, AwsError> {
        let journal = self.journal();
        let found = match read {
            Read::Containment(function) => {
                let gate = journal.recall(&function.clone().into(), now).await?.gate;
                let gate = gate.filter(|gate| gate.contains);
                gate.map(|gate| (gate.incident, function.clone(), gate.status, gate.stops))
            }
            Read::ContainmentOf(incident) => {
                journal.incident(incident).await?.filter(|record| record.contains).and_then(
                    |record| {
                        let function = record.subject.function()?.clone();
                        Some((record.incident, function, record.status, record.stops))
                    },
                )
            }
            Read::Policy(_)
            | Read::EveryPolicy(_)
            | Read::LayerPolicy(_)
            | Read::LogGroup(_)
            | Read::Alarm(_)
            | Read::Function(_)
            | Read::Url(_)
            | Read::EveryUrl(_)
            | Read::Provisioned(_)
            | Read::Destinations(_)
            | Read::Mappings(_)
            | Read::EveryMapping(_)
            | Read::AutoScaling(_)
            | Read::Scaling(_)
            | Read::Executions(_)
            | Read::Rule(_)
            | Read::RulesOf(_)
            | Read::RoleUse(_, _)
            | Read::Boundary(_, _)
            | Read::AssumedRoles(_)
            | Read::ExecutionRole(_)
            | Read::ExecutionRoles
            | Read::ManagedPolicy(_)
            | Read::Signing(_)
            | Read::Recursion(_)
            | Read::Snapshot(_)
            | Read::SwappedRoles(_)
            | Read::Alias(_)
            | Read::KnownAlias(_)
            | Read::Mapping(_, _)
            | Read::KnownMapping(_, _)
            | Read::Threat(_)
            | Read::Baseline(_)
            | Read::KeyUses(_, _)
            | Read::Interface(_)
            | Read::Watcher(_)
            | Read::IdentityPolicy(_)
            | Read::AccessKeys(_) => None,
        };
        match found {
            Some((_, _, IncidentStatus::Restored, _)) | None => Ok(None),
            Some((incident, function, _, stops)) => {
                self.standing(incident, function, stops, errors).await.map(Some)
            }
        }
    }

    /// What was applied, and is neither being put back nor released.
    async fn standing(
        &self,
        incident: String,
        function: FunctionArn,
        stops: bool,
        errors: &mut Vec<AwsError>,
    ) -> Result<Contained, AwsError> {
        let steps = self.journal().steps(&incident).await?.unwrap_or_default();
        let stopped_it = steps.iter().any(|step| step.remediation.stops());
        let all = turned(steps);
        let left = |status| matches!(status, StepStatus::Released | StepStatus::Restoring);
        let stays = |one: &Turned| one.sure && !one.steps.iter().any(|step| left(step.status));
        let mut last: Vec<Remediation> = Vec::new();
        for one in all.into_iter().filter(stays) {
            last.retain(|earlier| earlier.setting() != one.remediation.setting());
            last.push(one.remediation);
        }
        let looks = last
            .into_iter()
            .map(|remediation| async { (self.aws.stand(&remediation).await, remediation) });
        let found: Vec<_> = stream::iter(looks).buffered(SIDE_BY_SIDE).collect().await;
        let mut standing = Vec::new();
        for (stand, remediation) in found {
            match stand {
                Ok(stand) => standing.push((remediation, stand)),
                // Whoever denies a look has something to hide.
                Err(error) if error.kind == ErrorKind::LockedOut => {
                    let found = "hidden by the function's own policy".to_owned();
                    standing.push((remediation, Stand::Other(found)));
                    errors.push(error);
                }
                Err(error) => errors.push(error),
            }
        }
        Ok(Contained { incident, function, standing, stops, stopped_it })
    }
}
