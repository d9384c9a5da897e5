//! Chance that can be had again: everything drawn follows from a seed, which a test prints.

use std::time::{SystemTime, UNIX_EPOCH};

/// SplitMix64. <https://doi.org/10.1145/2714064.2660195>
pub struct Seeded(u64);

impl Seeded {
    /// `SEED`, or the second it is.
    pub fn given() -> (u64, Self) {
        let given = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok());
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map(|since| since.as_secs());
        let seed = given.unwrap_or_else(|| now.unwrap_or_default());
        (seed, Self(seed))
    }

    /// One that is the same for the same seed and number.
    pub const fn numbered(seed: u64, number: u64) -> Self {
        Self(seed ^ number.wrapping_mul(0xd134_2543_de82_ef95))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Less than `most`, which is not 0.
    pub fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() % most as u64).expect("it is less than `most`")
    }

    /// True in one of so many cases.
    pub fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    pub fn any<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    pub fn shuffle<T>(&mut self, all: &mut [T]) {
        for index in (1..all.len()).rev() {
            all.swap(index, self.below(index + 1));
        }
    }
}
