//! What intruders do with functions and their credentials, each attack on a function of its own, with its
//! first call. Refuses attacks that make no call by credentials of a function, such as a scan of its URL:
//! nothing here could see them.

use super::{
    call::Sent,
    chance::Chance,
    world::{self, DAY, World},
};
use cordon::finding::ControlId;

/// The kinds of attacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Replayed with the command line from somebody's home.
    Replayed,
    /// The same with a user agent of Lambda's.
    Disguised,
    /// The same, and only calls that the function makes.
    DisguisedAsUsual,
    /// From another cloud.
    OtherCloud,
    /// From a machine at the same cloud provider.
    SameCloud,
    EnumeratesFast,
    EnumeratesSlowly,
    Escalates,
    AssumesRole,
    Exfiltrates,
    /// Everything in the buckets that it reads, from inside.
    ReadsEverything,
    TampersWithLogs,
    OverwritesCode,
    WhileLearning,
    OnlyWhatIsUsual,
}

/// How many there are of each.
pub const KINDS: [(Kind, u32); 15] = [
    (Kind::Replayed, 40),
    (Kind::Disguised, 15),
    (Kind::DisguisedAsUsual, 10),
    (Kind::OtherCloud, 20),
    (Kind::SameCloud, 10),
    (Kind::EnumeratesFast, 20),
    (Kind::EnumeratesSlowly, 10),
    (Kind::Escalates, 20),
    (Kind::AssumesRole, 15),
    (Kind::Exfiltrates, 15),
    (Kind::ReadsEverything, 10),
    (Kind::TampersWithLogs, 10),
    (Kind::OverwritesCode, 15),
    (Kind::WhileLearning, 15),
    (Kind::OnlyWhatIsUsual, 10),
];

impl Kind {
    /// The controls that it is a matter of.
    pub const fn meant(self) -> &'static [ControlId] {
        match self {
            Self::Replayed
            | Self::Disguised
            | Self::DisguisedAsUsual
            | Self::OtherCloud
            | Self::SameCloud
            | Self::WhileLearning => &[ControlId::FunctionStolenCredentials],
            Self::EnumeratesFast | Self::EnumeratesSlowly => {
                &[ControlId::FunctionAccessDeniedBurst]
            }
            Self::Escalates | Self::AssumesRole => &[ControlId::FunctionPrivilegeEscalation],
            Self::Exfiltrates | Self::ReadsEverything => &[ControlId::FunctionDataExfiltration],
            Self::TampersWithLogs => &[ControlId::FunctionFirstSeenApi],
            Self::OverwritesCode => {
                &[ControlId::ChangeUntrustedDeployer, ControlId::FunctionFirstSeenApi]
            }
            Self::OnlyWhatIsUsual => &[],
        }
    }
}

/// One attack.
pub struct Attack {
    pub kind: Kind,
    pub function: usize,
    pub calls: Vec<Sent>,
}

impl World {
    /// The attacks on it, at a share of the numbers in [`KINDS`].
    pub fn attacks(&self, share: f64) -> Vec<Attack> {
        let mut chance = Chance::of(&[self.seed, 0xa77]);
        let mut left: Vec<usize> = (0..self.functions.len()).collect();
        let mut attacks = Vec::new();
        for (kind, many) in KINDS {
            for _ in 0..(f64::from(many) * share).round() as u32 {
                let number = attacks.len() as u32;
                attacks.extend(self.attack(kind, number, &mut left, &mut chance));
            }
        }
        attacks
    }

    fn attack(
        &self,
        kind: Kind,
        number: u32,
        left: &mut Vec<usize>,
        chance: &mut Chance,
    ) -> Option<Attack> {
        let end = self.moment(1.0);
        for _ in 0..1000 {
            let at = chance.below(left.len() as i64) as usize;
            let function = *left.get(at)?;
            let victim = self.functions.get(function)?;
            let begins = match kind {
                Kind::WhileLearning => victim.born + DAY + chance.below(4 * DAY),
                _ => victim.born + 10 * DAY + chance.below(end - victim.born - 24 * DAY),
            };
            let fits = begins > victim.born && begins + 13 * DAY < end.min(victim.dies);
            let active = victim.calls_at(begins) && victim.calls_at(begins + 13 * DAY);
            let suits = kind != Kind::ReadsEverything || victim.kind == world::Kind::Mover;
            if fits && active && suits {
                left.swap_remove(at);
                let calls = self.script(kind, number, function, victim, begins, chance);
                return Some(Attack { kind, function, calls });
            }
        }
        None
    }
}
