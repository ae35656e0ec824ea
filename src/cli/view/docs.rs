//! The mapping tables, row for row.

use std::path::PathBuf;

use serde::Serialize;

pub(in crate::cli) use super::docs_html::html;
pub(in crate::cli) use super::docs_markdown::markdown;
use super::{View, to_json};
use crate::cli::terminal::Paint;
use crate::config::{Profile, Workspace};
use crate::plan::{Direction, Plan, Row};

/// The tables of all mappings in force that carry rows, and which profile has which mapping.
#[derive(Serialize)]
pub(in crate::cli) struct Tables {
    /// The profile whose tables they are.
    pub(super) profile: String,
    /// Every profile.
    pub(super) profiles: Vec<Known>,
    /// Every mapping, in force or not.
    pub(super) mappings: Vec<Pair>,
    pub(super) tables: Vec<Table>,
}

/// A profile that there is.
#[derive(Serialize)]
pub(super) struct Known {
    pub(super) name: String,
    pub(super) title: String,
}

/// A mapping, and where it is in force.
#[derive(Serialize)]
pub(super) struct Pair {
    pub(super) mapping: String,
    pub(super) title: String,
    pub(super) direction: &'static str,
    pub(super) profiles: Vec<String>,
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
    pub(in crate::cli) fn of(workspace: &Workspace) -> Self {
        let mut mappings: Vec<Pair> =
            workspace.plans.iter().chain(&workspace.off).map(|plan| Pair::of(plan, &workspace.profiles)).collect();
        mappings.sort_by(|one, two| one.mapping.cmp(&two.mapping));
        Self {
            profile: workspace.profile.name.clone(),
            profiles: workspace.profiles.iter().map(|one| Known { name: one.name.clone(), title: one.title.clone() }).collect(),
            mappings,
            tables: shared(&workspace.plans),
        }
    }
}

impl Pair {
    fn of(plan: &Plan, profiles: &[Profile]) -> Self {
        let has = profiles.iter().filter(|profile| profile.has(&plan.name)).map(|profile| profile.name.clone()).collect();
        Self { mapping: plan.name.clone(), title: plan.title.clone(), direction: plan.direction.word(), profiles: has }
    }

    /// The arrow between Procore and Acumatica.
    pub(super) fn arrow(&self) -> &'static str {
        arrow(self.direction)
    }

    /// A mark for each profile that has it.
    pub(super) fn marks<'p>(&'p self, profiles: &'p [Known]) -> impl Iterator<Item = &'static str> + 'p {
        profiles.iter().map(|profile| if self.profiles.contains(&profile.name) { "✓" } else { "" })
    }
}

/// One table for each pair. Where the profile leaves out the mapping that a pair is named after, the first of the others has it.
fn shared(plans: &[Plan]) -> Vec<Table> {
    let mut tables: Vec<(&str, Table)> = Vec::new();
    let (own, others): (Vec<&Plan>, Vec<&Plan>) = plans.iter().partition(|plan| plan.pair == plan.name);
    for plan in own.into_iter().chain(others) {
        match tables.iter_mut().find(|(pair, _)| *pair == plan.pair) {
            Some((_, table)) => table.share(plan),
            None => tables.push((&plan.pair, Table::of(plan))),
        }
    }
    tables.into_iter().map(|(_, table)| table).filter(|table| !table.rows.is_empty()).collect()
}

fn arrow(direction: &str) -> &'static str {
    if direction == Direction::Export.word() { "→" } else { "←" }
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
        arrow(self.direction)
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
