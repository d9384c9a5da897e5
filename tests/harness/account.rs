//! The emulated account as a person sees it: seeds functions, and looks at them afterwards.

use super::Emulator;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType,
    ScalarAttributeType,
};
use aws_sdk_lambda::{
    Client as Lambda,
    config::{BehaviorVersion, Credentials, Region},
    primitives::Blob,
    types::{Environment, FunctionCode, FunctionUrlAuthType, Runtime},
};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};

/// The journal's table.
pub const JOURNAL: &str = "cordon-journal";
/// The notification topic.
pub const TOPIC_NAME: &str = "cordon-notifications";

/// One account in one Region.
pub struct Account {
    pub lambda: Lambda,
    pub dynamodb: aws_sdk_dynamodb::Client,
}

/// Everything Cordon may change about a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionSnapshot {
    /// Policy texts, by qualifier; `""` for the function itself.
    pub policies: BTreeMap<String, String>,
    /// None where nothing is reserved.
    pub reserved: Option<i32>,
    pub provisioned: BTreeMap<String, i32>,
    pub url: Option<String>,
    pub tags: BTreeMap<String, String>,
}

impl Account {
    pub(super) async fn new(region: &str) -> Self {
        let credentials = Credentials::new("AKIAPERSON0000000000", "secret", None, None, "test");
        let config = aws_config::defaults(BehaviorVersion::latest())
            .endpoint_url(Emulator::get().url())
            .region(Region::new(region.to_owned()))
            .credentials_provider(credentials)
            .load()
            .await;
        let account =
            Self { lambda: Lambda::new(&config), dynamodb: aws_sdk_dynamodb::Client::new(&config) };
        account.create_journal().await;
        aws_sdk_sns::Client::new(&config)
            .create_topic()
            .name(TOPIC_NAME)
            .send()
            .await
            .expect("the topic is created");
        account
    }

    /// The table as `template.yaml` has it.
    async fn create_journal(&self) {
        let attribute = |name: &str| {
            AttributeDefinition::builder()
                .attribute_name(name)
                .attribute_type(ScalarAttributeType::S)
                .build()
                .expect("an attribute")
        };
        let key = |name: &str, kind: KeyType| {
            KeySchemaElement::builder().attribute_name(name).key_type(kind).build().expect("a key")
        };
        self.dynamodb
            .create_table()
            .table_name(JOURNAL)
            .billing_mode(BillingMode::PayPerRequest)
            .attribute_definitions(attribute("incident"))
            .attribute_definitions(attribute("record"))
            .key_schema(key("incident", KeyType::Hash))
            .key_schema(key("record", KeyType::Range))
            .send()
            .await
            .expect("the journal is created");
    }

    /// A function with a supported runtime and no policy.
    pub async fn create_function(&self, name: &str) {
        self.create_function_with(name, "python3.13").await;
    }

    pub async fn create_function_with(&self, name: &str, runtime: &str) {
        self.lambda
            .create_function()
            .function_name(name)
            .runtime(Runtime::from(runtime))
            .role(format!("arn:aws:iam::111122223333:role/{name}-role"))
            .handler("index.handler")
            .code(FunctionCode::builder().zip_file(Blob::new("code")).build())
            .send()
            .await
            .expect("the function is created");
    }

    /// Publishes versions until version `number` exists.
    pub async fn publish_up_to(&self, name: &str, number: u32) {
        for revision in 1..=number {
            self.lambda
                .update_function_code()
                .function_name(name)
                .zip_file(Blob::new(format!("code {revision}")))
                .send()
                .await
                .expect("the code is updated");
            self.lambda
                .publish_version()
                .function_name(name)
                .send()
                .await
                .expect("a version is published");
        }
    }

    /// Writes the whole policy of a function, version or alias.
    pub async fn put_policy(&self, arn: &str, document: &Value) {
        self.put_policy_text(arn, &document.to_string()).await;
    }

    pub async fn put_policy_text(&self, arn: &str, document: &str) {
        self.lambda
            .put_resource_policy()
            .resource_arn(arn)
            .policy(document)
            .send()
            .await
            .expect("the policy is written");
    }

    /// The policy's text.
    pub async fn policy_text(&self, arn: &str) -> Option<String> {
        match self.lambda.get_resource_policy().resource_arn(arn).send().await {
            Ok(output) => output.policy,
            Err(_) => None,
        }
    }

    /// The policy.
    pub async fn policy(&self, arn: &str) -> Option<Value> {
        let text = self.policy_text(arn).await?;
        Some(serde_json::from_str(&text).expect("policies are JSON"))
    }

    pub async fn create_url(&self, name: &str, auth: FunctionUrlAuthType) {
        self.lambda
            .create_function_url_config()
            .function_name(name)
            .auth_type(auth)
            .send()
            .await
            .expect("the URL is created");
    }

    /// What Cordon may have changed.
    pub async fn look(&self, name: &str, arn: &str, qualifiers: &[&str]) -> FunctionSnapshot {
        let function = self.lambda.get_function().function_name(name).send().await;
        let function = function.expect("the function is there");
        let url = self.lambda.get_function_url_config().function_name(name).send().await;
        let provisioned = self
            .lambda
            .list_provisioned_concurrency_configs()
            .function_name(name)
            .send()
            .await
            .expect("provisioned concurrency is listed");
        let mut policies = BTreeMap::new();
        for qualifier in [""].iter().chain(qualifiers) {
            let arn =
                if qualifier.is_empty() { arn.to_owned() } else { format!("{arn}:{qualifier}") };
            if let Some(text) = self.policy_text(&arn).await {
                policies.insert((*qualifier).to_owned(), text);
            }
        }
        FunctionSnapshot {
            policies,
            reserved: function.concurrency.and_then(|c| c.reserved_concurrent_executions),
            provisioned: provisioned
                .provisioned_concurrency_configs
                .unwrap_or_default()
                .into_iter()
                .filter_map(|config| {
                    let arn = config.function_arn?;
                    let qualifier = arn.rsplit(':').next()?.to_owned();
                    Some((qualifier, config.requested_provisioned_concurrent_executions?))
                })
                .collect(),
            url: url.ok().map(|url| url.auth_type.as_str().to_owned()),
            tags: function.tags.unwrap_or_default().into_iter().collect(),
        }
    }

    pub async fn set_environment(&self, name: &str, key: &str, value: &str) {
        self.lambda
            .update_function_configuration()
            .function_name(name)
            .environment(Environment::builder().variables(key, value).build())
            .send()
            .await
            .expect("the environment is set");
    }

    async fn journal(&self) -> Vec<HashMap<String, AttributeValue>> {
        let output = self.dynamodb.scan().table_name(JOURNAL).send().await;
        output.expect("the journal is read").items.unwrap_or_default()
    }

    /// Makes the undo of an incident's first step unreadable.
    pub async fn spoil_journal(&self, incident: &str) {
        let journal = self.journal().await;
        let step = journal.iter().find(|item| {
            let text = |name: &str| item.get(name).and_then(|value| value.as_s().ok());
            text("incident").is_some_and(|id| id == incident)
                && text("record").is_some_and(|record| record.starts_with("step#"))
        });
        let mut step = step.expect("a step").clone();
        step.insert("undo".to_owned(), AttributeValue::S("{".to_owned()));
        let put = self.dynamodb.put_item().table_name(JOURNAL).set_item(Some(step));
        put.send().await.expect("the record is written");
    }

    /// How many records the journal holds.
    pub async fn journal_records(&self) -> usize {
        self.journal().await.len()
    }

    /// How many incidents the journal holds.
    pub async fn incidents(&self) -> usize {
        let is_incident = |item: &HashMap<String, AttributeValue>| {
            item.get("record") == Some(&AttributeValue::S("incident".to_owned()))
        };
        self.journal().await.into_iter().filter(is_incident).count()
    }

    /// Everything the journal holds.
    pub async fn journal_text(&self) -> String {
        format!("{:?}", self.journal().await)
    }
}
