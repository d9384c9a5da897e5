//! What a document is judged against: the function it hangs on, who is trusted, from when on.
//! Refuses nothing: it only remembers what every grant of the document is asked again.
//! Variables: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>.

use super::owner::Owner;
use super::stranger::Stranger;
use super::{LayerStandpoint, Standpoint, Trusted};
use crate::iam::condition::Clause;
use crate::iam::document::{Effect, Principal, Statement};
use crate::iam::pattern;
use crate::iam::service::{self, Row};
use crate::resource::Home;
use std::borrow::Cow;
use std::cell::OnceCell;
use time::OffsetDateTime;

/// Inside which circle somebody stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Circle {
    /// The function's own account.
    Own,
    /// The own account and whoever is trusted.
    Trusted,
}

/// What a document is judged against.
pub struct Setting<'a> {
    pub home: Home,
    /// The ARN of the function, version or alias, or of the layer's version.
    pub own: String,
    /// An action that AWS honours in policies of this kind and not in those of functions.
    pub honours: Option<&'static str>,
    pub trusted: &'a Trusted,
    pub statements: &'a [Statement],
    /// Requests are made at this time or later.
    pub from: OffsetDateTime,
    denies: Vec<&'a Statement>,
    strangers: OnceCell<Option<[Stranger; 2]>>,
    services: OnceCell<Vec<(String, &'static Row)>>,
}

impl<'a> Setting<'a> {
    pub fn new(statements: &'a [Statement], standpoint: Standpoint<'a>) -> Self {
        let Standpoint { resource, trusted, from } = standpoint;
        Self::on(statements, (resource.function.home(), resource.to_string()), trusted, from)
    }

    /// The same for the policy of a layer's version, of which people get the layer.
    /// <https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html> (`Action`)
    pub fn of_layer(statements: &'a [Statement], standpoint: LayerStandpoint<'a>) -> Option<Self> {
        let LayerStandpoint { layer, trusted, from } = standpoint;
        let setting = Self::on(statements, (layer.home()?, layer.to_string()), trusted, from);
        Some(Self { honours: Some("lambda:GetLayerVersion"), ..setting })
    }

    fn on(
        statements: &'a [Statement],
        (home, own): (Home, String),
        trusted: &'a Trusted,
        from: OffsetDateTime,
    ) -> Self {
        let denies = statements.iter().filter(|statement| statement.effect == Effect::Deny);
        Self {
            home,
            own,
            honours: None,
            trusted,
            statements,
            from,
            denies: denies.collect(),
            strangers: OnceCell::new(),
            services: OnceCell::new(),
        }
    }

    /// The statements that forbid.
    pub fn denies(&self) -> &[&'a Statement] {
        &self.denies
    }

    /// The clauses of those statements.
    pub fn denying(&self) -> impl Iterator<Item = &'a Clause> {
        self.denies.iter().flat_map(|deny| &deny.conditions)
    }

    /// Two accounts that nobody named, unlike each other at every place.
    pub fn strangers(&self) -> Option<&[Stranger; 2]> {
        self.strangers.get_or_init(|| Stranger::pair(self)).as_ref()
    }

    /// The services whose own triggers reach a function, by principal.
    pub fn services(&self) -> &[(String, &'static Row)] {
        self.services.get_or_init(|| {
            service::triggers().map(|row| (format!("{}.amazonaws.com", row.name), row)).collect()
        })
    }

    /// The statement's clauses with the variables that are the function's own resolved.
    pub fn clauses<'s>(&self, statement: &'s Statement) -> Cow<'s, [Clause]> {
        let variable =
            |clause: &Clause| clause.values.iter().any(|value| clause.is_variable(value));
        if !statement.conditions.iter().any(variable) {
            return Cow::Borrowed(&statement.conditions);
        }
        let account = self.home.account.as_str();
        statement.conditions.iter().map(|clause| clause.resolved(account)).collect()
    }

    /// Whether all that `owner` stands for is inside the circle.
    pub fn holds(&self, circle: Circle, owner: &Owner<'_>) -> bool {
        match owner {
            Owner::Nobody => true,
            Owner::Account(id) if *id == self.home.account.as_str() => true,
            Owner::Account(_) | Owner::Organization(_) | Owner::Path(_)
                if circle == Circle::Own =>
            {
                false
            }
            Owner::Account(id) => {
                self.trusted.accounts.iter().any(|account| account.as_str() == *id)
            }
            Owner::Organization(id) => {
                self.trusted.organizations.iter().any(|trusted| is_all_of(trusted, id))
            }
            Owner::Path(path) => self.trusted.organizations.iter().any(|trusted| {
                if trusted.contains('/') {
                    pattern::covers(trusted, path)
                } else {
                    path.strip_prefix(trusted.as_str()).is_some_and(|rest| rest.starts_with('/'))
                }
            }),
        }
    }

    /// Whether the document or the trusted set names this id anywhere.
    pub fn names(&self, id: &str) -> bool {
        let trusted = self.trusted;
        let mentioned = || {
            self.statements.iter().any(|statement| {
                let mut people = statement.principals.iter().chain(&statement.not_principals);
                let mut values = statement.conditions.iter().flat_map(|clause| &clause.values);
                people.any(|principal| mentions(principal, id)) || values.any(|v| v.contains(id))
            })
        };
        id == self.home.account.as_str()
            || trusted.accounts.iter().any(|account| account.as_str() == id)
            || trusted.organizations.iter().any(|organization| organization.starts_with(id))
            || mentioned()
    }
}

/// Whether the trusted text is the organization, or its root, which "contains every AWS account in
/// the organization": <https://docs.aws.amazon.com/organizations/latest/APIReference/API_Root.html>.
fn is_all_of(trusted: &str, organization: &str) -> bool {
    trusted.strip_prefix(organization).is_some_and(|rest| {
        let path = rest.strip_prefix('/').and_then(|path| path.strip_suffix("/*"));
        let is_root = |path: &str| path.starts_with("r-") && !path.contains(['/', '*', '?']);
        rest.is_empty() || rest == "/*" || path.is_some_and(is_root)
    })
}

fn mentions(principal: &Principal, id: &str) -> bool {
    match principal {
        Principal::Aws(text)
        | Principal::Service(text)
        | Principal::Dead(text)
        | Principal::Federated(text)
        | Principal::Other { value: text, .. } => text.contains(id),
        Principal::Anyone | Principal::NotListed => false,
    }
}
