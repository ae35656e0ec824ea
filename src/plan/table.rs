//! The rows of the published data-mapping tables that a mapping carries, given back for documentation.

use std::collections::HashMap;

use crate::diagnostic::Diagnostic;
use crate::mapping::{Field, Labels, Mapping, Word};

/// A row of the published table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its stable id: `commitments.number`.
    pub id: String,
    /// What Procore calls it.
    pub procore: Side,
    /// What Acumatica calls it.
    pub acumatica: Side,
    /// The target fields that carry it.
    pub fields: Vec<String>,
    /// Where their values come from, in the author's words.
    pub from: Vec<String>,
    /// What the author says about it.
    pub notes: Vec<String>,
}

/// The labels of one side; none where the table has an empty cell.
pub type Side = Vec<String>;

/// Gathers the rows of a mapping; a row that no field carries must say why. `pair` is the mapping whose table it shares: rows that
/// are declared there may be named here.
pub(super) fn rows(mapping: &Mapping, pair: Option<&Mapping>, problems: &mut Vec<Diagnostic>) -> Vec<Row> {
    let mut shared = HashMap::new();
    pair.into_iter().for_each(|pair| declared(&pair.fields, &mut shared));
    // Whoever names a pair that is not there is told so once, not at each row that would be declared in it.
    let lost = pair.is_none() && mapping.pair.is_some();
    let mut gathered = Gathered { rows: Vec::new(), declared: HashMap::new(), shared, lost, problems };
    gathered.fields(&mapping.fields, "");
    let Gathered { rows, declared, .. } = gathered;
    for row in &rows {
        if row.fields.is_empty() && row.notes.is_empty() {
            let place = &declared[&row.id].place;
            let message = format!("row `{}` is carried by no field", row.id);
            problems.push(Diagnostic::error("empty-row", place, message).help("give it a `to`, or a `note` that says why it has none"));
        }
    }
    rows
}

struct Gathered<'p> {
    rows: Vec<Row>,
    declared: HashMap<String, Word>,
    /// Declared in the mapping whose table is shared.
    shared: HashMap<&'p str, (&'p Word, &'p Labels)>,
    /// Whether that mapping is not there.
    lost: bool,
    problems: &'p mut Vec<Diagnostic>,
}

impl Gathered<'_> {
    fn fields(&mut self, fields: &[Field], above: &str) {
        for field in fields {
            for row in field.row.iter().flat_map(|rows| &rows.0) {
                match &row.labels {
                    Some(labels) => self.declare(&row.id, labels),
                    None if !self.declared.contains_key(&row.id.text) && self.shared.contains_key(row.id.text.as_str()) => {
                        let (_, labels) = self.shared[row.id.text.as_str()];
                        self.row(&row.id, labels);
                    }
                    None if !self.declared.contains_key(&row.id.text) && !self.lost => {
                        let message = format!("row `{}` is not declared above", row.id);
                        let help = "declare it where it is first used: `row: {id: [Procore label, Acumatica label]}`";
                        self.problems.push(Diagnostic::error("unknown-row", &row.id.place, message).label("not declared").help(help));
                    }
                    None => {}
                }
                if let Some(row) = self.rows.iter_mut().find(|known| known.id == row.id.text) {
                    note(row, field, above);
                }
            }
            let below = field.to.as_ref().map_or_else(|| above.to_owned(), |to| format!("{above}{to}[]."));
            self.fields(&field.fields, &below);
        }
    }

    fn declare(&mut self, id: &Word, labels: &Labels) {
        if let Some(first) = self.declared.get(&id.text) {
            let message = format!("row `{id}` is declared twice");
            self.problems.push(Diagnostic::error("row-twice", &id.place, message).related(&first.place, "first declared here"));
            return;
        }
        if let Some((first, _)) = self.shared.get(id.text.as_str()) {
            let message = format!("row `{id}` is declared in the mapping whose table is shared");
            let help = format!("name it: `row: {id}`");
            self.problems.push(Diagnostic::error("row-twice", &id.place, message).related(&first.place, "declared here").help(help));
        }
        self.row(id, labels);
    }

    fn row(&mut self, id: &Word, labels: &Labels) {
        self.declared.insert(id.text.clone(), id.clone());
        let texts = |words: &[Word]| words.iter().map(|word| word.text.clone()).collect();
        let (procore, acumatica) = (texts(&labels.procore), texts(&labels.acumatica));
        self.rows.push(Row { id: id.text.clone(), procore, acumatica, fields: Vec::new(), from: Vec::new(), notes: Vec::new() });
    }
}

fn declared<'m>(fields: &'m [Field], into: &mut HashMap<&'m str, (&'m Word, &'m Labels)>) {
    for field in fields {
        let rows = field.row.iter().flat_map(|rows| &rows.0);
        into.extend(rows.filter_map(|row| Some((row.id.text.as_str(), (&row.id, row.labels.as_ref()?)))));
        declared(&field.fields, into);
    }
}

fn note(row: &mut Row, field: &Field, above: &str) {
    if let Some(to) = &field.to {
        row.fields.push(format!("{above}{to}"));
        row.from.push(written(field));
    }
    row.notes.extend(field.note.iter().map(|note| note.text.trim().to_owned()));
}

/// Where a field's value comes from, in the author's words.
pub(super) fn written(field: &Field) -> String {
    if let Some(path) = field.from.as_ref().or(field.each.as_ref()) {
        return path.text.clone();
    }
    if let Some(expr) = &field.expr {
        return expr.text.trim().to_owned();
    }
    if let Some(literal) = &field.value {
        return literal.value.to_string();
    }
    match &field.link {
        Some(link) => {
            let paths = || link.from.iter().flat_map(|from| &from.0).map(|path| path.text.as_str()).collect::<Vec<_>>().join(", ");
            format!("link {} of {}", link.mapping, link.expr.as_ref().map_or_else(paths, |expr| expr.text.clone()))
        }
        None => String::new(),
    }
}
