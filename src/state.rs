//! The live state a decision rests on. What was not read is absent, and a control that needs it
//! says `InsufficientData`; what was read and is not there is `None`.

use crate::{
    iam::Document,
    resource::{FunctionArn, FunctionResource, Qualifier, RevisionId},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Everything read for one decision.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct State {
    /// Resource policies, by what they hang on.
    pub policies: BTreeMap<FunctionResource, Option<PolicyState>>,
    /// Functions.
    pub functions: BTreeMap<FunctionArn, Option<FunctionState>>,
    /// URL configurations.
    pub urls: BTreeMap<FunctionResource, Option<UrlAuthType>>,
    /// Provisioned concurrency requested, by version or alias.
    pub provisioned: BTreeMap<FunctionArn, BTreeMap<Qualifier, u32>>,
    /// Marks of what an operator restored and wants left alone.
    pub held: BTreeSet<String>,
    /// An earlier delivery of the event has been answered already, in full or in part.
    pub answered: bool,
}

/// A resource policy as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyState {
    /// The document, or why it cannot be understood.
    pub document: Result<Document, crate::iam::DocumentError>,
    /// What a guarded write compares. None: the answer carried none, so no write is possible.
    pub revision: Option<RevisionId>,
}

/// What `GetFunction` tells, without code, secrets or values of the environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FunctionState {
    /// The execution role's ARN.
    pub role: String,
    /// None for container images.
    pub runtime: Option<String>,
    /// Attached to at least one subnet.
    pub in_vpc: bool,
    /// Has environment variables.
    pub has_environment: bool,
    /// The customer managed key for the environment, if any.
    pub kms_key: Option<String>,
    /// None where the tags could not be read.
    pub tags: Option<BTreeMap<String, String>>,
    /// None where nothing is reserved, which is not the same as 0.
    pub reserved_concurrency: Option<u32>,
}

/// <https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum UrlAuthType {
    /// Anyone may call.
    #[serde(rename = "NONE")]
    None,
    /// Callers sign their requests.
    #[serde(rename = "AWS_IAM")]
    AwsIam,
}

impl UrlAuthType {
    /// As the API writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::AwsIam => "AWS_IAM",
        }
    }
}

/// One thing to read before deciding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Read {
    /// The resource policy of one function, version or alias.
    Policy(FunctionResource),
    /// The resource policies of the function and all its versions and aliases.
    EveryPolicy(FunctionArn),
    /// Configuration, tags and reserved concurrency.
    Function(FunctionArn),
    /// The URL of a function or alias.
    Url(FunctionResource),
    /// Provisioned concurrency.
    Provisioned(FunctionArn),
}

impl Read {
    /// The IAM actions it needs, its fallback included. The role in `template.yaml` is held against
    /// them. <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html>
    pub const fn permissions(&self) -> &'static [&'static str] {
        match self {
            Self::Policy(_) => &["lambda:GetResourcePolicy", "lambda:GetPolicy"],
            Self::EveryPolicy(_) => &[
                "lambda:GetResourcePolicy",
                "lambda:GetPolicy",
                "lambda:ListAliases",
                "lambda:ListVersionsByFunction",
            ],
            // Without ListTags the answer comes without tags.
            Self::Function(_) => &["lambda:GetFunction", "lambda:ListTags"],
            Self::Url(_) => &["lambda:GetFunctionUrlConfig"],
            Self::Provisioned(_) => &["lambda:ListProvisionedConcurrencyConfigs"],
        }
    }
}

/// A state as a file describes it, for deciding without AWS.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DescribedState {
    policies: BTreeMap<FunctionResource, Option<DescribedPolicy>>,
    functions: BTreeMap<FunctionArn, Option<FunctionState>>,
    urls: BTreeMap<FunctionResource, Option<UrlAuthType>>,
    provisioned: BTreeMap<FunctionArn, BTreeMap<Qualifier, u32>>,
    held: BTreeSet<String>,
}

/// A resource policy as a file describes it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct DescribedPolicy {
    /// The document, or its text.
    document: serde_json::Value,
    revision: Option<RevisionId>,
}

impl From<DescribedState> for State {
    fn from(described: DescribedState) -> Self {
        let policy = |policy: DescribedPolicy| PolicyState {
            document: Document::parse(&match policy.document {
                serde_json::Value::String(text) => text,
                document => document.to_string(),
            }),
            revision: policy.revision,
        };
        let policies = described.policies.into_iter();
        Self {
            policies: policies.map(|(resource, live)| (resource, live.map(policy))).collect(),
            functions: described.functions,
            urls: described.urls,
            provisioned: described.provisioned,
            held: described.held,
            answered: false,
        }
    }
}
