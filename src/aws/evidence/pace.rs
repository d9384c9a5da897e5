//! Calls at an even pace, however many wait; a slower one for as long as AWS throttles.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::{Instant, sleep_until};

/// One turn every so often, first come first served.
#[derive(Debug)]
pub(super) struct Pace {
    usual: Duration,
    now: Mutex<Duration>,
    next: tokio::sync::Mutex<Instant>,
}

/// A pace is never slower.
const SLOWEST: Duration = Duration::from_secs(2);

impl Pace {
    /// A turn every `usual`; the first at once.
    pub fn new(usual: Duration) -> Self {
        let next = tokio::sync::Mutex::new(Instant::now());
        Self { usual, now: Mutex::new(usual), next }
    }

    /// Waits for a turn.
    pub async fn turn(&self) {
        // Held while waiting: whoever comes next waits behind.
        let mut next = self.next.lock().await;
        sleep_until(*next).await;
        *next = Instant::now() + self.every();
    }

    /// AWS was too busy.
    pub fn slow_down(&self) {
        self.set(|now| (now * 2).min(SLOWEST));
    }

    /// AWS answered: back to the usual pace, little by little.
    pub fn speed_up(&self) {
        self.set(|now| (now * 9 / 10).max(self.usual));
    }

    fn every(&self) -> Duration {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, change: impl Fn(Duration) -> Duration) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        *now = change(*now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn many_that_wait_go_one_after_the_other() {
        let every = Duration::from_millis(20);
        let (pace, start) = (Pace::new(every), Instant::now());

        futures_util::future::join_all((0..6).map(|_| pace.turn())).await;

        assert!(start.elapsed() >= every * 5, "{:?}", start.elapsed());
    }

    #[tokio::test]
    async fn who_is_throttled_goes_slower_within_bounds_and_comes_back() {
        let usual = Duration::from_millis(100);
        let pace = Pace::new(usual);

        pace.slow_down();
        assert_eq!(pace.every(), usual * 2);
        (0..10).for_each(|_| pace.slow_down());
        assert_eq!(pace.every(), SLOWEST);
        (0..100).for_each(|_| pace.speed_up());
        assert_eq!(pace.every(), usual);
    }
}
