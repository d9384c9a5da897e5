//! AWS as an archive of calls tells it. What no call told is unknown, and stays absent from a state.

use crate::resource::Home;
use serde_json::value::RawValue;
use time::OffsetDateTime;

/// A call that succeeded, as CloudTrail recorded it.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// The account and Region that it was made in.
    pub home: &'a Home,
    /// The API as IAM writes its action, without Lambda's dates: `lambda:AddPermission`.
    pub api: &'a str,
    /// When.
    pub at: OffsetDateTime,
    /// `requestParameters`.
    pub asked: Option<&'a RawValue>,
    /// `responseElements`.
    pub answered: Option<&'a RawValue>,
}
