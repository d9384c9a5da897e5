//! A breaker: where it stands after a limit of an account or of the installation was reached, and
//! what may follow; one match over state and event, everything else is barred. Time is an argument.
//! The pattern: <https://docs.aws.amazon.com/prescriptive-guidance/latest/cloud-design-patterns/circuit-breaker.html>

use serde::{Deserialize, Serialize};
use std::fmt;
use time::{Duration, OffsetDateTime, serde::timestamp};

/// How long the turn of one answer lasts while a breaker is half open: as long as an invocation may
/// take (`template.yaml`), so that no two answers are under way at a time.
pub const TURN: Duration = Duration::minutes(5);

/// Where a breaker stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Breaker {
    /// The limits hold as they are written.
    Closed,
    /// Nothing is let through.
    Open {
        /// Until then.
        #[serde(with = "timestamp")]
        until: OffsetDateTime,
    },
    /// One answer at a time is let through.
    HalfOpen {
        /// Until then, if no limit is reached before.
        #[serde(with = "timestamp")]
        until: OffsetDateTime,
        /// Whose turn it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        turn: Option<Turn>,
    },
}

/// An answer that was let through a half open breaker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Turn {
    /// Until when nothing else is.
    #[serde(with = "timestamp")]
    pub until: OffsetDateTime,
}

/// What happens to a breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerEvent {
    /// It is later now; `window` is as long as it stays open, and then half open.
    Passed {
        /// The time.
        now: OffsetDateTime,
        /// The window of the limit.
        window: Duration,
    },
    /// The limit was reached, and one more answer was asked for.
    Reached {
        /// When it is half open.
        until: OffsetDateTime,
    },
    /// An answer is asked for, and the limit is not reached.
    Asked {
        /// The time.
        now: OffsetDateTime,
    },
}

/// Why an answer is not let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Barred {
    /// The limit itself is reached.
    Reached,
    /// It was, and the breaker is open.
    Open {
        /// Until then.
        until: OffsetDateTime,
    },
    /// The breaker is half open, and it is another answer's turn.
    Turn {
        /// Until then.
        until: OffsetDateTime,
    },
}

impl Breaker {
    /// What follows.
    ///
    /// # Errors
    /// Where the answer that is asked for is not let through: nothing changes then.
    pub fn next(self, event: BreakerEvent) -> Result<Self, Barred> {
        use BreakerEvent::{Asked, Passed, Reached};
        match (self, event) {
            (Self::Closed, Passed { .. } | Asked { .. }) => Ok(Self::Closed),
            (Self::Closed | Self::HalfOpen { .. }, Reached { until }) => Ok(Self::Open { until }),
            (Self::Open { until }, Passed { now, window }) => Ok(after_open(until, now, window)),
            (Self::Open { until }, Asked { .. } | Reached { .. }) => Err(Barred::Open { until }),
            (Self::HalfOpen { until, turn }, Passed { now, .. }) => Ok(match now < until {
                true => Self::HalfOpen { until, turn: turn.filter(|turn| now < turn.until) },
                false => Self::Closed,
            }),
            (Self::HalfOpen { until, turn: None }, Asked { now }) => {
                Ok(Self::HalfOpen { until, turn: Some(Turn { until: now + TURN }) })
            }
            (Self::HalfOpen { turn: Some(Turn { until }), .. }, Asked { .. }) => {
                Err(Barred::Turn { until })
            }
        }
    }
}

/// What an open breaker has become: also if nobody looked for a long time.
fn after_open(until: OffsetDateTime, now: OffsetDateTime, window: Duration) -> Breaker {
    if now < until {
        Breaker::Open { until }
    } else if now < until + window {
        Breaker::HalfOpen { until: until + window, turn: None }
    } else {
        Breaker::Closed
    }
}

impl fmt::Display for Breaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("closed"),
            Self::Open { until } => write!(f, "open until {}", clock(*until)),
            Self::HalfOpen { until, .. } => {
                write!(f, "half open until {}: one answer at a time", clock(*until))
            }
        }
    }
}

/// A time as people read it, to the second, in UTC.
pub(super) fn clock(time: OffsetDateTime) -> String {
    let time = time.to_offset(time::UtcOffset::UTC);
    let (date, hour, minute, second) = (time.date(), time.hour(), time.minute(), time.second());
    format!("{date}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const BREACH: OffsetDateTime = datetime!(2026-11-21 03:00 UTC);
    const HOUR: Duration = Duration::HOUR;

    fn opened() -> Breaker {
        Breaker::Closed.next(BreakerEvent::Reached { until: BREACH + HOUR }).unwrap()
    }

    fn after(breaker: Breaker, time: Duration) -> Breaker {
        breaker.next(BreakerEvent::Passed { now: BREACH + time, window: HOUR }).unwrap()
    }

    fn asked(breaker: Breaker, time: Duration) -> Result<Breaker, Barred> {
        breaker.next(BreakerEvent::Asked { now: BREACH + time })
    }

    #[test]
    fn a_breach_opens_it_for_one_window_then_it_is_half_open_for_another() {
        let end = Duration::seconds(1);
        for (time, want) in [
            (Duration::ZERO, Breaker::Open { until: BREACH + HOUR }),
            (HOUR - end, Breaker::Open { until: BREACH + HOUR }),
            (HOUR, Breaker::HalfOpen { until: BREACH + HOUR * 2, turn: None }),
            (HOUR * 2 - end, Breaker::HalfOpen { until: BREACH + HOUR * 2, turn: None }),
            (HOUR * 2, Breaker::Closed),
            (HOUR * 50, Breaker::Closed),
        ] {
            assert_eq!(after(opened(), time), want, "{time}");
        }
    }

    #[test]
    fn nothing_is_let_through_while_it_is_open_and_asking_does_not_keep_it_open() {
        let until = BREACH + HOUR;
        assert_eq!(asked(opened(), HOUR / 2), Err(Barred::Open { until }));
        let again = opened().next(BreakerEvent::Reached { until: until + HOUR });
        assert_eq!(again, Err(Barred::Open { until }));
    }

    #[test]
    fn half_open_it_lets_one_answer_through_at_a_time() {
        let half = after(opened(), HOUR);
        let taken = asked(half, HOUR).unwrap();
        let until = BREACH + HOUR + TURN;
        assert_eq!(asked(after(taken.clone(), HOUR), HOUR), Err(Barred::Turn { until }));
        let free = after(taken, HOUR + TURN);
        assert!(asked(free, HOUR + TURN).is_ok());
    }

    #[test]
    fn a_breach_while_it_is_half_open_opens_it_again() {
        let half = asked(after(opened(), HOUR), HOUR).unwrap();
        let until = BREACH + HOUR * 3;
        assert_eq!(half.next(BreakerEvent::Reached { until }), Ok(Breaker::Open { until }));
    }

    #[test]
    fn a_half_open_window_without_a_breach_closes_it() {
        let half = asked(after(opened(), HOUR), HOUR).unwrap();
        assert_eq!(after(half, HOUR * 2), Breaker::Closed);
        assert_eq!(asked(Breaker::Closed, HOUR), Ok(Breaker::Closed));
    }

    #[test]
    fn it_is_written_down_and_read_back_to_the_second() {
        for breaker in [Breaker::Closed, opened(), asked(after(opened(), HOUR), HOUR).unwrap()] {
            let text = serde_json::to_string(&breaker).unwrap();
            assert_eq!(serde_json::from_str::<Breaker>(&text).unwrap(), breaker, "{text}");
        }
        assert_eq!(opened().to_string(), "open until 2026-11-21T04:00:00Z");
    }
}
