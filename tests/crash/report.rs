//! What came of the cells, as a table of operations and faults, and each that is wrong.

use super::{Done, Fault};
use std::{collections::BTreeMap, fmt::Write as _};

/// What is printed.
pub struct Told {
    pub text: String,
    pub all_right: bool,
}

/// A table, what is wrong, and one line that says how many are right.
pub fn report(done: &[Done]) -> Told {
    let mut rows: BTreeMap<String, BTreeMap<Fault, (usize, usize)>> = BTreeMap::new();
    for one in done {
        let place = &one.cell.place;
        let row = format!("{} {}", one.cell.act.name(), place.operation);
        let counts = rows.entry(row).or_default().entry(one.cell.fault).or_default();
        counts.0 += usize::from(one.outcome.is_ok());
        counts.1 += 1;
    }
    let mut text = format!("{:46}", "");
    for fault in Fault::ALL {
        let _ = write!(text, "{:>17}", fault.name());
    }
    text.push('\n');
    for (row, counts) in rows {
        let _ = write!(text, "{row:46}");
        for fault in Fault::ALL {
            let (right, all) = counts.get(&fault).copied().unwrap_or_default();
            let shown = if all == 0 { "-".to_owned() } else { format!("{right}/{all}") };
            let _ = write!(text, "{shown:>17}");
        }
        text.push('\n');
    }
    for one in done {
        let _ = write!(text, "{}", wrong(one).unwrap_or_default());
    }
    let right = done.iter().filter(|one| one.outcome.is_ok()).count();
    let _ = writeln!(text, "{right} of {} cells right", done.len());
    Told { text, all_right: right == done.len() && !done.is_empty() }
}

/// A cell that is wrong, and why.
pub fn wrong(one: &Done) -> Option<String> {
    let why = one.outcome.as_ref().err()?;
    let (place, act) = (&one.cell.place, one.cell.act);
    let (operation, nth, fault) = (&place.operation, place.nth, one.cell.fault.name());
    let act = act.name();
    Some(format!("WRONG {act}: `{operation}` number {nth}, {fault}: {why}\n"))
}
