//! Tables for a terminal, or for a page in Markdown.

/// A table with a name.
pub struct Table {
    name: String,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// One with these columns.
    pub fn new(name: &str, columns: &[&str]) -> Self {
        let head = columns.iter().map(|one| (*one).to_owned()).collect();
        Self { name: name.to_owned(), rows: vec![head] }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Prints it: the first column to the left, numbers to the right.
    pub fn print(&self, markdown: bool) {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or_default();
        let width = |at: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(at));
            cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        println!("\n{}{}\n", if markdown { "### " } else { "" }, self.name);
        for (number, row) in self.rows.iter().enumerate() {
            let cells = row.iter().zip(&widths).enumerate().map(|(at, (cell, width))| match at {
                0 => format!("{cell:<width$}"),
                _ => format!("{cell:>width$}"),
            });
            let cells: Vec<String> = cells.collect();
            match markdown {
                true => println!("| {} |", cells.join(" | ")),
                false => println!("{}", cells.join("  ")),
            }
            if markdown && number == 0 {
                let rule = |(at, _): (usize, &usize)| if at == 0 { "---" } else { "---:" };
                let rules: Vec<&str> = widths.iter().enumerate().map(rule).collect();
                println!("| {} |", rules.join(" | "));
            }
        }
    }
}
