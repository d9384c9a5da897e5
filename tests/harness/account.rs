//! The emulated account as a person sees it: seeds functions, and looks at them afterwards.

use super::Emulator;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType,
    ScalarAttributeType,
};
use aws_sdk_lambda::{
    Client as Lambda,
    config::{BehaviorVersion, Credentials, Region},
    operation::create_function::builders::CreateFunctionFluentBuilder as CreateFunction,
    primitives::Blob,
    types::{Environment, FunctionCode, FunctionUrlAuthType, Runtime},
};
use aws_sdk_sqs::types::QueueAttributeName;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};

/// The journal's table.
pub const JOURNAL: &str = "cordon-journal";
/// The notification topic.
pub const TOPIC_NAME: &str = "cordon-notifications";
/// Where the failed events of a contained function go.
pub const QUARANTINE: &str = "cordon-quarantine";
/// Whose messages come back later.
pub const SECOND_LOOKS: &str = "cordon-second-looks";
/// Whose messages ask for evidence.
pub const EVIDENCE: &str = "cordon-evidence";
/// Gets what is published to the notification topic.
const NOTIFIED: &str = "notified";

/// What a function's role lets it do.
const JOB: &str = r#"{
    "Version": "2012-10-17",
    "Statement": [{
        "Effect": "Allow",
        "Action": [
            "dynamodb:*", "events:PutEvents", "lambda:InvokeFunction", "logs:*", "s3:*",
            "sns:Publish", "sqs:*", "sts:AssumeRole"
        ],
        "Resource": "*"
    }]
}"#;

/// One account in one Region.
pub struct Account {
    pub lambda: Lambda,
    pub dynamodb: aws_sdk_dynamodb::Client,
    pub iam: aws_sdk_iam::Client,
    pub sqs: aws_sdk_sqs::Client,
    pub auto_scaling: aws_sdk_applicationautoscaling::Client,
    pub(super) region: String,
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
        let account = Self {
            lambda: Lambda::new(&config),
            dynamodb: aws_sdk_dynamodb::Client::new(&config),
            iam: aws_sdk_iam::Client::new(&config),
            sqs: aws_sdk_sqs::Client::new(&config),
            auto_scaling: aws_sdk_applicationautoscaling::Client::new(&config),
            region: region.to_owned(),
        };
        account.create_journal().await;
        for queue in [QUARANTINE, SECOND_LOOKS, EVIDENCE, NOTIFIED] {
            account.sqs.create_queue().queue_name(queue).send().await.expect("a queue");
        }
        let sns = aws_sdk_sns::Client::new(&config);
        sns.create_topic().name(TOPIC_NAME).send().await.expect("the topic is created");
        let subscribe = sns.subscribe().protocol("sqs").endpoint(account.queue_arn(NOTIFIED));
        let topic = format!("arn:aws:sns:{region}:111122223333:{TOPIC_NAME}");
        subscribe.topic_arn(topic).send().await.expect("somebody listens");
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
        self.create_function_as(name, |call| call.runtime(Runtime::from(runtime))).await;
    }

    /// A function with settings of its own. Its role is made unless it is there.
    pub async fn create_function_as(
        &self,
        name: &str,
        with: impl FnOnce(CreateFunction) -> CreateFunction,
    ) {
        let role = self.role(name);
        if self.iam.get_role().role_name(&role).send().await.is_err() {
            self.create_role(&role).await;
        }
        let call = self
            .lambda
            .create_function()
            .function_name(name)
            .runtime(Runtime::Python313)
            .role(self.role_arn(name))
            .handler("index.handler")
            .code(FunctionCode::builder().zip_file(Blob::new("code")).build());
        with(call).send().await.expect("the function is created");
    }

    /// The queue's ARN.
    pub fn queue_arn(&self, queue: &str) -> String {
        format!("arn:aws:sqs:{}:111122223333:{queue}", self.region)
    }

    /// What was published to the notification topic, each subject with its message.
    pub async fn notifications(&self) -> Vec<String> {
        let mut found = Vec::new();
        loop {
            let receive = self.sqs.receive_message().queue_url(super::queue_url(NOTIFIED));
            let output = receive.max_number_of_messages(10).send().await.expect("messages");
            let Some(messages) = output.messages.filter(|some| !some.is_empty()) else {
                return found;
            };
            for message in messages {
                let body = message.body.expect("a message has a body");
                let told: Value = serde_json::from_str(&body).expect("SNS wraps it in JSON");
                let part = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
                found.push(format!("{}\n{}", part("Subject"), part("Message")));
                let delete = self.sqs.delete_message().queue_url(super::queue_url(NOTIFIED));
                let handle = message.receipt_handle.expect("a received message has one");
                delete.receipt_handle(handle).send().await.expect("the message is deleted");
            }
        }
    }

    /// How many messages of a queue wait until they are delivered.
    pub async fn delayed_messages(&self, queue: &str) -> usize {
        let attribute = QueueAttributeName::ApproximateNumberOfMessagesDelayed;
        let get = self.sqs.get_queue_attributes().queue_url(super::queue_url(queue));
        let output = get.attribute_names(attribute.clone()).send().await.expect("attributes");
        let number = output.attributes.and_then(|all| all.get(&attribute)?.parse().ok());
        number.expect("it was asked for")
    }

    /// The execution role of a function. IAM knows no Regions, so each has roles of its own names.
    pub fn role(&self, function: &str) -> String {
        format!("{function}-{}-role", self.region)
    }

    pub fn role_arn(&self, function: &str) -> String {
        format!("arn:aws:iam::111122223333:role/{}", self.role(function))
    }

    /// A role that only Lambda assumes, for a function that does this and that.
    pub async fn create_role(&self, role: &str) {
        let trust = json!({ "Service": "lambda.amazonaws.com" });
        self.create_role_for(role, "/", trust).await;
    }

    /// A role that `principal` may assume.
    pub async fn create_role_for(&self, role: &str, path: &str, principal: Value) {
        let trust = json!({
            "Version": "2012-10-17",
            "Statement": [{ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" }],
        });
        let create = self.iam.create_role().role_name(role).path(path);
        let create = create.assume_role_policy_document(trust.to_string());
        create.send().await.expect("the role is created");
        if path.starts_with("/aws-service-role/") {
            return;
        }
        self.put_role_policy(role, "work", &JOB.replace(['\n', ' '], "")).await;
    }

    pub async fn put_role_policy(&self, role: &str, name: &str, document: &str) {
        let put = self.iam.put_role_policy().role_name(role).policy_name(name);
        put.policy_document(document).send().await.expect("the role's policy is written");
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

    pub async fn set_environment(&self, name: &str, key: &str, value: &str) {
        self.lambda
            .update_function_configuration()
            .function_name(name)
            .environment(Environment::builder().variables(key, value).build())
            .send()
            .await
            .expect("the environment is set");
    }

    /// Everything that is in the journal.
    pub async fn journal(&self) -> Vec<HashMap<String, AttributeValue>> {
        let output = self.dynamodb.scan().table_name(JOURNAL).send().await;
        output.expect("the journal is read").items.unwrap_or_default()
    }

    /// Makes an incident's first step unreadable.
    pub async fn spoil_journal(&self, incident: &str) {
        let journal = self.journal().await;
        let step = journal.iter().find(|item| {
            let text = |name: &str| item.get(name).and_then(|value| value.as_s().ok());
            text("incident").is_some_and(|id| id == incident)
                && text("record").is_some_and(|record| record.starts_with("step#"))
        });
        let mut step = step.expect("a step").clone();
        step.insert("remediation".to_owned(), AttributeValue::S("{".to_owned()));
        let put = self.dynamodb.put_item().table_name(JOURNAL).set_item(Some(step));
        put.send().await.expect("the record is written");
    }

    /// Makes it look as if people were about to be told of every refused answer then.
    pub async fn set_telling(&self, then: i64) {
        for mut item in self.journal().await {
            if item.contains_key("telling") {
                item.insert("telling".to_owned(), AttributeValue::N(then.to_string()));
                let put = self.dynamodb.put_item().table_name(JOURNAL).set_item(Some(item));
                put.send().await.expect("the record is written");
            }
        }
    }

    /// Changes what the journal says of an incident's evidence.
    pub async fn set_evidence_chain(&self, incident: &str, chain: &str) {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let update = self.dynamodb.update_item().table_name(JOURNAL);
        let update = update.key("incident", text(incident)).key("record", text("evidence"));
        let update = update.update_expression("SET #chain = :chain");
        let update = update.expression_attribute_names("#chain", "chain");
        let update = update.expression_attribute_values(":chain", text(chain));
        update.send().await.expect("the record is changed");
    }

    /// What the journal remembers of a function.
    pub async fn snapshot(&self, arn: &str) -> String {
        let own = |item: &HashMap<String, AttributeValue>| {
            item.get("incident") == Some(&AttributeValue::S(format!("function#{arn}")))
                && item.get("record") == Some(&AttributeValue::S("snapshot".to_owned()))
        };
        let item = self.journal().await.into_iter().find(own).expect("a snapshot");
        item["snapshot"].as_s().expect("JSON").clone()
    }

    /// Changes one part of what the journal remembers of a function.
    pub async fn forge_snapshot(&self, arn: &str, part: &str, value: &Value) {
        let own = |item: &HashMap<String, AttributeValue>| {
            item.get("incident") == Some(&AttributeValue::S(format!("function#{arn}")))
                && item.get("record") == Some(&AttributeValue::S("snapshot".to_owned()))
        };
        let mut item = self.journal().await.into_iter().find(own).expect("a snapshot");
        let text = item["snapshot"].as_s().expect("JSON");
        let mut snapshot: Value = serde_json::from_str(text).expect("JSON");
        snapshot[part] = value.clone();
        item.insert("snapshot".to_owned(), AttributeValue::S(snapshot.to_string()));
        let put = self.dynamodb.put_item().table_name(JOURNAL).set_item(Some(item));
        put.send().await.expect("the record is written");
    }

    /// How many records the journal holds.
    pub async fn journal_records(&self) -> usize {
        self.journal().await.len()
    }

    /// How many incidents the journal holds.
    pub async fn incidents(&self) -> usize {
        let is_incident = |item: &HashMap<String, AttributeValue>| {
            let text = |name: &str| item.get(name).and_then(|value| value.as_s().ok());
            text("record").is_some_and(|record| record == "incident")
                && text("incident").is_some_and(|incident| incident.starts_with("inc-"))
        };
        self.journal().await.into_iter().filter(is_incident).count()
    }

    /// Everything the journal holds; the same text for the same records.
    pub async fn journal_text(&self) -> String {
        let items = self.journal().await.into_iter();
        let mut records: Vec<_> =
            items.map(|item| format!("{:?}", BTreeMap::from_iter(item))).collect();
        records.sort();
        records.join("\n")
    }
}
