//! Callers from outside, and the search for one whose request a statement lets in.
//! Refuses to report a caller unless every clause holds for it and no Deny may reach it.
//! Principals: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>.

use super::actions::{self, Candidate, INVOKE, INVOKE_URL};
use super::condition::{self, Clause, State};
use super::context::{self, Asked};
use super::deny::{self, Who};
use super::exposure::{Exposure, Setting, Witness};
use super::limits::{self, Owner, is_account};
use super::model::{Principal, Statement};
use super::pattern::{Arn, has_wildcard};
use super::service::{self, Row};
use std::collections::{BTreeMap, BTreeSet};

/// Whom a principal stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Base {
    Everybody,
    EveryService,
    Account(Named),
    Service { name: String },
    Nobody,
    Unclear(&'static str),
}

/// A principal of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    pub account: String,
    role: Role,
}

/// Which ARN the caller has as `aws:PrincipalArn`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Role {
    /// Any role or user the account cares to create.
    Free,
    Fixed(String),
    Unsure,
}

/// Whether the caller's account belongs to an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Member {
    OfNone,
    Of(String),
    Unsure,
}

/// How the request reaches Lambda.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Means {
    Internet,
    /// Through an interface endpoint in a VPC of the caller.
    Endpoint,
    /// Through CloudFormation, with the caller's credentials.
    CloudFormation,
    /// Unsigned, through a function URL.
    Unsigned,
    Service {
        name: String,
        row: Option<&'static Row>,
        /// Whether a bucket named literally counts as one a stranger may own: a bucket's name is
        /// free again once the bucket is deleted.
        any_bucket: bool,
    },
}

/// One caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Caller {
    pub means: Means,
    /// Its account, or the account a service acts for; none for a member of an organization.
    pub account: Option<String>,
    pub role: Role,
    pub member: Member,
    /// What AWS named its VPC and endpoint.
    pub network: &'static str,
}

impl Caller {
    /// The service principal, if a service calls.
    pub fn service(&self) -> Option<&str> {
        match &self.means {
            Means::Service { name, .. } => Some(name),
            Means::Internet | Means::Endpoint | Means::CloudFormation | Means::Unsigned => None,
        }
    }
}

/// A caller that gets in.
pub(super) struct Found {
    pub exposure: Exposure,
    pub reason: String,
    pub witness: Option<Witness>,
}

/// Accounts nobody named, with what AWS named their networks. No two share a digit at any place,
/// so that what lets two of them in lets anybody in.
const STRANGERS: [(&str, &str); 3] =
    [("246802468024", "2a4b6c8d"), ("975319753197", "9f7e5d3c"), ("510487246583", "51048724")];

/// An organization nobody named.
const STRANGE_ORGANIZATION: &str = "o-z9y8x7w6v5";

/// More owners than this are not tried one by one.
const MOST_OWNERS: usize = 20;

/// Nor more actions than this.
const MOST_ACTIONS: usize = 6;

/// Whom `principal` stands for.
pub(super) fn base(principal: &Principal, statement: &Statement, setting: &Setting<'_>) -> Base {
    match principal {
        Principal::Anyone => Base::Everybody,
        Principal::NotListed => {
            let specific = statement.not_principals.iter().all(|excluded| {
                matches!(excluded, Principal::Aws(_) | Principal::Service(_) | Principal::Dead(_))
            });
            if specific { Base::Everybody } else { Base::Unclear("its NotPrincipal is not clear") }
        }
        Principal::Aws(text) => named(text, &setting.home.partition)
            .map_or(Base::Unclear("the principal is not one account's"), Base::Account),
        Principal::Service(name) if name == "*" => Base::EveryService,
        Principal::Service(name) if service::service_name(name).is_some() => {
            Base::Service { name: name.clone() }
        }
        Principal::Service(_) => Base::Unclear("the service principal is not known"),
        Principal::Dead(_) => Base::Nobody,
        Principal::Federated(_) => {
            Base::Unclear("who signs in at an identity provider is not known")
        }
        Principal::Other { .. } => Base::Unclear("the type of principal is not known"),
    }
}

fn named(text: &str, partition: &str) -> Option<Named> {
    if is_account(text) {
        return Some(Named { account: text.to_owned(), role: Role::Free });
    }
    let arn = Arn::parse(text)?;
    if has_wildcard(text) || arn.partition != partition || !arn.region.is_empty() {
        return None;
    }
    let role = match (arn.service, arn.resource.split_once('/')) {
        ("iam", None) if arn.resource == "root" => Role::Free,
        ("iam", Some(("role" | "user", name))) if !name.is_empty() => Role::Fixed(text.to_owned()),
        ("sts", Some(("assumed-role" | "federated-user", name))) if !name.is_empty() => {
            Role::Unsure
        }
        _ => return None,
    };
    is_account(arn.account).then(|| Named { account: arn.account.to_owned(), role })
}

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

struct Search<'a> {
    base: &'a Base,
    statement: &'a Statement,
    clauses: &'a [Clause],
    setting: &'a Setting<'a>,
    options: Vec<Candidate>,
    heed_denies: bool,
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
                        network: "",
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
        let mut free = STRANGERS.iter().filter(|(id, _)| self.is_strange(id));
        let (first, second) = (free.next()?, free.next()?);
        let organization = Member::Of(STRANGE_ORGANIZATION.to_owned());
        let mut members = vec![Member::OfNone];
        members.extend(Some(organization).filter(|_| self.is_strange(STRANGE_ORGANIZATION)));
        for means in self.means() {
            for member in &members {
                let caller = |(id, network): &(&str, &'static str)| Caller {
                    means: means.clone(),
                    account: Some((*id).to_owned()),
                    role: Role::Free,
                    member: member.clone(),
                    network,
                };
                let (one, other) = (caller(first), caller(second));
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
                let caller = Caller { means, account, role, member, network: "" };
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

    /// The request with which the caller provably gets in.
    fn enter(&self, caller: &Caller, option: &Candidate) -> Option<Witness> {
        let action = option.action.as_str();
        if !self.can_use(caller, action) {
            return None;
        }
        let mut chosen: BTreeMap<String, (String, State)> = BTreeMap::new();
        let keys: BTreeSet<String> = self.clauses.iter().map(Clause::key_name).collect();
        for key in keys {
            let clauses = self.asked(caller, &key);
            let asked = Asked { key: &key, clauses: &clauses, action };
            let state = context::states(caller, &asked, self.setting)
                .into_iter()
                .find(|state| clauses.iter().all(|c| c.holds(state) == Some(true)))?;
            let written = clauses.first().map_or_else(String::new, |c| c.key.clone());
            chosen.insert(key, (written, state));
        }
        let state = |key: &str| match chosen.get(key) {
            Some((_, state)) => state.clone(),
            None => self.default(caller, key, action),
        };
        let arn = match state("aws:principalarn") {
            State::Present(arn) => Some(arn),
            State::Absent | State::Unsure => None,
        };
        let who = who(caller, arn.as_deref());
        if deny::excludes(self.statement, &who) {
            return None;
        }
        if self.heed_denies && deny::may_reach(self.setting, &who, action, state) {
            return None;
        }
        Some(self.witness(caller, action, arn.clone(), &chosen))
    }

    /// The clauses on one key; address ranges that do not count as everybody are left out.
    fn asked(&self, caller: &Caller, key: &str) -> Vec<Clause> {
        let from_internet = matches!(caller.means, Means::Internet | Means::Unsigned);
        let mut clauses: Vec<Clause> =
            self.clauses.iter().filter(|c| c.key_name() == key).cloned().collect();
        if from_internet && key == "aws:sourceip" {
            for clause in &mut clauses {
                let positive = clause
                    .understood()
                    .is_some_and(|o| o.base == condition::Base::Ip && !o.negated);
                if positive {
                    clause.values.retain(|value| {
                        condition::Network::parse(value).is_none_or(|n| n.is_broad())
                    });
                }
            }
        }
        clauses
    }

    fn default(&self, caller: &Caller, key: &str, action: &str) -> State {
        let asked = Asked { key, clauses: &[], action };
        context::states(caller, &asked, self.setting).into_iter().next().unwrap_or(State::Unsure)
    }

    /// Whether the caller's means fit the action.
    fn can_use(&self, caller: &Caller, action: &str) -> bool {
        match &caller.means {
            Means::Internet => true,
            Means::Endpoint | Means::CloudFormation => action != INVOKE_URL,
            Means::Unsigned => action == INVOKE_URL || (action == INVOKE && self.asks_for_url()),
            Means::Service { .. } => matches!(self.base, Base::Service { .. }) || action == INVOKE,
        }
    }

    /// Whether the statement speaks of invocations through the URL.
    fn asks_for_url(&self) -> bool {
        self.clauses.iter().any(|c| c.key_name() == "lambda:invokedviafunctionurl")
    }

    fn witness(
        &self,
        caller: &Caller,
        action: &str,
        arn: Option<String>,
        chosen: &BTreeMap<String, (String, State)>,
    ) -> Witness {
        let mut context = BTreeMap::new();
        for (name, state) in chosen.values() {
            if let State::Present(value) = state {
                context.insert(spelling(name), value.clone());
            }
        }
        for name in SHOWN {
            let key = name.to_ascii_lowercase();
            if let (false, State::Present(value)) =
                (chosen.contains_key(&key), self.default(caller, &key, action))
            {
                context.insert(name.to_owned(), value);
            }
        }
        let principal = match (&caller.means, &caller.account, self.base) {
            (Means::Unsigned, _, _) => "*".to_owned(),
            (Means::Service { name, .. }, _, _) => name.clone(),
            (_, _, Base::Account(Named { role: Role::Unsure, .. })) => self
                .statement
                .principals
                .iter()
                .map(Principal::to_string)
                .find(|text| caller.account.as_ref().is_some_and(|account| text.contains(account)))
                .unwrap_or_default(),
            (_, account, _) => arn.unwrap_or_else(|| {
                let stranger = STRANGERS.first().map_or("", |(id, _)| id);
                let account = account.as_deref().unwrap_or(stranger);
                format!("arn:{}:iam::{account}:role/caller", self.setting.home.partition)
            }),
        };
        let resource = self.setting.resource.to_string();
        Witness { principal, action: action.to_owned(), resource, context }
    }
}

/// Keys that a witness shows even where no condition asks for them.
const SHOWN: [&str; 4] =
    ["aws:PrincipalAccount", "aws:PrincipalArn", "aws:SourceAccount", "aws:SourceArn"];

/// The usual spelling of a key.
fn spelling(key: &str) -> String {
    let known = SHOWN.iter().find(|name| name.eq_ignore_ascii_case(key));
    known.map_or_else(|| key.to_owned(), |name| (*name).to_owned())
}

fn who<'a>(caller: &'a Caller, arn: Option<&'a str>) -> Who<'a> {
    match &caller.means {
        Means::Unsigned => Who::Unsigned,
        Means::Service { name, .. } => Who::Service(name),
        Means::Internet | Means::Endpoint | Means::CloudFormation => {
            Who::Account { account: caller.account.as_deref(), arn }
        }
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
            format!("`{name}` may enter on behalf of anybody's account")
        }
        Means::Service { name, .. } => {
            format!("services such as `{name}` may enter on behalf of anybody's account")
        }
        Means::Unsigned => "anybody may enter unsigned, through the function URL".to_owned(),
        Means::Internet | Means::Endpoint | Means::CloudFormation => {
            "anybody with an AWS account may enter".to_owned()
        }
    }
}
