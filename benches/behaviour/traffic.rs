//! The calls that functions make on a day, in the ordinary course of things and while something is wrong
//! with them. Weekends have half of the calls, nights a fifth of a day's; jobs run at their hour.
//! EventBridge has a call a minute later on average. One of a hundred deliveries is up to half an hour late,
//! so that it comes after what happened later, and one of a hundred comes twice.

use super::{
    call::{Agent, By, Cause, From, Sent, What, denial},
    chance::{Chance, hashed},
    place::{self, Site, key, provider, sandbox},
    world::{DAY, Effect, Function, Kind, START, Use, World},
};
use time::OffsetDateTime;

/// APIs that are for the end of a month, or of a quarter.
const CLOSING: [&str; 6] = [
    "ce:GetCostAndUsage",
    "glue:StartWorkflowRun",
    "rds:CreateDBSnapshot",
    "ses:CreateTemplate",
    "states:StartSyncExecution",
    "transfer:StartFileTransfer",
];

impl World {
    /// What is delivered of a day's calls, in any order.
    pub fn day(&self, day: i64) -> Vec<Sent> {
        let mut sent = Vec::new();
        for at in 0..self.functions.len() {
            self.day_of(at, day, &mut sent);
        }
        let (midnight, mut chance) =
            (START + day * DAY, Chance::of(&[self.seed, 0xe7, day as u64]));
        for (when, at, one) in &self.extras {
            let calls = self.functions.get(*at).is_some_and(|one| one.calls_at(*when));
            if calls && (midnight..midnight + DAY).contains(when) {
                self.send(*at, *when, one.as_ref(), &mut chance, &mut sent);
            }
        }
        sent
    }

    fn day_of(&self, at: usize, day: i64, sent: &mut Vec<Sent>) {
        let Some(function) = self.functions.get(at) else { return };
        let mut chance = Chance::of(&[self.seed, 0xda1, function.number, day as u64]);
        let midnight = START + day * DAY;
        for (when, one) in times(function, day, &mut chance) {
            if function.calls_at(when) {
                self.send(at, when, one.as_ref(), &mut chance, sent);
            }
        }
        for (when, by) in &function.deployments {
            if (midnight..midnight + DAY).contains(when) {
                let cause = match by {
                    By::Deployer => Cause::Deployment,
                    By::Developer | By::Intruder => Cause::DeployedByMistake,
                };
                let one = Use { what: What::Deploy(*by), weight: 0.0, from: 0, cause };
                self.send(at, *when, Some(&one), &mut chance, sent);
            }
        }
        let first =
            function.uses.iter().filter(|one| (midnight..midnight + DAY).contains(&one.from));
        for one in first.filter(|one| function.calls_at(one.from)) {
            self.send(at, one.from, Some(one), &mut chance, sent);
        }
        self.own_of_lambda(at, midnight, &mut chance, sent);
    }

    /// What Lambda does with the role of a function.
    fn own_of_lambda(&self, at: usize, midnight: i64, chance: &mut Chance, sent: &mut Vec<Sent>) {
        let when = midnight + chance.below(DAY);
        let what = if chance.is(0.1) { What::Validation } else { What::LogStream };
        let one = Use { what, weight: 0.0, from: 0, cause: Cause::OfLambda };
        if self.functions.get(at).is_some_and(|function| function.calls_at(when)) {
            self.send(at, when, Some(&one), chance, sent);
        }
    }

    /// Sends one call: this one, or any that the function makes.
    pub fn send(
        &self,
        at: usize,
        when: i64,
        one: Option<&Use>,
        chance: &mut Chance,
        sent: &mut Vec<Sent>,
    ) {
        let Some(function) = self.functions.get(at) else { return };
        let Some((place, one)) =
            one.map(|one| (usize::MAX, one)).or_else(|| any(function, when, chance))
        else {
            return;
        };
        let slot = chance.below(1 + (function.rate / 400.0) as i64);
        let sandbox = sandbox(hashed(&[self.seed, function.number]), when, slot);
        let mut call = Sent {
            id: chance.next(),
            at: when,
            delivered: when + 20 + chance.wait(40.0),
            function: at,
            what: one.what,
            from: self.from(function, when, one.what, sandbox),
            agent: if chance.is(function.unsigned) { Agent::Unsigned } else { function.agent },
            failure: chance.is(0.003).then_some("ThrottlingException"),
            key: key(hashed(&[self.seed, function.number]), when, sandbox),
            cause: cause(function, one),
            again: false,
            late: false,
        };
        self.disturb(function, place, &mut call, chance);
        deliver(call, chance, sent);
    }

    fn from(&self, function: &Function, when: i64, what: What, sandbox: u64) -> From {
        let service = match what {
            What::Plain(api) | What::Object(api, _) => api.split(':').next().unwrap_or_default(),
            What::Role(_) | What::Validation => "sts",
            What::Deploy(_) => "lambda",
            What::LogStream => "logs",
        };
        match function.site {
            Site::Outside => From { address: provider(sandbox), endpoint: None },
            Site::Nat(vpc) | Site::Endpoints(vpc) => {
                let has_endpoints = matches!(function.site, Site::Endpoints(_));
                let vpc = self.vpcs.get(vpc).expect("a VPC");
                vpc.from(when, service, has_endpoints, sandbox)
            }
        }
    }

    /// What goes wrong with a call, or is otherwise than it was.
    fn disturb(&self, function: &Function, place: usize, call: &mut Sent, chance: &mut Chance) {
        if !call.is_of_function() {
            call.failure = None;
            return;
        }
        if let Site::Nat(vpc) | Site::Endpoints(vpc) = function.site
            && let Some(vpc) = self.vpcs.get(vpc)
            && is_ordinary(call.cause)
        {
            match (vpc.is_changed_lately(call.at), call.from.endpoint) {
                ((true, _), None) => call.cause = Cause::NatChanged,
                ((_, true), Some(_)) => call.cause = Cause::EndpointMoved,
                _ => {}
            }
        }
        let back = function.silent.filter(|(_, to)| call.at >= *to && call.at < to + 14 * DAY);
        if back.is_some() && is_ordinary(call.cause) {
            call.cause = Cause::SilentForLong;
        }
        let there = |one: &&super::world::Trouble| call.at >= one.from && call.at < one.to;
        for trouble in function.troubles.iter().filter(there).copied().collect::<Vec<_>>() {
            match trouble.effect {
                Effect::Fails(code) if chance.is(0.7) => call.failure = Some(code),
                Effect::Denied(first) if place < first => call.failure = Some(denial(call.what)),
                Effect::Upgraded if call.agent == Agent::Python => {
                    call.agent = Agent::PythonUpgraded;
                }
                Effect::Fails(_) | Effect::Denied(_) | Effect::Upgraded => continue,
            }
            if is_ordinary(call.cause) {
                call.cause = trouble.cause;
            }
        }
    }
}

/// Why a function makes a call, as its kind says where nothing else does.
fn cause(function: &Function, one: &Use) -> Cause {
    match one.cause {
        Cause::Ordinary if function.agent == Agent::Custom => Cause::CustomRuntime,
        Cause::Ordinary if function.unsigned > 0.0 => Cause::OwnLibrary,
        Cause::Ordinary if matches!(one.what, What::Role(_)) => Cause::KnownRole,
        Cause::Ordinary if one.what.is_of_iam() => Cause::Declared,
        other => other,
    }
}

const fn is_ordinary(cause: Cause) -> bool {
    matches!(
        cause,
        Cause::Ordinary
            | Cause::CustomRuntime
            | Cause::OwnLibrary
            | Cause::Declared
            | Cause::KnownRole
    )
}

/// Hands a call over, late or twice where that happens.
pub fn deliver(mut call: Sent, chance: &mut Chance, sent: &mut Vec<Sent>) {
    if chance.is(0.01) {
        call.delivered += 300 + chance.below(1500);
        call.late = true;
    }
    sent.push(call);
    if chance.is(0.01) {
        let delivered = call.delivered + 1 + chance.below(120);
        sent.push(Sent { delivered, again: true, ..call });
    }
}

/// Any call that a function makes, and which of its uses it is.
fn any<'f>(function: &'f Function, when: i64, chance: &mut Chance) -> Option<(usize, &'f Use)> {
    let there = || function.uses.iter().enumerate().filter(|(_, one)| one.from <= when);
    let mut left = chance.unit() * there().map(|(_, one)| one.weight).sum::<f64>();
    there().find(|(_, one)| {
        left -= one.weight;
        left <= 0.0
    })
}

/// When a function calls on a day, and what, where that is not any of its uses.
fn times(function: &Function, day: i64, chance: &mut Chance) -> Vec<(i64, Option<Use>)> {
    let midnight = START + day * DAY;
    let date = OffsetDateTime::from_unix_timestamp(midnight).expect("a day").date();
    let is_weekend = date.weekday().number_from_monday() > 5;
    let hour = (hashed(&[function.number, 0x40]) % 6) as i64 * 3600;
    let of_day = |chance: &mut Chance| match chance.is(0.2) {
        true => midnight + chance.below(8 * 3600),
        false => midnight + 8 * 3600 + chance.below(16 * 3600),
    };
    let mut times = Vec::new();
    match function.kind {
        Kind::Handler | Kind::Stream | Kind::Mover | Kind::Assumer => {
            let many = function.rate * if is_weekend { 0.6 } else { 1.16 };
            times.extend((0..chance.count(many)).map(|_| (of_day(chance), None)));
        }
        Kind::Health => {
            let every = (DAY as f64 / function.rate) as i64;
            times.extend((0..function.rate as i64).map(|one| (midnight + one * every, None)));
        }
        Kind::Nightly | Kind::MonthEnd | Kind::QuarterEnd | Kind::Helper | Kind::Auditor => {
            let many = chance.count(function.rate);
            times.extend((0..many).map(|_| (midnight + hour + chance.below(1200), None)));
        }
    }
    let next = date.next_day().unwrap_or(date);
    let (ends, closes) = (next.month() != date.month(), u8::from(date.month()) % 3 == 0);
    let cause = match function.kind {
        Kind::MonthEnd if ends => Some(Cause::MonthEnd),
        Kind::QuarterEnd if ends && closes => Some(Cause::QuarterEnd),
        _ => None,
    };
    let used = |what, cause| Some(Use { what, weight: 0.0, from: 0, cause });
    if let Some(cause) = cause {
        let mut same = Chance::of(&[function.number, 0xc1]);
        let many = 2 + same.below(3) as usize;
        for api in same.some(many, &CLOSING) {
            times.push((midnight + hour + chance.below(3600), used(What::Plain(api), cause)));
        }
    }
    if let Some(what) = function.rare.filter(|_| chance.is(1.0 / 30.0)) {
        times.push((of_day(chance), used(what, Cause::RareApi)));
    }
    times
}

/// Where an intruder inside a function calls from, and with which key.
pub fn inside(world: &World, function: &Function, when: i64, what: What) -> (From, u64) {
    let own = hashed(&[world.seed, function.number]);
    let sandbox = place::sandbox(own, when, 0);
    (world.from(function, when, what, sandbox), key(own, when, sandbox))
}
