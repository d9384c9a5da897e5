//! The control policy's `limits`: how much may be answered in a time before people are called
//! instead. A tool that can switch functions off must not switch all of them off, whatever it was
//! made to believe. What counts, and what follows where a limit is reached, the ledger knows.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The most a limit can be: what was answered within a window is kept in one record.
const HIGHEST: u16 = 1000;

/// How much may be answered in a time. Everything is optional; what is not given is as
/// [`Limits::most`] has it, so that there always is a limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// The time in which answers are counted: at any moment, those that are not older than this.
    pub window: Window,
    /// Answers that change anything but tags, containments included.
    pub changes: Most,
    /// Answers that contain a function, that is stop it.
    pub stops: Most,
    /// The part of every limit that only critical findings may use.
    pub reserve: Reserve,
}

/// The most answers in one window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Most {
    /// To one function.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function: Option<Count>,
    /// In one account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<Count>,
    /// Of this installation. It guards one account so far: the lower of this and `account` counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub installation: Option<Count>,
    /// To events of one principal: of a role, whatever its sessions are called, else of the ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<Count>,
}

/// A number of answers, from 1 to 1000. None at all is a mode (`dry-run`), not a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Count(u16);

impl Count {
    /// A number that is written in the program: none below 1, none above [`HIGHEST`].
    pub(super) const fn of(number: u16) -> Self {
        Self(if number == 0 {
            1
        } else if number > HIGHEST {
            HIGHEST
        } else {
            number
        })
    }

    /// The number.
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl TryFrom<u32> for Count {
    type Error = String;
    fn try_from(number: u32) -> Result<Self, String> {
        match u16::try_from(number) {
            Ok(count @ 1..=HIGHEST) => Ok(Self(count)),
            Ok(_) | Err(_) => Err(format!(
                "`{number}`: expected a number from 1 to {HIGHEST}; to change nothing, give a \
                 control the mode `dry-run`"
            )),
        }
    }
}

impl From<Count> for u32 {
    fn from(count: Count) -> Self {
        count.0.into()
    }
}

/// The time in which answers are counted: 5 minutes to 24 hours, one hour unless given. Written as
/// minutes or hours: `15m`, `1h`, `90m`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Window {
    minutes: u16,
}

impl Window {
    /// Its length.
    pub fn duration(self) -> time::Duration {
        time::Duration::minutes(self.minutes.into())
    }
}

impl Default for Window {
    fn default() -> Self {
        Self { minutes: 60 }
    }
}

impl TryFrom<String> for Window {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let scaled = |digits: &str, unit: u16| {
            let plain = digits.bytes().all(|digit| digit.is_ascii_digit());
            digits.parse::<u16>().ok().filter(|_| plain)?.checked_mul(unit)
        };
        let minutes = match (text.strip_suffix('m'), text.strip_suffix('h')) {
            (Some(digits), _) => scaled(digits, 1),
            (None, Some(digits)) => scaled(digits, 60),
            (None, None) => None,
        };
        match minutes {
            Some(minutes @ 5..=1440) => Ok(Self { minutes }),
            Some(_) | None => Err(format!(
                "`{text}`: expected minutes or hours from `5m` to `24h`, such as `15m` or `1h`"
            )),
        }
    }
}

impl From<Window> for String {
    fn from(window: Window) -> Self {
        window.to_string()
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.minutes {
            hours if hours % 60 == 0 => write!(f, "{}h", hours / 60),
            minutes => write!(f, "{minutes}m"),
        }
    }
}

/// Per cent of every limit that only critical findings may use, from 0 to 90, rounded up; 20 unless
/// given. Whoever floods Cordon with lesser findings must not use up what stops an intruder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Reserve(u8);

impl Default for Reserve {
    fn default() -> Self {
        Self(20)
    }
}

impl TryFrom<u32> for Reserve {
    type Error = String;
    fn try_from(number: u32) -> Result<Self, String> {
        match u8::try_from(number) {
            Ok(percent @ 0..=90) => Ok(Self(percent)),
            Ok(_) | Err(_) => Err(format!("`{number}`: expected per cent from 0 to 90")),
        }
    }
}

impl From<Reserve> for u32 {
    fn from(reserve: Reserve) -> Self {
        reserve.0.into()
    }
}

/// What a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Answers that change something.
    Changes,
    /// Answers that stop a function.
    Stops,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Changes => "changes",
            Self::Stops => "stops",
        }
    }
}

/// Over what a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Per {
    /// One function.
    Function,
    /// One principal.
    Actor,
    /// One account.
    Account,
    /// Everything.
    Installation,
}

impl Per {
    /// Every one, the narrowest first.
    pub const ALL: [Self; 4] = [Self::Function, Self::Actor, Self::Account, Self::Installation];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Function => "function",
            Self::Actor => "actor",
            Self::Account => "account",
            Self::Installation => "installation",
        }
    }
}

/// Whose findings a limit holds for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Those that must leave the reserve.
    Ordinary,
    /// Those that may use it.
    Critical,
}

/// One limit, as it holds for one class of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cap {
    /// What it counts.
    pub kind: Kind,
    /// Over what.
    pub scope: Per,
    /// For whom.
    pub class: Class,
    /// How many answers.
    pub most: u32,
    /// How many more are for critical findings alone.
    pub reserved: u32,
    /// In what time.
    pub window: Window,
}

impl Cap {
    /// Where the control policy gives it.
    pub fn setting(&self) -> String {
        format!("limits.{}.{}", self.kind.as_str(), self.scope.as_str())
    }
}

impl fmt::Display for Cap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, scope, most, reserved, window, .. } = self;
        write!(f, "{} per {}, {most} in {window}", kind.as_str(), scope.as_str())?;
        match reserved {
            0 => Ok(()),
            more => write!(f, " ({more} more for critical findings)"),
        }
    }
}

impl Limits {
    /// The most answers of a kind over a scope, for whomever. Unless given: a function is changed
    /// ten times an hour, which is more than any incident needs and little enough to end a quarrel
    /// with another tool, and stopped three times; of an account's functions five are stopped, which
    /// is a bad night and no outage of everything.
    pub fn most(&self, kind: Kind, scope: Per) -> u32 {
        let (given, otherwise) = match (kind, scope) {
            (Kind::Changes, Per::Function) => (self.changes.function, 10),
            (Kind::Changes, Per::Actor) => (self.changes.actor, 30),
            (Kind::Changes, Per::Account) => (self.changes.account, 50),
            (Kind::Changes, Per::Installation) => (self.changes.installation, 200),
            (Kind::Stops, Per::Function) => (self.stops.function, 3),
            (Kind::Stops, Per::Actor) => (self.stops.actor, 5),
            (Kind::Stops, Per::Account) => (self.stops.account, 5),
            (Kind::Stops, Per::Installation) => (self.stops.installation, 10),
        };
        given.map_or(otherwise, u32::from)
    }

    /// The limit for one class of findings. One answer is always left to ordinary ones.
    pub fn cap(&self, kind: Kind, scope: Per, class: Class) -> Cap {
        let all = self.most(kind, scope);
        let reserved = match class {
            Class::Critical => 0,
            Class::Ordinary => (all * u32::from(self.reserve)).div_ceil(100).min(all - 1),
        };
        Cap { kind, scope, class, most: all - reserved, reserved, window: self.window }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(json: &str) -> Result<Limits, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn whoever_gives_no_limits_has_safe_ones() {
        let limits = limits("{}").unwrap();
        assert_eq!(limits, Limits::default());
        let cap = |class| limits.cap(Kind::Stops, Per::Account, class);
        assert_eq!(cap(Class::Critical).to_string(), "stops per account, 5 in 1h");
        assert_eq!(
            cap(Class::Ordinary).to_string(),
            "stops per account, 4 in 1h (1 more for critical findings)"
        );
        assert_eq!(cap(Class::Ordinary).setting(), "limits.stops.account");
    }

    #[test]
    fn what_is_given_holds_and_the_rest_stays_as_it_was() {
        let limits = limits(r#"{"window":"90m","stops":{"account":2},"reserve":0}"#).unwrap();
        let cap = limits.cap(Kind::Stops, Per::Account, Class::Ordinary);
        assert_eq!(cap.to_string(), "stops per account, 2 in 90m");
        assert_eq!(limits.most(Kind::Stops, Per::Function), 3);
        assert_eq!(limits.most(Kind::Changes, Per::Account), 50);
    }

    #[test]
    fn a_reserve_is_rounded_up_and_never_takes_everything() {
        for (all, reserve, ordinary) in
            [(1, 20, 1), (2, 20, 1), (5, 20, 4), (10, 0, 10), (3, 90, 1), (1000, 90, 100)]
        {
            let json = format!(r#"{{"stops":{{"actor":{all}}},"reserve":{reserve}}}"#);
            let limits = limits(&json).unwrap();
            let most = |class| limits.cap(Kind::Stops, Per::Actor, class).most;
            assert_eq!((most(Class::Ordinary), most(Class::Critical)), (ordinary, all), "{json}");
        }
    }

    #[test]
    fn windows_are_minutes_or_hours_and_are_written_as_they_are_read() {
        for (written, read) in [("5m", "5m"), ("90m", "90m"), ("60m", "1h"), ("24h", "24h")] {
            let window = Window::try_from(written.to_owned()).unwrap();
            assert_eq!(String::from(window), read);
        }
        for wrong in ["", "1", "4m", "25h", "1441m", "+1h", "1.5h", "1d", "-5m", "70000h", "h"] {
            let error = Window::try_from(wrong.to_owned()).unwrap_err();
            assert!(error.contains("`5m` to `24h`"), "{wrong}: {error}");
        }
    }

    #[test]
    fn what_is_no_limit_is_refused() {
        for (json, word) in [
            (r#"{"stops":{"account":0}}"#, "1 to 1000"),
            (r#"{"stops":{"account":1001}}"#, "1 to 1000"),
            (r#"{"stops":{"region":3}}"#, "region"),
            (r#"{"stop":{}}"#, "stop"),
            (r#"{"reserve":91}"#, "0 to 90"),
            (r#"{"window":60}"#, "string"),
        ] {
            let error = limits(json).unwrap_err();
            assert!(error.contains(word), "{json}: {error}");
        }
    }

    #[test]
    fn limits_are_read_back_as_they_are_compiled() {
        let given = r#"{"window":"15m","changes":{"function":7},"reserve":35}"#;
        let limits = limits(given).unwrap();
        let compiled = serde_json::to_string(&limits).unwrap();
        assert_eq!(serde_json::from_str::<Limits>(&compiled).unwrap(), limits);
    }
}
