//! `cordon analyze`: whom resource policies let in, each statement with the request that gets in.
//! Refuses to call a policy fine that it cannot read or that it cannot tell about.

use super::{
    CliError, Verdict,
    resource_policies::{Found, ResourcePolicies},
    terminal::{Ink, Paint, clean, harmless, say},
};
use crate::{
    finding::{fit_to_show, statement_name, without_secrets},
    iam::{Effect, Exposure, Grant, Standpoint, StatementExposure, Witness, expose, insider},
};
use clap::Args;
use serde_json::{Value, json};

#[derive(Debug, Args)]
pub(super) struct Analyze {
    #[command(flatten)]
    policies: ResourcePolicies,
}

impl Analyze {
    pub(super) fn run(self, as_json: bool) -> Result<Verdict, CliError> {
        let paint = Paint::of_stdout();
        self.policies.each(|policy, found| {
            let trusted = policy.trusted.for_analysis();
            let standpoint =
                Standpoint { resource: &found.resource, trusted: &trusted, from: found.now };
            let mut statements = expose(&found.document, standpoint);
            show_insiders(found, standpoint, &mut statements);
            let worst = worst(&statements);
            match as_json {
                true => say(&harmless(&line(found, worst, &statements).to_string()))?,
                false => say(&in_words(paint, found, worst, &statements))?,
            }
            Ok(if is_closed(worst) { Verdict::Fine } else { Verdict::Findings })
        })
    }
}

/// Gives closed grants a request too: one from inside that gets in.
fn show_insiders(found: &Found, standpoint: Standpoint<'_>, statements: &mut [StatementExposure]) {
    for statement in statements {
        let index = statement.index;
        for grant in statement.grants.iter_mut().filter(|grant| is_closed(grant.exposure)) {
            grant.witness = insider(&found.document, index, &grant.principal, standpoint);
        }
    }
}

fn worst(statements: &[StatementExposure]) -> Exposure {
    statements.iter().map(StatementExposure::worst).min().unwrap_or(Exposure::Internal)
}

/// Whether nobody has to look at it.
fn is_closed(exposure: Exposure) -> bool {
    match exposure {
        Exposure::Public | Exposure::External | Exposure::UnscopedService | Exposure::Unknown => {
            false
        }
        Exposure::Trusted | Exposure::Internal => true,
    }
}

/// The grant that makes a statement as bad as it is; the first, if there are several.
fn worst_grant(statement: &StatementExposure) -> Option<&Grant> {
    statement.grants.iter().min_by_key(|grant| grant.exposure)
}

/// Why a statement without a grant lets nobody in.
fn without_grant(found: &Found, statement: &StatementExposure) -> &'static str {
    match found.document.statements().get(statement.index).map(|statement| statement.effect) {
        Some(Effect::Deny) => "a Deny grants nothing",
        Some(Effect::Allow) | None => "it names nobody",
    }
}

fn line(found: &Found, worst: Exposure, statements: &[StatementExposure]) -> Value {
    let statement = |statement: &StatementExposure| {
        let grant = worst_grant(statement);
        json!({
            "index": statement.index,
            "sid": statement.sid,
            "exposure": statement.worst(),
            "reason": grant.map_or(without_grant(found, statement), |grant| &*grant.reason),
            "witness": grant.and_then(|grant| grant.witness.clone()).map(without_secrets),
        })
    };
    json!({
        "file": found.file,
        "exposure": worst,
        "statements": statements.iter().map(statement).collect::<Vec<_>>(),
    })
}

fn in_words(
    paint: Paint,
    found: &Found,
    worst: Exposure,
    statements: &[StatementExposure],
) -> String {
    let mut lines = vec![
        format!("{}: {}, {}", clean(&found.file), word(paint, worst, 0), headline(worst)),
        format!("  the policy of {}", clean(&found.resource.to_string())),
    ];
    let doubt = |doubt: &String| format!("  {}", paint.ink(Ink::Yellow, &clean(doubt)));
    lines.extend(found.doubt.iter().map(doubt));
    for statement in statements {
        lines.extend(told(paint, found, statement));
        lines.extend(beyond_invoke(statement));
    }
    lines.push(String::new());
    lines.join("\n")
}

fn headline(exposure: Exposure) -> &'static str {
    match exposure {
        Exposure::Public => "anybody gets in",
        Exposure::External => "an account or organization that is not trusted gets in",
        Exposure::UnscopedService => "a service gets in on behalf of anybody",
        Exposure::Unknown => "it cannot be told who gets in: look at it",
        Exposure::Trusted => "only the account itself and whom it trusts get in",
        Exposure::Internal => "nobody from outside the account gets in",
    }
}

/// The verdict in a column of `width`: loud where somebody has to look.
fn word(paint: Paint, exposure: Exposure, width: usize) -> String {
    let word = exposure.to_string();
    let (ink, word) = match exposure {
        Exposure::Public | Exposure::External | Exposure::UnscopedService => {
            (Ink::Red, word.to_uppercase())
        }
        Exposure::Unknown => (Ink::Yellow, word.to_uppercase()),
        Exposure::Trusted | Exposure::Internal => (Ink::Dim, word),
    };
    paint.ink(ink, &format!("{word:width$}"))
}

/// The longest verdict is `UNSCOPED-SERVICE`.
const VERDICT: usize = 16;

/// A statement whose only grant is told in its own line, or with a line for each grant.
fn told(paint: Paint, found: &Found, statement: &StatementExposure) -> Vec<String> {
    let name = statement_name(statement.sid.as_deref(), statement.index);
    let verdict = word(paint, statement.worst(), VERDICT);
    match statement.grants.as_slice() {
        [] => vec![format!("  {verdict} {name}: {}", without_grant(found, statement))],
        [only] => {
            let mut lines = vec![format!("  {verdict} {name}: {}", clean(&only.reason))];
            lines.extend(witness(only));
            lines
        }
        several => {
            let mut lines = vec![format!("  {verdict} {name}:")];
            for grant in several {
                let principal = clean(&grant.principal.to_string());
                let verdict = word(paint, grant.exposure, VERDICT);
                lines.push(format!("    {verdict} {principal}: {}", clean(&grant.reason)));
                lines.extend(witness(grant));
            }
            lines
        }
    }
}

/// What else a statement allows that lets somebody in from outside.
fn beyond_invoke(statement: &StatementExposure) -> Option<String> {
    let nobody = statement.worst() == Exposure::Internal || statement.beyond_invoke.is_empty();
    let actions = clean(&statement.beyond_invoke.join(", "));
    (!nobody).then(|| format!("      it allows more than invoking: {actions}"))
}

/// The request that gets in, where somebody has to look.
fn witness(grant: &Grant) -> Vec<String> {
    let Some(witness) = grant.witness.clone().filter(|_| !is_closed(grant.exposure)) else {
        return Vec::new();
    };
    let Witness { principal, action, resource, context } = fit_to_show(witness);
    let mut lines = vec![
        "      this request gets in:".to_owned(),
        format!("        principal  {}", clean(&principal)),
        format!("        action     {}", clean(&action)),
        format!("        resource   {}", clean(&resource)),
    ];
    let heads = std::iter::once("context").chain(std::iter::repeat(""));
    lines.extend(
        context
            .iter()
            .zip(heads)
            .map(|((key, value), head)| format!("        {head:10} {} = {value}", clean(key))),
    );
    lines
}
