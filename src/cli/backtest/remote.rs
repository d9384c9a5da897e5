//! An archive in S3.

use crate::{
    archive::{Name, named},
    aws::{Aws, AwsError, Objects},
    backtest::{Place, Source, Sources, Store},
    cli::{CliError, error},
};
use tokio::runtime::{Builder, Runtime};

/// S3, asked from many threads at the same time.
pub(super) struct Remote {
    objects: Objects,
    runtime: Runtime,
}

impl Remote {
    pub(super) fn new(region: Option<String>) -> Result<Self, CliError> {
        let runtime = Builder::new_current_thread().enable_all().build().map_err(error)?;
        let objects = runtime.block_on(Objects::new(&Aws::new(region)));
        Ok(Self { objects, runtime })
    }

    /// Adds the objects whose keys begin with a prefix: `bucket/prefix`.
    pub(super) fn list(&self, place: &str, to: &mut Sources) -> Result<(), CliError> {
        let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
        let found = self.runtime.block_on(self.objects.list(bucket, prefix));
        for object in found.map_err(explained)? {
            let Name::Events(delivered) = named(&object.key) else {
                to.passed_over += 1;
                continue;
            };
            to.all.push(Source {
                delivered,
                path: format!("s3://{bucket}/{}", object.key),
                place: Place::Object { bucket: bucket.to_owned(), key: object.key },
                size: object.size,
                version: object.tag,
            });
        }
        Ok(())
    }
}

impl Store for Remote {
    fn object(&self, bucket: &str, key: &str) -> Result<Vec<u8>, String> {
        let read = self.runtime.block_on(self.objects.get(bucket, key));
        read.map_err(|problem| explained(problem).to_string())
    }
}

/// Says what only whoever calls can mend.
fn explained(problem: AwsError) -> CliError {
    let hint = match problem.code.as_str() {
        "PermanentRedirect" | "HTTP 301" => "; name the bucket's Region with --region",
        "NoSuchBucket" => "; look at the bucket's name",
        "AccessDenied" => "; s3:ListBucket, s3:GetObject and, for its key, kms:Decrypt are needed",
        _ => "",
    };
    error(format!("{problem}{hint}"))
}
