//! The SDK's clients, each made when it is first needed. Refuses endpoints and credentials of its own:
//! both come from the environment, as the SDK has it.
//! <https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html>

use super::{
    AwsError,
    http::OneHttpClient,
    read::{Interfaces, RoleUsers},
    signed::Signed,
};
use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_account::Client as Account;
use aws_sdk_applicationautoscaling::Client as AutoScaling;
use aws_sdk_cloudtrail::Client as CloudTrail;
use aws_sdk_dynamodb::Client as DynamoDb;
use aws_sdk_iam::Client as Iam;
use aws_sdk_lambda::{Client as Lambda, config::Builder};
use aws_sdk_sns::Client as Sns;
use aws_sdk_sqs::Client as Sqs;
use std::time::Duration;
use tokio::sync::OnceCell;

/// The SDK's clients, each made when it is first needed.
#[derive(Debug, Default)]
pub struct Aws {
    region: Option<String>,
    config: OnceCell<SdkConfig>,
    account: OnceCell<Account>,
    auto_scaling: OnceCell<AutoScaling>,
    cloudtrail: OnceCell<CloudTrail>,
    dynamodb: OnceCell<DynamoDb>,
    iam: OnceCell<Iam>,
    interfaces: Interfaces,
    lambda: OnceCell<Lambda>,
    signed: OnceCell<Signed>,
    sns: OnceCell<Sns>,
    sqs: OnceCell<Sqs>,
    role_users: RoleUsers,
}

/// Longer than any call here takes; short enough for a retry within the invocation.
const ATTEMPT: Duration = Duration::from_secs(10);

/// Of a call of Lambda's control plane.
const TRIES: u32 = 4;
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

impl Aws {
    /// Clients for `region`, or for the one the environment names.
    pub fn new(region: Option<String>) -> Self {
        Self { region, ..Self::default() }
    }

    pub(super) async fn config(&self) -> &SdkConfig {
        self.config
            .get_or_init(|| async {
                let timeouts = TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT).build();
                let loader = aws_config::defaults(BehaviorVersion::latest())
                    .http_client(OneHttpClient::new())
                    .timeout_config(timeouts);
                match &self.region {
                    Some(region) => loader.region(Region::new(region.clone())).load().await,
                    None => loader.load().await,
                }
            })
            .await
    }

    pub(super) async fn account(&self) -> &Account {
        self.account.get_or_init(|| async { Account::new(self.config().await) }).await
    }

    pub(super) async fn auto_scaling(&self) -> &AutoScaling {
        self.auto_scaling.get_or_init(|| async { AutoScaling::new(self.config().await) }).await
    }

    pub(super) async fn cloudtrail(&self) -> &CloudTrail {
        self.cloudtrail.get_or_init(|| async { CloudTrail::new(self.config().await) }).await
    }

    /// CloudTrail in another Region.
    pub(super) async fn cloudtrail_in(&self, region: &str) -> CloudTrail {
        let config = aws_sdk_cloudtrail::config::Builder::from(self.config().await);
        CloudTrail::from_conf(config.region(Region::new(region.to_owned())).build())
    }

    pub(super) async fn dynamodb(&self) -> &DynamoDb {
        self.dynamodb.get_or_init(|| async { DynamoDb::new(self.config().await) }).await
    }

    pub(super) async fn iam(&self) -> &Iam {
        self.iam.get_or_init(|| async { Iam::new(self.config().await) }).await
    }

    pub(super) const fn interfaces(&self) -> &Interfaces {
        &self.interfaces
    }

    pub(super) async fn lambda(&self) -> &Lambda {
        self.lambda
            .get_or_init(|| async { Lambda::from_conf(patient(self.config().await).build()) })
            .await
    }

    /// Lambda in another Region.
    pub(super) async fn lambda_in(&self, region: &str) -> Lambda {
        let config = patient(self.config().await).region(Region::new(region.to_owned()));
        Lambda::from_conf(config.build())
    }

    /// For services without a client here.
    pub(super) async fn signed(&self) -> Result<&Signed, AwsError> {
        self.signed.get_or_try_init(|| async { Signed::new(self.config().await).await }).await
    }

    pub(super) const fn role_users(&self) -> &RoleUsers {
        &self.role_users
    }

    pub(super) async fn sns(&self) -> &Sns {
        self.sns.get_or_init(|| async { Sns::new(self.config().await) }).await
    }

    pub(super) async fn sqs(&self) -> &Sqs {
        self.sqs.get_or_init(|| async { Sqs::new(self.config().await) }).await
    }
}

/// Almost all calls of Lambda's control plane share 15 a second, whoever makes them, so that more tries
/// are needed than elsewhere. Adaptive retries are not for what must be quick: two throttled calls
/// slow a client down to less than one call a second.
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html#api-requests>
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html>
fn patient(config: &SdkConfig) -> Builder {
    Builder::from(config).retry_config(
        RetryConfig::standard().with_max_attempts(TRIES).with_max_backoff(LONGEST_PAUSE),
    )
}
