//! The control policy delivered to the real binary, without deploying it again: from each kind of
//! place, broken, unreachable, pinned, and not at all.

use crate::{
    harness::{Bootstrap, Emulator, World},
    telling::{document, statement},
};
use cordon::policy::{ControlPolicy, LoadedPolicy, Mode};
use serde_json::json;
use std::{fs, thread::sleep, time::Duration};

/// Where a control policy may lie.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Parameter,
    Configuration,
    Object,
}

const KINDS: [Kind; 3] = [Kind::Parameter, Kind::Configuration, Kind::Object];

/// A control policy as `cordon check --compile` writes it.
struct Compiled {
    text: String,
    sha256: String,
}

fn compiled(change: impl FnOnce(&mut ControlPolicy)) -> Compiled {
    let mut policy = ControlPolicy::default();
    policy.defaults.mode = Mode::DryRun;
    change(&mut policy);
    let text = LoadedPolicy::compile(&policy).expect("it compiles");
    let sha256 = LoadedPolicy::load(&text).expect("it loads").sha256;
    Compiled { text, sha256 }
}

/// What the function was deployed with.
fn bundled() -> Compiled {
    compiled(|_| {})
}

fn newer() -> Compiled {
    compiled(|policy| policy.defaults.trust_tags = true)
}

/// In which every control is off.
fn quiet() -> Compiled {
    compiled(|policy| policy.defaults.mode = Mode::Off)
}

struct Delivery {
    world: World,
    kind: Kind,
}

impl Delivery {
    async fn by(kind: Kind) -> Self {
        let world = World::new().await;
        let arn = world.arn("orders");
        world.account.create_function("orders").await;
        let public = statement("open-to-all", json!("*"), &arn, None);
        world.account.put_policy(&arn, &document(&[public])).await;
        let it = Self { world, kind };
        if kind == Kind::Object {
            let place = it.world.region();
            let place = format!(
                "<CreateBucketConfiguration><LocationConstraint>{place}</LocationConstraint>\
                 </CreateBucketConfiguration>"
            );
            it.call("s3", ["PUT", &format!("/{}", it.bucket()), "", &place]);
        }
        it
    }

    fn call(&self, service: &str, request: [&str; 4]) {
        Emulator::get().call(service, self.world.region(), request);
    }

    fn bucket(&self) -> String {
        format!("policies-{}-{}", self.world.region(), std::process::id())
    }

    fn uri(&self) -> String {
        match self.kind {
            Kind::Parameter => "ssm:/cordon/policy".to_owned(),
            Kind::Configuration => "appconfig:abc1234/def5678/ghi9012".to_owned(),
            Kind::Object => format!("s3://{}/cordon/policy.json", self.bucket()),
        }
    }

    fn put(&self, text: &str) {
        match self.kind {
            Kind::Parameter => {
                let headers = "X-Amz-Target: AmazonSSM.PutParameter\r\n\
                               Content-Type: application/x-amz-json-1.1\r\n";
                let parameter = json!({
                    "Name": "/cordon/policy", "Value": text, "Type": "String", "Overwrite": true,
                    "Tier": "Advanced",
                });
                self.call("ssm", ["POST", "/", headers, &parameter.to_string()]);
            }
            Kind::Configuration => {
                let configuration = json!({
                    "region": self.world.region(), "application": "abc1234",
                    "environment": "def5678", "profile": "ghi9012", "content": text, "interval": 1,
                });
                Emulator::get().deploy_configuration(&configuration);
            }
            Kind::Object => {
                let path = format!("/{}/cordon/policy.json", self.bucket());
                self.call("s3", ["PUT", &path, "", text]);
            }
        }
    }

    /// Started with the bundled one, and asks again after a second.
    fn start(&self, more: &[(&str, &str)]) -> Bootstrap {
        let uri = self.uri();
        let mut variables =
            vec![("CORDON_POLICY_URI", &*uri), ("CORDON_POLICY_REFRESH_SECONDS", "1")];
        variables.extend(more);
        self.world.bootstrap_with(&bundled().text, &variables)
    }

    /// Delivers an event; the hash of the control policy that it was answered under.
    fn answered_under(&self, bootstrap: &Bootstrap) -> Option<String> {
        let answer = bootstrap.deliver(&self.world.event("add-permission-public.json"));
        assert!(answer.ok, "{answer:?}");
        let finding = answer.findings.first()?;
        Some(finding["policySha256"].as_str().expect("a hash").to_owned())
    }

    /// The calls that read a delivered control policy.
    fn fetches(&self) -> Vec<String> {
        let calls = self.world.calls().into_iter();
        let calls = calls.filter(|call| ["ssm", "appconfig", "s3"].contains(&&*call.service));
        calls.map(|call| call.operation).collect()
    }
}

fn until_it_asks_again() {
    sleep(Duration::from_millis(1100));
}

#[tokio::test]
async fn what_is_delivered_is_in_force_from_the_first_event_and_a_new_version_later() {
    for kind in KINDS {
        let delivery = Delivery::by(kind).await;
        delivery.put(&newer().text);
        let bootstrap = delivery.start(&[]);
        let started = bootstrap.started();
        assert!(started.contains("control policy in force"), "{kind:?}: {started}");
        assert!(started.contains(&newer().sha256), "{kind:?}: {started}");
        assert_eq!(delivery.answered_under(&bootstrap), Some(newer().sha256), "{kind:?}");

        delivery.put(&quiet().text);
        until_it_asks_again();
        assert_eq!(delivery.answered_under(&bootstrap), Some(newer().sha256), "{kind:?}");
        assert!(bootstrap.logs("in force").contains(&quiet().sha256), "{kind:?}");
        assert_eq!(delivery.answered_under(&bootstrap), None, "{kind:?}");
    }
}

#[tokio::test]
async fn a_broken_version_never_replaces_a_good_one_and_is_counted_while_it_lies_there() {
    for kind in KINDS {
        let delivery = Delivery::by(kind).await;
        delivery.put(&newer().text);
        let bootstrap = delivery.start(&[]);
        bootstrap.started();
        delivery.put(&quiet().text.replace("\"off\"", "\"dry-run\""));
        for _ in 0..2 {
            until_it_asks_again();
            assert_eq!(delivery.answered_under(&bootstrap), Some(newer().sha256), "{kind:?}");
            let line = bootstrap.logs("ControlPolicyRejected");
            assert!(line.contains("does not have the hash it names"), "{kind:?}: {line}");
            assert!(line.contains(&newer().sha256), "{kind:?}: {line}");
        }
        delivery.put(&quiet().text);
        until_it_asks_again();
        delivery.answered_under(&bootstrap);
        bootstrap.logs("in force");
        assert_eq!(delivery.answered_under(&bootstrap), None, "{kind:?}");
    }
}

#[tokio::test]
async fn out_of_reach_at_the_start_the_bundled_one_is_in_force_and_the_delivered_one_later() {
    for kind in KINDS {
        let delivery = Delivery::by(kind).await;
        delivery.put(&newer().text);
        delivery.world.faults(
            r#"[{"service":"ssm","hold":true},{"service":"appconfig","drop":true},
                {"service":"s3","status":503,"code":"SlowDown"}]"#,
        );
        let bootstrap = delivery.start(&[]);
        let started = bootstrap.started();
        assert!(started.contains("\"ControlPolicyUnreachable\":1"), "{kind:?}: {started}");
        assert!(started.contains("bundled with the function"), "{kind:?}: {started}");
        assert_eq!(delivery.answered_under(&bootstrap), Some(bundled().sha256), "{kind:?}");

        delivery.world.faults("[]");
        until_it_asks_again();
        delivery.answered_under(&bootstrap);
        bootstrap.logs("in force");
        assert_eq!(delivery.answered_under(&bootstrap), Some(newer().sha256), "{kind:?}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_unreachable_and_says_so_with_its_code() {
    for (kind, code) in [
        (Kind::Parameter, "ParameterNotFound"),
        (Kind::Configuration, "ResourceNotFoundException"),
        (Kind::Object, "NoSuchKey"),
    ] {
        let delivery = Delivery::by(kind).await;
        let started = delivery.start(&[]).started();
        assert!(started.contains("\"ControlPolicyUnreachable\":1"), "{kind:?}: {started}");
        assert!(started.contains(code), "{kind:?}: {started}");
    }
}

#[tokio::test]
async fn another_life_of_the_environment_begins_with_what_was_delivered_last() {
    let delivery = Delivery::by(Kind::Object).await;
    delivery.put(&newer().text);
    let bootstrap = delivery.start(&[]);
    bootstrap.started();
    bootstrap.kill();
    delivery.world.faults(r#"[{"service":"s3","drop":true}]"#);

    let bootstrap = delivery.start(&[]);

    let started = bootstrap.started();
    assert!(started.contains("copy of an earlier delivery"), "{started}");
    assert_eq!(delivery.answered_under(&bootstrap), Some(newer().sha256));
    bootstrap.kill();

    let pin = bundled().sha256;
    let started = delivery.start(&[("CORDON_POLICY_SHA256", &pin)]).started();
    assert!(started.contains("bundled with the function"), "not the pinned one: {started}");

    let [copy] = delivery.world.kept().try_into().expect("one copy");
    fs::write(copy, newer().text.replace("dry-run", "enforce")).expect("somebody changes it");
    let started = delivery.start(&[]).started();
    assert!(started.contains("bundled with the function"), "a changed copy: {started}");
}

#[tokio::test]
async fn another_one_than_the_pinned_one_is_refused() {
    let delivery = Delivery::by(Kind::Parameter).await;
    delivery.put(&quiet().text);
    let pin = newer().sha256;
    let bootstrap = delivery.start(&[("CORDON_POLICY_SHA256", &pin)]);
    let started = bootstrap.started();
    assert!(started.contains("\"ControlPolicyRejected\":1"), "{started}");
    assert!(started.contains("CORDON_POLICY_SHA256"), "{started}");
    assert_eq!(delivery.answered_under(&bootstrap), Some(bundled().sha256));

    delivery.put(&newer().text);
    until_it_asks_again();
    delivery.answered_under(&bootstrap);
    bootstrap.logs("in force");
    assert_eq!(delivery.answered_under(&bootstrap), Some(newer().sha256));
}

#[tokio::test]
async fn a_slow_source_delays_no_answer() {
    let delivery = Delivery::by(Kind::Object).await;
    delivery.put(&newer().text);
    let bootstrap = delivery.start(&[]);
    bootstrap.started();
    delivery.put(&quiet().text);
    delivery.world.faults(r#"[{"service":"s3","delay_ms":1500}]"#);
    until_it_asks_again();
    let answer = bootstrap.deliver(&delivery.world.event("add-permission-public.json"));
    assert!(answer.elapsed < Duration::from_millis(1400), "{:?}", answer.elapsed);
    assert!(!answer.log.contains("in force"), "it was asked for before the answer");
    assert!(bootstrap.logs("in force").contains(&quiet().sha256));
}

#[tokio::test]
async fn it_is_asked_for_once_in_a_while_and_not_at_each_event() {
    let delivery = Delivery::by(Kind::Parameter).await;
    delivery.put(&newer().text);
    let bootstrap = delivery.start(&[("CORDON_POLICY_REFRESH_SECONDS", "60")]);
    bootstrap.started();
    until_it_asks_again();
    for _ in 0..3 {
        delivery.answered_under(&bootstrap);
    }
    assert_eq!(delivery.fetches(), ["GetParameter"]);
}

#[tokio::test]
async fn a_version_that_is_too_large_is_not_read_to_its_end() {
    let delivery = Delivery::by(Kind::Object).await;
    delivery.put(&" ".repeat(5 * 1024 * 1024));
    let started = delivery.start(&[]).started();
    assert!(started.contains("it is larger than 4194304 bytes"), "{started}");
    assert!(started.contains("bundled with the function"), "{started}");
}

#[tokio::test]
async fn where_nothing_is_delivered_nothing_is_asked_kept_or_said() {
    let delivery = Delivery::by(Kind::Object).await;
    let bootstrap = delivery.world.bootstrap_with(&bundled().text, &[]);
    assert_eq!(bootstrap.started(), "");
    assert_eq!(delivery.world.calls().len(), 0);
    assert_eq!(delivery.answered_under(&bootstrap), Some(bundled().sha256));
    assert_eq!(delivery.fetches(), [""; 0]);
    assert_eq!(delivery.world.kept().len(), 0);
}
