//! What the back-test cannot say: what was not judged, and what was not read.

use super::{
    code,
    html::Html,
    response::{by_count, counted, reasons},
    section,
    words::{count, number},
};
use crate::backtest::{Reading, Summary};

/// Files that are named.
const MOST: usize = 50;

/// Writes it, if there is anything.
pub fn write(summary: &Summary, html: &mut Html) {
    let read = &summary.read;
    let is_whole = read.unreadable.is_empty()
        && read.malformed.is_empty()
        && read.late == 0
        && read.repeated == 0;
    if summary.unknown.is_empty() && is_whole {
        return;
    }
    section("gaps", "What this cannot say", html, |html| {
        unknown(summary, html);
        html.tag("div", &[("class", "halves")], |html| {
            unreadable(read, html);
            events(read, html);
        });
    });
}

fn unknown(summary: &Summary, html: &mut Html) {
    if summary.unknown.is_empty() {
        return;
    }
    html.say(
        "p",
        &[],
        "An archive shows calls, not the whole state of an account. Where a control needs more than that, it says so \
         rather than guess; the function reads it from AWS.",
    );
    html.tag("dl", &[("class", "unknown")], |html| {
        for (control, tally) in &summary.unknown {
            html.tag("dt", &[], |html| {
                code(&control.to_string(), html);
                html.text(" ");
                html.say("small", &[], &count(tally.total(), "time"));
            });
            html.tag("dd", &[], |html| reasons(tally, html));
        }
    });
}

fn unreadable(read: &Reading, html: &mut Html) {
    if read.unreadable.is_empty() {
        return;
    }
    html.tag("div", &[], |html| {
        html.say("h3", &[], "Files that could not be read");
        html.tag("ul", &[("class", "files")], |html| {
            for file in read.unreadable.iter().take(MOST) {
                html.tag("li", &[], |html| {
                    code(&file.path, html);
                    html.text(" ");
                    html.say("span", &[], &file.why);
                });
            }
        });
        let rest = read.unreadable.len().saturating_sub(MOST);
        if rest > 0 {
            html.say(
                "p",
                &[("class", "rest")],
                &format!("{} more", number(rest.try_into().unwrap_or(u64::MAX))),
            );
        }
    });
}

fn events(read: &Reading, html: &mut Html) {
    if read.malformed.is_empty() && read.late == 0 && read.repeated == 0 {
        return;
    }
    html.tag("div", &[], |html| {
        html.say("h3", &[], "Events apart");
        let mut rows = by_count(read.malformed.iter());
        if read.late > 0 {
            rows.push(("came after later ones had been judged", read.late));
        }
        if read.repeated > 0 {
            rows.push(("were there more than once, and counted once", read.repeated));
        }
        counted(rows, html);
    });
}
