//! Where aliases and event source mappings lead is remembered when a change of it is accepted, in a dry
//! run as well, as what a function was: see `learning`.

use super::{HandlerError, Matter, Responder, learning};
use crate::{
    aws::{AwsError, ErrorKind},
    decision::Decision,
    resource::{Arn, FunctionArn, FunctionResource, Qualifier},
    setting::Routing,
    state::{AliasState, Lesson, MappingSnapshot, MappingState, Read, State},
};

impl Responder {
    /// Where an alias led; and where it leads, if that is asked for and it is known where it led. The
    /// function is looked at only where the two differ.
    pub(super) async fn led(
        &self,
        read: &Read,
        errors: &mut Vec<AwsError>,
    ) -> Option<Result<State, AwsError>> {
        if let Read::Alias(alias) | Read::KnownAlias(alias) = read {
            let looks = matches!(read, Read::Alias(_));
            return Some(self.alias(alias, looks, errors).await);
        }
        if let Read::Mapping(mapping, now) | Read::KnownMapping(mapping, now) = read {
            let looks = matches!(read, Read::Mapping(_, _));
            return Some(self.mapping(mapping, now, looks, errors).await);
        }
        None
    }

    async fn mapping(
        &self,
        mapping: &Arn,
        function: &FunctionArn,
        looks: bool,
        errors: &mut Vec<AwsError>,
    ) -> Result<State, AwsError> {
        let mut state = State::default();
        let known = self.journal().known_mapping(mapping, function).await?;
        let mut found = MappingState { known, live: None, missing: None };
        if let (true, Some(MappingSnapshot { function: back, .. })) = (looks, &found.known.before) {
            let live = self.aws.mapped(mapping.name()).await?;
            if live.as_ref().is_some_and(|live| live != back) {
                found.missing = told(self.aws.is_there(back).await, errors).map(|there| !there);
                self.look(&back.function, &mut state, errors).await;
            }
            found.live = Some(live);
        }
        state.mappings.insert(mapping.clone(), found);
        Ok(state)
    }

    /// Reads a function that something may be found on.
    async fn look(&self, function: &FunctionArn, state: &mut State, errors: &mut Vec<AwsError>) {
        let (live, unread) = self.aws.read(&[Read::Function(function.clone())].into()).await;
        state.learn(live);
        errors.extend(unread);
    }

    async fn alias(
        &self,
        alias: &FunctionResource,
        looks: bool,
        errors: &mut Vec<AwsError>,
    ) -> Result<State, AwsError> {
        let (function, mut state) = (&alias.function, State::default());
        let known = self.journal().known_alias(alias).await?;
        let mut found = AliasState { known, live: None, missing: None };
        let before = found.known.before.as_ref();
        if let (true, Some(before)) = (looks, before)
            && let Some(back) = &before.routing
        {
            let name = alias.qualifier.as_ref().map(Qualifier::to_string).unwrap_or_default();
            let live = self.aws.alias(function, &name).await?;
            let knows = |live: &Routing| live.versions().all(|version| before.knows(version));
            if live.as_ref().is_some_and(|live| !knows(live)) {
                let missing = self.aws.missing_versions(function, back.versions()).await;
                found.missing = told(missing, errors);
                self.look(function, &mut state, errors).await;
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
            self.know_again(matter, &lesson, &mut known).await?;
            let Some(next) = matter.decide(&known).lesson else { return Ok(()) };
            lesson = next;
        }
        Err(learning::written_all_the_time(&lesson).into())
    }

    async fn know_again(
        &self,
        matter: &Matter<'_>,
        lesson: &Lesson,
        known: &mut State,
    ) -> Result<(), AwsError> {
        match lesson {
            Lesson::Alias(alias, _) => {
                let again = self.journal().known_alias(alias).await?;
                if let Some(state) = known.aliases.get_mut(alias) {
                    state.known = again;
                }
            }
            Lesson::Mapping(mapping, led) => {
                let function = matter.event.function().unwrap_or(&led.function.function);
                let again = self.journal().known_mapping(mapping, function).await?;
                if let Some(state) = known.mappings.get_mut(mapping) {
                    state.known = again;
                }
            }
        }
        Ok(())
    }
}

/// What cannot be read keeps nothing else from being told.
fn told<T>(answer: Result<T, AwsError>, errors: &mut Vec<AwsError>) -> Option<T> {
    answer.map_err(|error| errors.push(error)).ok()
}
