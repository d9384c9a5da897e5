//! Where findings are, and whose calls made them.

use super::{
    arn, bar,
    html::Html,
    section,
    words::{count, number},
};
use crate::backtest::{Summary, Tally};

/// Names that are shown.
const MOST: usize = 12;

/// Writes both, if there are any.
pub fn write(summary: &Summary, html: &mut Html) {
    if summary.resources.total() == 0 && summary.principals.total() == 0 {
        return;
    }
    section("names", "Where and who", html, |html| {
        html.tag("div", &[("class", "halves")], |html| {
            for (heading, tally) in
                [("Resources", &summary.resources), ("Callers", &summary.principals)]
            {
                if tally.total() > 0 {
                    html.tag("div", &[], |html| {
                        html.say("h3", &[], heading);
                        bars(tally, "plain", html);
                    });
                }
            }
        });
    });
}

/// The names that were seen most, with bars, and what is beyond them.
pub fn bars(tally: &Tally, class: &'static str, html: &mut Html) {
    let named = tally.most(MOST);
    let most = named.first().map_or(1, |(_, count)| *count);
    html.tag("ol", &[("class", "names")], |html| {
        for (name, count) in &named {
            html.tag("li", &[], |html| {
                html.tag("span", &[("class", "name")], |html| arn(name, html));
                html.text(" ");
                html.say("span", &[("class", "count")], &number(*count));
                bar(&[(class, *count)], most, html);
            });
        }
    });
    let others = (tally.names.len() - named.len()).try_into().unwrap_or(u64::MAX);
    let rest = tally.total() - named.iter().map(|(_, count)| count).sum::<u64>();
    if rest > 0 {
        // Names beyond those that are counted apart are as many as nobody knows.
        let who = if tally.others > 0 { "Others".to_owned() } else { count(others, "other") };
        html.say("p", &[("class", "rest")], &format!("{who}: {}", number(rest)));
    }
}
