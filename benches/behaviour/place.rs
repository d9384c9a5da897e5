//! Where calls come from. What runs in a VPC leaves by one of its two NAT gateways, or by interface endpoints
//! for the services that have one there; what runs outside has any address of the cloud provider's, one for
//! each sandbox. An address of the provider is in one of [`NETWORKS`] blocks of /16, the first ones far more
//! often: most of what is newly assigned comes from few blocks.

use super::{
    call::From,
    chance::{Chance, hashed},
};

/// The blocks of /16 that sandboxes outside a VPC have their addresses in. A Region of AWS has more than a
/// hundred of EC2, of which most sandboxes are in some dozens.
pub const NETWORKS: u32 = 40;

/// The VPCs of the account.
pub const VPCS: usize = 12;

/// Services that a VPC with endpoints reaches through them.
const THROUGH: [&str; 7] = ["kms", "lambda", "s3", "secretsmanager", "ssm", "states", "sts"];

/// How a function reaches AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Site {
    Outside,
    Nat(usize),
    Endpoints(usize),
}

/// A VPC.
pub struct Vpc {
    /// Since when it leaves by which two addresses, the first ones first.
    pub egress: Vec<(i64, [[u8; 4]; 2])>,
    /// Since when its endpoints are which.
    pub endpoints: Vec<(i64, u32)>,
}

impl Vpc {
    /// The VPC of this number, since ever.
    pub fn new(seed: u64, number: usize) -> Self {
        let mut chance = Chance::of(&[seed, 0x7bc, number as u64]);
        Self {
            egress: vec![(i64::MIN, addresses(&mut chance))],
            endpoints: vec![(i64::MIN, number as u32 * 100)],
        }
    }

    /// Its NAT gateways are others from then on.
    pub fn change_egress(&mut self, at: i64, chance: &mut Chance) {
        self.egress.push((at, addresses(chance)));
    }

    /// Its endpoints are others from then on.
    pub fn move_endpoints(&mut self, at: i64) {
        let next = self.endpoints.last().map_or(0, |(_, first)| first + 5000);
        self.endpoints.push((at, next));
    }

    /// Where a call to a service comes from at a time.
    pub fn from(&self, at: i64, service: &str, has_endpoints: bool, sandbox: u64) -> From {
        let [_, b, c, d] = (sandbox as u32).to_be_bytes();
        let through = THROUGH.iter().position(|one| *one == service).filter(|_| has_endpoints);
        if let Some(number) = through {
            let first = latest(&self.endpoints, at).unwrap_or_default();
            return From { address: [10, b, c, d], endpoint: Some(first + number as u32) };
        }
        let [one, other] = latest(&self.egress, at).unwrap_or_default();
        let address = if sandbox & 1 == 0 { one } else { other };
        From { address, endpoint: None }
    }

    /// Whether what it leaves by, or its endpoints, changed within the two weeks before.
    pub fn is_changed_lately(&self, at: i64) -> (bool, bool) {
        let lately = |since: i64| since > at - 14 * 86_400 && since <= at;
        (
            self.egress.iter().any(|(since, _)| lately(*since)),
            self.endpoints.iter().any(|(since, _)| lately(*since)),
        )
    }
}

/// What holds at a time of what holds since some.
fn latest<T: Copy>(since: &[(i64, T)], at: i64) -> Option<T> {
    since.iter().rev().find(|(from, _)| *from <= at).map(|(_, one)| *one)
}

fn addresses(chance: &mut Chance) -> [[u8; 4]; 2] {
    [provider(chance.next()), provider(chance.next())]
}

/// An address of the cloud provider that the account is at: logarithmic over its blocks, so that the first is
/// had by one of five.
pub fn provider(number: u64) -> [u8; 4] {
    let mut chance = Chance::of(&[number, 0xadd]);
    let block = f64::from(NETWORKS + 1).powf(chance.unit()) as u32 - 1;
    let [_, _, c, d] = (chance.next() as u32).to_be_bytes();
    [240, block.min(NETWORKS - 1) as u8, c, d]
}

/// An address at another cloud provider.
pub fn elsewhere(chance: &mut Chance) -> [u8; 4] {
    let [_, b, c, d] = (chance.next() as u32).to_be_bytes();
    [250, b, c, d]
}

/// An address at somebody's home.
pub fn home(chance: &mut Chance) -> [u8; 4] {
    let [first, second, third] = *chance.any(&[[198, 51, 100], [203, 0, 113], [192, 0, 2]]);
    [first, second, third, chance.below(256) as u8]
}

/// The sandbox that serves a call: each serves for an hour and a half at most.
pub fn sandbox(function: u64, at: i64, slot: i64) -> u64 {
    const LIFE: i64 = 5400;
    let offset = (hashed(&[function, slot as u64]) % LIFE as u64) as i64;
    hashed(&[function, slot as u64, ((at + offset) / LIFE) as u64])
}

/// The key that a sandbox has. In half of the quarters of a day the sandboxes of a function share one.
pub fn key(function: u64, at: i64, sandbox: u64) -> u64 {
    let shared = hashed(&[function, (at / 21_600) as u64, 0x5ea]);
    if shared & 1 == 0 { shared } else { hashed(&[sandbox, (at / 21_600) as u64]) }
}
