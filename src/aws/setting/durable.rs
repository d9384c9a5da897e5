//! Durable executions: paused and resumed. Refuses to stop one, because no stop can be undone, and to
//! ask for what it works on.
//! <https://docs.aws.amazon.com/lambda/latest/dg/durable-pause-resume.html>

use super::{Aws, AwsError, ErrorKind, Stand};
use crate::aws::failed;
use aws_sdk_lambda::{config::http::HttpRequest, primitives::SdkBody};

impl Aws {
    pub(super) async fn execution_stand(&self, execution: &str) -> Result<Stand, AwsError> {
        let output = self
            .lambda()
            .await
            .get_durable_execution()
            .durable_execution_arn(execution)
            .include_execution_data(false)
            .send()
            .await
            .map_err(failed("GetDurableExecution", execution))?;
        Ok(stand(output.status.as_str()))
    }

    /// The timeout of the execution stands still with it, so that it is not over at the restore. There
    /// is no `ClientToken`: one that somebody resumed must be paused again by the same request.
    /// <https://docs.aws.amazon.com/lambda/latest/api/API_PauseDurableExecution.html>
    pub(super) async fn pause(&self, execution: &str) -> Result<(), AwsError> {
        let body = r#"{"ExecutionTimeoutPaused":true}"#;
        let asked = self.post(execution, "PauseDurableExecution", "/pause", body).await;
        self.unless(asked, execution, &[Stand::After, Stand::Gone]).await
    }

    /// <https://docs.aws.amazon.com/lambda/latest/api/API_ResumeDurableExecution.html>
    pub(super) async fn resume(&self, execution: &str) -> Result<(), AwsError> {
        let asked = self.post(execution, "ResumeDurableExecution", "/resume", "{}").await;
        self.unless(asked, execution, &[Stand::Before]).await
    }

    /// A conflict is none where the execution stands as is wanted, or has come to its end.
    async fn unless(
        &self,
        asked: Result<(), AwsError>,
        execution: &str,
        wanted: &[Stand],
    ) -> Result<(), AwsError> {
        match asked {
            Err(error) if error.kind == ErrorKind::Transient => {
                let now = self.execution_stand(execution).await?;
                if wanted.contains(&now) { Ok(()) } else { Err(error) }
            }
            asked => asked,
        }
    }

    /// The SDK does not have these two operations yet. They are made of `GetDurableExecution`, whose
    /// path they continue and which does no harm should it ever be sent as it is.
    async fn post(
        &self,
        execution: &str,
        operation: &'static str,
        end: &'static str,
        body: &'static str,
    ) -> Result<(), AwsError> {
        self.lambda()
            .await
            .get_durable_execution()
            .durable_execution_arn(execution)
            .customize()
            .mutate_request(move |request| into_post(request, end, body))
            .send()
            .await
            .map(|_| ())
            .map_err(failed(operation, execution))
    }
}

fn into_post(request: &mut HttpRequest, end: &str, body: &'static str) {
    let path = request.uri().split('?').next().unwrap_or_default();
    let uri = format!("{path}{end}");
    // A URI that was one stays one; else the request stays the harmless one it was.
    if request.set_uri(uri).is_ok() && request.set_method("POST").is_ok() {
        request.headers_mut().insert("content-type", "application/json");
        request.headers_mut().insert("content-length", body.len().to_string());
        *request.body_mut() = SdkBody::from(body);
    }
}

/// <https://docs.aws.amazon.com/lambda/latest/api/API_GetDurableExecution.html>
fn stand(status: &str) -> Stand {
    match status {
        "RUNNING" => Stand::Before,
        "PAUSING" | "PAUSED" => Stand::After,
        "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "STOPPED" | "DELETING" => Stand::Gone,
        other => Stand::Other(format!("the execution is `{other}`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_execution_that_is_over_is_gone() {
        assert_eq!(stand("RUNNING"), Stand::Before);
        assert_eq!(stand("PAUSING"), Stand::After);
        assert_eq!(stand("PAUSED"), Stand::After);
        assert_eq!(stand("TIMED_OUT"), Stand::Gone);
        assert!(matches!(stand("SLEEPING"), Stand::Other(_)));
    }

    #[test]
    fn a_pause_is_a_post_to_the_path_of_the_execution() {
        let mut request = HttpRequest::new(SdkBody::empty());
        request.set_uri("https://l/2025-12-01/durable-executions/a%3Ab?x=y").unwrap();
        into_post(&mut request, "/pause", "{}");
        assert_eq!(request.method(), "POST");
        assert_eq!(request.uri(), "https://l/2025-12-01/durable-executions/a%3Ab/pause");
        assert_eq!(request.body().bytes(), Some(&b"{}"[..]));
        assert_eq!(request.headers().get("content-length"), Some("2"));
    }
}
