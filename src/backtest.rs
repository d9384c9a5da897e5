//! What a control policy would have found, and done, over an archive of events. The same decisions as the
//! function's, with the journal in memory and AWS as the archive tells it.

mod account;
mod difference;
mod judge;
mod kept;
mod memory;
mod page;
mod run;
mod source;
mod summary;
mod trust;

pub use kept::Kept;
pub use page::{Compared, Page, PolicyFile, page};
pub use run::{Backtest, Outcome, Progress, Store};
pub use source::{Place, Source, Sources};
pub use summary::{
    Difference, MOST_FINDINGS, MOST_NAMES, OfControl, OfRemediation, Reading, Silence, Summary,
    Tally, Told, ToldRemediation, Unreadable,
};
