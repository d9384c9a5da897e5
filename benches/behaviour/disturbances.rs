//! What disturbs an account and is no attack. When it happens is a part of all the time that is looked at;
//! which functions it happens to is drawn.
//!
//! | what | how much |
//! |---|---|
//! | other NAT gateways | three times, of 4, 3 and 1 VPCs of 12, all their functions at once |
//! | other endpoints | twice, of 2 VPCs each |
//! | throttled | three storms of two hours, 20 functions each, 100 calls of each more than usual |
//! | one API denied | 20 functions for two days, with 150 tries each, one of them with 3,000 |
//! | six APIs denied | 30 functions for six hours, each called soon and again every hour |
//! | another version of the SDK | a quarter of the functions, for two weeks |
//! | a Region's incident | two hours in which most calls of all functions fail |
//! | backfills | 15 movers, once each, read 1,000 to 3,000 objects within two hours |
//! | silent | 3 % of the functions, for two thirds of the time: two months of three |

use super::{
    call::{ACCOUNT, Cause, What},
    chance::Chance,
    world::{DAY, Effect, Function, Kind, Trouble, Use, World},
};

/// When NAT gateways change, and of which VPCs.
const EGRESS: [(f64, std::ops::Range<usize>); 3] = [(0.3, 0..4), (0.55, 4..7), (0.8, 7..8)];

/// When endpoints move, and of which VPCs.
const ENDPOINTS: [(f64, std::ops::Range<usize>); 2] = [(0.4, 8..10), (0.7, 10..12)];

impl World {
    /// The same with all that disturbs it.
    pub fn disturbed(mut self) -> Self {
        let mut chance = Chance::of(&[self.seed, 0xd15]);
        for (part, which) in EGRESS {
            let at = self.moment(part);
            for vpc in self.vpcs.get_mut(which).into_iter().flatten() {
                vpc.change_egress(at, &mut chance);
            }
        }
        for (part, which) in ENDPOINTS {
            let at = self.moment(part);
            for vpc in self.vpcs.get_mut(which).into_iter().flatten() {
                vpc.move_endpoints(at);
            }
        }
        let silent = (self.moment(0.2), self.moment(0.87));
        for function in &mut self.functions {
            function.silent = chance.is(0.03).then_some(silent);
        }
        for part in [0.25, 0.5, 0.75] {
            self.throttle(self.moment(part), &mut chance);
        }
        self.deny_one(self.moment(0.35), &mut chance);
        self.deny_six(self.moment(0.5), &mut chance);
        self.backfill(&mut chance);
        let (from, to) = (self.moment(0.45), self.moment(0.45) + 14 * DAY);
        for function in self.functions.iter_mut().filter(|_| chance.is(0.25)) {
            let (effect, cause) = (Effect::Upgraded, Cause::SdkUpgraded);
            function.troubles.push(Trouble { from, to, effect, cause });
        }
        let (from, to) = (self.moment(0.6), self.moment(0.6) + 2 * 3600);
        for function in &mut self.functions {
            let (effect, cause) = (Effect::Fails("InternalFailure"), Cause::RegionalIncident);
            function.troubles.push(Trouble { from, to, effect, cause });
        }
        self
    }

    /// So many functions of those that are there at a time.
    fn some(
        &self,
        many: usize,
        at: i64,
        chance: &mut Chance,
        is: impl Fn(&Function) -> bool,
    ) -> Vec<usize> {
        let all = self.functions.iter().enumerate();
        let there = all.filter(|(_, one)| one.calls_at(at) && is(one)).map(|(at, _)| at);
        chance.some(many, &there.collect::<Vec<_>>())
    }

    fn trouble(&mut self, function: usize, trouble: Trouble) {
        if let Some(function) = self.functions.get_mut(function) {
            function.troubles.push(trouble);
        }
    }

    /// One thing of those that a function does, by its place.
    fn used(&self, function: usize, place: usize) -> Option<Use> {
        self.functions.get(function)?.uses.get(place).copied()
    }

    fn throttle(&mut self, from: i64, chance: &mut Chance) {
        for function in self.some(20, from, chance, |_| true) {
            let (to, effect) = (from + 2 * 3600, Effect::Fails("ThrottlingException"));
            self.trouble(function, Trouble { from, to, effect, cause: Cause::Throttled });
            let more = (0..100).map(|_| (from + chance.below(7200), function, None));
            self.extras.extend(more.collect::<Vec<_>>());
        }
    }

    fn backfill(&mut self, chance: &mut Chance) {
        let at = self.moment(0.4);
        for function in self.some(15, at, chance, |one| one.kind == Kind::Mover) {
            let from = at + chance.below(20 * DAY);
            let what = What::Object("s3:GetObject", ACCOUNT);
            let one = Some(Use { what, weight: 0.0, from: 0, cause: Cause::Backfill });
            let many = 1000 + chance.below(2000);
            let more = (0..many).map(|_| (from + chance.below(7200), function, one));
            self.extras.extend(more.collect::<Vec<_>>());
        }
    }

    fn deny_one(&mut self, from: i64, chance: &mut Chance) {
        for (number, function) in self.some(20, from, chance, |_| true).into_iter().enumerate() {
            let (to, effect) = (from + 2 * DAY, Effect::Denied(1));
            self.trouble(function, Trouble { from, to, effect, cause: Cause::OneDenied });
            let many = if number == 0 { 3000 } else { 150 };
            let one = self.used(function, 0);
            let more = (0..many).map(|_| (from + chance.below(2 * DAY), function, one));
            self.extras.extend(more.collect::<Vec<_>>());
        }
    }

    fn deny_six(&mut self, from: i64, chance: &mut Chance) {
        let has_six = |one: &Function| one.uses.iter().filter(|one| one.from <= from).count() >= 6;
        for function in self.some(30, from, chance, has_six) {
            let (to, effect) = (from + 6 * 3600, Effect::Denied(6));
            self.trouble(function, Trouble { from, to, effect, cause: Cause::SixDenied });
            for place in 0..6 {
                let one = self.used(function, place);
                let more =
                    (0..6).map(|hour| (from + hour * 3600 + chance.below(1800), function, one));
                self.extras.extend(more.collect::<Vec<_>>());
            }
        }
    }
}
