//! The functions of an account, what each of them does, and how that changes. Nothing here is measured on a
//! real account; the numbers are chosen so that what is rare in one function happens somewhere all the time:
//!
//! | what | how much | why |
//! |---|---|---|
//! | calls a day that Cordon hears | Pareto, shape 0.7, 1 to 3,000: half make at most 3, the mean is some 20 | management calls alone are heard, and the data events of S3: most functions cache what they read at the start |
//! | APIs of a function | 2 to 7, the k-th called k^-1.5 as often as the first | a function has one job |
//! | a rare API | one function of seven, once a month | an error path, a cache that runs out |
//! | deployments | one in 20 days; one of a hundred past the pipeline | between weekly and monthly, as most teams |
//! | that need a new API | 7 % within a day, 2 % after two days, 3 % behind a flag after 4 to 20 | a feature that needs another service is rare beside a change of code |
//! | outside a VPC, behind NAT, with endpoints | 55, 30, 15 % | the default is outside |
//! | no mark at all | 5 % (custom runtimes); 2 % on a fifth of their calls | libraries that sign for themselves |
//! | created later, deleted | 15 %, 8 % | |

use super::{
    call::{Agent, By, Cause, What},
    catalogue::{APIS, AUDITS, HELPS, USUAL},
    chance::Chance,
    place::{Site, VPCS, Vpc},
};
use cordon::resource::FunctionArn;

/// Seconds of a day.
pub const DAY: i64 = 86_400;

/// When it begins: a day with whole months and one end of a quarter after it.
pub const START: i64 = 1_771_113_600; // 2026-02-15 00:00 UTC

/// What a function is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Handler,
    Stream,
    Nightly,
    MonthEnd,
    QuarterEnd,
    Health,
    /// Rotates keys, deploys: its calls are declared.
    Helper,
    /// Copies objects of S3.
    Mover,
    /// Assumes roles.
    Assumer,
    /// Reads of IAM what nobody declared.
    Auditor,
}

/// How many of a thousand functions are of each.
const SHARES: [(Kind, i64); 10] = [
    (Kind::Handler, 310),
    (Kind::Stream, 200),
    (Kind::Nightly, 130),
    (Kind::MonthEnd, 40),
    (Kind::QuarterEnd, 20),
    (Kind::Health, 110),
    (Kind::Helper, 30),
    (Kind::Mover, 100),
    (Kind::Assumer, 55),
    (Kind::Auditor, 5),
];

/// One thing that a function does.
#[derive(Debug, Clone, Copy)]
pub struct Use {
    pub what: What,
    pub weight: f64,
    pub from: i64,
    pub cause: Cause,
}

/// What goes wrong with the calls of a function for a while.
#[derive(Debug, Clone, Copy)]
pub struct Trouble {
    pub from: i64,
    pub to: i64,
    pub effect: Effect,
    pub cause: Cause,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Most calls fail with this.
    Fails(&'static str),
    /// The first so many things it does are denied.
    Denied(usize),
    /// Nothing: it calls by another version of the SDK.
    Upgraded,
}

/// A function.
pub struct Function {
    pub number: u64,
    pub arn: FunctionArn,
    pub name: String,
    pub role: String,
    pub kind: Kind,
    pub site: Site,
    pub agent: Agent,
    /// The share of its calls that another library makes.
    pub unsigned: f64,
    pub born: i64,
    pub dies: i64,
    /// Calls a day, or in one run.
    pub rate: f64,
    pub uses: Vec<Use>,
    /// What it does once a month.
    pub rare: Option<What>,
    pub deployments: Vec<(i64, By)>,
    pub troubles: Vec<Trouble>,
    /// When it makes no call.
    pub silent: Option<(i64, i64)>,
}

/// An account.
pub struct World {
    pub seed: u64,
    pub days: i64,
    pub functions: Vec<Function>,
    pub vpcs: Vec<Vpc>,
    /// Calls beside those that functions make anyway: when, of which, and what, if not anything.
    pub extras: Vec<(i64, usize, Option<Use>)>,
}

impl World {
    /// So many functions for so many days, without anything that disturbs them.
    pub fn new(seed: u64, functions: usize, days: i64) -> Self {
        let functions = (0..functions).map(|number| Function::new(seed, number as u64, days));
        let vpcs = (0..VPCS).map(|number| Vpc::new(seed, number));
        Self {
            seed,
            days,
            functions: functions.collect(),
            vpcs: vpcs.collect(),
            extras: Vec::new(),
        }
    }

    /// The moment at this part of all its time.
    pub fn moment(&self, part: f64) -> i64 {
        START + (part * self.days as f64 * DAY as f64) as i64
    }
}

impl Function {
    fn new(seed: u64, number: u64, days: i64) -> Self {
        let mut chance = Chance::of(&[seed, 0xf, number]);
        let kind = kind(&mut chance);
        let site = match chance.unit() {
            one if one < 0.55 => Site::Outside,
            one if one < 0.85 => Site::Nat(chance.below(VPCS as i64) as usize),
            _ => Site::Endpoints(chance.below(VPCS as i64) as usize),
        };
        let agent = match chance.unit() {
            one if one < 0.05 => Agent::Custom,
            one if one < 0.6 => Agent::Python,
            _ => Agent::Node,
        };
        let unsigned = if agent != Agent::Custom && chance.is(0.02) { 0.2 } else { 0.0 };
        let end = START + days * DAY;
        let born = if chance.is(0.15) { START + chance.below(days * DAY) } else { START };
        let dies = if chance.is(0.08) { born + chance.below(end - born) } else { end };
        let name = name(kind, number);
        let arn = format!("arn:aws:lambda:us-east-1:{}:function:{name}", super::call::ACCOUNT);
        let mut function = Self {
            number,
            arn: FunctionArn::parse(&arn).expect("the ARN of a function"),
            role: format!("{name}-role"),
            name,
            kind,
            site,
            agent,
            unsigned,
            born,
            dies,
            rate: rate(kind, &mut chance),
            uses: uses(kind, &mut chance),
            rare: chance.is(0.15).then(|| What::Plain(chance.any::<&str>(&APIS))),
            deployments: Vec::new(),
            troubles: Vec::new(),
            silent: None,
        };
        function.deploy(&mut chance);
        function
    }

    /// Plans its deployments, and what it does from then on.
    fn deploy(&mut self, chance: &mut Chance) {
        let mut at = self.born + chance.wait(20.0 * DAY as f64);
        while at < self.dies {
            let by_mistake = chance.is(0.01);
            let by = if by_mistake { By::Developer } else { By::Deployer };
            self.deployments.push((at, by));
            let (cause, after) = match chance.unit() {
                _ if by_mistake => (Cause::DeployedByMistake, chance.below(DAY / 2)),
                one if one < 0.07 => (Cause::DeployedAtOnce, 60 + chance.below(DAY - 3600)),
                one if one < 0.09 => (Cause::DeployedLater, 2 * DAY + chance.below(DAY)),
                one if one < 0.12 => (Cause::FeatureFlag, (4 + chance.below(17)) * DAY),
                _ => (Cause::Ordinary, 0),
            };
            if cause != Cause::Ordinary {
                for _ in 0..=chance.below(2) {
                    let is_role = self.kind == Kind::Assumer && chance.is(0.5);
                    let what = match is_role {
                        true => What::Role(1000 + chance.below(1000) as u32),
                        false => What::Plain(chance.any::<&str>(&APIS)),
                    };
                    let from = at + after + chance.below(600);
                    self.uses.push(Use { what, weight: 0.3, from, cause });
                }
            }
            at += DAY / 2 + chance.wait(20.0 * DAY as f64);
        }
    }

    /// Whether it is there, and not silent.
    pub fn calls_at(&self, at: i64) -> bool {
        let silent = self.silent.is_some_and(|(from, to)| at >= from && at < to);
        at >= self.born && at < self.dies && !silent
    }
}

fn kind(chance: &mut Chance) -> Kind {
    let mut left = chance.below(1000);
    for (kind, share) in SHARES {
        left -= share;
        if left < 0 {
            return kind;
        }
    }
    Kind::Handler
}

/// What is declared is declared by these names.
fn name(kind: Kind, number: u64) -> String {
    match kind {
        Kind::Helper => format!("rotate-{number}"),
        _ => format!("{kind:?}-{number}").to_lowercase(),
    }
}

fn rate(kind: Kind, chance: &mut Chance) -> f64 {
    match kind {
        Kind::Handler | Kind::Stream | Kind::Mover => chance.heavy(0.7, 3000.0),
        Kind::Assumer => chance.heavy(0.7, 500.0),
        Kind::Health => *chance.any(&[24.0, 24.0, 48.0, 96.0]),
        Kind::Nightly => 2.0 + chance.heavy(1.0, 60.0),
        Kind::MonthEnd | Kind::QuarterEnd | Kind::Helper | Kind::Auditor => {
            2.0 + chance.heavy(1.5, 10.0)
        }
    }
}

fn uses(kind: Kind, chance: &mut Chance) -> Vec<Use> {
    let own = super::call::ACCOUNT;
    let mut whats = match kind {
        Kind::Helper => HELPS.map(What::Plain).to_vec(),
        Kind::Auditor => AUDITS.map(What::Plain).to_vec(),
        Kind::Mover => vec![What::Object("s3:GetObject", own), What::Object("s3:PutObject", own)],
        Kind::Assumer => {
            (0..=chance.below(4)).map(|_| What::Role(chance.below(900) as u32)).collect()
        }
        _ => Vec::new(),
    };
    if kind == Kind::Mover && chance.is(0.2) {
        whats.push(What::Object("s3:PutObject", super::call::PARTNER));
    }
    whats.push(What::Plain(chance.any::<&str>(&USUAL)));
    let more = 1 + chance.below(6) as usize;
    whats.extend(chance.some(more, &APIS).into_iter().map(What::Plain));
    let cause = if kind == Kind::Auditor { Cause::ReadsOfIam } else { Cause::Ordinary };
    let weighed = whats.into_iter().enumerate();
    weighed
        .map(|(at, what)| Use { what, weight: (at as f64 + 1.0).powf(-1.5), from: i64::MIN, cause })
        .collect()
}
