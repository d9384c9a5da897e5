//! The resource policies that `analyze` and `rewrite` look at: whose they are, whom else to trust,
//! and reading them in the forms that people have at hand. Refuses what is not a policy.
//! Forms: <https://docs.aws.amazon.com/lambda/latest/api/API_GetPolicy.html>,
//! <https://docs.aws.amazon.com/lambda/latest/api/API_GetResourcePolicy.html>.

use super::{CliError, Verdict, control_policy, error, named, terminal};
use crate::{
    iam::{Document, Names},
    policy::ControlPolicy,
    resource::{
        AccountId, FunctionArn, FunctionResource, Home, ORGANIZATION, is_organization_or_part,
    },
};
use clap::Args;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::value::RawValue;
use std::{
    fs,
    path::{Path, PathBuf},
};
use time::OffsetDateTime;

#[derive(Debug, Args)]
pub(super) struct ResourcePolicies {
    /// The account that owns the functions.
    #[arg(long, value_name = "ID", value_parser = AccountId::parse)]
    account: AccountId,
    /// An account that is trusted besides; may be repeated.
    #[arg(long, value_name = "ID", value_parser = AccountId::parse)]
    trust_account: Vec<AccountId>,
    /// An organization that is trusted, or a part of one as `o-.../r-.../ou-.../*`; may be
    /// repeated.
    #[arg(long, value_name = "ID", value_parser = organization)]
    trust_org: Vec<String>,
    /// A control policy, in YAML: whom it trusts is trusted too.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// The function, version or alias that the policies hang on; else what their statements name.
    #[arg(long, value_name = "ARN", value_parser = FunctionResource::parse_arn)]
    function: Option<FunctionResource>,
    /// Resource policies in JSON, bare or as `aws lambda get-policy` prints them; `-` for
    /// standard input.
    #[arg(value_name = "RESOURCE_POLICY", required = true)]
    files: Vec<PathBuf>,
}

fn organization(id: &str) -> Result<String, String> {
    match is_organization_or_part(id) {
        true => Ok(id.to_owned()),
        false => Err(format!("not {ORGANIZATION}")),
    }
}

/// One resource policy.
pub(super) struct Found {
    /// The file as named.
    pub file: String,
    pub document: Document,
    /// What it hangs on.
    pub resource: FunctionResource,
    /// What was assumed about that, where it may be wrong.
    pub doubt: Option<String>,
    /// When it is looked at.
    pub now: OffsetDateTime,
}

impl Found {
    /// What it hangs on, for people.
    pub fn hangs_on(&self) -> String {
        let how = if self.doubt.is_some() { "taken as the policy" } else { "the policy" };
        format!("  {how} of {}", terminal::clean(&self.resource.to_string()))
    }

    /// Says the doubt beside an output that has no place for it.
    pub fn remark_doubt(&self) {
        if let Some(doubt) = &self.doubt {
            terminal::remark(&format!("{}: {doubt}", self.file));
        }
    }
}

impl ResourcePolicies {
    /// Looks at each policy. A file that cannot be read does not keep the others from being looked
    /// at.
    pub fn each(
        &self,
        look: impl Fn(&ControlPolicy, &Found) -> Result<Verdict, CliError>,
    ) -> Result<Verdict, CliError> {
        self.check_usage()?;
        let now = OffsetDateTime::now_utc();
        let policy = self.control_policy(now)?;
        let (mut verdict, mut problems) = (Verdict::Fine, Vec::new());
        for path in &self.files {
            match self.find(path, now).and_then(|found| look(&policy, &found)) {
                Ok(Verdict::Fine) => {}
                Ok(Verdict::Findings) => verdict = Verdict::Findings,
                Err(CliError(more)) => problems.extend(more),
            }
        }
        if problems.is_empty() { Ok(verdict) } else { Err(CliError(problems)) }
    }

    fn check_usage(&self) -> Result<(), CliError> {
        if let Some(function) = &self.function
            && *function.function.account() != self.account
        {
            return Err(error(format!(
                "--function `{function}` is not in --account `{}`; give the account that owns it",
                self.account
            )));
        }
        if self.files.iter().filter(|path| is_stdin(path)).count() > 1 {
            return Err(error("`-` is given twice; give standard input, which ends once, once"));
        }
        Ok(())
    }

    fn control_policy(&self, now: OffsetDateTime) -> Result<ControlPolicy, CliError> {
        let mut policy = match &self.policy {
            None => ControlPolicy::default(),
            Some(path) => control_policy::load(path, now.date())?,
        };
        policy.trusted.accounts.extend(self.trust_account.iter().cloned());
        policy.trusted.organizations.extend(self.trust_org.iter().cloned());
        Ok(policy)
    }

    fn find(&self, path: &Path, now: OffsetDateTime) -> Result<Found, CliError> {
        let text = text(path).map_err(|problem| named(path, problem))?;
        let document = policy(&text).map_err(|problem| named(path, problem))?;
        let (resource, doubt) = match &self.function {
            Some(function) => (function.clone(), others_named(&document, function)),
            None => hung_on(&document, &self.account).map_err(error)?,
        };
        Ok(Found { file: path.display().to_string(), document, resource, doubt, now })
    }
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn text(path: &Path) -> Result<String, String> {
    let bytes = match is_stdin(path) {
        true => {
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut std::io::stdin(), &mut bytes).map(|_| bytes)
        }
        false => fs::read(path),
    };
    let bytes = bytes.map_err(|problem| problem.to_string())?;
    // PowerShell redirects into UTF-16.
    let text = String::from_utf8(bytes).map_err(|_| "not UTF-8; save it as UTF-8".to_owned())?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned())
}

/// What `GetPolicy` and `GetResourcePolicy` answer.
#[derive(Deserialize)]
struct Answer<'a> {
    /// The policy, as text; as JSON where somebody has unpacked it.
    #[serde(rename = "Policy", borrow)]
    policy: &'a RawValue,
    /// A policy has one, an answer has none.
    #[serde(rename = "Statement")]
    statement: Option<IgnoredAny>,
}

/// The policy in `text`: bare, an answer of the AWS CLI, or the string in such an answer.
fn policy(text: &str) -> Result<Document, String> {
    serde_json::from_str::<IgnoredAny>(text).map_err(|problem| {
        format!("not JSON: {problem}; save the policy or the AWS CLI's answer again")
    })?;
    let (inside, policy) = match serde_json::from_str(text) {
        Ok(Answer { policy, statement: None }) => ("in `Policy`: ", policy.get()),
        Ok(Answer { statement: Some(_), .. }) | Err(_) => ("", text),
    };
    let unquoted = serde_json::from_str::<String>(policy);
    Document::parse(unquoted.as_deref().unwrap_or(policy))
        .map_err(|problem| format!("{inside}{problem}; whoever wrote the policy must mend it"))
}

/// What the policy hangs on, as far as its statements tell, and what is doubtful about that.
fn hung_on(
    document: &Document,
    account: &AccountId,
) -> Result<(FunctionResource, Option<String>), crate::resource::ResourceError> {
    let own = |resource: &FunctionResource| resource.function.account() == account;
    if let Some(first) = literal(document).find(own) {
        let doubt = others_named(document, &first);
        return Ok((first, doubt));
    }
    let home = Home {
        partition: "aws".to_owned(),
        account: account.clone(),
        region: "us-east-1".to_owned(),
    };
    let resource = match patterns(document).find_map(|pattern| held_by(pattern, &home)) {
        Some(held) => held,
        None => FunctionArn::new(&home, STAND_IN)?.into(),
    };
    let doubt = match literal(document).next() {
        Some(foreign) => {
            format!("it names `{foreign}`, and no function of account `{account}`: check --account")
        }
        None => "its statements name no single function: --function says which it is".to_owned(),
    };
    Ok((resource, Some(doubt)))
}

/// The name of a function that nothing names.
const STAND_IN: &str = "function";

/// Statements that name something else than what the policy hangs on have no effect there.
fn others_named(document: &Document, resource: &FunctionResource) -> Option<String> {
    let other = literal(document).find(|named| named != resource)?;
    Some(format!(
        "it also names `{other}`, which it does not hang on: check it, or give --function"
    ))
}

fn literal(document: &Document) -> impl Iterator<Item = FunctionResource> {
    patterns(document).filter_map(|pattern| FunctionResource::parse_arn(pattern).ok())
}

fn patterns(document: &Document) -> impl Iterator<Item = &str> {
    let names = document.statements().iter().filter_map(|statement| match &statement.resources {
        Some(Names::Only(list)) => Some(list),
        Some(Names::AllBut(_)) | None => None,
    });
    names.flatten().map(String::as_str)
}

/// A function of `home`'s account that an ARN pattern holds; `home` says what the pattern leaves
/// open.
fn held_by(pattern: &str, home: &Home) -> Option<FunctionResource> {
    let open = ["arn", &home.partition, "lambda", &home.region, home.account.as_str(), "function"];
    let rest = [STAND_IN, "x"];
    let parts: Vec<String> = pattern
        .splitn(open.len() + rest.len(), ':')
        .zip(open.into_iter().chain(rest))
        .map(
            |(part, open)| {
                if part == "*" { open.to_owned() } else { part.replace(['*', '?'], "x") }
            },
        )
        .collect();
    let held = FunctionResource::parse_arn(&parts.join(":")).ok()?;
    (held.function.account() == &home.account).then_some(held)
}

#[cfg(test)]
#[path = "resource_policies_tests.rs"]
mod tests;
