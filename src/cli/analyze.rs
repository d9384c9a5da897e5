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
            let (resource, trusted) = (&found.resource, &policy.trusted);
            let standpoint = Standpoint { resource, trusted, from: found.now };
            let mut statements = expose(&found.document, standpoint);
            show_insiders(found, standpoint, &mut statements);
            let worst = worst(&statements);
            match as_json {
                true => {
                    found.remark_doubt();
                    say(&harmless(&line(found, worst, &statements).to_string()))?;
                }
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
    let mut worst_ones = statements.iter().filter(|statement| statement.worst() == worst);
    let beyond = worst_ones.any(|statement| !statement.beyond_invoke.is_empty());
    let verdict = word(paint, (worst, beyond), 0);
    let mut lines =
        vec![format!("{}: {verdict}, {}", clean(&found.file), headline(worst)), found.hangs_on()];
    let doubt = |doubt: &String| format!("  {}", paint.ink(Ink::Yellow, &clean(doubt)));
    lines.extend(found.doubt.iter().map(doubt));
    lines.extend(statements.iter().flat_map(|statement| told(paint, found, statement)));
    lines.push(String::new());
    lines.join("\n")
}

fn headline(exposure: Exposure) -> &'static str {
    match exposure {
        Exposure::Public => "anybody may get in",
        Exposure::External => "an account or organization that is not trusted may get in",
        Exposure::UnscopedService => "a service may get in for somebody who is not trusted",
        Exposure::Unknown => "it cannot be told who may get in: look at it",
        Exposure::Trusted => "only the account itself and whom it trusts may get in",
        Exposure::Internal => "nobody from outside the account gets in",
    }
}

/// The verdict in a column of `width`: loud where somebody has to look.
fn word(paint: Paint, (exposure, beyond): (Exposure, bool), width: usize) -> String {
    let word = exposure.to_string();
    let word = if is_closed(exposure) { word } else { word.to_uppercase() };
    paint.ink(ink(exposure, beyond), &format!("{word:width$}"))
}

/// Whom `rewrite` would take something from is never dim: trusted ones who do more than invoke.
fn ink(exposure: Exposure, beyond: bool) -> Ink {
    match (exposure, beyond) {
        (Exposure::Public | Exposure::External | Exposure::UnscopedService, _) => Ink::Red,
        (Exposure::Unknown, _) | (Exposure::Trusted, true) => Ink::Yellow,
        (Exposure::Trusted, false) | (Exposure::Internal, _) => Ink::Dim,
    }
}

/// The longest verdict is `UNSCOPED-SERVICE`.
const VERDICT: usize = 16;

/// A statement whose only grant is told in its own line, or with a line for each grant.
fn told(paint: Paint, found: &Found, statement: &StatementExposure) -> Vec<String> {
    let name = statement_name(statement.sid.as_deref(), statement.index);
    let beyond = !statement.beyond_invoke.is_empty();
    let verdict = |exposure| word(paint, (exposure, beyond), VERDICT);
    let worst = verdict(statement.worst());
    match statement.grants.as_slice() {
        [] => vec![format!("  {worst} {name}: {}", without_grant(found, statement))],
        [only] => {
            let mut lines = vec![format!("  {worst} {name}: {}", clean(&only.reason))];
            lines.extend(beyond_invoke(statement));
            lines.extend(witness(only));
            lines
        }
        several => {
            let mut lines = vec![format!("  {worst} {name}:")];
            lines.extend(beyond_invoke(statement));
            for grant in several {
                let principal = clean(&grant.principal.to_string());
                let verdict = verdict(grant.exposure);
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
        format!("        principal  {principal}"),
        format!("        action     {action}"),
        format!("        resource   {resource}"),
    ];
    let heads = std::iter::once("context").chain(std::iter::repeat(""));
    lines.extend(
        context
            .iter()
            .zip(heads)
            .map(|((key, value), head)| format!("        {head:10} {key} = {value}")),
    );
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_should_look_at_is_not_dim() {
        for (exposure, invokes, does_more) in [
            (Exposure::Public, Ink::Red, Ink::Red),
            (Exposure::External, Ink::Red, Ink::Red),
            (Exposure::UnscopedService, Ink::Red, Ink::Red),
            (Exposure::Unknown, Ink::Yellow, Ink::Yellow),
            (Exposure::Trusted, Ink::Dim, Ink::Yellow),
            (Exposure::Internal, Ink::Dim, Ink::Dim),
        ] {
            assert_eq!((ink(exposure, false), ink(exposure, true)), (invokes, does_more));
        }
    }
}
