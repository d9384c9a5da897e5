//! What a control policy would have found, and done, over an archive of events. The same decisions as the
//! function's, with the journal in memory and AWS as the archive tells it.

mod page;
mod summary;

pub use page::{Compared, Page, PolicyFile, page};
pub use summary::{
    Difference, MOST_FINDINGS, MOST_NAMES, OfControl, OfRemediation, Reading, Silence, Summary,
    Tally, Told, ToldRemediation, Unreadable,
};
