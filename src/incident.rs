//! Where an incident and its steps stand, and what may follow: one match over state and event each,
//! everything else an error. The journal writes only what these allow, by conditions that hold
//! against every other delivery at work (NIST 800-61, containment and recovery).

use std::fmt;

/// Where an incident stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IncidentStatus {
    /// Being answered, or its answer was cut short.
    Open,
    /// Answered and told.
    Closed,
    /// A remediation failed.
    Partial,
    /// Put back.
    Restored,
}

/// What happens to an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IncidentEvent {
    /// A delivery takes it up.
    TakenUp,
    /// Everything planned is in effect.
    Answered,
    /// Something planned is not.
    FellShort,
    /// An operator put everything back.
    PutBack,
}

/// Where one step of an incident stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepStatus {
    /// It is about to be applied, or nobody lived to write down what came of it.
    Intended,
    /// It was applied.
    Applied,
    /// It may have been applied, as a whole or in part: it failed, or its answer was lost.
    Unsure,
    /// Somebody who may has undone it; it is left so.
    Released,
    /// An operator is putting it back.
    Restoring,
    /// It was put back.
    Restored,
}

/// What happens to a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepEvent {
    /// It is about to be applied, for the first time or again.
    Intended,
    /// AWS said that it was applied, or it was seen.
    Applied,
    /// AWS refused it or did not answer.
    Failed,
    /// Somebody who may has undone it.
    Released,
    /// It is about to be put back.
    PuttingBack,
    /// It could not be put back.
    Kept,
    /// It was put back, or there was nothing to put back.
    PutBack,
}

/// What must not follow. A delivery that comes too late has to begin again; nobody needs to mend
/// anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("`{event}` must not follow `{state}`")]
pub struct OutOfOrder {
    state: &'static str,
    event: &'static str,
}

impl IncidentStatus {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::Open, Self::Closed, Self::Partial, Self::Restored];

    /// What follows; `None` is an incident that is not there yet.
    pub const fn next(state: Option<Self>, event: IncidentEvent) -> Result<Self, OutOfOrder> {
        use IncidentEvent::{Answered, FellShort, PutBack, TakenUp};
        match (state, event) {
            (None | Some(Self::Open | Self::Closed | Self::Partial), TakenUp) => Ok(Self::Open),
            (Some(Self::Open | Self::Closed | Self::Partial), Answered) => Ok(Self::Closed),
            (Some(Self::Open | Self::Closed | Self::Partial), FellShort) => Ok(Self::Partial),
            (Some(_), PutBack) => Ok(Self::Restored),
            (None, Answered | FellShort | PutBack)
            | (Some(Self::Restored), TakenUp | Answered | FellShort) => {
                let state = match state {
                    None => "nothing",
                    Some(state) => state.as_str(),
                };
                Err(OutOfOrder { state, event: event.as_str() })
            }
        }
    }

    /// The statuses that `event` may follow, and what it leads to.
    pub fn moves(event: IncidentEvent) -> impl Iterator<Item = (Self, Self)> {
        let next = move |from| Self::next(Some(from), event).ok().map(|to| (from, to));
        Self::ALL.into_iter().filter_map(next)
    }

    /// The name in the journal.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Partial => "partial",
            Self::Restored => "restored",
        }
    }

    /// By its name in the journal.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

impl IncidentEvent {
    const fn as_str(self) -> &'static str {
        match self {
            Self::TakenUp => "taken up",
            Self::Answered => "answered",
            Self::FellShort => "fell short",
            Self::PutBack => "put back",
        }
    }
}

impl StepStatus {
    /// Every status.
    pub const ALL: [Self; 6] = [
        Self::Intended,
        Self::Applied,
        Self::Unsure,
        Self::Released,
        Self::Restoring,
        Self::Restored,
    ];

    /// What follows; `None` is a step that is not there yet.
    pub const fn next(state: Option<Self>, event: StepEvent) -> Result<Self, OutOfOrder> {
        use StepEvent::{Applied, Failed, Intended, Kept, PutBack, PuttingBack, Released};
        match (state, event) {
            (None | Some(Self::Intended | Self::Applied | Self::Unsure), Intended) => {
                Ok(Self::Intended)
            }
            (Some(Self::Intended | Self::Applied | Self::Unsure), Applied) => Ok(Self::Applied),
            // Another delivery was told that it worked: a failure beside it changes nothing.
            (Some(Self::Applied), Failed) => Ok(Self::Applied),
            (Some(Self::Intended | Self::Unsure), Failed) => Ok(Self::Unsure),
            (Some(Self::Intended | Self::Applied | Self::Unsure | Self::Released), Released) => {
                Ok(Self::Released)
            }
            (
                Some(
                    Self::Intended
                    | Self::Applied
                    | Self::Unsure
                    | Self::Released
                    | Self::Restoring,
                ),
                PuttingBack,
            ) => Ok(Self::Restoring),
            (Some(Self::Restoring), Kept) => Ok(Self::Applied),
            (Some(_), PutBack) => Ok(Self::Restored),
            (None, Applied | Failed | Released | PuttingBack | PutBack | Kept)
            | (Some(Self::Intended | Self::Applied | Self::Unsure), Kept)
            | (Some(Self::Released), Intended | Applied | Failed | Kept)
            | (Some(Self::Restoring), Intended | Applied | Failed | Released)
            | (Some(Self::Restored), Intended | Applied | Failed | Released | PuttingBack | Kept) =>
            {
                let state = match state {
                    None => "nothing",
                    Some(state) => state.as_str(),
                };
                Err(OutOfOrder { state, event: event.as_str() })
            }
        }
    }

    /// The statuses that `event` may follow, and what it leads to.
    pub fn moves(event: StepEvent) -> impl Iterator<Item = (Self, Self)> {
        let next = move |from| Self::next(Some(from), event).ok().map(|to| (from, to));
        Self::ALL.into_iter().filter_map(next)
    }

    /// The name in the journal.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Intended => "intended",
            Self::Applied => "applied",
            Self::Unsure => "unsure",
            Self::Released => "released",
            Self::Restoring => "restoring",
            Self::Restored => "restored",
        }
    }

    /// By its name in the journal.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

impl StepEvent {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Intended => "intended",
            Self::Applied => "applied",
            Self::Failed => "failed",
            Self::Released => "released",
            Self::PuttingBack => "putting back",
            Self::PutBack => "put back",
            Self::Kept => "could not be put back",
        }
    }
}

impl fmt::Display for IncidentStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for StepStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_follows_a_restore_but_a_restore() {
        for event in [StepEvent::Intended, StepEvent::Applied, StepEvent::Failed] {
            assert!(StepStatus::next(Some(StepStatus::Restored), event).is_err());
            assert!(StepStatus::next(Some(StepStatus::Restoring), event).is_err());
        }
        for event in [IncidentEvent::TakenUp, IncidentEvent::Answered, IncidentEvent::FellShort] {
            assert!(IncidentStatus::next(Some(IncidentStatus::Restored), event).is_err());
        }
        let restored = IncidentStatus::next(Some(IncidentStatus::Restored), IncidentEvent::PutBack);
        assert_eq!(restored, Ok(IncidentStatus::Restored));
    }

    #[test]
    fn nothing_is_settled_that_was_never_intended() {
        for event in
            [StepEvent::Applied, StepEvent::Failed, StepEvent::Released, StepEvent::PutBack]
        {
            let error = StepStatus::next(None, event).expect_err("never intended");
            assert!(error.to_string().contains("must not follow `nothing`"), "{error}");
        }
    }

    #[test]
    fn a_failure_beside_a_success_leaves_the_success() {
        let next = StepStatus::next(Some(StepStatus::Applied), StepEvent::Failed);
        assert_eq!(next, Ok(StepStatus::Applied));
    }

    #[test]
    fn names_are_read_back() {
        assert!(IncidentStatus::ALL.iter().all(|s| IncidentStatus::parse(s.as_str()) == Some(*s)));
        assert!(StepStatus::ALL.iter().all(|s| StepStatus::parse(s.as_str()) == Some(*s)));
        assert_eq!(StepStatus::parse("gone"), None);
    }
}
