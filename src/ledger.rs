//! What was answered lately, and whether one more answer may be given: the arithmetic of the control
//! policy's limits. An answer is one event on one subject that changes something but tags, however
//! many steps that takes; it counts once, however often it is delivered. Time is an argument.

mod breaker;

pub use breaker::{Barred, Breaker, BreakerEvent, TURN, Turn};

use crate::{
    finding::fingerprint,
    policy::{Cap, Class, Kind, Limits, Per},
    resource::{AccountId, Resource},
};
use breaker::clock;
use serde::{Deserialize, Serialize};
use std::fmt;
use time::{OffsetDateTime, serde::timestamp};

/// An answer that is to be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The same for every delivery of one event about one subject.
    pub id: String,
    /// The function, or whatever else it is about.
    subject: String,
    account: String,
    actor: Option<String>,
    stops: bool,
    class: Class,
}

impl Answer {
    /// The answer to an event about a resource. `actor` is whose event it is; an answer to nobody's
    /// event is not counted by actor. What tells no account is counted with all that tells none.
    pub fn new(event: &str, about: &Resource, actor: Option<&str>) -> Self {
        let arn = about.subject().to_string();
        Self {
            id: fingerprint(&[event, &arn]),
            subject: fingerprint(&[&arn]),
            account: about.account().map(AccountId::to_string).unwrap_or_default(),
            actor: actor.map(|actor| fingerprint(&[actor])),
            stops: false,
            class: Class::Ordinary,
        }
    }

    /// Whether it stops the function, which is not stopped yet.
    #[must_use]
    pub fn stopping(self, stops: bool) -> Self {
        Self { stops, ..self }
    }

    /// Whether a critical finding asks for it.
    #[must_use]
    pub fn critical(self, critical: bool) -> Self {
        Self { class: if critical { Class::Critical } else { Class::Ordinary }, ..self }
    }
}

/// What was answered within the last window, and the breakers that are not closed. In seconds: an
/// answer may count a second too long, never too short.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ledger {
    answers: Vec<Counted>,
    breakers: Vec<Guard>,
}

/// An answer that was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Counted {
    id: String,
    #[serde(with = "timestamp")]
    at: OffsetDateTime,
    #[serde(rename = "function")]
    subject: String,
    account: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    actor: Option<String>,
    stops: bool,
}

/// A breaker, and the limit that it guards. A limit that the control policy has changed since is
/// another one: that is how an operator closes a breaker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Guard {
    cap: Cap,
    account: String,
    breaker: Breaker,
}

/// What comes of asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admission {
    /// It was counted before.
    Known,
    /// It may be given once this is written down.
    Admitted(Ledger),
    /// It may not; where this opened a breaker, that is to be written down.
    Refused(Refusal, Option<Ledger>),
}

/// Why an answer may not be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// The limit.
    pub cap: Cap,
    /// What of it.
    pub barred: Barred,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cap, barred } = self;
        match barred {
            Barred::Reached => write!(f, "{cap}"),
            Barred::Open { until } => write!(f, "{cap}; breaker open until {}", clock(*until)),
            Barred::Turn { until } => {
                write!(f, "{cap}; breaker half open, the next turn is at {}", clock(*until))
            }
        }
    }
}

impl Ledger {
    /// Whether `answer` may be given now. Of several limits the narrowest is named.
    pub fn admit(&self, answer: &Answer, limits: &Limits, now: OffsetDateTime) -> Admission {
        let mut next = self.at(limits, now);
        let known = next.answers.iter().position(|counted| counted.id == answer.id);
        let counted = known.and_then(|index| next.answers.get(index));
        let kinds: &[Kind] = match (counted, answer.stops) {
            (Some(counted), stops) if counted.stops || !stops => return Admission::Known,
            // It turned out later that it stops the function.
            (Some(_), _) => &[Kind::Stops],
            (None, true) => &[Kind::Changes, Kind::Stops],
            (None, false) => &[Kind::Changes],
        };
        for guard in next.breakers.iter_mut().filter(|guard| guard.concerns(answer, kinds)) {
            match guard.breaker.clone().next(BreakerEvent::Asked { now }) {
                Ok(breaker) => guard.breaker = breaker,
                Err(barred) => {
                    return Admission::Refused(Refusal { cap: guard.cap, barred }, None);
                }
            }
        }
        if let Some(cap) = next.reached(answer, kinds, limits) {
            let opened = self.at(limits, now).opened(cap, &answer.account, now);
            return Admission::Refused(Refusal { cap, barred: Barred::Reached }, opened);
        }
        match known.and_then(|index| next.answers.get_mut(index)) {
            Some(counted) => counted.stops = true,
            None => next.answers.push(Counted {
                id: answer.id.clone(),
                at: now,
                subject: answer.subject.clone(),
                account: answer.account.clone(),
                actor: answer.actor.clone(),
                stops: answer.stops,
            }),
        }
        Admission::Admitted(next)
    }

    /// The breakers that are not closed, with the limit that each guards.
    pub fn breakers(&self, now: OffsetDateTime) -> Vec<(Cap, Breaker)> {
        let all = self.breakers.iter().filter_map(|guard| guard.at(now));
        let all = all.filter(|guard| guard.breaker != Breaker::Closed);
        all.map(|guard| (guard.cap, guard.breaker)).collect()
    }

    /// What of it still counts.
    fn at(&self, limits: &Limits, now: OffsetDateTime) -> Self {
        let since = now - limits.window.duration();
        let answers = self.answers.iter().filter(|counted| counted.at >= since).cloned().collect();
        let in_force = |guard: &&Guard| {
            let Cap { kind, scope, class, .. } = guard.cap;
            limits.cap(kind, scope, class) == guard.cap
        };
        let breakers = self.breakers.iter().filter(in_force).filter_map(|guard| guard.at(now));
        let breakers = breakers.filter(|guard| guard.breaker != Breaker::Closed).collect();
        Self { answers, breakers }
    }

    /// The first limit that leaves no room for `answer`.
    fn reached(&self, answer: &Answer, kinds: &[Kind], limits: &Limits) -> Option<Cap> {
        let caps = kinds.iter().flat_map(|kind| {
            Per::ALL.into_iter().map(|scope| limits.cap(*kind, scope, answer.class))
        });
        let mut caps = caps.filter(|cap| self.used(cap, answer) >= cap.most);
        caps.next()
    }

    /// How many answers count beside `answer`.
    fn used(&self, cap: &Cap, answer: &Answer) -> u32 {
        let counts = |counted: &&Counted| {
            let kind = match cap.kind {
                Kind::Changes => true,
                Kind::Stops => counted.stops,
            };
            let same = match cap.scope {
                Per::Function => counted.subject == answer.subject,
                Per::Actor => answer.actor.is_some() && counted.actor == answer.actor,
                Per::Account => counted.account == answer.account,
                Per::Installation => true,
            };
            kind && same
        };
        u32::try_from(self.answers.iter().filter(counts).count()).unwrap_or(u32::MAX)
    }

    /// With the breaker of a limit opened, if it has one. One function, or one actor, that is
    /// answered too often says nothing about all others.
    fn opened(mut self, cap: Cap, account: &str, now: OffsetDateTime) -> Option<Self> {
        match cap.scope {
            Per::Function | Per::Actor => return None,
            Per::Account | Per::Installation => {}
        }
        let until = now + cap.window.duration();
        let same = |guard: &&mut Guard| guard.cap == cap && guard.account == account;
        let reached = BreakerEvent::Reached { until };
        match self.breakers.iter_mut().find(same) {
            Some(guard) => guard.breaker = guard.breaker.clone().next(reached).ok()?,
            None => {
                let (breaker, account) = (Breaker::Closed.next(reached).ok()?, account.to_owned());
                self.breakers.push(Guard { cap, account, breaker });
            }
        }
        Some(self)
    }
}

impl Guard {
    /// How it stands now.
    fn at(&self, now: OffsetDateTime) -> Option<Self> {
        let window = self.cap.window.duration();
        let breaker = self.breaker.clone().next(BreakerEvent::Passed { now, window }).ok()?;
        Some(Self { breaker, ..self.clone() })
    }

    /// Whether an answer has to pass it. What was reached by ordinary findings does not keep
    /// critical ones from their reserve.
    fn concerns(&self, answer: &Answer, kinds: &[Kind]) -> bool {
        let scope = match self.cap.scope {
            Per::Installation => true,
            Per::Account | Per::Function | Per::Actor => self.account == answer.account,
        };
        let class = match (self.cap.class, answer.class) {
            (Class::Ordinary, Class::Critical) => false,
            (Class::Ordinary, Class::Ordinary) | (Class::Critical, _) => true,
        };
        scope && class && kinds.contains(&self.cap.kind)
    }
}

#[cfg(test)]
mod tests;
