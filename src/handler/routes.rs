//! Where aliases lead is remembered when a change of it is accepted, in a dry run as well, as what a
//! function was: see `learning`.

use super::{HandlerError, Matter, Responder, learning};
use crate::{
    aws::{AwsError, ErrorKind},
    decision::Decision,
    resource::{FunctionResource, Qualifier},
    setting::Routing,
    state::{AliasState, Lesson, Read, State},
};

impl Responder {
    /// Where an alias led; and where it leads, if that is asked for and it is known where it led. The
    /// function is looked at only where the two differ.
    pub(super) async fn led(
        &self,
        read: &Read,
        errors: &mut Vec<AwsError>,
    ) -> Option<Result<State, AwsError>> {
        let (alias, looks) = match read {
            Read::Alias(alias) => (alias, true),
            Read::KnownAlias(alias) => (alias, false),
            _ => return None,
        };
        Some(self.alias(alias, looks, errors).await)
    }

    async fn alias(
        &self,
        alias: &FunctionResource,
        looks: bool,
        errors: &mut Vec<AwsError>,
    ) -> Result<State, AwsError> {
        let (function, mut state) = (&alias.function, State::default());
        let known = self.journal().known_alias(alias).await?;
        let mut found = AliasState { known, live: None, missing: [].into() };
        let before = found.known.before.as_ref();
        if let (true, Some(before)) = (looks, before)
            && let Some(back) = &before.routing
        {
            let name = alias.qualifier.as_ref().map(Qualifier::to_string).unwrap_or_default();
            let live = self.aws.alias(function, &name).await?;
            let knows = |live: &Routing| live.versions().all(|version| before.knows(version));
            if live.as_ref().is_some_and(|live| !knows(live)) {
                found.missing = self.aws.missing_versions(function, back.versions()).await?;
                let (live, unread) =
                    self.aws.read(&[Read::Function(function.clone())].into()).await;
                state.learn(live);
                errors.extend(unread);
            }
            found.live = Some(live);
        }
        state.aliases.insert(alias.clone(), found);
        Ok(state)
    }

    /// Writes down what a decision learned. Where another delivery was faster, it is looked again.
    pub(super) async fn keep_lesson(
        &self,
        matter: &Matter<'_>,
        decision: &Decision,
        state: &State,
    ) -> Result<(), HandlerError> {
        let at = matter.event.route.as_ref().and_then(|route| route.at);
        let (Some(at), Some(mut lesson)) = (at, decision.lesson.clone()) else { return Ok(()) };
        let mut known = state.clone();
        for _ in 0..learning::MOST_TRIES {
            let (id, now) = (matter.event.id.as_str(), matter.moment());
            match self.journal().keep(&lesson, known.version(&lesson), id, at, now).await {
                Ok(()) => return Ok(()),
                Err(error) if error.kind == ErrorKind::Precondition => {}
                Err(error) => return Err(error.into()),
            }
            let Lesson::Alias(alias, _) = &lesson;
            let again = self.journal().known_alias(alias).await?;
            if let Some(state) = known.aliases.get_mut(alias) {
                state.known = again;
            }
            let Some(next) = matter.decide(&known).lesson else { return Ok(()) };
            lesson = next;
        }
        Err(learning::written_all_the_time(&lesson).into())
    }
}
