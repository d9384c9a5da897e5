//! Managed policies with their versions. Of those that AWS owns, few are known.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_PolicyVersion.html>

use super::Asked;
use crate::{
    history::{
        Call, History,
        record::{document, or_nothing},
        things::Things,
    },
    resource::Arn,
    state::PolicyVersion,
};
use serde::Deserialize;

/// What is known of a managed policy. What is none is not known.
#[derive(Debug, Clone, Default)]
pub(in crate::history) struct Managed {
    /// It was made by a call that is in the archive, and every role that it was attached to since is
    /// known.
    pub made: bool,
    /// The version that is in force.
    pub default: Option<String>,
    /// What each version says.
    pub versions: Things<String, String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Answer {
    policy: Option<Policy>,
    policy_version: Option<Version>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Policy {
    arn: Option<String>,
    default_version_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Version {
    version_id: Option<String>,
    is_default_version: Option<bool>,
}

/// The first version of a policy.
const FIRST: &str = "v1";

/// Policies of AWS that never had another version than the first, and what they say.
const OF_AWS: [(&str, &str); 2] = [
    // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AdministratorAccess.html
    (
        "policy/AdministratorAccess",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
    ),
    // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaBasicExecutionRole.html
    (
        "policy/service-role/AWSLambdaBasicExecutionRole",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["logs:CreateLogGroup","logs:CreateLogStream","logs:PutLogEvents"],"Resource":"*"}]}"#,
    ),
];

/// What a policy of AWS says, if that is known here.
fn known_of_aws(policy: &Arn) -> Option<PolicyVersion> {
    let is_of_aws = policy.service() == "iam" && policy.to_string().contains(":iam::aws:policy/");
    let (_, text) = OF_AWS.iter().find(|(name, _)| is_of_aws && *name == policy.resource())?;
    Some(PolicyVersion { version: FIRST.to_owned(), document: (*text).to_owned() })
}

impl History {
    /// None where the call does not tell which policy it changed.
    pub(super) fn learn_managed(
        &mut self,
        name: &str,
        call: &Call<'_>,
        asked: Asked,
    ) -> Option<()> {
        let answered: Answer = or_nothing(call.answered);
        if name == "CreatePolicy" {
            let told = answered.policy?;
            let policy = Arn::parse(told.arn.as_deref()?).ok()?;
            let version = told.default_version_id.unwrap_or_else(|| FIRST.to_owned());
            if !self.moment.touch(call.at, policy.to_string()) {
                return Some(());
            }
            let mut versions = Things::none();
            versions.change(version.clone(), asked.policy_document.map(document));
            self.managed.put(policy, Managed { made: true, default: Some(version), versions });
            return Some(());
        }
        let policy = asked.policy()?;
        self.moment.touch(call.at, policy.to_string());
        if name == "DeletePolicy" {
            self.managed.remove(policy);
            return Some(());
        }
        let known = self.managed.seen(policy);
        match name {
            "CreatePolicyVersion" => {
                let told = answered.policy_version;
                let id = told.as_ref().and_then(|told| told.version_id.clone());
                let is_default = told.and_then(|told| told.is_default_version);
                let is_default = is_default.or(asked.set_as_default).unwrap_or_default();
                if is_default {
                    known.default.clone_from(&id);
                }
                match id {
                    Some(id) => known.versions.change(id, asked.policy_document.map(document)),
                    None => known.versions = Things::default(),
                }
            }
            "SetDefaultPolicyVersion" => known.default = asked.version_id,
            _ => match asked.version_id {
                Some(id) => known.versions.remove(id),
                None => known.versions = Things::default(),
            },
        }
        Some(())
    }

    /// Some policy was attached to some role.
    pub(super) fn lose_attachments(&mut self) {
        self.managed.some_mut().for_each(|known| known.made = false);
    }

    /// The version of a managed policy that is in force; none inside if there is no such policy, and
    /// outside if that is not known.
    pub(in crate::history) fn managed_version(
        &self,
        policy: &Arn,
    ) -> Option<Option<PolicyVersion>> {
        if let Some(known) = known_of_aws(policy) {
            return Some(Some(known));
        }
        let Some(known) = self.managed.get(policy)? else { return Some(None) };
        let version = known.default.clone()?;
        let document = known.versions.get(&version)??.clone();
        Some(Some(PolicyVersion { version, document }))
    }
}
