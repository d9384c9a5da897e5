//! The only place that knows the SDK: reads the live state, looks at settings, turns them and turns
//! them back, keeps the journal, notifies. Clients are made on first use, because most events need
//! none.

mod client;
mod delivery;
mod error;
#[cfg(feature = "evidence")]
mod evidence;
mod http;
mod journal;
mod notify;
#[cfg(all(feature = "cli", feature = "s3"))]
mod objects;
#[cfg(feature = "cli")]
mod quarantine;
mod queue;
mod read;
mod setting;
mod signed;
mod watcher;

pub use client::Aws;
pub use delivery::PolicySource;
pub use error::{AwsError, ErrorKind};
#[cfg(feature = "evidence")]
pub use evidence::{Bucket, Collected, Copied, EvidenceClients};
pub use journal::{
    Gate, HOLD, IncidentRecord, Intent, Journal, Opened, Recalled, SeenLedger, StepRecord, Turned,
    WINDOW, turned,
};
#[cfg(all(feature = "cli", feature = "s3"))]
pub use objects::{Object, Objects};
#[cfg(feature = "cli")]
pub use quarantine::Quarantined;

use error::{absent, failed};
use read::{routing, vpc_attachment};
