//! Where a generated case takes its choices from: a seed, or the bytes a fuzzer hands over.
//! The same choices always make the same case.

/// A source of choices that never runs dry.
pub struct Choices<'a> {
    bytes: Option<&'a [u8]>,
    state: u64,
}

impl<'a> Choices<'a> {
    /// Choices that follow from a number.
    pub fn seeded(seed: u64) -> Self {
        Self { bytes: None, state: seed }
    }

    /// Choices read from bytes, one each; the first option once they are used up.
    pub fn from_bytes(bytes: &'a [u8]) -> Self {
        Self { bytes: Some(bytes), state: 0 }
    }

    /// A number below `limit`, which is at most 256.
    pub fn below(&mut self, limit: usize) -> usize {
        let number = match &mut self.bytes {
            Some(bytes) => match bytes.split_first() {
                Some((first, rest)) => {
                    *bytes = rest;
                    u64::from(*first)
                }
                None => 0,
            },
            None => self.next_number() >> 16,
        };
        usize::try_from(number % limit.max(1) as u64).unwrap_or_default()
    }

    /// One of the options.
    pub fn pick<T: Copy>(&mut self, options: &[T]) -> T {
        options[self.below(options.len())]
    }

    /// True so many times in a hundred; false if there are no bytes left.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) >= 100 - percent
    }

    /// SplitMix64: <https://prng.di.unimi.it/splitmix64.c>.
    fn next_number(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}
