//! One delivery as it is planned, and the JSON of EventBridge that it is delivered as: of the form of the
//! samples in `events/`. Refuses addresses that are anybody's: those of clouds are of 240.0.0.0/4, which is
//! reserved, and the others of the blocks for documentation.

use super::world::Function;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// The account that everything happens in, and two others.
pub const ACCOUNT: &str = "111122223333";
pub const PARTNER: &str = "444455556666";
pub const STRANGER: &str = "999988887777";

/// The role that deploys, and one that should not.
const DEPLOYER: &str = "delivery";
const DEVELOPER: &str = "developer";
const INTRUDER: &str = "helpdesk";

/// Why something is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    Ordinary,
    /// The same, without a mark: a custom runtime.
    CustomRuntime,
    /// The same, with a mark on most calls only.
    OwnLibrary,
    /// The same, of what is declared.
    Declared,
    /// The same, and it assumes a role that it assumes all the time.
    KnownRole,
    Deployment,
    Backfill,
    RareApi,
    MonthEnd,
    QuarterEnd,
    ReadsOfIam,
    DeployedAtOnce,
    DeployedLater,
    DeployedByMistake,
    FeatureFlag,
    NatChanged,
    EndpointMoved,
    Throttled,
    OneDenied,
    SixDenied,
    SdkUpgraded,
    RegionalIncident,
    SilentForLong,
    OfLambda,
    /// The attack of this number.
    Attack(u32),
}

/// What is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Nothing of it matters but its name.
    Plain(&'static str),
    /// An object of S3, in a bucket of this account.
    Object(&'static str, &'static str),
    /// `sts:AssumeRole` of the role of this number.
    Role(u32),
    /// The function's code is written, by this role.
    Deploy(By),
    /// Lambda makes a log stream with the function's role.
    LogStream,
    /// Lambda tries whether it may assume the function's role.
    Validation,
}

impl What {
    /// Whether it is a call of IAM.
    pub fn is_of_iam(self) -> bool {
        matches!(self, Self::Plain(api) if api.starts_with("iam:"))
    }
}

/// Who deploys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Deployer,
    Developer,
    Intruder,
}

/// Where a call comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct From {
    pub address: [u8; 4],
    pub endpoint: Option<u32>,
}

/// What calls, as its user agent says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agent {
    Python,
    PythonUpgraded,
    Node,
    /// A custom runtime: Lambda sets no `AWS_EXECUTION_ENV` there.
    /// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime>
    Custom,
    /// A library of its own in a runtime of Lambda's.
    Unsigned,
    Cli,
    /// An SDK on somebody's machine.
    Script,
}

impl Agent {
    const fn text(self) -> &'static str {
        match self {
            Self::Python => {
                "Boto3/1.40.61 md/Botocore#1.40.61 ua/2.1 os/linux#5.10.245-271.1006.amzn2.x86_64 md/arch#x86_64 lang/python#3.13.7 md/pyimpl#CPython exec-env/AWS_Lambda_python3.13 cfg/retry-mode#legacy Botocore/1.40.61"
            }
            Self::PythonUpgraded => {
                "Boto3/1.42.3 md/Botocore#1.42.3 ua/2.1 os/linux#5.10.247-272.1010.amzn2.x86_64 md/arch#x86_64 lang/python#3.14.1 md/pyimpl#CPython exec-env/AWS_Lambda_python3.14 cfg/retry-mode#standard Botocore/1.42.3"
            }
            Self::Node => {
                "aws-sdk-js/3.922.0 ua/2.1 os/linux#5.10.245-271.1006.amzn2.x86_64 lang/js md/nodejs#22.20.0 exec-env/AWS_Lambda_nodejs22.x api/sts#3.922.0"
            }
            Self::Custom => {
                "aws-sdk-go-v2/1.39.6 ua/2.1 os/linux lang/go#1.25.3 md/GOOS#linux md/GOARCH#arm64"
            }
            Self::Unsigned => "python-requests/2.32.5 auth-aws4/1.3.1",
            Self::Cli => {
                "aws-cli/2.31.18 md/awscrt#0.28.2 ua/2.1 os/macos#25.1.0 md/arch#arm64 lang/python#3.13.9 md/pyimpl#CPython cfg/retry-mode#standard md/command#sts.get-caller-identity"
            }
            Self::Script => {
                "Boto3/1.40.61 md/Botocore#1.40.61 ua/2.1 os/linux#6.8.0-85-generic md/arch#x86_64 lang/python#3.12.3 md/pyimpl#CPython cfg/retry-mode#legacy Botocore/1.40.61"
            }
        }
    }

    /// Whether it bears Lambda's mark.
    pub fn is_marked(self) -> bool {
        cordon::event::is_marked(self.text())
    }
}

/// One delivery.
#[derive(Debug, Clone, Copy)]
pub struct Sent {
    /// Of the event: the same when it is delivered again.
    pub id: u64,
    pub at: i64,
    pub delivered: i64,
    /// Where the function stands in the world.
    pub function: usize,
    pub what: What,
    pub from: From,
    pub agent: Agent,
    pub failure: Option<&'static str>,
    pub key: u64,
    pub cause: Cause,
    /// It is the second delivery of its event.
    pub again: bool,
    /// It comes after what happened later.
    pub late: bool,
}

/// What a service says where a call is not allowed.
pub fn denial(what: What) -> &'static str {
    match what {
        What::Plain(api) if api.starts_with("ec2:") => "Client.UnauthorizedOperation",
        What::Plain(api) if api.starts_with("kms:") || api.starts_with("ssm:") => {
            "AccessDeniedException"
        }
        _ => "AccessDenied",
    }
}

/// The id of a key.
pub fn key_id(key: u64) -> String {
    format!("ASIA{key:016X}")
}

impl Sent {
    /// Whether the function's credentials are what it is made with.
    pub const fn is_of_function(&self) -> bool {
        !matches!(self.what, What::Deploy(_) | What::LogStream | What::Validation)
    }

    /// `service:Call`.
    pub const fn api(&self) -> &'static str {
        match self.what {
            What::Plain(api) | What::Object(api, _) => api,
            What::Role(_) | What::Validation => "sts:AssumeRole",
            What::Deploy(_) => "lambda:UpdateFunctionCode20150331v2",
            What::LogStream => "logs:CreateLogStream",
        }
    }

    /// As EventBridge delivers it.
    pub fn json(&self, function: &Function) -> String {
        let (service, name) = self.api().split_once(':').unwrap_or_default();
        let at = OffsetDateTime::from_unix_timestamp(self.at).expect("a time");
        let at = at.format(&Rfc3339).expect("a time in digits");
        let (id, number) = (self.id, self.id & 0xffff_ffff_ffff);
        let [a, b, c, d] = self.from.address;
        let endpoint =
            self.from.endpoint.map(|one| format!(r#","vpcEndpointId":"vpce-{one:017x}""#));
        let endpoint = endpoint.unwrap_or_default();
        let failure = self.failure.map(|code| {
            format!(r#","errorCode":"{code}","errorMessage":"the call was not answered as hoped""#)
        });
        let failure = failure.unwrap_or_default();
        let agent = self.agent.text();
        let (identity, asked) = (self.identity(function, &at), self.asked(function));
        let category = if matches!(self.what, What::Object(..)) { "Data" } else { "Management" };
        format!(
            r#"{{"version":"0","id":"{id:08x}-6f0b-4a3c-9d54-{number:012x}","detail-type":"AWS API Call via CloudTrail","source":"aws.{service}","account":"{ACCOUNT}","time":"{at}","region":"us-east-1","resources":[],"detail":{{"eventVersion":"1.11","userIdentity":{identity},"eventTime":"{at}","eventSource":"{service}.amazonaws.com","eventName":"{name}","awsRegion":"us-east-1","sourceIPAddress":"{a}.{b}.{c}.{d}","userAgent":"{agent}",{asked},"responseElements":null,"requestID":"{id:08x}-53f1-4d0f-9b1a-{number:012x}","eventID":"{id:08x}-2f9d-4f7e-8e7a-{number:012x}","readOnly":false,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"{ACCOUNT}","eventCategory":"{category}"{endpoint}{failure}}}}}"#
        )
    }

    fn identity(&self, function: &Function, at: &str) -> String {
        let (name, key) = (&function.name, key_id(self.key));
        let (role, session) = match self.what {
            What::Deploy(By::Deployer) => (DEPLOYER, "pipeline"),
            What::Deploy(By::Developer) => (DEVELOPER, "maria"),
            What::Deploy(By::Intruder) => (INTRUDER, "somebody"),
            What::Validation => (function.role.as_str(), "awslambda_1_20260221091431000"),
            _ => (function.role.as_str(), name.as_str()),
        };
        let scope = match self.is_of_function() {
            true => format!(
                r#","inScopeOf":{{"issuerType":"AWS::Lambda::Function","credentialsIssuedTo":"{0}","credentialsIssuedToVersion":"{0}:$LATEST"}}"#,
                function.arn
            ),
            false => String::new(),
        };
        format!(
            r#"{{"type":"AssumedRole","principalId":"AROAI44QH8DHBEXAMPLE1:{session}","arn":"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{session}","accountId":"{ACCOUNT}","accessKeyId":"{key}","sessionContext":{{"sessionIssuer":{{"type":"Role","principalId":"AROAI44QH8DHBEXAMPLE1","arn":"arn:aws:iam::{ACCOUNT}:role/{role}","accountId":"{ACCOUNT}","userName":"{role}"}},"attributes":{{"creationDate":"{at}","mfaAuthenticated":"false"}}}}{scope}}}"#
        )
    }

    /// `requestParameters`, and `resources` where there are any.
    fn asked(&self, function: &Function) -> String {
        match self.what {
            _ if self.failure.is_some_and(|code| code.contains("Denied")) => {
                r#""requestParameters":null"#.to_owned()
            }
            What::Plain(_) => r#""requestParameters":{"maxResults":100,"userName":"backup-operator","roleName":"batch","policyName":"main","name":"main","logGroupName":"/acme/orders","keyId":"main"}"#.to_owned(),
            What::Object(_, owner) => {
                let bucket = match owner {
                    ACCOUNT => format!("{}-data", function.name),
                    PARTNER => "partner-inbox-17".to_owned(),
                    _ => "drop-zone-7741".to_owned(),
                };
                format!(
                    r#""requestParameters":{{"bucketName":"{bucket}","Host":"{bucket}.s3.us-east-1.amazonaws.com","key":"export/{0}.csv"}},"resources":[{{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::{bucket}/export/{0}.csv"}},{{"accountId":"{owner}","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::{bucket}"}}]"#,
                    self.id
                )
            }
            What::Role(number) => format!(
                r#""requestParameters":{{"roleArn":"arn:aws:iam::{ACCOUNT}:role/shared-{number}","roleSessionName":"{}"}}"#,
                function.name
            ),
            What::Validation => format!(
                r#""requestParameters":{{"roleArn":"arn:aws:iam::{ACCOUNT}:role/{}","roleSessionName":"awslambda_1_20260221091431000"}}"#,
                function.role
            ),
            What::Deploy(_) => format!(
                r#""requestParameters":{{"functionName":"{0}","publish":false,"dryRun":false,"fullyQualifiedArn":{{"arnPrefix":{{"partition":"aws","region":"us-east-1","account":"{ACCOUNT}"}},"relativeId":{{"functionName":"{0}"}},"functionQualifier":{{}}}}}}"#,
                function.name
            ),
            What::LogStream => format!(
                r#""requestParameters":{{"logGroupName":"/aws/lambda/{0}","logStreamName":"2026/02/21/[$LATEST]{1:032x}"}}"#,
                function.name, self.id
            ),
        }
    }
}
