//! What was measured again and again.

/// A median so many times the fastest run was measured on a machine with other work to do. Waiting
/// for a processor takes all alike, so it brings ratios closer to 1 than they are.
const BUSY: f64 = 1.5;

/// Milliseconds, of one thing.
#[derive(Default)]
pub struct Series(Vec<f64>);

impl Series {
    pub fn push(&mut self, milliseconds: f64) {
        self.0.push(milliseconds);
        self.0.sort_by(f64::total_cmp);
    }

    pub fn fastest(&self) -> f64 {
        self.at(0)
    }

    pub fn median(&self) -> f64 {
        let last = self.0.len().saturating_sub(1);
        f64::midpoint(self.at(last / 2), self.at(last.div_ceil(2)))
    }

    pub fn slowest(&self) -> f64 {
        self.at(self.0.len().saturating_sub(1))
    }

    pub fn is_disturbed(&self) -> bool {
        self.median() > BUSY * self.fastest()
    }

    fn at(&self, index: usize) -> f64 {
        self.0.get(index).copied().unwrap_or_default()
    }
}

/// Says so where a ratio means little.
pub fn warn_of(disturbed: bool) {
    if disturbed {
        println!("The machine was busy: measure again, these ratios mean little.");
    }
}
