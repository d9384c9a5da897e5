//! One resource policy, put before one of the two by the event that its change causes.

use crate::{
    contender::{Contender, Trust},
    harness::{Answer, Bootstrap},
    telling::{document, url_statements},
};
use aws_sdk_lambda::types::FunctionUrlAuthType;
use serde_json::{Value, json};

/// One resource policy, and what is to come of the statement it is about.
pub struct Case {
    pub name: &'static str,
    /// Whom both trust.
    pub trust: Trust,
    pub grant: Grant,
    /// What AWS's pages make right: each is.
    pub right: &'static [Done],
    /// What Cordon does.
    pub cordon: Done,
    /// What Cloud Custodian does.
    pub custodian: Done,
    /// The page.
    pub page: &'static str,
}

/// How the statement came: `$ARN` and `$REGION` stand for the function's.
pub enum Grant {
    /// By `AddPermission`, of `lambda:InvokeFunction`: its principal and its condition.
    Added(&'static str, &'static str),
    /// The same on a published version.
    AddedToVersion(&'static str, &'static str),
    /// By `AddPermission`, the first of the two of a public function URL.
    Url,
    /// By `PutResourcePolicy`: the statements. It is about the first.
    Written(&'static str),
    /// By `AddPermission` of everybody, and whatever would take that away is refused.
    Refused,
}

/// What came of the statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// It is as it was, and nothing went wrong.
    Left,
    /// It is as it was, and people were told of it.
    Told,
    /// It is gone.
    Removed,
    /// It lets fewer in.
    Narrowed,
    /// It is as it was; what went wrong stands in the log, and the event counts as handled.
    Logged,
    /// It is as it was; the event fails, and so comes again and ends in the failure queue.
    Failed,
}

impl Done {
    /// As the table has it.
    pub fn text(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Told => "left, told",
            Self::Removed => "removed",
            Self::Narrowed => "narrowed",
            Self::Logged => "left, an error in the log",
            Self::Failed => "left, the event fails",
        }
    }
}

impl Case {
    /// Puts it before `contender`, in a new environment.
    pub async fn run(&self, number: usize, contender: &Contender) -> Done {
        let seeded = Seeded::new(self, number, contender).await;
        let running = contender.start(self.trust);
        let answer = running.deliver(&seeded.event);
        seeded.done(contender, &running, &answer).await
    }
}

/// The case in an account.
struct Seeded {
    /// On which the policy hangs.
    arn: String,
    statement: Value,
    event: String,
}

impl Seeded {
    async fn new(case: &Case, number: usize, contender: &Contender) -> Self {
        let (world, function) = (&contender.world, format!("case-{number}"));
        world.account.create_function(&function).await;
        let mut arn = world.arn(&function);
        if let Grant::AddedToVersion(..) = case.grant {
            world.account.publish_up_to(&function, 1).await;
            arn.push_str(":1");
        }
        let statements = case.grant.statements(&arn, world.region());
        world.account.put_policy(&arn, &document(&statements)).await;
        match case.grant {
            Grant::Url => world.account.create_url(&function, FunctionUrlAuthType::None).await,
            Grant::Refused => world.faults(
                r#"[{"service":"lambda","operation":"RemovePermission|(Put|Delete)ResourcePolicy",
                    "status":403,"code":"AccessDeniedException"}]"#,
            ),
            _ => world.faults("[]"),
        }
        let event = case.grant.event(contender, &function, &arn, &statements);
        Self { arn, statement: statements[0].clone(), event }
    }

    /// What came of it.
    async fn done(&self, contender: &Contender, running: &Bootstrap, answer: &Answer) -> Done {
        let account = &contender.world.account;
        let told = !account.notifications().await.is_empty();
        let policy = account.policy(&self.arn).await;
        let statements = policy.map(|mut policy| policy["Statement"].take());
        let statements = statements.as_ref().and_then(Value::as_array);
        let statements = statements.map(Vec::as_slice).unwrap_or_default();
        let same = |one: &&Value| one.get("Sid") == self.statement.get("Sid");
        match statements.iter().find(same) {
            None => Done::Removed,
            Some(now) if *now != self.statement => Done::Narrowed,
            Some(_) if !answer.ok => Done::Failed,
            Some(_) if running.logged("Traceback") => Done::Logged,
            Some(_) if told => Done::Told,
            Some(_) => Done::Left,
        }
    }
}

impl Grant {
    /// The statements of the policy.
    fn statements(&self, arn: &str, region: &str) -> Vec<Value> {
        let placed = |text: &str| text.replace("$ARN", arn).replace("$REGION", region);
        let parsed = |text: &str| serde_json::from_str::<Value>(&placed(text)).expect("JSON");
        let added = |principal: &str, condition: &str| {
            let mut statement = json!({
                "Sid": "added",
                "Effect": "Allow",
                "Principal": parsed(principal),
                "Action": "lambda:InvokeFunction",
                "Resource": arn,
            });
            if condition != "{}" {
                statement["Condition"] = parsed(condition);
            }
            vec![statement]
        };
        match self {
            Self::Added(principal, condition) | Self::AddedToVersion(principal, condition) => {
                added(principal, condition)
            }
            Self::Refused => added(r#""*""#, "{}"),
            Self::Url => url_statements(arn).into(),
            Self::Written(list) => {
                serde_json::from_str(&placed(&format!("[{list}]"))).expect("JSON")
            }
        }
    }

    /// The event of the call that made the policy what it is.
    fn event(
        &self,
        contender: &Contender,
        function: &str,
        arn: &str,
        statements: &[Value],
    ) -> String {
        let written = matches!(self, Self::Written(_));
        let sample = if written {
            "put-resource-policy-dangerous.json"
        } else {
            "add-permission-public.json"
        };
        let mut event: Value = serde_json::from_str(&contender.world.event(sample)).expect("JSON");
        event["id"] = json!(format!("id of {arn}"));
        let detail = &mut event["detail"];
        detail["eventID"] = json!(format!("event of {arn}"));
        detail["requestID"] = json!(format!("request of {arn}"));
        if written {
            let text = document(statements).to_string();
            detail["requestParameters"] = json!({ "resourceArn": arn, "policy": text });
            detail["responseElements"]["policy"] = json!(text);
            return event.to_string();
        }
        let statement = &statements[0];
        let principal = &statement["Principal"];
        let named = ["AWS", "Service"].iter().find_map(|kind| principal.get(kind));
        let parameters = &mut detail["requestParameters"];
        parameters["functionName"] = json!(function);
        parameters["statementId"] = statement["Sid"].clone();
        parameters["action"] = statement["Action"].clone();
        parameters["principal"] = named.unwrap_or(principal).clone();
        if let Self::AddedToVersion(..) = self {
            parameters["qualifier"] = json!("1");
        }
        detail["responseElements"]["statement"] = json!(statement.to_string());
        event.to_string()
    }
}
