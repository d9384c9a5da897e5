//! The state as far as an event shows it, for deciding without AWS.

use super::{PolicyState, State};
use crate::{
    event::{Event, Kind},
    iam::Document,
    resource::RevisionId,
};

impl State {
    /// The policy that an event shows, as if nothing else were granted.
    pub fn as_shown(event: &Event) -> Self {
        let mut state = Self::default();
        if let Kind::PolicyChange { resource, shown } = &event.kind
            && let Some(text) = shown.document()
        {
            let revision = Some(RevisionId("as-shown".to_owned()));
            let document = Document::parse(&text);
            state.policies.insert(resource.clone(), Some(PolicyState { document, revision }));
            state.urls.insert(resource.clone(), None);
        }
        state
    }
}
