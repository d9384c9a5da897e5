//! One account of an archive: what is known of it, and what the control policies find in it. Each account has an
//! installation of its own, and so limits of its own.

use super::{
    difference,
    judge::{Answered, Judge, Matter},
    summary::{Difference, Reading},
};
use crate::{
    archive::{Delivery, Interest, Told},
    controls,
    event::{Event, EventError, Own},
    finding::shown,
    history::{History, Item},
    policy::ControlPolicy,
    resource::Home,
};
use std::{
    collections::{HashSet, VecDeque},
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};
use time::OffsetDateTime;

/// An event, and the file that holds it.
pub(super) struct Placed {
    pub(super) delivery: Delivery,
    pub(super) file: Arc<str>,
}

impl Placed {
    /// By time; of one second, as CloudTrail tells no less, what makes something before all else.
    pub(super) fn order(&self) -> (OffsetDateTime, bool, &str) {
        let Delivery { at, id, .. } = &self.delivery;
        (*at, !self.delivery.makes(), id)
    }
}

/// One account.
pub(super) struct Account<'p> {
    history: History,
    /// Of the control policy, and of the one it is compared with.
    pub(super) judges: Vec<Judge<'p>>,
    policies: Vec<&'p ControlPolicy>,
    pub(super) difference: Difference,
    /// The Regions with functions.
    homes: Vec<Home>,
    seen: Seen,
    last: Option<OffsetDateTime>,
    pub(super) reading: Reading,
}

/// Reasons that are counted apart.
const MOST_REASONS: usize = 1000;

impl<'p> Account<'p> {
    pub(super) fn new(policies: &[&'p ControlPolicy]) -> Self {
        Self {
            history: History::default(),
            judges: policies.iter().map(|policy| Judge::new(policy)).collect(),
            policies: policies.to_vec(),
            difference: Difference::default(),
            homes: Vec::new(),
            seen: Seen::default(),
            last: None,
            reading: Reading::default(),
        }
    }

    /// Judges one event after the other.
    pub(super) fn take(&mut self, events: Vec<Placed>) {
        for placed in &events {
            self.take_one(placed);
        }
    }

    fn take_one(&mut self, placed: &Placed) {
        let delivery = &placed.delivery;
        if !self.seen.insert(&delivery.id) {
            self.reading.repeated += 1;
            return;
        }
        self.reading.looked_at += 1;
        match self.last {
            Some(last) if delivery.at < last => self.reading.late += 1,
            Some(_) | None => self.last = Some(delivery.at),
        }
        self.learn(delivery);
        let mut answered: Vec<Answered> = self.judges.iter().map(|_| Answered::new()).collect();
        let (mut used, mut is_judged) = (None, false);
        for home in self.installations(delivery) {
            match self.judge(placed, &home, &mut answered) {
                Ok((event, judged)) => {
                    used = used.or(event);
                    is_judged |= judged;
                }
                Err(error) => self.malformed(&error),
            }
        }
        self.reading.judged += u64::from(is_judged);
        if let Some(event) = used {
            self.history.used(&event, delivery.at);
        }
        if let [new, old] = answered.as_slice() {
            difference::compare(&mut self.difference, new, old);
        }
    }

    fn learn(&mut self, delivery: &Delivery) {
        match &delivery.told {
            Told::Call { api, failed: false, .. } => {
                if api.starts_with("lambda:") && !self.homes.contains(&delivery.home) {
                    self.homes.push(delivery.home.clone());
                }
                if is_learned_from(api)
                    && let Some(call) = delivery.call()
                {
                    self.history.learn(&call);
                }
            }
            Told::Item(item) => {
                if let Ok(item) = serde_json::from_str::<Item<'_>>(item) {
                    self.history.take(&item);
                }
            }
            Told::Call { .. } | Told::Event(_) => {}
        }
    }

    /// Where an event is delivered to: its own Region, and what IAM tells to wherever there are functions.
    fn installations(&self, delivery: &Delivery) -> Vec<Home> {
        let of_iam = matches!(&delivery.told, Told::Call { api, .. } if api.starts_with("iam:"));
        let mut homes = if of_iam { self.homes.clone() } else { vec![delivery.home.clone()] };
        if of_iam
            && let Some(caller) = delivery.caller()
            && !homes.contains(&caller.home())
            && caller.account() == &delivery.home.account
        {
            homes.push(caller.home());
        }
        if homes.is_empty() {
            homes.push(delivery.home.clone());
        }
        homes
    }

    /// The event, and whether any control judged it.
    fn judge(
        &mut self,
        placed: &Placed,
        home: &Home,
        answered: &mut [Answered],
    ) -> Result<(Option<Event>, bool), EventError> {
        let delivery = &placed.delivery;
        let mut envelope = None;
        let (mut parsed, mut is_judged) = (None, false);
        for ((judge, policy), known) in self.judges.iter_mut().zip(&self.policies).zip(answered) {
            let event = match &delivery.told {
                Told::Call { record, api, .. } if policy.rules.is_empty() => {
                    let service = api.split_once(':').map_or("", |(service, _)| service);
                    Event::of_call(record, &format!("aws.{service}"), home)?
                }
                _ => {
                    let envelope = envelope.get_or_insert_with(|| delivery.envelope());
                    controls::event(policy, envelope, home, &Own::default())?
                }
            };
            let (history, file) = (&self.history, placed.file.as_ref());
            is_judged |=
                judge.judge(Matter { event: &event, history, home, now: delivery.at, file }, known);
            parsed = Some(event);
        }
        Ok((parsed, is_judged))
    }

    fn malformed(&mut self, error: &EventError) {
        let reasons = &mut self.reading.malformed;
        let reason = shown(&error.to_string(), 200);
        let is_full = reasons.len() >= MOST_REASONS && !reasons.contains_key(&reason);
        let reason = if is_full { "other reasons".to_owned() } else { reason };
        *reasons.entry(reason).or_default() += 1;
    }
}

/// Whether a call may change something: most are invocations, and calls by functions.
fn is_learned_from(api: &str) -> bool {
    let service = api.split_once(':').map_or("", |(service, _)| service);
    Interest::CHANGED.contains(&service) && api != "lambda:Invoke"
}

/// The events that were seen lately, by a hash of their ids.
#[derive(Default)]
struct Seen {
    known: HashSet<u64>,
    order: VecDeque<u64>,
}

/// As many are remembered.
const MOST_SEEN: usize = 1 << 20;

impl Seen {
    /// Whether it was not seen before.
    fn insert(&mut self, id: &str) -> bool {
        let mut hasher = DefaultHasher::new();
        id.hash(&mut hasher);
        let hash = hasher.finish();
        if !self.known.insert(hash) {
            return false;
        }
        self.order.push_back(hash);
        if self.order.len() > MOST_SEEN
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
        true
    }
}
