//! Tables for people: columns as wide as they need, numbers to the right.

use crate::value::{Decimal, round_half_up};

/// A table in the making.
#[derive(Debug)]
pub(in crate::cli) struct Table {
    rows: Vec<Vec<String>>,
    right: Vec<bool>,
}

impl Table {
    /// A table with these headings; a heading that begins with `>` makes its column a column of numbers.
    pub(in crate::cli) fn new(headings: &[&str]) -> Self {
        let right = headings.iter().map(|heading| heading.starts_with('>')).collect();
        let headings = headings.iter().map(|heading| heading.trim_start_matches('>').to_owned()).collect();
        Self { rows: vec![headings], right }
    }

    /// Adds a row.
    pub(in crate::cli) fn row<S: Into<String>>(&mut self, cells: impl IntoIterator<Item = S>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    /// The text, each line with a line break.
    pub(in crate::cli) fn text(&self) -> String {
        let columns = self.right.len();
        let width = |column: usize| self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let mut text = String::new();
        for (at, row) in self.rows.iter().enumerate() {
            let cells = row.iter().enumerate().map(|(column, cell)| {
                let blanks = " ".repeat(widths[column].saturating_sub(cell.chars().count()));
                if self.right[column] { format!("{blanks}{cell}") } else { format!("{cell}{blanks}") }
            });
            let line = cells.collect::<Vec<_>>().join("  ");
            text.push_str(line.trim_end());
            text.push('\n');
            if at == 0 {
                let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
                text.push_str(&rule.join("  "));
                text.push('\n');
            }
        }
        text
    }
}

/// An amount with its thousands set apart: `1,234,567.80`.
pub(in crate::cli) fn money(amount: Decimal) -> String {
    let text = format!("{:.2}", round_half_up(amount, 2));
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
    let (whole, cents) = digits.split_once('.').unwrap_or((digits, "00"));
    format!("{sign}{}.{cents}", thousands(whole))
}

/// Digits with their thousands set apart.
pub(super) fn thousands(digits: &str) -> String {
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::{Table, money};
    use crate::value::decimal;

    #[test]
    fn numbers_stand_to_the_right() {
        let mut table = Table::new(&["mapping", ">held"]);
        table.row(["companies", "2"]);
        table.row(["x", "10"]);
        assert_eq!(table.text(), "mapping    held\n---------  ----\ncompanies     2\nx            10\n");
    }

    #[test]
    fn amounts_are_grouped() {
        for (plain, grouped) in [("0", "0.00"), ("-1234567.8", "-1,234,567.80"), ("999.995", "1,000.00"), ("123", "123.00")] {
            assert_eq!(money(decimal(plain).unwrap()), grouped);
        }
    }
}
