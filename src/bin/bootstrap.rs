//! The Lambda function: settings and control policy at start, one event an invocation, and a look for
//! another control policy after answers, where one is delivered.
//! Runtime API: <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>.

use cordon::{
    aws::Aws,
    handler::{Handled, HandlerError, Responder, aside},
    policy::LoadedPolicy,
    resource::FunctionResource,
    rollout::{PATIENCE, Rollout},
    settings::Settings,
};
use lambda_runtime::{
    Diagnostic, Error, LambdaEvent, LambdaInvocation, Runtime,
    layers::TracingLayer,
    service_fn,
    tower::{ServiceExt, layer::layer_fn},
};
use serde_json::value::RawValue;
use std::{
    cell::{Cell, RefCell},
    env, fs,
    path::PathBuf,
    rc::Rc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use time::OffsetDateTime;
use tokio::sync::Mutex;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    tracing_subscriber::fmt()
        .json()
        .with_target(false)
        .with_current_span(false)
        .with_max_level(level())
        .init();
    let installed =
        Installed::read().await.inspect_err(|error| tracing::error!(%error, "cannot start"))?;
    let answer = service_fn(|event| Box::pin(installed.answer(event)));
    // What comes after the answer is posted is done before the next event is asked for, which is what
    // Lambda calls the runtime's cleanup. Until then nothing is frozen, and nobody waits.
    // https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html
    let then_refresh = layer_fn(|service| {
        ServiceExt::<LambdaInvocation>::then(service, |answered| async {
            installed.refresh().await;
            answered
        })
    });
    Runtime::new(answer).layer(TracingLayer::new()).layer(then_refresh).run().await
}

/// `AWS_LAMBDA_LOG_LEVEL` carries the function's application log level.
/// <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html>
fn level() -> tracing::Level {
    let level = env::var("AWS_LAMBDA_LOG_LEVEL").ok().and_then(|level| level.parse().ok());
    level.unwrap_or(tracing::Level::INFO)
}

/// The function as it is deployed, under the control policy in force.
struct Installed {
    responder: RefCell<Rc<Responder>>,
    aws: Rc<Aws>,
    rollout: Option<Mutex<Rollout>>,
    /// Of the invocation, in milliseconds since 1970.
    deadline: Cell<u64>,
}

/// An invocation that has less left than this is not made longer.
const SPARE: Duration = PATIENCE.saturating_mul(3);

impl Installed {
    async fn read() -> Result<Self, Error> {
        let settings = Settings::read(|name| env::var(name).ok())?;
        let (bundled, aws) = (bundled()?, Rc::new(Aws::default()));
        let (rollout, policy) = match &settings.delivery {
            None => (None, bundled),
            Some(delivery) => {
                let folder = env::temp_dir();
                let begun = aside(|| Rollout::begin(delivery, &aws, &folder, bundled));
                let (rollout, policy) = begun.await;
                (Some(Mutex::new(rollout)), policy)
            }
        };
        let responder = Responder::new(policy, settings, Rc::clone(&aws));
        let responder = RefCell::new(Rc::new(responder));
        Ok(Self { responder, aws, rollout, deadline: Cell::new(0) })
    }

    async fn answer(&self, event: LambdaEvent<Box<RawValue>>) -> Result<Handled, Diagnostic> {
        self.deadline.set(event.context.deadline);
        let responder = Rc::clone(&self.responder.borrow());
        answer(&responder, event).await
    }

    async fn refresh(&self) {
        let Some(rollout) = &self.rollout else { return };
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        if Duration::from_millis(self.deadline.get()).saturating_sub(now) < SPARE {
            return;
        }
        let mut rollout = rollout.lock().await;
        let rollout = &mut *rollout;
        if let Some(policy) = aside(move || rollout.refresh(&self.aws)).await {
            self.responder.replace_with(|responder| Rc::new(responder.under(policy)));
        }
    }
}

/// The control policy that lies beside the binary, as `policy.json`.
fn bundled() -> Result<LoadedPolicy, Error> {
    let folder = env::var("LAMBDA_TASK_ROOT").unwrap_or_else(|_| ".".to_owned());
    let path = PathBuf::from(folder).join("policy.json");
    let text = fs::read_to_string(&path)
        .map_err(|error| format!("control policy `{}`: {error}", path.display()))?;
    Ok(LoadedPolicy::load(&text)?)
}

async fn answer(
    responder: &Responder,
    event: LambdaEvent<Box<RawValue>>,
) -> Result<Handled, Diagnostic> {
    let itself = FunctionResource::parse_arn(&event.context.invoked_function_arn)
        .map_err(|error| diagnostic("SettingsError", &error))?
        .function;
    let now = OffsetDateTime::now_utc();
    responder.handle(event.payload.get(), &itself, now).await.map_err(|error| {
        tracing::error!(%error, "not handled");
        diagnostic(
            match error {
                HandlerError::Event(_) => "EventError",
                HandlerError::Rule { .. } => "PolicyError",
                HandlerError::Aws(_) => "AwsError",
                HandlerError::Partial { .. } => "Partial",
                HandlerError::Limited { .. } => "Limited",
            },
            &error,
        )
    })
}

fn diagnostic(kind: &str, error: &dyn std::error::Error) -> Diagnostic {
    Diagnostic { error_type: kind.to_owned(), error_message: error.to_string() }
}
