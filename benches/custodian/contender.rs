//! How each of the two is started, in a world of its own.

use crate::harness::{Bootstrap, Installation, SHIPPED, World};
use serde_json::{Value, json};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Which of the two.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    Cordon,
    Custodian,
}

/// Whom outside the own account both trust.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    Nobody,
    /// Account 222233334444 and organization o-a1b2c3d4e5.
    Partners,
}

/// One of the two, with its account.
pub struct Contender {
    tool: Tool,
    pub world: World,
    /// What Custodian's deployment package holds.
    task: PathBuf,
}

impl Contender {
    pub async fn new(tool: Tool) -> Self {
        let world = World::new().await;
        let task = env::temp_dir().join(format!("{}-{}", std::process::id(), world.region()));
        Self { tool, world, task }
    }

    /// As the tables have it.
    pub fn name(&self) -> &'static str {
        match self.tool {
            Tool::Cordon => "Cordon",
            Tool::Custodian => "Cloud Custodian",
        }
    }

    pub fn start(&self, trust: Trust) -> Bootstrap {
        match self.tool {
            Tool::Cordon => self
                .world
                .bootstrap(&Installation { mode: "enforce", policy: &control_policy(trust) }),
            Tool::Custodian => self.custodian(trust),
        }
    }

    /// Custodian under the client with which Lambda runs Python. The package is its own handler and
    /// the policy, as its command line packs them, but for the account's id: with it there, nothing
    /// is asked of STS at each start. The events are not logged.
    /// <https://cloudcustodian.io/docs/aws/lambda.html>
    fn custodian(&self, trust: Trust) -> Bootstrap {
        let mut policy: Value = serde_json::from_str(include_str!("policy.json")).expect("JSON");
        policy["execution-options"] = json!({ "account_id": "111122223333" });
        if trust == Trust::Nobody {
            policy["policies"][0]["filters"] = json!([{ "type": "cross-account" }]);
        }
        fs::create_dir_all(&self.task).expect("a folder for the package");
        fs::write(self.task.join("config.json"), policy.to_string()).expect("it is written");
        let handler = include_str!("custodian_policy.py");
        fs::write(self.task.join("custodian_policy.py"), handler).expect("it is written");
        let mut command = Command::new(python());
        command
            .args(["-m", "awslambdaric", "custodian_policy.run"])
            .current_dir(&self.task)
            .env_clear()
            .env("_HANDLER", "custodian_policy.run")
            .env("LAMBDA_TASK_ROOT", &self.task)
            .env("AWS_DEFAULT_REGION", self.world.region())
            .env("C7N_DEBUG_EVENT", "no");
        self.world.other_function("custodian-overbroad-grants", command)
    }
}

impl Drop for Contender {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.task);
        // Custodian writes what it found below /tmp, into a folder of its policy's name.
        let _ = fs::remove_dir_all("/tmp/cordon-bench-overbroad-grants");
    }
}

/// The shipped control policy, with the limits as high as they go: more is answered here in a minute
/// than anybody should allow.
fn control_policy(trust: Trust) -> String {
    const TRUSTED: [(&str, &str); 2] = [
        ("\n  accounts: []", "\n  accounts: [\"222233334444\"]"),
        ("\n  organizations: []", "\n  organizations: [\"o-a1b2c3d4e5\"]"),
    ];
    const LIMITS: (&str, &str) = (
        "changes: { function: 10, actor: 30, account: 50, installation: 200 }",
        "changes: { function: 1000, actor: 1000, account: 1000, installation: 1000 }",
    );
    let trusted = TRUSTED.into_iter().filter(|_| trust == Trust::Partners);
    trusted.chain([LIMITS]).fold(SHIPPED.to_owned(), |text, (from, to)| {
        assert_eq!(text.matches(from).count(), 1, "policy.yaml has one `{from}`");
        text.replace(from, to)
    })
}

fn python() -> PathBuf {
    let python = env::var_os("CORDON_CUSTODIAN_PYTHON").expect("CORDON_CUSTODIAN_PYTHON is set");
    assert!(Path::new(&python).exists(), "there is no {}", python.display());
    python.into()
}
