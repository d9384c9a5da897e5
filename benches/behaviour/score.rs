//! What came of the deliveries, held against what is known of each: which are of attacks, and why the others
//! were made. A finding on an innocent call beside an attack on the same function counts neither way; nor does
//! what a containment itself causes.

use super::{
    attacks::Attack,
    call::{Cause, Sent},
    responder::Answer,
    world::{DAY, START},
};
use cordon::finding::ControlId;
use std::collections::BTreeMap;

/// Why a call was made, or else what it came beside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    Of(Cause),
    DeliveredAgain,
    BesideAttack,
    WhileRevoked,
}

/// How many findings a control had.
#[derive(Debug, Clone, Copy, Default)]
pub struct Findings {
    pub of_attacks: u64,
    pub beside: u64,
    pub false_alarms: u64,
}

/// What is known of one attack.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    pub began: i64,
    pub ends: i64,
    /// When each control saw it first.
    pub by: BTreeMap<ControlId, i64>,
    /// When people were told first.
    pub told: Option<i64>,
    pub contained: Option<i64>,
    /// Whether the function was still learned when it began, and whether it was just deployed.
    pub stood: Option<(bool, bool)>,
}

/// A containment of an innocent function.
#[derive(Debug, Clone)]
pub struct Wrong {
    pub class: Class,
    pub stops: bool,
    pub signs: String,
    /// Which function, by which call.
    pub words: String,
}

/// What came of all.
#[derive(Default)]
pub struct Score {
    pub findings: BTreeMap<ControlId, Findings>,
    /// Deliveries, and false alarms by control.
    pub classes: BTreeMap<Class, (u64, BTreeMap<ControlId, u64>)>,
    pub late: u64,
    pub wrong: Vec<Wrong>,
    pub right: u64,
    pub attacks: Vec<Seen>,
    /// By day: all, and those of no attack.
    pub told: BTreeMap<i64, (u64, u64)>,
    /// By control: how often people were told by an innocent call.
    pub told_by: BTreeMap<ControlId, u64>,
    /// By hour: containments.
    pub hours: BTreeMap<i64, u64>,
    pub unclear: BTreeMap<String, u64>,
    /// The attack on each function.
    on: BTreeMap<usize, u32>,
    /// Findings of causes that are told as examples.
    pub examples: BTreeMap<(Class, ControlId), String>,
}

impl Score {
    /// Nothing yet, of these attacks.
    pub fn of(attacks: &[Attack]) -> Self {
        let seen = attacks.iter().map(|attack| Seen {
            began: attack.calls.iter().map(|call| call.at).min().unwrap_or_default(),
            ends: attack.calls.iter().map(|call| call.delivered).max().unwrap_or_default(),
            ..Seen::default()
        });
        let on = attacks.iter().enumerate().map(|(number, one)| (one.function, number as u32));
        Self { attacks: seen.collect(), on: on.collect(), ..Self::default() }
    }

    /// A call of an attack is about to be looked at.
    pub fn begins(&mut self, number: u32, stands: (bool, bool)) {
        if let Some(attack) = self.attacks.get_mut(number as usize) {
            attack.stood.get_or_insert(stands);
        }
    }

    /// The class of a delivery.
    fn class(&self, call: &Sent, revoked: bool) -> Class {
        let attack = self.on.get(&call.function).and_then(|one| self.attacks.get(*one as usize));
        let beside = |one: &Seen| {
            let ends = one.contained.map_or(one.ends, |at| one.ends.max(at + 4 * 3600));
            call.delivered >= one.began && call.delivered < ends + 3600
        };
        match (call.cause, attack) {
            (Cause::Attack(_), _) => Class::Of(call.cause),
            (_, Some(attack)) if beside(attack) => Class::BesideAttack,
            (_, _) if revoked => Class::WhileRevoked,
            (_, _) if call.again => Class::DeliveredAgain,
            (cause, _) => Class::Of(cause),
        }
    }

    /// Counts a delivery. `revoked`: it fails because its function is contained.
    pub fn record(&mut self, call: &Sent, name: &str, revoked: bool, answer: &Answer) {
        let class = self.class(call, revoked);
        let counted = match class {
            Class::Of(Cause::Attack(_)) => Class::Of(Cause::Attack(0)),
            other => other,
        };
        let entry = self.classes.entry(counted).or_default();
        entry.0 += 1;
        for (control, _, words) in &answer.findings {
            let findings = self.findings.entry(*control).or_default();
            match class {
                Class::Of(Cause::Attack(_)) => findings.of_attacks += 1,
                Class::BesideAttack | Class::WhileRevoked => findings.beside += 1,
                Class::Of(_) | Class::DeliveredAgain => {
                    findings.false_alarms += 1;
                    self.late += u64::from(call.late);
                }
            }
            *entry.1.entry(*control).or_default() += 1;
            let example = || format!("{name}, {}: {words}", call.api());
            self.examples.entry((counted, *control)).or_insert_with(example);
        }
        if let Some(why) = &answer.unclear {
            *self.unclear.entry(why.clone()).or_default() += 1;
        }
        if answer.told {
            let day = self.told.entry((call.delivered - START) / DAY).or_default();
            day.0 += 1;
            let innocent = !matches!(class, Class::Of(Cause::Attack(_)) | Class::BesideAttack);
            day.1 += u64::from(innocent);
            for (control, _, _) in answer.findings.iter().filter(|_| innocent) {
                *self.told_by.entry(*control).or_default() += 1;
            }
        }
        if answer.contained.is_some() {
            *self.hours.entry(call.delivered / 3600).or_default() += 1;
        }
        match (class, answer.contained) {
            (Class::Of(Cause::Attack(_)) | Class::BesideAttack, Some(_)) => self.right += 1,
            (_, Some(stops)) => {
                let by = answer.findings.iter();
                let by = by.map(|(control, _, words)| signs(*control, words)).collect::<Vec<_>>();
                let (signs, words) = (by.join(" + "), format!("{name}, {}", call.api()));
                self.wrong.push(Wrong { class, stops, signs, words });
            }
            (_, None) => {}
        }
        self.attacked(call, class, answer);
    }

    /// What an attack's delivery, or one beside it, shows of it.
    fn attacked(&mut self, call: &Sent, class: Class, answer: &Answer) {
        let of = match (class, self.on.get(&call.function)) {
            (Class::Of(Cause::Attack(number)), _) => number,
            (Class::BesideAttack, Some(number)) => *number,
            _ => return,
        };
        let Some(attack) = self.attacks.get_mut(of as usize) else { return };
        if answer.contained.is_some() {
            attack.contained.get_or_insert(call.delivered);
        }
        if class == Class::BesideAttack {
            return;
        }
        for (control, _, _) in &answer.findings {
            attack.by.entry(*control).or_insert(call.delivered);
        }
        if answer.told {
            attack.told.get_or_insert(call.delivered);
        }
    }
}

/// What a control saw, without the place.
fn signs(control: ControlId, words: &str) -> String {
    let signs = words.split("signs: ").nth(1).unwrap_or_default();
    let signs = signs.split("; ").skip(1).collect::<Vec<_>>().join(", ");
    if signs.is_empty() { control.to_string() } else { format!("{control} ({signs})") }
}
