//! Rows of CSV, as CloudTrail Lake and Athena export them. A column must hold whole events: of columns that hold
//! parts of them, most of what controls look at could not be told.

/// Calls `take` with the event in each row.
///
/// # Errors
/// Why it could not be read to its end, and who can mend it.
pub(super) fn events(file: &[u8], mut take: impl FnMut(&str)) -> Result<(), String> {
    let mut rows = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file);
    let mut column = None;
    for row in rows.records() {
        let row = row.map_err(|error| format!("the CSV is broken or cut off: {error}"))?;
        let is_event = |field: &str| field.trim_start().starts_with('{');
        column = column.or_else(|| row.iter().position(is_event));
        match column {
            Some(column) => match row.get(column).filter(|field| is_event(field)) {
                Some(event) => take(event),
                None => {
                    return Err("a row without an event; export the whole event as JSON".to_owned());
                }
            },
            // What stands above the first row.
            None if row.position().is_none_or(|at| at.record() == 0) => {}
            None => {
                return Err("no column holds whole events as JSON; select `eventJson`".to_owned());
            }
        }
    }
    match column {
        Some(_) => Ok(()),
        None => Err("it holds no events".to_owned()),
    }
}
