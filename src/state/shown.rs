//! The state as far as an event shows it, for deciding without AWS.

use super::{PolicyState, State};
use crate::{
    event::{Event, Kind, ShownPolicy},
    iam::Document,
    resource::RevisionId,
};

impl State {
    /// The policy that an event shows, of a function or of a layer, as if nothing else were granted.
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
        if let Kind::LayerShared { layer, statement: Some(statement) } = &event.kind {
            let shown = ShownPolicy::Statement(statement.clone());
            let document = shown.document().map(|text| Document::parse(&text));
            state.layer_policies.insert(layer.clone(), document);
        }
        state
    }
}
