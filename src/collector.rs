//! One collection of evidence: the snapshot first, because it changes, then code and layers, last the
//! manifest. Each object is written once, and a delivery begins where the last one ended: an error
//! means that there is more to collect, and the queue delivers again.
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html>

use crate::{
    aws::{Aws, AwsError, Bucket, Collected, Copied, EvidenceClients},
    evidence::{
        EvidenceRequest, Manifest, RequestError, Salt, Snapshot, Stored, Unread, code_key,
        layer_key, manifest_key, snapshot_key,
    },
    settings::CollectorSettings,
};
use serde::Serialize;
use std::time::Duration;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use tokio::{sync::OnceCell, time::Instant};

/// The collector, kept from one invocation to the next.
#[derive(Debug)]
pub struct Collector {
    settings: CollectorSettings,
    aws: Aws,
    clients: OnceCell<EvidenceClients>,
}

/// What was collected for one request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The incident.
    pub incident: String,
    /// The key of the manifest.
    pub manifest: String,
    /// The manifest's last link.
    pub chain: String,
    /// Objects in the manifest.
    pub objects: usize,
}

/// Why an invocation failed.
#[derive(Debug, thiserror::Error)]
pub enum CollectorError {
    /// Nobody can ever collect this.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// The journal or the bucket.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// What lies in the bucket cannot be read. An operator must look at it.
    #[error("`{key}` in the evidence bucket is not what was stored there, at line {line}")]
    Foreign {
        /// Its key.
        key: String,
        /// Where it differs, from 1 on.
        line: usize,
    },
    /// The next delivery goes on.
    #[error("evidence of `{incident}` is not complete: {why}")]
    Unfinished {
        /// The incident.
        incident: String,
        /// What is missing.
        why: String,
    },
}

/// No new object is begun with less time left.
const LAST_MOMENT: Duration = Duration::from_secs(30);

/// So many snapshots at most: enough for every delivery that a queue makes.
const MOST_SNAPSHOTS: u32 = 10;

/// The objects of one incident.
struct Collection<'a> {
    clients: &'a EvidenceClients,
    bucket: Bucket<'a>,
    request: &'a EvidenceRequest,
    /// In the order of the chain.
    stored: Vec<Stored>,
    /// What there will be no copy of.
    unread: Vec<Unread>,
    /// When nothing new is begun any more.
    end: Instant,
}

impl Collector {
    /// A collector for one deployment.
    pub fn new(settings: CollectorSettings, aws: Aws) -> Self {
        Self { settings, aws, clients: OnceCell::new() }
    }

    /// Collects what an event from the queue asks for. The invocation ends at `deadline`.
    ///
    /// # Errors
    /// If something is missing, or can never be had: the queue delivers again, and then sets aside.
    pub async fn handle(
        &self,
        event: &str,
        deadline: Instant,
    ) -> Result<Vec<Report>, CollectorError> {
        let mut reports = Vec::new();
        for request in EvidenceRequest::parse_delivery(event)? {
            reports.push(self.collect(&request, deadline).await?);
        }
        Ok(reports)
    }

    async fn collect(
        &self,
        request: &EvidenceRequest,
        deadline: Instant,
    ) -> Result<Report, CollectorError> {
        let clients =
            self.clients.get_or_init(async || EvidenceClients::new(&self.aws).await).await;
        let bucket =
            Bucket { name: &self.settings.bucket, owner: request.function().account().as_str() };
        let mut collection = Collection {
            clients,
            bucket,
            request,
            stored: Vec::new(),
            unread: Vec::new(),
            end: deadline.checked_sub(LAST_MOMENT).unwrap_or(deadline),
        };
        let key = manifest_key(request.incident());
        let manifest = match clients.stored(bucket, &key).await? {
            // An earlier delivery was through; whether it wrote it down is seen below.
            Some(stored) => collection.parse(&stored).await?,
            None => self.everything(&mut collection).await?,
        };
        let collected = Collected { bucket: bucket.name, key: &key, manifest: &manifest };
        let (table, retention) = (&self.settings.journal_table, self.settings.journal_retention);
        let now = OffsetDateTime::now_utc();
        self.aws.record_evidence(table, collected, retention, now).await?;
        let (objects, chain) = (manifest.objects.len(), manifest.chain.clone());
        tracing::info!(
            incident = manifest.incident,
            function = manifest.function,
            objects,
            missing = manifest.unread.len(),
            chain,
            "evidence collected"
        );
        Ok(Report { incident: manifest.incident, manifest: key, chain, objects })
    }

    /// Stores what is missing, and then the manifest.
    async fn everything(
        &self,
        collection: &mut Collection<'_>,
    ) -> Result<Manifest, CollectorError> {
        let (table, retention) = (&self.settings.journal_table, self.settings.journal_retention);
        let (incident, now) = (collection.request.incident(), OffsetDateTime::now_utc());
        let salt = self.aws.evidence_salt(table, incident, retention, now).await?;
        let snapshot = collection.snapshots(&salt).await?;
        collection.code(&snapshot).await?;
        collection.layers(&snapshot).await?;
        collection.finish(&snapshot).await
    }
}

impl Collection<'_> {
    /// The last snapshot; another is taken unless that one is complete.
    async fn snapshots(&mut self, salt: &Salt) -> Result<Snapshot, CollectorError> {
        let mut last: Option<Snapshot> = None;
        for number in 1..=MOST_SNAPSHOTS {
            if let Some(complete) = last.take_if(|last| !last.may_become_complete()) {
                return Ok(complete);
            }
            let key = snapshot_key(self.request.incident(), number);
            if let Some(stored) = self.clients.stored(self.bucket, &key).await? {
                last = Some(self.parse(&stored).await?);
                self.stored.push(stored);
                continue;
            }
            return self.take_snapshot(&key, salt).await;
        }
        last.ok_or_else(|| self.unfinished("no snapshot"))
    }

    async fn take_snapshot(&mut self, key: &str, salt: &Salt) -> Result<Snapshot, CollectorError> {
        let snapshot = self.clients.snapshot(self.request, salt, rfc3339()).await;
        let stored = self.store(key, &snapshot).await?;
        // A concurrent delivery may have been first: then its view counts.
        let kept = self.parse(&stored).await?;
        self.stored.push(stored);
        Ok(kept)
    }

    async fn code(&mut self, snapshot: &Snapshot) -> Result<(), CollectorError> {
        for version in snapshot.distinct_code() {
            self.in_time()?;
            let key = code_key(self.request.incident(), &version.version);
            let sha256 = version.package.code_sha256.as_deref();
            let function = self.request.function();
            let copy =
                self.clients.copy_code(self.bucket, &key, function, &version.version, sha256).await;
            self.keep(copy);
        }
        Ok(())
    }

    async fn layers(&mut self, snapshot: &Snapshot) -> Result<(), CollectorError> {
        for (index, layer) in snapshot.layers.iter().enumerate() {
            self.in_time()?;
            let key = layer_key(self.request.incident(), index + 1, &layer.arn);
            let sha256 = layer.code_sha256.as_deref();
            let copy = self.clients.copy_layer(self.bucket, &key, &layer.arn, sha256).await;
            self.keep(copy);
        }
        Ok(())
    }

    fn keep(&mut self, copy: Result<Copied, AwsError>) {
        match copy {
            Ok(Copied { stored, differs }) => {
                self.stored.push(stored);
                self.unread.extend(differs);
            }
            Err(error) => self.unread.push(error.into()),
        }
    }

    /// Stores the manifest, unless another delivery can still bring something.
    async fn finish(&mut self, snapshot: &Snapshot) -> Result<Manifest, CollectorError> {
        let all = self.unread.iter().chain(&snapshot.unread);
        if let Some(missing) = all.clone().find(|unread| unread.may_work_later) {
            let Unread { operation, resource, code, .. } = missing;
            let why = format!("`{operation}` on `{resource}` failed with `{code}`");
            return Err(self.unfinished(&why));
        }
        for Unread { operation, resource, code, .. } in all {
            tracing::warn!(operation, resource, code, "not in the evidence");
        }
        let manifest = Manifest::new(
            self.request.incident(),
            self.request.function().to_string(),
            rfc3339(),
            std::mem::take(&mut self.stored),
            std::mem::take(&mut self.unread),
        );
        let stored = self.store(&manifest_key(&manifest.incident), &manifest).await?;
        self.parse(&stored).await
    }

    async fn store(&self, key: &str, document: &impl Serialize) -> Result<Stored, CollectorError> {
        let text = serde_json::to_vec_pretty(document)
            .map_err(|error| self.unfinished(&error.to_string()))?;
        Ok(self.clients.store(self.bucket, key, "application/json", text).await?)
    }

    /// The document that lies under a key.
    async fn parse<T: serde::de::DeserializeOwned>(
        &self,
        stored: &Stored,
    ) -> Result<T, CollectorError> {
        let bytes = self.clients.fetch(self.bucket, stored).await?;
        // The error itself could repeat what it read.
        serde_json::from_slice(&bytes).map_err(|error| CollectorError::Foreign {
            key: stored.key.clone(),
            line: error.line(),
        })
    }

    fn in_time(&self) -> Result<(), CollectorError> {
        if Instant::now() < self.end { Ok(()) } else { Err(self.unfinished("out of time")) }
    }

    fn unfinished(&self, why: &str) -> CollectorError {
        let incident = self.request.incident().to_owned();
        CollectorError::Unfinished { incident, why: why.to_owned() }
    }
}

fn rfc3339() -> String {
    OffsetDateTime::now_utc().format(&Rfc3339).unwrap_or_default()
}

#[cfg(test)]
mod schema_tests;
