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
    /// From the plans, in the order of their files.
    pub(in crate::cli) fn of(plans: &[Plan]) -> Self {
        Self { tables: plans.iter().filter(|plan| !plan.table.is_empty()).map(Table::of).collect() }
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
