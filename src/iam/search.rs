//! The search for a caller from outside whose request a statement lets in.
//! Refuses to report one unless every clause holds for it and no Deny may reach it.
//! Evaluation: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>.

use super::actions::{self, Candidate};
use super::caller::{Base, Caller, Means, Member, Role};
use super::condition::Clause;
use super::deny;
use super::exposure::{Exposure, Setting, Witness};
use super::limits::{self, Owner};
use super::model::{Principal, Statement};
use super::service;

/// A caller that gets in.
pub(super) struct Found {
    pub exposure: Exposure,
    pub reason: String,
    pub witness: Option<Witness>,
}

/// Somebody nobody named.
pub(super) struct Stranger {
    pub account: String,
    organization: String,
    /// What AWS named its networks.
    network: String,
}

/// So many strangers are looked at: more than a policy of 20 KB can name.
const STRANGERS: u64 = 4096;

impl Stranger {
    /// One of many, always the same for a number. Whoever writes a policy can know them, which is
    /// why one that is named is passed over for the next.
    pub(super) fn number(number: u64) -> Self {
        let account = (246_802_468_024 + number * 728_516_851_729) % 1_000_000_000_000;
        let account = format!("{account:012}");
        let letter = |digit: u8| char::from(b'k' + (digit - b'0'));
        let organization = account.bytes().take(10).map(letter).collect::<String>();
        let network = account.chars().take(8).collect();
        Self { account, organization: format!("o-{organization}"), network }
    }

    /// No two are alike at any place, so that what lets two of them in lets anybody in.
    fn is_unlike(&self, other: &Self) -> bool {
        self.account.bytes().zip(other.account.bytes()).all(|(one, other)| one != other)
    }
}

/// More owners than this are not tried one by one.
const MOST_OWNERS: usize = 20;

/// Nor more actions than this.
const MOST_ACTIONS: usize = 6;

/// The worst caller that provably gets in, or why none does.
pub(super) fn find(
    base: &Base,
    statement: &Statement,
    clauses: &[Clause],
    setting: &Setting<'_>,
) -> Result<Found, String> {
    let mut options = actions::candidates(&statement.actions);
    options.truncate(MOST_ACTIONS);
    if options.is_empty() {
        return Err("it grants no action of Lambda".to_owned());
    }
    let search = Search { base, statement, clauses, setting, options, heed_denies: true };
    if let Some(found) = search.run() {
        return Ok(found);
    }
    if deny::any(setting) && (Search { heed_denies: false, ..search }).run().is_some() {
        return Err("a Deny may cover it".to_owned());
    }
    Err(match clauses.first() {
        None => "no caller from outside is proven to get in".to_owned(),
        Some(_) => "its conditions may narrow it, or are not understood completely".to_owned(),
    })
}

/// One grant that is searched.
pub(super) struct Search<'a> {
    pub base: &'a Base,
    pub statement: &'a Statement,
    pub clauses: &'a [Clause],
    pub setting: &'a Setting<'a>,
    pub options: Vec<Candidate>,
    pub heed_denies: bool,
}

impl Search<'_> {
    fn run(&self) -> Option<Found> {
        match self.base {
            Base::Everybody | Base::EveryService => {
                self.by_strangers(Exposure::Public).or_else(|| self.by_owners(Exposure::External))
            }
            Base::Service { .. } => self
                .by_strangers(Exposure::UnscopedService)
                .or_else(|| self.by_owners(Exposure::UnscopedService)),
            Base::Account(named) => {
                let owner = format!("account {}", named.account);
                [Means::Internet, Means::CloudFormation].into_iter().find_map(|means| {
                    let caller = Caller {
                        means,
                        account: Some(named.account.clone()),
                        role: named.role.clone(),
                        member: Member::Unsure,
                        network: String::new(),
                    };
                    self.enter_somehow(&caller, Exposure::External, &owner)
                })
            }
            Base::Nobody | Base::Unclear(_) => None,
        }
    }

    /// The ways a caller may come, given the principal.
    fn means(&self) -> Vec<Means> {
        let direct = [Means::Internet, Means::Unsigned, Means::Endpoint, Means::CloudFormation];
        let services = || {
            service::triggers().map(|row| Means::Service {
                name: format!("{}.amazonaws.com", row.name),
                row: Some(row),
                any_bucket: false,
            })
        };
        match self.base {
            Base::Everybody => direct.into_iter().chain(services()).collect(),
            Base::EveryService => services().collect(),
            Base::Service { name } => vec![Means::Service {
                name: name.clone(),
                row: service::row_of(name),
                any_bucket: true,
            }],
            Base::Account(_) | Base::Nobody | Base::Unclear(_) => Vec::new(),
        }
    }

    /// Two strangers who get in by the same means: then everybody does.
    fn by_strangers(&self, exposure: Exposure) -> Option<Found> {
        let strange =
            |s: &Stranger| self.is_strange(&s.account) && self.is_strange(&s.organization);
        let mut free = (0..STRANGERS).map(Stranger::number).filter(strange);
        let first = free.next()?;
        let second = free.find(|stranger| stranger.is_unlike(&first))?;
        for means in self.means() {
            for organized in [false, true] {
                let caller = |stranger: &Stranger| Caller {
                    means: means.clone(),
                    account: Some(stranger.account.clone()),
                    role: Role::Free,
                    member: match organized {
                        false => Member::OfNone,
                        true => Member::Of(stranger.organization.clone()),
                    },
                    network: stranger.network.clone(),
                };
                let (one, other) = (caller(&first), caller(&second));
                let entered = self.options.iter().find_map(|option| {
                    self.enter(&other, option)?;
                    self.enter(&one, option).map(|witness| (option, witness))
                });
                if let Some((option, witness)) = entered {
                    let reason = stranger_reason(&means, exposure);
                    return Some(found(exposure, reason, option, witness));
                }
            }
        }
        None
    }

    /// Nobody named this account or organization, in trust or in the document.
    fn is_strange(&self, id: &str) -> bool {
        let named = |text: &str| text.contains(id);
        let trusted = self.setting.trusted;
        let mentioned = self.setting.statements.iter().any(|statement| {
            let people = statement.principals.iter().chain(&statement.not_principals);
            let mut values = statement.conditions.iter().flat_map(|clause| &clause.values);
            people.map(Principal::to_string).any(|text| named(&text)) || values.any(|v| named(v))
        });
        id != self.setting.home.account.as_str()
            && !trusted.accounts.iter().any(|account| account.as_str() == id)
            && !trusted.organizations.contains(id)
            && !mentioned
    }

    /// Somebody whom the conditions name and nobody trusts.
    fn by_owners(&self, exposure: Exposure) -> Option<Found> {
        let mut owners: Vec<Owner> = Vec::new();
        for owner in self.clauses.iter().flat_map(|c| limits::named_owners(c, self.setting)) {
            if self.setting.circle(&owner).is_none() && !owners.contains(&owner) {
                owners.push(owner);
            }
        }
        for owner in owners.into_iter().take(MOST_OWNERS) {
            for means in self.means() {
                if means == Means::Endpoint || means == Means::Unsigned {
                    continue;
                }
                let (account, member, words) = match &owner {
                    Owner::Account(id) => (Some(id), Member::Unsure, format!("account {id}")),
                    Owner::Organization(id) => {
                        (None, Member::Of(id.clone()), format!("organization {id}"))
                    }
                    Owner::Nobody => continue,
                };
                let (account, role) = (account.cloned(), Role::Free);
                let caller = Caller { means, account, role, member, network: String::new() };
                if let Some(found) = self.enter_somehow(&caller, exposure, &words) {
                    return Some(found);
                }
            }
        }
        None
    }

    fn enter_somehow(&self, caller: &Caller, exposure: Exposure, owner: &str) -> Option<Found> {
        let reason = match caller.service() {
            Some(name) => format!("`{name}` is scoped to somebody else's {owner}"),
            None => format!("{owner} is outside the trusted set"),
        };
        self.options.iter().find_map(|option| {
            let witness = self.enter(caller, option)?;
            Some(found(exposure, reason.clone(), option, witness))
        })
    }
}

fn found(exposure: Exposure, reason: String, option: &Candidate, witness: Witness) -> Found {
    if option.honoured {
        return Found { exposure, reason, witness: Some(witness) };
    }
    let action = &option.action;
    let reason = format!("{reason}, if AWS reads resource policies for `{action}`");
    Found { exposure, reason, witness: None }
}

fn stranger_reason(means: &Means, exposure: Exposure) -> String {
    match means {
        Means::Service { name, .. } if exposure == Exposure::UnscopedService => {
            format!("`{name}` may be made to invoke by anybody who has an account")
        }
        Means::Service { name, .. } => {
            format!("services such as `{name}` may be made to invoke by anybody who has an account")
        }
        Means::Unsigned => "anybody may enter unsigned, through the function URL".to_owned(),
        Means::Internet | Means::Endpoint | Means::CloudFormation => {
            "anybody with an AWS account may enter".to_owned()
        }
    }
}
