//! The mapping tables, row for row.

use std::path::PathBuf;

use serde::Serialize;

pub(in crate::cli) use super::docs_html::html;
pub(in crate::cli) use super::docs_markdown::markdown;
use super::{View, to_json};
use crate::cli::terminal::Paint;
use crate::plan::{Direction, Plan, Row};

/// The tables of all mappings that carry rows.
#[derive(Serialize)]
pub(in crate::cli) struct Tables {
    pub(super) tables: Vec<Table>,
}

/// One mapping's table.
#[derive(Serialize)]
pub(super) struct Table {
    pub(super) mapping: String,
    pub(super) title: String,
    pub(super) direction: &'static str,
    pub(super) source: String,
    pub(super) target: String,
    pub(super) rows: Vec<TableRow>,
}

/// One row of a table.
#[derive(Serialize)]
pub(super) struct TableRow {
    pub(super) id: String,
    pub(super) procore: Vec<String>,
    pub(super) acumatica: Vec<String>,
    pub(super) fields: Vec<String>,
    pub(super) from: Vec<String>,
    pub(super) notes: Vec<String>,
}

impl Tables {
    /// From the plans, in the order of their files; mappings of one pair share a table.
    pub(in crate::cli) fn of(plans: &[Plan]) -> Self {
        let mut tables: Vec<Table> = plans.iter().filter(|plan| plan.pair == plan.name).map(Table::of).collect();
        for plan in plans.iter().filter(|plan| plan.pair != plan.name) {
            if let Some(table) = tables.iter_mut().find(|table| table.mapping == plan.pair) {
                table.share(plan);
            }
        }
        tables.retain(|table| !table.rows.is_empty());
        Self { tables }
    }
}

impl Table {
    fn of(plan: &Plan) -> Self {
        Self {
            mapping: plan.name.clone(),
            title: plan.title.clone(),
            direction: plan.direction.word(),
            source: plan.source.name.clone(),
            target: plan.target.name.clone(),
            rows: plan.table.iter().map(TableRow::of).collect(),
        }
    }

    /// Takes over what another mapping of the pair says: more of rows that are here, and rows of its own.
    fn share(&mut self, plan: &Plan) {
        for row in &plan.table {
            match self.rows.iter_mut().find(|known| known.id == row.id) {
                Some(known) => {
                    known.fields.extend(row.fields.iter().map(|field| format!("{}: {field}", plan.name)));
                    known.from.extend(row.from.iter().cloned());
                    known.notes.extend(row.notes.iter().filter(|note| !known.notes.contains(note)).cloned().collect::<Vec<_>>());
                }
                None => self.rows.push(TableRow::of(row)),
            }
        }
    }

    /// The arrow between Procore's column and Acumatica's.
    pub(super) fn arrow(&self) -> &'static str {
        if self.direction == Direction::Export.word() { "→" } else { "←" }
    }

    /// Where records come from and go to, in words.
    pub(super) fn way(&self) -> String {
        format!("{}: `{}` to `{}`", if self.direction == Direction::Export.word() { "Export" } else { "Import" }, self.source, self.target)
    }
}

impl TableRow {
    fn of(row: &Row) -> Self {
        Self {
            id: row.id.clone(),
            procore: row.procore.clone(),
            acumatica: row.acumatica.clone(),
            fields: row.fields.clone(),
            from: row.from.clone(),
            notes: row.notes.clone(),
        }
    }
}

/// What was written, and where.
pub(in crate::cli) struct Written {
    /// The tables.
    pub(in crate::cli) tables: Tables,
    /// Their text.
    pub(in crate::cli) text: String,
    /// The file, if one was named.
    pub(in crate::cli) out: Option<PathBuf>,
}

impl View for Written {
    fn human(&self, _paint: Paint) -> String {
        match &self.out {
            Some(path) => format!("wrote {}\n", path.display()),
            None => self.text.clone(),
        }
    }

    fn json(&self) -> String {
        to_json(&self.tables)
    }
}
