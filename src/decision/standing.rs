//! Where a control stands for one resource: how far the control policy lets it go there and why,
//! what it would be elsewhere, and the exception that covers it.

use crate::{
    finding::Requirement,
    policy::{ControlPolicy, Mode, Reached, Validity, Whom},
    resource::Resource,
    state::State,
};
use serde::{Serialize, Serializer, ser::SerializeMap};
use time::Date;

/// Where a control stands for one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The requirement in one sentence.
    pub title: String,
    /// How far it may go for the resource, and why; the installation may not go as far.
    pub reached: Reached,
    /// What it would be elsewhere, and later.
    pub elsewhere: Vec<(String, Mode)>,
    /// The exception that covers the resource.
    pub excepted: Option<Excepted>,
}

/// An exception that covers a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excepted {
    /// Who answers for it.
    pub owner: String,
    /// The last day it holds.
    pub expires: Date,
    /// Where it stands today.
    pub validity: Validity,
}

impl Standing {
    pub(super) fn of(
        policy: &ControlPolicy,
        control: &Requirement,
        subject: &Resource,
        state: &State,
        today: Date,
    ) -> Self {
        let live = subject.function().and_then(|function| state.functions.get(function)?.as_ref());
        let tags = live.and_then(|live| live.tags.as_ref());
        let excepted = policy.exception(control, subject, today);
        Self {
            title: policy.title(control).to_owned(),
            reached: policy.reach(control, &Whom { resource: subject, tags }, today),
            elsewhere: policy.elsewhere(control, today),
            excepted: excepted.map(|(exception, validity)| Excepted {
                owner: exception.owner.clone(),
                expires: exception.expires,
                validity,
            }),
        }
    }

    /// What people are told of it, a line each.
    pub fn words(&self) -> Vec<String> {
        let Reached { mode, because } = &self.reached;
        let mut words = vec![format!("mode: {mode}, by {because}")];
        words.extend(self.doubts());
        words
    }

    /// What else people should know: what it would be elsewhere, and an exception that ends.
    pub fn doubts(&self) -> Vec<String> {
        let elsewhere = self.elsewhere.iter().filter(|(_, there)| *there != self.reached.mode);
        let elsewhere: Vec<String> =
            elsewhere.map(|(place, mode)| format!("{mode} {place}")).collect();
        let mut words = Vec::new();
        if !elsewhere.is_empty() {
            words.push(format!("elsewhere: {}", elsewhere.join("; ")));
        }
        if let Some(Excepted { owner, expires, validity }) = &self.excepted
            && *validity != Validity::Holds
        {
            words.push(format!("the exception of {owner} until {expires} {validity}"));
        }
        words
    }
}

impl Serialize for Standing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Elsewhere<'a> {
            place: &'a str,
            mode: Mode,
        }
        #[derive(Serialize)]
        struct Exception<'a> {
            owner: &'a str,
            expires: String,
            standing: String,
        }
        let elsewhere: Vec<_> =
            self.elsewhere.iter().map(|(place, mode)| Elsewhere { place, mode: *mode }).collect();
        let exception = self.excepted.as_ref().map(|excepted| Exception {
            owner: &excepted.owner,
            expires: excepted.expires.to_string(),
            standing: excepted.validity.to_string(),
        });
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("mode", &self.reached.mode)?;
        map.serialize_entry("because", &self.reached.because.to_string())?;
        map.serialize_entry("elsewhere", &elsewhere)?;
        map.serialize_entry("exception", &exception)?;
        map.end()
    }
}
