//! A back-test as a page that can be sent around: one file, which loads nothing and needs no script. Everything in it
//! follows from what is handed in; the same back-test gives the same page.

mod controls;
mod difference;
mod findings;
mod gaps;
mod headline;
mod html;
mod names;
mod response;
mod timeline;
mod words;

use super::{Difference, Summary};
use base64::{Engine, engine::general_purpose::STANDARD};
use html::Html;
use sha2::{Digest, Sha256};

/// What a page tells.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// Of Cordon.
    pub version: &'a str,
    /// The control policy that was tried.
    pub policy: PolicyFile<'a>,
    /// What it came to.
    pub summary: &'a Summary,
    /// Another control policy, if it was compared with one.
    pub compared: Option<Compared<'a>>,
}

/// A control policy by its file.
#[derive(Debug, Clone, Copy)]
pub struct PolicyFile<'a> {
    /// Its path, as it was given.
    pub path: &'a str,
    /// Its SHA-256 in hexadecimal digits.
    pub sha256: &'a str,
}

/// What another control policy came to over the same events.
#[derive(Debug, Clone, Copy)]
pub struct Compared<'a> {
    /// The old control policy.
    pub policy: PolicyFile<'a>,
    /// What the new one changes.
    pub difference: &'a Difference,
}

const STYLE: &str = include_str!("page/style.css");
const SCRIPT: &str = include_str!("page/script.js");

/// The page, as HTML.
pub fn page(page: &Page) -> String {
    let mut html = Html::default();
    html.tag("html", &[("lang", "en")], |html| {
        html.tag("head", &[], |html| head(page, html));
        html.tag("body", &[], |html| {
            html.tag("main", &[], |html| body(page, html));
            html.tag("footer", &[], |html| footer(page, html));
            html.own("script", SCRIPT);
        });
    });
    html.into_page()
}

fn head(page: &Page, html: &mut Html) {
    html.void("meta", &[("charset", "utf-8")]);
    html.void("meta", &[("http-equiv", "Content-Security-Policy"), ("content", &may_load())]);
    html.void("meta", &[("name", "viewport"), ("content", "width=device-width, initial-scale=1")]);
    html.void("meta", &[("name", "color-scheme"), ("content", "light dark")]);
    html.void("meta", &[("name", "referrer"), ("content", "no-referrer")]);
    html.say(
        "title",
        &[],
        &format!("{}: back-test of {}", headline::title(page.summary), page.policy.path),
    );
    html.own("style", STYLE);
}

/// Nothing but the page's own style sheet and script: what slipped in regardless would not run.
/// <https://www.w3.org/TR/CSP3/>
fn may_load() -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

fn body(page: &Page, html: &mut Html) {
    headline::write(page, html);
    if let Some(compared) = &page.compared {
        difference::write(compared, html);
    }
    timeline::write(page.summary, html);
    response::write(page.summary, html);
    controls::write(page.summary, html);
    names::write(page.summary, html);
    response::silences(page.summary, html);
    gaps::write(page.summary, html);
    findings::write(page.summary, html);
}

fn footer(page: &Page, html: &mut Html) {
    html.tag("p", &[], |html| {
        html.text("Cordon ");
        html.text(page.version);
        html.text(". Control policy ");
        code(page.policy.path, html);
        html.text(", SHA-256 ");
        code(page.policy.sha256, html);
        html.text(". All times in UTC.");
    });
}

/// A part of the page with its heading.
fn section(id: &'static str, heading: &str, html: &mut Html, within: impl FnOnce(&mut Html)) {
    let labelled = format!("{id}-heading");
    html.tag("section", &[("id", id), ("aria-labelledby", &labelled)], |html| {
        html.say("h2", &[("id", &labelled)], heading);
        within(html);
    });
}

/// A value as it was typed by somebody, cut if it is very long.
fn code(value: &str, html: &mut Html) {
    const LONGEST: usize = 2_000;
    html.tag("code", &[], |html| {
        let end = value.char_indices().nth(LONGEST).map_or(value.len(), |(index, _)| index);
        let (kept, rest) = value.split_at_checked(end).unwrap_or((value, ""));
        html.text(kept);
        if !rest.is_empty() {
            html.text("…");
        }
    });
}

/// What an ARN names, and smaller, where it is.
fn arn(text: &str, html: &mut Html) {
    let (name, place) = words::arn(text);
    code(name, html);
    if let Some(place) = place {
        html.text(" ");
        html.say("small", &[], &place);
    }
}

/// A table that scrolls by itself where it does not fit.
fn table(
    name: &str,
    columns: &[(&'static str, &'static str)],
    html: &mut Html,
    rows: impl FnOnce(&mut Html),
) {
    html.tag(
        "div",
        &[("class", "scroll"), ("tabindex", "0"), ("role", "group"), ("aria-label", name)],
        |html| {
            html.tag("table", &[], |html| {
                html.tag("thead", &[], |html| {
                    html.tag("tr", &[], |html| {
                        for (class, heading) in columns {
                            html.say("th", &[("scope", "col"), ("class", class)], heading);
                        }
                    });
                });
                html.tag("tbody", &[], rows);
            });
        },
    );
}

/// A cell with a number; none is paler.
fn cell(count: u64, html: &mut Html) {
    let class = if count == 0 { "number none" } else { "number" };
    html.say("td", &[("class", class)], &words::number(count));
}

/// Lengths beside each other, each in the colour of its class, of `whole`.
fn bar(parts: &[(&'static str, u64)], whole: u64, html: &mut Html) {
    html.tag("svg", &[("class", "bar"), ("aria-hidden", "true"), ("focusable", "false")], |html| {
        let mut before = 0;
        for (class, part) in parts.iter().filter(|(_, part)| *part > 0) {
            let (x, width) = (words::percent(before, whole), words::percent(*part, whole));
            html.tag(
                "rect",
                &[("class", class), ("x", &x), ("width", &width), ("height", "100%")],
                |_| (),
            );
            before += part;
        }
    });
}
