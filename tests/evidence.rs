//! The real collector against the emulator: what it keeps, what it does when it is told twice, and
//! what becomes of calls that fail.

use crate::harness::{Answer, Bootstrap, Emulator, World};
use aws_sdk_iam::Client as Iam;
use aws_sdk_lambda::{
    config::{BehaviorVersion, Credentials, Region},
    primitives::Blob,
    types::{
        CapacityProviderConfig, Environment, EventSourcePosition, FunctionCode,
        FunctionUrlAuthType, FunctionVersionLatestPublished,
        LambdaManagedInstancesCapacityProviderConfig, LayerVersionContentInput, PackageType,
        Runtime,
    },
};
use aws_sdk_s3::{
    Client as S3,
    types::{
        BucketLocationConstraint, CreateBucketConfiguration, DefaultRetention,
        ObjectLockConfiguration, ObjectLockEnabled, ObjectLockRetentionMode, ObjectLockRule,
    },
};
use cordon::evidence::{Manifest, Snapshot};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Values of environment variables that nothing may show.
const SECRETS: [&str; 3] =
    ["hunter2-marker-secret", "AKIAMARKERSECRET0000", "postgres://u:marker@h"];
const INCIDENT: &str = "inc-0123456789abcdef";

/// A world with an evidence bucket.
struct Scene {
    world: World,
    s3: S3,
    iam: Iam,
    bucket: String,
}

impl Scene {
    async fn new() -> Self {
        let world = World::new().await;
        let credentials = Credentials::new("AKIAPERSON0000000000", "secret", None, None, "test");
        let config = aws_config::defaults(BehaviorVersion::latest())
            .endpoint_url(Emulator::get().url())
            .region(Region::new(world.region().to_owned()))
            .credentials_provider(credentials)
            .load()
            .await;
        let (s3, iam) = (S3::new(&config), Iam::new(&config));
        let bucket = format!("cordon-evidence-{}", world.region());
        let scene = Self { world, s3, iam, bucket };
        scene.create_bucket().await;
        scene
    }

    /// With Object Lock, as the template has it.
    async fn create_bucket(&self) {
        let place = BucketLocationConstraint::from(self.world.region());
        let place = CreateBucketConfiguration::builder().location_constraint(place).build();
        let create =
            self.s3.create_bucket().bucket(&self.bucket).object_lock_enabled_for_bucket(true);
        create.create_bucket_configuration(place).send().await.expect("the bucket is created");
        let retention =
            DefaultRetention::builder().mode(ObjectLockRetentionMode::Governance).days(1).build();
        let lock = ObjectLockConfiguration::builder()
            .object_lock_enabled(ObjectLockEnabled::Enabled)
            .rule(ObjectLockRule::builder().default_retention(retention).build())
            .build();
        let put = self.s3.put_object_lock_configuration().bucket(&self.bucket);
        put.object_lock_configuration(lock).send().await.expect("it keeps what is stored");
    }

    fn collector(&self) -> Bootstrap {
        self.world.collector(&self.bucket)
    }

    /// What the queue delivers when the responder has asked.
    fn delivery(&self, function: &str) -> String {
        let body = json!({ "incident": INCIDENT, "function": self.world.arn(function) });
        json!({ "Records": [{ "messageId": "m-1", "body": body.to_string() }] }).to_string()
    }

    /// Every object: its version and its bytes.
    async fn objects(&self) -> BTreeMap<String, (String, Vec<u8>)> {
        let listed = self.s3.list_object_versions().bucket(&self.bucket).send().await;
        let mut found = BTreeMap::new();
        for version in listed.expect("the bucket is listed").versions() {
            let (key, id) =
                (version.key().expect("a key"), version.version_id().expect("a version"));
            let get =
                self.s3.get_object().bucket(&self.bucket).key(key).version_id(id).send().await;
            let bytes = get.expect("an object").body.collect().await.expect("its bytes").to_vec();
            let before = found.insert(key.to_owned(), (id.to_owned(), bytes));
            assert!(before.is_none(), "{key} was replaced");
        }
        found
    }

    async fn snapshot(&self, name: &str) -> Snapshot {
        let objects = self.objects().await;
        let (_, bytes) = &objects[&format!("incidents/{INCIDENT}/{name}")];
        serde_json::from_slice(bytes).expect("a snapshot")
    }

    async fn manifest(&self) -> Option<Manifest> {
        let objects = self.objects().await;
        let (_, bytes) = objects.get(&format!("incidents/{INCIDENT}/manifest.json"))?;
        Some(serde_json::from_slice(bytes).expect("a manifest"))
    }

    /// How often the collector wrote into the bucket and the journal since the last look.
    fn written(&self) -> usize {
        self.world.calls().iter().filter(|call| call.operation == "PutObject").count()
    }

    /// A function with three versions, two aliases, and something of everything.
    async fn seed(&self) {
        let (account, arn) = (&self.world.account, self.world.arn("orders"));
        account.create_function("orders").await;
        let layers =
            [self.layer("tools", "layer one").await, self.layer("base", "layer two").await];
        let environment = Environment::builder()
            .variables("PASSWORD", SECRETS[0])
            .variables("SAME_PASSWORD", SECRETS[0])
            .variables("KEY", SECRETS[1])
            .variables("URL", SECRETS[2]);
        let update = account.lambda.update_function_configuration().function_name("orders");
        let update = update.environment(environment.build()).set_layers(Some(layers.to_vec()));
        update.send().await.expect("the function is set up");
        account.publish_up_to("orders", 3).await;
        for (alias, version) in [("live", "2"), ("next", "3")] {
            let create = account.lambda.create_alias().function_name("orders");
            create.name(alias).function_version(version).send().await.expect("an alias");
        }
        for qualifier in ["", ":1", ":2", ":3", ":live", ":next"] {
            let on = format!("{arn}{qualifier}");
            account.put_policy_text(&on, &policy(&on)).await;
        }
        account.create_url("orders", FunctionUrlAuthType::None).await;
        self.seed_triggers().await;
        self.seed_role().await;
    }

    async fn layer(&self, name: &str, content: &str) -> String {
        let zip = LayerVersionContentInput::builder().zip_file(Blob::new(content)).build();
        let publish = self.world.account.lambda.publish_layer_version().layer_name(name);
        let layer = publish.content(zip).send().await.expect("the layer is published");
        layer.layer_version_arn.expect("an ARN")
    }

    async fn seed_triggers(&self) {
        let stream = format!("arn:aws:kinesis:{}:111122223333:stream/orders", self.world.region());
        for function in ["orders", "orders:live"] {
            let create = self.world.account.lambda.create_event_source_mapping();
            let create = create.function_name(function).event_source_arn(&stream);
            let create = create.starting_position(EventSourcePosition::Latest);
            create.send().await.expect("a mapping");
        }
    }

    async fn seed_role(&self) {
        let (role, document) = (self.world.account.role("orders"), policy("arn:aws:s3:::orders/*"));
        let trust = self.iam.update_assume_role_policy().role_name(&role);
        trust.policy_document(TRUST).send().await.expect("a trust policy");
        self.world.account.put_role_policy(&role, "work", &document).await;
        let managed = format!("managed-{}", self.world.region());
        let managed = self.iam.create_policy().policy_name(managed).policy_document(&document);
        let managed = managed.send().await.expect("a managed policy").policy.expect("it");
        let attach = self.iam.attach_role_policy().role_name(role).set_policy_arn(managed.arn);
        attach.send().await.expect("it is attached");
    }
}

/// Spaced as AWS does not space it.
const TRUST: &str = r#"{"Version":"2012-10-17", "Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

/// With characters that IAM encodes and JSON escapes.
fn policy(resource: &str) -> String {
    format!(
        "{{\"Version\":\"2012-10-17\", \"Statement\":[{{\"Sid\":\"s\",\"Effect\":\"Allow\",\
         \"Principal\":\"*\",\"Action\":\"lambda:InvokeFunction\",\"Resource\":\"{resource}\"}}]}}"
    )
}

/// The manifest's hashes are those of the objects, and its links those of its hashes.
fn check(manifest: &Manifest, objects: &BTreeMap<String, (String, Vec<u8>)>) {
    let raw = |hex: &str| -> Vec<u8> {
        (0..64)
            .step_by(2)
            .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex"))
            .collect()
    };
    let mut link = Sha256::digest(INCIDENT).to_vec();
    for object in &manifest.objects {
        let (version, bytes) = &objects[&object.key];
        let sha256 = Sha256::digest(bytes).to_vec();
        assert_eq!(raw(&object.sha256), sha256, "{}", object.key);
        assert_eq!(object.version_id.as_deref(), Some(version.as_str()), "{}", object.key);
        assert_eq!(object.size, bytes.len() as u64, "{}", object.key);
        link = Sha256::digest([&link, &sha256, object.key.as_bytes()].concat()).to_vec();
        assert_eq!(raw(&object.chain), link, "{}", object.key);
    }
    assert_eq!(raw(&manifest.chain), link);
    assert_eq!(manifest.objects.len() + 1, objects.len(), "everything but itself");
}

async fn assert_no_secret(scene: &Scene, answer: &Answer) {
    let mut shown =
        vec![answer.body.clone(), answer.log.clone(), scene.world.account.journal_text().await];
    for (key, (_, bytes)) in scene.objects().await {
        shown.push(format!("{key} {}", String::from_utf8_lossy(&bytes)));
    }
    for text in shown {
        for secret in SECRETS {
            assert!(!text.contains(secret), "{text}");
        }
        assert!(!text.contains("/_emulator/code") && !text.contains("/_emulator/layers"), "{text}");
    }
}

#[tokio::test]
async fn everything_around_a_function_is_kept_and_no_secret() {
    let scene = Scene::new().await;
    scene.seed().await;
    let collector = scene.collector();

    let answer = collector.deliver(&scene.delivery("orders"));

    assert!(answer.ok, "{answer:?}");
    let snapshot = scene.snapshot("snapshot.json").await;
    assert_eq!(snapshot.unread, [], "{answer:?}");
    let versions: Vec<_> = snapshot.versions.iter().map(|it| it.version.as_str()).collect();
    assert_eq!(versions, ["$LATEST", "3", "2", "1"]);
    assert_eq!(snapshot.aliases.len(), 2);
    assert_eq!(snapshot.policies.len(), 6);
    for kept in &snapshot.policies {
        let live = scene.world.account.policy_text(&kept.resource).await;
        assert_eq!(live.as_deref(), Some(kept.text.as_str()));
        assert!(kept.revision.is_some());
    }
    let invoked: Vec<_> =
        snapshot.event_source_mappings.iter().map(|it| it.function.clone()).collect();
    let arn = scene.world.arn("orders");
    assert!(invoked.contains(&Some(arn.clone())) && invoked.contains(&Some(format!("{arn}:live"))));
    assert_eq!(snapshot.urls[0].auth_type, "NONE");
    assert_eq!(snapshot.runtime_management.len(), 4);
    assert_eq!(snapshot.recursive_loop.as_deref(), Some("Terminate"));
    assert_eq!(snapshot.layers.len(), 2);
    let environment = serde_json::to_value(&snapshot.versions[0].environment).expect("JSON");
    assert_eq!(environment["PASSWORD"], environment["SAME_PASSWORD"]);
    assert_ne!(environment["PASSWORD"], environment["KEY"]);
    let role = &snapshot.roles[0];
    let document = policy("arn:aws:s3:::orders/*");
    assert_eq!(role.trust_policy.as_deref(), Some(TRUST));
    assert_eq!(role.inline_policies[0].document.as_deref(), Some(document.as_str()));
    let attached =
        role.attached_policies.iter().all(|it| it.document.as_deref() == Some(&document));
    assert!(attached && !role.attached_policies.is_empty(), "{role:?}");
    assert_no_secret(&scene, &answer).await;
}

#[tokio::test]
async fn code_and_layers_are_copied_once_and_chained() {
    let scene = Scene::new().await;
    scene.seed().await;

    let answer = scene.collector().deliver(&scene.delivery("orders"));

    assert!(answer.ok, "{answer:?}");
    let objects = scene.objects().await;
    let bytes = |name: &str| -> Option<&[u8]> {
        objects.get(&format!("incidents/{INCIDENT}/{name}")).map(|(_, bytes)| bytes.as_slice())
    };
    // Version 3 has the code of $LATEST.
    assert_eq!(bytes("code/$LATEST.zip"), Some(b"code 3".as_slice()));
    assert_eq!(bytes("code/3.zip"), None);
    assert_eq!(bytes("code/2.zip"), Some(b"code 2".as_slice()));
    assert_eq!(bytes("code/1.zip"), Some(b"code 1".as_slice()));
    assert_eq!(bytes("layers/1-tools-1.zip"), Some(b"layer one".as_slice()));
    assert_eq!(bytes("layers/2-base-1.zip"), Some(b"layer two".as_slice()));
    let manifest = scene.manifest().await.expect("a manifest");
    assert_eq!(manifest.unread, []);
    check(&manifest, &objects);
    assert!(scene.world.account.journal_text().await.contains(&manifest.chain));
    let reports: Value = serde_json::from_str(&answer.body).expect("a report");
    assert_eq!(reports[0]["chain"], manifest.chain.as_str());
}

#[tokio::test]
async fn a_second_delivery_writes_nothing() {
    let scene = Scene::new().await;
    scene.seed().await;
    let collector = scene.collector();
    assert!(collector.deliver(&scene.delivery("orders")).ok);
    let (before, journal) = (scene.objects().await, scene.world.account.journal_text().await);
    assert!(scene.written() > 0);
    scene.world.account.set_environment("orders", "NEW", "value").await;

    let again = collector.deliver(&scene.delivery("orders"));

    assert!(again.ok, "{again:?}");
    assert_eq!(scene.written(), 0);
    assert_eq!(scene.objects().await, before);
    assert_eq!(scene.world.account.journal_text().await, journal);
}

#[tokio::test]
async fn what_was_throttled_is_read_by_the_next_delivery_and_the_first_view_stays() {
    let scene = Scene::new().await;
    scene.seed().await;
    let collector = scene.collector();
    scene.world.faults(
        r#"[{"service":"lambda","operation":"GetFunctionRecursionConfig","status":429,
             "code":"TooManyRequestsException","message":"slow down"}]"#,
    );

    let throttled = collector.deliver(&scene.delivery("orders"));

    assert!(!throttled.ok, "{throttled:?}");
    assert!(throttled.body.contains("GetFunctionRecursionConfig"), "{throttled:?}");
    let first = scene.snapshot("snapshot.json").await;
    assert!(first.may_become_complete());
    assert_eq!(scene.manifest().await, None);
    scene.world.faults("[]");
    scene.written();
    let retried = collector.deliver(&scene.delivery("orders"));
    assert!(retried.ok, "{retried:?}");
    assert_eq!(scene.written(), 2, "the second view and the manifest");
    assert_eq!(scene.snapshot("snapshot.json").await, first);
    let second = scene.snapshot("snapshot-2.json").await;
    assert_eq!(second.unread, []);
    assert_eq!(second.versions, first.versions, "under the same salt");
    check(&scene.manifest().await.expect("a manifest"), &scene.objects().await);
}

#[tokio::test]
async fn what_is_refused_is_noted_and_stops_nothing() {
    let scene = Scene::new().await;
    scene.seed().await;
    scene.world.faults(
        r#"[{"service":"iam","operation":"GetRole","status":403,"code":"AccessDenied","message":"no"},
            {"service":"lambda","operation":"GetLayerVersionByArn","status":403,
             "code":"AccessDeniedException","message":"no"}]"#,
    );

    let answer = scene.collector().deliver(&scene.delivery("orders"));

    assert!(answer.ok, "{answer:?}");
    let snapshot = scene.snapshot("snapshot.json").await;
    let refused: Vec<_> =
        snapshot.unread.iter().map(|it| (it.operation.as_str(), it.code.as_str())).collect();
    let layer = ("GetLayerVersionByArn", "AccessDeniedException");
    assert_eq!(refused, [layer, layer, ("GetRole", "AccessDenied")]);
    assert_eq!(snapshot.policies.len(), 6);
    let manifest = scene.manifest().await.expect("a manifest");
    assert_eq!(manifest.unread.len(), 2, "no copy of the layers");
    check(&manifest, &scene.objects().await);
    assert!(answer.log.contains("not in the evidence"), "{answer:?}");
}

#[tokio::test]
async fn code_that_changed_between_two_deliveries_is_told_and_the_first_stays() {
    let scene = Scene::new().await;
    scene.world.account.create_function("orders").await;
    let collector = scene.collector();
    scene.world.faults(
        r#"[{"service":"lambda","operation":"GetFunctionRecursionConfig","status":429,
             "code":"TooManyRequestsException","message":"slow down"}]"#,
    );
    assert!(!collector.deliver(&scene.delivery("orders")).ok);
    scene.world.faults("[]");
    scene.world.account.publish_up_to("orders", 1).await;

    let answer = collector.deliver(&scene.delivery("orders"));

    assert!(answer.ok, "{answer:?}");
    let objects = scene.objects().await;
    assert_eq!(objects[&format!("incidents/{INCIDENT}/code/$LATEST.zip")].1, b"code");
    let manifest = scene.manifest().await.expect("a manifest");
    let told: Vec<_> = manifest.unread.iter().map(|it| it.code.as_str()).collect();
    assert_eq!(told, ["the code is not the one in the snapshot"]);
    check(&manifest, &objects);
}

#[tokio::test]
async fn where_lists_are_refused_the_function_itself_is_still_kept() {
    let scene = Scene::new().await;
    scene.seed().await;
    scene.world.faults(
        r#"[{"service":"lambda","operation":"List.*","status":403,
             "code":"AccessDeniedException","message":"no"}]"#,
    );

    let answer = scene.collector().deliver(&scene.delivery("orders"));

    assert!(answer.ok, "{answer:?}");
    let snapshot = scene.snapshot("snapshot.json").await;
    assert_eq!(snapshot.versions.len(), 1);
    assert_eq!((snapshot.policies.len(), snapshot.layers.len()), (1, 2));
    assert_eq!(snapshot.unread.len(), 6, "{:?}", snapshot.unread);
    let code = &scene.objects().await[&format!("incidents/{INCIDENT}/code/$LATEST.zip")].1;
    assert_eq!(code, b"code 3");
}

#[tokio::test]
async fn what_managed_instances_run_is_kept_with_its_scaling() {
    let scene = Scene::new().await;
    let lambda = &scene.world.account.lambda;
    let provider =
        format!("arn:aws:lambda:{}:111122223333:capacity-provider:p", scene.world.region());
    let provider = LambdaManagedInstancesCapacityProviderConfig::builder()
        .capacity_provider_arn(provider)
        .build()
        .expect("a capacity provider");
    let config = CapacityProviderConfig::builder()
        .lambda_managed_instances_capacity_provider_config(provider)
        .build();
    let code = FunctionCode::builder().zip_file(Blob::new("code")).build();
    let create = lambda.create_function().function_name("orders").capacity_provider_config(config);
    let create = create.code(code).handler("index.handler").runtime(Runtime::Provided);
    create.role("arn:aws:iam::111122223333:role/none").send().await.expect("a function");
    let publish = lambda.publish_version().function_name("orders");
    let publish = publish.publish_to(FunctionVersionLatestPublished::LatestPublished);
    publish.send().await.expect("it is published");
    let on = format!("{}:$LATEST.PUBLISHED", scene.world.arn("orders"));
    scene.world.account.put_policy_text(&on, &policy(&on)).await;

    let answer = scene.collector().deliver(&scene.delivery("orders"));

    assert!(answer.ok, "{answer:?}");
    let snapshot = scene.snapshot("snapshot.json").await;
    let versions: Vec<_> = snapshot.versions.iter().map(|it| it.version.as_str()).collect();
    assert_eq!(versions, ["$LATEST", "$LATEST.PUBLISHED"]);
    assert_eq!(snapshot.scaling.len(), 1, "{:?}", snapshot.unread);
    assert_eq!(snapshot.policies.iter().map(|it| &it.resource).collect::<Vec<_>>(), [&on]);
}

#[tokio::test]
async fn what_is_cut_off_anywhere_is_finished_by_the_next_delivery() {
    for fault in [
        r#"{"service":"s3","operation":"PutObject","times":9,"status":500,"code":"InternalError","message":"no"}"#,
        r#"{"service":"s3","operation":"PutObject","times":1,"late":true,"status":500,"code":"InternalError","message":"lost"}"#,
        r#"{"service":"dynamodb","operation":"PutItem","times":1,"late":true,"status":500,"code":"InternalServerError","message":"lost"}"#,
        r#"{"service":"dynamodb","operation":"GetItem","times":9,"status":500,"code":"InternalServerError","message":"no"}"#,
    ] {
        let scene = Scene::new().await;
        scene.world.account.create_function("orders").await;
        let collector = scene.collector();
        scene.world.faults(&format!("[{fault}]"));
        collector.deliver(&scene.delivery("orders"));
        scene.world.faults("[]");

        let retried = collector.deliver(&scene.delivery("orders"));

        assert!(retried.ok, "{fault}: {retried:?}");
        let manifest = scene.manifest().await.expect("a manifest");
        check(&manifest, &scene.objects().await);
        assert!(scene.world.account.journal_text().await.contains(&manifest.chain), "{fault}");
    }
}

#[tokio::test]
async fn concurrent_deliveries_leave_one_view_one_salt_and_one_chain() {
    let scene = Scene::new().await;
    scene.seed().await;
    let (delivery, collectors) = (scene.delivery("orders"), [scene.collector(), scene.collector()]);

    let answers: Vec<_> = std::thread::scope(|scope| {
        let delivery = &delivery;
        let running: Vec<_> = collectors
            .into_iter()
            .map(|collector| scope.spawn(move || collector.deliver(delivery)))
            .collect();
        running.into_iter().map(|it| it.join().expect("an answer")).collect()
    });

    assert!(answers.iter().all(|answer| answer.ok), "{answers:?}");
    assert_eq!(answers[0].body, answers[1].body);
    check(&scene.manifest().await.expect("a manifest"), &scene.objects().await);
    assert_eq!(scene.world.account.journal_records().await, 2, "the salt and the evidence");
}

#[tokio::test]
async fn of_an_image_the_name_is_kept_and_of_a_deleted_function_what_is_left() {
    let scene = Scene::new().await;
    let image = format!("111122223333.dkr.ecr.{}.amazonaws.com/orders:1", scene.world.region());
    let code = FunctionCode::builder().image_uri(&image).build();
    let create = scene.world.account.lambda.create_function().function_name("orders").code(code);
    let create = create.package_type(PackageType::Image);
    create.role("arn:aws:iam::111122223333:role/none").send().await.expect("a function");

    let answer = scene.collector().deliver(&scene.delivery("orders"));
    assert!(answer.ok, "{answer:?}");
    let snapshot = scene.snapshot("snapshot.json").await;
    assert_eq!(snapshot.versions[0].package.image, Some(image));
    assert_eq!(scene.objects().await.len(), 2, "a snapshot and a manifest");

    let scene = Scene::new().await;
    let answer = scene.collector().deliver(&scene.delivery("gone"));
    assert!(answer.ok, "{answer:?}");
    let snapshot = scene.snapshot("snapshot.json").await;
    assert!(
        snapshot.unread.iter().any(|it| it.code == "ResourceNotFoundException"),
        "{snapshot:?}"
    );
}

#[tokio::test]
async fn a_journal_that_disagrees_with_the_manifest_is_told() {
    let scene = Scene::new().await;
    scene.world.account.create_function("orders").await;
    let collector = scene.collector();
    assert!(collector.deliver(&scene.delivery("orders")).ok);
    scene.world.account.set_evidence_chain(INCIDENT, "forged").await;

    let again = collector.deliver(&scene.delivery("orders"));

    assert!(!again.ok && again.body.contains("disagree"), "{again:?}");
}

#[tokio::test]
async fn a_message_that_asks_for_nothing_fails_and_is_not_repeated() {
    let scene = Scene::new().await;
    let collector = scene.collector();
    let message = json!({ "Records": [{ "messageId": "m", "body": SECRETS[0] }] });

    let answer = collector.deliver(&message.to_string());

    assert!(!answer.ok && answer.body.contains("RequestError"), "{answer:?}");
    assert_no_secret(&scene, &answer).await;
}
