//! The deliveries of all days, one after the other, as they arrive. A function that is contained is put back
//! by an operator four hours later, and an intruder is out then; meanwhile its calls, and the intruder's, are
//! denied, or not made where it is stopped. Deliveries go to any environment of the responder; each lives for
//! six hours.

use super::{
    attacks::Attack,
    call::{Cause, Sent, denial},
    chance::hashed,
    responder::Responder,
    score::Score,
    world::{DAY, START, World},
};
use std::{
    collections::{HashMap, HashSet},
    time::{Duration, Instant},
};
use time::OffsetDateTime;

/// How long until an operator has looked at a containment.
const RESTORED_AFTER: i64 = 4 * 3600;

/// The environments of the responder, and how long each lives.
pub const ENVIRONMENTS: usize = 2;
const LIFE: i64 = 6 * 3600;

/// A run.
pub struct Run<'w> {
    world: &'w World,
    pub responder: Responder,
    pub score: Score,
    /// What the responder took, without what makes the events.
    pub took: Duration,
    /// When each contained function is put back, and whether an intruder is then out.
    contained: HashMap<usize, i64>,
    evicted: HashSet<usize>,
    turns: [i64; ENVIRONMENTS],
}

impl<'w> Run<'w> {
    /// One that has not begun.
    pub fn of(world: &'w World, responder: Responder, attacks: &[Attack]) -> Self {
        Self {
            world,
            responder,
            score: Score::of(attacks),
            took: Duration::ZERO,
            contained: HashMap::new(),
            evicted: HashSet::new(),
            turns: [0; ENVIRONMENTS],
        }
    }

    /// Everything that is delivered on these days, until `end`.
    pub fn through(&mut self, attacks: &[Attack], end: i64) {
        let mut pending: Vec<Sent> = attacks.iter().flat_map(|one| one.calls.clone()).collect();
        for day in 0..self.world.days {
            let midnight = START + (day + 1) * DAY;
            pending.extend(self.world.day(day));
            pending.sort_unstable_by_key(|call| (call.delivered, call.id));
            let due = pending.partition_point(|call| call.delivered < midnight.min(end));
            for call in pending.drain(..due) {
                self.deliver(call);
            }
            if midnight >= end {
                break;
            }
        }
    }

    fn deliver(&mut self, mut call: Sent) {
        let Some(function) = self.world.functions.get(call.function) else { return };
        let now = OffsetDateTime::from_unix_timestamp(call.delivered).expect("a time");
        self.put_back(&call, now);
        let is_attack = matches!(call.cause, Cause::Attack(_));
        if is_attack && self.evicted.contains(&call.function) {
            return;
        }
        let subject = self.responder.journal.subject(&function.arn);
        let contained = subject.filter(|one| one.incident.is_some() && call.is_of_function());
        let (revoked, stopped) = (contained.is_some(), contained.is_some_and(|one| one.stopped));
        if stopped && !is_attack {
            return;
        }
        if revoked {
            call.failure = Some(denial(call.what));
        }
        self.responder.trail.record(function.number, &call);
        let environment = self.environment(&call);
        let payload = call.json(function);
        if let Cause::Attack(number) = call.cause {
            let stands = self.responder.journal.stands(&function.arn, now);
            self.score.begins(number, stands);
        }
        let began = Instant::now();
        let answer = self.responder.answer(&payload, function, environment, now);
        self.took += began.elapsed();
        if answer.contained.is_some() {
            self.contained.entry(call.function).or_insert(call.delivered + RESTORED_AFTER);
        }
        self.score.record(&call, &function.name, revoked, &answer);
    }

    fn put_back(&mut self, call: &Sent, now: OffsetDateTime) {
        let due = self.contained.get(&call.function).is_some_and(|at| *at <= call.delivered);
        let Some(function) = self.world.functions.get(call.function).filter(|_| due) else {
            return;
        };
        self.contained.remove(&call.function);
        self.evicted.insert(call.function);
        self.responder.journal.restore(&function.arn, now);
    }

    /// Any environment, which is new if the one before has lived long enough.
    fn environment(&mut self, call: &Sent) -> usize {
        let number = (hashed(&[call.id, u64::from(call.again)]) % ENVIRONMENTS as u64) as usize;
        let turn = (call.delivered + number as i64 * LIFE / ENVIRONMENTS as i64) / LIFE;
        if let Some(known) = self.turns.get_mut(number)
            && *known != turn
        {
            *known = turn;
            self.responder.replace(number);
        }
        number
    }
}
