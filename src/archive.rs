//! Archived events, however they are packed: CloudTrail's log files, exports of CloudTrail Lake and Athena, events
//! of EventBridge, configuration snapshots of AWS Config. Bytes in, [`Delivery`]s out; no file is opened here. What
//! no control may look at is passed over before it is parsed.
//! Log files: <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html>;
//! snapshots: <https://docs.aws.amazon.com/config/latest/developerguide/example-s3-snapshot.html>.

mod delivery;
mod form;
mod gzip;
mod interest;
mod log_file;
mod name;
mod rows;

pub use delivery::{Delivery, Told};
pub use form::{Contents, read};
pub use gzip::{Gunzip, LARGEST, UnpackError};
pub use interest::Interest;
pub use name::{Name, named};

#[cfg(test)]
mod tests;
