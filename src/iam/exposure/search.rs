//! The search for a caller whose request a grant lets in: strangers first, then whoever is named.
//! Refuses to report one unless every clause holds for it and no Deny may reach it.
//! Evaluation: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>.

use super::Exposure;
use super::caller::{Base, Caller, Means, Member, Named, Role, Signer};
use super::entry::asks_for_signer;
use super::owner::{self, Owner};
use super::setting::Circle;
use super::shut::Granted;
use super::stranger::Stranger;
use super::witness::Witness;
use crate::iam::actions::{self, Candidate, INVOKE};
use crate::iam::condition::{self, Clause};
use crate::iam::document::Principal;
use crate::iam::service;
use std::borrow::Cow;
use std::cell::Cell;

/// A caller that gets in.
pub struct Found {
    pub exposure: Exposure,
    pub reason: String,
    pub witness: Option<Witness>,
}

/// More owners inside the circle than this are not tried one by one.
const MOST_OWNERS: usize = 20;

/// So much is tried for one grant: requests made up, and Denies that each is held against. A hostile
/// document costs no more; what is not found by then is unknown.
const MOST_TRIES: u32 = 2048;

/// The worst caller from outside that provably gets in, or why none does.
pub fn find(granted: &Granted<'_>) -> Result<Found, Cow<'static, str>> {
    let mut options = actions::candidates(&granted.statement.actions);
    for option in &mut options {
        let honours = granted.setting.honours;
        option.honoured |= honours.is_some_and(|own| option.action.eq_ignore_ascii_case(own));
    }
    if options.is_empty() {
        return Err("it grants no action of Lambda".into());
    }
    let search = Search::new(granted, options, true);
    if let Some(found) = search.outsiders() {
        return Ok(found);
    }
    if granted.setting.denies().is_empty() {
        return Err(granted.doubt());
    }
    let without = Search::new(granted, search.options, false);
    Err(match without.outsiders() {
        Some(_) => "a Deny may cover it".into(),
        None => granted.doubt(),
    })
}

/// A request from inside the circle that gets in.
pub fn insider(granted: &Granted<'_>) -> Option<Witness> {
    let mut options = actions::candidates(&granted.statement.actions);
    options.retain(|option| option.honoured);
    Search::new(granted, options, true).insiders()
}

/// One grant that is searched.
pub struct Search<'a> {
    pub granted: &'a Granted<'a>,
    pub options: Vec<Candidate>,
    pub heed_denies: bool,
    /// What may still be tried.
    pub tries: Cell<u32>,
    /// Whether any clause, of a Deny too, depends on who signs.
    pub asks_for_signer: bool,
    means: Vec<Means<'a>>,
}

impl<'a> Search<'a> {
    fn new(granted: &'a Granted<'a>, options: Vec<Candidate>, heed_denies: bool) -> Self {
        let mut clauses = granted.clauses.iter().chain(granted.setting.denying());
        let asks_for_signer = clauses.any(asks_for_signer);
        let means = means(granted, &options);
        let tries = Cell::new(MOST_TRIES);
        Self { granted, options, heed_denies, tries, asks_for_signer, means }
    }

    fn outsiders(&self) -> Option<Found> {
        match self.granted.base {
            Base::Everybody | Base::EveryService => {
                self.strangers(Exposure::Public).or_else(|| self.owners(Exposure::External))
            }
            Base::Service { .. } => self
                .strangers(Exposure::UnscopedService)
                .or_else(|| self.owners(Exposure::UnscopedService)),
            Base::Account(named) => {
                let (option, witness) = self.account(named)?;
                let owner = Owner::Account(&named.account);
                Some(found(Exposure::External, owner_reason(None, &owner), option, witness))
            }
            Base::Nobody | Base::Unclear(_) => None,
        }
    }

    fn insiders(&self) -> Option<Witness> {
        let setting = self.granted.setting;
        let own = [Owner::Account(setting.home.account.as_str())];
        let accounts = setting.trusted.accounts.iter().map(|id| Owner::Account(id.as_str()));
        let organizations = setting.trusted.organizations.iter().map(|text| {
            if text.contains('/') { Owner::Path(text) } else { Owner::Organization(text) }
        });
        match self.granted.base {
            Base::Account(named) => self.account(named).map(|(_, witness)| witness),
            Base::Everybody | Base::EveryService | Base::Service { .. } => own
                .into_iter()
                .chain(accounts)
                .chain(organizations)
                .take(MOST_OWNERS)
                .find_map(|owner| self.owner(&owner))
                .map(|(_, _, witness)| witness),
            Base::Nobody | Base::Unclear(_) => None,
        }
    }

    /// The account that the principal names.
    fn account(&self, named: &'a Named) -> Option<(&Candidate, Witness)> {
        let session = match named.role {
            Role::Session { .. } => Some(named.written.as_str()),
            Role::Free | Role::Fixed(_) => None,
        };
        [Means::Internet, Means::CloudFormation].into_iter().find_map(|means| {
            self.somehow(&Caller {
                means,
                account: Some(&named.account),
                role: &named.role,
                signer: Signer::SESSION,
                session,
                member: Member::Unsure,
                network: "",
            })
        })
    }

    /// Two strangers who get in by the same means: then everybody does.
    fn strangers(&self, exposure: Exposure) -> Option<Found> {
        let [first, second] = self.granted.setting.strangers()?;
        for means in self.means.iter().copied() {
            for organized in [false, true] {
                let (one, other) =
                    (stranger(first, means, organized), stranger(second, means, organized));
                let entered = self.options.iter().find_map(|option| {
                    self.enter(other, option)?;
                    self.enter(one, option).map(|trial| (option, self.witness(&trial)))
                });
                if let Some((option, witness)) = entered {
                    let exposure = self.by(means, exposure);
                    let reason = stranger_reason(means, exposure);
                    return Some(found(exposure, reason, option, witness));
                }
            }
        }
        None
    }

    /// Somebody whom the conditions name and nobody trusts.
    fn owners(&self, exposure: Exposure) -> Option<Found> {
        let mut owners: Vec<Owner<'_>> = Vec::new();
        let setting = self.granted.setting;
        for clause in self.granted.clauses {
            for owner in owner::named(clause, &setting.home.partition) {
                if !setting.holds(Circle::Trusted, &owner) && !owners.contains(&owner) {
                    owners.push(owner);
                }
            }
        }
        owners.into_iter().find_map(|owner| {
            let (means, option, witness) = self.owner(&owner)?;
            let service = matches!(means, Means::Service { .. }).then_some(&witness.principal);
            let reason = owner_reason(service.map(String::as_str), &owner);
            Some(found(self.by(means, exposure), reason, option, witness))
        })
    }

    /// The exposure of a grant whose clauses may name the services that it is meant for.
    fn by(&self, means: Means<'_>, exposure: Exposure) -> Exposure {
        let names_services = |clause: &Clause| {
            clause.name() == "aws:principalservicename"
                && clause.understood().is_some_and(|operator| {
                    operator.base == condition::Base::Equals && !operator.negated
                })
        };
        match means {
            Means::Service { .. } if self.granted.clauses.iter().any(names_services) => {
                Exposure::UnscopedService
            }
            Means::Service { .. }
            | Means::Internet
            | Means::Endpoint
            | Means::CloudFormation
            | Means::Unsigned => exposure,
        }
    }

    /// A request of this owner that gets in, directly or by a service. Which account of an
    /// organization makes it must not matter.
    fn owner(&self, owner: &Owner<'_>) -> Option<(Means<'a>, &Candidate, Witness)> {
        let [stranger, other] = self.granted.setting.strangers()?;
        let anybody = || vec![&*stranger.account, &*other.account];
        let (accounts, member) = match owner {
            Owner::Account(id) => (vec![*id], Member::Unsure),
            Owner::Path(path) => (anybody(), Member::In(path)),
            Owner::Organization(id) => (anybody(), Member::Of(id)),
            Owner::Nobody => return None,
        };
        let means = self.means.iter().copied();
        means.filter(|means| *means != Means::Unsigned).find_map(|means| {
            let entered = accounts.iter().rev().map(|account| {
                self.somehow(&Caller {
                    means,
                    account: Some(account),
                    role: &Role::Free,
                    signer: Signer::SESSION,
                    session: None,
                    member,
                    network: "",
                })
            });
            let (option, witness) = entered.reduce(|one, other| one.and(other)).flatten()?;
            Some((means, option, witness))
        })
    }

    fn somehow(&self, caller: &Caller<'_>) -> Option<(&Candidate, Witness)> {
        let enter =
            |option| self.enter(*caller, option).map(|trial| (option, self.witness(&trial)));
        self.options.iter().find_map(enter)
    }
}

/// The ways a caller may come, given the principal.
fn means<'a>(granted: &Granted<'a>, options: &[Candidate]) -> Vec<Means<'a>> {
    let direct = [Means::Internet, Means::Unsigned, Means::Endpoint, Means::CloudFormation];
    let services = || {
        let all = granted.setting.services().iter();
        let different = if tells_services_apart(granted, options) { usize::MAX } else { 1 };
        all.map(|(name, row)| Means::Service { name, row: Some(row), any_bucket: false })
            .take(different)
    };
    match granted.base {
        Base::Everybody => direct.into_iter().chain(services()).collect(),
        Base::EveryService => services().collect(),
        Base::Service { name } => {
            vec![Means::Service { name, row: service::row_of(name), any_bucket: true }]
        }
        Base::Account(_) | Base::Nobody | Base::Unclear(_) => Vec::new(),
    }
}

/// Whether it may matter which service calls.
fn tells_services_apart(granted: &Granted<'_>, options: &[Candidate]) -> bool {
    let setting = granted.setting;
    let everybody = |principal: &Principal| *principal == Principal::Anyone;
    granted.clauses.iter().chain(setting.denying()).any(|clause| {
        ["aws:source", "aws:principalservicename", "lambda:"]
            .iter()
            .any(|start| clause.name().starts_with(start))
            || clause.variable_keys().next().is_some()
    }) || !setting.denies().iter().all(|deny| deny.principals.iter().all(everybody))
        || !options.iter().any(|option| option.action == INVOKE)
}

fn stranger<'s>(stranger: &'s Stranger, means: Means<'s>, organized: bool) -> Caller<'s> {
    Caller {
        means,
        account: Some(&stranger.account),
        role: &Role::Free,
        signer: Signer::SESSION,
        session: None,
        member: match organized {
            false => Member::OfNone,
            true => Member::Of(&stranger.organization),
        },
        network: &stranger.network,
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

fn owner_reason(service: Option<&str>, owner: &Owner<'_>) -> String {
    let owner = match owner {
        Owner::Account(id) => format!("account {id}"),
        Owner::Organization(id) => format!("organization {id}"),
        Owner::Path(path) => format!("organization {}", path.split('/').next().unwrap_or(path)),
        Owner::Nobody => "nobody".to_owned(),
    };
    match service {
        Some(name) => format!("`{name}` is scoped to somebody else's {owner}"),
        None => format!("{owner} is outside the trusted set"),
    }
}

fn stranger_reason(means: Means<'_>, exposure: Exposure) -> String {
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
