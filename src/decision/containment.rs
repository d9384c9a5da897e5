//! What contains a compromised function, from what is known of it: first where its events would leak
//! to, its credentials and the stop; then its doors. What is already as wanted is not planned; what
//! must be known first is asked for, and the stop never waits for it.

mod credentials;
mod doors;
mod leaks;
mod stop;
mod unlock;

use super::Remit;
use crate::{
    controls::{self, Extent},
    iam::Edit,
    remediation::Remediation,
    resource::{FunctionArn, FunctionResource},
    state::{Read, State},
};
use std::collections::BTreeSet;
use time::OffsetDateTime;

/// A function to contain, and everything its containment rests on.
pub(super) struct Containment<'a> {
    pub remit: &'a Remit<'a>,
    pub state: &'a State,
    pub function: &'a FunctionArn,
    pub incident: &'a str,
    pub now: OffsetDateTime,
    pub extent: Extent,
}

/// What comes of it.
#[derive(Default)]
pub(super) struct Contained {
    /// In no particular order.
    pub remediations: Vec<Remediation>,
    /// Of resource policies: one write each, together with what else edits the same policy.
    pub edits: Vec<(FunctionResource, Edit)>,
    /// What has to be read to go on.
    pub wants: BTreeSet<Read>,
    /// What a person has to do.
    pub left: Vec<String>,
    /// What it breaks.
    pub notes: Vec<String>,
}

impl Containment<'_> {
    /// Plans as far as what is known reaches.
    pub(super) fn plan(&self) -> Contained {
        let mut plan = Contained::default();
        plan.wants.extend(controls::containment_reads(self.function));
        if self.state.memory.locked_out.contains(self.function) {
            self.unlock(&mut plan);
        }
        let live = match self.state.functions.get(self.function) {
            Some(Some(live)) => live,
            Some(None) => return Contained::default(),
            None => return self.asked(plan),
        };
        let around = self.state.around(self.function);
        let Extent { stops, revokes, closes } = self.extent;
        if stops {
            self.close_leaks(live, &around, &mut plan);
            self.stop(live, &around, &mut plan);
        }
        if revokes {
            self.revoke(live, &around, &mut plan);
        }
        if closes {
            self.close_doors(&around, &mut plan);
        }
        self.asked(plan)
    }

    /// Asks for nothing twice, and says what could not be read.
    fn asked(&self, mut plan: Contained) -> Contained {
        for read in &plan.wants {
            if self.state.unread.contains(read) {
                plan.left.push(format!("not looked at, because it could not be read: {read}"));
            }
        }
        let known =
            |read: &Read| self.state.read.contains(read) || self.state.unread.contains(read);
        plan.wants.retain(|read| !known(read));
        // What stops it comes before what is around it.
        if plan.wants.iter().any(is_urgent) {
            plan.wants.retain(is_urgent);
        }
        plan
    }
}

/// Whether a stop, or a way to it, waits for this. The others can take minutes.
const fn is_urgent(read: &Read) -> bool {
    match read {
        Read::Policy(_)
        | Read::Function(_)
        | Read::Provisioned(_)
        | Read::Destinations(_)
        | Read::Mappings(_)
        | Read::Scaling(_)
        | Read::Executions(_)
        | Read::Boundary(_, _) => true,
        Read::EveryPolicy(_)
        | Read::LayerPolicy(_)
        | Read::LogGroup(_)
        | Read::Alarm(_)
        | Read::Interface(_)
        | Read::Url(_)
        | Read::EveryUrl(_)
        | Read::EveryMapping(_)
        | Read::AutoScaling(_)
        | Read::Rule(_)
        | Read::RulesOf(_)
        | Read::RoleUse(_, _)
        | Read::AssumedRoles(_)
        | Read::ExecutionRole(_)
        | Read::ExecutionRoles
        | Read::ManagedPolicy(_)
        | Read::Signing(_)
        | Read::Recursion(_)
        | Read::IdentityPolicy(_)
        | Read::Snapshot(_)
        | Read::SwappedRoles(_)
        | Read::Alias(_)
        | Read::KnownAlias(_)
        | Read::Mapping(_, _)
        | Read::KnownMapping(_, _)
        | Read::Containment(_)
        | Read::ContainmentOf(_)
        | Read::AccessKeys(_)
        | Read::Threat(_)
        | Read::Baseline(_)
        | Read::KeyUses(_, _)
        | Read::Watcher(_) => false,
    }
}
