//! `cordon quarantine`: the asynchronous events that a contained function missed.

use super::{CliError, Verdict, error, journal::JournalArgs};
use crate::{
    incident::IncidentStatus,
    quarantine::{Release, Released, release},
};
use clap::Args;
use serde_json::json;
use time::OffsetDateTime;

#[derive(Debug, Args)]
pub(super) struct Quarantine {
    /// The incident, as the notification names it.
    incident: String,
    /// The URL of the quarantine queue; else `CORDON_QUARANTINE_QUEUE_URL`.
    #[arg(long)]
    queue: Option<String>,
    /// Hand the events to the function again.
    #[arg(long, conflicts_with = "drop")]
    replay: bool,
    /// Delete the events.
    #[arg(long)]
    drop: bool,
    #[command(flatten)]
    journal: JournalArgs,
}

impl Quarantine {
    pub(super) fn run(self, as_json: bool) -> Result<Verdict, CliError> {
        let Self { incident, queue, replay, drop, journal } = self;
        let queue = queue.or_else(|| std::env::var("CORDON_QUARANTINE_QUEUE_URL").ok());
        let queue = queue
            .ok_or_else(|| error("name the queue with --queue or CORDON_QUARANTINE_QUEUE_URL"))?;
        let what = match (replay, drop) {
            (true, _) => Release::Replay,
            (false, true) => Release::Drop,
            (false, false) => Release::Count,
        };
        let opened = journal.open()?;
        let record = opened.wait(opened.journal().incident(&incident))?;
        let record = record.ok_or_else(|| opened.no_incident(&incident))?;
        let function = record.subject.function().ok_or_else(|| {
            error(format!("{incident} is about `{}`: only functions miss events", record.subject))
        })?;
        let now = OffsetDateTime::now_utc();
        let recalled = opened.wait(opened.journal().recall(&record.subject, now))?;
        let contained = recalled
            .gate
            .is_some_and(|gate| gate.contains && gate.status != IncidentStatus::Restored);
        if what == Release::Replay && contained {
            let why = "the function is still contained: restore it first";
            match as_json {
                true => println!("{}", json!({ "refused": why })),
                false => println!("{incident}: not replayed: {why}"),
            }
            return Ok(Verdict::Findings);
        }
        let released = opened.wait(release(&opened.aws, &queue, function, what))?;
        println!("{}", if as_json { line(&released) } else { words(&incident, &released) });
        Ok(Verdict::Fine)
    }
}

fn line(released: &Released) -> String {
    let Released { events, without_event, replayed, dropped } = released;
    json!({
        "events": events,
        "withoutEvent": without_event,
        "replayed": replayed,
        "dropped": dropped,
    })
    .to_string()
}

fn words(incident: &str, released: &Released) -> String {
    let Released { events, without_event, replayed, dropped } = released;
    format!(
        "{incident}: {events} events in quarantine and {without_event} records of streams; \
         {replayed} replayed, {dropped} dropped"
    )
}
