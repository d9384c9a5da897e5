//! How far a control goes, where, and from when: modes, scopes and staged promotion.
//! Refuses to let a tag do more than relax: whoever may tag a function could otherwise switch its
//! controls off, or its stop on.
//! <https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html>

use super::{ArnPattern, Pattern};
use crate::resource::{AccountId, Resource};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};
use time::Date;

/// How far a control may go.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Not evaluated.
    Off,
    /// Evaluated, planned, reported; nothing is changed.
    #[default]
    DryRun,
    /// Remediated.
    Enforce,
}

impl Mode {
    /// The name as written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::DryRun => "dry-run",
            Self::Enforce => "enforce",
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The accounts of each organizational unit, those of the units below it included.
pub type OrganizationalUnits = BTreeMap<OrganizationalUnit, BTreeSet<AccountId>>;

/// An organizational unit's id.
/// <https://docs.aws.amazon.com/organizations/latest/APIReference/API_OrganizationalUnit.html>
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OrganizationalUnit(String);

impl TryFrom<String> for OrganizationalUnit {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let is_word = |part: &str, lengths: std::ops::RangeInclusive<usize>| {
            lengths.contains(&part.len())
                && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        };
        let parts = text.strip_prefix("ou-").and_then(|rest| rest.split_once('-'));
        match parts {
            Some((root, unit)) if is_word(root, 4..=32) && is_word(unit, 8..=32) => Ok(Self(text)),
            Some(_) | None => Err("an organizational unit is written like `ou-ab12-cdef3456`"),
        }
    }
}

impl From<OrganizationalUnit> for String {
    fn from(unit: OrganizationalUnit) -> Self {
        unit.0
    }
}

impl fmt::Display for OrganizationalUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Tags, each with the values that are meant; no values means any.
pub type TagValues = BTreeMap<String, BTreeSet<String>>;

/// What is meant: functions, and where a control looks at anything else, that. What fits everything
/// that is given is; what is not given fits all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Scope {
    /// What is of these accounts.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub accounts: BTreeSet<AccountId>,
    /// What is of the accounts of these units, as `organizational-units` lists them.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub organizational_units: BTreeSet<OrganizationalUnit>,
    /// What is of these Regions: IAM, for one, is of none.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    #[cfg_attr(feature = "cli", schemars(with = "BTreeSet<super::form::Region>"))]
    pub regions: BTreeSet<String>,
    /// Functions by name or ARN pattern; nothing but functions then, unless `resources` names it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub functions: Vec<Pattern>,
    /// Anything by ARN pattern; where `functions` are given too, what one of the two names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<ArnPattern>,
    /// Functions with all of these tags. Whoever may tag a function can write them.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: TagValues,
}

/// Whether a scope covers a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Covers {
    Yes,
    No,
    /// Its tags decide, and are not known.
    PerhapsByTags,
}

impl Scope {
    /// Whether it names nothing, and so covers everything.
    pub fn is_everything(&self) -> bool {
        *self == Self::default()
    }

    fn covers(&self, whom: &Whom<'_>, units: &OrganizationalUnits) -> Covers {
        let Self { accounts, organizational_units, regions, tags, .. } = self;
        let (account, region) = (whom.resource.account(), whom.resource.region());
        // What tells no account or no Region is in none of those that are named.
        let in_account = |all: &BTreeSet<AccountId>| account.is_some_and(|one| all.contains(one));
        let in_unit = |unit| units.get(unit).is_some_and(in_account);
        let fits = (accounts.is_empty() || in_account(accounts))
            && (organizational_units.is_empty() || organizational_units.iter().any(in_unit))
            && (regions.is_empty() || region.is_some_and(|one| regions.contains(one)))
            && self.names(whom.resource);
        let has = |live: &BTreeMap<String, String>| {
            tags.iter().all(|(key, values)| {
                live.get(key).is_some_and(|value| values.is_empty() || values.contains(value))
            })
        };
        match (whom.resource, whom.tags) {
            (_, _) if !fits => Covers::No,
            (_, _) if tags.is_empty() => Covers::Yes,
            (Resource::Other(_), _) => Covers::No,
            (Resource::Function(_), None) => Covers::PerhapsByTags,
            (Resource::Function(_), Some(live)) if has(live) => Covers::Yes,
            (Resource::Function(_), Some(_)) => Covers::No,
        }
    }

    /// Whether `functions` or `resources` name it; where neither is given, everything is meant.
    fn names(&self, resource: &Resource) -> bool {
        let Self { functions, resources, .. } = self;
        let by_name = |function| functions.iter().any(|one| one.matches(function));
        (functions.is_empty() && resources.is_empty())
            || resource.function().is_some_and(by_name)
            || resources.iter().any(|one| one.matches(resource))
    }
}

impl fmt::Display for Scope {
    /// In words, for people: `functions sandbox-*, regions eu-west-1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn list<T: ToString>(name: &str, all: impl IntoIterator<Item = T>) -> Option<String> {
            let all: Vec<String> = all.into_iter().map(|one| one.to_string()).collect();
            (!all.is_empty()).then(|| format!("{name} {}", all.join(" or ")))
        }
        let Self { accounts, organizational_units, regions, functions, resources, tags } = self;
        let named = [list("functions", functions), list("resources", resources)];
        let named: Vec<String> = named.into_iter().flatten().collect();
        let tags = tags.iter().map(|(key, values)| {
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            if values.is_empty() { key.clone() } else { format!("{key}={}", values.join("|")) }
        });
        let parts = [
            list("accounts", accounts.iter().map(AccountId::as_str)),
            list("organizational units", organizational_units),
            list("Regions", regions),
            (!named.is_empty()).then(|| named.join(" or ")),
            list("tags", tags),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        f.write_str(if parts.is_empty() { "everything" } else { "" })?;
        f.write_str(&parts.join(", "))
    }
}

/// Another mode for some of what a control looks at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ScopedMode {
    /// Which functions, or what else.
    #[serde(rename = "where")]
    pub scope: Scope,
    /// How far the control may go there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// In dry run until this day, enforced from it on, in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "super::day::option")]
    #[cfg_attr(feature = "cli", schemars(with = "Option<super::form::Day>"))]
    pub enforce_from: Option<Date>,
}

/// A resource, and the tags of a function if they are known.
#[derive(Debug, Clone, Copy)]
pub struct Whom<'a> {
    /// The resource.
    pub resource: &'a Resource,
    /// None where they were not read, and for everything but functions.
    pub tags: Option<&'a BTreeMap<String, String>>,
}

/// How far a control goes for one resource on one day, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    /// How far.
    pub mode: Mode,
    /// Why.
    pub because: Because,
}

/// What decided a mode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Because {
    /// `defaults.mode`.
    Default,
    /// The entry's own `mode`.
    Entry,
    /// The entry's `enforce-from`, or that of one of its `scopes`.
    EnforceFrom(Date),
    /// One of the entry's `scopes`, by its place and in words.
    Scoped(usize, String),
    /// The resource is outside the control's `scope`.
    OutsideScope,
    /// The resource is outside the installation's `scope`.
    OutsideInstallation,
    /// Its tags decide, and could not be read.
    TagsUnknown,
}

impl fmt::Display for Because {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("`defaults.mode`"),
            Self::Entry => f.write_str("its `mode`"),
            Self::EnforceFrom(day) => write!(f, "`enforce-from` {day}"),
            Self::Scoped(index, scope) => write!(f, "`scopes[{index}]`, {scope}"),
            Self::OutsideScope => f.write_str("outside its `scope`"),
            Self::OutsideInstallation => f.write_str("outside the installation's `scope`"),
            Self::TagsUnknown => f.write_str("tags that are not known"),
        }
    }
}

/// The part of an entry that says how far it goes, where and from when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reach<'a> {
    pub mode: Option<Mode>,
    pub enforce_from: Option<Date>,
    pub scope: &'a Scope,
    pub scopes: &'a [ScopedMode],
}

/// What a reach is read with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around<'a> {
    pub default: Mode,
    pub trust_tags: bool,
    pub installation: &'a Scope,
    pub units: &'a OrganizationalUnits,
    pub today: Date,
}

impl Reach<'_> {
    /// How far it goes for `whom`.
    pub(super) fn at(&self, whom: &Whom<'_>, around: &Around<'_>) -> Reached {
        let own = self.own(around);
        let unknown =
            || Reached { mode: own.mode.min(Mode::DryRun), because: Because::TagsUnknown };
        for (scope, because) in [
            (around.installation, Because::OutsideInstallation),
            (self.scope, Because::OutsideScope),
        ] {
            match scope.covers(whom, around.units) {
                Covers::Yes => {}
                Covers::No => return Reached { mode: Mode::Off, because },
                Covers::PerhapsByTags => return unknown(),
            }
        }
        for (index, scoped) in self.scopes.iter().enumerate() {
            match scoped.scope.covers(whom, around.units) {
                Covers::Yes => return self.within(index, scoped, own, around),
                Covers::No => {}
                Covers::PerhapsByTags => return unknown(),
            }
        }
        own
    }

    /// Where nothing narrower decides.
    pub(super) fn own(&self, around: &Around<'_>) -> Reached {
        staged(self.mode, self.enforce_from, around.today)
            .unwrap_or(Reached { mode: around.default, because: Because::Default })
    }

    fn within(
        &self,
        index: usize,
        scoped: &ScopedMode,
        own: Reached,
        around: &Around<'_>,
    ) -> Reached {
        let because = Because::Scoped(index, scoped.scope.to_string());
        let there = staged(scoped.mode, scoped.enforce_from, around.today);
        let there = there.map_or(own.mode, |there| there.mode);
        let relaxes_only = !scoped.scope.tags.is_empty() && !around.trust_tags;
        let mode = if relaxes_only { own.mode.min(Mode::DryRun) } else { there };
        Reached { mode, because }
    }

    /// The farthest it goes anywhere.
    pub(super) fn farthest(&self, around: &Around<'_>) -> Mode {
        let scoped = self.scopes.iter().filter_map(|scoped| {
            staged(scoped.mode, scoped.enforce_from, around.today).map(|there| there.mode)
        });
        scoped.chain([self.own(around).mode]).max().unwrap_or_default()
    }

    /// Whether any tag has a say.
    pub(super) fn asks_tags(&self) -> bool {
        !self.scope.tags.is_empty() || self.scopes.iter().any(|one| !one.scope.tags.is_empty())
    }

    /// What it would be elsewhere and later: where, and how far.
    pub(super) fn elsewhere(&self, around: &Around<'_>) -> Vec<(String, Mode)> {
        let mut all = vec![("where nothing else is said".to_owned(), self.own(around).mode)];
        let later = |day: Option<Date>| day.filter(|day| *day > around.today);
        if let Some(day) = later(self.enforce_from) {
            all.push((format!("from {day} on"), Mode::Enforce));
        }
        for (index, scoped) in self.scopes.iter().enumerate() {
            let there = self.within(index, scoped, self.own(around), around);
            all.push((scoped.scope.to_string(), there.mode));
            if let Some(day) = later(scoped.enforce_from) {
                all.push((format!("{} from {day} on", scoped.scope), Mode::Enforce));
            }
        }
        if !self.scope.is_everything() {
            all.push((format!("outside {}", self.scope), Mode::Off));
        }
        all
    }
}

/// What an entry or one of its scopes says itself, if it says anything.
fn staged(mode: Option<Mode>, enforce_from: Option<Date>, today: Date) -> Option<Reached> {
    match (mode, enforce_from) {
        (_, Some(day)) => {
            let mode = if today >= day { Mode::Enforce } else { Mode::DryRun };
            Some(Reached { mode, because: Because::EnforceFrom(day) })
        }
        (Some(mode), None) => Some(Reached { mode, because: Because::Entry }),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    const TODAY: Date = date!(2026 - 11 - 21);

    /// By ARN, or a function by name.
    fn resource(name: &str) -> Resource {
        let function = format!("arn:aws:lambda:eu-west-1:111122223333:function:{name}");
        Resource::parse(if name.starts_with("arn:") { name } else { &function }).unwrap()
    }

    /// An entry as written, and the mode of `name` with `tags`, if they are known.
    fn reached(
        entry: &str,
        name: &str,
        tags: Option<&[(&str, &str)]>,
        trust_tags: bool,
    ) -> Reached {
        let entry: super::super::Control<super::super::Nothing> =
            serde_json::from_str(entry).unwrap();
        let units = OrganizationalUnits::from([(
            OrganizationalUnit::try_from("ou-ab12-cdef3456".to_owned()).unwrap(),
            BTreeSet::from([AccountId::parse("111122223333").unwrap()]),
        )]);
        let around = Around {
            default: Mode::Enforce,
            trust_tags,
            installation: &Scope::default(),
            units: &units,
            today: TODAY,
        };
        let tags = tags.map(|all| {
            all.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
        });
        let whom = Whom { resource: &resource(name), tags: tags.as_ref() };
        entry.given().reach.at(&whom, &around)
    }

    #[test]
    fn the_first_scope_that_covers_a_function_decides() {
        let entry = r#"{"mode":"dry-run","scopes":[
            {"where":{"functions":["pay-*"]},"mode":"off"},
            {"where":{"functions":["pay-api","web"]},"mode":"enforce"}]}"#;
        for (name, mode) in
            [("pay-api", Mode::Off), ("web", Mode::Enforce), ("other", Mode::DryRun)]
        {
            assert_eq!(reached(entry, name, None, false).mode, mode, "{name}");
        }
    }

    #[test]
    fn everything_that_a_scope_names_must_fit() {
        for (scope, covers) in [
            (r#"{"accounts":["111122223333"],"regions":["eu-west-1"]}"#, true),
            (r#"{"accounts":["111122223333"],"regions":["us-east-1"]}"#, false),
            (r#"{"accounts":["444455556666"]}"#, false),
            (r#"{"organizational-units":["ou-ab12-cdef3456"]}"#, true),
            (r#"{"organizational-units":["ou-ab12-00000000"]}"#, false),
            (r#"{"functions":["arn:aws:lambda:eu-*:111122223333:function:w?b"]}"#, true),
            (r#"{"functions":["arn:aws:lambda:us-*"]}"#, false),
            ("{}", true),
        ] {
            let entry = format!(r#"{{"scope":{scope}}}"#);
            let want = if covers { Mode::Enforce } else { Mode::Off };
            assert_eq!(reached(&entry, "web", None, false).mode, want, "{scope}");
        }
    }

    #[test]
    fn other_resources_are_covered_as_far_as_their_arns_tell() {
        let role = "arn:aws:iam::111122223333:role/deploy/web";
        let layer = "arn:aws:lambda:eu-west-1:111122223333:layer:web:3";
        let bucket = "arn:aws:s3:::web";
        // Whether it covers the function `web`, the role, the layer and the bucket.
        for (scope, covers) in [
            ("{}", [true, true, true, true]),
            (r#"{"accounts":["111122223333"]}"#, [true, true, true, false]),
            (r#"{"organizational-units":["ou-ab12-cdef3456"]}"#, [true, true, true, false]),
            (r#"{"regions":["eu-west-1"]}"#, [true, false, true, false]),
            (r#"{"functions":["*"]}"#, [true, false, false, false]),
            (r#"{"functions":["arn:*"]}"#, [true, false, false, false]),
            (r#"{"resources":["arn:*"]}"#, [true, true, true, true]),
            (r#"{"resources":["arn:aws:iam::*:role/deploy/*"]}"#, [false, true, false, false]),
            (r#"{"resources":["*:layer:web:*"]}"#, [false, false, true, false]),
            (r#"{"resources":["*:function:w?b"]}"#, [true, false, false, false]),
            (r#"{"functions":["web"],"resources":["*:role/*"]}"#, [true, true, false, false]),
            (
                r#"{"functions":["api"],"resources":["arn:aws:s3:::*"]}"#,
                [false, false, false, true],
            ),
            (
                r#"{"accounts":["111122223333"],"resources":["arn:aws:s3:::*"]}"#,
                [false, false, false, false],
            ),
            (r#"{"tags":{"tier":["lab"]}}"#, [true, false, false, false]),
        ] {
            let entry = format!(r#"{{"scope":{scope}}}"#);
            let tags: Option<&[(&str, &str)]> = Some(&[("tier", "lab")]);
            let got = ["web", role, layer, bucket].map(|name| {
                let tags = tags.filter(|_| name == "web");
                reached(&entry, name, tags, false).mode == Mode::Enforce
            });
            assert_eq!(got, covers, "{scope}");
        }
    }

    #[test]
    fn tags_that_decide_for_functions_do_not_make_other_resources_unknown() {
        let entry =
            r#"{"mode":"enforce","scopes":[{"where":{"tags":{"tier":[]}},"mode":"dry-run"}]}"#;
        let role = reached(entry, "arn:aws:iam::111122223333:role/web", None, false);
        assert_eq!((role.mode, role.because), (Mode::Enforce, Because::Entry));
        let function = reached(entry, "web", None, false);
        assert_eq!((function.mode, function.because), (Mode::DryRun, Because::TagsUnknown));
    }

    #[test]
    fn a_scope_is_told_in_words() {
        for (scope, words) in [
            ("{}", "everything"),
            (
                r#"{"functions":["a","b"],"regions":["eu-west-1"]}"#,
                "Regions eu-west-1, functions a or b",
            ),
            (r#"{"resources":["*:role/*"]}"#, "resources *:role/*"),
            (
                r#"{"functions":["a"],"resources":["*:role/*"],"accounts":["111122223333"]}"#,
                "accounts 111122223333, functions a or resources *:role/*",
            ),
        ] {
            let scope: Scope = serde_json::from_str(scope).unwrap();
            assert_eq!(scope.to_string(), words);
        }
    }

    #[test]
    fn a_day_promotes_from_dry_run_to_enforce() {
        for (day, mode) in [("2026-11-21", Mode::Enforce), ("2026-11-22", Mode::DryRun)] {
            let entry = format!(r#"{{"enforce-from":"{day}"}}"#);
            let reached = reached(&entry, "web", None, false);
            assert_eq!(reached.mode, mode, "{day}");
            assert!(matches!(reached.because, Because::EnforceFrom(_)), "{day}");
        }
    }

    #[test]
    fn a_tag_only_relaxes_to_dry_run_unless_tags_are_trusted() {
        let tagged: &[(&str, &str)] = &[("tier", "lab")];
        for (own, there, trusted, want) in [
            ("enforce", "dry-run", false, Mode::DryRun),
            ("enforce", "off", false, Mode::DryRun),
            ("dry-run", "enforce", false, Mode::DryRun),
            ("off", "enforce", false, Mode::Off),
            ("enforce", "off", true, Mode::Off),
            ("dry-run", "enforce", true, Mode::Enforce),
        ] {
            let entry = format!(
                r#"{{"mode":"{own}","scopes":[{{"where":{{"tags":{{"tier":["lab"]}}}},"mode":"{there}"}}]}}"#
            );
            let reached = |tags| reached(&entry, "web", tags, trusted).mode;
            assert_eq!(reached(Some(tagged)), want, "{entry}");
            let own = serde_json::from_str(&format!("\"{own}\"")).unwrap();
            assert_eq!(reached(Some(&[("tier", "gold")])), own, "{entry}");
            assert_eq!(reached(None), own.min(Mode::DryRun), "what is not known enforces nothing");
        }
    }

    #[test]
    fn what_it_would_be_elsewhere_and_later_is_told() {
        let entry: super::super::Control<super::super::Nothing> = serde_json::from_str(
            r#"{"enforce-from":"2027-01-01","scopes":[
                {"where":{"functions":["lab-*"],"regions":["eu-west-1"]},"mode":"enforce"}]}"#,
        )
        .unwrap();
        let around = Around {
            default: Mode::Off,
            trust_tags: false,
            installation: &Scope::default(),
            units: &OrganizationalUnits::new(),
            today: TODAY,
        };
        let told = entry.given().reach.elsewhere(&around);
        let want = [
            ("where nothing else is said", Mode::DryRun),
            ("from 2027-01-01 on", Mode::Enforce),
            ("Regions eu-west-1, functions lab-*", Mode::Enforce),
        ];
        assert_eq!(told, want.map(|(place, mode)| (place.to_owned(), mode)));
    }
}
