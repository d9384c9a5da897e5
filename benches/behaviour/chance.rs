//! Chance that can be had again: everything drawn follows from a seed and from what it is drawn for, so that
//! an attack that is added changes nothing of the calls that are made anyway. SplitMix64:
//! <https://doi.org/10.1145/2714064.2660195>

/// What is drawn for one purpose.
pub struct Chance(u64);

/// A number that follows from the parts, and looks like any other.
pub fn hashed(parts: &[u64]) -> u64 {
    let mut state = Chance(0x51ab_1e5e_ed00_c0de);
    for part in parts {
        state.0 ^= part.wrapping_mul(0xd134_2543_de82_ef95);
        state.0 = state.next();
    }
    state.0
}

impl Chance {
    /// The same for the same parts.
    pub fn of(parts: &[u64]) -> Self {
        Self(hashed(parts))
    }

    /// Any number.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Less than `most`; 0 if that is not above 0.
    pub fn below(&mut self, most: i64) -> i64 {
        match u64::try_from(most) {
            Ok(0) | Err(_) => 0,
            Ok(most) => i64::try_from(self.next() % most).unwrap_or_default(),
        }
    }

    /// From 0 to 1.
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True with this probability.
    pub fn is(&mut self, likely: f64) -> bool {
        self.unit() < likely
    }

    /// One of them.
    pub fn any<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let at = self.below(of.len() as i64);
        of.get(at as usize).expect("something to choose from")
    }

    /// Some of them, each once, in any order.
    pub fn some<T: Clone>(&mut self, many: usize, of: &[T]) -> Vec<T> {
        let mut left = of.to_vec();
        let mut taken = Vec::new();
        while taken.len() < many && !left.is_empty() {
            let at = self.below(left.len() as i64);
            taken.push(left.swap_remove(at as usize));
        }
        taken
    }

    /// From 1 to `most`, few of them large: Pareto, the heavier the smaller the `shape`.
    pub fn heavy(&mut self, shape: f64, most: f64) -> f64 {
        (1.0 - self.unit()).powf(-1.0 / shape).min(most)
    }

    /// How long until the next of what comes so often on average.
    pub fn wait(&mut self, mean: f64) -> i64 {
        (-(1.0 - self.unit()).ln() * mean) as i64
    }

    /// How many there are of what there are so many on average: Poisson, as a normal one where it is large.
    pub fn count(&mut self, mean: f64) -> i64 {
        if mean > 50.0 {
            let normal: f64 = (0..12).map(|_| self.unit()).sum::<f64>() - 6.0;
            return normal.mul_add(mean.sqrt(), mean).round().max(0.0) as i64;
        }
        let (least, mut product, mut many) = ((-mean).exp(), self.unit(), 0);
        while product > least {
            product *= self.unit();
            many += 1;
        }
        many
    }
}
